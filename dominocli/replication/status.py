"""How replicas stand towards each other, found out without writing anything anywhere (design.md 3, observe)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from dominocli.replication.carriers.carrier import connect
from dominocli.replication.replica import Clock, Replica
from dominocli.replication.replicate import Connect, Peer, replicate
from dominocli.replication.report import DONE

if TYPE_CHECKING:
    from dominocli.directory.reader import Directory


class PendingEntry(NamedTuple):
    """What a replication with one server would move: counts of documents each way. `state` is done,
    unreachable, refused or no-replica, `reason` says why."""

    server: str
    state: str
    reason: str
    pull: int
    push: int
    identical: bool

    @property
    def pending(self) -> bool:
        """Tell whether the server's replica differs from ours, as far as can be known."""
        return self.state == DONE and bool(self.pull or self.push)

    def as_json(self) -> dict[str, object]:
        """Return the server's part as it stands in the JSON envelope."""
        return {"server": self.server, "state": self.state, "reason": self.reason, "pull": self.pull, "push": self.push}


def pending(
    root: Path, peers: Sequence[Peer], *, clock: Clock, connect: Connect = connect, seen: Directory | None = None
) -> list[PendingEntry]:
    """Return what a replication with each of these servers alone would move, hand edits included.

    `seen` is the directory in `root`, where the caller has looked already.
    """
    entries = []
    for peer in peers:
        ours = Replica.open(root, clock).rehearsal(seen)
        try:
            report = replicate(
                root, [peer], dry_run=True, allow_mass_delete=True, clock=clock, connect=connect, ours=ours
            )
        finally:
            ours.close()
        server = report.servers[0]
        pull, push = (moved.added + moved.updated + moved.deleted for moved in (server.pulled, server.pushed))
        entries.append(PendingEntry(peer.server, server.state, server.reason, pull, push, not pull and not push))
    return entries
