"""Replicate: pull from every server, then push to every server (replication.md 5)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from dominocli import errors, names
from dominocli.directory import ahead
from dominocli.directory.swap import Step, no_step
from dominocli.replication.agreement import current
from dominocli.replication.carriers.carrier import Carrier, carrier_kind, connect
from dominocli.replication.conflicts import conflict_files
from dominocli.replication.record import problems_of, record
from dominocli.replication.replica import Clock, Replica
from dominocli.replication.report import (
    DONE,
    NO_REPLICA,
    REFUSED,
    UNREACHABLE,
    ReplicationReport,
    ServerReport,
)
from dominocli.replication.resolve import CONFLICT, DELETION_UNDONE, EQUAL, MERGED, TEXT_LEFT, Outcome
from dominocli.replication.revision import SECOND
from dominocli.replication.side_by_side import SideBySide
from dominocli.replication.transfer import MESSAGE_BATCH, Side, transfer
from dominocli.replication.verbs import LARGEST_BATCH, PROTOCOL, Verbs

CLOCK_AHEAD_SECONDS = 300
Progress = Callable[[str, str, int], None]
Connect = Callable[[str, str, Clock], Carrier]


class Peer(NamedTuple):
    """A server to replicate with, and where its replica is."""

    server: str
    location: str


class _Line:
    """One peer during a run: its carrier, who it said it is, and its part of the report."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.report = ServerReport(peer.server, peer.location, carrier_kind(peer.location))
        self.carrier: Carrier | None = None
        self.hello: dict[str, Any] = {}
        self.took_ours = False
        self.refused: dict[str, list[tuple[str, str, str]]] = {}
        self.warnings: list[str] = []

    @property
    def open(self) -> bool:
        return self.carrier is not None and self.report.state == DONE


def replicate(
    root: Path,
    peers: Sequence[Peer],
    *,
    pull: bool = True,
    push: bool = True,
    dry_run: bool = False,
    allow_mass_delete: bool = False,
    clock: Clock,
    progress: Progress | None = None,
    command: str = "replicate",
    connect: Connect = connect,
    step: Step = no_step,
    ours: Replica | None = None,
) -> ReplicationReport:
    """Replicate the directory in `root` with the peers and report; a peer that fails stops no other.

    `progress(server, phase, documents)` is told after every batch. A dry run does all of it in memory:
    nothing is written anywhere. `ours` is this replica where the caller has it open, for instance as a
    rehearsal it wants to look into; it stays open then. Raises what concerns this replica itself:
    `NotAReplica`, `Locked`, `MassDeletion`, `ClockBehind`, `UnreadableFile`.
    """
    opened = ours or Replica.open(root, clock, step=step)
    if dry_run and not opened.rehearsing:
        opened = opened.rehearsal()
    lines = [_Line(peer) for peer in peers]
    run = _Run(opened, lines, dry_run, allow_mass_delete, progress, clock, connect, command)
    try:
        return run.carry_out(pull=pull, push=push)
    finally:
        ahead.expect(())
        if opened is not ours:
            opened.close()
        for line in lines:
            if line.carrier is not None:
                line.carrier.close()


