"""Documents: read from TOML, effective values, what is wrong with one alone, and back to TOML."""

from collections.abc import Mapping
from typing import Any

import pytest
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st

from dominocli.directory.writer import new_text
from dominocli.documents import FOLDERS, form_of
from dominocli.documents.configuration import Configuration
from dominocli.documents.connection import Connection
from dominocli.documents.document import Conflict, Document, is_unid, slug
from dominocli.documents.domain import Domain
from dominocli.documents.field import Field
from dominocli.documents.finding import DOCUMENT_RULES, SEVERITIES, Finding, Problem
from dominocli.documents.group import Group
from dominocli.documents.kinds import Choice, ChoiceList, Integer
from dominocli.documents.server import Port, Server

FORMS = [form_of(folder) for folder in FOLDERS]
UNID = "ab" * 16


def read(form: type[Document], **raw: Any) -> Document:
    return form.from_toml("x", raw)


def wrong(document: Document) -> list[tuple[str, str]]:
    return [(problem.rule, problem.key) for problem in document.problems()]


def test_a_folder_holds_one_form_and_others_hold_none() -> None:
    assert [form.form for form in FORMS] == ["Connection", "Domain", "Server", "Configuration", "Group"]
    assert [form.folder for form in FORMS] == list(FOLDERS)
    with pytest.raises(KeyError):
        form_of("elsewhere")


def test_a_field_that_is_not_given_has_its_default_and_the_class_its_declaration() -> None:
    document = Connection("x", {"connection_type": "Network Dialup"})
    assert document.routing_cost == 5
    assert document.get("schedule") == "Enabled"
    assert Connection.routing_cost.label == "Routing cost"
    assert (document.path, document.file) == ("connections/x", "connections/x.toml")


def test_a_field_an_import_did_not_find_has_no_value_not_even_the_default() -> None:
    document = read(Server, unknown=["routing_tasks", "no_field"], basics={"server_name": "A/B"})
    assert isinstance(document, Server)
    assert document.unknown == {"routing_tasks"}
    assert document.is_unknown("routing_tasks")
    assert document.routing_tasks == ()
    assert not document.speaks_smtp
    assert document.nested()["unknown"] == ["routing_tasks"]
    known = document.with_values({"routing_tasks": ("SMTP Mail Routing",)})
    assert not known.is_unknown("routing_tasks")
    assert known.speaks_smtp
    assert "unknown" not in known.nested()


def test_a_required_field_that_is_unknown_is_not_missing() -> None:
    assert wrong(read(Group, unknown=["group_name"])) == []
    assert wrong(read(Group)) == [("value-missing", "group_name")]


def test_what_the_form_does_not_know_is_named_and_imported_items_are_silent() -> None:
    document = read(
        Server,
        basics={"server_name": "A/B", "colour": "red", "net_address": "x"},
        ports={"TCPIP": {"notes_network": "N", "speed": 1}},
        schedule={"a": 1},
        administration="x",
        stray=1,
        notes_items={"Odd": 1},
    )
    assert document.extra == (
        ("basics", "colour"),
        ("basics", "net_address"),
        ("ports.TCPIP", "speed"),
        ("", "schedule"),
        ("", "administration"),
        ("", "stray"),
    )
    assert document.notes_items == {"Odd": 1}
    assert wrong(document) == []


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ({"unid": "AB"}, ("value-invalid", "unid")),
        ({"unid": 1}, ("value-invalid", "unid")),
        ({"form": "Server"}, ("value-invalid", "form")),
        ({"form": ["\x1b"]}, ("value-invalid", "form")),
        ({"unknown": "members"}, ("value-invalid", "unknown")),
        ({"unknown": [1]}, ("value-invalid", "unknown")),
        ({"basics": {"group_name": "G", "members": 1}}, ("value-invalid", "members")),
        ({"basics": {"group_name": "G", "group_type": "Everybody"}}, ("value-invalid", "group_type")),
        ({"basics": {"group_name": "G\n"}}, ("control-character", "group_name")),
    ],
)
def test_what_the_file_says_wrongly_is_a_problem_said_once(raw: Mapping[str, Any], found: tuple[str, str]) -> None:
    document = Group.from_toml("x", {"basics": {"group_name": "G"}, **raw})
    assert wrong(document) == [found]
    assert all(problem.message.isprintable() for problem in document.problems())


def test_all_problems_of_a_document_are_found_at_once() -> None:
    document = read(
        Connection,
        basics={"connection_type": "SMTP", "source_server": 1, "destination_domain": "a.b"},
        replication_routing={"routing_cost": 0},
        schedule={"connect_at_times": [], "days_of_week": []},
    )
    assert sorted(wrong(document)) == [
        ("destination-server-blank", "destination_server"),
        ("domain-name-invalid", "destination_domain"),
        ("schedule-empty", "connect_at_times"),
        ("schedule-never", "days_of_week"),
        ("value-invalid", "routing_cost"),
        ("value-invalid", "source_server"),
    ]


def test_a_given_value_mends_what_was_read_wrongly() -> None:
    document = read(Group, basics={"group_name": 1})
    assert wrong(document.with_values({"group_name": "G"})) == []


