"""Recalculation: what changed, what failed, what stays; and the rows of an installed table."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from routing_builder import Builder

from dominocli.directory.reader import look
from dominocli.routing import recalc as recalc_module
from dominocli.routing.explain import explain
from dominocli.routing.freshness import Freshness, freshness
from dominocli.routing.network import build_network
from dominocli.routing.recalc import compute, recalculate, recalculate_all
from dominocli.routing.show import table_rows
from dominocli.routing.sources import InstalledTables
from dominocli.routing.store import installed

NOW = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


def recalc(root: Path, *servers: str, **how: Any) -> list[Any]:
    """Recalculate servers whose replica is in a folder."""
    return recalculate(root, servers, **{"dry_run": False, "now": NOW, **how})


def test_several_servers_may_share_a_replica(example: Builder, tmp_path: Path) -> None:
    root = example.write(tmp_path / "shared", "Mail1/Acme")
    results = recalc(root, "Mail1/Acme", "cn=mail2/o=acme", "Mail3/Acme")
    assert [(r.server, r.state) for r in results] == [
        ("Mail1/Acme", "recalculated"),
        ("Mail2/Acme", "recalculated"),
        ("Mail3/Acme", "recalculated"),
    ]
    assert {r.fingerprint for r in results} == {look(root).fingerprint()}
    assert [r.state for r in recalc(root, "Mail1/Acme", "Mail2/Acme", "Mail3/Acme")] == ["unchanged"] * 3


def test_server_that_cannot_be_done_stops_no_other(example: Builder, tmp_path: Path) -> None:
    example.server("Their/Beta", domain_name="Beta")
    example.server("Bad/Acme", time_zone="Nowhere/Land")
    example.lan("Mail1/Acme", "Leaf/Acme")
    root = example.write(tmp_path / "r", "Mail1/Acme")
    results = recalc(root, "Nobody/Acme", "Their/Beta", "Bad/Acme", "Leaf/Acme", "Mail1/Acme")
    assert [r.state for r in results] == ["failed"] * 4 + ["recalculated"]
    assert "Beta" in results[1].message
    assert results[0].as_json()["message"] == results[0].message
    assert "message" not in results[4].as_json()


def test_folder_that_is_no_directory_or_no_replica_fails(example: Builder, tmp_path: Path) -> None:
    assert [r.state for r in recalc(tmp_path, "Mail1/Acme")] == ["failed"]
    root = example.write(tmp_path / "r", "Mail1/Acme")
    (root / ".dominocli" / "replica.toml").unlink()
    (root / ".dominocli").rmdir()
    (result,) = recalc(root, "Mail1/Acme")
    assert (result.state, result.changed) == ("failed", ())
    assert not (root / ".dominocli").exists()
    assert [r.state for r in recalc(root, "Mail1/Acme", dry_run=True)] == ["recalculated"]


def test_damaged_table_is_made_again(example: Builder, tmp_path: Path) -> None:
    root = example.write(tmp_path / "r", "Mail1/Acme")
    recalc(root, "Mail1/Acme")
    (path,) = (root / ".dominocli" / "routing").iterdir()
    path.write_bytes(path.read_bytes()[:-1])
    assert [r.state for r in recalc(root, "Mail1/Acme")] == ["recalculated"]
    assert installed(root, "Mail1/Acme") is not None


def test_changes_are_listed_by_destination_with_the_document(example: Builder, tmp_path: Path) -> None:
    root = example.write(tmp_path / "r", "Mail1/Acme")
    example.server("Far/Acme", [])
    recalc(root, "Mail1/Acme")
    way = example.lan("Mail1/Acme", "Far/Acme", routing_cost=4)
    example.lan("Mail3/Acme", "Their/Beta", name="beta", destination_domain="Beta")
    example.remove("domains/othernet")
    example.write(root, "Mail1/Acme")
    (result,) = recalc(root, "Mail1/Acme")
    changes = [change.as_json() for change in result.changed]
    assert changes == [
        {
            "destination": "Far/Acme",
            "before": None,
            "after": {"next_hop": "Far/Acme", "cost": 4, "hops": 1, "via": way},
            "document": way,
        },
        {
            "destination": "Beta",
            "before": None,
            "after": {
                "next_hop": "Mail3/Acme",
                "cost": 2,
                "hops": 2,
                "via": "network:Office",
                "because": "connections/beta",
            },
            "document": "connections/beta",
        },
        {
            "destination": "*.other.example",
            "before": {
                "domain": "OtherNet",
                "next_hop": "Mail2/Acme",
                "cost": 2,
                "hops": 2,
                "via": "network:Office",
                "because": "domains/othernet",
            },
            "after": None,
            "document": "domains/othernet",
        },
    ]
    assert result.as_json() == {
        "server": "Mail1/Acme",
        "state": "recalculated",
        "changed": changes,
        "not_used": [],
    }


def test_document_of_a_changed_cost_is_the_one_still_used(example: Builder, tmp_path: Path) -> None:
    example.server("Far/Acme", [])
    way = example.lan("Mail1/Acme", "Far/Acme", routing_cost=4)
    root = example.write(tmp_path / "r", "Mail1/Acme")
    recalc(root, "Mail1/Acme")
    example.lan("Mail1/Acme", "Far/Acme", routing_cost=5)
    example.write(root, "Mail1/Acme")
    (result,) = recalc(root, "Mail1/Acme")
    assert [(change.destination, change.document) for change in result.changed] == [("Far/Acme", way)]


def test_route_lost_with_a_server_names_its_document(example: Builder, tmp_path: Path) -> None:
    root = example.write(tmp_path / "r", "Mail1/Acme")
    recalc(root, "Mail1/Acme")
    example.remove("servers/mail3-acme")
    example.write(root, "Mail1/Acme")
    (result,) = recalc(root, "Mail1/Acme")
    assert [(c.destination, c.after, c.document) for c in result.changed] == [
        ("Mail3/Acme", None, "servers/mail3-acme")
    ]


def test_changed_global_domain_is_told(example: Builder, tmp_path: Path) -> None:
    names = {"global_domain_name": "Acme", "local_primary_internet_domain": "acme.example"}
    example.domain("Global Domain", "global", names)
    root = example.write(tmp_path / "r", "Mail1/Acme")
    (first,) = recalc(root, "Mail1/Acme")
    assert first.findings == ()
    example.domain("Global Domain", "global", {**names, "local_primary_internet_domain": "acme.test"})
    example.write(root, "Mail1/Acme")
    (second,) = recalc(root, "Mail1/Acme")
    assert [(f.id, f.severity, f.document, f.file) for f in second.findings] == [
        ("global-domain-changed", "info", "domains/global", "domains/global.toml")
    ]


def test_conflict_document_is_told(example: Builder, tmp_path: Path) -> None:
    text = example.texts["servers/mail3-acme.toml"]
    conflict = f'\n[conflict]\nof = "{"1" * 32}"\nrev = "2-{"3" * 32}"\nfrom = "Mail3/Acme"\n'
    example.texts["servers/mail3-acme.conflict-1234abcd.toml"] = text + conflict
    root = example.write(tmp_path / "r", "Mail1/Acme")
    for _ in range(2):
        (result,) = recalc(root, "Mail1/Acme")
        assert [(f.id, f.severity, f.document) for f in result.findings] == [
            ("conflict-unresolved", "warning", "servers/mail3-acme.conflict-1234abcd")
        ]


def test_server_named_twice_is_reported_twice(example: Builder, tmp_path: Path) -> None:
    root = example.write(tmp_path / "r", "Mail1/Acme")
    assert [r.state for r in recalc(root, "Mail1/Acme", "Mail1/Acme")] == ["recalculated", "unchanged"]


def test_unchanged_table_keeps_its_time(example: Builder, tmp_path: Path) -> None:
    root = example.write(tmp_path / "r", "Mail1/Acme")
    recalc(root, "Mail1/Acme")
    example.group("People", [])
    example.write(root, "Mail1/Acme")
    recalc(root, "Mail1/Acme", now=datetime(2026, 12, 1, tzinfo=UTC))
    table = installed(root, "Mail1/Acme")
    assert table is not None
    assert table.time == "2026-11-24T11:00:00+00:00"
    assert table.fingerprint == look(root).fingerprint()


def test_computed_comparison_writes_nothing(example: Builder) -> None:
    old = example.table("Mail1/Acme")
    example.remove("connections/mail2-acme--othernet")
    (result,) = compute(example.view, {"Mail1/Acme": old}, NOW)
    assert [change.destination for change in result.changed] == ["OtherNet", "*.other.example"]


def test_broken_documents_leave_every_table_that_can_be_given(example: Builder, tmp_path: Path) -> None:
    for number in range(40):
        example.texts[f"connections/broken{number:02}.toml"] = "[basics\n" if number % 2 else 'form = "Server"\n'
    root = example.write(tmp_path / "r", "Mail1/Acme")
    (result,) = recalc(root, "Mail1/Acme")
    assert result.state == "recalculated"
    assert len({entry.document for entry in result.not_used}) == 40
    table = installed(root, "Mail1/Acme")
    assert table is not None
    assert len(table_rows(table)["servers"]) == 2


def test_rows_of_a_table(example: Builder) -> None:
    example.lan("Mail1/Acme", "Their/Beta", name="beta", destination_domain="Beta")
    example.domain("Adjacent Domain", "gamma", {"adjacent_domain_name": "Gamma"}, {"deny_from_domains": ["Acme"]})
    example.smtp("Mail2/Acme", "Lost", schedule="Disabled")
    example.server("Island/Acme", [])
    data = table_rows(example.table("Mail1/Acme"), Freshness("stale", "not-recalculated"))
    assert (data["table"], data["cause"], data["server"]) == ("stale", "not-recalculated", "Mail1/Acme")
    assert [row["destination"] for row in data["servers"]] == ["Mail2/Acme", "Mail3/Acme"]
    assert data["domains"] == [
        {
            "domain": "Beta",
            "next_hop": "Their/Beta",
            "cost": 1,
            "hops": 1,
            "via": "connections/beta",
            "because": "connections/beta",
        },
        {"domain": "Gamma", "next_hop": None, "cost": None, "hops": None, "via": None, "because": None},
        {
            "domain": "OtherNet",
            "next_hop": "Mail2/Acme",
            "cost": 2,
            "hops": 2,
            "via": "network:Office",
            "because": "connections/mail2-acme--othernet",
        },
    ]
    assert [(entry["document"], entry["reason"]) for entry in data["not_used"]] == [
        ("connections/mail2-acme--lost", "schedule-disabled")
    ]
    assert set(data["not_used"][0]) == {"document", "reason", "message", "field", "hint"}


def test_rows_at_the_source_server(example: Builder) -> None:
    data = table_rows(example.table("Mail2/Acme"))
    assert data["internet"] == [
        {
            "pattern": "*.other.example",
            "domain": "OtherNet",
            "next_hop": None,
            "cost": 1,
            "hops": 1,
            "via": "connections/mail2-acme--othernet",
            "because": "domains/othernet",
            "host": "relay.other.example",
        }
    ]
    assert "table" not in data


def test_patterns_are_listed_most_specific_first(example: Builder) -> None:
    for number, pattern in enumerate(("*", "*.*", "a.org", "*.a.org", "*a.org")):
        example.pattern(pattern, "OtherNet", f"pattern{number}")
    rows = table_rows(example.table("Mail1/Acme"))["internet"]
    assert [row["pattern"] for row in rows] == ["a.org", "*.other.example", "*.a.org", "*a.org", "*.*", "*"]


@pytest.mark.parametrize(
    ("table", "replica", "directory", "expected"),
    [
        ("t", "t", "t", Freshness("fresh", None)),
        ("t", "x", "t", Freshness("fresh", None)),
        ("t", "x", "x", Freshness("stale", "not-recalculated")),
        ("t", "x", "y", Freshness("stale", "not-recalculated")),
        ("t", "t", "x", Freshness("stale", "not-replicated")),
        (None, "x", "x", Freshness("missing", None)),
    ],
)
def test_freshness(example: Builder, table: str | None, replica: str, directory: str, expected: Freshness) -> None:
    found = None if table is None else example.table("Mail1/Acme").renewed(table)
    assert freshness(found, replica, directory) == expected


def test_replica_that_is_gone_still_shows_no_table(example: Builder, tmp_path: Path) -> None:
    root = example.write(tmp_path / "r", "Mail1/Acme")
    recalc(root, "Mail1/Acme", "Mail2/Acme")
    folders = {"Mail1/Acme": root, "Mail2/Acme": tmp_path / "unmounted"}
    tables = InstalledTables(root, look(root), folders.get)
    found = explain("ann@a.other.example", None, "Mail1/Acme", tables, at=NOW)
    assert [hop["table"] for hop in found.hops] == ["fresh", "missing"]
    assert tables.look_up("Mail3/Acme").freshness.state == "missing"


def test_replica_whose_settings_are_damaged_counts_as_another_directory(example: Builder, tmp_path: Path) -> None:
    root = example.write(tmp_path / "r", "Mail1/Acme")
    other = example.write(tmp_path / "s", "Mail2/Acme")
    recalc(other, "Mail2/Acme")
    example.group("People", [])
    example.write(root, "Mail1/Acme")
    (other / "directory.toml").write_text("")
    tables = InstalledTables(root, look(root), {"Mail2/Acme": other}.get)
    assert tables.look_up("Mail2/Acme").freshness == Freshness("stale", "not-recalculated")


def test_servers_of_one_fingerprint_share_a_network_in_whatever_folder(
    example: Builder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    servers = ["Mail1/Acme", "Mail2/Acme", "Mail3/Acme"]
    places = [(server, example.write(tmp_path / server[:5], server)) for server in servers]
    example.lan("Mail1/Acme", "Far/Acme")
    places.append(("Mail2/Acme", example.write(tmp_path / "ahead", "Mail2/Acme")))
    places.insert(1, ("Mail3/Acme", tmp_path / "nowhere"))
    built: list[object] = []
    monkeypatch.setattr(recalc_module, "build_network", lambda view: built.append(view) or build_network(view))
    steps: list[tuple[int, int]] = []
    results = recalculate_all(places, dry_run=False, now=NOW, progress=lambda *step: steps.append(step))
    assert len(built) == 2
    assert [(r.server, r.state) for r in results] == [
        ("Mail1/Acme", "recalculated"),
        ("Mail3/Acme", "failed"),
        ("Mail2/Acme", "recalculated"),
        ("Mail3/Acme", "recalculated"),
        ("Mail2/Acme", "recalculated"),
    ]
    assert steps == [(2, 5), (3, 5), (4, 5), (5, 5)]
    assert len({result.fingerprint for result in results}) == 3
    for (server, folder), result in zip(places, results, strict=True):
        table = installed(folder, server)
        assert (table.fingerprint if table else "") == result.fingerprint


def test_changes_of_many_servers_are_counted_but_not_all_kept(
    example: Builder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = example.write(tmp_path / "r", "Mail1/Acme")
    monkeypatch.setattr(recalc_module, "CHANGES_KEPT", 6)
    monkeypatch.setattr(recalc_module, "CHANGES_OF_EACH", 1)
    (first,) = recalc(root, "Mail1/Acme")
    assert ([c.destination for c in first.changed], first.more) == (
        ["Mail2/Acme", "Mail3/Acme", "OtherNet", "*.other.example"],
        0,
    )
    results = recalc(root, "Mail2/Acme", "Mail3/Acme", "Nobody/Acme")
    assert [(len(r.changed), r.more) for r in results] == [(3, 1), (3, 1), (0, 0)]
    assert results[0].as_json()["more"] == 1
    example.remove("servers/mail2-acme")
    example.write(root, "Mail1/Acme")
    monkeypatch.setattr(recalc_module, "CHANGES_KEPT", 0)
    assert [(len(r.changed), r.more) for r in recalc(root, "Mail1/Acme", "Mail3/Acme")] == [(1, 2), (1, 2)]


def test_table_that_goes_while_others_are_recalculated_is_made_again(example: Builder, tmp_path: Path) -> None:
    view = example.view
    given = {server: example.table(server) for server in ("Mail1/Acme", "Mail2/Acme")}

    class Vanishing(dict[str, Any]):
        """The table of Mail1 is there once only."""

        def get(self, key: str, default: Any = None) -> Any:
            return self.pop(key, default) if key == "Mail1/Acme" else None

    tables = Vanishing(given)
    results = compute(view, tables, NOW)
    assert [(r.server, r.state) for r in results] == [("Mail1/Acme", "recalculated"), ("Mail2/Acme", "recalculated")]
