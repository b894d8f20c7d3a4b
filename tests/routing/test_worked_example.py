"""The administrator's procedure over real replicas: replicate, recalculate, explain."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from routing_builder import TUESDAY_NOON, Builder

from dominocli.directory.reader import look
from dominocli.routing.explain import explain
from dominocli.routing.recalc import Recalculation, recalculate
from dominocli.routing.sources import InstalledTables

SERVERS = ("Mail1/Acme", "Mail2/Acme", "Mail3/Acme")
NOW = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
ADDRESS = "ann@mail.other.example"


class Replicas:
    """One folder a server; the directory the command runs in is Mail2's."""

    def __init__(self, folder: Path) -> None:
        self.folders = {server: folder / server.partition("/")[0].lower() for server in SERVERS}

    def write(self, builder: Builder, servers: tuple[str, ...] = SERVERS) -> None:
        """Give these servers' replicas the builder's documents, as replication would."""
        for server in servers:
            builder.write(self.folders[server], server)

    def recalculate(self, servers: tuple[str, ...] = SERVERS, **how: Any) -> list[Recalculation]:
        """Recalculate each server's table from its own replica."""
        return [recalculate(self.folders[s], [s], **{"dry_run": False, "now": NOW, **how})[0] for s in servers]

    def explain(self, address: str, source: str = "Mail1/Acme") -> dict[str, Any]:
        """Explain an address by the installed tables, seen from Mail2's replica."""
        root = self.folders["Mail2/Acme"]
        tables = InstalledTables(root, look(root), self.folders.get)
        return explain(address, None, source, tables, at=TUESDAY_NOON).as_json()


@pytest.fixture
def replicas(tmp_path: Path) -> Replicas:
    """Folders for the three replicas, still empty."""
    return Replicas(tmp_path)


def without_connection(example: Builder) -> Builder:
    """Return the directory as it was before the administrator added the SMTP Connection."""
    before = example.copy()
    before.remove("connections/mail2-acme--othernet")
    before.remove("domains/othernet")
    return before


def test_procedure_from_save_to_recalculated(example: Builder, replicas: Replicas) -> None:
    replicas.write(without_connection(example))
    assert [result.state for result in replicas.recalculate()] == ["recalculated"] * 3
    replicas.write(example, ("Mail2/Acme",))

    before = replicas.explain(ADDRESS)
    assert before["outcome"] == "no-route"
    assert [(hop["table"], hop["cause"]) for hop in before["hops"]] == [("stale", "not-replicated")]

    replicas.write(example)
    replicated = replicas.explain(ADDRESS)
    assert replicated["outcome"] == "no-route"
    assert [(hop["table"], hop["cause"]) for hop in replicated["hops"]] == [("stale", "not-recalculated")]

    results = replicas.recalculate()
    assert [result.state for result in results] == ["recalculated"] * 3
    assert replicas.explain(ADDRESS) == {
        "address": ADDRESS,
        "from": "Mail1/Acme",
        "outcome": "smtp-relay",
        "leaves_at": None,
        "assumptions": [],
        "hops": [
            {
                "server": "Mail1/Acme",
                "action": "transfer",
                "protocol": "NRPC",
                "next_hop": "Mail2/Acme",
                "because": "domains/othernet",
                "via": "network:Office",
                "cost": 2,
                "leaves_at": None,
                "table": "fresh",
            },
            {
                "server": "Mail2/Acme",
                "action": "transfer",
                "protocol": "SMTP",
                "host": "relay.other.example",
                "because": "connections/mail2-acme--othernet",
                "cost": 1,
                "leaves_at": None,
                "table": "fresh",
            },
        ],
        "not_used": [],
    }
    changed = {change.destination: change for change in results[0].changed}
    assert set(changed) == {"OtherNet", "*.other.example"}
    assert changed["OtherNet"].document == "connections/mail2-acme--othernet"
    assert changed["*.other.example"].before is None
    assert changed["*.other.example"].after == {
        "domain": "OtherNet",
        "next_hop": "Mail2/Acme",
        "cost": 2,
        "hops": 2,
        "via": "network:Office",
        "because": "domains/othernet",
    }


