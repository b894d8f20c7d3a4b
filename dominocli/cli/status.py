"""`status`: what is not recorded, not replicated or not recalculated yet."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dominocli.cli.options import REFRESH
from dominocli.cli.output import Output, sentence
from dominocli.cli.peers import peers_of
from dominocli.cli.result import Result
from dominocli.cli.route import tables
from dominocli.cli.servers import places
from dominocli.cli.session import Session
from dominocli.errors import ExitCode

if TYPE_CHECKING:
    from dominocli.replication.replicate import Peer
    from dominocli.replication.status import PendingEntry


def status(session: Session, refresh: REFRESH = False) -> Result:
    """Show hand edits, what waits for replication, conflicts, and how fresh each routing table is.

    "fresh" is said of our own tables: it proves nothing about a live Domino Router. Replicas on other machines
    are asked with --refresh only; without it their tables are shown as they were last brought here.
    """
    from dominocli.replication.record import observe_root

    observation = observe_root(session.root, session.directory)
    known = places(session)
    near = known if refresh else [place._replace(hub="") for place in known if place.folder is not None]
    peers = peers_of(near) if session.replica else []
    waiting = {entry.server: entry for entry in _pending(session, peers)}
    source = tables(session, known, refresh=refresh)
    rows: list[dict[str, Any]] = []
    for place in known:
        found = source.look_up(place.server)
        entry = waiting.get(place.server)
        rows.append(
            {
                "server": place.server,
                "table": found.freshness.state,
                "cause": found.freshness.cause,
                "since": found.table.time if found.table else None,
                "as_of": found.as_of,
                "pending": entry.as_json() if entry else None,
            }
        )
    conflicts = [document.path for document in session.directory.conflicts()]
    edits = [edit.as_json() for edit in observation.edits]
    data = {"servers": rows, "conflicts": conflicts, "edits": edits, "recorded": not observation.fresh}
    old = {row["server"] for row in rows if row["table"] != "fresh"}
    moves = bool(edits) or any(e.pending for e in waiting.values())
    behind = moves or bool(old)
    may_be_copies = not moves and not refresh and old <= {place.server for place in known if place.folder is None}

    def show(out: Output) -> None:
        for edit in observation.edits:
            out.line(f"not recorded: {edit.file} ({edit.kind})", "warning")
        if observation.fresh:
            out.line("this replica has recorded nothing yet: dominocli replicate", "warning")
        out.table(["server", "table", "since", "to pull", "to push", "replica"], [_cells(row) for row in rows])
        for path in conflicts:
            out.line(f"conflict: {path}", "warning")
        told = "everything is up to date"
        if behind:
            told = f"something is behind: dominocli {'status --refresh' if may_be_copies else 'replicate'}"
        out.note(f"{sentence(len(rows), 'server')}; {told}; fresh is said of our tables, not of a live Router")

    code = ExitCode.PENDING if behind and session.flags.detailed_exitcode else ExitCode.DONE
    findings = (*session.directory.faults(), *(f for f in observation.findings if f.id != "syntax"))
    return Result(data, show, findings=findings, exit_code=code)


def _pending(session: Session, peers: Sequence[Peer]) -> list[PendingEntry]:
    if not peers:
        return []
    from dominocli.cli.elsewhere import connector
    from dominocli.replication.status import pending

    return pending(session.root, peers, clock=time.time, connect=connector(session), seen=session.directory)


def _cells(row: dict[str, Any]) -> list[object]:
    state = row["table"] if not row["cause"] else f"{row['table']} ({row['cause']})"
    waiting = row["pending"] or {}
    return [
        row["server"],
        state,
        row["since"] or "",
        waiting.get("pull"),
        waiting.get("push"),
        waiting.get("state", ""),
    ]
