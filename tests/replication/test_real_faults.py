"""Faults of real machines: kill -9 at every durable step, full disks, limits, missing rights, others at work."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from histories import tokens_in
from replication_domain import Domain, group_text
from test_stopped_anywhere import EXPECTED, check_whole, located, prepared, run

from dominocli import errors
from dominocli.directory.text import Fault, parse
from dominocli.replication.replica import Replica
from dominocli.replication.replicate import ReplicationReport

MEMORY = Path("/dev/shm")
NOBODY = 65534


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Return a folder in memory where there is one, which everybody may enter."""
    made = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else tmp_path))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


def need_root(what: str) -> None:
    """Skip a test without root, but not where everything has to run."""
    if os.geteuid() != 0:
        if os.environ.get("CI"):
            pytest.fail(f"{what} needs root")
        pytest.skip(f"{what} needs root")


def in_child(action: Callable[[], object]) -> int:
    """Run an action in a process of its own and return its status; what goes wrong is shown."""
    child = os.fork()
    if child == 0:
        code = 70
        try:
            action()
            code = 0
        except errors.DominoError as error:
            sys.stderr.write(f"{error.message}\n")
            code = 5
        except BaseException:  # noqa: BLE001 - the child may not go on with the tests
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)
    return os.waitpid(child, 0)[1]


# Killed


@pytest.mark.parametrize("part", range(3))
def test_killed_at_every_durable_step_the_next_run_completes(folder: Path, part: int) -> None:
    template = folder / "template"
    prepared(template)
    steps = folder / "steps"
    shutil.copytree(template, folder / "whole")
    assert in_child(lambda: run(located(folder / "whole"), lambda name: append(steps, name))) == 0
    names = steps.read_text().split()
    assert len(names) > 100 and {"commit", "exchanged", "created", "displaced", "prepared", "discard"} <= set(names)
    for number in range(1 + part, len(names) + 1, 3):
        home = folder / "killed"
        shutil.copytree(template, home)
        domain = located(home)
        status = in_child(lambda domain=domain, number=number: run(domain, KillAt(number)))  # type: ignore[misc]
        assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, f"step {number}"
        check_whole(domain, number)
        assert domain.replicate(number % 3).identical and domain.all_equal(), f"step {number}"
        held = set().union(*map(tokens_in, domain.files(0).values()))
        assert held >= EXPECTED, f"step {number} lost {EXPECTED - held}"
        assert not [p for root in domain.roots.values() for p in (root / ".dominocli/swap").glob("*")], number
        shutil.rmtree(home)


class KillAt:
    """Kills this process at its nth durable step, as `kill -9` does."""

    def __init__(self, number: int) -> None:
        self.left = number

    def __call__(self, name: str) -> None:
        self.left -= 1
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)


def append(path: Path, name: str) -> None:
    with path.open("a") as stream:
        stream.write(name + "\n")


# Full disks and limits


@pytest.fixture
def small_disk(folder: Path) -> Iterator[Path]:
    """Return a file system of 2 MiB."""
    need_root("mounting a small file system")
    place = folder / "small"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)], capture_output=True)
    if mounted.returncode and not os.environ.get("CI"):
        pytest.skip(f"no right to mount: {mounted.stderr.decode()}")
    assert mounted.returncode == 0, mounted.stderr.decode()
    yield place
    subprocess.run(["umount", str(place)], check=True)


def filled(domain: Domain, count: int = 20) -> Domain:
    for number in range(count):
        domain.write(0, f"groups/d{number}.toml", group_text(f"d{number}"))
    domain.replicate()
    return domain


@pytest.mark.parametrize("begins", [0, 1], ids=["pushed-to", "pulling"])
def test_a_full_disk_stops_a_replication_and_costs_nothing(small_disk: Path, folder: Path, begins: int) -> None:
    domain = Domain(folder / "home", ("Hub/Acme", "Mail1/Acme"))
    shutil.move(domain.root(1), small_disk / "mail1")
    domain.roots["Mail1/Acme"] = small_disk / "mail1"
    filled(domain)
    filler = small_disk / "filler"
    said = []
    for room in range(28):
        domain.edit(0, "groups/d1.toml", comment(domain, 0, "d1"), f"far{room}")
        domain.edit(1, "groups/d2.toml", comment(domain, 1, "d2"), f"near{room}")
        domain.write(0, f"groups/new{room}.toml", group_text(f"new{room}", comment="x" * 3000))
        fill_but(small_disk, filler, room * 4096)
        try:
            report = domain.replicate(begins)
            said += [server.reason for server in report.servers if server.state != "done"]
        except errors.DominoError as error:
            said.append(error.message)
        check_whole_two(domain, room)
        filler.unlink()
        assert domain.replicate(begins).identical and domain.all_equal(), f"room for {room} pages"
        assert f"far{room}" in domain.files(1)["groups/d1.toml"]
        assert f"near{room}" in domain.files(0)["groups/d2.toml"]
        domain.edit(0, f"groups/new{room}.toml", "x" * 3000, "short")
    assert len(said) >= 3, "the disk was hardly ever full"
    assert all("No space left" in what or "full" in what or "disk I/O error" in what for what in said), said


