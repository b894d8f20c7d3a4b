"""An independent model of domino.md 3, slow and plain: what random networks are compared with.

It reads the description a network was built from, never the package under test.
"""

from __future__ import annotations

import random
from typing import Any, NamedTuple

from routing_builder import ALWAYS, Builder

PULL = ("Pull Only", "Pull Push")
INFINITE = (10**9, 10**9)
PATTERNS = ("*.*", "*", "acme.com", "*.acme.com", "*acme.com", "*.b.acme.com", "b.acme.com", "*.org", "x.org")
HOSTS = ("acme.com", "b.acme.com", "a.b.acme.com", "xacme.com", "x.org", "y.x.org", "z.net")
VIRTUAL = ("Net1", "Net2", "Net3")
NOTES = ("Beta", "Gamma", "Delta", "Epsilon")


class Description(NamedTuple):
    """A random directory: what the builder writes and the model reads."""

    servers: list[dict[str, Any]]
    connections: list[dict[str, Any]]
    configurations: dict[str, dict[str, Any]]
    patterns: list[dict[str, Any]]
    domains: list[dict[str, Any]]


def describe(chance: random.Random, size: int) -> Description:
    """Return a random directory of up to `size` servers with every feature on."""
    names = [f"S{number:02}/Acme" for number in chance.sample(range(size * 2), chance.randint(2, size))]
    networks = [f"Net {letter}" for letter in "ABC"][: chance.randint(1, 3)]
    servers = [
        {
            "name": name,
            "networks": chance.sample(networks, chance.choice([0, 1, 1, min(2, len(networks))])),
            "smtp": chance.random() < 0.4,
            "listens": chance.random() < 0.5,
        }
        for name in names
    ]
    known = [*names, "Unknown/Acme"]
    connections = []
    for number in range(chance.randint(0, size * 3)):
        kind = chance.choice(
            ["Local Area Network", "Local Area Network", "Network Dialup", "Passthru Server", "SMTP", "SMTP"]
        )
        document: dict[str, Any] = {
            "path": f"connections/c{number:03}",
            "kind": kind,
            "source": chance.choice(known),
            "cost": chance.choice([1, 1, 2, 3, 5, 10]),
            "schedule": chance.random() < 0.85,
            "task": chance.random() < 0.9,
            "router_type": chance.choice(["Push Only"] * 4 + ["Pull Only", "Pull Push", "Push Wait"]),
        }
        if kind == "SMTP":
            document.update(domain=chance.choice([*VIRTUAL, "Beta"]), relay=chance.choice(["", "relay.example"]))
            document["target"] = chance.choice(["placeholder", "placeholder", "placeholder", ""])
        else:
            inside = chance.random() < 0.75
            document["domain"] = "Acme" if inside else chance.choice(NOTES)
            document["target"] = chance.choice(names) if inside else f"Far/{document['domain']}"
            document["source_domain"] = chance.choice(["Acme"] * 9 + ["Beta"])
        connections.append(document)
    configurations = {"*": _configuration(chance)} if chance.random() < 0.9 else {}
    configurations.update({name: _configuration(chance) for name in names if chance.random() < 0.25})
    patterns = [
        {
            "path": f"domains/p{number:02}",
            "pattern": chance.choice(PATTERNS),
            "domain": chance.choice([*VIRTUAL, "Gamma"]),
        }
        for number in range(chance.randint(0, 5))
    ]
    domains = []
    for number in range(chance.randint(0, 3)):
        domain = chance.choice(NOTES)
        kind = chance.choice(["Non-adjacent Domain", "Foreign Domain", "Adjacent Domain"])
        entry = {"path": f"domains/q{number:02}", "kind": kind, "domain": domain}
        entry["next"] = chance.choice([d for d in NOTES if d != domain])
        entry["gateway"] = chance.choice(known)
        entry["deny"] = chance.choice([[], [], [], ["Acme"], ["Beta"]])
        entry["allow"] = chance.choice([[], [], [], ["Acme"], ["Beta"]])
        domains.append(entry)
    if chance.random() < 0.3:
        domains.append({"path": "domains/z", "kind": "Global Domain", "domain": "x.org", "deny": [], "allow": []})
    return Description(servers, connections, configurations, patterns, domains)


def _configuration(chance: random.Random) -> dict[str, Any]:
    return {
        "smtp_outside": chance.choice(["Enabled", "Enabled", "Disabled"]),
        "relay_host": chance.choice(["", "default.example"]),
        "smtp_inside": chance.choice(["Disabled", "Disabled", "MIME messages only", "All messages"]),
        "smtp_reachable": chance.choice(["Always", "Only if in same Notes named network"]),
    }


