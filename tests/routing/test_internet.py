"""Internet addresses and other domains, rule by rule (domino.md 3 rules 2 and 3)."""

from __future__ import annotations

from typing import Any

import pytest
from routing_builder import Builder


def answer(builder: Builder, address: str, source: str = "Mail1/Acme", **about: Any) -> tuple[str, str | None, Any]:
    """Return outcome, the document of the last hop, and where the message went."""
    found = builder.explain(address, source, **about).as_json()
    last = found["hops"][-1]
    goal = last.get("next_hop") or last.get("host") or last.get("lookup") or last.get("mail_file") or last["server"]
    return found["outcome"], last["because"], goal


RELAYED = ("smtp-relay", "connections/mail2-acme--othernet", "relay.other.example")


@pytest.mark.parametrize(
    "address",
    [
        "ann@mail.other.example",
        "ann@MAIL.Other.Example",
        "ann@example.org@OtherNet",
        "ann@OTHERNET",
        "ann@example.org@OtherNet@Acme",
        "Ann Lee/Sales@a.other.example",
    ],
)
def test_address_of_the_virtual_domain_leaves_by_its_relay(example: Builder, address: str) -> None:
    assert answer(example, address) == RELAYED


def test_forced_form_is_looked_up_by_its_internet_domain(example: Builder) -> None:
    example.smtp("Mail2/Acme", "OtherNet")
    found = answer(example, "ann@example.org@OtherNet")
    assert found[2] == {"name": "example.org", "method": "Dynamic then local"}


def test_domain_spelled_in_another_case_is_one_domain(example: Builder) -> None:
    example.pattern("*.org", "OTHERNET")
    found = example.explain("ann@x.org", "Mail1/Acme")
    assert found.outcome == "smtp-relay"
    assert "domain-case" in found.assumptions


def test_pattern_before_a_subdomain_misses_the_domain_itself(example: Builder) -> None:
    found = example.explain("ann@other.example", "Mail1/Acme")
    assert found.outcome == "no-route"
    assert found.assumptions == ["pattern-specificity", "smtp-without-pattern"]


@pytest.mark.parametrize(
    ("domain", "relay"),
    [
        ("acme.test", "exact"),
        ("a.acme.test", "subdomains"),
        ("b.a.acme.test", "longer"),
        ("xacme.test", "suffix"),
        ("elsewhere.test", "dotted"),
    ],
)
def test_most_specific_pattern_counts(example: Builder, domain: str, relay: str) -> None:
    patterns = {
        "exact": "acme.test",
        "subdomains": "*.acme.test",
        "longer": "*.a.acme.test",
        "suffix": "*acme.test",
        "dotted": "*.*",
    }
    for name, pattern in patterns.items():
        example.pattern(pattern, f"Net{name}")
        example.smtp("Mail2/Acme", f"Net{name}", smtp_mta_relay_host=f"{name}.relay")
    found = example.explain(f"ann@{domain}", "Mail1/Acme")
    assert found.hops[-1]["host"] == f"{relay}.relay"
    assert ("pattern-specificity" in found.assumptions) is (relay != "dotted")


def test_internationalised_domain_meets_its_pattern_in_either_form(example: Builder) -> None:
    example.pattern("*.bücher.example", "OtherNet")
    assert answer(example, "ann@www.xn--bcher-kva.example") == RELAYED
    assert answer(example, "ann@www.BÜCHER.example") == RELAYED


def test_pattern_without_a_usable_connection_is_not_sent_by_the_server_itself(example: Builder) -> None:
    example.pattern("*.org", "Nowhere")
    found = example.explain("ann@x.org", "Mail2/Acme").as_json()
    assert found["outcome"] == "no-route"
    assert found["hops"][0]["because"] == "domains/nowhere--org"
    assert found["not_used"] == [{"document": "domains/nowhere--org", "reason": "virtual-domain-unconnected"}]
    assert answer(example, "ann@x.net", "Mail2/Acme")[0] == "smtp-mx"


def test_duplicate_pattern_that_lost_is_named(example: Builder) -> None:
    example.pattern("*.other.example", "Else", "zz")
    example.smtp("Mail2/Acme", "Else")
    example.pattern("*.example", "OtherNet", "yy")
    example.pattern("*.example", "OtherNet", "zy")
    found = example.explain("ann@mail.other.example", "Mail1/Acme").as_json()
    assert found["outcome"] == "smtp-relay"
    assert found["not_used"] == [{"document": "domains/zz", "reason": "pattern-duplicate"}]


