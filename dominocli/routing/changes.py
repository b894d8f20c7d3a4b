"""What a new table changes for the mail of its server, by destination, with the document behind it."""

from __future__ import annotations

from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from dominocli.names import Pattern, name_key
from dominocli.routing.columns import numbers
from dominocli.routing.layout import COSTS, HOPS, NEXT, VIA, via_text
from dominocli.routing.representatives import OTHER, OTHERS, representative
from dominocli.routing.show import domain_rows, internet_row, pattern_rows, server_row

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from dominocli.routing.layout import Table

Route = dict[str, Any]
Pair = tuple[str, str, Route | None, Route | None]
"""A kind of destination, its name, and the routes before and after."""
NO_WAY = (0, 0, "", "")


class Change(NamedTuple):
    """A destination whose route differs; None: no route.

    `document` is the document that caused it, None where it is not known; `kind` is server, domain, pattern, local
    (a local Internet domain) or internet (`OTHERS`).
    """

    destination: str
    before: Route | None
    after: Route | None
    document: str | None
    kind: str = "server"

    def as_json(self) -> dict[str, object]:
        """Return the change as `recalc` gives it."""
        return {
            "destination": self.destination,
            "before": self.before,
            "after": self.after,
            "document": self.document,
        }


def changes(before: Table | None, after: Table, most: int | None = None) -> list[Change]:
    """Return the destinations whose route differs: servers, domains, Internet patterns, then other Internet mail.

    Of a server's first table, in which every route is new, `most` bounds how many servers are returned;
    `routes_in` tells how many there are.
    """
    pairs = [("server", *pair) for pair in islice(_servers(before, after), most if before is None else None)]
    return _caused([*pairs, *_domains(before, after)], before, after)


def domain_changes(before: Table, after: Table) -> list[Change]:
    """Return the domains, Internet patterns, then other Internet mail, whose route differs."""
    return _caused(list(_domains(before, after)), before, after)


def change(place: Pair, were: Collection[str], are: Collection[str]) -> Change:
    """Return one change with its cause; `were` and `are` are the documents not used before and after."""
    kind, shown, old, new = place
    return Change(shown, old, new, _blamed(old, new, were, are), kind)


def _domains(before: Table | None, after: Table) -> Iterator[Pair]:
    for kind, rows in (("domain", domain_rows), ("pattern", pattern_rows)):
        was = {name_key(row[kind]): row for row in rows(before)} if before is not None else {}
        now = {name_key(row[kind]): row for row in rows(after)}
        for name in sorted(was.keys() | now.keys()):
            old, new = was.get(name), now.get(name)
            shown = (new or was[name])[kind]
            if before is not None and kind == "pattern" and (old is None or new is None):
                domain = representative(Pattern(shown))
                old, new = internet_row(before, domain), internet_row(after, domain)
            routes = _route(old, kind), _route(new, kind)
            if routes[0] != routes[1]:
                yield kind, shown, *routes
    if before is not None:
        yield from _without_pattern(before, after)


def _without_pattern(before: Table, after: Table) -> Iterator[Pair]:
    """Yield what differs for Internet mail no pattern decides about; which document decides does not matter."""
    tables = before, after
    places = [("local", text, domain) for text, domain in _local_domains(before, after)]
    if not any(table.has_pattern(kind, "") for table in tables for kind in ("dotted", "any")):
        places.append(("internet", OTHERS, OTHER))
    for kind, shown, domain in places:
        old, new = (_route(internet_row(table, domain), kind) for table in tables)
        if _way(old) != _way(new):
            yield kind, shown, old, new


def _local_domains(before: Table, after: Table) -> Iterator[tuple[str, str]]:
    """Yield the local Internet domains of two tables with a domain in each, but those shown as a pattern's change."""
    found = {entry[1:3]: entry[0] for table in (before, after) for entry in table.local}
    for (kind, literal), text in sorted(found.items()):
        if before.has_pattern(kind, literal) == after.has_pattern(kind, literal):
            yield text, representative(Pattern(text))


def deciding(table: Table) -> set[str | None]:
    """Return the documents by which a table decides about Internet mail."""
    documents = {document for _, document, _ in table.patterns()}
    return {*documents, *(entry[3] for entry in table.local), table.settings.document}


def took_over(was: str | None, now: str | None, before: Collection[str | None], after: Collection[str | None]) -> bool:
    """Tell whether a document that is `deciding` on both sides decides because another one does no more."""
    return now in before and was not in after


