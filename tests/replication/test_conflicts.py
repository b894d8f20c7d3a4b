"""Conflict documents are listed, shown by field, and ended in three ways."""

from __future__ import annotations

import pytest
from replication_domain import Domain, group_text, unid

from dominocli import errors
from dominocli.directory.reader import Directory, look
from dominocli.replication import conflicts
from dominocli.replication.record import observe_root
from dominocli.replication.replica import Replica


@pytest.fixture
def contested(domain: Domain) -> Domain:
    """Two replicas that changed the same field; the other of the two stands in a conflict document."""
    domain.write(0, "groups/a.toml", group_text("a"))
    domain.replicate()
    domain.edit(0, "groups/a.toml", "first", "one")
    domain.edit(1, "groups/a.toml", "first", "other")
    assert len(domain.replicate().conflicts) == 1
    return domain


@pytest.fixture
def deleted(domain: Domain) -> Domain:
    """A deleted document whose edit is kept in a conflict document."""
    domain.write(0, "groups/a.toml", group_text("a"))
    domain.replicate()
    domain.edit(0, "groups/a.toml", "first", "edited")
    domain.replicate(0, push=False, pull=False)
    domain.clock.now += 1000
    (domain.root(1) / "groups/a.toml").unlink()
    assert domain.replicate(2).identical
    assert "groups/a.toml" not in domain.files(0) and len(domain.files(0)) == 1
    return domain


def test_conflicts_are_listed_with_the_fields_that_differ(contested: Domain) -> None:
    (entry,) = conflicts.list_conflicts(contested.root(2))
    assert entry.main == "groups/a" and entry.of == unid("a") and entry.fields == ("administration.comments",)
    assert entry.as_json()["from"] in contested.servers
    assert look(contested.hub).conflicts()[0].path == entry.name


def test_a_conflict_is_shown_field_by_field_under_any_of_its_names(contested: Domain) -> None:
    (entry,) = conflicts.list_conflicts(contested.hub)
    for name in (entry.name, entry.name.partition("/")[2], f"{entry.name}.toml", "groups/a", "a"):
        shown = conflicts.show(contested.hub, name)
        (difference,) = shown.differences
        assert {difference.main, difference.conflict} == {"one", "other"}
    assert shown.as_json()["differences"] == [difference.as_json()]


def test_an_unknown_or_ambiguous_name_is_refused(contested: Domain) -> None:
    with pytest.raises(errors.DocumentNotFound, match="nobody"):
        conflicts.show(contested.hub, "nobody")
    contested.edit(0, "groups/a.toml", '"o', '"hub-o')
    contested.edit(1, "groups/a.toml", '"o', '"mail-o')
    contested.replicate()
    with pytest.raises(errors.DocumentAmbiguous):
        conflicts.show(contested.hub, "a")


@pytest.mark.parametrize("keep", ["main", "conflict", "edit"])
def test_a_conflict_ends_in_the_text_that_was_chosen(contested: Domain, keep: str) -> None:
    shown = conflicts.show(contested.hub, "a")
    text = group_text("a", comment="both") if keep == "edit" else None
    conflicts.resolve(contested.hub, "a", keep, edited_text=text, clock=contested.clock)
    wanted = {"main": shown.differences[0].main, "conflict": shown.differences[0].conflict, "edit": "both"}[keep]
    report = contested.replicate()
    assert report.identical and not report.open_conflicts and report.complete
    assert contested.files(2) == {"groups/a.toml": group_text("a", comment=str(wanted))}
    assert not observe_root(contested.hub).edits


def test_keeping_the_conflict_of_a_deleted_document_brings_its_unid_back(deleted: Domain) -> None:
    (entry,) = conflicts.list_conflicts(deleted.root(2))
    assert entry.main == "" and conflicts.show(deleted.root(2), entry.name).differences == ()
    conflicts.resolve(deleted.root(2), entry.name, "conflict", clock=deleted.clock)
    report = deleted.replicate()
    assert report.identical and report.complete
    assert deleted.files(0) == {"groups/a.toml": group_text("a", comment="edited")}


def test_keeping_a_deletion_takes_the_conflict_document_away(deleted: Domain) -> None:
    conflicts.resolve(deleted.hub, conflicts.list_conflicts(deleted.hub)[0].name, "main", clock=deleted.clock)
    assert deleted.replicate().complete and deleted.files(1) == {}


def test_a_name_taken_meanwhile_does_not_stop_a_deleted_document_from_coming_back(deleted: Domain) -> None:
    deleted.write(0, "groups/a.toml", group_text("another"))
    conflicts.resolve(deleted.hub, conflicts.list_conflicts(deleted.hub)[0].name, "conflict", clock=deleted.clock)
    assert deleted.replicate().identical
    files = deleted.files(1)
    assert len(files) == 2 and unid("another") in files["groups/a.toml"]
    assert any(unid("a") in text for text in files.values())


def test_resolving_needs_a_known_choice_and_a_text_that_is_toml(contested: Domain) -> None:
    before = contested.files(0)
    for keep, text in (("edit", None), ("main", "x"), ("newest", None)):
        with pytest.raises(errors.UsageError):
            conflicts.resolve(contested.hub, "a", keep, edited_text=text, clock=contested.clock)
    with pytest.raises(errors.SyntaxFault):
        conflicts.resolve(contested.hub, "a", "edit", edited_text="x = ", clock=contested.clock)
    assert contested.files(0) == before


def test_both_replicas_end_the_same_conflict_in_different_ways(contested: Domain) -> None:
    conflicts.resolve(contested.hub, "a", "main", clock=contested.clock)
    conflicts.resolve(contested.root(1), "a", "conflict", clock=contested.clock)
    report = contested.replicate()
    assert report.identical and contested.all_equal() and "groups/a.toml" in contested.files(0)


@pytest.mark.parametrize("which", ["main", "conflict"])
def test_a_text_edited_from_what_is_no_longer_there_is_not_saved(contested: Domain, which: str) -> None:
    (entry,) = conflicts.list_conflicts(contested.hub)
    seen = conflicts.show(contested.hub, entry.name)
    file = f"{entry.main if which == 'main' else entry.name}.toml"
    contested.edit(0, file, "who it is for", "changed meanwhile")
    before = contested.files(0)
    edited = seen.main_text.replace("first", "mine")
    with pytest.raises(errors.ChangedMeanwhile):
        conflicts.resolve(contested.hub, entry.name, "edit", edited_text=edited, seen=seen, clock=contested.clock)
    assert contested.files(0) == before
    seen = conflicts.show(contested.hub, entry.name)
    conflicts.resolve(contested.hub, entry.name, "edit", edited_text=edited, seen=seen, clock=contested.clock)
    assert not conflicts.list_conflicts(contested.hub)


def test_resolving_takes_the_lock_once_and_listing_looks_for_all_documents_once(
    contested: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, looked = [], []
    lock, texts = Replica.held, Directory.texts
    monkeypatch.setattr(Replica, "held", lambda self, command: (held.append(command), lock(self, command))[1])
    monkeypatch.setattr(Directory, "texts", lambda self: (looked.append(1), texts(self))[1])
    (entry,) = conflicts.list_conflicts(contested.hub)
    assert len(looked) == 1
    conflicts.resolve(contested.hub, entry.name, "main", clock=contested.clock)
    assert len(held) == 1
