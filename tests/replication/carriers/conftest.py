"""The carriers' far sides: a folder, a folder behind a real sshd, a database of a real CouchDB-protocol server."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from replication_domain import Domain

sys.path.insert(0, str(Path(__file__).parents[2] / "engines"))

from real_engines import Couch, Sshd, couchdb, sshd

from dominocli.directory.settings import read_settings
from dominocli.replication.carriers.carrier import Carrier, connect
from dominocli.replication.carriers.couch_setup import prepare

KINDS = ("folder", "ssh", "couchdb")


@pytest.fixture(scope="session")
def real_couchdb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Couch]:
    with couchdb(tmp_path_factory.mktemp("couchdb")) as couch:
        yield couch


@pytest.fixture(scope="session")
def real_sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with sshd(tmp_path_factory.mktemp("sshd")) as server:
        yield server


@pytest.fixture
def ssh(real_sshd: Sshd, monkeypatch: pytest.MonkeyPatch) -> Sshd:
    """The sshd, and an ssh that knows it."""
    monkeypatch.setenv("DOMINOCLI_SSH", real_sshd.ssh)
    real_sshd.allow()
    return real_sshd


@pytest.fixture
def couch(real_couchdb: Couch, monkeypatch: pytest.MonkeyPatch) -> Couch:
    """The CouchDB, with its administrator's credentials in the environment."""
    monkeypatch.setenv("DOMINOCLI_COUCHDB_USER", real_couchdb.user)
    monkeypatch.setenv("DOMINOCLI_COUCHDB_PASSWORD", real_couchdb.password)
    return real_couchdb


@pytest.fixture
def database(couch: Couch) -> Iterator[str]:
    """The location of a database that does not exist yet."""
    name = f"dominocli-test-{uuid.uuid4().hex[:12]}"
    yield couch.location(name)
    couch.ask("DELETE", name)


class Far:
    """One far replica behind a carrier. `folder` is where its files are, None where there are none."""

    def __init__(self, domain: Domain, kind: str, location: str, folder: Path | None) -> None:
        self.domain = domain
        self.kind = kind
        self.location = location
        self.folder = folder
        self.replica_id = read_settings(domain.hub).replica_id

    def connect(self, server: str = "Hub/Acme") -> Carrier:
        return connect(self.location, server, self.domain.clock)


@pytest.fixture(params=KINDS)
def far(request: pytest.FixtureRequest, domain: Domain) -> Far:
    """An empty replica of the domain behind each kind of carrier."""
    if request.param == "folder":
        return Far(domain, "folder", str(domain.root(1)), domain.root(1))
    if request.param == "ssh":
        server: Sshd = request.getfixturevalue("ssh")
        return Far(domain, "ssh", server.location(domain.root(1)), domain.root(1))
    location: str = request.getfixturevalue("database")
    prepare(location, read_settings(domain.hub), dry_run=False)
    return Far(domain, "couchdb", location, None)
