"""How the value of one Notes item and the value of one field turn into each other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from dominocli import names
from dominocli.documents.field import Field
from dominocli.documents.kinds import Choice, Days, Integer, NameList, ServerName, TextList, Times
from dominocli.export.notes import DATETIME, NUMBER, Item, text_item
from dominocli.names import quoted


class Undecodable(ValueError):
    """The item's value means nothing to us; the message says why."""


class Codec:
    """Text of one value, as most items are."""

    def decode(self, item: Item) -> object:
        """Return what the field reads (`Field.read`); raise `Undecodable`."""
        texts = _texts(item)
        if len(texts) > 1:
            raise Undecodable(f"it has {len(texts)} values")
        return texts[0] if texts else ""

    def encode(self, value: Any) -> Item | None:
        """Return the item of a field's value, None where nobody knows how Domino writes it."""
        return text_item(str(value))


class Name(Codec):
    """A name: canonical in Notes, abbreviated in our documents."""

    def encode(self, value: Any) -> Item | None:
        return text_item(names.canonical(value))


class Texts(Codec):
    """A list of texts; a single value is one text, whatever separators stand in it."""

    def decode(self, item: Item) -> object:
        return [text for text in _texts(item) if text.strip()]

    def encode(self, value: Any) -> Item | None:
        return text_item(*value, many=True)


class Names(Texts):
    """A list of names."""

    def encode(self, value: Any) -> Item | None:
        return text_item(*map(names.canonical, value), many=True)


class Number(Codec):
    """A whole number, also where the file writes it as text."""

    def decode(self, item: Item) -> object:
        text = str(super().decode(item)).strip()
        if not text:
            raise Undecodable("it is blank")
        if not re.fullmatch(r"-?[0-9]{1,12}", text):
            raise Undecodable(f"{quoted(text)} is no whole number")
        return int(text)

    def encode(self, value: Any) -> Item | None:
        return None if value is None else Item(NUMBER, (value,))


class Codes(Codec):
    """A keyword behind a code (`0`, `1`). Without a known code only the keyword itself is understood."""

    def __init__(self, codes: Mapping[str, str], keywords: tuple[str, ...]) -> None:
        self.codes = codes
        self._keywords = {keyword.casefold(): keyword for keyword in keywords}

    def decode(self, item: Item) -> object:
        text = str(super().decode(item)).strip()
        keyword = self.decode_text(text)
        if not keyword:
            raise Undecodable(f"nobody knows the code {quoted(text)}" if text else "it is blank")
        return keyword

    def decode_text(self, text: str) -> str:
        """Return the keyword of a code or keyword, "" if it is neither."""
        return self.codes.get(text) or self._keywords.get(text.casefold(), "")

    def encode(self, value: Any) -> Item | None:
        code = next((code for code, keyword in self.codes.items() if keyword == value), None)
        return None if code is None else text_item(code)


class Tasks(Codec):
    """The tasks of a Connection. (D) The words are the form's own; no word at all is `-None-`."""

    _ROUTING = frozenset({"mail routing", "smtp mail routing"})

    def decode(self, item: Item) -> object:
        words = {text.strip().casefold() for text in _texts(item)} - {"", "-none-"}
        if strange := words - self._ROUTING - {"replication"}:
            raise Undecodable(f"nobody knows the task {quoted(min(strange))}")
        return "Mail Routing" if words & self._ROUTING else "-None-"

    def encode(self, value: Any) -> Item | None:
        return text_item(*(["Mail Routing"] if value == "Mail Routing" else []), many=True)


class TimePairs(Codec):
    """Times of day and ranges: `T080000,00`, or a pair of them; 23:59:59 is the end of the day."""

    def decode(self, item: Item) -> object:
        if item.kind != DATETIME:
            return [text for text in _texts(item) if text.strip()]
        return [_time_text(value) for value in item.values]

    def encode(self, value: Any) -> Item | None:
        return Item(DATETIME, tuple(_time_pair(time) for time in value), many=True)


class Weekdays(Codec):
    """Days of the week by name; how Domino numbers them is unknown in public."""

    def decode(self, item: Item) -> object:
        texts = [text.strip() for text in _texts(item) if text.strip()]
        if any(text.isdigit() for text in texts):
            raise Undecodable("nobody knows how the days are numbered")
        return texts

    def encode(self, value: Any) -> Item | None:
        return None


def codec_of(field: Field[Any], codes: Mapping[str, str]) -> Codec:
    """Return the codec of a field by its kind; `codes` are those of its item, empty where unknown."""
    if field.item == "Tasks":
        return Tasks()
    if isinstance(field, Choice):
        return Codes(codes, tuple(keyword.value for keyword in field.keywords))
    for kind, codec in _BY_KIND:
        if isinstance(field, kind):
            return codec()
    return Codec()


_BY_KIND: tuple[tuple[type[Field[Any]], type[Codec]], ...] = (
    (ServerName, Name),
    (NameList, Names),
    (Times, TimePairs),
    (Days, Weekdays),
    (TextList, Texts),
    (Integer, Number),
)


def _texts(item: Item) -> tuple[str, ...]:
    if item.kind == DATETIME:
        raise Undecodable("it is a time")
    return item.texts()


def _time_text(value: str | tuple[str, ...]) -> str:
    if isinstance(value, str):
        return _clock(value)
    if len(value) != 2:
        raise Undecodable(f"a range of {len(value)} ends")
    first, last = map(_clock, value)
    return first if first == last else f"{first}-{last}"


def _clock(text: str) -> str:
    found = re.fullmatch(r"T([0-9]{2})([0-9]{2})([0-9]{2})(?:,[0-9]{2})?", text)
    if found is None:
        raise Undecodable(f"{quoted(text)} is no time of day like T080000,00")
    hour, minute, second = found.groups()
    return f"{hour}:{minute}" if second == "00" else f"{hour}:{minute}:{second}"


def _time_pair(time: str) -> str | tuple[str, str]:
    first, dash, last = time.partition("-")
    return (_notes_time(first), _notes_time(last)) if dash else _notes_time(first)


def _notes_time(clock: str) -> str:
    return "T235959,00" if clock == "24:00" else f"T{clock.replace(':', '')}00,00"
