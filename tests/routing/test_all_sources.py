"""All sources at once against one source at a time, and against networkx where it is installed."""

from __future__ import annotations

import random

import pytest
from network_shapes import SHAPES, Shape, shape, sparse
from routing_builder import Builder

from dominocli.routing.columns import columns, from_routes
from dominocli.routing.graph import Graph
from dominocli.routing.graph import graph_of as network_graph
from dominocli.routing.levels import block_size, blocks
from dominocli.routing.planes import Routing, Ways
from dominocli.routing.table import calculate, from_one


def graph_of(description: Shape) -> Graph:
    """Return a shape as a graph."""
    joined: list[tuple[int, ...]] = [() for _ in range(description.count)]
    for number, members in enumerate(description.networks):
        for member in members:
            joined[member] += (number,)
    edges: list[list[tuple[int, int]]] = [[] for _ in range(description.count)]
    for (a, b), cost in description.links.items():
        if not set(joined[a]) & set(joined[b]):
            edges[a].append((b, cost))
    return Graph(edges, joined, description.networks)


def random_graph(chance: random.Random) -> Graph:
    """Return a graph of any density, with overlapping networks, parts that are cut off, leaves, dear links."""
    count = chance.randint(1, 40)
    dearest = chance.choice([1, 2, 3, 10, 10, 100])
    networks = []
    for _ in range(chance.choice([0, 0, 1, 2, 4])):
        networks.append(sorted(chance.sample(range(count), chance.randint(0, count))))
    links = {
        (chance.randrange(count), chance.randrange(count)): chance.randint(1, dearest)
        for _ in range(chance.randint(0, 1 + int(count * chance.choice([0.5, 1, 2, 5]))))
    }
    return graph_of(Shape(count, {pair: cost for pair, cost in links.items() if pair[0] != pair[1]}, networks))


def bit(planes: list[int], at: int) -> int:
    """Return the number that stands in planes at a place."""
    return sum((plane >> at & 1) << number for number, plane in enumerate(planes))


def compare(graph: Graph, routings: list[Routing], sources: list[int], seed: object) -> None:
    """Compare cost, hops, next hop and tie of some sources to all destinations."""
    for source in sources:
        one = from_one(graph, source)
        for routing in routings:
            ways: Ways = routing.ways(source)
            for target in range(routing.block.low, routing.block.high):
                at = target - routing.block.low
                where = f"{seed}: {source} to {target}"
                assert routing.block.cost(source, target) == one.costs[target], where
                assert routing.next_hop(source, target) == one.first[target], where
                assert bool(ways.reached >> at & 1) == (one.first[target] >= 0), where
                if one.first[target] >= 0:
                    found = bit(ways.costs, at), bit(ways.hops, at), bit(ways.first, at), ways.tied >> at & 1
                    assert found == (one.costs[target], one.hops[target], one.first[target], one.tied[target]), where


@pytest.mark.parametrize("batch", range(4))
def test_random_graphs_equal_one_source_at_a_time(batch: int) -> None:
    for seed in range(batch * 150, (batch + 1) * 150):
        chance = random.Random(f"all sources {seed}")
        graph = random_graph(chance)
        memory = chance.choice([1, 1 << 30])
        routings = [Routing(block) for block in blocks(graph, memory)]
        compare(graph, routings, list(range(graph.count)), f"seed {seed}")


@pytest.mark.parametrize("kind", SHAPES)
def test_blocks_of_destinations_join_to_the_whole(kind: str) -> None:
    graph = graph_of(shape(kind, 300, "blocks"))
    parts = list(blocks(graph, 1))
    assert [(part.low, part.high) for part in parts] == [(0, 64), (64, 128), (128, 192), (192, 256), (256, 300)]
    compare(graph, [Routing(part) for part in parts], [0, 7, 150, 299], kind)
    assert block_size(graph) > 300


def test_server_alone_and_no_server_at_all() -> None:
    assert list(blocks(Graph([], [], []))) == []
    (block,) = blocks(Graph([[]], [(0,)], [[0]]))
    routing = Routing(block)
    assert (block.cost(0, 0), routing.next_hop(0, 0), routing.ways(0).reached) == (0, -1, 0)


@pytest.mark.parametrize("kind", SHAPES)
def test_tables_are_the_same_bytes_however_they_were_calculated(kind: str) -> None:
    for seed in range(3):
        builder = Builder()
        description = sparse(kind, 70, seed)
        names = [f"S{number:03}/Acme" for number in range(description.count)]
        for number, name in enumerate(names):
            builder.server(name, [f"Net {n}" for n, joined in enumerate(description.networks) if number in joined])
        for (a, b), cost in description.links.items():
            builder.lan(names[a], names[b], routing_cost=cost * (25 if seed == 2 else 1))
        network = builder.network
        numbered = network_graph(network)
        one_by_one = [from_routes(routes) for routes in calculate(network, range(70))]
        assert list(columns(numbered, range(70))) == one_by_one, f"{kind} seed {seed}"
        assert list(columns(numbered, range(70), 70)) == one_by_one, f"{kind} seed {seed} in blocks"
        assert list(columns(numbered, [5, 3])) == [one_by_one[5], one_by_one[3]]


@pytest.mark.parametrize("kind", SHAPES)
def test_costs_of_a_thousand_servers_equal_those_of_networkx(kind: str) -> None:
    networkx = pytest.importorskip("networkx")
    description = shape(kind, 1000, "networkx")
    graph = graph_of(description)
    (routing,) = (Routing(block) for block in blocks(graph))
    whole = networkx.DiGraph()
    whole.add_nodes_from(range(graph.count))
    for source, around in enumerate(graph.edges):
        whole.add_weighted_edges_from((source, target, cost) for target, cost in around)
    for number, members in enumerate(graph.members):
        for member in members:
            whole.add_edge(member, -1 - number, weight=0)
            whole.add_edge(-1 - number, member, weight=1)
    for source in random.Random(kind).sample(range(graph.count), 40):
        wanted = networkx.single_source_dijkstra_path_length(whole, source)
        for target in range(graph.count):
            assert routing.block.cost(source, target) == wanted.get(target, -1), f"{kind}: {source} to {target}"
            hop = routing.next_hop(source, target)
            if hop >= 0:
                step = whole[source][hop]["weight"] if whole.has_edge(source, hop) else 1
                assert step + routing.block.cost(hop, target) == wanted[target], f"{kind}: {source} to {target}"
