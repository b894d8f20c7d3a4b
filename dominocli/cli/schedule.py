"""`schedule`: when the Connections call next."""

from __future__ import annotations

from typing import Annotated

import typer

from dominocli.cli.finding_documents import find_document
from dominocli.cli.output import Output
from dominocli.cli.result import Result
from dominocli.cli.session import Session


def schedule(
    session: Session,
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="A Connection document; else all.")] = "",
    at: Annotated[str, typer.Option("--at", metavar="TIME", help="From when on; now if not given.")] = "",
) -> Result:
    """Show when each Connection calls next, in the zone of its source server, as if it had never called."""
    from dominocli.routing.calls import next_calls

    wanted = find_document(session, "connections", name).name if name else None
    rows = next_calls(session.directory, session.moment(at), wanted)

    def show(out: Output) -> None:
        cells = [
            [row.name, f"{row.next:%a %Y-%m-%d %H:%M}" if row.next else "never", row.zone, row.why] for row in rows
        ]
        out.table(["connection", "next call", "zone", "schedule"], cells)

    return Result({"connections": [row.as_json() for row in rows]}, show)
