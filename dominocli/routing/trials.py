"""Which of several edits is behind a changed route: the one without which the route would stay as it was.

Tracing (causes.py) cannot name a document that is gone, and names what carries the mail now. Where the edits
are known, as in a plan, each is undone in turn and the table calculated again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dominocli.directory.view import MemoryView
from dominocli.routing.changes import changes
from dominocli.routing.compiler import Compiler, server_number
from dominocli.routing.network import build_network

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from dominocli.directory.view import View
    from dominocli.routing.changes import Change
    from dominocli.routing.layout import Table

TRIALS = 200
"""So many tables are calculated to find causes; then the documents that tracing found stay (D)."""


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
