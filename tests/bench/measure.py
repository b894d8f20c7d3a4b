"""Measuring commands: interleaved runs, medians, ratios, and the table that tells them.

The machine is noisy, so absolute times only orient: every target is a ratio of two medians of one run.
"""

from __future__ import annotations

import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent.parent
NOT_FOR_MEASURING = ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "PYTHONPATH", "PYTHONDEVMODE", "VIRTUAL_ENV")


class Measured(NamedTuple):
    """A command line: its name in the table, the folder it runs in, and what is done before each run, unmeasured."""

    name: str
    arguments: list[str]
    folder: Path = ROOT
    before: Callable[[], None] | None = None


class Target(NamedTuple):
    """At most `most` times the median of the measured `base`."""

    base: str
    most: float


class Row(NamedTuple):
    """One line of a table: a median in seconds, and the ratios to other lines with what they should be at most."""

    name: str
    seconds: float
    ratios: Sequence[tuple[float, Target | None, str]] = ()


def environment() -> dict[str, str]:
    """Return the environment of a measured command: without what slows Python or changes what it imports."""
    kept = {name: value for name, value in os.environ.items() if name not in NOT_FOR_MEASURING}
    return {name: value for name, value in kept.items() if not name.startswith(("DOMINOCLI_", "COVERAGE_"))}


def run_once(command: Measured, variables: dict[str, str]) -> float:
    """Run a command without a terminal and return the seconds it took; raise `RuntimeError` if it fails."""
    nowhere = [(os.POSIX_SPAWN_OPEN, descriptor, os.devnull, os.O_RDWR, 0) for descriptor in (0, 1, 2)]
    before = os.getcwd()
    os.chdir(command.folder)
    try:
        start = time.perf_counter()
        process = os.posix_spawn(command.arguments[0], command.arguments, variables, file_actions=nowhere)
        _, status = os.waitpid(process, 0)
        taken = time.perf_counter() - start
    finally:
        os.chdir(before)
    if status:
        raise RuntimeError(f"{' '.join(command.arguments)} ended with {os.waitstatus_to_exitcode(status)}")
    return taken


def medians(commands: Sequence[Measured], rounds: int) -> dict[str, float]:
    """Return the median seconds of each command over `rounds` rounds; one more round before warms the caches.

    The commands take turns, so that a slow moment of the machine meets all of them.
    """
    variables = environment()
    taken: dict[str, list[float]] = {command.name: [] for command in commands}
    for turn in range(rounds + 1):
        for command in commands:
            if command.before is not None:
                command.before()
            seconds = run_once(command, variables)
            if turn:
                taken[command.name].append(seconds)
    return {name: statistics.median(each) for name, each in taken.items()}


def rows(found: dict[str, float], base: str, targets: Mapping[str, Sequence[Target]]) -> list[Row]:
    """Return a row for each median: its ratio to `base`, and to the base of each of its targets."""
    made = []
    for name, seconds in found.items():
        ratios: list[tuple[float, Target | None, str]] = []
        wanted = [target for target in targets.get(name, ()) if target.base in found]
        if all(target.base != base for target in wanted):
            ratios.append((seconds / found[base], None, base))
        ratios += [(seconds / found[target.base], target, target.base) for target in wanted]
        made.append(Row(name, seconds, ratios))
    return made


def table(title: str, lines: Sequence[Row]) -> str:
    """Return a table of rows as text."""
    out = [title, f"  {'':<34}{'median':>10}   ratio"]
    for row in lines:
        for number, (ratio, target, base) in enumerate(row.ratios):
            name, median = (row.name, f"{row.seconds * 1000:.1f} ms") if number == 0 else ("", "")
            verdict = ""
            if target is not None:
                verdict = f"target <= {target.most:g}: {'ok' if ratio <= target.most else 'MISSED'}"
            out.append(f"  {name:<34}{median:>10}   {ratio:6.2f} x {base:<26} {verdict}".rstrip())
    return "\n".join(out) + "\n"


def machine() -> str:
    """Name what the run was measured on."""
    processor = platform.machine()
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                processor = line.partition(":")[2].strip()
                break
    except OSError:
        processor += " (model unknown)"
    version = ".".join(map(str, sys.version_info[:3]))
    return f"{os.cpu_count()} cores, {processor}, {platform.system()} {platform.release()}, Python {version}"
