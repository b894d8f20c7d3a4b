"""Opening a journal for reading only, also one whose writer was killed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from dominocli import errors

if TYPE_CHECKING:
    import sqlite3

WAIT_SECONDS = 10.0


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
