"""Random networks against the independent model: every source, every address, every reason."""

from __future__ import annotations

import random
from typing import Any

import pytest
from routing_model import HOSTS, NOTES, VIRTUAL, Description, Model, build, describe

SEEDS_A_TEST = 25
BATCHES = 16


@pytest.mark.parametrize("batch", range(BATCHES))
def test_random_networks_equal_the_model(batch: int) -> None:
    for seed in range(batch * SEEDS_A_TEST, (batch + 1) * SEEDS_A_TEST):
        chance = random.Random(seed)
        compare(describe(chance, 15 if seed % 5 == 0 else 6), chance, f"seed {seed}")


@pytest.mark.parametrize("batch", range(4))
def test_dense_networks_equal_the_model(batch: int) -> None:
    for seed in range(batch * SEEDS_A_TEST, (batch + 1) * SEEDS_A_TEST):
        chance = random.Random(f"dense {seed}")
        description = describe(chance, 15)
        names = [server["name"] for server in description.servers]
        description.connections[:] = [
            {
                "path": f"connections/c{number:03}",
                "kind": "Local Area Network",
                "source": chance.choice(names),
                "target": chance.choice(names),
                "domain": "Acme",
                "source_domain": "Acme",
                "cost": chance.randint(1, 6),
                "schedule": True,
                "task": True,
                "router_type": chance.choice(["Push Only"] * 6 + ["Pull Only", "Pull Push"]),
            }
            for number in range(len(names) * chance.randint(1, 5))
        ]
        model, tables = Model(description), build(description).tables()
        for source in model.names:
            compare_servers(model, tables.look_up(source).table, source, f"dense seed {seed}")


def compare(description: Description, chance: random.Random, seed: str) -> None:
    """Compare what is not used, all pairs of servers, and all addresses from all servers."""
    model, builder = Model(description), build(description)
    tables = builder.tables()
    found = {(entry.document, entry.reason) for entry in builder.network.not_used}
    assert found == model.not_used, seed
    for source in model.names:
        compare_servers(model, tables.look_up(source).table, source, seed)
    domains = chance.sample([*HOSTS, *NOTES, *VIRTUAL, "Acme", "Nowhere"], 8)
    for source in model.names:
        for domain in domains:
            message_type = chance.choice(["mime", "notes"])
            answer = builder_explain(tables, f"ann@{domain}", source, message_type)
            shown = [tuple(hop.get(key) for key in KEYS) for hop in answer["hops"]]
            hops = [
                (server, protocol, goal, because, via, cost if protocol else None)
                for server, protocol, goal, because, via, cost in map(flat, shown)
            ]
            assert (answer["outcome"], hops) == model.walk(source, domain, message_type), f"{seed} {source} {domain}"


KEYS = ("server", "protocol", "next_hop", "host", "lookup", "because", "via", "cost")


def flat(hop: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return a hop as the model has it: one goal, whichever key it stands under."""
    server, protocol, next_hop, host, lookup, because, via, cost = hop
    return server, protocol, next_hop or host or (lookup and lookup["name"]), because, via, cost


def builder_explain(tables: Any, address: str, source: str, message_type: str) -> dict[str, Any]:
    """Explain over tables that are calculated once for a network."""
    from routing_builder import TUESDAY_NOON

    from dominocli.routing.explain import explain

    return explain(address, None, source, tables, at=TUESDAY_NOON, message_type=message_type).as_json()


def compare_servers(model: Model, table: Any, source: str, seed: str) -> None:
    """Compare cost, hops, next hop and link to every other server."""
    for number in range(table.count):
        row = table.row(number)
        step = None if row.name == source else model.next_hop(source, row.name)
        where = f"{seed}: {source} to {row.name}"
        if step is None:
            assert row.next == -1, where
            continue
        via = table.via(row)
        link = "network:" + via["network"] if "network" in via else via["connection"]
        assert (table.row(row.next).name, link) == step, where
        assert (row.cost, row.hops) == model.ways[source, row.name], where
