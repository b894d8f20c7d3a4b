"""The servers of the domain, their Notes named networks and the Configuration that applies to each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from dominocli.documents.configuration import Configuration
from dominocli.documents.group import Group
from dominocli.documents.server import ROUTING_TASK_SMTP, Server
from dominocli.errors import command_line
from dominocli.names import name_key
from dominocli.routing.settings import LOW_PRIORITY_RANGE, RouterSettings
from dominocli.routing.unused import NotUsed, Reasons, assumed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dominocli.directory.view import View

DEEPEST_GROUP = 20


class Node:
    """One server of the domain. Nodes are numbered in the order of their names, so that a tie by name is a
    tie by number. A server known only as the destination of a Connection has no `document` (D: it can
    be reached, and nothing leaves it)."""

    __slots__ = (
        "cluster",
        "document",
        "host",
        "index",
        "key",
        "listens",
        "name",
        "networks",
        "settings",
        "smtp",
        "unknown",
        "zone",
    )

    def __init__(self, name: str, key: str) -> None:
        self.name = name
        self.key = key
        self.index = -1
        self.document = ""
        self.zone = ""
        self.smtp = False
        self.listens = False
        self.host = ""
        self.cluster = ""
        self.networks: tuple[int, ...] = ()
        self.settings = RouterSettings()
        self.unknown: tuple[str, ...] = ()


class NamedNetwork:
    """A Notes named network: its name as first spelled, its protocol, and its servers by number."""

    __slots__ = ("members", "name", "protocol")

    def __init__(self, name: str, protocol: str) -> None:
        self.name = name
        self.protocol = protocol
        self.members: list[int] = []


class Servers:
    """The usable Server documents: `nodes` of our domain by key, `others` the domains of other domains' servers,
    `silent` those of them without SMTP Mail Routing, by key with the document's path."""

    def __init__(self, view: View) -> None:
        self.domain = view.settings.domain
        self.nodes: dict[str, Node] = {}
        self.others: dict[str, str] = {}
        self.silent: dict[str, str] = {}
        self.unusable: dict[str, str] = {}
        self.clusters: set[str] = set()
        self.ports: dict[str, Server] = {}
        self.not_used: list[NotUsed] = []
        own = self.domain.casefold()
        first: dict[str, str] = {}
        for document in view.documents(Server):
            key = name_key(document.server_name)
            reasons = Reasons(document, (f"server:{key}",))
            reasons.add_problems()
            if key in first:
                # domino.md 3 rule 1 (D): of two Server documents of one name the first by file name counts.
                message = f"{first[key]} is a Server document of {document.server_name} too, and comes first"
                reasons.add(
                    "server-duplicate",
                    "server_name",
                    message,
                    f"delete one: {command_line('server delete', document.name)}",
                )
            if reasons.found:
                self.not_used.extend(reasons.entries)
                if key and key not in first:
                    self.unusable.setdefault(key, f"{document.path}: {reasons.entries[0].reason}")
                continue
            first[key] = document.path
            domain = document.domain_name.casefold()
            if domain and domain != own:
                self.others[key] = document.domain_name
                if not document.speaks_smtp and not document.is_unknown("routing_tasks"):
                    self.silent[key] = document.path
                continue
            self._add(key, document)

    def _add(self, key: str, document: Server) -> None:
        node = self.nodes[key] = Node(document.server_name, key)
        unknown: list[str] = []
        node.document = document.path
        node.zone = document.time_zone
        tasks = assumed(document, "routing_tasks", (ROUTING_TASK_SMTP,), unknown)
        node.smtp = ROUTING_TASK_SMTP in cast("tuple[str, ...]", tasks)
        node.listens = assumed(document, "smtp_listener_task", "Enabled", unknown) == "Enabled"
        if document.is_unknown("ports"):
            unknown.append(f"{document.path}:ports")
        node.host = document.fully_qualified_internet_host_name
        node.cluster = document.cluster_name
        node.unknown = tuple(unknown)
        if node.cluster:
            self.clusters.add(name_key(node.cluster))
        self.ports[key] = document

    def join_networks(self) -> list[NamedNetwork]:
        """Return the Notes named networks of the numbered nodes: same name, same protocol, enabled ports."""
        numbers: dict[tuple[str, str], int] = {}
        networks: list[NamedNetwork] = []
        for key, node in sorted(self.nodes.items()):
            document = self.ports.get(key)
            if document is None:
                continue
            joined = []
            spelled = {port.notes_network.casefold(): port.notes_network for port in reversed(document.ports)}
            for network, protocol in document.networks:
                number = numbers.get((network, protocol))
                if number is None:
                    number = numbers[network, protocol] = len(networks)
                    networks.append(NamedNetwork(spelled[network], protocol))
                networks[number].members.append(node.index)
                joined.append(number)
            node.networks = tuple(joined)
        return networks


