"""A process on the other end of three pipes, asked line by line, never waited for beyond a time-out."""

from __future__ import annotations

import os
import selectors
import subprocess
import time
from collections.abc import Sequence

from dominocli import errors
from dominocli.replication.carriers import failures
from dominocli.replication.carriers.wire import LONGEST_LINE

_CHUNK = 1 << 16
_COMPLAINT = 4000
_FAREWELL_SECONDS = 2.0


class Pipe:
    """A running command whose standard output answers its standard input; `close` it.

    Its standard error is read all the while, so that it never blocks, and its end is what a failure quotes.
    """

    def __init__(self, command: Sequence[str], location: str) -> None:
        self._location = location
        self._received = bytearray()
        self._complaint = bytearray()
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
            )
        except OSError as error:
            reason = f"{command[0]}: {error.strerror}"
            raise errors.ReplicaUnreachable(location=location, reason=reason) from error
        assert self._process.stdin and self._process.stdout and self._process.stderr
        self._stdin, self._stdout, self._stderr = (
            stream.fileno() for stream in (self._process.stdin, self._process.stdout, self._process.stderr)
        )
        for descriptor in (self._stdin, self._stdout, self._stderr):
            os.set_blocking(descriptor, False)

    def exchange(self, line: bytes, seconds: float) -> bytes:
        """Send a line (b"": nothing) and return the next one that comes, with its end.

        Raises `ReplicaUnreachable` where none comes in time or the command ends, `MessageTooLong`.
        """
        deadline = time.monotonic() + seconds
        unsent = memoryview(line)
        with selectors.DefaultSelector() as selector:
            if unsent:
                selector.register(self._stdin, selectors.EVENT_WRITE)
            selector.register(self._stdout, selectors.EVENT_READ)
            selector.register(self._stderr, selectors.EVENT_READ)
            while b"\n" not in self._received:
                ready = selector.select(max(0.0, deadline - time.monotonic()))
                if not ready:
                    raise self._failure(f"no answer within {seconds:.0f} seconds")
                for key, _ in ready:
                    if key.fd == self._stdin:
                        unsent = self._send(unsent)
                        if not unsent:
                            selector.unregister(self._stdin)
                    elif not self._receive(key.fd):
                        selector.unregister(key.fd)
        end = self._received.index(b"\n") + 1
        answer = bytes(self._received[:end])
        del self._received[:end]
        return answer

    def _send(self, unsent: memoryview) -> memoryview:
        try:
            return unsent[os.write(self._stdin, unsent[:_CHUNK]) :]
        except BlockingIOError:
            return unsent
        except OSError as error:
            raise self._ended(error.strerror or "the connection is cut") from error

    def _receive(self, descriptor: int) -> bool:
        """Read what is there; tell whether more can come."""
        chunk = os.read(descriptor, _CHUNK)
        if descriptor == self._stderr:
            self._complaint += chunk
            del self._complaint[:-_COMPLAINT]
            return bool(chunk)
        if not chunk:
            raise self._ended("the connection was closed")
        self._received += chunk
        if len(self._received) > LONGEST_LINE:
            raise failures.MessageTooLong(location=self._location, limit=LONGEST_LINE)
        return True

    def _ended(self, reason: str) -> errors.DominoError:
        """Return the failure of a command that went away, with its last words."""
        try:
            code = self._process.wait(_FAREWELL_SECONDS)
        except subprocess.TimeoutExpired:
            return self._failure(reason)
        try:
            while chunk := os.read(self._stderr, _CHUNK):
                self._complaint += chunk
        except BlockingIOError:
            return self._failure(reason)
        hint = "dominocli must be installed there, where its login shell finds it" if code == 127 else ""
        return self._failure(reason, hint)

    def _failure(self, reason: str, hint: str = "") -> errors.DominoError:
        said = self._complaint.decode("utf-8", "replace").strip().splitlines()
        words = "; ".join(line.strip() for line in said[-3:] if line.strip())[-500:]
        # What is said before all else (a banner) is no reason, and what ssh says at its end is the only one.
        both = f"{reason} ({words})" if words else reason
        return errors.ReplicaUnreachable(location=self._location, reason=both, hint=hint or None)

    def close(self) -> None:
        """End the command: it sees the end of its input, and is stopped if that does not help."""
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            assert stream is not None
            stream.close()
        try:
            self._process.wait(_FAREWELL_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