def comment(domain: Domain, number: int, name: str) -> str:
    raw = parse(domain.files(number)[f"groups/{name}.toml"].encode())
    assert isinstance(raw, dict)
    return str(raw["administration"]["comments"])


def fill_but(disk: Path, filler: Path, room: int) -> None:
    state = os.statvfs(disk)
    with filler.open("wb") as stream:
        stream.write(b"\0" * max(0, state.f_bavail * state.f_frsize - room))


def check_whole_two(domain: Domain, where: int) -> None:
    for number in range(len(domain.servers)):
        for file, text in domain.files(number).items():
            assert not isinstance(parse(text.encode()), Fault), f"{file} is torn, room {where}"


@pytest.mark.parametrize("limit", [1024, 8192, 65536, 131_072, 200_000])
def test_a_limit_to_file_sizes_stops_a_replication_and_costs_nothing(folder: Path, limit: int) -> None:
    domain = filled(Domain(folder / "home", ("Hub/Acme", "Mail1/Acme")))
    for number in range(30):
        domain.write(0, f"groups/big{number}.toml", group_text(f"big{number}", comment=f"{number}" + "y" * 9000))
    domain.edit(1, "groups/d0.toml", "first", "second")

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        report = domain.replicate()
        if report.servers[0].state != "done":
            raise errors.ReplicaUnreachable(location="peer", reason=report.servers[0].reason)

    status = in_child(limited)
    assert os.waitstatus_to_exitcode(status) in (0, 5)
    assert limit > 100_000 or os.waitstatus_to_exitcode(status) == 5
    check_whole_two(domain, limit)
    assert domain.replicate().identical and domain.all_equal() and len(domain.files(1)) == 50
    assert "second" in domain.files(0)["groups/d0.toml"]


# Rights


def as_nobody(action: Callable[[], object]) -> int:
    """Run an action in a process without any right of root and return its exit code."""

    def act() -> None:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        action()

    return os.waitstatus_to_exitcode(in_child(act))


@pytest.mark.parametrize(
    ("locked", "mode"),
    [
        ("groups", 0o555),
        ("groups", 0o000),
        (".dominocli", 0o555),
        (".dominocli", 0o000),
        (".dominocli/swap", 0o555),
        (".dominocli/state.sqlite", 0o444),
        (".dominocli/replica.toml", 0o000),
        ("directory.toml", 0o000),
        ("groups/d1.toml", 0o000),
        (".", 0o000),
    ],
)
def test_without_the_rights_nothing_is_half_done_and_it_completes_later(folder: Path, locked: str, mode: int) -> None:
    need_root("becoming nobody")
    domain = filled(Domain(folder / "home"), count=3)
    # What the product imports late has to be imported: Python itself may lie where nobody may read.
    domain.edit(0, "groups/d1.toml", "first", "once")
    domain.replicate()
    domain.edit(0, "groups/d1.toml", "once", "second")
    domain.edit(0, "groups/d2.toml", "first", "second")
    domain.edit(1, "groups/d0.toml", "first", "third")
    for path in folder.rglob("*"):
        os.chown(path, NOBODY, NOBODY)
    place = domain.root(1) / locked
    usual = place.stat().st_mode
    place.chmod(mode)

    def others_go_on() -> None:
        report = domain.replicate()
        assert report.servers[1].state == "done", [(s.state, s.reason) for s in report.servers]
        assert report.identical or not report.complete

    code = as_nobody(others_go_on)
    assert code == 0, "the server without rights stopped the others, or nobody was told"
    assert "second" in domain.files(2)["groups/d1.toml"]
    assert as_nobody(lambda: domain.replicate(1)) in (0, 5), "its own replication fails otherwise than by an error"
    place.chmod(usual)
    check_whole(domain, 0)
    assert as_nobody(lambda: equal(domain.replicate())) == 0
    assert domain.all_equal() and "third" in domain.files(2)["groups/d0.toml"]
    assert "second" in domain.files(1)["groups/d1.toml"] and "second" in domain.files(1)["groups/d2.toml"]


def equal(report: ReplicationReport) -> None:
    assert report.identical, [(server.state, server.reason) for server in report.servers]


# Others at work


