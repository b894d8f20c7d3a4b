"""What is lost with a document or a server, against a recalculation without it."""

from __future__ import annotations

import os
import random
from typing import Any

import pytest
from network_shapes import SHAPES, sparse
from routing_builder import Builder

from dominocli import errors
from dominocli.names import Address, Pattern, name_key
from dominocli.routing import internet
from dominocli.routing.impact import documents_of_server, impact, single_points
from dominocli.routing.internet import decide
from dominocli.routing.layout import Table, via_text
from dominocli.routing.representatives import OTHERS
from dominocli.routing.show import table_rows
from dominocli.routing.sources import ComputedTables
from dominocli.routing.table import calculate

REMOVALS = int(os.environ.get("DOMINOCLI_TEST_REMOVALS", "2000"))
"""Random removals over all shapes; more on request."""


def domain(kind: str, seed: int) -> Builder:
    """Return a small domain of a shape, with exits, pull-type Connections, records and duplicates."""
    chance = random.Random(f"domain {kind} {seed}")
    count = chance.randint(4, 12)
    description = sparse(kind, count, seed)
    names = [f"S{number:02}/Acme" for number in range(count)]
    builder = Builder()
    for number, name in enumerate(names):
        joined = [f"Net {n}" for n, members in enumerate(description.networks) if number in members]
        host: dict[str, str] = {}
        if chance.random() < 0.2:
            host = {"fully_qualified_internet_host_name": f"mail{number}.acme.example"}
        builder.server(name, joined, smtp=chance.random() < 0.5, **host)
    if chance.random() < 0.3:
        builder.server(names[0], ["Net 0"], name_of_document="another")
    builder.group("Group", chance.sample(names, 2))
    smart: dict[str, Any] = chance.choice(
        [{}, {"smart_host": "smart.example"}, {"smart_host": "s.example", "smart_host_for_all": "Enabled"}]
    )
    builder.configuration(name="default", smtp_outside=chance.choice(["Enabled", "Enabled", "Disabled"]), **smart)
    builder.configuration("Group", "of-group")
    for (a, b), cost in description.links.items():
        types = ["Push Only"] * 6 + ["Pull Only", "Pull Push"]
        for copy in range(1 + (chance.random() < 0.15)):
            builder.lan(
                names[a], names[b], f"c{a}-{b}-{copy}", routing_cost=cost + copy, router_type=chance.choice(types)
            )
    for number in range(chance.choice([0, 0, 1, 2])):
        source, target, through = chance.sample(names, 3)
        builder.lan(source, target, f"through{number}", kind="Passthru Server", passthru_server=through)
    for number in range(3):
        target = chance.choice(["Leaf/Acme", "Group", "Far Leaf/Acme"])
        builder.lan(
            chance.choice(names), target, f"leaf{number}", router_type=chance.choice(["Push Only", "Pull Push"])
        )
    records = [f"record{number}" for number in range(2)]
    for record in records:
        builder.lan(
            *chance.sample(names, 2), record, "Network Dialup", routing_task=chance.choice(["Mail Routing", "-None-"])
        )
    for number in range(4):
        dial_up: dict[str, Any] = {}
        if chance.random() < 0.4:
            dial_up = {
                "connect_via": "Dial-up connection",
                "dial_using_connection_record": chance.choice(records),
            }
        builder.smtp(chance.choice(names), chance.choice(["OutNet", "OtherNet"]), f"smtp{number}", **dial_up)
    for number in range(2):
        target = chance.choice(["Hub/Beta", names[0]])
        builder.lan(chance.choice(names), target, f"beta{number}", destination_domain="Beta")
    if chance.random() < 0.5:
        builder.pattern(chance.choice(["*.*", "*"]), "OutNet", "all")
    if chance.random() < 0.5:
        builder.pattern("*.sub.other.example", chance.choice(["OutNet", "Beta", "Nowhere"]), "sub")
    if chance.random() < 0.3:
        builder.pattern("*.acme.example", "OtherNet", "acme")
    if chance.random() < 0.4:
        aliases = chance.choice([["*.acme.example"], ["*.sub.other.example", "fax.example"], ["mail1.acme.example"]])
        local: dict[str, object] = {
            "global_domain_name": "World",
            "local_primary_internet_domain": "acme.example",
            "alternate_internet_domain_aliases": aliases,
        }
        builder.domain("Global Domain", "global", local)
    builder.pattern("*.other.example", "OtherNet", "other")
    builder.pattern("*.beta.example", "Beta", "beta")
    builder.pattern("*.fax.example", "Fax", "fax")
    if chance.random() < 0.5:
        builder.pattern("*.other.example", "OutNet", "other-too")
    builder.domain("Non-adjacent Domain", "gamma", {"mail_sent_to_domain": "Gamma", "route_through_domain": "Beta"})
    gateway = chance.choice([*names, "Leaf/Acme"])
    routing = {"foreign_domain_name": "Fax", "gateway_server_name": gateway, "gateway_mail_file_name": "fax.box"}
    builder.domain("Foreign Domain", "fax-gateway", routing)
    if chance.random() < 0.2:
        routing = {"adjacent_domain_name": "Beta"}
        builder.domain("Adjacent Domain", "denied", routing, {"deny_from_domains": ["Acme"]})
    return builder