class Groups:
    """The Group documents: which servers a name stands for, nesting up to 20 levels (domino.md 2.8)."""

    def __init__(self, view: View) -> None:
        self.members: dict[str, tuple[str, ...]] = {}
        self.not_used: list[NotUsed] = []
        for document in view.documents(Group):
            reasons = Reasons(document)
            reasons.add_problems()
            if reasons.found:
                self.not_used.extend(reasons.entries)
                continue
            self.members.setdefault(name_key(document.group_name), document.members)

    def __contains__(self, key: str) -> bool:
        return key in self.members

    def servers(self, group: str) -> set[str]:
        """Return the keys of all members of a group, of the groups in it too; a loop ends by itself."""
        found: set[str] = set()
        seen = {group}
        level = [group]
        for _ in range(DEEPEST_GROUP):
            inner = {name_key(member) for name in level for member in self.members.get(name, ())}
            found |= {key for key in inner if key not in self.members}
            level = sorted((inner & self.members.keys()) - seen)
            seen.update(level)
        return found


def router_settings(document: Configuration) -> RouterSettings:
    """Return what a Configuration document says to the Router; nothing comes from another document."""
    unknown: list[str] = []

    def value(key: str, otherwise: object) -> Any:
        found = assumed(document, key, otherwise, unknown)
        return otherwise if found in ("", None, ()) else found

    return RouterSettings(
        document=document.path,
        sends_outside=value("smtp_outside", "Enabled" if document.is_unknown("smtp_outside") else "") == "Enabled",
        smtp_inside=value("smtp_inside", "Disabled"),
        smtp_reachable=value("smtp_reachable", "Always"),
        relay_host=value("relay_host", ""),
        smart_host=value("smart_host", ""),
        smart_host_for_all=value("smart_host_for_all", "Disabled") == "Enabled",
        host_name_lookup=value("host_name_lookup", "Dynamic then local"),
        maximum_hop_count=value("maximum_hop_count", 25),
        low_priority_range=value("low_priority_range", LOW_PRIORITY_RANGE),
        ignores_priority=value("ignore_message_priority", "Disabled") == "Enabled",
        given=tuple(key for key in ("host_name_lookup", "maximum_hop_count") if key in document.values),
        unknown=tuple(unknown),
    )


def apply_configurations(view: View, nodes: Iterable[Node], groups: Groups) -> list[NotUsed]:
    """Give every node the settings of the one Configuration that applies (domino.md 2.7).

    The server's own document, else its group's, else the default. Of several of one rank the first by
    file name counts (D); the others are returned as not used, `configuration-ambiguous`. A document that
    cannot be used is passed over, and the settings it was meant for say so; one that does not even parse
    may be meant for every server without a document of its own.
    """
    nodes = list(nodes)
    keys = {node.key for node in nodes}
    not_used: list[NotUsed] = []
    own: dict[str, list[Configuration]] = {}
    default: list[Configuration] = []
    of_groups: dict[str, list[Configuration]] = {}
    broken: set[str] = set()
    for document in view.documents(Configuration):
        reasons = Reasons(document, (about_configuration(document.path),))
        reasons.add_problems()
        if reasons.found:
            not_used.extend(reasons.entries)
            broken.add(document.path)
        key = name_key(document.applies_to)
        if key == "*":
            default.append(document)
        elif key in groups and key not in keys:
            for server in groups.servers(key):
                of_groups.setdefault(server, []).append(document)
        else:
            own.setdefault(key, []).append(document)
    unread = tuple(f.document for f in view.faults() if f.document.startswith(f"{Configuration.folder}/"))
    unread += tuple(document.path for document in own.pop("", ()))
    read: dict[tuple[str, ...], RouterSettings] = {}
    lost: dict[str, Reasons] = {}
    for node in nodes:
        passed: tuple[str, ...] = ()
        chosen: Configuration | None = None
        for rank in (own.get(node.key, ()), of_groups.get(node.key, ()), default):
            usable = [document for document in rank if document.path not in broken]
            passed += tuple(document.path for document in rank if document not in usable[:1])
            if usable:
                chosen = usable[0]
                _refuse_others(node, usable, lost)
                break
        if chosen is None or name_key(chosen.applies_to) != node.key:
            passed += unread
        which = (chosen.path if chosen else "", *passed)
        if which not in read:
            settings = router_settings(chosen) if chosen else RouterSettings()
            read[which] = settings._replace(passed_over=passed)
        node.settings = read[which]
    for reasons in lost.values():
        not_used.extend(reasons.entries)
    return not_used


def about_configuration(path: str) -> str:
    """Return the subject by which the reasons of a Configuration document passed over are found."""
    return f"configuration:{path}"


def _refuse_others(node: Node, matching: Sequence[Configuration], lost: dict[str, Reasons]) -> None:
    for document in matching[1:]:
        if document.path in lost:
            continue
        reasons = lost[document.path] = Reasons(document, (about_configuration(document.path),))
        reasons.add(
            "configuration-ambiguous",
            "applies_to",
            f"{matching[0].path} applies to {node.name} as well, and comes first",
            "give the server a Configuration of its own, or let one document apply",
        )
