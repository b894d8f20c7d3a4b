"""The index: a cache of what each document file held when it was last read (design.md 3).

`.dominocli/index` holds columns, one row a file: names, stat values, text hashes, unids. It is replaced
atomically. Where few rows are others, it stays, and `index.changes` beside it is replaced: it holds those rows.
The parsed values lie in `index.values`, which only grows until half of it is waste, and are read only where
they are wanted. A file whose stat values are those of its row is not read again; a row that could be wrong
has none. Losing any of these files, or finding a byte of it changed, costs a re-reading and nothing else.
"""

from __future__ import annotations

import os
from array import array
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from dominocli.directory.index_sections import (
    CHANGES_FILE,
    HEAD_WORDS,
    INDEX_FILE,
    MAGIC,
    checksum_of,
    mapped,
    read_changes,
    sections,
)
from dominocli.directory.settings import STATE_FOLDER
from dominocli.directory.stat_values import CLOCK_TICK_NS
from dominocli.directory.values import Values
from dominocli.documents import FOLDERS
from dominocli.names import common_name, name_key

FOLDER_STEP_NS = 2_000_000_000
"""Some file systems stamp a folder to two seconds only: younger stamps of folders are not trusted."""

STAT_WORDS = 4
UNTRUSTED = (0, 0, 0, 0)
"""Stands for the stat values of a file that has to be read again: no file has them."""

MOST_CHANGED = 1 / 16
"""Where a larger part of the rows differ, the index is written anew."""

CONFLICT = 1
"""The flag of a conflict document."""

StatValues = tuple[int, int, int, int]
"""inode, size in bytes, mtime and ctime in nanoseconds."""


class Place(NamedTuple):
    """Where the parsed values of a file lie in `index.values`; a length of 0 says that they do not."""

    start: int
    length: int
    checksum: int


NOWHERE = Place(0, 0, 0)


