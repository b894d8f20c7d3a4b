"""The links between the servers of the domain and the least costs over them (domino.md 3 rule 1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from model_documents import PULL_TYPES, LoadedDocuments, cost_of, shared_networks

from dominocli.directory.view import MemoryView
from dominocli.documents.connection import Connection
from dominocli.names import name_key


class Link(NamedTuple):
    """One way mail can go inside the domain: `connection` is None on a free hop inside a network."""

    source: str
    target: str
    cost: int
    connection: Connection | None
    networks: tuple[str, ...]


class Distance(NamedTuple):
    """How far a target is: the order is that of rule 1."""

    cost: int
    hops: int
    next_hop: str


class ModelNetwork(LoadedDocuments):
    """The documents, the links, and what Bellman-Ford makes of them."""

    def __init__(self, view: MemoryView) -> None:
        super().__init__(view)
        self._distances: dict[str, dict[str, Distance]] = {}
        self.links = {(link.source, link.target): link for link in self._links()}

    def _links(self) -> Iterator[Link]:
        """3 rule 1: one link for each pair of servers that has any."""
        ends: dict[tuple[str, str], list[Connection]] = {}
        directed: dict[tuple[str, str], list[Connection]] = {}
        for connection in self.notes_connections:
            near, far = name_key(connection.source_server), name_key(connection.destination_server)
            if not self.stays(connection) or near == far:
                continue
            if far not in self.servers:  # nothing leads on from there, and nothing is pulled from there
                if connection.router_type != "Pull Only":
                    ends.setdefault((near, far), []).append(connection)
                continue
            if connection.router_type != "Pull Only":
                directed.setdefault((near, far), []).append(connection)
            if connection.router_type in PULL_TYPES:  # the far side's mail flows back
                directed.setdefault((far, near), []).append(connection)
        for near, a in self.servers.items():
            for far, b in self.servers.items():
                if near == far:
                    continue
                # Of two Connections of one pair the cheaper counts, then the first by file name.
                ordered = sorted(directed.get((near, far), []), key=lambda c: (cost_of(c), c.name))
                chosen = ordered[0] if ordered else None
                networks = shared_networks(a, b)
                if networks:
                    yield Link(near, far, 1, chosen, networks)
                elif chosen is not None:
                    yield Link(near, far, cost_of(chosen), chosen, ())
        for (near, far), connections in ends.items():
            cheapest = min(connections, key=lambda c: (cost_of(c), c.name))
            yield Link(near, far, cost_of(cheapest), cheapest, ())

    def distances(self, target: str) -> dict[str, Distance]:
        """Return how far the target is from every server that reaches it: Bellman-Ford, then the names."""
        if target not in self._distances:
            best = {target: (0, 0)}
            changed = True
            while changed:
                changed = False
                for link in self.links.values():
                    if link.target in best:
                        cost, hops = best[link.target]
                        found = (cost + link.cost, hops + 1)
                        if link.source not in best or found < best[link.source]:
                            best[link.source] = found
                            changed = True
            found_distances = {}
            for source, (cost, hops) in best.items():
                nexts = [
                    link.target
                    for link in self.links.values()
                    if link.source == source
                    and link.target in best
                    and (best[link.target][0] + link.cost, best[link.target][1] + 1) == (cost, hops)
                ]
                found_distances[source] = Distance(cost, hops, min(nexts, default=""))
            self._distances[target] = found_distances
        return self._distances[target]

    def every_simple_path(self, source: str, target: str) -> Iterator[tuple[int, int, str]]:
        """Yield (cost, hops, next hop) of each way from one server to another that meets none twice."""

        def follow(here: str, seen: frozenset[str]) -> Iterator[tuple[int, tuple[str, ...]]]:
            if here == target:
                yield 0, (here,)
                return
            for link in self.links.values():
                if link.source == here and link.target not in seen:
                    for cost, way in follow(link.target, seen | {link.target}):
                        yield cost + link.cost, (here, *way)

        for cost, way in follow(source, frozenset((source,))):
            yield cost, len(way) - 1, way[1] if len(way) > 1 else ""
