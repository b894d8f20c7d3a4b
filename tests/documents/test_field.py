"""Fields: what a flag's text and a TOML value become, and what is refused by which rule."""

from typing import Any

import pytest

from dominocli.documents import FOLDERS, form_of
from dominocli.documents.configuration import Configuration
from dominocli.documents.connection import Connection
from dominocli.documents.domain import Domain
from dominocli.documents.field import Field, InvalidValue, Tab
from dominocli.documents.group import Group
from dominocli.documents.server import Port, Server
from dominocli.names import quoted

EVERY_FIELD = [field for folder in FOLDERS for field in form_of(folder).fields.values()]
ids = [f"{form_of(folder).form}.{key}" for folder in FOLDERS for key in form_of(folder).fields]


def refused(call: Any, value: Any) -> tuple[str, str]:
    with pytest.raises(InvalidValue) as caught:
        call(value)
    return caught.value.rule, str(caught.value)


@pytest.mark.parametrize("field", EVERY_FIELD, ids=ids)
def test_every_field_says_what_it_is(field: Field[Any]) -> None:
    assert field.label
    assert field.help
    assert field.flag == ("--port" if field.key == "ports" else "--" + field.key.replace("_", "-"))
    assert field.tab.label


@pytest.mark.parametrize("field", EVERY_FIELD, ids=ids)
@pytest.mark.parametrize("hostile", ["a\x1b[31mb", "a\nb", "a\x00b", "a\u202eb", "a\u2028b", "a\x7fb"])
def test_no_field_takes_a_control_character(field: Field[Any], hostile: str) -> None:
    text = f"TCPIP=Net{hostile}" if field.key == "ports" else hostile
    rule, message = refused(field.parse, text)
    assert rule in ("control-character", "value-invalid")
    assert message.isprintable()
    raw: Any = {"TCPIP": {"net_address": hostile}} if field.key == "ports" else hostile
    rule, message = refused(field.read, raw)
    assert rule in ("control-character", "value-invalid")
    assert message.isprintable()


@pytest.mark.parametrize("field", EVERY_FIELD, ids=ids)
@pytest.mark.parametrize("raw", [None, 1.5, {"a": 1}, [1], [["a"]], [None], object()])
def test_no_field_takes_a_value_of_a_wrong_type(field: Field[Any], raw: Any) -> None:
    rule, message = refused(field.read, raw)
    assert rule == "value-invalid"
    assert message.startswith(field.label)


@pytest.mark.parametrize("field", EVERY_FIELD, ids=ids)
def test_every_keyword_is_read_in_any_case_and_by_its_short_word_only_as_text(field: Field[Any]) -> None:
    for keyword in field.keywords:
        whole: Any = (keyword.value,) if field.repeats else keyword.value
        assert field.parse(keyword.value.upper()) == whole
        assert field.read(keyword.value.lower()) == whole
        if keyword.short:
            assert field.parse(keyword.short) == whole
        if keyword.short and not field.repeats and keyword.short != keyword.value.casefold():
            with pytest.raises(InvalidValue) as caught:
                field.read(keyword.short)
            assert caught.value.hint == f'write "{keyword.value}"'


@pytest.mark.parametrize("field", EVERY_FIELD, ids=ids)
def test_a_blank_text_is_the_blank_value(field: Field[Any]) -> None:
    assert field.parse("  ") == field.blank
    assert field.show(field.blank) in ("", "; ")


