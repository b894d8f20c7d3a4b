"""Thousands of random histories in memory: nothing is lost, replicas converge; and every known shortcut is caught."""

from __future__ import annotations

import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from simulated_mutants import MUTANTS
from simulation import Broken, Simulation
from soak import STEPS, caught

FIXED = [range(first, first + 50) for first in range(0, 400, 50)]
FRESH = 50


def run(seed: int) -> Simulation:
    simulation = Simulation(seed)
    try:
        simulation.run(STEPS)
    except Broken as error:
        raise AssertionError("\n".join([f"seed {seed}: {error}", *simulation.log[-80:]])) from error
    return simulation


@pytest.mark.parametrize("seeds", FIXED, ids=str)
def test_histories_of_fixed_seeds_lose_nothing_and_end_equal(seeds: range) -> None:
    histories = [run(seed) for seed in seeds]
    for event in ("crashes", "outages", "conflicts", "merged", "refused", "restore", "clone"):
        assert sum(history.counts[event] for history in histories), f"no {event}: these histories prove little"


def test_histories_of_fresh_seeds_lose_nothing_and_end_equal() -> None:
    first = secrets.randbits(40)
    print(f"seeds from {first}")
    for seed in range(first, first + FRESH):
        run(seed)


@pytest.mark.parametrize(
    ("mutant", "seed"),
    [
        ("last writer wins", 1),
        ("parent is the newest known", 1),
        ("checkpoint before the data", 1),
        ("one-sided checkpoint", 167),
        ("swap files deleted blindly", 3),
        ("stubs purged", 34),
        ("check, then rename", 3),
        ("hand edits not made durable", 0),
        ("discarded swap files come back", 24),
        ("refused documents forgotten", 37),
    ],
)
def test_a_shortcut_is_caught(mutant: str, seed: int) -> None:
    run(seed)
    found = caught(mutant, range(seed, seed + 1))
    assert found is not None, f"nobody notices: {MUTANTS[mutant].price}"


def test_every_mutant_is_pinned() -> None:
    pinned = {mark.args[1][n][0] for mark in test_a_shortcut_is_caught.pytestmark for n in range(len(mark.args[1]))}
    assert pinned == set(MUTANTS)


LOG_OF = "import sys; from simulation import Simulation; s = Simulation(int(sys.argv[1]), keep_log=True); s.run(30)"


def test_a_seed_gives_the_same_log_again_whatever_the_order_of_sets() -> None:
    seed = 77
    simulation = Simulation(seed, keep_log=True)
    simulation.run(STEPS)
    assert len(simulation.log) > 500
    for hashing in ("1", "2"):
        told = subprocess.run(
            [sys.executable, "-c", f"{LOG_OF}; print(s.digest())", str(seed)],
            env={"PYTHONHASHSEED": hashing, "PYTHONPATH": f"{Path(__file__).parents[2]}:{Path(__file__).parent}"},
            capture_output=True,
            text=True,
            check=True,
        )
        assert told.stdout.strip() == simulation.digest()
