"""Schedules of Connections: times, repeat interval, days, and the next call (domino.md 3, Schedule)."""

from __future__ import annotations

from functools import lru_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime, tzinfo

DAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
LONGEST_INTERVAL = 1440  # minutes

_FULL_DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_DAY = 1440  # minutes
_WEEK = 7 * _DAY
_WHOLE_WEEK = (1 << _WEEK) - 1
_LONGEST_STEADY_INTERVAL = 60  # minutes between calls that still count as no gap
_DASHES = str.maketrans("\u2010\u2011\u2012\u2013\u2014\u2212", "------")
_ACCEPTED_TIMES = "write 08:00, 8 am, or a range such as 08:00-22:00"
_ACCEPTED_DAYS = "write Mon, Mon-Fri, a list of these, or daily"


def parse_days(text: str) -> tuple[str, ...]:
    """Return the days a text names, Sun to Sat: `Mon-Fri`, `Sat, Sun`, `Fri-Mon` (wraps), `daily`.

    Raises ValueError if the text names no day or something else.
    """
    found: set[int] = set()
    for part in text.translate(_DASHES).replace(";", ",").split(","):
        # "Mon Tue" is a list as well; blanks around a dash are none of its separators.
        for piece in "-".join(word.strip() for word in part.split("-")).split():
            found.update(_days_of(piece, text))
    if not found:
        raise ValueError(f"the days are blank; {_ACCEPTED_DAYS}")
    return tuple(day for number, day in enumerate(DAYS) if number in found)


def format_days(days: Iterable[str]) -> str:
    """Return days as `Mon-Fri` or `Mon, Wed`, all seven as `daily`; `parse_days` reads it back."""
    wanted = set(days)
    chosen = [day in wanted for day in DAYS]
    if all(chosen):
        return "daily"
    pieces: list[str] = []
    for first in range(7):
        if not chosen[first] or chosen[first - 1]:
            continue
        length = next(length for length in range(1, 7) if not chosen[(first + length) % 7])
        run = [DAYS[(first + step) % 7] for step in range(length)]
        pieces.append(f"{run[0]}-{run[-1]}" if length > 2 else ", ".join(run))
    return ", ".join(pieces)


def _days_of(piece: str, text: str) -> Iterator[int]:
    numbers: list[int] = []
    for word in piece.split("-"):
        name = word.casefold().removesuffix(".")
        if name in ("daily", "all") and piece == word:
            return iter(range(7))
        matching = [number for number, full in enumerate(_FULL_DAYS) if full.startswith(name)]
        if len(name) < 3 or not matching:
            raise ValueError(f"{_quoted(word or text)} is no day of the week; {_ACCEPTED_DAYS}")
        numbers.append(matching[0])
    if len(numbers) > 2:
        raise ValueError(f"{_quoted(piece)} has more than two ends; {_ACCEPTED_DAYS}")
    first, last = numbers[0], numbers[-1]
    return ((first + step) % 7 for step in range((last - first) % 7 + 1))


def parse_times(text: str) -> tuple[str, ...]:
    """Return the times and ranges of a text as sorted `HH:MM` and `HH:MM-HH:MM`, each once.

    Reads a time, a list of times and ranges (`,` or `;`), 12- and 24-hour forms. An end such as 23:59:59
    means the next minute, 24:00. Raises ValueError for anything else, and for a range whose ends are equal.
    """
    found = parse_time_list((text,))
    if not found:
        raise ValueError(f"the times are blank; {_ACCEPTED_TIMES}")
    return found


