"""The bytes of one document file, read and written whole, without a stream: that takes five times as long."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from dominocli.directory.text import MAXIMUM_BYTES, Fault
from dominocli.names import control_character


def read_file(root: Path, file: str) -> bytes | Fault | None:
    """Return a document file's bytes, None if it is gone, a `Fault` if it may not or cannot be read.

    Links are never followed, neither of the file nor of its folder: a document lies in the directory.
    """
    if control_character(file):
        return Fault("the file's name holds a control character", None, "rename the file")
    folder, _, name = file.partition("/")
    try:
        descriptor = os.open(f"{root}/{folder}", os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        opened = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=descriptor)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno == errno.ELOOP:
            return Fault("the file is a symbolic link, which is not followed", None, "put the file itself here")
        return Fault(f"the file cannot be read: {error.strerror}", None, "mend its permissions")
    finally:
        os.close(descriptor)
    try:
        about = os.fstat(opened)
        if not stat.S_ISREG(about.st_mode):
            return Fault("this is no regular file", None, "remove it from the directory")
        return read_whole(opened, about.st_size, MAXIMUM_BYTES + 1)
    finally:
        os.close(opened)


def read_whole(descriptor: int, size: int, most: int) -> bytes:
    """Return what an open file of about this size holds, no more than `most` bytes; raise `OSError`."""
    pieces = []
    while most and (piece := os.read(descriptor, min(size + 1, most))):
        pieces.append(piece)
        most -= len(piece)
    return b"".join(pieces)


def write_file(folder: int, name: str, content: bytes, *, durably: bool, exclusively: bool = False) -> None:
    """Write a file of an open folder, durable when this ends or not; raise `OSError`.

    `exclusively` refuses a file that is there already, otherwise it is written over.
    """
    flags = os.O_WRONLY | os.O_CREAT | (os.O_EXCL if exclusively else os.O_TRUNC) | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(name, flags, 0o666, dir_fd=folder)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        if durably:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
