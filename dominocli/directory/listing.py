"""Which document files there are, and their stat values: the part of looking that touches every file."""

from __future__ import annotations

import os
import stat
import sys
from array import array
from collections.abc import Sequence
from functools import partial
from itertools import chain
from operator import attrgetter
from pathlib import Path

from dominocli import errors
from dominocli.documents import FOLDERS

WORTH_A_HELPER = 8_000
"""So many files are worth a second process that asks for half of their stat values."""

_values = attrgetter("st_ino", "st_size", "st_mtime_ns", "st_ctime_ns")


def listing(root: Path, folders: Sequence[str] = FOLDERS) -> tuple[list[str], array[int]]:
    """Return every document file, by folder and name, and their stat values, 4 words each (`StatValues`).

    Links are not followed. Raises `UnreadableFile`.
    """
    files: list[str] = []
    stats = array("q")
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
            names, values = _of_folder(root / folder)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise errors.UnreadableFile(action="read", path=folder, reason=error.strerror, file=folder) from error
        files += [f"{folder}/{name}" for name in names]
        stats += values
    return files, stats


def _of_folder(path: Path) -> tuple[list[str], array[int]]:
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        names = [name for name in os.listdir(folder) if name[-5:] == ".toml" and name[0] != "."]
        names.sort()
        try:
            return names, _stat_values(folder, names)
        except FileNotFoundError:
            return _of_those_left(folder, names)
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
    if len(names) < WORTH_A_HELPER or not _may_fork():
        return _asked(folder, names)
    half = len(names) // 2
    reading, writing = os.pipe()
    helper = os.fork()
    if not helper:
        _help(folder, names[half:], writing)
    os.close(writing)
    try:
        values = _asked(folder, names[:half])
        with os.fdopen(reading, "rb", closefd=False) as pipe:
            theirs = pipe.read()
    finally:
        os.close(reading)
        _, status = os.waitpid(helper, 0)
    if status or len(theirs) != 32 * (len(names) - half):
        return values + _asked(folder, names[half:])
    values.frombytes(theirs)
    return values


def _asked(folder: int, names: Sequence[str]) -> array[int]:
    # The loop runs inside C iterators: a loop of Python takes twice the time of the system calls.
    ask = partial(os.stat, dir_fd=folder, follow_symlinks=False)
    return array("q", chain.from_iterable(map(_values, map(ask, names))))


def _may_fork() -> bool:
    """Tell whether a second processor is there to help, and no thread that a forked process would miss."""
    threading = sys.modules.get("threading")
    return len(os.sched_getaffinity(0)) > 1 if threading is None or threading.active_count() == 1 else False


def _help(folder: int, names: Sequence[str], pipe: int) -> None:
    """Answer with stat values, in a process that does nothing else and leaves nothing behind."""
    status = 1
    try:
        os.fchdir(folder)
        values = memoryview(array("q", chain.from_iterable(map(_values, map(os.lstat, names))))).cast("B")
        while values:
            values = values[os.write(pipe, values) :]
        status = 0
    finally:
        os._exit(status)
