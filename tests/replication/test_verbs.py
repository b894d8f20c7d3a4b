"""The verbs: what any carrier may ask, by payloads and answers that JSON can hold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import nullcontext
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


def test_a_forged_document_is_refused_and_named_and_one_without_a_name_refuses_all(domain: Domain) -> None:
    filled(domain)
    domain.replicate()
    replica = Replica.open(domain.hub, domain.clock)
    verbs = Verbs(replica, "Mail1/Acme")
    leaves = verbs.call("leaves", {"ids": [unid("a"), unid("b")]})["revs"]
    documents = verbs.call("get", {"docs": [{"id": u, "revs": revs} for u, revs in leaves.items()]})["docs"]
    documents[1]["meta"]["author"] = "Eve"
    before = snapshot(domain.hub / "groups")
    (refused,) = verbs.call("put", {"docs": documents})["refused"]
    assert (refused["id"], refused["rev"]) == (documents[1]["_id"], documents[1]["_rev"])
    assert "does not follow from its contents" in refused["reason"]
    with pytest.raises(errors.ForgedRevision):
        verbs.call("put", {"docs": [documents[0], {**documents[1], "_rev": "none"}]})
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


def test_a_forged_document_stops_no_other_of_its_batch(domain: Domain) -> None:
    filled(domain)

    class Forging(ByJson):
        def call(self, verb: str, payload: Mapping[str, Any]) -> dict[str, Any]:
            if verb == "put":
                payload = json.loads(json.dumps(payload))
                next(d for d in payload["docs"] if d["_id"] == unid("b"))["meta"]["author"] = "Eve"
            return super().call(verb, payload)

    report = replicate(domain.hub, domain.peers()[:1], clock=domain.clock, connect=Forging)
    assert list(domain.files(1)) == ["groups/a.toml", "groups/c.toml", "groups/d.toml"]
    assert len(report.servers[0].refused) == 1 and not report.complete
    assert domain.replicate().identical and domain.all_equal()


def test_no_commit_is_skipped_by_a_checkpoint_however_late_it_comes(domain: Domain) -> None:
    filled(domain)
    replicate(domain.hub, [], clock=domain.clock)
    verbs = Verbs(Replica.open(domain.hub, domain.clock), "Mail1/Acme")
    journal = verbs.replica.journal
    rows = journal.changes(0, 200)

    def changes_then_another_commits(since: int, limit: int) -> list[tuple[int, str]]:
        domain.write(0, "groups/late.toml", group_text("late"))
        replicate(domain.hub, [], clock=domain.clock)
        return [row for row in rows if row[0] > since]

    journal.changes = changes_then_another_commits  # type: ignore[method-assign]
    journal.at_one_moment = nullcontext  # type: ignore[method-assign,assignment]
    page = verbs.call("changes", {"since": 0})
    assert page["last_seq"] == rows[-1][0] < journal.last_seq()
    assert verbs.call("changes", {"since": page["last_seq"]})["last_seq"] == page["last_seq"]
    verbs.close()
