"""Where `explain` finds tables: installed ones in the replicas, or ones calculated over a view."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from dominocli import errors
from dominocli.names import name_key
from dominocli.routing.explain import Found
from dominocli.routing.freshness import FRESH, MISSING, Freshness, freshness
from dominocli.routing.store import installed

if TYPE_CHECKING:
    from datetime import datetime

    from dominocli.directory.view import View
    from dominocli.routing.compiler import Compiler
    from dominocli.routing.layout import Table

Locate = Callable[[str], Path | None]
"""Gives the folder of a server's replica, None where it is not on this machine."""


class InstalledTables:
    """The tables in force, each read from its server's own replica, in place; from other machines, copies of them.

    `view` is the directory the command runs in; its fingerprint decides what is fresh (design.md 4).
    """

    def __init__(self, root: Path, view: View, locate: Locate) -> None:
        self._root = root
        self._view = view
        self._locate = locate
        self._own = ""
        self._found: dict[str, Found] = {}
        self._replicas: dict[Path, str] = {}

    def knows(self, server: str) -> bool:
        return knows(self._view, server)

    def look_up(self, server: str) -> Found:
        key = name_key(server)
        if key not in self._found:
            self._found[key] = self._look_up(server)
        return self._found[key]

    def _look_up(self, server: str) -> Found:
        folder = self._locate(server)
        if folder is None:
            return self._copy(server)
        table = installed(folder, server)
        if table is None:
            return Found(None, Freshness(MISSING))
        self._own = self._own or self._view.fingerprint()
        fresh = table.fingerprint == self._own
        return Found(table, freshness(table, "" if fresh else self._replica_fingerprint(folder), self._own))

    def _copy(self, server: str) -> Found:
        """Return what was last brought home of a table on another machine."""
        from dominocli.routing.copies import kept_copy

        copy = kept_copy(self._root, server)
        if copy is None or copy.table is None:
            return Found(None, Freshness(MISSING), copy.as_of if copy is not None else None)
        self._own = self._own or self._view.fingerprint()
        return Found(copy.table, freshness(copy.table, copy.replica, self._own), copy.as_of)

    def _replica_fingerprint(self, folder: Path) -> str:
        if folder == self._root:
            return self._own
        if folder not in self._replicas:
            from dominocli.directory.reader import look

            try:
                self._replicas[folder] = look(folder, update_index=False).fingerprint()
            except errors.DominoError:
                self._replicas[folder] = ""
        return self._replicas[folder]


class ComputedTables:
    """Tables as they would be, calculated over a view and never installed: plans and what-if.

    A server's table is calculated when it is first wanted. `now` is an aware moment.
    """

    def __init__(self, view: View, now: datetime) -> None:
        self._view = view
        self._now = now
        self._compiler: Compiler | None = None
        self._tables: dict[str, Table | None] = {}

    def knows(self, server: str) -> bool:
        return knows(self._view, server)

    def look_up(self, server: str) -> Found:
        from dominocli.routing.compiler import Compiler, server_number
        from dominocli.routing.network import build_network

        if self._compiler is None:
            self._compiler = Compiler(build_network(self._view), self._view.fingerprint())
        key = name_key(server)
        if key not in self._tables:
            number = server_number(self._compiler.network, server)
            self._tables[key] = None if number is None else next(self._compiler.tables((number,), self._now))
        table = self._tables[key]
        return Found(table, Freshness(MISSING if table is None else FRESH))


def knows(view: View, server: str) -> bool:
    """Tell whether a directory has a Server document of its own domain for a name, in any spelling."""
    key = name_key(server)
    own = view.settings.domain.casefold()
    return any(
        name_key(document.server_name) == key and document.domain_name.casefold() in ("", own)
        for document in view.servers_named(server)
    )
