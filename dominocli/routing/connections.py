"""The Connection documents as links: which carry mail, where to and when, and why the others do not."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, cast

from dominocli.documents.connection import (
    DIAL_UP,
    DISABLED,
    ENABLED,
    LAN,
    MAIL_ROUTING,
    NETWORK_DIALUP,
    PASSTHRU,
    Connection,
)
from dominocli.errors import command_line
from dominocli.names import name_key
from dominocli.routing.links import Call, Crossing, Link, SmtpLink
from dominocli.routing.unused import NotUsed, Reasons, assumed
from dominocli.schedule import DAYS

if TYPE_CHECKING:
    from dominocli.directory.view import View
    from dominocli.routing.servers import Groups, Node, Servers

PULL_TYPES = ("Pull Only", "Pull Push")
NORMAL_HOURS = ("08:00-22:00",)
NORMAL_INTERVAL = 360


class Connections:
    """The Connection documents of a view, sorted into links; `spellings` keeps domains as first written.

    `pulled_servers` and `pulled_domains` are those that a Connection only pulls from, so that no mail goes there by it.
    """

    def __init__(self, view: View, servers: Servers, groups: Groups) -> None:
        self.servers = servers
        self.groups = groups
        self.links: list[Link] = []
        self.crossings: dict[str, list[Crossing]] = {}
        self.smtp: dict[str, list[SmtpLink]] = {}
        self.leaves: dict[str, str] = {}
        self.spellings: dict[str, str] = {}
        self.served: set[str] = set()
        self.pulled_servers: set[str] = set()
        self.pulled_domains: set[str] = set()
        self.not_used: list[NotUsed] = []
        self._own = servers.domain.casefold()
        self._pulled: dict[tuple[str, str, str], str] = {}
        documents = view.documents(Connection)
        self._records = {document.name: document for document in documents}
        for document in documents:
            if document.is_smtp:
                self._add_smtp(document)
            else:
                self._add_notes(document)

    def _add_smtp(self, document: Connection) -> None:
        domain = document.destination_domain.casefold()
        reasons = Reasons(document, (f"domain:{domain}",))
        unknown: list[str] = []
        reasons.add_problems(("destination_server",))
        node = self._source(document, reasons)
        self._needs_smtp(document, node, reasons)
        towards = self._dial_up(document, reasons)
        call, cost = self._carries(document, node, reasons, unknown)
        self.served.add(domain)
        if reasons.found or node is None:
            self.not_used.extend(reasons.entries)
            return
        unknown += [
            u for u in (*node.unknown, *node.settings.unknown) if u.endswith((":routing_tasks", ":smtp_outside"))
        ]
        dials = document.is_dial_up and document.dial_using_connection_record
        record = f"connections/{document.dial_using_connection_record}" if dials else ""
        relay = str(assumed(document, "smtp_mta_relay_host", "", unknown))
        self.spellings.setdefault(domain, document.destination_domain)
        link = SmtpLink(node.key, cost, call, relay, record, towards, tuple(unknown))
        self.smtp.setdefault(domain, []).append(link)

    @cached_property
    def _records_without_case(self) -> dict[str, str]:
        return {name.casefold(): name for name in self._records}

    def _needs_smtp(self, document: Connection, node: Node | None, reasons: Reasons) -> None:
        """domino.md 2.1: the source server speaks SMTP and (D) may send outside."""
        name = document.source_server
        which = self.servers.silent.get(name_key(name)) if node is None else "" if node.smtp else node.document
        if which:
            reasons.add(
                "source-server-without-smtp",
                "source_server",
                f"{name} has no SMTP Mail Routing among its Routing tasks, so the Router discards this Connection",
                command_line(
                    "server edit", which.partition("/")[2], "--routing-tasks", "mail", "--routing-tasks", "smtp"
                ),
            )
        if node is None:
            return
        if node.settings.sends_outside:
            return
        which = node.settings.document
        if which:
            message = f"{which}, which applies to {node.name}, does not enable SMTP outside the local Internet domain"
            hint = command_line("configuration edit", which.partition("/")[2], "--smtp-outside", "enabled")
        else:
            message = f"no Configuration applies to {node.name}, so SMTP outside the local Internet domain is disabled"
            hint = command_line("configuration add --applies-to", node.name, "--smtp-outside", "enabled")
        reasons.about += tuple(f"past:{path}" for path in node.settings.passed_over)
        reasons.add("source-server-smtp-outside-disabled", "source_server", message, hint)

    def _dial_up(self, document: Connection, reasons: Reasons) -> bool:
        """Check the dial-up record of an SMTP Connection; tell whether it leads towards the source server."""
        name = document.dial_using_connection_record
        if document.connect_via != DIAL_UP or not name:
            return False
        key = "dial_using_connection_record"
        record = self._records.get(name)
        if record is None:
            near = self._records_without_case.get(name.casefold())
            hint = f"did you mean {near}?" if near else "choose one that exists: dominocli connection records"
            reasons.add("dial-up-record-not-found", key, f"there is no connections/{name}", hint)
            return False
        if record.connection_type != NETWORK_DIALUP:
            message = f"{record.path} is of type {record.connection_type}, not {NETWORK_DIALUP}"
            reasons.add("dial-up-record-wrong-type", key, message, "choose another: dominocli connection records")
        source = name_key(document.source_server)
        ends = name_key(record.source_server), name_key(record.destination_server)
        if source not in ends:
            reasons.add(
                "dial-up-record-of-neither-end",
                key,
                f"{record.path} joins {record.source_server} and {record.destination_server}, "
                f"neither of which is {document.source_server}",
                "choose a record that begins or ends at the source server: dominocli connection records",
            )
        return source == ends[1] and source != ends[0]

    def _source(self, document: Connection, reasons: Reasons) -> Node | None:
        """Return the source server's node, adding why it cannot be the source of mail (domino.md 2.8, 3, 6)."""
        name = document.source_server
        key = name_key(name)
        other_half = False
        stated = "" if document.is_smtp else document.source_domain
        node = self.servers.nodes.get(key)
        if stated and stated.casefold() != self._own:
            other_half = node is None
            message = (
                f"the source domain is {stated}, not {self.servers.domain}: that domain's own directory routes by it"
            )
            reasons.add("source-server-other-domain", "source_domain", message, info=other_half)
        elif key in self.servers.others:
            message = f"{name} is a server of {self.servers.others[key]}, not of {self.servers.domain}"
            reasons.add("source-server-other-domain", "source_server", message)
        if node is not None or key in self.servers.others or not name:
            return node
        several = "*" in key or key in self.groups or key in self.servers.clusters
        if several and not document.is_smtp:
            message = f"{name} stands for several servers, which serves replication only"
            reasons.about += ("assumes:groups-in-source",)
        elif key in self.servers.unusable:
            message = f"the Server document of {name} cannot be used ({self.servers.unusable[key]})"
        else:
            message = f"{name} has no Server document"
        add = command_line("server add --server-name", name)
        hint = "" if several or other_half else f"{add}, or correct the name"
        reasons.add(
            "source-server-unknown",
            "source_server",
            message,
            hint,
            info=(several and not document.is_smtp) or other_half,
        )
        return None

    def _carries(
        self, document: Connection, node: Node | None, reasons: Reasons, unknown: list[str]
    ) -> tuple[Call, int]:
        """Return when a Connection calls and what it costs, adding why it carries no mail."""
        if assumed(document, "routing_task", MAIL_ROUTING, unknown) != MAIL_ROUTING:
            hint = command_line("connection edit", document.name, "--routing-task", "mail-routing")
            reasons.add("routing-task-none", "routing_task", "the Routing task is -None-", hint)
        if assumed(document, "schedule", ENABLED, unknown) == DISABLED:
            hint = command_line("connection enable", document.name)
            reasons.add("schedule-disabled", "schedule", "the schedule is disabled", hint)
        cost = assumed(document, "routing_cost", None, unknown)
        call = call_of(document, node.zone if node else "", unknown)
        return call, cast(int, cost or (5 if document.is_dial_up else 1))

    def _add_notes(self, document: Connection) -> None:
        domain = document.destination_domain.casefold() or self._own
        target = name_key(document.destination_server)
        inside = domain == self._own
        about = (f"server:{target}", f"from:{name_key(document.source_server)}") if inside else (f"domain:{domain}",)
        reasons = Reasons(document, about)
        unknown: list[str] = []
        reasons.add_problems(("source_domain", "destination_domain"))
        node = self._source(document, reasons)
        call, cost = self._carries(document, node, reasons, unknown)
        several = "*" in target or target in self.groups or target in self.servers.clusters
        if several and target not in self.servers.nodes:
            reasons.add(
                "destination-server-is-a-group",
                "destination_server",
                f"{document.destination_server} stands for several servers, which serves replication only",
                "name one server to route mail",
            )
        if target in (self.servers.others if inside else self.servers.nodes):
            of = self.servers.others[target] if inside else self.servers.domain
            given = document.destination_domain or self.servers.domain
            message = f"{document.destination_server} is a server of {of}, not of {given}"
            reasons.add("destination-server-other-domain", "destination_domain", message)
        router_type = str(assumed(document, "router_type", "Push Only", unknown) or "Push Only")
        if not reasons.found:
            self._second_pull(document, router_type, target, domain, reasons)
        if reasons.found or node is None:
            self.not_used.extend(reasons.entries)
            return
        if document.is_unknown("connection_type"):
            unknown.append(f"{document.path}:connection_type")
        kind = document.connection_type or LAN
        passthru = document.passthru_server if kind == PASSTHRU else ""
        if not inside:
            self.spellings.setdefault(domain, document.destination_domain)
            if router_type != "Pull Only":
                name = document.destination_server
                crossing = Crossing(node.key, cost, call, name, kind, passthru, router_type, tuple(unknown))
                self.crossings.setdefault(domain, []).append(crossing)
            else:
                self.pulled_domains.add(domain)
            return
        if target == node.key:
            return
        if target not in self.servers.nodes and router_type != "Pull Only":
            self.leaves.setdefault(target, document.destination_server)
        low = document.usage_priority == "Low"
        link = Link(node.key, target, cost, call, kind, passthru, router_type, False, tuple(unknown), low)
        if router_type != "Pull Only":
            self.links.append(link)
        else:
            self.pulled_servers.add(target)
        if router_type in PULL_TYPES and target in self.servers.nodes:
            # A server without a Server document is reached and leads nowhere (D): nothing is pulled from it.
            self.links.append(link._replace(source=target, target=node.key, back=True))

    def _second_pull(self, document: Connection, router_type: str, target: str, domain: str, reasons: Reasons) -> None:
        """domino.md 3 and 6: of one source, only the first pull-type document to a destination is used."""
        if router_type not in PULL_TYPES:
            return
        pair = name_key(document.source_server), target, domain
        first = self._pulled.setdefault(pair, document.path)
        if first != document.path:
            reasons.add(
                "second-pull-connection",
                "router_type",
                f"{first} already pulls mail from {document.destination_server}; a second one is ignored",
                f"delete one, or set --router-type push-only on {document.path}",
            )


def call_of(document: Connection, zone: str, unknown: list[str]) -> Call:
    """Return when a Connection calls, `zone` being its source server's; unknown parts are noted and assumed."""
    interval = assumed(document, "repeat_interval", NORMAL_INTERVAL, unknown)
    threshold = assumed(document, "route_at_once_if", 5, unknown)
    return Call(
        document.path,
        cast("tuple[str, ...]", assumed(document, "connect_at_times", NORMAL_HOURS, unknown)),
        cast(int, interval or 0),
        cast("tuple[str, ...]", assumed(document, "days_of_week", DAYS, unknown)),
        zone,
        cast(int, threshold or 0),
    )
