"""`route impact`: whose routes change if something goes, and what the domain cannot do without."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from dominocli.cli.output import Output, sentence
from dominocli.cli.recalc import show_changes
from dominocli.cli.result import Result
from dominocli.cli.session import Session
from dominocli.cli.taking_away import TakenAway, taken_away

if TYPE_CHECKING:
    from dominocli.routing.impact import Effect, Impact

SHOWN = 20
"""So many servers are shown, those that lose most; --verbose and --json give all."""


def impact(
    session: Session,
    name: Annotated[
        str,
        typer.Argument(metavar="[DOCUMENT]", help="A server or document; if none, all single points of failure."),
    ] = "",
    samples: Annotated[int, typer.Option("--samples", metavar="N", min=0, help="Routes to name, of each server.")] = 5,
) -> Result:
    """Show whose routes change if a server or a document goes; without one, every single point of failure.

    A server goes with its Connections. Calculated over the directory as it is now, for all servers.
    """
    from dominocli.routing import impact as calculated

    progress = _progress(session, name or "single points of failure")
    if not name:
        return _single_points(session, progress)
    gone = taken_away(session, [name])
    found = calculated.impact(session.directory, gone.documents, gone.servers, samples=samples, progress=progress)
    shown = len(found.effects) if session.flags.verbose else SHOWN
    return Result(found.as_json(), lambda out: _show(out, gone, found, shown))


def _single_points(session: Session, progress: Callable[[int, int], None] | None) -> Result:
    """Return the result without an argument; its data: {single_points: [{removed, kind: server|document,
    source, destination}]}, a pair that loses its route as a sample."""
    from dominocli.routing.impact import single_points

    found = single_points(session.directory, progress=progress)

    def show(out: Output) -> None:
        out.end_progress()
        if found:
            columns = ["without", "no route from", "to"]
            out.table(columns, [[point.removed, point.source, point.destination] for point in found])
        out.note(f"{sentence(len(found), 'single point')} of failure")

    return Result({"single_points": [point.as_json() for point in found]}, show)


def _show(out: Output, gone: TakenAway, found: Impact, shown: int) -> None:
    """Write the servers that lose most, then the counts of all."""
    out.end_progress()
    out.line(f"without {gone.told()}:", "heading")
    for effect in sorted(found.effects, key=lambda effect: (-effect.lost, -effect.changed))[:shown]:
        out.line(f"{effect.server}: {_counts(effect)}", "error" if effect.lost else "")
        show_changes(out, effect.changes, causes=False)
        more = effect.lost + effect.changed + effect.gained - len(effect.changes)
        if more and effect.changes:
            out.line(f"    and {more} more")
    if len(found.effects) > shown:
        out.line(f"{sentence(len(found.effects) - shown, 'server')} more: --verbose shows them")
    if not found.effects:
        out.line("no route changes", "good")
    else:
        servers = sentence(len(found.effects), "server")
        out.line(f"{servers} concerned: {_counts(found)}", "error" if found.lost else "good")


def _counts(counted: Effect | Impact) -> str:
    counts = ((counted.lost, "lost"), (counted.changed, "changed"), (counted.gained, "gained"))
    return ", ".join(f"{sentence(count, 'route')} {what}" for count, what in counts if count)


def _progress(session: Session, what: str) -> Callable[[int, int], None] | None:
    if session.flags.quiet or session.flags.json or not session.out.is_rich(stderr=True):
        return None
    return lambda done, of: session.out.progress(what, f"of {of}:", done)
