"""Replicas: making a directory, making further replicas of it, and looking after where they are (design.md 4)."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from dominocli import errors
from dominocli.directory.listing import listing as document_files
from dominocli.directory.settings import (
    DIRECTORY_FILE,
    REPLICA_FILE,
    STATE_FOLDER,
    ReplicaSettings,
    Settings,
    new_id,
    read_replica,
    read_settings,
    replica_text,
    settings_text,
)
from dominocli.directory.writer import edit_text, write_files
from dominocli.documents import FOLDERS
from dominocli.names import same_name
from dominocli.replication.carriers import failures
from dominocli.replication.carriers.carrier import carrier_kind, connect
from dominocli.replication.journal import Journal
from dominocli.replication.journal_database import JOURNAL_FILE
from dominocli.replication.replica import Clock
from dominocli.replication.replicate import Connect, Peer
from dominocli.replication.side_by_side import all_at_once

CREATED, EXISTS, VERIFIED, MISSING, UNREACHABLE = "created", "exists", "verified", "missing", "unreachable"
UNVERIFIED = "unverified"


GIT_ATTRIBUTES_FILE = ".gitattributes"
GIT_ATTRIBUTES = "".join(f"/{folder}/*.toml merge=dominocli\n" for folder in FOLDERS)
"""Documents are merged field by field, once a clone was told: git config merge.dominocli.driver
'dominocli merge-driver %O %A %B %P'."""


class ReplicaState(NamedTuple):
    """Where a server's replica is and how it stands: CREATED, EXISTS, VERIFIED, MISSING (nothing or another
    directory is there), UNREACHABLE or UNVERIFIED (a URL nobody confirmed on this machine); `reason` says why."""

    server: str
    replica: str
    state: str
    reason: str = ""

    def as_json(self) -> dict[str, object]:
        """Return the replica as it stands in the JSON envelope."""
        return self._asdict()


def init(root: Path, settings: Settings, server: str) -> None:
    """Make a new directory: directory.toml and the identity of this replica; raise `DirectoryExists`.

    A folder that holds this very directory without an identity (a clone, or a replica that lost it) only gets
    the identity. Raises `OtherDirectory` for a folder inside another directory.
    """
    if taken(root):
        raise errors.DirectoryExists(where=str(root))
    _refuse_inside(root)
    is_clone = (root / DIRECTORY_FILE).exists()
    if is_clone and read_settings(root).replica_id != settings.replica_id:
        raise errors.DirectoryExists(where=str(root))
    _make_folder(root)
    _make_identity(root, server)
    if is_clone:
        return
    write_files(root, {DIRECTORY_FILE: settings_text(settings)})
    if not (root / GIT_ATTRIBUTES_FILE).exists():
        write_files(root, {GIT_ATTRIBUTES_FILE: GIT_ATTRIBUTES})


def taken(root: Path) -> bool:
    """Tell whether a folder is a replica, or keeps the journal of a directory that is not there any more.

    A replica that lost nothing but replica.toml keeps its journal, and becomes a replica with a new identity.
    """
    has_lost_directory = (root / JOURNAL_FILE).exists() and not (root / DIRECTORY_FILE).exists()
    return os.path.lexists(root / REPLICA_FILE) or has_lost_directory


def create(root: Path, server: str, location: str, *, clock: Clock = time.time) -> ReplicaState:
    """Make a replica of the directory in `root` for a server, in a new or empty folder; leave one that exists.

    Over ssh the other side makes it, and the URL counts as confirmed. Raises `CarrierUnavailable` for a
    location where it cannot be made so, `OtherDirectory`, `UnreadableFile`, and as `connect` does.
    """
    if carrier_kind(location) == "ssh":
        return _create_elsewhere(root, server, location, clock)
    if "://" in location:
        hint = errors.command_line("couchdb init", location) if carrier_kind(location) == "CouchDB" else None
        raise errors.CarrierUnavailable(location=location, scheme=carrier_kind(location), hint=hint)
    if not os.path.isabs(location):
        raise errors.OtherDirectory(where=location, reason="is no absolute path")
    if _same_folder(root, Path(location)):
        return ReplicaState(server, location, EXISTS, "this is the replica the command runs in")
    return make_replica(read_settings(root), server, Path(location))


def _create_elsewhere(root: Path, server: str, location: str, clock: Clock) -> ReplicaState:
    settings = read_settings(root)
    replica = read_replica(root)
    carrier = connect(location, replica.server if replica is not None else server, clock)
    try:
        answer = carrier.call("create", {"server": server, "settings": settings._asdict()})
    finally:
        carrier.close()
    _confirm(root, server, location)
    return ReplicaState(server, location, CREATED if answer["state"] == CREATED else EXISTS)


def make_replica(settings: Settings, server: str, folder: Path) -> ReplicaState:
    """Make a replica in a new or empty folder on this machine; leave one that exists.

    A folder that holds the same directory without an identity (a clone) becomes a replica. Raises
    `OtherDirectory`, `UnreadableFile`.
    """
    location = str(folder)
    _refuse_inside(folder)
    if (folder / DIRECTORY_FILE).exists():
        if read_settings(folder).replica_id != settings.replica_id:
            raise errors.OtherDirectory(where=location, reason="holds another directory")
        if read_replica(folder) is not None:
            return ReplicaState(server, location, EXISTS)
        _make_identity(folder, server)
        return ReplicaState(server, location, CREATED)
    if folder.exists() and (not folder.is_dir() or any(name != STATE_FOLDER for name in os.listdir(folder))):
        raise errors.OtherDirectory(where=location, reason="is not empty")
    _make_folder(folder)
    if read_replica(folder) is None:
        _make_identity(folder, server)
    write_files(folder, {DIRECTORY_FILE: settings_text(settings)})
    return ReplicaState(server, location, CREATED)


def _refuse_inside(folder: Path) -> None:
    """Refuse a folder among a directory's documents or its state: what is made there would be taken for theirs."""
    around = Path(os.path.realpath(folder))
    for inner, outer in zip((around, *around.parents), around.parents, strict=False):
        if inner.name in (*FOLDERS, STATE_FOLDER) and (outer / DIRECTORY_FILE).exists():
            reason = f"is inside {inner.name} of the directory in {outer}"
            raise errors.OtherDirectory(where=str(folder), reason=reason)


