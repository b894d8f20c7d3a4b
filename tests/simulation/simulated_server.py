"""A simulated server: its disk, its journal, its clock, and the product's own files over them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import simulated_hands as hands_module
from simulated_disk import Disk, Image, Inode, Kernel
from simulated_hands import parses, tokens

from dominocli.directory.index import UNTRUSTED, Columns, StatValues
from dominocli.directory.reader import Directory, state_of
from dominocli.directory.settings import ReplicaSettings, Settings
from dominocli.directory.snapshot import FileState, Snapshot
from dominocli.directory.swap import DiskFiles
from dominocli.directory.text import Fault, text_hash
from dominocli.directory.writer import KeyPath, edit_text
from dominocli.replication.journal import Journal
from dominocli.replication.revision import DELETED


class Broken(AssertionError):
    """An invariant does not hold."""


@lru_cache(maxsize=8192)
def _state(file: str, content: bytes) -> FileState:
    return state_of(file, UNTRUSTED, content)


SOMEBODY_LOOKS = 0.2
"""How often somebody has looked just before, with a command that changes nothing but the index."""


class WithoutIndex:
    """A directory that no index knows, for which no agreement is remembered."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def __getattr__(self, name: str) -> Any:
        return getattr(self._directory, name)


class SimulatedFiles(DiskFiles):
    """The product's own files on disk, over a simulated one; only looking and reading go a shorter way."""

    kernel: Kernel
    settings: Settings

    def look(self) -> Any:
        """Look as the product does: what is not as in the index is read, where there is one."""
        disk = self.kernel.disk(self.root)
        self.kernel.point(disk, "look")
        if disk.index is not None and self.kernel.looks.random() < SOMEBODY_LOOKS:
            write_index(disk, self._looked(disk), self.kernel.next_index(), is_origin=False)
        return self._looked(disk)

    def _looked(self, disk: Disk) -> Any:
        names = disk.documents()
        states = {name: _state(name, disk.names[name].data) for name in names}
        index = disk.index or Index("", "", frozenset(), Columns.blank([]), {})
        known = set(index.columns.names)
        files = Snapshot(index.columns.aligned(names), {}, lambda wanted: iter([states[f].raw for f, _ in wanted]))
        changed = set()
        for row, (name, state) in enumerate(states.items()):
            as_known = (files.columns.digest(row), files.columns.unid(row)) == (state.digest, state.unid)
            if not as_known:
                changed.add(name)
            if not as_known or state.fault is not None or index.inodes.get(name) is not disk.names[name]:
                files.put(row, state)
        directory = Directory(
            self.root,
            self.settings,
            files,
            len(files.read),
            base=index.identity,
            origin=index.origin,
            differing=index.differing,
            changed=frozenset(changed),
            gone=frozenset(known.difference(names)),
        )
        return directory if disk.keeps_index else WithoutIndex(directory)

    def read(self, file: str) -> bytes | Fault | None:
        inode = self.kernel.disk(self.root).names.get(file)
        return None if inode is None else inode.data


class Index(NamedTuple):
    """An index of a disk: what each file held, and which files they were, which says what stat values say."""

    identity: str
    origin: str
    differing: frozenset[str]
    columns: Columns
    inodes: dict[str, Inode]


def keep_index(kernel: Kernel, directory: Directory, late: Collection[str] = (), *, is_origin: bool = False) -> str:
    """Keep the index of what was seen, as `dominocli.directory.reader.keep` does, and return its identity."""
    disk = kernel.disk(directory.root)
    kernel.point(disk, "keep index")
    identity = kernel.next_index()
    write_index(disk, directory, identity, is_origin=is_origin)
    return identity


def write_index(disk: Disk, directory: Directory, identity: str, *, is_origin: bool) -> None:
    columns = directory.files.columns
    inodes = {}
    for row, name in enumerate(columns.names):
        inode = disk.names.get(name)
        if inode is not None and text_hash(inode.data) == columns.digest(row):
            inodes[name] = inode
    origin, differing = identity, frozenset[str]()
    if directory.origin and not is_origin:
        origin, differing = directory.origin, directory.differing | directory.changed | directory.gone
    disk.keep_index(Index(identity, origin, differing, columns.aligned(columns.names), inodes))


def read_state(kernel: Kernel, root: Path, file: str, values: StatValues) -> FileState | None:
    """Read a file again, as `dominocli.directory.reader` does."""
    disk = kernel.disk(root)
    kernel.point(disk, f"read {file}")
    inode = disk.names.get(file)
    return None if inode is None else _state(file, inode.data)


_edited: dict[tuple[str, str], str] = {}


def remembered_edit(text: str, changes: Mapping[KeyPath, Any]) -> str:
    """Edit a text as the product does, each edit once: every replica makes the same conflict documents."""
    key = text, repr(sorted(changes.items(), key=lambda change: change[0]))
    if key not in _edited:
        if len(_edited) > 8192:
            _edited.clear()
        _edited[key] = edit_text(text, changes)
    return _edited[key]


class OpenJournal(Journal):
    """A journal whose database lives as long as its disk."""

    def _state(self) -> int:
        # Every journal of a disk writes through one connection.
        return self._database.total_changes

    def close(self) -> None:
        if self._database.in_transaction:
            self._database.execute("ROLLBACK")


def new_database() -> sqlite3.Connection:
    """Return an empty journal in memory."""
    database = sqlite3.connect(":memory:", isolation_level=None)
    database.execute("PRAGMA synchronous = OFF")
    database.deserialize(empty_journal())
    return database


@lru_cache(maxsize=1)
def empty_journal() -> bytes:
    journal = Journal.in_memory()
    return journal._database.serialize()


class Server:
    """One server: its disk, its clock, who it says it is."""

    def __init__(self, number: int, new_id: Callable[[], str], now: Callable[[], float]) -> None:
        self.number = number
        self.name = f"S{number}/Acme"
        self.root = Path(f"/s{number}|")
        self.disk = Disk(new_database())
        self.identity = ReplicaSettings(new_id(), self.name, {}, {}, None)
        self.skew = 0.0
        self.backups: list[tuple[Image, ReplicaSettings]] = []
        self._now = now

    def clock(self) -> float:
        return self._now() + self.skew

    def journal(self) -> Journal:
        return OpenJournal(self.disk.database)

    def recorded(self) -> set[str]:
        """Return every token in a text this server's journal holds."""
        rows = self.disk.database.execute("SELECT text FROM texts").fetchall()
        return set().union(*(tokens(text.encode()) for (text,) in rows))

    def held(self) -> set[str]:
        """Return every token in the journal or in a whole file on this server's disk."""
        whole = [inode.data for name, inode in self.disk.names.items() if not name.endswith(".part")]
        return self.recorded().union(*(tokens(data) for data in whole if parses(data)))


def knows_deletion(journal: Journal, unid: str, held: frozenset[str]) -> bool:
    """Tell whether the deletion of a document that held these tokens is recorded."""
    tree = journal.tree(unid)
    parents = [tree.get(revision.parent) for revision in tree.values() if revision.kind == DELETED]
    texts = [journal.text(parent.digest) for parent in parents if parent is not None]
    return any(text is not None and tokens(text.encode()) == held for text in texts)


def is_known(journal: Journal, name: str, content: bytes) -> bool:
    """Tell whether the journal knows which document lies at a name, whatever a torn file there still says."""
    found = hands_module._UNID.search(content)
    if found:
        seen = journal.seen(found[1].decode())
        return seen is not None and seen.file == name
    seen = journal.seen(journal.seen_at(name))
    return seen is not None and bool(tokens((journal.text(seen.digest) or "").encode()) & tokens(content))
