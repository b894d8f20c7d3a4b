"""When a message leaves a server: schedule, threshold and priority (domino.md 3 rule 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dominocli.schedule import DAYS, Schedule, known_schedule, utc

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, tzinfo

    from dominocli.routing.links import Call
    from dominocli.routing.settings import RouterSettings

HIGH, NORMAL, LOW = "high", "normal", "low"
PRIORITIES = (HIGH, NORMAL, LOW)


class Departure(NamedTuple):
    """When a message leaves a server: `at` equals the moment it was ready where nothing held it back.

    `waits_for` is the Connection document or the low
    priority range it waits for, "" for nothing; `threshold` the pending messages that open it sooner, 0 for none.
    """

    at: datetime
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
    if settings.assumes("ignore_message_priority") and priority != NORMAL:
        known = settings._replace(unknown=tuple(u for u in settings.unknown if "ignore_message_priority" not in u))
        taken, other = (departure(ready, call, p, known, server_zone, default_zone) for p in (priority, NORMAL))
        unsure = ("value-unknown",) if taken[:3] != other[:3] else ()
        return taken._replace(assumptions=taken.assumptions + unsure)
    if settings.ignores_priority:
        priority = NORMAL
    if priority == HIGH:
        return Departure(ready)
    if priority == LOW:
        schedule = known_schedule(tuple(settings.low_priority_range), 1, DAYS)
        opens = schedule.next_call(ready, zone_of(server_zone, default_zone)) or ready
        held = utc(opens) > utc(ready)
        assumptions = tuple(_decided(schedule))
        if settings.assumes("low_priority_range"):
            assumptions += ("value-unknown",)
        return Departure(opens, ", ".join(settings.low_priority_range) if held else "", assumptions=assumptions)
    if call is None:
        return Departure(ready)
    schedule = schedule_of(call)
    at = schedule.next_call(ready, zone_of(call.zone, default_zone))
    assert at is not None  # a document whose schedule never calls is in no table (schedule-empty)
    assumptions = tuple(_decided(schedule))
    if utc(at) <= utc(ready):
        return Departure(ready, assumptions=assumptions)
    if call.threshold:
        assumptions += ("threshold-outside-hours",)
    return Departure(at, call.document, call.threshold, assumptions)


def schedule_of(call: Call) -> Schedule:
    """Return the schedule of a Connection's calls."""
    return known_schedule(tuple(call.times), call.interval, tuple(call.days))


def zone_of(name: str, machine: tzinfo) -> tzinfo:
    """Return a server's time zone; where its document gives none, or none we know, the machine's."""
    if not name:
        return machine
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # known where the table was made, not here
        return machine


def _decided(schedule: Schedule) -> Iterator[str]:
    ranges = [time.split("-") for time in schedule.times if "-" in time]
    if any(end < start for start, end in ranges):
        yield "midnight-wrap"
    if ranges and not schedule.interval:
        yield "range-without-interval"
