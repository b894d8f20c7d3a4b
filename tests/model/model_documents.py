"""What the loader makes of the documents of one directory: what it uses, and what not and why (domino.md 2, 3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from model_patterns import same_pattern, within

from dominocli.directory.view import MemoryView
from dominocli.documents.configuration import Configuration
from dominocli.documents.connection import Connection
from dominocli.documents.document import Document
from dominocli.documents.domain import Domain
from dominocli.documents.group import Group
from dominocli.documents.server import Server
from dominocli.names import name_key

SMTP_MAIL_ROUTING = "SMTP Mail Routing"
PULL_TYPES = ("Pull Only", "Pull Push")
NAMES_OF_DOMAINS = {
    "Foreign SMTP Domain": ("internet_domain", "domain_name"),
    "Foreign Domain": ("foreign_domain_name", "gateway_server_name"),
    "Adjacent Domain": ("adjacent_domain_name",),
    "Non-adjacent Domain": ("mail_sent_to_domain", "route_through_domain"),
    "Global Domain": ("global_domain_name", "local_primary_internet_domain"),
}
"""What a Domain document of each type must say (design.md 2)."""

D = TypeVar("D", bound=Document)


class LoadedDocuments:
    """The servers, groups, Configurations, Connections and Domain documents of one directory.

    Servers go by `name_key`. `not_used` holds (document, reason).
    """

    def __init__(self, view: MemoryView) -> None:
        self.domain = view.settings.domain
        self.not_used = {(fault.document, fault.id) for fault in view.faults()}
        self._read_servers(view.documents(Server))
        groups = list(self._sound(view.documents(Group), "group_name"))
        self.groups = {name_key(g.group_name): g for g in reversed(groups)}
        self.clusters = {name_key(s.cluster_name) for s in self.servers.values() if s.cluster_name}
        self.configurations = list(self._sound(view.documents(Configuration), "applies_to"))
        self.applied = {key: self._configuration(server) for key, server in self.servers.items()}
        self.every_connection = view.documents(Connection)
        self.records = {c.name: c for c in self.every_connection}
        self._read_connections(self.every_connection)
        self._read_domains(view.documents(Domain))

    def _read_servers(self, documents: Sequence[Server]) -> None:
        """3 rule 1: of two Server documents of one name the first by file name counts."""
        every: dict[str, Server] = {}
        for server in documents:
            key = name_key(server.server_name)
            if key in every:
                self.not_used.add((server.path, "server-duplicate"))
            for sound in self._sound([server], "server_name"):
                every.setdefault(key, sound)
        self.broken_servers = {
            name_key(s.server_name) for s in documents if self._is_ours(s.domain_name)
        } - every.keys()
        # design.md 2: a Server of unknown domain counts as ours, so does a blank one.
        self.servers = {k: s for k, s in every.items() if self._is_ours(s.domain_name)}
        self.foreign_servers = {k: s for k, s in every.items() if k not in self.servers}

    def _is_ours(self, domain: str) -> bool:
        return not domain or same(domain, self.domain)

    def _configuration(self, server: Server) -> Configuration | None:
        """2.7: the server's own document, else its group's, else the default; two groups are an error."""
        own = [
            c for c in self.configurations if c.applies_to and name_key(c.applies_to) == name_key(server.server_name)
        ]
        if own:
            self.not_used |= {(c.path, "configuration-ambiguous") for c in own[1:]}
            return own[0]
        by_group = [
            c for c in self.configurations if c.applies_to != "*" and self._holds(c.applies_to, server.server_name)
        ]
        if by_group:
            self.not_used |= {(c.path, "configuration-ambiguous") for c in by_group[1:]}
            return by_group[0]
        every = [c for c in self.configurations if c.applies_to == "*"]
        self.not_used |= {(c.path, "configuration-ambiguous") for c in every[1:]}
        return every[0] if every else None

    def _holds(self, group: str, member: str) -> bool:
        """2.8: nesting at most 20 levels, looked at one level after the other."""
        level = {name_key(group)}
        for _ in range(20):
            level = {name_key(name) for key in level if key in self.groups for name in self.groups[key].members}
            if name_key(member) in level:
                return True
        return False

    def _read_connections(self, documents: Iterable[Connection]) -> None:
        self.smtp_connections: list[Connection] = []
        self.notes_connections: list[Connection] = []
        pulled: set[tuple[str, str, str]] = set()
        for connection in documents:
            reasons = set(self._reasons(connection))
            if not connection.is_smtp and not reasons and connection.router_type in PULL_TYPES:
                # 3: a second pull-type document to one destination; 6: enabled ones of the same source only
                near, far = name_key(connection.source_server), name_key(connection.destination_server)
                pair = (near, far, "" if self.stays(connection) else folded(connection.destination_domain))
                if pair in pulled:
                    reasons.add("second-pull-connection")
                pulled.add(pair)
            self.not_used |= {(connection.path, reason) for reason in reasons}
            if not reasons:
                (self.smtp_connections if connection.is_smtp else self.notes_connections).append(connection)

    def _reasons(self, connection: Connection) -> Iterator[str]:
        """3: everything that keeps the loader from using a Connection."""
        if connection.routing_task == "-None-":
            yield "routing-task-none"
        if connection.schedule == "Disabled":
            yield "schedule-disabled"
        elif not connection.connect_at_times and not connection.is_unknown("connect_at_times"):
            yield "schedule-empty"
        elif not connection.days_of_week and not connection.is_unknown("days_of_week"):
            yield "schedule-never"
        yield from self._source_reasons(connection)
        if connection.is_smtp:
            if not connection.destination_server and not connection.is_unknown("destination_server"):
                yield "destination-server-blank"
            yield from own_reasons(connection, "source_server", "destination_domain")
            yield from self._dial_up_reasons(connection)
            return
        yield from own_reasons(connection, "source_server", "destination_server")
        if connection.routing_task == "Mail Routing":  # 2.2: the two domains are required for mail routing
            domains = [key for key in ("source_domain", "destination_domain") if not connection.is_unknown(key)]
            yield from own_reasons(connection, *domains)
        # 2.8: a group or cluster as Destination server: replication only
        far = name_key(connection.destination_server)
        if far not in self.servers and ("*" in far or far in self.groups or far in self.clusters):
            yield "destination-server-is-a-group"
        # two domains are never mixed: a server belongs to the domain a Connection leads to
        if far in (self.foreign_servers if self.stays(connection) else self.servers):
            yield "destination-server-other-domain"

    def _source_reasons(self, connection: Connection) -> Iterator[str]:
        source = name_key(connection.source_server)
        server = self.servers.get(source) or self.foreign_servers.get(source)
        if server is None and source:
            yield "source-server-unknown"
        elsewhere = not connection.is_smtp and not self._is_ours(connection.source_domain)
        if source in self.foreign_servers or elsewhere:
            yield "source-server-other-domain"
        if connection.is_smtp and server is not None:
            if not self.has_smtp_task(server):
                yield "source-server-without-smtp"
            if source in self.servers and not self.sends_outside(source):
                yield "source-server-smtp-outside-disabled"

    def has_smtp_task(self, server: Server) -> bool:
        """2.6: routing assumes the task an import does not know."""
        return server.is_unknown("routing_tasks") or SMTP_MAIL_ROUTING in server.routing_tasks

    def sends_outside(self, server: str) -> bool:
        """2.7: Disabled is the default, and what a server without any Configuration has."""
        applied = self.applied[server]
        return applied is not None and (applied.is_unknown("smtp_outside") or applied.smtp_outside == "Enabled")

    def _dial_up_reasons(self, connection: Connection) -> Iterator[str]:
        """2.1, Dial using connection record."""
        name = connection.dial_using_connection_record
        if connection.connect_via != "Dial-up connection":
            if name:
                yield "dial-up-record-on-direct"
            return
        if not name:
            if not connection.is_unknown("dial_using_connection_record"):
                yield "dial-up-record-missing"
            return
        record = self.records.get(name)
        if record is None:
            yield "dial-up-record-not-found"
            return
        if record.connection_type != "Network Dialup":
            yield "dial-up-record-wrong-type"
        if name_key(connection.source_server) not in (
            name_key(record.source_server),
            name_key(record.destination_server),
        ):
            yield "dial-up-record-of-neither-end"

    def _read_domains(self, documents: Iterable[Domain]) -> None:
        of_type: dict[str, list[Domain]] = {}
        for document in documents:
            names = NAMES_OF_DOMAINS.get(document.domain_type, ("domain_type",))
            if document.is_unknown("local_primary_internet_domain"):  # 2.6: unknown is not blank
                names = tuple(name for name in names if name != "local_primary_internet_domain")
            for sound in self._sound([document], *names):
                of_type.setdefault(sound.domain_type, []).append(sound)
        self.foreign_smtp = of_type.get("Foreign SMTP Domain", [])
        self.foreign = of_type.get("Foreign Domain", [])
        self.adjacent = of_type.get("Adjacent Domain", [])
        self.non_adjacent = of_type.get("Non-adjacent Domain", [])
        ways: set[str] = set()
        for document in (*self.non_adjacent, *self.foreign):
            # rule 2 takes one next domain or gateway a domain: of the others every reason is listed
            if folded(document.subject) in ways:
                self.not_used.add((document.path, "domain-route-redundant"))
            ways.add(folded(document.subject))
        self.global_domains = of_type.get("Global Domain", [])
        open_patterns: list[Domain] = []
        for document in self.foreign_smtp:
            if not self._is_connected(document.domain_name):
                self.not_used.add((document.path, "virtual-domain-unconnected"))
            if any(within(document.internet_domain, local) for local, _ in self.global_patterns()):
                self.not_used.add((document.path, "pattern-shadowed"))
                continue
            earlier = [d for d in open_patterns if same_pattern(d.internet_domain, document.internet_domain)]
            if earlier:
                agree = same(earlier[0].domain_name, document.domain_name)
                self.not_used.add((document.path, "pattern-redundant" if agree else "pattern-duplicate"))
            open_patterns.append(document)

    def _is_connected(self, domain: str) -> bool:
        """3 and 6: an SMTP Connection names the domain, used or not, or it is a real one."""
        named = any(c.is_smtp and same(c.destination_domain, domain) for c in self.every_connection)
        return named or self.is_real(domain)

    def is_real(self, domain: str) -> bool:
        """3 rule 3 step 4."""
        return (
            same(domain, self.domain)
            or any(same(c.destination_domain, domain) for c in self.crossing())
            or any(same(d.mail_sent_to_domain, domain) for d in self.non_adjacent)
            or any(same(d.foreign_domain_name, domain) for d in self.foreign)
        )

    def serving(self, domain: str) -> list[Connection]:
        return [c for c in self.smtp_connections if same(c.destination_domain, domain)]

    def stays(self, connection: Connection) -> bool:
        """Whether a Connection's far end is in our own domain."""
        return self._is_ours(connection.destination_domain)

    def crossing(self) -> list[Connection]:
        """3 rule 2: Connections into other Notes domains. One that only pulls carries no mail of ours."""
        return [c for c in self.notes_connections if not self.stays(c) and c.router_type != "Pull Only"]

    def global_patterns(self) -> Iterator[tuple[str, Domain]]:
        for document in self.global_domains:
            for pattern in (document.local_primary_internet_domain, *document.alternate_internet_domain_aliases):
                if pattern:
                    yield pattern, document

    def _sound(self, documents: Iterable[D], *required: str) -> Iterator[D]:
        """Documents without a value no form accepts and with what they must say; the others are not used."""
        for document in documents:
            reasons = set(own_reasons(document, *required))
            self.not_used |= {(document.path, reason) for reason in reasons}
            if not reasons:
                yield document


