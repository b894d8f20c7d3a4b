"""Looking at a large directory that has not changed, against `git status`; durable writes; reading TOML."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tests.bench.documents import connection_text, directory
from tests.bench.measure import Measured, Row, Target, environment, medians, rows
from tests.bench.replication import MOST_ROUNDS, sizes

TITLE = "Looking and writing (an unchanged directory; batches of 100 files, 50 times; 1 KiB of TOML, 5,000 times)"
NEEDS = ()

GIT, PARSING = "git status", "every file read, by tomli"
SLOW_ROUNDS = 3
LARGE = 100_000
"""With fewer documents the start of the program is most of the time: no targets."""
MOST_OF_PARSING = {"connection list": 1.5, "check": 2.5, "connection edit": 1.5, "recalc, unchanged": 1.5}
"""What needs every document: how many times that of parsing them all it may take."""
PLAIN, DURABLE = "100 files, not durable", "100 files, durable"

_WRITING = """
import os, sys
from pathlib import Path
from dominocli.directory.writer import write_files
root, how, text = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
for turn in range(50):
    files = {f"written/{number}.toml": text for number in range(100)}
    if how == "durable":
        write_files(root, files)
        continue
    folder = os.open(root / "written", os.O_RDONLY)
    for file, content in files.items():
        name = file.partition("/")[2]
        with os.fdopen(os.open(name + ".new", os.O_WRONLY | os.O_CREAT, dir_fd=folder), "wb") as stream:
            stream.write(content.encode())
    for file in files:
        name = file.partition("/")[2]
        os.replace(name + ".new", name, src_dir_fd=folder, dst_dir_fd=folder)
    os.close(folder)
"""
_READING = """
import sys
parser = __import__(sys.argv[1])
for turn in range(5000):
    parser.loads(sys.argv[2])
"""
_PARSING = """
import os, tomli
for folder in ("connections", "servers"):
    for name in os.listdir(folder):
        with open(f"{folder}/{name}", encoding="utf-8") as file:
            tomli.loads(file.read())
"""


def run(binaries: Path, folder: Path, rounds: int) -> list[Row]:
    """Measure with the programs of a virtual environment; git is left out where it is missing."""
    rounds = min(rounds, MOST_ROUNDS)
    lines: list[Row] = []
    for size in sizes():
        root = directory(binaries / "dominocli", folder / f"acme-{size}", size)
        lines += _looks(binaries, root, size, rounds)
        shutil.rmtree(root.parent)
    return [*lines, *_writes(binaries, folder, rounds), *_reads(binaries, folder, rounds)]


def _looks(binaries: Path, root: Path, size: int, rounds: int) -> list[Row]:
    """Measure what reads no unchanged file against `git status`, and what needs every document against parsing it."""
    dominocli = str(binaries / "dominocli")
    quick = [
        Measured(f"{size:,}: {name}", [dominocli, *name.split(), *more], root)
        for name, more in {"connection show": ["c000007"], "status": []}.items()
    ]
    base, targets = quick[0].name, {}
    if git := shutil.which("git"):
        base = f"{size:,}: {GIT}"
        about = ["-c", "user.name=bench", "-c", "user.email=bench@acme.example"]
        for line in (["init", "-q", "."], ["add", "-A", "."], [*about, "commit", "-q", "-m", "x"]):
            subprocess.run([git, *line], cwd=root, env=environment(), check=True, capture_output=True)
        targets = {command.name: (Target(base, 2.0),) for command in quick if size >= LARGE}
        quick.insert(0, Measured(base, [git, "status"], root))
    return rows(medians(quick, rounds), base, targets) + _whole_looks(binaries, root, size)


def _whole_looks(binaries: Path, root: Path, size: int) -> list[Row]:
    dominocli = str(binaries / "dominocli")
    edit = [dominocli, "connection", "edit", "c000007", "--comments", ""]

    def say_something_new() -> None:
        edit[-1] = os.urandom(8).hex()

    floor = f"{size:,}: {PARSING}"
    commands = [
        Measured(floor, [str(binaries / "python"), "-c", _PARSING], root),
        Measured(f"{size:,}: connection list", [dominocli, "connection", "list"], root),
        Measured(f"{size:,}: check", [dominocli, "check"], root),
        Measured(f"{size:,}: recalc, unchanged", [dominocli, "recalc"], root),
    ]
    found = medians(commands, SLOW_ROUNDS)
    found |= medians([Measured(f"{size:,}: connection edit", edit, root, say_something_new)], SLOW_ROUNDS)
    wanted = MOST_OF_PARSING.items() if size >= LARGE else ()
    targets = {f"{size:,}: {name}": (Target(floor, most),) for name, most in wanted}
    return rows(found, floor, targets)


def _writes(binaries: Path, folder: Path, rounds: int) -> list[Row]:
    (folder / "written").mkdir()
    given = [str(binaries / "python"), "-c", _WRITING, str(folder)]
    ways = {PLAIN: "plain", DURABLE: "durable"}
    commands = [Measured(name, [*given, how, connection_text(1)], folder) for name, how in ways.items()]
    return rows(medians(commands, rounds), PLAIN, {DURABLE: (Target(PLAIN, 1.5),)})


def _reads(binaries: Path, folder: Path, rounds: int) -> list[Row]:
    commands = [
        Measured(
            f"{parser}, 5,000 texts", [str(binaries / "python"), "-c", _READING, parser, connection_text(1)], folder
        )
        for parser in ("tomllib", "tomli")
    ]
    return rows(medians(commands, rounds), commands[0].name, {})
