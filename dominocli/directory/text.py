"""The text of one document file: parsed, hashed, and where in it a field stands. No files are opened."""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

MAXIMUM_BYTES = 1 << 20
MAXIMUM_DEPTH = 8


class Fault(NamedTuple):
    """Why a text is no TOML we read; `line` is 1-based, None where none is to blame."""

    message: str
    line: int | None
    hint: str


def text_hash(data: bytes) -> str:
    """Return the sha256 (64 hex digits) of a file's bytes with LF line ends (replication.md 2)."""
    return hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest()


def parse(data: bytes) -> dict[str, Any] | Fault:
    """Return the parsed TOML of a file's bytes, or why it is refused (domino.md 8, `syntax`)."""
    import tomli

    if len(data) > MAXIMUM_BYTES:
        return Fault("the file is over 1 MiB", None, "a document is a few kilobytes; is this one?")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return Fault("the file is not UTF-8", data.count(b"\n", 0, error.start) + 1, "save it as UTF-8")
    if (line := _merge_marker(text)) is not None:
        return Fault("the file holds merge markers", line, "choose one side of the merge, then save")
    try:
        raw = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        column = f"column {error.colno}: " if getattr(error, "colno", None) else ""
        return Fault(column + getattr(error, "msg", str(error)), getattr(error, "lineno", None), "mend the line")
    except (RecursionError, ValueError) as error:
        return Fault(f"the file is nested too deeply or holds an absurd number ({type(error).__name__})", None, "")
    if _is_deep(raw):
        return Fault(f"the file is nested deeper than {MAXIMUM_DEPTH}", None, "a document has tabs and fields")
    return raw


def line_of(text: str, tab: str, key: str) -> int | None:
    """Return the 1-based line of `key` in table `tab` ("" is the top), else the table's, else None."""
    table = ""
    table_line = None
    for number, line in enumerate(text.split("\n"), 1):
        stripped = line.strip()
        if stripped.startswith("["):
            table = stripped.lstrip("[").partition("]")[0].replace('"', "").replace("'", "").strip()
            if tab and (table == tab or table.startswith(f"{tab}.")):
                table_line = table_line or number
            if table == (f"{tab}.{key}" if tab else key):
                return number
            continue
        left = stripped.partition("=")[0].strip().strip("\"'")
        if (table == tab and left == key) or (not table and tab and left in (tab, f"{tab}.{key}")):
            return number
    return table_line


def _merge_marker(text: str) -> int | None:
    if "<<<<<<< " not in text and ">>>>>>> " not in text:
        return None
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith(("<<<<<<< ", ">>>>>>> ")):
            return number
    return None


def _is_deep(raw: dict[str, Any]) -> bool:
    level: list[Any] = [raw]
    for _ in range(MAXIMUM_DEPTH):
        inner: list[Any] = []
        for value in level:
            inner.extend(value.values() if isinstance(value, dict) else value)
        level = [value for value in inner if isinstance(value, dict | list)]
        if not level:
            return False
    return True