class Columns:
    """What is known of files: row n is about `names[n]`.

    `stats` has 4 words a row (`StatValues`), `places` 3 (`Place`), `digests` 32 bytes (text hash), `unids` 16
    (zeros for none), `servers` 4 (`server_key`), `flags` one. `folders` has 4 words for each of `FOLDERS`: the
    stat values that the folder had before its names were read. `written` is the identity of the index on disk
    that has a row for each of `names`, "" for none, and `others` the rows that are others there.
    """

    __slots__ = (
        "digests", "flags", "folders", "names", "others", "places", "servers", "stats", "unids", "written",
    )  # fmt: skip

    def __init__(
        self, names: list[str], folders: array[int], stats: array[int], places: array[int], digests: bytearray,
        unids: bytearray, servers: bytearray, flags: bytearray, written: str = "",
        others: frozenset[int] = frozenset(),
    ) -> None:  # fmt: skip
        self.written = written
        self.others = others
        self.names = names
        self.folders = folders
        self.stats = stats
        self.places = places
        self.digests = digests
        self.unids = unids
        self.servers = servers
        self.flags = flags

    @classmethod
    def blank(cls, names: list[str]) -> Columns:
        """Return columns that know nothing yet of these files."""
        count = len(names)
        folders, stats = (array("q", bytes(32 * rows)) for rows in (len(FOLDERS), count))
        return cls(names, folders, stats, array("q", bytes(24 * count)), bytearray(32 * count),
                   bytearray(16 * count), bytearray(4 * count), bytearray(count))  # fmt: skip

    def aligned(self, names: list[str]) -> Columns:
        """Return a copy with a row for each of `names`, those without one here blank."""
        if names == self.names:
            return Columns(names, self.folders[:], self.stats[:], self.places[:], self.digests[:], self.unids[:],
                           self.servers[:], self.flags[:], self.written, self.others)  # fmt: skip
        found = Columns.blank(names)
        found.folders = self.folders[:]
        row_of = dict(zip(self.names, range(len(self.names)), strict=True))
        start = 0
        while start < len(names):
            row = row_of.get(names[start])
            if row is None:
                start += 1
                continue
            # Files come and go one by one: what lies between is copied in one piece.
            end, last = start + 1, row + 1
            while end < len(names) and last < len(self.names) and names[end] == self.names[last]:
                end, last = end + 1, last + 1
            found.copy(start, end, self, row, last)
            start = end
        return found

    def copy(self, start: int, end: int, other: Columns, first: int, last: int) -> None:
        """Take the rows `first` to `last` of others in place of `start` to `end`, of which there are as many."""
        self.stats[4 * start : 4 * end] = other.stats[4 * first : 4 * last]
        self.places[3 * start : 3 * end] = other.places[3 * first : 3 * last]
        self.digests[32 * start : 32 * end] = other.digests[32 * first : 32 * last]
        self.unids[16 * start : 16 * end] = other.unids[16 * first : 16 * last]
        self.servers[4 * start : 4 * end] = other.servers[4 * first : 4 * last]
        self.flags[start:end] = other.flags[first:last]

    def of_rows(self, rows: list[int]) -> Columns:
        """Return just these rows; their names are their numbers."""
        found = Columns.blank([str(row) for row in rows])
        found.folders = self.folders
        for number, row in enumerate(rows):
            found.copy(number, number + 1, self, row, row + 1)
        return found

    def stat(self, row: int) -> StatValues:
        """Return a row's stat values."""
        inode, size, mtime, ctime = self.stats[4 * row : 4 * row + 4]
        return inode, size, mtime, ctime

    def digest(self, row: int) -> str:
        """Return a row's text hash."""
        return self.digests[32 * row : 32 * row + 32].hex()

    def unid(self, row: int) -> str:
        """Return a row's unid, "" for none."""
        unid = self.unids[16 * row : 16 * row + 16]
        return unid.hex() if any(unid) else ""

    def place(self, row: int) -> Place:
        """Return where a row's parsed values lie."""
        return Place(*self.places[3 * row : 3 * row + 3])

    def rows_with_other_stats(self, stats: array[int]) -> list[int]:
        """Return the rows whose stat values are not those given (4 words a row)."""
        if self.stats == stats:
            return []
        ours, theirs = memoryview(self.stats).cast("B"), memoryview(stats).cast("B")
        found: list[int] = []
        for start in range(0, len(theirs), _PIECE):
            if ours[start : start + _PIECE] != theirs[start : start + _PIECE]:
                rows = range(start // 32, min(start + _PIECE, len(theirs)) // 32)
                found += [row for row in rows if ours[32 * row : 32 * row + 32] != theirs[32 * row : 32 * row + 32]]
        return found


_PIECE = 32 * 256


def server_key(name: object) -> bytes:
    """Return 4 bytes that all spellings of a server's name share, and its common name; zeros for what is no name."""
    if not isinstance(name, str):
        return bytes(4)
    common = name_key(common_name(name)).encode("utf-8", "surrogateescape")
    return (crc32(common) or 1).to_bytes(4, "little")


class Index:
    """A loaded index. `identity` tells it, with the changes to it, from every other one, `written` that of the
    index without them; `generation` is that of its values; `fingerprint` that of the directory for the replica id
    `replica_id`, "" where it is not known. `origin` is the identity of an earlier index, from which it differs in the
    files `differing` at most."""

    def __init__(self, data: bytes | memoryview, root: Path | None = None) -> None:
        parts = sections(data)
        about = bytes(parts[0]).split(b"\n")
        self.written = about[0].decode("ascii")
        changes = read_changes(str(root), about[0]) if root is not None else None
        self._rows: list[int] = []
        self._changes: list[memoryview] = []
        if changes is not None:
            about, self._rows, self._changes = changes
        fields = [field.decode("utf-8", "surrogateescape") for field in about]
        self.identity, self.generation, self.fingerprint, self.replica_id, _, self.origin, *differing = fields
        self.differing = frozenset(differing)
        self._names = bytes(parts[1])
        self._parts = parts[2:]

    def names(self) -> list[str]:
        """Return the files it knows: a list that nobody changes."""
        if not self._names:
            return []
        if _latest_names[0][0] != self._names:
            _latest_names[0] = self._names, self._names.decode("utf-8", "surrogateescape").split("\n")
        return _latest_names[0][1]

    def columns(self) -> Columns:
        """Return what it knows, in columns of the caller's own."""
        found = _columns(self.names(), self._parts)
        if self._changes:
            changes = _columns([], self._changes)
            for number, row in enumerate(self._rows):
                found.copy(row, row + 1, changes, number, number + 1)
            found.folders = changes.folders
        found.written, found.others = self.written, frozenset(self._rows)
        return found


def _columns(names: list[str], parts: list[memoryview]) -> Columns:
    stats, places, digests, unids, servers, flags, folders = parts
    words = _words(folders), _words(stats), _words(places)
    return Columns(names, *words, bytearray(digests), bytearray(unids), bytearray(servers), bytearray(flags))


_latest_names: list[tuple[bytes, list[str]]] = [(b"", [])]
"""The latest names as bytes and as texts: replicas that are the same after a replication are looked at in turn."""


def _words(part: memoryview) -> array[int]:
    words = array("q")
    words.frombytes(part)
    return words


def _joined(names: list[str]) -> bytes:
    return "\n".join(names).encode("utf-8", "surrogateescape")


def load(root: Path) -> Index | None:
    """Return the index of a replica, None where there is none or it is damaged (it is only a cache)."""
    try:
        return Index(mapped(f"{root}/{INDEX_FILE}"), root)
    except (OSError, ValueError):
        return None


def save(
    root: Path,
    columns: Columns,
    parsed: dict[int, bytes],
    seconds_since_look: float,
    *,
    late: frozenset[int] = frozenset(),
    generation: str,
    fingerprint: str,
    replica_id: str,
    origin: str = "",
    differing: frozenset[str] = frozenset(),
) -> str:
    """Replace the index, or the changes to it, by `columns` and return its identity, "" where it cannot be written.

    `parsed` are the values, as JSON, of the rows read anew. `seconds_since_look` is how long ago the stat
    values were taken: files changed since then, or in the same clock tick, stay untrusted (git's rule). Those of
    the rows in `late` were taken just now. `columns` is given the places where the values
    lie, and may lose the stat values that are not trusted. Without an `origin` it is its own.
    """
    if "\n".join(columns.names).count("\n") >= max(len(columns.names), 1):
        return ""  # no name of a document: the finding about it says to rename it
    folder = root / STATE_FOLDER
    temporary = folder / f"index.{os.getpid()}"
    try:
        before = folder.stat().st_mtime_ns
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
        stamps_folders = folder.stat().st_mtime_ns > before
    except OSError:
        return ""
    identity = os.urandom(16).hex()
    try:
        with os.fdopen(descriptor, "wb") as file:
            now = os.fstat(descriptor).st_mtime_ns - CLOCK_TICK_NS
            values = Values(root, generation).add(columns.places, parsed)
            replica_id = "" if "\n" in replica_id else replica_id
            about = [identity, values, fingerprint if replica_id else "", replica_id]
            since = [origin or identity, *sorted(differing)]
            looked = now - int(seconds_since_look * 1e9)
            # Not every file system stamps a folder in which names come and go; this one just had to.
            _distrust(columns.folders, looked - FOLDER_STEP_NS if stamps_folders else 0, 0, frozenset())
            is_few = columns.written and len(columns.others) <= MOST_CHANGED * len(columns.names)
            if is_few and values == generation:
                rows = sorted(columns.others)
                changes = columns.of_rows(rows)
                _distrust(changes.stats, looked, now, frozenset(n for n, row in enumerate(rows) if row in late))
                place = CHANGES_FILE
                file.write(_packed(changes, [*about, columns.written, *since]))
            else:
                _distrust(columns.stats, looked, now, late)
                place = INDEX_FILE
                file.write(_packed(columns, [*about, "", *since]))
        os.replace(temporary, root / place)
    except OSError:
        temporary.unlink(missing_ok=True)
        return ""
    return identity


def _distrust(stats: array[int], stamp: int, late_stamp: int, late: frozenset[int]) -> None:
    """Take away the stat values that are not older than their look: the file may have changed since, unseen."""
    if not stats or max(max(stats[2::4]), max(stats[3::4])) < stamp:
        return
    for row in range(len(stats) // STAT_WORDS):
        limit = late_stamp if row in late else stamp
        if stats[4 * row + 2] >= limit or stats[4 * row + 3] >= limit:
            stats[4 * row : 4 * row + 4] = _UNTRUSTED_WORDS


def _packed(columns: Columns, about: list[str]) -> bytes:
    names = _joined(columns.names)
    described = _joined(about)
    body = b"".join(
        (
            described,
            names,
            columns.stats.tobytes(),
            columns.places.tobytes(),
            columns.digests,
            columns.unids,
            columns.servers,
            columns.flags,
            columns.folders.tobytes(),
        )
    )
    head = array("q", [len(columns.names), len(names), len(described), len(MAGIC) + 8 * HEAD_WORDS + len(body)])
    head.append(checksum_of(head.tobytes(), memoryview(body)))
    return b"".join([MAGIC, head.tobytes(), body])


_UNTRUSTED_WORDS = array("q", UNTRUSTED)
