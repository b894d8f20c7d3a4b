"""`make bench`: an installed wheel in a virtual environment of its own, measured against its peers."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import venv
from importlib import import_module
from pathlib import Path

from tests.bench.measure import ROOT, machine, table

PARTS = ("startup", "scan", "replication", "routing")
HOME = ROOT / ".cache" / "bench"


def say(text: str) -> None:
    """Write at once: a benchmark runs for minutes."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def pip(*arguments: str) -> bool:
    """Run pip in the environment of the benchmarks and tell whether it succeeded."""
    command = [str(HOME / "bin" / "python"), "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def installed(peers: tuple[str, ...]) -> Path:
    """Install this checkout as a wheel, and the peers, and return the folder of the programs."""
    if not (HOME / "bin" / "python").exists():
        venv.create(HOME, with_pip=True)
        pip("install", "--upgrade", "pip")
    say(f"Installing into {HOME.relative_to(ROOT)}: dominocli (as a wheel)")
    with tempfile.TemporaryDirectory() as wheels:
        if not pip("wheel", "--no-deps", "--wheel-dir", wheels, "."):
            raise SystemExit("the wheel could not be built")
        wheel = next(Path(wheels).glob("dominocli-*.whl"))
        if not (pip("install", str(wheel)) and pip("install", "--force-reinstall", "--no-deps", str(wheel))):
            raise SystemExit("the wheel could not be installed")
    for peer in peers:
        say(f"Installing into {HOME.relative_to(ROOT)}: {peer}")
        if not pip("install", peer):
            say(f"{peer} could not be installed: measured without it")
    return HOME / "bin"


def main() -> None:
    """Measure the parts named, all of them if none is."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--rounds", type=int, default=21, help="runs of each command")
    given = parser.parse_args()
    unknown = set(given.parts) - set(PARTS)
    if unknown:
        parser.error(f"no part {', '.join(sorted(unknown))}")
    parts = [import_module(f"tests.bench.{name}") for name in given.parts or PARTS]
    binaries = installed(tuple(dict.fromkeys(peer for part in parts for peer in part.NEEDS)))
    say(machine())
    for part in parts:
        with tempfile.TemporaryDirectory(prefix="dominocli-bench-") as folder:
            say("\n" + table(part.TITLE, part.run(binaries, Path(folder), given.rounds)).rstrip())


if __name__ == "__main__":
    main()