@pytest.mark.parametrize(
    ("break_it", "reason"),
    [
        (lambda b: b.server("Mail2/Acme", smtp=False), "source-server-without-smtp"),
        (lambda b: b.configuration(name="default", smtp_outside="Disabled"), "source-server-smtp-outside-disabled"),
    ],
)
def test_source_server_that_may_not_send_takes_the_route_away(
    example: Builder, replicas: Replicas, break_it: Any, reason: str
) -> None:
    replicas.write(example)
    replicas.recalculate()
    broken = break_it(example)
    replicas.write(example)
    results = replicas.recalculate()
    found = replicas.explain(ADDRESS)
    assert found["outcome"] == "no-route"
    assert found["not_used"] == [{"document": "connections/mail2-acme--othernet", "reason": reason}]
    assert ("outside-smtp-at-source" in found["assumptions"]) == (reason == "source-server-smtp-outside-disabled")
    assert [(e.document, e.reason) for e in results[0].not_used] == [("connections/mail2-acme--othernet", reason)]
    lost = {change.destination: change for change in results[0].changed}
    assert lost["OtherNet"].after is None
    assert lost["OtherNet"].document == broken


def test_blank_relay_falls_to_the_configuration_then_to_the_look_up(example: Builder, replicas: Replicas) -> None:
    example.smtp("Mail2/Acme", "OtherNet")
    example.configuration(name="default", relay_host="[192.0.2.7]")
    replicas.write(example)
    replicas.recalculate()
    last = replicas.explain(ADDRESS)["hops"][-1]
    assert last["host"] == "[192.0.2.7]"

    example.configuration(name="default", host_name_lookup="Local lookup only")
    replicas.write(example)
    replicas.recalculate()
    found = replicas.explain(ADDRESS)
    assert found["outcome"] == "smtp-mx"
    assert found["lookup"] == {"name": "mail.other.example", "method": "Local lookup only"}
    assert "host" not in found["hops"][-1]
    assert "host-name-lookup-default" not in found["assumptions"]


def test_own_configuration_with_a_blank_relay_is_blank(example: Builder, replicas: Replicas) -> None:
    example.smtp("Mail2/Acme", "OtherNet")
    example.configuration(name="default", relay_host="relay.default.example")
    example.configuration("Mail2/Acme")
    replicas.write(example)
    replicas.recalculate()
    found = replicas.explain(ADDRESS)
    assert found["outcome"] == "smtp-mx"
    assert found["lookup"]["method"] == "Dynamic then local"
    assert "host-name-lookup-default" in found["assumptions"]


def test_smtp_connection_wrong_in_several_ways_lists_every_reason(example: Builder) -> None:
    example.server("Mail2/Acme", smtp=False)
    example.configuration(name="default", smtp_outside="Disabled")
    document = example.smtp(
        "Mail2/Acme",
        "OtherNet",
        destination_server="",
        connect_via="Dial-up connection",
        dial_using_connection_record="nowhere",
        schedule="Disabled",
        routing_task="-None-",
        smtp_mta_relay_host="not a host",
    )
    assert example.reasons(document) == [
        "relay-host-invalid",
        "destination-server-blank",
        "source-server-without-smtp",
        "source-server-smtp-outside-disabled",
        "dial-up-record-not-found",
        "routing-task-none",
        "schedule-disabled",
    ]
    found = example.explain(ADDRESS, "Mail1/Acme").as_json()
    assert {entry["reason"] for entry in found["not_used"]} == set(example.reasons(document))


def test_comment_alone_only_renews_the_fingerprint(example: Builder, replicas: Replicas) -> None:
    replicas.write(example)
    replicas.recalculate()
    example.add("groups/people", {"basics": {"group_name": "People"}, "administration": {"comments": "nothing"}})
    replicas.write(example)
    assert replicas.explain(ADDRESS)["hops"][0]["cause"] == "not-recalculated"
    later = datetime(2026, 11, 25, tzinfo=UTC)
    results = replicas.recalculate(now=later)
    assert [(r.state, r.changed) for r in results] == [("unchanged", ())] * 3
    assert [hop["table"] for hop in replicas.explain(ADDRESS)["hops"]] == ["fresh", "fresh"]


def test_dry_run_tells_the_same_and_writes_nothing(example: Builder, replicas: Replicas, snapshot: Any) -> None:
    replicas.write(example)
    folder = replicas.folders["Mail1/Acme"]
    before = snapshot(folder)
    tried = replicas.recalculate(("Mail1/Acme",), dry_run=True)
    assert snapshot(folder) == before
    assert [r.as_json() for r in tried] == [r.as_json() for r in replicas.recalculate(("Mail1/Acme",))]
    assert replicas.explain(ADDRESS)["hops"][1]["table"] == "missing"


def test_server_without_a_table_ends_the_walk(example: Builder, replicas: Replicas) -> None:
    replicas.write(example)
    replicas.recalculate(("Mail1/Acme",))
    found = replicas.explain(ADDRESS)
    assert found["outcome"] == "no-route"
    assert [(hop["server"], hop["action"], hop["table"]) for hop in found["hops"]] == [
        ("Mail1/Acme", "transfer", "fresh"),
        ("Mail2/Acme", "stop", "missing"),
    ]
