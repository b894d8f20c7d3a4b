"""The forms: which fields are shown, required and defaulted, and what each form's own rules find."""

from typing import Any

import pytest

from dominocli.documents.configuration import Configuration
from dominocli.documents.connection import Connection
from dominocli.documents.document import Document
from dominocli.documents.domain import Domain
from dominocli.documents.server import REPLICA_SCHEMES, Port, Server
from dominocli.replication.carriers.carrier import SCHEMES

SMTP_VALUES = {"source_server": "A", "destination_server": "b", "destination_domain": "C"}


def connection(**values: Any) -> Connection:
    return Connection("x", {**SMTP_VALUES, **values})


def shown(document: Document, tab: str) -> list[str]:
    return [field.key for field in document.shown_fields() if field.tab.key == tab]


def wrong(document: Document) -> list[tuple[str, str]]:
    return [(problem.rule, problem.key) for problem in document.problems()]


NOTES_BASICS = [
    "connection_type",
    "source_server",
    "source_domain",
    "destination_server",
    "destination_domain",
    "use_ports",
    "usage_priority",
    "optional_network_address",
]


@pytest.mark.parametrize(
    ("values", "tab", "keys"),
    [
        (
            {},
            "basics",
            [
                "connection_type",
                "source_server",
                "connect_via",
                "destination_server",
                "destination_domain",
                "smtp_mta_relay_host",
            ],
        ),
        (
            {"connect_via": "Dial-up connection"},
            "basics",
            [
                "connection_type",
                "source_server",
                "connect_via",
                "dial_using_connection_record",
                "destination_server",
                "destination_domain",
                "smtp_mta_relay_host",
            ],
        ),
        ({"connection_type": "Local Area Network"}, "basics", NOTES_BASICS),
        ({"connection_type": "Passthru Server"}, "basics", [*NOTES_BASICS, "passthru_server"]),
        ({"connection_type": "Local Area Network"}, "network_dialup", []),
        (
            {"connection_type": "Network Dialup"},
            "network_dialup",
            [
                "service_type",
                "dial_up_networking_name",
                "login_name",
                "phone_number",
                "area_code",
                "country_code",
                "dial_back_phone_number",
            ],
        ),
        (
            {"connection_type": "Network Dialup", "service_type": "Command"},
            "network_dialup",
            ["service_type", "dial_up_networking_name"],
        ),
        (
            {"replication_task": "Enabled"},
            "replication_routing",
            ["replication_task", "routing_task", "route_at_once_if", "routing_cost", "router_type"],
        ),
        (
            {"connection_type": "Local Area Network", "routing_task": "-None-"},
            "replication_routing",
            [
                "replication_task",
                "replicate_databases_of",
                "replication_type",
                "files_to_replicate",
                "replication_time_limit",
                "routing_task",
            ],
        ),
        ({"schedule": "Disabled"}, "schedule", ["schedule"]),
        ({}, "schedule", ["schedule", "connect_at_times", "repeat_interval", "days_of_week"]),
    ],
)
def test_a_connection_shows_the_fields_of_its_kind(values: dict[str, str], tab: str, keys: list[str]) -> None:
    assert shown(connection(**values), tab) == keys


@pytest.mark.parametrize(
    ("kind", "keys"),
    [
        ("Foreign SMTP Domain", ["internet_domain", "domain_name", "internet_host"]),
        ("Foreign Domain", ["foreign_domain_name", "gateway_server_name", "gateway_mail_file_name"]),
        ("Adjacent Domain", ["adjacent_domain_name"]),
        ("Non-adjacent Domain", ["mail_sent_to_domain", "route_through_domain"]),
        (
            "Global Domain",
            [
                "global_domain_name",
                "use_as_default",
                "domino_domains",
                "local_primary_internet_domain",
                "alternate_internet_domain_aliases",
            ],
        ),
    ],
)
def test_a_domain_shows_the_fields_of_its_type_and_requires_its_names(kind: str, keys: list[str]) -> None:
    document = Domain("x", {"domain_type": kind})
    assert shown(document, "routing") == keys
    optional = {"internet_host", "gateway_mail_file_name", "use_as_default", "domino_domains"}
    optional.add("alternate_internet_domain_aliases")
    assert wrong(document) == [("value-missing", key) for key in keys if key not in optional]
    restricted = kind in ("Foreign Domain", "Adjacent Domain", "Non-adjacent Domain")
    assert shown(document, "restrictions") == (["allow_from_domains", "deny_from_domains"] if restricted else [])


