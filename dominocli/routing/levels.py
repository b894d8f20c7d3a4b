"""The costs from every server to every other, all at once: level sets of big integers, kept as bit planes.

Pure calculation. Costs are small integers, so the total cost is raised level by level. A Python integer is a
set of destinations: what a server reaches first at a level is what its neighbours reached as many levels
earlier as the link to them costs, without what it had reached before. A Notes named network is a vertex
of its own, entered at no cost and left at cost 1 (domino.md 3 rule 1). A bit plane holds one bit of the cost to
every destination; all bits set: no way there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dominocli.routing.graph import NETWORK_COST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dominocli.routing.graph import Graph

Planes = list[int]
MEMORY = 384 * 1024 * 1024
"""Bytes one block of destinations may take while it is worked out."""
_PLANES, _HOP_PLANES = 8, 6
"""So many planes of costs and of hops are reckoned with when blocks are sized."""


class Block(NamedTuple):
    """The costs from every vertex to the servers `low` to `high` - 1: by vertex, its planes, the lowest bit first.

    Vertices are the servers by number, then the Notes named networks. Bit i stands for server `low` + i.
    """

    graph: Graph
    low: int
    high: int
    costs: list[Planes]

    @property
    def full(self) -> int:
        """Return the set of all destinations of the block."""
        return (1 << (self.high - self.low)) - 1

    def cost(self, source: int, target: int) -> int:
        """Return the least cost from one server to another of the block, -1 where there is no way."""
        at = target - self.low
        planes = self.costs[source]
        cost = 0
        for number, plane in enumerate(planes):
            cost |= (plane >> at & 1) << number
        return -1 if cost == (1 << len(planes)) - 1 else cost


def block_size(graph: Graph, memory: int = MEMORY) -> int:
    """Return how many destinations fit into so many bytes, at least 64."""
    vertices = graph.count + len(graph.members)
    links = sum(map(len, graph.edges)) + 2 * sum(map(len, graph.members))
    ring = (graph.dearest + 1 + _PLANES) * vertices
    ways = (_PLANES + _HOP_PLANES + 2) * vertices + links
    return max(64, memory * 8 // max(ring, ways, 1))


def blocks(graph: Graph, memory: int = MEMORY) -> Iterator[Block]:
    """Yield the costs from all servers to all, in blocks of destinations that fit into `memory` bytes."""
    size = block_size(graph, memory)
    for low in range(0, graph.count, size):
        yield block_of(graph, low, min(low + size, graph.count))


def block_of(graph: Graph, low: int, high: int) -> Block:
    """Return the costs from every server to the servers `low` to `high` - 1."""
    vertices = graph.count + len(graph.members)
    dearest = graph.dearest
    unseen = [(1 << (high - low)) - 1] * vertices
    planes: list[list[int]] = []
    ring: list[list[int]] = [[0] * vertices for _ in range(dearest + 1)]
    for target in range(low, high):
        bit = ring[0][target] = 1 << (target - low)
        unseen[target] ^= bit
    level = quiet = top = 0
    networks = [(graph.count + number, members) for number, members in enumerate(graph.members)]
    servers = [
        (number, graph.edges[number], [graph.count + joined for joined in graph.joined[number]])
        for number in range(graph.count)
        if graph.edges[number] or graph.joined[number]
    ]
    while quiet < dearest and servers:
        level += 1
        now = [0] * vertices
        ring[level % (dearest + 1)] = now
        earlier = [ring[(level - cost) % (dearest + 1)] for cost in range(dearest + 1)]
        marked = planes_of(planes, level, vertices)
        found = finished = False
        before = earlier[NETWORK_COST]
        for vertex, members in networks:
            new = 0
            for member in members:
                new |= before[member]
            new &= unseen[vertex]
            if new:
                now[vertex] = new
                unseen[vertex] ^= new
                for plane in marked:
                    plane[vertex] |= new
                found = True
        for vertex, edges, joined in servers:
            new = 0
            for network in joined:
                new |= now[network]
            for target, cost in edges:
                reached = earlier[cost][target]
                if reached:
                    new |= reached
            if new:
                left = unseen[vertex]
                new &= left
                if new:
                    now[vertex] = new
                    unseen[vertex] = left = left ^ new
                    for plane in marked:
                        plane[vertex] |= new
                    found = True
                    finished = finished or not left
        if finished:
            servers = [entry for entry in servers if unseen[entry[0]]]
        if found:
            quiet, top = 0, level
        else:
            quiet += 1
    del planes[(top + 1).bit_length() :]
    for plane in planes_of(planes, (1 << (top + 1).bit_length()) - 1, vertices):
        for vertex, missing in enumerate(unseen):
            plane[vertex] |= missing
    return Block(graph, low, high, list(map(list, zip(*planes, strict=True))))


def planes_of(planes: list[list[int]], number: int, vertices: int) -> list[list[int]]:
    """Return the planes, by vertex, in which a number has its bits; `planes` grows by those it has not yet."""
    while len(planes) < number.bit_length():
        planes.append([0] * vertices)
    return [plane for bit, plane in enumerate(planes) if number >> bit & 1]
