"""Recording: hand edits and commands become revisions, and files follow (replication.md 4, design.md 3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from dominocli import errors
from dominocli.directory.text import Fault, parse, text_hash
from dominocli.directory.view import derived_unid
from dominocli.documents.document import is_unid
from dominocli.documents.finding import Finding
from dominocli.replication.agreement import look, look_for_the_next, observed
from dominocli.replication.compare import adopted
from dominocli.replication.journal import Journal
from dominocli.replication.observe import CHANGED, DELETED, Edit, FileLike, Observation, Seen, observe
from dominocli.replication.recover import recover
from dominocli.replication.replica import Clock, Replica
from dominocli.replication.revision import DELETED as DELETED_KIND
from dominocli.replication.revision import LIVE, normalised
from dominocli.replication.write_out import NOTHING_SEEN, identified, write_round

if TYPE_CHECKING:
    from dominocli.directory.reader import Directory

ROUNDS = 50
"""Somebody who saves the same file again and again is let go after so many rounds; the next run goes on."""


class FileChange(NamedTuple):
    """One file of a command's save: its new text (None: the file goes), and the hash of the text the
    command saw (None: no file was there)."""

    file: str
    text: str | None
    base: str | None


class FileNow(NamedTuple):
    """One file as it is now; `fault` says why it is no document."""

    file: str
    digest: str
    unid: str
    fault: object


def observe_root(root: Path, directory: Directory | None = None) -> Observation:
    """Return the hand edits not yet recorded in a folder; nothing is locked, nothing written.

    `directory` is the folder as it was seen, where the caller has looked already.
    """
    if directory is None:
        from dominocli.directory import reader

        directory = reader.look(root, update_index=False)
    findings = tuple(directory.faults())
    journal = Journal.reading(root)
    if journal is None:
        return Observation((), findings, frozenset(), 0, fresh=True)
    try:
        if not journal.fact("adopted"):
            return Observation((), findings, frozenset(), 0, fresh=True)
        observation = observed(journal, directory, directory.settings.replica_id)
    finally:
        journal.close()
    return observation._replace(findings=(*findings, *observation.findings))


def _observed(files: Iterable[FileLike], seen: Mapping[str, Seen], replica_id: str) -> Observation:
    return observe(files, seen, lambda text: derived_unid(replica_id, text))


def record(replica: Replica, *, command: str, allow_mass_delete: bool = False) -> Observation:
    """Record every hand edit and let the files follow, under the lock; raise `MassDeletion`, `Locked`.

    A replica whose journal is new adopts its files first: what other replicas know is merely old.
    """
    with replica.held(command):
        return record_held(replica, allow_mass_delete=allow_mass_delete)


def record_held(replica: Replica, *, allow_mass_delete: bool = False) -> Observation:
    """Do the work of `record` while the lock is held."""
    recover(replica)
    if not replica.adopted:
        _adopt(replica)
    observation = record_edits(replica, allow_mass_delete=allow_mass_delete)
    follow_winners(replica)
    return observation


def follow_winners(replica: Replica, exact: Mapping[str, bytes] | None = None) -> None:
    """Write files until each is what its document's winner says; what cannot be written stays in `blocked`."""
    tried: set[str] = set()
    skip: set[str] = set()
    for _ in range(ROUNDS):
        turn = write_round(replica, frozenset(skip), exact)
        if turn.unexpected:
            skip |= turn.unexpected & tried
            tried |= turn.unexpected
            record_edits(replica)
        elif not turn.again:
            break
    replica.blocked = skip


def record_edits(replica: Replica, *, allow_mass_delete: bool = False) -> Observation:
    """Record every hand edit as a revision whose parent is what the file last held; the lock is held."""
    directory, observation = look(replica)
    journal = replica.journal
    gone = observation.mass_deletion
    if gone and not allow_mass_delete:
        raise errors.MassDeletion(gone=gone, count=observation.documents, where=str(replica.root))
    if observation.edits:
        with journal.transaction():
            _record_all(replica, observation.edits, directory.files)
            _secure(replica, observation.edits)
    return observation._replace(findings=(*directory.faults(), *observation.findings))


def _record_all(replica: Replica, edits: Sequence[Edit], files: Mapping[str, FileLike]) -> None:
    recording = zip(edits, replica.journal.gathering([edit.unid for edit in edits]), strict=True)
    replica.resolve([unid for edit, unid in recording if _record_one(replica, edit, files.get(edit.file))])


def _secure(replica: Replica, edits: Sequence[Edit]) -> None:
    """Make hand edits durable before their revisions are.

    Otherwise a loss of power could take an edit back that is recorded, and that would look like a new one.
    """
    replica.files.secure({file for edit in edits for file in (edit.file, edit.before) if file})


