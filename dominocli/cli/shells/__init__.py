"""Completion scripts: commands, flags and keywords stand in them, only names are asked for at run time."""

from __future__ import annotations

SHELLS = ("bash", "zsh", "fish", "powershell")


def completion_script(shell: str) -> str:
    """Return the completion script of one of the `SHELLS`; raise `UsageError` for another."""
    from importlib import import_module

    from dominocli import errors
    from dominocli.cli.shells.model import completions

    if shell not in SHELLS:
        raise errors.UsageError(reason=f"no completion for {shell!r}", hint="shells: " + ", ".join(SHELLS))
    script: str = import_module(f"dominocli.cli.shells.{shell}").script(completions())
    return script


def runtime(file: str, tables: str) -> str:
    """Return a script: what always stands in it, with the tables in the place of their marker line."""
    from pathlib import Path

    text = (Path(__file__).parent / file).read_text(encoding="utf-8")
    return text.replace("#: tables\n", tables)
