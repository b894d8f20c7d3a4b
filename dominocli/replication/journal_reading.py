"""The tables of a journal, and opening one for reading only, also one whose writer was killed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from dominocli import errors

if TYPE_CHECKING:
    import sqlite3

WAIT_SECONDS = 10.0
SCHEMA_VERSION = 2
"""Rises when an older program could not work with the tables any more: one of 1 would not set files apart."""

REVISION = "unid, rev, parent, kind, into_rev, file, seqtime, author, digest"
"""The columns of a `Revision`, in its order."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS texts (digest TEXT PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS revisions (
    unid TEXT, rev TEXT, parent TEXT, kind TEXT, into_rev TEXT, file TEXT, seqtime INTEGER, author TEXT, digest TEXT,
    PRIMARY KEY (unid, rev)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS winners (
    unid TEXT PRIMARY KEY, rev TEXT, kind TEXT, file TEXT, digest TEXT, file_key TEXT) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS winners_by_file ON winners (file_key);
CREATE TABLE IF NOT EXISTS changes (seq INTEGER PRIMARY KEY AUTOINCREMENT, unid TEXT UNIQUE);
CREATE TABLE IF NOT EXISTS seen (unid TEXT PRIMARY KEY, rev TEXT, file TEXT, digest TEXT) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS seen_by_file ON seen (file);
CREATE TABLE IF NOT EXISTS apart (file TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS intents (
    unid TEXT PRIMARY KEY, op TEXT, rev TEXT, file TEXT, digest TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS checkpoints (id TEXT PRIMARY KEY, history TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS refused (
    direction TEXT, unid TEXT, rev TEXT, reason TEXT, PRIMARY KEY (direction, unid, rev)) WITHOUT ROWID;
"""


def told(path: str, error: Exception) -> Exception:
    """Return what SQLite or the operating system raised as an error of ours, anything else as it is.

    Only a journal that is broken in itself is to be thrown away: not one in use, nor one on a full disk.
    """
    import sqlite3

    if isinstance(error, OSError):
        return errors.UnreadableFile(action="read", path=path, reason=error.strerror or error, file=path)
    if not isinstance(error, sqlite3.Error):
        return error
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return errors.Locked(holder="another process, which is writing its journal")
    if name.startswith(("SQLITE_FULL", "SQLITE_READONLY", "SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return errors.UnreadableFile(action="use", path=path, reason=error, file=path)
    is_broken = name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB"))
    return errors.JournalUnusable(path=path, reason=error, hint=None if is_broken else "")


def check_version(database: sqlite3.Connection, path: str) -> int:
    """Return the version of a journal's tables; raise `JournalNewer` if this program does not know it."""
    version: int = database.execute("PRAGMA user_version").fetchone()[0]
    if version > SCHEMA_VERSION:
        raise errors.JournalNewer(path=path)
    return version


def reading(path: Path) -> sqlite3.Connection | None:
    """Return a journal opened for reading only, None where there is none; no byte of it is changed."""
    import sqlite3

    if not path.exists():
        return None
    address = f"file:{_quoted(path)}?mode=ro"
    database = None
    try:
        database = sqlite3.connect(address, uri=True, timeout=WAIT_SECONDS, isolation_level=None)
        database.execute("SELECT count(*) FROM sqlite_master").fetchone()
        check_version(database, str(path))
    except sqlite3.Error as error:
        if database is not None:
            database.close()
        reason = told(str(path), error)
        if isinstance(reason, errors.UnreadableFile):
            return _private_copy(path)
        raise reason from error
    except errors.JournalNewer:
        if database is not None:
            database.close()
        raise
    return database


def _private_copy(path: Path) -> sqlite3.Connection:
    """Return a copy in memory of a journal whose writer was killed: SQLite would roll back the original."""
    import shutil
    import sqlite3
    import tempfile

    database = sqlite3.connect(":memory:", isolation_level=None)
    with tempfile.TemporaryDirectory(prefix="dominocli-") as folder:
        copy = Path(folder) / "state.sqlite"
        try:
            for suffix in ("", "-journal"):
                original = Path(f"{path}{suffix}")
                if original.exists():
                    shutil.copyfile(original, f"{copy}{suffix}")
            source = sqlite3.connect(copy, isolation_level=None)
            try:
                source.backup(database)
            finally:
                source.close()
            check_version(database, str(path))
        except (OSError, sqlite3.Error) as error:
            database.close()
            raise told(str(path), error) from error
    return database


def _quoted(path: Path) -> str:
    from urllib.parse import quote

    return quote(os.fsencode(path))
