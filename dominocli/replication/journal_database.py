"""An open journal as a database: opening it, its transactions, its errors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from dominocli import errors
from dominocli.directory.settings import STATE_FOLDER
from dominocli.directory.swap import Step, no_step
from dominocli.replication.journal_reading import (
    SCHEMA,
    SCHEMA_VERSION,
    WAIT_SECONDS,
    check_version,
    reading,
    told,
)

if TYPE_CHECKING:
    import sqlite3

JOURNAL_FILE = f"{STATE_FOLDER}/state.sqlite"
CACHE_KIB = 64 << 10
"""What a transaction changes is kept in memory up to this size: what is not must be written durably twice."""

MOST_VALUES = 500
"""So many values one statement may have at least, whatever SQLite it is."""


class JournalDatabase:
    """An open database. All changes go through `transaction`, which is durable when it ends."""

    def __init__(self, database: sqlite3.Connection, step: Step = no_step) -> None:
        self._database = database
        self.step = step
        self._is_original = False

    @classmethod
    def open(cls, root: Path, step: Step = no_step) -> Self:
        """Return the journal of a replica, made if there is none; raise `JournalUnusable`, `JournalNewer`, `Locked`."""
        import sqlite3

        path = root / JOURNAL_FILE
        if path.is_symlink():
            raise errors.JournalUnusable(path=path, reason="it is a symbolic link, which is not followed")
        try:
            database = sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None)
            version = check_version(database, str(path))
            # TRUNCATE with FULL: the end of a transaction is durable without an fsync of the folder, and
            # a reader needs no write access, as the write-ahead log would.
            database.execute("PRAGMA journal_mode = TRUNCATE")
            database.execute("PRAGMA synchronous = FULL")
            database.execute(f"PRAGMA cache_size = {-CACHE_KIB}")
            database.executescript(SCHEMA)
            if version != SCHEMA_VERSION:
                database.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        except sqlite3.Error as error:
            raise told(str(path), error) from error
        return cls(database, step)

    @classmethod
    def in_memory(cls, root: Path | None = None) -> Self:
        """Return a private copy of a replica's journal in memory; the replica keeps every byte.

        It is copied when it is first written to: most rehearsals find nothing to do.
        """
        import sqlite3

        source = reading(root / JOURNAL_FILE) if root is not None else None
        if source is not None:
            journal = cls(source)
            journal._is_original = True
            return journal
        database = sqlite3.connect(":memory:", isolation_level=None)
        database.executescript(SCHEMA)
        return cls(database)

    def _copy(self) -> None:
        """Go on with a private copy in memory."""
        import sqlite3

        in_transaction = self._database.in_transaction
        database = sqlite3.connect(":memory:", isolation_level=None)
        try:
            self._database.backup(database)
            database.executescript(SCHEMA)
        except sqlite3.Error as error:
            raise told(JOURNAL_FILE, error) from error
        self._database.close()
        self._database, self._is_original = database, False
        if in_transaction:
            database.execute("BEGIN")

    @classmethod
    def reading(cls, root: Path) -> Self | None:
        """Return the journal for reading only, None where there is none; no byte is changed."""
        database = reading(root / JOURNAL_FILE)
        return None if database is None else cls(database)

    def close(self) -> None:
        """Close the journal."""
        self._database.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make everything inside durable at once, or nothing of it."""
        self._one("BEGIN" if self._is_original else "BEGIN IMMEDIATE")
        try:
            self._begun()
            yield
            self._ends()
            self.step("commit")
            self._one("COMMIT")
        except BaseException:
            self._forget()
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            raise
        self.step("committed")

    @contextmanager
    def at_one_moment(self) -> Iterator[None]:
        """Let everything read inside be of one moment; many small queries are then much faster too."""
        if self._database.in_transaction:
            yield
            return
        self._one("BEGIN")
        try:
            self._begun()
            yield
            self._ends()
        except BaseException:
            self._forget()
            raise
        finally:
            if self._database.in_transaction:
                self._one("COMMIT")

    def _begun(self) -> None:
        """Hear that a transaction, or a moment to read at, has begun."""

    def _ends(self) -> None:
        """Hear that one is about to end well."""

    def _forget(self) -> None:
        """Hear that what was read may be wrong: one has failed, or something is written outside of any."""

    # No closures here: a replication asks some fifty small questions a changed document.

    def _one(self, statement: str, *values: object) -> Any:
        try:
            return self._database.execute(statement, values).fetchone()
        except Exception as error:
            raise told(JOURNAL_FILE, error) from error

    def _all(self, statement: str, *values: object) -> list[Any]:
        try:
            return self._database.execute(statement, values).fetchall()
        except Exception as error:
            raise told(JOURNAL_FILE, error) from error

    def _of(self, values: Sequence[str], statement: str) -> Iterator[Any]:
        """Yield the rows of a statement that ends before `IN`, in as few queries as SQLite takes values."""
        for start in range(0, len(values), MOST_VALUES):
            some = values[start : start + MOST_VALUES]
            yield from self._all(f"{statement} IN ({','.join('?' * len(some))})", *some)

    def _run(self, statement: str, *values: object) -> int:
        if self._is_original:
            self._copy()
        if not self._database.in_transaction:
            self._forget()
        try:
            return self._database.execute(statement, values).rowcount
        except Exception as error:
            raise told(JOURNAL_FILE, error) from error