def test_cheapest_smtp_connection_counts_with_the_way_to_it(example: Builder) -> None:
    example.server("Far/Acme", [], smtp=True)
    example.lan("Mail1/Acme", "Far/Acme", routing_cost=3)
    example.smtp("Mail2/Acme", "OtherNet", routing_cost=4, smtp_mta_relay_host="near.relay")
    example.smtp("Far/Acme", "OtherNet", name="far", routing_cost=1, smtp_mta_relay_host="far.relay")
    found = example.explain("ann@mail.other.example", "Mail1/Acme")
    assert [(hop["cost"], hop.get("host")) for hop in found.hops] == [(4, None), (1, "far.relay")]
    assert "smtp-connection-order" in found.assumptions
    assert "network-cost" not in found.assumptions
    assert answer(example, "ann@mail.other.example", "Mail3/Acme")[2] == "near.relay"


def test_equal_cost_prefers_fewer_hops_then_the_document_name(example: Builder) -> None:
    example.server("Far/Acme", [], smtp=True)
    example.lan("Mail1/Acme", "Far/Acme", routing_cost=1)
    example.smtp("Mail2/Acme", "OtherNet", name="b", smtp_mta_relay_host="b.relay")
    example.smtp("Far/Acme", "OtherNet", name="a", smtp_mta_relay_host="a.relay")
    example.remove("connections/mail2-acme--othernet")
    assert answer(example, "ann@mail.other.example")[2] == "a.relay"
    example.smtp("Mail1/Acme", "OtherNet", name="z", routing_cost=2, smtp_mta_relay_host="own.relay")
    example.server("Mail1/Acme", smtp=True)
    assert answer(example, "ann@mail.other.example")[2] == "own.relay"


def test_dial_up_record_of_the_source_is_raised_before_the_mail_leaves(example: Builder) -> None:
    example.lan("Mail2/Acme", "Provider", name="isp", kind="Network Dialup")
    dial_up = {"connect_via": "Dial-up connection", "dial_using_connection_record": "isp"}
    example.smtp("Mail2/Acme", "OtherNet", smtp_mta_relay_host="relay.other.example", **dial_up)
    found = example.explain("ann@mail.other.example", "Mail1/Acme")
    assert [hop["cost"] for hop in found.hops] == [6, 5]
    assert found.hops[1]["dial_up"] == "connections/isp"
    assert found.assumptions == ["dial-up-direction"]


def test_dial_up_record_towards_the_source_is_the_line_to_it(example: Builder) -> None:
    example.server("Far/Acme", [], smtp=True)
    example.lan("Mail1/Acme", "Far/Acme", name="line", kind="Network Dialup")
    dial_up = {"connect_via": "Dial-up connection", "dial_using_connection_record": "line"}
    example.smtp("Far/Acme", "FarNet", smtp_mta_relay_host="far.relay", **dial_up)
    found = example.explain("ann@FarNet", "Mail1/Acme")
    assert [(hop.get("via"), hop.get("dial_up"), hop["cost"]) for hop in found.hops] == [
        ("connections/line", None, 10),
        (None, None, 5),
    ]
    assert found.assumptions == ["dial-up-direction"]


def test_server_sends_to_the_internet_itself_only_with_both_conditions(example: Builder) -> None:
    example.configuration(name="default", relay_host="out.relay")
    assert answer(example, "ann@x.org", "Mail2/Acme") == ("smtp-relay", "configurations/default", "out.relay")
    found = example.explain("ann@x.org", "Mail1/Acme")
    assert (found.outcome, found.assumptions) == ("no-route", ["smtp-without-pattern"])
    example.configuration(name="default", smtp_outside="Disabled")
    assert answer(example, "ann@x.org", "Mail2/Acme")[0] == "no-route"
    assert example.explain("ann@x.org", "Mail1/Acme").assumptions == []


def local_domain(builder: Builder) -> None:
    """Give the domain a Global Domain document."""
    names = {"local_primary_internet_domain": "acme.example", "alternate_internet_domain_aliases": ["*.acme.example"]}
    builder.domain("Global Domain", "global", {"global_domain_name": "Acme", **names})


