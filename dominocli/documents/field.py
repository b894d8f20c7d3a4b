"""What a field of a document is.

A field is declared once, as an attribute of the document's class. The prompt, the flag, the
check of its value, the TOML key and the JSON Schema are all derived from that declaration.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NamedTuple, Self, TypeVar, overload

from dominocli import names

if TYPE_CHECKING:
    from dominocli.documents.document import Document

T = TypeVar("T")

_MOST_KNOWN = 256
"""So many values of a field are remembered."""


class InvalidValue(ValueError):
    """A text or TOML value the field does not accept; `rule` is the id of the finding."""

    def __init__(self, message: str, *, rule: str = "value-invalid", hint: str = "") -> None:
        super().__init__(message)
        self.rule = rule
        self.hint = hint


class Tab(NamedTuple):
    """One tab of a form: its TOML table and the label Domino shows."""

    key: str
    label: str


class Keyword(NamedTuple):
    """A value Domino's form offers, the short word a flag takes for it, whether it is rare, and another
    word read as the same."""

    value: str
    short: str = ""
    legacy: bool = False
    synonym: str = ""


class Field(Generic[T]):
    """One field: label, tab, help, default, and how its value is read, checked and shown.

    `default` is a value or a function of the document (Domino's default often depends on another
    field). `required` and `shown` likewise. `item` is the Notes item's name, where it is known
    (domino.md 5). `refers_to` is the folder of the documents whose name the field holds.
    Reading the attribute of a document gives the effective value: the one given, else the default.
    """

    key: str
    blank: T
    fills_tab: ClassVar[bool] = False
    """Whether the field is its whole tab (Ports), not one key in it."""

    def __init__(
        self,
        label: str,
        *,
        tab: Tab,
        help: str,
        blank: T,
        default: T | Callable[[Any], T] | None = None,
        required: bool | Callable[[Any], bool] = False,
        shown: bool | Callable[[Any], bool] = True,
        long_help: str = "",
        item: str = "",
        refers_to: str = "",
    ) -> None:
        self.label = label
        self.tab = tab
        self.help = help
        self.long_help = long_help
        self.item = item
        self.blank = blank
        self.refers_to = refers_to
        self.has_default = default is not None
        self._default = blank if default is None else default
        self._required = required
        self._shown = shown
        self._known: dict[object, T] = {}

    def __set_name__(self, owner: type, name: str) -> None:
        self.key = name

    @overload
    def __get__(self, document: None, owner: type) -> Self: ...
    @overload
    def __get__(self, document: Document, owner: type) -> T: ...
    def __get__(self, document: Document | None, owner: type) -> Self | T:
        if document is None:
            return self
        values = document.values
        if self.key in values:
            value: T = values[self.key]
            return value
        return self.blank if self.key in document.unknown else self.default(document)

    @property
    def flag(self) -> str:
        """Return the field's flag, `--source-server`."""
        return "--" + self.key.replace("_", "-")

    def default(self, document: Document) -> T:
        """Return the value the field has in a document that does not give it."""
        value = self._default
        return value(document) if callable(value) else value

    @property
    def blank_is_default(self) -> bool:
        """Tell whether clearing the field means its default, since blank is no value it can hold."""
        return False

    def required(self, document: Document) -> bool:
        """Tell whether a document with these other values must give the field."""
        return self._required(document) if callable(self._required) else self._required

    @property
    def ever_required(self) -> bool:
        """Tell whether some document must give the field."""
        return self._required is not False

    def shown(self, document: Document) -> bool:
        """Tell whether Domino's form shows the field for these other values (hide-when)."""
        return self._shown(document) if callable(self._shown) else self._shown

    @property
    def repeats(self) -> bool:
        """Tell whether the flag may be given several times."""
        return isinstance(self.blank, tuple)

    def parse(self, text: str) -> T:
        """Return the value of a flag's or prompt's text; raise `InvalidValue`."""
        raise InvalidValue(f"{self.label} cannot be given as text")

    def parse_all(self, texts: Iterable[str]) -> T:
        """Return the value of a flag given one or several times; raise `InvalidValue`."""
        return self.parse(list(texts)[-1])

    def read_known(self, raw: object) -> T:
        """Return what `read` does; texts, numbers and lists of texts read before are not read again.

        Most fields hold few different values in many documents.
        """
        kind = type(raw)
        if kind is not str and kind is not int and kind is not list:
            return self.read(raw)
        known = self._known
        try:
            # A list of other things than texts equals none of those known.
            key = tuple(raw) if kind is list else raw  # type: ignore[arg-type]
            if key in known:
                return known[key]
        except TypeError:  # a list of lists
            return self.read(raw)
        value = self.read(raw)
        if len(known) < _MOST_KNOWN and (kind is not list or all(type(text) is str for text in key)):  # type: ignore[attr-defined]
            known[key] = value
        return value

    def read(self, raw: object) -> T:
        """Return the value of a TOML value; raise `InvalidValue`."""
        if not isinstance(raw, str):
            raise InvalidValue(f"{self.label} must be a text, not {toml_type(raw)}")
        return self.parse(raw)

    def unknown_keys(self, raw: object) -> Iterator[tuple[str, str]]:
        """Yield (table, key) of what the field, if it fills its tab, does not know in a TOML value."""
        yield from ()

    def write(self, value: T) -> Any:
        """Return the value as TOML holds it."""
        return list(value) if isinstance(value, tuple) else value

    def show(self, value: T) -> str:
        """Return the value as a table, a prompt's default or a flag shows it."""
        if value is None:
            return ""
        return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the TOML value."""
        return {"type": "string"}

    @property
    def keywords(self) -> tuple[Keyword, ...]:
        """Return the values the form offers; empty for free text."""
        return ()


def refuse_control_characters(label: str, text: str) -> None:
    """Raise `InvalidValue` if the text would inject into terminals, tables or exports."""
    if found := names.control_character(text):
        raise InvalidValue(f"{label} holds a control character ({found})", rule="control-character")


def toml_type(raw: object) -> str:
    """Return what a TOML value is, in words."""
    kinds = {bool: "true or false", int: "a number", float: "a number", str: "a text", list: "a list"}
    return kinds.get(type(raw), "a table" if isinstance(raw, dict) else f"a {type(raw).__name__}")