@pytest.mark.parametrize(
    ("field", "text", "value", "written", "shown"),
    [
        (Connection.source_server, " CN=Hub01/O=Acme ", "Hub01/Acme", "Hub01/Acme", "Hub01/Acme"),
        (Connection.source_domain, " Acme ", "Acme", "Acme", "Acme"),
        (Connection.routing_cost, " 7 ", 7, 7, "7"),
        (Connection.routing_cost, "", None, "", ""),
        (Connection.connection_type, "LAN", "Local Area Network", "Local Area Network", "Local Area Network"),
        (Connection.routing_task, "smtp mail routing", "Mail Routing", "Mail Routing", "Mail Routing"),
        (Connection.smtp_mta_relay_host, "192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.1"),
        (Connection.smtp_mta_relay_host, "fe80::1", "fe80::1", "fe80::1", "fe80::1"),
        (Connection.smtp_mta_relay_host, "[fe80::1]", "[fe80::1]", "[fe80::1]", "[fe80::1]"),
        (Connection.smtp_mta_relay_host, "mailhost", "mailhost", "mailhost", "mailhost"),
        (Connection.use_ports, "TCPIP; LAN0, TCPIP", ("TCPIP", "LAN0"), ["TCPIP", "LAN0"], "TCPIP, LAN0"),
        (
            Connection.connect_at_times,
            "8 am - 10 pm; 7:00",
            ("07:00", "08:00-22:00"),
            ["07:00", "08:00-22:00"],
            "07:00, 08:00-22:00",
        ),
        (Connection.days_of_week, "Fri-Sun", ("Sun", "Fri", "Sat"), ["Sun", "Fri", "Sat"], "Fri-Sun"),
        (Connection.owners, "CN=Ann/O=Acme, Bob", ("Ann/Acme", "Bob"), ["Ann/Acme", "Bob"], "Ann/Acme, Bob"),
        (Domain.internet_domain, "*.Acme.com", "*.Acme.com", "*.Acme.com", "*.Acme.com"),
        (Domain.local_primary_internet_domain, "acme.com", "acme.com", "acme.com", "acme.com"),
        (
            Domain.alternate_internet_domain_aliases,
            "*.acme.org, b.com",
            ("*.acme.org", "b.com"),
            ["*.acme.org", "b.com"],
            "*.acme.org, b.com",
        ),
        (Domain.allow_from_domains, "A;B", ("A", "B"), ["A", "B"], "A, B"),
        (
            Server.routing_tasks,
            "mail, SMTP",
            ("Mail Routing", "SMTP Mail Routing"),
            ["Mail Routing", "SMTP Mail Routing"],
            "Mail Routing, SMTP Mail Routing",
        ),
        (Server.time_zone, "Europe/Berlin", "Europe/Berlin", "Europe/Berlin", "Europe/Berlin"),
        (
            Server.ports,
            "TCPIP = Acme Net, host.acme.com, disabled",
            (Port("TCPIP", "Acme Net", "host.acme.com", enabled=False),),
            {
                "TCPIP": {
                    "notes_network": "Acme Net",
                    "net_address": "host.acme.com",
                    "protocol": "TCP",
                    "enabled": False,
                }
            },
            "TCPIP=Acme Net,host.acme.com,disabled",
        ),
        (
            Server.ports,
            "LAN0=Net,protocol=SPX",
            (Port("LAN0", "Net", protocol="SPX"),),
            {"LAN0": {"notes_network": "Net", "protocol": "SPX"}},
            "LAN0=Net,protocol=SPX",
        ),
    ],
    ids=lambda value: value.label if isinstance(value, Field) else None,
)
def test_a_text_becomes_a_value_that_is_written_read_and_shown_alike(
    field: Field[Any], text: str, value: Any, written: Any, shown: str
) -> None:
    assert field.parse(text) == value
    assert field.write(value) == written
    assert field.read(written) == value
    assert field.show(value) == shown
    assert field.parse(field.show(value)) == value


@pytest.mark.parametrize(
    ("field", "text", "rule"),
    [
        (Connection.source_domain, "acme.com", "domain-name-invalid"),
        (Connection.source_domain, "a" * 32, "domain-name-invalid"),
        (Connection.routing_cost, "0", "value-invalid"),
        (Connection.routing_cost, "101", "value-invalid"),
        (Connection.routing_cost, "1.5", "value-invalid"),
        (Connection.routing_cost, "9" * 13, "value-invalid"),
        (Connection.routing_cost, "\u0663", "value-invalid"),
        (Connection.routing_cost, "-3", "value-invalid"),
        (Connection.smtp_mta_relay_host, "a b", "relay-host-invalid"),
        (Connection.smtp_mta_relay_host, "relay:25", "relay-host-invalid"),
        (Connection.connection_type, "telegraph", "value-invalid"),
        (Connection.connect_at_times, "25:00", "value-invalid"),
        (Connection.days_of_week, "Someday", "value-invalid"),
        (Domain.internet_domain, "a*.com", "pattern-invalid"),
        (Domain.local_primary_internet_domain, "*.com", "pattern-invalid"),
        (Domain.local_primary_internet_domain, "a..b", "pattern-invalid"),
        (Domain.alternate_internet_domain_aliases, "*another.com", "pattern-invalid"),
        (Domain.allow_from_domains, "A, b.c", "domain-name-invalid"),
        (Server.time_zone, "Mars/Olympus", "time-zone-invalid"),
        (Server.time_zone, "../../etc/passwd", "time-zone-invalid"),
        (Server.routing_tasks, "mail, fax", "value-invalid"),
        (Server.ports, "TCPIP", "value-invalid"),
        (Server.ports, "=Net", "value-invalid"),
        (Server.ports, "TCPIP=", "value-invalid"),
        (Server.ports, "TCPIP=a,b,c", "value-invalid"),
        (Server.ports, "TCPIP=a,protocol=", "value-invalid"),
        (Configuration.low_priority_range, "x", "value-invalid"),
    ],
)
def test_a_text_that_is_no_value_is_refused_by_its_rule(field: Field[Any], text: str, rule: str) -> None:
    found, message = refused(field.parse, text)
    assert found == rule
    assert message.startswith(field.label)


