"""The journal: durable as a whole, read without changing a byte, also after its writer was killed."""

from __future__ import annotations

import os
import signal
import sqlite3
from pathlib import Path

import pytest
from replication_domain import Domain, group_text, snapshot, unid

from dominocli import errors
from dominocli.replication import journal as journal_module
from dominocli.replication.journal import Journal, file_key
from dominocli.replication.journal_database import JOURNAL_FILE
from dominocli.replication.journal_reading import SCHEMA_VERSION
from dominocli.replication.observe import Seen
from dominocli.replication.record import observe_root
from dominocli.replication.replicate import replicate
from dominocli.replication.revision import LIVE, make
from dominocli.replication.write_out import NOTHING_SEEN


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / ".dominocli").mkdir()
    return tmp_path


def test_a_transaction_that_fails_leaves_nothing(root: Path) -> None:
    journal = Journal.open(root)
    with pytest.raises(KeyError), journal.transaction():
        journal.remember("x", 1)
        raise KeyError
    assert journal.fact("x") is None
    with journal.transaction():
        journal.remember("x", 2)
    journal.close()
    reading = Journal.reading(root)
    assert reading is not None and reading.fact("x") == 2
    reading.close()


def gathered(journal: Journal, name: str) -> tuple[list[str], Seen | None]:
    """Return what a journal says of a document that is gathered: the revs known, and what its file held."""
    with journal.at_one_moment():
        journal.gather([unid(name)])
        return list(journal.tree(unid(name))), journal.seen(unid(name))


