"""Which document is behind a changed route: that of the link where the change begins, not of the first hop.

Pure. A table knows only its own server's next hops; the network tells the rest of the way. It is the network
after the change, so a document that is gone is known only where the old table itself named it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dominocli.names import name_key
from dominocli.routing.changes import deciding, took_over

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dominocli.routing.changes import Change, Route
    from dominocli.routing.layout import Table
    from dominocli.routing.network import Network

Place = tuple[str, str]
"""Kind (as in `Change`) and key of a destination."""


class Causes:
    """Finds the causes of changes in the tables of one network."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self._incoming: list[list[int]] | None = None

    def traced(self, before: Table | None, after: Table, found: Sequence[Change]) -> list[Change]:
        """Return the changes of one server with the documents behind them, as far as they can be told.

        The first table of a server has no change to trace: its routes keep the document they lead by.
        """
        if before is None or not found:
            return list(found)
        return _Trace(self, before, after, found).changes()

    def incoming(self, number: int) -> list[int]:
        """Return the servers with a Connection to a server, by number."""
        if self._incoming is None:
            self._incoming = [[] for _ in self.network.nodes]
            for source, links in enumerate(self.network.links):
                for target in links:
                    self._incoming[target].append(source)
        return self._incoming[number]


class _Trace:
    """The changes of one server's table."""

    def __init__(self, causes: Causes, before: Table, after: Table, found: Sequence[Change]) -> None:
        self.causes = causes
        self.network = causes.network
        self.after = after
        self.found = found
        self.by_place = {_place(change): change for change in found}
        self.known: dict[Place, str | None] = {}
        self._nearest: dict[int, int] = {}
        self._lost = self._newly_unused(before)
        self._deciding = deciding(before), deciding(after)
        was, now = ({entry[3] for entry in table.local if entry[3].startswith("domains/")} for table in (before, after))
        self._globals = was ^ now
        self._settings = after.settings.document or before.settings.document

    def changes(self) -> list[Change]:
        order = {"server": 0, "domain": 1, "pattern": 2, "local": 3, "internet": 4}
        # The nearer ones first: what is behind them is behind those that lie further on the same way.
        for change in sorted(self.found, key=lambda c: (order[c.kind], (c.after or c.before or {}).get("hops") or 0)):
            self.known[_place(change)] = self._cause(change)
        return [change._replace(document=self.known[_place(change)]) for change in self.found]

    def _cause(self, change: Change) -> str | None:
        if change.kind == "server":
            return self._of_server(change)
        was, now = _value(change.before, "because"), _value(change.after, "because")
        if change.kind == "local":
            return self._of_local(was, now)
        if was != now and was and now:
            replaced = change.kind != "domain" and took_over(was, now, *self._deciding)
            return was if replaced else now
        document = now or was
        behind = self._behind(change, document)
        cause = self.by_place.get(behind) if behind else None
        # A way that came or went is behind this one only if it came or went with it.
        if behind is None or cause is None or (was and not now and cause.after) or (now and not was and cause.before):
            return document
        return self.known[behind]

    def _of_local(self, was: str | None, now: str | None) -> str | None:
        """Return a Global Domain document that came or went, else the Server or Configuration document."""
        sides = [document for document in (was, now) if document]
        for document in sides:
            if document in self._globals:
                return document
        if self._globals:
            return min(self._globals)
        if was == now:
            return self._settings
        of_server = (document for document in sides if document.startswith("servers/"))
        return next(of_server, self._settings if self._settings in sides else sides[-1])

    def _behind(self, change: Change, document: str | None) -> Place | None:
        if change.kind == "pattern":
            return self._domain_of(change)
        return self._source_of(change.destination, document) if change.kind == "domain" else None

    def _of_server(self, change: Change) -> str | None:
        if change.after is None:
            hop = _value(change.before, "next_hop")
            if hop is None or name_key(hop) == name_key(change.destination):
                return change.document
            return self.known.get(("server", name_key(hop)), self._lost)
        number = self.after.find(change.destination)
        previous = None if number is None else self._previous(number)
        if number is None or previous is None or previous[0] == self.after.number:
            return change.document
        place = "server", self.network.nodes[previous[0]].key
        return self.known[place] if place in self.known else previous[1]

    def _previous(self, number: int) -> tuple[int, str | None] | None:
        """Return the server before another one on the way there, and the document of the link between them."""
        way = self.after.cost_to(number)
        if way is None:
            return None
        node = self.network.nodes[number]
        for joined in node.networks:
            nearest = self._nearest_member(joined)
            if nearest != number and self._leads(nearest, 1, way):
                return nearest, None
        for source in self.causes.incoming(number):
            link = self.network.links[source][number]
            shared = not set(self.network.nodes[source].networks).isdisjoint(node.networks)
            if not shared and self._leads(source, link.cost, way):
                return source, link.call.document
        return None

    def _leads(self, source: int, cost: int, way: tuple[int, int]) -> bool:
        before = self.after.cost_to(source)
        return before is not None and (before[0] + cost, before[1] + 1) == way

    def _nearest_member(self, joined: int) -> int:
        """Return the member of a Notes named network by which it is entered."""
        if joined not in self._nearest:
            ways = ((self.after.cost_to(member), member) for member in self.network.networks[joined].members)
            self._nearest[joined] = min((way, member) for way, member in ways if way is not None)[1]
        return self._nearest[joined]

    def _source_of(self, domain: str, document: str | None) -> Place | None:
        """Return the server where the Connection that carries a domain begins."""
        connections, key = self.network.connections, domain.casefold()
        for link in (*connections.smtp.get(key, ()), *connections.crossings.get(key, ())):
            if link.call.document == document:
                return "server", link.source
        return None

    def _domain_of(self, change: Change) -> Place | None:
        domain = _value(change.after, "domain") or _value(change.before, "domain")
        return ("domain", name_key(domain)) if domain else None

    def _newly_unused(self, before: Table) -> str | None:
        """Return the one document that is not used any more, None where there is none or several."""
        were = {entry["document"] for entry in before.not_used()}
        now = {entry.document for entry in self.network.not_used} - were
        return next(iter(now)) if len(now) == 1 else None


def _place(change: Change) -> Place:
    return change.kind, name_key(change.destination)


def _value(route: Route | None, key: str) -> str | None:
    return None if route is None else route.get(key)
