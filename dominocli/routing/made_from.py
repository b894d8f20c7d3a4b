"""The documents a table was made from, each by a mark of its text: what tells which of them differ since.

The marks are four bytes of the text hash: a change is overlooked once in four thousand million, and what is
overlooked is only not named as a cause.
"""

from __future__ import annotations

import struct
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_COUNT = struct.Struct("<I")
_MARK = 8
_LONGEST = 1 << 26
"""Bytes of names that are taken from a section: a table may have come from another machine."""


def pack_documents(texts: Iterable[tuple[str, str, str]]) -> bytes:
    """Return (file, unid, text hash) of all document files as a section of a table."""
    entries = sorted((file, digest[:_MARK].ljust(_MARK, "0")) for file, _, digest in texts)
    names = "\0".join(file for file, _ in entries).encode("utf-8", "surrogateescape")
    marks = bytes.fromhex("".join(mark for _, mark in entries))
    return _COUNT.pack(len(entries)) + marks + zlib.compress(names)


@lru_cache(maxsize=4)
def _unpacked(section: bytes) -> Mapping[str, str]:
    (count,) = _COUNT.unpack_from(section)
    names = _COUNT.size + count * (_MARK // 2)
    marks = section[_COUNT.size : names].hex()
    stream = zlib.decompressobj()
    whole = stream.decompress(section[names:], _LONGEST)
    files = whole.decode("utf-8", "surrogateescape").split("\0") if count else []
    if len(files) != count or not stream.eof:
        raise ValueError("names and marks do not agree")
    return {file: marks[at * _MARK : (at + 1) * _MARK] for at, file in enumerate(files)}


def altered(before: bytes, after: bytes) -> dict[str, str] | None:
    """Return the files that differ between two such sections, with the mark each had, "" for a new one.

    Those that are gone come first, which no new table can name. None where either is not known.
    """
    if not before or not after:
        return None
    try:
        was, now = _unpacked(before), _unpacked(after)
    except (ValueError, struct.error, zlib.error):
        return None
    gone = {file: mark for file, mark in was.items() if file not in now}
    return gone | {file: was.get(file, "") for file, mark in now.items() if was.get(file) != mark}
