"""Asking for the stat values of a large directory while the program still starts, or works in another one.

A second process begins with the files that the index names. What it finds is used once, by the first look at the
whole directory, and only where that look has the same index and the folders still hold the names in it; under the
lock, only if nobody else held it since; never after a write of our own.
"""

from __future__ import annotations

import fcntl
import os
import time

from dominocli.directory.index_sections import INDEX_FILE, read_head
from dominocli.directory.stat_values import CLOCK_TICK_NS, PASSING, WORTH_A_HELPER, Helper, may_fork, values_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LOCK_FILE = ".dominocli/lock"
LOCK_AGE_NS = 2 * CLOCK_TICK_NS
"""A lock file written in the kernel's latest ticks could be written again without showing it."""

MOST_SECONDS = 5.0
"""What was found so long ago says little about now: the command waited for something meanwhile."""


class Ahead:
    """A helper that has begun with the files of the index `index`, at `since` (monotonic seconds)."""

    def __init__(self, folder: int, index: int) -> None:
        count, self.index, start, length = read_head(index)
        if count < WORTH_A_HELPER or not may_fork():
            raise ValueError("not worth a second process")
        self.root = _identity_of(os.fstat(folder))
        self.lock = _free_lock(folder)
        self.since = time.monotonic()
        self.helper = Helper(folder, count, lambda: os.pread(index, length, start).split(b"\n"))


_begun: list[Ahead] = []
"""One for each directory at most."""
_expected: list[str] = []
"""The directories to begin with next, the nearest last."""


def begin(root: str) -> None:
    """Begin with the directory in `root`, if it is a large one and nobody else works in it."""
    opened: list[int] = []
    try:
        opened.append(os.open(root, PASSING | os.O_DIRECTORY | os.O_CLOEXEC))
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        opened.append(os.open(INDEX_FILE, flags, dir_fd=opened[0]))
        if not any(begun.root == _identity_of(os.fstat(opened[0])) for begun in _begun):
            _begun.append(Ahead(*opened))
    except (OSError, ValueError):
        return  # whoever looks asks for everything, and says what is wrong
    finally:
        for descriptor in opened:
            os.close(descriptor)


def expect(roots: Sequence[str]) -> None:
    """Begin with the first of these directories when the one at hand has been looked at, with the next after that."""
    _expected[:] = reversed(roots)


def go_on() -> None:
    """Begin with the next directory: the processor that helped to look at one is free."""
    if _expected:
        begin(_expected.pop())


def take(folder: int, index: str) -> Ahead | None:
    """Return what has begun with an open directory's files as an index names them, None for nothing; only once."""
    root = _identity_of(os.fstat(folder))
    for begun in _begun:
        is_young = time.monotonic() - begun.since < MOST_SECONDS
        if begun.root == root and begun.index == index and is_young:
            _begun.remove(begun)
            return begun
    _give_up(lambda begun: begun.root == root)
    return None


def lock_taken(root: str, seen: os.stat_result) -> None:
    """Hear that this process holds the lock of `root`, and how its file was before: others may have held it."""
    if _begun:
        held = _identity_of(os.stat(root))
        _give_up(lambda begun: begun.root == held and begun.lock != values_of(seen))


def forget(root: str) -> None:
    """Do without in the directory in `root`: what is in it changes now."""
    if _begun:
        changed = _identity_of(os.stat(root))
        _give_up(lambda begun: begun.root == changed)


def _give_up(is_meant: Callable[[Ahead], bool]) -> None:
    for begun in list(filter(is_meant, _begun)):
        _begun.remove(begun)
        begun.helper.stop()


def _identity_of(folder: os.stat_result) -> tuple[int, int]:
    return folder.st_dev, folder.st_ino


def _free_lock(folder: int) -> tuple[int, ...]:
    """Return the stat values of a lock that nobody holds; raise `OSError`, ValueError for one that somebody may."""
    try:
        descriptor = os.open(LOCK_FILE, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    except FileNotFoundError:  # nobody ever held it
        return ()
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        seen = os.fstat(descriptor)
    finally:
        os.close(descriptor)
    if seen.st_ctime_ns > time.time_ns() - LOCK_AGE_NS:
        raise ValueError("held just now")
    values: tuple[int, ...] = values_of(seen)
    return values
