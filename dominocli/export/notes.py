"""A Notes document as files carry it: items with values, before anybody says what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from dominocli.names import control_character

NAMES_NSF = "names.nsf"

TEXT, NUMBER, DATETIME, OPAQUE = "text", "number", "datetime", "opaque"
CREATE, UPDATE = "create", "update"

_LARGEST_TOML_INTEGER = (1 << 63) - 1


class Item(NamedTuple):
    """One item. `values` are texts, numbers, or for datetime a text or a pair of texts (a range);
    `many` says that it is a list, also with one value. An opaque item is one nobody can carry (rich
    text, an attachment): its one value says what it is."""

    kind: str
    values: tuple[Any, ...]
    many: bool = False

    def texts(self) -> tuple[str, ...]:
        """Return the values of a text or number item as texts."""
        return tuple(_number_text(value) if self.kind == NUMBER else str(value) for value in self.values)


class Note(NamedTuple):
    """One Notes document. `unid` is 32 lower-case hex digits, "" where the file gives none; `origin`
    says where in the file it stands. `action` is create or update; an update names in `sought` the items
    of the document it is for."""

    database: str
    items: Mapping[str, Item]
    origin: str
    unid: str = ""
    action: str = CREATE
    sought: Mapping[str, Item] | None = None

    def text(self, name: str) -> str:
        """Return the first value of an item as text, of the items looked for if it has none, else ""."""
        wanted = name.casefold()
        for items in (self.items, self.sought or {}):
            for key, item in items.items():
                if key.casefold() == wanted and item.kind in (TEXT, NUMBER) and item.values:
                    return item.texts()[0]
        return ""


def text_item(*values: str, many: bool = False) -> Item:
    """Return a text item of these values; several make a list."""
    return Item(TEXT, values, many or len(values) != 1)


def kept_value(item: Item) -> Any:
    """Return an item's value as `[notes_items]` keeps it: text, number, list, or a table with type and value.

    A time is `{type = "datetime", value = [...]}` as in One-touch setup files, so that it goes back as a
    time. Control characters become visible escapes; a number TOML has none for becomes a text.
    """
    if item.kind == DATETIME:
        values = [visible(v) if isinstance(v, str) else [visible(end) for end in v] for v in item.values]
        return {"type": DATETIME, "value": values}
    kept = [visible(v) if isinstance(v, str) else _toml_number(v) for v in item.values]
    return kept if item.many or len(kept) != 1 else kept[0]


def kept_item(value: Any) -> Item:
    """Return the item a value of `[notes_items]` stands for; what no item can hold is opaque."""
    if isinstance(value, Mapping) and value.get("type") == DATETIME and isinstance(value.get("value"), list):
        return Item(DATETIME, tuple(tuple(v) if isinstance(v, list) else v for v in value["value"]), many=True)
    values = value if isinstance(value, list) else [value]
    if all(isinstance(v, str) for v in values):
        return Item(TEXT, tuple(values), isinstance(value, list))
    if all(isinstance(v, int | float) and not isinstance(v, bool) for v in values):
        return Item(NUMBER, tuple(values), isinstance(value, list))
    return Item(OPAQUE, (f"a {type(value).__name__}",))


def visible(text: str) -> str:
    r"""Return a text with each control character (names.control_character) as a visible escape, `\x1b`."""
    if control_character(text) is None:
        return text
    return "".join(_escape(c) if control_character(c) else c for c in text)


def _escape(character: str) -> str:
    return ascii(character)[1:-1]


def _toml_number(number: int | float) -> int | float | str:
    import math

    if isinstance(number, int):
        return number if abs(number) <= _LARGEST_TOML_INTEGER else str(number)
    return number if math.isfinite(number) else str(number)


def _number_text(number: int | float) -> str:
    whole = isinstance(number, float) and number.is_integer()
    return str(int(number)) if whole else str(number)
