"""The index: a cache of what each document file held when it was last read (design.md 3).

One file, replaced atomically: a header, the names, then columns of fixed width (stat values, text
hashes, unids, offsets) and the parsed values as JSON, read one by one when they are wanted. A file
whose stat values are those of the index, and older than the index, is not read again. Losing the
index, or finding it damaged, costs a re-reading and nothing else.
"""

from __future__ import annotations

import os
import time
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from dominocli.directory.settings import STATE_FOLDER

MAGIC = b"dominocli index 2\n"
HEADER_WORDS = 5
CLOCK_TICK_NS = 20_000_000
"""The kernel stamps files with a clock that may lag by a tick; twice that is taken as safe."""

NO_UNID = "0" * 32
"""Stands for no unid; a file that really gives this one is not kept in the index."""

StatValues = tuple[int, int, int, int]
"""inode, size in bytes, mtime and ctime in nanoseconds."""


class Known(NamedTuple):
    """What a file held: `digest` and `unid` are hex; `values` its parsed TOML as JSON, b"" if it has none
    that JSON can hold (it is then parsed again)."""

    stat: StatValues
    digest: str
    unid: str
    values: bytes


class Index:
    """A loaded index; `known(file)` answers for one file."""

    def __init__(self, data: bytes) -> None:
        view = memoryview(data)
        if bytes(view[: len(MAGIC)]) != MAGIC:
            raise ValueError("not an index")
        at = len(MAGIC)
        head = array("q", bytes(view[at : at + 8 * HEADER_WORDS]))
        count, names_bytes, self.stamp_ns, total, checksum = head
        at += 8 * HEADER_WORDS
        if total != len(data) or checksum != _checksum(head[:-1], view[at:]):
            raise ValueError("a damaged index")
        self.names = bytes(view[at : at + names_bytes]).decode("utf-8", "surrogateescape").split("\n")
        at += names_bytes
        self._stats = array("q", bytes(view[at : at + 32 * count]))
        at += 32 * count
        self._digests = view[at : at + 32 * count]
        at += 32 * count
        self._unids = view[at : at + 16 * count]
        at += 16 * count
        self._offsets = array("q", bytes(view[at : at + 8 * (count + 1)]))
        at += 8 * (count + 1)
        self._values = view[at:]
        if not count:
            self.names = []
        self._position = dict(zip(self.names, range(count), strict=True))

    def known(self, file: str, stat: StatValues) -> Known | None:
        """Return what the file held if its stat values are the same and safely old, else None."""
        position = self._position.get(file)
        if position is None or tuple(self._stats[4 * position : 4 * position + 4]) != stat:
            return None
        if max(stat[2], stat[3]) >= self.stamp_ns:
            return None
        digest = bytes(self._digests[32 * position : 32 * position + 32]).hex()
        unid = bytes(self._unids[16 * position : 16 * position + 16]).hex()
        start, end = self._offsets[position : position + 2]
        return Known(stat, digest, "" if unid == NO_UNID else unid, bytes(self._values[start:end]))


def load(root: Path) -> Index | None:
    """Return the index of a replica, None where there is none or it is damaged (it is only a cache)."""
    try:
        return Index((root / STATE_FOLDER / "index").read_bytes())
    except (OSError, ValueError):
        return None


def save(root: Path, entries: Sequence[tuple[str, Known]], seconds_since_look: float) -> None:
    """Replace the index by `entries`; do nothing where there is no replica or it cannot be written.

    `seconds_since_look` is how long ago the stat values were taken: files changed since then, or in the
    same clock tick, stay untrusted (git's rule).
    """
    folder = root / STATE_FOLDER
    temporary = folder / f"index.{os.getpid()}"
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
    except OSError:
        return
    try:
        with os.fdopen(descriptor, "wb") as file:
            now = os.fstat(file.fileno()).st_mtime_ns
            stamp = now - int(seconds_since_look * 1e9) - CLOCK_TICK_NS
            file.write(_packed(entries, stamp))
        os.replace(temporary, folder / "index")
    except OSError:
        temporary.unlink(missing_ok=True)


def _packed(entries: Sequence[tuple[str, Known]], stamp: int) -> bytes:
    names = "\n".join(file for file, _ in entries).encode("utf-8", "surrogateescape")
    stats = array("q", (value for _, known in entries for value in known.stat))
    offsets = array("q", [0])
    for _, known in entries:
        offsets.append(offsets[-1] + len(known.values))
    columns = [
        names,
        stats.tobytes(),
        bytes.fromhex("".join(known.digest for _, known in entries)),
        bytes.fromhex("".join(known.unid or NO_UNID for _, known in entries)),
        offsets.tobytes(),
        b"".join(known.values for _, known in entries),
    ]
    body = b"".join(columns)
    head = array("q", [len(entries), len(names), stamp, len(MAGIC) + 8 * HEADER_WORDS + len(body)])
    head.append(_checksum(head, memoryview(body)))
    return b"".join([MAGIC, head.tobytes(), body])


def _checksum(head: array[int], body: memoryview) -> int:
    """Return the CRC of an index: a changed byte must cost a re-reading, never change an answer."""
    from zlib import crc32

    return crc32(body, crc32(head.tobytes()))


def elapsed_since(start: float) -> float:
    """Return the seconds since a reading of `time.monotonic()`."""
    return time.monotonic() - start
