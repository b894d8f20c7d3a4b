"""Shortcuts a replicator could take, each a small change of the real one: what the simulator is there to catch."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from simulated_disk import Inode

from dominocli.directory.swap import SWAP_FOLDER, DiskFiles
from dominocli.replication import replica as replica_module
from dominocli.replication import replicate as replicate_module
from dominocli.replication import transfer as transfer_module
from dominocli.replication.compare import Tree
from dominocli.replication.journal import Journal
from dominocli.replication.replica import Replica
from dominocli.replication.resolve import Resolution, resolve
from dominocli.replication.revision import LIVE, Revision
from dominocli.replication.transfer import MESSAGE_BATCH, Refused, Side

Patch = tuple[Any, str, Any]
Session = Mapping[str, Any]

_revise = Replica.revise
_forget_texts = Journal.forget_texts
_kept = transfer_module._kept


def _resolve_without_conflicts(tree: Tree, text_of: Any, **options: bool) -> Resolution:
    resolution = resolve(tree, text_of, **options)
    unids = {revision.unid for revision in tree.values()}
    return Resolution(tuple(made for made in resolution.made if made.revision.unid in unids), resolution.outcomes)


def _revise_the_newest(replica: Replica, unid: str, parent: str, kind: str, file: str, text: str = "") -> Revision:
    winner = replica.journal.winner(unid)
    return _revise(replica, unid, winner.rev if winner is not None else parent, kind, file, text)


def _transfer_checkpoint_first(
    source: Side,
    target: Side,
    new_id: Callable[[], str],
    told: Callable[[dict[str, Any], int], None],
    largest_batch: int = MESSAGE_BATCH,
) -> list[Refused]:
    """Transfer as the real one does, but tell both sides first how far this is going to come."""
    name = hashlib.sha256(f"{source.instance}\n{target.instance}".encode()).hexdigest()[:32]
    histories = [side.call("checkpoint_get", {"id": name})["history"] for side in (source, target)]
    common = transfer_module._common(*histories)
    page = source.call("changes", {"since": common.get("seq", 0), "limit": largest_batch})
    if page["last_seq"] != common.get("seq", 0):
        session = {"session": new_id(), "seq": page["last_seq"]}
        for side, history in zip((target, source), reversed(histories), strict=True):
            side.call("checkpoint_put", {"id": name, "history": _kept(session, history)})
    refused = []
    if again := common.get("refused", []):
        refused += transfer_module._batch(source, target, transfer_module._leaves(source, again), told)
    found = {row["id"]: row["revs"] for row in page["results"]}
    return refused + transfer_module._batch(source, target, found, told)


def _what_the_target_remembers(ours: Sequence[Session], theirs: Sequence[Session]) -> Session:
    return theirs[0] if theirs else {}


def _kept_without_refused(session: Session, history: Sequence[Session]) -> list[Session]:
    return _kept({key: value for key, value in session.items() if key != "refused"}, history)


def _discard_leftovers(files: DiskFiles) -> list[str]:
    for name in sorted(files._all_swaps()):
        files.discard(name)
    return []


def _forget_stubs(journal: Journal, seqtime: int) -> tuple[int, int]:
    deleted = journal._all(
        "SELECT w.unid FROM winners w JOIN revisions r ON r.unid = w.unid AND r.rev = w.rev "
        "WHERE w.kind <> ? AND r.seqtime < ?",
        *(LIVE, seqtime),
    )
    counts = _forget_texts(journal, seqtime)
    for (unid,) in deleted:
        for table in ("revisions", "winners", "changes", "seen", "intents"):
            journal._run(f"DELETE FROM {table} WHERE unid = ?", unid)
    return counts


def _check_then_rename(files: Any, file: str, swap: str) -> bool:
    disk = files.kernel.disk(files.root)
    found = disk.names.get(file)
    if found is None:
        return False
    checked = Inode(found.data, durable=True)
    files.kernel.point(disk, f"rename {file}")
    name = f"{SWAP_FOLDER}/{swap}"
    disk.change((file, disk.names[name]), (name, checked))
    files.kernel.point(disk, "renamed")
    return True


def _set_nothing_apart(journal: Journal) -> None:
    """Leave it at the agreement whatever was seen since."""


class Mutant(NamedTuple):
    """A shortcut: what it changes, and the price by which it has to be found out (how the failure begins)."""

    price: str | tuple[str, ...]
    patches: tuple[Patch, ...]


MUTANTS = {
    "last writer wins": Mutant("lost", ((replica_module, "resolve", _resolve_without_conflicts),)),
    "parent is the newest known": Mutant("lost", ((Replica, "revise", _revise_the_newest),)),
    "checkpoint before the data": Mutant("diverged", ((replicate_module, "transfer", _transfer_checkpoint_first),)),
    "one-sided checkpoint": Mutant("diverged", ((transfer_module, "_common", _what_the_target_remembers),)),
    "swap files deleted blindly": Mutant("lost", ((DiskFiles, "leftovers", _discard_leftovers),)),
    "stubs purged": Mutant(("ghost", "diverged: S"), ((Journal, "forget_texts", _forget_stubs),)),
    "check, then rename": Mutant("lost", ((DiskFiles, "exchange", _check_then_rename),)),
    "hand edits not made durable": Mutant("lost", ((DiskFiles, "secure", lambda files, names: None),)),
    "discarded swap files come back": Mutant("lost", ((DiskFiles, "clear", lambda files: None),)),
    "refused documents forgotten": Mutant("diverged", ((transfer_module, "_kept", _kept_without_refused),)),
    "nothing set apart": Mutant("passed over", ((Journal, "_write_apart", _set_nothing_apart),)),
}
"""What section 9 of the design of replication says a shortcut costs, and what the simulator found since."""


@contextmanager
def mutated(name: str) -> Iterator[None]:
    """Let the product take a shortcut."""
    patches = MUTANTS[name].patches
    before = [(owner, attribute, vars(owner)[attribute]) for owner, attribute, _ in patches]
    for owner, attribute, value in patches:
        setattr(owner, attribute, value)
    try:
        yield
    finally:
        for owner, attribute, value in before:
            setattr(owner, attribute, value)
