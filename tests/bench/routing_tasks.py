"""What the routing benchmark runs, each task in a process of its own, in the environment of the benchmarks.

`one LIBRARY FILE SOURCE` is timed from outside; the other tasks say what they took in CPU seconds, and in MiB
what the process needed at most.
"""

from __future__ import annotations

import sys
import time
from array import array
from pathlib import Path
from typing import Any, NamedTuple

ALMOST_NOTHING = 1e-9
"""The cost of entering a Notes named network where a library takes 0 for no edge."""


class Stored(NamedTuple):
    """A domain as it lies in a file: servers, Notes named networks, the links and the memberships by column."""

    count: int
    networks: int
    sources: array[int]
    targets: array[int]
    costs: array[int]
    joined: array[int]
    members: array[int]


def store(path: Path, count: int, links: dict[tuple[int, int], int], networks: list[list[int]]) -> None:
    """Write a domain as columns of numbers, which every library reads alike."""
    pairs = [(number, member) for number, members in enumerate(networks) for member in members]
    head = array("i", [count, len(networks), len(links), len(pairs)])
    columns = [[a for a, _ in links], [b for _, b in links], list(links.values()), *map(list, zip(*pairs, strict=True))]
    with path.open("wb") as file:
        for values in (head, *(array("i", column) for column in columns)):
            values.tofile(file)


def read(path: str) -> Stored:
    """Read what `store` wrote."""
    values = array("i")
    data = Path(path).read_bytes()
    values.frombytes(data)
    count, networks, links, pairs = values[:4]
    at = [4, 4 + links, 4 + 2 * links, 4 + 3 * links, 4 + 3 * links + pairs]
    ends = [*at[1:], 4 + 3 * links + 2 * pairs]
    return Stored(count, networks, *(values[a:b] for a, b in zip(at, ends, strict=True)))


def graph(domain: Stored) -> Any:
    """Return the domain as dominocli's graph."""
    from dominocli.routing.graph import Graph

    edges: list[list[tuple[int, int]]] = [[] for _ in range(domain.count)]
    for source, target, cost in zip(domain.sources, domain.targets, domain.costs, strict=True):
        edges[source].append((target, cost))
    joined: list[tuple[int, ...]] = [()] * domain.count
    members: list[list[int]] = [[] for _ in range(domain.networks)]
    for number, member in zip(domain.joined, domain.members, strict=True):
        joined[member] += (number,)
        members[number].append(member)
    return Graph(edges, joined, members)


def matrix(domain: Stored) -> Any:
    """Return the domain as a sparse matrix of costs, a network being a vertex of its own."""
    import numpy
    from scipy.sparse import csr_array

    sources, targets, costs, joined, members = (numpy.asarray(column, dtype=numpy.int32) for column in domain[2:])
    networks = joined + domain.count
    rows = numpy.concatenate([sources, members, networks])
    columns = numpy.concatenate([targets, networks, members])
    entering, leaving = numpy.full(len(joined), ALMOST_NOTHING), numpy.ones(len(joined))
    size = domain.count + domain.networks
    return csr_array((numpy.concatenate([costs.astype(float), entering, leaving]), (rows, columns)), shape=(size, size))


def triples(domain: Stored) -> list[tuple[int, int, float]]:
    """Return the edges with their costs, a network being a vertex of its own."""
    found = [(a, b, float(c)) for a, b, c in zip(domain.sources, domain.targets, domain.costs, strict=True)]
    for number, member in zip(domain.joined, domain.members, strict=True):
        found += [(member, domain.count + number, 0.0), (domain.count + number, member, 1.0)]
    return found


def one(library: str, path: str, source: int) -> None:
    """Calculate the costs from one server to all."""
    domain = read(path)
    if library == "dominocli":
        from dominocli.routing.table import from_one

        from_one(graph(domain), source)
    elif library == "scipy":
        from scipy.sparse.csgraph import dijkstra

        dijkstra(matrix(domain), indices=source)
    elif library == "networkx":
        import networkx

        whole = networkx.DiGraph()
        whole.add_weighted_edges_from(triples(domain))
        networkx.single_source_dijkstra_path_length(whole, source)
    else:
        import rustworkx

        whole = rustworkx.PyDiGraph()
        whole.add_nodes_from(range(domain.count + domain.networks))
        whole.add_edges_from(triples(domain))
        rustworkx.dijkstra_shortest_path_lengths(whole, source, float)


