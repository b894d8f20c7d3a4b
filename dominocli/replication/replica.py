"""One replica at work: its files, its journal, its clock - on disk, or rehearsing in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from dominocli import errors
from dominocli.directory.listing import listing
from dominocli.directory.lock import WAIT_SECONDS, locked
from dominocli.directory.settings import ReplicaSettings, Settings, new_id, read_replica, read_settings
from dominocli.directory.swap import DiskFiles, Files, Step, no_step
from dominocli.directory.text import text_hash
from dominocli.replication.agreement import Looked
from dominocli.replication.compare import Tree
from dominocli.replication.journal import Journal
from dominocli.replication.resolve import Outcome, resolve
from dominocli.replication.revision import LIVE, SECOND, Revision, make

if TYPE_CHECKING:
    from dominocli.directory.reader import Directory

Clock = Callable[[], float]
"""Seconds since the epoch."""

CLOCK_BACK_HOURS = 24
"""A clock so far behind its own last reading stops recording (D)."""


class Replica:
    """A replica opened for work; `close` it. Everything that varies is injected: files, clock, ids, steps."""

    def __init__(
        self,
        root: Path,
        settings: Settings,
        identity: ReplicaSettings,
        *,
        files: Files,
        clock: Clock,
        ids: Callable[[], str] = new_id,
        step: Step = no_step,
        rehearsing: bool = False,
    ) -> None:
        self.root = root
        self.settings = settings
        self.identity = identity
        self.files = files
        self.clock = clock
        self.ids = ids
        self.step = step
        self.rehearsing = rehearsing
        self.files_read = 0
        self.outcomes: list[Outcome] = []
        self.warnings: list[str] = []
        self.blocked: set[str] = set()
        self.written: set[str] = set()
        self.looked: Looked | None = None
        self._journal: Journal | None = None

    @classmethod
    def open(cls, root: Path, clock: Clock, *, ids: Callable[[], str] = new_id, step: Step = no_step) -> Replica:
        """Return the replica in a folder; raise `NoDirectory`, `NotAReplica`, `InvalidSettings`."""
        settings = read_settings(root)
        identity = read_replica(root)
        if identity is None:
            raise errors.NotAReplica(where=str(root))
        return cls(root, settings, identity, files=DiskFiles(root, step), clock=clock, ids=ids, step=step)

    def rehearsal(self, seen: Directory | None = None) -> Replica:
        """Return this replica in memory: what is done with it happens nowhere else.

        `seen` are the files, where the caller has looked at them already.
        """
        from dominocli.replication.rehearsal import RehearsedFiles

        files = RehearsedFiles(self.root, seen)
        copy = Replica(
            self.root, self.settings, self.identity, files=files, clock=self.clock, ids=self.ids, rehearsing=True
        )
        copy._journal = Journal.in_memory(self.root)
        return copy

    @property
    def journal(self) -> Journal:
        """Return the journal, opened (and made) when it is first needed."""
        if self._journal is None:
            self._journal = Journal.open(self.root, self.step)
        return self._journal

    @property
    def server(self) -> str:
        """Return whose replica this is."""
        return self.identity.server

    @property
    def adopted(self) -> bool:
        """Tell whether the journal knows what the files held, so that differences are edits.

        Where there are no files, there is nothing to know.
        """
        if self.journal.fact("adopted"):
            return True
        if listing(self.root)[0]:
            return False
        self.journal.remember("adopted", 1)
        return True

    def close(self) -> None:
        """Give back everything that was opened."""
        self.files.close()
        if self._journal is not None:
            self._journal.close()
            self._journal = None

    @contextmanager
    def held(self, command: str) -> Iterator[None]:
        """Hold the replica's lock; a rehearsal needs none."""
        with nullcontext() if self.rehearsing else locked(self.root, command, wait_seconds=WAIT_SECONDS):
            yield

    def now(self) -> int:
        """Return the time in microseconds; raise `ClockBehind` where it cannot be right."""
        now = int(self.clock() * SECOND)
        last = self.journal.fact("clock") or 0
        if last - now > CLOCK_BACK_HOURS * 3600 * SECOND:
            raise errors.ClockBehind(hours=(last - now) // (3600 * SECOND))
        if now > last + SECOND:
            self.journal.remember("clock", now)
        return now

    def trust_clock(self) -> None:
        """Take the clock for right although it was ahead once: other machines have the same time."""
        with self.journal.transaction():
            self.journal.remember("clock", int(self.clock() * SECOND))

    def revise(self, unid: str, parent: str, kind: str, file: str, text: str = "") -> Revision:
        """Record a new revision of a document by this server, inside a transaction, and return it."""
        known = self.journal.revision(unid, parent) if parent else None
        seqtime = max(self.now(), known.seqtime + SECOND if known else 0)
        digest = text_hash(text.encode()) if kind == LIVE else ""
        revision = make(unid, parent, kind, file=file, seqtime=seqtime, author=self.server, digest=digest)
        self.insert(revision, text)
        return revision

    def insert(self, revision: Revision, text: str = "") -> bool:
        """Add a revision with its text, inside a transaction; tell whether it was new."""
        if revision.digest and text:
            self.journal.keep_text(revision.digest, text)
        return self.journal.insert(revision)

    def resolve(self, unids: Iterable[str]) -> None:
        """Leave each of these documents one leaf, and let the files follow, inside a transaction."""
        waiting = sorted(set(unids))
        for unid in self.journal.gathering(waiting):
            tree: Tree = self.journal.tree(unid)
            resolution = resolve(tree, self.journal.text, merge_conflicts=self.settings.merge_conflicts)
            beside = set()
            for revision, text in resolution.made:
                if self.insert(revision, text) and revision.unid != unid:
                    beside.add(revision.unid)
            self.outcomes.extend(resolution.outcomes)
            self.journal.refresh(unid)
            waiting.extend(sorted(beside))
