"""The text of one document file: parsed, hashed, and where in it a field stands. No files are opened."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import re

MAXIMUM_BYTES = 1 << 20
MAXIMUM_DEPTH = 8
_FIRST_TOO_LONG = 10**4300
"""Python neither reads nor writes a number of more digits; one in decimal never gets here."""


class Fault(NamedTuple):
    """Why a text is no TOML we read; `line` is 1-based, None where none is to blame. `unid` is what the text
    names all the same, "" where it does not or nobody looked."""

    message: str
    line: int | None
    hint: str
    unid: str = ""


def text_hash(data: bytes) -> str:
    """Return the sha256 (64 hex digits) of a file's bytes with LF line ends (replication.md 2)."""
    return hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest()


_remembered: dict[bytes, dict[str, Any]] = {}
_MOST_REMEMBERED = 4096
_LONGEST_REMEMBERED = 4096


def hash_of_text(text: str) -> str:
    """Return the text hash of a file's text, which may hold bytes that are no UTF-8 as surrogates."""
    return text_hash(text.encode("utf-8", "surrogateescape"))


def parse(data: bytes) -> dict[str, Any] | Fault:
    """Return the parsed TOML of a file's bytes, or why it is refused (domino.md 8, `syntax`).

    A text on its way from one replica to another is parsed at every step that must not trust the one before,
    so the last ones are remembered: what this returns is shared, and nobody may change it.
    """
    raw: dict[str, Any] | Fault | None = _remembered.get(data)
    if raw is not None:
        return raw
    raw = _parsed(data)
    if not isinstance(raw, Fault) and len(data) <= _LONGEST_REMEMBERED:
        if len(_remembered) >= _MOST_REMEMBERED:
            del _remembered[next(iter(_remembered))]
        _remembered[data] = raw
    return raw


def _parsed(data: bytes) -> dict[str, Any] | Fault:
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
    if not raw:
        # So an editor leaves a file for a moment when it saves in place, and a loss of power for good.
        return Fault("the file says nothing", None, "restore its content, or remove it")
    if _is_deep(raw):
        return Fault(f"the file is nested deeper than {MAXIMUM_DEPTH}", None, "a document has tabs and fields")
    if any(prefix in text for prefix in ("0x", "0o", "0b")) and _is_absurd(raw):
        return Fault("the file holds a number too long to be written in decimal", None, "mend the number")
    return raw


def named_unid(data: bytes) -> str:
    """Return the unid that stands in the bytes of a file, though they are no TOML, "" for none."""
    import re

    found = re.search(rb"""^unid[ \t]*=[ \t]*["']([0-9a-f]{32})["']""", data, re.MULTILINE)
    return found[1].decode() if found else ""


def line_of(text: str, tab: str, key: str) -> int | None:
    """Return the 1-based line of `key` in table `tab` ("" is the top), else the table's, else None.

    `text` is TOML that parses. Of an inline table that is the line of the key it stands behind.
    """
    if _plain().fullmatch(text) and (found := _plain_key_in(tab, key).search(text)):
        return text.count("\n", 0, found.end()) + 1
    wanted = f"{tab}.{key}" if tab else key
    table: int | None = None
    around: int | None = None
    for line, path, is_header in _statements(text):
        if path == wanted:
            return line
        if tab and table is None and (path == tab or path.startswith(f"{tab}.")):
            table = line
        elif not is_header and tab.startswith(f"{path}."):
            around = line
    return table or around


@cache
def _plain() -> re.Pattern[str]:
    """Return the pattern of a text whose every line is blank, a comment, `[table]`, or a plain key and its value."""
    import re

    text = r""""(?:[^"\\\n]|\\.)*+"(?!")|'[^'\n]*+'(?!')"""
    value = rf"""(?:{text}|[\w.+:-]++|\[(?:[^\[\]{{}}"'\#\n]++|{text})*+\])"""
    statement = rf"(?:\[[\w.-]++\]|[\w.-]++[ \t]*+=[ \t]*+{value})?"
    return re.compile(rf"(?:[ \t]*+{statement}[ \t]*+(?:\#[^\n]*+)?(?:\r?\n|\Z))*+")


@lru_cache(maxsize=512)
def _plain_key_in(tab: str, key: str) -> re.Pattern[str]:
    """Return what finds a key in its table, or at the top, of a plain text."""
    import re

    header = rf"^[ \t]*\[{re.escape(tab)}\].*\n" if tab else r"\A"
    return re.compile(rf"{header}(?:(?![ \t]*\[).*\n)*?[ \t]*{re.escape(key)}[ \t]*=", re.MULTILINE)


def _statements(text: str) -> Iterator[tuple[int, str, bool]]:
    """Yield the line of each header and each key, its path with dots, and whether it is a header."""
    import re

    part = r"""(?:[\w-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')"""
    start = re.compile(rf"[ \t]*(\[{{0,2}})[ \t]*({part}(?:[ \t]*\.[ \t]*{part})*)[ \t]*(\]|=)")
    parts = re.compile(part)
    token = re.compile(
        r'''"""(?:\\.|[^\\])*?"{3,5}|'''
        r"""'{3}.*?'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|\#[^\n]*|[\[\]{}\n]|[^\[\]{}\n"'\#]+|.""",
        re.DOTALL,
    )
    header = ""
    line, at = 1, 0
    while at < len(text):
        found = start.match(text, at)
        if found is not None:
            opened, written, _ = found.groups()
            path = ".".join(map(_plain_key, parts.findall(written)))
            if opened:
                header = path
            yield line, path if opened or not header else f"{header}.{path}", bool(opened)
            at = found.end()
        at, lines = _end_of_statement(text, at, token)
        line += lines


def _end_of_statement(text: str, at: int, token: re.Pattern[str]) -> tuple[int, int]:
    """Return where the next statement's line begins, and how many lines further that is."""
    depth = lines = 0
    for found in token.finditer(text, at):
        piece = found.group()
        lines += piece.count("\n")
        if piece in ("[", "{"):
            depth += 1
        elif piece in ("]", "}"):
            depth -= 1
        elif piece == "\n" and depth <= 0:
            return found.end(), lines
    return len(text), lines


def _plain_key(written: str) -> str:
    if written[0] == '"' and "\\" in written:
        import tomli

        try:
            return next(iter(tomli.loads(f"{written} = 0")))
        except tomli.TOMLDecodeError:  # the file has changed since it was parsed
            return written
    return written[1:-1] if written[0] in "\"'" else written


def _merge_marker(text: str) -> int | None:
    if "<<<<<<< " not in text and ">>>>>>> " not in text:
        return None
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith(("<<<<<<< ", ">>>>>>> ")):
            return number
    return None


def _is_absurd(value: Any) -> bool:
    """Tell whether a value holds a whole number too long to be written in decimal, as only other bases bring it."""
    if isinstance(value, dict | list):
        return any(map(_is_absurd, value.values() if isinstance(value, dict) else value))
    return isinstance(value, int) and value >= _FIRST_TOO_LONG


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
