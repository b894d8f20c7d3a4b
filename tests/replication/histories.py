"""Random histories over real folders: hands edit, replicas replicate, programs stop at any durable step."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from replication_domain import Domain, unid

from dominocli import errors
from dominocli.directory.text import Fault, parse
from dominocli.replication.carriers.folder import FolderCarrier
from dominocli.replication.journal import Journal
from dominocli.replication.replica import Clock
from dominocli.replication.replicate import Peer, ReplicationReport, replicate

TORN = 'unid = "torn'
MOMENTS = ("exchange", "create", "move", "displace", "aside", "replaced")


class Stopped(BaseException):
    """The program was stopped here."""


def text_of(name: str, first: str, second: str, *, given: bool = True) -> str:
    """Return a Group document whose two fields hold one token each."""
    line = f'unid = "{unid(name)}"\n' if given else ""
    return (
        f'{line}form = "Group"\n\n[basics]\n# by hand\ngroup_name = "g"\ngroup_type = "Servers only"\n'
        f'members = ["{first}"]\n\n[administration]\ncomments = "{second}"\n'
    )


def tokens_in(text: str) -> set[str]:
    """Return the tokens a document's fields hold."""
    raw = parse(text.encode())
    if isinstance(raw, Fault):
        return set()
    return {*raw["basics"].get("members", []), raw["administration"].get("comments", "")}


