"""The document files of a directory as they were seen at one moment: columns, and states of what was read."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from dominocli.directory.index import CONFLICT, Columns, Place, StatValues
from dominocli.directory.view import derived_unid, fingerprint
from dominocli.documents import FOLDERS

if TYPE_CHECKING:
    from dominocli.directory.text import Fault

Parse = Callable[[Sequence[tuple[str, Place]]], Iterator["dict[str, Any] | None"]]
"""Gets the parsed TOML of files whose values lie at these places, None for one that does not parse."""

ZERO_UNID = "0" * 32
"""What the column of unids has for no unid; a file that really gives this one is known by its state alone."""


class FileState(NamedTuple):
    """One document file as it was seen. `digest` is its text hash; `unid` the one it gives, or "";
    `raw` its parsed TOML, None where only the index holds it (`later` gets it) or `fault` says why not."""

    file: str
    stat: StatValues
    digest: str
    unid: str
    raw: dict[str, Any] | None
    fault: Fault | None
    later: Callable[[], dict[str, Any] | None] | None = None

    def parsed(self) -> dict[str, Any] | None:
        """Return the parsed TOML, None for a file that does not parse."""
        return self.later() if self.raw is None and self.later is not None else self.raw

    @property
    def is_conflict(self) -> bool:
        """Tell whether the file as it was read is a conflict document."""
        return self.raw is not None and isinstance(self.raw.get("conflict"), dict)


class Snapshot(Mapping[str, FileState]):
    """All files of one moment, by path. `columns` has a row for each; `read` the states, by row, of those
    read from disk; `parse` gets the parsed TOML of others, `text` their values as JSON where they are known.
    Nothing is made for a file nobody asks for."""

    def __init__(
        self,
        columns: Columns,
        read: dict[int, FileState],
        parse: Parse,
        text: Callable[[int, int, int], bytes | None] = lambda start, length, checksum: None,
    ) -> None:
        self.columns = columns
        self.read = read
        self._parse = parse
        self._text = text
        self._lowered: dict[str, list[tuple[int, bytes | None]]] = {}
        """The values in a folder without capitals; None where only parsing tells, since an escape may stand for a
        letter that is the same as another one without its case."""

    @cached_property
    def rows(self) -> dict[str, int]:
        """The row of each file."""
        return dict(zip(self.columns.names, range(len(self.columns.names)), strict=True))

    def __getitem__(self, file: str) -> FileState:
        return self.state(self.rows[file])

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns.names)

    def __len__(self) -> int:
        return len(self.columns.names)

    def __contains__(self, file: object) -> bool:
        return file in self.rows

    def state(self, row: int) -> FileState:
        """Return the file of a row."""
        known = self.read.get(row)
        if known is not None:
            return known
        columns = self.columns
        return FileState(
            columns.names[row],
            columns.stat(row),
            columns.digest(row),
            columns.unid(row),
            None,
            None,
            lambda: next(self._parse([(columns.names[row], columns.place(row))])),
        )

    def unid(self, row: int, replica_id: str) -> str:
        """Return the unid of a file: the one it gives, else the one derived from its path; "" for no document."""
        state = self.read.get(row)
        if state is not None and state.fault is not None:
            return ""
        given = self.columns.unid(row) if state is None else state.unid
        return given or derived_unid(replica_id, self.columns.names[row])

    def of_folder(self, folder: str, word: str = "") -> Iterator[tuple[int, str, dict[str, Any]]]:
        """Yield (row, name, parsed TOML) of every file in a folder that parses.

        With a `word` those are left out that cannot hold it, in capitals or not.
        """
        names = self.columns.names
        rows = self._rows_with(folder, word.lower().encode()) if _is_plain(word) else self._rows_of(folder)
        for row, raw in zip(rows, self.parsed(rows), strict=True):
            if raw is not None:
                yield row, names[row][len(folder) + 1 : -len(".toml")], raw

    def _rows_of(self, folder: str) -> list[int]:
        """Return the rows of a folder's files, which stand in one piece."""
        number, names = FOLDERS.index(folder), self.columns.names
        first, last = (bisect_left(names, (number + after, ""), key=_order) for after in (0, 1))
        return list(range(first, last))

    def _rows_with(self, folder: str, word: bytes) -> list[int]:
        lowered = self._lowered.get(folder)
        if lowered is None:
            rows = self._rows_of(folder)
            places = iter(self.columns.places[3 * rows[0] : 3 * rows[-1] + 3] if rows else ())
            texts = map(self._text, places, places, places)
            lowered = self._lowered[folder] = [
                (row, None if text is None or row in self.read or b"\\u" in text else text.lower())
                for row, text in zip(rows, texts, strict=True)
            ]
        return [row for row, text in lowered if text is None or word in text]

    def parsed(self, rows: list[int]) -> Iterator[dict[str, Any] | None]:
        """Yield the parsed TOML of these rows, None for a file that does not parse."""
        columns = self.columns
        others = self._parse([(columns.names[row], columns.place(row)) for row in rows if row not in self.read])
        return (self.read[row].raw if row in self.read else next(others) for row in rows)

    def conflicts(self) -> list[int]:
        """Return the rows of the conflict documents."""
        flags = self.columns.flags
        found = []
        at = flags.find(CONFLICT)
        while at >= 0:
            found.append(at)
            at = flags.find(CONFLICT, at + 1)
        return found

    def texts(self, replica_id: str) -> Iterator[tuple[str, str, str]]:
        """Yield (file, unid, text hash) of every file."""
        columns = self.columns
        return zip(columns.names, self._all_unids(replica_id), _pieces(columns.digests.hex(), 64), strict=True)

    def _all_unids(self, replica_id: str) -> list[str]:
        unids = _pieces(self.columns.unids.hex(), 32)
        if ZERO_UNID in unids:
            return [self.unid(row, replica_id) if unid == ZERO_UNID else unid for row, unid in enumerate(unids)]
        return unids

    def fingerprint(self, replica_id: str) -> str:
        """Return sha256 over the sorted (unid, file, text hash) of all files: 64 hex digits (design.md 4)."""
        columns = self.columns
        # A file that is no document is told by its state alone.
        states = sorted(state.file for state in self.read.values() if state.fault is not None)
        key = replica_id, states, columns.digests, columns.unids, columns.names
        if _latest and _latest[0][0] == key:
            return _latest[0][1]
        found = fingerprint(self.texts(replica_id))
        _latest[:] = [((replica_id, states, columns.digests[:], columns.unids[:], columns.names), found)]
        return found

    def digests(self) -> dict[str, str]:
        """Return the text hash of each file."""
        return dict(zip(self.columns.names, _pieces(self.columns.digests.hex(), 64), strict=True))

    def with_states(self, states: Mapping[str, FileState | None]) -> Snapshot:
        """Return the files with others in place of some; None takes one away."""
        names, read = self.columns.names, self.read
        if any((state is None) == (file in self.rows) for file, state in states.items()):
            kept = {file for file in names if file not in states}
            kept.update(file for file, state in states.items() if state is not None)
            names = sorted(kept, key=_order)
            rows = dict(zip(names, range(len(names)), strict=True))
            read = {rows[state.file]: state for state in read.values() if state.file in kept}
        changed = Snapshot(self.columns.aligned(names), dict(read), self._parse, self._text)
        if names is self.columns.names:
            changed.rows = self.rows
        for file, state in states.items():
            if state is not None:
                changed.put(changed.rows[file], state)
        return changed

    def put(self, row: int, state: FileState) -> None:
        """Set what a file holds, read from disk just now."""
        self._lowered.clear()
        columns = self.columns
        columns.stats[4 * row : 4 * row + 4] = array("q", state.stat)
        columns.digests[32 * row : 32 * row + 32] = bytes.fromhex(state.digest)
        columns.unids[16 * row : 16 * row + 16] = bytes.fromhex(state.unid or ZERO_UNID)
        columns.flags[row] = CONFLICT if state.is_conflict else 0
        self.read[row] = state


_latest: list[tuple[tuple[str, list[str], bytearray, bytearray, list[str]], str]] = []
"""The latest fingerprint, and what it is of: replicas that are the same after a replication are asked in turn."""


def _is_plain(word: str) -> bool:
    """Tell whether a word stands in JSON as it is."""
    return word.isascii() and word.isprintable() and bool(word) and not set('"\\').intersection(word)


def _pieces(text: str, length: int) -> list[str]:
    return [text[at : at + length] for at in range(0, len(text), length)]


def _order(file: str) -> tuple[int, str]:
    folder, _, name = file.partition("/")
    return FOLDERS.index(folder), name
