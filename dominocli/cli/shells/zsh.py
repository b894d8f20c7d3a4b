"""The completion script of zsh."""

from __future__ import annotations

from dominocli.cli.shells import runtime
from dominocli.cli.shells.bash import quoted
from dominocli.cli.shells.model import Command, Completions, Keywords


def script(model: Completions) -> str:
    """Return the script for what the program takes."""
    return runtime("runtime.zsh", _keywords(model) + "\n" + _sets(model) + "\n" + _commands(model) + "\n")


def _keywords(model: Completions) -> str:
    lines = ["# Set `short` and `full` to the values of a keyword field, short words with what they stand for."]
    lines += ["__dominocli_keywords() {", "    case $1 in"]
    lines += [f"        {name}) {_arrays(keywords)} ;;" for name, keywords in model.keywords.items()]
    return "\n".join([*lines, "    esac", "}", ""])


def _arrays(keywords: Keywords) -> str:
    short = [f"{word}:{value}" if word else value for word, value in keywords.values]
    text = f"short=({' '.join(map(quoted, short))})"
    return f"{text} full=({' '.join(map(quoted, keywords.full))})" if keywords.full else text


def _sets(model: Completions) -> str:
    lines = ["# Add a set of flags to `described` with their help, and the kinds of their values to `kinds`."]
    lines += ["__dominocli_flags() {", "    case $1 in"]
    for name, flags in model.sets.items():
        lines.append(f"        {quoted(name)})")
        described = [quoted(f"{each}:{flag.help}") for flag in flags for each in flag.names]
        lines += ["            described+=(", *(f"                {text}" for text in described), "            )"]
        kinds = " ".join(f"{each} {quoted(flag.kind)}" for flag in flags if flag.kind for each in flag.names)
        lines += [f"            kinds+=({kinds})"] if kinds else []
        lines.append("            ;;")
    return "\n".join([*lines, "    esac", "}", ""])


def _commands(model: Completions) -> str:
    lines = ["# Set what may follow the words of a command.", "__dominocli_table() {", "    local flag_set"]
    lines += ["    local -a sets", "    commands=() described=() arguments=() kinds=() repeats=''", "    case $1 in"]
    for command in model.commands:
        lines += [f"        {quoted(command.words)})", *(f"            {line}" for line in _follows(command))]
        lines.append("            ;;")
    lines += [
        "    esac",
        '    for flag_set in "${sets[@]}"; do',
        '        __dominocli_flags "$flag_set"',
        "    done",
        "}",
    ]
    return "\n".join([*lines, ""])


def _follows(command: Command) -> list[str]:
    lines = []
    if command.commands:
        lines += ["commands=(", *(f"    {quoted(f'{name}:{help}')}" for name, help in command.commands), ")"]
    if command.arguments:
        lines.append(f"arguments=({' '.join(map(quoted, command.arguments))})")
    if command.repeats:
        lines.append("repeats=1")
    return [*lines, f"sets=({' '.join(map(quoted, command.sets))})"]
