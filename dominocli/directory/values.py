"""The parsed values of document files as JSON, one after the other in `.dominocli/index.values`.

The file begins with its generation, so that an index never reads another one's values; each values' own
checksum guards the rest. Values are only ever added; half of it waste, the file is made anew.
"""

from __future__ import annotations

import os
from array import array
from pathlib import Path
from zlib import crc32

from dominocli.directory.index_sections import VALUES_FILE, mapped, values_head

_WASTE_ALLOWED = 1 << 20


class Values:
    """The values of one generation, opened when they are first wanted."""

    def __init__(self, root: Path, generation: str) -> None:
        self._path = root / VALUES_FILE
        self._generation = generation
        self._data: bytes | memoryview | None = None

    def get(self, start: int, length: int, checksum: int) -> bytes | None:
        """Return one file's values, None where they are lost or damaged."""
        if not length:
            return None
        if self._data is None:
            self._data = self._opened()
        values = bytes(self._data[start : start + length])
        return values if len(values) == length and crc32(values) == checksum else None

    def _opened(self) -> bytes | memoryview:
        try:
            data = mapped(str(self._path))
        except (OSError, ValueError):
            return b""
        head = values_head(self._generation)
        return data if self._generation and data[: len(head)] == head else b""

    def add(self, places: array[int], parsed: dict[int, bytes]) -> str:
        """Add the values of these rows, note in `places` (3 words a row) where they lie, and return the generation.

        Raises `OSError`.
        """
        new = sum(map(len, parsed.values()))
        kept = sum(places[1::3]) - sum(places[3 * row + 1] for row in parsed)
        size = self._size()
        if size and size + new <= 2 * (kept + new) + _WASTE_ALLOWED:
            if parsed:
                self._append(places, parsed)
            return self._generation
        return self._made_anew(places, parsed)

    def _size(self) -> int:
        """Return the size of the file, 0 if it is not of this generation."""
        head = values_head(self._generation)
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            return 0
        try:
            known = self._generation and os.read(descriptor, len(head)) == head
            return os.fstat(descriptor).st_size if known else 0
        finally:
            os.close(descriptor)

    def _append(self, places: array[int], parsed: dict[int, bytes]) -> None:
        data = b"".join(parsed.values())
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            if os.write(descriptor, data) != len(data):
                raise OSError("the values could not be written as a whole")
            # Another process may add at the same time: where ours went is known only afterwards.
            start = os.lseek(descriptor, 0, os.SEEK_CUR) - len(data)
        finally:
            os.close(descriptor)
        _note(places, parsed, start)

    def _made_anew(self, places: array[int], parsed: dict[int, bytes]) -> str:
        kept: dict[int, bytes] = {}
        for row in range(len(places) // 3):
            values = parsed.get(row)
            kept[row] = values if values is not None else self.get(*places[3 * row : 3 * row + 3]) or b""
        generation = os.urandom(16).hex()
        head = values_head(generation)
        temporary = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            with os.fdopen(os.open(temporary, flags, 0o666), "wb") as file:
                file.write(head)
                file.write(b"".join(kept.values()))
            os.replace(temporary, self._path)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
        _note(places, kept, len(head))
        self._generation = generation
        return generation


def _note(places: array[int], parsed: dict[int, bytes], start: int) -> None:
    for row, values in parsed.items():
        places[3 * row : 3 * row + 3] = array("q", (start, len(values), crc32(values)))
        start += len(values)
