"""Writing documents: new texts, edits that keep a hand's style, and durable files."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dominocli import errors
from dominocli.directory import ahead
from dominocli.directory.document_file import write_file
from dominocli.names import abbreviate

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


def document_changes(before: Document, after: Document) -> dict[KeyPath, Any]:
    """Return what `edit_text` needs to turn the text of `before` into that of `after`."""
    changes: dict[KeyPath, Any] = {}
    for key in before.values.keys() | after.values.keys():
        old, new = before.values.get(key), after.values.get(key)
        if old == new and (key in before.values) == (key in after.values):
            continue
        field = before.fields[key]
        if not field.fills_tab:
            changes[field.tab.key, key] = None if key not in after.values else field.write(new)
        elif key in before.values and key in after.values:
            changes.update(_table_changes((key,), field.write(old), field.write(new)))
        else:
            changes[key,] = None if key not in after.values else field.write(new)
    if before.unknown != after.unknown:
        changes[("unknown",)] = sorted(after.unknown) or None
    if before.unid != after.unid:
        changes[("unid",)] = after.unid
    return changes


def _table_changes(path: KeyPath, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[KeyPath, Any]]:
    """Yield the changes key by key, so that comments and unknown keys beside them stay."""
    for key in sorted(old.keys() | new.keys()):
        was, becomes = old.get(key), new.get(key)
        if isinstance(was, Mapping) and isinstance(becomes, Mapping):
            yield from _table_changes((*path, key), was, becomes)
        elif was != becomes:
            yield (*path, key), becomes


def edit_text(text: str, changes: Mapping[KeyPath, Any]) -> str:
    """Return the text with the values at these key paths replaced, None taking one away.

    Comments, the order of keys, unknown keys and line ends stay as they are; a new key stands after the
    last one of its table. The result is read back before it is returned. Raises `SyntaxFault` for a text
    that is no TOML, or that cannot take the change.
    """
    if not changes:
        return text
    bom = "\ufeff" if text.startswith("\ufeff") else ""
    body = text.removeprefix(bom)
    only_crlf = "\r\n" in body and body.count("\n") == body.count("\r\n")
    if only_crlf:
        body = body.replace("\r\n", "\n")
    ordered = sorted(changes.items(), key=lambda change: change[0])
    expected = _read(body)
    for path, value in ordered:
        _apply(expected, path, value)
    edited = _edit(body, ordered)
    if not _same(_read(edited), expected):
        raise errors.SyntaxFault(
            reason="the change cannot be written into this text without changing more",
            hint="write the file's tables in the plain way, [table] and key = value, then try again",
        )
    return bom + (edited.replace("\n", "\r\n") if only_crlf else edited)


def _read(text: str) -> dict[str, Any]:
    import tomli

    try:
        return tomli.loads(text)
    except (ValueError, RecursionError) as error:
        raise errors.SyntaxFault(reason=f"the text is no TOML: {error}") from error


def _apply(content: dict[str, Any], path: KeyPath, value: Any) -> None:
    """Change parsed TOML as the text is to be changed."""
    table = content
    for depth, key in enumerate(path[:-1], 1):
        if key not in table:
            if value is None:
                return
            table[key] = {}
        table = table[key]
        if not isinstance(table, dict):
            where = ".".join(path[:depth])
            raise errors.SyntaxFault(reason=f"{where} is no table in this text", hint=f"write it as [{where}]")
    if value is None:
        table.pop(path[-1], None)
    else:
        table[path[-1]] = value


def _same(a: Any, b: Any) -> bool:
    """Tell whether two values say the same; an empty table says nothing, as a missing one does."""
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        return all(_same(a.get(key, {}), b.get(key, {})) for key in a.keys() | b.keys())
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(map(_same, a, b))
    return type(a) is type(b) and (a == b or (a != a and b != b))


def _edit(text: str, changes: list[tuple[KeyPath, Any]]) -> str:
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        parsed = tomlkit.parse(text)
        added: list[tuple[KeyPath, Any]] = []
        for path, value in changes:
            if value is not None and not isinstance(value, Mapping) and _has_place(parsed, path):
                added.append((path, value))
            else:
                _set(parsed, path, value)
        edited = tomlkit.dumps(parsed)
        for path, value in added:
            edited = _with_key(edited, path, value)
    except (TOMLKitError, ValueError) as error:
        raise errors.SyntaxFault(reason=f"the text cannot be edited: {error}", hint="write it in plain TOML") from error
    return edited


def _has_place(parsed: Any, path: KeyPath) -> bool:
    """Tell whether a key is new in a table that exists."""
    table = parsed
    for key in path[:-1]:
        if key not in table:
            return False
        table = table[key]
    return path[-1] not in table


def _set(parsed: Any, path: KeyPath, value: Any) -> None:
    import tomlkit

    table = parsed
    if value is not None and path[0] not in parsed and parsed.body:
        parsed.add(tomlkit.nl())
    for depth, key in enumerate(path[:-1], 1):
        if key not in table:
            if value is None:
                return
            holds_tables = depth < len(path) - 1 or isinstance(value, Mapping)
            table[key] = tomlkit.table(is_super_table=holds_tables)
        table = table[key]
    if value is None:
        table.pop(path[-1], None)
    elif isinstance(value, Mapping):
        table[path[-1]] = _table(value)
    elif not (isinstance(value, list) and path[-1] in table and _becomes(table[path[-1]], value)):
        table[path[-1]] = value


def _becomes(array: Any, value: list[Any]) -> bool:
    """Turn an array item by item into another, so that the comments of kept items stay; tell whether it worked."""
    from difflib import SequenceMatcher

    from tomlkit.items import Array

    if not isinstance(array, Array) or not all(isinstance(item, str) for item in (*array, *value)):
        return False
    old = [abbreviate(item) for item in array.unwrap()]
    for kind, start, end, first, last in reversed(SequenceMatcher(None, old, value, autojunk=False).get_opcodes()):
        if kind == "equal":
            for position, item in zip(range(start, end), value[first:last], strict=True):
                if array[position] != item:  # a name in its canonical form
                    array[position] = item
            continue
        if start < end:
            del array[start:end]
        for position, item in enumerate(value[first:last], start):
            _insert(array, position, item)
    try:
        return bool(_read(f"array = {array.as_string()}")["array"] == value)
    except errors.SyntaxFault:
        return False


def _insert(array: Any, position: int, item: str) -> None:
    text = array.as_string()
    if position < len(array) or "\n" not in text:
        array.insert(position, item)
        return
    # At the end of a text of several lines tomlkit's insert would land behind a comment.
    *_, last = (line for line in text.split("\n") if line.strip() not in ("", "]"))
    array.add_line(item, indent=last[: len(last) - len(last.lstrip())] or "  ")


def _table(content: Mapping[str, Any]) -> Any:
    """Return a table for tomlkit; one that holds only tables gets no header of its own."""
    import tomlkit

    nested = content and all(isinstance(value, Mapping) for value in content.values())
    table = tomlkit.table(is_super_table=bool(nested))
    for key, value in content.items():
        table.add(key, _table(value) if isinstance(value, Mapping) else value)
    return table


def _with_key(text: str, path: KeyPath, value: Any) -> str:
    """Return the text with a new key after the last one of its table, before the comments that follow.

    tomlkit alone puts it behind those, which mostly speak of the next table. Where the table has no
    header of its own (dotted keys, an inline table) that is the way it goes.
    """
    import tomlkit

    line = tomlkit.document()
    line.add(path[-1], value)
    lines = text.split("\n")
    at = _last_line_of(lines, path[:-1])
    if at is not None:
        candidate = "\n".join([*lines[:at], tomlkit.dumps(line).rstrip("\n"), *lines[at:]])
        expected = _read(text)
        _apply(expected, path, value)
        try:
            if _same(_read(candidate), expected):
                return candidate
        except errors.SyntaxFault:
            at = None  # a text of several lines looked like a header
    parsed = tomlkit.parse(text)
    _set(parsed, path, value)
    return tomlkit.dumps(parsed)


def _last_line_of(lines: list[str], table: KeyPath) -> int | None:
    """Return the number of lines up to the last key of a table, None without a header of that name."""
    headers = [n for n, line in enumerate(lines) if line.lstrip().startswith("[")]
    if not table:
        # After the last top-level key if there is one, else before the first line that is no comment.
        first = headers[0] if headers else len(lines)
        keys = [n for n in range(first) if _is_content(lines[n])]
        return keys[-1] + 1 if keys else next((n for n, line in enumerate(lines) if _is_content(line)), 0)
    for start, end in pairwise([*headers, len(lines)]):
        if _header(lines[start]) == table:
            return max(n for n in range(start, end) if n == start or _is_content(lines[n])) + 1
    return None


def _is_content(line: str) -> bool:
    stripped = line.strip()
    return bool(stripped) and stripped[0] != "#"


def _header(line: str) -> KeyPath:
    """Return the table a header line opens, () for a line that opens none."""
    import tomli

    try:
        inner: Any = tomli.loads(line)
    except ValueError:
        return ()
    path: list[str] = []
    while isinstance(inner, dict) and len(inner) == 1:
        ((key, inner),) = inner.items()
        path.append(key)
    return tuple(path)


WORTH_ONE_SYNC = 16
"""So many new files are made durable faster by one call for their whole file system than one by one."""


def write_files(root: Path, files: Mapping[str, str | None]) -> None:
    """Write these files (relative to `root`), None removing one; each is old or new at any crash.

    Temporary files first, all made durable (many by one call), then each takes its name, then the folders are
    made durable.
    Raises `UnreadableFile`; nothing has changed if a temporary file could not be written.
    """
    at_once = len(files) >= WORTH_ONE_SYNC
    folders: dict[str, int] = {}
    written: list[tuple[int, str, str, str]] = []
    try:
        for file, text in files.items():
            folder, _, name = file.rpartition("/")
            descriptor = folders.get(folder)
            if descriptor is None:
                descriptor = folders[folder] = open_folder(root, folder)
            if text is not None:
                temporary = f".{name[:80]}.{os.urandom(6).hex()}.new"
                written.append((descriptor, temporary, name, file))
                content = text.encode("utf-8", "surrogateescape")
                write_file(descriptor, temporary, content, durably=not at_once, exclusively=True)
        if at_once and written:
            sync_file_system(written[0][0])
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
    """Return a descriptor of a folder of the directory to write in, made if it is missing; links are refused."""
    ahead.forget(str(root))
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


def sync_file_system(descriptor: int) -> None:
    """Make durable whatever was written to the file system of an open file; raise `OSError`."""
    import ctypes

    try:
        syncfs = ctypes.CDLL(None, use_errno=True).syncfs
    except (OSError, AttributeError):  # only Linux has it
        os.sync()
        return
    if syncfs(descriptor):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _unlink(folder: int, name: str) -> None:
    try:
        os.unlink(name, dir_fd=folder)
    except FileNotFoundError:
        return
