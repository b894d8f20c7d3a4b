"""Connections that end anywhere: after every message, and at random bytes; the next run makes up for it."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from loop import Line, LoopPipe
from replication_domain import Domain, group_text

from dominocli.replication.replicate import Peer, ReplicationReport, replicate
from dominocli.replication.side_by_side import SideBySide

SEED = int(os.environ.get("DOMINOCLI_TEST_SEED", "20261124"))
RANDOM_CUTS = 30
FAR = "Mail1/Acme"


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> type[LoopPipe]:
    monkeypatch.setattr("dominocli.replication.carriers.ssh.Pipe", LoopPipe)
    monkeypatch.setattr("dominocli.cli.serve.time.time", lambda: 1_790_000_500.0)
    monkeypatch.setattr(SideBySide, "run", in_this_thread)
    return LoopPipe


def in_this_thread(
    self: object, actions: Sequence[Callable[[], None]], meanwhile: Sequence[Callable[[], None]] = ()
) -> None:
    """Do what `SideBySide.run` does without threads: here both replicas are in this process."""
    for action in (*actions, *meanwhile):
        action()


class Fixed:
    """A domain of two replicas with edits on both sides, laid out anew for every cut."""

    def __init__(self, domain: Domain, folder: Path) -> None:
        self.domain = domain
        self.template = folder / "template"
        for name in "abcd":
            domain.write(0, f"groups/{name}.toml", group_text(name))
        replicate(domain.hub, [Peer(FAR, str(domain.root(1)))], clock=lambda: 1_790_000_100.0)
        domain.edit(0, "groups/a.toml", "first", "ours")
        domain.edit(1, "groups/a.toml", "first", "theirs")
        domain.edit(0, "groups/b.toml", "first", "ours")
        domain.edit(1, "groups/b.toml", '"Mail1/Acme"', '"Mail9/Acme"')
        (domain.root(0) / "groups/c.toml").unlink()
        domain.edit(1, "groups/d.toml", "first", "Grüße")
        domain.write(1, "groups/e.toml", group_text("e"))
        for number, second in ((0, 200.0), (1, 300.0)):
            replicate(domain.root(number), [], clock=lambda second=second: 1_790_000_000.0 + second)
        self.template.mkdir()
        for number in (0, 1):
            shutil.copytree(domain.root(number), self.template / str(number), symlinks=True)

    def lay_out(self) -> None:
        for number in (0, 1):
            shutil.rmtree(self.domain.root(number))
            shutil.copytree(self.template / str(number), self.domain.root(number), symlinks=True)

    def replicate(self) -> ReplicationReport:
        peer = Peer(FAR, f"ssh://far.example{self.domain.root(1)}")
        return replicate(self.domain.hub, [peer], clock=lambda: 1_790_000_400.0)

    def files(self) -> list[dict[str, str]]:
        return [self.domain.files(number) for number in (0, 1)]


def check_cut(fixed: Fixed, line: type[LoopPipe], cut_at: int, expected: list[dict[str, str]], told: str) -> None:
    fixed.lay_out()
    line.line = Line(cut_at)
    first = fixed.replicate()
    assert first.servers[0].state == "unreachable", told
    line.line = Line()
    second = fixed.replicate()
    assert second.servers[0].state == "done" and second.identical, told
    assert fixed.files() == expected, told
    line.line = Line()
    third = fixed.replicate()
    row = third.servers[0]
    moved = [*row.pulled.as_json().values(), *row.pushed.as_json().values()]
    assert not any(moved) and not third.conflicts, told


def test_a_cut_anywhere_costs_nothing(domain: Domain, tmp_path: Path, line: type[LoopPipe]) -> None:
    fixed = Fixed(domain, tmp_path)
    line.line = Line()
    fixed.lay_out()
    whole = fixed.replicate()
    assert whole.identical and whole.conflicts
    expected = fixed.files()
    assert expected[0] == expected[1]
    boundaries = line.line.boundaries
    assert len(boundaries) > 20
    for boundary in boundaries[:-1]:
        check_cut(fixed, line, boundary, expected, f"cut after byte {boundary}, the end of a message")
    chance = random.Random(SEED)
    for _ in range(RANDOM_CUTS):
        cut_at = chance.randrange(boundaries[-1])
        check_cut(fixed, line, cut_at, expected, f"seed {SEED}: cut after byte {cut_at}")