def test_replications_from_every_side_at_once_lose_nothing_and_end_equal(folder: Path) -> None:
    domain = filled(Domain(folder / "home"), count=6)
    rounds = 6

    def work(at: int) -> None:
        for number in range(rounds):
            file = f"groups/d{(at + number) % 6}.toml"
            path = domain.root(at) / file
            beside = path.with_name(f".saving{at}")
            text = path.read_text()
            beside.write_text(text.replace('members = ["', f'members = ["{at}-{number}", "', 1))
            beside.replace(path)
            domain.write(at, f"groups/n{at}-{number}.toml", group_text(f"n{at}-{number}"))
            report = domain.replicate(at)
            assert {server.state for server in report.servers} == {"done"}, report.servers

    children = []
    for at in range(3):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                work(at)
                code = 0
            except BaseException:  # noqa: BLE001 - the child may not go on with the tests
                traceback.print_exc()
            finally:
                os._exit(code)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0, 0]
    assert domain.replicate().identical and domain.all_equal()
    held = domain.files(0)
    assert all(f"groups/n{at}-{number}.toml" in held for at in range(3) for number in range(rounds))
    text = "".join(held.values())
    saved = {f'"{at}-{number}"' for at in range(3) for number in range(rounds)}
    assert {token for token in saved if token not in text} == set()


EDITOR = """
import os, random, re, sys, time
root, seed, until = sys.argv[1], int(sys.argv[2]), time.monotonic() + float(sys.argv[3])
chance, count = random.Random(seed), 0
while time.monotonic() < until:
    path = os.path.join(root, "groups", f"d{chance.randrange(4)}.toml")
    try:
        with open(path) as stream:
            text = stream.read()
    except FileNotFoundError:
        continue
    found = re.search(r'members = \\["([^"]*)"', text)
    if found is None:
        continue
    count += 1
    token = f"e{count}"
    changed = text.replace(f'"{found[1]}"', f'"{token}"', 1)
    if chance.random() < 0.5:
        with open(path, "w") as stream:
            stream.write(changed)
    else:
        beside = os.path.join(root, "groups", ".saving")
        with open(beside, "w") as stream:
            stream.write(changed)
        os.replace(beside, path)
    print(found[1], token, flush=True)
    time.sleep(chance.random() * 0.004)
"""


def test_an_editor_that_saves_all_the_time_in_place_and_by_rename_loses_nothing(folder: Path) -> None:
    domain = filled(Domain(folder / "home", ("Hub/Acme", "Mail1/Acme")), count=4)
    seed = int.from_bytes(os.urandom(4))
    print(f"seed {seed}")
    editor = subprocess.Popen(
        [sys.executable, "-c", EDITOR, str(domain.root(1)), str(seed), "4"], stdout=subprocess.PIPE, text=True
    )
    rounds = 0
    while editor.poll() is None:
        rounds += 1
        name = f"d{rounds % 4}"
        path = domain.hub / f"groups/{name}.toml"
        if path.exists():
            domain.edit(0, f"groups/{name}.toml", comment(domain, 0, name), f"hub{rounds}")
        domain.replicate(rounds % 2)
    told, _ = editor.communicate()
    saves = [line.split() for line in told.splitlines()]
    assert rounds > 10 and len(saves) > 100
    assert domain.replicate().identical and domain.all_equal()
    text = "".join(domain.files(0).values())
    lost = {new for _, new in saves} - {old for old, _ in saves}
    assert {token for token in lost if f'"{token}"' not in text} == set(), f"seed {seed}"
    assert not [p for p in (domain.root(1) / ".dominocli/swap").glob("*") if ".kept-" not in p.name]


# Folders that are not there


def test_an_unmounted_replica_is_named_and_its_empty_folder_stays_empty(folder: Path) -> None:
    domain = filled(Domain(folder / "home"), count=12)
    away = domain.root(1).with_name("unmounted")
    domain.root(1).rename(away)
    domain.root(1).mkdir()
    domain.edit(0, "groups/d1.toml", "first", "second")
    report = domain.replicate()
    assert [server.state for server in report.servers] == ["no-replica", "done"] and not report.identical
    assert list(domain.root(1).iterdir()) == []
    domain.root(1).rmdir()
    away.rename(domain.root(1))
    assert domain.replicate().identical and "second" in domain.files(1)["groups/d1.toml"]


def test_an_unmounted_folder_of_documents_is_no_deletion(folder: Path) -> None:
    domain = filled(Domain(folder / "home"), count=12)
    groups = domain.root(1) / "groups"
    away = domain.root(1) / "unmounted"
    groups.rename(away)
    for mounted_at in (False, True):
        if mounted_at:
            groups.mkdir()
        report = domain.replicate()
        assert report.servers[0].state == "refused" and len(domain.files(0)) == len(domain.files(2)) == 12
        with pytest.raises(errors.MassDeletion):
            domain.replicate(1)
    groups.rmdir()
    away.rename(groups)
    assert domain.replicate(1).identical and len(domain.files(1)) == 12


