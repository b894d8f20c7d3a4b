"""When a message leaves, and when Connections call."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from routing_builder import BERLIN, TUESDAY_NOON, Builder

from dominocli.routing.calls import connection_rows, next_calls
from dominocli.routing.departure import zone_of

EVENING = {"connect_at_times": ["20:00"], "route_at_once_if": 7}


@pytest.fixture
def pair(acme: Builder) -> Builder:
    """A reaches B by a Connection that calls at eight in the evening."""
    acme.server("A/Acme", [])
    acme.server("B/Acme", [])
    acme.lan("A/Acme", "B/Acme", name="c", **EVENING)
    return acme


def leaves(builder: Builder, **about: Any) -> tuple[Any, Any, Any]:
    """Return when the first hop from A to B leaves, what for, and the threshold."""
    hop = builder.to_server("B/Acme", "A/Acme", **about).hops[0]
    return hop["leaves_at"], hop.get("waits_for"), hop.get("threshold")


def test_normal_message_waits_for_the_schedule_or_the_threshold(pair: Builder) -> None:
    assert leaves(pair) == ("2026-11-24T20:00:00+01:00", "connections/c", 7)
    assert pair.to_server("B/Acme", "A/Acme").assumptions == ["threshold-outside-hours"]


def test_high_priority_leaves_at_once(pair: Builder) -> None:
    assert leaves(pair, priority="high") == (None, None, None)


def test_low_priority_waits_for_its_range_and_no_schedule(pair: Builder) -> None:
    assert leaves(pair, priority="low") == ("2026-11-25T00:00:00+01:00", "00:00-06:00", None)
    night = datetime(2026, 11, 24, 3, 0, tzinfo=BERLIN)
    assert leaves(pair, priority="low", at=night) == (None, None, None)
    pair.configuration(low_priority_range=["13:00-14:00", "22:00-23:00"])
    assert leaves(pair, priority="low")[0] == "2026-11-24T13:00:00+01:00"


def test_low_priority_waits_inside_a_network_as_well(example: Builder) -> None:
    found = example.explain("ann@mail.other.example", "Mail1/Acme", priority="low")
    assert [hop["leaves_at"] for hop in found.hops] == ["2026-11-25T00:00:00+01:00"] * 2
    assert [hop.get("waits_for") for hop in found.hops] == ["00:00-06:00", None]


def test_priority_may_be_ignored(pair: Builder) -> None:
    pair.configuration(ignore_message_priority="Enabled")
    for priority in ("high", "low"):
        assert leaves(pair, priority=priority)[0] == "2026-11-24T20:00:00+01:00"


def test_no_threshold_is_shown_where_there_is_none(pair: Builder) -> None:
    pair.texts["connections/c.toml"] = pair.texts["connections/c.toml"].replace(
        "route_at_once_if = 7", 'route_at_once_if = ""'
    )
    assert leaves(pair) == ("2026-11-24T20:00:00+01:00", "connections/c", None)


def test_inside_a_range_the_message_leaves_at_once(pair: Builder) -> None:
    pair.lan("A/Acme", "B/Acme", name="c", connect_at_times=["08:00-22:00"], repeat_interval=120)
    assert leaves(pair) == (None, None, None)


def test_range_over_midnight_and_range_without_interval_are_named(pair: Builder) -> None:
    pair.lan("A/Acme", "B/Acme", name="c", connect_at_times=["22:00-06:00"], repeat_interval=0)
    found = pair.to_server("B/Acme", "A/Acme")
    assert found.leaves_at == "2026-11-24T22:00:00+01:00"
    assert found.assumptions == ["threshold-outside-hours", "midnight-wrap", "range-without-interval"]


def test_each_hop_starts_when_the_one_before_has_left(pair: Builder) -> None:
    pair.server("C/Acme", [])
    pair.lan("B/Acme", "C/Acme", name="d", connect_at_times=["06:00", "19:00"])
    found = pair.to_server("C/Acme", "A/Acme").as_json()
    assert [hop["leaves_at"] for hop in found["hops"]] == [
        "2026-11-24T20:00:00+01:00",
        "2026-11-25T06:00:00+01:00",
        "2026-11-25T06:00:00+01:00",
    ]
    assert found["leaves_at"] == "2026-11-25T06:00:00+01:00"


def test_times_are_those_of_the_source_server(pair: Builder) -> None:
    pair.server("A/Acme", [], time_zone="America/New_York")
    assert leaves(pair)[0] == "2026-11-24T20:00:00-05:00"
    pair.server("A/Acme", [], time_zone="")
    assert leaves(pair)[0] == "2026-11-24T20:00:00+01:00"
    assert leaves(pair, default_zone=UTC)[0] == "2026-11-24T20:00:00+00:00"


def test_zone_this_machine_does_not_know_is_the_machines() -> None:
    assert zone_of("Nowhere/Land", BERLIN) is BERLIN
    assert zone_of("", BERLIN) is BERLIN
    assert str(zone_of("Asia/Tokyo", BERLIN)) == "Asia/Tokyo"


def test_moment_without_a_zone_is_refused(pair: Builder) -> None:
    naive = datetime(2026, 11, 24, 12, 0)
    with pytest.raises(ValueError, match="time zone"):
        pair.to_server("B/Acme", "A/Acme", at=naive)
    with pytest.raises(ValueError, match="time zone"):
        next_calls(pair.view, naive)


AUTUMN = datetime(2026, 10, 25, 0, 0, tzinfo=UTC)  # 02:00 in Berlin, an hour before its clocks go back to 02:00
SPRING = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)  # the moment at which Berlin's clocks go on from 02:00 to 03:00


def moment(change: datetime, minutes: int) -> datetime:
    """Return the moment so many minutes after a change of clocks, as Berlin's clocks show it."""
    return (change + timedelta(minutes=minutes)).astimezone(BERLIN)


