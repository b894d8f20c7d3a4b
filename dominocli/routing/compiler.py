"""From a network to the tables of its servers: what all of them share is prepared once."""

from __future__ import annotations

import hashlib
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from dominocli.names import name_key
from dominocli.routing import layout
from dominocli.routing.columns import column, columns, numbers
from dominocli.routing.graph import graph_of
from dominocli.routing.layout import Table, encode, keyed, pack
from dominocli.routing.levels import MEMORY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from dominocli.routing.columns import Columns
    from dominocli.routing.links import Link
    from dominocli.routing.network import Network
    from dominocli.routing.servers import Node


_WIDE = 1 << 16


class Compiler:
    """Makes the tables of one network's servers; `digest` is over its routing-relevant fields (64 hex digits).

    `made_from` goes into every table as it is: the documents of the directory, where they are worth knowing.
    """

    def __init__(self, network: Network, fingerprint: str, made_from: bytes = b"") -> None:
        self.network = network
        self.fingerprint = fingerprint
        self.made_from = made_from
        names = [node.name.encode("utf-8", "surrogateescape") for node in network.nodes]
        self._names = [column(list(accumulate(map(len, names))), _WIDE), b"".join(names)]
        self._shared = [self._domains(), self._patterns(), self._not_used(), self._subjects()]
        self._flags = int.from_bytes(bytes(self._flags_of(node) for node in network.nodes), "little")
        self._graph = graph_of(network)
        self._near: dict[tuple[int, ...], int] = {}
        self.digest = self._digest()

    def tables(self, numbers: Iterable[int], now: datetime, memory: int = MEMORY) -> Iterator[Table]:
        """Yield the table of each wanted server (by number); `now` is the time written into it.

        `memory` bounds the bytes the calculation takes.
        """
        time = now.isoformat(timespec="seconds")
        for routes in columns(self._graph, list(numbers), memory):
            yield self._table(routes, time)

    def _table(self, routes: Columns, time: str) -> Table:
        count = len(self.network.nodes)
        node = self.network.nodes[routes.source]
        vias = _Vias(self.network, node)
        following = numbers(routes.first, count)
        none = (1 << 8 * following.itemsize) - 1
        via = {hop: vias.number(hop) for hop in sorted(set(following)) if hop != none}
        via[none] = 0
        flags = self._flags | self._sharing(node.networks) | int.from_bytes(routes.tied, "little") * layout.TIED
        sections = [
            encode(self._head(node, vias.mixed, time)),
            flags.to_bytes(count, "little"),
            routes.costs,
            routes.hops,
            routes.first,
            column(list(map(via.__getitem__, following)), len(vias.entries)),
            *self._names,
            encode(vias.entries),
            *self._shared,
            self.made_from,
        ]
        return Table(pack(sections))

    def _sharing(self, networks: tuple[int, ...]) -> int:
        """Return the flag of every server in one of these Notes named networks, a byte each, as one number."""
        known = self._near.get(networks)
        if known is None:
            flags = bytearray(len(self.network.nodes))
            for joined in networks:
                for member in self.network.networks[joined].members:
                    flags[member] = layout.SHARES_NETWORK
            known = self._near[networks] = int.from_bytes(flags, "little")
        return known

    def _flags_of(self, node: Node) -> int:
        unknown = {entry.rpartition(":")[2] for entry in node.unknown}
        return (
            (layout.LISTENS if node.listens else 0)
            | (0 if node.document else layout.WITHOUT_DOCUMENT)
            | (layout.LISTENS_ASSUMED if "smtp_listener_task" in unknown else 0)
            | (layout.PORTS_UNKNOWN if "ports" in unknown else 0)
            | (layout.PULLED if node.key in self.network.connections.pulled_servers else 0)
        )

    def _head(self, node: Node, mixed: bool, time: str) -> dict[str, Any]:
        local = self.network.domains.local_at(node.host, node.document)
        return {
            "server": node.name,
            "domain": self.network.domain,
            "fingerprint": self.fingerprint,
            "time": time,
            "digest": self.digest,
            "number": node.index,
            "zone": node.zone,
            "smtp": node.smtp,
            "mixed": mixed,
            "local": [(p.text, p.kind, p.literal, document) for p, document in local],
            "settings": tuple(node.settings),
            "unknown": (*node.unknown, *self.network.domains.unknown),
        }

    def _domains(self) -> bytes:
        network, by_key = self.network, self.network.by_key
        smtp, crossings, domains = network.connections.smtp, network.connections.crossings, network.domains
        entries: dict[str, object] = {}
        pulled = network.connections.pulled_domains
        for key in {*smtp, *crossings, *pulled, *domains.through, *domains.gateways, *domains.restrictions}:
            entries[key] = {
                "name": network.spelling(key),
                "smtp": [(by_key[link.source].index, *link[1:]) for link in smtp.get(key, ())],
                "across": [(by_key[link.source].index, *link[1:]) for link in crossings.get(key, ())],
                "through": domains.through.get(key),
                "gateway": domains.gateways.get(key),
                "restrictions": domains.restrictions.get(key, ()),
                "unsure": key in domains.unsure,
                "pulled": key in pulled,
            }
        return keyed(entries)

    def _patterns(self) -> bytes:
        entries: dict[str, object] = {}
        for pattern, document, domain in self.network.domains.patterns:
            key = f"{pattern.kind} {pattern.literal}"
            entries[key] = (*pattern.specificity, pattern.text, document, domain)
        return keyed(entries)

    def _not_used(self) -> bytes:
        return encode([{**entry.as_json(), "about": entry.about} for entry in self.network.not_used])

    def _subjects(self) -> bytes:
        subjects: dict[str, list[int]] = {}
        for number, entry in enumerate(self.network.not_used):
            for subject in entry.about:
                key = "pattern:" if subject.startswith("pattern:") else subject
                subjects.setdefault(key, []).append(number)
        return keyed(subjects)

    def _digest(self) -> str:
        network = self.network
        digest = hashlib.sha256(repr(network.domain).encode())
        for node in network.nodes:
            fixed = (node.name, node.document, node.zone, node.smtp, node.listens, node.host)
            digest.update(repr((*fixed, node.networks, node.settings, node.unknown)).encode())
        for joined in network.networks:
            digest.update(repr((joined.name, joined.protocol, joined.members)).encode())
        for links in network.links:
            digest.update(repr(sorted(links.items())).encode())
        digest.update(repr((network.domains.has_global, network.domains.unknown)).encode())
        for pattern, document in network.domains.local:
            digest.update(repr((pattern.text, document)).encode())
        digest.update(repr(sorted(network.connections.pulled_servers)).encode())
        for section in self._shared:
            digest.update(section)
        return digest.hexdigest()