# Names and times


def test_a_document_renamed_and_merged_with_markers_is_nowhere_deleted(domain: Domain) -> None:
    filled(domain, count=3)
    old, new = domain.hub / "groups/d1.toml", domain.hub / "groups/other.toml"
    text = old.read_text()
    old.unlink()
    marked = text.replace('comments = "first"', '<<<<<<< ours\ncomments = "a"\n=======\ncomments = "b"\n>>>>>>> theirs')
    new.write_text(marked)
    report = domain.replicate()
    assert "groups/other.toml" in report.left_alone and not report.complete
    assert new.read_text() == marked and all("groups/d1.toml" in domain.files(number) for number in (1, 2))
    new.write_text(text.replace("first", "b"))
    assert domain.replicate().identical and list(domain.files(1)) == [
        "groups/d0.toml",
        "groups/d2.toml",
        "groups/other.toml",
    ]


def test_names_that_differ_by_case_alone_stand_beside_each_other_everywhere(domain: Domain) -> None:
    domain.write(0, "groups/Sales.toml", group_text("Sales"))
    domain.write(1, "groups/sales.toml", group_text("sales"))
    domain.replicate()
    names = list(domain.files(0))
    assert domain.all_equal() and len({name.casefold() for name in names}) == 2
    assert sum("--" in name for name in names) == 1


def test_a_rename_by_case_alone_replicates(domain: Domain) -> None:
    filled(domain, count=1)
    (domain.root(1) / "groups/d0.toml").rename(domain.root(1) / "groups/D0.toml")
    assert domain.replicate().identical and list(domain.files(2)) == ["groups/D0.toml"]


def test_an_edit_of_the_same_size_and_time_is_seen(domain: Domain) -> None:
    filled(domain, count=2)
    path = domain.hub / "groups/d0.toml"
    for number in range(10, 24):
        before = path.stat()
        path.write_text(path.read_text().replace(comment(domain, 0, "d0"), f"ed-{number}"))
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert path.stat().st_size == before.st_size
        domain.replicate()
        assert comment(domain, 1, "d0") == f"ed-{number}", number


# Copies


def test_two_files_with_one_unid_stay_two_documents_or_wait_for_a_hand(domain: Domain) -> None:
    filled(domain, count=3)
    original, copied = domain.hub / "groups/d1.toml", domain.hub / "groups/copy.toml"
    shutil.copy(original, copied)
    domain.edit(0, "groups/d1.toml", "first", "second")
    report = domain.replicate()
    assert report.identical and any("copy.toml" in warning for warning in report.warnings)
    held = {file: parse(text.encode()) for file, text in domain.files(2).items()}
    assert len({raw["unid"] for raw in held.values() if isinstance(raw, dict)}) == 4
    assert "second" in domain.files(2)["groups/d1.toml"] and "first" in domain.files(2)["groups/copy.toml"]
    # Moved away and copied: nobody can say which of the two it is.
    text = original.read_text()
    original.unlink()
    for name in ("one", "two"):
        (domain.hub / f"groups/{name}.toml").write_text(text)
    report = domain.replicate()
    assert set(report.left_alone) == {"groups/one.toml", "groups/two.toml"} and not report.complete
    assert "groups/d1.toml" in domain.files(1) and (domain.hub / "groups/one.toml").read_text() == text
    (domain.hub / "groups/two.toml").unlink()
    assert domain.replicate().identical and list(domain.files(1)) == list(domain.files(0))
    assert "groups/one.toml" in domain.files(1) and "groups/d1.toml" not in domain.files(1)


def test_a_copy_edited_after_a_stop_before_it_had_its_unid_is_one_document(folder: Path) -> None:
    template = folder / "template"
    filled(Domain(template), count=3)
    stops = 0
    for number in range(1, 200):
        home = folder / "home"
        shutil.copytree(template, home)
        domain = located(home)
        copied = domain.hub / "groups/copy.toml"
        shutil.copy(domain.hub / "groups/d1.toml", copied)
        status = in_child(lambda domain=domain, number=number: run(domain, KillAt(number)))  # type: ignore[misc]
        if not os.WIFSIGNALED(status):
            break
        stops += 1
        copied.write_text(copied.read_text().replace("first", "edited"))
        report = domain.replicate()
        assert report.identical and domain.all_equal() and "edited" in domain.files(2)["groups/copy.toml"], number
        assert len(domain.files(0)) == 4, number
        replica = Replica.open(domain.hub, domain.clock)
        known = replica.journal.all_seen()
        assert [unid for unid, seen in known.items() if not seen.file] == [], f"step {number}: it was deleted and made"
        replica.close()
        shutil.rmtree(home)
    assert stops > 20
