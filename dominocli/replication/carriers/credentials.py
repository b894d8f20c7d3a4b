"""Who we are to a CouchDB: from the environment, else from netrc, else from a keyring; never from a document.

The keyring is that of the `keyring` package where it is installed (`pip install dominocli[keyring]`); an entry is
made with `keyring set dominocli:HOST USER`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from dominocli.replication.carriers import failures

USER_VARIABLE, PASSWORD_VARIABLE = "DOMINOCLI_COUCHDB_USER", "DOMINOCLI_COUCHDB_PASSWORD"


class Credentials(NamedTuple):
    """A user name and its password."""

    user: str
    password: str


def credentials_for(host: str) -> Credentials | None:
    """Return the credentials for a host, None where there are none; raise `CredentialsRefused` for half of them."""
    user, password = os.environ.get(USER_VARIABLE), os.environ.get(PASSWORD_VARIABLE)
    if user and password is not None:
        return Credentials(user, password)
    if user and (found := _from_keyring(host, user)):
        return found
    if user or password:
        missing = PASSWORD_VARIABLE if user else USER_VARIABLE
        raise failures.CredentialsRefused(location=host, reason=f"{missing} is not set", hint="set both, or neither")
    return _from_netrc(host) or _from_keyring(host, None)


def _from_netrc(host: str) -> Credentials | None:
    import netrc

    path = Path(os.environ.get("NETRC") or Path.home() / ".netrc")
    try:
        entry = netrc.netrc(path).authenticators(host)
    except FileNotFoundError:
        return None
    except (netrc.NetrcParseError, OSError, ValueError) as error:
        raise failures.CredentialsRefused(location=host, reason=f"{path}: {error}", hint="mend that file") from error
    return Credentials(entry[0], entry[2] or "") if entry is not None else None


def _from_keyring(host: str, user: str | None) -> Credentials | None:
    try:
        import keyring
        from keyring.errors import KeyringError, NoKeyringError
    except ImportError:
        return None
    try:
        entry = keyring.get_credential(f"dominocli:{host}", user)
    except NoKeyringError:
        return None
    except KeyringError as error:
        hint = f"unlock it, or set {USER_VARIABLE} and {PASSWORD_VARIABLE}"
        raise failures.CredentialsRefused(location=host, reason=f"the keyring: {error}", hint=hint) from error
    return Credentials(entry.username, entry.password) if entry is not None else None