class _Run:
    def __init__(
        self,
        ours: Replica,
        lines: list[_Line],
        dry_run: bool,
        allow_mass_delete: bool,
        progress: Progress | None,
        clock: Clock,
        connect: Connect,
        command: str,
    ) -> None:
        self.command = command
        self.together = SideBySide()
        self.ours = ours
        self.lines = lines
        self.allow_mass_delete = allow_mass_delete
        self.progress = progress
        self.clock = clock
        self.connect = connect
        self.report = ReplicationReport([line.report for line in lines], dry_run=dry_run)

    def carry_out(self, *, pull: bool, push: bool) -> ReplicationReport:
        self.report.both_ways = pull and push
        fresh = not self.ours.adopted
        greeted = False
        ahead.expect([line.peer.location for line in self.lines if line.report.carrier == "folder"])
        if not fresh:
            try:
                self._record_ours()
            except errors.ClockBehind:
                self._each(self.lines, self._greet)
                greeted = True
                if not self._others_have_our_time():
                    raise
                self.ours.trust_clock()
                self._record_ours()
        if not greeted:
            self._each(self.lines, self._greet)
        known = [line for line in self.lines if line.open and not line.hello["fresh"]]
        new = [line for line in self.lines if line.open and line.hello["fresh"]]
        if pull or fresh:
            self._each(known, self._pull)
        if fresh and (not self.lines or any(line.open for line in self.lines)):
            self._record_ours()
        for line in new:
            # It has files and no journal: it must learn what its files are before it records any.
            self._guarded(line, self._push)
            self._guarded(line, self._greet_again)
            if pull:
                self._guarded(line, self._pull)
        if push:
            self._each(self.lines, self._push)
        if pull and push and not self.report.dry_run:
            # What they took stands among their changes now; listed at once, it is not listed next time.
            self._each([line for line in self.lines if line.took_ours], self._pull)
        self._finish()
        return self.report

    def _others_have_our_time(self) -> bool:
        """Tell whether every other machine that answered agrees with this one's clock, and there is one."""
        reached = [line for line in self.lines if line.open and line.report.carrier != "folder"]
        apart = [abs(line.hello["clock"] / SECOND - self.clock()) for line in reached]
        return bool(apart) and max(apart) <= CLOCK_AHEAD_SECONDS

    def _record_ours(self) -> None:
        observation = record(self.ours, command=self.command, allow_mass_delete=self.allow_mass_delete)
        self.report.left_alone = [finding.file or finding.document for finding in problems_of(observation)]
        self.report.warnings += [f"{f.file}: {f.message}" for f in observation.findings]

    def _each(self, lines: Sequence[_Line], action: Callable[[_Line], None]) -> None:
        """Do one step with several peers: those on other machines side by side, those in folders meanwhile."""
        steps = [(line, partial(self._guarded, line, action)) for line in lines]
        far = [step for line, step in steps if line.report.carrier != "folder"]
        near = [step for line, step in steps if line.report.carrier == "folder"]
        self.together.run(far, near)

    def _guarded(self, line: _Line, action: Callable[[_Line], None]) -> None:
        """Do one peer's part; what fails there is reported and stops nobody else."""
        if line.report.state != DONE:
            return
        try:
            action(line)
        except (errors.NoReplicaThere, errors.CarrierUnavailable) as error:
            _fail(line, NO_REPLICA if isinstance(error, errors.NoReplicaThere) else UNREACHABLE, error)
        except (errors.AccessRefused, errors.ForgedRevision, errors.MassDeletion, errors.ClockBehind) as error:
            _fail(line, REFUSED, error)
        except errors.DominoError as error:
            _fail(line, UNREACHABLE, error)
        except Exception as error:  # noqa: BLE001 - a peer that says what nobody expects must not stop the others
            reason = f"what nobody expected: {type(error).__name__}: {error}"
            _fail(line, REFUSED, errors.ReplicaUnreachable(location=line.peer.location, reason=reason))
        finally:
            if line.carrier is not None:
                line.report.bytes_sent = line.carrier.bytes_sent

    def _greet(self, line: _Line) -> None:
        if line.carrier is None:
            line.carrier = self.connect(line.peer.location, self.ours.server, self.clock)
        self._hello(line, adopt=False)
        if line.hello["instance"] == self.ours.identity.instance:
            reason = "it is this replica itself, or a copy of its folder"
            raise errors.NoReplicaThere(location=line.peer.location, reason=reason)
        if line.hello["server"] and not names.same_name(line.hello["server"], line.peer.server):
            said = f"the replica at {line.peer.location} is that of {line.hello['server']}, not of {line.peer.server}"
            line.warnings.append(said)
        seconds = line.hello["clock"] / SECOND - self.clock()
        if seconds > CLOCK_AHEAD_SECONDS:
            line.warnings.append(f"the clock of {line.peer.server} is {int(seconds // 60)} minutes ahead")

    def _greet_again(self, line: _Line) -> None:
        self._hello(line, adopt=True)

    def _hello(self, line: _Line, *, adopt: bool) -> None:
        assert line.carrier is not None
        greeting = {
            "version": PROTOCOL,
            "replica_id": self.ours.settings.replica_id,
            "instance": self.ours.identity.instance,
            "server": self.ours.server,
            "record": not self.report.dry_run,
            "adopt": adopt,
            "allow_mass_delete": self.allow_mass_delete,
        }
        line.hello = line.carrier.call("hello", greeting)
        if line.hello["replica_id"] != self.ours.settings.replica_id:
            raise errors.NoReplicaThere(location=line.peer.location, reason="it holds another directory")
        line.warnings += [f"{line.peer.server}: {said}" for said in line.hello["findings"]]
        self.together.here(partial(self._note, line.hello["outcomes"]))

    def _pull(self, line: _Line) -> None:
        self._transfer(line, pulling=True)

    def _push(self, line: _Line) -> None:
        self._transfer(line, pulling=False)

    def _transfer(self, line: _Line, *, pulling: bool) -> None:
        assert line.carrier is not None
        here = self.together.here
        verbs = Verbs(self.ours, line.peer.server)
        ours = Side(lambda verb, payload: here(partial(verbs.call, verb, payload)), self.ours.identity.instance)
        theirs = Side(line.carrier.call, line.hello["instance"])
        source, target = (theirs, ours) if pulling else (ours, theirs)
        direction = f"{'pull' if pulling else 'push'} {line.hello['instance']}"
        pending = here(partial(self._refused, direction))
        moved = line.report.pulled if pulling else line.report.pushed
        phase = "pulling" if pulling else "pushing"

        def told(answer: dict[str, Any], documents: int) -> None:
            here(partial(note, answer, documents))

        def note(answer: dict[str, Any], documents: int) -> None:
            moved.add(answer)
            line.took_ours |= not pulling
            self._note(answer["outcomes"])
            self.report.left_alone += [file for file in answer["blocked"] if file not in self.report.left_alone]
            if self.progress is not None:
                self.progress(line.peer.server, phase, documents)

        # On this machine a batch costs its transactions, not its messages.
        largest = LARGEST_BATCH if line.report.carrier == "folder" else MESSAGE_BATCH
        refused = transfer(source, target, self.ours.ids, told, largest)
        line.refused[phase] = [(entry.file, entry.rev, entry.reason) for entry in refused]
        line.report.refused = list(dict.fromkeys(entry for entries in line.refused.values() for entry in entries))
        rows = sorted((entry.unid, entry.rev, entry.reason) for entry in refused)
        if rows != sorted(pending):
            here(partial(self._keep_refused, direction, rows))

    def _refused(self, direction: str) -> list[tuple[str, str, str]]:
        return self.ours.journal.refused(direction)

    def _keep_refused(self, direction: str, rows: Sequence[tuple[str, str, str]]) -> None:
        with self.ours.journal.transaction():
            self.ours.journal.set_refused(direction, rows)

    def _note(self, outcomes: Sequence[Sequence[str]]) -> None:
        lists = {
            CONFLICT: self.report.conflicts,
            MERGED: self.report.merged,
            DELETION_UNDONE: self.report.undone,
            EQUAL: self.report.closed,
            TEXT_LEFT: self.report.texts_left,
        }
        for outcome in (Outcome(*entry) for entry in outcomes):
            file = outcome.kept or outcome.file
            if file not in lists[outcome.kind]:
                lists[outcome.kind].append(file)

    def _finish(self) -> None:
        self._note(self.ours.outcomes)
        directory = current(self.ours)
        self.report.files_read = self.ours.files_read
        self.report.fingerprint = directory.fingerprint()
        self.report.directory = directory
        self.report.open_conflicts = conflict_files(directory)
        self.report.warnings += self.ours.warnings
        self._each(self.lines, self._compare)
        self.report.warnings += [warning for line in self.lines for warning in line.warnings]
        self.report.identical = all(line.report.identical for line in self.lines)

    def _compare(self, line: _Line) -> None:
        assert line.carrier is not None
        answer = line.carrier.call("fingerprint", {})
        line.report.files_read = answer["files_read"]
        if answer["fingerprint"]:
            line.report.identical = answer["fingerprint"] == self.report.fingerprint
        else:
            # Where there are no files, both have the same if all was fetched and all was taken.
            line.report.identical = self.report.both_ways and not line.report.refused


def _fail(line: _Line, state: str, error: errors.DominoError) -> None:
    line.report.state, line.report.reason, line.report.hint = state, error.message, error.hint
