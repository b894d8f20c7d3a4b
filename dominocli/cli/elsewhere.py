"""Servers whose replicas are on other machines: recalculated there, their tables brought home as copies."""

from __future__ import annotations

import binascii
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dominocli import errors
from dominocli.cli.servers import Place
from dominocli.cli.session import Session
from dominocli.replication.carriers import failures

if TYPE_CHECKING:
    from dominocli.replication.carriers.carrier import Carrier
    from dominocli.replication.replica import Clock
    from dominocli.routing.copies import Copy
    from dominocli.routing.recalc import Recalculation


OWN_HOST = "its own host recalculates it: dominocli recalc there"


def connector(session: Session) -> Callable[[str, str, Clock], Carrier]:
    """Return the `connect` of this directory: only URLs that were confirmed on this machine are opened."""
    from dominocli.replication.carriers.carrier import confirmed

    replica = session.replica
    return confirmed(frozenset(replica.verified.values()) if replica else frozenset())


def _settled(session: Session) -> None:
    """Look up what several threads are about to ask of the session, so that each of them only finds it."""
    assert session.directory.settings
    connector(session)


def recalculate_elsewhere(session: Session, chosen: Sequence[Place]) -> dict[str, Recalculation]:
    """Have the tables of servers on other machines recalculated there, and bring them home.

    A server that cannot be reached is `elsewhere`, with the reason.
    """
    from dominocli.replication.side_by_side import all_at_once
    from dominocli.routing.recalc import ELSEWHERE, Recalculation

    by_location: dict[str, list[Place]] = {}
    done: dict[str, Recalculation] = {}
    for place in chosen:
        if place.location.startswith("ssh://"):
            by_location.setdefault(place.location, []).append(place)
        else:
            done[place.server] = Recalculation(place.server, ELSEWHERE, message=OWN_HOST)
    _settled(session)

    def ask(location: str) -> list[Recalculation]:
        servers = [place.server for place in by_location[location]]
        try:
            return _recalculate_at(session, location, servers)
        except errors.DominoError as error:
            return [Recalculation(server, ELSEWHERE, message=error.message, hint=error.hint) for server in servers]

    for results in all_at_once(ask, sorted(by_location)):
        done.update({result.server: result for result in results})
    return done


def _recalculate_at(session: Session, location: str, servers: list[str]) -> list[Recalculation]:
    carrier = _greeted(session, location)
    try:
        question = {"servers": servers, "dry_run": session.flags.dry_run}
        answer = carrier.call("recalc", question)["servers"]
        if len(answer) != len(servers):
            raise failures.ProtocolFault(location=location, reason="recalc: not what was asked for")
        results = [result_of(message, server, location) for message, server in zip(answer, servers, strict=True)]
        if not session.flags.dry_run and session.replica is not None:
            for server in servers:
                _bring_home(session, carrier, server)
    finally:
        carrier.close()
    return results


def _greeted(session: Session, location: str) -> Carrier:
    """Return a carrier to a replica that is one of this directory; raise `DominoError`."""
    replica = session.replica
    carrier = connector(session)(location, replica.server if replica else "", time.time)
    try:
        carrier.call("who", {"replica_id": session.directory.settings.replica_id})
    except errors.DominoError:
        carrier.close()
        raise
    return carrier


def refresh(session: Session, known: Iterable[Place]) -> list[str]:
    """Bring home the tables of all servers on other machines; return what failed, as text.

    A folder that is no replica has nowhere to keep copies: raises `NotAReplica`.
    """
    from dominocli.replication.side_by_side import all_at_once

    if session.replica is None:
        raise errors.NotAReplica(where=str(session.root))
    by_location: dict[str, list[str]] = {}
    for place in known:
        if place.location and place.folder is None:
            by_location.setdefault(place.location, []).append(place.server)
    _settled(session)

    def fetch(location: str) -> str:
        try:
            carrier = _greeted(session, location)
            try:
                for server in by_location[location]:
                    _bring_home(session, carrier, server)
            finally:
                carrier.close()
        except errors.DominoError as error:
            return f"{', '.join(by_location[location])}: {error.message}"
        return ""

    return [failure for failure in all_at_once(fetch, sorted(by_location)) if failure]


def _bring_home(session: Session, carrier: Carrier, server: str) -> None:
    from dominocli.routing.copies import keep_copy

    copy = _copy(server, carrier.call("table", {"server": server}))
    if copy is not None and not session.flags.dry_run:
        keep_copy(session.root, server, copy)


def _copy(server: str, answer: Mapping[str, str]) -> Copy | None:
    """Return what the far side has, None where nobody put anything there yet."""
    from dominocli.routing.copies import copy_of

    if not answer["as_of"]:
        return None
    try:
        data = binascii.a2b_base64(answer["table"], strict_mode=True)
    except (binascii.Error, ValueError):
        data = b""
    return copy_of(server, data, answer["fingerprint"], answer["as_of"])


def publish(session: Session, place: Place, result: Recalculation) -> Recalculation:
    """Put our own table where others find it: into the CouchDB that our Server document names as the Replica."""
    from dominocli.routing.store import installed

    table = installed(session.root, place.server)
    if not place.hub or session.flags.dry_run or table is None:
        return result
    content = {
        "server": place.server,
        "table": binascii.b2a_base64(table.data, newline=False).decode(),
        "fingerprint": session.directory.fingerprint(),
        "as_of": session.now().isoformat(timespec="seconds"),
    }
    try:
        carrier = _greeted(session, place.hub)
        try:
            carrier.call("table_put", content)
        finally:
            carrier.close()
    except errors.DominoError as error:
        return result._replace(message=f"its table could not be put into {place.hub}: {error.message}")
    return result


def message_of(result: Recalculation) -> dict[str, Any]:
    """Return a result as JSON can hold it."""
    return {
        **result._asdict(),
        "changed": [change._asdict() for change in result.changed],
        "not_used": [entry._asdict() for entry in result.not_used],
        "findings": [finding._asdict() for finding in result.findings],
    }


def result_of(message: Mapping[str, Any], server: str, location: str) -> Recalculation:
    """Return the result a message tells of; raise `ProtocolFault` for one of another server or another shape."""
    from dominocli.documents.finding import Finding
    from dominocli.names import same_name
    from dominocli.routing.changes import Change
    from dominocli.routing.recalc import FAILED, RECALCULATED, UNCHANGED, Recalculation
    from dominocli.routing.unused import NotUsed

    try:
        parts = {key: message[key] for key in ("server", "state", "fingerprint", "message", "hint")}
        changed = tuple(Change(**entry) for entry in message["changed"])
        not_used = tuple(NotUsed(**{**entry, "about": tuple(entry["about"])}) for entry in message["not_used"])
        findings = tuple(Finding(**entry) for entry in message["findings"])
        more = message["more"]
    except (KeyError, TypeError) as error:
        raise failures.ProtocolFault(location=location, reason=f"recalc: {error}") from error
    texts = [*parts.values(), *(c.destination for c in changed), *(text for n in not_used for text in n[:6])]
    known = parts["state"] in (RECALCULATED, UNCHANGED, FAILED) and all(isinstance(text, str) for text in texts)
    routes = [way for change in changed for way in (change.before, change.after)]
    known = known and type(more) is int and all(way is None or isinstance(way, dict) for way in routes)
    if not known or not same_name(parts["server"], server):
        raise failures.ProtocolFault(location=location, reason="recalc: not what was asked for")
    return Recalculation(**parts, changed=changed, not_used=not_used, findings=findings, more=more)
