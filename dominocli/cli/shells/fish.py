"""The completion script of fish."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from dominocli.cli.shells import runtime
from dominocli.cli.shells.model import Completions


def script(model: Completions) -> str:
    """Return the script for what the program takes."""
    keywords = {name: [(short or value, value) for short, value in k.values] for name, k in model.keywords.items()}
    sets = {
        name: [(each, flag.kind, flag.help) for flag in flags for each in flag.names]
        for name, flags in model.sets.items()
    }
    commands = {command.words: command.commands for command in model.commands if command.commands}
    arguments = {command.words: [(kind,) for kind in command.arguments] for command in model.commands}
    parts = [
        "# Print the values of a keyword field: the word to type, a tab, what it stands for.",
        _function("__dominocli_keywords", keywords),
        "# Print a set of flags: flag, kind of its value, help.",
        _function("__dominocli_flags", sets),
        "# Print the commands below the words of a command, with their help.",
        _function("__dominocli_commands", commands),
        "# Print the kinds of a command's arguments.",
        _function("__dominocli_arguments", {words: kinds for words, kinds in arguments.items() if kinds}),
        "# Print the flags of a command.",
        "function __dominocli_flags_of",
        "    switch $argv[1]",
    ]
    for command in model.commands:
        parts.append(f"        case {quoted(command.words)}")
        parts += [f"            __dominocli_flags {quoted(name)}" for name in command.sets]
    parts += ["    end", "end", ""]
    repeating = " ".join(quoted(command.words) for command in model.commands if command.repeats)
    parts += ["# Tell whether the last argument of a command repeats.", "function __dominocli_repeats"]
    parts += [f"    contains -- $argv[1] {repeating}", "end", "", ""]
    return runtime("runtime.fish", "\n".join(parts))


def _function(name: str, cases: Mapping[str, Iterable[Sequence[str]]]) -> str:
    """Return a function that prints, for the word given, its rows as lines of columns with tabs between."""
    lines = [f"function {name}", "    switch $argv[1]"]
    for word, rows in cases.items():
        lines += [f"        case {quoted(word)}"]
        for row in rows:
            pattern = "\\t".join(["%s"] * len(row))
            lines.append(f"            printf '{pattern}\\n' {' '.join(map(quoted, row))}")
    return "\n".join([*lines, "    end", "end", ""])


def quoted(text: str) -> str:
    """Return a text as one word of fish, as it stands."""
    if text and all(c.isascii() and (c.isalnum() or c in "-_./") for c in text):
        return text
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
