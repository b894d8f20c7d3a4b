"""Looking at a directory on disk: nothing is locked, nothing of the replica is written."""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Iterator, Sequence
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from dominocli import errors
from dominocli.directory import index
from dominocli.directory.index import Known, StatValues
from dominocli.directory.settings import STATE_FOLDER, Settings, read_settings
from dominocli.directory.text import MAXIMUM_BYTES, Fault, parse, text_hash
from dominocli.directory.view import derived_unid, fault_finding, fingerprint, line_of_field
from dominocli.documents import FOLDERS, form_of
from dominocli.names import control_character

if TYPE_CHECKING:
    from dominocli.documents.document import Document
    from dominocli.documents.finding import Finding

D = TypeVar("D", bound="Document")

REREADING_WORTH_AN_INDEX = 64
"""So many files read again are worth writing the index anew."""


class FileState(NamedTuple):
    """One document file as it was seen. `digest` is its text hash; `unid` the one it gives, or "";
    `raw` its parsed TOML, None where only the index holds it (`values`) or `fault` says why not."""

    file: str
    stat: StatValues
    digest: str
    unid: str
    raw: dict[str, Any] | None
    values: bytes
    fault: Fault | None

    def parsed(self) -> dict[str, Any] | None:
        """Return the parsed TOML, None for a file that does not parse."""
        if self.raw is None and self.values:
            import json

            parsed: dict[str, Any] = json.loads(self.values)
            return parsed
        return self.raw


class Directory:
    """The directory in `root`, seen once: a `View` of the files as they were at that moment."""

    def __init__(self, root: Path, settings: Settings, files: dict[str, FileState], files_read: int) -> None:
        self.root = root
        self.files = files
        self.files_read = files_read
        self._settings = settings
        self._documents: dict[str, list[Any]] = {}
        self._conflicts: dict[str, list[Document]] = {}

    @property
    def settings(self) -> Settings:
        return self._settings

    def unid(self, state: FileState) -> str:
        """Return the unid of a file: the one it gives, else the one derived from its path."""
        if state.fault is not None:
            return ""
        return state.unid or derived_unid(self._settings.replica_id, state.file)

    def documents(self, form: type[D]) -> Sequence[D]:
        self._build(form.folder)
        return self._documents[form.folder]

    def conflicts(self) -> Sequence[Document]:
        for folder in FOLDERS:
            self._build(folder)
        return [document for folder in FOLDERS for document in self._conflicts[folder]]

    def _build(self, folder: str) -> None:
        if folder in self._documents:
            return
        form = form_of(folder)
        documents: list[Document] = []
        conflicts: list[Document] = []
        prefix = folder + "/"
        for file, state in self.files.items():
            if not file.startswith(prefix) or state.fault is not None:
                continue
            raw = state.parsed()
            if raw is None:
                continue
            document = form.from_toml(file[len(prefix) : -len(".toml")], raw)
            document.unid = document.unid or self.unid(state)
            (documents if document.conflict is None else conflicts).append(document)
        self._documents[folder] = sorted(documents, key=attrgetter("name"))
        self._conflicts[folder] = sorted(conflicts, key=attrgetter("name"))

    def faults(self) -> Sequence[Finding]:
        faulty = [state for state in self.files.values() if state.fault is not None]
        return [fault_finding(s.file, s.fault) for s in sorted(faulty, key=attrgetter("file")) if s.fault]

    def texts(self) -> Iterator[tuple[str, str, str]]:
        return ((state.file, self.unid(state), state.digest) for state in self.files.values())

    def text(self, file: str) -> str | None:
        """Return the text of a file as it is now, None where it cannot be read as text."""
        content = read_file(self.root, file)
        if content is None or isinstance(content, Fault):
            return None
        return content.decode("utf-8", "surrogateescape")

    def line_of(self, document: Document, key: str, table: str | None = None) -> int | None:
        text = self.text(document.file)
        return None if text is None else line_of_field(text, document, key, table)

    def fingerprint(self) -> str:
        return fingerprint(self.texts())


