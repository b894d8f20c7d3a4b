"""Writing documents: new texts, edits that keep a hand's style, and durable files."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dominocli import errors

if TYPE_CHECKING:
    from dominocli.documents.document import Document

KeyPath = tuple[str, ...]


def new_text(document: Document) -> str:
    """Return the TOML text of a new document: unid, form, then one table a tab."""
    import tomlkit

    text = tomlkit.document()
    for key, content in document.nested().items():
        if isinstance(content, Mapping):
            text.add(tomlkit.nl())
            text.add(key, _table(content))
        else:
            text.add(key, content)
    return tomlkit.dumps(text).rstrip("\n") + "\n"


def _table(content: Mapping[str, Any]) -> Any:
    import tomlkit

    nested = content and all(isinstance(value, Mapping) for value in content.values())
    table = tomlkit.table(is_super_table=bool(nested))
    for key, value in content.items():
        table.add(key, _table(value) if isinstance(value, Mapping) else value)
    return table


def document_changes(before: Document, after: Document) -> dict[KeyPath, Any]:
    """Return what `edit_text` needs to turn the text of `before` into that of `after`."""
    changes: dict[KeyPath, Any] = {}
    for key in before.values.keys() | after.values.keys():
        old, new = before.values.get(key), after.values.get(key)
        if old == new and (key in before.values) == (key in after.values):
            continue
        field = before.fields[key]
        path = (key,) if field.fills_tab else (field.tab.key, key)
        changes[path] = None if key not in after.values else field.write(new)
    if before.unknown != after.unknown:
        changes[("unknown",)] = sorted(after.unknown) or None
    if before.unid != after.unid:
        changes[("unid",)] = after.unid
    return changes


def edit_text(text: str, changes: Mapping[KeyPath, Any]) -> str:
    """Return the text with the values at these key paths replaced, None taking one away.

    Comments, the order of keys, unknown keys and line ends stay as they are. Raises `SyntaxFault` for
    a text that is no TOML.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    if not changes:
        return text
    only_crlf = "\r\n" in text and text.count("\n") == text.count("\r\n")
    bom = "\ufeff" if text.startswith("\ufeff") else ""
    try:
        parsed = tomlkit.parse(text.removeprefix(bom).replace("\r\n", "\n") if only_crlf else text.removeprefix(bom))
    except TOMLKitError as error:
        raise errors.SyntaxFault(reason=f"the text is no TOML: {error}") from error
    top: dict[str, Any] = {}
    for path, value in sorted(changes.items(), key=lambda change: change[0]):
        if len(path) == 1 and path[0] not in parsed and value is not None and not isinstance(value, Mapping):
            top[path[0]] = value
        else:
            _set(parsed, path, value)
    edited = tomlkit.dumps(parsed)
    edited = _with_top_keys(edited, top) if top else edited
    return bom + (edited.replace("\n", "\r\n") if only_crlf else edited)


def _set(parsed: Any, path: KeyPath, value: Any) -> None:
    import tomlkit

    table = parsed
    for key in path[:-1]:
        if key not in table:
            if value is None:
                return
            table[key] = tomlkit.table()
        table = table[key]
    if value is None:
        table.pop(path[-1], None)
    else:
        table[path[-1]] = _table(value) if isinstance(value, Mapping) else value


def _with_top_keys(text: str, keys: Mapping[str, Any]) -> str:
    """Return the text with top-level keys before its first key: appended, TOML would put them in the last table."""
    import tomlkit

    added = tomlkit.document()
    for key, value in keys.items():
        added.add(key, value)
    lines = text.splitlines(keepends=True)
    at = next((n for n, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")), len(lines))
    return "".join([*lines[:at], tomlkit.dumps(added), *lines[at:]])


def write_files(root: Path, files: Mapping[str, str | None]) -> None:
    """Write these files (relative to `root`), None removing one; each is old or new at any crash.

    Temporary files first, all made durable, then each takes its name, then the folders are made durable.
    Raises `UnreadableFile`; nothing has changed if a temporary file could not be written.
    """
    folders: dict[str, int] = {}
    written: list[tuple[int, str, str, str]] = []
    try:
        for file, text in files.items():
            folder, _, name = file.rpartition("/")
            descriptor = folders.get(folder)
            if descriptor is None:
                descriptor = folders[folder] = open_folder(root, folder)
            if text is not None:
                temporary = f".{name[:80]}.{secrets.token_hex(6)}.new"
                written.append((descriptor, temporary, name, file))
                _write_durably(descriptor, temporary, text)
        while written:
            descriptor, temporary, name, file = written[0]
            os.replace(temporary, name, src_dir_fd=descriptor, dst_dir_fd=descriptor)
            del written[0]
        for file, text in files.items():
            if text is None:
                folder, _, name = file.rpartition("/")
                _unlink(folders[folder], name)
        for descriptor in folders.values():
            os.fsync(descriptor)
    except OSError as error:
        where = written[-1][3] if written else next(iter(files), "")
        raise errors.UnreadableFile(action="write", path=where, reason=error.strerror, file=where) from error
    finally:
        for descriptor, temporary, _, _ in written:
            _unlink(descriptor, temporary)
        for descriptor in folders.values():
            os.close(descriptor)


def open_folder(root: Path, folder: str) -> int:
    """Return a descriptor of a folder of the directory, made if it is missing; links are refused."""
    path = root / folder if folder else root
    try:
        os.mkdir(path)
    except FileExistsError:
        return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    parent = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(parent)
    finally:
        os.close(parent)
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)


def _write_durably(folder: int, name: str, text: str) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(name, flags, 0o666, dir_fd=folder), "wb") as stream:
        stream.write(text.encode("utf-8", "surrogateescape"))
        stream.flush()
        os.fsync(stream.fileno())


def _unlink(folder: int, name: str) -> None:
    try:
        os.unlink(name, dir_fd=folder)
    except FileNotFoundError:
        return
