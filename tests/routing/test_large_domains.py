"""A thousand servers followed hop by hop, and thousands of documents of which a fifth is broken."""

from __future__ import annotations

import os
import random
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from network_shapes import SHAPES, Shape, shape
from routing_builder import ALWAYS, SETTINGS, TUESDAY_NOON, toml
from shape_networks import network_of, server_name

from dominocli.directory.reader import look
from dominocli.directory.settings import ReplicaSettings, replica_text, settings_text
from dominocli.routing.columns import columns, numbers
from dominocli.routing.compiler import Compiler
from dominocli.routing.explain import Found, explain
from dominocli.routing.freshness import FRESH, Freshness
from dominocli.routing.graph import NETWORK_COST, graph_of
from dominocli.routing.layout import COSTS, HOPS, NEXT, Table
from dominocli.routing.network import build_network
from dominocli.routing.recalc import recalculate_all
from dominocli.routing.removal import without

NOW = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
SERVERS = 1000
MOST_HOPS = 25
SOURCES = int(os.environ.get("DOMINOCLI_TEST_SOURCES", "3"))
"""Servers of each shape from which every other one is followed; 1,000 on request."""


class Tables:
    """Tables of every server, each made from one of several networks."""

    def __init__(self, tables: Iterable[Table]) -> None:
        self.tables = {table.server: table for table in tables}

    def knows(self, server: str) -> bool:
        return server in self.tables

    def look_up(self, server: str) -> Found:
        return Found(self.tables[server], Freshness(FRESH))


def tables_of(description: Shape) -> list[Table]:
    """Return the tables of all servers of a shape."""
    return list(Compiler(network_of(description), "").tables(range(description.count), NOW))


@pytest.mark.parametrize("kind", SHAPES)
def test_following_fresh_tables_never_loops_and_costs_what_the_table_says(kind: str) -> None:
    tables = Tables(tables_of(shape(kind, SERVERS, "fresh")))
    chance = random.Random(f"sources {kind}")
    for source in chance.sample(range(SERVERS), SOURCES):
        table = tables.tables[server_name(source)]
        for target in range(SERVERS):
            row = table.row(target)
            found = explain(None, row.name, table.server, tables, at=TUESDAY_NOON)
            where = f"{kind}: {table.server} to {row.name}"
            if row.next < 0 and target != source:
                assert found.outcome == "no-route", where
                continue
            assert found.outcome == "local", where
            transfers = [hop for hop in found.hops if hop["action"] == "transfer"]
            assert len(transfers) == row.hops, where
            assert (transfers[0]["cost"] if transfers else 0) == row.cost, where
            left = [hop["cost"] for hop in transfers]
            assert left == sorted(left, reverse=True), where


@pytest.mark.parametrize("kind", SHAPES)
def test_every_next_hop_of_fresh_tables_is_nearer_by_what_its_link_costs(kind: str) -> None:
    """From every server to every other one: a way whose each step is that much nearer never comes back."""
    description = shape(kind, SERVERS, "fresh")
    graph = graph_of(network_of(description))
    weights = [dict(edges) for edges in graph.edges]
    for number, joined in enumerate(graph.joined):
        weights[number].update((near, NETWORK_COST) for network in joined for near in graph.members[network])
    tables = [
        tuple(numbers(table.column(part), table.count) for part in (COSTS, HOPS, NEXT))
        for table in tables_of(description)
    ]
    pairs = 0
    for source, (costs, hops, following) in enumerate(tables):
        none = (1 << 8 * following.itemsize) - 1
        for target, hop in enumerate(following):
            if hop == none:
                led = any(near == target or tables[near][2][target] != none for near in weights[source])
                assert source == target or not led, (kind, source, target)
                continue
            left, steps, _ = tables[hop]
            assert costs[target] == weights[source][hop] + left[target], (kind, source, target)
            assert hops[target] == 1 + steps[target], (kind, source, target)
            pairs += 1
    assert pairs > SERVERS * SERVERS // 2, kind


