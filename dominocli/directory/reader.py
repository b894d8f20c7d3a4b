"""Looking at a directory on disk: nothing is locked, nothing of the replica is written."""

from __future__ import annotations

import os
import time
from array import array
from collections.abc import Collection, Iterator, Sequence
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from dominocli.directory import ahead, index
from dominocli.directory.document_file import read_file
from dominocli.directory.index import Columns, StatValues, server_key
from dominocli.directory.listing import Known, listing
from dominocli.directory.settings import STATE_FOLDER, Settings, read_settings
from dominocli.directory.snapshot import ZERO_UNID, FileState, Snapshot
from dominocli.directory.stat_values import CLOCK_TICK_NS
from dominocli.directory.text import Fault, named_unid, parse, text_hash
from dominocli.directory.values import Values
from dominocli.directory.view import derived_unid, fault_finding, line_of_field
from dominocli.documents import FOLDERS, form_of

if TYPE_CHECKING:
    from dominocli.documents.document import Document
    from dominocli.documents.finding import Finding
    from dominocli.documents.server import Server

D = TypeVar("D", bound="Document")

REREADING_WORTH_AN_INDEX = 64
"""So many files read again are worth writing the index anew."""

MOST_DIFFERING = 2000
"""So many files are noted as differing from an earlier index; more are not worth it."""

NAMES_AS_ONE_FILE = 100
"""So many names are read in the time of a file."""

_PARSED_AT_ONCE = 256


class Directory:
    """The directory in `root`, seen once: a `View` of the files as they were at that moment.

    `base` is the identity of the index it was compared with, "" for none; `changed` are the files that hold
    something else than the index says, or are not in it, `gone` those that are no longer there. From the index
    `origin` it differs in those and in `differing` at most. `generation` is
    that of the values which the index has. `names_read` counts the names it did not have or had to read again;
    `since` is when the first file was looked at (monotonic seconds).
    """

    def __init__(
        self,
        root: Path,
        settings: Settings,
        files: Snapshot,
        files_read: int,
        *,
        base: str = "",
        origin: str = "",
        differing: frozenset[str] = frozenset(),
        generation: str = "",
        changed: frozenset[str] = frozenset(),
        gone: frozenset[str] = frozenset(),
        fingerprint: str = "",
        names_read: int = 0,
        since: float = 0.0,
    ) -> None:
        self.root = root
        self.files = files
        self.files_read = files_read
        self.base = base
        self.origin = origin
        self.differing = differing
        self.generation = generation
        self.changed = changed
        self.gone = gone
        self._settings = settings
        self.names_read = names_read
        self.since = since
        self._fingerprint = fingerprint
        self._documents: dict[str, list[Any]] = {}
        self._named: dict[bytes, list[Server]] = {}
        self._conflicts: list[Document] | None = None
        self._last_text: tuple[str, str | None] = ("", None)

    @property
    def settings(self) -> Settings:
        return self._settings

    def unid(self, state: FileState) -> str:
        """Return the unid of a file: the one it gives, else the one derived from its path."""
        if state.fault is not None:
            return ""
        return state.unid or derived_unid(self._settings.replica_id, state.file)

    def documents(self, form: type[D]) -> Sequence[D]:
        if form.folder not in self._documents:
            found = [self._document(row, name, raw) for row, name, raw in self.files.of_folder(form.folder)]
            kept = [document for document in found if document.conflict is None]
            self._documents[form.folder] = sorted(kept, key=attrgetter("name"))
        return self._documents[form.folder]

    def servers_named(self, name: str) -> Sequence[Server]:
        from dominocli.documents.server import Server

        if Server.folder in self._documents:
            return self._documents[Server.folder]
        key = server_key(name)
        if key not in self._named:
            found = [self._document(*row) for row in self.files.servers_with(key)]
            kept = [document for document in found if isinstance(document, Server) and document.conflict is None]
            self._named[key] = sorted(kept, key=attrgetter("name"))
        return self._named[key]

    def conflicts(self) -> Sequence[Document]:
        if self._conflicts is None:
            names, rows = self.files.columns.names, self.files.conflicts()
            found = []
            for row, raw in zip(rows, self.files.parsed(rows), strict=True):
                if raw is not None:
                    found.append(self._document(row, names[row].partition("/")[2].removesuffix(".toml"), raw))
            self._conflicts = found
        return self._conflicts

    def _document(self, row: int, name: str, raw: dict[str, Any]) -> Document:
        document = form_of(self.files.columns.names[row].partition("/")[0]).from_toml(name, raw)
        document.unid = document.unid or self.files.unid(row, self._settings.replica_id)
        return document

    def faults(self) -> Sequence[Finding]:
        faulty = [state for state in self.files.read.values() if state.fault is not None]
        return [fault_finding(s.file, s.fault) for s in sorted(faulty, key=attrgetter("file")) if s.fault]

    def texts(self) -> Iterator[tuple[str, str, str]]:
        return self.files.texts(self._settings.replica_id)

    def text(self, file: str) -> str | None:
        """Return the text of a file as it is now, None where it cannot be read as text."""
        content = read_file(self.root, file)
        if content is None or isinstance(content, Fault):
            return None
        return content.decode("utf-8", "surrogateescape")

    def line_of(self, document: Document, key: str, table: str | None = None) -> int | None:
        # The findings of one document come one after the other.
        if self._last_text[0] != document.file:
            self._last_text = document.file, self.text(document.file)
        text = self._last_text[1]
        return None if text is None else line_of_field(text, document, key, table)

    def again(self, files_read: int) -> Directory:
        """Return the same for another use, which counts its own files read."""
        return Directory(
            self.root,
            self._settings,
            self.files,
            files_read,
            base=self.base,
            origin=self.origin,
            differing=self.differing,
            generation=self.generation,
            changed=self.changed,
            gone=self.gone,
            fingerprint=self._fingerprint,
            names_read=self.names_read,
            since=self.since,
        )

    def fingerprint(self) -> str:
        if not self._fingerprint:
            self._fingerprint = self.files.fingerprint(self._settings.replica_id)
        return self._fingerprint


