"""The single points of failure of a domain: documents and servers without which some mail has no route.

Pure. Costs do not matter here, so nothing is recalculated where the ways can be followed instead: a
Connection matters if its source then no longer leads to its destination, a server if those before it no
longer lead to those after it. Documents that decide more than links are tried by leaving them out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dominocli.directory.view import MemoryView
from dominocli.documents.configuration import Configuration
from dominocli.documents.connection import DIAL_UP, PASSTHRU, Connection
from dominocli.documents.domain import Domain
from dominocli.documents.group import Group
from dominocli.names import name_key
from dominocli.routing.exits import compared, exits
from dominocli.routing.network import build_network
from dominocli.routing.reach import Reach
from dominocli.routing.removal import documents_of_server, without

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from dominocli.directory.view import View
    from dominocli.routing.exits import Exits, Place
    from dominocli.routing.network import Network
    from dominocli.routing.reach import Edge

Pair = tuple[str, str]


class SinglePoint(NamedTuple):
    """Something a route hangs on: `removed` is a server's name or a document's path, by `kind` (server,
    document); without it `source` has no route to `destination` any more, a `Change`'s one."""

    removed: str
    kind: str
    source: str
    destination: str

    def as_json(self) -> dict[str, Any]:
        """Return the entry in the data of `route impact`."""
        return self._asdict()


def single_points(view: View, *, progress: Callable[[int, int], None] | None = None) -> list[SinglePoint]:
    """Return every server and document whose absence takes away a route there was: servers, then documents.

    A server goes with its Connections, and routes from or to it do not count (D); a Server document is
    shown as its server. `progress` is told (candidates done, of how many).
    """
    search = _Search(view)
    servers = [node.index for node in search.network.nodes if node.document]
    documents = search.candidates()
    found: list[SinglePoint] = []
    for done, number in enumerate(servers, 1):
        pair = search.without_server(number)
        if pair is not None:
            found.append(SinglePoint(search.network.nodes[number].name, "server", *pair))
        if progress is not None:
            progress(done, len(servers) + len(documents))
    for done, document in enumerate(documents, len(servers) + 1):
        pair = search.without_document(document)
        if pair is not None:
            found.append(SinglePoint(document, "document", *pair))
        if progress is not None:
            progress(done, len(servers) + len(documents))
    return found


