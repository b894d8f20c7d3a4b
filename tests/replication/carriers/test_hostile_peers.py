"""Hostile peers: whatever they send, they get an error and nothing changes."""

from __future__ import annotations

import io
import json
import threading
from pathlib import Path
from typing import Any, ClassVar

import pytest
from replication_domain import Domain, group_text, snapshot, unid

from dominocli import errors
from dominocli.cli.serve import Answers
from dominocli.cli.session import Flags, Session
from dominocli.directory.settings import REPLICA_FILE, read_replica, replica_text
from dominocli.directory.text import text_hash
from dominocli.replication.carriers import failures, wire
from dominocli.replication.carriers.ssh import SshCarrier
from dominocli.replication.replica import Replica
from dominocli.replication.replicate import Peer, replicate
from dominocli.replication.revision import DELETED, LIVE, SECOND, make, to_wire

SERVER = "Hub/Acme"
REPLICA_ID = "ab" * 16


@pytest.fixture
def root(domain: Domain) -> Path:
    domain.write(1, "groups/a.toml", group_text("a"))
    replicate(domain.root(1), [], clock=domain.clock)
    return domain.root(1)


def line_of(verb: str, payload: object, number: int = 1) -> bytes:
    return json.dumps({"id": number, "verb": verb, "payload": payload}).encode() + b"\n"


def opening(root: Path, server: str = SERVER) -> bytes:
    return line_of("open", {"version": wire.WIRE, "server": server, "replica": str(root)}, 0)


def ask(root: Path, *lines: bytes, peer: str = "") -> list[dict[str, Any]]:
    """Send lines as they are and return the replies."""
    sink = io.BytesIO()
    answers = Answers(Session("serve", Flags()), root, peer)
    wire.answer_lines(io.BytesIO(b"".join(lines)), sink, answers.answer)
    answers.close()
    return [json.loads(line) for line in sink.getvalue().splitlines()]


def state(root: Path) -> dict[str, bytes]:
    return {name: content for name, content in snapshot(root).items() if not name.endswith(("/lock", "/index"))}


def document(file: str = "groups/x.toml", text: str | None = None, **changes: Any) -> dict[str, Any]:
    """Return a revision on the wire that is right but for what a test changes."""
    text = group_text("x") if text is None else text
    digest = text_hash(text.encode())
    revision = make(unid("x"), "", LIVE, file=file, seqtime=1_790_000_000 * SECOND, author=SERVER, digest=digest)
    wired = to_wire([revision], {digest: text}.get, frozenset())
    return {**wired, **changes}


def changed_meta(**changes: Any) -> dict[str, Any]:
    wired = document()
    return {**wired, "meta": {**wired["meta"], **changes}}


BAD_DOCUMENTS = {
    "a path that leads out": document("../../x.toml"),
    "an absolute path": document("/etc/cron.d/x.toml"),
    "a path into the state": document(".dominocli/replica.toml"),
    "a path with a folder too many": document("groups/../../x.toml"),
    "a hidden file": document("groups/.x.toml"),
    "a control character in the path": document("groups/x\n.toml"),
    "half a surrogate pair in the author": changed_meta(author="\ud800"),
    "another text than its hash": document(toml=group_text("x", comment="forged")),
    "another path than its hash": changed_meta(path="groups/y.toml"),
    "another time than its hash": changed_meta(seqtime=1),
    "another author than its hash": changed_meta(author="Mallory/Evil"),
    "a made up rev": document(_rev=f"1-{'0' * 32}"),
    "a rev of words": document(_rev="latest"),
    "no revisions": document(_revisions=None),
    "a start without end": document(_revisions={"start": 1 << 70, "ids": ["0" * 32]}),
    "ids that are none": document(_revisions={"start": 1, "ids": [5]}),
    "a unid that is a path": document(_id="../../../../etc/passwd"),
    "a unid that is a number": document(_id=7),
    "meta of another shape": document(meta=[1, 2, 3]),
    "ancestors without end": changed_meta(ancestors=[["live", "", "groups/x.toml", 1, "A", "0" * 64]] * 5000),
    "ancestor texts that are a list": document(ancestor_texts=["x"]),
    "an ancestor's text nobody asked for": document(ancestor_texts={text_hash(b"x"): "x"}),
    "a text that is no TOML": document(text="= = ="),
    "a text of another document": document(text=group_text("y")),
    "a text that is a number": document(toml=5),
    "a text beyond the limit": document(text=f"{group_text('x')}# {'x' * (1 << 20)}\n"),
    "a number that nobody can write": document(text=f"{group_text('x')}x = 0x{'f' * 5000}\n"),
    "a TOML bomb": document(text=f"{group_text('x')}x = {'[' * 5000}{']' * 5000}\n"),
    "not even a document": "x",
}


