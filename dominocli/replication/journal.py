"""The journal: what this replica knows of all revisions, and what its files last held (`state.sqlite`).

A cache in the end: lost, it is rebuilt from the other replicas. Its texts lie in it too, so that one
durable transaction holds a change as a whole.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from dominocli.directory.swap import Step, no_step
from dominocli.replication.compare import leading
from dominocli.replication.journal_database import JournalDatabase
from dominocli.replication.journal_reading import REVISION
from dominocli.replication.observe import Seen
from dominocli.replication.revision import BARE, LIVE, Revision, with_suffix

if TYPE_CHECKING:
    import sqlite3

AGREED = "agreed"
"""The fact that names the index whose files agree with what was last seen in them."""

_DELETED_BEFORE = (
    "SELECT w.unid FROM winners w JOIN revisions r ON r.unid = w.unid AND r.rev = w.rev "
    "WHERE w.kind <> ? AND r.seqtime < ?"
)


class Winner(NamedTuple):
    """The revision a document has now, as far as its file is concerned."""

    rev: str
    kind: str
    file: str
    digest: str


class Intent(NamedTuple):
    """A file that does not follow its winner yet. `op` is "" until a step on the file may have begun;
    then rev, file and digest are what the step leads to."""

    unid: str
    op: str
    rev: str
    file: str
    digest: str


class Journal(JournalDatabase):
    """An open journal. `touched` gathers the files about which what was seen changed."""

    def __init__(self, database: sqlite3.Connection, step: Step = no_step) -> None:
        super().__init__(database, step)
        self.touched: set[str] = set()
        self._agreement_is_back = True

    def _begins(self) -> None:
        self._agreement_is_back = True

    # Facts

    def fact(self, name: str) -> Any:
        """Return a remembered value, None without one."""
        row = self._one("SELECT value FROM facts WHERE name = ?", name)
        return row[0] if row else None

    def version(self) -> int:
        """Return a number that changes when another process changes the journal."""
        version: int = self._one("PRAGMA data_version")[0]
        return version

    def remember(self, name: str, value: int | str) -> None:
        """Remember a value."""
        self._run("INSERT OR REPLACE INTO facts VALUES (?, ?)", name, value)

    # Revisions and texts

    def text(self, digest: str) -> str | None:
        """Return the text of a text hash, None if it is not kept."""
        row = self._one("SELECT text FROM texts WHERE digest = ?", digest)
        return row[0] if row else None

    def keep_text(self, digest: str, text: str) -> None:
        """Keep a text."""
        self._run("INSERT OR IGNORE INTO texts VALUES (?, ?)", digest, text)

    def tree(self, unid: str) -> dict[str, Revision]:
        """Return all revisions of a document by rev."""
        return {row[1]: Revision(*row) for row in self._all(f"SELECT {REVISION} FROM revisions WHERE unid = ?", unid)}

    def insert(self, revision: Revision) -> bool:
        """Add a revision; tell whether it (or more than its bare id) was unknown."""
        if self._run(f"INSERT OR IGNORE INTO revisions ({REVISION}) VALUES (?,?,?,?,?,?,?,?,?)", *revision):
            return True
        kind = self._one("SELECT kind FROM revisions WHERE unid = ? AND rev = ?", revision.unid, revision.rev)
        if kind[0] != BARE or revision.kind == BARE:
            return False
        self._run(f"INSERT OR REPLACE INTO revisions ({REVISION}) VALUES (?,?,?,?,?,?,?,?,?)", *revision)
        return True

    def revision(self, unid: str, rev: str) -> Revision | None:
        """Return one revision, None if it is unknown."""
        row = self._one(f"SELECT {REVISION} FROM revisions WHERE unid = ? AND rev = ?", unid, rev)
        return Revision(*row) if row else None

    def refresh(self, unid: str) -> None:
        """Bring everything that follows from a document's tree up to date: winner, change, files to write."""
        self._run("DELETE FROM changes WHERE unid = ?", unid)
        self._run("INSERT INTO changes (unid) VALUES (?)", unid)
        winner = leading(self.tree(unid))
        old = self._one("SELECT file_key FROM winners WHERE unid = ?", unid)
        if winner is None:
            return
        key = file_key(winner.file) if winner.kind == LIVE else ""
        self._run(
            "INSERT OR REPLACE INTO winners VALUES (?,?,?,?,?,?)",
            *(unid, winner.rev, winner.kind, winner.file, winner.digest, key),
        )
        self.intend(unid)
        for changed in {key, old[0] if old else ""} - {""}:
            self._intend_neighbours(changed)

    def _intend_neighbours(self, key: str) -> None:
        """Let the documents move that a path's new or lost holder concerns."""
        for (unid,) in self._all("SELECT unid FROM winners WHERE file_key = ?", key):
            self.intend(unid)
        suffix = key.removesuffix(".toml").rpartition("--")[2]
        if len(suffix) == 8 and not suffix.strip("0123456789abcdef"):
            for (unid,) in self._all("SELECT unid FROM winners WHERE unid GLOB ?", f"{suffix}*"):
                self.intend(unid)

    def winner(self, unid: str) -> Winner | None:
        """Return what a document is now, None if nothing is known of it."""
        row = self._one("SELECT rev, kind, file, digest FROM winners WHERE unid = ?", unid)
        return Winner(*row) if row else None

    def place(self, unid: str, file: str) -> str:
        """Return the path of a live document: its own, but of several with one path the smallest unid's."""
        holders = self._all("SELECT unid FROM winners WHERE file_key = ? ORDER BY unid LIMIT 1", file_key(file))
        if not holders or holders[0][0] == unid:
            return file
        for suffix in (unid[:8], unid):
            beside = with_suffix(file, f"--{suffix}")
            if self._one("SELECT 1 FROM winners WHERE file_key = ?", file_key(beside)) is None:
                break
        return beside

    def find(self, file: str) -> list[str]:
        """Return the unids of all documents that have or had this path, sorted."""
        rows = self._all("SELECT DISTINCT unid FROM revisions WHERE file = ? ORDER BY unid", file)
        return [unid for (unid,) in rows]

    def forget_texts(self, seqtime: int) -> tuple[int, int]:
        """Remove the texts of documents deleted before a time; return how many documents and texts went.

        A text that another document shares stays; revisions stay for ever.
        """
        (documents,) = self._one(f"SELECT count(*) FROM ({_DELETED_BEFORE})", LIVE, seqtime)
        self._run(
            f"DELETE FROM texts WHERE digest IN (SELECT digest FROM revisions WHERE unid IN ({_DELETED_BEFORE})) "
            f"AND digest NOT IN (SELECT digest FROM revisions WHERE unid NOT IN ({_DELETED_BEFORE}))",
            *(LIVE, seqtime, LIVE, seqtime),
        )
        (texts,) = self._one("SELECT changes()")
        return documents, texts

    # Changes

    def last_seq(self) -> int:
        """Return the number of the latest change, 0 before the first."""
        row = self._one("SELECT max(seq) FROM changes")
        return row[0] or 0 if row else 0

    def changes(self, since: int, limit: int) -> list[tuple[int, str]]:
        """Return (seq, unid) of the documents changed after `since`, oldest first."""
        rows = self._all("SELECT seq, unid FROM changes WHERE seq > ? ORDER BY seq LIMIT ?", since, limit)
        return [(seq, unid) for seq, unid in rows]

    def change_of(self, unid: str) -> int:
        """Return the number of a document's latest change, 0 if there is none."""
        row = self._one("SELECT seq FROM changes WHERE unid = ?", unid)
        return row[0] if row else 0

    # What the files last held

    def all_seen(self) -> dict[str, Seen]:
        """Return what every document's file last held."""
        return {row[0]: Seen(*row[1:]) for row in self._all("SELECT unid, rev, file, digest FROM seen")}

    def seen(self, unid: str) -> Seen | None:
        """Return what a document's file last held, None if it never had one."""
        row = self._one("SELECT rev, file, digest FROM seen WHERE unid = ?", unid)
        return Seen(*row) if row else None

    def seen_at(self, file: str) -> str:
        """Return the unid of the document last seen at a path, "" for none."""
        row = self._one("SELECT unid FROM seen WHERE file = ?", file)
        return row[0] if row else ""

    def set_seen(self, unid: str, seen: Seen) -> None:
        """Note what a document's file holds; `touched` gathers the files about which that changed."""
        before = self.seen(unid)
        if before == seen:
            return
        if before is None or (before.file, before.digest) != (seen.file, seen.digest):
            self.touched.update(file for file in (seen.file, before.file if before else "") if file)
            if self._agreement_is_back:
                self._run("DELETE FROM facts WHERE name = ?", AGREED)
                self._agreement_is_back = False
        self._run("INSERT OR REPLACE INTO seen VALUES (?,?,?,?)", unid, *seen)

    def digests_seen(self) -> dict[str, str]:
        """Return the text hash last seen in each file."""
        return dict(self._all("SELECT file, digest FROM seen WHERE file <> ''"))

    def digest_seen(self, file: str) -> list[str]:
        """Return the text hashes last seen in a file, one for each document that was seen there."""
        return [digest for (digest,) in self._all("SELECT digest FROM seen WHERE file = ?", file)]

    def files_seen(self) -> int:
        """Return how many documents had a file when it was last seen."""
        count: int = self._one("SELECT count(*) FROM seen WHERE file <> ''")[0]
        return count

    # Intents

    def intend(self, unid: str) -> None:
        """Note that a document's file has to follow its winner."""
        self._run("INSERT OR IGNORE INTO intents VALUES (?, '', '', '', '')", unid)

    def begin(self, intent: Intent) -> None:
        """Note that a step on a file may have begun."""
        self._run("INSERT OR REPLACE INTO intents VALUES (?,?,?,?,?)", *intent)

    def finish(self, unid: str) -> None:
        """Note that a document's file follows its winner."""
        self._run("DELETE FROM intents WHERE unid = ?", unid)

    def intents(self) -> list[Intent]:
        """Return the files that do not follow their winners yet, by unid."""
        return [Intent(*row) for row in self._all("SELECT unid, op, rev, file, digest FROM intents ORDER BY unid")]

    # Checkpoints and refused revisions

    def checkpoint(self, name: str) -> list[dict[str, Any]]:
        """Return the sessions of one direction between two replicas, newest first."""
        row = self._one("SELECT history FROM checkpoints WHERE id = ?", name)
        history: list[dict[str, Any]] = json.loads(row[0]) if row else []
        return history

    def set_checkpoint(self, name: str, history: Sequence[dict[str, Any]]) -> None:
        """Keep the sessions of one direction."""
        self._run("INSERT OR REPLACE INTO checkpoints VALUES (?, ?)", name, json.dumps(history))

    def refused(self, direction: str) -> list[tuple[str, str, str]]:
        """Return (unid, rev, reason) of what the other side did not take, to be offered again."""
        rows = self._all("SELECT unid, rev, reason FROM refused WHERE direction = ? ORDER BY unid, rev", direction)
        return [(unid, rev, reason) for unid, rev, reason in rows]

    def set_refused(self, direction: str, refused: Sequence[tuple[str, str, str]]) -> None:
        """Keep what the other side did not take, in place of what it did not take before."""
        self._run("DELETE FROM refused WHERE direction = ?", direction)
        for unid, rev, reason in refused:
            self._run("INSERT OR REPLACE INTO refused VALUES (?,?,?,?)", direction, unid, rev, reason)


def file_key(file: str) -> str:
    """Return what two paths share that some file system would take for one."""
    return unicodedata.normalize("NFC", file).casefold()
