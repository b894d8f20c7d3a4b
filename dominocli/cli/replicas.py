"""`replica create | verify | list`: the replicas of the directory, one a server."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from dominocli import errors
from dominocli.cli.elsewhere import connector
from dominocli.cli.output import Output
from dominocli.cli.result import Result
from dominocli.cli.servers import NO_REPLICA, Place, wanted
from dominocli.cli.session import Session
from dominocli.errors import ExitCode

if TYPE_CHECKING:
    from dominocli.replication.replicas import ReplicaState

SERVERS = Annotated[list[str] | None, typer.Argument(metavar="[SERVER]...", show_default=False)]
ALL = Annotated[bool, typer.Option("--all", help="Every server of the domain.")]


def create(session: Session, servers: SERVERS = None, all: ALL = False) -> Result:
    """Create the replica of each server where its Server document says; an existing one is left alone."""
    chosen = _chosen(session, servers, all)
    if session.flags.dry_run:
        return _result(_states(session, chosen, confirmed=False), {"exists", "missing"})
    states = [_created(session, place) for place in chosen if place.location]
    return _result([*states, *_unplaced(chosen)], {"created", "exists"})


def verify(session: Session, servers: SERVERS = None, all: ALL = False) -> Result:
    """Confirm that each server's location holds a replica of this directory, once for a new or changed URL."""
    from dominocli.replication import replicas

    chosen = _chosen(session, servers, all)
    if session.flags.dry_run:
        return _result(_states(session, chosen, confirmed=False), {"exists"})
    placed = [(place.server, place.hub or place.location) for place in chosen if place.location]
    states = [replicas.verify(session.root, server, location, clock=time.time) for server, location in placed]
    return _result([*states, *_unplaced(chosen)], {"verified"})


def listing(session: Session) -> Result:
    """List the servers of the domain, where their replicas are and whether they answer."""
    return _result(_states(session, wanted(session, [])), None)


def _chosen(session: Session, servers: list[str] | None, every: bool) -> list[Place]:
    if bool(servers) == every:
        raise errors.UsageError(reason="give SERVER names, or --all", hint="dominocli server list shows them")
    return wanted(session, servers or [])


def _created(session: Session, place: Place) -> ReplicaState:
    """Create one server's replica; one that cannot be reached does not stop the others."""
    from dominocli.replication.replicas import MISSING, UNREACHABLE, ReplicaState, create

    try:
        return create(session.root, place.server, place.location)
    except (errors.ReplicaUnreachable, errors.AccessRefused, errors.Locked) as error:
        return ReplicaState(place.server, place.location, UNREACHABLE, error.message)
    except errors.CarrierUnavailable as error:
        return ReplicaState(place.server, place.location, MISSING, f"{error.message}: {error.hint}")


def _states(session: Session, places: Sequence[Place], *, confirmed: bool = True) -> list[ReplicaState]:
    """Return how replicas stand; URLs nobody confirmed are opened only where `confirmed` is not asked for."""
    from dominocli.replication.carriers.carrier import connect
    from dominocli.replication.replicas import listing
    from dominocli.replication.replicate import Peer

    peers = [Peer(place.server, place.location) for place in places if place.location]
    opening = connector(session) if confirmed else connect
    return [*listing(session.root, peers, clock=time.time, connect=opening), *_unplaced(places)]


def _unplaced(places: Sequence[Place]) -> list[ReplicaState]:
    from dominocli.replication.replicas import ReplicaState

    return [ReplicaState(place.server, "", "no-replica", NO_REPLICA) for place in places if not place.location]


def _result(states: list[ReplicaState], good: set[str] | None) -> Result:
    states = sorted(states)
    failed = good is not None and any(state.state not in good for state in states)

    def show(out: Output) -> None:
        out.table(["server", "replica", "state", "reason"], states)

    code = ExitCode.PARTLY if failed else ExitCode.DONE
    return Result({"servers": [state.as_json() for state in states]}, show, exit_code=code)
