"""`replica create | verify | list`: the replicas of the directory, one a server."""

from __future__ import annotations

from typing import Annotated

import typer

from dominocli import errors
from dominocli.cli.output import Output
from dominocli.cli.result import Result
from dominocli.cli.servers import Place, wanted
from dominocli.cli.session import Session
from dominocli.errors import ExitCode

SERVERS = Annotated[list[str] | None, typer.Argument(metavar="[SERVER]...", show_default=False)]
ALL = Annotated[bool, typer.Option("--all", help="Every server of the domain.")]


def create(session: Session, servers: SERVERS = None, all_servers: ALL = False) -> Result:
    """Create the replica of each server where its Server document says; an existing one is left alone."""
    from dominocli.replication import replicas

    rows: list[dict[str, object]] = []
    for place in _chosen(session, servers, all_servers):
        if place.own:
            rows.append(_row(place, "own"))
        elif not place.location:
            rows.append(_row(place, "no-replica"))
        elif session.flags.dry_run:
            rows.append(_row(place, replicas.state_of(session.root, place.location)))
        else:
            rows.append(_row(place, replicas.create(session.root, place.server, place.location)))
    return _result(rows)


def verify(session: Session, servers: SERVERS = None, all_servers: ALL = False) -> Result:
    """Confirm that each server's location holds a replica of this directory, once for a new or changed URL."""
    from dominocli.replication import replicas

    rows = []
    for place in _chosen(session, servers, all_servers):
        if not place.location:
            rows.append(_row(place, "no-replica"))
            continue
        state = "own" if place.own else replicas.verify(session.root, place.server, place.location)
        rows.append(_row(place, state))
    return _result(rows)


def listing(session: Session) -> Result:
    """List the servers of the domain, where their replicas are and whether they answer."""
    from dominocli.replication import replicas

    rows = []
    for place in wanted(session, []):
        state = "own" if place.own else replicas.state_of(session.root, place.location) if place.location else "none"
        rows.append(_row(place, state))
    return _result(rows, listing=True)


def _chosen(session: Session, servers: list[str] | None, all_servers: bool) -> list[Place]:
    if bool(servers) == all_servers:
        raise errors.UsageError(reason="give SERVER names, or --all", hint="dominocli server list shows them")
    return wanted(session, servers or [])


def _row(place: Place, state: str) -> dict[str, object]:
    return {"server": place.server, "replica": place.location, "state": state}


def _result(rows: list[dict[str, object]], *, listing: bool = False) -> Result:
    failed = any(row["state"] not in ("own", "created", "exists", "verified", "ready", "would-create") for row in rows)

    def show(out: Output) -> None:
        out.table(["server", "replica", "state"], [list(row.values()) for row in rows])

    code = ExitCode.PARTLY if failed and not listing else ExitCode.DONE
    return Result({"servers": rows}, show, exit_code=code)
