"""The journal: what this replica knows of all revisions, and what its files last held (`state.sqlite`).

A cache in the end: lost, it is rebuilt from the other replicas. Its texts lie in it too, so that one
durable transaction holds a change as a whole.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from dominocli.directory.swap import Step, no_step
from dominocli.replication.compare import leading
from dominocli.replication.journal_database import MOST_VALUES, JournalDatabase
from dominocli.replication.journal_reading import REVISION
from dominocli.replication.observe import Seen
from dominocli.replication.revision import BARE, LIVE, Revision, with_suffix

if TYPE_CHECKING:
    import sqlite3

AGREED = "agreed-index"
"""The fact that names the index whose files agree with what was last seen in them, but for those set apart."""

MOST_ONE_BY_ONE = 2000
"""So many files are compared with the journal one by one; of more, all are, in one query."""

MOST_KEPT = 4000
"""So many documents are kept in memory from one transaction to the next."""

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


class Kept(NamedTuple):
    """What was gathered of documents: trees, winners and what their files held, and the journal's state then."""

    trees: dict[str, dict[str, Revision]]
    winners: dict[str, Winner | None]
    seen: dict[str, Seen | None]
    state: int | None


class Journal(JournalDatabase):
    """An open journal. `touched` gathers the files about which what was seen changed."""

    def __init__(self, database: sqlite3.Connection, step: Step = no_step) -> None:
        super().__init__(database, step)
        self.touched: set[str] = set()
        self._set_apart: set[str] = set()
        self._trees: dict[str, dict[str, Revision]] = {}
        self._winners: dict[str, Winner | None] = {}
        self._seen: dict[str, Seen | None] = {}
        self._kept = Kept({}, {}, {}, None)

    def _begun(self) -> None:
        kept = self._kept if self._kept.state == self._state() else Kept({}, {}, {}, None)
        self._trees, self._winners, self._seen, _ = kept

    def _ends(self) -> None:
        self._write_apart()
        kept = Kept(self._trees, self._winners, self._seen, self._state())
        self._forget()
        self._kept = kept

    def _forget(self) -> None:
        self._kept = Kept({}, {}, {}, None)
        self._set_apart.clear()
        self._trees, self._winners, self._seen = {}, {}, {}

    def _state(self) -> int:
        """Return what changes when another process writes: where all write through one connection, it is replaced."""
        return self.version()

    def gathering(self, unids: Sequence[str], *, trees: bool = True) -> Iterator[str]:
        """Yield documents, all about some hundred of them gathered at a time; more may be appended meanwhile."""
        start = 0
        while some := unids[start : start + MOST_VALUES]:
            self.gather(some, trees=trees)
            yield from some
            start += len(some)

    def gather(self, unids: Iterable[str], *, trees: bool = True, files: bool = True) -> None:
        """Read all about these documents in few queries, for the rest of a transaction or moment, and for those after
        it until another process writes: asked one by one it takes several times as long.

        `trees` says whether their revisions are wanted, `files` whether their winners and what their files held.
        """
        wanted = sorted(set(unids))
        if len(self._trees) > MOST_KEPT or len(self._winners) > MOST_KEPT:
            self._trees, self._winners, self._seen = {}, {}, {}
        if trees and (some := [unid for unid in wanted if unid not in self._trees]):
            self._trees.update((unid, {}) for unid in some)
            for row in self._of(some, f"SELECT {REVISION} FROM revisions WHERE unid"):
                self._trees[row[0]][row[1]] = Revision(*row)
        if files and (some := [unid for unid in wanted if unid not in self._winners]):
            self._seen.update({**dict.fromkeys(some), **self.seen_of(some)})
            self._winners.update(dict.fromkeys(some))
            for unid, *row in self._of(some, "SELECT unid, rev, kind, file, digest FROM winners WHERE unid"):
                self._winners[unid] = Winner(*row)

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
        if (known := self._trees.get(unid)) is not None:
            return known
        return {row[1]: Revision(*row) for row in self._all(f"SELECT {REVISION} FROM revisions WHERE unid = ?", unid)}

    def insert(self, revision: Revision) -> bool:
        """Add a revision; tell whether it (or more than its bare id) was unknown."""
        known = self.revision(revision.unid, revision.rev)
        if known is not None and (known.kind != BARE or revision.kind == BARE):
            return False
        self._run(f"INSERT OR REPLACE INTO revisions ({REVISION}) VALUES (?,?,?,?,?,?,?,?,?)", *revision)
        if (tree := self._trees.get(revision.unid)) is not None:
            self._trees[revision.unid] = {**tree, revision.rev: revision}
        return True

    def revision(self, unid: str, rev: str) -> Revision | None:
        """Return one revision, None if it is unknown."""
        if (tree := self._trees.get(unid)) is not None:
            return tree.get(rev)
        row = self._one(f"SELECT {REVISION} FROM revisions WHERE unid = ? AND rev = ?", unid, rev)
        return Revision(*row) if row else None

    def refresh(self, unid: str) -> None:
        """Bring everything that follows from a document's tree up to date: winner, change, files to write."""
        self._run("INSERT OR REPLACE INTO changes (unid) VALUES (?)", unid)
        winner = leading(self.tree(unid))
        if winner is None:
            return
        before, now = self.winner(unid), Winner(winner.rev, winner.kind, winner.file, winner.digest)
        keys = {_key_of(before), _key_of(now)}
        if before is not None and len(keys) == 1:
            # What no index is about is set alone: each page of an index that is touched is written three times.
            self._run("UPDATE winners SET rev = ?, kind = ?, file = ?, digest = ? WHERE unid = ?", *now, unid)
        else:
            self._run("INSERT OR REPLACE INTO winners VALUES (?,?,?,?,?,?)", unid, *now, _key_of(now))
        if unid in self._winners:
            self._winners[unid] = now
        self.intend(unid)
        if len(keys) > 1:
            # Where a document stays at its path, nothing changes for its neighbours.
            for key in keys - {""}:
                self._intend_neighbours(key)

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
        if unid in self._winners:
            return self._winners[unid]
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

        A text that another document shares stays, and one that a file still has to lose: left in a swap file by a
        stop, it would pass for an edit. Revisions stay for ever.
        """
        (documents,) = self._one(f"SELECT count(*) FROM ({_DELETED_BEFORE})", LIVE, seqtime)
        self._run(
            f"DELETE FROM texts WHERE digest IN (SELECT digest FROM revisions WHERE unid IN ({_DELETED_BEFORE})) "
            f"AND digest NOT IN (SELECT digest FROM revisions WHERE unid NOT IN ({_DELETED_BEFORE})) "
            "AND digest NOT IN (SELECT digest FROM seen WHERE file <> '')",
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
        if unid in self._seen:
            return self._seen[unid]
        row = self._one("SELECT rev, file, digest FROM seen WHERE unid = ?", unid)
        return Seen(*row) if row else None

    def seen_of(self, unids: Iterable[str]) -> dict[str, Seen]:
        """Return what the files of these documents last held; those that never had one are left out."""
        rows = self._of(sorted(unids), "SELECT unid, rev, file, digest FROM seen WHERE unid")
        return {unid: Seen(*row) for unid, *row in rows}

    def seen_at(self, file: str) -> str:
        """Return the unid of the document last seen at a path, "" for none."""
        row = self._one("SELECT unid FROM seen WHERE file = ?", file)
        return row[0] if row else ""

    def set_seen(self, unid: str, seen: Seen) -> None:
        """Note, inside a transaction, what a document's file holds; `touched` gathers the files it changes for."""
        assert self._database.in_transaction
        before = self.seen(unid)
        if before == seen:
            return
        if before is None or (before.file, before.digest) != (seen.file, seen.digest):
            files = [file for file in (seen.file, before.file if before else "") if file]
            self.touched.update(files)
            self._set_apart.update(files)
        if before is not None and before.file == seen.file:
            self._run("UPDATE seen SET rev = ?, digest = ? WHERE unid = ?", seen.rev, seen.digest, unid)
        else:
            self._run("INSERT OR REPLACE INTO seen VALUES (?,?,?,?)", unid, *seen)
        if unid in self._seen:
            self._seen[unid] = seen

    def digests_seen(self) -> dict[str, str]:
        """Return the text hash last seen in each file."""
        return dict(self._all("SELECT file, digest FROM seen WHERE file <> ''"))

    def seen_in(self, files: Iterable[str]) -> dict[str, dict[str, str]]:
        """Return, of files in which documents were seen, the text hash by unid: mostly one each."""
        found: dict[str, dict[str, str]] = {}
        for file, unid, digest in self._of(sorted(files), "SELECT file, unid, digest FROM seen WHERE file"):
            found.setdefault(file, {})[unid] = digest
        return found

    def files_seen(self) -> int:
        """Return how many documents had a file when it was last seen."""
        count: int = self._one("SELECT count(*) FROM seen WHERE file <> ''")[0]
        return count

    # The agreement of an index with what was seen

    def agree(self, index: str) -> None:
        """Note, inside a transaction, that the files of this index hold what was last seen in them."""
        self.remember(AGREED, index)
        self._run("DELETE FROM apart")
        self._set_apart.clear()

    def apart(self) -> set[str]:
        """Return the files about which what was seen has changed since an index agreed."""
        return {file for (file,) in self._all("SELECT file FROM apart")}

    def _write_apart(self) -> None:
        if not self._set_apart or self.fact(AGREED) is None:
            return
        (count,) = self._one("SELECT count(*) FROM apart")
        if count + len(self._set_apart) > MOST_ONE_BY_ONE:
            self._run("DELETE FROM facts WHERE name = ?", AGREED)
            self._run("DELETE FROM apart")
            return
        for file in self._set_apart:
            self._run("INSERT OR IGNORE INTO apart VALUES (?)", file)

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


def _key_of(winner: Winner | None) -> str:
    return file_key(winner.file) if winner is not None and winner.kind == LIVE else ""


def file_key(file: str) -> str:
    """Return what two paths share that some file system would take for one."""
    return unicodedata.normalize("NFC", file).casefold()
