"""Conflict documents: which edits stand beside their documents, and what becomes of them (replication.md 6)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from dominocli import errors
from dominocli.directory.document_file import read_file
from dominocli.directory.reader import look
from dominocli.directory.text import Fault, hash_of_text, parse
from dominocli.directory.writer import edit_text
from dominocli.replication.record import FileChange, record_held, save_held
from dominocli.replication.replica import Clock, Replica
from dominocli.replication.resolve import values_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dominocli.directory.reader import Directory
    from dominocli.documents.document import Conflict, Document

MAIN, CONFLICT, EDIT = "main", "conflict", "edit"
KEEP = (MAIN, CONFLICT, EDIT)
_IDENTITY = frozenset({"unid", "conflict"})


class Difference(NamedTuple):
    """One value that main and conflict document give differently, None where one gives none. `field` is
    its key path, as `basics.group_name`."""

    field: str
    main: object
    conflict: object

    def as_json(self) -> dict[str, object]:
        """Return the difference as it stands in the JSON envelope; a date as text."""
        return {
            "field": self.field,
            "main": None if self.main is None else _plain(self.main),
            "conflict": None if self.conflict is None else _plain(self.conflict),
        }


class ConflictEntry(NamedTuple):
    """A conflict document: its path (`groups/NAME.conflict-...`), the main document's path ("" if that is
    deleted) and unid, the losing rev, the server it came from, the fields that differ."""

    name: str
    main: str
    of: str
    rev: str
    origin: str
    fields: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """Return the conflict as it stands in the JSON envelope."""
        return {
            "name": self.name,
            "main": self.main,
            "of": self.of,
            "rev": self.rev,
            "from": self.origin,
            "fields": list(self.fields),
        }


class ConflictShown(NamedTuple):
    """A conflict document beside its main document: the differences by field, and both texts (main: "" if
    it is deleted)."""

    entry: ConflictEntry
    differences: tuple[Difference, ...]
    main_text: str
    conflict_text: str

    def as_json(self) -> dict[str, object]:
        """Return the comparison as it stands in the JSON envelope."""
        return {**self.entry.as_json(), "differences": [difference.as_json() for difference in self.differences]}


def conflict_files(directory: Directory) -> list[str]:
    """Return the files of all conflict documents, sorted, without making documents of all the others."""
    names = directory.files.columns.names
    return sorted(names[row] for row in directory.files.conflicts())


def list_conflicts(root: Path) -> list[ConflictEntry]:
    """Return the conflict documents of a directory, sorted by name; nothing is written."""
    directory = look(root, update_index=False)
    mains = _files_by_unid(directory)
    return [_shown(directory, document, mains).entry for document in directory.conflicts()]


def show(root: Path, name: str) -> ConflictShown:
    """Return a conflict document compared with its main document; raise `DocumentNotFound`, `DocumentAmbiguous`.

    `name` is the path of the conflict document, its name alone, or the main document's, if that has one only.
    """
    directory = look(root, update_index=False)
    return _shown(directory, _find(directory, name), _files_by_unid(directory))


def resolve(
    root: Path,
    name: str,
    keep: str,
    *,
    edited_text: str | None = None,
    seen: ConflictShown | None = None,
    clock: Clock,
    command: str = "conflicts resolve",
) -> ConflictEntry:
    """End a conflict: the main document stays, takes the conflict document's fields, or the text given.

    The conflict document goes. Keeping the conflict document of a deleted main re-creates the main
    document under its own unid. `seen` is what the person decided by. Raises what `show`, `record` and
    `save` raise, `UsageError` where `edit` comes without a text, `ChangedMeanwhile` where a document is not
    what was seen.
    """
    if keep not in KEEP or (keep == EDIT) != (edited_text is not None):
        raise errors.UsageError(reason=f"a conflict is resolved with --keep {'|'.join(KEEP)}; edit needs a text")
    replica = Replica.open(root, clock)
    try:
        with replica.held(command):
            record_held(replica)
            directory = look(root)
            shown = _shown(directory, _find(directory, name), _files_by_unid(directory))
            if seen is not None:
                _refuse_changed(seen, shown)
            save_held(replica, _changes(directory, shown, keep, edited_text))
    finally:
        replica.close()
    return shown.entry


def _refuse_changed(seen: ConflictShown, now: ConflictShown) -> None:
    """Raise `ChangedMeanwhile` where main or conflict document is not what a person saw."""
    pairs = ((seen.entry.main or now.entry.main, seen.main_text, now.main_text),)
    for path, before, after in (*pairs, (seen.entry.name, seen.conflict_text, now.conflict_text)):
        if hash_of_text(before) != hash_of_text(after):
            raise errors.ChangedMeanwhile(path=f"{path}.toml", file=f"{path}.toml")


def _changes(directory: Directory, shown: ConflictShown, keep: str, edited_text: str | None) -> Sequence[FileChange]:
    entry = shown.entry
    changes = [FileChange(f"{entry.name}.toml", None, hash_of_text(shown.conflict_text))]
    if keep == MAIN:
        return changes
    text = shown.conflict_text if edited_text is None else edited_text
    if isinstance(fault := parse(text.encode()), Fault):
        raise errors.SyntaxFault(reason=fault.message, line=fault.line, hint=fault.hint)
    end = "\r\n" if text.endswith("\r\n") else "\n"
    text = edit_text(text, {("unid",): entry.of, ("conflict",): None}).rstrip("\r\n") + end
    if entry.main:
        changes.append(FileChange(f"{entry.main}.toml", text, hash_of_text(shown.main_text)))
    else:
        changes.append(FileChange(_free_name(directory, entry), text, None))
    return changes


def _free_name(directory: Directory, entry: ConflictEntry) -> str:
    """Return the path a deleted main document comes back to: what stands before the conflict's suffix."""
    file = entry.name.rpartition(".conflict-")[0] + ".toml"
    return file if file not in directory.files and file != ".toml" else f"{entry.name}--{entry.of[:8]}.toml"


