"""Which points can be reached from each other, and how groups nest, against brute force."""

from itertools import pairwise

from check_samples import group, joined, view_of
from hypothesis import given, settings
from hypothesis import strategies as st

from dominocli.checks.lookups import Lookups
from dominocli.checks.reach import components

COUNT = 7
networks = st.lists(st.lists(st.integers(0, COUNT - 1), max_size=3), min_size=COUNT, max_size=COUNT)
steady = settings(max_examples=300, deadline=None, derandomize=True, database=None)


def reachable(edges: list[list[int]], start: int) -> set[int]:
    found = {start}
    while True:
        more = {other for point in found for other in edges[point]} - found
        if not more:
            return found
        found |= more


@steady
@given(networks)
def test_points_of_one_number_are_those_that_reach_each_other(edges: list[list[int]]) -> None:
    found = components(edges)
    reach = [reachable(edges, point) for point in range(COUNT)]
    for a in range(COUNT):
        for b in range(COUNT):
            assert (found[a] == found[b]) == (b in reach[a] and a in reach[b])
            if b in edges[a]:
                assert found[b] <= found[a]  # what lies further in has the smaller number


def test_a_long_chain_needs_no_deep_stack() -> None:
    count = 20_000
    chain = [[point + 1] for point in range(count - 1)] + [[]]
    assert len(set(components(chain))) == count
    assert set(components([*chain[:-1], [0]])) == {0}
    assert components([]) == []


@steady
@given(networks)
def test_a_loop_of_groups_is_told_once_with_a_way_round_it(edges: list[list[int]]) -> None:
    lookups = Lookups(view_of(joined(*(group(f"G{n}", *(f"G{m}" for m in inner)) for n, inner in enumerate(edges)))))
    nesting = lookups.nesting
    told = set()
    for number in range(COUNT):
        key = f"g{number}"
        around = {other for other in range(COUNT) if number in reachable(edges, other)} & reachable(edges, number)
        in_loop = len(around) > 1 or number in edges[number]
        assert set(nesting.loop_of(key)) == ({f"g{other}" for other in around} if in_loop else set())
        first = nesting.first_of_loop(key)
        assert (first is not None) == in_loop
        if first is not None:
            told.add(first.name)
            way = nesting.way_around(first.name)
            assert way[0] == way[-1] == first.name
            assert len(way) > 1
            for one, other in pairwise(way):
                assert int(other[1:]) in edges[int(one[1:])]
        else:
            inner = [nesting.depth[f"g{other}"] for other in edges[number]]
            assert nesting.depth[key] == (1 + max(inner) if inner else 0)
    assert len(told) == len({tuple(nesting.loop_of(f"g{n}")) for n in range(COUNT)} - {()})
