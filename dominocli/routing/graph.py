"""A network as numbers: what the calculations of costs need of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dominocli.routing.network import Network

NETWORK_COST = 1
Edges = list[list[tuple[int, int]]]


class Graph:
    """`edges[number]`: (destination, cost) of the Connections that make a way from a server; `joined[number]`: its
    Notes named networks; `members`: the servers of each network; `dearest`: the highest cost of a single step.

    Servers are in the order of their names.
    """

    __slots__ = ("count", "dearest", "edges", "joined", "members")

    def __init__(self, edges: Edges, joined: Sequence[tuple[int, ...]], members: Sequence[list[int]]) -> None:
        self.count = len(edges)
        self.edges = edges
        self.joined = joined
        self.members = members
        self.dearest = max((cost for around in edges for _, cost in around), default=NETWORK_COST)


def graph_of(network: Network) -> Graph:
    """Return the graph of a network.

    Connections inside a shared Notes named network are not in it: there the network's own cost counts
    (domino.md 3 rule 1).
    """
    memberships = [frozenset(node.networks) for node in network.nodes]
    edges = [
        [(target, link.cost) for target, link in links.items() if memberships[number].isdisjoint(memberships[target])]
        for number, links in enumerate(network.links)
    ]
    return Graph(edges, [node.networks for node in network.nodes], [joined.members for joined in network.networks])
