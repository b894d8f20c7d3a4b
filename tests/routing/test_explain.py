"""Following a message: loops, limits, protocols, unknown servers, tables of different age."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from routing_builder import TUESDAY_NOON, Builder

from dominocli import errors
from dominocli.routing.assumptions import ASSUMPTIONS, in_order
from dominocli.routing.explain import Found, explain
from dominocli.routing.freshness import Freshness


class MixedTables:
    """Each server's table from a directory of its own age."""

    def __init__(self, **ages: Builder) -> None:
        self.ages = {f"{name}/Acme": builder for name, builder in ages.items()}

    def knows(self, server: str) -> bool:
        return server in self.ages

    def look_up(self, server: str) -> Found:
        return Found(self.ages[server].table(server), Freshness("stale", "not-replicated"), "2026-11-24T10:00:00")


def ring(*ways: tuple[str, str]) -> Builder:
    """Return servers A to D joined by these Connections only."""
    builder = Builder()
    for name in "ABCD":
        builder.server(f"{name}/Acme", [])
    for source, target in ways:
        builder.lan(f"{source}/Acme", f"{target}/Acme")
    return builder


def test_tables_of_different_age_that_send_mail_back_are_a_loop() -> None:
    old, new = ring(("A", "B"), ("B", "D")), ring(("B", "A"), ("A", "D"))
    tables = MixedTables(A=old, B=new, D=new)
    found = explain(None, "D/Acme", "A/Acme", tables, at=TUESDAY_NOON).as_json()
    assert found["outcome"] == "loop"
    assert [(hop["server"], hop["action"]) for hop in found["hops"]] == [
        ("A/Acme", "transfer"),
        ("B/Acme", "transfer"),
        ("A/Acme", "stop"),
    ]
    assert found["reason"] == "the message comes back to A/Acme"
    assert found["hops"][0]["as_of"] == "2026-11-24T10:00:00"
    assert found["hops"][0]["cause"] == "not-replicated"


def test_maximum_hop_count_ends_the_walk() -> None:
    builder = Builder()
    for number in range(30):
        builder.server(f"S{number:02}/Acme", [])
    for number in range(29):
        builder.lan(f"S{number:02}/Acme", f"S{number + 1:02}/Acme")
    assert builder.to_server("S25/Acme", "S00/Acme").outcome == "local"
    found = builder.to_server("S26/Acme", "S00/Acme")
    assert (found.outcome, len(found.hops), found.assumptions) == ("loop", 26, ["hop-count"])
    builder.configuration(maximum_hop_count=3)
    found = builder.to_server("S25/Acme", "S00/Acme")
    assert (found.outcome, len(found.hops), found.assumptions) == ("loop", 4, [])
    assert found.reason == "the maximum hop count of S03/Acme, 3, is reached"
    assert builder.to_server("S03/Acme", "S00/Acme").outcome == "local"


@pytest.mark.parametrize(
    ("inside", "listens", "message_type", "protocol"),
    [
        ("Disabled", True, "mime", "NRPC"),
        ("MIME messages only", True, "mime", "SMTP"),
        ("MIME messages only", True, "notes", "NRPC"),
        ("All messages", True, "notes", "SMTP"),
        ("All messages", False, "notes", "NRPC"),
    ],
)
def test_protocol_inside_the_domain(
    example: Builder, inside: str, listens: bool, message_type: str, protocol: str
) -> None:
    example.configuration(name="default", smtp_inside=inside)
    example.server("Mail3/Acme", smtp_listener_task="Enabled" if listens else "Disabled")
    found = example.to_server("Mail3/Acme", "Mail1/Acme", message_type=message_type)
    assert found.hops[0]["protocol"] == protocol


@pytest.mark.parametrize(
    ("reachable", "protocol"), [("Always", "SMTP"), ("Only if in same Notes named network", "NRPC")]
)
def test_smtp_inside_may_need_a_shared_network(example: Builder, reachable: str, protocol: str) -> None:
    example.configuration(name="default", smtp_inside="All messages", smtp_reachable=reachable)
    example.server("Mail3/Acme", smtp_listener_task="Enabled")
    example.server("Far/Acme", [], smtp_listener_task="Enabled")
    example.lan("Mail1/Acme", "Far/Acme")
    assert example.to_server("Far/Acme", "Mail1/Acme").hops[0]["protocol"] == protocol
    assert example.to_server("Mail3/Acme", "Mail1/Acme").hops[0]["protocol"] == "SMTP"


