"""Small directories for the tests of the rules, built of one-line documents."""

from __future__ import annotations

from typing import Any

from dominocli.directory.settings import Settings
from dominocli.directory.view import MemoryView
from dominocli.directory.writer import new_text
from dominocli.documents import form_of
from dominocli.documents.server import Port

SETTINGS = Settings("1" * 32, "Acme", "Acme")
Files = dict[str, str]


def doc(path: str, **values: Any) -> Files:
    """Return one document file with these values, as dominocli writes it; None gives none, `raw` is appended."""
    raw = values.pop("raw", "")
    folder, _, name = path.partition("/")
    unknown = frozenset(values.pop("unknown", ()))
    given = {key: value for key, value in values.items() if value is not None}
    document = form_of(folder)(name, given, unknown=unknown)
    return {document.file: new_text(document) + raw}


def server(name: str, *, network: str = "", **values: Any) -> Files:
    """Return a Server document of Acme with a replica."""
    ports = {"ports": (Port("TCPIP", network),)} if network else {}
    slug = name.split("/")[0].lower()
    return doc(f"servers/{slug}", **{"server_name": name, "replica": f"/srv/{slug}", **ports, **values})


def smtp_server(name: str, **values: Any) -> Files:
    """Return a Server document whose server speaks SMTP."""
    return server(name, routing_tasks=("Mail Routing", "SMTP Mail Routing"), **values)


def outside(applies_to: str = "*", **values: Any) -> Files:
    """Return a Configuration document that enables SMTP outside."""
    name = "default" if applies_to == "*" else applies_to.split("/")[0].lower()
    return doc(f"configurations/{name}", **{"applies_to": applies_to, "smtp_outside": "Enabled", **values})


def smtp(name: str = "out", **values: Any) -> Files:
    """Return an SMTP Connection of Hub01 to TheInternet."""
    usual = {
        "source_server": "Hub01/Acme",
        "destination_server": "all_internal_hosts",
        "destination_domain": "TheInternet",
        "smtp_mta_relay_host": "relay",
    }
    return doc(f"connections/{name}", **{**usual, **values})


def lan(name: str, source: str, destination: str, **values: Any) -> Files:
    """Return a LAN Connection for mail between two servers of Acme."""
    usual = {
        "connection_type": "Local Area Network",
        "source_server": source,
        "source_domain": "Acme",
        "destination_server": destination,
        "destination_domain": "Acme",
        "replication_task": "Disabled",
    }
    return doc(f"connections/{name}", **{**usual, **values})


def replication(name: str, source: str, destination: str, **values: Any) -> Files:
    """Return a LAN Connection for replication between two servers of Acme."""
    return lan(name, source, destination, **{"replication_task": "Enabled", "routing_task": "-None-", **values})


def record(name: str = "isp", source: str = "Hub01/Acme", destination: str = "Isp/Line", **values: Any) -> Files:
    """Return a Network Dialup Connection, without mail routing of its own."""
    usual = {"connection_type": "Network Dialup", "routing_task": "-None-", "phone_number": "123"}
    usual |= {"source_server": source, "destination_server": destination, "destination_domain": "Line"}
    return doc(f"connections/{name}", **{**usual, **values})


def foreign_smtp(
    name: str = "theinternet", pattern: str = "*.*", domain: str | None = "TheInternet", **values: Any
) -> Files:
    """Return a Foreign SMTP Domain document."""
    usual = {"domain_type": "Foreign SMTP Domain", "internet_domain": pattern, "domain_name": domain}
    return doc(f"domains/{name}", **{**usual, **values})


def non_adjacent(name: str, domain: str, through: str) -> Files:
    """Return a Non-adjacent Domain document."""
    values = {"domain_type": "Non-adjacent Domain", "mail_sent_to_domain": domain, "route_through_domain": through}
    return doc(f"domains/{name}", **values)


def global_domain(primary: str = "acme.com", **values: Any) -> Files:
    """Return a Global Domain document."""
    usual = {"domain_type": "Global Domain", "global_domain_name": "Acme", "local_primary_internet_domain": primary}
    return doc("domains/global", **{**usual, **values})


def group(name: str, *members: str) -> Files:
    """Return a Group document."""
    return doc(f"groups/{name.lower()}", group_name=name, members=members)


def joined(*parts: Files) -> Files:
    """Return one directory's files; a later part replaces a file of an earlier one."""
    return {file: text for part in parts for file, text in part.items()}


WORKING = joined(smtp_server("Hub01/Acme"), outside(), foreign_smtp(), smtp())
"""The procedure of domino.md 1, complete: nothing is to be found in it."""


def view_of(files: Files) -> MemoryView:
    """Return the directory of these files, whose domain is Acme."""
    return MemoryView(files, settings=SETTINGS)
