"""What the network of a directory uses, what it does not, and which Configuration applies."""

from __future__ import annotations

from typing import Any

import pytest
from routing_builder import Builder

from dominocli.documents.finding import ERROR, INFO
from dominocli.routing.unused import NotUsed

DIAL_UP = {"connect_via": "Dial-up connection", "dial_using_connection_record": "isp"}
RECORD = "Network Dialup"


def severities(builder: Builder, document: str) -> dict[str, str]:
    """Return severity by rule id of one document."""
    return {e.reason: e.severity for e in builder.network.not_used if e.document == document}


@pytest.mark.parametrize(
    ("change", "reasons"),
    [
        ({}, []),
        ({"source_server": "Nobody/Acme"}, ["source-server-unknown"]),
        ({"source_server": "Far/Beta"}, ["source-server-other-domain"]),
        ({"source_server": "Mail1/Acme"}, ["source-server-without-smtp"]),
        ({"source_server": "Hubs"}, ["source-server-unknown"]),
        ({"source_server": "*"}, ["source-server-unknown"]),
        ({"destination_server": ""}, ["destination-server-blank"]),
        ({"destination_server": "Mail1/Acme"}, []),
        ({"schedule": "Disabled"}, ["schedule-disabled"]),
        ({"connect_at_times": []}, ["schedule-empty"]),
        ({"routing_task": "-None-"}, ["routing-task-none"]),
        ({"router_type": "Pull Only"}, []),
        ({**DIAL_UP, "dial_using_connection_record": ""}, ["dial-up-record-missing"]),
        ({**DIAL_UP, "connect_via": "Direct connection"}, ["dial-up-record-on-direct"]),
        ({**DIAL_UP, "dial_using_connection_record": "gone"}, ["dial-up-record-not-found"]),
        ({**DIAL_UP, "dial_using_connection_record": "lan"}, ["dial-up-record-wrong-type"]),
        ({**DIAL_UP, "dial_using_connection_record": "away"}, ["dial-up-record-of-neither-end"]),
        (DIAL_UP, []),
        ({"smtp_mta_relay_host": "a b"}, ["relay-host-invalid"]),
    ],
)
def test_smtp_connection(example: Builder, change: dict[str, Any], reasons: list[str]) -> None:
    example.server("Far/Beta", domain_name="Beta", smtp=True)
    example.group("Hubs", ["Mail2/Acme"])
    example.lan("Mail2/Acme", "Isp", name="isp", kind=RECORD)
    example.lan("Mail3/Acme", "Isp", name="away", kind=RECORD)
    example.lan("Mail2/Acme", "Mail3/Acme", name="lan")
    document = example.smtp(**{"source": "Mail2/Acme", "domain": "OtherNet", "name": "c", **change})
    assert example.reasons(document) == reasons
    assert set(severities(example, document).values()) <= {ERROR, INFO}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, {}),
        ({"source_server": "Nobody/Acme"}, {"source-server-unknown": ERROR}),
        ({"source_server": "Hubs"}, {"source-server-unknown": INFO}),
        ({"source_server": "*/Acme"}, {"source-server-unknown": INFO}),
        ({"source_server": "Far/Beta"}, {"source-server-other-domain": ERROR}),
        (
            {"source_server": "Their/Beta", "source_domain": "Beta"},
            {"source-server-other-domain": INFO, "source-server-unknown": INFO},
        ),
        ({"source_domain": "Beta"}, {"source-server-other-domain": ERROR}),
        ({"destination_server": "Hubs"}, {"destination-server-is-a-group": INFO}),
        ({"destination_server": "Cluster1"}, {"destination-server-is-a-group": INFO}),
        ({"destination_server": "Hubs", "destination_domain": "Beta"}, {"destination-server-is-a-group": INFO}),
        ({"destination_server": "*/Acme"}, {"destination-server-is-a-group": INFO}),
        ({"source_server": "Cluster1"}, {"source-server-unknown": INFO}),
        ({"destination_server": "Far/Beta"}, {"destination-server-other-domain": ERROR}),
        ({"destination_server": "Far/Beta", "destination_domain": "Beta"}, {}),
        ({"destination_domain": "Beta"}, {"destination-server-other-domain": ERROR}),
        ({"source_domain": ""}, {"value-missing": ERROR}),
        ({"schedule": "Disabled", "routing_task": "-None-"}, {"routing-task-none": INFO, "schedule-disabled": INFO}),
    ],
)
def test_notes_connection(example: Builder, change: dict[str, Any], found: dict[str, str]) -> None:
    example.server("Far/Beta", domain_name="Beta")
    example.server("Node/Acme", cluster_name="Cluster1")
    example.group("Hubs", ["Mail1/Acme"])
    document = example.lan(**{"source": "Mail1/Acme", "target": "Mail2/Acme", "name": "c", **change})
    assert severities(example, document) == found


