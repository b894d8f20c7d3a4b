"""Rules about the replication of databases, and of this directory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dominocli.checks.lookups import ends
from dominocli.checks.report import Report
from dominocli.documents.connection import ENABLED, Connection
from dominocli.errors import command_line as command
from dominocli.names import name_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dominocli.checks.lookups import Lookups
    from dominocli.documents.server import Server

OUT, IN = "from source to destination", "from destination to source"
_DIRECTIONS = {
    "Pull-Push": frozenset({OUT, IN}),
    "Pull-Pull": frozenset({OUT, IN}),
    "Push-only": frozenset({OUT}),
    "Pull-only": frozenset({IN}),
}


def cluster(document: Connection, lookups: Lookups) -> Iterator[Report]:
    """Yield a Pull-Pull replication with a cluster: the far side must be one server (domino.md 2.2)."""
    name = document.destination_server
    if _replicates(document) and document.replication_type == "Pull-Pull" and name_key(name) in lookups.clusters:
        message = f"{name} is a cluster, with which Pull-Pull does not work: nobody there would do its pull"
        yield Report("pull-pull-with-cluster", "replication_type", message, "choose Pull-Push, or name one server")


def twice(document: Connection, lookups: Lookups) -> Iterator[Report]:
    """Yield a replication the other side schedules too: same times, files and direction (domino.md 6).

    (D) Servers of different time zones are not compared, nor more than the first 100 documents of a pair.
    """
    if not (_replicates(document) and document.is_scheduled):
        return
    source, destination = ends(document)
    if source == destination or _zone(source, lookups) != _zone(destination, lookups):
        return
    for other in lookups.notes_connections_by_ends.get((destination, source), [])[:100]:
        if other.name >= document.name:
            return
        if _replicates(other) and _overlap(document, other):
            message = f"{other.path} replicates the same between these servers at overlapping times"
            hint = command("connection edit", document.name, "--replication-task", "disabled")
            yield Report("replication-scheduled-twice", "replication_task", message, f"one side is enough: {hint}")
            return


def _replicates(document: Connection) -> bool:
    return not document.is_smtp and document.replication_task == ENABLED


def _overlap(document: Connection, other: Connection) -> bool:
    mirrored = {IN if direction == OUT else OUT for direction in _directions(other)}
    return bool(_directions(document) & mirrored) and _share_files(document, other) and _meet(document, other)


def _directions(document: Connection) -> frozenset[str]:
    return _DIRECTIONS.get(document.replication_type, frozenset())


def _meet(document: Connection, other: Connection) -> bool:
    return other.is_scheduled and document.calls.overlaps(other.calls)


def _share_files(document: Connection, other: Connection) -> bool:
    ours, theirs = (
        [file.casefold().replace("\\", "/").rstrip("/") for file in d.files_to_replicate] for d in (document, other)
    )
    if not ours or not theirs:
        return True
    return any(a == b or a.startswith(b + "/") or b.startswith(a + "/") for a in ours for b in theirs)


def _zone(server: str, lookups: Lookups) -> str:
    return next((document.time_zone for document in lookups.servers.get(server, ())), "")


def without_replica(document: Server, lookups: Lookups) -> Iterator[Report]:
    """Yield a server of our domain that `replicate` cannot reach, since nothing says where its replica is."""
    if lookups.is_ours(document.domain_name) and not document.replica:
        message = f"nothing says where the replica of {document.server_name} is, so replicate leaves it out"
        hint = command("server edit", document.name, "--replica") + " PATH-OR-URL, then dominocli replica create"
        yield Report("server-without-replica", "replica", message, hint)