def test_a_changed_copy_keeps_the_rest_and_none_takes_a_value_away() -> None:
    conflict = Conflict("o", "1-2", "S/O")
    document = Group("x", {"group_name": "G", "members": ("A",)}, unid=UNID, extra=(("", "a"),), conflict=conflict)
    changed = document.with_values({"members": None}, name="y")
    assert (changed.name, changed.values) == ("y", {"group_name": "G"})
    assert (changed.unid, changed.extra, changed.conflict) == (UNID, (("", "a"),), conflict)
    assert document.values == {"group_name": "G", "members": ("A",)}
    assert repr(changed) == "Group('y', {'group_name': 'G'})"


def test_conflict_and_imported_items_must_be_tables() -> None:
    document = read(Group, basics={"group_name": "G"}, conflict=3, notes_items=[1])
    assert document.conflict is None
    assert document.notes_items == {}
    assert document.problems() == [
        Problem("value-invalid", "conflict", "conflict must be a table, not a number", "write it as [conflict]"),
        Problem("value-invalid", "notes_items", "notes_items must be a table, not a list", "write it as [notes_items]"),
    ]


def test_what_is_listed_as_unknown_must_be_fields() -> None:
    document = read(Group, basics={"group_name": "G"}, unknown=["members", "nonse\x1bnse", "other"])
    assert document.unknown == {"members"}
    (problem,) = document.problems()
    assert problem[:2] == ("value-invalid", "unknown")
    assert problem.message == 'unknown names "nonse\\x1bnse", which is no field of a Group document'
    assert wrong(read(Group, basics={"group_name": "G"}, unknown=["members", 1])) == [("value-invalid", "unknown")]


def test_a_choice_cleared_goes_back_to_its_default() -> None:
    document = read(Connection, basics={"source_server": "A"}, schedule={"schedule": "Disabled"})
    cleared = document.with_values({"schedule": "", "routing_task": ""})
    assert cleared.values == {"source_server": "A"}
    assert (cleared.get("schedule"), cleared.get("routing_task")) == ("Enabled", "Mail Routing")
    given = Connection("x", {"schedule": ""}).with_values({}).with_defaults()
    assert given.values["schedule"] == "Enabled"
    assert Domain("x", {"domain_type": "Global Domain"}).with_values({"domain_type": ""}).get("domain_type") == ""


def test_a_blank_keyword_in_a_file_is_no_value_where_the_form_has_a_default() -> None:
    document = read(Connection, basics={"source_server": "A"}, schedule={"schedule": " "})
    (problem,) = [p for p in document.problems() if p.key == "schedule"]
    assert problem == (
        "value-invalid",
        "schedule",
        "Schedule is blank",
        "one of: Enabled, Disabled; without it: the default",
    )
    assert wrong(read(Domain, basics={"domain_type": ""})) == [("value-missing", "domain_type")]


def test_defaults_are_written_out_without_blank_or_hidden_fields() -> None:
    document = Connection("x", {"source_server": "A", "destination_server": "b", "destination_domain": "C"})
    assert document.with_defaults().nested() == {
        "form": "Connection",
        "basics": {
            "connection_type": "SMTP",
            "source_server": "A",
            "connect_via": "Direct connection",
            "destination_server": "b",
            "destination_domain": "C",
        },
        "replication_routing": {
            "replication_task": "Disabled",
            "routing_task": "Mail Routing",
            "route_at_once_if": 5,
            "routing_cost": 1,
            "router_type": "Push Only",
        },
        "schedule": {
            "schedule": "Enabled",
            "connect_at_times": ["08:00-22:00"],
            "repeat_interval": 360,
            "days_of_week": ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"],
        },
    }


def test_flat_values_are_those_of_the_shown_fields() -> None:
    document = Group("x", {"group_name": "G", "members": ("A", "B")}, unid=UNID)
    assert document.flat() == {"group_name": "G", "group_type": "Servers only", "members": ["A", "B"]}


def test_a_value_cleared_on_purpose_is_written_so_that_the_default_stays_away() -> None:
    server = Server("x", {"server_name": "A/B", "routing_tasks": ()})
    assert server.nested()["basics"]["routing_tasks"] == []
    again = Server.from_toml("x", tomli.loads(new_text(server)))
    assert again.routing_tasks == ()


# --- round trip of every form -------------------------------------------------------------------------

texts = st.text("abz 9éß日'\"\\#[]=;.-", max_size=9).map(str.strip)


