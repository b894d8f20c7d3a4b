"""When each Connection calls next, and whether it routes mail: `schedule` and `connection list`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dominocli.documents.connection import Connection
from dominocli.documents.server import Server
from dominocli.names import name_key
from dominocli.routing.connections import call_of
from dominocli.routing.departure import schedule_of, zone_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime, tzinfo

    from dominocli.directory.view import View
    from dominocli.routing.links import Call
    from dominocli.schedule import Schedule


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
    machine = default_zone or at.tzinfo
    if machine is None:
        raise ValueError("a moment without a time zone; pass an aware datetime")
    documents = [document for document in view.documents(Connection) if name in (None, document.name)]
    return [
        NextCall(document.name, following, call.zone or str(machine), _why(document, call))
        for document, call, following in _calls(view, documents, at, machine)
    ]


def connection_rows(
    view: View, now: datetime, documents: Sequence[Connection] | None = None, *, default_zone: tzinfo | None = None
) -> list[ConnectionRow]:
    """Return the next call of each Connection of the view, or of some, and whether it routes mail, in their order.

    The moments are those of `next_calls`.
    """
    from dominocli.routing.network import build_network

    reasons: dict[str, list[str]] = {}
    for entry in build_network(view).not_used:
        reasons.setdefault(entry.document, []).append(entry.reason)
    machine = default_zone or now.tzinfo
    if machine is None:
        raise ValueError("a moment without a time zone; pass an aware datetime")
    rows = []
    chosen = view.documents(Connection) if documents is None else documents
    for document, _, following in _calls(view, chosen, now, machine):
        unused = tuple(dict.fromkeys(reasons.get(document.path, ())))
        rows.append(ConnectionRow(document.name, following, not unused, unused))
    return rows


def _calls(
    view: View, documents: Iterable[Connection], at: datetime, machine: tzinfo
) -> Iterator[tuple[Connection, Call, datetime | None]]:
    """Yield each Connection with its call and when that is next; of one schedule in one zone it is found once."""
    zones = _zones(view)
    known: dict[tuple[Schedule, str], datetime | None] = {}
    for document in documents:
        call = call_of(document, zones.get(name_key(document.source_server), ""), [])
        following = None
        if document.is_scheduled:
            key = schedule_of(call), call.zone
            if key not in known:
                known[key] = key[0].next_call(at, zone_of(call.zone, machine))
            following = known[key]
        yield document, call, following


def _why(document: Connection, call: Call) -> str:
    return schedule_of(call).describe() if document.is_scheduled else "the schedule is disabled"


def _zones(view: View) -> dict[str, str]:
    zones: dict[str, str] = {}
    for document in view.documents(Server):
        zones.setdefault(name_key(document.server_name), document.time_zone)
    return zones


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")