def test_server_document_that_cannot_be_used_is_named_as_the_cause(example: Builder) -> None:
    example.server("Mail2/Acme", smtp=True, time_zone="Nowhere/Land")
    entries = {entry.document: entry for entry in example.network.not_used}
    assert entries["servers/mail2-acme"].reason == "time-zone-invalid"
    lost = entries["connections/mail2-acme--othernet"]
    assert lost.reason == "source-server-unknown"
    assert "servers/mail2-acme: time-zone-invalid" in lost.message


def test_second_server_document_of_one_name_is_not_used(example: Builder) -> None:
    second = example.server("CN=MAIL2/O=Acme", ["Elsewhere"], name_of_document="zz-mail2")
    assert example.reasons(second) == ["server-duplicate"]
    node = example.network.server("mail2/acme")
    assert node is not None
    assert node.smtp


def test_second_pull_connection_of_one_source_is_not_used(example: Builder) -> None:
    for name, router_type in (("a", "Push Only"), ("b", "Pull Push"), ("c", "Pull Only"), ("d", "Push Wait")):
        example.lan("Mail1/Acme", "Mail2/Acme", name=name, router_type=router_type)
    example.lan("Mail3/Acme", "Mail2/Acme", name="e", router_type="Pull Only")
    example.lan("Mail1/Acme", "Mail2/Acme", name="aa", router_type="Pull Only", schedule="Disabled")
    found = [entry for entry in example.network.not_used if entry.reason == "second-pull-connection"]
    assert [entry.document for entry in found] == ["connections/c"]
    assert "connections/b" in found[0].message


def test_file_that_does_not_parse_is_not_used(example: Builder) -> None:
    example.texts["connections/broken.toml"] = "[basics\n"
    assert example.reasons("connections/broken") == ["syntax"]


def test_conflict_document_is_not_used(example: Builder) -> None:
    text = example.texts["connections/mail2-acme--othernet.toml"]
    conflict = f'\n[conflict]\nof = "{"1" * 32}"\nrev = "2-{"3" * 32}"\nfrom = "Mail3/Acme"\n'
    example.texts["connections/mail2-acme--othernet.conflict-1234abcd.toml"] = text + conflict
    assert len(example.network.connections.smtp["othernet"]) == 1


@pytest.mark.parametrize(
    ("second", "domain", "reasons"),
    [
        ("*.OTHER.example", "othernet", ["pattern-redundant"]),
        ("*.other.example", "Else", ["pattern-duplicate", "virtual-domain-unconnected"]),
        ("*.other.example.org", "OtherNet", []),
        ("mail.acme.example", "OtherNet", ["pattern-shadowed"]),
        ("acme.example", "OtherNet", ["pattern-shadowed"]),
        ("*acme.example", "OtherNet", []),
        ("*.x.acme.example", "OtherNet", ["pattern-shadowed"]),
        ("*.org", "Acme", []),
        ("*.org", "Nowhere", ["virtual-domain-unconnected"]),
        ("a..b", "OtherNet", ["pattern-invalid"]),
    ],
)
def test_foreign_smtp_domain(example: Builder, second: str, domain: str, reasons: list[str]) -> None:
    local = {"local_primary_internet_domain": "acme.example", "alternate_internet_domain_aliases": ["*.acme.example"]}
    example.domain("Global Domain", "global", {"global_domain_name": "Acme", **local})
    assert example.reasons(example.pattern(second, domain, "second")) == reasons


