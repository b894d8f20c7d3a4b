"""Thousands of random histories in memory: nothing is lost, replicas converge; and every known shortcut is caught."""

from __future__ import annotations

import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from simulated_mutants import MUTANTS
from simulated_server import Broken
from simulation import Simulation
from soak import STEPS, caught

FIXED = [range(first, first + 50) for first in range(0, 400, 50)]
FRESH = 50
SEARCHED = 400
"""A pinned seed catches its mutant at once, until the product takes another number of steps: then one of these."""


def run(seed: int, has_indexes: bool | None = None) -> Simulation:
    simulation = Simulation(seed, has_indexes=has_indexes)
    try:
        simulation.run(STEPS)
    except Broken as error:
        raise AssertionError("\n".join([f"seed {seed}: {error}", *simulation.log[-80:]])) from error
    return simulation


@pytest.mark.parametrize("seeds", FIXED, ids=str)
def test_histories_of_fixed_seeds_lose_nothing_and_end_equal(seeds: range) -> None:
    histories = [run(seed) for seed in seeds]
    for event in ("crashes", "outages", "conflicts", "merged", "refused", "restore", "clone", "agreed"):
        assert sum(history.counts[event] for history in histories), f"no {event}: these histories prove little"


def test_histories_of_fresh_seeds_lose_nothing_and_end_equal() -> None:
    first = secrets.randbits(40)
    print(f"seeds from {first}")
    for seed in range(first, first + FRESH):
        run(seed)


@pytest.mark.parametrize(
    ("seed", "why"),
    [
        (24, "a discarded swap file came back with the power and passed for what an exchange displaced"),
        (57, "a file passed for replaced when the power took the name of its swap file"),
        (290, "a save after a stop let files follow before it looked for hand edits"),
        (530, "a move by links lost both names with the power"),
        (2218, "a new file had the unid of a renamed one, made from the same path"),
        (2291, "a file renamed and torn made its document look deleted"),
        (3291, "a torn file was moved out of the way of another"),
        (5563, "the edit of a file just made was lost with its name"),
        (5681, "a file a hand had deleted came back with the power as a new one"),
        (6144, "a save overwrote what a hand had saved just after it looked"),
        (1044590557592, "a save took a file that a hand had made meanwhile for one of its own"),
        (1044590556979, "a new file without unid passed for one that lay torn elsewhere"),
        (6964, "a new file at the path of a renamed one took its unid"),
        (5050, "the edit of a file just made was lost with its name when the file came back from elsewhere"),
        (269915854375, "finishing a move by links took away what a hand had saved at the old name"),
        (269915856730, "an exchange that the power took back passed for one that happened"),
    ],
)
def test_histories_that_failed_once(seed: int, why: str) -> None:
    assert run(seed, has_indexes=False).counts["steps"] == STEPS, why


@pytest.mark.parametrize(
    ("seed", "why"),
    [
        (166654109462, "what the power left only linked aside was removed unread"),
        (342922479403, "an exchange taken back passed for one that happened where the new file was torn and removed"),
        (342922463791, "a move was finished before its new name was durable"),
        (131077391515, "an exchange that the power took back passed for one that happened where the file was removed"),
        (761632546209, "a torn swap file beside what was linked aside could not be put back, again and again"),
        (97760789556, "a hand's move passed for a deletion at a command's save, and came back with the power"),
        (586172415215, "a file that a stopped program had moved passed for renamed by the hand that took its old name"),
        (21972548862, "a file to be removed had its text purged, and passed for an edit where the removal was stopped"),
    ],
)
def test_histories_with_remembered_agreements_that_failed_once(seed: int, why: str) -> None:
    assert run(seed).counts["steps"] == STEPS, why


@pytest.mark.parametrize(
    ("mutant", "seed"),
    [
        ("last writer wins", 0),
        ("parent is the newest known", 3),
        ("checkpoint before the data", 17),
        ("one-sided checkpoint", 20),
        ("swap files deleted blindly", 30),
        ("stubs purged", 4),
        ("check, then rename", 0),
        ("hand edits not made durable", 0),
        ("discarded swap files come back", 47),
        ("refused documents forgotten", 41),
        ("nothing set apart", 10),
    ],
)
def test_a_shortcut_is_caught(mutant: str, seed: int) -> None:
    found = caught(mutant, range(seed, seed + SEARCHED))
    assert found is not None, f"nobody notices: {MUTANTS[mutant].price}"
    print(f"caught at seed {found[0]}: {found[1]}")
    run(found[0])


def test_every_mutant_is_pinned() -> None:
    pinned = {mark.args[1][n][0] for mark in test_a_shortcut_is_caught.pytestmark for n in range(len(mark.args[1]))}
    assert pinned == set(MUTANTS)


LOG_OF = "import sys; from simulation import Simulation; s = Simulation(int(sys.argv[1]), keep_log=True); s.run(30)"


def test_a_seed_gives_the_same_log_again_whatever_the_order_of_sets() -> None:
    seed = 77
    simulation = Simulation(seed, keep_log=True)
    simulation.run(STEPS)
    assert len(simulation.log) > 300
    for hashing in ("1", "2"):
        told = subprocess.run(
            [sys.executable, "-c", f"{LOG_OF}; print(s.digest())", str(seed)],
            env={"PYTHONHASHSEED": hashing, "PYTHONPATH": f"{Path(__file__).parents[2]}:{Path(__file__).parent}"},
            capture_output=True,
            text=True,
            check=True,
        )
        assert told.stdout.strip() == simulation.digest()
