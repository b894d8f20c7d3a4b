"""Each assumption is named where it decided, and not where it did not (domino.md 7)."""

from __future__ import annotations

from datetime import datetime

import pytest
from routing_builder import ALWAYS, BERLIN, Builder

LATE = ["22:00-23:00"]


@pytest.mark.parametrize(
    ("source", "target", "times", "priority", "named"),
    [
        ("Mail1/Acme", "Mail3/Acme", LATE, "normal", False),
        ("Mail3/Acme", "Mail1/Acme", LATE, "normal", True),
        ("Mail3/Acme", "Mail1/Acme", LATE, "high", False),
        ("Mail3/Acme", "Mail1/Acme", ALWAYS, "normal", False),
        ("Mail2/Acme", "Mail1/Acme", LATE, "normal", False),
    ],
)
def test_direction_of_a_restricting_connection(
    example: Builder, source: str, target: str, times: list[str], priority: str, named: bool
) -> None:
    example.lan("Mail1/Acme", "Mail3/Acme", connect_at_times=times)
    found = example.to_server(target, source, priority=priority)
    assert ("restricting-direction" in found.assumptions) is named


def test_direction_does_not_decide_where_both_are_restricted(example: Builder) -> None:
    example.lan("Mail1/Acme", "Mail3/Acme", connect_at_times=LATE)
    example.lan("Mail3/Acme", "Mail1/Acme", connect_at_times=LATE)
    assert "restricting-direction" not in example.to_server("Mail1/Acme", "Mail3/Acme").assumptions


@pytest.mark.parametrize(("cost", "named"), [(1, True), (2, False)])
def test_file_name_between_two_connections_of_one_pair(example: Builder, cost: int, named: bool) -> None:
    example.server("Far/Acme", [])
    first = example.lan("Mail1/Acme", "Far/Acme", name="a")
    example.lan("Mail1/Acme", "Far/Acme", name="b", routing_cost=cost)
    found = example.to_server("Far/Acme", "Mail1/Acme")
    assert found.hops[0]["via"] == first
    assert ("final-tie" in found.assumptions) is named


def test_file_name_does_not_decide_against_a_cheaper_connection(example: Builder) -> None:
    example.server("Far/Acme", [])
    for name, cost in (("a", 2), ("b", 2), ("c", 1)):
        example.lan("Mail1/Acme", "Far/Acme", name=name, routing_cost=cost)
    assert "final-tie" not in example.to_server("Far/Acme", "Mail1/Acme").assumptions


@pytest.mark.parametrize(("span", "named"), [("22:00-02:00", True), ("20:00-22:00", False)])
def test_low_priority_range_over_midnight(example: Builder, span: str, named: bool) -> None:
    example.configuration(name="default", low_priority_range=[span])
    at = datetime(2026, 11, 24, 1, 0, tzinfo=BERLIN)
    assert (
        "midnight-wrap" in example.to_server("Mail3/Acme", "Mail1/Acme", priority="low", at=at).assumptions
    ) is named


@pytest.mark.parametrize("source", ["Hubs", "*/Acme"])
def test_group_as_source(example: Builder, source: str) -> None:
    example.group("Hubs", ["Mail1/Acme"])
    example.server("Far/Acme", [])
    example.lan(source, "Far/Acme", name="inside")
    example.lan(source, "X/Beta", name="across", destination_domain="Beta")
    for found in (example.to_server("Far/Acme", "Mail1/Acme"), example.explain("ann@Beta", "Mail1/Acme")):
        assert (found.outcome, found.assumptions) == ("no-route", ["groups-in-source"])
        assert [entry["reason"] for entry in found.not_used] == ["source-server-unknown"]


@pytest.mark.parametrize(("priority", "named"), [("Low", True), ("Normal", False)])
def test_usage_priority(example: Builder, priority: str, named: bool) -> None:
    example.server("Far/Acme", [])
    example.lan("Mail1/Acme", "Far/Acme", usage_priority=priority)
    assert ("usage-priority" in example.to_server("Far/Acme", "Mail1/Acme").assumptions) is named


@pytest.mark.parametrize("address", [None, "ann@Beta"])
def test_connection_that_only_pulls_is_why_there_is_no_route(example: Builder, address: str | None) -> None:
    example.server("Far/Acme", [])
    for router_type in ("", "Pull Only"):
        if router_type:
            example.lan("Mail1/Acme", "Far/Acme", router_type=router_type)
            example.lan("Mail1/Acme", "X/Beta", destination_domain="Beta", router_type=router_type)
        found = example.explain(address, "Mail1/Acme") if address else example.to_server("Far/Acme", "Mail1/Acme")
        assert (found.outcome, found.assumptions) == ("no-route", ["router-types"] if router_type else [])