@pytest.mark.parametrize("domain", ["acme.example", "sales.acme.example", "ACME.example."])
def test_local_internet_domain_is_looked_up_here(example: Builder, domain: str) -> None:
    local_domain(example)
    example.pattern("*.*", "OtherNet")
    found = example.explain(f"ann@{domain}", "Mail1/Acme").as_json()
    assert found["outcome"] == "local"
    assert found["hops"] == [
        {
            "server": "Mail1/Acme",
            "action": "deliver",
            "because": "domains/global",
            "cost": 0,
            "leaves_at": None,
            "table": "fresh",
        }
    ]
    assert "no Person documents" in found["reason"]


def test_pattern_shadowed_by_the_local_domain_is_named(example: Builder) -> None:
    local_domain(example)
    example.pattern("*.acme.example", "OtherNet", "lost")
    found = example.explain("ann@sales.acme.example", "Mail1/Acme").as_json()
    assert found["not_used"] == [{"document": "domains/lost", "reason": "pattern-shadowed"}]


def test_host_name_and_its_parent_are_local_without_a_global_document(example: Builder) -> None:
    example.server("Mail1/Acme", fully_qualified_internet_host_name="mail.acme.example")
    for domain in ("mail.acme.example", "acme.example"):
        assert answer(example, f"ann@{domain}")[:2] == ("local", "servers/mail1-acme")
    assert answer(example, "ann@x.acme.example")[0] == "no-route"
    assert answer(example, "ann@acme.example", "Mail3/Acme")[0] == "no-route"
    local_domain(example)
    example.server("Mail1/Acme", fully_qualified_internet_host_name="mail.elsewhere.example")
    assert answer(example, "ann@elsewhere.example")[0] == "no-route"


@pytest.mark.parametrize("host", ["acme", "acme.example", "no host at all", "*.acme.example"])
def test_host_name_without_a_usable_parent(example: Builder, host: str) -> None:
    example.server("Mail1/Acme", fully_qualified_internet_host_name=host)
    assert answer(example, "ann@example.org")[0] == "no-route"
    assert (answer(example, "ann@acme.example")[0] == "local") is (host == "acme.example")


def test_smart_host(example: Builder) -> None:
    local_domain(example)
    example.configuration(name="default", smart_host="smart.example")
    found = example.explain("ann@acme.example", "Mail2/Acme")
    assert (found.outcome, found.hops[0]["smart_host"]) == ("local", "smart.example")
    example.configuration(name="default", smart_host="smart.example", smart_host_for_all="Enabled")
    assert answer(example, "ann@acme.example", "Mail2/Acme") == (
        "smtp-relay",
        "configurations/default",
        "smart.example",
    )
    without = example.explain("ann@acme.example", "Mail1/Acme")
    assert (without.outcome, without.assumptions) == ("local", ["smart-host"])


def test_own_notes_domain_is_local(example: Builder) -> None:
    assert answer(example, "ann@Acme") == ("local", None, "Mail1/Acme")
    assert answer(example, "ann@acme@ACME") == ("local", None, "Mail1/Acme")
    example.pattern("*.org", "Acme", "own")
    assert answer(example, "ann@x.org") == ("local", "domains/own", "Mail1/Acme")


def test_other_domain_is_reached_across_its_connection(example: Builder) -> None:
    example.lan("Mail3/Acme", "Their/Beta", name="beta", destination_domain="Beta", routing_cost=7)
    found = example.explain("ann@Gamma@Beta", "Mail1/Acme").as_json()
    assert found["outcome"] == "other-domain"
    assert [(h["server"], h["next_hop"], h["because"], h["via"], h["cost"]) for h in found["hops"]] == [
        ("Mail1/Acme", "Mail3/Acme", "connections/beta", "network:Office", 8),
        ("Mail3/Acme", "Their/Beta", "connections/beta", "connections/beta", 7),
    ]


def test_last_domain_of_an_explicit_path_is_the_first_hop(example: Builder) -> None:
    example.lan("Mail3/Acme", "Their/Beta", name="beta", destination_domain="Beta")
    example.lan("Mail2/Acme", "Their/Gamma", name="gamma", destination_domain="Gamma")
    assert answer(example, "ann@Gamma@Beta")[1] == "connections/beta"
    assert answer(example, "ann@Beta@Gamma")[1] == "connections/gamma"
    assert answer(example, "ann@Beta@Acme")[1] == "connections/beta"
    assert answer(example, "ann@mail.other.example@Acme") == RELAYED
    assert answer(example, "ann@Beta@mail.other.example") == RELAYED