def every(library: str, path: str) -> None:
    """Calculate the costs from all servers to all, and say how long that alone took."""
    domain = read(path)
    if library == "scipy":
        from scipy.sparse.csgraph import dijkstra

        whole = matrix(domain)
        start = time.process_time()
        for at in range(0, domain.count, 250):
            dijkstra(whole, indices=range(at, min(at + 250, domain.count)))
    else:
        from dominocli.routing.levels import blocks
        from dominocli.routing.planes import Routing

        whole = graph(domain)
        start = time.process_time()
        kept = [block if library == "dominocli" else Routing(block) for block in blocks(whole)]
        assert kept
    say(time.process_time() - start)


def look_up(path: str) -> None:
    """Say how long a next hop takes from the planes of all sources, on average over random pairs."""
    import random

    from dominocli.routing.levels import blocks
    from dominocli.routing.planes import Routing

    domain = read(path)
    (routing,) = map(Routing, blocks(graph(domain)))
    chance = random.Random(1)
    pairs = [(chance.randrange(domain.count), chance.randrange(domain.count)) for _ in range(2000)]
    for pair in pairs[:50]:
        routing.next_hop(*pair)
    start = time.process_time()
    for pair in pairs:
        routing.next_hop(*pair)
    say((time.process_time() - start) / len(pairs))


def table(kind: str, count: int, folder: str) -> None:
    """Say how long it takes to read an installed table and to find one server in it."""
    from datetime import UTC, datetime

    from network_shapes import shape
    from shape_networks import network_of, server_name

    from dominocli.routing.compiler import Compiler
    from dominocli.routing.store import install, installed

    root = Path(folder)
    (root / ".dominocli").mkdir(exist_ok=True)
    compiler = Compiler(network_of(shape(kind, count)), "")
    install(root, next(compiler.tables([0], datetime.now(UTC))))
    start = time.process_time()
    found = installed(root, server_name(0))
    assert found is not None
    number = found.find(server_name(count // 2))
    assert number is not None
    found.row(number)
    say(time.process_time() - start)


def check(path: str) -> None:
    """Compare all costs with scipy's; fail on the first that differs."""
    import numpy
    from scipy.sparse.csgraph import dijkstra

    from dominocli.routing.columns import numbers_of
    from dominocli.routing.levels import blocks

    domain = read(path)
    whole = matrix(domain)
    (block,) = blocks(graph(domain))
    none = (1 << len(block.costs[0])) - 1
    for at in range(0, domain.count, 250):
        sources = range(at, min(at + 250, domain.count))
        wanted = dijkstra(whole, indices=sources)[:, : domain.count]
        wanted[numpy.isinf(wanted)] = none
        found = [numpy.frombuffer(numbers_of(block.costs[s], domain.count, 1), dtype=numpy.uint8) for s in sources]
        if not (numpy.rint(wanted) == numpy.stack(found)).all():
            raise SystemExit(f"{path}: costs from the servers {sources} differ from scipy's")
    say(0)


def say(seconds: float) -> None:
    """Write the seconds, and the most memory the process had, in MiB."""
    import resource

    sys.stdout.write(f"{seconds} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}\n")


def main() -> None:
    """Run the task the command line names."""
    sys.path.append(str(Path(__file__).parent.parent / "routing"))
    task, *arguments = sys.argv[1:]
    if task == "one":
        one(arguments[0], arguments[1], int(arguments[2]))
    elif task == "every":
        every(*arguments)
    elif task == "table":
        table(arguments[0], int(arguments[1]), arguments[2])
    elif task == "look-up":
        look_up(*arguments)
    else:
        check(*arguments)


if __name__ == "__main__":
    main()
