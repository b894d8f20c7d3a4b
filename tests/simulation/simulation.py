"""A random history of replicas: the real replicator over simulated disks, clocks and wires, one thread, one seed.

Everything is drawn from one random generator, so that a seed gives the same history, and the same log, again.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import simulated_commands as commands
import simulated_mishaps as mishaps
from simulated_disk import Disk, Kernel
from simulated_hands import Hands, Ledger
from simulated_invariants import check_end, check_files, check_report
from simulated_server import (
    Broken,
    OpenJournal,
    Server,
    SimulatedFiles,
    keep_index,
    read_state,
    remembered_edit,
)
from simulated_wire import Faults, Stopped, Wire

from dominocli import errors
from dominocli.directory import document_file, reader, swap
from dominocli.directory.reader import Directory
from dominocli.directory.settings import Settings
from dominocli.directory.swap import Step, no_step
from dominocli.replication import agreement
from dominocli.replication import replica as replica_module
from dominocli.replication import resolve as resolve_module
from dominocli.replication.journal import Journal
from dominocli.replication.observe import Observation
from dominocli.replication.replica import Clock, Replica
from dominocli.replication.replicate import Peer, replicate
from dominocli.replication.report import ReplicationReport

START = 1_790_000_000.0
_of_what_changed = agreement._of_what_changed
HAND_IN_HAND = (errors.ChangedMeanwhile, errors.UnidInUse, errors.MassDeletion)
"""What a command may say because of what hands do meanwhile."""


class Simulation:
    """One history. `run` plays it and checks every invariant; raises `Broken`.

    `has_indexes`: replicas remember which files agree with their journal; by default in most histories.
    """

    def __init__(self, seed: int, *, keep_log: bool = False, has_indexes: bool | None = None) -> None:
        self.seed = seed
        self.index_chance = random.Random(f"{seed} index")
        drawn = self.index_chance.random() < 0.75
        self.has_indexes = drawn if has_indexes is None else has_indexes
        self.chance = random.Random(seed)
        self.now = START
        self.counts: Counter[str] = Counter()
        self.log: list[str] = []
        self._keep_log = keep_log
        self.kernel = Kernel(self._point, self.chance)
        self.kernel.looks = random.Random(f"{seed} looks")
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
        self.servers = [Server(number, self.new_id, self.tick) for number in range(count)]
        exchanges = self.chance.random() < 0.8
        for server in self.servers:
            self.add(server, exchanges)

    def add(self, server: Server, exchanges: bool) -> None:
        server.disk.exchanges = exchanges
        server.disk.keeps_index = self.has_indexes
        self.kernel.disks[str(server.root)] = server.disk

    def say(self, line: str) -> None:
        """Write a line of the log."""
        self.log.append(line)

    def new_id(self) -> str:
        """Return an id of 32 hex digits."""
        return f"{self.chance.getrandbits(128):032x}"

    def tick(self) -> float:
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

    def observed_by_agreement(self, journal: Journal, directory: Directory, replica_id: str) -> Observation | None:
        """Observe as the product does where it remembers an agreement, and hold that to what comparing all gives."""
        found = _of_what_changed(journal, directory, replica_id)
        if found is not None:
            self.counts["agreed"] += 1
            whole = agreement._observe(directory.files.values(), journal.all_seen(), replica_id)
            if (found.edits, found.left_alone) != (whole.edits, whole.left_alone):
                raise Broken(f"passed over: {set(whole.edits) ^ set(found.edits)}")
        return found

    def listing(self, root: Path) -> tuple[list[str], None]:
        return self.kernel.disk(root).documents(), None

    # Playing

    def run(self, steps: int) -> None:
        """Play so many steps, let everything settle, check."""
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
            self.guarded(server, partial(commands.save, self, server))
        else:
            event = self.chance.choice(EVENTS)
            self.say(f"{event.__name__} at {server.name}")
            self.counts[event.__name__] += 1
            event(self, server)

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
            check_report(self, server, report)

        self.guarded(server, go)

    def replicate(self, server: Server, peers: Sequence[Server], **options: Any) -> ReplicationReport:
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

    def guarded(self, server: Server, action: Callable[[], None]) -> None:
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
        self.counts["crashes"] += 1
        self.stopped = None
        self.kernel.half_done = False
        self.locks -= {str(server.root) for server in concerned}
        for server in concerned:
            if self.power:
                mishaps.lose_power(self, server)
        for server in self.servers:
            check_files(self, server)

    # Events

    def digest(self) -> str:
        """Return a hash of the whole log."""
        return hashlib.sha256("\n".join(self.log).encode()).hexdigest()


EVENTS: Sequence[Callable[[Simulation, Server], None]] = (
    mishaps.write_back,
    mishaps.write_back,
    mishaps.outage,
    mishaps.outage,
    mishaps.commit,
    mishaps.back_up,
    mishaps.back_up,
    mishaps.restore,
    mishaps.restore,
    mishaps.check_out,
    mishaps.clone,
    mishaps.copy,
    mishaps.set_clock,
    commands.set_access,
    commands.set_access,
    mishaps.damage_checkpoints,
    commands.purge,
    commands.purge,
    commands.undelete,
)
"""What else may happen, the frequent ones twice."""


@contextmanager
def installed(simulation: Simulation) -> Iterator[None]:
    """Let the product work on the simulated disks."""
    kernel = simulation.kernel
    replacements: list[tuple[Any, str, Any]] = [
        (swap, "os", kernel),
        (document_file, "os", kernel),
        (swap, "open_folder", kernel.open_folder),
        (swap, "sync_file_system", kernel.sync_file_system),
        (swap, "_renameat2", kernel.renameat2),
        (resolve_module, "edit_text", remembered_edit),
        (reader, "os", kernel),
        (reader, "_read_state", partial(read_state, kernel)),
        (reader, "_wait_for_the_clock", lambda root, files: None),
        (reader, "keep", partial(keep_index, kernel)),
        (agreement, "_of_what_changed", simulation.observed_by_agreement),
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