def test_crossing_that_only_pulls_sends_nothing(example: Builder) -> None:
    example.lan("Mail3/Acme", "Their/Beta", destination_domain="Beta", router_type="Pull Only")
    assert answer(example, "ann@Beta")[0] == "no-route"


def test_chain_to_a_domain_that_smtp_alone_serves_says_so(example: Builder) -> None:
    document = non_adjacent(example, "Far", "OtherNet")
    found = example.explain("ann@Far", "Mail1/Acme")
    assert found.outcome == "no-route"
    assert f"{document} leads on to OtherNet, which is no Notes domain" in found.reason


def test_crossings_of_equal_cost_are_a_tie_and_passthru_is_shown(example: Builder) -> None:
    for name in ("b", "a"):
        kind = {"kind": "Passthru Server", "passthru_server": "P/Beta", "router_type": "Push Wait"}
        example.lan("Mail1/Acme", f"{name}/Beta", name=name, destination_domain="Beta", **kind)
    found = example.explain("ann@Beta", "Mail1/Acme")
    assert (found.hops[0]["next_hop"], found.hops[0]["passthru"]) == ("a/Beta", "P/Beta")
    assert found.assumptions == ["router-types", "crossing-order", "passthru"]


def non_adjacent(builder: Builder, domain: str, through: str, **restrictions: Any) -> str:
    """Add a Non-adjacent Domain document."""
    routing = {"mail_sent_to_domain": domain, "route_through_domain": through}
    return builder.domain("Non-adjacent Domain", domain.lower(), routing, restrictions)


def test_non_adjacent_domains_resolve_one_document_at_a_time(example: Builder) -> None:
    non_adjacent(example, "Delta", "Gamma")
    non_adjacent(example, "Gamma", "Beta")
    assert answer(example, "ann@Delta") == ("no-route", "domains/delta", "Mail1/Acme")
    example.lan("Mail3/Acme", "Their/Beta", name="beta", destination_domain="Beta")
    found = example.explain("ann@Delta", "Mail1/Acme")
    assert [(hop["because"], hop["next_hop"]) for hop in found.hops] == [
        ("domains/delta", "Mail3/Acme"),
        ("domains/delta", "Their/Beta"),
    ]
    assert answer(example, "ann@Gamma")[1] == "domains/gamma"


@pytest.mark.parametrize("last", ["Delta", "Acme"])
def test_non_adjacent_domains_in_a_circle_are_no_route(example: Builder, last: str) -> None:
    non_adjacent(example, "Delta", "Gamma")
    non_adjacent(example, "Gamma", last)
    found = example.explain("ann@Delta", "Mail1/Acme")
    assert (found.outcome, found.hops[0]["because"]) == ("no-route", "domains/delta")
    assert "circle" in found.reason


def gateway(builder: Builder, server: str, **restrictions: Any) -> str:
    """Add a Foreign Domain document for faxes."""
    routing = {"foreign_domain_name": "Fax", "gateway_server_name": server, "gateway_mail_file_name": "fax.nsf"}
    return builder.domain("Foreign Domain", "fax", routing, restrictions)


def test_foreign_domain_leads_to_its_gateway(example: Builder) -> None:
    gateway(example, "Mail3/Acme")
    found = example.explain("555@Fax", "Mail1/Acme").as_json()
    assert found["outcome"] == "gateway"
    assert [(hop["action"], hop["because"], hop["cost"]) for hop in found["hops"]] == [
        ("transfer", "domains/fax", 1),
        ("gateway", "domains/fax", 0),
    ]
    assert found["hops"][1]["mail_file"] == "fax.nsf"


@pytest.mark.parametrize("server", ["Nobody/Acme", "Island/Acme"])
def test_gateway_that_cannot_be_reached_is_no_route(example: Builder, server: str) -> None:
    example.server("Island/Acme", [])
    example.lan("Mail1/Acme", "Island/Acme", name="off", schedule="Disabled")
    gateway(example, server)
    found = example.explain("555@Fax", "Mail1/Acme").as_json()
    assert (found["outcome"], found["hops"][0]["because"]) == ("no-route", "domains/fax")
    expected = [{"document": "connections/off", "reason": "schedule-disabled"}]
    assert found["not_used"] == expected


