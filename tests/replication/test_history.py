"""History shows every revision, brings texts back, and forgets those of documents long deleted."""

from __future__ import annotations

import pytest
from replication_domain import START, Domain, group_text, unid

from dominocli import errors
from dominocli.replication.history import history, purge, undelete
from dominocli.replication.replica import Replica
from dominocli.replication.replicate import replicate


def recorded(domain: Domain, name: str, *comments: str) -> None:
    for comment in comments:
        domain.write(0, f"groups/{name}.toml", group_text(name, comment=comment))
        replicate(domain.hub, [], clock=domain.clock)


def removed(domain: Domain, name: str) -> None:
    (domain.hub / f"groups/{name}.toml").unlink()
    replicate(domain.hub, [], clock=domain.clock)


def test_history_tells_what_each_revision_changed_newest_first(domain: Domain) -> None:
    recorded(domain, "a", "one", "two")
    (domain.hub / "groups/a.toml").rename(domain.hub / "groups/b.toml")
    replicate(domain.hub, [], clock=domain.clock)
    removed(domain, "b")
    kept = history(domain.hub, "groups/a")
    assert kept == history(domain.hub, "groups/b") and kept.unid == unid("a")
    assert [entry.kind for entry in kept.revisions] == ["deleted", "live", "live", "live"]
    assert [entry.changes for entry in kept.revisions[:3]] == [None, ("name",), ("administration.comments",)]
    assert [entry.current for entry in kept.revisions] == [True, False, False, False]
    assert all(entry.author == "Hub/Acme" and entry.time > START for entry in kept.revisions)
    assert kept.as_json()["revisions"][1]["changes"] == ["name"]  # type: ignore[index]


def test_every_replica_knows_the_whole_history(domain: Domain) -> None:
    recorded(domain, "a", "one", "two", "three")
    domain.replicate()
    assert history(domain.hub, "groups/a") == history(domain.root(2), "groups/a")


def test_a_deleted_document_comes_back_under_its_unid(domain: Domain) -> None:
    recorded(domain, "a", "one", "two")
    removed(domain, "a")
    first = history(domain.hub, "groups/a").revisions[-1]
    entry = undelete(domain.hub, "groups/a", first.rev[:10], clock=domain.clock)
    assert entry.current and entry.kind == "live"
    assert domain.replicate().identical
    assert domain.files(2) == {"groups/a.toml": group_text("a", comment="one")}


def test_an_older_text_comes_back_over_a_newer_one(domain: Domain) -> None:
    recorded(domain, "a", "one", "two")
    first = history(domain.hub, "groups/a").revisions[-1]
    undelete(domain.hub, "groups/a", first.rev, clock=domain.clock)
    assert "one" in domain.files(0)["groups/a.toml"] and len(history(domain.hub, "groups/a").revisions) == 3


def test_a_document_whose_path_was_taken_comes_back_beside_it(domain: Domain) -> None:
    recorded(domain, "a", "one")
    first = history(domain.hub, "groups/a").revisions[-1]
    removed(domain, "a")
    domain.write(0, "groups/a.toml", group_text("another"))
    replicate(domain.hub, [], clock=domain.clock)
    entry = undelete(domain.hub, "groups/a", first.rev, clock=domain.clock)
    assert entry.file == f"groups/a--{unid('a')[:8]}.toml"
    assert sorted(domain.files(0)) == [entry.file, "groups/a.toml"]


def test_what_nobody_recorded_has_no_history(domain: Domain) -> None:
    with pytest.raises(errors.DocumentNotFound):
        history(domain.hub, "groups/a")
    recorded(domain, "a", "one")
    with pytest.raises(errors.DocumentNotFound):
        history(domain.hub, "groups/nobody")
    for rev in ("9-", ""):
        with pytest.raises(errors.RevisionNotFound):
            undelete(domain.hub, "groups/a", rev, clock=domain.clock)


def test_a_purge_forgets_texts_of_documents_deleted_long_ago_and_keeps_their_ids(domain: Domain) -> None:
    recorded(domain, "a", "one", "two")
    recorded(domain, "b", "one")
    removed(domain, "a")
    assert purge(domain.hub, clock=domain.clock).as_json() == {"documents": 0, "texts": 0}
    domain.clock.now += 91 * 86400
    assert purge(domain.hub, clock=domain.clock).as_json() == {"documents": 1, "texts": 2}
    kept = history(domain.hub, "groups/a")
    assert len(kept.revisions) == 3 and not any(entry.kept for entry in kept.revisions)
    with pytest.raises(errors.RevisionNotFound):
        undelete(domain.hub, "groups/a", kept.revisions[-1].rev, clock=domain.clock)
    assert history(domain.hub, "groups/b").revisions[0].kept
    replica = Replica.open(domain.hub, domain.clock)
    assert len(replica.journal.tree(unid("a"))) == 3
    replica.close()
    assert domain.replicate().identical
