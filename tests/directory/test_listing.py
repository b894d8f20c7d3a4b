"""Listing: names and stat values, alone or with a helper process."""

import errno
import os
import subprocess
import sys
from array import array
from pathlib import Path

import pytest

from dominocli.directory import stat_values
from dominocli.directory.listing import listing

COUNT = 50

WITH_HELPER = """
import os, signal, sys
from pathlib import Path
from dominocli.directory import listing as module
from dominocli.directory import stat_values
if sys.argv[2] == "ignored":
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
stat_values.WORTH_A_HELPER = 10
os.sched_getaffinity = lambda process: {0, 1}
helpers = []
real = os.fork
def fork():
    helper = real()
    if helper and sys.argv[2] == "killed":
        os.kill(helper, signal.SIGKILL)
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


@pytest.fixture
def many(root: Path) -> Path:
    (root / "servers").mkdir()
    for number in range(COUNT):
        (root / "servers" / f"s{number:02}.toml").write_text("x" * number)
    return root


@pytest.mark.parametrize("helper", ["answers", "killed", "ignored"])
def test_a_helper_changes_nothing_whether_it_answers_or_dies_or_nobody_hears_of_it(many: Path, helper: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITH_HELPER, many, helper], check=True, capture_output=True, text=True, timeout=60
    )
    files, stats, *_ = listing(many)
    assert len(files) == COUNT
    assert stats[1::4] == array("q", range(COUNT))
    assert done.stdout == f"{files} {stats.tolist()}\n"


@pytest.mark.parametrize("threads", [1, 2])
def test_many_files_are_listed_from_any_working_folder_which_stays(
    many: Path, threads: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = listing(many)[:-1]
    gone = tmp_path / "gone"
    monkeypatch.setattr(stat_values, "WORTH_A_HELPER", 10)
    monkeypatch.setattr("threading.active_count", lambda: threads)
    for folder in (tmp_path, many / "servers"):
        monkeypatch.chdir(folder)
        assert listing(many)[:-1] == expected
        assert Path.cwd() == folder
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert listing(many)[:-1] == expected
    with pytest.raises(FileNotFoundError):
        Path.cwd()


def test_no_helper_is_made_beside_threads_or_for_few_files(many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> int:
        raise AssertionError("a helper was made")

    monkeypatch.setattr(os, "fork", refuse)
    listing(many)
    monkeypatch.setattr(stat_values, "WORTH_A_HELPER", 10)
    monkeypatch.setattr("threading.active_count", lambda: 2)
    listing(many)


def test_where_no_process_may_be_added_one_does_it_alone(many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> int:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    expected = listing(many)
    monkeypatch.setattr(stat_values, "WORTH_A_HELPER", 10)
    monkeypatch.setattr(stat_values, "may_fork", lambda: True)
    monkeypatch.setattr(os, "fork", refuse)
    assert listing(many)[:-1] == expected[:-1]


def test_a_file_that_goes_between_name_and_stat_values_is_left_out(many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = os.listdir
    monkeypatch.setattr(os, "listdir", lambda folder: [*named(folder), "gone.toml"])
    files, stats, *_ = listing(many)
    assert len(files) == COUNT
    assert "servers/gone.toml" not in files
    assert stats[1::4] == array("q", range(COUNT))
