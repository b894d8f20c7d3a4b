"""After a crash: finish or undo the steps on files that had begun (replication.md 4 step 2)."""

from __future__ import annotations

from dominocli.directory.swap import ASIDE
from dominocli.directory.text import Fault, named_unid, parse, text_hash
from dominocli.documents.document import is_unid
from dominocli.replication.journal import Intent
from dominocli.replication.observe import Seen
from dominocli.replication.replica import Replica
from dominocli.replication.write_out import (
    CREATE,
    EXCHANGE,
    LIFT,
    MOVE,
    NOTHING_SEEN,
    REMOVE,
    is_edit_of,
    record_displaced,
)


def recover(replica: Replica) -> None:
    """Bring journal and files together again; unknown bytes in swap files become edits. The lock is held.

    A step leaves its evidence: the swap file holds the new content before an exchange and the old one
    after it. One that was discarded must never come back, as a loss of power could bring it: it would pass
    for the evidence of another step.
    """
    journal, files = replica.journal, replica.files
    files.clear()
    leftovers = _leftovers(replica)
    begun = [intent for intent in journal.intents() if intent.op]
    if not leftovers and not begun:
        return
    replica.looked = None
    places: set[str] = set()
    for intent in begun:
        seen = journal.seen(intent.unid) or NOTHING_SEEN
        places.update(file for file in (intent.file, seen.file) if file)
        if intent.op == MOVE:
            _finish_move(replica, intent, seen)
        elif intent.unid + ASIDE not in leftovers:
            _put_back(replica, intent, seen)
    leftovers = _leftovers(replica)
    # What is found now was perhaps never made durable, and the journal is about to say that it is so.
    files.secure(places)
    no_documents: set[str] = set()
    with journal.transaction():
        revised: set[str] = set()
        for intent in begun:
            seen = journal.seen(intent.unid) or NOTHING_SEEN
            left = files.swapped(intent.unid)
            # What is linked aside beside its swap file says that the two were not exchanged.
            happened = intent.unid + ASIDE not in leftovers and _happened(replica, intent, seen, left)
            if happened:
                journal.set_seen(intent.unid, _after(intent, seen))
            journal.finish(intent.unid)
            journal.intend(intent.unid)
            if left is None or _stands_again(replica, seen, left):
                continue
            if intent.op in (CREATE, MOVE) and left == files.read(intent.file):
                continue
            if intent.op == CREATE:
                # A hand edited the new file in place; its name was lost, and the swap file is the same file.
                seen = Seen(intent.rev, "", "")
            if text_hash(left) not in (seen.digest, intent.digest):
                (revised if _record(replica, intent.unid, seen, left) else no_documents).add(intent.unid)
        for swap in sorted(set(leftovers) - {intent.unid for intent in begun}):
            unid = swap.removesuffix(ASIDE)
            left = files.swapped(swap)
            seen = journal.seen(unid) or NOTHING_SEEN
            # Where the power took back that a hand saved a file, what was linked aside alone has it still.
            if left is None or journal.text(text_hash(left)) is not None or _stands(replica, seen, left):
                continue
            if _record(replica, unid, seen, left):
                revised.add(unid)
            else:
                no_documents.add(swap)
        replica.resolve(revised)
    # What was linked aside goes first: alone, it would pass for what an exchange displaced.
    for swap in reversed(leftovers):
        if swap in no_documents:
            files.keep(swap)
            replica.warnings.append(f".dominocli/swap/{swap}: what is no document was kept there")
        else:
            files.discard(swap)
    files.clear()


def _leftovers(replica: Replica) -> list[str]:
    return [swap for swap in replica.files.leftovers() if is_unid(swap.removesuffix(ASIDE))]


def _finish_move(replica: Replica, intent: Intent, seen: Seen) -> None:
    """Take the old name away where a move by links had only made the new one: else it looks like a copy.

    What a hand saved at the old name just before stays in the swap file, as an edit.
    """
    files = replica.files
    there = files.read(intent.file)
    if not isinstance(there, bytes) or there != files.read(seen.file):
        return
    # Were the new name lost with the power and the old one not there any more, the document would pass for deleted.
    files.secure({intent.file})
    if not files.displace(seen.file, intent.unid):
        return
    left = files.swapped(intent.unid)
    if left is None:
        return
    if left == there or (not is_edit_of(intent.unid, left) and files.create(seen.file, intent.unid)):
        files.discard(intent.unid)


def _put_back(replica: Replica, intent: Intent, seen: Seen) -> None:
    """Undo a step that took away what is no document, where its place is still free or holds our text."""
    files = replica.files
    left = files.swapped(intent.unid)
    if left is None or text_hash(left) in (seen.digest, intent.digest) or is_edit_of(intent.unid, left):
        return
    if intent.op in (REMOVE, LIFT):
        files.create(seen.file, intent.unid)
    elif intent.op == EXCHANGE:
        there = files.read(intent.file)
        if isinstance(there, bytes) and text_hash(there) == intent.digest:
            files.exchange(intent.file, intent.unid)


def _happened(replica: Replica, intent: Intent, seen: Seen, left: bytes | None) -> bool:
    files = replica.files
    if intent.op == EXCHANGE:
        if left is None or text_hash(left) == intent.digest:
            return False
        # Where the old content stands, the power took the exchange back after a hand had edited the new file. Who
        # removed the file since saw the new text for sure only if the old one was displaced.
        there = files.read(intent.file)
        return text_hash(there) != seen.digest if isinstance(there, bytes) else text_hash(left) == seen.digest
    if intent.op in (REMOVE, LIFT):
        return left is not None and not _stands_again(replica, seen, left)
    there = files.read(intent.file)
    if not isinstance(there, bytes):
        return False
    if intent.op == CREATE:
        # A file created by a hand meanwhile is not ours, whatever unid it gives: it never saw our text.
        # Ours and the swap file are one file, so an edit in place shows in both.
        return text_hash(there) == intent.digest or there == left
    assert intent.op == MOVE
    raw = parse(there)
    if isinstance(raw, Fault):
        # Torn since, it is the moved file all the same: the old name is gone, and nobody held the new one.
        known = named_unid(there) in ("", intent.unid)
    else:
        known = text_hash(there) == seen.digest or raw.get("unid") == intent.unid
    return known and _is_free_or_taken(files.read(seen.file), intent.unid)


def _is_free_or_taken(content: bytes | Fault | None, unid: str) -> bool:
    """Tell whether nothing of a document stands at a path it had: no file, or one that gives another unid."""
    return content is None or (isinstance(content, bytes) and named_unid(content) not in ("", unid))


def _stands_again(replica: Replica, seen: Seen, left: bytes) -> bool:
    """Tell whether displaced bytes that are no document were put back before the crash."""
    return text_hash(left) != seen.digest and _stands(replica, seen, left)


def _stands(replica: Replica, seen: Seen, left: bytes) -> bool:
    """Tell whether a document's file holds these bytes."""
    return bool(seen.file) and replica.files.read(seen.file) == left


def _after(intent: Intent, seen: Seen) -> Seen:
    if intent.op == REMOVE:
        return Seen(intent.rev, "", "")
    if intent.op == LIFT:
        return Seen(seen.rev, "", "")
    return Seen(intent.rev, intent.file, intent.digest)


def _record(replica: Replica, unid: str, seen: Seen, left: bytes) -> bool:
    """Record a swap file's unknown bytes as an edit; tell whether they are a text of the document."""
    if not is_edit_of(unid, left):
        return False
    record_displaced(replica, unid, seen.rev, left)
    return True
