"""Differences between two networks, against those between the tables of every server."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest
from network_shapes import SHAPES, Shape, shape
from shape_networks import network_of, server_name

from dominocli.names import name_key
from dominocli.routing.changes import changes
from dominocli.routing.compiler import Compiler
from dominocli.routing.differences import Differences
from dominocli.routing.links import Link
from dominocli.routing.network import Network

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SERVERS = 150


def pair(kind: str, seed: int) -> tuple[Network, Network]:
    """Return a network, and the same without some Connections, with others dearer, and others renamed."""
    chance = random.Random(f"pair {kind} {seed}")
    whole = shape(kind, SERVERS, seed)
    left = {ends: cost for ends, cost in whole.links.items() if chance.random() < 0.97}
    changed = {ends: chance.randint(1, 12) if chance.random() < 0.02 else cost for ends, cost in left.items()}
    before, after = network_of(whole), network_of(Shape(whole.count, changed, whole.networks))
    for a, links in enumerate(after.links):
        for b, link in list(links.items()):
            if chance.random() < 0.02:
                call = link.call._replace(document=f"connections/other{a}-{b}")
                links[b] = Link(link.source, link.target, link.cost, call)
    return before, after


@pytest.mark.parametrize("memory", [1, 1 << 28])
@pytest.mark.parametrize("kind", SHAPES)
def test_differences_are_those_of_the_tables(kind: str, memory: int) -> None:
    for seed in range(3):
        before, after = pair(kind, seed)
        assert Differences.comparable(before, after)
        left_out = name_key(server_name(seed))
        tables = zip(*(Compiler(n, "").tables(range(SERVERS), NOW) for n in (before, after)), strict=True)
        found = Differences(before, after).of(range(SERVERS), [seed], 4, memory=memory)
        some = 0
        for difference, (was, now) in zip(found, tables, strict=True):
            where = f"{kind} seed {seed}: {was.server}"
            wanted = [c for c in changes(was, now) if name_key(c.destination) != left_out]
            lost = [c for c in wanted if c.after is None]
            others = [c for c in wanted if c.after is not None]
            gained = sum(c.before is None for c in wanted)
            counts = difference.lost, difference.changed, difference.gained
            assert counts == (len(lost), len(others) - gained, gained), where
            samples = [(c.destination, c.before, c.after) for c in [*lost[:4], *others[:4]]]
            assert difference.samples == samples, where
            some += len(wanted)
        assert some, kind


def test_networks_of_other_servers_or_names_cannot_be_compared_so() -> None:
    before, after = pair("networks", 1)
    assert not Differences.comparable(after, network_of(shape("networks", SERVERS + 1, 1)))
    after.nodes[3].name = after.nodes[3].name.upper()
    assert not Differences.comparable(before, after)
    before, after = pair("networks", 1)
    after.nodes[3].networks = ()
    assert not Differences.comparable(before, after)


def test_progress_is_told_for_each_source_and_block() -> None:
    before, after = pair("random", 1)
    steps: list[tuple[int, int]] = []
    Differences(before, after).of([1, 2], [], 0, lambda done, of: steps.append((done, of)), memory=1)
    assert steps == [(done, 6) for done in range(1, 7)]
