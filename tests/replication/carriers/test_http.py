"""What CouchDBs and proxies answer besides what they should: each told apart, none waited for without end."""

from __future__ import annotations

import contextlib
import json
import shutil
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from real_engines import missing
from replication_domain import Domain, group_text

from dominocli import errors
from dominocli.replication.carriers import failures
from dominocli.replication.carriers.couchdb import NOT_KEPT, CouchCarrier
from dominocli.replication.carriers.credentials import Credentials, credentials_for
from dominocli.replication.carriers.http import CouchHttp
from dominocli.replication.replicate import Peer, replicate

Answer = tuple[int, dict[str, str], bytes]
Server = Callable[..., Any]


class Fake:
    """A server that answers by a function of method, path and body; `asked` is all it heard."""

    def __init__(self, answer: Callable[[str, str, Any], Answer | None]) -> None:
        self.answer = answer
        self.asked: list[tuple[str, str, Any]] = []
        self.headers: list[dict[str, str]] = []
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def respond(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else None
                fake.asked.append((self.command, self.path, body))
                fake.headers.append(dict(self.headers))
                answer = fake.answer(self.command, self.path, body)
                if answer is None:
                    self.close_connection = True
                    return
                status, headers, content = answer
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", **headers}.items():
                    self.send_header(name, value)
                if "Content-Length" not in headers:
                    self.send_header("Content-Length", str(len(content)))
                else:
                    self.close_connection = True
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *arguments: object) -> None:
                """Say nothing."""

        for method in ("GET", "POST", "PUT"):
            setattr(Handler, f"do_{method}", Handler.respond)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]

    @property
    def location(self) -> str:
        return f"couchdb+http://127.0.0.1:{self.port}/names"