def build(description: Description) -> Builder:
    """Return the described directory as documents."""
    builder = Builder()
    for server in description.servers:
        listens = "Enabled" if server["listens"] else "Disabled"
        builder.server(server["name"], server["networks"], smtp=server["smtp"], smtp_listener_task=listens)
    for document in description.connections:
        name = document["path"].partition("/")[2]
        values = {
            "source_server": document["source"],
            "destination_server": document["target"],
            "destination_domain": document["domain"],
            "routing_cost": document["cost"],
            "router_type": document["router_type"],
            "routing_task": "Mail Routing" if document["task"] else "-None-",
            "schedule": "Enabled" if document["schedule"] else "Disabled",
            "connect_at_times": ALWAYS,
        }
        if document["kind"] == "SMTP":
            values["smtp_mta_relay_host"] = document["relay"]
        else:
            values["source_domain"] = document["source_domain"]
        builder.connection(name, document["kind"], **values)
    for applies_to, values in description.configurations.items():
        builder.configuration(applies_to, **values)
    for document in description.patterns:
        builder.pattern(document["pattern"], document["domain"], document["path"].partition("/")[2])
    for document in description.domains:
        _build_domain(builder, document)
    return builder


def _build_domain(builder: Builder, document: dict[str, Any]) -> None:
    name = document["path"].partition("/")[2]
    lists = {"allow_from_domains": document["allow"], "deny_from_domains": document["deny"]}
    if document["kind"] == "Non-adjacent Domain":
        routing = {"mail_sent_to_domain": document["domain"], "route_through_domain": document["next"]}
    elif document["kind"] == "Foreign Domain":
        routing = {"foreign_domain_name": document["domain"], "gateway_server_name": document["gateway"]}
    elif document["kind"] == "Adjacent Domain":
        routing = {"adjacent_domain_name": document["domain"]}
    else:
        routing = {"global_domain_name": "Acme", "local_primary_internet_domain": document["domain"]}
        lists = {}
    builder.domain(document["kind"], name, routing, lists)


