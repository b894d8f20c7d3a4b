"""What is compared with the journal: what differs from the index, with the same outcome as comparing all."""

from __future__ import annotations

import random
import shutil
import sqlite3
import time
from contextlib import suppress
from pathlib import Path

import pytest
from replication_domain import Domain, group_text, unid

from dominocli import errors
from dominocli.directory import index
from dominocli.directory.reader import look
from dominocli.directory.stat_values import CLOCK_TICK_NS
from dominocli.directory.text import text_hash
from dominocli.replication import agreement
from dominocli.replication import journal as journal_module
from dominocli.replication.agreement import observed
from dominocli.replication.journal import AGREED, Journal
from dominocli.replication.record import FileChange, observe_root, save
from dominocli.replication.report import ReplicationReport
from dominocli.replication.write_out import NOTHING_SEEN


def filled(domain: Domain, count: int) -> None:
    for number in range(count):
        domain.write(0, f"groups/g{number:03}.toml", group_text(f"G{number}"))


def let_the_clock_tick(domain: Domain) -> None:
    """Wait until what hands wrote is older than anything that changes from now on."""
    newest = max(path.stat().st_ctime_ns for path in domain.hub.glob("groups/*.toml"))
    probe = domain.hub / "probe"
    while True:
        probe.write_bytes(b"")
        stamp = probe.stat().st_mtime_ns
        probe.unlink()
        if stamp > newest + 2 * CLOCK_TICK_NS:
            return
        time.sleep(0.005)


def agreed(root: Path) -> bool:
    """Tell whether the journal names the index as it is."""
    journal = Journal.reading(root)
    assert journal is not None
    try:
        return bool(journal.fact(AGREED)) and journal.fact(AGREED) == look(root, update_index=False).base
    finally:
        journal.close()


def saved(domain: Domain, file: str, text: str | None) -> None:
    """Let a command save a file of the first replica, or take it away."""
    base = text_hash((domain.hub / file).read_bytes()) if (domain.hub / file).exists() else None
    save(domain.hub, [FileChange(file, text, base)], command="edit", clock=domain.clock)


def read(report: ReplicationReport) -> int:
    return report.files_read + sum(server.files_read for server in report.servers)


@pytest.mark.parametrize("count", [3, 100])
def test_second_replication_reads_no_file_and_sends_nothing(domain: Domain, count: int) -> None:
    filled(domain, count)
    let_the_clock_tick(domain)
    first = domain.replicate()
    assert first.identical
    assert all(agreed(root) for root in domain.roots.values())
    second = domain.replicate()
    assert (read(second), sum(server.bytes_sent for server in second.servers)) == (0, 0)
    assert second.identical
    assert second.fingerprint == first.fingerprint


@pytest.mark.parametrize("count", [10, 200])
def test_files_read_and_bytes_sent_depend_on_changes_alone(domain: Domain, count: int) -> None:
    filled(domain, count)
    let_the_clock_tick(domain)
    domain.replicate()
    for number in range(3):
        domain.edit(0, f"groups/g{number:03}.toml", '"first"', '"second"')
    let_the_clock_tick(domain)
    report = domain.replicate()
    assert report.files_read == 3
    assert [server.files_read for server in report.servers] == [3, 3]
    texts = sum(len(group_text(f"G{number}", comment="second")) for number in range(3))
    assert [server.bytes_sent for server in report.servers] == [texts, texts]
    assert report.identical
    assert read(domain.replicate()) == 0


