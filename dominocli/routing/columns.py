"""The routes of one server as columns of fixed-width numbers, as a table on disk has them.

Pure. They come from one source's routes or, for many sources of one network, from bit planes: then no
number passes through Python one by one.
"""

from __future__ import annotations

import sys
from array import array
from typing import TYPE_CHECKING, NamedTuple

from dominocli.routing.levels import MEMORY, block_size
from dominocli.routing.planes import routings
from dominocli.routing.table import from_one

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dominocli.routing.graph import Graph
    from dominocli.routing.levels import Planes
    from dominocli.routing.planes import Ways
    from dominocli.routing.table import Routes

FEW_SOURCES = 48
"""Up to so many sources are calculated one by one, whatever the size of the network."""
SHARE_OF_SOURCES = 100
"""Up to one server in so many is, too: then all at once would take longer."""
_TYPES = {1: "B", 2: "H", 4: "I"}
_DIGITS = [bytes.maketrans(b"01", bytes((0, 1 << bit))) for bit in range(8)]


class Columns(NamedTuple):
    """One server's routes by destination number, little-endian: `costs` and `hops` (0: no way), `first` (the next
    hop's number; all bits set: none), each 1, 2 or 4 bytes wide; `tied` one byte, 1 where a name decided."""

    source: int
    costs: bytes
    hops: bytes
    first: bytes
    tied: bytes


def columns(graph: Graph, sources: Sequence[int], memory: int = MEMORY) -> Iterator[Columns]:
    """Yield the routes of each wanted source, in the order wanted; many are calculated all at once."""
    if len(sources) <= max(FEW_SOURCES, graph.count // SHARE_OF_SOURCES):
        for source in sources:
            yield from_routes(from_one(graph, source))
        return
    if block_size(graph, memory) >= graph.count:
        (routing,) = routings(graph, memory)
        for source in sources:
            yield Columns(source, *_spread(routing.ways(source), graph.count))
        return
    yield from _in_blocks(graph, sources, memory)


def _in_blocks(graph: Graph, sources: Sequence[int], memory: int) -> Iterator[Columns]:
    """Yield columns joined from blocks of destinations, for as many sources at a time as fit into memory."""
    group = max(1, memory // (8 * graph.count))
    for at in range(0, len(sources), group):
        wanted = sources[at : at + group]
        joined = [(array("I"), array("I"), array("I"), bytearray()) for _ in wanted]
        for routing in routings(graph, memory):
            count = routing.block.high - routing.block.low
            for (costs, hops, first, tied), source in zip(joined, wanted, strict=True):
                more = _spread(routing.ways(source), count, graph.count)
                costs.extend(iter(numbers(more[0], count)))
                hops.extend(iter(numbers(more[1], count)))
                first.extend(iter(numbers(more[2], count)))
                tied += more[3]
        for (costs, hops, first, tied), source in zip(joined, wanted, strict=True):
            yield Columns(source, _packed(costs), _packed(hops), _column(first, _width(graph.count)), bytes(tied))


def from_routes(routes: Routes) -> Columns:
    """Return the columns of routes that were calculated for one source."""
    width = _width(len(routes.costs))
    none = (1 << 8 * width) - 1
    costs = [max(cost, 0) for cost in routes.costs]
    first = [none if hop < 0 else hop for hop in routes.first]
    return Columns(routes.source, _packed(costs), _packed(routes.hops), _column(first, width), bytes(routes.tied))


def numbers(column: bytes, count: int) -> array[int]:
    """Return a column of `count` numbers as an array."""
    found = array(_TYPES[len(column) // count] if count else "B")
    found.frombytes(column)
    if sys.byteorder == "big":
        found.byteswap()
    return found


def column(values: Sequence[int], most: int) -> bytes:
    """Return a column of numbers up to `most`."""
    return _column(values, _width(most))


def _packed(values: Sequence[int]) -> bytes:
    return _column(values, _width_of(max(values, default=0).bit_length()))


def _column(values: Sequence[int], width: int) -> bytes:
    made = array(_TYPES[width], values)
    if sys.byteorder == "big":
        made.byteswap()
    return made.tobytes()


def _width(count: int) -> int:
    """Return how many bytes hold the numbers of so many servers, with room for the one that means none."""
    return _width_of(count.bit_length())


def _width_of(bits: int) -> int:
    return 1 if bits <= 8 else 2 if bits <= 16 else 4


def _spread(ways: Ways, count: int, servers: int | None = None) -> tuple[bytes, bytes, bytes, bytes]:
    """Return planes as columns: costs, hops, first and tied of `count` destinations of so many servers."""
    missing = ((1 << count) - 1) ^ ways.reached
    width = _width(servers or count)
    first = [plane | missing for plane in ways.first]
    first += [missing] * (8 * width - len(first))
    costs, hops = ([plane & ways.reached for plane in planes] for planes in (ways.costs, ways.hops))
    return (
        numbers_of(costs, count, _width_of(_bits(costs))),
        numbers_of(hops, count, _width_of(_bits(hops))),
        numbers_of(first, count, width),
        numbers_of([ways.tied], count, 1),
    )


def _bits(planes: Planes) -> int:
    """Return how many bits the highest number in planes has."""
    return max((number for number, plane in enumerate(planes, 1) if plane), default=0)


def numbers_of(planes: Planes, count: int, width: int) -> bytes:
    """Return the numbers that stand in planes, each `width` bytes wide: eight planes make one byte of all."""
    form = f"0{count}b"
    made = bytearray(width * count)
    for lane in range(width):
        value = 0
        for bit, plane in enumerate(planes[8 * lane : 8 * lane + 8]):
            if plane:
                value |= int.from_bytes(format(plane, form).encode().translate(_DIGITS[bit]), "big")
        made[lane::width] = value.to_bytes(count, "little")
    return bytes(made)
