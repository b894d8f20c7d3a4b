"""Routes: cost, then hops, then the name of the next hop; networks, directions, router types."""

from __future__ import annotations

import pytest
from routing_builder import Builder

from dominocli.routing.show import table_rows


def routes(builder: Builder, source: str) -> dict[str, tuple[str, int, int, str]]:
    """Return (next hop, cost, hops, via) by destination."""
    rows = table_rows(builder.table(source))["servers"]
    return {row["destination"]: (row["next_hop"], row["cost"], row["hops"], row["via"]) for row in rows}


def servers(builder: Builder, *names: str) -> None:
    """Add servers without a network."""
    for name in names:
        builder.server(f"{name}/Acme", [])


def test_least_cost_comes_before_fewest_hops(acme: Builder) -> None:
    servers(acme, "A", "B", "C")
    acme.lan("A/Acme", "C/Acme", routing_cost=5)
    acme.lan("A/Acme", "B/Acme", routing_cost=2)
    acme.lan("B/Acme", "C/Acme", routing_cost=2)
    assert routes(acme, "A/Acme")["C/Acme"] == ("B/Acme", 4, 2, "connections/a-acme--b-acme")


def test_fewest_hops_come_before_the_name(acme: Builder) -> None:
    servers(acme, "A", "B", "C", "D", "Z")
    acme.lan("A/Acme", "B/Acme")
    acme.lan("B/Acme", "C/Acme")
    acme.lan("C/Acme", "D/Acme")
    acme.lan("A/Acme", "Z/Acme")
    acme.lan("Z/Acme", "D/Acme", routing_cost=2)
    assert routes(acme, "A/Acme")["D/Acme"] == ("Z/Acme", 3, 2, "connections/a-acme--z-acme")


def test_fewer_hops_found_later_replace_more(acme: Builder) -> None:
    servers(acme, "A", "B", "C", "D", "Y")
    acme.lan("A/Acme", "B/Acme")
    acme.lan("B/Acme", "C/Acme")
    acme.lan("C/Acme", "D/Acme", routing_cost=2)
    acme.lan("A/Acme", "Y/Acme", routing_cost=3)
    acme.lan("Y/Acme", "D/Acme")
    assert routes(acme, "A/Acme")["D/Acme"] == ("Y/Acme", 4, 2, "connections/a-acme--y-acme")


def test_the_name_of_the_next_hop_settles_the_rest_and_is_named(acme: Builder) -> None:
    servers(acme, "A", "M", "L", "D", "E")
    for middle in ("M", "L"):
        acme.lan("A/Acme", f"{middle}/Acme")
        acme.lan(f"{middle}/Acme", "D/Acme")
    acme.lan("D/Acme", "E/Acme")
    assert routes(acme, "A/Acme")["E/Acme"][0] == "L/Acme"
    assert acme.to_server("E/Acme", "A/Acme").assumptions == ["final-tie"]
    assert acme.to_server("M/Acme", "A/Acme").assumptions == []


def test_network_ties_are_settled_by_name_as_well(acme: Builder) -> None:
    acme.server("A/Acme", ["One"])
    for name in ("C", "B"):
        acme.server(f"{name}/Acme", ["One", "Two"])
    acme.server("D/Acme", ["Two", "Three"])
    acme.server("E/Acme", ["Three"])
    found = routes(acme, "A/Acme")
    assert found["D/Acme"] == ("B/Acme", 2, 2, "network:One")
    assert found["E/Acme"] == ("B/Acme", 3, 3, "network:One")
    assert acme.to_server("E/Acme", "A/Acme").assumptions == ["final-tie"]


def test_network_reached_with_fewer_hops_through_another_member(acme: Builder) -> None:
    acme.server("A/Acme", [])
    servers(acme, "X", "Y")
    acme.server("B/Acme", ["Net"])
    acme.server("C/Acme", ["Net"])
    acme.server("T/Acme", ["Net"])
    acme.lan("A/Acme", "X/Acme")
    acme.lan("X/Acme", "B/Acme")
    acme.lan("A/Acme", "C/Acme", routing_cost=2)
    assert routes(acme, "A/Acme")["T/Acme"] == ("C/Acme", 3, 2, "connections/a-acme--c-acme")


def test_connection_inside_a_network_changes_no_cost(acme: Builder) -> None:
    acme.server("A/Acme")
    acme.server("B/Acme")
    acme.lan("A/Acme", "B/Acme", routing_cost=50, connect_at_times=["20:00"])
    assert routes(acme, "A/Acme")["B/Acme"] == ("B/Acme", 1, 1, "network:Office")
    there, back = acme.to_server("B/Acme", "A/Acme"), acme.to_server("A/Acme", "B/Acme")
    assert there.leaves_at == "2026-11-24T20:00:00+01:00"
    assert there.hops[0]["waits_for"] == "connections/a-acme--b-acme"
    assert there.assumptions == ["threshold-outside-hours"]
    assert back.leaves_at is None
    assert back.assumptions == ["restricting-direction"]


