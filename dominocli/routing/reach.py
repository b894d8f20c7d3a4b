"""Which server reaches which at all, whatever the cost, and what happens if one link or server is missing.

Pure. Vertices are the servers by number, then the Notes named networks: a server leads into its
networks, a network to its servers. That keeps ten thousand servers in one network linear.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from dominocli.routing.network import Network

Edge = tuple[int, int]
NOTHING: frozenset[Edge] = frozenset()


class Reach:
    """The ways of a network, without costs: `ahead` and `behind` by vertex; `count` is the number of servers.

    `counted` tells whether routes from a vertex count: a server known only from Connections has no
    table, a network of one server leads nowhere.
    """

    def __init__(self, network: Network) -> None:
        self.count = len(network.nodes)
        size = self.count + len(network.networks)
        self.ahead: list[list[int]] = [list(links) for links in network.links] + [[] for _ in network.networks]
        self.behind: list[list[int]] = [[] for _ in range(size)]
        self.counted = bytearray(size)
        for node in network.nodes:
            self.counted[node.index] = 1 if node.document else 0
            self.ahead[node.index] += [self.count + joined for joined in node.networks]
        for number, joined in enumerate(network.networks):
            self.ahead[self.count + number] = joined.members
            self.counted[self.count + number] = 1
        for vertex, around in enumerate(self.ahead):
            for other in around:
                self.behind[other].append(vertex)

    def counts_from(self, vertex: int) -> bool:
        """Tell whether a vertex is a server whose routes count."""
        return vertex < self.count and bool(self.counted[vertex])

    def leads(self, source: int, target: int, gone: int = -1, cut: Collection[Edge] = NOTHING) -> bool:
        """Tell whether a vertex leads to another, without the vertex `gone` and the edges in `cut`.

        The search goes from both ends and ends with the smaller side, so that most answers are cheap.
        """
        if source == target:
            return True
        sides = ({source}, {target})
        fringes = [[source], [target]]
        while fringes[0] and fringes[1]:
            side = 0 if len(fringes[0]) <= len(fringes[1]) else 1
            seen, met = sides[side], sides[1 - side]
            following: list[int] = []
            for vertex in fringes[side]:
                for other in (self.behind if side else self.ahead)[vertex]:
                    if other in seen or other == gone:
                        continue
                    if cut and ((other, vertex) if side else (vertex, other)) in cut:
                        continue
                    if other in met:
                        return True
                    seen.add(other)
                    following.append(other)
            fringes[side] = following
        return False

    def leading_to(self, targets: Iterable[int], gone: int = -1) -> set[int]:
        """Return every vertex that leads to one of these, these included."""
        seen = {vertex for vertex in targets if vertex != gone}
        fringe = list(seen)
        while fringe:
            for other in self.behind[fringe.pop()]:
                if other not in seen and other != gone:
                    seen.add(other)
                    fringe.append(other)
        return seen

    def origins(self, vertex: int, gone: int = -1, cut: Collection[Edge] = NOTHING) -> list[int]:
        """Return a vertex if routes from it count, else the nearest ones before it that do."""
        if self.counted[vertex]:
            return [vertex]
        found: list[int] = []
        seen, fringe = {vertex}, [vertex]
        while fringe:
            here = fringe.pop()
            for other in self.behind[here]:
                if other in seen or other == gone or (other, here) in cut:
                    continue
                seen.add(other)
                (found if self.counted[other] else fringe).append(other)
        return found
