"""Which other documents a saved document can break or mend, and by which rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dominocli.checks.lookups import ends
from dominocli.documents.configuration import Configuration
from dominocli.documents.connection import Connection
from dominocli.documents.domain import FOREIGN_SMTP, GLOBAL, Domain
from dominocli.documents.group import Group
from dominocli.documents.server import Server
from dominocli.names import common_name, name_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dominocli.checks.lookups import Lookups
    from dominocli.documents.document import Document

CONCERNS: dict[type[Document], frozenset[str]] = {
    Connection: frozenset(
        {
            "destination-server-is-a-server",
            "destination-server-shared",
            "dial-up-record-wrong-type",
            "dial-up-record-of-neither-end",
            "second-pull-connection",
            "connection-without-pair",
            "replication-scheduled-twice",
            "virtual-domain-is-real",
            "virtual-domain-unconnected",
        }
    ),
    Domain: frozenset(
        {
            "destination-domain-unknown",
            "domain-case-differs",
            "pattern-duplicate",
            "pattern-redundant",
            "pattern-shadowed",
        }
    ),
    Server: frozenset(
        {
            "source-server-unknown",
            "source-server-other-domain",
            "source-server-without-smtp",
            "source-server-smtp-outside-disabled",
            "destination-server-is-a-server",
            "virtual-domain-is-real",
            "server-duplicate",
            "pull-pull-with-cluster",
            "connection-delays-network",
            "connection-without-pair",
        }
    ),
    Configuration: frozenset(
        {"configuration-ambiguous", "source-server-smtp-outside-disabled", "source-server-without-dns"}
    ),
    Group: frozenset({"group-loop", "configuration-ambiguous", "source-server-unknown"}),
}
"""The rules of other documents that a document of a form takes part in."""


def related(document: Document, lookups: Lookups) -> Iterator[Document]:
    """Yield the documents that refer to this one, that it refers to, or that share a name with it."""
    if isinstance(document, Connection):
        yield from _of_connection(document, lookups)
    elif isinstance(document, Domain):
        yield from _of_domain(document, lookups)
    elif isinstance(document, Server):
        yield from _of_server(document, lookups)
    elif isinstance(document, Configuration):
        yield from _of_configuration(document, lookups)
    elif isinstance(document, Group):
        yield from _of_group(document, lookups)


def _of_connection(document: Connection, lookups: Lookups) -> Iterator[Document]:
    yield from lookups.virtual_domains.get(document.destination_domain.casefold(), ())
    if document.is_smtp:
        yield from lookups.smtp_by_placeholder.get(name_key(document.destination_server), ())
        return
    source, destination = ends(document)
    yield from lookups.notes_connections_by_ends.get((source, destination), ())
    yield from lookups.notes_connections_by_ends.get((destination, source), ())
    yield from lookups.smtp_by_record.get(document.name, ())
    for key in (source, destination):
        yield from lookups.smtp_by_placeholder.get(key, ())


def _of_domain(document: Domain, lookups: Lookups) -> Iterator[Document]:
    if document.domain_type == FOREIGN_SMTP:
        yield from lookups.smtp_by_domain.get(document.domain_name.casefold(), ())
        yield from lookups.domains_by_pattern.get(document.internet_domain.casefold(), ())
    elif document.domain_type == GLOBAL:
        yield from lookups.foreign_smtp


def _of_server(document: Server, lookups: Lookups) -> Iterator[Document]:
    key = name_key(document.server_name)
    yield from lookups.servers.get(key, ())
    for end in dict.fromkeys((key, name_key(common_name(document.server_name)), name_key(document.cluster_name))):
        if end:
            yield from lookups.connections_by_end.get(end, ())
            yield from lookups.virtual_domains.get(end, ())


def _of_configuration(document: Configuration, lookups: Lookups) -> Iterator[Document]:
    yield from lookups.configurations.get(name_key(document.applies_to), ())
    nodes = lookups.network.by_key
    for connection in lookups.smtp_connections:
        node = nodes.get(name_key(connection.source_server))
        if node is not None and node.settings.document == document.path:
            yield connection


def _of_group(document: Group, lookups: Lookups) -> Iterator[Document]:
    key = name_key(document.group_name)
    if not key:
        return
    yield from lookups.configurations.get(key, ())
    yield from lookups.groups_by_member.get(key, ())
    yield from lookups.connections_by_end.get(key, ())
    for member in lookups.nesting.loop_of(key):
        yield lookups.groups[member][0]
