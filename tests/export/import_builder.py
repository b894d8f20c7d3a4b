"""A directory in memory that imports are planned against and written to, and notes to import."""

from __future__ import annotations

import itertools
from typing import Any

from dominocli.directory.settings import Settings
from dominocli.directory.view import MemoryView
from dominocli.export.importing import ImportPlan, plan_import
from dominocli.export.notes import Item, Note, text_item


class Importer:
    """A directory in memory that imports are planned against and written to."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self._numbers = itertools.count(1)

    @property
    def view(self) -> MemoryView:
        return MemoryView(self.texts, settings=Settings("a" * 32, "Test", "Acme"))

    def plan(self, notes: list[Note]) -> ImportPlan:
        return plan_import(notes, self.view, lambda: f"{next(self._numbers):032x}")

    def run(self, notes: list[Note]) -> ImportPlan:
        """Plan an import, check every base text, and write it."""
        plan = self.plan(notes)
        for change in plan.changes:
            assert change.base == self.texts.get(change.file)
            self.texts[change.file] = change.text
        return plan


def note(*, unid: str = "", sought: dict[str, str] | None = None, **items: Any) -> Note:
    found = {name: as_item(value) for name, value in items.items()}
    looked_for = {name: text_item(text) for name, text in sought.items()} if sought else None
    return Note("names.nsf", found, "here", unid, "update" if sought else "create", looked_for)


def as_item(value: Any) -> Item:
    if isinstance(value, Item):
        return value
    if isinstance(value, list):
        return text_item(*value, many=True)
    return text_item(value) if isinstance(value, str) else Item("number", (value,))
