"""Typer groups that import a command only when it is called; help is written from the table alone."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from typer.core import TyperGroup

from dominocli.cli.table import COMMANDS, Entry, Group

_SETTINGS = {"help_option_names": ["--help", "-h"], "max_content_width": 100}


class LazyGroup(TyperGroup):
    """A group whose commands are entries of the table."""

    def __init__(self, words: str, help: str, entries: dict[str, Any]) -> None:
        super().__init__(
            name=words.rpartition(" ")[2] or "dominocli",
            help=help,
            no_args_is_help=True,
            rich_markup_mode=None,
            context_settings=dict(_SETTINGS),
        )
        self.words = words
        self.entries = entries

    def list_commands(self, ctx: Any) -> list[str]:
        return [name for name, entry in self.entries.items() if not getattr(entry, "hidden", False)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        entry = self.entries.get(cmd_name)
        words = f"{self.words} {cmd_name}".strip()
        if entry is None:
            return None
        if isinstance(entry, Group):
            return LazyGroup(words, entry.help, entry.entries)
        return load(words, entry)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        rows = [(name, self.entries[name].help) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def load(words: str, entry: Entry) -> Any:
    """Import a command and return its typer command."""
    from dominocli.cli.options import command

    run = getattr(import_module(f"dominocli.cli.{entry.module}"), entry.attribute)
    extra = None
    if entry.folder:
        run, extra = run(entry.folder)
    return command(words, run, extra=extra)


def application() -> LazyGroup:
    """Return the whole program as a typer command."""
    about = "HCL Domino mail routing at a terminal: documents, replication, routing tables, exact answers."
    group = LazyGroup("", about, COMMANDS)
    group.epilog = "dominocli --version shows the version; dominocli help explains topics and rules."
    return group
