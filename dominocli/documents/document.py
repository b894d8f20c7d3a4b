"""What a document is: a form's fields with the values given, and what the file holds besides."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Self

from dominocli import names
from dominocli.documents.field import Field, InvalidValue, Tab, toml_type
from dominocli.documents.finding import Problem
from dominocli.documents.kinds import NameList, Text
from dominocli.names import quoted

ADMINISTRATION = Tab("administration", "Comments / Administration")
RESERVED = frozenset({"unid", "form", "unknown", "notes_items", "conflict"})
"""Top-level keys of a file that are no tab."""
_BLANK = ("", None, ())


class Conflict:
    """Whose conflict document this is: `of` the main unid, `rev` the losing revision, `origin` the
    replica it came from (the TOML key is `from`)."""

    __slots__ = ("of", "origin", "rev")

    def __init__(self, of: str, rev: str, origin: str) -> None:
        self.of = of
        self.rev = rev
        self.origin = origin


class Document(ABC):
    """One document. `values` holds only what is given, in the fields' own types; reading a field
    gives its effective value. A document is never changed: `with_values` makes another.

    `unknown` names the fields an import did not find: they have no value, not even the default.
    `extra` holds, as (table, key), what the form does not know; `problems_read` what the file says
    wrongly.
    """

    form: ClassVar[str]
    folder: ClassVar[str]
    noun: ClassVar[str]
    tabs: ClassVar[tuple[Tab, ...]]
    fields: ClassVar[dict[str, Field[Any]]]
    fields_by_tab: ClassVar[dict[str, dict[str, Field[Any]]]]
    fields_ever_required: ClassVar[tuple[Field[Any], ...]]

    comments = Text("Comments", tab=ADMINISTRATION, help="a note; it routes nothing", item="Comments")
    owners = NameList("Owners", tab=ADMINISTRATION, help="who owns the document", item="Owner")
    administrators = NameList(
        "Administrators", tab=ADMINISTRATION, help="who may change the document", item="LocalAdmin"
    )

    def __init__(
        self,
        name: str,
        values: Mapping[str, Any] | None = None,
        *,
        unid: str = "",
        unknown: frozenset[str] = frozenset(),
        extra: tuple[tuple[str, str], ...] = (),
        notes_items: Mapping[str, Any] | None = None,
        conflict: Conflict | None = None,
        problems_read: tuple[Problem, ...] = (),
    ) -> None:
        self.name = name
        self.values: dict[str, Any] = dict(values or {})
        self.unid = unid
        self.unknown = unknown
        self.extra = extra
        self.notes_items: dict[str, Any] = dict(notes_items or {})
        self.conflict = conflict
        self.problems_read = problems_read
        self._problems: tuple[Problem, ...] | None = None

    def __init_subclass__(cls, **about: Any) -> None:
        super().__init_subclass__(**about)
        declared = [f for base in reversed(cls.__mro__) for f in vars(base).values() if isinstance(f, Field)]
        order = {tab.key: position for position, tab in enumerate(cls.tabs)}
        declared.sort(key=lambda field: order[field.tab.key])
        cls.fields = {field.key: field for field in declared}
        cls.fields_by_tab = {tab.key: {f.key: f for f in declared if f.tab.key == tab.key} for tab in cls.tabs}
        cls.fields_ever_required = tuple(field for field in declared if field.ever_required)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r}, {self.values!r})"

    @property
    def path(self) -> str:
        """Return the document's path without the ending: `connections/NAME`."""
        return f"{self.folder}/{self.name}"

    @property
    def file(self) -> str:
        """Return the document's file, relative to the directory."""
        return f"{self.folder}/{self.name}.toml"

    def get(self, key: str) -> Any:
        """Return the effective value of the field named `key`."""
        return self.fields[key].__get__(self, type(self))

    def is_unknown(self, key: str) -> bool:
        """Tell whether an import did not find the field, so that nobody knows its value."""
        return key in self.unknown and key not in self.values

    def with_values(self, changes: Mapping[str, Any], *, name: str | None = None) -> Self:
        """Return the document with other values.

        None takes a value away (back to the default); so does a blank where it is no value, as in a choice.
        """
        values = {**self.values, **changes}
        for key, value in list(values.items()):
            field = self.fields.get(key)
            if (value is None and key in changes) or (value == "" and field is not None and field.blank_is_default):
                del values[key]
        return type(self)(
            self.name if name is None else name,
            values,
            unid=self.unid,
            unknown=self.unknown - changes.keys(),
            extra=self.extra,
            notes_items=self.notes_items,
            conflict=self.conflict,
            problems_read=tuple(p for p in self.problems_read if p.key not in changes),
        )

    def with_defaults(self) -> Self:
        """Return the document with every default of a shown field written out (as `add` writes it)."""
        values = {field.key: self.get(field.key) for field in self.shown_fields() if self._worth_writing(field)}
        return self.with_values({**values, **self.values})

    def _worth_writing(self, field: Field[Any]) -> bool:
        if self.is_unknown(field.key):
            return False
        if self.get(field.key) not in _BLANK:
            return True
        # Left out, a value cleared on purpose (no Routing tasks) would come back as the default.
        return field.key in self.values and field.default(self) not in _BLANK

    def shown_fields(self) -> Iterator[Field[Any]]:
        """Yield the fields Domino's form shows for these values, in the order of the tabs."""
        return (field for field in self.fields.values() if field.shown(self))

    def problems(self) -> list[Problem]:
        """Return everything that is wrong with the document alone."""
        if self._problems is None:
            self._problems = tuple(self._found_problems())
        return list(self._problems)

    def _found_problems(self) -> list[Problem]:
        found = list(self.problems_read)
        said = {problem.key for problem in found}
        for field in self.fields_ever_required:
            if field.key in said or self.is_unknown(field.key) or self.get(field.key) not in _BLANK:
                continue
            if field.shown(self) and field.required(self):
                found.append(self._missing(field))
        found.extend(p for p in self.own_problems() if p.key not in said and not self.is_unknown(p.key))
        return found

    def _missing(self, field: Field[Any]) -> Problem:
        return Problem("value-missing", field.key, f"{field.label} is required", f"give {field.flag}")

    def own_problems(self) -> Iterator[Problem]:
        """Yield what the form's own rules find; forms override it."""
        yield from ()

    @abstractmethod
    def default_name(self, domain: str) -> str:
        """Return the name a new document gets where none is given (design.md 2)."""

    def flat(self) -> dict[str, Any]:
        """Return the effective values of the shown fields by key, as JSON holds them."""
        return {
            field.key: field.write(self.get(field.key)) for field in self.shown_fields() if self._worth_writing(field)
        }

    def nested(self) -> dict[str, Any]:
        """Return unid, form and the effective values by tab, as TOML and JSON hold the document."""
        document: dict[str, Any] = {"unid": self.unid, "form": self.form} if self.unid else {"form": self.form}
        unknown = sorted(key for key in self.unknown if self.is_unknown(key))
        if unknown:
            document["unknown"] = unknown
        for field in self.shown_fields():
            if not self._worth_writing(field):
                continue
            written = field.write(self.get(field.key))
            if field.fills_tab:
                document[field.tab.key] = written
            else:
                document.setdefault(field.tab.key, {})[field.key] = written
        if self.notes_items:
            document["notes_items"] = self.notes_items
        if self.conflict:
            conflict = self.conflict
            document["conflict"] = {"of": conflict.of, "rev": conflict.rev, "from": conflict.origin}
        return document

    @classmethod
    def from_toml(cls, name: str, raw: Mapping[str, Any]) -> Self:
        """Return the document a parsed TOML file holds; what is wrong stays in `problems_read`."""
        reading = _Reading(cls, raw)
        return cls(
            name,
            reading.values,
            unid=reading.unid,
            unknown=reading.unknown,
            extra=tuple(reading.extra),
            notes_items=reading.notes_items,
            conflict=reading.conflict,
            problems_read=tuple(reading.problems),
        )


