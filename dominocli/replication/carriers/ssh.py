"""The ssh carrier: `dominocli serve --stdio` on the other machine, reached by the system's own ssh.

Its configuration, agent, jump hosts and known hosts are all used as they are; a question of ssh's is an
error (`BatchMode`), since nobody may be there to answer it.
"""

from __future__ import annotations

import os
import shlex
import time
from collections.abc import Mapping
from typing import Any

from dominocli import errors
from dominocli.replication.carriers import failures
from dominocli.replication.carriers.location import SshLocation, ssh_location
from dominocli.replication.carriers.patience import answer_seconds
from dominocli.replication.carriers.pipe import Pipe
from dominocli.replication.carriers.shapes import check_answer
from dominocli.replication.carriers.wire import LONG_VERBS, WIRE, answer_in, encode, is_working
from dominocli.replication.replica import Clock

SSH_VARIABLE = "DOMINOCLI_SSH"
"""Words to call instead of `ssh`, for instance `ssh -F FILE`."""

CONNECT_SECONDS = 20

LONGEST_WORK = 30
"""So many times that long, an hour, a hub may take to replicate with all the others (D)."""


class SshCarrier:
    """Calls the verbs of a replica on another machine, over one connection. Raises as `connect` does."""

    kind = "ssh"

    def __init__(self, location: str, asking_server: str, clock: Clock) -> None:
        self.bytes_sent = 0
        self.location = location
        place = ssh_location(location)
        self._answer_seconds = answer_seconds()
        self._asked = 0
        self._broken: errors.DominoError | None = None
        self._pipe = Pipe(ssh_command(place), location)
        opening = {"version": WIRE, "server": asking_server, "replica": place.path}
        try:
            seconds = min(CONNECT_SECONDS, self._answer_seconds)
            answer = self._exchange("open", opening, seconds)
        except errors.DominoError:
            self.close()
            raise
        if answer["version"] != WIRE:
            self.close()
            reason = f"it speaks version {answer['version']} of the protocol, we speak {WIRE}"
            raise failures.ProtocolFault(location=location, reason=reason, hint="upgrade the older dominocli")

    def call(self, verb: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        return self._exchange(verb, payload, self._answer_seconds)

    def _exchange(self, verb: str, payload: Mapping[str, Any], seconds: float) -> dict[str, Any]:
        if self._broken is not None:
            raise self._broken
        self._asked += 1
        question = encode({"id": self._asked, "verb": verb, "payload": payload}, self.location)
        try:
            line = self._pipe.exchange(question, seconds)
            if verb in LONG_VERBS:
                line = self._worked_out(line, seconds)
        except errors.ReplicaUnreachable as error:
            self._broken = error
            raise
        self.bytes_sent += len(question) + len(line)
        try:
            answer = answer_in(line, self._asked, self.location)
            check_answer(verb, answer, self.location)
        except failures.ProtocolFault as error:
            self._broken = error
            raise
        return answer

    def _worked_out(self, line: bytes, seconds: float) -> bytes:
        """Return the line after those that say the other side is working: each may take the time of an answer."""
        longest = seconds * LONGEST_WORK
        end = time.monotonic() + longest
        while is_working(line, self._asked, self.location):
            if time.monotonic() > end:
                reason = f"no answer within {longest:.0f} seconds"
                raise errors.ReplicaUnreachable(location=self.location, reason=reason)
            line = self._pipe.exchange(b"", seconds)
        return line

    def close(self) -> None:
        self._pipe.close()


def ssh_command(place: SshLocation) -> list[str]:
    """Return the command that reaches a location; its parts are arguments, and the path is quoted for the far shell."""
    command = shlex.split(os.environ.get(SSH_VARIABLE, "")) or ["ssh"]
    options = ["-T", "-o", "BatchMode=yes", "-o", f"ConnectTimeout={CONNECT_SECONDS}"]
    if place.port:
        options += ["-p", str(place.port)]
    if place.user:
        options += ["-l", place.user]
    return [*command, *options, "--", place.host, f"dominocli serve --stdio --replica {shlex.quote(place.path)}"]
