"""The servers of the domain and where their replicas are, as this machine sees it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from dominocli import errors
from dominocli.cli.session import Session
from dominocli.documents.server import Server
from dominocli.names import common_name, name_key

if TYPE_CHECKING:
    from dominocli.directory.view import View

NO_REPLICA = "its Server document names no Replica"


class Place(NamedTuple):
    """A server and where its replica is: a path or URL, "" where nobody says; `own`: it is this very folder,
    which may be that of other servers too.

    `hub` is set for our own server alone: the CouchDB its Server document names, through which others reach it.
    """

    server: str
    location: str
    own: bool
    hub: str = ""

    @property
    def folder(self) -> Path | None:
        """Return the replica's folder, None for one that is elsewhere or unknown."""
        return Path(self.location) if self.location and "://" not in self.location else None


FEW = 8
"""So many servers are looked for one by one; of more, all places are made."""


def places(session: Session, view: View | None = None, *, naming: str = "") -> list[Place]:
    """Return every server of our domain, by name: those of another domain have a directory of their own.

    `view` is the directory that names them, as it is now if not given. With `naming` it is enough to return
    those of this name, or whose common name it is.
    """
    view = view or session.servers
    domain = session.servers.settings.domain.casefold()
    replica = session.replica
    own = name_key(replica.server) if replica else ""
    peers = {name_key(server): location for server, location in replica.peers.items()} if replica else {}
    found: dict[str, Place] = {}
    for document in view.servers_named(naming) if naming else view.documents(Server):
        key = name_key(document.server_name)
        if not key or document.domain_name.casefold() not in (domain, ""):
            continue
        if key == own:
            through = peers.get(key, document.replica)
            hub = through if through.startswith("couchdb+") else ""
            place = Place(document.server_name, str(session.root), True, hub)
        elif _is_here(session.root, location := peers.get(key, document.replica)):
            place = Place(document.server_name, str(session.root), True)
        else:
            place = Place(document.server_name, location, False)
        found.setdefault(key, place)
    return sorted(found.values(), key=lambda place: name_key(place.server))


def _is_here(root: Path, location: str) -> bool:
    try:
        return os.path.isabs(location) and os.path.samefile(root, location)
    except (OSError, ValueError):
        return False


def wanted(session: Session, servers: Sequence[str]) -> list[Place]:
    """Return the places of the servers named, all where none is; raise `ServerUnknown`."""
    if not 0 < len(servers) <= FEW:
        known = places(session)
        return [_meant(session, known, name) for name in servers] if servers else known
    return [_meant(session, places(session, naming=name), name) for name in servers]


def _meant(session: Session, known: Sequence[Place], name: str) -> Place:
    """Return the server of a name in any form: hierarchical, a document's name, or a common name only one has."""
    place = _of_key(known, name) or _of_document(session, name)
    if place is None:
        by_common_name = [place for place in known if name_key(common_name(place.server)) == name_key(name)]
        if len(by_common_name) != 1:
            raise _unknown(places(session), name)
        place = by_common_name[0]
    return place


def _of_key(known: Sequence[Place], name: str) -> Place | None:
    key = name_key(name)
    return next((place for place in known if name_key(place.server) == key), None)


def _of_document(session: Session, name: str) -> Place | None:
    """Return the server a Server document of this name is about."""
    if f"{Server.folder}/{name}.toml" not in session.servers.files:
        return None
    from dominocli.directory.reader import read_document

    document = read_document(session.root, f"{Server.folder}/{name}")
    if not isinstance(document, Server) or document.conflict is not None:
        return None
    return place_of(session, document.server_name)


def place_of(session: Session, server: str) -> Place | None:
    """Return where a server's replica is, None for a server no document of our domain names."""
    return _of_key(places(session, naming=server), server) if server else None


def _unknown(known: Sequence[Place], name: str) -> errors.ServerUnknown:
    import difflib

    close = difflib.get_close_matches(name, [place.server for place in known], n=3, cutoff=0.4)
    suggestion = "did you mean " + " or ".join(close) + "?" if close else "dominocli server list shows them"
    return errors.ServerUnknown(server=name, suggestion=suggestion)