@pytest.mark.parametrize("what", BAD_DOCUMENTS)
def test_a_forged_document_is_refused_alone_or_with_its_batch_if_nothing_can_name_it(root: Path, what: str) -> None:
    ask(root, opening(root), line_of("who", {"replica_id": REPLICA_ID}))
    before = state(root)
    good = document("groups/good.toml", group_text("good"))
    good_text = group_text("good")
    good_digest = text_hash(good_text.encode())
    right = make(unid("good"), "", LIVE, file="groups/good.toml", seqtime=SECOND, author=SERVER, digest=good_digest)
    good = to_wire([right], {good_digest: good_text}.get, frozenset())
    _, reply = ask(root, opening(root), line_of("put", {"docs": [good, BAD_DOCUMENTS[what]]}))
    assert not (root.parent / "x.toml").exists()
    if "error" in reply:
        assert reply["error"]["code"] in ("forged-revision", "protocol"), reply
        assert state(root) == before
        return
    (refused,) = reply["answer"]["refused"]
    assert (refused["id"], refused["rev"]) == (unid("x"), BAD_DOCUMENTS[what]["_rev"])
    assert {name for name in state(root).keys() - before.keys() if not name.startswith(".")} == {"groups/good.toml"}
    replica = Replica.open(root, lambda: 1_790_000_100.0)
    assert not replica.journal.tree(unid("x"))
    replica.close()


BAD_LINES = {
    "no JSON": b"GET / HTTP/1.1\n",
    "not UTF-8": b"\xff\xfe\n",
    "nested deep": b"[" * 300_000 + b"\n",
    "objects nested deep": b'{"a":' * 100_000 + b"\n",
    "a list": b"[1]\n",
    "not a number": b'{"id": NaN, "verb": "who", "payload": {}}\n',
    "a number of a million digits": b'{"id": ' + b"9" * 1_000_000 + b', "verb": "who", "payload": {}}\n',
    "no id": b'{"verb": "who", "payload": {}}\n',
    "an id that is a text": b'{"id": "1", "verb": "who", "payload": {}}\n',
    "an id that is true": b'{"id": true, "verb": "who", "payload": {}}\n',
    "a verb that is a list": b'{"id": 1, "verb": ["who"], "payload": {}}\n',
    "a payload that is a list": b'{"id": 1, "verb": "who", "payload": []}\n',
    "an unknown verb": line_of("delete_everything", {}),
    "a private verb": line_of("__class__", {}),
    "a change since a text": line_of("changes", {"since": "1; DROP TABLE", "limit": 5}),
    "a change since beyond all numbers": line_of("changes", {"since": 1 << 80, "limit": 5}),
    "a change since before the first": line_of("changes", {"since": -1, "limit": 5}),
    "a limit that is true": line_of("changes", {"since": 0, "limit": True}),
    "changes of which none is wanted": line_of("changes", {"since": 0, "limit": 0}),
    "a table of a name with a NUL": line_of("table", {"server": "Mail1\0/Acme"}),
    "a peer's name with a NUL": line_of(
        "hello", {"version": 1, "replica_id": REPLICA_ID, "instance": "0" * 32, "server": "A\0"}
    ),
    "ids that are numbers": line_of("leaves", {"ids": [1]}),
    "revs of a path": line_of("revs_diff", {"revs": {"../../x": ["1-" + "0" * 32]}}),
    "revs that are none": line_of("revs_diff", {"revs": {"0" * 32: ["x" * 100_000]}}),
    "docs that are a dict": line_of("get", {"docs": {"a": 1}}),
    "put of a text": line_of("put", {"docs": "x"}),
    "a checkpoint under a path": line_of("checkpoint_put", {"id": "../../x", "history": []}),
    "a checkpoint of anything": line_of("checkpoint_put", {"id": "0" * 32, "history": [{"x": "y" * 100_000}]}),
    "a checkpoint of a long text": line_of(
        "checkpoint_put", {"id": "0" * 32, "history": [{"session": "0" * 32, "seq": "s" * 10_000}]}
    ),
    "a second opening": line_of("open", {"version": 1, "server": SERVER, "replica": "/"}),
    "another replica's settings": line_of(
        "create", {"server": "Evil/Acme", "settings": {"replica_id": "cd" * 16, "title": "x", "domain": "x"}}
    ),
    "settings with line ends": line_of(
        "create", {"server": "Evil/Acme\n", "settings": {"replica_id": REPLICA_ID, "title": "x", "domain": "x"}}
    ),
}


