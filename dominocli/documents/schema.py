"""The JSON Schema of a form, for editors that complete and check a document while it is typed."""

from __future__ import annotations

from itertools import product
from typing import Any

from dominocli.documents.document import Document
from dominocli.documents.field import Field
from dominocli.documents.kinds import Choice

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEXT = {"type": "string"}
_UNID = {"type": "string", "pattern": "^[0-9a-f]{32}$"}

_Value = dict[str, Any]


def schema_of(form: type[Document]) -> _Value:
    """Return the JSON Schema (draft 2020-12) of a form's TOML file, from the declarations of its fields.

    It describes what dominocli writes: reading is more tolerant (keywords in any case, blank values). Keys
    it does not name are allowed, since to `check` they are a finding and not an error. A field is required
    by the values of the others, as its declaration says, but where an import lists it as unknown.
    """
    tabs: _Value = {tab.key: {"title": tab.label, "type": "object", "properties": {}} for tab in form.tabs}
    for field in form.fields.values():
        if field.fills_tab:
            tabs[field.tab.key] = _described(field, form)
        else:
            tabs[field.tab.key]["properties"][field.key] = _described(field, form)
    top = {
        "unid": {**_UNID, "title": "Unid", "description": "the document's own id; made when it is recorded"},
        "form": {"const": form.form},
        "unknown": {
            "type": "array",
            "items": {"enum": list(form.fields)},
            "uniqueItems": True,
            "description": "fields an import did not find: nobody knows their value",
        },
        "notes_items": {"type": "object", "description": "Notes items an import kept and this form does not have"},
        "conflict": {
            "type": "object",
            "properties": {"of": _UNID, "rev": _TEXT, "from": _TEXT},
            "required": ["of", "rev", "from"],
            "description": "this is a conflict document: of which one, its revision, and where it came from",
        },
    }
    return {
        "$schema": DIALECT,
        "title": f"{form.form} document",
        "description": "Keys this schema does not name are kept, and named by dominocli check.",
        "type": "object",
        "properties": {**top, **tabs},
        "allOf": [_requirement(form, field) for field in form.fields.values() if field.ever_required],
    }


def _described(field: Field[Any], form: type[Document]) -> _Value:
    about = {"title": field.label, "description": field.long_help or field.help}
    default = field.write(field.default(form("probe")))
    constant = all(field.default(probe) == field.default(form("probe")) for probe in _probes(form, _choices(form)))
    if constant and default not in ("", []) and not field.fills_tab:
        about["default"] = default
    return {**about, **field.schema()}


def _requirement(form: type[Document], field: Field[Any]) -> _Value:
    """Return the rule that a field must be given: if the other values ask for it and it is not unknown."""
    unknown = {"required": ["unknown"], "properties": {"unknown": {"contains": {"const": field.key}}}}
    given = {"required": [field.key], "properties": {field.key: {"minLength": 1}}}
    choices = _choices(form)
    probes = [probe for probe in _probes(form, choices) if field.shown(probe) and field.required(probe)]
    asking = {tuple(choice.__get__(probe, form) for choice in choices) for probe in probes}
    cases = [
        {"allOf": [_is_one_of(form, key, values) for key, values in case.items()]} if case else {}
        for case in _cases(choices, asking)
    ]
    return {
        "if": {"anyOf": cases, "not": unknown},
        "then": {"required": [field.tab.key], "properties": {field.tab.key: given}},
    }


def _cases(choices: list[Choice], asking: set[tuple[str, ...]]) -> list[dict[str, list[str]]]:
    """Return combinations of values as few cases, each the values some choices may have in it.

    A choice whose value makes no difference does not appear.
    """
    if not choices:
        return [{}]
    first, rest = choices[0], choices[1:]
    values_by_rest: dict[frozenset[tuple[str, ...]], list[str]] = {}
    for keyword in first.keywords:
        remaining = frozenset(values[1:] for values in asking if values[0] == keyword.value)
        if remaining:
            values_by_rest.setdefault(remaining, []).append(keyword.value)
    cases = []
    for remaining, values in values_by_rest.items():
        decides = {} if len(values) == len(first.keywords) else {first.key: values}
        cases += [{**decides, **case} for case in _cases(rest, set(remaining))]
    return cases


def _choices(form: type[Document]) -> list[Choice]:
    """Return the choices that can decide about other fields: all but those whose values decide nothing."""
    fields = [field for field in form.fields.values() if isinstance(field, Choice)]
    return [choice for choice in fields if _decides(form, choice)]


def _decides(form: type[Document], choice: Choice) -> bool:
    probes = [form("probe", {choice.key: keyword.value}) for keyword in choice.keywords]
    return any(len({_asked(field, probe) for probe in probes}) > 1 for field in form.fields.values() if field != choice)


def _asked(field: Field[Any], document: Document) -> tuple[bool, bool, Any]:
    return field.shown(document), bool(field.required(document)), field.default(document)


def _probes(form: type[Document], choices: list[Choice]) -> list[Document]:
    """Return a document for each combination of values of these choices."""
    every = product(*((keyword.value for keyword in choice.keywords) for choice in choices))
    keys = [choice.key for choice in choices]
    return [form("probe", dict(zip(keys, values, strict=True))) for values in every]


def _is_one_of(form: type[Document], key: str, values: list[str]) -> _Value:
    """Return the condition that a choice has one of these values; left out it has its default."""
    choice = form.fields[key]
    condition: _Value = {"properties": {choice.tab.key: {"properties": {key: {"enum": values}}}}}
    if choice.default(form("probe")) not in values:
        condition["required"] = [choice.tab.key]
        condition["properties"][choice.tab.key]["required"] = [key]
    return condition
