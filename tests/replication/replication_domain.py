"""Replicas in folders, and a clock that ticks a second whenever it is asked."""

from __future__ import annotations

import hashlib
from pathlib import Path

from dominocli.directory.settings import Settings
from dominocli.replication import replicas
from dominocli.replication.replicate import Peer, ReplicationReport, replicate

START = 1_790_000_000.0


class Ticking:
    """A clock that goes on by a second each time it is read."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        self.now += 1.0
        return self.now


class Domain:
    """A directory with several replicas in folders, and hands to edit them."""

    def __init__(self, folder: Path, servers: tuple[str, ...] = ("Hub/Acme", "Mail1/Acme", "Mail2/Acme")) -> None:
        self.clock = Ticking()
        self.roots = {server: folder / server.partition("/")[0].lower() for server in servers}
        self.servers = servers
        first, *others = servers
        settings = Settings("ab" * 16, "Acme", "Acme")
        replicas.init(self.roots[first], settings, first)
        for server in others:
            replicas.create(self.roots[first], server, str(self.roots[server]))

    @property
    def hub(self) -> Path:
        return self.roots[self.servers[0]]

    def root(self, number: int) -> Path:
        return self.roots[self.servers[number]]

    def peers(self, but: int = 0) -> list[Peer]:
        return [Peer(s, str(self.roots[s])) for n, s in enumerate(self.servers) if n != but]

    def replicate(self, at: int = 0, **options: bool) -> ReplicationReport:
        return replicate(self.root(at), self.peers(at), clock=self.clock, **options)

    def write(self, number: int, file: str, text: str) -> None:
        path = self.root(number) / file
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode())

    def edit(self, number: int, file: str, old: str, new: str) -> None:
        path = self.root(number) / file
        content = path.read_bytes().decode()
        assert old in content
        path.write_bytes(content.replace(old, new).encode())

    def files(self, number: int) -> dict[str, str]:
        root = self.root(number)
        return {
            str(path.relative_to(root)): path.read_bytes().decode()
            for path in sorted(root.glob("*/*.toml"))
            if not path.parent.name.startswith(".")
        }

    def all_equal(self) -> bool:
        held = [{f: t.replace("\r\n", "\n") for f, t in self.files(n).items()} for n in range(len(self.servers))]
        return all(files == held[0] for files in held)


def unid(name: str) -> str:
    """Return a unid made from a name."""
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def group_text(name: str, *, members: str = '"Mail1/Acme"', comment: str = "first") -> str:
    """Return the text of a Group document that is valid alone."""
    return (
        f'unid = "{unid(name)}"\nform = "Group"\n\n[basics]\n# who it is for\ngroup_name = "{name}"\n'
        f'group_type = "Servers only"\nmembers = [{members}]\n\n[administration]\ncomments = "{comment}"\n'
    )


def snapshot(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its bytes, the lock's holder apart."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