def look(
    root: Path,
    *,
    update_index: bool = True,
    worth: int = REREADING_WORTH_AN_INDEX,
    folders: Sequence[str] = FOLDERS,
) -> Directory:
    """Return the directory in `root` as it is now; raise `NoDirectory`, `InvalidSettings`.

    Only files that differ from the index are read. The index is written anew where that spares re-reading
    `worth` files, never with `update_index` False (a dry run) or when some `folders` only are looked at.
    """
    settings = read_settings(root)
    directory = _looked(root, settings, folders)
    if update_index and len(folders) == len(FOLDERS) and worth_keeping(directory) >= worth:
        keep(directory)
    return directory


def _looked(root: Path, settings: Settings, folders: Sequence[str]) -> Directory:
    cache, columns = None, Columns.blank([])
    if len(folders) == len(FOLDERS):
        cache, columns = _known(root)
        found = listing(root, folders, Known(columns.names, columns.folders, columns.written))
        ahead.go_on()
    else:
        found = listing(root, folders)
        # Loading the index of a large directory takes longer than reading a few files.
        if len(found.names) >= REREADING_WORTH_AN_INDEX:
            cache, columns = _known(root)
    names = found.names
    gone: frozenset[str] = frozenset()
    if names != columns.names:
        gone = frozenset(columns.names).difference(names)
        columns = columns.aligned(names)
    rows = columns.rows_with_other_stats(found.stats)
    columns.stats, columns.folders = found.stats, found.folders
    values = Values(root, "" if cache is None else cache.generation)
    files = Snapshot(columns, {}, partial(_parsed, root, values))
    changed = []
    vanished: dict[str, FileState | None] = {}
    for row in rows:
        state = _read_state(root, names[row], columns.stat(row))
        if state is None:
            vanished[names[row]] = None
            continue
        if (columns.digest(row), columns.unid(row)) != (state.digest, state.unid):
            changed.append(state.file)
        files.put(row, state)
    if vanished:
        files = files.with_states(vanished)
        gone |= vanished.keys()
    is_known = cache is not None and cache.replica_id == settings.replica_id and not (changed or gone)
    return Directory(
        root,
        settings,
        files,
        len(rows) - len(vanished),
        base=cache.identity if cache is not None else "",
        origin=cache.origin if cache is not None else "",
        differing=cache.differing if cache is not None else frozenset(),
        generation=cache.generation if cache is not None else "",
        changed=frozenset(changed),
        gone=gone,
        fingerprint=cache.fingerprint if cache is not None and is_known else "",
        names_read=found.names_read,
        since=found.since,
    )


def _known(root: Path) -> tuple[index.Index | None, Columns]:
    cache = index.load(root)
    return cache, Columns.blank([]) if cache is None else cache.columns()


def worth_keeping(directory: Directory) -> int:
    """Return how many files an index written now would spare the next one to look."""
    spared = sum(_is_kept(state) for state in directory.files.read.values()) + len(directory.gone)
    return spared + directory.names_read // NAMES_AS_ONE_FILE


def _is_kept(state: FileState) -> bool:
    return state.fault is None and state.unid != ZERO_UNID