class _Search:
    """One network, and which documents its links and exits hang on."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.network = network = build_network(view)
        self.reach = Reach(network)
        self.exits = exits(network)
        documents = view.documents(Connection)
        self.ends = {d.path: {name_key(d.source_server), name_key(d.destination_server)} for d in documents}
        dialled = (d.dial_using_connection_record for d in documents if d.is_smtp and d.connect_via == DIAL_UP)
        self.passthru = {name_key(d.passthru_server) for d in documents if d.connection_type == PASSTHRU}
        self.records = {f"connections/{name}" for name in dialled if name}
        self.edges: dict[str, set[Edge]] = {}
        self.owners: dict[Edge, set[str]] = {}
        by_key = network.by_key
        for link in network.connections.links:
            edge = by_key[link.source].index, by_key[link.target].index
            self.edges.setdefault(link.call.document, set()).add(edge)
            self.owners.setdefault(edge, set()).add(link.call.document)
        self.replaceable = self._replaceable(documents)
        crossings = (link for links in network.connections.crossings.values() for link in links)
        self.far = {name_key(link.target) for link in crossings}
        self.far.update(end for path in self.records for end in self.ends.get(path, ()))
        plain = {f"{path}.toml": None for path in self.edges.keys() - self.records - self.replaceable}
        self.core = MemoryView(plain, base=view)
        """The directory without the Connections that are no more than links: cheap to read again."""

    def _replaceable(self, documents: Sequence[Connection]) -> set[str]:
        """Return the Connections whose place a second pull-type one, not used so far, may take."""
        second = {e.document for e in self.network.not_used if e.reason == "second-pull-connection"}
        ends = [self.ends[path] for path in second if path in self.ends]
        return {d.path for d in documents if self.ends[d.path] in ends} if ends else set()

    def candidates(self) -> list[str]:
        """Return the documents that may matter.

        Server documents do not: their servers stand for them. Nor do Connections and Configurations not
        used, nor groups nothing refers to.
        """
        view = self.view
        unused = {entry.document for entry in self.network.not_used if entry.document not in self.records}
        found = [d.path for d in view.documents(Connection) if d.path not in unused]
        found += [d.path for d in view.documents(Domain)]
        applied = {node.settings.document for node in self.network.nodes}
        found += [d.path for d in view.documents(Configuration) if d.path in applied]
        groups = view.documents(Group)
        named = {name_key(d.applies_to) for d in view.documents(Configuration)}
        named.update(*self.ends.values())
        if any(name_key(d.group_name) in named for d in groups):
            found += [d.path for d in groups]
        return found

    def without_document(self, document: str) -> Pair | None:
        """Return a pair that has no route without a document, None if every pair keeps one."""
        special = document in self.records or document in self.replaceable or document.startswith("groups/")
        if document in self.edges and not special:
            return self._cut({edge for edge in self.edges[document] if self.owners[edge] == {document}})
        after = build_network(without(self.view if special else self.core, (document,)))
        if special:
            return self._compared(after)
        return self._lost_exit(after)

    def _cut(self, cut: Collection[Edge]) -> Pair | None:
        """Return a pair of servers that has no route without some edges."""
        for source, target in sorted(cut):
            for origin in self.reach.origins(source, cut=cut):
                if not self.reach.leads(origin, target, cut=cut):
                    return self._named(origin, target)
        return None

    def _compared(self, after: Network, gone: int = -1) -> Pair | None:
        """Return a pair that has no route in another network, which may lack a server: links first, then exits."""
        nodes, new = self.network.nodes, Reach(after)
        numbers = [after.by_key[node.key].index if node.key in after.by_key else -1 for node in nodes]
        for a, links in enumerate(self.network.links):
            for b in links:
                if b == gone:
                    continue
                if numbers[a] >= 0 and numbers[b] in after.links[numbers[a]]:
                    continue
                still = new.leading_to([numbers[b]] if numbers[b] >= 0 else [])
                for source in sorted(self.reach.leading_to([a])):
                    if self.reach.counts_from(source) and source not in (b, gone) and numbers[source] not in still:
                        return self._named(source, b)
        return self._lost_exit(after, new, gone)

    def _lost_exit(self, after: Network, reach: Reach | None = None, skipped: int = -1) -> Pair | None:
        """Return a server and a destination whose mail it can no longer send on; `reach` where links differ too."""
        network = None if reach is None else after
        for place, was, now in compared(self.network, after, self.exits, exits(after)):
            if now.everywhere or (reach is None and was.within(now)):
                continue
            pair = self._stranded(was, now, place, reach=reach, network=network, skipped=skipped)
            if pair is not None:
                return pair
        return None

    def _stranded(
        self,
        was: Exits,
        now: Exits,
        place: Place,
        gone: int = -1,
        reach: Reach | None = None,
        network: Network | None = None,
        skipped: int = -1,
    ) -> Pair | None:
        """Return a server that had a route by the exits in `was` and has none by those in `now`."""
        before = set(range(self.reach.count)) if was.everywhere else set(_numbers(self.network, was.alone))
        before |= self.reach.leading_to(_numbers(self.network, was.leading))
        network = network or self.network
        still = {
            network.nodes[vertex].key
            for vertex in (reach or self.reach).leading_to(_numbers(network, now.leading), gone)
            if vertex < len(network.nodes)
        }
        still |= now.alone
        for vertex in sorted(before):
            if vertex in (gone, skipped) or not self.reach.counts_from(vertex):
                continue
            if self.network.nodes[vertex].key not in still:
                return self.network.nodes[vertex].name, self._spelled(*place)
        return None

    def _spelled(self, kind: str, name: str) -> str:
        if kind == "domain":
            return self.network.spelling(name)
        domains = self.network.domains
        texts = [*(entry.pattern.text for entry in domains.patterns), *(pattern.text for pattern, _ in domains.local)]
        return next((text for text in texts if text.casefold() == name), name)

    def without_server(self, number: int) -> Pair | None:
        """Return a pair, neither end this server, that has no route without it and its Connections."""
        pair = self._around(number)
        if pair is not None:
            return pair
        key = self.network.nodes[number].key
        if key in self.passthru:
            gone = documents_of_server(self.view, key)
            return self._compared(build_network(without(self.view, gone)), number)
        places: Iterable[tuple[Place, Exits, Exits]] = ((place, was, was) for place, was in self.exits.items())
        if key in self.far:
            after = build_network(without(self.core, documents_of_server(self.view, key)))
            places = compared(self.network, after, self.exits, exits(after))
        for place, was, now in places:
            now = now.without(key)
            if was.within(now):
                continue
            pair = self._stranded(was, now, place, number)
            if pair is not None:
                return pair
        return None

    def _around(self, number: int) -> Pair | None:
        reach = self.reach
        before = sorted({o for p in reach.behind[number] if self._other(p, number) for o in reach.origins(p, number)})
        after = sorted(q for q in reach.ahead[number] if self._other(q, number))
        if not before or not after:
            return None
        both = set(before).intersection(after)
        if both:
            middle = min(both)
            pairs = [(middle, q) for q in after] + [(p, middle) for p in before]
        else:
            pairs = [(p, q) for p in before for q in after]
        for source, target in pairs:
            if not reach.leads(source, target, number):
                return self._named(source, target, number)
        return None

    def _other(self, vertex: int, number: int) -> bool:
        """Tell whether a vertex beside a server is more than a network of that server alone."""
        return vertex < self.reach.count or self.reach.ahead[vertex] != [number]

    def _named(self, source: int, target: int, gone: int = -1) -> Pair:
        return self._server(source, gone), self._server(target, gone)

    def _server(self, vertex: int, gone: int) -> str:
        if vertex >= self.reach.count:
            vertex = next(member for member in self.reach.ahead[vertex] if member != gone)
        return self.network.nodes[vertex].name


def _numbers(network: Network, keys: Iterable[str]) -> list[int]:
    return [network.by_key[key].index for key in keys if key in network.by_key]