def _record_one(replica: Replica, edit: Edit, looked_at: FileLike | None) -> bool:
    """Record one edit, inside a transaction; tell whether it is one still."""
    journal = replica.journal
    seen = journal.seen(edit.unid) or NOTHING_SEEN
    parent = seen.rev
    before = journal.revision(edit.unid, parent)
    if edit.kind == DELETED:
        if looked_at is None and replica.files.read(edit.file) is not None:
            # An editor that saves by removing had not made it anew yet.
            return False
        file = before.file if before is not None else edit.file
        deletion = replica.revise(edit.unid, parent, DELETED_KIND, file)
        journal.set_seen(edit.unid, Seen(deletion.rev, "", ""))
        return True
    content = replica.files.read(edit.file)
    if not isinstance(content, bytes):
        return False
    digest = text_hash(content)
    text: str | None
    if looked_at is not None and (looked_at.digest, looked_at.unid) == (digest, edit.unid):
        text = normalised(content)
    else:
        raw = parse(content)
        if isinstance(raw, Fault) or (looked_at is not None and raw.get("unid") != looked_at.unid and looked_at.unid):
            return False
        text = identified(edit.unid, content)
    if text is None:
        replica.warnings.append(
            f"{edit.file}: no unid can be put into it; write its tables in the plain way, and keep it under 1 MiB"
        )
        return False
    # The text on disk may lack the unid; a swap file may hold it after a crash, so it is kept.
    journal.keep_text(digest, normalised(content))
    file = before.file if before is not None and edit.kind == CHANGED else edit.file
    if not parent:
        known = adopted(journal.tree(edit.unid), text_hash(text.encode()), file)
        winner = journal.winner(edit.unid)
        if winner is not None and winner.kind == DELETED_KIND:
            parent = winner.rev
        elif known is not None:
            journal.set_seen(edit.unid, Seen(known.rev, edit.file, digest))
            return True
    elif before is not None and (before.kind, before.file, before.digest) == (LIVE, file, text_hash(text.encode())):
        journal.set_seen(edit.unid, Seen(parent, edit.file, digest))
        return True
    revision = replica.revise(edit.unid, parent, LIVE, file, text)
    journal.set_seen(edit.unid, Seen(revision.rev, edit.file, digest))
    return True


def _adopt(replica: Replica) -> None:
    """Find out which known revisions the files hold, so that they are merely old and no edits (replication.md 4)."""
    journal = replica.journal
    directory = look_for_the_next(replica)
    with journal.transaction():
        provisional = journal.all_seen()
        for state in directory.files.values():
            if state.fault is not None:
                continue
            unid = directory.unid(state)
            tree = journal.tree(unid)
            digest = state.digest
            if not tree:
                continue
            if not state.unid and isinstance(content := replica.files.read(state.file), bytes):
                digest = text_hash((identified(unid, content) or "").encode())
            base = provisional.get(unid, NOTHING_SEEN)
            known = adopted(tree, digest, state.file)
            held = state.digest
            if known is None and base.digest:
                known, held = adopted(tree, base.digest, base.file), base.digest
            file = base.file if held != state.digest else state.file
            if known is not None:
                journal.set_seen(unid, Seen(known.rev, file, held))
                journal.intend(unid)
        for unid, base in provisional.items():
            if not base.rev and (now := journal.seen(unid)) is not None and not now.rev:
                known = adopted(journal.tree(unid), base.digest, base.file)
                journal.set_seen(unid, Seen(known.rev, base.file, base.digest) if known else NOTHING_SEEN)
        replica.files.secure(directory.files.keys())
        journal.remember("adopted", 1)


def save(root: Path, changes: Sequence[FileChange], *, command: str, clock: Clock) -> None:
    """Write the files of one command as one step and record just those documents (design.md 3).

    A rename is one file that goes and one with the same unid that comes. Raises `ChangedMeanwhile` if a
    file is not what the command saw, `UnidInUse`, `Locked`; nothing is written then. A folder that is no
    replica on this machine (a fresh clone) is written durably, without a journal.
    """
    from dominocli.directory.settings import read_replica
    from dominocli.directory.swap import DiskFiles
    from dominocli.directory.writer import write_files

    texts = {change.file: change.text for change in changes}
    for file, text in texts.items():
        if text is not None and isinstance(fault := parse(text.encode()), Fault):
            raise errors.SyntaxFault(reason=fault.message, file=file, line=fault.line)
    if read_replica(root) is None:
        _check_bases(DiskFiles(root).read, changes)
        write_files(root, texts)
        return
    replica = Replica.open(root, clock)
    try:
        with replica.held(command):
            save_held(replica, changes)
    finally:
        replica.close()