def parse_time_list(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the times and ranges of several texts like `parse_times`; none of no texts."""
    spans = {
        _span(piece)
        for text in texts
        for piece in text.translate(_DASHES).replace(";", ",").split(",")
        if piece.strip()
    }
    return tuple(sorted(_span_text(start, end) for start, end in spans))


def _span(piece: str) -> tuple[int, int | None]:
    """Return start and end of a range as minutes of the day, or a single time and None."""
    ends = piece.split("-")
    start, seconds = _minute(ends[0], piece)
    if len(ends) > 2:
        raise ValueError(f"{_quoted(piece)} has more than two ends; {_ACCEPTED_TIMES}")
    if start == _DAY or seconds:
        raise ValueError(f"{_quoted(piece)}: 24:00 and seconds stand only at the end of a range; {_ACCEPTED_TIMES}")
    if len(ends) == 1:
        return start, None
    end, seconds = _minute(ends[1], piece)
    if seconds:
        end += 1
    if start == end:
        raise ValueError(f"{_quoted(piece)} ends when it starts; write 00:00-24:00 for the whole day")
    return start, end or _DAY


def _span_text(start: int, end: int | None) -> str:
    return _clock(start) if end is None else f"{_clock(start)}-{_clock(end)}"


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _minute(text: str, piece: str) -> tuple[int, int]:
    """Return the minute of the day a time names, and its seconds (0 or 59)."""
    clock = text.strip().casefold().replace("a.m.", "am").replace("p.m.", "pm")
    half = clock[-2:] if clock[-2:] in ("am", "pm") else ""
    numbers = clock.removesuffix(half).rstrip().split(":")
    problem = f"{_quoted(piece.strip())} is no time of day; {_ACCEPTED_TIMES}"
    whole = all(number.isascii() and number.isdigit() for number in numbers)
    if not whole or len(numbers) > 3 or len(numbers[0]) > 2 or any(len(number) != 2 for number in numbers[1:]):
        raise ValueError(problem)
    if len(numbers) == 1 and not half:
        raise ValueError(f"{_quoted(piece.strip())}: write {text.strip()}:00, or am or pm after the hour")
    hour, minute, seconds = [*map(int, numbers), 0, 0][:3]
    if half:
        if not 1 <= hour <= 12:
            raise ValueError(f"{_quoted(piece.strip())}: an hour before am or pm is 1 to 12")
        hour = hour % 12 + (12 if half == "pm" else 0)
    if hour * 60 + minute > _DAY or minute > 59 or seconds not in (0, 59) or (hour == 24 and seconds):
        raise ValueError(problem)
    return hour * 60 + minute, seconds


def _quoted(text: str) -> str:
    shown = text if len(text) <= 60 else text[:57] + "..."
    return '"' + "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in shown) + '"'


class Schedule:
    """When a Connection calls: `times`, `interval` in minutes, `days`, `enabled`; immutable and hashable.

    Times are local to the source server, whose zone is an argument. A range holds its start and not its end.
    Raises ValueError for times, days or an interval (0..1440) that are none.
    """

    __slots__ = ("_spans", "days", "enabled", "interval", "times")
    times: tuple[str, ...]
    interval: int
    days: tuple[str, ...]
    enabled: bool
    _spans: tuple[tuple[int, int | None], ...]

    def __init__(self, times: Iterable[str], interval: int, days: Iterable[str], enabled: bool = True) -> None:
        if not 0 <= interval <= LONGEST_INTERVAL:
            raise ValueError(f"an interval of {interval} minutes; write 0 to {LONGEST_INTERVAL}")
        chosen = tuple(days)
        values = {
            "times": parse_time_list(times),
            "interval": interval,
            "days": parse_days(",".join(chosen)) if chosen else (),
            "enabled": enabled,
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)
        object.__setattr__(self, "_spans", tuple(_span(text) for text in self.times))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a Schedule does not change: {name}")

    def _key(self) -> tuple[object, ...]:
        return self.times, self.interval, self.days, self.enabled

    def __eq__(self, other: object) -> bool:
        return self._key() == other._key() if isinstance(other, Schedule) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key())

    def __reduce__(self) -> tuple[object, ...]:
        return Schedule, self._key()

    def __repr__(self) -> str:
        return f"Schedule({self.times!r}, {self.interval!r}, {self.days!r}, {self.enabled!r})"

    @property
    def never(self) -> bool:
        """Whether there is no time or no day to call at."""
        return not (self.times and self.days)

    @property
    def has_gaps(self) -> bool:
        """Whether a message can be made to wait: by the hours, the days, or calls more than an hour apart.

        Hours that miss single minutes, such as 00:00-23:59, have no gap; a range without an interval has.
        """
        if not 1 <= self.interval <= _LONGEST_STEADY_INTERVAL:
            return True
        missing = _WHOLE_WEEK & ~self._minutes_of_week(singles=False)
        return bool(missing & _later(missing))

    def next_call(self, now: datetime, zone: tzinfo, last_success: datetime | None = None) -> datetime | None:
        """Return the first moment from now on at which the Connection calls, in its zone; None for never.

        In a range the interval counts from `last_success`, the end of the last successful call; without one
        the call is due at once. A single time, and (D) a range without interval at its start, is due within
        its minute unless a call ended since. Raises ValueError if a moment has no time zone.
        """
        from datetime import timedelta

        if not self.enabled or self.never:
            return None
        start = utc(now)
        last = None if last_success is None else utc(last_success)
        due = start if last is None else max(start, last + timedelta(minutes=self.interval))
        calls: list[datetime] = []
        for span in self._spans:
            once = span[1] is None or not self.interval
            floor = start if once else due
            around = max(start, last or start) if once else due
            calls.append(
                next(
                    max(floor, opens)
                    for opens, closes in self._windows(span, around, zone, once=once)
                    if floor < closes and not (once and last is not None and opens <= last)
                )
            )
        return min(calls).astimezone(zone)

    def is_open(self, moment: datetime, zone: tzinfo) -> bool:
        """Tell whether a moment lies inside a range, or within the minute of a single time."""
        at = utc(moment)
        return self.enabled and any(
            opens <= at < closes for span in self._spans for opens, closes in self._windows(span, at, zone)
        )

    def overlaps(self, other: Schedule) -> bool:
        """Tell whether both call or may call in some minute of the week, by the clock of one zone."""
        if not (self.enabled and other.enabled):
            return False
        return bool(self._minutes_of_week() & other._minutes_of_week())

    def describe(self) -> str:
        """Return the schedule in words, such as `08:00-22:00 every 360 min, Mon-Fri`."""
        if self.never:
            text = "never"
        else:
            text = ", ".join(self.times)
            if any(end is not None for _, end in self._spans):
                text += f" every {self.interval} min" if self.interval else " once"
            text += f", {format_days(self.days)}"
        return text if self.enabled else f"{text} (disabled)"

    def _windows(
        self, span: tuple[int, int | None], around: datetime, zone: tzinfo, *, once: bool = False
    ) -> Iterator[tuple[datetime, datetime]]:
        """Yield a span's opening and closing moments (UTC) on each day from the day before `around` on.

        A window that the spring gap swallows is open for the first minute that exists.
        """
        from datetime import timedelta

        start, end = span
        minute = timedelta(minutes=1)
        first = around.astimezone(zone).date() - timedelta(days=1)
        for day in (first + timedelta(days=step) for step in range(10)):
            if DAYS[day.isoweekday() % 7] not in self.days:
                continue
            opens = _instant(day, start, zone)
            closes = opens + minute
            if not once and end is not None:
                closes = max(closes, _instant(day, end if end > start else end + _DAY, zone))
            yield opens, closes

    def _minutes_of_week(self, *, singles: bool = True) -> int:
        """Return the minutes of the week a schedule is open in as a bit set, bit 0 being Sunday 00:00."""
        day = 0
        for start, end in self._spans:
            if end is not None:
                day |= ((1 << ((end - start) % _DAY or _DAY)) - 1) << start
            elif singles:
                day |= 1 << start
        week = 0
        for name in self.days:
            week |= day << DAYS.index(name) * _DAY
        return (week | week >> _WEEK) & _WHOLE_WEEK


@lru_cache(maxsize=1024)
def known_schedule(times: tuple[str, ...], interval: int, days: tuple[str, ...], enabled: bool = True) -> Schedule:
    """Return the `Schedule` of these values; thousands of Connections share a few, which are read once."""
    return Schedule(times, interval, days, enabled)


def in_range(moment: datetime, zone: tzinfo, range_text: str) -> bool:
    """Tell whether a moment lies inside a daily range such as `00:00-06:00`; raises ValueError for none."""
    return _daily(range_text).is_open(moment, zone)


def next_start(now: datetime, zone: tzinfo, range_text: str) -> datetime:
    """Return now if it lies inside a daily range, else the range's next start, in the zone."""
    found = _daily(range_text).next_call(now, zone)
    assert found is not None  # a range on every day
    return found


def utc(moment: datetime) -> datetime:
    """Return a moment in UTC, to be compared with others; raises ValueError if it has no time zone.

    Python compares two moments of one zone by the clock on the wall: across a change of clocks that is wrong.
    """
    from datetime import UTC

    if moment.utcoffset() is None:
        raise ValueError("a moment without a time zone; pass an aware datetime")
    return moment.astimezone(UTC)


def valid_zone(name: str) -> bool:
    """Tell whether a text names an IANA time zone, such as `Europe/Berlin`."""
    allowed = all(c.isascii() and (c.isalnum() or c in "+-_/") for c in name)
    if not name or not allowed or name[0] == "/":
        return False
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, no zone file, a folder such as Europe
        return False
    return True


def _daily(range_text: str) -> Schedule:
    daily = Schedule(parse_times(range_text), 1, DAYS)
    if any("-" not in text for text in daily.times):
        raise ValueError(f"{_quoted(range_text)} is no range of times; write it like 00:00-06:00")
    return daily


def _later(minutes: int) -> int:
    """Return a bit set of the week with every minute moved on by one, Saturday's last to Sunday's first."""
    return (minutes << 1 | minutes >> (_WEEK - 1)) & _WHOLE_WEEK


def _instant(day: date, minute: int, zone: tzinfo) -> datetime:
    """Return the moment (UTC) at which a zone's clock first shows a minute of a day, or has passed it.

    (D) A time in the spring gap moves to the first minute that exists, one in the autumn fold is its first.
    """
    from datetime import UTC, datetime, time, timedelta

    wall = datetime.combine(day, time(), UTC) + timedelta(minutes=minute)
    local = wall.replace(tzinfo=zone)
    before = local.utcoffset() or timedelta()
    after = local.replace(fold=1).utcoffset() or timedelta()
    if after <= before:
        return wall - before
    early, late = wall - after, wall - before  # the clock jumps past the time after the one, up to the other
    while late - early > timedelta(seconds=1):
        middle = early + timedelta(seconds=(late - early) // timedelta(seconds=2))
        if (middle.astimezone(zone).utcoffset() or timedelta()) < after:
            early = middle
        else:
            late = middle
    return late