def reread(directory: Directory, files: Collection[str]) -> Directory:
    """Return the directory with these files as they are now.

    This waits until they are older than the clock's tick: else nobody could tell a later change of theirs.
    """
    _wait_for_the_clock(directory.root, files)
    states: dict[str, FileState | None] = {}
    for file in sorted(files):
        try:
            seen = os.lstat(directory.root / file)
        except (FileNotFoundError, NotADirectoryError):
            states[file] = None
            continue
        values = (seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns)
        states[file] = _read_state(directory.root, file, values)
    gone = directory.gone | {file for file, state in states.items() if state is None and file in directory.files}
    read = len(states)
    known = directory.files
    states = {file: state for file, state in states.items() if state is not None or file in known}
    return Directory(
        directory.root,
        directory.settings,
        known.with_states(states),
        read,
        base=directory.base,
        origin=directory.origin,
        differing=directory.differing,
        generation=directory.generation,
        changed=directory.changed.union(states) - gone,
        gone=gone - {file for file, state in states.items() if state is not None},
        names_read=directory.names_read,
        since=directory.since,
    )


def _wait_for_the_clock(root: Path, files: Collection[str]) -> None:
    newest = 0
    for file in files:
        try:
            newest = max(newest, os.lstat(root / file).st_ctime_ns)
        except OSError:
            continue
    remaining = newest + 2 * CLOCK_TICK_NS - time.time_ns()
    if 0 < remaining <= 2 * CLOCK_TICK_NS:
        time.sleep(remaining / 1e9)


def keep(directory: Directory, late: Collection[str] = (), *, is_origin: bool = False) -> str:
    """Write the index of what was seen and return its identity, "" where there is no replica or it cannot be.

    The stat values of the files in `late` are new, the others as old as the look. The files that differ from the
    index before are noted, unless it `is_origin` of those to come, or there are too many.
    """
    if not (directory.root / STATE_FOLDER).is_dir():
        return ""
    import json

    files = directory.files
    columns = files.columns.aligned(files.columns.names)
    parsed: dict[int, bytes] = {}
    for row, state in files.read.items():
        columns.places[3 * row : 3 * row + 3] = array("q", index.NOWHERE)
        try:
            if _is_kept(state):
                parsed[row] = json.dumps(state.raw, separators=(",", ":")).encode()
                continue
        except TypeError:  # a date: JSON has none, so the file is read each time
            parsed.pop(row, None)
        columns.stats[4 * row : 4 * row + 4] = array("q", index.UNTRUSTED)
    columns.others |= files.read.keys()
    differing = directory.differing | directory.changed | directory.gone
    is_origin = is_origin or not directory.origin or len(differing) > MOST_DIFFERING
    fingerprint = directory.fingerprint()
    return index.save(
        directory.root,
        columns,
        parsed,
        time.monotonic() - directory.since,
        late=frozenset(files.row(file) for file in late),
        generation=directory.generation,
        fingerprint=fingerprint,
        replica_id=directory.settings.replica_id,
        origin="" if is_origin else directory.origin,
        differing=frozenset() if is_origin else differing,
    )


def _parsed(root: Path, values: Values, wanted: Sequence[tuple[str, index.Place]]) -> Iterator[dict[str, Any] | None]:
    """Yield what files hold, from the values beside the index; a file whose values are lost is read again."""
    import json

    for start in range(0, len(wanted), _PARSED_AT_ONCE):
        some = wanted[start : start + _PARSED_AT_ONCE]
        known = [values.get(*place) for _, place in some]
        loaded = iter(json.loads(b"[%b]" % b",".join(text for text in known if text is not None)))
        for (file, _), text in zip(some, known, strict=True):
            if text is not None:
                yield next(loaded)
            else:
                state = _read_state(root, file, index.UNTRUSTED)
                yield None if state is None else state.raw


def read_document(root: Path, path: str) -> Document | Fault | None:
    """Return the one document at `connections/NAME` without looking at others, None if there is none."""
    folder, _, name = path.partition("/")
    content = read_file(root, path + ".toml")
    if content is None or isinstance(content, Fault):
        return content
    raw = parse(content)
    if isinstance(raw, Fault):
        return raw
    document = form_of(folder).from_toml(name, raw)
    document.unid = document.unid or derived_unid(read_settings(root).replica_id, document.file)
    return document


def _read_state(root: Path, file: str, values: StatValues) -> FileState | None:
    content = read_file(root, file)
    if content is None:
        return None
    return state_of(file, values, content)


def state_of(file: str, values: StatValues, content: bytes | Fault) -> FileState:
    """Return what a file with these stat values and this content holds."""
    if isinstance(content, Fault):
        return FileState(file, values, text_hash(content.message.encode()), "", None, content)
    digest = text_hash(content)
    raw = parse(content)
    if isinstance(raw, Fault):
        return FileState(file, values, digest, "", None, raw._replace(unid=named_unid(content)))
    from dominocli.documents.document import is_unid

    unid = raw.get("unid", "")
    unid = unid if isinstance(unid, str) and is_unid(unid) else ""
    return FileState(file, values, digest, unid, raw, None)