@pytest.mark.parametrize("kind", SHAPES)
def test_following_tables_of_mixed_age_ends_and_tells_each_loop(kind: str) -> None:
    chance = random.Random(f"ages {kind}")
    old = shape(kind, SERVERS, "ages")
    kept = {pair: cost for pair, cost in old.links.items() if chance.random() < 0.6}
    new = Shape(old.count, {pair: chance.randint(1, 10) for pair in kept}, [])
    mixed = [chance.choice(pair) for pair in zip(tables_of(old), tables_of(new), strict=True)]
    tables = Tables(mixed)
    outcomes = set()
    for _ in range(4000):
        source, target = chance.sample(range(old.count), 2)
        walked, expected = [source], ""
        while not expected:
            current = walked[-1]
            following = mixed[current].row(target).next
            if current == target:
                expected = "local"
            elif following < 0:
                expected = "no-route"
            elif current in walked[:-1] or len(walked) > MOST_HOPS:
                expected = "loop"
            else:
                walked.append(following)
        found = explain(None, server_name(target), server_name(source), tables, at=TUESDAY_NOON)
        where = f"{kind}: {source} to {target}"
        assert found.outcome == expected, where
        assert [hop["server"] for hop in found.hops] == [server_name(number) for number in walked], where
        outcomes.add(found.outcome)
    assert outcomes >= {"local", "loop"}, kind


def test_directory_with_a_fifth_of_its_documents_broken_gives_every_other_table(tmp_path: Path) -> None:
    chance = random.Random("broken")
    texts, broken = broken_domain(chance)
    assert (len(texts), len(broken)) == (10_000, 2_000)
    for folder in ("servers", "connections", "domains", ".dominocli"):
        (tmp_path / folder).mkdir()
    for file, text in texts.items():
        (tmp_path / file).write_text(text, encoding="utf-8")
    (tmp_path / "directory.toml").write_text(settings_text(SETTINGS), encoding="utf-8")
    replica = ReplicaSettings("f" * 32, server_name(0), {}, {}, None)
    (tmp_path / ".dominocli" / "replica.toml").write_text(replica_text(replica), encoding="utf-8")

    view = look(tmp_path)
    network = build_network(view)
    assert broken <= {entry.document for entry in network.not_used}
    clean = build_network(without(view, broken))
    assert [node.name for node in clean.nodes] == [node.name for node in network.nodes]
    wanted = [node.index for node in network.nodes if node.document]
    assert len(wanted) == 800
    for found, expected in zip(columns(graph_of(network), wanted), columns(graph_of(clean), wanted), strict=True):
        assert found == expected, network.nodes[found.source].name
    servers = {network.nodes[number].name for number in wanted}
    some = [server_name(number) for number in range(0, 1000, 100)]
    results = recalculate_all([(name, tmp_path) for name in some], dry_run=False, now=NOW)
    for name, result in zip(some, results, strict=True):
        assert result.state == ("recalculated" if name in servers else "failed")
        if name in servers:
            assert broken <= {entry.document for entry in result.not_used}


BREAKAGES = ("", "[basics", "[basics]\nno_such = 1\n", "[basics]\nsource_server = 3\n", "\x00")


def broken_domain(chance: random.Random) -> tuple[dict[str, str], set[str]]:
    """Return 10,000 documents by file, and the paths of the 2,000 that are broken."""
    texts: dict[str, str] = {}
    for number in range(1000):
        basics = {"server_name": server_name(number), "routing_tasks": ["Mail Routing"], "time_zone": "Europe/Berlin"}
        tables: dict[str, dict[str, object]] = {
            "basics": basics,
            "ports.TCPIP": {"notes_network": f"Net {number % 40}"},
        }
        texts[f"servers/s{number}.toml"] = toml(tables)
    for number in range(8000):
        a, b = chance.sample(range(1000), 2)
        ends = {"source_server": server_name(a), "destination_server": server_name(b)}
        basics = {
            "connection_type": "Local Area Network",
            **ends,
            "source_domain": "Acme",
            "destination_domain": "Acme",
        }
        cost = {"routing_cost": chance.randint(1, 10)}
        tables = {"basics": basics, "replication_routing": cost, "schedule": {"connect_at_times": ALWAYS}}
        texts[f"connections/c{number}.toml"] = toml(tables)
    for number in range(1000):
        routing = {"internet_domain": f"*.p{number}.example", "domain_name": f"Virtual{number % 10}"}
        texts[f"domains/d{number}.toml"] = toml({"basics": {"domain_type": "Foreign SMTP Domain"}, "routing": routing})
    broken = set()
    for folder, count in (("servers/s", 200), ("connections/c", 1600), ("domains/d", 200)):
        for number in chance.sample([int(f[len(folder) : -5]) for f in texts if f.startswith(folder)], count):
            texts[f"{folder}{number}.toml"] = chance.choice(BREAKAGES)
            broken.add(f"{folder}{number}")
    return texts, broken