def save_held(replica: Replica, changes: Sequence[FileChange]) -> None:
    """Do the work of `save` on an open replica whose lock is held."""
    from dominocli.directory.writer import write_files

    recover(replica)
    bases = _check_bases(replica.files.read, changes)
    if not replica.adopted:
        with replica.journal.transaction():
            for base in bases.values():
                if base.unid and replica.journal.seen(base.unid) is None:
                    replica.journal.set_seen(base.unid, Seen("", base.file, base.digest))
        write_files(replica.root, {change.file: change.text for change in changes})
        return
    exact = {}
    if replica.journal.intents():
        # A stop left files that have to follow yet: they must not pass by what hands did elsewhere since.
        record_edits(replica)
    with replica.journal.transaction():
        _record_bases(replica, bases)
        _check_again(replica, changes)
        # What a hand took away or renamed there is about to pass for deleted: the power must not bring it back.
        taken = {change.file for change in changes if change.base is None and replica.journal.seen_at(change.file)}
        replica.files.secure(taken)
        touched = _revise_all(replica, changes)
        replica.resolve(touched)
    for change in changes:
        if change.text is not None:
            content = change.text.encode()
            exact[text_hash(content)] = content
    follow_winners(replica, exact)


def _check_bases(read: Callable[[str], bytes | Fault | None], changes: Sequence[FileChange]) -> dict[str, FileNow]:
    """Return the files as they are, if they are still what the command saw."""
    found = {}
    for change in changes:
        content = read(change.file)
        now = None if content is None else text_hash(content) if isinstance(content, bytes) else ""
        if now != change.base:
            raise errors.ChangedMeanwhile(path=change.file, file=change.file)
        if content is None:
            continue
        raw = content if isinstance(content, Fault) else parse(content)
        if isinstance(raw, Fault):
            raise errors.DocumentUnusable(document=change.file, reason=raw.message, file=change.file, line=raw.line)
        unid = raw.get("unid")
        given = unid if isinstance(unid, str) and is_unid(unid) else ""
        found[change.file] = FileNow(change.file, now or "", given, None)
    return found


def _record_bases(replica: Replica, bases: Mapping[str, FileNow]) -> None:
    """Record the pending hand edits of these files, and of what these documents were seen as before."""
    journal = replica.journal
    files: dict[str, FileLike] = dict(bases)
    concerned = {unid for file in bases if (unid := journal.seen_at(file))}
    for base in bases.values():
        unid = base.unid or journal.seen_at(base.file) or derived_unid(replica.settings.replica_id, base.file)
        concerned.add(unid)
    seen = {unid: entry for unid in concerned if (entry := journal.seen(unid)) is not None}
    for entry in seen.values():
        if not entry.file or entry.file in files:
            continue
        content = replica.files.read(entry.file)
        raw = parse(content) if isinstance(content, bytes) else None
        if isinstance(content, bytes) and isinstance(raw, dict):
            files[entry.file] = FileNow(entry.file, text_hash(content), str(raw.get("unid", "")), None)
    observation = _observed(files.values(), seen, replica.settings.replica_id)
    _record_all(replica, observation.edits, files)
    _secure(replica, observation.edits)


def _check_again(replica: Replica, changes: Sequence[FileChange]) -> None:
    """Refuse what a hand saved since the bases were checked: recorded now, it would pass for what the command saw."""
    journal = replica.journal
    for change in changes:
        seen = journal.seen(journal.seen_at(change.file))
        if change.base is None:
            is_as_seen = seen is None or replica.files.read(change.file) is None
        else:
            is_as_seen = seen is not None and seen.digest == change.base
        if not is_as_seen:
            raise errors.ChangedMeanwhile(path=change.file, file=change.file)


def _revise_all(replica: Replica, changes: Sequence[FileChange]) -> list[str]:
    journal = replica.journal
    files = {change.file for change in changes}
    coming: dict[str, FileChange] = {}
    for change in changes:
        if change.text is None:
            continue
        raw = parse(change.text.encode())
        unid = None if isinstance(raw, Fault) else raw.get("unid")
        if not isinstance(unid, str) or not is_unid(unid) or unid in coming:
            raise errors.UnidInUse(path=change.file, file=change.file)
        seen = journal.seen(unid) or NOTHING_SEEN
        if seen.file and seen.file not in files:
            raise errors.UnidInUse(path=change.file, file=change.file)
        coming[unid] = change
    for change in changes:
        holder = journal.seen_at(change.file)
        if holder and holder not in coming:
            seen = journal.seen(holder) or NOTHING_SEEN
            before = journal.revision(holder, seen.rev)
            replica.revise(holder, seen.rev, DELETED_KIND, before.file if before else change.file)
            coming[holder] = change._replace(text=None)
    for unid, change in coming.items():
        if change.text is None:
            continue
        seen = journal.seen(unid) or NOTHING_SEEN
        winner = journal.winner(unid)
        parent = seen.rev or (winner.rev if winner is not None and winner.kind == DELETED_KIND else "")
        before = journal.revision(unid, parent)
        file = before.file if before is not None and seen.file == change.file else change.file
        replica.revise(unid, parent, LIVE, file, change.text.replace("\r\n", "\n"))
    return list(coming)


def problems_of(observation: Observation) -> list[Finding]:
    """Return the findings that keep a replication from being complete."""
    return [finding for finding in observation.findings if finding.severity == "error"]
