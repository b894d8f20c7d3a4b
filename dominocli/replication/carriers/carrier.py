"""What every carrier offers, and which one a location needs (replication.md 1)."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from typing import Any, Protocol

from dominocli import errors
from dominocli.replication.carriers import failures
from dominocli.replication.replica import Clock

SCHEMES = {"ssh://": "ssh", "couchdb+https://": "CouchDB", "couchdb+http://": "CouchDB"}
"""Locations that are no folder, by their beginning."""


class Carrier(Protocol):
    """A connection to one replica. `bytes_sent` counts what went through it both ways: of a connection to
    another machine all messages, of a folder the texts of documents."""

    kind: str
    bytes_sent: int

    def call(self, verb: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Return the other side's answer; raise `DominoError`."""
        ...

    def close(self) -> None:
        """End the connection."""
        ...


def carrier_kind(location: str) -> str:
    """Return the kind of carrier a location needs: `folder`, `ssh` or `CouchDB`."""
    return next((kind for scheme, kind in SCHEMES.items() if location.startswith(scheme)), "folder")


def connect(location: str, asking_server: str, clock: Clock) -> Carrier:
    """Return a carrier to the replica at a location, for the server that asks.

    Raises `InvalidLocation`, `CarrierUnavailable` for an unknown scheme, `NoReplicaThere`,
    `ReplicaUnreachable`, `AccessRefused`.
    """
    kind = carrier_kind(location)
    if kind == "ssh":
        from dominocli.replication.carriers.ssh import SshCarrier

        return SshCarrier(location, asking_server, clock)
    if kind == "CouchDB":
        from dominocli.replication.carriers.couchdb import CouchCarrier

        return CouchCarrier(location, asking_server, clock)
    if "://" in location:
        raise errors.CarrierUnavailable(location=location, scheme=location.partition("://")[0])
    if not os.path.isabs(location):
        raise errors.NoReplicaThere(location=location, reason="a folder is given by its absolute path")
    from dominocli.replication.carriers.folder import FolderCarrier

    return FolderCarrier(location, asking_server, clock)


def confirmed(locations: Collection[str]) -> Callable[[str, str, Clock], Carrier]:
    """Return a `connect` that opens connections to other machines only where these URLs were confirmed.

    A Server document replicates: whoever may write one must not make every machine of the domain call a
    host of his choice, with its keys and passwords (design.md 4).
    """

    def connect_confirmed(location: str, asking_server: str, clock: Clock) -> Carrier:
        if carrier_kind(location) != "folder" and location not in locations:
            raise failures.NotVerified(location=location)
        return connect(location, asking_server, clock)

    return connect_confirmed
