"""Replication over folders: the whole command, against `rsync -a` and git, on the same documents.

rsync keeps no history, finds no conflicts and remembers no deletion. Measured is `replicate --no-recalc`: what
follows on it is measured with the routing tables.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.bench.documents import directory, edit
from tests.bench.measure import Measured, Row, Target, environment, medians, rows

TITLE = "Replication (folders; DOMINOCLI_BENCH_DOCUMENTS says how many documents, 10000,100000 if not given)"
NEEDS = ()

MOST_ROUNDS = 9
SEVERAL = 10
LARGEST_OF_SEVERAL = 10_000
"""More documents than these take too long to bring to several replicas first, unless DOMINOCLI_BENCH_ALL is set."""


def sizes() -> list[int]:
    """Return the numbers of documents to measure with."""
    return [int(size) for size in os.environ.get("DOMINOCLI_BENCH_DOCUMENTS", "10000,100000").split(",")]


def run(binaries: Path, folder: Path, rounds: int) -> list[Row]:
    """Measure with the programs of a virtual environment; rsync and git are left out where they are missing."""
    rounds = min(rounds, MOST_ROUNDS)
    lines: list[Row] = []
    for size in sizes():
        cases = {"nothing changed": (0, 0.8), "10 changes": (10, 0.9), "1 % changed": (size // 100, 1.2)}
        root = directory(binaries / "dominocli", folder / f"one-{size}", size, 1)
        for case, (changed, most) in cases.items():
            lines += _compared(binaries, root, 1, f"{size:,} x 1, {case}", changed, most, rounds)
        shutil.rmtree(root.parent)
        if size <= LARGEST_OF_SEVERAL or "DOMINOCLI_BENCH_ALL" in os.environ:
            root = directory(binaries / "dominocli", folder / f"several-{size}", size, SEVERAL)
            lines += _compared(binaries, root, SEVERAL, f"{size:,} x {SEVERAL}, nothing changed", 0, 0.4, rounds)
            shutil.rmtree(root.parent)
    return lines


def _compared(
    binaries: Path, root: Path, replicas: int, case: str, changed: int, most: float, rounds: int
) -> list[Row]:
    before: Callable[[], None] | None = partial(edit, root, changed) if changed else None
    replicate = Measured(f"{case}: dominocli", [str(binaries / "dominocli"), "replicate", "--no-recalc"], root, before)
    commands = [replicate]
    if rsync := shutil.which("rsync"):
        copies = [root.parent / f"copy{number}" for number in range(replicas)]
        each = " && ".join(f"{rsync} -a --exclude .dominocli --exclude .git {root}/ {copy}" for copy in copies)
        commands.append(Measured(f"{case}: rsync -a", ["/bin/sh", "-c", each], root, before))
    if replicas == 1 and (git := shutil.which("git")):
        clone = _cloned(git, root)
        line = f"{git} add -A . && {git} commit -q --allow-empty -m x && {git} -C {clone} pull -q --ff-only"
        commands.append(Measured(f"{case}: git", ["/bin/sh", "-c", line], root, before))
    base = commands[1].name if len(commands) > 1 and "rsync" in commands[1].name else replicate.name
    targets = {replicate.name: (Target(base, most),)} if base != replicate.name else {}
    return rows(medians(commands, rounds), base, targets)


def _cloned(git: str, root: Path) -> Path:
    clone = root.parent / "clone"
    if not clone.exists():
        about = ["-c", "user.name=bench", "-c", "user.email=bench@acme.example"]
        for line in (["init", "-q", "."], ["add", "-A", "."], [*about, "commit", "-q", "-m", "x"]):
            subprocess.run([git, *line], cwd=root, env=environment(), check=True, capture_output=True)
        for key, value in (("user.name", "bench"), ("user.email", "bench@acme.example"), ("gc.auto", "0")):
            subprocess.run([git, "config", key, value], cwd=root, env=environment(), check=True)
        subprocess.run([git, "clone", "-q", root, clone], env=environment(), check=True, capture_output=True)
    return clone