def test_several_texts_of_a_list_are_joined_and_of_a_single_value_the_last_counts() -> None:
    assert Connection.days_of_week.parse_all(["Mon", "Fri-Sat"]) == ("Mon", "Fri", "Sat")
    assert Connection.connect_at_times.parse_all(["22:00", "8:00-9:00"]) == ("08:00-09:00", "22:00")
    assert Group.members.parse_all(["A", "B;C", "A"]) == ("A", "B", "C")
    assert Server.ports.parse_all(["A=x", "B=y", "A=z"]) == (Port("A", "z"), Port("B", "y"))
    assert Connection.source_server.parse_all(["A", "B"]) == "B"


def test_a_list_may_be_written_as_one_text_in_a_file() -> None:
    assert Connection.connect_at_times.read("08:00 AM - 10:00 PM") == ("08:00-22:00",)
    assert Connection.days_of_week.read("Mon-Tue") == ("Mon", "Tue")
    assert Group.members.read(["CN=A/O=B", " ", "A/B"]) == ("A/B",)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ({"TCPIP": "Net"}, '"TCPIP" must be a table'),
        ({"TCPIP": {"enabled": "yes"}}, "must be true or false"),
        ({"TCPIP": {"notes_network": 1}}, "must be a text"),
        ({"T\x1b": {}}, "control character"),
        ("Net", "must be tables"),
    ],
)
def test_a_port_that_is_none_is_refused(raw: object, message: str) -> None:
    assert message in refused(Server.ports.read, raw)[1]


def test_what_a_port_does_not_know_is_named_and_does_no_harm() -> None:
    raw = {"TCPIP": {"notes_network": "Net", "colour": "red", "name": "x"}, "odd": 1}
    assert list(Server.ports.unknown_keys(raw)) == [("ports.TCPIP", "colour"), ("ports.TCPIP", "name")]
    assert list(Server.ports.unknown_keys("x")) == []
    assert list(Server.server_name.unknown_keys({"a": 1})) == []
    assert Server.ports.read({"TCPIP": {"notes_network": "Net", "colour": "red"}}) == (Port("TCPIP", "Net"),)


def test_an_integer_is_no_truth_value_and_no_blank_list() -> None:
    assert refused(Connection.routing_cost.read, True)[1] == "Routing cost must be a whole number, not true or false"
    assert Connection.routing_cost.read("") is None
    assert refused(Connection.routing_cost.read, "5")[1] == "Routing cost must be a whole number, not a text"
    assert Connection.routing_cost.write(None) == ""


@pytest.mark.parametrize("raw", [1.5, float("inf"), float("nan")])
def test_a_fraction_is_named_where_a_whole_number_is_wanted(raw: float) -> None:
    assert refused(Connection.routing_cost.read, raw)[1] == f"Routing cost must be a whole number, not {raw}"


def test_a_list_that_holds_other_things_than_texts_says_what_it_holds() -> None:
    assert refused(Group.members.read, 3)[1] == "Members must be a list of texts, not a number"
    assert refused(Group.members.read, ["A", ["B"]])[1] == "Members must be a list of texts, and a list is in it"


def test_a_message_quotes_a_value_escaped_and_short() -> None:
    assert quoted('a"b\x1b') == '"a\\"b\\x1b"'
    assert len(quoted("x" * 1000)) == 62


def test_a_field_that_is_given_in_no_text_says_so() -> None:
    field: Field[str] = Field("Odd", tab=Tab("t", "T"), help="odd", blank="")
    assert "cannot be given as text" in refused(field.parse, "x")[1]


@pytest.mark.parametrize("text", ["mail*.nsf", "mail/user?.nsf", "names.nsf; *"])
def test_files_to_replicate_have_no_wildcards(text: str) -> None:
    rule, message = refused(Connection.files_to_replicate.parse, text)
    assert (rule, "wildcard" in message) == ("value-invalid", True)
    assert refused(Connection.files_to_replicate.read, text.split(";"))[0] == "value-invalid"
    assert Connection.files_to_replicate.parse("names.nsf; mail/") == ("names.nsf", "mail/")


def test_low_priority_mail_is_routed_in_ranges_only() -> None:
    field = Configuration.low_priority_range
    assert refused(field.parse, "06:00, 00:00-05:00") == (
        "value-invalid",
        "Low priority mail routing time range: 06:00 is no range",
    )
    assert refused(field.read, ["06:00"])[0] == "value-invalid"
    assert field.read("12 am - 6 am") == ("00:00-06:00",)
