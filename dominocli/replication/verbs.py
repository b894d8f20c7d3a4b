"""The verbs a replica answers: all that replication ever says, by folder, pipe or wire (replication.md 1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dominocli import errors
from dominocli.documents.document import is_unid
from dominocli.replication import access
from dominocli.replication.agreement import current
from dominocli.replication.carriers.shapes import is_rev
from dominocli.replication.compare import leaves, lineage
from dominocli.replication.journal import Winner
from dominocli.replication.record import follow_winners, record
from dominocli.replication.recover import recover
from dominocli.replication.replica import Replica
from dominocli.replication.revision import BARE, LIVE, SECOND, Arrived, Revision, from_wire, to_wire

PROTOCOL = 1
LARGEST_BATCH = 1000
"""So many documents one answer about changes has at most: each costs memory, and their replica is locked together."""
LARGEST_ANSWER = 4 << 20
"""Characters in one answer to `get`, but for its last document."""
_ID, _ANCESTOR = 35, 200
"""About how many characters an id takes, and an ancestor without its text."""
SESSIONS_KEPT = 20

Payload = Mapping[str, Any]
Answer = dict[str, Any]


class Verbs:
    """Answers for one replica to one other server. Payloads and answers are what JSON can hold."""

    def __init__(self, replica: Replica, peer: str) -> None:
        self.replica = replica
        self.peer = peer
        self._level, self._may_delete = access.level_of(replica.identity.access, peer)
        self._table: dict[str, Callable[[Payload], Answer]] = {
            "who": self._who,
            "hello": self._hello,
            "changes": self._changes,
            "revs_diff": self._revs_diff,
            "fingerprint": self._fingerprint,
            "leaves": self._leaves_of,
            "get": self._get,
            "put": self._put,
            "checkpoint_get": self._checkpoint_get,
            "checkpoint_put": self._checkpoint_put,
        }

    def call(self, verb: str, payload: Payload) -> Answer:
        """Answer a verb; raise `DominoError`."""
        if self._level == access.NO_ACCESS:
            raise errors.AccessRefused(server=self.replica.server, peer=self.peer)
        if verb not in self._table:
            raise errors.UsageError(reason=f"replication has no verb {verb!r}")
        if verb not in ("changes", "revs_diff", "leaves", "get"):
            return self._table[verb](payload)
        with self.replica.journal.at_one_moment():
            return self._table[verb](payload)

    def require(self, *, editor: bool) -> None:
        """Raise `AccessRefused` for who may not read here, or as `editor` may not change documents."""
        readers = (access.READER, access.AUTHOR) if editor else ()
        if self._level in (access.NO_ACCESS, *readers):
            hint = f"{self.peer} is {self._level} there, which is less than Editor"
            raise errors.AccessRefused(server=self.replica.server, peer=self.peer, hint=hint)

    def close(self) -> None:
        """Give back what was opened."""
        self.replica.close()

    def _who(self, payload: Payload) -> Answer:
        """Say who this is, and do nothing else."""
        if payload.get("replica_id") != self.replica.settings.replica_id:
            raise errors.NoReplicaThere(location=str(self.replica.root), reason="it holds another directory")
        return {
            "version": PROTOCOL,
            "replica_id": self.replica.settings.replica_id,
            "instance": self.replica.identity.instance,
            "server": self.replica.server,
            "clock": int(self.replica.clock() * SECOND),
        }

    def _hello(self, payload: Payload) -> Answer:
        """Say who this is and record the hand edits; with `record` false all that follows is rehearsed only."""
        who = self._who(payload)
        if not payload.get("record", True) and not self.replica.rehearsing:
            rehearsed = self.replica.rehearsal()
            self.replica.close()
            self.replica = rehearsed
        replica = self.replica
        findings: list[str] = []
        outcomes_before = len(replica.outcomes)
        if replica.adopted or payload.get("adopt"):
            # Whoever may not delete here cannot confirm that most of our files are meant to be gone either.
            may = self._may_delete and self._level not in (access.READER, access.AUTHOR)
            allow = may and bool(payload.get("allow_mass_delete"))
            observation = record(replica, command="replicate", allow_mass_delete=allow)
            findings = [f"{finding.file}: {finding.message}" for finding in observation.findings]
        return {
            **who,
            "fresh": not replica.adopted,
            "files_read": self.replica.files_read,
            "findings": findings,
            "outcomes": [list(outcome) for outcome in replica.outcomes[outcomes_before:]],
        }

    def _fingerprint(self, payload: Payload) -> Answer:
        directory = current(self.replica)
        return {"fingerprint": directory.fingerprint(), "files_read": self.replica.files_read}

    def _changes(self, payload: Payload) -> Answer:
        """Return up to `limit` documents changed after `since`, oldest change first, each with its leaves."""
        journal = self.replica.journal
        limit = min(int(payload.get("limit", LARGEST_BATCH)), LARGEST_BATCH)
        rows = journal.changes(int(payload["since"]), limit)
        journal.gather((unid for _, unid in rows), files=False)
        results = [{"seq": seq, "id": unid, "revs": self._leaves(unid)} for seq, unid in rows]
        last = rows[-1][0] if rows else int(payload["since"])
        return {"results": results, "last_seq": last, "more": len(rows) == limit}

    def _leaves_of(self, payload: Payload) -> Answer:
        self.replica.journal.gather(payload["ids"], files=False)
        return {"revs": {unid: self._leaves(unid) for unid in payload["ids"]}}

    def _leaves(self, unid: str) -> list[str]:
        return [leaf.rev for leaf in leaves(self.replica.journal.tree(unid))]

    def _revs_diff(self, payload: Payload) -> Answer:
        """Return, for ids and leaves of the other side, what is missing here and which leaves are held."""
        answer: Answer = {}
        self.replica.journal.gather(payload["revs"], files=False)
        for unid, revs in payload["revs"].items():
            tree = self.replica.journal.tree(unid)
            missing = [rev for rev in revs if rev not in tree or not tree[rev].kind]
            if missing:
                answer[unid] = {"missing": missing, "held": [leaf.rev for leaf in leaves(tree)]}
        return answer

    def _get(self, payload: Payload) -> Answer:
        """Return the asked revisions as documents; `held` are leaves the asker has, `left` is to be asked again."""
        documents: list[Answer] = []
        journal = self.replica.journal
        size = 0
        journal.gather((asked["id"] for asked in payload["docs"]), files=False)
        for position, asked in enumerate(payload["docs"]):
            if size > LARGEST_ANSWER:
                return {"docs": documents, "left": list(payload["docs"][position:])}
            tree = journal.tree(asked["id"])
            held = frozenset(
                ancestor.rev for rev in asked.get("held", ()) if rev in tree for ancestor in lineage(tree, tree[rev])
            )
            for rev in asked["revs"]:
                if rev in tree:
                    document = to_wire(list(lineage(tree, tree[rev])), journal.text, held)
                    size += _characters(document)
                    documents.append(document)
        return {"docs": documents, "left": []}

    def _put(self, payload: Payload) -> Answer:
        """Take documents in: each as a whole or not at all, as access allows, resolved, with the files following."""
        replica = self.replica
        journal = replica.journal
        arrivals, refused = _unforged(payload["docs"])
        outcomes_before = len(replica.outcomes)
        with replica.held("replicate"):
            recover(replica)
            with journal.transaction():
                journal.gather(arrived.revision.unid for arrived in arrivals)
                before = {arrived.revision.unid: journal.winner(arrived.revision.unid) for arrived in arrivals}
                touched = set()
                for unid, arrived in _by_document(arrivals).items():
                    if reasons := self._refusals(unid, arrived):
                        refused += reasons
                    elif sum(map(self._insert, arrived)):
                        touched.add(unid)
                replica.resolve(touched)
            if replica.adopted:
                follow_winners(replica)
        moved = self._moved(before, touched)
        return {
            **told_of(moved, named=replica.rehearsing),
            "refused": refused,
            "outcomes": [list(outcome) for outcome in replica.outcomes[outcomes_before:]],
            "blocked": sorted(self._file(unid) for unid in replica.blocked),
        }

    def _refusals(self, unid: str, arrivals: Sequence[Arrived]) -> list[dict[str, str]]:
        """Return what of a document's arrivals is refused, and why: the document is then not touched at all.

        Its revisions belong together: one that closes a leaf, taken without the one that took its place,
        would leave nothing of the document.
        """
        before = self.replica.journal.tree(unid)
        after = dict(before)
        highest = max((known.number for known in before.values()), default=0)
        refused = []
        for arrived in arrivals:
            revision = arrived.revision
            reason = access.refusal(self._level, self._may_delete, self.peer, revision, after)
            if reason := reason or access.leaps(highest, revision):
                refused.append(_refused(revision, reason))
            highest = max(highest, revision.number)
            for known in (*arrived.ancestors, revision):
                if known.rev not in after or after[known.rev].kind == BARE:
                    after[known.rev] = known
        if refused:
            return refused
        torn = access.tears(before, after, (arrived.revision for arrived in arrivals))
        return [_refused(revision, reason) for revision, reason in torn]

    def _insert(self, arrived: Arrived) -> bool:
        for digest, text in arrived.texts.items():
            self.replica.journal.keep_text(digest, text)
        for ancestor in reversed(arrived.ancestors):
            self.replica.journal.insert(ancestor)
        return self.replica.journal.insert(arrived.revision)

    def _moved(self, before: Mapping[str, Winner | None], touched: set[str]) -> list[tuple[str, str]]:
        """Return what became of the documents touched: (added, updated or deleted; file)."""
        moved = []
        journal = self.replica.journal
        with journal.at_one_moment():
            after = {unid: journal.winner(unid) for unid in journal.gathering(list(touched), trees=False)}
        for unid, now in after.items():
            was = before[unid]
            had = was if was is not None and was.kind == LIVE else None
            has = now if now is not None and now.kind == LIVE else None
            if has is not None and (had is None or had.rev != has.rev):
                moved.append(("added" if had is None else "updated", has.file))
            elif had is not None and has is None:
                moved.append(("deleted", had.file))
        return sorted(moved)

    def _file(self, unid: str) -> str:
        winner = self.replica.journal.winner(unid)
        return winner.file if winner is not None else unid

    def _checkpoint_get(self, payload: Payload) -> Answer:
        return {"history": self.replica.journal.checkpoint(str(payload["id"]))}

    def _checkpoint_put(self, payload: Payload) -> Answer:
        history = list(payload["history"])[:SESSIONS_KEPT]
        with self.replica.journal.transaction():
            self.replica.journal.set_checkpoint(str(payload["id"]), history)
        return {}


def told_of(moved: Sequence[tuple[str, str]], *, named: bool) -> Answer:
    """Return how an answer to `put` tells of documents moved: in numbers, and if `named` each by its file."""
    changes = [change for change, _ in moved]
    answer: Answer = {change: changes.count(change) for change in ("added", "updated", "deleted")}
    return {**answer, "moved": [list(entry) for entry in moved]} if named else answer


def _characters(document: Answer) -> int:
    """Return about how long a document is as JSON."""
    texts = len(document.get("toml", "")) + sum(map(len, document.get("ancestor_texts", {}).values()))
    return texts + _ID * len(document["_revisions"]["ids"]) + _ANCESTOR * len(document["meta"]["ancestors"])


def _unforged(documents: Sequence[Payload]) -> tuple[list[Arrived], list[dict[str, str]]]:
    """Return what arrived, but for documents of which a part is not what its id says, and those parts.

    One that cannot even be named refuses all: raises `ForgedRevision`.
    """
    arrivals: list[Arrived] = []
    forged: list[dict[str, str]] = []
    for document in documents:
        try:
            arrivals.append(from_wire(document))
        except errors.ForgedRevision as error:
            unid, rev = document.get("_id"), document.get("_rev")
            if not isinstance(unid, str) or not is_unid(unid) or not is_rev(rev):
                raise
            forged.append({"id": unid, "rev": str(rev), "file": unid, "reason": error.message})
    touched = {entry["id"] for entry in forged}
    return [arrived for arrived in arrivals if arrived.revision.unid not in touched], forged


def _by_document(arrivals: Sequence[Arrived]) -> dict[str, list[Arrived]]:
    """Return arrivals by unid, of each document those with fewer saves first."""
    grouped: dict[str, list[Arrived]] = {}
    for arrived in sorted(arrivals, key=lambda arrived: arrived.revision.number):
        grouped.setdefault(arrived.revision.unid, []).append(arrived)
    return grouped


def _refused(revision: Revision, reason: str) -> dict[str, str]:
    return {"id": revision.unid, "rev": revision.rev, "file": revision.file, "reason": reason}