@pytest.mark.parametrize(
    ("restrictions", "previous", "outcome"),
    [
        ({"deny_from_domains": ["Acme"]}, None, "undeliverable"),
        ({"deny_from_domains": ["acme"]}, None, "undeliverable"),
        ({"deny_from_domains": ["Acme"]}, "Gamma", "gateway"),
        ({"allow_from_domains": ["Gamma"]}, None, "undeliverable"),
        ({"allow_from_domains": ["Gamma"]}, "gamma", "gateway"),
        ({"allow_from_domains": ["Gamma"], "deny_from_domains": ["Gamma"]}, "Gamma", "undeliverable"),
        ({}, "Gamma", "gateway"),
    ],
)
def test_restrictions_look_at_the_previous_hop(
    example: Builder, restrictions: dict[str, Any], previous: str | None, outcome: str
) -> None:
    gateway(example, "Mail1/Acme", **restrictions)
    found = example.explain("555@Fax", "Mail1/Acme", from_domain=previous)
    assert found.outcome == outcome
    assert found.assumptions == (["restrictions"] if outcome == "undeliverable" else [])


def test_most_restrictive_document_wins(example: Builder) -> None:
    gateway(example, "Mail1/Acme")
    example.domain("Adjacent Domain", "adjacent", {"adjacent_domain_name": "FAX"}, {"deny_from_domains": ["Acme"]})
    assert answer(example, "555@Fax")[:2] == ("undeliverable", "domains/adjacent")


def test_adjacent_domain_makes_no_path(example: Builder) -> None:
    example.domain("Adjacent Domain", "beta", {"adjacent_domain_name": "Beta"}, {"allow_from_domains": ["Acme"]})
    assert answer(example, "ann@Beta")[0] == "no-route"


def test_real_domain_as_next_hop_of_a_pattern(example: Builder) -> None:
    example.pattern("*.org", "Beta", "beta-org")
    example.lan("Mail3/Acme", "Their/Beta", name="beta", destination_domain="Beta")
    found = example.explain("ann@x.org", "Mail1/Acme")
    assert found.outcome == "other-domain"
    assert [hop["because"] for hop in found.hops] == ["domains/beta-org", "connections/beta"]
    example.smtp("Mail2/Acme", "Beta", smtp_mta_relay_host="beta.relay")
    found = example.explain("ann@x.org", "Mail1/Acme")
    assert (found.outcome, found.hops[-1]["host"]) == ("smtp-relay", "beta.relay")
    assert "real-before-virtual" in found.assumptions


def test_source_server_that_cannot_be_reached_is_no_route(example: Builder) -> None:
    example.server("Island/Acme", [], smtp=True)
    example.smtp("Island/Acme", "IslandNet")
    bridge = example.lan("Mail3/Acme", "Island/Acme", routing_task="-None-")
    found = example.explain("ann@IslandNet", "Mail1/Acme").as_json()
    assert found["outcome"] == "no-route"
    assert found["not_used"] == [{"document": bridge, "reason": "routing-task-none"}]


def test_fields_an_import_did_not_find_are_named_where_they_decide(example: Builder) -> None:
    example.server("Mail2/Acme", unknown=["routing_tasks"])
    example.configuration(name="default", unknown=["host_name_lookup", "relay_host"])
    found = example.explain("ann@x.org", "Mail2/Acme")
    assert found.outcome == "smtp-mx"
    assert found.assumptions == ["smtp-without-pattern", "host-name-lookup-default", "value-unknown"]
    example.lan("Mail3/Acme", "Their/Beta", name="beta", destination_domain="Beta")
    text = example.texts["connections/beta.toml"]
    example.texts["connections/beta.toml"] = 'unknown = ["router_type"]\n' + text
    assert example.explain("ann@Beta", "Mail3/Acme").assumptions == ["value-unknown"]


def test_pattern_nobody_can_read_is_not_said_to_have_met_an_address(example: Builder) -> None:
    example.pattern("a..b", "OtherNet", "invalid")
    assert example.explain("ann@a.b", "Mail1/Acme").not_used == []
