"""What every carrier has to do, whatever is behind it: the one contract of all of them.

DOMINOCLI_TEST_COUCHDB_URL=http://user:password@host:port runs the CouchDB part against that one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from replication_domain import Domain, group_text, snapshot, unid

from dominocli import errors
from dominocli.directory.text import text_hash
from dominocli.replication.carriers.carrier import Carrier
from dominocli.replication.replicate import Peer, replicate
from dominocli.replication.revision import CLOSED, DELETED, LIVE, SECOND, Revision, from_wire, make, to_wire
from dominocli.replication.verbs import PROTOCOL

TIME = 1_790_000_000 * SECOND


class Script:
    """Revisions made by hand, and the documents they are on the wire."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    def live(self, name: str, parent: str = "", text: str = "", *, seqtime: int = TIME) -> Revision:
        text = text or group_text(name)
        digest = text_hash(text.encode())
        self.texts[digest] = text
        return make(
            unid(name), parent, LIVE, file=f"groups/{name}.toml", seqtime=seqtime, author="A/Acme", digest=digest
        )

    def dead(self, name: str, parent: str, kind: str = DELETED, into: str = "") -> Revision:
        file = f"groups/{name}.toml"
        return make(unid(name), parent, kind, file=file, seqtime=TIME, author="A/Acme", into=into)

    def wire(self, *lineage: Revision) -> dict[str, Any]:
        return to_wire(lineage, self.texts.get, frozenset())


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def carrier(far: Any) -> Iterator[Carrier]:
    opened = far.connect()
    greet(opened, far.replica_id)
    yield opened
    opened.close()


def greet(carrier: Carrier, replica_id: str, **more: bool) -> dict[str, Any]:
    greeting = {"version": PROTOCOL, "replica_id": replica_id, "instance": "a" * 32, "server": "Hub/Acme"}
    return carrier.call("hello", {**greeting, **more})


def walk(carrier: Carrier, since: object = 0, limit: int = 200) -> tuple[dict[str, list[str]], object]:
    found: dict[str, list[str]] = {}
    while True:
        page = carrier.call("changes", {"since": since, "limit": limit})
        found.update({row["id"]: sorted(row["revs"]) for row in page["results"]})
        since = page["last_seq"]
        if not page["more"]:
            return found, since


def put(carrier: Carrier, *documents: dict[str, Any]) -> dict[str, Any]:
    return carrier.call("put", {"docs": list(documents)})


def counts(answer: dict[str, Any]) -> tuple[int, int, int]:
    return answer["added"], answer["updated"], answer["deleted"]


def test_hello_says_who_this_is(far: Any) -> None:
    carrier = far.connect()
    who = carrier.call("who", {"replica_id": far.replica_id})
    hello = greet(carrier, far.replica_id)
    carrier.close()
    assert hello["replica_id"] == who["replica_id"] == far.replica_id
    assert hello["instance"] == who["instance"] and len(hello["instance"]) == 32
    assert hello["version"] == PROTOCOL
    assert hello["fresh"] is False
    assert hello["server"] in ("Mail1/Acme", "")


def test_another_directory_is_refused(far: Any) -> None:
    carrier = far.connect()
    for verb in ("who", "hello"):
        with pytest.raises(errors.NoReplicaThere, match="another directory"):
            greeting = {"version": PROTOCOL, "replica_id": "cd" * 16, "instance": "a" * 32, "server": "Hub/Acme"}
            carrier.call(verb, greeting if verb == "hello" else {"replica_id": "cd" * 16})
    carrier.close()


def test_an_empty_replica_has_no_changes(carrier: Carrier) -> None:
    assert walk(carrier)[0] == {}


def test_what_was_put_is_listed_known_and_given_back_unchanged(carrier: Carrier, script: Script) -> None:
    text = group_text("a", comment="Grüße, 日本 🙂 \\u0007 \\\\ 9007199254740993")
    revision = script.live("a", text=text)
    document = script.wire(revision)
    answer = put(carrier, document)
    assert counts(answer) == (1, 0, 0)
    assert answer["refused"] == answer["outcomes"] == answer["blocked"] == []
    assert walk(carrier)[0] == {revision.unid: [revision.rev]}
    assert carrier.call("leaves", {"ids": [revision.unid, unid("none")]})["revs"].get(revision.unid) == [revision.rev]
    other = f"1-{'0' * 32}"
    missing = carrier.call("revs_diff", {"revs": {revision.unid: [revision.rev, other], unid("b"): [other]}})
    assert {key: entry["missing"] for key, entry in missing.items()} == {revision.unid: [other], unid("b"): [other]}
    got = carrier.call("get", {"docs": [{"id": revision.unid, "revs": [revision.rev]}]})
    assert [from_wire(entry) for entry in got["docs"]] == [from_wire(document)]
    assert got["left"] == []


def test_what_is_not_there_is_not_given(carrier: Carrier, script: Script) -> None:
    put(carrier, script.wire(script.live("a")))
    asked = [{"id": unid("a"), "revs": [f"7-{'0' * 32}"]}, {"id": unid("z"), "revs": [f"1-{'1' * 32}"]}]
    assert carrier.call("get", {"docs": asked})["docs"] == []


