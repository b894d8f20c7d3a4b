"""What another server may not do is refused by whole documents: half of one would be none."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from replication_domain import Domain, group_text, unid

from dominocli.directory.settings import read_replica, replica_text
from dominocli.directory.text import text_hash
from dominocli.replication.access import refusal, tears
from dominocli.replication.compare import active, leading
from dominocli.replication.replica import Replica
from dominocli.replication.replicate import Peer, replicate
from dominocli.replication.revision import CLOSED, DELETED, LIVE, MOST_SAVES_AHEAD, Revision, bare, make, to_wire
from dominocli.replication.verbs import Verbs


def allow(domain: Domain, number: int, table: dict[str, tuple[str, bool]]) -> None:
    root = domain.root(number)
    replica = read_replica(root)
    assert replica is not None
    (root / ".dominocli/replica.toml").write_text(replica_text(replica._replace(access=table)))


def tree_of(domain: Domain, number: int, name: str) -> dict[str, Revision]:
    replica = Replica.open(domain.root(number), domain.clock)
    tree = replica.journal.tree(unid(name))
    replica.close()
    return tree


def put(domain: Domain, *lineages: list[Revision]) -> dict[str, Any]:
    verbs = Verbs(Replica.open(domain.hub, domain.clock), "Mail1/Acme")
    text_of = verbs.replica.journal.text
    answer = verbs.call("put", {"docs": [to_wire(lineage, text_of, frozenset()) for lineage in lineages]})
    verbs.close()
    return answer


def test_a_deletion_that_is_refused_takes_nothing_else_of_its_document_along(domain: Domain) -> None:
    domain.write(0, "groups/a.toml", group_text("a"))
    domain.replicate()
    every = dict.fromkeys(domain.servers, ("Editor", False))
    allow(domain, 0, every)
    domain.edit(0, "groups/a.toml", "first", "second")
    replicate(domain.hub, [], clock=domain.clock)
    domain.clock.now += 100
    (domain.root(1) / "groups/a.toml").unlink()
    report = domain.replicate(1)
    assert [file for file, _, _ in report.servers[0].refused] == ["groups/a.toml"] and not report.complete
    assert "second" in domain.files(0)["groups/a.toml"]
    assert [leaf.kind for leaf in active(tree_of(domain, 0, "a"))] == [LIVE]
    # A replica made later gets the document.
    late = Domain(domain.hub.parent / "late", ("Late/Acme",))
    peers = [Peer("Hub/Acme", str(domain.hub))]
    allow(domain, 0, {**every, "Late/Acme": ("Editor", True)})
    replicate(late.hub, peers, clock=domain.clock)
    assert "second" in late.files(0)["groups/a.toml"]
    # Once it is allowed, it arrives as a whole.
    allow(domain, 0, dict.fromkeys(domain.servers, ("Editor", True)))
    report = domain.replicate(1)
    assert report.identical and "groups/a.toml" not in domain.files(0)


@pytest.mark.parametrize("into", ["", "2-" + "0" * 32, "the leaf's parent", "a new leaf"])
def test_a_leaf_is_closed_only_where_another_stands_in_its_place(domain: Domain, into: str) -> None:
    domain.write(0, "groups/a.toml", group_text("a"))
    domain.write(0, "groups/b.toml", group_text("b"))
    domain.replicate()
    domain.edit(0, "groups/a.toml", "first", "second")
    replicate(domain.hub, [], clock=domain.clock)
    allow(domain, 0, {"Mail1/Acme": ("Editor", False)})
    (leaf,) = active(tree_of(domain, 0, "a"))
    root = tree_of(domain, 0, "a")[leaf.parent]
    author, digest = "Mail1/Acme", leaf.digest
    mine = make(unid("a"), root.rev, LIVE, file=leaf.file, seqtime=leaf.seqtime + 9, author=author, digest=digest)
    named = {"the leaf's parent": root.rev, "a new leaf": mine.rev}.get(into, into)
    closed = make(unid("a"), leaf.rev, CLOSED, file=leaf.file, seqtime=leaf.seqtime + 9, author=author, into=named)
    brought = [[closed, leaf, root], *([[mine, root]] if into == "a new leaf" else [])]
    answer = put(domain, *brought)
    refused = [entry["rev"] for entry in answer["refused"]]
    assert refused == ([] if into == "a new leaf" else [closed.rev])
    assert len(active(tree_of(domain, 0, "a"))) == 1 and "second" in domain.files(0)["groups/a.toml"]


def test_what_closes_a_leaf_for_an_unknown_one_is_refused_beside_a_leaf_too() -> None:
    a = make(unid("a"), "", LIVE, file="groups/a.toml", seqtime=1, author="X", digest="d")
    b = make(unid("a"), "", LIVE, file="groups/a.toml", seqtime=2, author="X", digest="d")
    closed = make(unid("a"), a.rev, CLOSED, file="groups/a.toml", seqtime=2, author="X", into="2-" + "0" * 32)
    before = {a.rev: a, b.rev: b}
    assert [revision for revision, _ in tears(before, {**before, closed.rev: closed}, [b, closed])] == [closed]
    known = make(unid("a"), a.rev, CLOSED, file="groups/a.toml", seqtime=2, author="X", into=b.rev)
    assert not tears(before, {**before, known.rev: known}, [known])
    # Of a document saved a thousand times the revision may be older than what is named.
    old = b._replace(rev="1001-" + "0" * 32)
    assert not tears(before, {**before, closed.rev: closed, old.rev: old}, [closed])
    assert not tears({closed.rev: closed}, {closed.rev: closed}, [closed])


def test_a_document_torn_once_is_what_it_was_before(domain: Domain) -> None:
    domain.write(0, "groups/a.toml", group_text("a"))
    domain.replicate()
    (leaf,) = active(tree_of(domain, 0, "a"))
    closed = make(unid("a"), leaf.rev, CLOSED, file=leaf.file, seqtime=leaf.seqtime, author="X/Acme", into="9-x")
    replica = Replica.open(domain.hub, domain.clock)
    with replica.journal.transaction():
        replica.journal.insert(closed)
        replica.journal.refresh(unid("a"))
    replica.close()
    late = Domain(domain.hub.parent / "late", ("Late/Acme",))
    replicate(late.hub, [Peer("Hub/Acme", str(domain.hub))], clock=domain.clock)
    assert late.files(0)["groups/a.toml"] == domain.files(0)["groups/a.toml"]
    assert leading({}) is None


def test_an_author_may_close_leaves_of_an_own_document_only() -> None:
    own = make(unid("a"), "", LIVE, file="groups/a.toml", seqtime=1, author="Hub/Acme", digest="d")
    closed = make(unid("a"), own.rev, CLOSED, file="groups/a.toml", seqtime=2, author="Hub/Acme", into="2-x")
    assert refusal("Author", False, "Hub/Acme", closed, {own.rev: own}) is None
    assert refusal("Author", False, "Mail1/Acme", closed, {own.rev: own})
    assert closed.kind != DELETED


def far_ahead(name: str, saves: int, text: str) -> dict[str, Any]:
    """Return a forged document that counts so many saves."""
    parent = bare(unid(name), f"{saves - 1}-{'0' * 32}", "")
    digest = text_hash(text.encode())
    file = f"groups/{name}.toml"
    revision = make(unid(name), parent.rev, LIVE, file=file, seqtime=9, author="X/Acme", digest=digest)
    return to_wire([revision, parent], {digest: text}.get, frozenset())


@pytest.mark.parametrize("saves", [MOST_SAVES_AHEAD + 2, (1 << 53) - 1])
def test_a_forged_number_takes_no_document_its_numbers(domain: Domain, saves: int) -> None:
    domain.write(0, "groups/a.toml", group_text("a"))
    domain.replicate()
    verbs = Verbs(Replica.open(domain.hub, domain.clock), "Mail1/Acme")
    (entry,) = verbs.call("put", {"docs": [far_ahead("a", saves, group_text("a", comment="forged"))]})["refused"]
    verbs.close()
    assert f"{saves} saves" in entry["reason"] and "first" in domain.files(0)["groups/a.toml"]
    domain.edit(1, "groups/a.toml", "first", "second")
    assert domain.replicate().identical and "second" in domain.files(0)["groups/a.toml"]


def test_numbers_that_one_replica_took_step_by_step_every_other_takes(domain: Domain) -> None:
    domain.write(0, "groups/a.toml", group_text("a"))
    domain.replicate()
    verbs = Verbs(Replica.open(domain.hub, domain.clock), "Mail1/Acme")
    for turn in (1, 2, 3):
        forged = far_ahead("a", turn * MOST_SAVES_AHEAD, group_text("a", comment=f"forged {turn}"))
        assert not verbs.call("put", {"docs": [forged]})["refused"]
    verbs.close()
    assert domain.replicate().servers[0].state == "done" and domain.all_equal()
    assert "forged 3" in domain.files(2)["groups/a.toml"]
    domain.edit(1, "groups/a.toml", "forged 3", "mended")
    domain.replicate(2)
    assert domain.all_equal() and "mended" in domain.files(0)["groups/a.toml"]


def test_a_checkpoint_that_a_reader_forged_hides_no_change(domain: Domain) -> None:
    allow(domain, 0, {"Mail1/Acme": ("Editor", True), "Eve/Acme": ("Reader", False)})
    hub = [Peer("Hub/Acme", str(domain.hub))]
    domain.write(0, "groups/a.toml", group_text("a"))
    replicate(domain.root(1), hub, clock=domain.clock)
    instances = [read_replica(domain.root(number)) for number in (0, 1)]
    names = [known.instance for known in instances if known is not None]
    verbs = Verbs(Replica.open(domain.hub, domain.clock), "Eve/Acme")
    for pair in (names, names[::-1]):
        name = hashlib.sha256("\n".join(pair).encode()).hexdigest()[:32]
        history = verbs.call("checkpoint_get", {"id": name})["history"]
        assert history
        verbs.call("checkpoint_put", {"id": name, "history": [{**entry, "seq": 1 << 40} for entry in history]})
    verbs.close()
    domain.edit(0, "groups/a.toml", "first", "second")
    domain.write(1, "groups/b.toml", group_text("b"))
    assert replicate(domain.root(1), hub, clock=domain.clock).identical
    assert "second" in domain.files(1)["groups/a.toml"] and "groups/b.toml" in domain.files(0)
