"""The network of one directory: what its documents mean to the Router, and what it does not use.

Pure: a `View` in, a `Network` out. Every server of one replica shares one network; what differs from
server to server is calculated by table.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dominocli.documents.finding import SEVERITIES
from dominocli.names import name_key
from dominocli.routing.connections import Connections
from dominocli.routing.domains import Domains
from dominocli.routing.links import Link, cheapest
from dominocli.routing.servers import Groups, NamedNetwork, Node, Servers, about_configuration, apply_configurations
from dominocli.routing.unused import NotUsed

if TYPE_CHECKING:
    from dominocli.directory.view import View

__all__ = ["Network", "NotUsed", "build_network"]


class Network:
    """What one directory says about mail routing.

    `nodes` are the servers of the domain in the order of their names, known elsewhere by number;
    `networks` the Notes named networks. `links[number]` maps the servers mail can go to from there by a
    Connection to the `Link` that counts: in another network it makes the way, inside a shared one it
    only restricts it to its schedule (domino.md 3 rule 1). `not_used` holds every reason, sorted by document.
    """

    def __init__(self, domain: str, nodes: list[Node], networks: list[NamedNetwork]) -> None:
        self.domain = domain
        self.nodes = nodes
        self.networks = networks
        self.by_key = {node.key: node for node in nodes}
        self.links: list[dict[int, Link]] = [{} for _ in nodes]
        self.connections: Connections
        self.domains: Domains
        self.others: dict[str, str] = {}
        self.not_used: tuple[NotUsed, ...] = ()

    def server(self, name: str) -> Node | None:
        """Return the server of a name, in any spelling; None for one this domain has not."""
        return self.by_key.get(name_key(name))

    def shared_networks(self, a: int, b: int) -> tuple[int, ...]:
        """Return the Notes named networks two servers share, by name."""
        other = self.nodes[b].networks
        shared = [number for number in self.nodes[a].networks if number in other]
        return tuple(sorted(shared, key=lambda n: (self.networks[n].name.casefold(), self.networks[n].protocol)))

    def spelling(self, domain: str) -> str:
        """Return a casefolded domain as it is written in the directory."""
        return self.domains.spellings.get(domain) or self.connections.spellings.get(domain) or domain


def build_network(view: View) -> Network:
    """Return the network a directory describes; a document with a problem of its own is not used."""
    servers = Servers(view)
    groups = Groups(view)
    ambiguous = apply_configurations(view, servers.nodes.values(), groups)
    connections = Connections(view, servers, groups)
    for key, name in connections.leaves.items():
        servers.nodes[key] = Node(name, key)
    nodes = [node for _, node in sorted(servers.nodes.items())]
    for index, node in enumerate(nodes):
        node.index = index
    network = Network(servers.domain, nodes, servers.join_networks())
    network.connections = connections
    network.domains = Domains(view, connections)
    network.others = servers.others
    for (source, target), link in cheapest(connections.links).items():
        network.links[network.by_key[source].index][network.by_key[target].index] = link
    unread = [
        NotUsed(f.document, f.id, f.message, f.field, f.hint, SEVERITIES[f.id], (about_configuration(f.document),))
        for f in view.faults()
    ]
    every = (unread, servers.not_used, groups.not_used, ambiguous, connections.not_used, network.domains.not_used)
    network.not_used = tuple(sorted((entry for part in every for entry in part), key=lambda entry: entry.document))
    return network
