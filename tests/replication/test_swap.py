"""Files change hands in one step each; what the system refuses is said, and nothing is half done."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from replication_domain import Domain, group_text, unid

from dominocli import errors
from dominocli.directory import swap
from dominocli.directory.reader import Directory
from dominocli.directory.swap import DiskFiles
from dominocli.directory.text import text_hash
from dominocli.directory.writer import WORTH_ONE_SYNC
from dominocli.replication.record import FileChange, record, save
from dominocli.replication.rehearsal import RehearsedFiles
from dominocli.replication.replica import Replica
from dominocli.replication.replicate import replicate

FILE = "groups/a.toml"


@pytest.fixture(params=["exchange", "links", "memory"])
def files(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> swap.Files:
    (tmp_path / ".dominocli").mkdir()
    (tmp_path / "directory.toml").write_text(f'replica_id = "{"ab" * 16}"\ndomain = "Acme"\n')
    if request.param == "memory":
        return RehearsedFiles(tmp_path)
    if request.param == "links":
        monkeypatch.setattr(swap, "_system_call", lambda: None)
    return DiskFiles(tmp_path)


def test_every_step_happens_or_says_that_it_cannot(files: swap.Files) -> None:
    assert not files.exchange(FILE, "x") and not files.displace(FILE, "x") and not files.move(FILE, "groups/b.toml")
    files.prepare("x", b"new")
    assert files.create(FILE, "x") and not files.create(FILE, "x")
    files.discard("x")
    files.discard("x")
    files.prepare("x", b"newer")
    assert files.exchange(FILE, "x") and files.read(FILE) == b"newer" and files.swapped("x") == b"new"
    assert files.leftovers() == ["x"]
    assert files.move(FILE, "groups/b.toml") and files.read(FILE) is None
    assert files.create(FILE, "x") and not files.move(FILE, "groups/b.toml")
    assert files.displace("groups/b.toml", "y") and files.swapped("y") == b"newer"
    files.keep("y")
    files.keep("y")
    assert files.swapped("y") is None
    assert list(files.look().files) == [FILE]
    files.discard("x")
    files.sync()
    files.close()
    assert files.swapped("x") is None


def test_incomplete_swap_files_go_and_files_linked_aside_are_taken_up(tmp_path: Path) -> None:
    folder = tmp_path / swap.SWAP_FOLDER
    folder.mkdir(parents=True)
    for name in ("a.part", "b.aside", "c", "c.aside"):
        (folder / name).write_text(name)
    files = DiskFiles(tmp_path)
    assert files.swap_names() == {"b", "c", "c.aside"}
    assert files.leftovers() == ["b", "c", "c.aside"]
    assert files.swapped("b") == b"b.aside" and files.swapped("c") == b"c"
    assert sorted(file.name for file in folder.iterdir()) == ["b", "c", "c.aside"]
    files.close()


def refusing(number: int) -> object:
    def refuse(*arguments: object, **named: object) -> None:
        raise OSError(number, os.strerror(number))

    return refuse


@pytest.mark.parametrize("call", ["link", "rename", "unlink"])
def test_what_the_system_refuses_is_an_error_and_the_next_run_completes(
    domain: Domain, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    domain.write(0, FILE, group_text("a"))
    domain.replicate()
    domain.edit(0, FILE, "first", "second")
    (domain.hub / FILE).rename(domain.hub / "groups/b.toml")
    monkeypatch.setattr(swap, "_system_call", lambda: None)
    with monkeypatch.context() as patched:
        patched.setattr(os, call, refusing(errno.ENOSPC))
        report = domain.replicate()
    assert {server.state for server in report.servers} == {"unreachable"}
    assert "No space left" in report.servers[0].reason
    assert domain.replicate().identical and domain.all_equal()
    assert "second" in domain.files(2)["groups/b.toml"]


def test_a_hand_edit_that_cannot_be_made_durable_is_not_recorded(
    domain: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    domain.write(0, FILE, group_text("a"))
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", refusing(errno.EIO))
        with pytest.raises(errors.UnreadableFile, match="Input/output error"):
            domain.replicate()
    assert not domain.files(1)
    assert domain.replicate().identical and domain.all_equal()


@pytest.mark.parametrize("count", [1, WORTH_ONE_SYNC], ids=["each", "all-at-once"])
def test_a_hand_edit_is_made_durable_before_it_is_recorded(
    domain: Domain, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    for number in range(count):
        domain.write(0, f"groups/{number}.toml", group_text(str(number)))
    order: list[str] = []
    fsync, at_once = os.fsync, swap.sync_file_system
    monkeypatch.setattr(os, "fsync", lambda descriptor: (order.append("each"), fsync(descriptor)))
    monkeypatch.setattr(swap, "sync_file_system", lambda descriptor: (order.append("all"), at_once(descriptor)))
    replica = Replica.open(domain.hub, domain.clock, step=order.append)
    record(replica, command="test")
    replica.close()
    before = order[: order.index("committed")]
    assert before.count("each") == (2 if count == 1 else 0)
    assert before.count("all") == (0 if count == 1 else 1)


def test_a_document_folder_that_is_a_link_out_of_the_directory_is_never_written(domain: Domain, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (domain.root(1) / "groups").symlink_to(outside)
    domain.write(0, FILE, group_text("a"))
    report = domain.replicate()
    assert report.servers[0].state == "unreachable" and report.servers[1].state == "done"
    assert not list(outside.iterdir())


def test_a_save_that_found_no_room_is_completed_later(domain: Domain, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(os, "rename", refusing(errno.EFBIG))
        with pytest.raises(errors.UnreadableFile, match="File too large"):
            save(domain.hub, [FileChange(FILE, group_text("a"), None)], command="test", clock=domain.clock)
    replicate(domain.hub, [], clock=domain.clock)
    assert domain.files(0) == {FILE: group_text("a")}


def test_a_save_in_a_clone_that_knows_nothing_yet_keeps_its_base(domain: Domain) -> None:
    text = group_text("a")
    domain.write(0, FILE, text)
    domain.replicate()
    for path in (domain.root(1) / ".dominocli").glob("state.sqlite*"):
        path.unlink()
    new = group_text("a", comment="by a command")
    save(domain.root(1), [FileChange(FILE, new, text_hash(text.encode()))], command="test", clock=domain.clock)
    domain.edit(0, FILE, "Mail1/Acme", "Mail9/Acme")
    report = domain.replicate()
    assert report.identical and not report.conflicts and report.merged == [FILE]
    assert "by a command" in domain.files(2)[FILE] and "Mail9" in domain.files(2)[FILE]


def test_a_file_no_unid_fits_into_is_left_alone_and_named(domain: Domain, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(text: str, changes: object) -> str:
        raise errors.SyntaxFault(reason="no")

    monkeypatch.setattr("dominocli.directory.writer.edit_text", refuse)
    domain.write(0, FILE, group_text("a").partition("\n")[2])
    report = domain.replicate()
    assert domain.files(1) == {} and any("no unid can be put into it" in warning for warning in report.warnings)


def test_somebody_who_saves_without_end_stops_nobody(domain: Domain) -> None:
    domain.write(0, FILE, group_text("a"))
    domain.replicate()
    domain.edit(1, FILE, "Mail1/Acme", "Mail9/Acme")
    count = 0

    def save_again(name: str) -> None:
        nonlocal count
        if name == "exchange":
            count += 1
            domain.write(0, FILE, group_text("a", comment=f"save {count}"))

    replicate(domain.hub, domain.peers(), clock=domain.clock, step=save_again)
    assert count > 10
    assert domain.replicate().identical
    assert f"save {count}" in "".join(domain.files(1).values()) and unid("a") in domain.files(1)[FILE]


def test_a_file_that_was_away_at_the_look_alone_is_not_deleted(domain: Domain, monkeypatch: pytest.MonkeyPatch) -> None:
    domain.write(0, FILE, group_text("a"))
    domain.replicate()
    look, saved = DiskFiles.look, group_text("a", comment="saved by removing and making anew")

    def look_in_between(files: DiskFiles) -> Directory:
        (files.root / FILE).unlink(missing_ok=True)
        directory = look(files)
        domain.write(0, FILE, saved)
        return directory

    monkeypatch.setattr(DiskFiles, "look", look_in_between)
    replica = Replica.open(domain.hub, domain.clock)
    record(replica, command="test")
    known = replica.journal.tree(unid("a")).values()
    replica.close()
    monkeypatch.undo()
    assert [revision.kind for revision in known] == ["live"]
    assert domain.replicate().identical and domain.files(1) == {FILE: saved}
