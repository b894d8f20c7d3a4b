"""What the routes of a domain lose when documents, or whole servers, are taken away.

Pure calculation over a `View`: the tables of every server as they are and as they would be, compared
like a recalculation compares them (changes.py). `single_points` lists what a domain cannot do without.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from dominocli import errors
from dominocli.names import name_key
from dominocli.routing.changes import Change, change, changes, domain_changes
from dominocli.routing.compiler import Compiler
from dominocli.routing.differences import Differences
from dominocli.routing.levels import MEMORY
from dominocli.routing.network import build_network
from dominocli.routing.removal import documents_of_server, without
from dominocli.routing.single_points import SinglePoint, single_points

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from dominocli.directory.view import View

    Progress = Callable[[int, int], None]

__all__ = ["Effect", "Impact", "SinglePoint", "documents_of_server", "impact", "single_points", "without"]

SAMPLES = 5
NEVER = datetime(1, 1, 1, tzinfo=UTC)
"""The time in tables nobody keeps."""


class Effect(NamedTuple):
    """What one server's mail meets: destinations (servers, domains, Internet patterns) whose route is lost,
    differs, or is there only then; `changes` are the first of them, lost ones before all others."""

    server: str
    lost: int
    changed: int
    gained: int
    changes: tuple[Change, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the source's entry in the data of `route impact`."""
        counts: dict[str, Any] = {"lost": self.lost, "changed": self.changed, "gained": self.gained}
        return {"server": self.server, **counts, "changes": [change.as_json() for change in self.changes]}


class Impact(NamedTuple):
    """What taking `documents` (paths) away does: an `Effect` for each server concerned, by name.

    `servers` are those taken away whole; routes from and to them are not counted.
    """

    documents: tuple[str, ...]
    servers: tuple[str, ...]
    effects: tuple[Effect, ...]

    @property
    def lost(self) -> int:
        """Return how many (source, destination) pairs have no route any more."""
        return sum(effect.lost for effect in self.effects)

    @property
    def changed(self) -> int:
        """Return how many pairs get another next hop, cost, number of hops or link."""
        return sum(effect.changed for effect in self.effects)

    @property
    def gained(self) -> int:
        """Return how many pairs have a route only then."""
        return sum(effect.gained for effect in self.effects)

    def as_json(self) -> dict[str, Any]:
        """Return the data of `route impact`."""
        data: dict[str, Any] = {"documents": list(self.documents), "servers": list(self.servers)}
        data.update({"lost": self.lost, "changed": self.changed, "gained": self.gained})
        return {**data, "sources": [effect.as_json() for effect in self.effects]}


def impact(
    view: View,
    documents: Iterable[str],
    servers: Iterable[str] = (),
    *,
    samples: int = SAMPLES,
    progress: Progress | None = None,
) -> Impact:
    """Return whose routes change if documents (paths) and servers (names) are taken away.

    A server goes with its Connections, as if it had failed for good. The answer is that of a
    recalculation of every other server. `progress` is told (steps done, of how many). Raises
    `ServerUnknown` for a server no document knows, `DocumentNotFound` for a path that is none.
    """
    gone = _named(view, servers)
    paths = tuple(sorted({*_existing(view, documents), *(p for n in gone for p in documents_of_server(view, n))}))
    before = Compiler(build_network(view), "")
    after = Compiler(build_network(without(view, paths)), "")
    keys = {name_key(name) for name in gone}
    sources = [
        node.index
        for node in before.network.nodes
        if node.document and node.key not in keys and _has_document(after, node.key)
    ]
    comparable = Differences.comparable(before.network, after.network)
    effects = (_by_planes if comparable else _by_tables)(before, after, sources, keys, samples, progress)
    return Impact(paths, tuple(gone), tuple(effects))


def _by_tables(
    before: Compiler, after: Compiler, sources: list[int], keys: set[str], samples: int, progress: Progress | None
) -> Iterator[Effect]:
    """Yield the effects by comparing whole tables: whatever has become of the servers."""
    nodes, by_key = before.network.nodes, after.network.by_key
    old = before.tables(sources, NEVER, MEMORY // 2)
    new = after.tables((by_key[nodes[source].key].index for source in sources), NEVER, MEMORY // 2)
    for done, (was, now) in enumerate(zip(old, new, strict=True), 1):
        found = [c for c in changes(was, now) if not _concerns(c, keys)]
        yield from _effect(now.server, _counts(found), found, samples)
        if progress is not None:
            progress(done, len(sources))


def _by_planes(
    before: Compiler, after: Compiler, sources: list[int], keys: set[str], samples: int, progress: Progress | None
) -> Iterator[Effect]:
    """Yield the effects by comparing all routes at once, and tables where mail to domains goes another way."""

    def half(done: int, of: int) -> None:
        if progress is not None:
            progress(done * len(sources) // of, 2 * len(sources))

    nodes, by_key = before.network.nodes, after.network.by_key
    leaving_out = [before.network.by_key[key].index for key in keys if key in before.network.by_key]
    found = Differences(before.network, after.network).of(sources, leaving_out, samples, half)
    wanted = [source for source, difference in zip(sources, found, strict=True) if difference.exits]
    old = before.tables(wanted, NEVER, MEMORY // 2)
    new = after.tables([by_key[nodes[source].key].index for source in wanted], NEVER, MEMORY // 2)
    unused = [{entry.document for entry in compiler.network.not_used} for compiler in (before, after)]
    for done, (source, difference) in enumerate(zip(sources, found, strict=True), len(sources) + 1):
        domains = domain_changes(next(old), next(new)) if difference.exits else []
        servers = [change(("server", *sample), *unused) for sample in difference.samples]
        name = after.network.nodes[by_key[nodes[source].key].index].name
        counts = zip((difference.lost, difference.changed, difference.gained), _counts(domains), strict=True)
        yield from _effect(name, [one + other for one, other in counts], [*servers, *domains], samples)
        if progress is not None:
            progress(done, 2 * len(sources))


def _named(view: View, servers: Iterable[str]) -> list[str]:
    gone: list[str] = []
    for server in servers:
        if not documents_of_server(view, server):
            raise errors.ServerUnknown(server=server, suggestion="dominocli server list")
        gone.append(server)
    return gone


def _existing(view: View, documents: Iterable[str]) -> list[str]:
    paths = list(documents)
    files = {file for file, _, _ in view.texts()} if paths else set()
    for path in paths:
        if f"{path}.toml" not in files:
            raise errors.DocumentNotFound(what="document", name=path, suggestion="dominocli check")
    return paths


def _has_document(compiler: Compiler, key: str) -> bool:
    node = compiler.network.by_key.get(key)
    return node is not None and bool(node.document)


def _concerns(change: Change, keys: set[str]) -> bool:
    return change.kind == "server" and name_key(change.destination) in keys


def _counts(found: Sequence[Change]) -> list[int]:
    """Return how many are lost, changed, gained."""
    lost = sum(change.after is None for change in found)
    gained = sum(change.before is None for change in found)
    return [lost, len(found) - lost - gained, gained]


def _effect(server: str, counts: Sequence[int], found: Sequence[Change], samples: int) -> Iterator[Effect]:
    """Yield the effect of so many lost, changed and gained; `found` holds the first lost and the first others."""
    if any(counts):
        lost, changed, gained = counts
        ordered = sorted(found, key=lambda change: change.after is not None)
        yield Effect(server, lost, changed, gained, tuple(ordered[:samples]))
