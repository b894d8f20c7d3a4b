"""The lock names its holder, ends its wait, and goes with its process."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dominocli import errors
from dominocli.directory.lock import locked

HOLD = """
import sys
from pathlib import Path
from dominocli.directory.lock import locked
with locked(Path(sys.argv[1]), "replicate"):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def held_elsewhere(root: Path) -> Iterator[subprocess.Popen[str]]:
    arguments = [sys.executable, "-c", HOLD, str(root)]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_the_holder_is_named_after_the_wait(root: Path) -> None:
    with held_elsewhere(root) as process:
        began = time.monotonic()
        with pytest.raises(errors.Locked) as caught, locked(root, "edit", wait_seconds=0.2):
            raise AssertionError("the lock was given twice")
        assert time.monotonic() - began >= 0.2
    assert f"dominocli replicate (process {process.pid} on {os.uname().nodename})" in caught.value.message
    assert caught.value.exit_code == errors.ExitCode.LOCKED


def test_the_lock_goes_with_a_killed_process(root: Path) -> None:
    with held_elsewhere(root) as process:
        process.kill()
        process.wait()
        with locked(root, "edit", wait_seconds=5):
            assert f"process {os.getpid()}" in (root / ".dominocli/lock").read_text()


def test_a_wait_ends_when_the_holder_is_done(root: Path) -> None:
    with held_elsewhere(root) as process:
        assert process.stdin is not None
        process.stdin.close()
        with locked(root, "edit", wait_seconds=30):
            assert (root / ".dominocli/lock").is_file()


def test_the_lock_is_given_again_after_a_failure_inside(root: Path) -> None:
    with pytest.raises(ZeroDivisionError), locked(root, "edit", wait_seconds=0):
        raise ZeroDivisionError
    with locked(root, "edit", wait_seconds=0):
        assert (root / ".dominocli/lock").is_file()


def test_a_holder_that_has_not_said_its_name_is_another_process(root: Path) -> None:
    import fcntl

    with (root / ".dominocli/lock").open("w") as file:
        file.write("\x1b[2J")
        file.flush()
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(errors.Locked) as caught, locked(root, "edit", wait_seconds=0):
            raise AssertionError("the lock was given twice")
        assert "\x1b" not in caught.value.message
        file.truncate(0)
        with pytest.raises(errors.Locked, match="another process"), locked(root, "edit", wait_seconds=0):
            raise AssertionError("the lock was given twice")


def test_a_folder_that_is_no_replica_cannot_be_locked(root: Path) -> None:
    (root / ".dominocli").rmdir()
    with pytest.raises(errors.NotAReplica), locked(root, "edit"):
        raise AssertionError("no replica was locked")


def test_a_link_in_place_of_the_lock_is_refused(root: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("kept")
    (root / ".dominocli/lock").symlink_to(victim)
    with pytest.raises(errors.UnreadableFile), locked(root, "edit"):
        raise AssertionError("a link was locked")
    assert victim.read_text() == "kept"
