"""`replicate --through SERVER`: a hub replicates with everybody for us, and its report is shown as ours."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dominocli import errors
from dominocli.cli.elsewhere import connector
from dominocli.cli.output import Output
from dominocli.cli.peers import added_up
from dominocli.cli.recalc import recalculate, show_recalculations
from dominocli.cli.result import Result
from dominocli.cli.servers import Place, places, wanted
from dominocli.cli.session import Flags, Session
from dominocli.errors import ExitCode
from dominocli.names import same_name

if TYPE_CHECKING:
    from dominocli.replication.report import ReplicationReport

ROWS = ("pulled", "pushed")
CHANGES = ("added", "updated", "deleted")


def replicate_through(session: Session, hub: str, *, recalc: bool, allow_mass_delete: bool) -> Result:
    """Replicate with a hub, have it replicate with every server it reaches, and fetch what that brought.

    Raises `UsageError` for a hub that is not reached by ssh; exit 5 where the hub or a server behind it fails.
    """
    place = wanted(session, [hub])[0]
    if not place.location.startswith("ssh://"):
        reason = f"--through goes to a server reached by ssh; the Replica of {place.server} is {place.location!r}"
        raise errors.UsageError(reason=reason, hint="dominocli replicate")
    report = _with_hub(session, place, allow_mass_delete)
    beyond: dict[str, Any] = {"servers": [], "exit": int(ExitCode.PARTLY)}
    whole = False
    if report.servers[0].state == "done":
        try:
            beyond = _beyond(session, place, recalc=recalc)
            if not session.flags.dry_run:
                report = added_up([report, _with_hub(session, place, allow_mass_delete)])
            whole = report.identical and all(row.get("identical") is True for row in beyond["servers"])
        except errors.DominoError as error:
            row = report.servers[0]
            row.state, row.reason, row.hint = "unreachable", error.message, error.hint
    session.forget_directory()
    own = [known for known in places(session) if known.own]
    results = recalculate(session, own) if recalc and not session.flags.dry_run else []
    rows = [{**row, "through": place.server} for row in beyond["servers"]]
    hubs_tables = [row for row in beyond.get("own_recalc", ()) if same_name(str(row.get("server", "")), place.server)]
    data = {
        **report.as_json(),
        "servers": [*(row.as_json() for row in report.servers), *rows],
        "own_recalc": [*(result.as_json() for result in results), *hubs_tables],
        "identical": whole,
    }
    reached = replace(report, identical=whole)
    replicas = len({str(row.get("location")) for row in rows})

    def show(out: Output) -> None:
        from dominocli.cli.replicate import show_report

        for row in rows:
            _show_row(out, row)
        show_report(out, reached, [], beyond=replicas)
        show_recalculations(out, results)
        for row in hubs_tables:
            out.line(f"{place.server}: {row.get('state', '')}")

    failed = not report.complete or beyond["exit"] != ExitCode.DONE or any(r.state == "failed" for r in results)
    return Result(
        data, show, findings=session.directory.faults(), exit_code=ExitCode.PARTLY if failed else ExitCode.DONE
    )


def _with_hub(session: Session, place: Place, allow_mass_delete: bool) -> ReplicationReport:
    from dominocli.replication.replicate import Peer, replicate

    return replicate(
        session.root,
        [Peer(place.server, place.location)],
        dry_run=session.flags.dry_run,
        allow_mass_delete=allow_mass_delete,
        clock=time.time,
        command=session.command,
        connect=connector(session),
    )


def _beyond(session: Session, place: Place, *, recalc: bool) -> dict[str, Any]:
    """Return the hub's own report, without our part in it."""
    replica = session.replica
    own = replica.server if replica is not None else ""
    carrier = connector(session)(place.location, own, time.time)
    try:
        carrier.call("who", {"replica_id": session.directory.settings.replica_id})
        answer = carrier.call("replicate", {"dry_run": session.flags.dry_run, "recalc": recalc, "without": own})
    finally:
        carrier.close()
    report: dict[str, Any] = answer["report"]
    return report


def replicate_here(root: Path, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Replicate the replica in `root` with every server but the asker, and return the report a hub sends back.

    Each row is one of `replicate`'s data; `exit` is the exit code the command would have had.
    """
    from dominocli.cli.replicate import replicate_for

    session = Session("replicate", Flags(directory=str(root), dry_run=bool(payload.get("dry_run")), quiet=True))
    result = replicate_for(session, payload["without"], recalc=bool(payload.get("recalc")))
    data = result.data
    assert isinstance(data, dict)
    return {"servers": data["servers"], "own_recalc": data["own_recalc"], "exit": int(result.exit_code)}


def _show_row(out: Output, row: Mapping[str, Any]) -> None:
    """Write what the hub did with one server; the far side's words are shown, never trusted to have a shape."""
    state = str(row.get("state", ""))
    text = f"{row.get('server', '')} through {row.get('through', '')}: "
    if state != "done":
        out.line(f"{text}{state} ({row.get('reason', '')})", "error")
        return
    moved: list[str] = []
    named: list[str] = []
    for part in ROWS:
        counts = row.get(part)
        if not isinstance(counts, dict):
            continue
        told = [f"{counts[what]} {what}" for what in CHANGES if counts.get(what)]
        moved += [f"{part} {', '.join(told)}"] if told else []
        documents = counts.get("documents")
        for entry in documents if isinstance(documents, list) else ():
            named += [f"    {part}: {entry.get('file')} ({entry.get('change')})"] if isinstance(entry, dict) else []
    recalc = row.get("recalc")
    table = [f"its table {recalc.get('state', '')}"] if isinstance(recalc, dict) else []
    out.line(text + "; ".join([*(moved or ["nothing to move"]), *table]))
    for line in named:
        out.line(line)
