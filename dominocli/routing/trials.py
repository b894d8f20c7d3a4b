"""Which of several edits is behind a changed route: the one without which the route would stay as it was.

Tracing (causes.py) cannot name a document that is gone, and names what carries the mail now. Where the edits
are known, as in a plan, each is undone in turn and the table calculated again. `Since` knows them from what
the old tables were made from.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from dominocli.directory.view import MemoryView
from dominocli.routing.changes import changes
from dominocli.routing.compiler import Compiler, server_number
from dominocli.routing.made_from import altered
from dominocli.routing.network import build_network

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from dominocli.directory.view import View
    from dominocli.routing.changes import Change
    from dominocli.routing.layout import Table

    Past = Callable[[str, str], str | None]
    """Gives the text a file had, by the mark of that text (made_from.py); None where it is not known."""

TRIALS = 200
"""So many tables are calculated to find causes; then the documents that tracing found stay (D)."""

DOCUMENTS_TRIED = 200_000
"""So many documents are made into networks again for that: of a large directory fewer edits are undone."""
STATES_TRIED = 8
"""Of so many different old directories, where the tables recalculated together are not of one."""


class Trials:
    """The edits that led to a view, each as the files that undo it (None: gone), by the path of its document."""

    def __init__(self, view: View, undone: Mapping[str, Mapping[str, str | None]], now: datetime) -> None:
        self._view = view
        self._undone = undone
        self._now = now
        self._compilers: dict[str, Compiler] = {}
        self._left = TRIALS

    def settled(self, before: Table, changed: Sequence[Change]) -> tuple[Change, ...]:
        """Return one server's changes; those put down to none of the edits get the first that is behind them."""
        open_ = {(c.kind, c.destination) for c in changed if c.document not in self._undone}
        behind: dict[tuple[str, str], str] = {}
        for document in self._undone:
            if not open_ or self._left <= 0:
                break
            caused = self._not_changed(document, before, open_)
            behind.update(dict.fromkeys(caused, document))
            open_ -= caused
        return tuple(c._replace(document=behind.get((c.kind, c.destination), c.document)) for c in changed)

    def _not_changed(self, document: str, before: Table, places: set[tuple[str, str]]) -> set[tuple[str, str]]:
        """Return those of some destinations (kind, name) whose route is as before with one edit undone."""
        if document not in self._compilers:
            view = MemoryView(self._undone[document], base=self._view)
            self._compilers[document] = Compiler(build_network(view), "")
        compiler = self._compilers[document]
        number = server_number(compiler.network, before.server)
        if number is None:
            return set()
        self._left -= 1
        (table,) = compiler.tables((number,), self._now)
        return places - {(change.kind, change.destination) for change in changes(before, table)}


class Since:
    """What differs between a view and the directories that old tables were made from.

    Of what cannot be undone, because `past` does not know its text, only a single difference is a cause (D).
    """

    def __init__(self, view: View, made_from: bytes, now: datetime, past: Past | None = None) -> None:
        self._view = view
        self._made_from = made_from
        self._now = now
        self._past = past
        self._known: dict[bytes, tuple[frozenset[str], Trials] | None] = {}

    def settled(self, before: Table | None, after: Table, changed: Sequence[Change]) -> tuple[Change, ...]:
        """Return one server's changes, put down to documents that differ since `before` or to none.

        Where it is not known what differs, they stay as they are.
        """
        edits = self._edits(before.made_from()) if before is not None and changed else None
        if before is None or edits is None:
            return tuple(changed)
        documents, trials = edits
        if len(documents) > 1:
            changed = trials.settled(before, changed)
        unused = ({entry["document"] for entry in table.not_used()} for table in (before, after))
        single = documents if len(documents) == 1 else documents & set.symmetric_difference(*unused)
        otherwise = next(iter(single)) if len(single) == 1 else None
        return tuple(c if c.document in documents else c._replace(document=otherwise) for c in changed)

    def _edits(self, before: bytes) -> tuple[frozenset[str], Trials] | None:
        if before not in self._known:
            self._known[before] = self._read(before)
        return self._known[before]

    def _read(self, before: bytes) -> tuple[frozenset[str], Trials] | None:
        marks = altered(before, self._made_from)
        if marks is None:
            return None
        size = sum(1 for _ in self._view.texts())
        most = min(TRIALS, DOCUMENTS_TRIED // max(size, 1)) if len(self._known) < STATES_TRIED else 0
        undone: dict[str, dict[str, str | None]] = {}
        for file, mark in islice(marks.items(), most if len(marks) > 1 else 0):
            text = self._past(file, mark) if mark and self._past is not None else None
            if text is not None or not mark:
                undone[_document(file)] = {file: text}
        return frozenset(map(_document, marks)), Trials(self._view, undone, self._now)


def _document(file: str) -> str:
    return file.removesuffix(".toml")
