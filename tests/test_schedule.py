"""Schedules: reading times and days, and the next call against a model that walks minute by minute."""

import bisect
import copy
import functools
import pickle
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dominocli import schedule
from dominocli.schedule import DAYS, Schedule

steady = settings(derandomize=True, deadline=None, database=None, max_examples=300)

BERLIN = ZoneInfo("Europe/Berlin")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri")
MINUTE = timedelta(minutes=1)

# A clock change lies in the middle of each span of 30 days.
CHANGES = [
    (zone, day)
    for zone, days in {
        "Europe/Berlin": (date(2025, 3, 30), date(2025, 10, 26)),
        "America/New_York": (date(2025, 3, 9), date(2025, 11, 2)),
        "Australia/Lord_Howe": (date(2025, 4, 6), date(2025, 10, 5)),
    }.items()
    for day in days
]


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def minutes(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


# Reading and writing


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Mon-Fri", WEEKDAYS),
        ("mon - FRI", WEEKDAYS),
        ("Monday\u2013Friday", WEEKDAYS),
        ("Sat, Sun", ("Sun", "Sat")),
        ("Fri-Mon", ("Sun", "Mon", "Fri", "Sat")),
        ("Mon,Wed-Fri", ("Mon", "Wed", "Thu", "Fri")),
        ("Thurs; tues. Tue", ("Tue", "Thu")),
        ("Mon-Mon", ("Mon",)),
        ("Sun-Sat", DAYS),
        ("Daily", DAYS),
        ("all", DAYS),
    ],
)
def test_days_are_read_and_ordered_from_sunday(text: str, days: tuple[str, ...]) -> None:
    assert schedule.parse_days(text) == days


@pytest.mark.parametrize("text", ["", " , ", "Mo", "Mondays", "-Fri", "Mon-", "Mon-Wed-Fri", "daily-Fri", "x\x1b"])
def test_days_are_refused_with_what_is_accepted(text: str) -> None:
    with pytest.raises(ValueError, match=r"write Mon, Mon-Fri, a list of these, or daily") as caught:
        schedule.parse_days(text)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (WEEKDAYS, "Mon-Fri"),
        (("Sun", "Sat"), "Sat, Sun"),
        (("Sun", "Mon", "Fri", "Sat"), "Fri-Mon"),
        (("Sun", "Tue", "Sat"), "Tue, Sat, Sun"),
        (("Mon", "Wed"), "Mon, Wed"),
        (DAYS, "daily"),
        ((), ""),
    ],
)
def test_days_are_written_as_runs(days: tuple[str, ...], text: str) -> None:
    assert schedule.format_days(days) == text


@given(st.sets(st.sampled_from(DAYS), min_size=1))
@steady
def test_written_days_are_read_back(days: set[str]) -> None:
    assert set(schedule.parse_days(schedule.format_days(days))) == days


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("08:00 AM - 10:00 PM", ("08:00-22:00",)),
        ("8am-5pm", ("08:00-17:00",)),
        ("8 a.m. \u2013 5 P.M.", ("08:00-17:00",)),
        ("8:00", ("08:00",)),
        ("08:00:00", ("08:00",)),
        ("22:00-06:00", ("22:00-06:00",)),
        ("12 AM - 6 AM", ("00:00-06:00",)),
        ("12 PM", ("12:00",)),
        ("18:00; 8:00, 08:00,", ("08:00", "18:00")),
        ("00:00-23:59:59", ("00:00-24:00",)),
        ("12:00:00 AM - 11:59:59 PM", ("00:00-24:00",)),
        ("08:00-16:59:59", ("08:00-17:00",)),
        ("00:00-24:00", ("00:00-24:00",)),
        ("22:00-00:00", ("22:00-24:00",)),
        ("8:00-12:00, 10:00-14:00", ("08:00-12:00", "10:00-14:00")),
    ],
)
def test_times_are_read_into_their_stored_form(text: str, times: tuple[str, ...]) -> None:
    assert schedule.parse_times(text) == times
    assert schedule.parse_time_list(times) == times


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "blank"),
        (",", "blank"),
        ("8", "write 8:00, or am or pm"),
        ("8-17", "write 8:00, or am or pm"),
        ("noon", "no time of day"),
        ("am", "no time of day"),
        ("0800", "no time of day"),
        ("08:0", "no time of day"),
        ("08:60", "no time of day"),
        ("25:00", "no time of day"),
        ("24:01", "no time of day"),
        ("24:00-24:00:59", "24:00 and seconds"),
        ("08:00-24:00:59", "no time of day"),
        ("08:00:30", "no time of day"),
        ("08:00:00:00", "no time of day"),
        ("\u0668:00", "no time of day"),
        ("13 PM", "1 to 12"),
        ("0 AM", "1 to 12"),
        ("24:00", "only at the end of a range"),
        ("23:59:59", "only at the end of a range"),
        ("24:00-06:00", "only at the end of a range"),
        ("8:00-9:00-10:00", "more than two ends"),
        ("08:00-08:00", "ends when it starts"),
        ("12 AM - 12 AM", "write 00:00-24:00"),
        ("08:00-", "no time of day"),
        ("08:00\x1b", "no time of day"),
    ],
)
def test_times_are_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(ValueError) as caught:
        schedule.parse_times(text)
    assert reason in str(caught.value)
    assert str(caught.value).isprintable()


