"""Connections that end anywhere: after every message, and at random bytes; the next run makes up for it."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from edited_apart import Apart
from loop import Line, LoopPipe
from replication_domain import Domain

from dominocli.replication.replicate import ReplicationReport
from dominocli.replication.side_by_side import SideBySide

SEED = int(os.environ.get("DOMINOCLI_TEST_SEED", "20261124"))
RANDOM_CUTS = 30


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


def replicated(apart: Apart) -> ReplicationReport:
    return apart.replicate(0, f"ssh://far.example{apart.domain.root(1)}")


def check_cut(
    apart: Apart, line: type[LoopPipe], cut_at: int, expected: tuple[list[dict[str, str]], set[str]], told: str
) -> None:
    apart.lay_out()
    line.line = Line(cut_at)
    first = replicated(apart)
    assert first.servers[0].state == "unreachable", told
    line.line = Line()
    second = replicated(apart)
    assert second.servers[0].state == "done" and second.identical, told
    assert apart.end() == expected, told
    line.line = Line()
    third = replicated(apart)
    row = third.servers[0]
    moved = [*row.pulled.as_json().values(), *row.pushed.as_json().values()]
    assert not any(moved) and not third.conflicts, told


def test_a_cut_anywhere_costs_nothing(domain: Domain, tmp_path: Path, line: type[LoopPipe]) -> None:
    apart = Apart(domain, tmp_path)
    line.line = Line()
    apart.lay_out()
    whole = replicated(apart)
    assert whole.identical and whole.conflicts
    expected = apart.end()
    assert expected[0][0] == expected[0][1] and len(expected[1]) == 1
    boundaries = line.line.boundaries
    assert len(boundaries) > 20
    for boundary in boundaries[:-1]:
        check_cut(apart, line, boundary, expected, f"cut after byte {boundary}, the end of a message")
    chance = random.Random(SEED)
    for _ in range(RANDOM_CUTS):
        cut_at = chance.randrange(boundaries[-1])
        check_cut(apart, line, cut_at, expected, f"seed {SEED}: cut after byte {cut_at}")
