"""A program stopped before or after any durable step: files stay whole, the next run completes."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from histories import Stopped, tokens_in, without_waiting_for_the_disk
from replication_domain import Domain, group_text

from dominocli.directory import swap
from dominocli.directory.text import Fault, parse, text_hash
from dominocli.replication.carriers.folder import FolderCarrier
from dominocli.replication.record import FileChange, save_held
from dominocli.replication.replica import Clock, Replica
from dominocli.replication.replicate import replicate

MEMORY = Path("/dev/shm")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    without_waiting_for_the_disk(monkeypatch)
    made = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else tmp_path))
    yield made
    shutil.rmtree(made)


def members(token: str) -> str:
    return f'"{token}"'


def prepared(folder: Path) -> Domain:
    """Return three equal replicas, edited apart since in every way there is."""
    domain = Domain(folder)
    for name in ("a", "b", "c", "d", "e", "f"):
        domain.write(0, f"groups/{name}.toml", group_text(name, members=members(f"{name}-0"), comment=f"{name}-1"))
    domain.replicate()
    domain.edit(0, "groups/a.toml", "a-0", "a-2")
    domain.edit(1, "groups/a.toml", "a-1", "a-3")
    domain.edit(0, "groups/b.toml", "b-0", "b-2")
    domain.edit(1, "groups/b.toml", "b-0", "b-3")
    (domain.root(2) / "groups/c.toml").unlink()
    domain.edit(1, "groups/c.toml", "c-0", "c-2")
    (domain.root(2) / "groups/d.toml").rename(domain.root(2) / "groups/dd.toml")
    domain.edit(1, "groups/d.toml", "d-0", "d-2")
    (domain.root(0) / "groups/e.toml").unlink()
    domain.write(1, "groups/new.toml", group_text("new", members=members("n-0"), comment="n-1").partition("\n")[2])
    f, e = domain.root(2) / "groups/f.toml", domain.root(2) / "groups/e.toml"
    text_f, text_e = f.read_text(), e.read_text()
    f.write_text(text_e), e.write_text(text_f)
    return domain


EXPECTED = {"a-2", "a-3", "b-2", "b-3", "b-1", "c-2", "c-1", "d-2", "d-1", "n-0", "n-1", "f-0", "f-1"}


class Counter:
    def __init__(self, stop_at: int) -> None:
        self.count = 0
        self.stop_at = stop_at

    def __call__(self, name: str) -> None:
        self.count += 1
        if self.count == self.stop_at:
            raise Stopped(name)


def run(domain: Domain, step: Callable[[str], None]) -> None:
    def connect(location: str, server: str, clock: Clock) -> FolderCarrier:
        return FolderCarrier(location, server, clock, step=step)

    replicate(domain.hub, domain.peers(), clock=domain.clock, connect=connect, step=step)


def check_whole(domain: Domain, where: int) -> None:
    for number in range(3):
        for file, text in domain.files(number).items():
            assert not isinstance(parse(text.encode()), Fault), f"step {where}: {file} is torn"


@pytest.mark.parametrize("exchange", [True, False], ids=["with-exchange", "by-links"])
def test_replicate_stopped_at_every_step_completes_in_the_next_run(
    folder: Path, monkeypatch: pytest.MonkeyPatch, exchange: bool
) -> None:
    if not exchange:
        monkeypatch.setattr(swap, "_system_call", lambda: None)
    template = folder / "template"
    prepared(template)
    counter = Counter(0)
    shutil.copytree(template, folder / "whole")
    run(located(folder / "whole"), counter)
    assert counter.count > 100
    for stop_at in range(1, counter.count + 1):
        home = folder / "stopped"
        shutil.copytree(template, home)
        domain = located(home)
        with pytest.raises(Stopped):
            run(domain, Counter(stop_at))
        check_whole(domain, stop_at)
        report = domain.replicate(stop_at % 3)
        assert report.identical, f"step {stop_at}"
        assert domain.all_equal(), f"step {stop_at}"
        held = set().union(*map(tokens_in, domain.files(0).values()))
        assert held >= EXPECTED, f"step {stop_at} lost {EXPECTED - held}"
        mains = [file for file in domain.files(0) if ".conflict-" not in file]
        assert len(mains) in (6, 7), f"step {stop_at} made a document of nobody: {mains}"
        assert not [p for root in domain.roots.values() for p in (root / ".dominocli/swap").glob("*")], stop_at
        before = [domain.files(number) for number in range(3)]
        assert not domain.replicate().conflicts
        assert before == [domain.files(number) for number in range(3)], f"step {stop_at}"
        shutil.rmtree(home)


def located(home: Path) -> Domain:
    """Return the domain whose replicas lie in a folder already."""
    domain = Domain.__new__(Domain)
    domain.__dict__.update(vars(Domain(home / "unused")))
    shutil.rmtree(home / "unused")
    domain.roots = {server: home / root.name for server, root in domain.roots.items()}
    return domain


def test_save_of_several_files_stopped_at_every_step_is_whole_or_not_at_all(folder: Path) -> None:
    def saved(root: Path, step: Callable[[str], None], *, clock: Clock) -> None:
        replica = Replica.open(root, clock, step=step)
        a = text_hash(group_text("a").encode())
        changes = [
            FileChange("groups/a.toml", None, a),
            FileChange("groups/b.toml", group_text("a", comment="moved"), None),
            FileChange("groups/c.toml", group_text("c"), None),
        ]
        try:
            with replica.held("test"):
                save_held(replica, changes)
        finally:
            replica.close()

    before = {"groups/a.toml": group_text("a")}
    after = {"groups/b.toml": group_text("a", comment="moved"), "groups/c.toml": group_text("c")}
    template = Domain(folder / "template", ("Hub/Acme",))
    template.write(0, "groups/a.toml", group_text("a"))
    template.replicate()
    counter = Counter(0)
    shutil.copytree(template.hub, folder / "whole")
    saved(folder / "whole", counter, clock=template.clock)
    outcomes = set()
    for stop_at in range(1, counter.count + 1):
        home = folder / f"stopped-{stop_at}"
        shutil.copytree(template.hub, home)
        with pytest.raises(Stopped):
            saved(home, Counter(stop_at), clock=template.clock)
        replicate(home, [], clock=template.clock)
        files = {f"groups/{path.name}": path.read_text() for path in home.glob("groups/*.toml")}
        assert files in (before, after), f"step {stop_at}"
        outcomes.add("groups/a.toml" in files)
    assert outcomes == {True, False}
