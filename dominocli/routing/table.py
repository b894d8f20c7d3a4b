"""The routes of a server: least total cost, fewest hops, then the name of the next hop (domino.md 3 rule 1).

Pure calculation over a `Network`. Costs are small integers, so servers are settled level by level of
total cost; a Notes named network is one step for all its servers, settled once, so that ten thousand
servers in one network stay linear.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dominocli.routing.network import Network

NETWORK_COST = 1
UNREACHED = -1

Edges = list[list[tuple[int, int]]]


class Routes:
    """The routes from one server (its number) to all: by destination number `costs` (-1: none), `hops`,
    `first` (the next hop's number) and `tied` (1 where only the name decided between next hops)."""

    __slots__ = ("costs", "first", "hops", "source", "tied")

    def __init__(self, source: int, count: int) -> None:
        self.source = source
        self.costs = [UNREACHED] * count
        self.hops = [0] * count
        self.first = [UNREACHED] * count
        self.tied = bytearray(count)


def calculate(network: Network, sources: Iterable[int]) -> Iterator[Routes]:
    """Yield the routes of each wanted source, in the order wanted."""
    edges = connection_edges(network)
    for source in sources:
        yield _from_one(network, edges, source)


def connection_edges(network: Network) -> Edges:
    """Return, for each server, (destination, cost) of the Connections that make a way.

    Not those inside a shared Notes named network: there the network's own cost counts (domino.md 3 rule 1).
    """
    memberships = [frozenset(node.networks) for node in network.nodes]
    return [
        [(target, link.cost) for target, link in links.items() if memberships[number].isdisjoint(memberships[target])]
        for number, links in enumerate(network.links)
    ]


def _from_one(network: Network, edges: Edges, source: int) -> Routes:
    routes = Routes(source, len(network.nodes))
    costs, hops, first, tied = routes.costs, routes.hops, routes.first, routes.tied
    nodes, networks = network.nodes, network.networks
    size = 1 + max((cost for around in edges for _, cost in around), default=NETWORK_COST)
    levels: list[list[int]] = [[] for _ in range(max(size, NETWORK_COST + 1))]
    size = len(levels)
    expanded = bytearray(len(networks))
    costs[source] = 0
    levels[0].append(source)
    level, waiting = 0, 1

    def reach(target: int, cost: int, steps: int, via: int, by_name: int) -> int:
        """Note a way to a server if it is better than the one known; return 1 if it is a cheaper one."""
        known = costs[target]
        if known == UNREACHED or cost < known:
            costs[target], hops[target], first[target], tied[target] = cost, steps, via, by_name
            levels[cost % size].append(target)
            return 1
        if cost == known and steps <= hops[target] and target != source:
            if steps < hops[target]:
                hops[target], first[target], tied[target] = steps, via, by_name
            elif via != first[target]:
                first[target] = min(via, first[target])
                tied[target] = 1
        return 0

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
                waiting += reach(target, level + cost, steps, target if number == source else via, by_name)
            for joined in nodes[number].networks:
                if not expanded[joined]:
                    entered[joined] = _better(entered.get(joined), (steps, via, by_name))
        for joined, (steps, via, by_name) in entered.items():
            expanded[joined] = 1
            for target in networks[joined].members:
                waiting += reach(target, level + NETWORK_COST, steps, target if level == 0 else via, by_name)
        level += 1
    return routes


def _better(known: tuple[int, int, int] | None, new: tuple[int, int, int]) -> tuple[int, int, int]:
    """Return the better of two ways into a network as (hops, next hop, tied)."""
    if known is None or new[0] < known[0]:
        return new
    if new[0] > known[0] or new[1] == known[1]:
        return known
    return known[0], min(known[1], new[1]), 1