@pytest.mark.parametrize(
    ("values", "cost", "replication"),
    [
        ({}, 1, "Disabled"),
        ({"connect_via": "Dial-up connection"}, 5, "Disabled"),
        ({"connection_type": "Local Area Network"}, 1, "Enabled"),
        ({"connection_type": "Network Dialup"}, 5, "Enabled"),
        ({"connection_type": "Passthru Server"}, 1, "Enabled"),
        ({"connection_type": "Notes Direct Dialup"}, 5, "Enabled"),
    ],
)
def test_cost_and_replication_default_by_the_kind_of_link(values: dict[str, str], cost: int, replication: str) -> None:
    document = connection(**values)
    assert (document.routing_cost, document.replication_task) == (cost, replication)
    assert document.is_dial_up == (cost == 5)
    assert document.is_smtp == ("connection_type" not in values)


def test_domains_are_required_of_notes_connections_that_route_mail() -> None:
    lan = {"connection_type": "Local Area Network", "destination_domain": None}
    assert wrong(connection(**lan)) == [("value-missing", "source_domain"), ("value-missing", "destination_domain")]
    assert wrong(connection(**lan, routing_task="-None-")) == []
    assert wrong(connection(routing_task="-None-", destination_domain="")) == [("value-missing", "destination_domain")]


def test_smtp_connection_without_destination_server_is_refused() -> None:
    (problem,) = connection(destination_server="").problems()
    assert (problem.rule, problem.key) == ("destination-server-blank", "destination_server")
    assert "all_internal_hosts" in problem.hint
    lan = connection(connection_type="Local Area Network", source_domain="A", destination_server="")
    assert wrong(lan) == [("value-missing", "destination_server")]


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"connect_via": "Dial-up connection"}, ["dial-up-record-missing"]),
        ({"connect_via": "Dial-up connection", "dial_using_connection_record": "r"}, []),
        ({"dial_using_connection_record": "r"}, ["dial-up-record-on-direct"]),
        ({"connect_at_times": ()}, ["schedule-empty"]),
        ({"days_of_week": ()}, ["schedule-never"]),
        ({"connect_at_times": (), "days_of_week": (), "schedule": "Disabled"}, []),
    ],
)
def test_a_connection_finds_what_does_not_go_together(values: dict[str, Any], found: list[str]) -> None:
    assert [rule for rule, _ in wrong(connection(**values))] == found


def test_a_schedule_an_import_did_not_find_is_unknown_and_not_empty() -> None:
    document = Connection("x", SMTP_VALUES, unknown=frozenset({"connect_at_times", "days_of_week"}))
    assert wrong(document) == []


def test_a_connection_gives_its_schedule() -> None:
    calls = connection(connect_at_times=("08:00",), days_of_week=("Mon",)).calls
    assert (calls.times, calls.interval, calls.days, calls.enabled) == (("08:00",), 360, ("Mon",), True)
    assert connection(repeat_interval=None).calls.interval == 0
    assert not connection(schedule="Disabled").is_scheduled
    assert not connection(schedule="Disabled").calls.enabled


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({}, "hub01-acme--theinternet"),
        ({"connection_type": "Local Area Network"}, "hub01-acme--mail2-acme"),
    ],
)
def test_a_connection_is_named_by_its_ends(values: dict[str, str], name: str) -> None:
    document = connection(
        source_server="Hub01/Acme", destination_server="Mail2/Acme", destination_domain="TheInternet", **values
    )
    assert document.default_name("Acme") == name