def test_cheaper_connection_of_a_pair_counts_then_the_first_name(acme: Builder) -> None:
    servers(acme, "A", "B")
    acme.lan("A/Acme", "B/Acme", name="z", routing_cost=3)
    acme.lan("A/Acme", "B/Acme", name="y", routing_cost=2)
    acme.lan("A/Acme", "B/Acme", name="x", routing_cost=2)
    acme.lan("A/Acme", "B/Acme", name="w", routing_cost=1, schedule="Disabled")
    assert routes(acme, "A/Acme")["B/Acme"] == ("B/Acme", 2, 1, "connections/x")
    assert routes(acme, "B/Acme") == {}


@pytest.mark.parametrize(
    ("kind", "cost"), [("Local Area Network", 1), ("Network Dialup", 5), ("Passthru Server", 1), ("Hunt Group", 5)]
)
def test_default_costs(acme: Builder, kind: str, cost: int) -> None:
    servers(acme, "A", "B")
    acme.lan("A/Acme", "B/Acme", name="c", kind=kind)
    assert routes(acme, "A/Acme")["B/Acme"] == ("B/Acme", cost, 1, "connections/c")


def test_passthru_server_is_named(acme: Builder) -> None:
    servers(acme, "A", "B", "P")
    acme.lan("A/Acme", "B/Acme", kind="Passthru Server", passthru_server="P/Acme")
    found = acme.to_server("B/Acme", "A/Acme")
    assert (found.hops[0]["next_hop"], found.hops[0]["passthru"]) == ("B/Acme", "P/Acme")
    assert found.assumptions == ["passthru"]


@pytest.mark.parametrize(
    ("router_type", "there", "back"),
    [
        ("Push Only", True, False),
        ("Pull Only", False, True),
        ("Pull Push", True, True),
        ("Push Wait", True, False),
    ],
)
def test_router_types(acme: Builder, router_type: str, there: bool, back: bool) -> None:
    servers(acme, "A", "B")
    acme.lan("A/Acme", "B/Acme", name="c", router_type=router_type)
    assert bool(routes(acme, "A/Acme")) is there
    assert bool(routes(acme, "B/Acme")) is back
    way = acme.to_server("B/Acme", "A/Acme") if there else acme.to_server("A/Acme", "B/Acme")
    assert ("router-types" in way.assumptions) is (router_type != "Push Only")


def test_flow_back_waits_for_the_far_side_to_call_in_its_zone(acme: Builder) -> None:
    acme.server("A/Acme", [], time_zone="America/New_York")
    acme.server("B/Acme", [])
    acme.lan("A/Acme", "B/Acme", name="c", router_type="Pull Only", connect_at_times=["09:00"])
    assert acme.to_server("A/Acme", "B/Acme").leaves_at == "2026-11-24T09:00:00-05:00"


def test_server_known_only_from_a_connection_is_reached_and_leads_nowhere(acme: Builder) -> None:
    acme.server("A/Acme")
    acme.lan("A/Acme", "Leaf/Acme", name="c")
    assert routes(acme, "A/Acme") == {"Leaf/Acme": ("Leaf/Acme", 1, 1, "connections/c")}


def test_connection_to_itself_joins_nothing(acme: Builder) -> None:
    acme.server("A/Acme")
    acme.lan("A/Acme", "A/Acme")
    assert routes(acme, "A/Acme") == {}


def test_large_costs_wrap_around_no_level(acme: Builder) -> None:
    servers(acme, "A", "B", "C", "D")
    acme.lan("A/Acme", "B/Acme", routing_cost=100)
    acme.lan("B/Acme", "C/Acme", routing_cost=100)
    acme.lan("A/Acme", "C/Acme", routing_cost=99)
    acme.lan("C/Acme", "D/Acme", routing_cost=1)
    found = routes(acme, "A/Acme")
    assert [found[f"{name}/Acme"][1] for name in "BCD"] == [100, 99, 100]


def test_names_are_found_in_any_spelling(example: Builder) -> None:
    table = example.table("cn=mail1/o=acme")
    assert table.server == "Mail1/Acme"
    assert table.find("CN=MAIL3/O=ACME") == 2
    assert table.find("Mail2") is None
    assert table.find("Zzz/Acme") is None
