"""Completion of values: document and server names, answered without typer in the time of a listing."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

FOLDERS = ("connections", "domains", "servers", "configurations", "groups")


def complete(arguments: Sequence[str]) -> list[str]:
    """Return the candidates for `__complete KIND PREFIX`, sorted: KIND is a folder, `documents` or `server`.

    Shell completion must stay silent where there is no directory, so that answers nothing.
    """
    kind, prefix = [*arguments, "", ""][:2]
    root = _root()
    if root is None:
        return []
    if kind == "server":
        candidates = _servers(root)
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
        try:
            with open(f"{root}/servers/{name}.toml", encoding="utf-8") as file:
                text = file.read(1 << 16)
        except (OSError, UnicodeDecodeError):
            continue
        for line in text.split("\n"):
            key, _, value = line.partition("=")
            if key.strip() == "server_name":
                yield value.strip().strip("\"'")
                break
