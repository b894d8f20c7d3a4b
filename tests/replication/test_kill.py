"""`kill -9` at random moments of a real replication, in a process of its own."""

from __future__ import annotations

import os
import random
import secrets
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from histories import History, failure

from dominocli.directory.text import Fault, parse

KILLS = 200
KILLS_A_HISTORY = 20


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Return a folder in memory where there is one: the kernel keeps what a killed program wrote anywhere."""
    made = Path(tempfile.mkdtemp(dir="/dev/shm" if Path("/dev/shm").is_dir() else tmp_path))
    yield made
    shutil.rmtree(made)


def test_killed_at_random_moments_every_file_parses_and_nothing_is_lost(folder: Path) -> None:
    seed = secrets.randbits(40)
    sys.stdout.write(f"seed {seed}\n")
    chance = random.Random(seed)
    killed = 0
    number = 0
    while killed < KILLS:
        number += 1
        history = History(folder / str(number), chance.randrange(1 << 30), tears=False)
        try:
            killed += _one_history(history, chance)
        except Exception as error:
            raise AssertionError(f"seed {seed}, {killed} killed: {failure(history, history.seed, error)}") from error


def _one_history(history: History, chance: random.Random) -> int:
    """Kill replications until enough were, then let one complete; return how many did not end by themselves."""
    roots = list(history.domain.roots.values())
    for root in roots:
        history.edit(root)
    began = time.monotonic()
    history.replicate(0)
    usual = time.monotonic() - began
    killed = 0
    for _ in range(KILLS_A_HISTORY * 2):
        for _ in range(chance.randrange(1, 4)):
            history.edit(chance.choice(roots))
        at = chance.randrange(len(roots))
        history.log.append(f"replicate {at}, to be killed")
        killed += _killed(history, at, chance.uniform(0, usual))
        for number in range(len(roots)):
            for file, text in history.domain.files(number).items():
                assert not isinstance(parse(text.encode()), Fault), f"{file} does not parse after the kill"
        if killed == KILLS_A_HISTORY:
            break
    history.end()
    return killed


def _killed(history: History, at: int, seconds: float) -> bool:
    """Replicate in a child and kill it; tell whether it was killed before it ended."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            history.replicate(at)
            code = 0
        finally:
            os._exit(code)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    assert status in (0, signal.SIGKILL), f"the replication failed, status {status}"
    return status == signal.SIGKILL