def test_way_to_the_server_itself_is_a_delivery(example: Builder) -> None:
    found = example.to_server("cn=mail1/o=acme", "mail1/acme").as_json()
    assert found == {
        "to_server": "cn=mail1/o=acme",
        "from": "Mail1/Acme",
        "outcome": "local",
        "leaves_at": None,
        "assumptions": [],
        "hops": [
            {
                "server": "Mail1/Acme",
                "action": "deliver",
                "because": None,
                "cost": 0,
                "leaves_at": None,
                "table": "fresh",
            }
        ],
        "not_used": [],
    }


def test_no_way_to_a_server_names_the_connections_that_would_lead_on(example: Builder) -> None:
    example.server("Far/Acme", [])
    example.server("Inner/Acme", [])
    example.lan("Far/Acme", "Inner/Acme")
    off = example.lan("Mail3/Acme", "Far/Acme", schedule="Disabled")
    example.lan("Far/Acme", "Mail1/Acme", schedule="Disabled")
    example.lan("Mail1/Acme", "Mail3/Acme", schedule="Disabled")
    found = example.to_server("Inner/Acme", "Mail1/Acme").as_json()
    assert found["outcome"] == "no-route"
    assert found["not_used"] == [{"document": off, "reason": "schedule-disabled"}]
    assert found["hops"][0]["reason"] == "no way leads from Mail1/Acme to Inner/Acme"


def test_server_the_table_does_not_know_yet_is_no_route(example: Builder) -> None:
    newer = example.copy()
    newer.server("New/Acme")
    tables = MixedTables(Mail1=example, New=newer)
    found = explain(None, "New/Acme", "Mail1/Acme", tables, at=TUESDAY_NOON)
    assert found.outcome == "no-route"


@pytest.mark.parametrize(("source", "target"), [("Nobody/Acme", "Mail1/Acme"), ("Mail1/Acme", "Nobody/Acme")])
def test_unknown_server_is_an_error(example: Builder, source: str, target: str) -> None:
    with pytest.raises(errors.ServerUnknown, match="Nobody/Acme"):
        example.to_server(target, source)


def test_server_of_another_domain_is_unknown(example: Builder) -> None:
    example.server("Their/Beta", domain_name="Beta")
    with pytest.raises(errors.ServerUnknown):
        example.explain("ann@example.org", "Their/Beta")


@pytest.mark.parametrize("address", ["", "ann", "ann@", "@example.org", "a\nb@example.org"])
def test_text_that_is_no_address_is_a_usage_error(example: Builder, address: str) -> None:
    with pytest.raises(errors.UsageError):
        example.explain(address, "Mail1/Acme")


def test_explanation_keeps_what_a_terminal_shows_of_documents_not_used(example: Builder) -> None:
    example.smtp("Mail2/Acme", "OtherNet", schedule="Disabled")
    found = example.explain("ann@mail.other.example", "Mail1/Acme")
    assert found.not_used[0]["hint"] == "dominocli connection enable mail2-acme--othernet"
    assert found.as_json()["not_used"] == [
        {"document": "connections/mail2-acme--othernet", "reason": "schedule-disabled"}
    ]


def test_every_assumption_is_one_sentence() -> None:
    for name, sentence in ASSUMPTIONS.items():
        assert name == name.lower()
        assert sentence[0].isupper()
        assert sentence.endswith(".")
    assert in_order(["value-unknown", "pattern-specificity", "value-unknown"]) == [
        "pattern-specificity",
        "value-unknown",
    ]


def test_following_every_pair_agrees_with_the_table(example: Builder) -> None:
    builder = ring(("A", "B"), ("B", "C"), ("C", "D"), ("D", "A"), ("A", "C"))
    for source in "ABCD":
        table = builder.table(f"{source}/Acme")
        for target in "ABCD":
            found: Any = builder.to_server(f"{target}/Acme", f"{source}/Acme")
            number = table.find(f"{target}/Acme")
            assert number is not None
            assert table.cost_to(number) == (found.hops[0]["cost"], len(found.hops) - 1)


def test_moment_is_shown_in_the_zone_it_was_asked_in(example: Builder) -> None:
    moment = datetime.fromisoformat("2026-11-24T12:00:00.123456+01:00")
    assert example.explain("ann@mail.other.example", "Mail1/Acme", at=moment).leaves_at is None
