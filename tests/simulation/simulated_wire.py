"""A carrier between simulated replicas: it cuts connections, loses, repeats and delays messages."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, NoReturn

from dominocli import errors
from dominocli.replication.replica import Replica
from dominocli.replication.verbs import Verbs

REPEATABLE = ("put", "checkpoint_put", "hello", "changes", "get", "revs_diff")


class Stopped(BaseException):
    """The program was stopped here."""


class Faults(NamedTuple):
    """How often, for each message, what goes wrong; `json`: messages pass through text."""

    cut: float = 0.0
    lost: float = 0.0
    twice: float = 0.0
    late: float = 0.0
    json: bool = False


class Wire:
    """A connection to one replica, as a carrier offers it. `died` is told when the far side stopped alone;
    it returns False where both sides are one program."""

    kind = "simulated"

    def __init__(
        self, replica: Replica, asking: str, faults: Faults, chance: random.Random, died: Callable[[], bool]
    ) -> None:
        self.bytes_sent = 0
        self.messages: dict[str, int] = {}
        self.broken = False
        self._verbs = Verbs(replica, asking)
        self._faults = faults
        self._chance = chance
        self._died = died
        self._late: list[tuple[str, Mapping[str, Any]]] = []

    def call(self, verb: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Carry one message and its answer, or not."""
        if self._faults.json:
            payload = json.loads(json.dumps(payload))
        faults = self._faults
        if self.broken or self._chance.random() < faults.cut:
            self._break("the connection was cut")
        while self._late and self._chance.random() < 0.5:
            self._answer(*self._late.pop(self._chance.randrange(len(self._late))))
        answer = self._answer(verb, payload)
        if verb in REPEATABLE:
            if self._chance.random() < faults.twice:
                answer = self._answer(verb, payload)
            if self._chance.random() < faults.late:
                self._late.append((verb, payload))
        if self._chance.random() < faults.lost:
            self._break("the answer was lost")
        self.messages[verb] = self.messages.get(verb, 0) + 1
        if faults.json:
            answer = json.loads(json.dumps(answer))
        return answer

    def _answer(self, verb: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return self._verbs.call(verb, payload)
        except Stopped:
            if not self._died():
                raise
            self._break("the other side stopped")

    def _break(self, reason: str) -> NoReturn:
        self.broken = True
        raise errors.ReplicaUnreachable(location="the wire", reason=reason)

    def close(self) -> None:
        """End the connection."""
        self._verbs.close()
