"""Random histories: nothing is lost, all replicas become equal, a further round changes nothing."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from histories import History, failure, without_waiting_for_the_disk

FIXED = range(180)
FRESH = 20
STEPS = 30
MEMORY = Path("/dev/shm")


@pytest.fixture
def fast_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    without_waiting_for_the_disk(monkeypatch)
    folder = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else tmp_path))
    yield folder
    shutil.rmtree(folder)


def run(folder: Path, seed: int) -> int:
    home = folder / str(seed)
    history = History(home, seed)
    try:
        history.run(STEPS)
        history.end()
    except Exception as error:
        raise AssertionError(failure(history, seed, error)) from error
    shutil.rmtree(home)
    return history.stops


def test_histories_of_fixed_seeds_lose_nothing_and_end_equal(fast_folder: Path) -> None:
    stops = sum(run(fast_folder, seed) for seed in FIXED)
    assert stops > len(FIXED), "hardly a run was stopped: these histories prove little"


def test_histories_of_fresh_seeds_lose_nothing_and_end_equal(fast_folder: Path) -> None:
    for _ in range(FRESH):
        run(fast_folder, secrets.randbits(40))


@pytest.mark.parametrize(
    ("seed", "why"),
    [
        (45, "a torn file was put back and its name taken by a hand"),
        (189, "a hand made a file of the same unid between a crash and the recovery"),
        (202, "the program stopped after a torn file was put back"),
    ],
)
def test_histories_that_failed_once(fast_folder: Path, seed: int, why: str) -> None:
    assert run(fast_folder, seed) >= 0, why
