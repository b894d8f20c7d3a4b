"""Play random histories for as long as asked, on every core, and search for each mutant afresh: `make soak`."""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import os
import secrets
import signal
import sys
import time
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from typing import NamedTuple

from simulated_mutants import MUTANTS, mutated
from simulated_server import Broken
from simulation import Simulation

STEPS = 30
AT_ONCE = 25
FOR_MUTANTS = 0.25
"""The part of the time that the search for mutants takes at most."""
ENDLESS_SECONDS = 60
"""A history that takes so long does not end."""
KINDS = ("lost", "diverged", "not quiescent", "ghost")
COUNTED = ("steps", "points", "replications", "crashes", "outages", "conflicts", "merged", "refused", "agreed")


class Played(NamedTuple):
    """What some histories gave: how many, what happened in them, and why which seeds failed."""

    histories: int
    counts: Counter[str]
    failed: list[tuple[int, str]]


def play(seeds: range) -> Played:
    """Play the histories of these seeds."""
    counts: Counter[str] = Counter()
    failed = []
    for seed in seeds:
        simulation = Simulation(seed)
        try:
            signal.alarm(ENDLESS_SECONDS)
            simulation.run(STEPS)
        except (Broken, TimeoutError) as error:
            failed.append((seed, str(error)))
        finally:
            signal.alarm(0)
        counts.update(simulation.counts)
    gc.collect()
    return Played(len(seeds), counts, failed)


def _prepare() -> None:
    """Make a process ready to play: cycles are searched for between batches only, and no history goes on for ever."""

    def stop(number: int, frame: object) -> None:
        raise TimeoutError(f"no end after {ENDLESS_SECONDS} s")

    signal.signal(signal.SIGALRM, stop)
    gc.freeze()
    gc.disable()


def caught(name: str, seeds: range) -> tuple[int, str] | None:
    """Return the first of these seeds at which a mutant pays its price, and how; None if none catches it."""
    with mutated(name):
        for seed in seeds:
            try:
                Simulation(seed).run(STEPS)
            except Broken as error:
                if str(error).startswith(MUTANTS[name].price):
                    return seed, str(error)
    return None


def _batches(first: int, until: float) -> Iterator[range]:
    while time.monotonic() < until:
        yield range(first, first + AT_ONCE)
        first += AT_ONCE


def _search(search: tuple[str, range]) -> tuple[str, range, tuple[int, str] | None]:
    return *search, caught(*search)


def soak(seconds: float, processes: int, first: int) -> int:
    """Play for so many seconds and say what came of it; return 0 if all is well."""
    began = time.monotonic()
    say(f"first seed {first}, {processes} processes, {seconds:.0f} s")
    total = Counter[str]()
    failed: list[tuple[int, str]] = []
    histories = 0
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(processes, mp_context=context, initializer=_prepare) as pool:
        uncaught = _search_all(pool, first, began + seconds * FOR_MUTANTS)
        shown = time.monotonic()
        running: deque[Future[Played]] = deque()
        batches = _batches(first, began + seconds)
        while True:
            while len(running) < processes * 2 and (batch := next(batches, None)) is not None:
                running.append(pool.submit(play, batch))
            if not running:
                break
            played = running.popleft().result()
            histories += played.histories
            total.update(played.counts)
            failed += played.failed
            for seed, reason in played.failed:
                say(f"FAILED seed {seed}: {reason}")
            if time.monotonic() - shown > 30:
                shown = time.monotonic()
                say(f"  {shown - began:.0f} s: {histories} histories")
    say(f"{histories} histories in {time.monotonic() - began:.0f} s")
    say(", ".join(f"{name} {total[name]}" for name in COUNTED))
    kinds = Counter(next((kind for kind in KINDS if reason.startswith(kind)), "other") for _, reason in failed)
    said = {"lost": "lost edits", "diverged": "divergences", "not quiescent": "non-quiescent", "ghost": "ghosts"}
    say(", ".join(f"{said.get(kind, kind)} {kinds[kind]}" for kind in (*KINDS, "other")))
    return 1 if failed or uncaught else 0


def _search_all(pool: Executor, first: int, until: float) -> list[str]:
    """Search for every mutant, all in turn, until each is caught or the time is over; return the uncaught."""
    tried = dict.fromkeys(MUTANTS, 0)
    found: dict[str, tuple[int, str]] = {}
    while len(found) < len(MUTANTS) and (time.monotonic() < until or not all(tried.values())):
        searches = []
        for name in MUTANTS:
            if name not in found:
                searches.append((name, range(first + tried[name], first + tried[name] + AT_ONCE)))
        for name, seeds, caught_at in pool.map(_search, searches):
            tried[name] += len(seeds) if caught_at is None else caught_at[0] - seeds.start + 1
            if caught_at is not None:
                found[name] = caught_at
                say(f"mutant {name!r} caught after {tried[name]} seeds: {caught_at[1][:80]}")
    uncaught = [name for name in MUTANTS if name not in found]
    for name in uncaught:
        say(f"MUTANT {name!r} NOT CAUGHT in {tried[name]} seeds")
    return uncaught


def say(line: str) -> None:
    """Say a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seed", type=int, default=secrets.randbits(40))
    arguments = parser.parse_args()
    sys.exit(soak(arguments.seconds, arguments.processes, arguments.seed))
