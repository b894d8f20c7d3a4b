"""Which other documents a saved document can break or mend, and by which rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dominocli.checks.lookups import ends
from dominocli.documents.configuration import Configuration
from dominocli.documents.connection import Connection
from dominocli.documents.domain import FOREIGN, FOREIGN_SMTP, GLOBAL, NON_ADJACENT, Domain
from dominocli.documents.group import Group
from dominocli.documents.server import Server
from dominocli.names import common_name, name_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dominocli.checks.lookups import Lookups
    from dominocli.documents.document import Document

CONCERNS: dict[type[Document], frozenset[str]] = {
    Connection: frozenset(
        {
            "destination-server-is-a-server",
            "destination-server-shared",
            "dial-up-record-not-found",
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
            "domain-route-redundant",
            "pattern-shadowed",
            "virtual-domain-unconnected",
        }
    ),
    Server: frozenset(
        {
            "source-server-unknown",
            "source-server-other-domain",
            "destination-server-other-domain",
            "source-server-without-smtp",
            "source-server-smtp-outside-disabled",
            "destination-server-is-a-server",
            "destination-server-is-a-group",
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
    Group: frozenset(
        {
            "group-loop",
            "configuration-ambiguous",
            "destination-server-is-a-group",
            "source-server-unknown",
            "source-server-smtp-outside-disabled",
            "source-server-without-dns",
        }
    ),
}
"""The rules of other documents that a document of a form takes part in."""


def related(document: Document, lookups: Lookups, before: Sequence[Document] = ()) -> Iterator[Document]:
    """Yield the documents of the view that refer to this one, that it refers to, or that share a name with it.

    The document may be one that is not in the view any more; `before` are all of those.
    """
    if isinstance(document, Connection):
        yield from _of_connection(document, lookups)
    elif isinstance(document, Domain):
        yield from _of_domain(document, lookups)
    elif isinstance(document, Server):
        yield from _of_server(document, lookups)
    elif isinstance(document, Configuration):
        yield from _of_configuration(document, lookups, before)
    elif isinstance(document, Group):
        yield from _of_group(document, lookups, before)


def _of_connection(document: Connection, lookups: Lookups) -> Iterator[Document]:
    yield from lookups.virtual_domains.get(document.destination_domain.casefold(), ())
    yield from lookups.smtp_by_record.get(document.name, ())
    if document.is_smtp:
        yield from lookups.smtp_by_placeholder.get(name_key(document.destination_server), ())
        return
    source, destination = ends(document)
    yield from lookups.notes_connections_by_ends.get((source, destination), ())
    yield from lookups.notes_connections_by_ends.get((destination, source), ())
    for key in (source, destination):
        yield from lookups.smtp_by_placeholder.get(key, ())


def _of_domain(document: Domain, lookups: Lookups) -> Iterator[Document]:
    if document.domain_type == FOREIGN_SMTP:
        yield from lookups.smtp_by_domain.get(document.domain_name.casefold(), ())
        yield from lookups.domains_by_pattern.get(document.internet_domain.casefold(), ())
    elif document.domain_type == GLOBAL:
        yield from lookups.foreign_smtp
    elif document.domain_type in (FOREIGN, NON_ADJACENT):
        yield from lookups.virtual_domains.get(document.subject.casefold(), ())


def _of_server(document: Server, lookups: Lookups) -> Iterator[Document]:
    key = name_key(document.server_name)
    yield from lookups.servers.get(key, ())
    for end in dict.fromkeys((key, name_key(common_name(document.server_name)), name_key(document.cluster_name))):
        if end:
            yield from lookups.connections_by_end.get(end, ())
            yield from lookups.virtual_domains.get(end, ())


OWN, OF_GROUP, DEFAULT, NONE = range(4)
"""How near a server the Configuration it follows is; a nearer one counts (domino.md 2.7)."""


def _of_configuration(document: Configuration, lookups: Lookups, before: Sequence[Document]) -> Iterator[Document]:
    key = name_key(document.applies_to)
    yield from lookups.configurations.get(key, ())
    members = _members(key, lookups, before)
    nearness = DEFAULT if key == "*" else OF_GROUP if members else OWN
    yield from _smtp_from({key} | members, nearness, lookups)


def _of_group(document: Group, lookups: Lookups, before: Sequence[Document]) -> Iterator[Document]:
    key = name_key(document.group_name)
    if not key:
        return
    yield from lookups.configurations.get(key, ())
    yield from lookups.groups_by_member.get(key, ())
    yield from lookups.connections_by_end.get(key, ())
    if key in lookups.groups:
        for member in lookups.nesting.loop_of(key):
            yield lookups.groups[member][0]
    if any(holder in lookups.configurations for holder in _holders(key, lookups)):
        yield from _smtp_from(_members(key, lookups, before), OF_GROUP, lookups)


def _smtp_from(servers: set[str], nearness: int, lookups: Lookups) -> Iterator[Connection]:
    """Yield the SMTP Connections from these servers ("*" is all), unless a Configuration nearer to them counts."""
    if "*" in servers:
        candidates = lookups.smtp_connections
    else:
        candidates = [c for server in servers for c in lookups.connections_by_end.get(server, ()) if c.is_smtp]
    for connection in candidates:
        node = lookups.network.by_key.get(name_key(connection.source_server))
        if node is not None and (node.key in servers or "*" in servers):
            followed = lookups.applies_to.get(node.settings.document)
            if {None: NONE, "*": DEFAULT, node.key: OWN}.get(followed, OF_GROUP) >= nearness:
                yield connection


def _holders(group: str, lookups: Lookups) -> set[str]:
    """Return the keys of a group and of all groups that hold it."""
    found, level = {group}, [group]
    while level:
        holding = lookups.groups_by_member.get(level.pop(), ())
        level += {name_key(holder.group_name) for holder in holding} - found
        found.update(level)
    return found


def _members(group: str, lookups: Lookups, before: Sequence[Document]) -> set[str]:
    """Return the keys of all members of a group, as it is and as it was."""
    was = [other for other in before if isinstance(other, Group)]
    found, level = set[str](), [group]
    while level:
        key = level.pop()
        groups = (*lookups.groups.get(key, ()), *(other for other in was if name_key(other.group_name) == key))
        level += {name_key(member) for one in groups for member in one.members} - found
        found.update(level)
    return found
