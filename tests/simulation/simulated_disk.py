"""A disk in memory that knows what was made durable: names, files, and what a loss of power leaves of them.

`Kernel` is what `dominocli.directory.swap` takes for the operating system. Every change passes its
`point`, before and after, so that a program can be stopped anywhere and hands can work in between.
"""

from __future__ import annotations

import errno
import os
import random
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulated_server import Index

Change = tuple[str, "Inode | None"]
Point = Callable[["Disk", str], None]


class Inode:
    """One file: its bytes now, and the bytes that survive a loss of power (None: never made durable)."""

    __slots__ = ("data", "durable")

    def __init__(self, data: bytes, *, durable: bool = False) -> None:
        self.data = data
        self.durable: bytes | None = data if durable else None


class Disk:
    """The files of one replica by name, the changes of names not yet durable, and the journal's database."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self.names: dict[str, Inode] = {}
        self.kept: dict[str, Inode] = {}
        self.pending: list[tuple[Change, ...]] = []
        self.database = database
        self.exchanges = True
        self.keeps_index = False
        self.index: Index | None = None
        self.index_before: Index | None = None

    def keep_index(self, index: Index) -> None:
        """Replace the index; until it is durable, a loss of power may bring back the one before."""
        self.index, self.index_before = index, self.index

    def change(self, *changes: Change) -> None:
        """Change names in one atomic step that is not durable yet."""
        self.pending.append(changes)
        _apply(self.names, changes)

    def documents(self) -> list[str]:
        """Return the names of all document files, sorted."""
        return sorted(name for name in self.names if name[0] != "." and name.endswith(".toml"))

    def contents(self) -> dict[str, bytes]:
        """Return the document files with their bytes."""
        return {name: self.names[name].data for name in self.documents()}

    def knows(self, file: str, content: bytes) -> bool:
        """Tell whether the journal saw this document in a file, so that it can miss it.

        What it is about to note in a transaction, a stop takes back.
        """
        if self.database.in_transaction:
            return False
        row = self.database.execute("SELECT unid FROM seen WHERE file = ?", (file,)).fetchone()
        return row is not None and (b'unid = "' not in content or f'unid = "{row[0]}"'.encode() in content)

    def sync_folder(self, folder: str) -> None:
        """Make durable what happened in a folder, and what that builds on."""
        inside = [any(_folder(name) == folder for name, _ in changes) for changes in self.pending]
        self._settle(inside)

    def write_back(self) -> None:
        """Make everything durable, as the kernel does by itself in time."""
        self._settle([True] * len(self.pending))
        for inode in self.names.values():
            inode.durable = inode.data
        self.index_before = self.index

    def lose_power(self, chance: random.Random) -> list[tuple[str, bytes, bytes | None]]:
        """Forget what was not durable, or not all of it; return files that changed, what they held and what
        had been made durable of it."""
        if chance.random() < 0.5:
            survivors = chance.randrange(len(self.pending) + 1)
            chosen = [position < survivors for position in range(len(self.pending))]
        else:
            chosen = [chance.random() < 0.5 for _ in self.pending]
        self._settle(chosen)
        self.pending.clear()
        self.names = dict(self.kept)
        torn = []
        for name in sorted(self.names):
            inode = self.names[name]
            if inode.data == inode.durable:
                continue
            held, durable = inode.data, inode.durable
            inode.data = inode.durable = _outcome(inode, chance)
            torn.append((name, held, durable))
        return torn

    def _settle(self, chosen: list[bool]) -> None:
        """Make the chosen changes durable, with the earlier ones that concern the same names."""
        concerned: set[str] = set()
        for position in range(len(chosen) - 1, -1, -1):
            names = {name for name, _ in self.pending[position]}
            if chosen[position] or names & concerned:
                chosen[position] = True
                concerned |= names
        for changes, settled in zip(self.pending, chosen, strict=True):
            if settled:
                _apply(self.kept, changes)
        self.pending = [changes for changes, settled in zip(self.pending, chosen, strict=True) if not settled]

    def image(self) -> Image:
        """Return everything on this disk, as a backup takes it."""
        return Image({name: inode.data for name, inode in self.names.items()}, self.database.serialize(), self.index)

    def restore(self, image: Image, *, files: bool = True, state: bool = True) -> None:
        """Bring back what a backup took, durably."""
        for name in list(self.names):
            if state if name.startswith(".") else files:
                del self.names[name]
        for name, data in image.files.items():
            if state if name.startswith(".") else files:
                self.names[name] = Inode(data)
        self.pending.clear()
        self.kept = dict(self.names)
        self.write_back()
        if state:
            self.database.deserialize(image.database)
            self.index = self.index_before = image.index


class Image:
    """A copy of a disk: bytes by name, the database, the index."""

    def __init__(self, files: dict[str, bytes], database: bytes, index: Index | None) -> None:
        self.files = files
        self.database = database
        self.index = index


def _apply(names: dict[str, Inode], changes: Iterable[Change]) -> None:
    for name, inode in changes:
        if inode is None:
            names.pop(name, None)
        else:
            names[name] = inode


def _folder(name: str) -> str:
    return name.rpartition("/")[0]


def _outcome(inode: Inode, chance: random.Random) -> bytes:
    """Return what is left of bytes that were never made durable."""
    cut = chance.randrange(len(inode.data) + 1)
    before = b"" if inode.durable is None else inode.durable
    return chance.choice([before, inode.data, inode.data[:cut], b"", b"\0" * len(inode.data)])


class Kernel:
    """The operating system, as far as swap files need it, over the disks of all replicas."""

    O_WRONLY, O_CREAT, O_TRUNC, O_EXCL, O_NOFOLLOW = os.O_WRONLY, os.O_CREAT, os.O_TRUNC, os.O_EXCL, os.O_NOFOLLOW
    O_CLOEXEC, O_RDONLY, O_NONBLOCK, O_DIRECTORY = os.O_CLOEXEC, os.O_RDONLY, os.O_NONBLOCK, os.O_DIRECTORY

    def __init__(self, point: Point, chance: random.Random) -> None:
        self.point = point
        self.urandom = chance.randbytes
        self.disks: dict[str, Disk] = {}
        self.half_done = False
        self.looks = random.Random("looks")
        self._indexes_kept = 0
        self._open: dict[int, tuple[Disk, str | Inode]] = {}
        self._read: dict[int, int] = {}
        self._next = 100

    def next_index(self) -> str:
        """Return the identity of a new index."""
        self._indexes_kept += 1
        return f"index {self._indexes_kept}"

    def disk(self, root: Path | str) -> Disk:
        return self.disks[str(root)]

    def file(self, descriptor: int) -> tuple[Disk, Inode]:
        disk, opened = self._open[descriptor]
        assert isinstance(opened, Inode)
        return disk, opened

    def _descriptor(self, disk: Disk, opened: str | Inode) -> int:
        self._next += 1
        self._open[self._next] = disk, opened
        return self._next

    def _at(self, folder: int, name: str) -> tuple[Disk, str]:
        disk, opened = self._open[folder]
        assert isinstance(opened, str)
        return disk, f"{opened}/{name}"

    def _of_path(self, path: Path | str) -> tuple[Disk, str]:
        root, _, name = str(path).partition("|")
        return self.disks[root + "|"], name.removeprefix("/")

    def open_folder(self, root: Path, folder: str) -> int:
        return self._descriptor(self.disk(root), folder)

    def open(self, path: Path | str, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        disk, name = self._of_path(path) if dir_fd is None else self._at(dir_fd, str(path))
        if flags & os.O_DIRECTORY:
            return self._descriptor(disk, name)
        if flags & os.O_CREAT:
            self.point(disk, f"write {name}")
            inode = disk.names.get(name)
            if inode is None:
                inode = Inode(b"")
                disk.change((name, inode))
            inode.data = b""
        elif name not in disk.names:
            raise FileNotFoundError(errno.ENOENT, "no such file", name)
        return self._descriptor(disk, disk.names[name])

    def lstat(self, path: Path) -> os.stat_result:
        disk, name = self._of_path(path)
        return os.stat_result((0o100644, 0, 0, 1, 0, 0, len(self._found(disk, name).data), 0, 0, 0))

    def close(self, descriptor: int) -> None:
        del self._open[descriptor]
        self._read.pop(descriptor, None)

    def fstat(self, descriptor: int) -> SimpleNamespace:
        return SimpleNamespace(st_size=len(self.file(descriptor)[1].data))

    def read(self, descriptor: int, most: int) -> bytes:
        start = self._read.get(descriptor, 0)
        piece = self.file(descriptor)[1].data[start : start + most]
        self._read[descriptor] = start + len(piece)
        return piece

    def write(self, descriptor: int, content: memoryview) -> int:
        """Write at first half of it, as a kernel may, so that a program can be stopped between the halves."""
        disk, inode = self.file(descriptor)
        size = len(content) if inode.data else (len(content) + 1) // 2
        inode.data += bytes(content[:size])
        if size < len(content):
            self.point(disk, "half written")
        return size

    def listdir(self, path: Path) -> list[str]:
        disk, name = self._of_path(path)
        return [other[len(name) + 1 :] for other in disk.names if other.startswith(name + "/")]

    def fsync(self, descriptor: int) -> None:
        disk, opened = self._open[descriptor]
        self.point(disk, "fsync")
        if isinstance(opened, Inode):
            opened.durable = opened.data
        else:
            disk.sync_folder(opened)
        self.point(disk, "fsynced")

    def sync_file_system(self, descriptor: int) -> None:
        disk, _ = self._open[descriptor]
        self.point(disk, "syncfs")
        disk.write_back()
        self.point(disk, "syncfs done")

    def rename(self, name: str, to: str, *, src_dir_fd: int, dst_dir_fd: int) -> None:
        disk, source = self._at(src_dir_fd, name)
        target = self._at(dst_dir_fd, to)[1]
        self.point(disk, f"rename {source} {target}")
        inode = self._found(disk, source)
        disk.change((source, None), (target, inode))
        self.half_done = False
        self.point(disk, "renamed")

    def link(self, name: str, to: str, *, src_dir_fd: int, dst_dir_fd: int, follow_symlinks: bool) -> None:
        disk, source = self._at(src_dir_fd, name)
        target = self._at(dst_dir_fd, to)[1]
        self.point(disk, f"link {source} {target}")
        inode = self._found(disk, source)
        if target in disk.names:
            raise FileExistsError(errno.EEXIST, "file exists", target)
        disk.change((target, inode))
        # A new name for a document is half of what an exchange or a move does: hands are not safe until the rest.
        self.half_done = source[0] != "."
        self.point(disk, "linked")

    def unlink(self, name: str, *, dir_fd: int) -> None:
        disk, target = self._at(dir_fd, name)
        self.point(disk, f"unlink {target}")
        self._found(disk, target)
        disk.change((target, None))
        self.half_done = False
        self.point(disk, "unlinked")

    def renameat2(self, folder: int, name: str, target: int, target_name: str, flags: int) -> bool:
        disk, source = self._at(folder, name)
        to = self._at(target, target_name)[1]
        if not disk.exchanges:
            return False
        self.point(disk, f"renameat2 {source} {to} {flags}")
        inode, there = self._found(disk, source), disk.names.get(to)
        if flags == 2:
            disk.change((source, self._found(disk, to)), (to, inode))
        elif there is not None:
            raise FileExistsError(errno.EEXIST, "file exists", to)
        else:
            disk.change((source, None), (to, inode))
        self.point(disk, "renameat2 done")
        return True

    @staticmethod
    def _found(disk: Disk, name: str) -> Inode:
        if name not in disk.names:
            raise FileNotFoundError(errno.ENOENT, "no such file", name)
        return disk.names[name]
