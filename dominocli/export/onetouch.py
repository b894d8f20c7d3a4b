"""HCL's One-touch setup JSON: the documents a setup file would make in names.nsf and other databases."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from dominocli import errors
from dominocli.export.notes import CREATE, DATETIME, NUMBER, OPAQUE, TEXT, UPDATE, Item, Note
from dominocli.names import quoted

MAXIMUM_CHARACTERS = 16 << 20
MAXIMUM_DEPTH = 64
KNOWN_OBJECTS = frozenset({"serverSetup", "autoConfigPreferences", "appConfiguration", "IDVault"})

_PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_.-]*)\s*\}\}")
_TEXT_TYPES = frozenset({"text", "names", "authors", "readers"})


def read_onetouch(text: str, values: Mapping[str, str], *, file: str) -> list[Note]:
    """Return the documents of a One-touch setup file, of every database it names, in its order.

    `{{ NAME }}` in a text value stands for `values["NAME"]`, put in once and not looked at again; names of
    members are taken as they are. Raises `MissingValues` naming every placeholder without a value,
    `SyntaxFault` for what is no such file; several faults come as `SeveralErrors`.
    """
    content = _parse(text, file)
    content = _filled(content, values, file)
    return list(_Reader(file).notes(content))


def _parse(text: str, file: str) -> dict[str, Any]:
    import json

    def refuse(reason: str, line: int | None = None, hint: str = "mend the file") -> NoReturn:
        raise errors.SyntaxFault(reason=reason, file=file, line=line, hint=hint)

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            refuse(f"{quoted(twice)} is given twice in one object")
        return found

    def no_number(constant: str) -> NoReturn:
        refuse(f"{constant} is no JSON number")

    if len(text) > MAXIMUM_CHARACTERS:
        refuse("the file is over 16 MiB", hint="a setup file is a few kilobytes; is this one?")
    try:
        content = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=members, parse_constant=no_number)
    except json.JSONDecodeError as error:
        refuse(f"the file is no JSON: column {error.colno}: {error.msg}", error.lineno)
    except (RecursionError, ValueError) as error:
        refuse(f"the file is nested too deeply or holds an absurd number ({type(error).__name__})")
    if _is_deep(content):
        refuse(f"the file is nested deeper than {MAXIMUM_DEPTH}")
    if not isinstance(content, dict) or not content.keys() & KNOWN_OBJECTS:
        refuse("this is no One-touch setup file", hint="it holds " + ", ".join(sorted(KNOWN_OBJECTS)))
    return content


def _is_deep(content: object) -> bool:
    level = [content]
    for _ in range(MAXIMUM_DEPTH):
        level = [
            inner
            for value in level
            if isinstance(value, dict | list)
            for inner in (value.values() if isinstance(value, dict) else value)
        ]
        if not level:
            return False
    return True


def _filled(content: dict[str, Any], values: Mapping[str, str], file: str) -> dict[str, Any]:
    missing: dict[str, None] = {}

    def replaced(found: re.Match[str]) -> str:
        name = found[1]
        if name not in values:
            missing[name] = None
        return values.get(name, "")

    def fill(value: Any) -> Any:
        if isinstance(value, str):
            return _PLACEHOLDER.sub(replaced, value) if "{{" in value else value
        if isinstance(value, list):
            return [fill(inner) for inner in value]
        if isinstance(value, dict):
            return {key: fill(inner) for key, inner in value.items()}
        return value

    filled: dict[str, Any] = fill(content)
    if missing:
        flags = " ".join(f"--set {name}=..." for name in missing)
        raise errors.MissingValues(names=", ".join(missing), flags=flags, fields=tuple(missing), file=file)
    return filled


class _Reader:
    """One pass over the databases of a setup file; what is wrong is collected and raised at the end."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[errors.DominoError] = []

    def notes(self, content: dict[str, Any]) -> list[Note]:
        found = list(self._databases(content.get("appConfiguration")))
        if len(self.faults) == 1:
            raise self.faults[0]
        if self.faults:
            raise errors.SeveralErrors(self.faults)
        return found

    def _fault(self, where: str, reason: str) -> None:
        self.faults.append(errors.SyntaxFault(reason=f"{where}: {reason}", file=self.file, hint="mend the file"))

    def _objects(self, holder: dict[str, Any], key: str, where: str) -> Iterator[tuple[str, dict[str, Any]]]:
        listed = holder.get(key)
        if listed is None:
            return
        if not isinstance(listed, list):
            self._fault(where, f"{key} must be a list")
            return
        for position, inner in enumerate(listed):
            place = f"{where}.{key}[{position}]"
            if isinstance(inner, dict):
                yield place, inner
            else:
                self._fault(place, "must be an object")

    def _databases(self, configuration: object) -> Iterator[Note]:
        if configuration is None:
            return
        if not isinstance(configuration, dict):
            self._fault("appConfiguration", "must be an object")
            return
        for place, database in self._objects(configuration, "databases", "appConfiguration"):
            path = database.get("filePath")
            if not isinstance(path, str) or not path.strip():
                self._fault(place, "filePath must be a text")
                continue
            for where, document in self._objects(database, "documents", place):
                note = self._note(path.strip(), where, document)
                if note is not None:
                    yield note

    def _note(self, database: str, where: str, document: dict[str, Any]) -> Note | None:
        action = document.get("action", CREATE)
        if action not in (CREATE, UPDATE):
            self._fault(where, f"action must be {CREATE} or {UPDATE}, not {quoted(str(action))}")
            return None
        sought = document.get("findDocument") if action == UPDATE else {}
        if not isinstance(sought, dict) or (action == UPDATE and not sought):
            self._fault(where, "an update must say in findDocument which document it is for")
            return None
        items = document.get("items", {})
        if not isinstance(items, dict):
            self._fault(where, "items must be an object")
            return None
        found = {name: _item(value) for name, value in items.items()}
        looked_for = {name: _item(value) for name, value in sought.items()}
        return Note(database, found, where, action=action, sought=looked_for or None)


def _item(value: object) -> Item:
    if isinstance(value, dict):
        return _typed_item(value.get("type", "text"), value.get("value"))
    values = value if isinstance(value, list) else [value]
    if all(isinstance(v, str) for v in values):
        return Item(TEXT, tuple(values), isinstance(value, list))
    if all(_is_number(v) for v in values):
        return Item(NUMBER, tuple(values), isinstance(value, list))
    return Item(OPAQUE, ("a null value" if value is None else "neither text, number nor time",))


def _typed_item(kind: object, value: object) -> Item:
    values = value if isinstance(value, list) else [value]
    if kind == DATETIME and values and all(map(_is_time, values)):
        return Item(DATETIME, tuple(tuple(v) if isinstance(v, list) else v for v in values), isinstance(value, list))
    if kind == NUMBER and values and all(map(_is_number, values)):
        return Item(NUMBER, tuple(values), isinstance(value, list))
    if kind in _TEXT_TYPES and all(isinstance(v, str) for v in values):
        return Item(TEXT, tuple(values), isinstance(value, list))
    return Item(OPAQUE, (f"a value of type {quoted(str(kind))}",))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_time(value: object) -> bool:
    return isinstance(value, str) or (
        isinstance(value, list) and len(value) == 2 and all(isinstance(end, str) for end in value)
    )
