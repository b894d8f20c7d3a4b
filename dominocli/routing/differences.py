"""What differs between the routes of two networks, from every server to every other one at once.

Pure calculation. Both networks are calculated in the numbers of the first one, so that the planes of the two
can be compared whole: for one source, a few hundred operations on sets of destinations instead of a
comparison of two tables. Routes to domains and patterns depend on those to their exits; here it is only
told whether any of these differs.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from dominocli.routing.exits import exits
from dominocli.routing.graph import Graph, graph_of
from dominocli.routing.levels import MEMORY, block_of, block_size
from dominocli.routing.planes import Routing, Ways, number_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from dominocli.routing.levels import Planes
    from dominocli.routing.network import Network
    from dominocli.routing.servers import Node

Route = dict[str, Any]
Sample = tuple[str, Route | None, Route | None]
"""A destination's name, and the routes before and after."""


class Difference:
    """What differs for one source: so many servers are `lost`, `changed`, `gained`, with samples of them.

    `exits` tells whether the way to an exit of some domain differs, or what the source itself does with mail.
    """

    __slots__ = ("changed", "exits", "first_lost", "first_others", "gained", "lost")

    def __init__(self) -> None:
        self.lost = self.changed = self.gained = 0
        self.first_lost: list[Sample] = []
        self.first_others: list[Sample] = []
        self.exits = False

    @property
    def samples(self) -> list[Sample]:
        """Return the first of the lost ones, then the first of the others."""
        return [*self.first_lost, *self.first_others]


