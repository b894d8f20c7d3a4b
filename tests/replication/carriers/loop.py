"""An ssh connection without ssh: the same bytes, answered in this process, and cut where a test says."""

from __future__ import annotations

import io
import shlex
from pathlib import Path

from dominocli import errors
from dominocli.cli.serve import Answers
from dominocli.cli.session import Flags, Session
from dominocli.replication.carriers.wire import answer_lines


class Line:
    """Where the bytes of all connections are counted: each question and each answer, and where they are cut.

    `boundaries` are the counts after each message; `cut_at` lets no byte beyond that count through.
    """

    def __init__(self, cut_at: int | None = None) -> None:
        self.sent = 0
        self.cut_at = cut_at
        self.boundaries: list[int] = []

    def passes(self, message: bytes) -> bool:
        """Let a message through, or as much of it as comes before the cut; tell whether all of it went."""
        if self.cut_at is not None and self.sent + len(message) > self.cut_at:
            self.sent = self.cut_at
            return False
        self.sent += len(message)
        self.boundaries.append(self.sent)
        return True


class LoopPipe:
    """A `Pipe` to a `serve` in this process."""

    line = Line()
    peer = ""

    def __init__(self, command: list[str], location: str) -> None:
        words = shlex.split(command[-1])
        assert words[:-1] == ["dominocli", "serve", "--stdio", "--replica"]
        self._location = location
        self._answers = Answers(Session("serve", Flags()), Path(words[-1]), self.peer)

    def exchange(self, line: bytes, seconds: float) -> bytes:
        if not self.line.passes(line):
            # What arrived of it has no end: the other side must take it for nothing.
            assert self._answered(line[:-1]) == b""
            raise errors.ReplicaUnreachable(location=self._location, reason="the question was cut")
        answer = self._answered(line)
        if not self.line.passes(answer):
            raise errors.ReplicaUnreachable(location=self._location, reason="the answer was cut")
        return answer

    def _answered(self, line: bytes) -> bytes:
        sink = io.BytesIO()
        answer_lines(io.BytesIO(line), sink, self._answers.answer)
        return sink.getvalue()

    def close(self) -> None:
        self._answers.close()
