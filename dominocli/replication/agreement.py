"""Which files are known to hold what the journal last saw in them, so that only the others are compared.

The journal names the index whose files agree with `seen` one to one. While that index is the one a look
compared with, only what differs from it can be an edit. Whatever changes `seen` sets its files apart, in the
same transaction: they are compared too, until the agreement is made again. Without it everything is compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from dominocli.directory.view import derived_unid
from dominocli.replication.journal import AGREED, MOST_ONE_BY_ONE
from dominocli.replication.observe import DELETED, FileLike, Observation, Seen, observe

if TYPE_CHECKING:
    from dominocli.directory.reader import Directory
    from dominocli.replication.journal import Journal
    from dominocli.replication.replica import Replica


class Looked(NamedTuple):
    """A look, and the journal's version after it. `edited` are the files of the edits it found, None if other
    files may differ from what was seen as well."""

    directory: Directory
    version: int
    edited: frozenset[str] | None


def look(replica: Replica) -> tuple[Directory, Observation]:
    """Look at a replica's files and return them with the hand edits since they were last seen.

    The index stays as it is until the work is done: see `current`.
    """
    directory = replica.files.look()
    replica.files_read += directory.files_read
    replica.written.clear()
    replica.journal.touched.clear()
    observation = observed(replica.journal, directory, replica.settings.replica_id)
    edited = frozenset(file for edit in observation.edits for file in (edit.file, edit.before) if file)
    is_clear = not observation.left_alone
    replica.looked = Looked(directory, replica.journal.version(), edited if is_clear else None)
    return directory, observation


def look_for_the_next(replica: Replica) -> Directory:
    """Look at a replica's files and let the index spare the next look what this one reads."""
    from dominocli.directory.reader import REREADING_WORTH_AN_INDEX, Directory, keep, worth_keeping

    directory = replica.files.look()
    replica.files_read += directory.files_read
    on_disk = isinstance(directory, Directory) and not replica.rehearsing
    if on_disk and worth_keeping(directory) >= REREADING_WORTH_AN_INDEX:
        keep(directory)
    return directory


def observed(journal: Journal, directory: Directory, replica_id: str) -> Observation:
    """Return the hand edits in a directory since its files were last seen."""
    index = _index_of(directory)
    with journal.at_one_moment():
        is_agreed = index and journal.fact(AGREED) == index
        found = _of_what_changed(journal, directory, replica_id) if is_agreed else None
    if found is not None:
        return found
    return _observe(directory.files.values(), journal.all_seen(), replica_id)


def _index_of(directory: Directory) -> str:
    """Return the identity of the index from which it is known how a look differs; only files on disk have one."""
    from dominocli.directory import reader

    return directory.origin if isinstance(directory, reader.Directory) else ""


def _observe(files: Iterable[FileLike], seen: Mapping[str, Seen], replica_id: str) -> Observation:
    return observe(files, seen, lambda text: derived_unid(replica_id, text))


def _of_what_changed(journal: Journal, directory: Directory, replica_id: str) -> Observation | None:
    """Observe the files that differ from the index or are set apart, and those whose documents they may be; None
    where that cannot be told."""
    concerned = {*directory.changed, *directory.gone, *directory.differing, *journal.apart()}
    unids = {unid for holders in journal.seen_in(concerned).values() for unid in holders}
    copies = set()
    for file in concerned:
        if (state := directory.files.get(file)) is not None and state.fault is None:
            unids.add(directory.unid(state))
            copies.add(derived_unid(replica_id, f"{file}\n{state.digest}"))
    seen = journal.seen_of(unids | copies)
    while copies := {derived_unid(replica_id, unid) for unid in copies if unid in seen}:
        seen.update(journal.seen_of(copies))
    for entry in seen.values():
        if entry.file and entry.file not in concerned:
            if entry.file not in directory.files:
                return None
            concerned.add(entry.file)
    files = [directory.files[file] for file in sorted(concerned) if file in directory.files]
    found = _observe(files, seen, replica_id)
    # To count them takes as long as all the rest, and only what vanished is compared with it.
    has_vanished = any(edit.kind == DELETED for edit in found.edits)
    return found._replace(documents=journal.files_seen()) if has_vanished else found


def current(replica: Replica) -> Directory:
    """Return the files as they are after the work done since the last look, and keep them in the index.

    Files that this replica wrote are read again; the others are as they were seen.
    """
    from dominocli.directory.reader import Directory, keep, reread, worth_keeping

    looked, journal = replica.looked, replica.journal
    on_disk = looked is not None and isinstance(looked.directory, Directory) and not replica.rehearsing
    if looked is None or not on_disk or journal.version() != looked.version:
        return look_for_the_next(replica)
    written = frozenset(replica.written)
    directory = looked.directory
    if written:
        directory = reread(directory, written)
        replica.files_read += len(written)
    with replica.held("replicate"):
        identity = directory.origin
        if worth_keeping(directory) or directory.differing or not identity:
            identity = keep(directory, late=written, is_origin=True)
        is_agreed = journal.fact(AGREED) == identity and not journal.apart()
        if identity and not is_agreed and _agrees(journal, directory, looked, written):
            with journal.transaction():
                journal.agree(identity)
    return directory


def _agrees(journal: Journal, directory: Directory, looked: Looked, written: frozenset[str]) -> bool:
    """Tell whether every file holds what was last seen in it, and every file seen is there."""
    if any(state.fault is not None for state in directory.files.read.values()):
        return False
    files: set[str] | None = None
    if looked.edited is not None and journal.version() == looked.version:
        files = {*looked.edited, *looked.directory.changed, *looked.directory.gone, *written, *journal.touched}
    if files is None or len(files) > MOST_ONE_BY_ONE:
        return journal.digests_seen() == directory.files.digests() and journal.files_seen() == len(directory.files)
    seen = journal.seen_in(files)
    return all(list(seen.get(file, {}).values()) == _digest(directory, file) for file in files)


def _digest(directory: Directory, file: str) -> list[str]:
    state = directory.files.get(file)
    return [] if state is None else [state.digest]
