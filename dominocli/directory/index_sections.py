"""The sections of an index as bytes, and what completion needs of them: no module here imports more than zlib.

An index is `MAGIC`, `HEAD_WORDS` words of 8 bytes (files, bytes of names, bytes of "about", bytes in all,
checksum), then its sections one after the other; index.py says what stands in them. Changes to an index are
written alike: in place of names they have the numbers of the rows they replace.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAGIC = b"dominocli index 6\n"
HEAD_WORDS = 5
WRITTEN = 4
"""Which line of "about" changes have the identity of their index in."""
INDEX_FILE = ".dominocli/index"
CHANGES_FILE = ".dominocli/index.changes"
VALUES_FILE = ".dominocli/index.values"
VALUES_MAGIC = b"dominocli values 1 "


def sections(data: bytes | memoryview) -> list[memoryview]:
    """Return about, names, stat values, places, digests, unids, server keys, flags and the folders' stat values.

    Raises ValueError for a damaged index.
    """
    view = memoryview(data)
    if bytes(view[: len(MAGIC)]) != MAGIC:
        raise ValueError("not an index")
    at = len(MAGIC) + 8 * HEAD_WORDS
    head = view[len(MAGIC) : at]
    if len(head) < 8 * HEAD_WORDS:
        raise ValueError("a damaged index")
    count, names, about, total, checksum = head.cast("q")
    if total != len(data) or checksum != checksum_of(bytes(head[:-8]), view[at:]):
        raise ValueError("a damaged index")
    found = []
    for size in (about, names, 32 * count, 24 * count, 32 * count, 16 * count, 4 * count, count):
        found.append(view[at : at + size])
        at += size
    if bytes(found[1]).count(b"\n") != max(count - 1, 0):
        raise ValueError("names that hold line ends")
    return [*found, view[at:]]


def read_changes(root: str, index: bytes) -> tuple[list[bytes], list[int], list[memoryview]] | None:
    """Return what replaces rows of an index whose identity is `index`: about, the rows' numbers, and the sections
    from the stat values on; None where there are no changes to it, or damaged ones."""
    try:
        about, rows, *parts = sections(mapped(f"{root}/{CHANGES_FILE}"))
        fields = bytes(about).split(b"\n")
        return (fields, [int(row) for row in bytes(rows).split()], parts) if fields[WRITTEN] == index else None
    except (OSError, ValueError, IndexError):
        return None


def read_head(index: int) -> tuple[int, str, int, int]:
    """Return how many files an open index names, its identity, and where its names begin and how long they are.

    Nothing is checked but that it is an index: raises ValueError for what is none, `OSError`.
    """
    at = len(MAGIC) + 8 * HEAD_WORDS
    data = os.pread(index, at + 32, 0)
    if data[: len(MAGIC)] != MAGIC or len(data) < at + 32:
        raise ValueError("not an index")
    count, names, about, total, _ = memoryview(data[len(MAGIC) : at]).cast("q")
    if total != os.fstat(index).st_size or not 0 <= 32 * count <= total:
        raise ValueError("a damaged index")
    return count, data[at:].decode("ascii", "replace"), at + about, names


def checksum_of(head: bytes, body: memoryview) -> int:
    """Return the CRC of an index: a changed byte must cost a re-reading, never change an answer."""
    from zlib import crc32

    return crc32(body, crc32(head))


def values_head(generation: str) -> bytes:
    """Return how the values of a generation begin."""
    return VALUES_MAGIC + generation.encode("ascii", "replace") + b"\n"


def unchanged_values(root: str, folder: str, files: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Yield the values, as JSON, of those files of a folder (`NAME.toml`) that are as the index says.

    Files it does not know, changed ones and damaged values are left out; without an index that is all of them.
    """
    from zlib import crc32

    try:
        about, names, *parts = sections(mapped(f"{root}/{INDEX_FILE}"))
        identity, generation, *_ = bytes(about).split(b"\n")
        values = mapped(f"{root}/{VALUES_FILE}")
    except (OSError, ValueError):
        return
    head = VALUES_MAGIC + generation + b"\n"
    if not generation or values[: len(head)] != head:
        return
    known, first = _files(bytes(names), folder)
    last = first + len(known)
    columns = _words(parts, first, last)
    if (changes := read_changes(root, identity)) is not None:
        for row, *words in zip(changes[1], *_words(changes[2], 0, len(changes[1])), strict=True):
            if first <= row < last:
                for column, word in zip(columns, words, strict=True):
                    column[row - first] = word
    listed = frozenset(files)
    lstat = os.lstat
    # The order of the index: values lie side by side, and so, mostly, do the files.
    for file, inode, size, mtime, ctime, start, length, checksum in zip(known, *columns, strict=True):
        if file not in listed:
            continue
        try:
            seen = lstat(f"{root}/{folder}/{file}")
        except OSError:
            continue
        if seen.st_mtime_ns == mtime and (seen.st_ino, seen.st_size, seen.st_ctime_ns) == (inode, size, ctime):
            text = bytes(values[start : start + length])
            if length and crc32(text) == checksum:
                yield file, text


def _words(parts: list[memoryview], first: int, last: int) -> list[list[int]]:
    """Return inode, size, mtime, ctime and place, length, checksum of these rows, a list each."""
    stats = parts[0].cast("q")[4 * first : 4 * last].tolist()
    places = parts[1].cast("q")[3 * first : 3 * last].tolist()
    return [*(stats[n::4] for n in range(4)), *(places[n::3] for n in range(3))]


def _files(names: bytes, folder: str) -> tuple[list[str], int]:
    """Return the files of a folder in an index, and the row of the first one: they stand in one piece."""
    lines = b"\n" + names + b"\n"
    mark = f"\n{folder}/".encode()
    start = lines.find(mark)
    if start < 0:
        return [], 0
    end = lines.index(b"\n", lines.rindex(mark) + 1)
    found = lines[start:end].decode("utf-8", "surrogateescape").split(f"\n{folder}/")[1:]
    return found, lines.count(b"\n", 0, start)


def mapped(path: str) -> memoryview:
    """Return a file's bytes without reading those that nobody looks at; raise `OSError`, ValueError for none."""
    import mmap

    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        return memoryview(mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ))
    finally:
        os.close(descriptor)