@pytest.mark.parametrize("what", BAD_LINES)
def test_a_bad_line_is_answered_by_an_error_and_the_next_one_is_heard(root: Path, what: str) -> None:
    ask(root, opening(root), line_of("who", {"replica_id": REPLICA_ID}))
    before = state(root)
    _, reply, who = ask(root, opening(root), BAD_LINES[what], line_of("who", {"replica_id": REPLICA_ID}, 2))
    assert reply["error"]["message"], reply
    assert who["answer"]["server"] == "Mail1/Acme"
    assert state(root) == before


@pytest.mark.parametrize("key", ["replica", "server"])
def test_an_opening_with_a_nul_is_answered_by_an_error(root: Path, key: str) -> None:
    payload = {"version": wire.WIRE, "server": SERVER, "replica": str(root), key: f"{root}\0b"}
    reply, opened = ask(root, line_of("open", payload), opening(root))
    assert reply["error"]["code"] == "protocol"
    assert opened["answer"]["version"] == wire.WIRE


@pytest.mark.parametrize(
    ("raised", "told"), [(RuntimeError("secret"), "a bug"), (OSError(28, "No space left on device"), "No space left")]
)
def test_what_nobody_expected_is_answered_by_an_error_and_ends(raised: Exception, told: str) -> None:
    def answer(verb: str, payload: dict[str, Any]) -> dict[str, Any]:
        raise raised

    sink = io.BytesIO()
    with pytest.raises(type(raised)):
        wire.answer_lines(io.BytesIO(line_of("who", {}) * 2), sink, answer)
    (reply,) = [json.loads(line) for line in sink.getvalue().splitlines()]
    assert reply["id"] == 1
    assert told in reply["error"]["message"]
    assert "secret" not in reply["error"]["message"]


