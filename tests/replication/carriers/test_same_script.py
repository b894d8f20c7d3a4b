"""One script of edits over each carrier, and over a mix of them: the same bytes everywhere in the end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from replication_domain import Domain, group_text

from dominocli.directory.reader import look
from dominocli.directory.settings import read_settings
from dominocli.replication.carriers.couch_setup import prepare
from dominocli.replication.replicate import Peer, replicate

HUB, ONE, TWO = 0, 1, 2
NOW = 1_790_000_000.0
ORDERS = {"folder": (HUB, ONE), "ssh": (ONE, HUB), "couchdb": (TWO, ONE, HUB, TWO, ONE), "mix": (HUB, TWO, ONE, HUB)}
"""Who replicates, in which order: with a CouchDB between them, everybody has to call once more."""


class Run:
    """The script over one kind of carrier."""

    def __init__(self, folder: Path, way: str, request: pytest.FixtureRequest) -> None:
        self.domain = Domain(folder)
        self.now = NOW
        self.ssh: Any = request.getfixturevalue("ssh") if way in ("ssh", "mix") else None
        self.hub_database = ""
        if way in ("couchdb", "mix"):
            self.hub_database = request.getfixturevalue("database")
            prepare(self.hub_database, read_settings(self.domain.hub), dry_run=False)
        self.way = way

    def record(self) -> None:
        """Record everybody's edits, each at a time of its own, so that no carrier's speed decides anything."""
        for number in (HUB, ONE, TWO):
            self.now += 60
            replicate(self.domain.root(number), [], clock=lambda: self.now)

    def peers(self, at: int) -> list[Peer]:
        servers, far = self.domain.servers, []
        if self.way in ("couchdb", "mix"):
            far.append(Peer(servers[at], self.hub_database))
        if self.way == "folder" or (self.way == "mix" and at != TWO):
            far += [Peer(servers[n], str(self.domain.root(n))) for n in (HUB, ONE) if n != at]
        if self.way == "ssh":
            far += [Peer(servers[n], self.ssh.location(self.domain.root(n))) for n in (HUB, ONE, TWO) if n != at]
        if self.way == "folder":
            far += [Peer(servers[TWO], str(self.domain.root(TWO)))] if at != TWO else []
        if self.way == "mix" and at == HUB:
            far.append(Peer(servers[TWO], self.ssh.location(self.domain.root(TWO))))
        return far

    def replicate(self) -> None:
        self.record()
        for at in ORDERS[self.way]:
            report = replicate(self.domain.root(at), self.peers(at), clock=lambda: self.now)
            assert {row.state for row in report.servers} == {"done"}, report.servers

    def carry_out(self) -> None:
        domain = self.domain
        for name in "abcdef":
            domain.write(HUB, f"groups/{name}.toml", group_text(name))
        domain.write(ONE, "groups/crlf.toml", group_text("crlf").replace("\n", "\r\n"))
        self.replicate()
        # the same field on two sides, different fields, a deletion against an edit, a rename against an edit
        domain.edit(HUB, "groups/a.toml", "first", "the hub's")
        domain.edit(TWO, "groups/a.toml", "first", "two's")
        domain.edit(ONE, "groups/b.toml", "first", "one's")
        domain.edit(TWO, "groups/b.toml", '"Mail1/Acme"', '"Mail1/Acme", "Mail2/Acme"')
        (domain.root(HUB) / "groups/c.toml").unlink()
        domain.edit(ONE, "groups/c.toml", "first", "edited, so kept")
        (domain.root(ONE) / "groups/d.toml").rename(domain.root(ONE) / "groups/renamed.toml")
        domain.edit(TWO, "groups/d.toml", "# who it is for", "# für wen, 日本 🙂")
        (domain.root(TWO) / "groups/e.toml").unlink()
        self.replicate()
        domain.edit(TWO, "groups/renamed.toml", "first", "again")
        domain.edit(HUB, "groups/f.toml", "first", "and again")
        domain.write(TWO, "groups/same.toml", group_text("same one"))
        domain.write(ONE, "groups/same.toml", group_text("same other"))
        self.replicate()


def test_the_same_script_gives_the_same_bytes_over_every_carrier(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    ends: dict[str, tuple[dict[str, str], str]] = {}
    for way in ORDERS:
        run = Run(tmp_path / way, way, request)
        run.carry_out()
        domain = run.domain
        held = [{f: t.replace("\r\n", "\n") for f, t in domain.files(number).items()} for number in (HUB, ONE, TWO)]
        assert held[0] == held[1] == held[2], way
        prints = {look(domain.root(number), update_index=False).fingerprint() for number in (HUB, ONE, TWO)}
        assert len(prints) == 1, way
        ends[way] = (domain.files(HUB), prints.pop())
        if way in ("couchdb", "mix"):
            request.getfixturevalue("couch").ask("DELETE", run.hub_database.rpartition("/")[2])
    files, _ = ends["folder"]
    assert any(".conflict-" in file for file in files)
    assert len(files) > 8
    assert all(end == ends["folder"] for end in ends.values()), {way: end[1] for way, end in ends.items()}