def _caused(pairs: list[Pair], before: Table | None, after: Table) -> list[Change]:
    if not pairs:
        return []
    unused = _unused(before), _unused(after)
    found = [change(pair, *unused) for pair in pairs]
    if before is None or all(one.kind in ("server", "domain") for one in found):
        return found
    sides = deciding(before), deciding(after)
    for at, one in enumerate(found):
        if one.kind not in ("server", "domain") and one.before and one.after:
            was, now = one.before["because"], one.after["because"]
            if took_over(was, now, *sides):
                found[at] = one._replace(document=was)
    return found


def routes_in(table: Table) -> int:
    """Return how many destinations a table has a route to."""
    none = b"\xff" * (len(table.column(NEXT)) // max(table.count, 1))
    servers = table.count - numbers(table.column(NEXT), table.count).count(int.from_bytes(none, "little"))
    ways = [row["cost"] for row in (*domain_rows(table), *pattern_rows(table))]
    return servers + len(ways) - ways.count(None)


def _servers(before: Table | None, after: Table) -> Iterator[tuple[str, Route | None, Route | None]]:
    """Yield the servers whose route differs, by key, as (name, before, after)."""
    if before is None:
        following = numbers(after.column(NEXT), after.count)
        none = (1 << 8 * following.itemsize) - 1
        for number, hop in enumerate(following):
            if hop != none:
                yield after.name(number), None, _server(after, number)
        return
    if _same_servers(before, after):
        return
    was, now = _rows(before), _rows(after)
    for old, new in _aligned(before.names(), after.names()):
        if (was[old] if old >= 0 else NO_WAY) != (now[new] if new >= 0 else NO_WAY):
            routes = _server(before, old), _server(after, new)
            yield before.name(old) if routes[1] is None else after.name(new), *routes


def _same_servers(before: Table, after: Table) -> bool:
    """Tell whether the tables lead to the same servers in the same way: ten thousand of them may be compared."""
    parts = (COSTS, HOPS, NEXT, VIA)
    return before.names() == after.names() and (
        all(before.column(part) == after.column(part) for part in parts)
        and list(map(via_text, before.vias())) == list(map(via_text, after.vias()))
    )


def _rows(table: Table) -> list[tuple[int, int, str, str]]:
    """Return cost, hops, name of the next hop and link to each server, `NO_WAY` where none leads there."""
    names, _ = _known(table.names())
    costs, hops, following, vias = (numbers(table.column(part), table.count) for part in (COSTS, HOPS, NEXT, VIA))
    texts = list(map(via_text, table.vias()))
    none = (1 << 8 * following.itemsize) - 1
    return [
        NO_WAY if hop == none else (cost, steps, names[hop], texts[via])
        for cost, steps, hop, via in zip(costs, hops, following, vias, strict=True)
    ]


@lru_cache(maxsize=2)
def _aligned(before: tuple[bytes, bytes], after: tuple[bytes, bytes]) -> list[tuple[int, int]]:
    """Return the numbers of each server in two tables, by key, -1 where it is not."""
    was, now = _known(before)[1], _known(after)[1]
    return [(was.get(key, -1), now.get(key, -1)) for key in sorted(was.keys() | now.keys())]


@lru_cache(maxsize=2)
def _known(packed: tuple[bytes, bytes]) -> tuple[list[str], dict[str, int]]:
    """Return the names of a table's servers, and their numbers by key."""
    ends = numbers(packed[0], len(packed[0]) // 4)
    names = [packed[1][a:b].decode("utf-8", "surrogateescape") for a, b in zip([0, *ends[:-1]], ends, strict=True)]
    return names, {name_key(name): number for number, name in enumerate(names)}


def _server(table: Table, number: int) -> Route | None:
    reached = number >= 0 and table.row(number).next >= 0
    return _route(server_row(table, number), "destination") if reached else None


def _route(row: Route | None, key: str) -> Route | None:
    """Return a row without its key, None where it is no way at all."""
    if row is None or row["cost"] is None:
        return None
    return {name: value for name, value in row.items() if name != key}


def _way(route: Route | None) -> Route | None:
    return None if route is None else {key: value for key, value in route.items() if key not in ("because", "domain")}


def _blamed(before: Route | None, after: Route | None, were: Collection[str], are: Collection[str]) -> str | None:
    """Return the document of the way that came or went, best known by being used on one side only."""
    documents = [_documents(route) for route in (before, after)]
    for document in (*documents[1], *documents[0]):
        if (document in documents[0]) != (document in documents[1]) or (document in were) != (document in are):
            return document
    return next(iter((*documents[1], *documents[0])), None)


def _documents(route: Route | None) -> list[str]:
    if route is None:
        return []
    values = (route.get("via"), route.get("because"), route.get("connection"))
    return [value for value in values if isinstance(value, str) and "/" in value and not value.startswith("network:")]


def _unused(table: Table | None) -> set[str]:
    return {entry["document"] for entry in table.not_used()} if table is not None else set()