def test_times_of_several_texts_are_one_list() -> None:
    assert schedule.parse_time_list(["8 pm, 9 am", "09:00", " "]) == ("09:00", "20:00")
    assert schedule.parse_time_list([]) == ()


@steady
@given(st.integers(0, 1439), st.booleans())
def test_twelve_and_twenty_four_hour_forms_agree(minute: int, lower: bool) -> None:
    moment = time(minute // 60, minute % 60)
    twelve = moment.strftime("%I:%M %p")
    assert schedule.parse_times(twelve.lower() if lower else twelve) == (moment.strftime("%H:%M"),)


# The value


def test_schedule_is_one_value_however_it_is_written() -> None:
    a = Schedule(("8 am - 10 pm",), 360, ("Fri", "Mon"))
    b = Schedule(["08:00-22:00", "8:00-22:00"], 360, ("Mon", "Fri"))
    assert a == b
    assert hash(a) == hash(b)
    assert a.times == ("08:00-22:00",)
    assert a.days == ("Mon", "Fri")
    assert a != Schedule(a.times, a.interval, a.days, enabled=False)
    assert a != a.times
    assert repr(a) == "Schedule(('08:00-22:00',), 360, ('Mon', 'Fri'), True)"


def test_schedule_does_not_change_and_can_be_copied() -> None:
    a = Schedule(("08:00",), 0, DAYS)
    with pytest.raises(AttributeError):
        a.interval = 5
    assert copy.deepcopy(a) == a
    assert pickle.loads(pickle.dumps(a)) == a


@pytest.mark.parametrize("interval", [-1, 1441])
def test_interval_out_of_bounds_is_refused(interval: int) -> None:
    with pytest.raises(ValueError, match="0 to 1440"):
        Schedule(("08:00",), interval, DAYS)


def test_unknown_day_and_time_are_refused() -> None:
    with pytest.raises(ValueError, match="no day of the week"):
        Schedule(("08:00",), 0, ("Someday",))
    with pytest.raises(ValueError, match="no time of day"):
        Schedule(("late",), 0, DAYS)


def test_schedule_without_times_or_days_never_calls() -> None:
    now = berlin("2025-06-02 08:00")
    for never in (Schedule((), 60, DAYS), Schedule(("08:00",), 60, ())):
        assert never.never
        assert never.has_gaps
        assert never.next_call(now, BERLIN) is None
        assert not never.is_open(now, BERLIN)
        assert never.describe() == "never"


def test_disabled_schedule_carries_no_call() -> None:
    disabled = Schedule(("00:00-24:00",), 1, DAYS, enabled=False)
    now = berlin("2025-06-02 08:00")
    assert not disabled.never
    assert disabled.next_call(now, BERLIN) is None
    assert not disabled.is_open(now, BERLIN)
    assert not disabled.overlaps(Schedule(("08:00",), 0, DAYS))
    assert not Schedule(("08:00",), 0, DAYS).overlaps(disabled)
    assert disabled.describe() == "00:00-24:00 every 1 min, daily (disabled)"


@pytest.mark.parametrize(
    ("times", "interval", "days", "text"),
    [
        (("08:00-22:00",), 360, WEEKDAYS, "08:00-22:00 every 360 min, Mon-Fri"),
        (("08:00", "12:00"), 360, ("Sat", "Sun"), "08:00, 12:00, Sat, Sun"),
        (("08:00-22:00",), 0, DAYS, "08:00-22:00 once, daily"),
    ],
)
def test_description(times: tuple[str, ...], interval: int, days: tuple[str, ...], text: str) -> None:
    assert Schedule(times, interval, days).describe() == text


@pytest.mark.parametrize(
    ("times", "interval", "days", "gaps"),
    [
        (("00:00-24:00",), 1, DAYS, False),
        (("00:00-23:59",), 60, DAYS, False),
        (("22:00-06:00", "06:00-22:00"), 15, DAYS, False),
        (("08:00-07:59",), 15, DAYS, False),
        (("00:00-24:00",), 61, DAYS, True),
        (("00:00-24:00",), 0, DAYS, True),
        (("00:00-24:00",), 1, DAYS[1:], True),
        (("00:00-23:58",), 1, DAYS, True),
        (("00:00-23:58", "23:59"), 1, DAYS, True),
        (("08:00-22:00",), 1, DAYS, True),
        (("22:00-06:00", "06:00-22:00"), 15, WEEKDAYS, True),
    ],
)
def test_gaps_that_make_a_message_wait(
    times: tuple[str, ...], interval: int, days: tuple[str, ...], gaps: bool
) -> None:
    assert Schedule(times, interval, days).has_gaps is gaps


@pytest.mark.parametrize(
    ("a_times", "a_days", "b_times", "b_days", "shared"),
    [
        ("08:00-12:00", "daily", "12:00-14:00", "daily", False),
        ("08:00-12:01", "daily", "12:00-14:00", "daily", True),
        ("08:00-12:00", "Mon", "08:00-12:00", "Tue", False),
        ("22:00-06:00", "Mon", "05:00", "Tue", True),
        ("22:00-06:00", "Mon", "06:00", "Tue", False),
        ("22:00-06:00", "Sat", "05:59", "Sun", True),
        ("22:00-06:00", "Sat", "05:59", "Sat", False),
        ("08:00", "Mon", "08:00", "Mon", True),
        ("08:00", "Mon", "08:01", "Mon", False),
    ],
)
def test_schedules_overlap(a_times: str, a_days: str, b_times: str, b_days: str, shared: bool) -> None:
    a = Schedule((a_times,), 60, schedule.parse_days(a_days))
    b = Schedule((b_times,), 60, schedule.parse_days(b_days))
    assert a.overlaps(b) is b.overlaps(a) is shared


# The next call


def test_interval_counts_from_the_end_of_the_last_successful_call() -> None:
    range_ = Schedule(("08:00-17:00",), 120, DAYS)
    now, first_success = berlin("2025-06-02 08:31"), berlin("2025-06-02 08:30")
    assert range_.next_call(now, BERLIN, first_success) == berlin("2025-06-02 10:30")


@pytest.mark.parametrize(
    ("now", "last", "expected"),
    [
        ("2025-06-02 07:00", None, "2025-06-02 08:00"),
        ("2025-06-02 09:17:05", None, "2025-06-02 09:17:05"),
        ("2025-06-02 17:00", None, "2025-06-03 08:00"),
        ("2025-06-02 16:30", "2025-06-02 16:00", "2025-06-03 08:00"),
        ("2025-06-02 15:30", "2025-06-02 15:00", "2025-06-03 08:00"),
        ("2025-06-02 15:30", "2025-06-02 14:59", "2025-06-02 16:59"),
        ("2025-06-02 14:00", "2025-06-02 09:00", "2025-06-02 14:00"),
        ("2025-06-02 07:00", "2025-06-01 09:00", "2025-06-02 08:00"),
        ("2025-06-02 07:55", "2025-06-02 07:50", "2025-06-02 09:50"),
        ("2025-06-06 17:30", None, "2025-06-09 08:00"),
    ],
)
def test_next_call_in_a_range_of_two_hour_interval(now: str, last: str | None, expected: str) -> None:
    range_ = Schedule(("08:00-17:00",), 120, (*WEEKDAYS,))
    assert range_.next_call(berlin(now), BERLIN, berlin(last) if last else None) == berlin(expected)


@pytest.mark.parametrize("times", [("08:00", "12:00"), ("08:00-09:00", "12:00-13:00")])
def test_single_times_and_ranges_without_interval_call_once_at_their_start(times: tuple[str, ...]) -> None:
    once = Schedule(times, 0, DAYS)

    def following(now: str, last: str | None = None) -> datetime | None:
        return once.next_call(berlin(now), BERLIN, berlin(last) if last else None)

    assert following("2025-06-02 07:00") == berlin("2025-06-02 08:00")
    assert following("2025-06-02 08:00:30") == berlin("2025-06-02 08:00:30")
    assert following("2025-06-02 08:00:30", "2025-06-02 08:00:20") == berlin("2025-06-02 12:00")
    assert following("2025-06-02 08:00", "2025-06-02 08:00") == berlin("2025-06-02 12:00")
    assert following("2025-06-02 08:00:30", "2025-06-01 12:03") == berlin("2025-06-02 08:00:30")
    assert following("2025-06-02 08:01") == berlin("2025-06-02 12:00")  # a missed call is not made up
    assert following("2025-06-02 12:01") == berlin("2025-06-03 08:00")
    assert following("2025-06-02 12:01", "2025-07-02 08:03") == berlin("2025-07-02 12:00")


def test_single_time_beside_a_range_ignores_the_interval() -> None:
    both = Schedule(("08:00-12:00", "11:00"), 240, DAYS)
    last = berlin("2025-06-02 08:10")
    assert both.next_call(last, BERLIN, last) == berlin("2025-06-02 11:00")
    assert both.next_call(berlin("2025-06-02 11:01"), BERLIN, last) == berlin("2025-06-03 08:00")


def test_range_over_midnight_belongs_to_the_day_of_its_start() -> None:
    night = Schedule(("22:00-06:00",), 30, ("Mon",))
    tuesday = berlin("2025-06-03 05:00")
    assert night.is_open(tuesday, BERLIN)
    assert night.next_call(tuesday, BERLIN) == tuesday
    assert not night.is_open(berlin("2025-06-02 05:00"), BERLIN)
    assert night.next_call(berlin("2025-06-02 05:00"), BERLIN) == berlin("2025-06-02 22:00")
    assert night.next_call(berlin("2025-06-03 06:00"), BERLIN) == berlin("2025-06-09 22:00")


def test_time_in_the_spring_gap_moves_to_the_first_existing_minute() -> None:
    single = Schedule(("02:30",), 0, DAYS)
    call = single.next_call(berlin("2025-03-30 00:00"), BERLIN)
    assert call is not None
    assert call.isoformat() == "2025-03-30T03:00:00+02:00"
    assert single.is_open(berlin("2025-03-30 03:00:59"), BERLIN)
    assert not single.is_open(berlin("2025-03-30 03:30"), BERLIN)
    swallowed = Schedule(("02:10-02:50",), 5, DAYS)
    assert swallowed.next_call(berlin("2025-03-30 00:00"), BERLIN) == berlin("2025-03-30 03:00")
    assert swallowed.is_open(berlin("2025-03-30 03:00"), BERLIN)
    assert not swallowed.is_open(berlin("2025-03-30 03:01"), BERLIN)


def test_time_in_the_autumn_fold_runs_once() -> None:
    single = Schedule(("02:30",), 0, DAYS)
    call = single.next_call(berlin("2025-10-26 00:00"), BERLIN)
    assert call is not None
    assert call.isoformat() == "2025-10-26T02:30:00+02:00"
    following = single.next_call(call + timedelta(minutes=1), BERLIN)
    assert following is not None
    assert following.isoformat() == "2025-10-27T02:30:00+01:00"


def test_next_call_is_told_in_the_zone_asked_for() -> None:
    now = datetime(2025, 6, 2, 5, 0, tzinfo=UTC)
    call = Schedule(("08:00",), 0, DAYS).next_call(now, BERLIN)
    assert call is not None
    assert call.isoformat() == "2025-06-02T08:00:00+02:00"
    assert Schedule(("08:00",), 0, DAYS).next_call(now, UTC) == datetime(2025, 6, 2, 8, 0, tzinfo=UTC)


def test_day_the_clock_skips_is_over_at_its_first_existing_minute() -> None:
    samoa = ZoneInfo("Pacific/Apia")  # there was no 30 December 2011
    now = datetime(2011, 12, 29, 12, 0, tzinfo=samoa)
    call = Schedule(("08:00",), 0, ("Fri",)).next_call(now, samoa)
    assert call is not None
    assert call.isoformat() == "2011-12-31T00:00:00+14:00"


def test_moment_without_a_time_zone_is_refused() -> None:
    always = Schedule(("00:00-24:00",), 1, DAYS)
    naive = datetime(2025, 6, 2)
    for ask in (
        lambda: always.next_call(naive, BERLIN),
        lambda: always.next_call(naive.replace(tzinfo=UTC), BERLIN, naive),
        lambda: always.is_open(naive, BERLIN),
    ):
        with pytest.raises(ValueError, match="aware"):
            ask()


# Against a model that walks minute by minute


@functools.cache
def clock(zone: str, change: date) -> tuple[datetime, tuple[datetime, ...], tuple[datetime, ...]]:
    """30 days of UTC minutes around a change: the first, the wall times shown, and the latest shown so far."""
    start = datetime.combine(change, time(), UTC) - timedelta(days=15)
    shown = [(start + step * MINUTE).astimezone(ZoneInfo(zone)).replace(tzinfo=None) for step in range(30 * 1440)]
    latest = [shown[0]]
    for wall in shown[1:]:
        latest.append(max(latest[-1], wall))
    return start, tuple(shown), tuple(latest)


def first_reached(zone: str, change: date, wall: datetime) -> int:
    """The first minute of the walk at which the clock shows a wall time or a later one."""
    return bisect.bisect_left(clock(zone, change)[2], wall)


def model(plan: Schedule, zone: str, change: date, now: int, last: int | None) -> tuple[int | None, set[int]]:
    """The next call and all open minutes, found by walking; moments are minutes of the walk."""
    days = {wall.date() for wall in clock(zone, change)[1]}
    calls: set[int] = set()
    opened: set[int] = set()
    due = now if last is None else max(now, last + plan.interval)
    for day in days:
        if DAYS[day.isoweekday() % 7] not in plan.days:
            continue
        midnight = datetime.combine(day, time())
        for text in plan.times:
            start, _, end = text.partition("-")
            first = first_reached(zone, change, midnight + minutes(start) * MINUTE)
            beyond = first + 1
            if end:
                length = (minutes(end) - minutes(start)) % 1440 or 1440
                until = first_reached(zone, change, midnight + (minutes(start) + length) * MINUTE)
                beyond = max(beyond, until)
            opened.update(range(first, beyond))
            if end and plan.interval:
                calls.update(range(max(first, due), beyond))
            elif last is None or first > last:
                calls.add(first)
    return min((call for call in calls if call >= now), default=None), opened


clock_times = st.one_of(st.integers(0, 1439), st.sampled_from([0, 90, 119, 120, 150, 179, 180, 1439])).map(
    lambda minute: f"{minute // 60:02}:{minute % 60:02}"
)
ranges = st.one_of(
    st.just("00:00-24:00"),
    st.tuples(clock_times, clock_times).filter(lambda ends: ends[0] != ends[1]).map("-".join),
)
plans = st.builds(
    Schedule,
    st.lists(st.one_of(clock_times, ranges), min_size=1, max_size=3),
    st.sampled_from([0, 1, 7, 30, 60, 360, 1440]),
    st.sets(st.sampled_from(DAYS), min_size=1),
)
walks = st.sampled_from(CHANGES)
# Close to the change, whose day is the sixteenth of the walk, or anywhere that leaves nine days to walk on.
moments = st.one_of(st.integers(15 * 1440 - 1440, 16 * 1440 + 720), st.integers(2 * 1440, 20 * 1440))
lasts = st.one_of(st.none(), st.integers(0, 2000), st.just(0))


@steady
@given(plans, walks, moments, lasts)
def test_next_call_and_open_minutes_agree_with_a_walk(
    plan: Schedule, walk: tuple[str, date], now: int, ago: int | None
) -> None:
    zone = ZoneInfo(walk[0])
    start = clock(*walk)[0]
    last = None if ago is None else now - ago
    expected, opened = model(plan, *walk, now, last)
    found = plan.next_call(start + now * MINUTE, zone, None if last is None else start + last * MINUTE)
    assert found is not None
    assert expected is not None
    assert found.astimezone(UTC) == start + expected * MINUTE
    assert plan.is_open(start + now * MINUTE, zone) is (now in opened)
    assert plan.is_open(start + now * MINUTE + timedelta(seconds=59), zone) is (now in opened)


@steady
@given(plans, walks, moments, lasts, st.integers(0, 59_999_999), st.integers(0, 3 * 1440 * 60))
def test_next_call_is_never_early_lies_in_the_schedule_and_does_not_go_back(
    plan: Schedule, walk: tuple[str, date], minute: int, ago: int | None, microseconds: int, later: int
) -> None:
    zone = ZoneInfo(walk[0])
    now = clock(*walk)[0] + minute * MINUTE + timedelta(microseconds=microseconds)
    last = None if ago is None else now - ago * MINUTE
    call = plan.next_call(now, zone, last)
    assert call is not None
    assert call.astimezone(UTC) >= now
    assert call.tzinfo is zone
    assert plan.is_open(call, zone)
    assert plan.next_call(call, zone, last) == call
    following = plan.next_call(now + timedelta(seconds=later), zone, last)
    assert following is not None
    assert following.astimezone(UTC) >= call.astimezone(UTC)


@steady
@given(plans, st.integers(0, 7 * 1440 - 1), plans)
def test_minutes_of_the_week_agree_with_is_open(plan: Schedule, minute: int, other: Schedule) -> None:
    now = datetime(2025, 6, 1, tzinfo=UTC) + minute * MINUTE
    at = Schedule((now.strftime("%H:%M"),), 0, (DAYS[now.isoweekday() % 7],))
    assert plan.overlaps(at) is plan.is_open(now, UTC)
    if plan.is_open(now, UTC) and other.is_open(now, UTC):
        assert plan.overlaps(other)


# Ranges on their own, zones


def test_low_priority_range() -> None:
    low = "12 AM - 6 AM"
    inside, outside = berlin("2025-06-02 05:59:59"), berlin("2025-06-02 06:00")
    assert schedule.in_range(inside, BERLIN, low)
    assert not schedule.in_range(outside, BERLIN, low)
    assert schedule.next_start(inside, BERLIN, low) == inside
    assert schedule.next_start(outside, BERLIN, low) == berlin("2025-06-03 00:00")


def test_range_that_wraps_holds_both_sides_of_midnight() -> None:
    for text in ("2025-06-02 23:00", "2025-06-02 01:00"):
        assert schedule.in_range(berlin(text), BERLIN, "22:00-02:00")
    assert not schedule.in_range(berlin("2025-06-02 02:00"), BERLIN, "22:00-02:00")


def test_single_time_is_no_range() -> None:
    with pytest.raises(ValueError, match="no range of times"):
        schedule.in_range(berlin("2025-06-02 05:00"), BERLIN, "05:00")


@pytest.mark.parametrize("name", ["Europe/Berlin", "UTC", "America/Argentina/Buenos_Aires", "Etc/GMT+5"])
def test_time_zone_is_accepted(name: str) -> None:
    assert schedule.valid_zone(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Europe",
        "Europe/Nowhere",
        "/etc/localtime",
        "/usr/share/zoneinfo/UTC",
        "../zoneinfo/UTC",
        "Europe/../UTC",
        "UTC\0",
        "UTC\n",
        "Zürich",
        "Europe/",
        "x" * 5000,
    ],
)
def test_time_zone_is_refused(name: str) -> None:
    assert not schedule.valid_zone(name)