Found = dict[tuple[str, str, str], tuple[Any, ...]]


def answered(table: Table, domain: str, *, documents: bool) -> tuple[Any, ...] | None:
    """Return what a server does with mail for an Internet domain, None where there is no route."""
    decision = decide(table, Address("someone", (domain,)), table.domain)
    if decision.kind in (internet.NO_ROUTE, internet.UNDELIVERABLE):
        return None
    hop, way = "", decision.call.document if decision.call else ""
    if decision.kind == internet.TOWARD:
        row = table.row(decision.target)
        hop, way = table.name(row.next), via_text(table.via(row))
    place = hop, way, decision.host, decision.server, decision.smart_host, decision.cost, decision.hops
    local = any(Pattern(text).matches(domain) for text, *_ in table.local)
    return (*place, *(table.match(domain)[:1] if documents and not local else [decision.because] * documents))


def internet_routes(tables: tuple[Table, Table]) -> tuple[dict[tuple[str, str], Any], dict[tuple[str, str], Any]]:
    """Return the routes of all Internet mail by (kind, destination) in two tables of one server."""
    rows = [{row["pattern"]: row for row in table_rows(table)["internet"]} for table in tables]
    found: tuple[dict[tuple[str, str], Any], dict[tuple[str, str], Any]] = ({}, {})
    for text in rows[0].keys() | rows[1].keys():
        for side, table in enumerate(tables):
            if text in rows[0] and text in rows[1]:
                row = rows[side][text]
                found[side]["pattern", text] = None if row["cost"] is None else tuple(sorted(map(str, row.items())))
            else:
                sample = "a7.b9" if text in ("*", "*.*") else text.replace("*", "a7")
                found[side]["pattern", text] = answered(table, sample, documents=True)
    for text in {entry[0] for table in tables for entry in table.local}:
        if (text in rows[0]) == (text in rows[1]):
            for side, table in enumerate(tables):
                found[side]["local", text] = answered(table, text.replace("*", "a7"), documents=False)
    if not {"*", "*.*"} & (rows[0].keys() | rows[1].keys()):
        for side, table in enumerate(tables):
            found[side]["internet", OTHERS] = answered(table, "a7.b9", documents=False)
    return found


def recalculated_both(builder: Builder, changed: Builder, skip: str) -> tuple[Found, Found]:
    """Return every route of two directories, the Internet mail of the servers that both have compared in pairs."""
    both = builder.tables(), changed.tables()
    found = recalculated(builder, both[0], skip), recalculated(changed, both[1], skip)
    for source in servers(builder, skip) & servers(changed, skip):
        old, new = (tables.look_up(source).table for tables in both)
        assert old is not None and new is not None
        for side, routes in enumerate(internet_routes((old, new))):
            found[side].update({(source, *place): route for place, route in routes.items() if route is not None})
    return found


def recalculated(builder: Builder, tables: ComputedTables, skip: str) -> dict[tuple[str, str, str], tuple[Any, ...]]:
    """Return the routes to servers and domains by (source, kind, destination); servers from the calculation."""
    network = builder.network
    numbers = [node.index for node in network.nodes if node.document and node.key != skip]
    found: dict[tuple[str, str, str], tuple[Any, ...]] = {}
    for routes in calculate(network, numbers):
        source = network.nodes[routes.source].name
        table = tables.look_up(source).table
        assert table is not None
        for target, cost in enumerate(routes.costs):
            node = network.nodes[target]
            if cost > 0 and node.key != skip:
                hop = network.nodes[routes.first[target]].name
                found[source, "server", node.name] = (
                    cost,
                    routes.hops[target],
                    hop,
                    via_text(table.via(table.row(target))),
                )
        for row in table_rows(table)["domains"]:
            if row["cost"] is not None:
                found[source, "domain", row["domain"]] = tuple(sorted((k, v) for k, v in row.items()))
    return found


