"""Four shapes of Domino domains, of any size, the same for the same seed."""

from __future__ import annotations

import random
from typing import NamedTuple

SHAPES = ("random", "hubs", "mesh", "networks")


class Shape(NamedTuple):
    """Servers 0 to `count` - 1; `links` (source, destination) -> cost 1 to 10; `networks`: their members."""

    count: int
    links: dict[tuple[int, int], int]
    networks: list[list[int]]


def shape(kind: str, count: int, seed: object = 1) -> Shape:
    """Return a domain: `random` (ten Connections from each server), `hubs` (hubs in a ring with chords, spokes at
    five of them), `mesh` (hubs all joined, spokes at two or three) or `networks` (Notes named networks of fifty
    servers, eight Connections from each server to others)."""
    chance = random.Random(f"{kind} {count} {seed}")
    links: dict[tuple[int, int], int] = {}

    def link(a: int, b: int, most: int = 10) -> None:
        cost = chance.randint(1, most)
        if a != b:
            links[a, b] = min(cost, links.get((a, b), cost))

    networks: list[list[int]] = []
    everybody = range(count)
    if kind == "random":
        for a in everybody:
            for b in chance.sample(everybody, min(10, count)):
                link(a, b)
    elif kind == "networks":
        parts = max(2, count // 50)
        networks = [[a for a in everybody if a % parts == part] for part in range(parts)]
        for a in everybody:
            for b in chance.sample(everybody, min(8, count)):
                if a % parts != b % parts:
                    link(a, b)
    else:
        hubs = max(3, count // 100) if kind == "hubs" else min(300, max(3, count // 50))
        for a in range(hubs):
            others = [(a + step) % hubs for step in (1, 2, 7, 31)] if kind == "hubs" else range(hubs)
            for b in others:
                link(a, b, 4 if kind == "hubs" else 10)
                if kind == "hubs":
                    link(b, a, 4)
        for a in range(hubs, count):
            for b in chance.sample(range(hubs), min(5 if kind == "hubs" else chance.choice((2, 3)), hubs)):
                link(a, b)
                link(b, a)
    return Shape(count, links, networks)


def sparse(kind: str, count: int, seed: object) -> Shape:
    """Return a small domain of a shape with so few links that most of them matter."""
    chance = random.Random(f"sparse {kind} {count} {seed}")
    whole = shape(kind, count, seed)
    kept = {pair: cost for pair, cost in whole.links.items() if chance.random() < 2.2 * count / len(whole.links)}
    networks = [[member for member in joined if chance.random() < 0.7] for joined in whole.networks]
    return Shape(count, kept, networks)
