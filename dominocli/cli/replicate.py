"""`replicate`, `pull` and `push`: all servers of the domain, then each affected server's routing table."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dominocli import errors, names
from dominocli.cli.elsewhere import connector
from dominocli.cli.output import Output, sentence
from dominocli.cli.peers import added_up, peers_of, share_reports, suggest_hub
from dominocli.cli.recalc import findings_of, recalculate, show_recalculations
from dominocli.cli.result import Result
from dominocli.cli.servers import NO_REPLICA, Place, wanted
from dominocli.cli.session import Session
from dominocli.errors import ExitCode

if TYPE_CHECKING:
    from dominocli.replication.report import Moved, ReplicationReport, ServerReport
    from dominocli.routing.recalc import Recalculation

SERVERS = Annotated[list[str] | None, typer.Argument(metavar="[SERVER]...", help="All of the domain if none is given.")]
NO_RECALC = Annotated[bool, typer.Option("--no-recalc", help="Leave the routing tables as they are.")]
MASS_DELETE = Annotated[
    bool, typer.Option("--allow-mass-delete", help="Take it for meant that most documents are gone.")
]


def replicate(
    session: Session,
    servers: SERVERS = None,
    pull_only: Annotated[bool, typer.Option("--pull-only", help="Only fetch.")] = False,
    push_only: Annotated[bool, typer.Option("--push-only", help="Only send.")] = False,
    no_recalc: NO_RECALC = False,
    allow_mass_delete: MASS_DELETE = False,
    plan: Annotated[str, typer.Option("--plan", metavar="FILE", help="Only if this plan still holds.")] = "",
    through: Annotated[
        str, typer.Option("--through", metavar="SERVER", help="Let this server replicate with the others for us.")
    ] = "",
) -> Result:
    """Replicate with all servers, so that every replica is the same, then recalculate the tables affected."""
    if through:
        from dominocli.cli.through import replicate_through

        if servers or pull_only or push_only or plan:
            reason = "--through is of the whole domain, both ways: no SERVER, --pull-only, --push-only, --plan with it"
            raise errors.UsageError(reason=reason, hint=errors.command_line("replicate --through", through))
        return replicate_through(session, through, recalc=not no_recalc, allow_mass_delete=allow_mass_delete)
    if plan:
        from dominocli.cli.plan import refuse_outdated

        if servers or pull_only or push_only:
            reason = "a plan is of the whole domain, both ways: no SERVER, --pull-only or --push-only with --plan"
            raise errors.UsageError(reason=reason, hint=errors.command_line("replicate --plan", plan))
        refuse_outdated(session, plan)
    if pull_only and push_only:
        pull_only = push_only = False
    return _run(session, servers, not push_only, not pull_only, not no_recalc, allow_mass_delete)


def pull(
    session: Session, servers: SERVERS = None, no_recalc: NO_RECALC = False, allow_mass_delete: MASS_DELETE = False
) -> Result:
    """Pull from servers; nothing is sent."""
    return _run(session, servers, True, False, not no_recalc, allow_mass_delete)


def push(
    session: Session, servers: SERVERS = None, no_recalc: NO_RECALC = False, allow_mass_delete: MASS_DELETE = False
) -> Result:
    """Push to servers; nothing is fetched."""
    return _run(session, servers, False, True, not no_recalc, allow_mass_delete)


def replicate_for(session: Session, asker: str, *, recalc: bool) -> Result:
    """Replicate both ways with every server but the asker, as a hub does for another machine."""
    return _run(session, None, True, True, recalc, False, asker=asker)


def _run(
    session: Session,
    servers: list[str] | None,
    pulls: bool,
    pushes: bool,
    recalc: bool,
    allow_mass_delete: bool,
    *,
    asker: str = "",
) -> Result:
    from dominocli.replication.replicate import replicate as run

    report, places = _until_known(
        session,
        servers,
        asker,
        lambda chosen: run(
            session.root,
            peers_of(chosen),
            pull=pulls,
            push=pushes,
            dry_run=session.flags.dry_run,
            allow_mass_delete=allow_mass_delete,
            clock=time.time,
            progress=_progress(session),
            command=session.command,
            connect=connector(session),
        ),
    )
    share_reports(report, places)
    suggest_hub(report)
    results: dict[str, Recalculation] = {}
    if recalc and not session.flags.dry_run:
        done = {row.server for row in report.servers if row.state == "done"}
        affected = [place for place in places if place.own or place.server in done]
        results = {result.server: result for result in recalculate(session, affected)}
    without = [place.server for place in places if not place.location]
    data = _data(report, results, without)

    def show(out: Output) -> None:
        show_report(out, report, without)
        if results:
            show_recalculations(out, list(results.values()))

    session.forget_directory(None if session.flags.dry_run else report.directory)
    findings = [*session.directory.faults(), *findings_of(results.values())]
    return Result(data, show, findings=findings, exit_code=_exit_code(session, report, results, without))


def _until_known(
    session: Session, servers: list[str] | None, asker: str, run: Callable[[list[Place]], ReplicationReport]
) -> tuple[ReplicationReport, list[Place]]:
    """Replicate; if that brought servers or replicas nobody knew of before, replicate with them too.

    A dry run brings nothing, so it never goes on.
    """

    def chosen() -> list[Place]:
        return [place for place in wanted(session, servers or []) if not names.same_name(place.server, asker)]

    places = chosen()
    reports = [run(places)]
    while not servers:
        session.forget_directory()
        now = chosen()
        if now == places or session.flags.dry_run:
            break
        places = now
        reports.append(run(places))
    return added_up(reports), places


def _exit_code(
    session: Session, report: ReplicationReport, results: dict[str, Recalculation], without: list[str]
) -> ExitCode:
    failed = any(result.state == "failed" for result in results.values())
    if not report.complete or without or failed:
        return ExitCode.PARTLY
    moves = any(_total(row.pulled) or _total(row.pushed) for row in report.servers)
    if session.flags.dry_run and session.flags.detailed_exitcode and moves:
        return ExitCode.PENDING
    return ExitCode.DONE


def _total(counts: Moved) -> int:
    return sum(counts.counts.values())


def _data(report: ReplicationReport, results: dict[str, Recalculation], without: list[str]) -> dict[str, Any]:
    data = report.as_json()
    rows: list[dict[str, Any]] = [row.as_json() for row in report.servers]
    for row in rows:
        result = results.get(row["server"])
        row["recalc"] = result.as_json() if result else None
    rows += [{"server": server, "state": "no-replica", "reason": NO_REPLICA} for server in without]
    own = [result.as_json() for server, result in results.items() if server not in {row["server"] for row in rows}]
    return {**data, "servers": sorted(rows, key=lambda row: str(row["server"]).casefold()), "own_recalc": own}


def _progress(session: Session) -> Callable[[str, str, int], None] | None:
    if session.flags.quiet or session.flags.json or not session.out.is_rich(stderr=True):
        return None
    return session.out.progress


def show_report(out: Output, report: ReplicationReport, without: list[str], *, beyond: int = 0) -> None:
    """Write what a replication did, server by server, and what to look after; `beyond`: replicas behind a hub."""
    out.end_progress()
    for row in report.servers:
        _show_server(out, row, dry_run=report.dry_run)
    for server in without:
        out.line(f"{server}: no-replica ({NO_REPLICA})", "warning")
    parts = (
        ("merged by field", report.merged, "good"),
        ("conflict kept as", report.conflicts, "warning"),
        ("deleted on one side, edited on the other, so kept", report.undone, "warning"),
        ("edited alike on several servers", report.closed, "good"),
        ("equal values, other text: its text stays in the history", report.texts_left, "warning"),
        ("left alone, since it cannot be read", report.left_alone, "error"),
    )
    for text, files, style in parts:
        for file in files:
            out.line(f"{text}: {file}", style)
    for warning in report.warnings:
        out.line(warning, "warning")
    old = [file for file in report.open_conflicts if file not in report.conflicts]
    if old:
        out.line(f"{sentence(len(old), 'conflict')} still open: dominocli conflicts list", "warning")
    for server in report.differing:
        out.line(f"{server} has other files still", "error")
    if report.dry_run:
        out.line("nothing was written")
    elif report.identical:
        count = len({row.location for row in report.servers}) + 1 + beyond
        out.line(f"all {count} replicas identical, fingerprint {report.fingerprint[:12]}", "good")


def _show_server(out: Output, row: ServerReport, *, dry_run: bool) -> None:
    if row.state != "done":
        out.line(f"{row.server}: {row.state} ({row.reason})", "error")
        if row.hint:
            out.line(f"    hint: {row.hint}")
        return
    would = "would be " if dry_run else ""
    moved = [
        f"{would}{verb} " + ", ".join(f"{n} {what}" for what, n in counts.counts.items() if n)
        for verb, counts in (("pulled", row.pulled), ("pushed", row.pushed))
        if _total(counts)
    ]
    out.line(f"{row.server}: {'; '.join(moved) or 'nothing to move'}")
    for verb, counts in (("pulled", row.pulled), ("pushed", row.pushed)):
        for change, file in counts.documents:
            out.line(f"    {verb}: {file} ({change})")
    for file, _, reason in row.refused:
        out.line(f"    refused: {file} ({reason})", "error")
