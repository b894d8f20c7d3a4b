"""Files follow the winners: one durable step a file, and nothing a hand saved meanwhile is lost (replication.md 5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from dominocli import errors
from dominocli.directory.text import MAXIMUM_BYTES, Fault, parse, text_hash
from dominocli.replication.journal import Intent
from dominocli.replication.observe import Seen
from dominocli.replication.replica import Replica
from dominocli.replication.revision import LIVE, Revision, normalised

EXCHANGE, CREATE, REMOVE, MOVE, LIFT = "exchange", "create", "remove", "move", "lift"
NOTHING_SEEN = Seen("", "", "")


class Planned(NamedTuple):
    """One step on one file. `rev`, `file` and `digest` are what it leads to, `seen` what is there before."""

    unid: str
    op: str
    rev: str
    file: str
    digest: str
    seen: Seen
    content: bytes


class Round(NamedTuple):
    """What a round did: whether another one is needed, and the documents whose files were not as last seen."""

    again: bool
    unexpected: frozenset[str]


def write_round(replica: Replica, skip: frozenset[str], exact: Mapping[str, bytes] | None = None) -> Round:
    """Take one step for every file that does not follow its winner, but for the documents in `skip`.

    `exact` maps a text hash to the bytes to write where line ends matter. The lock is held by the caller.
    """
    planning = _Planning(replica, exact or {})
    intents = replica.journal.intents()
    if not intents:
        return Round(False, frozenset())
    with replica.journal.transaction():
        waiting = [intent.unid for intent in intents if intent.unid not in skip]
        for unid in replica.journal.gathering(waiting, trees=False):
            planning.plan(unid)
        if not planning.steps and planning.waiting:
            planning.lift(planning.waiting[0], skip)
        for step in planning.steps:
            replica.journal.begin(Intent(*step[:5]))
    if planning.steps:
        _carry_out(replica, planning)
    return Round(bool(planning.steps), frozenset(planning.unexpected))


class _Planning:
    def __init__(self, replica: Replica, exact: Mapping[str, bytes]) -> None:
        self.replica = replica
        self.exact = exact
        self.steps: list[Planned] = []
        self.waiting: list[str] = []
        self.unexpected: set[str] = set()

    def plan(self, unid: str) -> None:
        journal = self.replica.journal
        winner = journal.winner(unid)
        if winner is None:
            journal.finish(unid)
            return
        seen = journal.seen(unid) or NOTHING_SEEN
        place = journal.place(unid, winner.file) if winner.kind == LIVE else ""
        if place and journal.text(winner.digest) is None:
            self.unexpected.add(unid)
            return
        if (seen.file, seen.digest if place else "") == (place, winner.digest if place else ""):
            journal.set_seen(unid, Seen(winner.rev, place, winner.digest))
            journal.finish(unid)
            return
        current = self.replica.files.read(seen.file) if seen.file else b""
        if current is None and not place:
            # A hand was faster; a loss of power must not bring the file back as if it were a new one.
            self.replica.files.secure({seen.file})
            journal.set_seen(unid, Seen(winner.rev, "", ""))
            journal.finish(unid)
        elif current is None or isinstance(current, Fault) or (seen.file and text_hash(current) != seen.digest):
            self.unexpected.add(unid)
        elif not place:
            self._add(unid, REMOVE, winner.rev, "", "", seen)
        elif place == seen.file:
            self._add(unid, EXCHANGE, winner.rev, place, winner.digest, seen, self._content(winner.digest, current))
        elif journal.seen_at(place):
            self.waiting.append(unid)
        elif seen.file:
            self._add(unid, MOVE, seen.rev, place, seen.digest, seen)
        else:
            self._add(unid, CREATE, winner.rev, place, winner.digest, seen, self._content(winner.digest, b""))

    def lift(self, unid: str, skip: frozenset[str]) -> None:
        """Break a circle of renames: the file that stands in the way waits in the swap folder for a moment."""
        journal = self.replica.journal
        winner = journal.winner(unid)
        assert winner is not None
        holder = journal.seen_at(journal.place(unid, winner.file))
        seen = journal.seen(holder)
        held = skip | self.unexpected
        if seen is None or holder in held or holder not in {intent.unid for intent in journal.intents()}:
            self.unexpected.add(unid)
            return
        self._add(holder, LIFT, seen.rev, "", "", seen)

    def _add(self, unid: str, op: str, rev: str, file: str, digest: str, seen: Seen, content: bytes = b"") -> None:
        self.steps.append(Planned(unid, op, rev, file, digest, seen, content))

    def _content(self, digest: str, current: bytes) -> bytes:
        """Return the bytes to write: with the line ends the file has now, unless they make it too long."""
        if digest in self.exact:
            return self.exact[digest]
        content = (self.replica.journal.text(digest) or "").encode()
        if current and current.count(b"\n") == current.count(b"\r\n") > 0:
            with_returns = content.replace(b"\n", b"\r\n")
            return with_returns if len(with_returns) <= MAXIMUM_BYTES else content
        return content


def _carry_out(replica: Replica, planning: _Planning) -> None:
    files = replica.files
    done: list[tuple[Planned, bytes | None]] = []
    saved_over: list[tuple[Planned, bytes]] = []
    files.prepare_all({step.unid: step.content for step in planning.steps if step.op in (EXCHANGE, CREATE)})
    for step in planning.steps:
        happened = _take(replica, step)
        if not happened and step.op != REMOVE:
            planning.unexpected.add(step.unid)
            continue
        displaced = files.swapped(step.unid) if step.op in (EXCHANGE, REMOVE, LIFT) and happened else None
        if displaced is not None and text_hash(displaced) != step.seen.digest:
            if not is_edit_of(step.unid, displaced):
                planning.unexpected.add(step.unid)
                if (newer := _put_back(replica, step)) is not None:
                    saved_over.append((step, newer))
                continue
        else:
            displaced = None
        done.append((step, displaced))
    files.sync()
    with replica.journal.transaction():
        revised: set[str] = set()
        settling = replica.journal.gathering([step.unid for step, _ in done], trees=False)
        for (step, displaced), _ in zip(done, settling, strict=True):
            settle(replica, step)
            if displaced is not None:
                record_displaced(replica, step.unid, step.seen.rev, displaced)
                revised.add(step.unid)
        for step, newer in saved_over:
            record_displaced(replica, step.unid, step.rev, newer)
            revised.add(step.unid)
        for step in planning.steps:
            if step.unid in planning.unexpected:
                replica.journal.finish(step.unid)
                replica.journal.intend(step.unid)
        replica.resolve(revised)
    for step in planning.steps:
        if step.op != MOVE:
            files.discard(step.unid)
    files.clear()


def _take(replica: Replica, step: Planned) -> bool:
    files = replica.files
    replica.written.update(file for file in (step.file, step.seen.file) if file)
    if step.op == EXCHANGE:
        return files.exchange(step.file, step.unid)
    if step.op == CREATE:
        return files.create(step.file, step.unid)
    if step.op == MOVE:
        return files.move(step.seen.file, step.file)
    return files.displace(step.seen.file, step.unid)


def settle(replica: Replica, step: Planned) -> None:
    """Note that a step was taken: what the file holds now, and whether more is to do."""
    journal = replica.journal
    file = "" if step.op in (REMOVE, LIFT) else step.file
    journal.set_seen(step.unid, Seen(step.rev, file, step.digest))
    journal.finish(step.unid)
    winner = journal.winner(step.unid)
    if step.op in (MOVE, LIFT) or (winner is not None and winner.rev != step.rev):
        journal.intend(step.unid)


def _put_back(replica: Replica, step: Planned) -> bytes | None:
    """Undo a step that displaced what is no document, so that a hand finds it where it was saved.

    Returns what was saved over the new content meanwhile, if it is an edit of the document.
    """
    files = replica.files
    if step.op == EXCHANGE:
        if files.exchange(step.file, step.unid):
            newer = files.swapped(step.unid)
            if newer is None or text_hash(newer) == step.digest:
                return None
            if is_edit_of(step.unid, newer):
                return newer
    elif files.create(step.seen.file, step.unid):
        return None
    files.keep(step.unid)
    replica.warnings.append(f"{step.file or step.seen.file}: what is no document was kept in .dominocli/swap")
    return None


def identified(unid: str, content: bytes) -> str | None:
    """Return a file's bytes as this document's text, its unid put in where it is missing or another's.

    None for what is no document, or cannot take the unid.
    """
    raw = parse(content)
    if isinstance(raw, Fault):
        return None
    text = normalised(content)
    if raw.get("unid") == unid:
        return text
    from dominocli.directory.writer import edit_text

    try:
        text = edit_text(text, {("unid",): unid})
    except errors.SyntaxFault:
        return None
    # A text that is too long with its unid would be one that no replica takes.
    return text if len(text.encode()) <= MAXIMUM_BYTES else None


def is_edit_of(unid: str, content: bytes) -> bool:
    """Tell whether bytes are a text of this document that can be recorded."""
    raw = parse(content)
    return not isinstance(raw, Fault) and raw.get("unid", unid) == unid and identified(unid, content) is not None


def record_displaced(replica: Replica, unid: str, parent: str, content: bytes) -> Revision:
    """Record bytes that a step displaced as an edit of what was last seen, inside a transaction."""
    text = identified(unid, content)
    assert text is not None
    replica.journal.keep_text(text_hash(content), normalised(content))
    before = replica.journal.revision(unid, parent)
    winner = replica.journal.winner(unid)
    file = before.file if before is not None else winner.file if winner is not None else ""
    return replica.revise(unid, parent, LIVE, file, text)
