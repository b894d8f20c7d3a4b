"""Which document files there are, and their stat values: the part of looking that touches every file."""

from __future__ import annotations

import errno
import os
import time
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from dominocli import errors
from dominocli.directory import ahead
from dominocli.directory.stat_values import PASSING, stat_values, values_of
from dominocli.documents import FOLDERS


class Listing(NamedTuple):
    """Every document file, by folder and name; the stat values of files and of the folders themselves, 4 words
    each (`StatValues`; zeros for a folder that is not there); how many names were read, not known before; and
    when the first file was asked for (monotonic seconds)."""

    names: list[str]
    stats: array[int]
    folders: array[int]
    names_read: int
    since: float


class Known(NamedTuple):
    """What an earlier listing found: its names, the folders' stat values where they can be trusted, and the
    identity of the index that has the names."""

    names: list[str]
    folders: array[int]
    identity: str

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
    since = time.monotonic()
    files: list[str] = []
    stamps = array("q", bytes(32 * len(FOLDERS)))
    names_read = 0
    try:
        opened = os.open(root, PASSING | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise _unreadable(str(root), error) from error
    begun = None
    try:
        for folder in folders:
            found = _of_folder(opened, folder, known)
            if found is not None:
                position = FOLDERS.index(folder)
                stamps[4 * position : 4 * position + 4], names, is_read = found
                files += names
                names_read += is_read * len(names)
        if known is not None:
            is_known = not names_read and len(files) == len(known.names)
            begun = ahead.take(opened, known.identity if is_known else "")
        try:
            stats = stat_values(opened, files, begun.helper if begun is not None else None)
        except FileNotFoundError:
            files, stats = _of_those_left(opened, files)
    except OSError as error:
        raise _unreadable(str(error.filename or root).partition("/")[0] or str(root), error) from error
    finally:
        os.close(opened)
    return Listing(files, stats, stamps, names_read, since if begun is None else begun.since)


def _unreadable(folder: str, error: OSError) -> errors.UnreadableFile:
    return errors.UnreadableFile(action="read", path=folder, reason=error.strerror, file=folder)


def _of_folder(root: int, name: str, known: Known | None) -> tuple[array[int], list[str], bool] | None:
    """Return a folder's stat values, its files and whether their names were read; None where there is none.

    Raises `UnreadableFile`.
    """
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        folder = os.open(name, flags, dir_fd=root)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno not in (errno.ENOTDIR, errno.ELOOP):
            raise _unreadable(name, error) from error
        # Skipped in silence, its documents would look deleted.
        raise errors.UnreadableFile(
            action="read",
            path=name,
            reason="it is no folder, and links are not followed",
            file=name,
            hint="put the folder itself here",
        ) from None
    try:
        # Before the names: what comes or goes meanwhile must not pass for read.
        stamp = array("q", values_of(os.fstat(folder)))
        files = known.of_folder(name, stamp) if known is not None else None
        if files is not None:
            return stamp, files, False
        try:
            found = os.listdir(folder)
        except OSError as error:
            raise _unreadable(name, error) from error
        names = sorted([file for file in found if file[-5:] == ".toml" and file[0] != "."])
        return stamp, [f"{name}/{file}" for file in names], True
    finally:
        os.close(folder)


def _of_those_left(root: int, files: Sequence[str]) -> tuple[list[str], array[int]]:
    """Return files and stat values without what went away since the folders were read."""
    left: list[str] = []
    values = array("q")
    for file in files:
        try:
            values.extend(values_of(os.stat(file, dir_fd=root, follow_symlinks=False)))
        except FileNotFoundError:
            continue
        left.append(file)
    return left, values