def test_a_second_put_changes_nothing(carrier: Carrier, script: Script) -> None:
    document = script.wire(script.live("a"))
    put(carrier, document)
    before = walk(carrier)
    put(carrier, document)
    assert walk(carrier)[0] == before[0]
    assert carrier.call("revs_diff", {"revs": before[0]}) == {}


def test_counts_tell_added_updated_and_deleted(carrier: Carrier, script: Script) -> None:
    first = script.live("a")
    assert counts(put(carrier, script.wire(first), script.wire(script.live("b")))) == (2, 0, 0)
    second = script.live("a", first.rev, group_text("a", comment="second"))
    assert counts(put(carrier, script.wire(second, first))) == (0, 1, 0)
    third = script.dead("a", second.rev)
    assert counts(put(carrier, script.wire(third, second, first))) == (0, 0, 1)
    assert walk(carrier)[0][unid("a")] == [third.rev]
    (document,) = carrier.call("get", {"docs": [{"id": unid("a"), "revs": [third.rev]}]})["docs"]
    assert document["_deleted"] is True
    assert from_wire(document).revision == third


def test_the_texts_of_ancestors_come_back_with_a_document(carrier: Carrier, script: Script) -> None:
    first = script.live("a")
    second = script.live("a", first.rev, group_text("a", comment="second"))
    put(carrier, script.wire(second, first))
    (document,) = carrier.call("get", {"docs": [{"id": unid("a"), "revs": [second.rev]}]})["docs"]
    assert from_wire(document).texts.keys() == {first.digest, second.digest}


def test_a_closed_leaf_stays_a_leaf(carrier: Carrier, script: Script) -> None:
    first = script.live("a")
    winner = script.live("a", first.rev, group_text("a", comment="won"), seqtime=TIME + SECOND)
    loser = script.live("a", first.rev, group_text("a", comment="lost"))
    closed = script.dead("a", loser.rev, CLOSED, winner.rev)
    put(carrier, script.wire(winner, first), script.wire(closed, loser, first))
    assert walk(carrier)[0][unid("a")] == sorted([winner.rev, closed.rev])
    got = carrier.call("get", {"docs": [{"id": unid("a"), "revs": [winner.rev, closed.rev]}]})["docs"]
    assert {from_wire(document).revision for document in got} == {winner, closed}


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 200])
def test_pages_of_changes_hold_every_document_once(carrier: Carrier, script: Script, limit: int) -> None:
    names = [f"g{number}" for number in range(6)]
    put(carrier, *(script.wire(script.live(name)) for name in names))
    found, since = walk(carrier, limit=limit)
    assert found.keys() == {unid(name) for name in names}
    assert walk(carrier, since)[0] == {}
    put(carrier, script.wire(script.live("later")))
    assert walk(carrier, since, limit)[0].keys() == {unid("later")}


def test_checkpoints_are_kept_for_a_later_connection(far: Any, carrier: Carrier) -> None:
    name = "c" * 32
    assert carrier.call("checkpoint_get", {"id": name})["history"] == []
    history = [{"session": f"{n:032x}", "seq": n} for n in range(3)]
    for length in (1, 3):
        carrier.call("checkpoint_put", {"id": name, "history": history[:length]})
    again = far.connect()
    greet(again, far.replica_id)
    assert again.call("checkpoint_get", {"id": name})["history"] == history
    again.close()


def test_a_rehearsal_writes_nothing(far: Any, script: Script, tmp_path: Any) -> None:
    before = snapshot(tmp_path)
    carrier = far.connect()
    greet(carrier, far.replica_id, record=False)
    answer = put(carrier, script.wire(script.live("a")))
    carrier.call("checkpoint_put", {"id": "c" * 32, "history": [{"session": "d" * 32, "seq": 1}]})
    carrier.close()
    assert counts(answer) == (1, 0, 0)
    assert answer["moved"] == [["added", "groups/a.toml"]]
    assert snapshot(tmp_path) == before
    again = far.connect()
    greet(again, far.replica_id)
    assert walk(again)[0] == {}
    assert again.call("checkpoint_get", {"id": "c" * 32})["history"] == []
    again.close()


def test_two_replicas_that_only_share_a_far_one_become_equal(far: Any, domain: Domain) -> None:
    for number, name in ((0, "a"), (2, "b")):
        domain.write(number, f"groups/{name}.toml", group_text(name))
    peer = Peer("Mail1/Acme", far.location)
    for number in (0, 2, 0):
        report = replicate(domain.root(number), [peer], clock=domain.clock)
        assert report.servers[0].state == "done", report.servers[0]
        assert report.identical
    assert domain.files(0) == domain.files(2) != {}
    again = replicate(domain.root(2), [peer], clock=domain.clock).servers[0]
    assert (again.pulled.as_json(), again.pushed.as_json()) == ({"added": 0, "updated": 0, "deleted": 0},) * 2
    assert again.bytes_sent == 0 if far.kind == "folder" else 0 < again.bytes_sent < 4000
