"""Listing: names and stat values, alone or with a helper process."""

import os
import subprocess
import sys
from array import array
from pathlib import Path

import pytest

from dominocli.directory import listing as listing_module
from dominocli.directory.listing import listing

COUNT = 50

WITH_HELPER = """
import os, sys
from pathlib import Path
from dominocli.directory import listing as module
module.WORTH_A_HELPER = 10
os.sched_getaffinity = lambda process: {0, 1}
helpers = []
real = os.fork
def fork():
    helper = real()
    if helper and sys.argv[2] == "killed":
        os.kill(helper, 9)
    helpers.append(helper)
    return helper
os.fork = fork
files, stats, *_ = module.listing(Path(sys.argv[1]))
assert len(helpers) == 1, helpers
try:
    os.waitpid(-1, 0)
except ChildProcessError:
    print(files, stats.tolist())
"""


AHEAD = """
import os, sys
from pathlib import Path
from dominocli.directory import listing as module
from dominocli.directory.reader import look
module.WORTH_A_HELPER, module.PIECE = 10, 4
os.sched_getaffinity = lambda process: {0, 1}
root, how = Path(sys.argv[1]), sys.argv[2]
look(root, worth=1)
if how == "line end":
    (root / "servers" / "a\\nb.toml").touch()
ahead = module.begin(root)
assert ahead is not None
if how == "killed":
    os.kill(ahead._process, 9)
if how == "edited":
    file = root / "servers" / "s07.toml"
    file.write_text(file.read_text().replace("S7", "T7"))
    (root / "servers" / "s08.toml").unlink()
print(sorted(look(root, worth=0, ahead=ahead).changed))
print(sorted(look(root).files.digests().items()) == sorted(look(root, update_index=False).files.digests().items()))
names = [document["basics"]["server_name"] for _, _, document in look(root).files.of_folder("servers")]
print(len(names), names[7])
try:
    os.waitpid(-1, 0)
except ChildProcessError:
    print("no process is left")
"""


@pytest.fixture
def many(root: Path) -> Path:
    (root / "servers").mkdir()
    for number in range(COUNT):
        (root / "servers" / f"s{number:02}.toml").write_text("x" * number)
    return root


@pytest.mark.parametrize("helper", ["answers", "killed"])
def test_a_helper_changes_nothing_whether_it_answers_or_dies(many: Path, helper: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITH_HELPER, many, helper], check=True, capture_output=True, text=True, timeout=60
    )
    files, stats, *_ = listing(many)
    assert len(files) == COUNT
    assert stats[1::4] == array("q", range(COUNT))
    assert done.stdout == f"{files} {stats.tolist()}\n"


def test_no_helper_is_made_beside_threads_or_for_few_files(many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> int:
        raise AssertionError("a helper was made")

    monkeypatch.setattr(os, "fork", refuse)
    listing(many)
    monkeypatch.setattr(listing_module, "WORTH_A_HELPER", 10)
    monkeypatch.setattr("threading.active_count", lambda: 2)
    listing(many)


def test_a_file_that_goes_between_name_and_stat_values_is_left_out(many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = os.listdir
    monkeypatch.setattr(os, "listdir", lambda folder: [*named(folder), "gone.toml"])
    files, stats, *_ = listing(many)
    assert len(files) == COUNT
    assert "servers/gone.toml" not in files
    assert stats[1::4] == array("q", range(COUNT))


@pytest.fixture
def indexed(root: Path) -> Path:
    (root / ".dominocli").mkdir(exist_ok=True)
    (root / "servers").mkdir()
    for number in range(COUNT):
        text = f'unid = "{number:032}"\nform = "Server"\n[basics]\nserver_name = "S{number}/Acme"\n'
        (root / "servers" / f"s{number:02}.toml").write_text(text.replace("0" * 32, "f" * 32))
        os.utime(root / "servers" / f"s{number:02}.toml", (1_700_000_000, 1_700_000_000))
    return root


def test_a_listing_begun_ahead_is_not_taken_where_a_name_holds_a_line_end(indexed: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", AHEAD, indexed, "line end"], check=True, capture_output=True, text=True
    )
    assert done.stdout == "['servers/a\\nb.toml']\nTrue\n50 S7/Acme\nno process is left\n"


@pytest.mark.parametrize("how", ["answers", "killed"])
def test_a_listing_begun_ahead_changes_nothing_whether_it_comes_or_not(indexed: Path, how: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", AHEAD, indexed, how], check=True, capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "[]\nTrue\n50 S7/Acme\nno process is left\n"
    assert done.stderr == ""


def test_an_edit_while_a_listing_runs_ahead_is_seen_then_or_by_the_next_look(indexed: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", AHEAD, indexed, "edited"], check=True, capture_output=True, text=True, timeout=60
    )
    seen, agree, last, _ = done.stdout.splitlines()
    assert seen in ("[]", "['servers/s07.toml']")
    assert (agree, last) == ("True", "49 T7/Acme")


def test_no_listing_runs_ahead_for_few_files_or_without_an_index(many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> int:
        raise AssertionError("a process was made")

    monkeypatch.setattr(os, "fork", refuse)
    assert listing_module.begin(many) is None
    (many / ".dominocli").mkdir(exist_ok=True)
    (many / ".dominocli" / "index").write_bytes(b"x" * 1000)
    assert listing_module.begin(many) is None
