"""A document's history: its revisions, bringing one back, and forgetting old texts (replication.md 3 and 7)."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from dominocli import errors
from dominocli.directory.text import text_hash
from dominocli.replication.compare import active, order
from dominocli.replication.journal import Journal
from dominocli.replication.record import FileChange, record, save_held
from dominocli.replication.recover import recover
from dominocli.replication.replica import Clock, Replica
from dominocli.replication.resolve import values_of
from dominocli.replication.revision import BARE, LIVE, SECOND, Revision

_DAY = 86_400


class RevisionEntry(NamedTuple):
    """One revision of a document: `time` in seconds since the epoch, `kind` live, deleted or closed, `file`
    its path then, `changes` the key paths that differ from its parent, None where a text is not kept.
    `current`: it is what the document is now; `kept`: its text can be brought back."""

    rev: str
    time: float
    author: str
    kind: str
    file: str
    changes: tuple[str, ...] | None
    current: bool
    kept: bool

    def as_json(self) -> dict[str, object]:
        """Return the revision as it stands in the JSON envelope."""
        return {**self._asdict(), "changes": None if self.changes is None else list(self.changes)}


class History(NamedTuple):
    """The revisions of one document, newest first."""

    unid: str
    revisions: tuple[RevisionEntry, ...]

    def as_json(self) -> dict[str, object]:
        """Return the history as it stands in the JSON envelope."""
        return {"unid": self.unid, "revisions": [entry.as_json() for entry in self.revisions]}


class Purged(NamedTuple):
    """What a purge did: documents whose texts went, and texts removed."""

    documents: int
    texts: int

    def as_json(self) -> dict[str, object]:
        """Return the counts as they stand in the JSON envelope."""
        return dict(self._asdict())


def history(root: Path, path: str) -> History:
    """Return the recorded revisions of the document at `connections/NAME`, also of a deleted one.

    Of several documents that had the path the one that has it now counts, else the last deleted.
    Raises `DocumentNotFound`; nothing is written. Hand edits not yet recorded are not in it.
    """
    journal = Journal.reading(root)
    if journal is None:
        raise errors.DocumentNotFound(what="recorded document", name=path, suggestion="dominocli replicate")
    try:
        unid = _find(journal, path)
        tree = journal.tree(unid)
        current = active(tree)[:1]
        entries = [
            _entry(journal, revision, tree.get(revision.parent), revision in current)
            for revision in sorted(tree.values(), key=order, reverse=True)
            if revision.kind != BARE
        ]
    finally:
        journal.close()
    return History(unid, tuple(entries))


def text_of(root: Path, file: str, mark: str) -> str | None:
    """Return the recorded text that a file had, by the beginning of its text hash; None where none is kept."""
    try:
        journal = Journal.reading(root)
    except errors.DominoError:
        return None
    if journal is None:
        return None
    try:
        revisions = [r for unid in journal.find(file) for r in journal.tree(unid).values()]
        digests = {r.digest for r in revisions if r.file == file and r.digest.startswith(mark)}
        return journal.text(digests.pop()) if len(digests) == 1 else None
    except errors.DominoError:
        return None
    finally:
        journal.close()


def undelete(root: Path, path: str, rev: str, *, clock: Clock, command: str = "history --undelete") -> RevisionEntry:
    """Give a document the text of one of its revisions again, as a new revision; a deleted one comes back.

    `rev` may be shortened as far as it stays the only one. Raises `DocumentNotFound`, `RevisionNotFound`.
    """
    replica = Replica.open(root, clock)
    try:
        record(replica, command=command)
        journal = replica.journal
        revision = _revision(journal, path, rev)
        unid = revision.unid
        text = journal.text(revision.digest)
        if text is None:
            raise errors.RevisionNotFound(rev=rev, document=path)
        with replica.held(command):
            save_held(replica, _changes(replica, unid, revision, text))
        now = journal.winner(unid)
        known = journal.revision(unid, now.rev) if now is not None else None
        assert known is not None
        return _entry(journal, known, journal.revision(unid, known.parent), True)
    finally:
        replica.close()


def purge(root: Path, *, clock: Clock, command: str = "purge") -> Purged:
    """Forget the texts of documents deleted longer ago than the purge interval; their stubs stay for ever.

    So an old replica can never bring a deleted document back (replication.md 7).
    """
    replica = Replica.open(root, clock)
    try:
        journal = replica.journal
        with replica.held(command):
            # What a stop left behind is known by its text alone: forgotten, it would pass for an edit.
            recover(replica)
            with journal.transaction():
                before = replica.now() - replica.settings.purge_interval_days * _DAY * SECOND
                purged = Purged(*journal.forget_texts(before))
    finally:
        replica.close()
    return purged


def _find(journal: Journal, path: str) -> str:
    file = path.removesuffix(".toml") + ".toml"
    placed = journal.seen_at(file)
    if placed:
        return placed
    candidates = []
    for unid in journal.find(file):
        winner = journal.winner(unid)
        revision = journal.revision(unid, winner.rev) if winner is not None else None
        if winner is not None and revision is not None:
            candidates.append((winner.kind == LIVE and winner.file == file, order(revision), unid))
    if not candidates:
        raise errors.DocumentNotFound(what="recorded document", name=path, suggestion="dominocli list")
    return max(candidates)[2]


def _revision(journal: Journal, path: str, rev: str) -> Revision:
    """Return the revision of any document that has or had the path."""
    unids = dict.fromkeys([_find(journal, path), *journal.find(path.removesuffix(".toml") + ".toml")])
    trees = [journal.tree(unid) for unid in unids]
    found = [r for tree in trees for r in tree.values() if r.kind == LIVE and r.rev.startswith(rev) and rev]
    if len(found) != 1:
        raise errors.RevisionNotFound(rev=rev, document=path)
    return found[0]


def _changes(replica: Replica, unid: str, revision: Revision, text: str) -> list[FileChange]:
    seen = replica.journal.seen(unid)
    if seen is not None and seen.file:
        return [FileChange(seen.file, text, seen.digest)]
    file = revision.file
    current = replica.files.read(file)
    if current is None:
        return [FileChange(file, text, None)]
    # Another document took the path meanwhile: the one that comes back stands beside it.
    return [FileChange(f"{file.removesuffix('.toml')}--{unid[:8]}.toml", text, None)]


def _entry(journal: Journal, revision: Revision, parent: Revision | None, current: bool) -> RevisionEntry:
    text = journal.text(revision.digest) if revision.digest else None
    before = journal.text(parent.digest) if parent is not None and parent.digest else None
    changes: tuple[str, ...] | None = None
    if text is not None and (before is not None or not revision.parent):
        changes = _changed(before or "", text)
        if parent is not None and parent.file != revision.file:
            changes = ("name", *changes)
    return RevisionEntry(
        revision.rev,
        revision.seqtime / SECOND,
        revision.author,
        revision.kind,
        revision.file,
        changes,
        current,
        text is not None and text_hash(text.encode()) == revision.digest,
    )


def _changed(before: str, after: str) -> tuple[str, ...]:
    old, new = values_of(before), values_of(after)
    paths = sorted(old.keys() | new.keys())
    return tuple(".".join(path) for path in paths if repr(old.get(path)) != repr(new.get(path)))