def expected(before: dict[Any, Any], after: dict[Any, Any], sources: set[str]) -> dict[str, tuple[int, int, int]]:
    """Return (lost, changed, gained) by source, the sources that both have."""
    counts: dict[str, list[int]] = {}
    for key in before.keys() | after.keys():
        if key[0] not in sources or before.get(key) == after.get(key):
            continue
        column = 0 if key not in after else 2 if key not in before else 1
        counts.setdefault(key[0], [0, 0, 0])[column] += 1
    return {source: (lost, changed, gained) for source, (lost, changed, gained) in counts.items()}


def servers(builder: Builder, skip: str) -> set[str]:
    """Return the servers of a directory that have a table."""
    return {node.name for node in builder.network.nodes if node.document and node.key != skip}


def removals(builder: Builder) -> list[tuple[str, list[str], list[str]]]:
    """Return everything that can be taken away as (name, documents, servers)."""
    found: list[tuple[str, list[str], list[str]]] = []
    found += [(file.removesuffix(".toml"), [file.removesuffix(".toml")], []) for file in builder.texts]
    return found + [(name, [], [name]) for name in sorted(servers(builder, ""))]


@pytest.mark.parametrize("kind", SHAPES)
def test_impact_equals_a_recalculation_without_the_document(kind: str) -> None:
    done, seed = 0, 0
    while done < REMOVALS // len(SHAPES):
        seed += 1
        builder = domain(kind, seed)
        chance = random.Random(f"removals {kind} {seed}")
        for name, documents, gone in chance.sample(removals(builder), 12):
            where = f"{kind} seed {seed}: without {name}"
            view = builder.view
            paths = [*documents, *(path for server in gone for path in documents_of_server(view, server))]
            skip = name_key(gone[0]) if gone else ""
            changed = builder.copy()
            for path in paths:
                changed.remove(path)
            sources = servers(builder, skip) & servers(changed, skip)
            wanted = expected(*recalculated_both(builder, changed, skip), sources)
            found = impact(view, documents, gone)
            assert {e.server: (e.lost, e.changed, e.gained) for e in found.effects} == wanted, where
            assert found.documents == tuple(sorted(paths)), where
            done += 1


@pytest.mark.parametrize("kind", SHAPES)
def test_single_points_are_those_whose_removal_loses_a_route(kind: str) -> None:
    done, seed = 0, 100
    while done < REMOVALS // len(SHAPES):
        seed += 1
        builder = domain(kind, seed)
        view = builder.view
        found = {point.removed: (point.source, point.destination) for point in single_points(view)}
        for name, documents, gone in removals(builder):
            if name.startswith("servers/"):
                assert name not in found
                continue
            where = f"{kind} seed {seed}: without {name}"
            whole = impact(view, documents, gone, samples=1000)
            lost = {(e.server, c.destination.casefold()) for e in whole.effects for c in e.changes if c.after is None}
            assert (name in found) == bool(lost), (where, found.get(name), lost)
            if lost:
                source, destination = found[name]
                assert (source, destination.casefold()) in lost, where
            done += 1


def test_connection_of_the_relay_takes_the_internet_away(example: Builder) -> None:
    steps: list[tuple[int, int]] = []
    view = example.view
    found = impact(view, ["connections/mail2-acme--othernet"], progress=lambda done, all_: steps.append((done, all_)))
    assert steps == [(done, 6) for done in range(1, 7)]
    assert (found.lost, found.changed, found.gained) == (6, 0, 0)
    data = found.as_json()
    assert data["documents"] == ["connections/mail2-acme--othernet"]
    (first, *_) = data["sources"]
    assert (first["server"], first["lost"]) == ("Mail1/Acme", 2)
    assert [(c["destination"], c["after"]) for c in first["changes"]] == [("OtherNet", None), ("*.other.example", None)]
    assert len(impact(view, ["connections/mail2-acme--othernet"], samples=1).effects[0].changes) == 1


def test_passthru_server_takes_the_connections_through_it_along(example: Builder) -> None:
    example.server("Pass/Acme", ["Lone"])
    example.lan("Mail1/Acme", "Mail9/Acme", name="via", kind="Passthru Server", passthru_server="CN=Pass/O=Acme")
    example.server("Mail9/Acme", ["Far"])
    assert documents_of_server(example.view, "Pass/Acme") == ("connections/via", "servers/pass-acme")
    found = impact(example.view, (), ["Pass/Acme"])
    (effect,) = [effect for effect in found.effects if effect.server == "Mail1/Acme"]
    assert [(c.destination, c.after) for c in effect.changes] == [("Mail9/Acme", None)]
    assert "Pass/Acme" in {point.removed for point in single_points(example.view)}


