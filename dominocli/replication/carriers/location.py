"""Locations of replicas on other machines: taken apart, and refused where anything in them could be an option.

A location stands in a replicated document, so all of it is hostile: it ends as arguments of ssh or as an address.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

from dominocli.names import control_character
from dominocli.replication.carriers import failures

_HOST = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_])?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")
_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._@+-]*")
_DATABASE = re.compile(r"[a-z][a-z0-9_$()+-]*")
_PREFIX = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*")
_LONGEST = 1000


class SshLocation(NamedTuple):
    """`ssh://user@host[:port]/path`; `user` is "" and `port` 0 where ssh's own configuration decides."""

    user: str
    host: str
    port: int
    path: str


class CouchLocation(NamedTuple):
    """`couchdb+https://host[:port]/database`: the address of the server, and the database's name."""

    address: str
    host: str
    database: str

    @property
    def url(self) -> str:
        """Return the database's address."""
        return f"{self.address}/{self.database}"


def ssh_location(location: str) -> SshLocation:
    """Take an ssh URL apart; raise `InvalidLocation`."""
    parts = _split(location)
    user = unquote(parts.username or "")
    path = unquote(parts.path)
    if parts.password is not None:
        _refuse(location, "a password does not belong into a document; ssh has keys")
    if parts.username is not None and not _USER.fullmatch(user):
        _refuse(location, "its user name is none")
    if not path.strip("/") or control_character(path):
        _refuse(location, "the path of a replica's folder is missing")
    return SshLocation(user, _host(location, parts), _port(location, parts), path)


def couch_location(location: str) -> CouchLocation:
    """Take a CouchDB URL apart; raise `InvalidLocation`. Plain http goes to this machine only."""
    parts = _split(location)
    if parts.username is not None or parts.password is not None:
        hint = "give the user name and password by DOMINOCLI_COUCHDB_USER and DOMINOCLI_COUCHDB_PASSWORD, or netrc"
        raise failures.InvalidLocation(location=_without_user(parts), reason="it holds credentials", hint=hint)
    host, port = _host(location, parts), _port(location, parts)
    scheme = parts.scheme.partition("+")[2]
    if scheme == "http" and not _is_loopback(host):
        _refuse(location, "plain http would send everything readable; use couchdb+https")
    prefix, _, database = parts.path.rstrip("/").rpartition("/")
    if not _DATABASE.fullmatch(database) or not _PREFIX.fullmatch(prefix):
        _refuse(location, "a database's name is of lower-case letters, digits and _$()+-")
    authority = f"[{host}]" if ":" in host else host
    return CouchLocation(f"{scheme}://{authority}{f':{port}' if port else ''}{prefix}", host, database)


def _split(location: str) -> SplitResult:
    if len(location) > _LONGEST or control_character(location) or " " in location:
        _refuse(location[:_LONGEST], "it is too long, or holds blanks or control characters")
    try:
        parts = urlsplit(location)
    except ValueError as error:
        raise failures.InvalidLocation(location=location, reason=error) from error
    if parts.query or parts.fragment:
        _refuse(location, "it has more than a host and a path")
    return parts


def _host(location: str, parts: SplitResult) -> str:
    host = parts.hostname or ""
    if not _HOST.fullmatch(host):
        _refuse(location, "its host name is none")
    return host


def _port(location: str, parts: SplitResult) -> int:
    try:
        return parts.port or 0
    except ValueError as error:
        raise failures.InvalidLocation(location=location, reason=error) from error


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _without_user(parts: SplitResult) -> str:
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _refuse(location: str, reason: str) -> None:
    raise failures.InvalidLocation(location=location, reason=reason)
