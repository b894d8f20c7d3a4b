"""The replicas a replication talks to: each one once, however many servers share it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from dominocli.cli.servers import Place

if TYPE_CHECKING:
    from dominocli.replication.replicate import Peer
    from dominocli.replication.report import ReplicationReport


def peers_of(places: Sequence[Place]) -> list[Peer]:
    """Return whom to replicate with: the first server of each location, and the CouchDB others reach us through."""
    from dominocli.replication.replicate import Peer

    peers: dict[str, Peer] = {}
    for place in places:
        if place.location and not place.own:
            peers.setdefault(place.location, Peer(place.server, place.location))
    for place in places:
        if place.hub:
            peers.setdefault(place.hub, Peer(place.server, place.hub))
    return list(peers.values())


def share_reports(report: ReplicationReport, places: Sequence[Place]) -> None:
    """Give the servers that share another one's replica their row: the same state, nothing moved twice."""
    from dominocli.replication.report import Moved

    by_location = {row.location: row for row in report.servers}
    reported = {row.server for row in report.servers}
    for place in places:
        row = by_location.get(place.location)
        if row is not None and not place.own and place.server not in reported:
            shared = replace(row, server=place.server, pulled=Moved(), pushed=Moved(), refused=[], bytes_sent=0)
            report.servers.append(shared)
    report.servers.sort(key=lambda row: row.server.casefold())
