"""The document behind a changed route is that of the link where the change begins."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from routing_builder import Builder

from dominocli.routing.causes import Causes
from dominocli.routing.changes import changes
from dominocli.routing.representatives import OTHERS

Edit = Callable[[Builder], object]


def causes(before: Builder, edit: Edit, server: str = "S0/Acme") -> dict[str, str | None]:
    """The cause of each change in a server's table that an edit makes, by destination."""
    after = before.copy()
    edit(after)
    old, new = before.table(server), after.table(server)
    found = changes(old, new)
    traced = Causes(after.network).traced(old, new, found)
    assert [change._replace(document=None) for change in traced] == [change._replace(document=None) for change in found]
    return {change.destination: change.document for change in traced}


@pytest.fixture
def line(acme: Builder) -> Builder:
    """S0 - S1 - S2 - S3 by Connections of cost 1, a costly way round from S0 to S2; OtherNet leaves at S3."""
    for number in range(4):
        acme.server(f"S{number}/Acme", [f"Net{number}"], smtp=True)
    acme.configuration()
    for number in range(3):
        acme.lan(f"S{number}/Acme", f"S{number + 1}/Acme", f"l{number}", routing_cost=1)
    acme.lan("S0/Acme", "S2/Acme", "round", routing_cost=9)
    acme.pattern("*.other.example", "OtherNet", "othernet")
    acme.smtp("S3/Acme", "OtherNet", "smtp", smtp_mta_relay_host="relay.example")
    return acme


FAR = ("S3/Acme", "OtherNet", "*.other.example")


def test_dearer_link_is_behind_all_that_lies_beyond_it(line: Builder) -> None:
    found = causes(line, lambda b: b.lan("S1/Acme", "S2/Acme", "l1", routing_cost=3))
    assert found == dict.fromkeys(("S2/Acme", *FAR), "connections/l1")
    assert causes(line, lambda b: b.lan("S2/Acme", "S3/Acme", "l2", routing_cost=3)) == dict.fromkeys(
        FAR, "connections/l2"
    )


def test_new_way_is_behind_what_takes_it(line: Builder) -> None:
    found = causes(line, lambda b: b.lan("S1/Acme", "S3/Acme", "short", routing_cost=1))
    assert found == {
        "S3/Acme": "connections/short",
        "OtherNet": "connections/short",
        "*.other.example": "connections/short",
    }


def test_way_that_carries_on_is_named_where_the_old_one_is_gone(line: Builder) -> None:
    found = causes(line, lambda b: b.remove("connections/l1"))
    assert found == dict.fromkeys(("S2/Acme", *FAR), "connections/round")


def test_smtp_connection_is_behind_its_domain_where_its_server_is_as_before(line: Builder) -> None:
    found = causes(line, lambda b: b.smtp("S3/Acme", "OtherNet", "smtp", smtp_mta_relay_host="r", routing_cost=5))
    assert found == {"OtherNet": "connections/smtp", "*.other.example": "connections/smtp"}
    found = causes(line, lambda b: b.smtp("S1/Acme", "OtherNet", "nearer", smtp_mta_relay_host="r"))
    assert found == {"OtherNet": "connections/nearer", "*.other.example": "connections/nearer"}
    assert causes(line, lambda b: b.remove("connections/smtp")) == {
        "OtherNet": "connections/smtp",
        "*.other.example": "connections/smtp",
    }


def test_pattern_document_is_behind_a_pattern_alone(line: Builder) -> None:
    assert causes(line, lambda b: b.pattern("*.third.example", "OtherNet", "third")) == {
        "*.third.example": "domains/third"
    }
    assert causes(line, lambda b: b.remove("domains/othernet")) == {"*.other.example": "domains/othernet"}


def test_lost_way_names_the_one_document_not_used_any_more(line: Builder) -> None:
    line.remove("connections/round")
    found = causes(line, lambda b: b.lan("S2/Acme", "S3/Acme", "l2", schedule="Disabled"))
    assert found == dict.fromkeys(FAR, "connections/l2")


def test_lost_way_of_a_document_that_is_gone_names_none(line: Builder) -> None:
    line.remove("connections/round")
    assert causes(line, lambda b: b.remove("connections/l2")) == dict.fromkeys(FAR)
    first = causes(line, lambda b: b.remove("connections/l0"))
    assert first == dict.fromkeys(("S1/Acme", "S2/Acme", *FAR), "connections/l0")


def test_way_that_is_back_names_the_link_it_came_back_with(line: Builder) -> None:
    whole = line.copy()
    line.remove("connections/round")
    line.remove("connections/l2")
    found = causes(line, lambda b: b.texts.update(whole.texts))
    assert found["S3/Acme"] == "connections/l2"
    assert found["OtherNet"] == "connections/l2"