def _find(directory: Directory, name: str) -> Document:
    wanted = name.removesuffix(".toml")
    found = directory.conflicts()
    hits = [document for document in found if wanted in (document.path, document.name)]
    if not hits:
        mains = _files_by_unid(directory)
        hits = [d for d in found if d.conflict and _is_named(mains.get(d.conflict.of, ""), wanted)]
    if not hits:
        suggestion = "dominocli conflicts list" if found else "there are no conflict documents"
        raise errors.DocumentNotFound(what="conflict document", name=name, suggestion=suggestion)
    if len(hits) > 1:
        raise errors.DocumentAmbiguous(name=name, choices=", ".join(document.path for document in hits))
    return hits[0]


def _is_named(file: str, wanted: str) -> bool:
    path = file.removesuffix(".toml")
    return bool(path) and wanted in (path, path.partition("/")[2])


def _files_by_unid(directory: Directory) -> dict[str, str]:
    return {unid: file for file, unid, _ in directory.texts()}


def _shown(directory: Directory, document: Document, mains: Mapping[str, str]) -> ConflictShown:
    assert document.conflict is not None
    conflict: Conflict = document.conflict
    main_file = mains.get(conflict.of, "")
    conflict_text = _text(directory.root, document.file)
    main_text = _text(directory.root, main_file) if main_file else ""
    differences = tuple(_differences(main_text, conflict_text)) if main_file else ()
    entry = ConflictEntry(
        document.path,
        main_file.removesuffix(".toml"),
        conflict.of,
        conflict.rev,
        conflict.origin,
        tuple(difference.field for difference in differences),
    )
    return ConflictShown(entry, differences, main_text, conflict_text)


def _text(root: Path, file: str) -> str:
    content = read_file(root, file)
    if not isinstance(content, bytes):
        raise errors.DocumentUnusable(document=file, reason="it is gone or cannot be read", file=file)
    return content.decode("utf-8", "surrogateescape")


def _differences(main_text: str, conflict_text: str) -> list[Difference]:
    main, other = values_of(main_text), values_of(conflict_text)
    paths = sorted(path for path in main.keys() | other.keys() if path[0] not in _IDENTITY)
    return [
        Difference(".".join(path), main.get(path), other.get(path))
        for path in paths
        if repr(main.get(path)) != repr(other.get(path))
    ]


def _plain(value: object) -> object:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool | dict) else str(value)