class Differences:
    """Two networks side by side: `after` has no server that `before` has not, and those of both have the same
    names and Notes named networks (`comparable`)."""

    def __init__(self, before: Network, after: Network) -> None:
        self.before, self.after = before, after
        numbers = [before.by_key[node.key].index for node in after.nodes]
        self._own = dict(zip(numbers, range(len(numbers)), strict=True))
        self._graphs = graph_of(before), _renumbered(graph_of(after), numbers, len(before.nodes))
        self._same_domains = _facts(before) == _facts(after)
        places = (found for network in (before, after) for found in exits(network).values())
        keys = {key for found in places for key in found.leading}
        self._exits = sum(1 << before.by_key[key].index for key in keys if key in before.by_key)

    @staticmethod
    def comparable(before: Network, after: Network) -> bool:
        """Tell whether two networks can be compared so."""
        return all(
            node.key in before.by_key
            and node.name == before.by_key[node.key].name
            and _networks(after, node) == _networks(before, before.by_key[node.key])
            for node in after.nodes
        )

    def of(
        self,
        sources: Sequence[int],
        leaving_out: Iterable[int],
        samples: int,
        progress: Callable[[int, int], None] | None = None,
        memory: int = MEMORY,
    ) -> list[Difference]:
        """Return the difference for each source; routes to the servers in `leaving_out` do not count.

        Numbers are those of `before`. `progress` is told (steps done, of how many).
        """
        found = [Difference() for _ in sources]
        relinked = [self._relinked(source) for source in sources]
        for source, difference in zip(sources, found, strict=True):
            difference.exits = not (self._same_domains and self._same_server(source))
        size = min(block_size(graph, memory // 2) for graph in self._graphs)
        lows = range(0, len(self.before.nodes), size)
        done = 0
        for low in lows:
            high = min(low + size, len(self.before.nodes))
            ignored = sum(1 << (number - low) for number in leaving_out if low <= number < high)
            old, new = (Routing(block_of(graph, low, high)) for graph in self._graphs)
            for source, hops, difference in zip(sources, relinked, found, strict=True):
                self._add(
                    difference, source, low, (old.ways(source), new.ways(source)), hops, old.full ^ ignored, samples
                )
                done += 1
                if progress is not None:
                    progress(done, len(sources) * len(lows))
        return found

    def _add(
        self,
        difference: Difference,
        source: int,
        low: int,
        ways: tuple[Ways, Ways],
        relinked: Sequence[int],
        counted: int,
        samples: int,
    ) -> None:
        """Add what differs in one block of destinations; `relinked` are next hops reached by another link."""
        was, now = ways
        both = was.reached & now.reached
        differ = _unequal(was.costs, now.costs) | _unequal(was.hops, now.hops) | _unequal(was.first, now.first)
        for hop in relinked:
            differ |= _equal_to(was.first, hop, both)
        lost, gained, changed = was.reached & ~now.reached, now.reached & ~was.reached, differ & both
        if self._exits >> low & (lost | gained | changed):
            difference.exits = True
        lost, gained, changed = lost & counted, gained & counted, changed & counted
        difference.lost += lost.bit_count()
        difference.changed += changed.bit_count()
        difference.gained += gained.bit_count()
        for kept, wanted in ((difference.first_lost, lost), (difference.first_others, gained | changed)):
            for at in _lowest(wanted, samples - len(kept)):
                name = self.before.nodes[low + at].name
                kept.append((name, self._route(0, was, source, at), self._route(1, now, source, at)))

    def _route(self, side: int, ways: Ways, source: int, at: int) -> Route | None:
        """Return the route to one destination as tables show it (show.py)."""
        if not ways.reached >> at & 1:
            return None
        cost, hops, hop = (number_at(planes, at) for planes in (ways.costs, ways.hops, ways.first))
        return {
            "next_hop": self.before.nodes[hop].name,
            "cost": cost,
            "hops": hops,
            "via": self._via(side, source, hop),
        }

    def _via(self, side: int, source: int, hop: int) -> str:
        network = self.after if side else self.before
        near, far = (self._own[source], self._own[hop]) if side else (source, hop)
        shared = network.shared_networks(near, far)
        if shared:
            return f"network:{network.networks[shared[0]].name}"
        return network.links[near][far].call.document

    def _relinked(self, source: int) -> list[int]:
        """Return the neighbours of a server to which another Connection leads than before."""
        old, new = self.before.links[source], self.after.links[self._own[source]]
        both = (hop for hop in old if hop in self._own and self._own[hop] in new)
        return [hop for hop in both if self._via(0, source, hop) != self._via(1, source, hop)]

    def _same_server(self, source: int) -> bool:
        pair = self.before.nodes[source], self.after.nodes[self._own[source]]
        was, now = ((node.document, node.zone, node.smtp, node.host, node.settings, node.unknown) for node in pair)
        return was == now


def _renumbered(graph: Graph, numbers: Sequence[int], count: int) -> Graph:
    """Return a graph with other numbers for its servers; those of no server stand alone."""
    edges: list[list[tuple[int, int]]] = [[] for _ in range(count)]
    joined: list[tuple[int, ...]] = [()] * count
    for own, number in enumerate(numbers):
        edges[number] = [(numbers[target], cost) for target, cost in graph.edges[own]]
        joined[number] = graph.joined[own]
    return Graph(edges, joined, [[numbers[member] for member in members] for members in graph.members])


def _networks(network: Network, node: Node) -> list[tuple[str, str]]:
    return [(network.networks[number].name, network.networks[number].protocol) for number in node.networks]


def _facts(network: Network) -> tuple[Any, ...]:
    """Return all that decides about domains and patterns but the ways to their exits."""
    connections, domains = network.connections, network.domains
    patterns = [(pattern.text, document, domain) for pattern, document, domain in domains.patterns]
    local = [(pattern.text, document) for pattern, document in domains.local]
    names = {*connections.smtp, *connections.crossings, *domains.through, *domains.gateways, *domains.restrictions}
    spellings = {name: network.spelling(name) for name in names}
    return (
        *(connections.smtp, connections.crossings, domains.through, domains.gateways, domains.restrictions),
        *(patterns, local, spellings, domains.has_global),
    )


def _unequal(one: Planes, other: Planes) -> int:
    """Return where two columns of numbers differ."""
    differ = 0
    for a, b in zip_longest(one, other, fillvalue=0):
        differ |= a ^ b
    return differ


def _equal_to(planes: Planes, number: int, where: int) -> int:
    """Return where planes hold a number, out of a set."""
    for bit, plane in enumerate(planes):
        where &= plane if number >> bit & 1 else ~plane
    return where


def _lowest(bits: int, most: int) -> Iterator[int]:
    """Yield the numbers of the lowest bits of a set, so many at most."""
    while bits and most > 0:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
        most -= 1