def test_message_may_wait_into_the_repeated_hour_of_autumn(pair: Builder) -> None:
    pair.server("A/Acme", [], time_zone="UTC")
    pair.server("C/Acme", [])
    pair.lan("B/Acme", "C/Acme")
    pair.lan("A/Acme", "B/Acme", name="c", connect_at_times=["01:00"])
    waited = "2026-10-25T01:00:00+00:00"
    found = pair.to_server("C/Acme", "A/Acme", at=moment(AUTUMN, 25), default_zone=BERLIN)
    assert [hop["leaves_at"] for hop in found.hops] == [waited] * 3
    assert [hop.get("waits_for") for hop in found.hops] == ["connections/c", None, None]
    pair.configuration(low_priority_range=["01:00-02:30"])
    pair.configuration("B/Acme", low_priority_range=["00:00-06:00"])
    found = pair.to_server("C/Acme", "A/Acme", at=moment(AUTUMN, 25), priority="low")
    assert found.hops[0]["leaves_at"] == waited
    assert found.hops[1]["leaves_at"] == "2026-10-25T02:00:00+01:00"
    assert found.hops[1].get("waits_for") is None
    assert found.leaves_at == "2026-10-25T02:00:00+01:00"


@pytest.mark.parametrize(("minutes", "waits"), [(-1, True), (0, False), (29, False), (30, True), (65, True)])
def test_range_in_the_repeated_hour_is_open_once(pair: Builder, minutes: int, waits: bool) -> None:
    shown = ("2026-10-25T02:00:00+02:00" if minutes < 0 else "2026-10-25T23:00:00+01:00") if waits else None
    pair.lan("A/Acme", "B/Acme", name="c", connect_at_times=["02:00-02:30", "23:00"], repeat_interval=5)
    pair.configuration(low_priority_range=["02:00-02:30", "23:00-24:00"])
    for priority in ("normal", "low"):
        assert leaves(pair, at=moment(AUTUMN, minutes), priority=priority)[0] == shown


@pytest.mark.parametrize("priority", ["normal", "low"])
@pytest.mark.parametrize(
    ("times", "minutes", "shown"),
    [
        ("03:30-04:00", -1, "2026-03-29T03:30:00+02:00"),
        ("02:10-02:30", -1, "2026-03-29T03:00:00+02:00"),  # the first minute there is, and that one alone
        ("02:10-02:30", 0, None),
        ("02:10-02:30", 1, "2026-03-30T02:10:00+02:00"),
        ("02:30-04:00", -1, "2026-03-29T03:00:00+02:00"),
        ("02:30-04:00", 59, None),
        ("02:30-04:00", 60, "2026-03-30T02:30:00+02:00"),
    ],
)
def test_message_waits_over_the_hour_spring_leaves_out(
    pair: Builder, priority: str, times: str, minutes: int, shown: str | None
) -> None:
    pair.lan("A/Acme", "B/Acme", name="c", connect_at_times=[times], repeat_interval=5)
    pair.configuration(low_priority_range=[times])
    assert leaves(pair, at=moment(SPRING, minutes), priority=priority)[0] == shown


def test_smtp_connection_waits_and_smtp_without_one_does_not(example: Builder) -> None:
    example.smtp("Mail2/Acme", "OtherNet", smtp_mta_relay_host="r.example", connect_at_times=["18:00"])
    found = example.explain("ann@mail.other.example", "Mail1/Acme")
    assert [hop["leaves_at"] for hop in found.hops] == [None, "2026-11-24T18:00:00+01:00"]
    assert example.explain("ann@x.org", "Mail2/Acme").leaves_at is None


def test_next_calls_of_all_connections(pair: Builder) -> None:
    pair.server("A/Acme", [], time_zone="America/New_York")
    pair.lan("A/Acme", "B/Acme", name="off", schedule="Disabled")
    pair.lan("Nobody/Acme", "B/Acme", name="orphan", connect_at_times=["08:00-22:00"])
    rows = [row.as_json() for row in next_calls(pair.view, TUESDAY_NOON)]
    assert rows == [
        {"name": "c", "next": "2026-11-24T20:00:00-05:00", "zone": "America/New_York", "why": "20:00, daily"},
        {"name": "off", "next": None, "zone": "America/New_York", "why": "the schedule is disabled"},
        {
            "name": "orphan",
            "next": "2026-11-24T12:00:00+01:00",
            "zone": "Europe/Berlin",
            "why": "08:00-22:00 every 360 min, daily",
        },
    ]
    assert [row.name for row in next_calls(pair.view, TUESDAY_NOON, "off")] == ["off"]


def test_connection_rows_say_what_is_used(example: Builder) -> None:
    example.lan("Nobody/Acme", "Mail1/Acme", name="orphan", schedule="Disabled")
    rows = [row.as_json() for row in connection_rows(example.view, TUESDAY_NOON)]
    assert rows == [
        {"name": "mail2-acme--othernet", "next_call": "2026-11-24T12:00:00+01:00", "used": True, "not_used": []},
        {
            "name": "orphan",
            "next_call": None,
            "used": False,
            "not_used": ["source-server-unknown", "schedule-disabled"],
        },
    ]
