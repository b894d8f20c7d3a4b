"""The simulated disk itself: what a loss of power leaves is what was made durable, or more, never less."""

from __future__ import annotations

import os
import random
import sqlite3
from pathlib import Path

import pytest
from simulated_disk import Disk, Inode, Kernel

from dominocli.directory import document_file
from dominocli.directory.document_file import read_whole, write_file

ROOT = Path("/s0|")


@pytest.fixture
def kernel() -> Kernel:
    kernel = Kernel(lambda disk, what: None, random.Random(0))
    kernel.disks[str(ROOT)] = Disk(sqlite3.connect(":memory:"))
    return kernel


def outcomes(make: object) -> set[tuple[tuple[str, bytes], ...]]:
    found = set()
    for seed in range(300):
        disk = Disk(sqlite3.connect(":memory:"))
        make(disk)  # type: ignore[operator]
        disk.lose_power(random.Random(seed))
        found.add(tuple(sorted((name, inode.data) for name, inode in disk.names.items())))
        assert not disk.pending and disk.kept == disk.names
        assert all(inode.durable == inode.data for inode in disk.names.values())
        disk.database.close()
    return found


def test_what_was_never_made_durable_may_be_there_torn_empty_or_not_at_all() -> None:
    found = outcomes(lambda disk: disk.change(("groups/a.toml", Inode(b"new"))))
    assert {(), (("groups/a.toml", b"new"),), (("groups/a.toml", b""),), (("groups/a.toml", b"ne"),)} <= found
    assert (("groups/a.toml", b"\0\0\0"),) in found


def test_a_file_made_durable_under_a_durable_name_stays() -> None:
    def make(disk: Disk) -> None:
        disk.change(("groups/a.toml", Inode(b"old", durable=True)))
        disk.sync_folder("groups")

    assert outcomes(make) == {(("groups/a.toml", b"old"),)}


def test_two_names_change_in_one_step_or_not_at_all() -> None:
    def make(disk: Disk) -> None:
        new, old = Inode(b"new", durable=True), Inode(b"old", durable=True)
        disk.change(("groups/a.toml", old), ("swap/a", new))
        disk.write_back()
        disk.change(("groups/a.toml", new), ("swap/a", old))

    before = (("groups/a.toml", b"old"), ("swap/a", b"new"))
    assert outcomes(make) == {before, (("groups/a.toml", b"new"), ("swap/a", b"old"))}


def test_a_later_change_of_a_name_does_not_survive_without_the_earlier_one() -> None:
    def make(disk: Disk) -> None:
        disk.change(("swap/a", Inode(b"x", durable=True)))
        disk.change(("swap/a", None), ("groups/a.toml", disk.names["swap/a"]))

    assert outcomes(make) == {(), (("swap/a", b"x"),), (("groups/a.toml", b"x"),)}


def test_a_program_writes_syncs_and_exchanges_as_on_a_real_disk(
    kernel: Kernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = kernel.disk(ROOT)
    disk.change(("groups/a.toml", Inode(b"old", durable=True)))
    groups, swaps = kernel.open_folder(ROOT, "groups"), kernel.open_folder(ROOT, "swap")
    monkeypatch.setattr(document_file, "os", kernel)
    write_file(swaps, "a", b"new", durably=True)
    made = kernel.open(ROOT / "swap/a", os.O_RDONLY)
    assert read_whole(made, kernel.fstat(made).st_size, 100) == b"new"
    assert kernel.renameat2(groups, "a.toml", swaps, "a", 2)
    assert (disk.names["groups/a.toml"].data, disk.names["swap/a"].data) == (b"new", b"old")
    kernel.fsync(groups)
    disk.lose_power(random.Random(0))
    assert disk.names["groups/a.toml"].data == b"new"
    with pytest.raises(FileNotFoundError):
        kernel.unlink("b", dir_fd=swaps)
    with pytest.raises(FileExistsError):
        kernel.link("a", "a.toml", src_dir_fd=swaps, dst_dir_fd=groups, follow_symlinks=False)


def test_a_backup_brings_back_files_and_journal(kernel: Kernel) -> None:
    disk = kernel.disk(ROOT)
    disk.database.execute("CREATE TABLE t (x)")
    disk.change(("groups/a.toml", Inode(b"old")))
    image = disk.image()
    disk.change(("groups/a.toml", None), ("groups/b.toml", Inode(b"new")))
    disk.database.execute("DROP TABLE t")
    disk.database.commit()
    disk.restore(image)
    assert disk.contents() == {"groups/a.toml": b"old"}
    assert disk.database.execute("SELECT count(*) FROM t").fetchone() == (0,)
