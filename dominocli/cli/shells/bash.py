"""The completion script of bash."""

from __future__ import annotations

from dominocli.cli.shells import runtime
from dominocli.cli.shells.model import Command, Completions, Keywords


def script(model: Completions) -> str:
    """Return the script for what the program takes."""
    return runtime("runtime.bash", _keywords(model) + "\n" + _sets(model) + "\n" + _commands(model) + "\n")


def _keywords(model: Completions) -> str:
    lines = ["# Set `short` and `full` to the values of a keyword field.", "__dominocli_keywords() {", "    full=()"]
    lines.append("    case $1 in")
    for name, keywords in model.keywords.items():
        lines.append(f"        {name}) {_arrays(keywords)} ;;")
    lines += ["        *) short=() ;;", "    esac", "}", ""]
    return "\n".join(lines)


def _arrays(keywords: Keywords) -> str:
    text = f"short=({' '.join(map(quoted, keywords.first))})"
    return f"{text} full=({' '.join(map(quoted, keywords.full))})" if keywords.full else text


def _sets(model: Completions) -> str:
    lines = ["# Add a set of flags: `options` take a value of the kind behind =, `switches` none."]
    lines += ["__dominocli_flags() {", "    case $1 in"]
    for name, flags in model.sets.items():
        options = " ".join(f"{each}={flag.kind}" for flag in flags if flag.kind for each in flag.names)
        switches = " ".join(each for flag in flags if not flag.kind for each in flag.names)
        parts = [f"options+=' {options}'"] if options else []
        parts += [f"switches+=' {switches}'"] if switches else []
        lines.append(f"        {quoted(name)}) {' '.join(parts)} ;;")
    lines += ["    esac", "}", ""]
    return "\n".join(lines)


def _commands(model: Completions) -> str:
    lines = ["# Set what may follow the words of a command.", "__dominocli_table() {"]
    lines += [
        "    local set sets=''",
        "    commands='' options='' switches='' arguments='' repeats=''",
        "    case $1 in",
    ]
    lines += [f"        {quoted(command.words)}) {_follows(command)} ;;" for command in model.commands]
    lines += ["    esac", "    local IFS=,", "    for set in $sets; do", '        __dominocli_flags "$set"', "    done"]
    lines += ["}", ""]
    return "\n".join(lines)


def _follows(command: Command) -> str:
    parts = []
    if command.commands:
        parts.append(f"commands='{' '.join(name for name, _ in command.commands)}'")
    if command.arguments:
        parts.append(f"arguments='{' '.join(command.arguments)}'")
    if command.repeats:
        parts.append("repeats=1")
    return " ".join([*parts, f"sets='{','.join(command.sets)}'"])


def quoted(text: str) -> str:
    """Return a text as one word of the shell, as it stands."""
    if text and all(c.isascii() and (c.isalnum() or c in "-_./") for c in text):
        return text
    return "'" + text.replace("'", "'\\''") + "'"
