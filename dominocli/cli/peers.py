"""The replicas a replication talks to: each one once, however many servers share it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from dominocli.cli.servers import Place
from dominocli.errors import command_line
from dominocli.names import name_key

if TYPE_CHECKING:
    from dominocli.replication.replicate import Peer
    from dominocli.replication.report import Moved, ReplicationReport, ServerReport

LAST = ("servers", "open_conflicts")
"""Lists of a report that say how it ended; all others say what was done."""


def peers_of(places: Sequence[Place]) -> list[Peer]:
    """Return whom to replicate with: the first server of each location, and the CouchDB others reach us through."""
    from dominocli.replication.replicate import Peer

    peers: dict[str, Peer] = {}
    for place in places:
        if place.location and not place.own:
            peers.setdefault(_one_name(place.location), Peer(place.server, place.location))
    for place in places:
        if place.hub:
            peers.setdefault(_one_name(place.hub), Peer(place.server, place.hub))
    return list(peers.values())


def share_reports(report: ReplicationReport, places: Sequence[Place]) -> None:
    """Give the servers that share another one's replica their row: the same state, nothing moved twice."""
    from dominocli.replication.report import Moved

    by_location = {_one_name(row.location): row for row in report.servers}
    reported = {row.server for row in report.servers}
    for place in places:
        row = by_location.get(_one_name(place.location)) if place.location else None
        if row is not None and not place.own and place.server not in reported:
            shared = replace(row, server=place.server, pulled=Moved(), pushed=Moved(), refused=[], bytes_sent=0)
            report.servers.append(shared)
    report.servers.sort(key=lambda row: row.server.casefold())


def suggest_hub(report: ReplicationReport) -> None:
    """Tell of a server that is not reached from here that one which is, by ssh, may reach it for us."""
    from dominocli.replication.report import DONE, UNREACHABLE

    hub = next((row.server for row in report.servers if row.state == DONE and row.carrier == "ssh"), "")
    for row in report.servers:
        if hub and row.state == UNREACHABLE and row.carrier == "ssh" and not row.hint:
            row.hint = f"if {hub} reaches it: {command_line('replicate --through', hub)}"


def _one_name(location: str) -> str:
    """Return the name that a folder has by whichever path it is given; that of anything else is its URL."""
    return location if "://" in location else os.path.realpath(location)


def added_up(reports: Sequence[ReplicationReport]) -> ReplicationReport:
    """Return one report of several rounds of one run: all they did, and how the last one left it.

    A server that the last round no longer knew keeps its row if it took part.
    """
    from dominocli.replication.report import DONE

    *earlier, last = reports
    rows = {name_key(row.server): row for row in last.servers}
    for report in reversed(earlier):
        for row in report.servers:
            newer = rows.get(name_key(row.server))
            if newer is not None:
                _add_row(newer, row)
            elif row.state == DONE:
                rows[name_key(row.server)] = row
    told = [one.name for one in fields(last) if isinstance(getattr(last, one.name), list) and one.name not in LAST]
    whole: dict[str, Any] = {name: _all(getattr(report, name) for report in reports) for name in told}
    servers = sorted(rows.values(), key=lambda row: row.server.casefold())
    return replace(last, servers=servers, files_read=sum(report.files_read for report in reports), **whole)


def _add_row(newer: ServerReport, older: ServerReport) -> None:
    """Add what a server did in an earlier round; how it stands is for the newer one to say."""
    newer.files_read += older.files_read
    newer.bytes_sent += older.bytes_sent
    _add_counts(newer.pulled, older.pulled)
    _add_counts(newer.pushed, older.pushed)


def _add_counts(into: Moved, counts: Moved) -> None:
    into.add(counts.counts)


def _all(lists: Iterable[list[str]]) -> list[str]:
    """Return what stands in any of the lists, once, in the order it came."""
    return list(dict.fromkeys(entry for one in lists for entry in one))
