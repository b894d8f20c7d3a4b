"""A random history of replicas: the real replicator over simulated disks, clocks and wires, one thread, one seed.

Everything is drawn from one random generator, so that a seed gives the same history, and the same log, again.
"""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import simulated_hands as hands_module
from simulated_disk import Disk, Image, Inode, Kernel
from simulated_hands import Hands, Ledger, parses, tokens
from simulated_wire import Faults, Stopped, Wire

from dominocli import errors
from dominocli.directory import swap
from dominocli.directory.index import UNTRUSTED, Columns
from dominocli.directory.reader import Directory, state_of
from dominocli.directory.settings import ReplicaSettings, Settings
from dominocli.directory.snapshot import FileState, Snapshot
from dominocli.directory.swap import DiskFiles, Step, no_step
from dominocli.directory.text import Fault, text_hash
from dominocli.directory.writer import KeyPath, edit_text
from dominocli.replication import replica as replica_module
from dominocli.replication import resolve as resolve_module
from dominocli.replication.history import purge, undelete
from dominocli.replication.journal import Journal
from dominocli.replication.record import FileChange, save_held
from dominocli.replication.replica import Clock, Replica
from dominocli.replication.replicate import Peer, ReplicationReport, replicate
from dominocli.replication.revision import DELETED, LIVE

START = 1_790_000_000.0
HAND_IN_HAND = (errors.ChangedMeanwhile, errors.UnidInUse, errors.MassDeletion)
"""What a command may say because of what hands do meanwhile."""
LEVELS = ("Reader", "Author", "Editor", "No Access")


@lru_cache(maxsize=8192)
def _state(file: str, content: bytes) -> FileState:
    return state_of(file, UNTRUSTED, content)


class Looked:
    """A directory whose files are no real ones, so that nothing goes past `Files` to the disk."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def __getattr__(self, name: str) -> Any:
        return getattr(self._directory, name)


class SimulatedFiles(DiskFiles):
    """The product's own files on disk, over a simulated one; only looking and reading go a shorter way."""

    kernel: Kernel
    settings: Settings

    def look(self) -> Any:
        disk = self.kernel.disk(self.root)
        self.kernel.point(disk, "look")
        states = {name: _state(name, disk.names[name].data) for name in disk.documents()}
        files = Snapshot(Columns.blank([]), {}, lambda wanted: iter(())).with_states(states)
        return Looked(Directory(self.root, self.settings, files, len(states)))

    def read(self, file: str) -> bytes | Fault | None:
        inode = self.kernel.disk(self.root).names.get(file)
        return None if inode is None else inode.data


_edited: dict[tuple[str, str], str] = {}


def remembered_edit(text: str, changes: Mapping[KeyPath, Any]) -> str:
    """Edit a text as the product does, each edit once: every replica makes the same conflict documents."""
    key = text, repr(sorted(changes.items(), key=lambda change: change[0]))
    if key not in _edited:
        if len(_edited) > 8192:
            _edited.clear()
        _edited[key] = edit_text(text, changes)
    return _edited[key]


class OpenJournal(Journal):
    """A journal whose database lives as long as its disk."""

    def close(self) -> None:
        if self._database.in_transaction:
            self._database.execute("ROLLBACK")


def new_database() -> sqlite3.Connection:
    """Return an empty journal in memory."""
    database = sqlite3.connect(":memory:", isolation_level=None)
    database.execute("PRAGMA synchronous = OFF")
    database.deserialize(_empty_journal())
    return database


@lru_cache(maxsize=1)
def _empty_journal() -> bytes:
    journal = Journal.in_memory()
    return journal._database.serialize()


