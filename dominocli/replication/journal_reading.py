"""The tables of a journal, and opening one for reading only, also one whose writer was killed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from dominocli import errors

if TYPE_CHECKING:
    import sqlite3

WAIT_SECONDS = 10.0
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
CREATE TABLE IF NOT EXISTS intents (
    unid TEXT PRIMARY KEY, op TEXT, rev TEXT, file TEXT, digest TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS checkpoints (id TEXT PRIMARY KEY, history TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS refused (
    direction TEXT, unid TEXT, rev TEXT, reason TEXT, PRIMARY KEY (direction, unid, rev)) WITHOUT ROWID;
"""


def reading(path: Path) -> sqlite3.Connection | None:
    """Return a journal opened for reading only, None where there is none; no byte of it is changed."""
    import sqlite3

    if not path.exists():
        return None
    address = f"file:{_quoted(path)}?mode=ro"
    database = sqlite3.connect(address, uri=True, timeout=WAIT_SECONDS, isolation_level=None)
    try:
        database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        database.close()
        return _private_copy(path)
    except sqlite3.Error as error:
        database.close()
        raise errors.JournalUnusable(path=str(path), reason=error) from error
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
        except (OSError, sqlite3.Error) as error:
            raise errors.JournalUnusable(path=str(path), reason=error) from error
    return database


def _quoted(path: Path) -> str:
    from urllib.parse import quote

    return quote(os.fsencode(path))
