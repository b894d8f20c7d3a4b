"""Rules about Connection documents that routing does not need: placeholders, virtual domains, delays, pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dominocli.checks.lookups import ends
from dominocli.checks.report import Report
from dominocli.documents.connection import Connection
from dominocli.documents.finding import INFO
from dominocli.errors import command_line as command
from dominocli.names import name_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dominocli.checks.lookups import Lookups
    from dominocli.routing.servers import Node


def placeholder(document: Connection, lookups: Lookups) -> Iterator[Report]:
    """Yield what is wrong with the placeholder an SMTP Connection has for a destination server (domino.md 2.1)."""
    name = document.destination_server
    if not document.is_smtp or not name:
        return
    if holder := _bearer(name, lookups):
        message = f"the placeholder {name} is the name of a server ({holder})"
        hint = "give a unique word that is no server's name, such as all_internal_hosts"
        yield Report("destination-server-is-a-server", "destination_server", message, hint)
        return
    first = lookups.smtp_by_placeholder.get(name_key(name), [document])[0]
    carries = document.is_scheduled and document.routes_mail
    if carries and first.destination_domain.casefold() != document.destination_domain.casefold():
        message = f"{first.path} uses the placeholder {name} too, for the domain {first.destination_domain}"
        yield Report(
            "destination-server-shared", "destination_server", message, "give each virtual domain its own word"
        )


def _bearer(name: str, lookups: Lookups) -> str:
    """Return the document that knows a server or cluster by this name, "" if none does."""
    key = name_key(name)
    for known in (lookups.servers, lookups.servers_by_common_name, lookups.clusters):
        if key in known:
            return known[key][0].path
    return lookups.names_in_connections.get(key, "")


def destination_domain(document: Connection, lookups: Lookups) -> Iterator[Report]:
    """Yield an SMTP Connection whose destination domain no Foreign SMTP Domain document sends to."""
    domain = document.destination_domain
    if not document.is_smtp or not domain or domain.casefold() in lookups.virtual_domains:
        return
    if any(other.is_unknown("domain_name") for other in lookups.foreign_smtp):
        return  # it may be that one's: an import that found no value proves nothing
    message = f"no Foreign SMTP Domain document sends to {domain}, so no mail comes this way by its address"
    pattern = lookups.domains_by_pattern.get(domain.casefold())
    if pattern:
        hint = f"{pattern[0].path} has it as its Internet domain; the virtual domain stands in Domain name"
    else:
        near = lookups.similar_virtual_domain(domain)
        add = command("domain add --domain-type foreign-smtp --internet-domain", "*.*", "--domain-name", domain)
        hint = f"did you mean {near}?" if near else add
    yield Report("destination-domain-unknown", "destination_domain", message, hint)


def without_dns(document: Connection, lookups: Lookups) -> Iterator[Report]:
    """Yield an SMTP Connection whose source server has neither a relay host nor DNS (domino.md 2.1)."""
    if not document.is_smtp or document.smtp_mta_relay_host or document.is_unknown("smtp_mta_relay_host"):
        return
    node = lookups.network.server(document.source_server)
    if node is None or node.settings.relay_host or node.settings.host_name_lookup != "Local lookup only":
        return
    if any(unknown.endswith((":relay_host", ":host_name_lookup")) for unknown in node.settings.unknown):
        return
    message = f"{node.name} has no relay host and looks hosts up in its hosts file only ({node.settings.document})"
    hint = "name a relay host, or allow Dynamic lookup, unless every host is in the hosts file"
    yield Report("source-server-without-dns", "source_server", message, hint)


def delays(document: Connection, lookups: Lookups) -> Iterator[Report]:
    """Yield a Connection that makes mail wait inside a Notes named network (domino.md 6)."""
    pair = _linked(document, lookups)
    if pair is None or not document.calls.has_gaps or _schedule_is_unknown(document):
        return
    source, target = pair
    shared = lookups.network.shared_networks(source.index, target.index)
    if not shared:
        return
    message = (
        f"{source.name} and {target.name} share {lookups.network.networks[shared[0]].name}, where mail goes at once; "
        f"this Connection makes it wait ({document.calls.describe()})"
    )
    replicates = document.replication_task == "Enabled"
    hint = command("connection edit", document.name, "--routing-task", "none") + ", if it is for replication"
    yield Report("connection-delays-network", "connect_at_times", message, hint, INFO if replicates else "")


def _schedule_is_unknown(document: Connection) -> bool:
    return any(document.is_unknown(key) for key in ("connect_at_times", "repeat_interval", "days_of_week"))


def pair(document: Connection, lookups: Lookups) -> Iterator[Report]:
    """Yield a mail Connection inside our domain from whose far end nothing leads back (domino.md 6)."""
    linked = _linked(document, lookups)
    if linked is None:
        return
    source, target = linked
    back = lookups.way_back
    if back[source.index] == back[target.index] or (target.key, source.key) in lookups.notes_connections_by_ends:
        return
    why = "" if target.document else f" ({target.name} has no Server document)"
    message = f"mail from {source.name} reaches {target.name}, but nothing leads back{why}"
    add = "connection add --connection-type lan --source-server"
    hint = command(add, target.name, "--destination-server", source.name)
    yield Report("connection-without-pair", "destination_server", message, hint)


def _linked(document: Connection, lookups: Lookups) -> tuple[Node, Node] | None:
    """Return the two servers a Connection links for mail, None unless it is the one that counts for them."""
    if document.is_smtp or document.path in lookups.not_used:
        return None
    source, target = (lookups.network.by_key.get(key) for key in ends(document))
    if source is None or target is None:
        return None
    for one, other in ((source, target), (target, source)):
        link = lookups.network.links[one.index].get(other.index)
        if link is not None and link.call.document == document.path:
            return one, other
    return None
