"""What a field of a document is.

A field is declared once, as an attribute of the document's class. The prompt, the flag, the
check of its value, the TOML key and the JSON Schema are all derived from that declaration.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NamedTuple, Self, TypeVar, cast, overload

from dominocli import names, schedule

if TYPE_CHECKING:
    from dominocli.documents.document import Document

T = TypeVar("T")


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
        self._default = blank if default is None else default
        self._required = required
        self._shown = shown

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
            return cast(T, values[self.key])
        return self.blank if self.key in document.unknown else self.default(document)

    @property
    def flag(self) -> str:
        """Return the field's flag, `--source-server`."""
        return "--" + self.key.replace("_", "-")

    def default(self, document: Document) -> T:
        """Return the value the field has in a document that does not give it."""
        value = self._default
        return value(document) if callable(value) else value

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

    def read(self, raw: object) -> T:
        """Return the value of a TOML value; raise `InvalidValue`."""
        if not isinstance(raw, str):
            raise InvalidValue(f"{self.label} must be a text, not {_toml_type(raw)}")
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


class Text(Field[str]):
    """Free text of one line."""

    def __init__(self, label: str, **about: Any) -> None:
        super().__init__(label, blank="", **about)

    def parse(self, text: str) -> str:
        refuse_control_characters(self.label, text)
        return text.strip()


class ServerName(Text):
    """A server (or a placeholder, group or cluster that may stand for one), kept abbreviated."""

    def parse(self, text: str) -> str:
        return names.abbreviate(super().parse(text))


class DomainName(Text):
    """A Notes domain name."""

    def parse(self, text: str) -> str:
        value = super().parse(text)
        if value and (problem := names.notes_domain_problem(value)):
            raise InvalidValue(f"{self.label}: {problem}", rule="domain-name-invalid")
        return value


class InternetPattern(Text):
    """A pattern of Internet domains (domino.md 2.5)."""

    def parse(self, text: str) -> str:
        value = super().parse(text)
        if value:
            _pattern(self.label, value)
        return value


class InternetDomain(Text):
    """One Internet domain, without a wildcard."""

    def parse(self, text: str) -> str:
        value = super().parse(text)
        if value and _pattern(self.label, value).kind != "exact":
            raise InvalidValue(f"{self.label}: {quoted(value)} is no domain", rule="pattern-invalid")
        return value


class RelayHost(Text):
    """A host mail is relayed to: a name, a bare address, or an address in brackets."""

    def parse(self, text: str) -> str:
        value = super().parse(text)
        if value and (problem := names.relay_host_problem(value)):
            raise InvalidValue(f"{self.label}: {problem}", rule="relay-host-invalid")
        return value


class TimeZone(Text):
    """An IANA time zone."""

    def parse(self, text: str) -> str:
        value = super().parse(text)
        if value and not schedule.valid_zone(value):
            raise InvalidValue(
                f"{self.label}: {value} is no IANA time zone",
                rule="time-zone-invalid",
                hint="write it like Europe/Berlin",
            )
        return value


class Integer(Field["int | None"]):
    """A whole number within bounds; blank is None."""

    def __init__(self, label: str, *, minimum: int, maximum: int, unit: str = "", **about: Any) -> None:
        super().__init__(label, blank=None, **about)
        self.minimum = minimum
        self.maximum = maximum
        self.unit = unit

    def parse(self, text: str) -> int | None:
        stripped = text.strip()
        if not stripped:
            return None
        digits = stripped.removeprefix("-")
        if not (digits.isascii() and digits.isdigit()) or len(digits) > 12:
            raise InvalidValue(f"{self.label} must be a whole number, not {quoted(stripped)}")
        return self.read(int(stripped))

    def read(self, raw: object) -> int | None:
        if isinstance(raw, str) and not raw.strip():
            return None
        if isinstance(raw, bool) or not isinstance(raw, int):
            raise InvalidValue(f"{self.label} must be a whole number, not {_toml_type(raw)}")
        if not self.minimum <= raw <= self.maximum:
            raise InvalidValue(f"{self.label} must be from {self.minimum} to {self.maximum}, not {raw}")
        return raw

    def write(self, value: int | None) -> Any:
        return "" if value is None else value

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.minimum, "maximum": self.maximum}


class Choice(Field[str]):
    """One of the keywords Domino's form offers."""

    def __init__(self, label: str, *, keywords: tuple[Keyword, ...], **about: Any) -> None:
        super().__init__(label, blank="", **about)
        self._keywords = keywords

    @property
    def keywords(self) -> tuple[Keyword, ...]:
        return self._keywords

    def parse(self, text: str) -> str:
        wanted = text.strip().casefold()
        if not wanted:
            return ""
        return _keyword(self, wanted, text.strip(), short=True)

    def read(self, raw: object) -> str:
        if not isinstance(raw, str):
            raise InvalidValue(f"{self.label} must be a text, not {_toml_type(raw)}")
        wanted = raw.strip().casefold()
        return _keyword(self, wanted, raw.strip(), short=False) if wanted else ""

    def schema(self) -> dict[str, Any]:
        return {"enum": [keyword.value for keyword in self._keywords]}


