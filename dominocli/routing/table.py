"""The routes of a server: least total cost, fewest hops, then the name of the next hop (domino.md 3 rule 1).

Pure calculation over a `Network`. Costs are small integers, so servers are settled level by level of
total cost; a Notes named network is one step for all its servers, settled once, so that ten thousand
servers in one network stay linear.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dominocli.routing.graph import NETWORK_COST, graph_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dominocli.routing.graph import Graph
    from dominocli.routing.network import Network

UNREACHED = -1
_FAR = 1 << 60


class Routes:
    """The routes from one server (its number) to all: by destination number `costs` (-1: none), `hops`,
    `first` (the next hop's number) and `tied` (1 where only the name decided between next hops)."""

    __slots__ = ("costs", "first", "hops", "source", "tied")

    def __init__(self, source: int, count: int) -> None:
        self.source = source
        self.costs: list[int] = []
        self.hops = [0] * count
        self.first = [UNREACHED] * count
        self.tied = bytearray(count)


def calculate(network: Network, sources: Iterable[int]) -> Iterator[Routes]:
    """Yield the routes of each wanted source, in the order wanted."""
    graph = graph_of(network)
    for source in sources:
        yield from_one(graph, source)


def from_one(graph: Graph, source: int) -> Routes:
    """Return the routes of one source, without the others'."""
    routes = Routes(source, graph.count)
    costs, hops, first, tied = [_FAR] * graph.count, routes.hops, routes.first, routes.tied
    edges, joined_by, members = graph.edges, graph.joined, graph.members
    size = 1 + graph.dearest
    levels: list[list[int]] = [[] for _ in range(size)]
    expanded = bytearray(len(members))
    costs[source] = 0
    levels[0].append(source)
    level, waiting = 0, 1

    def tie(target: int, steps: int, via: int, by_name: int) -> None:
        """Choose between two ways of one cost: fewest hops, then the first name."""
        if steps < hops[target]:
            hops[target], first[target], tied[target] = steps, via, by_name
        elif steps == hops[target]:
            tied[target] |= by_name | (via != first[target])
            first[target] = min(via, first[target])

    while waiting:
        settled = levels[level % size]
        levels[level % size] = []
        waiting -= len(settled)
        entered: dict[int, tuple[int, int, int]] = {}
        for number in settled:
            if costs[number] != level:
                continue  # reached more cheaply meanwhile
            steps, via, by_name = hops[number] + 1, first[number], tied[number]
            for target, cost in edges[number]:
                total, known = level + cost, costs[target]
                if total < known:
                    costs[target], hops[target], tied[target] = total, steps, by_name
                    first[target] = via if level else target
                    levels[total % size].append(target)
                    waiting += 1
                elif total == known:
                    tie(target, steps, via if level else target, by_name)
            for joined in joined_by[number]:
                if not expanded[joined]:
                    entered[joined] = _better(entered.get(joined), (steps, via, by_name))
        total = level + NETWORK_COST
        for joined, (steps, via, by_name) in entered.items():
            expanded[joined] = 1
            for target in members[joined]:
                if total < costs[target]:
                    costs[target], hops[target], tied[target] = total, steps, by_name
                    first[target] = via if level else target
                    levels[total % size].append(target)
                    waiting += 1
                elif total == costs[target]:
                    tie(target, steps, via if level else target, by_name)
        level += 1
    routes.costs = [UNREACHED if cost == _FAR else cost for cost in costs]
    return routes


def _better(known: tuple[int, int, int] | None, new: tuple[int, int, int]) -> tuple[int, int, int]:
    """Return the better of two ways into a network as (hops, next hop, tied)."""
    if known is None or new[0] < known[0]:
        return new
    if new[0] > known[0]:
        return known
    return known[0], min(known[1], new[1]), int(known[1] != new[1]) | known[2] | new[2]
