"""The item mapping both ways: codes, times, names, ports, and what nobody knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from import_builder import as_item

from dominocli.documents import FOLDERS, form_of
from dominocli.documents.configuration import Configuration
from dominocli.documents.connection import Connection
from dominocli.documents.document import Document
from dominocli.documents.domain import Domain
from dominocli.documents.group import Group
from dominocli.documents.server import Port, Server
from dominocli.export.items import (
    CODES,
    OURS,
    VERIFIED,
    ItemMapping,
    Reading,
    applying_fields,
    form_of_note,
    standard_mapping,
)
from dominocli.export.notes import Item, Note, kept_item, kept_value, text_item, visible
from dominocli.schedule import parse_time_list

MAPPING = standard_mapping()


def read(form: type[Document], **items: Item | str | int) -> Reading:
    return MAPPING.read(form, {name: as_item(value) for name, value in items.items()})


def note(**texts: str) -> Note:
    return Note("names.nsf", {name.replace("_", "$"): text_item(text) for name, text in texts.items()}, "here")


@pytest.mark.parametrize(
    ("items", "key", "value"),
    [
        ({"ConnectionType": "0"}, "connection_type", "Local Area Network"),
        ({"ConnectionType": "smtp"}, "connection_type", "SMTP"),
        ({"RepTask": "0"}, "replication_task", "Disabled"),
        ({"RepTask": 1}, "replication_task", "Enabled"),
        ({"RepType": "0"}, "replication_type", "Pull-Pull"),
        ({"RepType": "1"}, "replication_type", "Pull-Push"),
        ({"RepType": "2"}, "replication_type", "Pull-only"),
        ({"RepType": "3"}, "replication_type", "Push-only"),
        ({"RouterType": "0"}, "router_type", "Push Wait"),
        ({"RouterType": "1"}, "router_type", "Pull Push"),
        ({"RouterType": "2"}, "router_type", "Pull Only"),
        ({"RouterType": "3"}, "router_type", "Push Only"),
        ({"Enabled": "0"}, "schedule", "Disabled"),
        ({"Enabled": "1"}, "schedule", "Enabled"),
        ({"Source": "CN=Hub01/OU=East/O=Acme/C=US"}, "source_server", "Hub01/East/Acme/US"),
        ({"Interval": Item("number", (360.0,))}, "repeat_interval", 360),
        ({"Interval": "15"}, "repeat_interval", 15),
        ({"Filenames": "a;b.nsf"}, "files_to_replicate", ("a;b.nsf",)),
        ({"Filenames": ["a.nsf", "", "b"]}, "files_to_replicate", ("a.nsf", "b")),
        ({"Tasks": ["Replication", "Mail Routing"]}, "routing_task", "Mail Routing"),
        ({"Tasks": "SMTP Mail Routing"}, "routing_task", "Mail Routing"),
        ({"Tasks": "Replication"}, "routing_task", "-None-"),
        ({"Tasks": ""}, "routing_task", "-None-"),
        ({"WeekDays": ["Mon", "Tue"]}, "days_of_week", ("Mon", "Tue")),
        ({"Schedule": Item("datetime", (("T080000,00", "T220000,00"),))}, "connect_at_times", ("08:00-22:00",)),
        ({"Schedule": Item("datetime", (("T000000,00", "T235959,00"),))}, "connect_at_times", ("00:00-24:00",)),
        (
            {"Schedule": Item("datetime", ("T060000", ("T073000,00", "T073000,00")))},
            "connect_at_times",
            ("06:00", "07:30"),
        ),
        ({"Schedule": "08:00 AM - 10:00 PM"}, "connect_at_times", ("08:00-22:00",)),
        ({"Schedule": Item("datetime", (), many=True)}, "connect_at_times", ()),
    ],
)
def test_item_of_a_connection_is_its_field(items: Mapping[str, Any], key: str, value: object) -> None:
    reading = read(Connection, **items)
    assert reading.values == {key: value}
    assert reading.kept == {} and reading.remarks == []


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ({"ConnectionType": "7"}, 'the code "7"'),
        ({"ConnectionRecordFirst": "1"}, 'the code "1"'),
        ({"RouterType": ""}, "it is blank"),
        ({"RepTask": ["0", "1"]}, "it has 2 values"),
        ({"Tasks": ["Mail Routing", "X.400 Mail Routing"]}, 'the task "x.400 mail routing"'),
        ({"WeekDays": ["2", "3"]}, "numbered"),
        ({"WeekDays": ["Someday"]}, "no day of the week"),
        ({"Interval": ""}, "it is blank"),
        ({"Interval": "often"}, '"often" is no whole number'),
        ({"Interval": Item("number", (2.5,))}, "no whole number"),
        ({"Interval": 100_000}, "must be from 0 to 1440"),
        ({"Cost": "200"}, "must be from 1 to 100"),
        ({"Schedule": Item("datetime", ("20240101T080000,00+01",))}, "no time of day"),
        ({"Schedule": Item("datetime", (("T080000,00",),))}, "a range of 1 ends"),
        ({"Schedule": Item("datetime", ("T990000,00",))}, "no time of day"),
        ({"Source": Item("datetime", ("T080000,00",))}, "it is a time"),
        ({"SourceDomain": "acme.com"}, "Notes domain name"),
        ({"PhoneNumber": "1\x1b[2J"}, "control character"),
    ],
)
def test_value_nobody_understands_is_kept_and_said(items: Mapping[str, Any], said: str) -> None:
    reading = read(Connection, **items)
    assert reading.values == {}
    assert list(reading.kept) == list(items)
    assert said in reading.remarks[0]
    assert all(remark.isprintable() for remark in reading.remarks)


def test_unknown_item_is_kept_silently() -> None:
    reading = read(Connection, Odd=["a"], Count=3)
    assert (reading.kept, reading.remarks) == ({"Odd": ["a"], "Count": 3}, [])


def test_item_names_are_compared_without_case() -> None:
    assert read(Connection, SOURCE="Hub01/Acme").values == {"source_server": "Hub01/Acme"}


def test_unverified_item_names_are_told() -> None:
    assert read(Connection, Cost=3, RepTask="1").unverified == ["Cost"]
    assert read(Server, Port_0="TCPIP", NetName_0="N").unverified == ["Port_0", "NetName_0"]


@pytest.mark.parametrize("name", ["Password", "LoginPassword"])
def test_secret_is_not_kept(name: str) -> None:
    reading = read(Connection, **{name: "hunter2"})
    assert reading.kept == {} and "hunter2" not in reading.remarks[0] and name in reading.remarks[0]


def test_switch_named_like_a_password_is_kept() -> None:
    assert read(Server, CheckPassword="0").kept == {"CheckPassword": "0"}


def test_usual_form_and_type_are_no_unknown_items() -> None:
    assert read(Connection, Form="Local", Type="Connection").kept == {}
    assert read(Connection, Form="Remote", Type="Connection").kept == {"Form": "Remote"}
    assert read(Configuration, Form="ServerConfig", Type="X").kept == {"Type": "X"}


@pytest.mark.parametrize(
    ("texts", "form"),
    [
        ({"Form": "local", "Type": "Connection"}, Connection),
        ({"Form": "Remote", "Type": "connection"}, Connection),
        ({"Form": "Domain", "Type": "Domain"}, Domain),
        ({"Form": "Server"}, Server),
        ({"Form": "ServerConfig", "Type": "Whatever"}, Configuration),
        ({"Type": "Group"}, Group),
        ({"Form": "Program", "Type": "Program"}, None),
        ({"Form": "Server", "_Conflict": ""}, None),
        ({}, None),
    ],
)
def test_form_of_a_note(texts: dict[str, str], form: type[Document] | None) -> None:
    assert form_of_note(note(**texts)) is form


@pytest.mark.parametrize(
    ("items", "ports"),
    [
        ({"Ports": "TCPIP", "Network": "Net1", "NetAddresses": "a.acme.com"}, (Port("TCPIP", "Net1", "a.acme.com"),)),
        ({"Ports": ["A", "B"], "Network": ["N", "M"]}, (Port("A", "N"), Port("B", "M"))),
        ({"Ports": ["A", ""], "Network": ["N", "M"]}, (Port("A", "N"),)),
        (
            {"Port_0": "TCPIP", "NetName_0": "N", "NetAddr_0": "a", "Protocol_0": "TCP", "Enabled_0": "1"},
            (Port("TCPIP", "N", "a"),),
        ),
        (
            {"Port1": "B", "Network1": "M", "Port0": "A", "Network0": "N", "Enabled1": "0", "Protocol1": ""},
            (Port("A", "N"), Port("B", "M", enabled=False)),
        ),
    ],
)
def test_ports_of_a_server(items: Mapping[str, Any], ports: tuple[Port, ...]) -> None:
    reading = read(Server, **items)
    assert reading.values == {"ports": ports}
    assert reading.kept == {}


def test_networks_that_do_not_fit_the_ports_are_kept_and_said() -> None:
    reading = read(Server, Ports=["A"], Network=["N", "M"])
    assert reading.values == {"ports": (Port("A", "N"),)}
    assert reading.kept == {"Network": ["N", "M"]} and "2 Network for 1 Ports" in reading.remarks[0]


def test_ports_without_a_network_are_unknown_not_none() -> None:
    reading = read(Server, Ports="TCPIP", Port_0="TCPIP")
    assert reading.values == {}
    assert reading.kept == {"Ports": "TCPIP", "Port_0": "TCPIP"} and "unknown" in reading.remarks[0]
    assert "ports" in applying_fields(Server, reading.values)


def test_ports_with_a_control_character_are_kept_escaped() -> None:
    reading = read(Server, Ports="TCP\n", Network="N\x1b")
    assert reading.values == {}
    assert reading.kept == {"Ports": "TCP\\n", "Network": "N\\x1b"}


@pytest.mark.parametrize(
    ("items", "applies_to", "kept"),
    [
        ({"UseAsDefault": "1", "ServerName": ""}, "*", {}),
        ({"UseAsDefault": "1"}, "*", {}),
        ({"ServerName": "*"}, "*", {}),
        ({"UseAsDefault": "1", "ServerName": "CN=A/O=B"}, "*", {"ServerName": "CN=A/O=B"}),
        ({"UseAsDefault": "0", "ServerName": "CN=A/O=B"}, "A/B", {}),
        ({"ServerName": "CN=A/O=B"}, "A/B", {}),
        ({"ServerName": ["A", "B"]}, None, {"ServerName": ["A", "B"]}),
        ({"UseAsDefault": "0"}, None, {"UseAsDefault": "0"}),
    ],
)
def test_whom_a_configuration_applies_to(items: Mapping[str, Any], applies_to: str | None, kept: Any) -> None:
    reading = read(Configuration, **items)
    assert reading.values.get("applies_to") == applies_to
    assert reading.kept == kept


@pytest.mark.parametrize(
    ("items", "values"),
    [
        (
            {"DomainType": "2", "AdjacentDomainName": "Near"},
            {"domain_type": "Adjacent Domain", "adjacent_domain_name": "Near"},
        ),
        (
            {"DomainType": "3", "DomainName": "Far", "NextDomain": "Near"},
            {"domain_type": "Non-adjacent Domain", "mail_sent_to_domain": "Far", "route_through_domain": "Near"},
        ),
        (
            {"DomainName": "Fax", "MailServer": "CN=Gate/O=Acme", "MailFile": "fax.box"},
            {
                "domain_type": "Foreign Domain",
                "foreign_domain_name": "Fax",
                "gateway_server_name": "Gate/Acme",
                "gateway_mail_file_name": "fax.box",
            },
        ),
    ],
)
def test_type_of_a_domain_is_told_by_what_only_one_type_has(items: Mapping[str, Any], values: Any) -> None:
    reading = read(Domain, **items)
    assert reading.values == values and reading.guessed == {"domain_type"}
    assert "unverified" in reading.remarks[0]


def test_type_of_a_domain_nobody_knows_stays_unknown() -> None:
    reading = read(Domain, DomainType="9", DomainName="TheInternet")
    assert reading.values == {}
    assert reading.kept == {"DomainType": "9", "DomainName": "TheInternet"}


def test_known_domain_type_reads_the_shared_item() -> None:
    items = {"DomainName": text_item("TheInternet")}
    assert read(Domain, DomainType="Foreign SMTP Domain", **items).values == {
        "domain_type": "Foreign SMTP Domain",
        "domain_name": "TheInternet",
    }
    known = MAPPING.read(Domain, items, known={"domain_type": "Foreign SMTP Domain"})
    assert known.values == {"domain_name": "TheInternet"}


def test_learnt_names_and_codes_are_used_both_ways() -> None:
    codes = {"ConnectionType": {"5": "SMTP"}, "DomainType": {"4": "Foreign SMTP Domain"}}
    learnt = ItemMapping({"Connection": {"smtp_mta_relay_host": "RelayX"}}, codes)
    found = {"ConnectionType": text_item("5"), "RelayX": text_item("relay.acme.com")}
    reading = learnt.read(Connection, found)
    assert reading.values == {"connection_type": "SMTP", "smtp_mta_relay_host": "relay.acme.com"}
    assert reading.unverified == []
    items, _ = learnt.write(Connection("x", reading.values))
    assert found.items() <= items.items()
    assert learnt.read(Domain, {"DomainType": text_item("4")}).values == {"domain_type": "Foreign SMTP Domain"}
    assert "smtp_mta_relay_host" in MAPPING.unknown_in_public(Connection)
    assert "smtp_mta_relay_host" not in learnt.unknown_in_public(Connection)


def test_items_unknown_in_public_are_listed() -> None:
    assert "routing_tasks" in MAPPING.unknown_in_public(Server)
    assert {"internet_domain", "internet_host"} <= set(MAPPING.unknown_in_public(Domain))
    assert {"relay_host", "smtp_outside"} <= set(MAPPING.unknown_in_public(Configuration))
    assert not OURS & set(MAPPING.unknown_in_public(Server))


def test_declarations_codes_and_verified_names_agree() -> None:
    for folder in FOLDERS:
        form = form_of(folder)
        for rule in MAPPING.rules(form):
            assert rule.verified == (rule.item in VERIFIED[form.form])
            for code, keyword in CODES.get(rule.item, {}).items():
                assert form.fields[rule.keys[0]].read(keyword) == keyword, (rule.item, code)
    used = {rule.item for folder in FOLDERS for rule in MAPPING.rules(form_of(folder))}
    assert used >= CODES.keys()


WORD = st.text("abcXYZ019", min_size=1, max_size=8)
NAME = st.lists(WORD, min_size=1, max_size=3).map("/".join)
TIMES = st.lists(
    st.tuples(st.integers(0, 1439), st.integers(1, 1440) | st.none()).filter(lambda t: t[0] != t[1]), max_size=3
).map(
    lambda spans: parse_time_list(
        f"{a // 60:02}:{a % 60:02}" + ("" if b is None else f"-{b // 60:02}:{b % 60:02}") for a, b in spans
    )
)
CONNECTIONS = st.fixed_dictionaries(
    {"connection_type": st.just("Local Area Network"), "source_server": NAME, "destination_server": NAME},
    optional={
        "source_domain": WORD,
        "destination_domain": WORD,
        "use_ports": st.lists(WORD, unique=True).map(tuple),
        "optional_network_address": WORD | st.just(""),
        "replication_task": st.sampled_from(["Enabled", "Disabled"]),
        "replication_type": st.sampled_from(["Pull-Push", "Pull-Pull", "Push-only", "Pull-only"]),
        "files_to_replicate": st.lists(WORD, unique=True).map(tuple),
        "routing_task": st.sampled_from(["Mail Routing", "-None-"]),
        "routing_cost": st.integers(1, 100),
        "route_at_once_if": st.integers(1, 100_000),
        "router_type": st.sampled_from(["Push Only", "Pull Only", "Pull Push", "Push Wait"]),
        "schedule": st.sampled_from(["Enabled", "Disabled"]),
        "connect_at_times": TIMES,
        "repeat_interval": st.integers(0, 1440),
    },
)


@given(CONNECTIONS)
def test_connection_written_as_items_reads_back(values: dict[str, Any]) -> None:
    document = Connection("x", values, notes_items={"ConnectionRecordFirst": "1", "Odd": [1, 2]})
    items, _ = MAPPING.write(document)
    reading = MAPPING.read(Connection, items)
    assert {key: reading.values[key] for key in values} == values
    assert reading.kept == document.notes_items
    assert all(reading.values[key] == document.get(key) for key in reading.values)


@pytest.mark.parametrize(
    ("document", "unwritten"),
    [
        (Group("g", {"group_name": "Servers", "group_type": "Mail only", "members": ("A/B", "G")}), ()),
        (Group("g", {"group_name": "Servers", "group_type": "Servers only"}), ("group_type",)),
        (Configuration("c", {"applies_to": "*"}), ()),
        (Configuration("c", {"applies_to": "Hub01/Acme"}), ()),
        (Server("s", {"server_name": "A/B", "ports": (Port("TCPIP", "N", "a"), Port("LAN", "M"))}), ("routing_tasks",)),
        (
            Domain(
                "d", {"domain_type": "Non-adjacent Domain", "mail_sent_to_domain": "Far", "route_through_domain": "N"}
            ),
            ("domain_type",),
        ),
    ],
)
def test_document_written_as_items_reads_back(document: Document, unwritten: tuple[str, ...]) -> None:
    items, left_out = MAPPING.write(document)
    reading = MAPPING.read(type(document), items)
    expected = {key: value for key, value in document.values.items() if key not in unwritten or key in reading.guessed}
    assert {key: reading.values.get(key) for key in expected} == expected
    assert set(unwritten) <= set(left_out)


def test_unknown_fields_and_ours_are_not_written() -> None:
    document = Server(
        "s", {"server_name": "A/B", "replica": "/x"}, unknown=frozenset({"routing_tasks", "server_title"})
    )
    items, unwritten = MAPPING.write(document)
    assert "ServerTitle" not in items and unwritten == ()


VALUES = (
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cf"]))
    | st.integers(-(2**63) + 1, 2**63 - 1)
    | st.lists(st.text("ab"))
    | st.lists(st.integers(0, 9), min_size=1)
    | st.lists(st.just("T080000,00") | st.just(["T080000,00", "T090000,00"])).map(
        lambda values: {"type": "datetime", "value": values}
    )
)


@given(VALUES)
def test_kept_value_comes_back_as_it_was(value: Any) -> None:
    assert kept_value(kept_item(value)) == value


def test_values_no_file_may_hold_are_made_harmless() -> None:
    assert kept_value(Item("number", (10**30,))) == str(10**30)
    assert kept_value(Item("number", (float("inf"),))) == "inf"
    assert kept_value(Item("datetime", (("a\x00", "b"),))) == {"type": "datetime", "value": [["a\\x00", "b"]]}
    assert visible("a\nb\x1b[2J\u2028\ud800é") == "a\\nb\\x1b[2J\\u2028\\ud800é"
    assert kept_item({"a": 1}).kind == "opaque" and kept_item(True).kind == "opaque"
