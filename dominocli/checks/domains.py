"""Rules about Notes domains: virtual ones that are real, and spellings that differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dominocli.checks.lookups import notes_domains
from dominocli.checks.report import Report
from dominocli.documents.domain import FOREIGN_SMTP, GLOBAL, Domain
from dominocli.names import name_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dominocli.checks.lookups import Lookups
    from dominocli.documents.document import Document


def virtual_domain(document: Domain, lookups: Lookups) -> Iterator[Report]:
    """Yield a virtual domain that is something else as well; a real next-hop domain alone is allowed (domino.md 6)."""
    domain = document.domain_name
    if document.domain_type != FOREIGN_SMTP or not domain:
        return
    if reality := _reality(domain, lookups):
        hint = "choose a fictitious domain, such as TheInternet, here and in its SMTP Connections"
        yield Report("virtual-domain-is-real", "domain_name", f"{domain} is {reality}", hint)


def dotless_pattern(document: Domain, lookups: Lookups) -> Iterator[Report]:
    """Yield a pattern that looks like a virtual domain: nothing without a dot is compared with it (domino.md 2.1)."""
    pattern = document.internet_domain
    if document.domain_type == FOREIGN_SMTP and pattern and "." not in pattern and "*" not in pattern:
        message = f"{pattern} has neither a dot nor a *, so no address meets it; it looks like the virtual domain"
        hint = "write *.* or a domain like acme.com here; the virtual domain stands in Domain name"
        yield Report("pattern-without-dot", "internet_domain", message, hint)


def _reality(domain: str, lookups: Lookups) -> str:
    key = domain.casefold()
    if key == lookups.own_domain:
        return "our own Notes domain"
    for servers in (lookups.servers, lookups.servers_by_common_name):
        if found := servers.get(name_key(domain)):
            return f"the name of a server ({found[0].path})"
    connections = lookups.network.connections
    if key in connections.smtp and key in connections.crossings:
        smtp, notes = connections.smtp[key][0].call.document, connections.crossings[key][0].call.document
        return f"the destination of an SMTP Connection ({smtp}) and of one between Notes servers ({notes})"
    return ""


def spellings(document: Document, lookups: Lookups) -> Iterator[Report]:
    """Yield Notes domains written in another case than where they first stand (domino.md 2.9)."""
    for key, value in notes_domains(document):
        first, where = lookups.domain_spellings.get(value.casefold(), (value, ""))
        if first != value:
            label = document.fields[key].label
            yield Report("domain-case-differs", key, f"{label} is {value}, in {where} it is {first}", f"write {first}")


def global_domain(document: Domain) -> Iterator[Report]:
    """Yield that Domino re-reads a changed Global Domain document only when the server starts (domino.md 2.5)."""
    if document.domain_type == GLOBAL:
        message = "Domino reads a Global Domain document only when a server starts: recalculating is not enough there"
        yield Report("global-domain-changed", "domain_type", message, "restart the Domino servers when you can")