class _Vias:
    """The links out of one server, each kept once: a Connection, or a network with what restricts it."""

    def __init__(self, network: Network, node: Node) -> None:
        self.network = network
        self.node = node
        self.entries: list[dict[str, Any]] = []
        self._own = frozenset(node.networks)
        self._by_hop: dict[int, int] = {}
        self._by_network: dict[int, int] = {}

    @property
    def mixed(self) -> bool:
        """Tell whether both a network and a Connection of its own lead to next hops."""
        kinds = {"network" in entry for entry in self.entries}
        return len(kinds) == 2

    def number(self, hop: int) -> int:
        """Return the number of the link to a next hop."""
        known = self._by_hop.get(hop)
        if known is None:
            known = self._by_hop[hop] = self._add(hop)
        return known

    def _add(self, hop: int) -> int:
        link = self.network.links[self.node.index].get(hop)
        if self._own.isdisjoint(self.network.nodes[hop].networks):
            assert link is not None  # the only other way to a neighbour
            self.entries.append({"connection": link.call.document, **self._described(link)})
            return len(self.entries) - 1
        shared = self.network.shared_networks(self.node.index, hop)
        network = {"network": self.network.networks[shared[0]].name}
        if link is not None:
            self.entries.append({**network, **self._described(link)})
            return len(self.entries) - 1
        reverse = self.network.links[hop].get(self.node.index)
        if reverse is not None:
            self.entries.append({**network, "reverse": reverse.call})
            return len(self.entries) - 1
        known = self._by_network.get(shared[0])
        if known is None:
            known = self._by_network[shared[0]] = len(self.entries)
            self.entries.append(network)
        return known

    def _described(self, link: Link) -> dict[str, Any]:
        described: dict[str, Any] = {"call": link.call, "kind": link.kind, "router_type": link.router_type}
        described.update(low=link.low, tied=link.tied)
        return {**described, "passthru": link.passthru, "back": link.back, "unknown": link.unknown}


def server_number(network: Network, name: str) -> int | None:
    """Return the number of a server that has a Server document, None for any other name."""
    node = network.by_key.get(name_key(name))
    return node.index if node is not None and node.document else None
