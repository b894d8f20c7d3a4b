"""When a Connection calls, found by looking at one minute after the other (domino.md 3, Schedule)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MINUTE = timedelta(minutes=1)
NEVER = "never"


def first_call(
    times: tuple[str, ...], days: tuple[str, ...], interval: int, zone: tzinfo, moment: datetime
) -> datetime | str:
    """Return the first minute from a moment on at which a call is due, if none is known yet (UTC)."""
    found: list[datetime] = []
    today = moment.astimezone(zone).date()
    for step in range(-1, 9):
        day = today + timedelta(days=step)
        if DAYS[day.weekday()] not in days:  # over midnight the day is that of its start
            continue
        for text in times:
            begins, _, ends = text.partition("-")
            opens = first_instant(day, minutes(begins), zone)
            closes = opens + MINUTE
            if ends and interval:
                length = minutes(ends) + (1440 if minutes(ends) <= minutes(begins) else 0)
                closes = max(closes, first_instant(day, length, zone))
            if moment < closes:
                found.append(max(moment, opens))
    return min(found, default=NEVER)


def first_instant(day: date, minute: int, zone: tzinfo) -> datetime:
    """Return the first minute at which a zone's clock shows a minute of a day or has passed it: by looking."""
    asked = (day, minute, str(zone))
    if asked not in _INSTANTS:
        wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)
        instant = wall.replace(tzinfo=UTC) - timedelta(hours=16)
        while instant.astimezone(zone).replace(tzinfo=None) < wall:
            instant += MINUTE
        _INSTANTS[asked] = instant
    return _INSTANTS[asked]


_INSTANTS: dict[tuple[date, int, str], datetime] = {}


def minutes(clock: str) -> int:
    """Return the minute of the day of HH:MM."""
    hour, _, minute = clock.partition(":")
    return int(hour) * 60 + int(minute)