class Server:
    """One server: its disk, its clock, who it says it is."""

    def __init__(self, number: int, new_id: Callable[[], str], now: Callable[[], float]) -> None:
        self.number = number
        self.name = f"S{number}/Acme"
        self.root = Path(f"/s{number}|")
        self.disk = Disk(new_database())
        self.identity = ReplicaSettings(new_id(), self.name, {}, {}, None)
        self.skew = 0.0
        self.backups: list[tuple[Image, ReplicaSettings]] = []
        self._now = now

    def clock(self) -> float:
        return self._now() + self.skew

    def journal(self) -> Journal:
        return OpenJournal(self.disk.database)

    def recorded(self) -> set[str]:
        """Return every token in a text this server's journal holds."""
        rows = self.disk.database.execute("SELECT text FROM texts").fetchall()
        return set().union(*(tokens(text.encode()) for (text,) in rows))

    def held(self) -> set[str]:
        """Return every token in the journal or in a whole file on this server's disk."""
        whole = [inode.data for name, inode in self.disk.names.items() if not name.endswith(".part")]
        return self.recorded().union(*(tokens(data) for data in whole if parses(data)))


def _knows_deletion(journal: Journal, unid: str, held: frozenset[str]) -> bool:
    """Tell whether the deletion of a document that held these tokens is recorded."""
    tree = journal.tree(unid)
    parents = [tree.get(revision.parent) for revision in tree.values() if revision.kind == DELETED]
    texts = [journal.text(parent.digest) for parent in parents if parent is not None]
    return any(text is not None and tokens(text.encode()) == held for text in texts)


def _is_known(journal: Journal, name: str, content: bytes) -> bool:
    """Tell whether the journal knows which document lies at a name, whatever a torn file there still says."""
    found = hands_module._UNID.search(content)
    if found:
        seen = journal.seen(found[1].decode())
        return seen is not None and seen.file == name
    seen = journal.seen(journal.seen_at(name))
    return seen is not None and bool(tokens((journal.text(seen.digest) or "").encode()) & tokens(content))


class Broken(AssertionError):
    """An invariant does not hold."""


