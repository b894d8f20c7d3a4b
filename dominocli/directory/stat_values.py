"""The stat values of many files, asked for by two processes where there are many of them.

The second one may begin before the program has started (ahead.py), so nothing here imports more than it must.
"""

from __future__ import annotations

import os
import sys
from array import array
from functools import partial
from itertools import chain
from operator import attrgetter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import NoReturn

    Ask = Callable[..., os.stat_result]
    Files = Sequence[str] | Sequence[bytes]

CLOCK_TICK_NS = 20_000_000
"""The kernel stamps files with a clock that may lag by a tick; twice that is taken as safe."""

WORTH_A_HELPER = 8_000
"""So many files are worth a second process that asks for some of their stat values."""
PIECE = 1_024
"""So many files are asked for before looking how far the other process has come."""

MOST_DESCRIPTORS = 4_096
"""More than the program ever has open."""
PASSING = getattr(os, "O_PATH", os.O_RDONLY)
"""How to open a folder that need not be listed: whoever may pass through it may."""

values_of = attrgetter("st_ino", "st_size", "st_mtime_ns", "st_ctime_ns")
"""Gives the four words of a `StatValues`."""


class Helper:
    """A second process that asks for the stat values of the same files, in `folder`, from the last one on.

    `files` names them in that process. Both fill the same memory from its two ends, until they meet; behind it is
    a byte for each piece that somebody took. Raises `OSError` where no process may be added.
    """

    def __init__(self, folder: int, count: int, files: Callable[[], Files]) -> None:
        import mmap

        starts = range(0, count, PIECE)
        shared = memoryview(mmap.mmap(-1, 32 * count + len(starts)))
        self._starts = starts
        self._values, self._taken = shared[: 32 * count].cast("q"), shared[32 * count :]
        asker = os.getpid()
        try:
            self._process = os.fork()
            if not self._process:
                self._end(folder, files, asker)
        except BaseException:  # ^C in the other process before its work began: the command is not that one's
            if os.getpid() != asker:
                os._exit(1)
            raise

    def values(self, ask: Ask, files: Files) -> array[int] | None:
        """Return 4 words for each file, those from the first on asked for here; None if the other process failed."""
        try:
            self._fill(ask, files, self._starts)
        finally:
            has_helped = self.stop()
        return array("q", self._values.tobytes()) if has_helped else None

    def stop(self) -> bool:
        """Let the process end after the piece at hand, wait for that, and tell whether it is known to have ended well.

        It is not killed: where nobody waits for children, its number may be another one's already.
        """
        self._taken[:] = b"\1" * len(self._taken)
        try:
            return os.waitpid(self._process, 0)[1] == 0
        except ChildProcessError:  # who started us ignores its children, and so do we: nobody hears how one ended
            return False

    def _fill(self, ask: Ask, files: Files, starts: Iterable[int], asker: int = 0) -> None:
        """Ask for one piece of the files after the other, until one is taken already or the `asker` is gone."""
        values, taken = self._values, self._taken
        for start in starts:
            if taken[start // PIECE] or (asker and os.getppid() != asker):
                return
            taken[start // PIECE] = 1
            piece = files[start : start + PIECE]
            values[4 * start : 4 * (start + len(piece))] = _asked(ask, piece)

    def _end(self, folder: int, files: Callable[[], Files], asker: int) -> NoReturn:
        """End this forked process with its work; it leaves nothing behind, whatever stops it."""
        status = 1
        try:
            os.fchdir(folder)
            named = files()
            # A lock would be held, and a pipe be open, as long as this process has them.
            os.closerange(0, MOST_DESCRIPTORS)
            self._fill(os.lstat, named, reversed(self._starts), asker)
            status = 0
        finally:
            os._exit(status)


def stat_values(folder: int, files: Sequence[str], helper: Helper | None = None) -> array[int]:
    """Return the stat values of files in an open folder, 4 words each; links are not followed.

    `helper` has begun with these files. Raises `OSError`.
    """
    if helper is None and len(files) >= WORTH_A_HELPER and may_fork():
        try:
            helper = Helper(folder, len(files), lambda: files)
        except OSError:  # no process may be added: this one does it alone
            helper = None
    before = _enter(folder) if len(files) >= WORTH_A_HELPER else None
    # Names relative to the working folder take a tenth less time than those relative to a descriptor.
    ask = partial(os.stat, dir_fd=folder, follow_symlinks=False) if before is None else os.lstat
    try:
        found = helper.values(ask, files) if helper is not None else None
        return _asked(ask, files) if found is None else found
    finally:
        if before is not None:
            os.fchdir(before)
            os.close(before)


def _enter(folder: int) -> int | None:
    """Make an open folder the working one and return the one before; None where other threads have it too."""
    if not may_fork():
        return None
    try:
        before = os.open(".", PASSING | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return None
    os.fchdir(folder)
    return before


def _asked(ask: Ask, files: Files) -> array[int]:
    # The loop runs inside C iterators: a loop of Python takes twice the time of the system calls.
    return array("q", chain.from_iterable(map(values_of, map(ask, files))))


def may_fork() -> bool:
    """Tell whether a second processor is there to help, and no thread that a forked process would miss."""
    threading = sys.modules.get("threading")
    return len(os.sched_getaffinity(0)) > 1 if threading is None or threading.active_count() == 1 else False
