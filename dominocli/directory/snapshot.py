"""The document files of a directory as they were seen at one moment: columns, and states of what was read."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from dominocli.directory.index import CONFLICT, Columns, Place, StatValues, server_key
from dominocli.directory.view import derived_unid, fingerprint
from dominocli.documents import FOLDERS

if TYPE_CHECKING:
    from dominocli.directory.text import Fault

Parse = Callable[[Sequence[tuple[str, Place]]], Iterator["dict[str, Any] | None"]]
"""Gets the parsed TOML of files whose values lie at these places, None for one that does not parse."""

ZERO_UNID = "0" * 32
"""What the column of unids has for no unid; a file that really gives this one is known by its state alone."""


MOST_SEARCHES = 1000
"""So many files are searched for; of more, or among fewer, it is faster to know all rows."""


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
    read from disk; `parse` gets the parsed TOML of others. Nothing is made for a file nobody asks for."""

    def __init__(self, columns: Columns, read: dict[int, FileState], parse: Parse) -> None:
        self.columns = columns
        self.read = read
        self._parse = parse
        self._searches = 0

    @cached_property
    def rows(self) -> dict[str, int]:
        """The row of each file."""
        return dict(zip(self.columns.names, range(len(self.columns.names)), strict=True))

    def row(self, file: str) -> int:
        """Return the row of a file, -1 for one that is not there."""
        names = self.columns.names
        self._searches += 1
        if self._searches > MOST_SEARCHES or len(names) <= MOST_SEARCHES:
            return self.rows.get(file, -1)
        folder, _, name = file.partition("/")
        if folder not in FOLDERS:
            return -1
        at = bisect_left(names, (FOLDERS.index(folder), name), key=_order)
        return at if at < len(names) and names[at] == file else -1

    def __getitem__(self, file: str) -> FileState:
        row = self.row(file)
        if row < 0:
            raise KeyError(file)
        return self.state(row)

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns.names)

    def __len__(self) -> int:
        return len(self.columns.names)

    def __contains__(self, file: object) -> bool:
        return isinstance(file, str) and self.row(file) >= 0

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

    def of_folder(self, folder: str) -> Iterator[tuple[int, str, dict[str, Any]]]:
        """Yield (row, name, parsed TOML) of every file in a folder that parses."""
        number, names = FOLDERS.index(folder), self.columns.names
        first, last = (bisect_left(names, (number + after, ""), key=_order) for after in (0, 1))
        return self._of(list(range(first, last)))

    def servers_with(self, key: bytes) -> Iterator[tuple[int, str, dict[str, Any]]]:
        """Yield (row, name, parsed TOML) of the Server documents with this `server_key`."""
        keys = self.columns.servers
        rows = []
        at = keys.find(key)
        while at >= 0:
            if at % 4 == 0:
                rows.append(at // 4)
            at = keys.find(key, at + 1)
        return self._of(rows)

    def _of(self, rows: list[int]) -> Iterator[tuple[int, str, dict[str, Any]]]:
        names = self.columns.names
        for row, raw in zip(rows, self.parsed(rows), strict=True):
            if raw is not None:
                yield row, names[row].partition("/")[2].removesuffix(".toml"), raw

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
        return zip(columns.names, self._all_unids(replica_id), _hex(columns.digests, 32), strict=True)

    def _all_unids(self, replica_id: str) -> list[str]:
        unids = _hex(self.columns.unids, 16)
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
        return dict(zip(self.columns.names, _hex(self.columns.digests, 32), strict=True))

    def with_states(self, states: Mapping[str, FileState | None]) -> Snapshot:
        """Return the files with others in place of some; None takes one away."""
        names, read = self.columns.names, self.read
        if any((state is None) == (file in self) for file, state in states.items()):
            kept = {file for file in names if file not in states}
            kept.update(file for file, state in states.items() if state is not None)
            names = sorted(kept, key=_order)
            rows = dict(zip(names, range(len(names)), strict=True))
            read = {rows[state.file]: state for state in read.values() if state.file in kept}
        changed = Snapshot(self.columns.aligned(names), dict(read), self._parse)
        for file, state in states.items():
            if state is not None:
                changed.put(changed.row(file), state)
        return changed

    def put(self, row: int, state: FileState) -> None:
        """Set what a file holds, read from disk just now."""
        columns = self.columns
        columns.stats[4 * row : 4 * row + 4] = array("q", state.stat)
        columns.digests[32 * row : 32 * row + 32] = bytes.fromhex(state.digest)
        columns.unids[16 * row : 16 * row + 16] = bytes.fromhex(state.unid or ZERO_UNID)
        columns.servers[4 * row : 4 * row + 4] = server_key(_server_name(state))
        columns.flags[row] = CONFLICT if state.is_conflict else 0
        self.read[row] = state


_latest: list[tuple[tuple[str, list[str], bytearray, bytearray, list[str]], str]] = []
"""The latest fingerprint, and what it is of: replicas that are the same after a replication are asked in turn."""


def _server_name(state: FileState) -> object:
    """Return the name that a Server document gives, None for others."""
    from dominocli.documents.server import Server

    if state.raw is None or not state.file.startswith(f"{Server.folder}/"):
        return None
    field = Server.fields["server_name"]
    tab = state.raw.get(field.tab.key)
    return tab.get(field.key) if isinstance(tab, dict) else None


def _hex(column: bytearray, width: int) -> list[str]:
    """Return a column, so many bytes a row, as hexadecimal digits."""
    return column.hex("\n", width).split("\n") if column else []


def _order(file: str) -> tuple[int, str]:
    folder, _, name = file.partition("/")
    return FOLDERS.index(folder), name