class Simulation:
    """One history. `run` plays it and checks every invariant; raises `Broken`."""

    def __init__(self, seed: int, *, keep_log: bool = False) -> None:
        self.seed = seed
        self.chance = random.Random(seed)
        self.now = START
        self.counts: Counter[str] = Counter()
        self.log: list[str] = []
        self._keep_log = keep_log
        self.kernel = Kernel(self._point, self.chance)
        self.locks: set[str] = set()
        self.stop_in = -1
        self.stopped: Disk | None = None
        self.alone = False
        self.power = False
        self.ours: Disk | None = None
        self.busy = 0.0
        self.taken = 0.0
        self.faults = Faults()
        self.faulty = False
        self.commits: list[dict[str, bytes]] = []
        self.ledger = Ledger()
        self.hands = Hands(self.chance, self.ledger, self.say)
        self.settings = Settings(
            "ab" * 16,
            "Acme",
            "Acme",
            purge_interval_days=self.chance.choice([0, 90]),
            merge_conflicts=self.chance.random() < 0.85,
        )
        count = self.chance.choice([2, 2, 3, 3, 3, 4, 5])
        self.servers = [Server(number, self.new_id, self._time) for number in range(count)]
        exchanges = self.chance.random() < 0.8
        for server in self.servers:
            self._add(server, exchanges)

    def _add(self, server: Server, exchanges: bool) -> None:
        server.disk.exchanges = exchanges
        self.kernel.disks[str(server.root)] = server.disk

    def say(self, line: str) -> None:
        """Write a line of the log."""
        self.log.append(line)

    def new_id(self) -> str:
        """Return an id of 32 hex digits."""
        return f"{self.chance.getrandbits(128):032x}"

    def _time(self) -> float:
        self.now += 0.25
        return self.now

    # What happens at every durable step

    def _point(self, disk: Disk, what: str) -> None:
        self.counts["points"] += 1
        if self._keep_log:
            self.say(f"    {next((s.name for s in self.servers if s.disk is disk), 0)} {what}")
        if self.stopped is disk:
            raise Stopped(what)
        if self.stop_in == 0:
            self.stop_in = -1
            self.stopped = disk
            self.say(f"  stopped at {what}")
            raise Stopped(what)
        if self.stop_in > 0:
            self.stop_in -= 1
        if self.busy and not self.kernel.half_done:
            if self.hands.unfinished:
                self.hands.finish(everything=False)
            if self.chance.random() < self.busy:
                self.hands.edit(disk)

    def open(
        self, cls: type[Replica], root: Path, clock: Clock, *, ids: object = None, step: Step = no_step
    ) -> Replica:
        """Open a replica on a simulated disk, as `Replica.open` does on a real one."""
        server = self.server_at(root)
        files = SimulatedFiles(root)
        files.kernel, files.settings = self.kernel, self.settings
        at_step = partial(self._point, server.disk)
        replica = cls(
            root, self.settings, server.identity, files=files, clock=server.clock, ids=self.new_id, step=at_step
        )
        replica._journal = OpenJournal(server.disk.database, at_step)
        return replica

    def server_at(self, root: Path | str) -> Server:
        return next(server for server in self.servers if str(server.root) == str(root))

    @contextmanager
    def locked(self, root: Path, command: str, *, wait_seconds: float = 0.0) -> Iterator[None]:
        if str(root) in self.locks:
            raise Broken("a program waits for itself")
        if self.chance.random() < self.taken:
            self.faulty = True
            raise errors.Locked(holder="another program")
        self.locks.add(str(root))
        try:
            yield
        finally:
            self.locks.discard(str(root))

    def listing(self, root: Path) -> tuple[list[str], None]:
        return self.kernel.disk(root).documents(), None

    # Playing

    def run(self, steps: int) -> None:
        """Play so many steps, let everything settle, check."""
        from simulated_invariants import check_end

        with installed(self):
            try:
                for _ in range(steps):
                    self.counts["steps"] += 1
                    self.now += self.chance.choice([1.0, 60.0, 3600.0])
                    self._step()
                check_end(self)
            except (Stopped, errors.DominoError, Exception) as error:
                if isinstance(error, Broken):
                    raise
                raise Broken(f"{type(error).__name__}: {error}") from error
            finally:
                for server in self.servers:
                    server.disk.database.close()

    def _step(self) -> None:
        server = self.chance.choice(self.servers)
        what = self.chance.random()
        if what < 0.45:
            self.say(f"hand at {server.name}")
            self.hands.edit(server.disk)
            self.hands.finish()
        elif what < 0.80:
            self._replicate_somehow(server)
        elif what < 0.85:
            self._guarded(server, lambda: self._save(server))
        else:
            events: Sequence[Callable[[Server], None]] = (
                self._write_back,
                self._write_back,
                self._outage,
                self._outage,
                self._commit,
                self._back_up,
                self._back_up,
                self._restore,
                self._restore,
                self._check_out,
                self._clone,
                self._copy,
                self._set_clock,
                self._set_access,
                self._set_access,
                self._damage_checkpoints,
                self._purge,
                self._purge,
                self._undelete,
            )
            event = self.chance.choice(events)
            self.say(f"{event.__name__[1:]} at {server.name}")
            self.counts[event.__name__[1:]] += 1
            event(server)

    def _replicate_somehow(self, server: Server) -> None:
        others = [other for other in self.servers if other is not server]
        peers = self.chance.sample(others, self.chance.randrange(1, len(others) + 1))
        self.busy = self.chance.choice([0.0, 0.0, 0.03, 0.1])
        self.taken = self.chance.choice([0.0, 0.0, 0.0, 0.1])
        rate = self.chance.choice([0.0, 0.0, 0.0, 0.05, 0.15])
        self.faults = Faults(rate, rate, rate, rate, json=self.chance.random() < 0.1)
        self.faulty = bool(rate)
        self.say(f"replicate {server.name} with {[peer.name for peer in peers]}, faults {rate}, busy {self.busy}")
        self.counts["replications"] += 1

        def go() -> None:
            options = self.chance.choice([{}, {}, {}, {"pull": False}, {"push": False}])
            report = self.replicate(server, peers, **options)
            from simulated_invariants import check_report

            check_report(self, server, report)

        self._guarded(server, go)

    def replicate(self, server: Server, peers: Sequence[Server], **options: bool) -> ReplicationReport:
        """Replicate, as the command does."""
        self.ours = server.disk
        wanted = [Peer(peer.name, str(peer.root)) for peer in peers]
        return replicate(
            server.root, wanted, clock=server.clock, connect=self.connect, allow_mass_delete=True, **options
        )

    def connect(self, location: str, asking: str, clock: Clock) -> Wire:
        server = self.server_at(location)
        self.wire = Wire(
            Replica.open(server.root, clock), asking, self.faults, self.chance, lambda: self._died_alone(server)
        )
        return self.wire

    def _died_alone(self, server: Server) -> bool:
        if not self.alone or self.stopped is self.ours:
            return False
        self.faulty = True
        self._after_stop([server])
        return True

    def _guarded(self, server: Server, action: Callable[[], None]) -> None:
        """Do something that may be stopped anywhere."""
        if self.chance.random() < 0.5:
            self.stop_in = int(self.chance.choice([10, 40, 160]) * self.chance.random())
            self.alone = self.chance.random() < 0.4
            self.power = self.chance.random() < 0.5
            self.faulty = True
        try:
            action()
        except Stopped:
            concerned = [server] if self.alone else [s for s in self.servers if s.disk in (self.ours, self.stopped)]
            self._after_stop(concerned)
        except errors.DominoError as error:
            if not self.faulty and not isinstance(error, HAND_IN_HAND):
                raise
            self.say(f"  {error.message}")
        finally:
            self.stop_in, self.alone, self.power, self.faulty = -1, False, False, False
            self.busy = self.taken = 0.0
            self.faults = Faults()
            self.hands.finish()

    def _after_stop(self, concerned: Sequence[Server]) -> None:
        from simulated_invariants import check_files

        self.counts["crashes"] += 1
        self.stopped = None
        self.kernel.half_done = False
        self.locks -= {str(server.root) for server in concerned}
        for server in concerned:
            if self.power:
                self._lose_power(server)
        for server in self.servers:
            check_files(self, server)

    # Events

    def _write_back(self, server: Server) -> None:
        server.disk.write_back()

    def _outage(self, server: Server) -> None:
        self._lose_power(server)

    def _lose_power(self, server: Server) -> None:
        self.counts["outages"] += 1
        self.say(f"  power lost at {server.name}")
        disk = server.disk
        before = server.held().union(*(tokens(content) for d, _, content in self.hands.unfinished if d is disk))
        self.hands.unfinished = [entry for entry in self.hands.unfinished if entry[0] is not disk]
        journal = server.journal()
        for name, held, durable in disk.lose_power(self.chance):
            inode = disk.names[name]
            self.ledger.written.add(inode.data)
            if inode.data not in (held, durable):
                self.ledger.torn.update(hands_module._UNID.findall(held))
            is_cut = parses(inode.data) and inode.data not in (held, durable)
            if is_cut or not (name.startswith(".") or _is_known(journal, name, held)):
                # Cut short it is still a text, or nobody can know any more which document it was.
                left = tokens(inode.data) if parses(inode.data) else set()
                self.ledger.replaced |= (tokens(held) | tokens(durable or b"")) - left
        self.ledger.excused |= before - server.held() - self._known_elsewhere(server)
        for content in disk.contents().values():
            found = hands_module._UNID.search(content)
            winner = journal.winner(found[1].decode()) if found else None
            recorded = journal.text(text_hash(content)) is not None
            if winner is None or winner.kind != DELETED or not recorded:
                self.ledger.revived(content)

    def _known_elsewhere(self, server: Server) -> set[str]:
        return set().union(*(other.held() for other in self.servers if other is not server))

    def _commit(self, server: Server) -> None:
        self.commits.append({name: data for name, data in server.disk.contents().items() if parses(data)})

    def _back_up(self, server: Server) -> None:
        server.backups.append((server.disk.image(), server.identity))

    def _restore(self, server: Server) -> None:
        if not server.backups:
            return
        image, identity = self.chance.choice(server.backups)
        files = self.chance.random() < 0.75
        self.say(f"  files too: {files}")
        with self._losing(server):
            self.ledger.written |= set(image.files.values() if files else server.disk.contents().values())
            server.disk.restore(image, files=files)
            server.identity = identity

    @contextmanager
    def _losing(self, server: Server) -> Iterator[None]:
        """Note in the ledger what goes with what a server's disk held."""
        self.hands.unfinished = [entry for entry in self.hands.unfinished if entry[0] is not server.disk]
        yield
        remaining = server.held() | self._known_elsewhere(server)
        self.ledger.excused |= self.ledger.expected() - remaining
        journals = [other.journal() for other in self.servers]
        for unid, held in list(self.ledger.deleted):
            if not any(_knows_deletion(journal, unid, held) for journal in journals):
                self.ledger.deleted.discard((unid, held))

    def _files_to_take(self) -> dict[str, bytes]:
        contents = self.chance.choice(self.servers).disk.contents()
        taken = {name: data for name, data in contents.items() if parses(data)}
        if self.commits and self.chance.random() < 0.6:
            taken = self.chance.choice(self.commits)
        self.ledger.written |= set(taken.values())
        self._doubled(taken.values())
        return taken

    def _doubled(self, contents: Iterable[bytes]) -> None:
        """Note that contents are in two places now: what not everybody has recorded is an edit of its own there."""
        journals = [server.journal() for server in self.servers]
        for content in contents:
            if any(journal.text(text_hash(content)) is None for journal in journals):
                self.ledger.revived(content)

    def _check_out(self, server: Server) -> None:
        """A hand gives every file the content of another moment, as git does."""
        disk = server.disk
        wanted = self._files_to_take()
        for name, content in disk.contents().items():
            if wanted.get(name) != content:
                self.ledger.replaced |= tokens(content) if parses(content) else self._seen_at(server, name)
                disk.change((name, None))
        for name, content in wanted.items():
            if name not in disk.names:
                self.ledger.revived(content)
                disk.change((name, Inode(content)))

    def _seen_at(self, server: Server, name: str) -> set[str]:
        journal = server.journal()
        seen = journal.seen(journal.seen_at(name))
        return set() if seen is None else set(tokens((journal.text(seen.digest) or "").encode()))

    def _clone(self, server: Server) -> None:
        """The server gets a new disk with a clone of the files, and no journal."""
        wanted = self._files_to_take()
        with self._losing(server):
            server.disk.names = {name: Inode(content, durable=True) for name, content in wanted.items()}
            server.disk.kept = dict(server.disk.names)
            server.disk.pending.clear()
            server.disk.database.deserialize(_empty_journal())
            server.identity = ReplicaSettings(self.new_id(), server.name, {}, {}, None)

    def _copy(self, server: Server) -> None:
        """The whole folder of another server is copied here, with its identity."""
        source = self.chance.choice(self.servers)
        if source is server:
            self._renew(server)
            return
        with self._losing(server):
            server.disk.restore(source.disk.image())
            server.identity = source.identity
        self._doubled(server.disk.contents().values())

    def _renew(self, server: Server) -> None:
        """A copy gets an identity of its own."""
        twins = [other for other in self.servers if other.identity.instance == server.identity.instance]
        if len(twins) > 1 or server.identity.server != server.name:
            self.say(f"  {server.name} gets an identity of its own")
            server.identity = ReplicaSettings(self.new_id(), server.name, {}, {}, None)

    def _set_clock(self, server: Server) -> None:
        server.skew = self.chance.choice([0.0, -3600.0, -30.0, 30.0, 3600.0])

    def _set_access(self, server: Server) -> None:
        others = [other.name for other in self.servers if other is not server]
        table = {name: (self.chance.choice(LEVELS), self.chance.random() < 0.6) for name in others}
        server.identity = server.identity._replace(access=self.chance.choice([None, table]))
        self.say(f"  {server.identity.access}")

    def _damage_checkpoints(self, server: Server) -> None:
        database = server.disk.database
        if self.chance.random() < 0.5:
            database.execute("DELETE FROM checkpoints")
        else:
            odd = json.dumps([{"session": self.new_id(), "seq": 7}])
            database.execute("UPDATE checkpoints SET history = ?", (odd,))

    def _purge(self, server: Server) -> None:
        self.now += 100 * 86_400.0 if self.chance.random() < 0.3 else 0.0
        for one in self.servers if self.chance.random() < 0.5 else [server]:
            self.ours = one.disk
            self._guarded(one, partial(self._purge_one, one))

    def _purge_one(self, server: Server) -> None:
        digests = server.disk.database.execute("SELECT digest FROM texts").fetchall()
        self.ledger.forgotten.update(digest for (digest,) in digests)
        self.say(f"  {server.name} {purge(server.root, clock=server.clock)}")

    def _save(self, server: Server) -> None:
        """A command changes, renames, removes or makes documents, all or nothing."""
        self.ours = server.disk
        self.busy = self.chance.choice([0.0, 0.0, 0.05])
        contents = [(f, c) for f, c in server.disk.contents().items() if hands_module._UNID.search(c) and parses(c)]
        changes: list[FileChange] = []
        gone: set[str] = set()
        new: set[str] = set()
        for file, content in self.chance.sample(contents, min(len(contents), self.chance.randrange(1, 3))):
            base, text = text_hash(content), content.decode()
            what = self.chance.random()
            if what < 0.2:
                changes.append(FileChange(file, None, base))
                gone |= tokens(content)
                continue
            if held := sorted(tokens(content)):
                old, token = self.chance.choice(held), f"t{self.ledger.count + 1}"
                self.ledger.count += 1
                text = text.replace(f'"{old}"', f'"{token}"')
                gone.add(old)
                new.add(token)
            to = f"groups/n{self.chance.randrange(hands_module.NAMES)}.toml"
            if what < 0.5 and to not in server.disk.names and all(to != change.file for change in changes):
                changes += [FileChange(file, None, base), FileChange(to, text, None)]
                self.ledger.moved(text.encode())
            else:
                changes.append(FileChange(file, text, base))
        self.say(f"save at {server.name} {[(c.file, sorted(tokens((c.text or '').encode()))) for c in changes]}")
        replica = Replica.open(server.root, server.clock)
        try:
            if changes and replica.adopted:
                with replica.held("save"):
                    save_held(replica, changes)
        finally:
            replica.close()
            written = bool(new & server.recorded()) or not new
            if written:
                self.ledger.born |= new
                self.ledger.replaced |= gone
            self.say(f"  {'done' if written else 'not done'}")

    def _undelete(self, server: Server) -> None:
        """A command gives a document one of its older texts again."""
        rows = server.disk.database.execute(
            "SELECT file, rev, digest, unid FROM revisions WHERE kind = ? ORDER BY unid, rev", (LIVE,)
        ).fetchall()
        if not rows or not server.journal().fact("adopted"):
            return
        file, rev, digest, unid = self.chance.choice(rows)
        self.ours = server.disk
        self.say(f"  {file} {rev[:10]}")
        text = (server.journal().text(digest) or "").encode()

        def go() -> None:
            self.faulty = True
            undelete(server.root, file.removesuffix(".toml"), rev, clock=server.clock)

        seen = server.journal().seen(unid)
        given = f'unid = "{unid}"'.encode()
        places = {file, seen.file if seen is not None else file}
        now = [c for f, c in server.disk.contents().items() if given in c or f in places]
        winner = server.journal().winner(unid)
        now.append((server.journal().text(winner.digest if winner is not None else "") or "").encode())
        self.ledger.revived(text)
        self.ledger.moved(given)  # it lives anew: that merges with edits as a new name does
        self._guarded(server, go)
        if server.journal().text(digest) is not None:
            self.ledger.replaced |= set().union(*map(tokens, now)) - tokens(text)

    def digest(self) -> str:
        """Return a hash of the whole log."""
        return hashlib.sha256("\n".join(self.log).encode()).hexdigest()


@contextmanager
def installed(simulation: Simulation) -> Iterator[None]:
    """Let the product work on the simulated disks."""
    kernel = simulation.kernel
    replacements: list[tuple[Any, str, Any]] = [
        (swap, "os", kernel),
        (swap, "open_folder", kernel.open_folder),
        (swap, "sync_file_system", kernel.sync_file_system),
        (swap, "_renameat2", kernel.renameat2),
        (resolve_module, "edit_text", remembered_edit),
        (replica_module, "locked", simulation.locked),
        (replica_module, "listing", simulation.listing),
        (Replica, "open", classmethod(lambda cls, *a, **k: simulation.open(cls, *a, **k))),
    ]
    before = [(owner, name, vars(owner)[name]) for owner, name, _ in replacements]
    for owner, name, value in replacements:
        setattr(owner, name, value)
    try:
        yield
    finally:
        for owner, name, value in before:
            setattr(owner, name, value)
