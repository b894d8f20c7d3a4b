"""The values random directories are made of: names, domains, patterns, times, moments, and what no form accepts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

DOMAIN = "Acme"
OTHER_DOMAINS = ("Beta", "Gamma", "Delta", "BETA", "Fax")
VIRTUAL_DOMAINS = ("TheInternet", "WebNet", "DialNet", "theinternet", "Straße", "STRASSE")
OFTEN_VIRTUAL = ("TheInternet", "TheInternet", "TheInternet", "WebNet", "DialNet", "theinternet")
PATTERNS = (
    *("*.*", "*.*", "*.*", "*", "*.acme.com", "*acme.com", "acme.com", "mail.acme.com", "*.ACME.com", "*x.acme.com"),
    *("*.org", "example.org", "*.example.org", "*ple.org", "www.example.org", "*.com", "*m", "*.x.acme.com"),
    *("bücher.example", "xn--bcher-kva.example", "*.bücher.example", "*.BÜCHER.Example", "Beta", "TheInternet"),
)
INTERNET_DOMAINS = (
    *("example.org", "www.example.org", "a.b.example.org", "simple.org", "EXAMPLE.org", "acme.com", "ACME.com"),
    *("mail.acme.com", "x.acme.com", "deep.x.acme.com", "xacme.com", "xx.acme.com", "other.net", "bücher.example"),
    *("xn--bcher-kva.example", "www.BÜCHER.example", "mail.beta.example", "beta.example", "hub.eu.acme.com"),
)
ALL_DOMAINS = (
    *(*INTERNET_DOMAINS, *OTHER_DOMAINS, *VIRTUAL_DOMAINS),
    *("Pager", "Epsilon", "zeta", DOMAIN, "acme", "nowhere", "example.org.", "strasse"),
)
HOST_NAMES = ("mail.acme.com", "hub.eu.acme.com", "mail.beta.example", "acme.com", "hub.BÜCHER.example", "solo")
RELAYS = ("relay.acme.com", "relay2.acme.com", "192.0.2.7", "[192.0.2.8]", "2001:db8::7", "relayhost")
NETWORKS = ("Office", "office", "Plant", "Lab", "WAN")
PROTOCOLS = ("TCP", "TCP", "TCP", "TCP", "tcp", "NETBIOS")
ZONES = (
    *("Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC", "Pacific/Auckland"),
    "Australia/Lord_Howe",  # its clocks change by half an hour
)
TIMES: tuple[list[str], ...] = (
    *(["08:00-22:00"], ["00:00-24:00"], ["22:00-06:00"], ["09:30"], ["02:30"], ["07:00", "12:15", "19:00"]),
    *(["06:00-07:00", "23:00"], ["02:15-02:45"], ["12:00 PM - 11:59:59 PM"], ["8 am - 10 am"]),
    *(["01:30"], ["01:15-01:45"], ["01:45-02:15"]),
)
DAYS = (["Mon", "Tue", "Wed", "Thu", "Fri"], ["Sat", "Sun"], ["Wed"], ["Mon-Fri"], ["Sun"])
NAMES = ("Hub", "mail", "Edge", "node", "Ämt", "app", "Zone")
UNITS = ("", "", "/East", "/West/Ops")
NOTES_TYPES = ("Local Area Network", "Local Area Network", "Local Area Network", "Network Dialup", "Passthru Server")
NEVER_LOST = ("connection_type", "server_name", "group_name", "applies_to", "domain_type")
BROKEN: dict[str, tuple[tuple[str, str, Any], ...]] = {
    "connections": (
        *(("replication_routing", "routing_cost", 0), ("replication_routing", "routing_task", "Perhaps")),
        *(("schedule", "schedule", "Sometimes"), ("schedule", "connect_at_times", ["25:00"])),
        *(("basics", "connection_type", "Carrier Pigeon"), ("basics", "destination_domain", "Acme Corp.")),
        *(("basics", "smtp_mta_relay_host", "no such host"), ("replication_routing", "router_type", 7)),
        *(("basics", "source_domain", "two words"), ("schedule", "days_of_week", ["Someday"])),
        *(("basics", "source_server", "Bell\u0007/Acme"), ("schedule", "repeat_interval", -1)),
    ),
    "servers": (
        *(
            ("basics", "routing_tasks", ["Fax Routing"]),
            ("basics", "domain_name", "a.b"),
            ("basics", "time_zone", "Mars"),
        ),
        *(("basics", "smtp_listener_task", "Maybe"), ("ports", "TCPIP", 7), ("basics", "server_name", "Bell\u0007")),
    ),
    "configurations": (
        *(("router_smtp", "smtp_outside", "Perhaps"), ("router_smtp", "relay_host", "a b")),
        *(("router_smtp", "smtp_inside", "Some"), ("transfer", "maximum_hop_count", 0), ("basics", "applies_to", 7)),
        *(("transfer", "low_priority_range", ["25:00-26:00"]), ("router_smtp", "host_name_lookup", "Oracle")),
    ),
    "domains": (
        *(("routing", "internet_domain", "a*b"), ("routing", "domain_name", "x.y"), ("basics", "domain_type", "Odd")),
        *(("routing", "local_primary_internet_domain", "*.x"), ("restrictions", "deny_from_domains", ["a b"])),
        *(("routing", "alternate_internet_domain_aliases", ["*x.com"]), ("routing", "gateway_server_name", 7)),
    ),
    "groups": (("basics", "group_type", "Odd"), ("basics", "members", 7), ("basics", "group_name", 7)),
}
BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
MOMENTS = (
    *(datetime(2026, 11, 24, 3, 0, tzinfo=BERLIN), datetime(2026, 11, 24, 10, 7, tzinfo=BERLIN)),
    *(datetime(2026, 11, 28, 23, 30, tzinfo=BERLIN), datetime(2026, 11, 25, 9, 30, tzinfo=BERLIN)),
    *(datetime(2026, 11, 24, 23, 59, 31, tzinfo=ZoneInfo("Asia/Kolkata")), datetime(2026, 11, 24, 1, 30, tzinfo=UTC)),
    # Around the changes of clocks: in the hour before, in each of the repeated ones, after.
    *(datetime(2026, 3, 29, 0, 50, tzinfo=BERLIN), datetime(2026, 3, 29, 1, 59, 59, tzinfo=BERLIN)),
    *(datetime(2026, 10, 25, 1, 40, tzinfo=BERLIN), datetime(2026, 10, 25, 2, 25, tzinfo=BERLIN)),
    *(datetime(2026, 10, 25, 2, 25, fold=1, tzinfo=BERLIN), datetime(2026, 10, 25, 0, 50, tzinfo=UTC)),
    *(datetime(2026, 3, 8, 1, 45, tzinfo=NEW_YORK), datetime(2026, 11, 1, 1, 20, tzinfo=NEW_YORK)),
    *(datetime(2026, 11, 1, 1, 20, fold=1, tzinfo=NEW_YORK), datetime(2026, 4, 5, 1, 20, tzinfo=LORD_HOWE)),
    *(datetime(2026, 4, 5, 1, 35, fold=1, tzinfo=LORD_HOWE), datetime(2026, 10, 4, 1, 50, tzinfo=LORD_HOWE)),
)
