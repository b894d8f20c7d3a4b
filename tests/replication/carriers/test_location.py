"""Locations come from replicated documents: what could be an option, a command or a secret is refused."""

from __future__ import annotations

import pytest

from dominocli.replication.carriers import failures
from dominocli.replication.carriers.carrier import confirmed
from dominocli.replication.carriers.location import couch_location, ssh_location


@pytest.mark.parametrize(
    "location",
    [
        "ssh://-oProxyCommand=evil/srv",
        "ssh://-l@host/srv",
        "ssh://%2doProxyCommand=x@host/srv",
        "ssh://host;evil/srv",
        "ssh://$(evil)/srv",
        "ssh://`evil`/srv",
        "ssh://a b/srv",
        "ssh://host",
        "ssh://host/",
        "ssh:///srv",
        "ssh://user:secret@host/srv",
        "ssh://@host/srv",
        "ssh://host:0x/srv",
        "ssh://host:99999/srv",
        "ssh://host/srv?x=1",
        "ssh://host/srv#x",
        "ssh://host/srv%0aevil",
        "ssh://[::1/srv",
        "ssh://host/" + "x" * 1000,
        "ssh://hos\u200et/srv",
    ],
)
def test_an_ssh_location_that_could_mean_something_else_is_refused(location: str) -> None:
    with pytest.raises(failures.InvalidLocation):
        ssh_location(location)


@pytest.mark.parametrize(
    "location",
    [
        "couchdb+http://couch.example/names",
        "couchdb+http://127.0.0.1.evil.example/names",
        "couchdb+http://10.0.0.1/names",
        "couchdb+https://couch.example",
        "couchdb+https://couch.example/",
        "couchdb+https://couch.example/Names",
        "couchdb+https://couch.example/_users",
        "couchdb+https://couch.example/a/../b",
        "couchdb+https://couch.example/na%2fmes",
        "couchdb+https://couch.example/names?x=1",
        "couchdb+https:///names",
        "couchdb+https://-x/names",
        "couchdb+https://couch.example:port/names",
    ],
)
def test_a_couchdb_location_that_is_no_database_is_refused(location: str) -> None:
    with pytest.raises(failures.InvalidLocation):
        couch_location(location)


@pytest.mark.parametrize("user", ["ann:secret@", "ann@", ":secret@"])
def test_credentials_in_a_location_are_refused_and_not_repeated(user: str) -> None:
    with pytest.raises(failures.InvalidLocation) as failure:
        couch_location(f"couchdb+https://{user}couch.example/names")
    assert "secret" not in failure.value.message
    assert "DOMINOCLI_COUCHDB_PASSWORD" in failure.value.hint


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("couchdb+https://couch.example/names", "https://couch.example/names"),
        ("couchdb+https://couch.example:6984/acme-names/", "https://couch.example:6984/acme-names"),
        ("couchdb+https://gate.example/couch/names", "https://gate.example/couch/names"),
        ("couchdb+http://localhost:5984/names", "http://localhost:5984/names"),
        ("couchdb+http://127.1.2.3:5984/names", "http://127.1.2.3:5984/names"),
        ("couchdb+http://[::1]:5984/names", "http://[::1]:5984/names"),
    ],
)
def test_a_database_has_an_address(location: str, url: str) -> None:
    assert couch_location(location).url == url


@pytest.mark.parametrize("location", ["ssh://host/srv", "couchdb+https://couch.example/names"])
def test_a_url_nobody_confirmed_is_not_opened(location: str) -> None:
    with pytest.raises(failures.NotVerified, match="was not confirmed"):
        confirmed({"ssh://other/srv"})(location, "Hub/Acme", lambda: 0.0)