def look(root: Path, *, update_index: bool = True) -> Directory:
    """Return the directory in `root` as it is now; raise `NoDirectory`, `InvalidSettings`.

    Only files that differ from the index are read. The index is written anew where that spares
    re-reading many files, never with `update_index` False (a dry run).
    """
    began = time.monotonic()
    settings = read_settings(root)
    cache = index.load(root)
    files: dict[str, FileState] = {}
    read = 0
    for file, values, mode in listing(root):
        known = cache.known(file, values) if cache is not None and stat.S_ISREG(mode) else None
        if known is not None:
            files[file] = FileState(file, values, known.digest, known.unid, None, known.values, None)
            if known.values:
                continue
        state = _read_state(root, file, values)
        if state is not None:
            files[file] = state
            read += 1
    directory = Directory(root, settings, files, read)
    stale = read if cache is None else max(read, len(cache.names) - len(files))
    if update_index and stale >= REREADING_WORTH_AN_INDEX and (root / STATE_FOLDER).is_dir():
        index.save(root, _index_entries(files), index.elapsed_since(began))
    return directory


def listing(root: Path) -> list[tuple[str, StatValues, int]]:
    """Return (file, stat values, mode) of every document file, sorted; links are not followed."""
    found: list[tuple[str, StatValues, int]] = []
    for folder in FOLDERS:
        path = root / folder
        try:
            if not stat.S_ISDIR(os.lstat(path).st_mode):
                # Skipped in silence, its documents would look deleted.
                raise errors.UnreadableFile(
                    action="read",
                    path=folder,
                    reason="it is no folder, and links are not followed",
                    file=folder,
                    hint="put the folder itself here",
                )
            names = os.listdir(path)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise errors.UnreadableFile(action="read", path=folder, reason=error.strerror, file=folder) from error
        for name in sorted(names):
            if not name.endswith(".toml") or name.startswith("."):
                continue
            try:
                seen = os.lstat(f"{path}/{name}")
            except FileNotFoundError:
                continue
            values = (seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns)
            found.append((f"{folder}/{name}", values, seen.st_mode))
    return found


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


def read_file(root: Path, file: str) -> bytes | Fault | None:
    """Return a document file's bytes, None if it is gone, a `Fault` if it may not or cannot be read.

    Links are never followed, neither of the file nor of its folder: a document lies in the directory.
    """
    if control_character(file):
        return Fault("the file's name holds a control character", None, "rename the file")
    folder, _, name = file.partition("/")
    try:
        descriptor = os.open(root / folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        opened = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=descriptor)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno == errno.ELOOP:
            return Fault("the file is a symbolic link, which is not followed", None, "put the file itself here")
        return Fault(f"the file cannot be read: {error.strerror}", None, "mend its permissions")
    finally:
        os.close(descriptor)
    if not stat.S_ISREG(os.fstat(opened).st_mode):
        os.close(opened)
        return Fault("this is no regular file", None, "remove it from the directory")
    with os.fdopen(opened, "rb") as stream:
        return stream.read(MAXIMUM_BYTES + 1)


def _read_state(root: Path, file: str, values: StatValues) -> FileState | None:
    content = read_file(root, file)
    if content is None:
        return None
    return state_of(file, values, content)


def state_of(file: str, values: StatValues, content: bytes | Fault) -> FileState:
    """Return what a file with these stat values and this content holds."""
    if isinstance(content, Fault):
        return FileState(file, values, text_hash(content.message.encode()), "", None, b"", content)
    digest = text_hash(content)
    raw = parse(content)
    if isinstance(raw, Fault):
        return FileState(file, values, digest, "", None, b"", raw)
    unid = raw.get("unid", "")
    unid = unid if isinstance(unid, str) and len(unid) == 32 and not unid.strip("0123456789abcdef") else ""
    return FileState(file, values, digest, unid, raw, b"", None)


def _index_entries(files: dict[str, FileState]) -> list[tuple[str, Known]]:
    import json

    entries = []
    for state in files.values():
        if state.fault is not None or state.unid == index.NO_UNID:
            continue
        values = state.values
        if not values and state.raw is not None:
            try:
                values = json.dumps(state.raw, separators=(",", ":")).encode()
            except TypeError:  # a date: JSON has none, so the file is parsed each time
                continue
        entries.append((state.file, Known(state.stat, state.digest, state.unid, values)))
    return entries