class TextList(Field["tuple[str, ...]"]):
    """Several texts; a flag may be given several times or take a list."""

    separators = ",;"

    def __init__(self, label: str, **about: Any) -> None:
        super().__init__(label, blank=(), **about)

    def parse(self, text: str) -> tuple[str, ...]:
        refuse_control_characters(self.label, text)
        for separator in self.separators[1:]:
            text = text.replace(separator, self.separators[0])
        return self._unique(text.split(self.separators[0]))

    def parse_all(self, texts: Iterable[str]) -> tuple[str, ...]:
        return self._unique(value for text in texts for value in self.parse(text))

    def read(self, raw: object) -> tuple[str, ...]:
        if isinstance(raw, str):
            return self.parse(raw)
        if not isinstance(raw, list) or not all(isinstance(value, str) for value in raw):
            raise InvalidValue(f"{self.label} must be a list of texts, not {_toml_type(raw)}")
        for value in raw:
            refuse_control_characters(self.label, value)
        return self._unique(raw)

    def one(self, text: str) -> str:
        """Return one value of the list as it is kept; raise `InvalidValue`."""
        return text

    def _unique(self, texts: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.one(text.strip()) for text in texts if text.strip()))

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "string"}, "uniqueItems": True}


class NameList(TextList):
    """Several servers, persons or groups, kept abbreviated."""

    def one(self, text: str) -> str:
        return names.abbreviate(text)


class DomainNameList(TextList):
    """Several Notes domain names."""

    def one(self, text: str) -> str:
        if problem := names.notes_domain_problem(text):
            raise InvalidValue(f"{self.label}: {problem}", rule="domain-name-invalid")
        return text


class InternetDomainList(TextList):
    """Several Internet domains; `*.` may stand before a whole subdomain only (domino.md 2.5)."""

    def one(self, text: str) -> str:
        if _pattern(self.label, text).kind not in ("exact", "subdomains"):
            raise InvalidValue(
                f"{self.label}: {quoted(text)} is neither a domain nor *. before one", rule="pattern-invalid"
            )
        return text


class ChoiceList(TextList):
    """Several of the keywords Domino's form offers."""

    def __init__(self, label: str, *, keywords: tuple[Keyword, ...], **about: Any) -> None:
        super().__init__(label, **about)
        self._keywords = keywords

    @property
    def keywords(self) -> tuple[Keyword, ...]:
        return self._keywords

    def one(self, text: str) -> str:
        return _keyword(self, text.casefold(), text, short=True)

    def schema(self) -> dict[str, Any]:
        values = [keyword.value for keyword in self._keywords]
        return {"type": "array", "items": {"enum": values}, "uniqueItems": True}


class Times(TextList):
    """Times of day and ranges, kept as HH:MM and HH:MM-HH:MM (domino.md 2.1)."""

    def parse(self, text: str) -> tuple[str, ...]:
        refuse_control_characters(self.label, text)
        return self._times([text])

    def parse_all(self, texts: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted({time for text in texts for time in self.parse(text)}))

    def read(self, raw: object) -> tuple[str, ...]:
        return self._times(super().read(raw))

    def _times(self, texts: Iterable[str]) -> tuple[str, ...]:
        try:
            return schedule.parse_time_list([text for text in texts if text.strip()])
        except ValueError as error:
            raise InvalidValue(f"{self.label}: {error}") from error

    def _unique(self, texts: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(texts))


class Days(TextList):
    """Days of the week, kept as Sun to Sat."""

    def parse(self, text: str) -> tuple[str, ...]:
        if not text.strip():
            return ()
        try:
            return schedule.parse_days(text)
        except ValueError as error:
            raise InvalidValue(f"{self.label}: {error}") from error

    def _unique(self, texts: Iterable[str]) -> tuple[str, ...]:
        return self.parse(", ".join(texts))

    def show(self, value: tuple[str, ...]) -> str:
        return schedule.format_days(value)

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": {"enum": list(schedule.DAYS)}, "uniqueItems": True}


def refuse_control_characters(label: str, text: str) -> None:
    """Raise `InvalidValue` if the text would inject into terminals, tables or exports."""
    if found := names.control_character(text):
        raise InvalidValue(f"{label} holds a control character ({found})", rule="control-character")


def quoted(text: str) -> str:
    """Return a text of unknown origin for a message: escaped, in quotes, at most 60 characters."""
    shown = text if len(text) <= 60 else text[:57] + "..."
    escaped = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in shown)
    return '"' + escaped.replace('"', '\\"') + '"'


def _pattern(label: str, text: str) -> names.Pattern:
    try:
        return names.Pattern(text)
    except ValueError as error:
        raise InvalidValue(f"{label}: {error}", rule="pattern-invalid") from error


def _keyword(field: Field[Any], wanted: str, text: str, *, short: bool) -> str:
    for keyword in field.keywords:
        if wanted in (keyword.value.casefold(), keyword.synonym.casefold()) or (short and wanted == keyword.short):
            return keyword.value
    refuse_control_characters(field.label, text)
    accepted = ", ".join(
        f"{keyword.value} ({keyword.short})" if short and keyword.short else keyword.value
        for keyword in field.keywords
        if not keyword.legacy
    )
    meant = next((k.value for k in field.keywords if k.short == wanted), "")
    hint = f'write "{meant}"' if meant else f"one of: {accepted}"
    raise InvalidValue(f"{field.label} cannot be {quoted(text)}", hint=hint)


def _toml_type(raw: object) -> str:
    kinds = {bool: "true or false", int: "a number", float: "a number", str: "a text", list: "a list"}
    return kinds.get(type(raw), "a table" if isinstance(raw, dict) else f"a {type(raw).__name__}")
