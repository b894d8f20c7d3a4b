"""Completion of values: document and server names, answered without typer in the time of a listing."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence

FOLDERS = ("connections", "domains", "servers", "configurations", "groups")


def complete(arguments: Sequence[str]) -> list[str]:
    """Return the candidates for `__complete KIND PREFIX`, sorted: KIND is a folder, `documents` or `server`.

    They begin as PREFIX does, without case; a server's name with `=` in PREFIX is answered in its canonical form.
    Shell completion must stay silent where there is no directory, so that answers nothing.
    """
    kind, prefix = [*arguments, "", ""][:2]
    root = _root()
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


def _root() -> str | None:
    given = os.environ.get("DOMINOCLI_DIRECTORY", "")
    folder = given or os.getcwd()
    while not os.path.isfile(f"{folder}/directory.toml"):
        parent = os.path.dirname(folder)
        if given or parent == folder:
            return None
        folder = parent
    return folder


def _names(root: str, folder: str) -> Iterator[str]:
    try:
        files = os.listdir(f"{root}/{folder}")
    except OSError:
        return
    for file in files:
        if file.endswith(".toml") and not file.startswith(".") and file.isprintable():
            yield file[: -len(".toml")]


def _servers(root: str) -> Iterator[str]:
    """Yield the server names the Server documents give, read line by line: no TOML reader is loaded."""
    for name in _names(root, "servers"):
        for line in _text(f"{root}/servers/{name}.toml").split("\n"):
            key, equals, value = line.partition("=")
            if equals and key.strip() == "server_name":
                server = _toml_text(value.strip())
                if server and server.isprintable():
                    yield server
                break


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