def test_unchanged_files_are_not_compared_with_the_journal(domain: Domain, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(domain, 20)
    domain.replicate()

    def refuse(journal: Journal) -> None:
        raise AssertionError("everything was compared")

    monkeypatch.setattr(Journal, "all_seen", refuse)
    monkeypatch.setattr(Journal, "digests_seen", refuse)
    assert domain.replicate().identical
    domain.edit(0, "groups/g003.toml", '"first"', '"second"')
    (domain.hub / "groups/g004.toml").unlink()
    (domain.hub / "groups/g005.toml").rename(domain.hub / "groups/moved.toml")
    assert [edit.kind for edit in observe_root(domain.hub).edits] == ["changed", "deleted", "renamed"]
    assert domain.replicate().identical
    assert domain.all_equal()
    assert domain.replicate().identical


@pytest.mark.parametrize("lost", ["index", "index.changes", "index.values", "state.sqlite"])
def test_losing_a_part_of_the_state_costs_reading_alone(domain: Domain, lost: str) -> None:
    filled(domain, 40)
    let_the_clock_tick(domain)
    domain.replicate()
    domain.edit(0, "groups/g002.toml", '"first"', '"second"')
    before = domain.replicate().fingerprint
    (domain.hub / ".dominocli" / lost).unlink()
    domain.edit(1, "groups/g001.toml", '"first"', '"second"')
    report = domain.replicate()
    assert report.identical and report.fingerprint != before
    assert not report.conflicts
    assert domain.all_equal()


def test_a_file_that_came_and_went_between_two_runs_is_deleted(domain: Domain) -> None:
    """It is in no index: that it was seen and is not there is known by the journal alone."""
    filled(domain, 3)
    domain.replicate()
    index = {root: (root / ".dominocli/index").read_bytes() for root in domain.roots.values()}
    domain.write(1, "groups/new.toml", group_text("New"))
    domain.replicate()
    for root, content in index.items():
        (root / ".dominocli/index").write_bytes(content)
    (domain.hub / "groups/new.toml").unlink()
    report = domain.replicate()
    assert [server.pushed.deleted for server in report.servers] == [1, 1]
    assert not any("groups/new.toml" in domain.files(number) for number in range(3))


def test_an_older_journal_does_not_agree_with_a_newer_index(domain: Domain) -> None:
    filled(domain, 3)
    domain.replicate()
    shutil.copy(domain.hub / ".dominocli/state.sqlite", domain.hub / "saved")
    domain.edit(0, "groups/g001.toml", '"first"', '"second"')
    domain.replicate()
    shutil.move(domain.hub / "saved", domain.hub / ".dominocli/state.sqlite")
    assert not agreed(domain.hub)
    assert [edit.file for edit in observe_root(domain.hub).edits] == ["groups/g001.toml"]
    assert domain.replicate().identical


def test_whatever_changes_what_was_seen_sets_its_files_apart(domain: Domain, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(domain, 2)
    domain.replicate()
    journal = Journal.open(domain.hub)
    seen = journal.seen(unid("G1"))
    assert seen is not None
    with journal.transaction():
        journal.set_seen(unid("G1"), seen)
    assert journal.fact(AGREED) and not journal.touched and not journal.apart()
    with pytest.raises(ZeroDivisionError), journal.transaction():
        journal.set_seen(unid("G1"), seen._replace(digest="0" * 64))
        raise ZeroDivisionError
    with journal.transaction():
        journal.remember("other", 1)
    assert journal.fact(AGREED) and not journal.apart()
    with journal.transaction():
        journal.set_seen(unid("G1"), seen._replace(file="groups/other.toml"))
    assert journal.fact(AGREED) and journal.apart() == {"groups/g001.toml", "groups/other.toml"} == journal.touched
    monkeypatch.setattr(journal_module, "MOST_ONE_BY_ONE", 2)
    with journal.transaction():
        journal.set_seen(unid("G0"), NOTHING_SEEN)
    assert not journal.fact(AGREED) and not journal.apart()
    journal.close()


def test_what_a_command_saved_is_compared_alone(domain: Domain, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(domain, 5)
    let_the_clock_tick(domain)
    domain.replicate()
    with monkeypatch.context() as patched:
        patched.delattr(Journal, "all_seen")
        saved(domain, "groups/g002.toml", group_text("G2", comment="saved"))
        assert not observe_root(domain.hub).edits
        domain.edit(0, "groups/g002.toml", '"saved"', '"edited"')
        assert [edit.file for edit in observe_root(domain.hub).edits] == ["groups/g002.toml"]
        # Back to what the index knows: the file differs from what was seen, and not from the index.
        (domain.hub / "groups/g002.toml").write_text(group_text("G2"))
        assert [edit.file for edit in observe_root(domain.hub).edits] == ["groups/g002.toml"]
        saved(domain, "groups/g001.toml", None)
        assert [edit.file for edit in observe_root(domain.hub).edits] == ["groups/g002.toml"]
        let_the_clock_tick(domain)
        # A command that only looks may write the index anew.
        before = look(domain.hub, update_index=False)
        assert before.changed or before.gone
        after = look(domain.hub, worth=0)
        after = look(domain.hub, worth=0)
        assert not after.changed and not after.gone and after.base != before.base and after.origin == before.origin
        assert [edit.file for edit in observe_root(domain.hub).edits] == ["groups/g002.toml"]
        assert domain.replicate().identical
    assert all(agreed(root) for root in domain.roots.values())


def test_a_change_of_another_process_meanwhile_is_noticed(domain: Domain) -> None:
    filled(domain, 2)
    domain.replicate()
    journal = Journal.open(domain.hub)
    before = journal.version()
    other = sqlite3.connect(domain.hub / ".dominocli/state.sqlite")
    other.execute("INSERT INTO facts VALUES ('other', 1)")
    other.commit()
    other.close()
    assert journal.version() != before
    journal.close()


def saved_at_random(domain: Domain, chance: random.Random, file: str) -> None:
    """Let a command edit or take away a file, or refuse to because of what hands did to it."""
    text = (domain.hub / file).read_text()
    edited = text.replace("comments = ", f'y = "{chance.random()}"\ncomments = ')
    with suppress(errors.DominoError):
        saved(domain, file, chance.choice([edited, None]))


@pytest.mark.parametrize("turn", range(4))
def test_comparing_what_changed_finds_what_comparing_all_finds(
    domain: Domain, turn: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "MOST_CHANGED", 0.6)
    seed = 4711 + turn
    chance = random.Random(seed)
    filled(domain, 12)
    domain.replicate()
    for step in range(12):
        files = sorted(domain.files(0))
        for _ in range(chance.randint(1, 4)):
            file = chance.choice(files)
            path = domain.hub / file
            if not path.exists():
                continue
            kind = chance.choice(["edit", "delete", "rename", "copy", "no unid", "broken", "swap", "new", "save"])
            content = path.read_text()
            if kind == "edit":
                path.write_text(content.replace("comments = ", f'x{step} = "{chance.random()}"\ncomments = '))
            elif kind == "delete":
                path.unlink()
            elif kind == "rename":
                path.rename(path.with_name(f"r{step}{chance.randint(0, 9)}.toml"))
            elif kind == "copy":
                path.with_name(f"c{step}{chance.randint(0, 9)}.toml").write_text(content + chance.choice(["", "# x\n"]))
            elif kind == "no unid":
                path.write_text("\n".join(content.split("\n")[1:]))
            elif kind == "save":
                saved_at_random(domain, chance, file)
            elif kind == "broken":
                path.write_text("<<<<<<< ours\n")
            elif kind == "swap":
                other = domain.hub / chance.choice(files)
                if other.exists():
                    text = other.read_text()
                    other.write_text(content)
                    path.write_text(text)
            else:
                domain.write(0, f"groups/n{step}.toml", group_text(f"N{step}"))
        directory = look(domain.hub, update_index=False)
        journal = Journal.reading(domain.hub)
        assert journal is not None
        replica_id = directory.settings.replica_id
        quick = observed(journal, directory, replica_id)
        every = agreement._observe(directory.files.values(), journal.all_seen(), replica_id)
        journal.close()
        assert (quick.edits, quick.findings) == (every.edits, every.findings), f"seed {seed}, step {step}"
        for broken in domain.hub.glob("groups/*.toml"):
            if broken.read_text().startswith("<<<"):
                broken.unlink()
        domain.replicate(allow_mass_delete=True)


def test_second_replication_of_ten_thousand_documents_reads_none(tmp_path: Path) -> None:
    domain = Domain(tmp_path, ("Hub/Acme", "Mail1/Acme"))
    filled(domain, 10_000)
    let_the_clock_tick(domain)
    assert domain.replicate().identical
    second = domain.replicate()
    assert (read(second), second.servers[0].bytes_sent, second.identical) == (0, 0, True)