def test_server_goes_with_its_connections_and_its_own_routes_do_not_count(example: Builder) -> None:
    example.lan("Mail1/Acme", "Mail2/Acme")
    view = example.view
    gone = ("connections/mail1-acme--mail2-acme", "connections/mail2-acme--othernet", "servers/mail2-acme")
    assert documents_of_server(view, "CN=Mail2/O=Acme") == gone
    found = impact(view, (), ["mail2/acme"])
    assert found.documents == gone
    assert {effect.server for effect in found.effects} == {"Mail1/Acme", "Mail3/Acme"}
    assert all("Mail2/Acme" not in (c.destination for c in effect.changes) for effect in found.effects)
    assert next(p.as_json() for p in single_points(view)) == {
        "removed": "Mail2/Acme",
        "kind": "server",
        "source": "Mail1/Acme",
        "destination": "OtherNet",
    }


def test_what_no_document_knows_cannot_be_taken_away(example: Builder) -> None:
    with pytest.raises(errors.DocumentNotFound, match="connections/none"):
        impact(example.view, ["connections/none"])
    with pytest.raises(errors.ServerUnknown, match="Nobody/Acme"):
        impact(example.view, (), ["Nobody/Acme"])


def test_file_that_does_not_parse_can_be_taken_away_and_changes_nothing(example: Builder) -> None:
    example.texts["connections/broken.toml"] = "no ["
    assert impact(example.view, ["connections/broken"]).effects == ()


def routes_without(builder: Builder, document: str) -> dict[str, dict[str, tuple[Any, Any]]]:
    """Return where mail goes before and after, by server and destination; hosts, next hops, None for no route."""

    def ahead(route: dict[str, Any] | None) -> object:
        return route and (route.get("next_hop") or route.get("host") or "here")

    effects = impact(builder.view, [document], samples=100).effects
    return {e.server: {c.destination: (ahead(c.before), ahead(c.after)) for c in e.changes} for e in effects}


def single(builder: Builder) -> dict[str, tuple[str, str]]:
    """Return the single points of failure with the pair that each loses."""
    return {point.removed: (point.source, point.destination) for point in single_points(builder.view)}


def test_broader_pattern_takes_over_from_a_removed_one(example: Builder) -> None:
    example.pattern("*.*", "Everything", "all")
    example.smtp("Mail2/Acme", "Everything", smtp_mta_relay_host="relay.example")
    found = routes_without(example, "domains/othernet")
    assert found == {
        "Mail1/Acme": {"*.other.example": ("Mail2/Acme", "Mail2/Acme")},
        "Mail2/Acme": {"*.other.example": ("relay.other.example", "relay.example")},
        "Mail3/Acme": {"*.other.example": ("Mail2/Acme", "Mail2/Acme")},
    }
    (change,) = impact(example.view, ["domains/othernet"]).effects[0].changes
    assert change.document == "domains/othernet"
    assert "domains/othernet" not in single(example)
    assert single(example)["domains/all"] == ("Mail1/Acme", "*.*")


def test_pattern_nobody_replaces_is_lost_but_where_a_server_sends_itself(example: Builder) -> None:
    example.configuration(name="default", relay_host="own.relay.example")
    found = routes_without(example, "domains/othernet")
    assert found["Mail1/Acme"] == {"*.other.example": ("Mail2/Acme", None)}
    assert found["Mail2/Acme"] == {"*.other.example": ("relay.other.example", "own.relay.example")}


def test_internet_mail_without_a_pattern_hangs_on_the_configuration(acme: Builder) -> None:
    for name in ("A/Acme", "B/Acme"):
        acme.server(name, smtp=True)
    acme.configuration(name="default", relay_host="relay.example")
    lost = {OTHERS: ("relay.example", None)}
    assert routes_without(acme, "configurations/default") == {"A/Acme": lost, "B/Acme": lost}
    assert single(acme) == {"configurations/default": ("A/Acme", OTHERS)}
    acme.pattern("*.*", "Nowhere", "all")
    gained = {"*.*": (None, "relay.example")}
    assert routes_without(acme, "domains/all") == {"A/Acme": gained, "B/Acme": gained}


def test_local_internet_domain_hangs_on_the_global_domain(acme: Builder) -> None:
    acme.server("A/Acme", smtp=True)
    acme.server("B/Acme")
    acme.configuration(name="default", relay_host="relay.example")
    aliases = {"local_primary_internet_domain": "our.example", "alternate_internet_domain_aliases": ["*.our.example"]}
    acme.domain("Global Domain", "world", {"global_domain_name": "World", **aliases})
    places = ("*.our.example", "our.example")
    assert routes_without(acme, "domains/world") == {
        "A/Acme": dict.fromkeys(places, ("here", "relay.example")),
        "B/Acme": dict.fromkeys(places, ("here", None)),
    }
    assert single(acme)["domains/world"] == ("B/Acme", "our.example")
