"""Hops and next hops of all servers at once, settled from the planes of the costs.

Pure calculation. A step from one vertex to the next lies on a cheapest way to a destination if the costs of
both differ by just its own; of those ways the ones with the fewest hops count, then the first name (domino.md 3
rule 1). Both questions are additions and comparisons of planes: of whole sets of destinations at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dominocli.routing.graph import NETWORK_COST
from dominocli.routing.levels import blocks, planes_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dominocli.routing.graph import Graph
    from dominocli.routing.levels import Block, Planes


class Ways(NamedTuple):
    """The routes from one server to a block of destinations, as planes: `costs` (all bits set: no way), `hops`,
    `first` (the next hop's number), and the sets `reached` (without the server itself) and `tied`."""

    costs: Planes
    hops: Planes
    first: Planes
    reached: int
    tied: int


class Routing:
    """All routes to one block of destinations. Next hops are settled when they are asked for."""

    def __init__(self, block: Block) -> None:
        self.block = block
        self.graph: Graph = block.graph
        self.full = block.full
        self.hops = _hops(block)
        self._digits = max(1, (self.graph.count - 1).bit_length())
        self._entries: dict[int, tuple[Planes, int]] = {}

    def ways(self, source: int) -> Ways:
        """Return the routes from a server to every server of the block."""
        costs, hops = self.block.costs, self.hops
        unreached = self.full
        for plane in costs[source]:
            unreached &= plane
        first, left, tied = self._by_name(source, sorted(self.graph.edges[source]))
        got = self.full ^ left
        for joined in self.graph.joined[source]:
            vertex = self.graph.count + joined
            met = _adds_up(costs[vertex], 0, costs[source], self.full)
            met &= _adds_up(hops[vertex], 0, hops[source], self.full) & ~unreached
            if not met:
                continue
            theirs, their_tied = self._entry(vertex)
            smaller, differ = _compared(theirs, first, met & got)
            tied |= (their_tied & met) | differ
            taken = (met & ~got) | smaller
            first = [(own & ~taken) | (other & taken) for own, other in zip(first, theirs, strict=True)]
            got |= met
        return Ways(costs[source], hops[source], first, got, tied)

    def next_hop(self, source: int, target: int) -> int:
        """Return the number of the next hop from one server to another of the block, -1 where there is none."""
        block, hops = self.block, self.hops
        at = target - block.low
        cost, steps = block.cost(source, target), number_at(hops[source], at)
        if cost < 1:
            return -1
        best = self.graph.count
        for neighbour, weight in self.graph.edges[source]:
            if neighbour >= best or weight > cost or block.cost(neighbour, target) != cost - weight:
                continue
            if number_at(hops[neighbour], at) == steps - 1:
                best = neighbour
        for joined in self.graph.joined[source]:
            vertex = self.graph.count + joined
            if block.cost(vertex, target) == cost and number_at(hops[vertex], at) == steps:
                best = min(best, number_at(self._entry(vertex)[0], at))
        return best

    def _entry(self, vertex: int) -> tuple[Planes, int]:
        """Return the next hops out of a Notes named network, and where only the name decided."""
        known = self._entries.get(vertex)
        if known is None:
            members = self.graph.members[vertex - self.graph.count]
            first, _, tied = self._by_name(vertex, [(member, NETWORK_COST) for member in sorted(members)])
            known = self._entries[vertex] = first, tied
        return known

    def _by_name(self, vertex: int, edges: list[tuple[int, int]]) -> tuple[Planes, int, int]:
        """Return next hops of a vertex over some edges, sorted; the destinations left over; those tied."""
        costs, hops, full = self.block.costs, self.hops, self.full
        first = [0] * self._digits
        left, tied = full, 0
        own_costs, own_hops = costs[vertex], hops[vertex]
        for target, cost in edges:
            best = _adds_up(costs[target], cost, own_costs, full)
            if not best:
                continue
            best &= _adds_up(hops[target], 1, own_hops, full)
            new = best & left
            tied |= best ^ new
            if new:
                left ^= new
                number = 0
                while target >> number:
                    if target >> number & 1:
                        first[number] |= new
                    number += 1
        return first, left, tied


def routings(graph: Graph, memory: int) -> Iterator[Routing]:
    """Yield all routes of a graph, in blocks of destinations that fit into `memory` bytes."""
    for block in blocks(graph, memory):
        yield Routing(block)


def _adds_up(far: Planes, step: int, near: Planes, full: int) -> int:
    """Return the destinations for which `far` + `step` is `near`; a sum of all bits or more never is."""
    if step >> len(near):
        return 0
    carry = differs = 0
    for number, (plane, wanted) in enumerate(zip(far, near, strict=True)):
        if step >> number & 1:
            differs |= full ^ plane ^ carry ^ wanted
            carry |= plane
        else:
            differs |= plane ^ carry ^ wanted
            carry &= plane
    return full ^ (differs | carry)


def _compared(planes: Planes, others: Planes, where: int) -> tuple[int, int]:
    """Return where the numbers of the first planes are smaller, and where they differ at all."""
    smaller, equal = 0, where
    if where:
        for plane, other in zip(reversed(planes), reversed(others), strict=True):
            differ = (plane ^ other) & equal
            if differ:
                smaller |= differ & other
                equal ^= differ
    return smaller, where ^ equal


def number_at(planes: Planes, at: int) -> int:
    """Return the number that planes hold at one place."""
    return sum((plane >> at & 1) << number for number, plane in enumerate(planes))


def _hops(block: Block) -> list[Planes]:
    """Return the fewest hops of the cheapest ways from every vertex, as planes; 0 where there is no way."""
    graph, costs, full = block.graph, block.costs, block.full
    vertices = len(costs)
    now = [0] * vertices
    for target in range(block.low, block.high):
        now[target] = 1 << (target - block.low)
    entries: list[tuple[int, list[tuple[int, int]]]] = []
    for number, members in enumerate(graph.members):
        vertex = graph.count + number
        ways = [(member, _adds_up(costs[member], NETWORK_COST, costs[vertex], full)) for member in members]
        entries.append((vertex, [way for way in ways if way[1]]))
    servers: list[tuple[int, list[tuple[int, int]], list[tuple[int, int]]]] = []
    rest = [0] * vertices
    for vertex, own in enumerate(costs):
        unreached = full
        for plane in own:
            unreached &= plane
        rest[vertex] = full ^ unreached ^ now[vertex]
        if vertex < graph.count:
            ways = [(target, _adds_up(costs[target], cost, own, full)) for target, cost in graph.edges[vertex]]
            joined = [graph.count + number for number in graph.joined[vertex]]
            through = [(network, _adds_up(costs[network], 0, own, full)) for network in joined]
            servers.append((vertex, [way for way in ways if way[1]], through))
    planes: list[list[int]] = []
    step = 0
    while True:
        step += 1
        new = [0] * vertices
        servers = [entry for entry in servers if rest[entry[0]]]
        for vertex, ways in entries:
            left = rest[vertex]
            reached = 0
            for member, way in ways if left else ():
                reached |= way & now[member]
            new[vertex] = reached & left
        for vertex, ways, through in servers:
            reached = 0
            for target, way in ways:
                before = now[target]
                if before:
                    reached |= way & before
            for network, way in through:
                reached |= way & new[network]
            new[vertex] = reached & rest[vertex]
        if not any(new):
            break
        marked = planes_of(planes, step, vertices)
        for vertex, reached in enumerate(new):
            if reached:
                rest[vertex] ^= reached
                for layer in marked:
                    layer[vertex] |= reached
        now = new
    return list(map(list, zip(*planes, strict=True))) if planes else [[] for _ in range(vertices)]
