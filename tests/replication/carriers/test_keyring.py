"""A keyring knows who we are to a CouchDB where neither the environment nor netrc says."""

from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.credentials import SimpleCredential
from keyring.errors import KeyringLocked

from dominocli.replication.carriers import failures
from dominocli.replication.carriers.credentials import Credentials, credentials_for


class Ring(KeyringBackend):
    """A keyring in memory, or one that nobody unlocked."""

    priority = 1.0

    def __init__(self, entries: dict[tuple[str, str], str], *, locked: bool = False) -> None:
        self.entries, self.locked = entries, locked

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringLocked("it is locked")
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[service, username] = password

    def get_credential(self, service: str, username: str | None) -> SimpleCredential | None:
        names = [name for known, name in self.entries if known == service and username in (None, name)]
        password = self.get_password(service, names[0] if names else "")
        return SimpleCredential(names[0], password) if names and password else None


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[[Ring], None]]:
    for name in ("DOMINOCLI_COUCHDB_USER", "DOMINOCLI_COUCHDB_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    before = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(before)


def test_a_keyring_is_asked_last_or_for_the_password_of_a_user(
    ring: Callable[[Ring], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = {("dominocli:couch.example", "ann"): "s3cret", ("dominocli:couch.example", "bob"): "hidden"}
    ring(Ring(entries))
    assert credentials_for("couch.example") == Credentials("ann", "s3cret")
    assert credentials_for("other.example") is None
    monkeypatch.setenv("DOMINOCLI_COUCHDB_USER", "bob")
    assert credentials_for("couch.example") == Credentials("bob", "hidden")
    with pytest.raises(failures.CredentialsRefused, match="DOMINOCLI_COUCHDB_PASSWORD is not set"):
        credentials_for("other.example")
    monkeypatch.delenv("DOMINOCLI_COUCHDB_USER")
    (tmp_path / "netrc").write_text("machine couch.example login carl password netted\n")
    (tmp_path / "netrc").chmod(0o600)
    assert credentials_for("couch.example") == Credentials("carl", "netted")


def test_a_locked_keyring_says_so(ring: Callable[[Ring], None]) -> None:
    ring(Ring({("dominocli:couch.example", "ann"): "s3cret"}, locked=True))
    with pytest.raises(failures.CredentialsRefused, match="keyring: it is locked"):
        credentials_for("couch.example")