@contextlib.contextmanager
def serving(answer: Callable[[str, str, Any], Answer | None], context: ssl.SSLContext | None = None) -> Iterator[Fake]:
    fake = Fake(answer)
    if context is not None:
        fake.server.socket = context.wrap_socket(fake.server.socket, server_side=True)
    thread = threading.Thread(target=fake.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        fake.server.shutdown()
        fake.server.server_close()
        thread.join()


def said(status: int, body: object = None, **headers: str) -> Answer:
    content = b"{}" if body is None else json.dumps(body).encode()
    return status, {name.replace("_", "-"): value for name, value in headers.items()}, content


@pytest.fixture(autouse=True)
def no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DOMINOCLI_COUCHDB_USER", "DOMINOCLI_COUCHDB_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NETRC", str(tmp_path / "no-netrc"))


def ask(fake: Fake, pauses: list[float] | None = None, seconds: float = 5.0) -> Any:
    http = CouchHttp(fake.location, seconds, sleep=(pauses if pauses is not None else []).append)
    try:
        return http.call("GET", "_local/dominocli").body
    finally:
        http.close()


@pytest.mark.parametrize(
    ("answer", "kind", "told"),
    [
        (
            said(401, {"error": "unauthorized", "reason": "Name or password is incorrect."}),
            failures.CredentialsRefused,
            "incorrect",
        ),
        (said(403, {"error": "forbidden", "reason": "You are not allowed."}), failures.NoRight, "not allowed"),
        (said(302, None, Location="http://169.254.169.254/"), errors.ReplicaUnreachable, "sends us elsewhere"),
        ((200, {}, b"<html>"), failures.ProtocolFault, "no JSON"),
        ((200, {}, b'{"a": ' * 100_000), failures.ProtocolFault, "nested too deep"),
        ((200, {}, b'{"a": NaN}'), failures.ProtocolFault, "NaN"),
        ((401, {"Content-Type": "text/html"}, b"<html>"), failures.CredentialsRefused, "HTTP 401"),
    ],
)
def test_answers_are_told_apart(answer: Answer, kind: type[errors.DominoError], told: str) -> None:
    with serving(lambda *_: answer) as fake, pytest.raises(kind, match=told):
        ask(fake)
    assert len(fake.asked) == 1


def test_a_busy_server_is_asked_again_when_it_says() -> None:
    answers = iter(
        [said(429, None, Retry_After="3"), said(503), said(502, None, Retry_After="soon"), said(200, {"x": 1})]
    )
    pauses: list[float] = []
    with serving(lambda *_: next(answers)) as fake:
        assert ask(fake, pauses, 60.0) == {"x": 1}
    assert pauses == [3.0, 1.0, 2.0]


@pytest.mark.parametrize(("status", "retry_after", "tries"), [(500, "", 5), (429, "1", 5), (429, "86400", 1)])
def test_a_server_that_stays_busy_is_given_up(status: int, retry_after: str, tries: int) -> None:
    pauses: list[float] = []
    headers = {"Retry_After": retry_after} if retry_after else {}
    told = rf"HTTP {status} \(busy\)"
    with serving(lambda *_: said(status, {"error": "busy"}, **headers)) as fake:  # noqa: SIM117 - fake is used below
        with pytest.raises(errors.ReplicaUnreachable, match=told):
            ask(fake, pauses, 60.0)
    assert len(fake.asked) == tries
    assert sum(pauses) <= 60


def test_a_cut_connection_is_tried_again() -> None:
    answers = iter([None, (200, {"Content-Length": "100"}, b'{"cut": '), said(200, {"whole": True})])
    with serving(lambda *_: next(answers)) as fake:
        assert ask(fake) == {"whole": True}
    with serving(lambda *_: None) as fake, pytest.raises(errors.ReplicaUnreachable, match="was cut"):
        ask(fake, [], 60.0)


def test_an_answer_that_never_comes_is_given_up() -> None:
    def hang(*_: object) -> None:
        time.sleep(3)

    with serving(hang) as fake, pytest.raises(errors.ReplicaUnreachable, match="no answer within"):
        ask(fake, [], 0.3)


def test_an_answer_that_drips_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(lambda *_: said(200)) as fake:
        handler: Any = fake.server.RequestHandlerClass

        def drip(self: Any) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", "100000")
            self.end_headers()
            self.close_connection = True
            with contextlib.suppress(OSError):
                for _ in range(200):
                    self.wfile.write(b" ")
                    time.sleep(0.05)

        monkeypatch.setattr(handler, "do_GET", drip)
        began = time.monotonic()
        with pytest.raises(errors.ReplicaUnreachable, match="no answer within"):
            ask(fake, [], 0.5)
        assert time.monotonic() - began < 5


def test_an_over_long_answer_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dominocli.replication.carriers.http.LONGEST_LINE", 10_000)
    with serving(lambda *_: said(200, "x" * 20_000)) as fake, pytest.raises(failures.MessageTooLong):
        ask(fake)


def test_nobody_there_is_unreachable() -> None:
    with serving(lambda *_: said(200)) as fake:
        location = fake.location
    http = CouchHttp(location, 5.0)
    with pytest.raises(errors.ReplicaUnreachable, match="refused"):
        http.call("GET", "")
    http.close()


def test_tls_is_verified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if shutil.which("openssl") is None:
        missing("openssl")
    files = ["-keyout", str(tmp_path / "key"), "-out", str(tmp_path / "cert"), "-days", "2", "-subj", "/CN=localhost"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run([*command, *files], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert", tmp_path / "key")
    with serving(lambda *_: said(200, {"x": 1}), context) as fake:
        http = CouchHttp(f"couchdb+https://localhost:{fake.port}/names", 5.0)
        with pytest.raises(failures.TlsFailed, match="certificate"):
            http.call("GET", "")
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert"))
        trusting = CouchHttp(f"couchdb+https://localhost:{fake.port}/names", 5.0)
        assert trusting.call("GET", "").body == {"x": 1}
        for opened in (http, trusting):
            opened.close()
    with serving(lambda *_: said(200)) as plain:
        http = CouchHttp(f"couchdb+https://localhost:{plain.port}/names", 5.0)
        with pytest.raises(failures.TlsFailed):
            http.call("GET", "")
        http.close()


def test_credentials_come_from_the_environment_then_from_netrc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert credentials_for("couch.example") is None
    path = tmp_path / "netrc"
    path.write_text("machine couch.example login ann password s3cret\n")
    path.chmod(0o600)
    monkeypatch.setenv("NETRC", str(path))
    assert credentials_for("couch.example") == Credentials("ann", "s3cret")
    assert credentials_for("other.example") is None
    monkeypatch.setenv("DOMINOCLI_COUCHDB_USER", "bob")
    with pytest.raises(failures.CredentialsRefused, match="DOMINOCLI_COUCHDB_PASSWORD is not set"):
        credentials_for("couch.example")
    monkeypatch.setenv("DOMINOCLI_COUCHDB_PASSWORD", "pass:wörd")
    assert credentials_for("couch.example") == Credentials("bob", "pass:wörd")
    with serving(lambda *_: said(200, {})) as fake:
        ask(fake)
    assert fake.headers[0]["Authorization"] == "Basic Ym9iOnBhc3M6d8O2cmQ="
    path.write_text("host couch.example login")
    for name in ("DOMINOCLI_COUCHDB_USER", "DOMINOCLI_COUCHDB_PASSWORD"):
        monkeypatch.delenv(name)
    with pytest.raises(failures.CredentialsRefused):
        credentials_for("couch.example")


class Database:
    """As much of a CouchDB as replication asks for, which refuses what a test says."""

    def __init__(self, replica_id: str) -> None:
        self.local: dict[str, Any] = {"dominocli": {"replica_id": replica_id, "instance": "f" * 32}}
        self.documents: dict[str, dict[str, Any]] = {}
        self.refuse: Callable[[list[dict[str, Any]]], Answer | None] = lambda docs: None

    def answer(self, method: str, path: str, body: Any) -> Answer:
        verb = path.removeprefix("/names/").partition("?")[0]
        if verb.startswith("_local/"):
            name = verb.removeprefix("_local/")
            if method == "PUT":
                self.local[name] = {**body, "_rev": f"0-{len(self.local)}"}
                return said(201)
            return said(200, self.local[name]) if name in self.local else said(404, {"error": "not_found"})
        if verb == "_changes":
            return said(200, {"results": [], "last_seq": "7-opaque/текст+=&"})
        if verb == "_revs_diff":
            lacking = {
                i: [rev for rev in revs if self.documents.get(i, {}).get("_rev") != rev] for i, revs in body.items()
            }
            return said(200, {unid: {"missing": revs} for unid, revs in lacking.items() if revs})
        if verb == "_all_docs":
            return said(200, {"rows": [{"key": key, "error": "not_found"} for key in body["keys"]]})
        assert verb == "_bulk_docs" and body["new_edits"] is False
        if refused := self.refuse(body["docs"]):
            return refused
        self.documents.update({document["_id"]: document for document in body["docs"]})
        return said(201, [])


def pushed(domain: Domain, database: Database, names: str) -> Any:
    for name in names:
        domain.write(0, f"groups/{name}.toml", group_text(name))
    with serving(database.answer) as fake:
        return replicate(domain.hub, [Peer("Mail1/Acme", fake.location)], clock=domain.clock).servers[0]


def test_a_batch_that_is_too_large_is_halved_until_the_culprit_stands_alone(domain: Domain) -> None:
    database = Database("ab" * 16)
    sizes: list[int] = []

    def refuse(documents: list[dict[str, Any]]) -> Answer | None:
        sizes.append(len(documents))
        culprit = any("groups/e.toml" in document["meta"]["path"] for document in documents)
        return said(413, {"error": "document_too_large"}) if culprit else None

    database.refuse = refuse
    row = pushed(domain, database, "abcdefgh")
    assert row.state == "done"
    assert [(file, reason) for file, _, reason in row.refused] == [
        ("groups/e.toml", "the document is too large for this CouchDB")
    ]
    assert len(database.documents) == 7
    assert sizes[0] == 8 and sizes.count(1) >= 1 and len(sizes) < 10
    assert row.pushed.added == 7


def test_a_refused_document_is_named_and_offered_again(domain: Domain) -> None:
    database = Database("ab" * 16)

    def refuse(documents: list[dict[str, Any]]) -> Answer | None:
        (bad,) = [d["_id"] for d in documents if d["meta"]["path"] == "groups/b.toml"]
        database.documents.update({d["_id"]: d for d in documents if d["_id"] != bad})
        return said(201, [{"id": bad, "error": "forbidden", "reason": "ann is no Editor here"}])

    database.refuse = refuse
    row = pushed(domain, database, "ab")
    assert [(file, reason) for file, _, reason in row.refused] == [("groups/b.toml", "ann is no Editor here")]
    database.refuse = lambda documents: None
    row = pushed(domain, database, "")
    assert (row.state, row.refused, row.pushed.added) == ("done", [], 1)
    assert len(database.documents) == 2


def test_a_server_that_says_yes_and_keeps_nothing_is_found_out(domain: Domain) -> None:
    database = Database("ab" * 16)
    database.refuse = lambda documents: said(201, [])
    row = pushed(domain, database, "ab")
    assert {reason for _, _, reason in row.refused} == {NOT_KEPT}
    assert not row.identical


TABLE = {"server": "Mail1/Acme", "table": "", "fingerprint": "", "as_of": ""}
SESSIONS = {"id": "0" * 32, "history": []}


@pytest.mark.parametrize("status", [403, 409])
def test_a_table_that_cannot_be_kept_is_an_error_and_a_checkpoint_is_none(status: int) -> None:
    def answer(method: str, path: str, body: Any) -> Answer:
        return said(404, {}) if method == "GET" else said(status, {"error": "no"})

    with serving(answer) as fake:
        carrier = CouchCarrier(fake.location, "Hub/Acme", time.time)
        assert carrier.call("checkpoint_put", SESSIONS) == {}
        with pytest.raises(errors.DominoError, match=f"HTTP {status}"):
            carrier.call("table_put", TABLE)
        carrier.close()


def test_opaque_sequence_values_go_back_as_they_came(domain: Domain) -> None:
    from urllib.parse import unquote

    database = Database("ab" * 16)
    domain.write(0, "groups/a.toml", group_text("a"))
    with serving(database.answer) as fake:
        for _ in range(2):
            replicate(domain.hub, [Peer("Mail1/Acme", fake.location)], clock=domain.clock)
        changes = [path for _, path, _ in fake.asked if "_changes" in path]
    assert [unquote(path.partition("since=")[2].partition("&limit")[0]) for path in changes] == [
        "0",
        "7-opaque/текст+=&",
        "7-opaque/текст+=&",
    ]


def test_a_database_that_is_not_there_is_no_replica(domain: Domain) -> None:
    answer = said(404, {"error": "not_found", "reason": "Database does not exist."})
    with serving(lambda *_: answer) as fake:
        row = replicate(domain.hub, [Peer("Mail1/Acme", fake.location)], clock=domain.clock).servers[0]
        assert row.state == "no-replica"
        assert "dominocli couchdb init" in row.hint
    with serving(lambda *_: said(200, {"replica_id": 5})) as fake:
        carrier = CouchCarrier(fake.location, "Hub/Acme", domain.clock)
        with pytest.raises(failures.ProtocolFault):
            carrier.call("who", {"replica_id": "ab" * 16})
        with pytest.raises(errors.CarrierUnavailable):
            carrier.call("recalc", {"servers": []})
        carrier.close()
