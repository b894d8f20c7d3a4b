"""The completion script of PowerShell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dominocli.cli.shells import runtime
from dominocli.cli.shells.model import Command, Completions


def script(model: Completions) -> str:
    """Return the script for what the program takes."""
    lines = ["# Keywords: what to type, what it stands for."]
    keywords = {name: _rows((short or value, value) for short, value in k.values) for name, k in model.keywords.items()}
    lines += _table("keywords", keywords)
    lines.append("# Sets of flags: flag, kind of its value, help.")
    sets = {
        name: _rows((each, flag.kind, flag.help) for flag in flags for each in flag.names)
        for name, flags in model.sets.items()
    }
    lines += _table("sets", sets)
    lines.append("# What may follow the words of a command.")
    lines += _table("commands", {command.words: _follows(command) for command in model.commands})
    return runtime("runtime.ps1", "".join(f"    {line}".rstrip() + "\n" for line in lines))


def _table(name: str, entries: dict[str, list[str]]) -> list[str]:
    """Return a case-sensitive table: in one that @{} makes, `Low` and `low` would be one key."""
    lines = [f"${name} = [System.Collections.Hashtable]::new([System.StringComparer]::Ordinal)"]
    for key, value in entries.items():
        lines += [f"${name}[{quoted(key)}] = {value[0]}", *value[1:]]
    return [*lines, ""]


def _rows(rows: Iterable[Sequence[str]]) -> list[str]:
    """Return an array of arrays; the commas keep one of a single row an array of arrays."""
    return ["@(", *(f"    , @({', '.join(map(quoted, row))})" for row in rows), ")"]


def _follows(command: Command) -> list[str]:
    commands = _rows(command.commands)
    return [
        "@{",
        f"    commands = {commands[0]}",
        *(f"    {line}" for line in commands[1:]),
        f"    sets = @({', '.join(map(quoted, command.sets))})",
        f"    arguments = @({', '.join(map(quoted, command.arguments))})",
        f"    repeats = ${str(command.repeats).lower()}",
        "}",
    ]


def quoted(text: str) -> str:
    """Return a text as a PowerShell string, as it stands: the curly quotes end one there, too."""
    return "'" + "".join(character * 2 if character in "'‘’‚‛" else character for character in text) + "'"
