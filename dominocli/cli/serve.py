"""`serve`: answers another dominocli on standard input and output; it joins the verbs of replication and routing."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dominocli import errors, names
from dominocli.cli.result import Result
from dominocli.cli.session import Session
from dominocli.replication.carriers import failures

if TYPE_CHECKING:
    from dominocli.replication.verbs import Verbs


def serve(
    session: Session,
    stdio: Annotated[bool, typer.Option("--stdio", help="Over standard input and output; the only way there is.")],
    replica: Annotated[str, typer.Option("--replica", metavar="DIR", help="The replica to answer for.")] = "",
    peer: Annotated[
        str, typer.Option("--peer", metavar="SERVER", help="Who asks: for the forced command of an ssh key.")
    ] = "",
) -> Result:
    """Answer another dominocli for the replica in DIR, until it has no more questions.

    Meant for ssh: restrict,command="dominocli serve --stdio --replica DIR --peer SERVER" before a key in
    authorized_keys gives its holder this replica, under this name, and nothing else.
    """
    from dominocli.replication.carriers.wire import answer_lines

    if not stdio:
        raise errors.MissingFlags(flags="--stdio", fields=("stdio",))
    if not replica:
        raise errors.MissingFlags(flags="--replica", fields=("replica",))
    answers = Answers(session, Path(replica).absolute(), peer)
    try:
        answer_lines(sys.stdin.buffer, sys.stdout.buffer, answers.answer)
    finally:
        answers.close()
    return Result(None, lambda out: None)


class Answers:
    """Answers for one replica. `peer` is the name a forced command gives the asker, "" if it may say so itself."""

    def __init__(self, session: Session, root: Path, peer: str) -> None:
        self._session = session
        self._root = root
        self._peer = peer
        self._verbs: Verbs | None = None
        self._missing: errors.DominoError | None = None

    def close(self) -> None:
        """Give back what was opened."""
        if self._verbs is not None:
            self._verbs.close()

    def answer(self, verb: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Answer a verb; raise `DominoError`."""
        from dominocli.replication.carriers.shapes import check_question

        check_question(verb, payload)
        if verb == "open":
            return self._open(payload)
        if verb == "create" and (self._missing is not None or self._verbs is not None):
            return self._create(payload)
        if self._missing is not None:
            raise self._missing
        if self._verbs is None:
            raise failures.ProtocolFault(location="the asking side", reason="the first question is open")
        beyond = {"recalc": self._recalc, "table": self._table, "replicate": self._replicate}
        if verb not in beyond:
            self._same_name(payload.get("server"))
            return self._verbs.call(verb, payload)
        self._verbs.require(editor=verb != "table")
        return beyond[verb](payload)

    def _open(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        from dominocli.replication.carriers.wire import WIRE
        from dominocli.replication.replica import Replica
        from dominocli.replication.verbs import Verbs

        self._same_name(payload["server"])
        if os.path.realpath(payload["replica"]) != os.path.realpath(self._root):
            reason = "this way leads to another folder; ask whoever gave you access for its path"
            raise errors.NoReplicaThere(location=payload["replica"], reason=reason)
        if self._verbs is not None or self._missing is not None:
            raise failures.ProtocolFault(location="the asking side", reason="it opens twice")
        try:
            replica = Replica.open(self._root, time.time)
        except (errors.NoDirectory, errors.NotAReplica) as error:
            self._missing = errors.NoReplicaThere(location=str(self._root), reason=error.message)
            return {"version": WIRE}
        self._verbs = Verbs(replica, self._peer or payload["server"])
        return {"version": WIRE}

    def _create(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Make the replica this way leads to, where there is none: whoever gave the way meant one to be there."""
        from dominocli.directory.settings import Settings
        from dominocli.replication.replicas import make_replica

        given = payload["settings"]
        settings = Settings(given["replica_id"], given["title"], given["domain"])
        made = make_replica(settings, payload["server"], self._root)
        return {"state": made.state}

    def _same_name(self, said: object) -> None:
        """Refuse whoever calls himself anything but what the forced command says."""
        if self._peer and isinstance(said, str) and not names.same_name(said, self._peer):
            hint = f"this key is that of {self._peer}"
            raise errors.AccessRefused(server="this replica", peer=f"a server that calls itself {said}", hint=hint)

    def _recalc(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        from dominocli.cli.elsewhere import message_of
        from dominocli.replication.history import text_of
        from dominocli.routing.recalc import recalculate

        now = self._session.now()
        results = recalculate(
            self._root, payload["servers"], dry_run=bool(payload.get("dry_run")), now=now, past=text_of
        )
        return {"servers": [message_of(result) for result in results]}

    def _table(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        import binascii

        from dominocli.directory.reader import look
        from dominocli.routing.store import installed

        table = installed(self._root, payload["server"])
        return {
            "table": binascii.b2a_base64(table.data, newline=False).decode() if table is not None else "",
            "fingerprint": look(self._root, update_index=False).fingerprint(),
            "as_of": self._session.now().isoformat(timespec="seconds"),
        }

    def _replicate(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        from dominocli.cli.through import replicate_here

        return {"report": replicate_here(self._root, payload)}