def test_only_long_work_is_told_of_before_its_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer waits until somebody was told: no time has to pass."""
    monkeypatch.setattr(wire, "WORKING_SECONDS", 0.01)
    told = threading.Event()

    class Sink(io.BytesIO):
        def flush(self) -> None:
            told.set()

    def answer(verb: str, payload: dict[str, Any]) -> dict[str, Any]:
        if verb == "replicate":
            assert told.wait(60)
        return {}

    sink = Sink()
    wire.answer_lines(io.BytesIO(line_of("replicate", {}, 7)), sink, answer)
    *working, last = [json.loads(line) for line in sink.getvalue().splitlines()]
    assert working
    assert all(line == {"id": 7, "working": True} for line in working)
    assert last == {"id": 7, "answer": {}}
    sink = Sink()
    wire.answer_lines(io.BytesIO(line_of("who", {})), sink, answer)
    assert json.loads(sink.getvalue()) == {"id": 1, "answer": {}}


def test_an_over_long_line_ends_the_conversation_unread(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "LONGEST_LINE", 5000)
    before = state(root)
    replies = ask(root, opening(root), b'{"id": 1, "verb": "' + b"x" * 10_000, line_of("who", {}))
    assert [reply.get("error", {}).get("code") for reply in replies] == [None, "message-too-long"]
    assert state(root) == before


def test_a_question_without_its_end_was_never_asked(root: Path) -> None:
    before = state(root)
    whole = line_of("put", {"docs": [document()]})
    assert len(ask(root, opening(root), whole[:-1])) == 1
    assert state(root) == before


def test_nothing_is_answered_before_the_opening(root: Path) -> None:
    (reply,) = ask(root, line_of("who", {"replica_id": REPLICA_ID}))
    assert reply["error"]["code"] == "protocol"


def test_a_forced_command_leads_to_its_folder_alone(root: Path, domain: Domain) -> None:
    other = line_of("open", {"version": 1, "server": SERVER, "replica": str(domain.root(2))}, 0)
    refused, who = ask(root, other, line_of("who", {"replica_id": REPLICA_ID}), peer=SERVER)
    assert refused["error"]["code"] == "no-replica-there"
    assert who["error"]["code"] == "protocol"


def test_a_forced_command_gives_one_name_alone(root: Path) -> None:
    (refused,) = ask(root, opening(root, "Mail2/Acme"), peer=SERVER)
    assert refused["error"]["code"] == "access-refused"
    hello = {"version": 1, "replica_id": REPLICA_ID, "instance": "0" * 32, "server": "Mail2/Acme"}
    opened, refused = ask(root, opening(root), line_of("hello", hello), peer=SERVER)
    assert "answer" in opened
    assert refused["error"]["code"] == "access-refused"


def test_the_forced_name_decides_the_access(root: Path) -> None:
    identity = read_replica(root)
    assert identity is not None
    access = {"Reader/Acme": ("Reader", False), "Editor/Acme": ("Editor", False)}
    (root / REPLICA_FILE).write_text(replica_text(identity._replace(access=access)))
    put = line_of("put", {"docs": [document()]})
    recalc = line_of("recalc", {"servers": ["Mail1/Acme"]})
    _, refused, told = ask(root, opening(root, "Reader/Acme"), put, recalc, peer="Reader/Acme")
    assert refused["answer"]["refused"][0]["reason"] == "Reader/Acme has Reader access here"
    assert told["error"]["code"] == "access-refused"
    _, nobody = ask(root, opening(root, "Nobody/Acme"), put, peer="Nobody/Acme")
    assert nobody["error"]["code"] == "access-refused"
    assert not (root / "groups/x.toml").exists()
    _, taken = ask(root, opening(root, "Editor/Acme"), put, peer="Editor/Acme")
    assert taken["answer"]["added"] == 1
    first = document()["_rev"]
    gone = make(unid("x"), first, DELETED, file="groups/x.toml", seqtime=1_790_000_001 * SECOND, author="Editor/Acme")
    text = group_text("x")
    digest = text_hash(text.encode())
    born = make(unid("x"), "", LIVE, file="groups/x.toml", seqtime=1_790_000_000 * SECOND, author=SERVER, digest=digest)
    deletion = to_wire([gone, born], {digest: text}.get, frozenset())
    _, kept = ask(root, opening(root, "Editor/Acme"), line_of("put", {"docs": [deletion]}), peer="Editor/Acme")
    assert "may not delete" in kept["answer"]["refused"][0]["reason"]
    assert (root / "groups/x.toml").exists()


def test_a_reader_cannot_confirm_a_mass_deletion(root: Path) -> None:
    for number in range(12):
        (root / f"groups/n{number}.toml").write_text(group_text(f"n{number}"))
    hello = {"version": 1, "replica_id": REPLICA_ID, "instance": "0" * 32, "server": "Reader/Acme"}
    ask(root, opening(root, "Reader/Acme"), line_of("hello", hello))
    identity = read_replica(root)
    assert identity is not None
    (root / REPLICA_FILE).write_text(replica_text(identity._replace(access={"Reader/Acme": ("Reader", True)})))
    for path in root.glob("groups/*.toml"):
        path.unlink()
    _, reply = ask(root, opening(root, "Reader/Acme"), line_of("hello", {**hello, "allow_mass_delete": True}))
    assert reply["error"]["code"] == "mass-deletion"


class Liar:
    """A far side that answers one verb by something else."""

    replies: ClassVar[dict[str, bytes]] = {}

    def __init__(self, command: list[str], location: str) -> None:
        self.questions: list[bytes] = []

    def exchange(self, line: bytes, seconds: float) -> bytes:
        question = json.loads(line)
        said = self.replies.get(question["verb"])
        if said is None:
            answers: dict[str, Any] = {
                "open": {"version": wire.WIRE},
                "hello": {
                    "version": 1,
                    "replica_id": REPLICA_ID,
                    "instance": "f" * 32,
                    "server": "Mail1/Acme",
                    "clock": 0,
                    "fresh": False,
                    "findings": [],
                    "outcomes": [],
                },
                "checkpoint_get": {"history": []},
                "changes": {"results": [], "last_seq": 0, "more": False},
                "fingerprint": {"fingerprint": "0" * 64, "files_read": 0},
            }
            said = json.dumps({"answer": answers.get(question["verb"], {})}).encode()
        return b'{"id": %d, ' % question["id"] + said[1:] + b"\n"

    def close(self) -> None:
        self.questions.clear()


ONE = {"seq": 1, "id": "0" * 32, "revs": ["1-" + "0" * 32]}
LIES = {
    "hello of another shape": ("hello", {"answer": {"version": 1}}),
    "a hello that is an error nobody knows": ("hello", {"error": {"code": "x", "message": "y", "hint": ""}}),
    "an error that is no object": ("hello", {"error": "x"}),
    "findings that are numbers": ("hello", {"answer": {"findings": [1]}}),
    "no answer": ("changes", {}),
    "an answer that is a list": ("changes", {"answer": []}),
    "changes that are none": ("changes", {"answer": {"results": [1], "last_seq": 1, "more": False}}),
    "ids that are paths": ("changes", {"answer": {"results": [{**ONE, "id": "../x"}], "last_seq": 1, "more": False}}),
    "changes without an end": ("changes", {"answer": {"results": [], "last_seq": 0, "more": True}}),
    "documents it does not give": ("changes", {"answer": {"results": [ONE], "last_seq": 1, "more": False}}),
    "sessions that are none": ("checkpoint_get", {"answer": {"history": [{"seq": 1}]}}),
    "a fingerprint that is none": ("fingerprint", {"answer": {"fingerprint": 5, "files_read": 0}}),
}


@pytest.mark.parametrize("what", LIES)
def test_a_lying_server_is_one_server_that_failed(domain: Domain, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    verb, reply = LIES[what]
    monkeypatch.setattr(Liar, "replies", {verb: json.dumps(reply).encode() if reply else b"{}"})
    monkeypatch.setattr("dominocli.replication.carriers.ssh.Pipe", Liar)
    domain.write(0, "groups/a.toml", group_text("a"))
    before = domain.files(0)
    report = replicate(
        domain.hub,
        [Peer("Mail1/Acme", "ssh://far.example/acme"), Peer("Mail2/Acme", str(domain.root(2)))],
        clock=domain.clock,
    )
    assert report.servers[0].state == "unreachable", report.servers[0]
    assert report.servers[1].state == "done"
    assert domain.files(0) == domain.files(2) == before


def test_an_answer_to_another_question_is_refused(monkeypatch: pytest.MonkeyPatch, domain: Domain) -> None:
    class Late(Liar):
        def exchange(self, line: bytes, seconds: float) -> bytes:
            answer = super().exchange(line, seconds)
            return answer if b'"open"' in line else answer.replace(b'"id": 2', b'"id": 1')

    monkeypatch.setattr("dominocli.replication.carriers.ssh.Pipe", Late)
    carrier = SshCarrier("ssh://far.example/acme", SERVER, domain.clock)
    with pytest.raises(failures.ProtocolFault, match="another question"):
        carrier.call("fingerprint", {})
    with pytest.raises(errors.ReplicaUnreachable):
        carrier.call("fingerprint", {})
