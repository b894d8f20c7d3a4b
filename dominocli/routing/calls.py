"""When each Connection calls next, and whether it routes mail: `schedule` and `connection list`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dominocli.documents.connection import Connection
from dominocli.documents.server import Server
from dominocli.names import name_key
from dominocli.routing.connections import call_of
from dominocli.routing.departure import schedule_of, zone_of

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from dominocli.directory.view import View
    from dominocli.routing.links import Call


class NextCall(NamedTuple):
    """When a Connection calls next (`next` None: never), in the zone of its source server, and why then."""

    name: str
    next: datetime | None
    zone: str
    why: str

    def as_json(self) -> dict[str, object]:
        """Return the row as `schedule` gives it."""
        return {"name": self.name, "next": _iso(self.next), "zone": self.zone, "why": self.why}


class ConnectionRow(NamedTuple):
    """What `connection list` adds to a Connection: its next call, and why it routes no mail (rule ids)."""

    name: str
    next_call: datetime | None
    used: bool
    not_used: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """Return the columns as `connection list` gives them."""
        return {
            "name": self.name,
            "next_call": _iso(self.next_call),
            "used": self.used,
            "not_used": list(self.not_used),
        }


def next_calls(
    view: View, at: datetime, name: str | None = None, *, default_zone: tzinfo | None = None
) -> list[NextCall]:
    """Return the next call of each Connection, or of the one named, sorted by name.

    `at` is an aware moment; `default_zone` that of servers without one (default: that of `at`).
    """
    zones = _zones(view)
    rows = []
    for document in view.documents(Connection):
        if name in (None, document.name):
            call = call_of(document, zones.get(name_key(document.source_server), ""), [])
            following, zone = _next(document, call, at, default_zone)
            why = schedule_of(call).describe() if document.is_scheduled else "the schedule is disabled"
            rows.append(NextCall(document.name, following, zone, why))
    return rows


def connection_rows(view: View, now: datetime, *, default_zone: tzinfo | None = None) -> list[ConnectionRow]:
    """Return, for each Connection, its next call and whether it routes mail, sorted by name; as `next_calls`."""
    from dominocli.routing.network import build_network

    reasons: dict[str, list[str]] = {}
    for entry in build_network(view).not_used:
        reasons.setdefault(entry.document, []).append(entry.reason)
    paths = {document.name: document.path for document in view.documents(Connection)}
    rows = []
    for row in next_calls(view, now, default_zone=default_zone):
        unused = tuple(dict.fromkeys(reasons.get(paths[row.name], ())))
        rows.append(ConnectionRow(row.name, row.next, not unused, unused))
    return rows


def _zones(view: View) -> dict[str, str]:
    zones: dict[str, str] = {}
    for document in view.documents(Server):
        zones.setdefault(name_key(document.server_name), document.time_zone)
    return zones


def _next(document: Connection, call: Call, at: datetime, default: tzinfo | None) -> tuple[datetime | None, str]:
    machine = default or at.tzinfo
    if machine is None:
        raise ValueError("a moment without a time zone; pass an aware datetime")
    zone = zone_of(call.zone, machine)
    return (schedule_of(call).next_call(at, zone) if document.is_scheduled else None), call.zone or str(machine)


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")