@pytest.mark.parametrize("kind", ["Non-adjacent Domain", "Foreign Domain", "Local Area Network"])
def test_real_domain_as_next_hop_is_connected(example: Builder, kind: str) -> None:
    document = example.pattern("*.org", "Beta", "second")
    assert example.reasons(document) == ["virtual-domain-unconnected"]
    if kind == "Non-adjacent Domain":
        example.domain(kind, "beta", {"mail_sent_to_domain": "Beta", "route_through_domain": "Gamma"})
    elif kind == "Foreign Domain":
        example.domain(kind, "beta", {"foreign_domain_name": "Beta", "gateway_server_name": "Mail1/Acme"})
    else:
        example.lan("Mail1/Acme", "Their/Beta", destination_domain="Beta")
    assert example.reasons(document) == []


def test_smtp_connection_that_is_not_used_still_names_the_virtual_domain(example: Builder) -> None:
    example.smtp("Mail2/Acme", "OtherNet", schedule="Disabled")
    assert example.reasons("domains/othernet") == []


def relay(builder: Builder, server: str) -> tuple[str, str]:
    """Return which Configuration applies to a server, and the relay host it gives."""
    node = builder.network.server(server)
    assert node is not None
    return node.settings.document, node.settings.relay_host


def test_exactly_one_configuration_applies(example: Builder) -> None:
    example.configuration(name="default", relay_host="default.example")
    example.configuration("Hubs", relay_host="hubs.example")
    example.configuration("CN=Mail3/O=Acme", name="own")
    example.group("Hubs", ["Inner"])
    example.group("Inner", ["Mail2/Acme", "Mail3/Acme", "Hubs"])
    assert relay(example, "Mail1/Acme") == ("configurations/default", "default.example")
    assert relay(example, "Mail2/Acme") == ("configurations/hubs", "hubs.example")
    assert relay(example, "Mail3/Acme") == ("configurations/own", "")


def test_two_groups_are_ambiguous_unless_the_server_has_its_own(example: Builder) -> None:
    for group in ("A", "B"):
        example.group(group, ["Mail2/Acme"])
        example.configuration(group, relay_host=f"{group.lower()}.example")
    assert relay(example, "Mail2/Acme") == ("configurations/a", "a.example")
    assert example.reasons("configurations/b") == ["configuration-ambiguous"]
    example.configuration("Mail2/Acme")
    assert example.reasons("configurations/b") == []


def test_two_default_configurations_are_ambiguous(example: Builder) -> None:
    example.configuration(name="zz", relay_host="zz.example")
    assert relay(example, "Mail1/Acme") == ("configurations/default", "")
    assert example.reasons("configurations/zz") == ["configuration-ambiguous"]


def test_configuration_and_group_with_problems_do_not_count(example: Builder) -> None:
    example.configuration(name="default", relay_host="a b")
    example.group("", [])
    assert relay(example, "Mail1/Acme") == ("", "")
    assert example.reasons("configurations/default") == ["relay-host-invalid"]
    assert example.reasons("groups/unnamed") == ["value-missing"]


def test_groups_nest_twenty_levels(example: Builder) -> None:
    for level in range(21):
        example.group(f"G{level}", [f"G{level + 1}"])
    example.group("G21", ["Mail2/Acme"])
    example.configuration("G2", relay_host="deep.example")
    assert relay(example, "Mail2/Acme") == ("configurations/g2", "deep.example")
    example.configuration("G1", relay_host="deeper.example")
    assert relay(example, "Mail2/Acme") == ("configurations/g2", "deep.example")


