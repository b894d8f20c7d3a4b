"""The JSON Schema of a form agrees with the form: what dominocli writes is valid, what lacks a field is not."""

from itertools import product
from typing import Any

import jsonschema
import pytest
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st

from dominocli.directory.writer import new_text
from dominocli.documents import FOLDERS, form_of
from dominocli.documents.configuration import Configuration
from dominocli.documents.connection import Connection
from dominocli.documents.document import Conflict, Document
from dominocli.documents.domain import Domain
from dominocli.documents.group import Group
from dominocli.documents.kinds import Choice
from dominocli.documents.schema import DIALECT, schema_of
from dominocli.documents.server import Port, Server

FORMS = [form_of(folder) for folder in FOLDERS]
VALIDATORS = {form: jsonschema.Draft202012Validator(schema_of(form)) for form in FORMS}


def complaints(form: type[Document], raw: object) -> list[str]:
    return [error.message for error in VALIDATORS[form].iter_errors(raw)]


def written(document: Document) -> dict[str, Any]:
    return tomli.loads(new_text(document))


@pytest.mark.parametrize("form", FORMS)
def test_the_schema_is_one_of_its_dialect_and_describes_every_field(form: type[Document]) -> None:
    schema = schema_of(form)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == DIALECT
    for field in form.fields.values():
        tab = schema["properties"][field.tab.key]
        described = tab if field.fills_tab else tab["properties"][field.key]
        assert described["title"] == field.label
        assert described["description"]


COMPLETE = [
    Connection("c", {"source_server": "A", "destination_server": "b", "destination_domain": "C"}, unid="ab" * 16),
    Connection(
        "c",
        {
            "connection_type": "Network Dialup",
            "source_server": "A",
            "source_domain": "X",
            "destination_server": "b",
            "destination_domain": "C",
            "files_to_replicate": ("names.nsf", "mail/"),
            "replication_time_limit": 30,
            "owners": ("Ann/Acme",),
        },
    ).with_defaults(),
    Domain("d", {"domain_type": "Foreign SMTP Domain", "internet_domain": "*.*", "domain_name": "I"}),
    Domain(
        "d",
        {
            "domain_type": "Global Domain",
            "global_domain_name": "G",
            "local_primary_internet_domain": "acme.com",
            "alternate_internet_domain_aliases": ("*.acme.org",),
        },
    ),
    Server("s", {"server_name": "A/B", "ports": (Port("TCPIP", "Net", "host", "TCP", False),)}).with_defaults(),
    Server("s", {"server_name": "A/B"}, unknown=frozenset({"routing_tasks"}), notes_items={"X": {"y": [1]}}),
    Configuration("c", {"applies_to": "*", "relay_host": "[192.0.2.1]"}).with_defaults(),
    Group("g", {"group_name": "G", "members": ("A/B",)}, conflict=Conflict("ab" * 16, "1-2", "C/D")).with_defaults(),
]


@pytest.mark.parametrize("document", COMPLETE, ids=lambda d: f"{d.form} {d.values.get('connection_type', '')}")
def test_what_dominocli_writes_is_valid(document: Document) -> None:
    assert document.problems() == []
    assert complaints(type(document), written(document)) == []


def test_keys_the_schema_does_not_name_are_allowed() -> None:
    raw = written(COMPLETE[0])
    raw["basics"]["sorce_server"] = "x"
    raw["else"] = {"a": 1}
    assert complaints(Connection, raw) == []


@pytest.mark.parametrize(
    ("tab", "key", "value"),
    [
        ("basics", "source_server", 1),
        ("basics", "connection_type", "Telegraph"),
        ("replication_routing", "routing_cost", 0),
        ("replication_routing", "routing_cost", "5"),
        ("schedule", "days_of_week", ["Monday"]),
        ("schedule", "connect_at_times", "08:00"),
    ],
)
def test_a_value_the_form_does_not_offer_is_invalid(tab: str, key: str, value: object) -> None:
    raw = written(COMPLETE[0])
    raw.setdefault(tab, {})[key] = value
    assert len(complaints(Connection, raw)) == 1


def test_the_form_and_the_unid_are_checked() -> None:
    assert len(complaints(Group, {"unid": "AB", "form": "Server", "basics": {"group_name": "G"}})) == 2


def filled(form: type[Document], choices: dict[str, str]) -> dict[str, Any]:
    """Return values for every field that may be required, none of them a choice."""
    texts = {"internet_domain": "*.*", "local_primary_internet_domain": "acme.com"}
    given = {
        f.key: texts.get(f.key, "X") for f in form.fields.values() if f.ever_required and not isinstance(f, Choice)
    }
    return {**given, **choices}


def combinations(form: type[Document]) -> list[dict[str, str]]:
    keys = ("connection_type", "connect_via", "routing_task", "replication_task", "schedule", "domain_type")
    choices = [field for key in keys if isinstance(field := form.fields.get(key), Choice)]
    options: list[list[str | None]] = [[None, *(keyword.value for keyword in choice.keywords)] for choice in choices]
    return [
        {choice.key: value for choice, value in zip(choices, values, strict=True) if value is not None}
        for values in product(*options)
    ]


def missing(document: Document) -> set[str]:
    return {p.key for p in document.problems() if p.rule in ("value-missing", "destination-server-blank")}


@pytest.mark.parametrize("form", FORMS)
def test_schema_and_form_agree_on_what_is_required_under_every_combination_of_choices(form: type[Document]) -> None:
    for choices in combinations(form):
        whole = form("x", filled(form, choices))
        for field in form.fields.values():
            if not field.ever_required:
                continue
            for value in (None, "", "kept"):
                document = whole if value == "kept" else whole.with_values({field.key: value})
                raw = document.nested()
                if value == "" and field.shown(document):
                    raw.setdefault(field.tab.key, {})[field.key] = ""
                wrong = [m for m in complaints(form, raw) if "is not one of" not in m]
                assert bool(wrong) == bool(missing(document)), (choices, field.key, value, wrong)


def test_a_field_an_import_did_not_find_is_not_required() -> None:
    document = Connection("c", {"connection_type": "Passthru Server"}, unknown=frozenset(Connection.fields))
    assert document.problems() == []
    assert complaints(Connection, written(document)) == []


values_by_key = {
    "connection_type": st.sampled_from([k.value for k in Connection.connection_type.keywords]),
    "connect_via": st.sampled_from(["Direct connection", "Dial-up connection"]),
    "replication_task": st.sampled_from(["Enabled", "Disabled"]),
    "routing_task": st.sampled_from(["Mail Routing", "-None-"]),
    "routing_cost": st.integers(1, 100),
    "repeat_interval": st.integers(0, 1440),
    "source_server": st.sampled_from(["", "A/B"]),
    "destination_domain": st.sampled_from(["", "X"]),
    "days_of_week": st.lists(st.sampled_from(["Sun", "Mon", "Sat"]), unique=True).map(tuple),
    "files_to_replicate": st.lists(st.text("ab./", min_size=1), unique=True).map(tuple),
    "comments": st.text("aé\"'\\#"),
}


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(st.fixed_dictionaries({}, optional=values_by_key))
def test_any_connection_is_valid_exactly_if_nothing_is_missing(values: dict[str, Any]) -> None:
    document = Connection("c", values).with_defaults()
    assert bool(complaints(Connection, written(document))) == bool(missing(document))
