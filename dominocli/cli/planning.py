"""Making a plan: the whole replication rehearsed, and the tables calculated that it would lead to."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from dominocli.cli.elsewhere import connector
from dominocli.cli.peers import peers_of, share_reports
from dominocli.cli.servers import NO_REPLICA, Place, places
from dominocli.cli.session import Session

if TYPE_CHECKING:
    from dominocli.directory.view import MemoryView
    from dominocli.replication.plan import Rehearsal
    from dominocli.routing.layout import Table
    from dominocli.routing.recalc import Recalculation

ROUNDS = 10
"""So often servers that only the merged directory names are taken in; then the plan is shown as it is (D)."""

DONE = "done"


class Merged(NamedTuple):
    """A rehearsed replication: the directory it would leave at every server, and the servers that directory has."""

    rehearsal: Rehearsal
    view: MemoryView
    places: list[Place]


class InForce(NamedTuple):
    """A server's table as it is: the fingerprint it was made from, "" for no table; `as_of` if it is a copy."""

    fingerprint: str
    as_of: str | None


class Planned(NamedTuple):
    """A plan. `states` says by server what replicating with it comes to and why: done, unreachable, refused,
    no-replica. `installed` and `results` have the servers whose tables this machine knows; of the others
    nothing is known."""

    rehearsal: Rehearsal
    view: MemoryView
    places: list[Place]
    states: dict[str, tuple[str, str]]
    installed: dict[str, InForce]
    results: dict[str, Recalculation]

    @property
    def pending(self) -> bool:
        """Tell whether a replication would do anything that can be known here."""
        rehearsal, fingerprint = self.rehearsal, self.view.fingerprint()
        behind = any(table.fingerprint != fingerprint for table in self.installed.values())
        return bool(rehearsal.changes or rehearsal.texts or rehearsal.fresh or behind)


def make_plan(session: Session) -> Planned:
    """Rehearse the whole replication and calculate the tables of the directory it would leave."""
    from dominocli.routing.recalc import compute
    from dominocli.routing.trials import Trials

    merged = rehearsed(session)
    rehearsal, view = merged.rehearsal, merged.view
    states = {place.server: (DONE, "") if place.own else ("no-replica", NO_REPLICA) for place in merged.places}
    own = {place.server for place in merged.places if place.own}
    states.update({row.server: (row.state, row.reason) for row in rehearsal.report.servers if row.server not in own})
    known = _Tables(session, [place for place in merged.places if states[place.server][0] == DONE])
    trials = Trials(view, _undone(rehearsal), session.now())
    results: dict[str, Recalculation] = {}
    for server, result in zip(known, compute(view, known, session.now()), strict=True):
        table = known[server] if result.changed else None
        results[server] = result._replace(changed=trials.settled(table, result.changed)) if table else result
    return Planned(rehearsal, view, merged.places, states, known.in_force, results)


class _Tables(Mapping[str, "Table | None"]):
    """The tables in force by server, read whenever they are wanted: those of a large domain do not fit into memory.

    A server on another machine whose table was never brought here is not in it.
    """

    def __init__(self, session: Session, reached: list[Place]) -> None:
        self._root = session.root
        self._places = {place.server: place for place in reached}
        self.in_force: dict[str, InForce] = {}
        for server in list(self._places):
            table, as_of = self._read(server)
            if table is None and self._places[server].folder is None:
                del self._places[server]
            else:
                self.in_force[server] = InForce(table.fingerprint if table is not None else "", as_of)

    def _read(self, server: str) -> tuple[Table | None, str | None]:
        from dominocli.routing.copies import kept_copy
        from dominocli.routing.store import installed

        folder = self._places[server].folder
        if folder is not None:
            return installed(folder, server), None
        copy = kept_copy(self._root, server)
        return (copy.table, copy.as_of) if copy is not None else (None, None)

    def __getitem__(self, server: str) -> Table | None:
        return self._read(server)[0]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def _undone(rehearsal: Rehearsal) -> dict[str, dict[str, str | None]]:
    """Return what would undo each document's change, by its path; deletions first, which no table can name."""
    found: dict[str, dict[str, str | None]] = {}
    for change in sorted(rehearsal.changes, key=lambda change: change.after is not None):
        files: dict[str, str | None] = {change.after.file: None} if change.after else {}
        if change.before:
            files[change.before.file] = change.before.text
        found.setdefault(change.file.removesuffix(".toml"), files)
    return found


def rehearsed(session: Session) -> Merged:
    """Rehearse with every server, also with those that only the merged directory names.

    A server that goes from the directory takes part all the same.
    """
    from dominocli.directory.view import MemoryView
    from dominocli.replication.plan import rehearse

    shows_progress = session.out.is_rich(stderr=True) and not (session.flags.quiet or session.flags.json)
    taking_part = places(session)
    for _ in range(ROUNDS):
        rehearsal = rehearse(
            session.root,
            peers_of(taking_part),
            clock=time.time,
            connect=connector(session),
            progress=session.out.progress if shows_progress else None,
        )
        view = MemoryView(rehearsal.texts, base=session.directory)
        known = places(session, view)
        new = [place for place in known if place not in taking_part]
        if not new:
            break
        taking_part += new
    share_reports(rehearsal.report, taking_part)
    return Merged(rehearsal, view, known)