def own_reasons(document: Document, *required: str) -> Iterator[str]:
    """Why a document cannot be used whatever the others say: a value no form accepts, or none where one must be."""
    yield from (problem.rule for problem in document.problems_read)
    for key in required:
        if document.is_unknown(key):
            yield "value-unknown"
        elif not document.get(key) and key not in {problem.key for problem in document.problems_read}:
            yield "value-missing"


def assumed(document: Document, key: str) -> Any:
    """Return a field's value; of one an import does not know the default (2.6: unknown is never "off")."""
    return document.fields[key].default(document) if document.is_unknown(key) else document.get(key)


def cost_of(connection: Connection) -> int:
    """Return the routing cost: 1, of a dial-up 5, if it is not known."""
    if connection.routing_cost is not None:
        return connection.routing_cost
    return 5 if connection.is_dial_up else 1


def folded(domain: str) -> str:
    """Return a Notes domain as it is compared (2.9: without case)."""
    return domain.casefold()


def same(a: str, b: str) -> bool:
    """Tell whether two Notes domains are one."""
    return folded(a) == folded(b)


def shared_networks(a: Server, b: Server) -> tuple[str, ...]:
    """2.6: Notes named networks of both: same network name and protocol on enabled ports."""
    return tuple(
        mine.notes_network
        for mine in a.ports
        for theirs in b.ports
        if mine.enabled
        and theirs.enabled
        and mine.notes_network
        and same(mine.notes_network, theirs.notes_network)
        and same(mine.protocol, theirs.protocol)
    )