class Model:
    """domino.md 3, rule by rule, over one description."""

    def __init__(self, description: Description) -> None:
        self.d = description
        self.servers = {server["name"]: server for server in description.servers}
        self.names = sorted(self.servers)
        self.not_used: set[tuple[str, str]] = set()
        self.usable = [document for document in sorted(description.connections, key=_path) if self._is_usable(document)]
        self._pull_twice()
        self._patterns()
        self.edges: dict[tuple[str, str], tuple[int, str]] = {}
        self._join()
        self.ways = self._all_ways()

    def configuration(self, server: str) -> dict[str, Any]:
        """The one Configuration that applies: the server's own, else the default; none: all disabled."""
        found = self.d.configurations.get(server, self.d.configurations.get("*"))
        return found or {
            "smtp_outside": "Disabled",
            "relay_host": "",
            "smtp_inside": "Disabled",
            "smtp_reachable": "Always",
        }

    def _is_usable(self, document: dict[str, Any]) -> bool:
        reasons = []
        source = self.servers.get(document["source"])
        if source is None:
            reasons.append("source-server-unknown")
        if document["kind"] == "SMTP":
            if not document["target"]:
                reasons.append("destination-server-blank")
            if source and not source["smtp"]:
                reasons.append("source-server-without-smtp")
            if source and self.configuration(document["source"])["smtp_outside"] != "Enabled":
                reasons.append("source-server-smtp-outside-disabled")
        elif document["source_domain"] != "Acme":
            reasons.append("source-server-other-domain")
        if not document["schedule"]:
            reasons.append("schedule-disabled")
        if not document["task"]:
            reasons.append("routing-task-none")
        self.not_used.update((document["path"], reason) for reason in reasons)
        return not reasons

    def _pull_twice(self) -> None:
        seen = set()
        for document in list(self.usable):
            pair = document["source"], document["target"], document["domain"]
            if document["kind"] == "SMTP" or document["router_type"] not in PULL:
                continue
            if pair in seen:
                self.not_used.add((document["path"], "second-pull-connection"))
                self.usable.remove(document)
            seen.add(pair)

    def _patterns(self) -> None:
        self.patterns: dict[str, dict[str, Any]] = {}
        local = [entry["domain"] for entry in self.d.domains if entry["kind"] == "Global Domain"]
        connected = {document["domain"] for document in self.d.connections if document["kind"] == "SMTP"}
        connected |= {document["domain"] for document in self._crossings()}
        connected |= {e["domain"] for e in self.d.domains if e["kind"] in ("Non-adjacent Domain", "Foreign Domain")}
        leading = set()
        for kind in ("Non-adjacent Domain", "Foreign Domain"):
            for document in sorted((e for e in self.d.domains if e["kind"] == kind), key=_path):
                if document["domain"] in leading:
                    self.not_used.add((document["path"], "domain-route-redundant"))
                leading.add(document["domain"])
        for document in sorted(self.d.patterns, key=_path):
            first = self.patterns.get(document["pattern"])
            lost = False
            if first is not None:
                same = first["domain"] == document["domain"]
                self.not_used.add((document["path"], "pattern-redundant" if same else "pattern-duplicate"))
                lost = True
            if document["pattern"] in local:
                self.not_used.add((document["path"], "pattern-shadowed"))
                lost = True
            if document["domain"] not in connected:
                self.not_used.add((document["path"], "virtual-domain-unconnected"))
            if not lost:
                self.patterns[document["pattern"]] = document

    def _crossings(self) -> list[dict[str, Any]]:
        return [
            d for d in self.usable if d["kind"] != "SMTP" and d["domain"] != "Acme" and d["router_type"] != "Pull Only"
        ]

    def _join(self) -> None:
        """Rule 1: the edges between servers as (cost, via)."""
        candidates: dict[tuple[str, str], list[tuple[int, str]]] = {}
        for document in self.usable:
            if document["kind"] == "SMTP" or document["domain"] != "Acme":
                continue
            ends = document["source"], document["target"]
            if ends[0] == ends[1]:
                continue
            if document["router_type"] != "Pull Only":
                candidates.setdefault(ends, []).append((document["cost"], document["path"]))
            if document["router_type"] in PULL:
                candidates.setdefault(ends[::-1], []).append((document["cost"], document["path"]))
        self.edges.update({ends: min(found) for ends, found in candidates.items()})
        for a in self.names:
            for b in self.names:
                shared = sorted(set(self.servers[a]["networks"]) & set(self.servers[b]["networks"]))
                if a != b and shared:
                    self.edges[a, b] = (1, f"network:{shared[0]}")

    def _all_ways(self) -> dict[tuple[str, str], tuple[int, int]]:
        """Least (cost, hops) of every pair, by Floyd and Warshall."""
        ways = {(a, b): (0, 0) if a == b else INFINITE for a in self.names for b in self.names}
        ways.update({ends: (cost, 1) for ends, (cost, _) in self.edges.items()})
        for k in self.names:
            for a in self.names:
                for b in self.names:
                    through = (ways[a, k][0] + ways[k, b][0], ways[a, k][1] + ways[k, b][1])
                    ways[a, b] = min(ways[a, b], through)
        return ways

    def next_hop(self, source: str, target: str) -> tuple[str, str] | None:
        """The next hop to a server and the link to it; by name where cost and hops are equal."""
        best = self.ways[source, target]
        if best >= INFINITE:
            return None
        for name in self.names:
            edge = self.edges.get((source, name))
            if edge is not None:
                rest = self.ways[name, target]
                if (edge[0] + rest[0], 1 + rest[1]) == best:
                    return name, edge[1]
        raise AssertionError("a least cost without a first step")

    def reach(self, source: str, candidates: list[dict[str, Any]]) -> tuple[int, dict[str, Any]] | None:
        """The Connection that costs least from a server: total cost, hops, document name."""
        found = []
        for document in candidates:
            way = self.ways[source, document["source"]]
            if way < INFINITE:
                found.append((way[0] + document["cost"], way[1], document["path"], document))
        if not found:
            return None
        cost, _, _, document = min(found, key=lambda entry: entry[:3])
        return cost, document

    def walk(self, source: str, domain: str, message_type: str) -> tuple[str, list[tuple[Any, ...]]]:
        """Outcome and hops (server, protocol, next hop or host, because, via, cost) of mail for a domain."""
        hops: list[tuple[Any, ...]] = []
        while True:
            kind, because, goal, cost = self.decide(source, domain)
            if kind != "toward":
                if kind in ("smtp-relay", "smtp-mx"):
                    hops.append((source, "SMTP", goal, because, None, cost))
                elif kind == "other-domain":
                    hops.append((source, "NRPC", goal["target"], because, goal["path"], cost))
                else:
                    hops.append((source, None, None, because, None, None))
                return kind, hops
            step = self.next_hop(source, goal)
            assert step is not None
            hops.append((source, self.protocol(source, step[0], message_type), step[0], because, step[1], cost))
            source = step[0]

    def protocol(self, source: str, target: str, message_type: str) -> str:
        """Rule 1: SMTP where the sender allows it for the message and the target listens and is near enough."""
        own = self.configuration(source)
        covered = own["smtp_inside"] == "All messages" or (
            own["smtp_inside"] == "MIME messages only" and message_type == "mime"
        )
        near = own["smtp_reachable"] == "Always" or bool(
            set(self.servers[source]["networks"]) & set(self.servers[target]["networks"])
        )
        return "SMTP" if covered and near and self.servers[target]["listens"] else "NRPC"

    def decide(self, server: str, domain: str) -> tuple[str, str | None, Any, int]:
        """Rules 2 and 3 at one server: (kind, because, goal, cost)."""
        if "." not in domain:
            return ("local", None, None, 0) if domain == "Acme" else self.by_domain(server, domain, None, domain)
        for entry in self.d.domains:
            if entry["kind"] == "Global Domain" and entry["domain"] == domain:
                return "local", entry["path"], None, 0
        best = max((p for p in self.patterns if _meets(p, domain)), key=_specificity, default=None)
        if best is not None:
            document = self.patterns[best]
            return self.by_domain(server, document["domain"], document["path"], domain)
        if self.servers[server]["smtp"] and self.configuration(server)["smtp_outside"] == "Enabled":
            because = f"configurations/{_applies(self.d, server)}"
            return self.host("", server, because, domain, 0)
        return "no-route", None, None, 0

    def host(self, relay: str, server: str, because: str, domain: str, cost: int) -> tuple[str, str, Any, int]:
        """Rule 3.6."""
        relay = relay or self.configuration(server)["relay_host"]
        return ("smtp-relay", because, relay, cost) if relay else ("smtp-mx", because, domain, cost)

    def by_domain(self, server: str, name: str, pattern: str | None, domain: str) -> tuple[str, str | None, Any, int]:
        """Rules 3.4 and 3.5, then rule 2."""
        smtp = [d for d in self.usable if d["kind"] == "SMTP" and d["domain"] == name]
        found = self.reach(server, smtp)
        if found is not None:
            cost, document = found
            if document["source"] == server:
                return self.host(document["relay"], server, document["path"], domain, cost)
            return "toward", pattern or document["path"], document["source"], cost
        leads = ("Non-adjacent Domain", "Foreign Domain")
        real = any(entry["domain"] == name and entry["kind"] in leads for entry in self.d.domains)
        if not real and not any(document["domain"] == name for document in self._crossings()):
            return "no-route", pattern, None, 0
        kind, because, goal, cost = self.notes(server, name, None, [])
        return kind, (pattern or because) if kind == "toward" else (because or pattern), goal, cost

    def notes(self, server: str, name: str, because: str | None, seen: list[str]) -> tuple[str, str | None, Any, int]:
        """Rule 2, one Non-adjacent Domain document at a time."""
        if name in seen or name == "Acme":
            return "no-route", because, None, 0
        documents = [entry for entry in sorted(self.d.domains, key=_path) if entry["domain"] == name]
        for entry in documents:
            if "Acme" in entry["deny"] or (entry["allow"] and "Acme" not in entry["allow"]):
                return "undeliverable", entry["path"], None, 0
        found = self.reach(server, [document for document in self._crossings() if document["domain"] == name])
        if found is not None:
            cost, document = found
            if document["source"] == server:
                return "other-domain", because or document["path"], document, cost
            return "toward", because or document["path"], document["source"], cost
        for entry in documents:
            if entry["kind"] == "Non-adjacent Domain":
                return self.notes(server, entry["next"], because or entry["path"], [*seen, name])
        for entry in documents:
            if entry["kind"] == "Foreign Domain":
                because = because or entry["path"]
                if entry["gateway"] == server:
                    return "gateway", because, None, 0
                if entry["gateway"] not in self.servers or self.ways[server, entry["gateway"]] >= INFINITE:
                    return "no-route", because, None, 0
                return "toward", because, entry["gateway"], self.ways[server, entry["gateway"]][0]
        return "no-route", because, None, 0


def _path(document: dict[str, Any]) -> str:
    return str(document["path"])


def _applies(description: Description, server: str) -> str:
    return server.lower().replace("/", "-") if server in description.configurations else "unnamed"


def _meets(pattern: str, domain: str) -> bool:
    if pattern == "*":
        return True
    if pattern == "*.*":
        return "." in domain
    if pattern.startswith("*"):
        tail = pattern[1:]
        return domain.endswith(tail) and (tail[0] != "." or domain != tail)
    return domain == pattern


def _specificity(pattern: str) -> tuple[int, int]:
    if not pattern.startswith("*"):
        return 3, 0
    return (0, 0) if pattern == "*" else (1, 0) if pattern == "*.*" else (2, len(pattern))
