"""A rehearsal of a whole replication foretells it to the byte, and tells what each replica held before."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from replication_domain import Domain, Ticking, group_text, snapshot, unid

from dominocli.replication.carriers import failures
from dominocli.replication.carriers.carrier import Carrier, connect
from dominocli.replication.plan import DocumentChange, Held, Rehearsal, rehearse
from dominocli.replication.replica import Clock
from dominocli.replication.replicate import Peer

NAMES = ("a", "b", "c", "d", "e")


def rehearsed(domain: Domain, **how: Any) -> Rehearsal:
    """Rehearse from the first replica, by a copy of the domain's clock, which writes no byte."""
    clock = Ticking()
    clock.now = domain.clock.now
    before = [snapshot(domain.root(number)) for number in range(len(domain.servers))]
    rehearsal = rehearse(domain.hub, domain.peers(), clock=clock, **how)
    assert before == [snapshot(domain.root(number)) for number in range(len(domain.servers))]
    return rehearsal


def edited(domain: Domain, chance: random.Random) -> None:
    """Let hands edit, rename, delete and make documents at any replica."""
    for _ in range(chance.randint(1, 6)):
        number = chance.randrange(3)
        files = sorted(domain.files(number))
        what = chance.choice(("edit", "edit", "members", "rename", "delete", "make"))
        if what == "make" or not files:
            name = f"new{chance.randrange(1000)}"
            domain.write(number, f"groups/{name}.toml", group_text(name))
            continue
        path = domain.root(number) / chance.choice(files)
        text = path.read_text()
        if what == "edit":
            comment = f'comments = "{chance.randrange(1000)}"'
            path.write_text("\n".join(comment if line.startswith("comments") else line for line in text.split("\n")))
        elif what == "members":
            path.write_text(text.replace('"Mail1/Acme"', f'"Mail{chance.randrange(9)}/Acme"'))
        elif what == "rename":
            path.rename(path.with_name(f"moved{chance.randrange(1000)}.toml"))
        else:
            path.unlink()


def test_random_rehearsals_foretell_the_replication(tmp_path: Path) -> None:
    for seed in range(25):
        domain = Domain(tmp_path / str(seed))
        for name in NAMES:
            domain.write(0, f"groups/{name}.toml", group_text(name))
        assert domain.replicate().identical
        edited(domain, random.Random(seed))
        before = [domain.files(number) for number in range(3)]
        rehearsal = rehearsed(domain)
        domain.replicate()
        after = [domain.files(number) for number in range(3)]
        foretold = {file: text for file, text in {**before[0], **rehearsal.texts}.items() if text is not None}
        assert foretold == after[0], f"seed {seed}"
        for number, server in enumerate(domain.servers[1:], 1):
            changes = [change for change in rehearsal.changes if server in change.servers]
            gone = {c.before.file for c in changes if c.before} - {c.after.file for c in changes if c.after}
            come = {c.after.file: c.after.text for c in changes if c.after}
            told = {file: text for file, text in {**before[number], **come}.items() if file not in gone}
            assert told == after[number], f"seed {seed}, {server}"
            for change in changes:
                if change.before:
                    assert before[number][change.before.file] == change.before.text, f"seed {seed}, {server}"


def test_changes_have_kinds_and_fields() -> None:
    old, new = Held("groups/a.toml", group_text("A")), Held("groups/b.toml", group_text("A", comment="2"))
    change = DocumentChange(unid("A"), old, new, ("Hub/Acme",))
    assert (change.kind, change.file) == ("renamed", "groups/b.toml")
    assert list(change.fields()) == [("administration.comments", "first", "2")]
    assert change._replace(before=None).kind == "created"
    gone = change._replace(after=None)
    assert (gone.kind, gone.file) == ("deleted", "groups/a.toml")
    assert ("basics.group_name", "A", None) in list(gone.fields())
    typed = change._replace(after=Held("groups/a.toml", old.text.replace('"first"', "1")))
    assert list(typed.fields()) == [("administration.comments", "first", 1)]


class WithoutFiles:
    """A carrier to a side that has no fingerprint, and answers one document at a time."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier
        self.kind = "CouchDB"
        self.bytes_sent = 0

    def call(self, verb: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        if verb == "fingerprint":
            return {"fingerprint": "", "files_read": 0}
        if verb == "get" and len(payload["docs"]) > 1:
            first, *left = payload["docs"]
            return {**self._carrier.call(verb, {"docs": [first]}), "left": left}
        return self._carrier.call(verb, payload)

    def close(self) -> None:
        self._carrier.close()


def without_files(location: str, server: str, clock: Clock) -> Carrier:
    return WithoutFiles(connect(location, server, clock))


def test_side_without_files_is_known_by_its_revisions(domain: Domain, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dominocli.replication.plan.PAGE", 2)
    for name in NAMES:
        domain.write(0, f"groups/{name}.toml", group_text(name))
    domain.replicate()
    for name in ("a", "b"):
        domain.edit(0, f"groups/{name}.toml", '"first"', '"second"')
    first = rehearsed(domain, connect=without_files)
    assert [list(change.fields()) for change in first.changes] == [[("administration.comments", "first", "second")]] * 2
    assert {len(fingerprint) for fingerprint in first.fingerprints.values()} == {64}
    assert rehearsed(domain, connect=without_files).fingerprints == first.fingerprints
    domain.edit(1, "groups/e.toml", '"first"', '"third"')
    domain.replicate(at=1)
    now = rehearsed(domain, connect=without_files).fingerprints
    assert {server for server, found in now.items() if found != first.fingerprints[server]} == set(domain.servers)


def refusing(location: str, server: str, clock: Clock) -> Carrier:
    raise failures.NotVerified(location=location)


def test_connections_are_opened_by_who_may_open_them(domain: Domain) -> None:
    domain.write(0, "groups/a.toml", group_text("a"))
    rehearsal = rehearsed(domain, connect=refusing)
    assert {row.state for row in rehearsal.report.servers} == {"refused"}
    assert rehearsal.fingerprints == {**rehearsal.fingerprints, "Mail1/Acme": "", "Mail2/Acme": ""}


def test_second_replica_of_the_own_server_goes_by_its_location(domain: Domain) -> None:
    domain.write(0, "groups/a.toml", group_text("a"))
    domain.replicate()
    domain.edit(0, "groups/a.toml", '"first"', '"second"')
    hub = str(domain.root(1))
    rehearsal = rehearse(domain.hub, [Peer("Hub/Acme", hub)], clock=domain.clock)
    assert set(rehearsal.fingerprints) == {"Hub/Acme", hub}
    assert [set(change.servers) for change in rehearsal.changes] == [{hub, "Hub/Acme"}]


def test_journal_that_is_new_has_no_edits_of_its_own(domain: Domain) -> None:
    domain.write(0, "groups/a.toml", group_text("a"))
    domain.write(0, "groups/b.toml", group_text("b"))
    domain.replicate()
    (domain.root(0) / ".dominocli/state.sqlite").unlink()
    domain.edit(0, "groups/a.toml", '"first"', '"second"')
    rehearsal = rehearsed(domain)
    domain.replicate()
    assert {change.file for change in rehearsal.changes} == {"groups/a.toml", *rehearsal.report.conflicts}
    assert {**domain.files(0), **rehearsal.texts} == domain.files(0)
