"""Recalculation: the tables of servers, each from the replica in one folder, compared and put in force."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dominocli import errors
from dominocli.directory.reader import look
from dominocli.documents.finding import SEVERITIES, Finding
from dominocli.names import name_key
from dominocli.routing.causes import Causes
from dominocli.routing.changes import Change, changes
from dominocli.routing.compiler import Compiler, server_number
from dominocli.routing.network import NotUsed, build_network
from dominocli.routing.store import install, installed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from dominocli.directory.view import View
    from dominocli.routing.layout import Table

RECALCULATED, UNCHANGED, ELSEWHERE, FAILED = "recalculated", "unchanged", "elsewhere", "failed"


class Recalculation(NamedTuple):
    """What came of one server's table. `state` recalculated, unchanged, elsewhere (not on this machine) or
    failed, with `message` saying why; `findings` what else an administrator should know."""

    server: str
    state: str
    changed: tuple[Change, ...] = ()
    not_used: tuple[NotUsed, ...] = ()
    findings: tuple[Finding, ...] = ()
    fingerprint: str = ""
    message: str = ""
    hint: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the server's entry in the data of `recalc`."""
        data: dict[str, Any] = {
            "server": self.server,
            "state": self.state,
            "changed": [change.as_json() for change in self.changed],
            "not_used": [entry.as_json() for entry in self.not_used],
        }
        return {**data, "message": self.message} if self.message else data


def recalculate(root: Path, servers: Sequence[str], *, dry_run: bool, now: datetime) -> list[Recalculation]:
    """Recalculate the tables of servers whose replica is in `root` (one network for all of them).

    `now` is the aware moment written into the tables. A dry run puts nothing in force and writes nothing.
    A server that cannot be done is `failed`, and stops no other.
    """
    try:
        view = look(root, update_index=not dry_run)
    except errors.DominoError as error:
        return [Recalculation(server, FAILED, message=error.message, hint=error.hint) for server in servers]
    compared = _compared(view, ((server, installed(root, server)) for server in servers), now)
    return [result if dry_run else _put_in_force(root, result, table) for result, table in compared]


def compute(view: View, installed_tables: dict[str, Table | None], now: datetime) -> list[Recalculation]:
    """Compare the tables a view would give with installed ones, by server name: nothing is written.

    This is what `plan` shows over a merged directory; None in `installed_tables` means no table yet.
    """
    return [result for result, _ in _compared(view, installed_tables.items(), now)]


def _compared(
    view: View, before: Iterable[tuple[str, Table | None]], now: datetime
) -> Iterator[tuple[Recalculation, Table | None]]:
    """Yield each server's result and the table to put in force, None where there is none."""
    compiler = Compiler(build_network(view), view.fingerprint())
    network = compiler.network
    causes = Causes(network)
    conflicts = tuple(_conflicts(view))
    for server, old in before:
        number = server_number(network, server)
        if number is None:
            yield _unknown(server, network.others.get(name_key(server))), None
            continue
        name = network.nodes[number].name
        if old is not None and old.digest == compiler.digest and name_key(old.server) == name_key(server):
            new = old if old.fingerprint == compiler.fingerprint else old.renewed(compiler.fingerprint)
            yield Recalculation(name, UNCHANGED, (), network.not_used, conflicts, compiler.fingerprint), new
            continue
        new = next(iter(compiler.tables((number,), now)))
        changed = tuple(causes.traced(old, new, changes(old, new)))
        found = (*conflicts, *_global_changes(old, new))
        yield Recalculation(name, RECALCULATED, changed, network.not_used, found, compiler.fingerprint), new


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