class _Reading:
    """One pass over a parsed file: values of the fields, and everything else by kind."""

    def __init__(self, form: type[Document], raw: Mapping[str, Any]) -> None:
        self.form = form
        self.values: dict[str, Any] = {}
        self.problems: list[Problem] = []
        self.extra: list[tuple[str, str]] = []
        self.notes_items: dict[str, Any] = {}
        self.conflict: Conflict | None = None
        self.unid = self._unid(raw.get("unid", ""))
        self.unknown = self._unknown(raw.get("unknown", []))
        if (given := raw.get("form", form.form)) != form.form:
            self._problem(
                "value-invalid",
                "form",
                f"form is {quoted(str(given))} in the folder of {form.form} documents",
            )
        tabs = form.fields_by_tab
        for table, content in raw.items():
            if table in RESERVED:
                if table in ("notes_items", "conflict"):
                    self._reserved_table(table, content)
            elif table not in tabs or not isinstance(content, dict):
                self.extra.append(("", table))
            else:
                self._tab(table, content)

    def _problem(self, rule: str, key: str, message: str, hint: str = "") -> None:
        self.problems.append(Problem(rule, key, message, hint))

    def _reserved_table(self, table: str, content: object) -> None:
        if not isinstance(content, dict):
            self._problem(
                "value-invalid", table, f"{table} must be a table, not {toml_type(content)}", f"write it as [{table}]"
            )
        elif table == "notes_items":
            self.notes_items = content
        else:
            self.conflict = Conflict(*(str(content.get(key, "")) for key in ("of", "rev", "from")))

    def _unid(self, raw: object) -> str:
        if isinstance(raw, str) and (not raw or is_unid(raw)):
            return raw
        self._problem("value-invalid", "unid", "unid must be 32 lower-case hexadecimal digits")
        return ""

    def _unknown(self, raw: object) -> frozenset[str]:
        if not isinstance(raw, list) or not all(isinstance(key, str) for key in raw):
            self._problem("value-invalid", "unknown", "unknown must be a list of field names")
            return frozenset()
        for key in raw:
            if key not in self.form.fields:
                message = f"unknown names {quoted(key)}, which is no field of a {self.form.form} document"
                self._problem("value-invalid", "unknown", message, "it lists the fields an import did not find")
                break
        return frozenset(raw) & self.form.fields.keys()

    def _tab(self, table: str, content: Mapping[str, Any]) -> None:
        fields, values = self.form.fields_by_tab[table], self.values
        whole = fields.get(table)
        if whole is not None and whole.fills_tab:
            self._value(whole, content)
            self.extra.extend(whole.unknown_keys(content))
            return
        for key, raw in content.items():
            field = fields.get(key)
            if field is None:
                self.extra.append((table, key))
                continue
            try:
                values[key] = field.read_known(raw)
            except InvalidValue as error:
                self._problem(error.rule, key, str(error), error.hint)

    def _value(self, field: Field[Any], raw: object) -> None:
        try:
            self.values[field.key] = field.read_known(raw)
        except InvalidValue as error:
            self._problem(error.rule, field.key, str(error), error.hint)


def is_unid(text: str) -> bool:
    """Tell whether the text is a unid: 32 lower-case hexadecimal digits."""
    return len(text) == 32 and not text.strip("0123456789abcdef")


def slug(*parts: str) -> str:
    """Return the slugs of the parts joined as a document's name."""
    return "--".join(names.slug(part) for part in parts)