def test_what_was_gathered_is_known_until_another_process_writes(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = Journal.open(root), Journal.open(root)
    first, second, third = (
        make(unid("a"), "", LIVE, file=f"groups/{name}.toml", seqtime=1, author="", digest="0" * 64) for name in "abc"
    )
    assert gathered(ours, "a") == ([], None)
    with ours.transaction():
        ours.gather([unid("a")])
        ours.insert(first)
        ours.set_seen(unid("a"), Seen(first.rev, first.file, first.digest))
    asked: list[str] = []
    monkeypatch.setattr(ours, "_all", lambda statement, *values: asked.append(statement))
    assert gathered(ours, "a") == ([first.rev], Seen(first.rev, first.file, first.digest)) and not asked
    monkeypatch.undo()
    with theirs.transaction():
        theirs.insert(second)
        theirs.set_seen(unid("a"), NOTHING_SEEN)
    assert gathered(ours, "a") == ([*sorted([first.rev, second.rev])], NOTHING_SEEN)
    with pytest.raises(KeyError), ours.transaction():
        ours.gather([unid("a")])
        ours.insert(third)
        raise KeyError
    assert len(gathered(ours, "a")[0]) == 2
    ours.insert(third)  # outside of a transaction
    assert len(gathered(ours, "a")[0]) == 3
    ours.gather([unid("b")])  # outside too: it is not what a transaction starts with
    with theirs.transaction():
        theirs.insert(first._replace(unid=unid("b")))
    assert gathered(ours, "b")[0] == [first.rev]
    for journal in (ours, theirs):
        journal.close()


def test_no_more_documents_stay_gathered_than_fit(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_module, "MOST_KEPT", 10)
    journal = Journal.open(root)
    with journal.transaction():
        for start in range(0, 100, 5):
            journal.gather([unid(str(number)) for number in range(start, start + 5)])
            assert len(journal._trees) <= 15 and len(journal._winners) <= 15
    journal.close()


def test_a_journal_is_not_made_by_reading(root: Path) -> None:
    assert Journal.reading(root) is None
    assert Journal.in_memory(root).last_seq() == 0
    assert not list((root / ".dominocli").iterdir())


def left_hot(root: Path) -> None:
    """Leave a journal whose writer was killed in the middle of writing its pages."""
    child = os.fork()
    if child == 0:
        database = sqlite3.connect(root / JOURNAL_FILE, isolation_level=None)
        database.execute("PRAGMA cache_size = 5")
        database.execute("BEGIN IMMEDIATE")
        for number in range(2000):
            database.execute("INSERT INTO texts VALUES (?, ?)", (str(number), "x" * 500))
        database.execute("UPDATE facts SET value = 'half'")
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    assert (root / f"{JOURNAL_FILE}-journal").stat().st_size > 0


def test_a_journal_left_hot_by_a_kill_is_read_without_changing_a_byte_and_then_goes_on(domain: Domain) -> None:
    domain.write(0, "groups/a.toml", group_text("a"))
    domain.replicate()
    domain.edit(0, "groups/a.toml", "first", "second")
    left_hot(domain.hub)
    before = snapshot(domain.hub.parent)
    assert [edit.kind for edit in observe_root(domain.hub).edits] == ["changed"]
    assert domain.replicate(dry_run=True).servers[0].pushed.updated == 1
    assert domain.replicate(1, dry_run=True).servers[0].pulled.updated == 1
    assert snapshot(domain.hub.parent) == before
    assert domain.replicate().identical and "second" in domain.files(1)["groups/a.toml"]


def test_a_read_only_folder_is_observed(domain: Domain) -> None:
    domain.write(0, "groups/a.toml", group_text("a"))
    domain.replicate()
    domain.edit(0, "groups/a.toml", "first", "second")
    state = domain.hub / ".dominocli"
    state.chmod(0o555)
    try:
        assert [edit.kind for edit in observe_root(domain.hub).edits] == ["changed"]
    finally:
        state.chmod(0o755)


@pytest.mark.parametrize("content", [b"no database, but long enough to be taken for one" * 10, b"SQLite format 3\0"])
def test_a_damaged_journal_is_an_error_that_says_what_to_do(domain: Domain, content: bytes) -> None:
    (domain.hub / JOURNAL_FILE).write_bytes(content)
    with pytest.raises(errors.JournalUnusable, match="cannot be used"):
        replicate(domain.hub, [], clock=domain.clock)
    with pytest.raises(errors.JournalUnusable):
        observe_root(domain.hub)


def test_a_lost_journal_costs_nothing_that_was_replicated(domain: Domain) -> None:
    domain.write(0, "groups/a.toml", group_text("a"))
    domain.replicate()
    for path in (domain.hub / ".dominocli").glob("state.sqlite*"):
        path.unlink()
    report = domain.replicate()
    assert report.identical and not report.conflicts and list(domain.files(1)) == ["groups/a.toml"]


def test_keys_of_paths_that_some_file_system_takes_for_one_are_equal() -> None:
    assert file_key("groups/Ä.toml") == file_key("groups/a\u0308.toml") != file_key("groups/a.toml")


def test_a_suffixed_path_that_is_taken_too_gives_way_to_the_whole_unid(domain: Domain) -> None:
    smaller, greater = sorted(("one", "two"), key=unid)
    domain.write(0, "groups/a.toml", group_text(smaller))
    domain.write(1, "groups/a.toml", group_text(greater))
    domain.write(2, f"groups/a--{unid(greater)[:8]}.toml", group_text("third"))
    for _ in range(2):
        assert domain.replicate().identical and domain.all_equal()
    assert sorted(domain.files(0)) == sorted(
        ["groups/a.toml", f"groups/a--{unid(greater)[:8]}.toml", f"groups/a--{unid(greater)}.toml"]
    )


def test_a_journal_in_use_or_on_a_full_disk_is_not_to_be_thrown_away(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dominocli.replication.journal_database.WAIT_SECONDS", 0.01)
    monkeypatch.setattr("dominocli.replication.journal_reading.WAIT_SECONDS", 0.01)
    journal = Journal.open(root)
    other = sqlite3.connect(root / JOURNAL_FILE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(errors.Locked), journal.transaction():
        raise AssertionError("it was not locked")
    other.execute("COMMIT")
    # A reader that keeps its lock refuses the end of a transaction.
    other.execute("BEGIN")
    other.execute("SELECT * FROM facts").fetchall()
    with pytest.raises(errors.Locked), journal.transaction():
        journal.remember("x", 1)
    assert journal.fact("x") is None
    other.execute("COMMIT")
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(errors.Locked), journal.at_one_moment():
        journal.fact("x")
    with pytest.raises(errors.Locked):
        Journal.reading(root)
    other.execute("COMMIT")
    other.close()
    journal._database.execute(f"PRAGMA max_page_count = {journal._one('PRAGMA page_count')[0]}")
    with pytest.raises(errors.UnreadableFile, match="full"), journal.transaction():
        journal.remember("x", "y" * 100_000)
    journal.close()
    read_only = Journal.reading(root)
    assert read_only is not None
    with pytest.raises(errors.UnreadableFile, match="readonly"):
        read_only.remember("x", 1)
    read_only.close()


def test_a_journal_that_cannot_be_opened_is_named_and_not_copied(root: Path) -> None:
    (root / JOURNAL_FILE).mkdir()
    with pytest.raises(errors.UnreadableFile):
        Journal.reading(root)
    with pytest.raises(errors.UnreadableFile):
        Journal.open(root)


def test_a_journal_of_a_newer_program_is_refused_and_kept(root: Path) -> None:
    Journal.open(root).close()
    database = sqlite3.connect(root / JOURNAL_FILE)
    assert database.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    database.execute("ALTER TABLE revisions ADD COLUMN more TEXT")
    database.execute("PRAGMA user_version = 0")
    database.close()
    journal = Journal.open(root)
    with journal.transaction():
        journal.insert(made := make(unid("a"), "", LIVE, file="groups/a.toml", seqtime=1, author="X", digest="d"))
    assert journal.tree(unid("a")) == {made.rev: made} and journal.revision(unid("a"), made.rev) == made
    journal.close()
    database = sqlite3.connect(root / JOURNAL_FILE)
    database.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    database.close()
    before = snapshot(root)
    for opening in (Journal.open, Journal.reading):
        with pytest.raises(errors.JournalNewer) as caught:
            opening(root)
        assert "upgrade" in caught.value.hint
    assert snapshot(root) == before


def test_a_journal_that_is_a_symbolic_link_is_not_followed(root: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (root / JOURNAL_FILE).unlink(missing_ok=True)
    (root / JOURNAL_FILE).parent.mkdir(exist_ok=True)
    (root / JOURNAL_FILE).symlink_to(elsewhere)
    with pytest.raises(errors.JournalUnusable, match="symbolic link"):
        Journal.open(root)
    assert not elsewhere.exists()
