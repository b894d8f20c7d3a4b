"""A command's save: one step for all its files, refused where a file changed meanwhile."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from replication_domain import Domain, group_text, snapshot, unid

from dominocli import errors
from dominocli.directory.text import text_hash
from dominocli.replication import record
from dominocli.replication.record import FileChange, observe_root, save
from dominocli.replication.replica import Replica


def saved(domain: Domain, *changes: FileChange, at: int = 0) -> None:
    save(domain.root(at), changes, command="test", clock=domain.clock)


def base_of(text: str) -> str:
    return text_hash(text.encode())


def kinds(root: Path, name: str) -> list[tuple[str, str]]:
    replica = Replica.open(root, lambda: 0.0)
    try:
        tree = replica.journal.tree(unid(name))
        return sorted((revision.kind, revision.file) for revision in tree.values())
    finally:
        replica.close()


def test_save_creates_changes_renames_and_deletes(domain: Domain) -> None:
    first, second = group_text("a"), group_text("a", comment="second")
    saved(domain, FileChange("groups/a.toml", first, None))
    assert domain.files(0) == {"groups/a.toml": first}
    saved(domain, FileChange("groups/a.toml", second, base_of(first)))
    saved(domain, FileChange("groups/a.toml", None, base_of(second)), FileChange("groups/b.toml", second, None))
    assert domain.files(0) == {"groups/b.toml": second}
    saved(domain, FileChange("groups/b.toml", None, base_of(second)))
    assert domain.files(0) == {}
    expected = [("deleted", "groups/b.toml"), ("live", "groups/a.toml"), ("live", "groups/a.toml")]
    assert kinds(domain.hub, "a") == [*expected, ("live", "groups/b.toml")]


def test_save_where_a_hand_moved_a_file_away_is_not_durable_before_that_move(domain: Domain) -> None:
    saved(domain, FileChange("groups/a.toml", group_text("a"), None))
    (domain.hub / "groups/a.toml").rename(domain.hub / "groups/b.toml")
    steps: list[str] = []
    replica = Replica.open(domain.hub, domain.clock, step=steps.append)
    with replica.held("test"):
        record.save_held(replica, [FileChange("groups/a.toml", group_text("new"), None)])
    replica.close()
    assert "secured" in steps[: steps.index("commit")]
    assert domain.replicate().identical
    assert sorted(domain.files(1)) == ["groups/a.toml", "groups/b.toml"]
    assert domain.files(1)["groups/b.toml"] == group_text("a")


def test_save_refuses_a_file_that_changed_meanwhile_and_writes_nothing(domain: Domain) -> None:
    first = group_text("a")
    saved(domain, FileChange("groups/a.toml", first, None))
    domain.edit(0, "groups/a.toml", "first", "by hand")
    before = snapshot(domain.hub)
    with pytest.raises(errors.ChangedMeanwhile):
        saved(
            domain,
            FileChange("groups/new.toml", group_text("new"), None),
            FileChange("groups/a.toml", group_text("a", comment="by command"), base_of(first)),
        )
    assert {**snapshot(domain.hub), ".dominocli/lock": b""} == {**before, ".dominocli/lock": b""}


def test_save_over_a_hand_edit_refuses_the_next_one_saved_just_after_it_looked(
    domain: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved(domain, FileChange("groups/a.toml", group_text("a"), None))
    domain.edit(0, "groups/a.toml", "first", "second")
    look = record._check_bases

    def look_and_turn_away(*arguments: Any) -> Any:
        found = look(*arguments)
        domain.edit(0, "groups/a.toml", "second", "third")
        return found

    monkeypatch.setattr(record, "_check_bases", look_and_turn_away)
    base = base_of(group_text("a", comment="second"))
    with pytest.raises(errors.ChangedMeanwhile):
        saved(domain, FileChange("groups/a.toml", group_text("a", comment="by command"), base))
    assert "third" in domain.files(0)["groups/a.toml"] and len(kinds(domain.hub, "a")) == 1


def test_save_refuses_a_name_that_a_hand_took_just_after_it_looked(
    domain: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved(domain, FileChange("groups/a.toml", group_text("a"), None))
    look = record._check_bases

    def look_and_turn_away(*arguments: Any) -> Any:
        found = look(*arguments)
        domain.write(0, "groups/b.toml", group_text("b"))
        return found

    monkeypatch.setattr(record, "_check_bases", look_and_turn_away)
    replica = Replica.open(domain.hub, domain.clock)
    with replica.journal.transaction():
        replica.journal.intend(unid("a"))
    replica.close()
    changes = (
        FileChange("groups/a.toml", None, base_of(group_text("a"))),
        FileChange("groups/b.toml", group_text("a"), None),
    )
    with pytest.raises(errors.ChangedMeanwhile):
        saved(domain, *changes)
    assert domain.files(0) == {"groups/a.toml": group_text("a"), "groups/b.toml": group_text("b")}


def test_save_refuses_a_name_that_somebody_took(domain: Domain) -> None:
    domain.write(0, "groups/a.toml", group_text("other"))
    with pytest.raises(errors.ChangedMeanwhile):
        saved(domain, FileChange("groups/a.toml", group_text("a"), None))


@pytest.mark.parametrize("text", [group_text("a"), "form = 'Group'\n", 'unid = "x"\n'])
def test_save_refuses_a_new_file_without_a_unid_of_its_own(domain: Domain, text: str) -> None:
    saved(domain, FileChange("groups/a.toml", group_text("a"), None))
    with pytest.raises(errors.UnidInUse):
        saved(domain, FileChange("groups/b.toml", text, None))
    assert list(domain.files(0)) == ["groups/a.toml"]


def test_save_records_a_pending_hand_edit_of_the_same_document_and_of_no_other(domain: Domain) -> None:
    for name in ("a", "b"):
        saved(domain, FileChange(f"groups/{name}.toml", group_text(name), None))
        domain.edit(0, f"groups/{name}.toml", "first", "by hand")
    current = domain.files(0)["groups/a.toml"]
    saved(domain, FileChange("groups/a.toml", group_text("a", comment="by command"), base_of(current)))
    assert len(kinds(domain.hub, "a")) == 3
    assert len(kinds(domain.hub, "b")) == 1
    assert [(edit.kind, edit.file) for edit in observe_root(domain.hub).edits] == [("changed", "groups/b.toml")]


def test_save_writes_the_bytes_it_was_given_with_their_line_ends(domain: Domain) -> None:
    text = group_text("a").replace("\n", "\r\n")
    saved(domain, FileChange("groups/a.toml", text, None))
    assert domain.files(0) == {"groups/a.toml": text}
    assert not observe_root(domain.hub).edits


def test_save_refuses_to_replace_what_is_no_document(domain: Domain) -> None:
    torn = 'unid = "'
    domain.write(0, "groups/a.toml", torn)
    with pytest.raises(errors.DocumentUnusable):
        saved(domain, FileChange("groups/a.toml", group_text("a"), base_of(torn)))
    with pytest.raises(errors.SyntaxFault):
        saved(domain, FileChange("groups/b.toml", torn, None))
    assert domain.files(0) == {"groups/a.toml": torn}


def test_save_writes_a_fresh_clone_without_a_journal(domain: Domain, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    clone.mkdir()
    (clone / "directory.toml").write_bytes((domain.hub / "directory.toml").read_bytes())
    save(clone, [FileChange("groups/a.toml", group_text("a"), None)], command="test", clock=domain.clock)
    assert (clone / "groups/a.toml").read_text() == group_text("a")
    assert not (clone / ".dominocli").exists()
    with pytest.raises(errors.ChangedMeanwhile):
        save(clone, [FileChange("groups/a.toml", group_text("b"), None)], command="test", clock=domain.clock)


def test_two_documents_change_names_in_one_save(domain: Domain) -> None:
    a, b = group_text("a"), group_text("b")
    saved(domain, FileChange("groups/a.toml", a, None), FileChange("groups/b.toml", b, None))
    saved(domain, FileChange("groups/a.toml", b, base_of(a)), FileChange("groups/b.toml", a, base_of(b)))
    assert domain.files(0) == {"groups/a.toml": b, "groups/b.toml": a}
    assert not observe_root(domain.hub).edits
    assert not list((domain.hub / ".dominocli/swap").iterdir())
