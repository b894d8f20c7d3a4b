"""Random directories as {file: TOML text}, and random questions about them, each made from one seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from random_documents import RandomDocuments
from random_values import (
    ALL_DOMAINS,
    DAYS,
    DOMAIN,
    HOST_NAMES,
    INTERNET_DOMAINS,
    MOMENTS,
    NAMES,
    NETWORKS,
    NOTES_TYPES,
    OFTEN_VIRTUAL,
    OTHER_DOMAINS,
    PATTERNS,
    PROTOCOLS,
    RELAYS,
    TIMES,
    UNITS,
    VIRTUAL_DOMAINS,
    ZONES,
)


class Question(NamedTuple):
    """What is asked of both: one case."""

    address: str | None
    to_server: str | None
    source: str
    at: datetime
    priority: str
    message_type: str
    from_domain: str | None


class RandomDirectory(RandomDocuments):
    """One directory: `files`, and the abbreviated names of our domain's servers."""

    def __init__(self, seed: str) -> None:
        super().__init__(seed)
        self.at = self.random.choice(MOMENTS)
        self.chained = self.chance() < 0.12  # a long chain: more hops than a message may take
        self.port_counts = (0,) if self.chained else self.pick(((0, 1, 1, 1, 2, 3), (0, 0, 0, 1), (0, 1, 1, 2)))
        self.servers: list[str] = []
        self.smtp_servers: list[str] = []
        self.led_to: list[str] = []  # domains some document leads to
        sizes = (8, 29, 31, 60) if self.chained else (2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 20, 30, 60)
        self._servers(self.random.choice(sizes))
        self._groups()
        self._configurations()
        self._connections()
        self._domains()

    def server(self) -> str:
        return self.spelled(self.pick(self.servers))

    def _servers(self, count: int) -> None:
        spread = self.random.randint(1, len(NETWORKS))
        for number in range(count):
            name = f"{self.pick(NAMES)}{number}"
            self.servers.append(name if self.odd() else f"{name}{self.pick(UNITS)}/Acme")
        for name in self.servers:
            self._server(name, spread)
            if self.odd(0.5):
                self._server(name, spread)  # a second Server document of the name
        whole = self.chance() < 0.3  # a second domain in the same directory
        self.far = [
            f"Far{number}/Beta" for number in range(self.random.randint(2, 5) if whole else self.pick((0, 1, 2)))
        ]
        for number in range(len(self.far)):
            domain = "Beta" if whole else self.pick(OTHER_DOMAINS)
            basics = {"server_name": f"Far{number}/Beta", "domain_name": domain}
            if self.chance() < 0.5:
                basics["routing_tasks"] = ["Mail Routing", "SMTP Mail Routing"]
            self.file("servers", {"basics": basics, "ports": self._ports(spread)})

    def _server(self, name: str, spread: int) -> None:
        basics: dict[str, Any] = {"server_name": self.spelled(name)}
        if self.chance() < 0.8:
            basics["domain_name"] = self.pick((DOMAIN, DOMAIN, "acme"))
        if self.chance() < 0.4:
            basics["routing_tasks"] = ["Mail Routing", "SMTP Mail Routing"]
            self.smtp_servers.append(name)
        elif self.odd():
            basics["routing_tasks"] = self.pick(([], ["SMTP Mail Routing"]))
        if self.chance() < 0.3:
            basics["smtp_listener_task"] = "Enabled"
        if self.chance() < 0.3:
            basics["time_zone"] = self.pick(ZONES)
        if self.chance() < 0.3:
            basics["fully_qualified_internet_host_name"] = self.pick(HOST_NAMES)
        if self.chance() < 0.1:
            basics["cluster_name"] = "Cluster1"
        if self.odd(0.2):
            basics["domain_name"] = self.pick(OTHER_DOMAINS)
        self.file("servers", {"basics": basics, "ports": self._ports(spread)})

    def _ports(self, spread: int) -> dict[str, Any]:
        ports = {}
        for number in range(self.pick(self.port_counts)):
            port: dict[str, Any] = {"notes_network": self.pick(NETWORKS[:spread])}
            if self.chance() < 0.4:
                port["protocol"] = self.pick(PROTOCOLS)
            if self.chance() < 0.15:
                port["enabled"] = False
            if self.odd(0.5):
                port["notes_network"] = ""
            ports[f"TCPIP{number or ''}"] = port
        return ports

    def _groups(self) -> None:
        self.groups = ["Hubs", "Mailers", "Everyone"][: self.random.randint(0, 3)]
        for number, name in enumerate(self.groups):
            members = [self.spelled(server) for server in self.some(self.servers, 4)]
            if number:
                members += self.some(self.groups[:number], 1)
            if self.odd():
                members.append(self.pick((*self.groups, "*/Acme")))  # perhaps a loop
            kind = self.pick(("Servers only", "Servers only", "Multi-purpose", "Mail only"))
            self.file("groups", {"basics": {"group_name": name, "group_type": kind, "members": members}})
        if self.chance() < 0.1:  # a long chain of groups, below and above 20 levels
            length = self.pick((19, 20, 21))
            for level in range(1, length + 1):
                member = f"Level{level + 1}" if level < length else self.server()
                self.file("groups", {"basics": {"group_name": f"Level{level}", "members": [member]}})
            self.groups.insert(0, "Level1")

    def _configurations(self) -> None:
        applied = ["*"] if self.chance() < 0.8 else []
        applied += self.some(self.groups, 2 if self.odd(2) else 1)
        applied += self.groups[:1] if self.chance() < 0.3 else []
        applied += [self.spelled(name) for name in self.some(self.servers, 3)]
        applied += self.some(self.far, 1)
        if self.odd(0.5):
            applied.append(self.pick((*applied, "*", "*/Acme", "Nobody")))
        for whom in applied:
            router: dict[str, Any] = {}
            if self.chance() < 0.85:
                router["smtp_outside"] = "Enabled"
            if self.chance() < 0.4:
                router["smtp_inside"] = self.pick(("MIME messages only", "All messages"))
            if self.chance() < 0.3:
                router["smtp_reachable"] = "Only if in same Notes named network"
            if self.chance() < 0.5:
                router["relay_host"] = self.pick(RELAYS)
            if self.chance() < 0.3:
                router["smart_host"] = self.pick(RELAYS)
            if self.chance() < 0.3:
                router["smart_host_for_all"] = "Enabled"
            if self.chance() < 0.4:
                router["host_name_lookup"] = self.pick(("Dynamic lookup only", "Local lookup only"))
            transfer: dict[str, Any] = {}
            if self.chance() < 0.15:
                transfer["maximum_hop_count"] = self.random.randint(1, 4)
            if self.chance() < 0.3:
                transfer["low_priority_range"] = self.pick((["22:00-04:00"], ["12:00-13:00"], ["01:00-02:30"]))
            advanced = {"ignore_message_priority": "Enabled"} if self.chance() < 0.15 else {}
            basics = {"applies_to": whom}
            tables = {"basics": basics, "router_smtp": router, "transfer": transfer, "advanced": advanced}
            self.file("configurations", tables)

    def _connections(self) -> None:
        if self.chained:
            for near, far in pairwise(self.servers):
                basics = {"connection_type": "Local Area Network", "source_server": near, "source_domain": DOMAIN}
                self.file(
                    "connections", {"basics": {**basics, "destination_server": far, "destination_domain": DOMAIN}}
                )
        for _ in range(
            self.random.randint(0, 1)
            if self.chained
            else self.random.randint(len(self.servers) // 2, 3 * len(self.servers))
        ):
            self._notes_connection()
        if self.chance() < 0.2:  # two that pull from one server: only the first may
            near, far = self.server(), self.server()
            for _ in range(2):
                self._notes_connection("Local Area Network", near, far, pulls=True)
        for _ in range(self.random.randint(0, self.pick((4, 8, 16)))):
            self._smtp_connection()
        for _ in range(self.random.randint(0, 2 * len(self.far)) if len(self.far) > 2 else 0):
            self._connection_of_the_other_domain()

    def _connection_of_the_other_domain(self) -> None:
        """Add a Connection as a second domain has them: among its servers, back into ours, out by SMTP."""
        source = self.spelled(self.pick(self.far))
        if self.chance() < 0.3:
            basics = {"connection_type": "SMTP", "source_server": source, "destination_server": "all_internal_hosts"}
            basics["destination_domain"] = self.pick(VIRTUAL_DOMAINS)
        else:
            target, domain = (self.server(), DOMAIN) if self.chance() < 0.4 else (self.pick(self.far), "Beta")
            basics = {"connection_type": self.pick(NOTES_TYPES), "source_server": source, "source_domain": "Beta"}
            basics |= {"destination_server": target, "destination_domain": domain}
        self.file("connections", {"basics": basics, "replication_routing": self._tasks(), "schedule": self._schedule()})

    def _several(self) -> str:
        """Return what stands for several servers: a group, a cluster, everybody (2.8)."""
        return str(self.pick((*self.groups, "Cluster1", "*", "*/Acme", "*/East/Acme")))

    def _source(self) -> str:
        if self.chance() < 0.03:
            return self._several()
        if not self.odd():
            return self.server()
        return str(self.pick(("Ghost/Acme", "Far0/Beta", "Far1/Beta", "*", "*/Acme", "Hubs", "Cluster1", "", "Hub0")))

    def _tasks(self) -> dict[str, Any]:
        tasks: dict[str, Any] = {}
        if self.chance() < 0.6:
            tasks["routing_cost"] = self.pick((1, 1, 2, 3, 5, 10, 100))
        if self.chance() < 0.08:
            tasks["routing_task"] = "-None-"
        if self.chance() < 0.3:
            tasks["route_at_once_if"] = self.pick((1, 7, 100))
        if self.chance() < 0.2:
            tasks["routing_task"] = self.pick(("Mail Routing", "SMTP Mail Routing"))
        if self.chance() < 0.25:
            tasks["router_type"] = self.pick(("Push Only", "Pull Only", "Pull Push", "Push Wait", "Pull Push"))
        return tasks

    def _schedule(self) -> dict[str, Any]:
        schedule: dict[str, Any] = {}
        if self.chance() < 0.08:
            schedule["schedule"] = "Disabled"
        if self.chance() < 0.5:
            schedule["connect_at_times"] = self.pick(TIMES)
        if self.chance() < 0.4:
            schedule["days_of_week"] = self.pick(DAYS)
        if self.chance() < 0.3:
            schedule["repeat_interval"] = self.pick((0, 1, 30, 1440))
        if self.odd(0.2):
            schedule[self.pick(("connect_at_times", "days_of_week"))] = []
        return schedule

    def _notes_connection(self, kind: str = "", source: str = "", target: str = "", *, pulls: bool = False) -> str:
        kind = kind or self.pick(NOTES_TYPES)
        basics: dict[str, Any] = {
            "connection_type": kind,
            "source_server": source or self._source(),
            "source_domain": self.pick((DOMAIN, DOMAIN, "ACME")),
            "destination_server": target or self.server(),
            "destination_domain": DOMAIN,
        }
        if not target and self.chance() < 0.12:
            basics["destination_domain"] = self.pick(OTHER_DOMAINS)
            self.led_to.append(basics["destination_domain"])
            if self.chance() < 0.8:
                basics["destination_server"] = self.pick(("Far0/Beta", "Far1/Beta", "CN=Gate/O=Gamma", "Solo"))
        if self.chance() < 0.03:
            basics["destination_server"] = self._several()
        if self.odd():
            basics["destination_server"] = self.pick(("Ghost/Acme", "Hubs", "Cluster1", "", "*", "Far0/Beta"))
        if self.odd(0.5):
            basics["source_domain"] = self.pick(("Beta", ""))
        if self.odd(0.3):
            basics["destination_domain"] = ""
        if kind == "Passthru Server" and self.chance() < 0.8:
            basics["passthru_server"] = self.server()
        if self.chance() < 0.2:
            basics["usage_priority"] = "Low"
        tasks = {**self._tasks(), **({"router_type": self.pick(("Pull Only", "Pull Push"))} if pulls else {})}
        tables = {"basics": basics, "replication_routing": tasks, "schedule": self._schedule()}
        if self.odd(0.5):
            tables["basics"] = {**basics, "connection_type": self.pick(("Notes Direct Dialup", "Hunt Group"))}
        return self.file("connections", tables)

    def _smtp_connection(self) -> None:
        source = self._source()
        if self.smtp_servers and self.chance() < 0.7:
            source = self.spelled(self.pick(self.smtp_servers))
        basics: dict[str, Any] = {
            "connection_type": "SMTP",
            "source_server": source,
            "destination_server": "all_internal_hosts",
            "destination_domain": self.pick(OFTEN_VIRTUAL),
        }
        if self.chance() < 0.15:
            basics["destination_domain"] = self.pick((*VIRTUAL_DOMAINS, *OTHER_DOMAINS))
        if self.odd():
            basics["destination_domain"] = self.pick(("", DOMAIN))
        if self.odd():
            basics["destination_server"] = self.pick(("", self.server(), "Ghost/Acme"))
        if self.chance() < 0.5:
            basics["smtp_mta_relay_host"] = self.pick(RELAYS)
        if self.chance() < 0.2:
            basics["connect_via"] = "Dial-up connection"
            record = self.pick(("from", "from", "to", "to", "neither", "lan", "none", "missing"))
            if record in ("from", "to", "neither", "lan"):
                ends = {"from": (source, "isp"), "to": (self.server(), source)}.get(record, (self.server(), "isp"))
                kind = "Local Area Network" if record == "lan" else "Network Dialup"
                basics["dial_using_connection_record"] = self._notes_connection(kind, ends[0] or "x", ends[1] or "x")
            elif record == "missing":
                basics["dial_using_connection_record"] = "no-such-record"
        elif self.odd(0.5):
            basics["dial_using_connection_record"] = "a1"
        tasks = self._tasks()
        if self.chance() < 0.6:  # so that several are equally far
            tasks["routing_cost"] = self.pick((1, 2, 3))
        self.led_to.append(basics["destination_domain"] or "TheInternet")
        tables = {"basics": basics, "replication_routing": tasks, "schedule": self._schedule()}
        self.file("connections", tables)

    def _domains(self) -> None:
        if self.chance() < 0.5:
            self._domain("Foreign SMTP Domain", internet_domain="*.*", domain_name=self._virtual())
        for _ in range(self.random.randint(0, 7)):
            virtual = self._virtual()
            if self.chance() < 0.15:
                virtual = self.pick((*VIRTUAL_DOMAINS, *OTHER_DOMAINS, DOMAIN))
            self._domain("Foreign SMTP Domain", internet_domain=self.pick(PATTERNS), domain_name=virtual)
        for _ in range(self.random.randint(0, 3)):
            gateway = "Ghost/Acme" if self.odd(2) else self.server()
            self._domain(
                "Foreign Domain",
                foreign_domain_name=self.pick(("Fax", "Pager", "fax", "Beta")),
                gateway_server_name=gateway,
                **({"gateway_mail_file_name": self.pick(("fax.box", "gate/pager.box"))} if self.chance() < 0.7 else {}),
            )
        for _ in range(self.random.randint(0, 2)):
            self._domain("Adjacent Domain", adjacent_domain_name=self.pick(OTHER_DOMAINS))
        for _ in range(self.random.randint(0, 4)):
            ends = self.random.sample(("Beta", "Gamma", "Delta", "Epsilon", "zeta"), 2)
            if self.odd(0.5):
                ends[1] = self.pick((DOMAIN, "WebNet", "Fax"))
            self._domain("Non-adjacent Domain", mail_sent_to_domain=ends[0], route_through_domain=ends[1])
        for _ in range(self.pick((0, 0, 0, 1, 1, 2))):
            about: dict[str, Any] = {"global_domain_name": "World"}
            about["local_primary_internet_domain"] = self.pick(("acme.com", "example.org", "bücher.example"))
            aliases = ("*.acme.com", "mail.acme.com", "*.x.acme.com", "XN--bcher-kva.example", "*.example.org")
            about["alternate_internet_domain_aliases"] = self.some(aliases, 2)
            if self.chance() < 0.3:  # names of domains, which route nothing
                about["domino_domains"] = self.some((DOMAIN, "Beta", "Epsilon"), 2)
            self._domain("Global Domain", **about)

    def _virtual(self) -> str:
        if self.led_to and self.chance() < 0.6:
            return str(self.pick(self.led_to))
        return str(self.pick(OFTEN_VIRTUAL))

    def _domain(self, kind: str, **routing: Any) -> None:
        restrictions = {}
        if kind in ("Foreign Domain", "Adjacent Domain", "Non-adjacent Domain"):
            if self.chance() < 0.25:
                restrictions["allow_from_domains"] = self.some((DOMAIN, "acme", "Beta", "Gamma"), 3)
            if self.chance() < 0.25:
                restrictions["deny_from_domains"] = self.some((DOMAIN, "Beta", "beta", "Gamma"), 2)
        if kind in ("Foreign Domain", "Non-adjacent Domain"):
            self.led_to.append(routing.get("foreign_domain_name") or routing["mail_sent_to_domain"])
        if self.odd(0.3):
            routing[self.pick(sorted(routing))] = ""
        self.file("domains", {"basics": {"domain_type": kind}, "routing": routing, "restrictions": restrictions})

    def questions(self, sources: Sequence[str], wanted: int) -> Iterator[Question]:
        """Yield so many questions from these servers: to each other, and to addresses of all kinds."""
        pairs = [(near, far) for near in sources for far in sources]
        self.random.shuffle(pairs)
        for near, far in pairs[: wanted // 4]:
            yield self._question(near, None, far)
        for _ in range(wanted - len(pairs[: wanted // 4])):
            if self.chance() < 0.15:
                yield self._question(self.pick(sources), None, self.pick(sources))
            elif self.chance() < 0.02:
                yield self._question(self.pick(sources), None, self.pick(("Ghost/Acme", "Far0/Beta", "isp", "Hubs")))
            elif self.chance() < 0.01:
                yield self._question(self.pick(("Ghost/Acme", "Far0/Beta")), "ann@example.org", None)
            else:
                yield self._question(self.pick(sources), self._address(), None)

    def _address(self) -> str:
        """Return an address, most of them of domains the documents say something about."""
        last = self.pick(INTERNET_DOMAINS)
        if self.chance() < 0.4:
            last = self.pick(self.led_to if self.led_to and self.chance() < 0.7 else ALL_DOMAINS)
        parts = ["ann", last]
        while self.chance() < 0.15:
            parts.insert(1, self.pick((*ALL_DOMAINS, *self.led_to)))
        return "@".join(parts)

    def _question(self, source: str, address: str | None, to_server: str | None) -> Question:
        return Question(
            address,
            to_server and self.spelled(to_server),
            self.spelled(source),
            (self.at.astimezone(UTC) + timedelta(minutes=self.pick((0, 0, 0, 20, 45)))).astimezone(self.at.tzinfo),
            self.pick(("normal", "normal", "high", "low")),
            self.pick(("mime", "notes")),
            self.pick((None, None, None, "Beta", "gamma", DOMAIN)),
        )
