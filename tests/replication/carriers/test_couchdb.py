"""The CouchDB carrier where a hub differs from a replica with files."""

from __future__ import annotations

from typing import Any

import pytest
from replication_domain import Domain, group_text, unid

from dominocli.directory.settings import read_settings
from dominocli.replication.carriers import couchdb
from dominocli.replication.carriers.couch_setup import prepare
from dominocli.replication.replicate import Peer, ReplicationReport, replicate


@pytest.fixture
def hub(domain: Domain, database: str) -> str:
    prepare(database, read_settings(domain.hub), dry_run=False)
    return database


def run(domain: Domain, number: int, hub: str, **options: bool) -> ReplicationReport:
    return replicate(domain.root(number), [Peer("Mail1/Acme", hub)], clock=domain.clock, **options)


def test_what_somebody_wrote_by_hand_into_the_database_stops_nothing_else(domain: Domain, hub: str, couch: Any) -> None:
    domain.write(0, "groups/a.toml", group_text("a"))
    run(domain, 0, hub)
    name = hub.rpartition("/")[2]
    meta = {"kind": "live", "into": "", "path": "groups/x.toml", "seqtime": 1, "author": "Eve", "sha256": "0" * 64}
    couch.ask("PUT", f"{name}/{unid('x')}", {"toml": "x = 1", "meta": {**meta, "ancestors": []}})
    report = run(domain, 2, hub)
    (refused,) = report.servers[0].refused
    assert refused[0] == "groups/x.toml"
    assert "refused" in refused[2]
    assert not report.complete
    assert domain.files(2) == domain.files(0)
    again = run(domain, 2, hub).servers[0]
    assert [entry[0] for entry in again.refused] == ["groups/x.toml"]


def test_who_comes_late_merges_as_the_others_did(domain: Domain, hub: str) -> None:
    """A CouchDB keeps the text of leaves alone; a replica that never saw the ancestor needs its text to merge."""
    domain.write(0, "groups/a.toml", group_text("a"))
    run(domain, 0, hub)
    run(domain, 1, hub)
    domain.edit(0, "groups/a.toml", "first", "second")
    domain.edit(1, "groups/a.toml", '"Mail1/Acme"', '"Mail9/Acme"')
    run(domain, 0, hub)
    run(domain, 1, hub, pull=False)
    late = run(domain, 2, hub)
    assert late.merged == ["groups/a.toml"]
    assert late.conflicts == []
    run(domain, 0, hub)
    run(domain, 1, hub)
    assert domain.all_equal()
    assert "second" in domain.files(2)["groups/a.toml"] and "Mail9" in domain.files(2)["groups/a.toml"]


def test_a_new_database_behind_the_same_address_starts_anew(domain: Domain, hub: str, couch: Any) -> None:
    domain.write(0, "groups/a.toml", group_text("a"))
    run(domain, 0, hub)
    couch.ask("DELETE", hub.rpartition("/")[2])
    assert run(domain, 0, hub).servers[0].state == "no-replica"
    prepare(hub, read_settings(domain.hub), dry_run=False)
    assert run(domain, 0, hub).servers[0].pushed.added == 1
    run(domain, 2, hub)
    assert domain.files(2) == domain.files(0)


def test_large_batches_go_in_pieces(domain: Domain, hub: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(7):
        domain.write(0, f"groups/g{number}.toml", group_text(f"g{number}"))
    monkeypatch.setattr(couchdb, "LARGEST_PUT", 300)
    monkeypatch.setattr("dominocli.replication.verbs.LARGEST_ANSWER", 300)
    assert run(domain, 0, hub).servers[0].pushed.added == 7
    monkeypatch.setattr("dominocli.replication.carriers.http.LONGEST_LINE", 3000)
    assert run(domain, 2, hub).servers[0].pulled.added == 7
    report = replicate(domain.root(2), [Peer("Mail1/Acme", str(domain.root(1)))], clock=domain.clock)
    assert report.servers[0].pushed.added == 7
    assert domain.all_equal()


def test_a_document_deleted_in_the_database_is_named_until_a_replica_edits_it(
    domain: Domain, hub: str, couch: Any
) -> None:
    domain.write(0, "groups/a.toml", group_text("a"))
    run(domain, 0, hub)
    name = hub.rpartition("/")[2]
    held = couch.ask("GET", f"{name}/{unid('a')}")
    couch.ask("DELETE", f"{name}/{unid('a')}?rev={held['_rev']}")
    for number in (0, 1):
        ((file, _, reason),) = run(domain, number, hub).servers[0].refused
        assert (file, reason) == (unid("a"), couchdb.DELETED_BY_HAND)
    domain.edit(0, "groups/a.toml", "first", "second")
    run(domain, 0, hub)
    for number in (0, 1, 2):
        report = run(domain, number, hub)
        assert (report.servers[0].refused, report.complete) == ([], True)
    assert domain.all_equal()
