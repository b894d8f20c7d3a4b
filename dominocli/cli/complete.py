"""Completion of values: document and server names, answered without typer in the time of a listing."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Sequence

from dominocli.cli.looking import named_root, nearest_root

FOLDERS = ("connections", "domains", "servers", "configurations", "groups")
WORTH_THE_INDEX = 64
"""So many Server documents take longer to read than the index."""

_IN_JSON = b'"server_name":'


def complete(arguments: Sequence[str]) -> list[str]:
    """Return the candidates for `__complete KIND PREFIX`, sorted: KIND is a folder, `documents` or `server`.

    They begin as PREFIX does, without case; a server's name with `=` in PREFIX is answered in its canonical form.
    Shell completion must stay silent where there is no directory, so that answers nothing.
    """
    kind, prefix = [*arguments, "", ""][:2]
    root = nearest_root(named_root())
    if root is None:
        return []
    if kind == "server":
        candidates = _servers(root)
        if "=" in prefix:
            from dominocli.names import canonical

            candidates = map(canonical, candidates)
    elif kind == "documents":
        candidates = (f"{folder}/{name}" for folder in FOLDERS for name in _names(root, folder))
    elif kind in FOLDERS:
        candidates = _names(root, kind)
    else:
        return []
    wanted = prefix.casefold()
    return sorted(candidate for candidate in candidates if candidate.casefold().startswith(wanted))


def _names(root: str, folder: str) -> Iterator[str]:
    try:
        files = os.listdir(f"{root}/{folder}")
    except OSError:
        return
    for file in files:
        if file.endswith(".toml") and not file.startswith(".") and file.isprintable():
            yield file[: -len(".toml")]


def _servers(root: str) -> Iterator[str]:
    """Yield the server names the Server documents give: no TOML reader is loaded.

    Files that are as the index says are not read, where there are many; the others line by line.
    """
    unread = [f"{name}.toml" for name in _names(root, "servers")]
    if len(unread) >= WORTH_THE_INDEX:
        from dominocli.directory.index_sections import unchanged_values

        known = dict(unchanged_values(root, "servers", unread))
        unread = [file for file in unread if file not in known]
        found = (values.partition(_IN_JSON)[2] for values in known.values())
        yield from _shown(_simple_text(value) or _toml_text(value.decode()) for value in found if value)
    yield from _shown(_toml_text(_line_value(f"{root}/servers/{file}")) for file in unread)


def _shown(servers: Iterable[str]) -> Iterator[str]:
    return (server for server in servers if server and server.isprintable())


def _simple_text(value: bytes) -> str:
    """Return the text of a JSON string without escapes, "" for any other."""
    text = value[1:].partition(b'"')[0] if value[:1] == b'"' else b""
    return "" if b"\\" in text else text.decode()


def _line_value(path: str) -> str:
    """Return what follows `server_name =` in a file, "" if no line begins so."""
    for line in _text(path).split("\n"):
        key, equals, value = line.partition("=")
        if equals and key.strip() == "server_name":
            return value.strip()
    return ""


def _text(path: str) -> str:
    """Return the beginning of a regular file, "" for anything else: a pipe must not keep the shell waiting."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
        with open(descriptor, encoding="utf-8") as file:
            return file.read(1 << 16) if stat.S_ISREG(os.fstat(descriptor).st_mode) else ""
    except (OSError, UnicodeDecodeError):
        return ""


def _toml_text(value: str) -> str:
    """Return the text of a one-line TOML string, "" for anything else."""
    quote = value[:1]
    if quote == "'":
        return value[1:].partition("'")[0]
    if quote != '"':
        return ""
    text = value[1:].partition('"')[0]
    if "\\" not in text:
        return text
    import json

    try:
        return str(json.JSONDecoder().raw_decode(value)[0])
    except ValueError:
        return ""
