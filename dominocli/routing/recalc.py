"""Recalculation: the tables of servers, each from the replica in one folder, compared and put in force."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from dominocli import errors
from dominocli.directory.reader import look
from dominocli.documents.finding import SEVERITIES, Finding
from dominocli.names import name_key
from dominocli.routing.causes import Causes
from dominocli.routing.changes import Change, changes, routes_in
from dominocli.routing.compiler import Compiler, server_number
from dominocli.routing.made_from import pack_documents
from dominocli.routing.network import NotUsed, build_network
from dominocli.routing.store import install, installed
from dominocli.routing.trials import Since

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from dominocli.directory.settings import Settings
    from dominocli.directory.view import View
    from dominocli.routing.layout import Table
    from dominocli.routing.trials import Past

RECALCULATED, UNCHANGED, ELSEWHERE, FAILED = "recalculated", "unchanged", "elsewhere", "failed"
CHANGES_KEPT = 100_000
"""So many changes are kept of all servers recalculated together, of each at least `CHANGES_OF_EACH`."""
CHANGES_OF_EACH = 10


class Recalculation(NamedTuple):
    """What came of one server's table. `state` recalculated, unchanged, elsewhere (not on this machine) or
    failed, with `message` saying why; `findings` what else an administrator should know. `more` changes are not
    in `changed`: with thousands of servers they would not fit into memory (`CHANGES_KEPT`)."""

    server: str
    state: str
    changed: tuple[Change, ...] = ()
    not_used: tuple[NotUsed, ...] = ()
    findings: tuple[Finding, ...] = ()
    fingerprint: str = ""
    message: str = ""
    hint: str = ""
    more: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return the server's entry in the data of `recalc`."""
        data: dict[str, Any] = {
            "server": self.server,
            "state": self.state,
            "changed": [change.as_json() for change in self.changed],
            "not_used": [entry.as_json() for entry in self.not_used],
        }
        if self.more:
            data["more"] = self.more
        return {**data, "message": self.message} if self.message else data


def recalculate(
    root: Path,
    servers: Sequence[str],
    *,
    dry_run: bool,
    now: datetime,
    past: Callable[[Path, str, str], str | None] | None = None,
) -> list[Recalculation]:
    """Recalculate the tables of servers whose replica is in `root`, like `recalculate_all`."""
    return recalculate_all([(server, root) for server in servers], dry_run=dry_run, now=now, past=past)


def recalculate_all(
    places: Sequence[tuple[str, Path]],
    *,
    dry_run: bool,
    now: datetime,
    progress: Callable[[int, int], None] | None = None,
    past: Callable[[Path, str, str], str | None] | None = None,
) -> list[Recalculation]:
    """Recalculate the tables of servers, each from the replica in its folder; the results are in the same order.

    Replicas of one fingerprint share one network, in whatever folders they are; many of its servers are
    calculated all at once. `now` is the aware moment written into the tables. A dry run puts nothing
    in force and writes nothing. A server that cannot be done is `failed`, and stops no other.
    `progress` is told (servers done, of how many). `past` gives the text a file of a replica had, by its mark
    (made_from.py), None where it is not known: with it more causes are found.
    """
    results: dict[int, Recalculation] = {}
    for view, positions in _by_content(places, results, update_index=not dry_run):
        wanted = [places[position] for position in positions]
        tables = [partial(installed, folder, server) for server, folder in wanted]
        known = partial(past, wanted[0][1]) if past is not None else None
        compared = _compared(view, [server for server, _ in wanted], tables, now, known)
        for position, (result, table) in zip(positions, compared, strict=True):
            results[position] = result if dry_run else _put_in_force(places[position][1], result, table)
            if progress is not None:
                progress(len(results), len(places))
    return [results[position] for position in range(len(places))]


def _by_content(
    places: Sequence[tuple[str, Path]], failed: dict[int, Recalculation], *, update_index: bool
) -> list[tuple[View, list[int]]]:
    """Return the different directories in these folders, each with the positions of its servers.

    A folder that cannot be read fails its servers.
    """
    folders: dict[Path, list[int]] = {}
    for position, (_, folder) in enumerate(places):
        folders.setdefault(folder, []).append(position)
    found: dict[tuple[str, Settings], tuple[View, list[int]]] = {}
    for folder, positions in folders.items():
        try:
            view = look(folder, update_index=update_index)
        except errors.DominoError as error:
            for position in positions:
                failure = Recalculation(places[position][0], FAILED, message=error.message, hint=error.hint)
                failed[position] = failure
            continue
        found.setdefault((view.fingerprint(), view.settings), (view, []))[1].extend(positions)
    return list(found.values())