class History:
    """One random history; `lost` answers which edits nobody finds any more."""

    def __init__(self, folder: Path, seed: int, *, tears: bool = True) -> None:
        self.seed = seed
        self.random = random.Random(seed)
        count = self.random.randrange(2, 5)
        self.domain = Domain(folder, tuple(f"S{n}/Acme" for n in range(count)))
        self.tears = tears
        self.count = 0
        self.born: set[str] = set()
        self.replaced: set[str] = set()
        self.torn: dict[Path, str] = {}
        self.stop_after = -1
        self.steps: list[str] = []
        self.hands_meanwhile = 0.0
        self.stops = 0
        self.log: list[str] = []

    def token(self) -> str:
        self.count += 1
        token = f"t{self.count}"
        self.born.add(token)
        return token

    def step_in(self, root: Path) -> Callable[[str], None]:
        def step(name: str) -> None:
            self.steps.append(name)
            if self.stop_after == 0:
                self.stop_after = -1
                raise Stopped(name)
            self.stop_after -= self.stop_after > 0
            if name in MOMENTS and self.random.random() < self.hands_meanwhile:
                self.edit(root)

        return step

    def connect(self, location: str, server: str, clock: Clock) -> FolderCarrier:
        return FolderCarrier(location, server, clock, step=self.step_in(Path(location)))

    def replicate(self, at: int, peers: list[Peer] | None = None) -> ReplicationReport:
        root = self.domain.root(at)
        peers = self.domain.peers(at) if peers is None else peers
        return replicate(root, peers, clock=self.domain.clock, connect=self.connect, step=self.step_in(root))

    def edit(self, root: Path) -> None:
        """Let a hand do one thing to the files of a replica."""
        documents = [p for p in sorted(root.glob("groups/*.toml")) if p.read_text() != TORN]
        chance = self.random.random()
        if chance < 0.25 or not documents:
            self._create(root)
        elif chance < 0.65:
            self._change(self.random.choice(documents))
        elif chance < 0.78:
            self._remove(self.random.choice(documents))
        elif chance < 0.9:
            path = self.random.choice(documents)
            to = path.with_name(f"n{self.random.randrange(6)}.toml")
            if not to.exists():
                self.log.append(f"rename {path} {to}")
                path.rename(to)
        elif not self.tears:
            return
        elif chance < 0.94:
            self._tear(self.random.choice(documents))
        else:
            self._mend()

    def _create(self, root: Path) -> None:
        name = f"n{self.random.randrange(6)}"
        path = root / "groups" / f"{name}.toml"
        given = self.random.random() < 0.8
        new_name = name if self.random.random() < 0.5 else f"{name}-{self.count}"
        texts = [p.read_text() for p in root.glob("groups/*.toml")]
        held = {text.partition("\n")[0] for text in texts}
        if path.exists() or (given and f'unid = "{unid(new_name)}"' in held):
            return
        path.parent.mkdir(exist_ok=True)
        self.log.append(f"create {path}")
        path.write_text(text_of(new_name, self.token(), self.token(), given=given))

    def _change(self, path: Path) -> None:
        text = path.read_text()
        old = self.random.choice(sorted(tokens_in(text) - {""}))
        new = self.token()
        self.replaced.add(old)
        self.log.append(f"change {path} {old} -> {new}")
        changed = text.replace(f'"{old}"', f'"{new}"')
        if self.random.random() < 0.5:
            path.write_text(changed)
        else:
            beside = path.with_name(".saving")
            beside.write_text(changed)
            beside.replace(path)

    def _remove(self, path: Path) -> None:
        self.replaced |= tokens_in(path.read_text())
        self.log.append(f"remove {path}")
        path.unlink()

    def _tear(self, path: Path) -> None:
        self.torn[path] = path.read_text()
        self.log.append(f"tear {path}")
        path.write_text(TORN)

    def _mend(self) -> None:
        for path in sorted(self.torn):
            text = self.torn.pop(path)
            if not path.exists() or path.read_text() != TORN:
                # Its document was renamed elsewhere, or a hand took the name while the torn file was away
                # for a moment: then it is kept apart.
                root = path.parent.parent
                moved = [p for p in root.glob("groups/*.toml") if p not in self.torn and p.read_text() == TORN]
                away = [p for p in root.glob(".dominocli/swap/*") if p.read_text() == TORN]
                assert moved or away, f"{path} was torn and is no longer"
                if not moved and ".kept-" not in away[0].name:
                    self.torn[path] = text
                    continue
                if not moved:
                    self.replaced |= tokens_in(text)
                    continue
                path = moved[0]
            self.log.append(f"mend {path}")
            path.write_text(text)

    def run(self, steps: int) -> None:
        """Edit and replicate at random; some runs are stopped, and hands work inside the write window."""
        for _ in range(steps):
            at = self.random.randrange(len(self.domain.servers))
            if self.random.random() < 0.65:
                self.edit(self.domain.root(at))
                continue
            peers = self.random.sample(self.domain.peers(at), self.random.randrange(1, len(self.domain.servers)))
            self.stop_after = self.random.randrange(60) if self.random.random() < 0.5 else -1
            self.hands_meanwhile = 0.1
            self.log.append(f"replicate {at} with {[peer.server for peer in peers]}, stop after {self.stop_after}")
            try:
                self.replicate(at, peers)
            except Stopped:
                self.stops += 1
            self.stop_after, self.hands_meanwhile = -1, 0.0

    def end(self) -> None:
        """Let everything settle by one replication and check every invariant."""
        for number in range(len(self.domain.servers)):
            self.replicate(number, [])
        self._mend()
        assert not self.torn, "what a stopped program took away was not put back"
        at = self.random.randrange(len(self.domain.servers))
        self.log.append(f"the last replication, at {at}")
        report = self.replicate(at)
        assert self.domain.all_equal(), "the replicas differ after one replication"
        assert report.identical, "the report does not say so"
        held = self.domain.files(0)
        for file, text in held.items():
            assert not isinstance(parse(text.encode()), Fault), f"{file} does not parse"
        lost = self.born - self.replaced - set().union(*map(tokens_in, held.values()), set())
        assert not lost, f"lost {sorted(lost)}"
        files = [self.domain.files(n) for n in range(len(self.domain.servers))]
        other = self.random.randrange(len(self.domain.servers))
        report = self.replicate(other)
        assert not (report.conflicts or report.merged), "another round resolves something"
        assert files == [self.domain.files(n) for n in range(len(self.domain.servers))], "another round changes files"
        for root in self.domain.roots.values():
            swap = root / ".dominocli/swap"
            assert not [p for p in swap.glob("*") if ".kept-" not in p.name], "a swap file is left"


def without_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing wait for the disk: these programs are stopped, the machine is not."""
    opened = Journal.open.__func__  # type: ignore[attr-defined]

    def open_fast(cls: type[Journal], *arguments: object) -> Journal:
        journal: Journal = opened(cls, *arguments)
        journal._database.execute("PRAGMA synchronous = OFF")
        return journal

    monkeypatch.setattr(Journal, "open", classmethod(open_fast))
    monkeypatch.setattr("os.fsync", lambda descriptor: None)


def failure(history: History, seed: int, error: BaseException) -> str:
    """Return what a failing history says."""
    return f"seed {seed}: {error!r}\n" + "\n".join(history.log[-60:])


__all__ = ["History", "Stopped", "errors", "failure", "text_of", "tokens_in", "without_waiting_for_the_disk"]
