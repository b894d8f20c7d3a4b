"""Which document files there are, and their stat values: the part of looking that touches every file."""

from __future__ import annotations

import os
import stat
import sys
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple, NoReturn

from dominocli import errors
from dominocli.documents import FOLDERS

WORTH_A_HELPER = 8_000
"""So many files are worth a second process that asks for some of their stat values."""
PIECE = 1_024
"""So many files are asked for before looking how far the other process has come."""

_values = attrgetter("st_ino", "st_size", "st_mtime_ns", "st_ctime_ns")


class Listing(NamedTuple):
    """Every document file, by folder and name; the stat values of files and of the folders themselves, 4 words
    each (`StatValues`; zeros for a folder that is not there); and how many names were read, not known before."""

    names: list[str]
    stats: array[int]
    folders: array[int]
    names_read: int


class Known(NamedTuple):
    """What an earlier listing found: its names, and the folders' stat values where they can be trusted."""

    names: list[str]
    folders: array[int]

    def of_folder(self, folder: str, stamp: array[int]) -> list[str] | None:
        """Return the files of a folder that has these stat values, None where they may be others now."""
        position = FOLDERS.index(folder)
        if self.folders[4 * position : 4 * position + 4] != stamp:
            return None
        first, end = (bisect_left(self.names, limit, key=_folder_position) for limit in (position, position + 1))
        return self.names[first:end]


def _folder_position(file: str) -> int:
    return FOLDERS.index(file.partition("/")[0])


def listing(root: Path, folders: Sequence[str] = FOLDERS, known: Known | None = None) -> Listing:
    """Return which document files there are, with their stat values.

    Names come and go only with the stat values of their folder: those of a folder that is as `known` are not
    read again. Links are not followed. Raises `UnreadableFile`.
    """
    files: list[str] = []
    stats, stamps = array("q"), array("q", bytes(32 * len(FOLDERS)))
    names_read = 0
    for folder in folders:
        try:
            if not stat.S_ISDIR(os.lstat(root / folder).st_mode):
                # Skipped in silence, its documents would look deleted.
                raise errors.UnreadableFile(
                    action="read",
                    path=folder,
                    reason="it is no folder, and links are not followed",
                    file=folder,
                    hint="put the folder itself here",
                )
            found, values, stamp, is_read = _of_folder(root, folder, known)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise errors.UnreadableFile(action="read", path=folder, reason=error.strerror, file=folder) from error
        files += found
        stats += values
        position = FOLDERS.index(folder)
        stamps[4 * position : 4 * position + 4] = stamp
        names_read += is_read * len(found)
    return Listing(files, stats, stamps, names_read)


def _of_folder(root: Path, name: str, known: Known | None) -> tuple[list[str], array[int], array[int], bool]:
    """Return a folder's files, their stat values and its own, and whether its names were read."""
    prefix = f"{name}/"
    folder = os.open(root / name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        # Before the names: what comes or goes meanwhile must not pass for read.
        stamp = array("q", _values(os.fstat(folder)))
        files = known.of_folder(name, stamp) if known is not None else None
        is_read = files is None
        if files is None:
            names = sorted([name for name in os.listdir(folder) if name[-5:] == ".toml" and name[0] != "."])
            files = [prefix + name for name in names]
        else:
            names = [file[len(prefix) :] for file in files]
        try:
            values = _stat_values(folder, names)
        except FileNotFoundError:
            names, values = _of_those_left(folder, names)
            files = [prefix + name for name in names]
        return files, values, stamp, is_read
    finally:
        os.close(folder)


def _of_those_left(folder: int, names: Sequence[str]) -> tuple[list[str], array[int]]:
    """Return names and stat values without what went away since the folder was read."""
    left: list[str] = []
    values = array("q")
    for name in names:
        try:
            values.extend(_values(os.stat(name, dir_fd=folder, follow_symlinks=False)))
        except FileNotFoundError:
            continue
        left.append(name)
    return left, values


def _stat_values(folder: int, names: Sequence[str]) -> array[int]:
    ask = partial(os.stat, dir_fd=folder, follow_symlinks=False)
    if len(names) < WORTH_A_HELPER or not _may_fork():
        return _asked(ask, names)
    import mmap

    starts = range(0, len(names), PIECE)
    # Both fill the same memory from its two ends, until they meet; behind it a byte for each piece somebody took.
    shared = memoryview(mmap.mmap(-1, 32 * len(names) + len(starts)))
    values, taken = shared[: 32 * len(names)].cast("q"), shared[32 * len(names) :]
    try:
        helper = os.fork()
    except OSError:  # no process may be added: this one does it alone
        return _asked(ask, names)
    if not helper:
        _end_with(partial(_help, folder, names, reversed(starts), values, taken))
    try:
        _fill(ask, names, starts, values, taken)
    finally:
        has_helped = _has_ended_well(helper)
    return array("q", values.tobytes()) if has_helped else _asked(ask, names)


def _has_ended_well(helper: int) -> bool:
    """Wait for a process and tell whether it is known to have done its work."""
    try:
        return os.waitpid(helper, 0)[1] == 0
    except ChildProcessError:  # who started us ignores its children, and so do we: nobody hears how one ended
        return False


def _fill(
    ask: Callable[[str], os.stat_result],
    names: Sequence[str],
    starts: Iterable[int],
    values: memoryview[int],
    taken: memoryview[int],
) -> None:
    """Ask for the stat values of one piece of the names after the other, until one is taken already."""
    for start in starts:
        if taken[start // PIECE]:
            return
        taken[start // PIECE] = 1
        piece = names[start : start + PIECE]
        values[4 * start : 4 * (start + len(piece))] = _asked(ask, piece)


def _help(
    folder: int, names: Sequence[str], starts: Iterable[int], values: memoryview[int], taken: memoryview[int]
) -> None:
    os.fchdir(folder)
    _fill(os.lstat, names, starts, values, taken)


def _asked(ask: Callable[[str], os.stat_result], names: Sequence[str]) -> array[int]:
    # The loop runs inside C iterators: a loop of Python takes twice the time of the system calls.
    return array("q", chain.from_iterable(map(_values, map(ask, names))))


def _may_fork() -> bool:
    """Tell whether a second processor is there to help, and no thread that a forked process would miss."""
    threading = sys.modules.get("threading")
    return len(os.sched_getaffinity(0)) > 1 if threading is None or threading.active_count() == 1 else False


def _end_with(work: Callable[[], None]) -> NoReturn:
    """End this forked process with its work; it leaves nothing behind, whatever stops it."""
    status = 1
    try:
        work()
        status = 0
    finally:
        os._exit(status)