def compute(view: View, installed_tables: Mapping[str, Table | None], now: datetime) -> list[Recalculation]:
    """Compare the tables a view would give with installed ones, by server name: nothing is written.

    This is what `plan` shows over a merged directory; None in `installed_tables` means no table yet.
    """
    tables = [partial(installed_tables.get, server) for server in installed_tables]
    return [result for result, _ in _compared(view, list(installed_tables), tables, now)]


def _compared(
    view: View,
    servers: Sequence[str],
    tables: Sequence[Callable[[], Table | None]],
    now: datetime,
    past: Past | None = None,
) -> Iterator[tuple[Recalculation, Table | None]]:
    """Yield each server's result and the table to put in force, None where there is none.

    `tables` give the installed table of each. They are asked twice, so that not all tables are in memory
    together.
    """
    compiler = Compiler(build_network(view), view.fingerprint(), pack_documents(view.texts()))
    network, digest = compiler.network, compiler.digest
    causes, since = Causes(network), Since(view, compiler.made_from, now, past)
    conflicts = tuple(_conflicts(view))
    known = [server_number(network, server) for server in servers]
    wanted: list[int] = []
    current = bytearray(len(servers))
    for position, number in enumerate(known):
        old = tables[position]() if number is not None else None
        if _is_current(old, servers[position], digest):
            current[position] = 1
        elif number is not None:
            wanted.append(number)
    made = compiler.tables(wanted, now)
    kept = max(CHANGES_OF_EACH, CHANGES_KEPT // max(len(wanted), 1))
    for position, (server, number) in enumerate(zip(servers, known, strict=True)):
        if number is None:
            yield _unknown(server, network.others.get(name_key(server))), None
            continue
        name = network.nodes[number].name
        new = None if current[position] else next(made)
        old = tables[position]()
        if old is not None and _is_current(old, server, digest):
            is_same = old.fingerprint == compiler.fingerprint
            new = old if is_same else old.renewed(compiler.fingerprint, compiler.made_from)
            yield Recalculation(name, UNCHANGED, (), network.not_used, conflicts, compiler.fingerprint), new
            continue
        new = new or next(compiler.tables((number,), now))
        changed = causes.traced(old, new, changes(old, new, kept))
        more = (routes_in(new) if old is None else len(changed)) - min(len(changed), kept)
        found = (*conflicts, *_global_changes(old, new))
        fingerprint = compiler.fingerprint
        told = since.settled(old, new, changed[:kept])
        result = Recalculation(name, RECALCULATED, told, network.not_used, found, fingerprint)
        yield result._replace(more=more), new


def _is_current(table: Table | None, server: str, digest: str) -> bool:
    return table is not None and table.digest == digest and name_key(table.server) == name_key(server)


def _put_in_force(root: Path, result: Recalculation, table: Table | None) -> Recalculation:
    if table is None:
        return result
    try:
        current = installed(root, result.server)
        if current is None or current.data != table.data:
            install(root, table)
    except errors.DominoError as error:
        return result._replace(state=FAILED, changed=(), message=error.message, hint=error.hint)
    return result


def _unknown(server: str, other_domain: str | None) -> Recalculation:
    if other_domain:
        message = f"{server} is a server of {other_domain}, whose own directory routes for it"
        return Recalculation(server, FAILED, message=message)
    message = f"this replica has no Server document for {server} that can be used"
    return Recalculation(server, FAILED, message=message, hint="dominocli replicate, then dominocli check")


def _conflicts(view: View) -> Iterator[Finding]:
    """Yield a finding for each conflict document: nothing routes by it (replication.md 6)."""
    for document in view.conflicts():
        rule = "conflict-unresolved"
        message = "this conflict document routes nothing until it is resolved"
        hint = errors.command_line("conflicts show", document.path)
        yield Finding(rule, SEVERITIES[rule], document.path, message, hint, document.file)


def _global_changes(old: Table | None, new: Table) -> Iterator[Finding]:
    """Yield a finding for each Global Domain document that differs: Domino reads it at server start only."""
    if old is None:
        return
    was, now = _global(old), _global(new)
    for document in sorted(was.keys() | now.keys()):
        if was.get(document) != now.get(document):
            message = "the local Internet domain changed; Domino itself reads it only when a server starts"
            hint = "restart the Domino servers it concerns"
            rule = "global-domain-changed"
            yield Finding(rule, SEVERITIES[rule], document, message, hint, f"{document}.toml")


def _global(table: Table) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for text, _, _, document in table.local:
        if document.startswith("domains/"):
            found.setdefault(document, []).append(text)
    return found