def test_way_into_another_domain_follows_its_server(line: Builder) -> None:
    line.lan("S3/Acme", "Gate/Beta", "beta", destination_domain="Beta")
    found = causes(line, lambda b: b.lan("S1/Acme", "S2/Acme", "l1", routing_cost=3))
    assert found["Beta"] == "connections/l1"


def test_network_on_the_way_names_no_document(acme: Builder) -> None:
    acme.server("S0/Acme", ["A"])
    acme.server("S1/Acme", ["A"])
    acme.server("S2/Acme", ["B"])
    acme.server("S3/Acme", ["B"])
    acme.lan("S1/Acme", "S2/Acme", "bridge", routing_cost=2)
    found = causes(acme, lambda b: b.lan("S1/Acme", "S2/Acme", "bridge", routing_cost=5))
    assert found == {"S2/Acme": "connections/bridge", "S3/Acme": "connections/bridge"}
    assert causes(acme, lambda b: b.server("S4/Acme", ["B"])) == {"S4/Acme": None}


def test_first_table_keeps_the_documents_it_leads_by(line: Builder) -> None:
    table = line.table("S0/Acme")
    found = changes(None, table)
    assert Causes(line.network).traced(None, table, found) == found
    assert Causes(line.network).traced(table, table, []) == []


def test_one_cost_that_changes_is_behind_every_change() -> None:
    for seed in range(60):
        chance = random.Random(seed)
        builder = Builder()
        count = chance.randint(4, 12)
        for number in range(count):
            builder.server(f"S{number}/Acme", [chance.choice("AB") if chance.random() < 0.3 else f"N{number}"])
        pairs = {(a, chance.randrange(count)) for a in range(count) for _ in range(2)}
        links = {f"l{a}-{b}": (a, b, chance.randint(1, 5)) for a, b in sorted(pairs) if a != b}
        for name, (a, b, cost) in links.items():
            builder.lan(f"S{a}/Acme", f"S{b}/Acme", name, routing_cost=cost)
        name = chance.choice(sorted(links))
        a, b, cost = links[name]
        cheaper = chance.randint(1, cost)

        def edit(other: Builder, a: int = a, b: int = b, name: str = name, cost: int = cheaper) -> None:
            other.lan(f"S{a}/Acme", f"S{b}/Acme", name, routing_cost=cost)

        for number in range(count):
            found = causes(builder, edit, f"S{number}/Acme")
            assert set(found.values()) <= {f"connections/{name}"}, f"seed {seed}, S{number}: {found}"


@pytest.fixture
def outside(acme: Builder) -> Builder:
    """S0 sends to the Internet itself, by a relay; our.example is local."""
    acme.server("S0/Acme", smtp=True)
    acme.configuration(name="default", relay_host="relay.example", smart_host="smart.example")
    acme.domain(
        "Global Domain", "world", {"global_domain_name": "World", "local_primary_internet_domain": "our.example"}
    )
    return acme


def test_configuration_is_behind_internet_mail_without_a_pattern(outside: Builder) -> None:
    disabled = {"smtp_outside": "Disabled", "smart_host": "smart.example"}
    assert causes(outside, lambda b: b.configuration(name="default", **disabled)) == {OTHERS: "configurations/default"}


def test_documents_of_the_local_internet_domain_are_behind_its_mail(outside: Builder) -> None:
    assert causes(outside, lambda b: b.remove("domains/world")) == {"our.example": "domains/world"}
    smart = {"relay_host": "relay.example", "smart_host": "smart.example", "smart_host_for_all": "Enabled"}
    for values in (smart, {**smart, "smart_host_for_all": "Disabled", "smart_host": "other.example"}):
        found = causes(outside, lambda b, values=values: b.configuration(name="default", **values))
        assert found == {"our.example": "configurations/default"}


def test_global_domain_is_behind_what_it_hid(line: Builder) -> None:
    line.server("S0/Acme", ["Net0"], smtp=True, fully_qualified_internet_host_name="s0.our.example")
    line.domain("Global Domain", "world", {"global_domain_name": "World", "local_primary_internet_domain": "w.example"})
    found = causes(line, lambda b: b.remove("domains/world"))
    assert found == dict.fromkeys(("w.example", "s0.our.example", "our.example"), "domains/world")


def test_pattern_that_came_or_went_is_behind_its_mail_whatever_takes_over(line: Builder) -> None:
    line.pattern("*.*", "OtherNet", "all")
    narrow = "domains/narrow"
    more = line.copy()
    more.pattern("*.narrow.example", "OtherNet", "narrow")
    assert causes(line, lambda b: b.pattern("*.narrow.example", "OtherNet", "narrow")) == {"*.narrow.example": narrow}
    assert causes(more, lambda b: b.remove(narrow)) == {"*.narrow.example": narrow}
    assert causes(more, lambda b: b.remove("domains/all")) == {"*.*": "domains/all"}
