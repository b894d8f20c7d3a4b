"""The shapes of network_shapes.py as routing networks, without a document for each link: for any size."""

from __future__ import annotations

from network_shapes import Shape

from dominocli.directory.settings import Settings
from dominocli.directory.view import MemoryView
from dominocli.names import name_key
from dominocli.routing.links import Call, Link
from dominocli.routing.network import Network, build_network
from dominocli.routing.servers import NamedNetwork, Node

EMPTY = MemoryView({}, settings=Settings("0" * 32, "Acme's directory", "Acme"))
HOURS = (("00:00-24:00",), 360, ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), "UTC", 5)


def server_name(number: int) -> str:
    """Return the name of a server by its number; names are in the order of numbers."""
    return f"Server{number:05}/Acme"


def network_of(description: Shape) -> Network:
    """Return a shape as the network its documents would make."""
    network = build_network(EMPTY)
    for number in range(description.count):
        name = server_name(number)
        node = Node(name, name_key(name))
        node.index = number
        node.document = f"servers/server{number:05}-acme"
        network.nodes.append(node)
        network.by_key[node.key] = node
        network.links.append({})
    for number, members in enumerate(description.networks):
        joined = NamedNetwork(f"Network {number}", "TCPIP")
        joined.members = members
        network.networks.append(joined)
        for member in members:
            network.nodes[member].networks += (number,)
    for (a, b), cost in description.links.items():
        call = Call(f"connections/c{a}-{b}", *HOURS)
        network.links[a][b] = Link(network.nodes[a].key, network.nodes[b].key, cost, call)
    return network
