"""`recalc`, and in the console's words `tell router update config`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dominocli import errors
from dominocli.cli.elsewhere import publish, recalculate_elsewhere
from dominocli.cli.output import Output, sentence
from dominocli.cli.result import Result
from dominocli.cli.servers import NO_REPLICA, Place, wanted
from dominocli.cli.session import Session
from dominocli.errors import ExitCode

if TYPE_CHECKING:
    from dominocli.documents.finding import Finding
    from dominocli.routing.changes import Change
    from dominocli.routing.recalc import Recalculation

WORTH_SHOWING = 20
"""With fewer servers it is over before anybody could read how far it has got."""

SERVERS = Annotated[
    list[str] | None, typer.Argument(metavar="[SERVER]...", help="All this machine reaches if none is given.")
]


def recalc(session: Session, servers: SERVERS = None) -> Result:
    """Recalculate routing tables, each from its server's own replica."""
    chosen = wanted(session, servers or [])
    results = recalculate(session, chosen)
    code = ExitCode.DONE
    if any(result.state == "failed" or (servers and result.state == "elsewhere") for result in results):
        code = ExitCode.PARTLY
    elif session.flags.dry_run and session.flags.detailed_exitcode and any(r.state == "recalculated" for r in results):
        code = ExitCode.PENDING
    data = {"servers": [result.as_json() for result in results]}
    findings = findings_of(results)
    return Result(data, lambda out: show_recalculations(out, results), findings=findings, exit_code=code)


def tell(
    session: Session,
    words: Annotated[list[str], typer.Argument(metavar="router update config")],
) -> Result:
    """Tell the Router of this replica's server to update its configuration: recalculate its table."""
    if [word.casefold() for word in words] != ["router", "update", "config"]:
        raise errors.UsageError(reason="only 'tell router update config' is known", hint="dominocli recalc --help")
    replica = session.replica
    if replica is None:
        raise errors.NotAReplica(where=str(session.root))
    return recalc(session, [replica.server])


def recalculate(session: Session, chosen: Sequence[Place]) -> list[Recalculation]:
    """Recalculate the tables of these servers, in their order; replicas of the same content share one network."""
    from dominocli.replication.history import text_of
    from dominocli.routing.recalc import ELSEWHERE, FAILED, Recalculation, recalculate_all

    here: list[tuple[Place, Path]] = []
    done: dict[str, Recalculation] = {}
    far: list[Place] = []
    for place in chosen:
        folder = place.folder
        if folder is None and not place.location:
            done[place.server] = Recalculation(place.server, ELSEWHERE, message=NO_REPLICA)
        elif folder is None:
            far.append(place)
        elif problem := _foreign(session, place):
            done[place.server] = Recalculation(place.server, FAILED, message=problem)
        else:
            here.append((place, folder))
    folders = [(place.server, folder) for place, folder in here]
    results = recalculate_all(
        folders,
        dry_run=session.flags.dry_run,
        now=session.now(),
        progress=_progress(session, len(here)),
        past=text_of,
    )
    session.out.end_progress()
    for (place, _), result in zip(here, results, strict=True):
        done[place.server] = publish(session, place, result) if place.hub else result
    done.update(recalculate_elsewhere(session, far))
    return [done[place.server] for place in chosen]


def _progress(session: Session, servers: int) -> Callable[[int, int], None] | None:
    """Return what shows on a terminal how far many servers have got, None where nobody would see it or wait."""
    flags = session.flags
    if servers < WORTH_SHOWING or flags.quiet or flags.json or not session.out.is_rich(stderr=True):
        return None
    return lambda done, whole: session.out.progress("routing tables", f"recalculated, of {whole}:", done)


def _foreign(session: Session, place: Place) -> str:
    """Return why a folder may not get a table: it is no replica of this directory."""
    from dominocli.directory.settings import read_replica, read_settings

    if place.own:
        return "" if session.replica else f"{place.location} is not a replica on this machine"
    folder = Path(place.location)
    try:
        if read_settings(folder).replica_id != session.directory.settings.replica_id:
            return f"{place.location} holds another directory"
        if read_replica(folder) is None:
            return f"{place.location} is not a replica on this machine"
    except errors.DominoError as error:
        return error.message
    return ""


def findings_of(results: Iterable[Recalculation]) -> list[Finding]:
    """Return what several tables' servers have to tell, each finding once."""
    return list(dict.fromkeys(finding for result in results for finding in result.findings))


def show_recalculations(out: Output, results: Sequence[Recalculation]) -> None:
    """Write, per server, what changed by destination, with the document that caused it."""
    for result in results:
        style = {"recalculated": "good", "failed": "error"}.get(result.state, "")
        out.line(f"{result.server}: {result.state}" + (f" ({result.message})" if result.message else ""), style)
        show_changes(out, result.changed)
        if result.more:
            out.line(f"    and {result.more} more")
    show_unused(out, results)


def show_changes(out: Output, changed: Iterable[Change], *, causes: bool = True) -> None:
    """Write the routes of one server that change, one a line: servers, domains, Internet patterns, other Internet mail.

    Without `causes` no document is named: that of a removal is known.
    """
    for change in changed:
        because = f"  ({change.document})" if causes and change.document else ""
        out.line(f"    {change.destination}: {_difference(change.before, change.after)}{because}")


def show_unused(out: Output, results: Iterable[Recalculation]) -> None:
    """Write the documents that some table does not use, each reason once."""
    unused = {(e.document, e.reason): e for result in results for e in result.not_used if e.severity != "info"}
    if unused:
        out.line(f"{sentence(len({document for document, _ in unused}), 'document')} not used:", "warning")
        for entry in unused.values():
            out.line(f"    {entry.document}: {entry.reason}")


def _difference(before: dict[str, object] | None, after: dict[str, object] | None) -> str:
    """Return two routes in short; what else they differ in only where they would look the same."""
    short = _way(before), _way(after)
    if before and after and short[0] == short[1]:
        differing = [key for key in {**before, **after} if before.get(key) != after.get(key)]
        short = _way(before, differing), _way(after, differing)
    return " -> ".join(short)


def _way(route: dict[str, object] | None, more: Sequence[str] = ()) -> str:
    if route is None or route.get("cost") is None:
        return "no route"
    here = "the Internet" if "host" in route else "here"
    here += f", else {route['smart_host']}" if route.get("smart_host") else ""
    ahead = route.get("next_hop") or route.get("host") or here
    told = [f"cost {route['cost']}", *(f"{key.replace('_', ' ')} {route.get(key) or 'none'}" for key in more)]
    return f"{ahead} ({', '.join(told)})"
