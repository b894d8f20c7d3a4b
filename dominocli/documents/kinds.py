"""The kinds of fields: text and what names something, numbers, keywords, lists, times and days."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dominocli import names, schedule
from dominocli.documents.field import (
    Field,
    InvalidValue,
    Keyword,
    refuse_control_characters,
    toml_type,
)
from dominocli.names import quoted


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
            found = str(raw) if isinstance(raw, float) else toml_type(raw)
            raise InvalidValue(f"{self.label} must be a whole number, not {found}")
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

    @property
    def blank_is_default(self) -> bool:
        return self.has_default

    def parse(self, text: str) -> str:
        wanted = text.strip().casefold()
        if not wanted:
            return ""
        return _keyword(self, wanted, text.strip(), short=True)

    def read(self, raw: object) -> str:
        if not isinstance(raw, str):
            raise InvalidValue(f"{self.label} must be a text, not {toml_type(raw)}")
        wanted = raw.strip().casefold()
        if not wanted and self.has_default:
            raise InvalidValue(
                f"{self.label} is blank", hint=f"{_accepted(self, short=False)}; without it: the default"
            )
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
        if not isinstance(raw, list):
            raise InvalidValue(f"{self.label} must be a list of texts, not {toml_type(raw)}")
        for value in raw:
            if not isinstance(value, str):
                raise InvalidValue(f"{self.label} must be a list of texts, and {toml_type(value)} is in it")
            refuse_control_characters(self.label, value)
        return self._unique(raw)

    def one(self, text: str) -> str:
        """Return one value of the list as it is kept; raise `InvalidValue`."""
        return text

    def _unique(self, texts: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.one(text.strip()) for text in texts if text.strip()))

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "string"}, "uniqueItems": True}


class FileList(TextList):
    """Several files and folders by name, without wildcards (domino.md 2.2)."""

    def one(self, text: str) -> str:
        if "*" in text or "?" in text:
            raise InvalidValue(f"{self.label}: {quoted(text)} holds a wildcard", hint="name a file or a whole folder")
        return text


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


class TimeRanges(Times):
    """Ranges of times alone, kept as HH:MM-HH:MM (domino.md 2.7)."""

    def _times(self, texts: Iterable[str]) -> tuple[str, ...]:
        times = super()._times(texts)
        if single := next((time for time in times if "-" not in time), ""):
            raise InvalidValue(f"{self.label}: {single} is no range", hint="write it like 00:00-06:00")
        return times


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
    meant = next((k.value for k in field.keywords if k.short == wanted), "")
    hint = f'write "{meant}"' if meant else _accepted(field, short=short)
    raise InvalidValue(f"{field.label} cannot be {quoted(text)}", hint=hint)


def _accepted(field: Field[Any], *, short: bool) -> str:
    return "one of: " + ", ".join(
        f"{keyword.value} ({keyword.short})" if short and keyword.short else keyword.value
        for keyword in field.keywords
        if not keyword.legacy
    )