@pytest.mark.parametrize(
    ("pattern", "name"), [("*.*", "theinternet"), ("*.acme.com", "theinternet--acme-com"), ("", "theinternet--unnamed")]
)
def test_a_foreign_smtp_domain_is_named_by_domain_and_pattern(pattern: str, name: str) -> None:
    values = {"domain_type": "Foreign SMTP Domain", "internet_domain": pattern, "domain_name": "TheInternet"}
    assert Domain("x", values).default_name("Acme") == name


def test_a_domain_is_not_routed_through_itself() -> None:
    values = {"domain_type": "Non-adjacent Domain", "mail_sent_to_domain": "B", "route_through_domain": "b"}
    assert wrong(Domain("x", values)) == [("value-invalid", "route_through_domain")]
    assert wrong(Domain("x", {**values, "route_through_domain": "C"})) == []
    assert Domain("x", values).subject == "B"
    assert Domain("x").subject == ""


def test_a_server_says_what_it_speaks_and_where_it_is() -> None:
    server = Server(
        "x",
        {
            "server_name": "A/B",
            "routing_tasks": ("Mail Routing", "SMTP Mail Routing"),
            "smtp_listener_task": "Enabled",
            "ports": (
                Port("TCPIP", "Net"),
                Port("LAN0", "net"),
                Port("SPX", "Net", protocol="SPX"),
                Port("off", "Other", enabled=False),
                Port("none"),
            ),
        },
    )
    assert server.speaks_smtp
    assert server.listens_smtp
    assert server.networks == (("net", "tcp"), ("net", "spx"))
    bare = Server("x", {"server_name": "A/B"})
    assert (bare.speaks_smtp, bare.listens_smtp, bare.networks) == (False, False, ())


def test_a_configuration_sends_outside_only_where_that_is_enabled() -> None:
    assert not Configuration("x", {"applies_to": "*"}).sends_outside
    assert Configuration("x", {"applies_to": "*", "smtp_outside": "Enabled"}).sends_outside
    assert not Configuration("x", {"applies_to": "*"}, unknown=frozenset({"smtp_outside"})).sends_outside


@pytest.mark.parametrize(
    "replica",
    ["", "/srv/domino/hub", "ssh://hub/srv", "ssh://ann@hub:22/srv", "couchdb+https://hub/acme", "ssh://[::1]/srv"],
)
def test_a_replica_is_an_absolute_path_or_a_url_replication_knows(replica: str) -> None:
    assert Server("s", {"server_name": "A/B", "replica": replica}).problems() == []


@pytest.mark.parametrize(
    ("replica", "reason"),
    [
        ("../hub", "is no absolute path"),
        ("-oProxyCommand=x", "is no absolute path"),
        ("http://hub/acme", "is of no scheme replication knows"),
        ("ssh:///srv", "names no host"),
        ("ssh://-oProxyCommand=x/srv", "begins with -"),
        ("ssh://-l@hub/srv", "begins with -"),
        ("ssh://%2Dl@hub/srv", "begins with -"),
        ("ssh://ann@-hub/srv", "begins with -"),
    ],
)
def test_a_replica_that_could_be_an_option_or_that_nothing_reaches_is_refused(replica: str, reason: str) -> None:
    (problem,) = Server("s", {"server_name": "A/B", "replica": replica}).problems()
    assert (problem.rule, problem.key) == ("value-invalid", "replica")
    assert reason in problem.message
    assert "couchdb+https://host/database" in problem.hint


def test_the_schemes_of_a_replica_are_those_replication_has_carriers_for() -> None:
    assert [f"{scheme}://" for scheme in REPLICA_SCHEMES] == list(SCHEMES)
