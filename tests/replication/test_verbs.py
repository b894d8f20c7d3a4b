"""The verbs: what any carrier may ask, by payloads and answers that JSON can hold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from replication_domain import Domain, group_text, snapshot, unid

from dominocli import errors
from dominocli.replication.access import level_of, refusal
from dominocli.replication.carriers.folder import FolderCarrier
from dominocli.replication.replica import Clock, Replica
from dominocli.replication.replicate import replicate
from dominocli.replication.revision import DELETED, LIVE, make
from dominocli.replication.verbs import Verbs


class ByJson(FolderCarrier):
    """A folder carrier whose messages pass through JSON, as by ssh; it may lose or repeat answers."""

    lose: frozenset[str] = frozenset()

    def call(self, verb: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        payload = json.loads(json.dumps(payload))
        answer = super().call(verb, payload)
        if verb in self.lose:
            raise errors.ReplicaUnreachable(location="x", reason="the answer was lost")
        if verb in ("put", "get", "changes", "revs_diff"):
            repeated = super().call(verb, payload)
            assert verb == "put" or repeated == answer
        result: dict[str, Any] = json.loads(json.dumps(answer))
        return result


def filled(domain: Domain) -> Domain:
    for name in "abc":
        domain.write(0, f"groups/{name}.toml", group_text(name))
    domain.write(1, "groups/d.toml", group_text("d"))
    return domain


def test_every_message_passes_through_json_and_may_come_twice(domain: Domain) -> None:
    filled(domain)
    report = replicate(domain.hub, domain.peers(), clock=domain.clock, connect=ByJson)
    assert report.identical and domain.all_equal() and len(domain.files(2)) == 4


@pytest.mark.parametrize("verb", ["hello", "changes", "revs_diff", "get", "put", "checkpoint_get", "checkpoint_put"])
def test_a_lost_answer_costs_only_another_run(domain: Domain, verb: str) -> None:
    filled(domain)

    def connect(location: str, server: str, clock: Clock) -> FolderCarrier:
        carrier = ByJson(location, server, clock)
        carrier.lose = frozenset({verb})
        return carrier

    report = replicate(domain.hub, domain.peers(), clock=domain.clock, connect=connect)
    assert report.servers[0].state == "unreachable"
    assert "lost" in report.servers[0].reason and not report.complete
    report = domain.replicate()
    assert report.identical and domain.all_equal() and not report.conflicts


def test_a_wrong_checkpoint_costs_time_and_never_data(domain: Domain) -> None:
    filled(domain)
    domain.replicate()
    for number in range(3):
        replica = Replica.open(domain.root(number), domain.clock)
        with replica.journal.transaction():
            replica.journal._run('UPDATE checkpoints SET history = \'[{"session": "odd", "seq": 0}]\'')
        replica.close()
    domain.edit(2, "groups/a.toml", "first", "second")
    assert domain.replicate().identical and domain.all_equal()


def test_a_forged_batch_is_refused_with_nothing_changed(domain: Domain) -> None:
    filled(domain)
    domain.replicate()
    replica = Replica.open(domain.hub, domain.clock)
    verbs = Verbs(replica, "Mail1/Acme")
    leaves = verbs.call("leaves", {"ids": [unid("a"), unid("b")]})["revs"]
    documents = verbs.call("get", {"docs": [{"id": u, "revs": revs} for u, revs in leaves.items()]})["docs"]
    documents[1]["meta"]["author"] = "Eve"
    before = snapshot(domain.hub / "groups")
    with pytest.raises(errors.ForgedRevision):
        verbs.call("put", {"docs": documents})
    assert snapshot(domain.hub / "groups") == before
    with pytest.raises(errors.UsageError):
        verbs.call("format", {})
    with pytest.raises(errors.NoReplicaThere):
        verbs.call("hello", {"replica_id": "cd" * 16})
    verbs.close()


def test_changes_come_in_pages(domain: Domain) -> None:
    for number in range(7):
        domain.write(0, f"groups/g{number}.toml", group_text(f"g{number}"))
    replicate(domain.hub, [], clock=domain.clock)
    replica = Replica.open(domain.hub, domain.clock)
    verbs = Verbs(replica, "Mail1/Acme")
    seen: list[str] = []
    since, more = 0, True
    while more:
        page = verbs.call("changes", {"since": since, "limit": 3})
        seen += [row["id"] for row in page["results"]]
        since, more = page["last_seq"], page["more"]
    assert sorted(seen) == sorted(unid(f"g{number}") for number in range(7))
    verbs.close()


def test_many_documents_replicate_in_batches(domain: Domain) -> None:
    for number in range(230):
        domain.write(0, f"groups/g{number}.toml", group_text(f"g{number}"))
    report = domain.replicate()
    assert report.identical and report.servers[0].pushed.added == 230


def test_levels_and_what_they_refuse() -> None:
    assert level_of(None, "X/Acme") == ("Editor", True)
    table = {"CN=Hub/O=Acme": ("Author", False)}
    assert level_of(table, "hub/acme") == ("Author", False) and level_of(table, "X/Acme") == ("No Access", False)
    own = make(unid("a"), "", LIVE, file="groups/a.toml", seqtime=1, author="Hub/Acme", digest="d")
    edit = make(unid("a"), own.rev, LIVE, file="groups/a.toml", seqtime=2, author="Hub/Acme", digest="e")
    gone = make(unid("a"), own.rev, DELETED, file="groups/a.toml", seqtime=2, author="Hub/Acme")
    tree = {own.rev: own}
    assert refusal("Reader", True, "Hub/Acme", own, {}) and refusal("No Access", True, "Hub/Acme", own, {})
    assert refusal("Author", False, "Hub/Acme", own, {}) is None
    assert refusal("Author", False, "Hub/Acme", edit, tree) is None
    assert refusal("Author", False, "Mail1/Acme", edit, tree)
    assert refusal("Author", False, "Hub/Acme", gone, tree) and refusal("Author", True, "Hub/Acme", gone, tree) is None
    assert refusal("Editor", False, "Mail1/Acme", edit, tree) is None and refusal("Editor", False, "X", gone, tree)
