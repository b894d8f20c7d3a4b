"""Tables on disk: `.dominocli/routing/NAME.table` in the replica of the server itself.

A table is replaced atomically and made durable; one that is damaged in any byte counts as missing,
never as an answer. Nothing is made where there is no `.dominocli`.
"""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

from dominocli import errors
from dominocli.directory.settings import STATE_FOLDER
from dominocli.names import name_key, slug
from dominocli.routing.layout import Damaged, Table

FOLDER = "routing"


def table_file(server: str) -> str:
    """Return the name of a server's table; two servers never share one."""
    key = name_key(server)
    return f"{slug(key)}-{hashlib.sha256(key.encode('utf-8', 'surrogateescape')).hexdigest()[:8]}.table"


def installed(root: Path, server: str) -> Table | None:
    """Return the installed table of a server whose replica is in `root`; None for none or a damaged one."""
    data = read_bytes(root, table_file(server))
    try:
        table = Table(data) if data is not None else None
    except Damaged:
        return None
    return table if table is not None and name_key(table.server) == name_key(server) else None


def install(root: Path, table: Table) -> None:
    """Put a table in force in the replica in `root`; raise `NotAReplica`, `UnreadableFile`."""
    write_bytes(root, table_file(table.server), table.data)


def read_bytes(root: Path, name: str) -> bytes | None:
    """Return what a file beside the tables holds, None for one that cannot be read."""
    path = root / STATE_FOLDER / FOLDER / name
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return None
    try:
        with os.fdopen(descriptor, "rb") as file:
            return file.read()
    except OSError:
        return None


def write_bytes(root: Path, name: str, data: bytes) -> None:
    """Write a file beside the tables, atomically and durably; raise `NotAReplica`, `UnreadableFile`."""
    state = root / STATE_FOLDER
    if not state.is_dir():
        raise errors.NotAReplica(where=str(root))
    shown = f"{STATE_FOLDER}/{FOLDER}/{name}"
    temporary = f".{name}.{os.urandom(6).hex()}.new"
    try:
        folder = _open_folder(state)
        try:
            _write(folder, temporary, data)
            os.replace(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise errors.UnreadableFile(action="write", path=shown, reason=error.strerror, file=shown) from error


def _open_folder(state: Path) -> int:
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    parent = os.open(state, flags)
    try:
        try:
            os.mkdir(FOLDER, dir_fd=parent)
            os.fsync(parent)
        except FileExistsError:
            return os.open(FOLDER, flags, dir_fd=parent)
        return os.open(FOLDER, flags, dir_fd=parent)
    finally:
        os.close(parent)


def _write(folder: int, name: str, data: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(name, flags, 0o666, dir_fd=folder)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
    except OSError:
        os.unlink(name, dir_fd=folder)
        raise
