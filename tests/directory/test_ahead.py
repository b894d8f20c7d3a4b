"""Looking ahead: used where nothing came between, given up where anything may have, and nobody waits for it in vain."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from test_lock import held_elsewhere

from dominocli.directory import ahead, index, stat_values
from dominocli.directory.lock import locked
from dominocli.directory.reader import Directory, look
from dominocli.directory.writer import write_files

Put = Callable[[str, str | bytes], Path]
COUNT = 50


def group(name: str) -> str:
    return f'unid = "{name:f>32}"\nform = "Group"\n\n[basics]\ngroup_name = "{name}"\n'


@pytest.fixture
def forked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The processes made since."""
    made: list[int] = []
    fork = os.fork

    def noted() -> int:
        if process := fork():
            made.append(process)
        return process

    monkeypatch.setattr(os, "fork", noted)
    return made


@pytest.fixture
def many(root: Path, put: Put, forked: list[int], monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory whose index is trusted, where a helper is worth it; none is left at the end."""
    for name, value in (("WORTH_A_HELPER", 10), ("LOCK_AGE_NS", 0), ("may_fork", lambda: True)):
        monkeypatch.setattr(ahead, name, value)
    monkeypatch.setattr(stat_values, "PIECE", 8)
    monkeypatch.setattr(index, "FOLDER_STEP_NS", 0)
    for number in range(COUNT):
        put(f"groups/g{number:02}.toml", group(f"{number:02}"))
    with locked(root, "test"):
        look(root, worth=1)
    while look(root, worth=1).files_read:
        time.sleep(0.01)
    yield root
    ahead.forget(str(root))
    for process in forked:
        with pytest.raises(ChildProcessError):
            os.waitpid(process, os.WNOHANG)


def begun(root: Path) -> float:
    """Look ahead and return when that began."""
    ahead.begin(str(root))
    assert ahead._begun
    return ahead._begun[0].since


def looked(root: Path) -> Directory:
    """Look, as a look does for which nothing has begun."""
    found = look(root, update_index=False)
    assert not ahead._begun
    again = look(root, update_index=False)
    assert found.files.columns.names == again.files.columns.names
    assert found.files.columns.stats == again.files.columns.stats
    assert found.fingerprint() == again.fingerprint()
    return found


def test_the_first_look_takes_what_was_found_and_knows_how_old_it_is(many: Path, forked: list[int]) -> None:
    since = begun(many)
    found = looked(many)
    assert found.since == since
    assert len(forked) == 1
    assert found.files_read == 0 and len(found.files) == COUNT


def test_what_changed_before_is_read(many: Path) -> None:
    (many / "groups/g07.toml").write_text(group("07").replace("[basics]", "# edited\n[basics]"))
    begun(many)
    found = looked(many)
    assert found.files_read == 1 and found.changed == {"groups/g07.toml"}


def test_a_file_that_comes_or_goes_meanwhile_is_noticed(many: Path, put: Put) -> None:
    since = begun(many)
    put("groups/new.toml", group("99"))
    found = looked(many)
    assert found.since > since and "groups/new.toml" in found.files
    begun(many)
    (many / "groups/g07.toml").unlink()
    assert "groups/g07.toml" not in looked(many).files


def test_nothing_is_taken_that_follows_another_index(many: Path) -> None:
    since = begun(many)
    (many / "groups/g07.toml").write_text(group("07") + "# edited\n")
    look(many.parent / "acme", folders=("groups",))
    assert ahead._begun, "a look at a part of the directory takes nothing"
    data = (many / index.INDEX_FILE).read_bytes()
    known = index.load(many)
    assert known is not None
    columns = known.columns()
    columns.written = ""
    index.save(many, columns, {}, 0.0, generation=known.generation, fingerprint="", replica_id="")
    assert (many / index.INDEX_FILE).read_bytes() != data
    assert looked(many).since > since


def test_nothing_begins_where_somebody_works(many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with held_elsewhere(many):
        ahead.begin(str(many))
        assert not ahead._begun
    monkeypatch.setattr(ahead, "LOCK_AGE_NS", 3_600_000_000_000)
    ahead.begin(str(many))
    assert not ahead._begun, "the lock was held just now"


def test_under_the_lock_it_is_taken_only_if_nobody_held_it_meanwhile(many: Path) -> None:
    since = begun(many)
    with locked(many, "test"):
        assert looked(many).since == since
    since = begun(many)
    with held_elsewhere(many):
        pass
    with locked(many, "test"):
        assert not ahead._begun
        assert looked(many).since > since


def test_a_directory_never_locked_is_looked_at_ahead_but_not_under_its_first_lock(many: Path) -> None:
    (many / ".dominocli/lock").unlink()
    since = begun(many)
    assert looked(many).since == since
    begun(many)
    with locked(many, "test"):
        assert not ahead._begun


def test_what_was_found_long_ago_is_not_taken(many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    since = begun(many)
    monkeypatch.setattr(ahead, "MOST_SECONDS", 0.0)
    assert looked(many).since > since


def test_a_write_of_our_own_gives_it_up(many: Path) -> None:
    begun(many)
    write_files(many, {"groups/g07.toml": group("07") + "# written\n"})
    assert not ahead._begun
    assert looked(many).files_read == 1


def test_the_next_directory_is_begun_with_when_the_one_at_hand_has_been_looked_at(many: Path, tmp_path: Path) -> None:
    ahead.expect([str(many), str(tmp_path / "nowhere")])
    assert not ahead._begun
    look(many, update_index=False)
    assert ahead._begun
    looked(many)
    assert not ahead._expected


@pytest.mark.parametrize("damage", [b"", b"no index", index.MAGIC, index.MAGIC + b"\xff" * 80])
def test_nothing_begins_by_a_damaged_index(many: Path, damage: bytes) -> None:
    (many / index.INDEX_FILE).write_bytes(damage)
    ahead.begin(str(many))
    assert not ahead._begun


def test_a_helper_that_fails_costs_time_alone(many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "pread", lambda *_: (_ for _ in ()).throw(OSError()))
    with monkeypatch.context() as patched:
        patched.setattr(ahead, "read_head", lambda _: (COUNT, _identity(many), 0, 0))
        begun(many)
    found = looked(many)
    assert len(found.files) == COUNT and found.files_read == 0


def _identity(root: Path) -> str:
    known = index.load(root)
    assert known is not None
    return known.identity


def test_a_lock_file_that_was_replaced_is_not_the_one_that_was_free(many: Path) -> None:
    begun(many)
    (many / ".dominocli/lock").unlink()
    (many / "groups/g07.toml").write_text(group("07") + "# edited elsewhere, under the lock\n")
    with locked(many, "test"):
        assert not ahead._begun
        assert looked(many).changed == {"groups/g07.toml"}


def test_nobody_waits_for_an_index_that_is_a_pipe(many: Path) -> None:
    (many / index.INDEX_FILE).unlink()
    os.mkfifo(many / index.INDEX_FILE)
    ahead.begin(str(many))
    assert not ahead._begun
    assert len(look(many, update_index=False).files) == COUNT


BEGIN_AND_END = """
import sys, time
from dominocli.directory import ahead, stat_values
ahead.WORTH_A_HELPER, ahead.LOCK_AGE_NS, ahead.may_fork = 10, 0, lambda: True
slowly = stat_values._asked
stat_values._asked = lambda *asked: time.sleep(60) or slowly(*asked)
ahead.begin(sys.argv[1])
assert ahead._begun
"""
UNDER_A_LOCK = """
from pathlib import Path
from dominocli.directory.lock import locked
with locked(Path(sys.argv[2]), "test"):
    BEGIN
with locked(Path(sys.argv[2]), "again", wait_seconds=10):
    pass
"""


def test_nobody_waits_for_a_helper_whose_asker_has_ended(many: Path) -> None:
    arguments = [sys.executable, "-c", BEGIN_AND_END, str(many)]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=30, check=True)
    assert (done.stdout, done.stderr) == ("", "")


def test_a_helper_holds_no_lock_of_its_asker(many: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    (other / ".dominocli").mkdir(parents=True)
    *setup, begin, check = BEGIN_AND_END.strip().splitlines()
    script = "\n".join(setup) + UNDER_A_LOCK.replace("BEGIN", f"{begin}\n    {check}")
    subprocess.run([sys.executable, "-c", script, str(many), str(other)], timeout=50, check=True)
