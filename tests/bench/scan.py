"""Looking at a large directory that has not changed, against `git status`; durable writes; reading TOML."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.bench.documents import connection_text, directory
from tests.bench.measure import Measured, Row, Target, environment, medians, rows
from tests.bench.replication import MOST_ROUNDS, sizes

TITLE = "Looking and writing (an unchanged directory; batches of 100 files, 50 times; 1 KiB of TOML, 5,000 times)"
NEEDS = ()

GIT = "git status"
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
    dominocli = str(binaries / "dominocli")
    wanted = {
        "connection show": ["connection", "show", "c000007"],
        "status": ["status"],
        "connection list": ["connection", "list"],
        "check": ["check"],
    }
    commands = [Measured(f"{size:,}: {name}", [dominocli, *given], root) for name, given in wanted.items()]
    names = [command.name for command in commands]
    base = names[0]
    if git := shutil.which("git"):
        base = f"{size:,}: {GIT}"
        about = ["-c", "user.name=bench", "-c", "user.email=bench@acme.example"]
        for line in (["init", "-q", "."], ["add", "-A", "."], [*about, "commit", "-q", "-m", "x"]):
            subprocess.run([git, *line], cwd=root, env=environment(), check=True, capture_output=True)
        commands.insert(0, Measured(base, [git, "status"], root))
    target = (Target(base, 2.0),)
    quick = [command for command in commands if command.name not in names[2:]]
    slow = [command for command in commands if command.name in (base, *names[2:])]
    found = medians(quick, rounds) | {name: taken for name, taken in medians(slow, 3).items() if name != base}
    return rows(found, base, dict.fromkeys(names[:2], target) if base not in names else {})


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
