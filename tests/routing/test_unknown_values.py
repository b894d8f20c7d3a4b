"""What an import did not find is named wherever it decided (domino.md 2.6)."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest
from routing_builder import BERLIN, Builder

from dominocli.routing.explain import Explanation

NIGHT = datetime(2026, 11, 24, 3, 0, tzinfo=BERLIN)


def is_named(found: Explanation) -> bool:
    """Tell whether an answer says that an unknown value decided."""
    return "value-unknown" in found.assumptions


@pytest.mark.parametrize(
    ("values", "unknown", "named"),
    [
        ({"smtp_inside": "All messages"}, [], True),
        ({"smtp_inside": "MIME messages only"}, [], False),
        ({"smtp_inside": "Disabled"}, [], False),
        ({"smtp_inside": "All messages", "smtp_reachable": "Only if in same Notes named network"}, [], True),
        ({}, ["smtp_inside"], True),
    ],
)
def test_listener(example: Builder, values: dict[str, Any], unknown: list[str], named: bool) -> None:
    example.configuration(name="default", unknown=unknown, **values)
    example.server("Mail3/Acme", unknown=["smtp_listener_task"])
    assert is_named(example.to_server("Mail3/Acme", "Mail1/Acme", message_type="notes")) is named


@pytest.mark.parametrize(("listener", "named"), [("Enabled", True), ("Disabled", False)])
def test_smtp_inside(example: Builder, listener: str, named: bool) -> None:
    example.configuration(name="default", unknown=["smtp_inside"])
    example.server("Mail3/Acme", smtp_listener_task=listener)
    found = example.to_server("Mail3/Acme", "Mail1/Acme")
    assert (found.hops[0]["protocol"], is_named(found)) == ("NRPC", named)


@pytest.mark.parametrize(("target", "named"), [("Far/Acme", True), ("Mail3/Acme", False)])
def test_smtp_reachable(example: Builder, target: str, named: bool) -> None:
    example.configuration(name="default", unknown=["smtp_reachable"], smtp_inside="All messages")
    example.server("Mail3/Acme", smtp_listener_task="Enabled")
    example.server("Far/Acme", [], smtp_listener_task="Enabled")
    example.lan("Mail1/Acme", "Far/Acme")
    found = example.to_server(target, "Mail1/Acme")
    assert (found.hops[0]["protocol"], is_named(found)) == ("SMTP", named)


@pytest.mark.parametrize(("priority", "named"), [("low", True), ("normal", False), ("high", False)])
def test_low_priority_range(example: Builder, priority: str, named: bool) -> None:
    example.configuration(name="default", unknown=["low_priority_range"])
    assert is_named(example.to_server("Mail3/Acme", "Mail1/Acme", priority=priority)) is named


@pytest.mark.parametrize(
    ("priority", "times", "named"),
    [
        ("high", ["22:00-23:00"], True),
        ("high", ["00:00-24:00"], False),
        ("normal", ["22:00-23:00"], False),
        ("low", ["00:00-24:00"], True),
    ],
)
def test_ignored_priority(example: Builder, priority: str, times: list[str], named: bool) -> None:
    example.configuration(name="default", unknown=["ignore_message_priority"])
    example.server("Far/Acme", [])
    example.lan("Mail1/Acme", "Far/Acme", connect_at_times=times)
    assert is_named(example.to_server("Far/Acme", "Mail1/Acme", priority=priority)) is named


def test_low_priority_inside_its_range_leaves_at_once_either_way(example: Builder) -> None:
    example.configuration(name="default", unknown=["ignore_message_priority"])
    assert not is_named(example.to_server("Mail3/Acme", "Mail1/Acme", priority="low", at=NIGHT))


@pytest.mark.parametrize(
    ("source", "values", "unknown", "named"),
    [
        ("Mail2/Acme", {}, ["smart_host"], True),
        ("Mail2/Acme", {"smart_host": "smart.example"}, ["smart_host_for_all"], True),
        ("Mail2/Acme", {}, ["smart_host_for_all"], False),
        ("Mail1/Acme", {}, ["smart_host"], False),
    ],
)
def test_smart_host(example: Builder, source: str, values: dict[str, Any], unknown: list[str], named: bool) -> None:
    example.domain("Global Domain", "g", {"global_domain_name": "G", "local_primary_internet_domain": "acme.com"})
    example.configuration(name="default", unknown=unknown, **values)
    assert is_named(example.explain("ann@acme.com", source)) is named


def test_smart_host_of_a_server_whose_tasks_are_unknown(example: Builder) -> None:
    example.domain("Global Domain", "g", {"global_domain_name": "G", "local_primary_internet_domain": "acme.com"})
    example.configuration(name="default", smart_host="smart.example")
    assert not is_named(example.explain("ann@acme.com", "Mail2/Acme"))
    example.server("Mail2/Acme", unknown=["routing_tasks"])
    assert is_named(example.explain("ann@acme.com", "Mail2/Acme"))


@pytest.mark.parametrize("joined", [True, False])
def test_ports_of_the_target(example: Builder, joined: bool) -> None:
    example.server("Far/Acme", [], unknown=["ports"])
    if joined:
        example.lan("Mail1/Acme", "Far/Acme")
    found = example.to_server("Far/Acme", "Mail1/Acme")
    assert (found.outcome, is_named(found)) == ("local" if joined else "no-route", True)
    assert not is_named(example.to_server("Mail3/Acme", "Mail1/Acme"))


@pytest.mark.parametrize("address", [None, "ann@mail.other.example", "ann@Beta"])
def test_schedule(example: Builder, address: str | None) -> None:
    example.server("Far/Acme", [])
    for unknown in ([], ["schedule"]):
        example.lan("Mail1/Acme", "Far/Acme")
        example.smtp("Mail2/Acme", "OtherNet", smtp_mta_relay_host="relay.other.example")
        example.lan("Mail1/Acme", "X/Beta", destination_domain="Beta")
        for file in example.texts:
            if file.startswith("connections/") and unknown:
                example.texts[file] = 'unknown = ["schedule"]\n' + example.texts[file]
        found = example.explain(address, "Mail1/Acme") if address else example.to_server("Far/Acme", "Mail1/Acme")
        assert (found.outcome != "no-route", is_named(found)) == (True, bool(unknown))


def imported(example: Builder, path: str, *unknown: str) -> None:
    """Say that an import did not find some fields of a document."""
    lines = example.texts[f"{path}.toml"].splitlines(keepends=True)
    kept = [line for line in lines if line.partition(" =")[0] not in unknown]
    example.texts[f"{path}.toml"] = f"unknown = {list(unknown)!r}\n" + "".join(kept)


@pytest.mark.parametrize("key", ["allow_from_domains", "deny_from_domains"])
@pytest.mark.parametrize(("kind", "subject"), [("Adjacent Domain", "adjacent_domain_name"), ("Foreign Domain", "")])
def test_restrictions(example: Builder, key: str, kind: str, subject: str) -> None:
    gateway = {"gateway_server_name": "Mail2/Acme", "gateway_mail_file_name": "fax"}
    if subject:
        example.lan("Mail2/Acme", "X/Beta", destination_domain="Beta")
        example.domain(kind, "d", {subject: "Beta"})
    else:
        example.domain(kind, "d", {"foreign_domain_name": "Beta", **gateway})
    for source in ("Mail1/Acme", "Mail2/Acme"):
        assert not is_named(example.explain("ann@Beta", source))
    imported(example, "domains/d", key)
    for source in ("Mail1/Acme", "Mail2/Acme"):
        assert is_named(example.explain("ann@Beta", source))
    assert not is_named(example.explain("ann@mail.other.example", "Mail1/Acme"))


def test_restrictions_on_the_way(example: Builder) -> None:
    example.lan("Mail2/Acme", "X/Beta", destination_domain="Beta")
    example.domain("Non-adjacent Domain", "n", {"mail_sent_to_domain": "Gamma", "route_through_domain": "Beta"})
    example.domain("Adjacent Domain", "d", {"adjacent_domain_name": "Beta"})
    imported(example, "domains/d", "deny_from_domains")
    assert is_named(example.explain("ann@Gamma", "Mail1/Acme"))


def test_local_internet_domain(example: Builder) -> None:
    example.server("Mail2/Acme", smtp=True, fully_qualified_internet_host_name="mail.acme.com")
    names = {"global_domain_name": "G", "local_primary_internet_domain": "acme.org"}
    example.domain("Global Domain", "g", {**names, "alternate_internet_domain_aliases": ["acme.net"]})
    assert not is_named(example.explain("ann@acme.com", "Mail2/Acme"))
    imported(example, "domains/g", "local_primary_internet_domain")
    assert example.reasons("domains/g") == []
    found = example.explain("ann@acme.com", "Mail2/Acme")
    assert (found.outcome, is_named(found)) == ("smtp-mx", True)
    assert is_named(example.explain("ann@mail.other.example", "Mail2/Acme"))
    found = example.explain("ann@acme.net", "Mail2/Acme")
    assert (found.outcome, is_named(found)) == ("local", False)
    assert not is_named(example.explain("ann@OtherNet", "Mail2/Acme"))


def test_hop_count(example: Builder) -> None:
    servers = [f"S{number:02}/Acme" for number in range(27)]
    for near, far in pairwise(servers):
        example.server(near, [])
        example.server(far, [])
        example.lan(near, far)
    example.configuration(name="default", unknown=["maximum_hop_count"])
    found = example.to_server(servers[26], servers[0])
    assert (found.outcome, found.assumptions) == ("loop", ["hop-count", "value-unknown"])
    assert not is_named(example.to_server(servers[25], servers[0]))
