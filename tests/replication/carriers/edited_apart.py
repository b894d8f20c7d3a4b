"""A domain of two replicas with edits on both sides, for the tests that cut their connection again and again."""

from __future__ import annotations

import shutil
from pathlib import Path

from replication_domain import Domain, group_text

from dominocli.directory.reader import look
from dominocli.replication.replicate import Peer, ReplicationReport, replicate

FAR = "Mail1/Acme"


class Apart:
    """Two replicas edited apart, laid out anew for every cut."""

    def __init__(self, domain: Domain, folder: Path) -> None:
        self.domain = domain
        self._template = folder / "template"
        for name in "abcdef":
            domain.write(0, f"groups/{name}.toml", group_text(name))
        domain.replicate()
        domain.edit(0, "groups/a.toml", "first", "ours")
        domain.edit(1, "groups/a.toml", "first", "theirs")
        domain.edit(0, "groups/b.toml", "first", "ours")
        domain.edit(1, "groups/b.toml", '"Mail1/Acme"', '"Mail9/Acme"')
        (domain.root(0) / "groups/c.toml").unlink()
        domain.edit(1, "groups/d.toml", "first", "Grüße")
        domain.write(1, "groups/e.toml", group_text("e", comment="x" * 20_000))
        for number, second in ((0, 200.0), (1, 300.0)):
            replicate(domain.root(number), [], clock=lambda second=second: 1_790_000_000.0 + second)
        for number in (0, 1):
            shutil.copytree(domain.root(number), self._template / str(number), symlinks=True)

    def lay_out(self) -> None:
        for number in (0, 1):
            shutil.rmtree(self.domain.root(number))
            shutil.copytree(self._template / str(number), self.domain.root(number), symlinks=True)

    def replicate(self, at: int, location: str) -> ReplicationReport:
        return replicate(self.domain.root(at), [Peer(FAR, location)], clock=lambda: 1_790_000_400.0)

    def end(self) -> tuple[list[dict[str, str]], set[str]]:
        prints = {look(self.domain.root(number), update_index=False).fingerprint() for number in (0, 1)}
        return [self.domain.files(number) for number in (0, 1)], prints
