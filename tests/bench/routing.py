"""Routing tables: one source in a fresh process, all sources at once, and look-ups, on four shapes of domains."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

from tests.bench.documents import call, hub_domain
from tests.bench.measure import ROOT, Measured, Row, Target, environment, medians, rows
from tests.bench.routing_tasks import store

TITLE = "Routing tables (one source: fresh processes; all sources and look-ups: CPU time of the calculation alone)"
NEEDS = ("numpy", "scipy", "networkx", "rustworkx")

TASKS = ROOT / "tests" / "bench" / "routing_tasks.py"
SIZES = (1_000, 10_000)
SHAPES = {"random": 0.2, "hubs": 0.08, "mesh": 0.08, "networks": 0.08}
"""At most so many times the bare call of scipy for all sources."""
MEMORY = 512
SECONDS_UNTIL_FOLDERS_ARE_TRUSTED = 2.5
ROUNDS_OF_ALL = {1_000: 5, 10_000: 3}


def run(binaries: Path, folder: Path, rounds: int) -> list[Row]:
    """Measure with the programs of a virtual environment; peers that are not installed are left out."""
    python = str(binaries / "python")
    peers = [peer for peer in ("scipy", "networkx", "rustworkx") if _has(python, peer)]
    lines: list[Row] = []
    files = _files(folder)
    for size in SIZES:
        lines += _one_source(python, files["random", size], size, peers, rounds)
    for size in SIZES:
        for kind in SHAPES:
            lines += _all_sources(python, files[kind, size], kind, size, "scipy" in peers)
    for size in SIZES:
        lines += _look_ups(python, files["random", size], size, folder, lines)
    return lines + _explained(binaries, folder, SIZES[-1], rounds)


def _has(python: str, module: str) -> bool:
    return subprocess.run([python, "-c", f"import {module}"], check=False, capture_output=True).returncode == 0


def _files(folder: Path) -> dict[tuple[str, int], Path]:
    """Write every domain that is measured."""
    sys.path.append(str(ROOT / "tests" / "routing"))
    assert find_spec("network_shapes")
    from network_shapes import shape

    files = {}
    for kind in SHAPES:
        for size in SIZES:
            files[kind, size] = folder / f"{kind}-{size}"
            store(files[kind, size], *shape(kind, size))
    return files


def _one_source(python: str, file: Path, size: int, peers: list[str], rounds: int) -> list[Row]:
    """Measure whole processes, from their start to the answer."""
    commands = [Measured(name, [python, str(TASKS), "one", name, str(file), "7"]) for name in ("dominocli", *peers)]
    found = medians(commands, min(rounds, 9))
    ours = found["dominocli"]
    ratios = [(ours / found[peer], Target(peer, 0.5) if peer == "scipy" else None, peer) for peer in peers]
    lines = [Row(f"one source, {size:,} servers", ours, ratios or [(1.0, None, "itself")])]
    return lines + [Row(f"  {peer}", found[peer], [(found[peer] / ours, None, "dominocli")]) for peer in peers]


def _all_sources(python: str, file: Path, kind: str, size: int, with_scipy: bool) -> list[Row]:
    """Measure all costs, and all costs with hops; with scipy installed, compare every cost first."""
    libraries = ["dominocli", "dominocli-hops", *(["scipy"] if with_scipy else [])]
    if with_scipy:
        _task(python, "check", str(file))
    taken: dict[str, list[float]] = {library: [] for library in libraries}
    memory = 0.0
    for _ in range(ROUNDS_OF_ALL[size]):
        for library in libraries:
            seconds, used = _task(python, "every", library, str(file))
            taken[library].append(seconds)
            if library != "scipy":
                memory = max(memory, used)
    found = {library: statistics.median(each) for library, each in taken.items()}
    name = f"all sources, {kind}, {size:,}"
    lines = []
    if with_scipy:
        base = found["scipy"]
        lines.append(
            Row(name, found["dominocli"], [(found["dominocli"] / base, Target("scipy", SHAPES[kind]), "scipy")])
        )
        lines.append(Row("  with hops", found["dominocli-hops"], [(found["dominocli-hops"] / base, None, "scipy")]))
        lines.append(Row("  scipy", base, [(1.0, None, "scipy")]))
    else:
        lines += [Row(name, seconds, [(1.0, None, "itself")]) for name, seconds in found.items()]
    limit = f"{MEMORY} MiB"
    lines.append(
        Row(f"  memory, {memory:.0f} MiB", found["dominocli-hops"], [(memory / MEMORY, Target(limit, 1), limit)])
    )
    return lines


def _look_ups(python: str, file: Path, size: int, folder: Path, lines: list[Row]) -> list[Row]:
    """Measure a next hop from the planes of all sources, and one from an installed table."""
    (base,) = [row.seconds for row in lines if row.name == f"one source, {size:,} servers"]
    planes = statistics.median(_task(python, "look-up", str(file))[0] for _ in range(3))
    table = statistics.median(_task(python, "table", "random", str(size), str(folder))[0] for _ in range(5))
    of = "calculating it alone"
    return [
        Row(f"next hop from planes, {size:,}", planes, [(planes / base, None, of)]),
        Row(f"table read and looked up, {size:,}", table, [(table / base, None, of)]),
    ]


def _explained(binaries: Path, folder: Path, size: int, rounds: int) -> list[Row]:
    """Measure one answer among so many servers, which says too whether the table is of the documents as they are."""
    root = hub_domain(binaries / "dominocli", folder / "domain", size)
    name, base = f"route explain, {size:,} servers", "python -c pass"
    explain = [str(binaries / "dominocli"), "route", "explain", "--from", "Hub00000/Acme", "--to-server"]
    time.sleep(SECONDS_UNTIL_FOLDERS_ARE_TRUSTED)
    call(binaries / "dominocli", root, "status")
    commands = [
        Measured(name, [*explain, f"Mail{size - 1:05}/Acme"], root),
        Measured(base, [str(binaries / "python"), "-c", "pass"], root),
    ]
    return rows(medians(commands, rounds), base, {name: (Target(base, 10),)})


def _task(python: str, *arguments: str) -> tuple[float, float]:
    """Run a task and return the seconds it says it took, and its memory in MiB."""
    done = subprocess.run(
        [python, str(TASKS), *arguments], check=True, stdout=subprocess.PIPE, text=True, env=environment(), cwd=ROOT
    )
    seconds, memory = done.stdout.split()
    return float(seconds), float(memory)