def verify(root: Path, server: str, location: str, *, clock: Clock) -> ReplicaState:
    """Ask the replica at a location who it is, without changing it there.

    A location that is no folder is confirmed in replica.toml, so that `replicate` may use it.
    """
    state = _state(root, Peer(server, location), clock)
    if state.state != EXISTS:
        return state
    _confirm(root, server, location)
    return state._replace(state=VERIFIED)


def _confirm(root: Path, server: str, location: str) -> None:
    """Note that somebody on this machine knows a URL; all else in replica.toml stays as a hand wrote it."""
    replica = read_replica(root)
    if carrier_kind(location) == "folder" or replica is None or replica.verified.get(server) == location:
        return
    text = (root / REPLICA_FILE).read_bytes().decode()
    write_files(root, {REPLICA_FILE: edit_text(text, {("verified", server): location})})


def listing(root: Path, peers: Sequence[Peer], *, clock: Clock, connect: Connect = connect) -> list[ReplicaState]:
    """Return how the replicas of these servers stand, sorted by server; nothing is changed."""
    return sorted(all_at_once(lambda peer: _state(root, peer, clock, connect), peers))


def _state(root: Path, peer: Peer, clock: Clock, connect: Connect = connect) -> ReplicaState:
    server, location = peer
    if carrier_kind(location) == "folder" and _same_folder(root, Path(location)):
        return ReplicaState(server, location, EXISTS)
    replica = read_replica(root)
    try:
        carrier = connect(location, replica.server if replica is not None else server, clock)
    except failures.NotVerified as error:
        return ReplicaState(server, location, UNVERIFIED, error.message)
    except errors.NoReplicaThere as error:
        return ReplicaState(server, location, MISSING, error.message)
    except errors.DominoError as error:
        return ReplicaState(server, location, UNREACHABLE, error.message)
    try:
        answer = carrier.call("who", {"replica_id": read_settings(root).replica_id})
    except errors.DominoError as error:
        missing = isinstance(error, errors.NoReplicaThere)
        return ReplicaState(server, location, MISSING if missing else UNREACHABLE, error.message)
    finally:
        carrier.close()
    said = answer["server"]
    return ReplicaState(
        server,
        location,
        EXISTS,
        "" if not said or same_name(said, server) else f"it calls itself the replica of {said}",
    )


def _same_folder(root: Path, folder: Path) -> bool:
    try:
        return os.path.samefile(root, folder)
    except OSError:
        return False


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise errors.UnreadableFile(action="make", path=str(folder), reason=error.strerror) from error


def _make_identity(root: Path, server: str) -> None:
    """Make `.dominocli`: git never sees it, and replica.toml, written last, is what makes a replica."""
    write_files(root, {f"{STATE_FOLDER}/.gitignore": "*\n"})
    identity = ReplicaSettings(new_id(), server, {}, {}, None)
    write_files(root, {REPLICA_FILE: replica_text(identity)})
    if not (root / JOURNAL_FILE).exists() and not document_files(root)[0]:
        # Nothing is there that could have been something else before: whatever comes is an edit.
        journal = Journal.open(root)
        journal.remember("adopted", 1)
        journal.close()
