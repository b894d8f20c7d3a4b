"""When a message leaves: schedule, threshold and priority; and when each Connection calls next (domino.md 3 rule 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dominocli.documents.connection import Connection
from dominocli.documents.server import Server
from dominocli.names import name_key
from dominocli.routing.connections import Call, call_of
from dominocli.schedule import DAYS, Schedule

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, tzinfo

    from dominocli.directory.view import View
    from dominocli.routing.servers import RouterSettings

HIGH, NORMAL, LOW = "high", "normal", "low"
PRIORITIES = (HIGH, NORMAL, LOW)


class Departure(NamedTuple):
    """When a message leaves a server: `at` equals the moment it was ready where nothing held it back.

    `at` is None for a schedule that never calls. `waits_for` is the Connection document or the low
    priority range it waits for, "" for nothing; `threshold` the pending messages that open it sooner, 0 for none.
    """

    at: datetime | None
    waits_for: str = ""
    threshold: int = 0
    assumptions: tuple[str, ...] = ()


def departure(
    ready: datetime, call: Call | None, priority: str, settings: RouterSettings, server_zone: str, default_zone: tzinfo
) -> Departure:
    """Return when a message that is ready at a moment leaves by a link.

    High priority leaves at once; low only in the low priority range of the sending server, whatever the
    schedule (rule 4); normal when the Connection (None: no document restricts the link) calls.
    `default_zone` is the zone of a server that gives none.
    """
    if settings.ignores_priority:
        priority = NORMAL
    if priority == HIGH:
        return Departure(ready)
    if priority == LOW:
        opens = _range_start(ready, settings.low_priority_range, zone_of(server_zone, default_zone))
        held = opens > ready
        return Departure(opens, ", ".join(settings.low_priority_range) if held else "")
    if call is None:
        return Departure(ready)
    schedule = schedule_of(call)
    at = schedule.next_call(ready, zone_of(call.zone, default_zone))
    assumptions = tuple(_decided(schedule))
    if at is not None and at <= ready:
        return Departure(ready, assumptions=assumptions)
    if call.threshold:
        assumptions += ("threshold-outside-hours",)
    return Departure(at, call.document, call.threshold, assumptions)


def schedule_of(call: Call) -> Schedule:
    """Return the schedule of a Connection's calls."""
    return Schedule(call.times, call.interval, call.days)


def zone_of(name: str, machine: tzinfo) -> tzinfo:
    """Return a server's time zone; where its document gives none, or none we know, the machine's."""
    if not name:
        return machine
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # known where the table was made, not here
        return machine


def _range_start(ready: datetime, ranges: tuple[str, ...], zone: tzinfo) -> datetime:
    """Return the first moment from `ready` on inside one of the daily ranges; a single time is its minute."""
    opens = Schedule(ranges, 1, DAYS).next_call(ready, zone)
    return ready if opens is None else opens


def _decided(schedule: Schedule) -> Iterator[str]:
    ranges = [time.split("-") for time in schedule.times if "-" in time]
    if any(end < start for start, end in ranges):
        yield "midnight-wrap"
    if ranges and not schedule.interval:
        yield "range-without-interval"


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