def test_networks_need_the_same_name_and_protocol_on_enabled_ports(acme: Builder) -> None:
    acme.server("A/Acme", ["Office", "Lab"])
    acme.server("B/Acme", ["OFFICE"])
    acme.server("C/Acme", [])
    acme.texts["servers/c-acme.toml"] += '[ports.X]\nnotes_network = "Office"\nprotocol = "NetBIOS"\n'
    acme.server("D/Acme", [])
    acme.texts["servers/d-acme.toml"] += '[ports.X]\nnotes_network = "Office"\nenabled = false\n'
    acme.server("E/Beta", ["Office"], domain_name="Beta")
    network = acme.network
    a = network.server("A/Acme")
    assert a is not None
    assert [(n.name, n.protocol, [network.nodes[m].name for m in n.members]) for n in network.networks] == [
        ("Office", "tcp", ["A/Acme", "B/Acme"]),
        ("Lab", "tcp", ["A/Acme"]),
        ("Office", "netbios", ["C/Acme"]),
    ]
    assert network.server("E/Beta") is None
    assert network.others == {"e/beta": "Beta"}


def test_fields_an_import_did_not_find_are_never_off(example: Builder) -> None:
    example.server("Mail2/Acme", unknown=["routing_tasks", "smtp_listener_task"])
    example.configuration(name="default", unknown=["smtp_outside"])
    unknown = ["routing_task", "routing_cost", "router_type", "connect_at_times", "days_of_week", "repeat_interval"]
    document = example.smtp("Mail2/Acme", "OtherNet")
    example.texts[f"{document}.toml"] = (
        f"unknown = {unknown!r}\n" + example.texts[f"{document}.toml"].partition("[schedule]")[0]
    )
    assert example.reasons(document) == []
    found = example.explain("ann@mail.other.example", "Mail1/Acme").as_json()
    assert found["outcome"] == "smtp-mx"
    assert "value-unknown" in found["assumptions"]


def test_connection_of_unknown_type_and_cost_counts_as_lan(example: Builder) -> None:
    example.server("Far/Acme", [])
    example.lan("Mail1/Acme", "Far/Acme", name="c")
    text = example.texts["connections/c.toml"].replace('connection_type = "Local Area Network"\n', "")
    example.texts["connections/c.toml"] = 'unknown = ["connection_type", "routing_cost"]\n' + text
    found = example.to_server("Far/Acme", "Mail1/Acme").as_json()
    assert [(hop.get("via"), hop["cost"]) for hop in found["hops"]] == [("connections/c", 1), (None, 0)]
    assert found["assumptions"] == ["value-unknown"]


@pytest.mark.parametrize(
    ("path", "key", "used"),
    [
        ("connections/mail2-acme--othernet", "source_server", False),
        ("connections/mail2-acme--othernet", "destination_domain", False),
        ("connections/mail2-acme--othernet", "destination_server", True),
        ("domains/othernet", "internet_domain", False),
        ("domains/othernet", "domain_name", False),
        ("domains/othernet", "domain_type", False),
        ("connections/lan", "source_domain", True),
        ("connections/lan", "destination_domain", True),
        ("connections/lan", "destination_server", False),
        ("servers/mail3-acme", "server_name", False),
        ("servers/mail3-acme", "ports", True),
        ("configurations/default", "applies_to", False),
        ("groups/hubs", "group_name", False),
    ],
)
def test_required_field_an_import_did_not_find(example: Builder, path: str, key: str, used: bool) -> None:
    example.lan("Mail1/Acme", "Mail2/Acme", name="lan")
    example.group("Hubs", [])
    lines = example.texts[f"{path}.toml"].splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(f"{key} =") and not (key == "ports" and "network" in line)]
    example.texts[f"{path}.toml"] = f'unknown = ["{key}"]\n' + "".join(kept).replace("[ports.TCPIP0]\n", "")
    assert example.reasons(path) == ([] if used else ["value-unknown"])


def test_unknown_ports_are_named_where_no_way_is_found(example: Builder) -> None:
    example.server("Mail1/Acme", [], unknown=["ports"])
    found = example.to_server("Mail3/Acme", "Mail1/Acme")
    assert (found.outcome, found.assumptions) == ("no-route", ["value-unknown"])


def test_not_used_is_json_by_the_documented_keys() -> None:
    entry = NotUsed("connections/c", "schedule-disabled", "the schedule is disabled", "schedule", "enable it", INFO)
    assert entry.as_json() == {
        "document": "connections/c",
        "reason": "schedule-disabled",
        "message": "the schedule is disabled",
        "field": "schedule",
        "hint": "enable it",
    }
