"""What a new table changes for the mail of its server, by destination, with the document behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dominocli.names import name_key
from dominocli.routing.show import table_rows

if TYPE_CHECKING:
    from dominocli.routing.layout import Table

Route = dict[str, Any]


class Change(NamedTuple):
    """A destination (server, domain or Internet pattern) whose route differs; None: no route.

    `document` is the document that caused it, None where it is not known; `kind` is server, domain or pattern.
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


def changes(before: Table | None, after: Table) -> list[Change]:
    """Return the destinations whose route differs: servers, then domains, then Internet patterns."""
    found: list[Change] = []
    old = table_rows(before) if before is not None else {"servers": [], "domains": [], "internet": []}
    new = table_rows(after)
    unused_before, unused_after = _unused(before), _unused(after)
    parts = (("servers", "destination", "server"), ("domains", "domain", "domain"), ("internet", "pattern", "pattern"))
    for part, key, kind in parts:
        was = {name_key(row[key]): row for row in old[part]}
        now = {name_key(row[key]): row for row in new[part]}
        for name in sorted(was.keys() | now.keys()):
            routes = [_route(row, key) if row else None for row in (was.get(name), now.get(name))]
            if routes[0] != routes[1]:
                shown = (now.get(name) or was[name])[key]
                blamed = _blamed(routes[0], routes[1], unused_before, unused_after)
                found.append(Change(shown, routes[0], routes[1], blamed, kind))
    return found


def _route(row: Route, key: str) -> Route | None:
    """Return a row without its key, None where it is no way at all."""
    return {name: value for name, value in row.items() if name != key} if row["cost"] is not None else None


def _blamed(before: Route | None, after: Route | None, were: set[str], are: set[str]) -> str | None:
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
