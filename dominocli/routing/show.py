"""The rows of an installed table, as `route show` gives them (design.md 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dominocli.names import Address
from dominocli.routing import internet
from dominocli.routing.internet import Decision, decide, local_entry
from dominocli.routing.layout import via_text

if TYPE_CHECKING:
    from dominocli.routing.freshness import Freshness
    from dominocli.routing.layout import Table


def table_rows(table: Table, freshness: Freshness | None = None) -> dict[str, Any]:
    """Return a table's data: `servers` that can be reached, `domains`, `internet` patterns, `not_used`.

    A domain or pattern without a route has cost and hops None. With `freshness`, `table` and `cause` say how
    fresh it is.
    """
    data: dict[str, Any] = {"server": table.server}
    if freshness is not None:
        data.update({"table": freshness.state, "cause": freshness.cause})
    data["time"] = table.time
    data["servers"] = [server_row(table, number) for number in range(table.count) if table.row(number).next >= 0]
    data["domains"] = domain_rows(table)
    data["internet"] = pattern_rows(table)
    keys = ("document", "reason", "message", "field", "hint")
    data["not_used"] = [{key: entry[key] for key in keys} for entry in table.not_used()]
    return data


def server_row(table: Table, number: int) -> dict[str, Any]:
    """Return the row of a server that can be reached, by its number."""
    row = table.row(number)
    hop = row.name if row.next == number else table.name(row.next)
    way = {"destination": row.name, "next_hop": hop, "cost": row.cost, "hops": row.hops}
    return {**way, "via": via_text(table.via(row))}


def domain_rows(table: Table) -> list[dict[str, Any]]:
    """Return the row of every domain but our own."""
    return [_domain(table, entry["name"]) for _, entry in table.domains()]


def pattern_rows(table: Table) -> list[dict[str, Any]]:
    """Return the row of every Foreign SMTP pattern, the most specific first."""
    return [_pattern(table, *entry) for entry in table.patterns()]


def internet_row(table: Table, domain: str) -> dict[str, Any]:
    """Return the row of an Internet domain (as A-labels): that of the pattern it meets where a pattern decides."""
    decision = decide(table, Address("postmaster", (domain,)), table.domain)
    way = _way(table, decision)
    if "." in domain and local_entry(table, domain) is None:
        for _, document, target in table.match(domain)[:1]:
            return {"domain": target, **way, "because": document}
    return {**way, "smart_host": decision.smart_host} if decision.smart_host else way


def _domain(table: Table, name: str) -> dict[str, Any]:
    decision = decide(table, Address("postmaster", (name,)), table.domain)
    return {"domain": name, **_way(table, decision)}


def _pattern(table: Table, text: str, document: str, domain: str) -> dict[str, Any]:
    decision = decide(table, Address("postmaster", (domain,)), table.domain)
    return {"pattern": text, "domain": domain, **_way(table, decision), "because": document}


def _way(table: Table, decision: Decision) -> dict[str, Any]:
    """Return how a decision goes on: the next hop inside the domain, or how mail leaves here."""
    way: dict[str, Any] = {"next_hop": None, "cost": decision.cost, "hops": decision.hops, "via": None}
    if decision.kind in (internet.NO_ROUTE, internet.UNDELIVERABLE):
        way.update(cost=None, hops=None)
    elif decision.kind == internet.TOWARD:
        row = table.row(decision.target)
        way.update(next_hop=table.row(row.next).name, via=via_text(table.via(row)))
    elif decision.kind == internet.ACROSS:
        way.update(next_hop=decision.server, via=decision.call.document if decision.call else None)
    elif decision.kind == internet.SMTP:
        way.update(host=decision.host or None, via=decision.call.document if decision.call else None)
    way["because"] = decision.because
    return way
