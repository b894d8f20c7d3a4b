"""What a complete replication would leave and change where: rehearsed in memory, nothing is written (design.md 4)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from dominocli.directory.reader import Directory
from dominocli.directory.view import derived_unid
from dominocli.names import same_name
from dominocli.replication.carriers.carrier import Carrier, connect
from dominocli.replication.compare import order
from dominocli.replication.observe import CHANGED, CREATED, DELETED, RENAMED, observe
from dominocli.replication.replica import Clock, Replica
from dominocli.replication.replicate import Connect, Peer, Progress, replicate
from dominocli.replication.report import ReplicationReport
from dominocli.replication.resolve import values_of
from dominocli.replication.revision import CLOSED, LIVE, from_wire

PAGE = 10_000
"""Documents asked for at once where only their revs come."""


class Held(NamedTuple):
    """A document as a replica has it: its file and its text."""

    file: str
    text: str


class DocumentChange(NamedTuple):
    """A document that would change, in the replicas of `servers`: None `before` it comes, None `after` it goes."""

    unid: str
    before: Held | None
    after: Held | None
    servers: tuple[str, ...]

    @property
    def kind(self) -> str:
        """Return created, changed, renamed (perhaps changed too) or deleted."""
        if self.before is None or self.after is None:
            return CREATED if self.before is None else DELETED
        return CHANGED if self.before.file == self.after.file else RENAMED

    @property
    def file(self) -> str:
        """Return the file afterwards; of a deletion, the file there is now."""
        held = self.after or self.before
        assert held is not None
        return held.file

    def fields(self) -> Iterator[tuple[str, Any, Any]]:
        """Yield (dotted key path, value before, value after) of every value that differs, sorted; None: no value."""
        old, new = (values_of(held.text) if held else {} for held in (self.before, self.after))
        for path in sorted((old.keys() | new.keys()) - {("unid",)}):
            # 1, 1.0 and true are equal in Python and different in a document.
            if repr(old.get(path)) != repr(new.get(path)):
                yield ".".join(path), old.get(path), new.get(path)


class Rehearsal(NamedTuple):
    """A complete replication that did not happen.

    `texts` are the files of this replica it would leave otherwise than they are (None: gone), an overlay for
    `MemoryView`. `fingerprints` by server, this one's included, say what each replica held before, "" where it was
    not reached; a second replica of this server, a CouchDB, goes by its location. `fresh` are the servers whose
    journal is new, so that nobody knows yet what they will exchange.
    """

    report: ReplicationReport
    texts: dict[str, str | None]
    changes: tuple[DocumentChange, ...]
    fingerprints: dict[str, str]
    fresh: frozenset[str]


def rehearse(
    root: Path,
    peers: Sequence[Peer],
    *,
    clock: Clock,
    connect: Connect = connect,
    progress: Progress | None = None,
) -> Rehearsal:
    """Return what replicating with all peers would do; their hand edits and ours are included.

    Raises what concerns this replica itself, as `replicate` does.
    """
    ours = Replica.open(root, clock).rehearsal()
    watched = _Watched(connect, ours.server, peers)
    try:
        before = ours.files.look()
        recorded = _recorded(ours, before)
        how = watched.connect
        report = replicate(root, peers, dry_run=True, clock=clock, progress=progress, connect=how, ours=ours)
        after = ours.files.look()
        texts = _differing(ours, before, after)
        own = _own_changes(before, after, texts, recorded)
        changes = _grouped({ours.server: own, **watched.held()}, after, texts)
    finally:
        ours.close()
    fingerprints = {ours.server: before.fingerprint(), **watched.fingerprints()}
    return Rehearsal(report, texts, tuple(changes), fingerprints, watched.fresh())


class _WatchedCarrier:
    """A carrier that notes what the other side held of each document before something else was put there."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier
        self.kind = carrier.kind
        self.bytes_sent = 0
        self.held: dict[str, Held | None] = {}
        self.fingerprint = ""
        self.fresh = False

    def call(self, verb: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        if verb == "put":
            new = {document["_id"] for document in payload["docs"]} - self.held.keys()
            self.held.update(self._held(sorted(new)))
        answer = self._carrier.call(verb, payload)
        if verb == "put":
            for refused in answer["refused"]:
                self.held.pop(refused["id"], None)
        elif verb == "hello" and not self.fingerprint:
            self.fresh = answer["fresh"]
            self.fingerprint = self._carrier.call("fingerprint", {})["fingerprint"] or self._revisions()
        self.bytes_sent = self._carrier.bytes_sent
        return answer

    def _revisions(self) -> str:
        """Return a hash over all leaves, for a side that has no files: 64 hex digits."""
        leaves: dict[str, list[str]] = {}
        since: Any = 0
        more = True
        while more:
            page = self._carrier.call("changes", {"since": since, "limit": PAGE})
            leaves.update({row["id"]: sorted(row["revs"]) for row in page["results"]})
            since, more = page["last_seq"], page["more"]
        return hashlib.sha256(repr(sorted(leaves.items())).encode()).hexdigest()

    def _held(self, unids: Sequence[str]) -> dict[str, Held | None]:
        revs = self._carrier.call("leaves", {"ids": unids})["revs"]
        asked = [{"id": unid, "revs": list(revs[unid]), "held": []} for unid in unids if unid in revs]
        found: dict[str, Held | None] = dict.fromkeys(unids)
        arrived = []
        while asked:
            # What is too much for one answer is left for the next.
            answer = self._carrier.call("get", {"docs": asked})
            arrived += [from_wire(document) for document in answer["docs"]]
            asked = answer["left"] if answer["docs"] else []
        for one in sorted(arrived, key=lambda one: order(one.revision)):
            revision = one.revision
            if revision.kind != CLOSED:
                text = one.texts.get(revision.digest, "")
                found[revision.unid] = Held(revision.file, text) if revision.kind == LIVE else None
        return found

    def close(self) -> None:
        self._carrier.close()


class _Watched:
    """The carriers of one rehearsal, by location; servers of peers by location too, this one's as the location."""

    def __init__(self, connect: Connect, own: str, peers: Sequence[Peer]) -> None:
        self._connect = connect
        self._carriers: dict[str, _WatchedCarrier] = {}
        self._names = {p.location: p.location if same_name(p.server, own) else p.server for p in peers}

    def connect(self, location: str, asking_server: str, clock: Clock) -> Carrier:
        carrier = _WatchedCarrier(self._connect(location, asking_server, clock))
        self._carriers[location] = carrier
        return carrier

    def held(self) -> dict[str, dict[str, Held | None]]:
        return {self._names[at]: carrier.held for at, carrier in self._carriers.items() if not carrier.fresh}

    def fingerprints(self) -> dict[str, str]:
        reached = {self._names[at]: carrier.fingerprint for at, carrier in self._carriers.items()}
        return {name: reached.get(name, "") for name in self._names.values()}

    def fresh(self) -> frozenset[str]:
        return frozenset(self._names[at] for at, carrier in self._carriers.items() if carrier.fresh)


def _recorded(ours: Replica, directory: Directory) -> dict[str, Held | None]:
    """Return, for each document a hand edited here, what was last recorded of it; nothing where nothing was yet."""
    journal = ours.journal
    if not journal.fact("adopted"):
        return {}
    seen = journal.all_seen()
    replica_id = directory.settings.replica_id
    observed = observe(directory.files.values(), seen, lambda file: derived_unid(replica_id, file))
    found: dict[str, Held | None] = {}
    for edit in observed.edits:
        last = seen.get(edit.unid)
        revision = journal.revision(edit.unid, last.rev) if last is not None else None
        text = journal.text(revision.digest) if revision is not None and revision.digest else None
        found[edit.unid] = Held(last.file, text) if last is not None and last.file and text is not None else None
    return found


def _differing(ours: Replica, before: Directory, after: Directory) -> dict[str, str | None]:
    was, now = ({file: digest for file, _, digest in directory.texts()} for directory in (before, after))
    texts: dict[str, str | None] = dict.fromkeys(sorted(was.keys() - now.keys()))
    for file, digest in now.items():
        if was.get(file) != digest and isinstance(content := ours.files.read(file), bytes):
            texts[file] = content.decode("utf-8", "surrogateescape")
    return texts


def _own_changes(
    before: Directory, after: Directory, texts: Mapping[str, str | None], recorded: Mapping[str, Held | None]
) -> dict[str, Held | None]:
    """Return what this replica holds of each document that would be recorded or changed here."""
    found: dict[str, Held | None] = {}
    for file in texts:
        if (state := after.files.get(file)) is not None and state.fault is None:
            found.setdefault(after.unid(state))
        if (state := before.files.get(file)) is not None and state.fault is None:
            # A file whose unid line was taken out is still the document of its path.
            later = after.files.get(file)
            unid = before.unid(state) if state.unid or later is None else after.unid(later)
            text = before.text(file)
            found[unid] = None if text is None else Held(file, text)
    return {**found, **recorded}


def _grouped(
    held: Mapping[str, Mapping[str, Held | None]], after: Directory, texts: Mapping[str, str | None]
) -> list[DocumentChange]:
    """Return the changes, those of one document with the same beginning together, sorted by file."""
    files = {unid: file for file, unid, _ in after.texts() if unid}
    groups: dict[tuple[str, Held | None], list[str]] = {}
    for server, documents in held.items():
        for unid, before in documents.items():
            groups.setdefault((unid, before), []).append(server)
    changes = []
    for (unid, before), servers in groups.items():
        file = files.get(unid, "")
        text = (texts[file] if file in texts else after.text(file)) if file else None
        change = DocumentChange(unid, before, None if text is None else Held(file, text), tuple(sorted(servers)))
        if not _alike(before, change.after):
            changes.append(change)
    return sorted(changes, key=lambda change: (change.file, change.servers))


def _alike(before: Held | None, after: Held | None) -> bool:
    """Tell whether nothing changes that is worth telling: line ends, or a unid put into a file made by hand."""
    if before is None or after is None:
        return before is after
    if before.file != after.file:
        return False
    old, new = before.text.replace("\r\n", "\n"), after.text.replace("\r\n", "\n")
    return old == new or values_of(old) == {k: v for k, v in values_of(new).items() if k != ("unid",)}
