"""The exclusive lock of a replica: flock, which the kernel frees when its holder dies."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dominocli import errors
from dominocli.directory import ahead

WAIT_SECONDS = 10.0
_RETRY_SECONDS = 0.05


@contextmanager
def locked(root: Path, command: str, *, wait_seconds: float = WAIT_SECONDS) -> Iterator[None]:
    """Hold the replica in `root` for `command`; raise `Locked`, naming the holder, after the wait."""
    path = root / ahead.LOCK_FILE
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
    except FileNotFoundError:
        raise errors.NotAReplica(where=str(root)) from None
    except OSError as error:
        raise errors.UnreadableFile(action="lock", path=str(path), reason=error.strerror) from error
    try:
        _acquire(descriptor, wait_seconds)
        ahead.lock_taken(str(root), os.fstat(descriptor))
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"dominocli {command} (process {os.getpid()} on {os.uname().nodename})".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, wait_seconds: float) -> None:
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= deadline:
                holder = os.pread(descriptor, 200, 0).decode("utf-8", "replace")
                shown = "".join(c for c in holder if c.isprintable()) or "another process"
                raise errors.Locked(holder=shown) from None
            time.sleep(_RETRY_SECONDS)