def value_of(field: Field[Any]) -> st.SearchStrategy[Any]:
    if isinstance(field, Choice):
        return st.sampled_from([keyword.value for keyword in field.keywords])
    if isinstance(field, Integer):
        return st.integers(field.minimum, field.maximum)
    if isinstance(field, ChoiceList):
        return st.lists(st.sampled_from([k.value for k in field.keywords]), unique=True).map(tuple)
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "Times": st.sampled_from([(), ("08:00",), ("00:00-24:00",), ("07:30", "22:00-06:00")]),
        "TimeRanges": st.sampled_from([(), ("00:00-24:00",), ("07:30-08:00", "22:00-06:00")]),
        "FileList": st.lists(texts.filter(bool), unique=True, max_size=3).map(tuple),
        "Days": st.sampled_from([(), ("Mon",), ("Sun", "Mon", "Sat")]),
        "DomainName": st.sampled_from(["", "Acme", "A-B", "Ünit"]),
        "DomainNameList": st.sampled_from([(), ("Acme",), ("A", "B")]),
        "InternetPattern": st.sampled_from(["", "*.*", "*", "*.acme.com", "*acme.com", "müller.de"]),
        "InternetDomain": st.sampled_from(["", "acme.com", "müller.de"]),
        "InternetDomainList": st.sampled_from([(), ("*.acme.com", "acme.org")]),
        "RelayHost": st.sampled_from(["", "relay", "relay.acme.com", "192.0.2.1", "[2001:db8::1]", "2001:db8::1"]),
        "TimeZone": st.sampled_from(["", "Europe/Berlin", "UTC"]),
        "ServerName": st.sampled_from(["", "Hub01/Acme", "*", "*/Acme", "flat"]),
        "NameList": st.sampled_from([(), ("Hub01/Acme", "Group 1")]),
        "TextList": st.lists(texts.filter(bool), unique=True, max_size=3).map(tuple),
        "Ports": st.dictionaries(
            st.text("aZ 0.é", min_size=1, max_size=4),
            st.builds(Port, st.just(""), texts, texts, st.sampled_from(["TCP", "SPX"]), st.booleans()),
            max_size=2,
        ).map(lambda ports: tuple(port._replace(name=name) for name, port in ports.items())),
    }
    return kinds.get(type(field).__name__, texts)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    form = draw(st.sampled_from(FORMS))
    given_fields = draw(st.lists(st.sampled_from(list(form.fields.values())), unique=True))
    values = {field.key: draw(value_of(field)) for field in given_fields}
    rest = [key for key in form.fields if key not in values]
    unknown = frozenset(draw(st.lists(st.sampled_from(rest), max_size=2))) if rest else frozenset[str]()
    items = draw(st.sampled_from([{}, {"Odd": 1, "List": ["a"], "Inner": {"x": 1.5}}]))
    conflict = draw(st.sampled_from([None, Conflict("o", "1-2", "S/O")]))
    return form("x", values, unid=UNID, unknown=unknown, notes_items=items, conflict=conflict)


def shown_values(document: Document) -> dict[str, Any]:
    return {field.key: document.get(field.key) for field in document.shown_fields()}


@settings(max_examples=400, deadline=None, derandomize=True, database=None)
@given(documents())
def test_a_document_survives_being_written_and_read(document: Document) -> None:
    nested = tomli.loads(new_text(document))
    again = type(document).from_toml("x", nested)
    assert again.problems_read == ()
    assert again.extra == ()
    assert shown_values(again) == shown_values(document)
    assert again.unid == UNID
    assert again.unknown == document.unknown
    assert again.notes_items == document.notes_items
    assert (again.conflict is None) == (document.conflict is None)
    assert wrong(again) == [p for p in wrong(document) if document.fields[p[1]].shown(document)]
    assert new_text(again) == new_text(document)
    assert new_text(document.with_defaults().with_defaults()) == new_text(document.with_defaults())


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(documents())
def test_a_document_of_its_own_fields_reads_itself_from_its_nested_values(document: Document) -> None:
    again = type(document).from_toml("x", document.nested())
    assert again.nested() == document.nested()
    assert again.flat() == document.flat()


# --- small things ---------------------------------------------------------------------------------------


def test_a_unid_is_32_lower_case_hex_digits() -> None:
    assert is_unid(UNID)
    assert not is_unid(UNID.upper())
    assert not is_unid(UNID[:-1])
    assert not is_unid("g" * 32)


def test_names_are_slugs_joined() -> None:
    assert slug("Hub01/Acme", "*.acme.com") == "hub01-acme--acme-com"
    assert Group("", {"group_name": "All Hubs"}).default_name("Acme") == "all-hubs"
    assert Configuration("", {"applies_to": "*"}).default_name("Acme") == "default"
    assert Configuration("", {"applies_to": "Hub01/Acme"}).default_name("Acme") == "hub01-acme"
    assert Server("", {"server_name": "CN"}).default_name("Acme") == "cn"
    assert Domain("", {"domain_type": "Adjacent Domain", "adjacent_domain_name": "B"}).default_name("A") == "b"


def test_every_document_rule_is_an_error_that_has_a_severity() -> None:
    assert set(SEVERITIES) >= DOCUMENT_RULES
    assert {SEVERITIES[rule] for rule in DOCUMENT_RULES} == {"error"}


def test_a_finding_is_flat_in_the_envelope() -> None:
    finding = Finding("syntax", "error", "servers/a", "m", "h", "servers/a.toml", 3, "f")
    assert finding.as_json() == {
        "id": "syntax",
        "severity": "error",
        "document": "servers/a",
        "file": "servers/a.toml",
        "line": 3,
        "field": "f",
        "message": "m",
        "hint": "h",
    }
