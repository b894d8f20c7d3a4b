"""What `--without` and `route impact` take away: a server with its Connections, or one document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from dominocli.cli.finding_documents import find_anywhere
from dominocli.cli.session import Session
from dominocli.documents.group import Group
from dominocli.documents.server import Server
from dominocli.names import name_key, same_name

if TYPE_CHECKING:
    from dominocli.directory.view import View


class TakenAway(NamedTuple):
    """Servers by name, and the paths of all documents that go: theirs and those named themselves."""

    servers: tuple[str, ...]
    documents: tuple[str, ...]

    def view(self, directory: View) -> View:
        """Return the directory without them."""
        from dominocli.routing.removal import without

        return without(directory, self.documents)

    def has_server(self, name: str) -> bool:
        """Tell whether a server is taken away."""
        return any(same_name(server, name) for server in self.servers)

    def told(self) -> str:
        """Return the servers and documents in one line."""
        documents = ", ".join(self.documents)
        return f"{', '.join(self.servers)} ({documents})" if self.servers else documents


def taken_away(session: Session, names: Sequence[str]) -> TakenAway:
    """Return what the names mean: a server by any form of its name or its Server document, else a document.

    Raises `DocumentNotFound`, `DocumentAmbiguous`, `DocumentUnusable`.
    """
    from dominocli.routing.removal import documents_of_server

    directory = session.directory
    servers: dict[str, str] = {}
    documents: set[str] = set()
    for name in names:
        own = documents_of_server(directory, name) if _is_server(directory, name) else ()
        server = name if own else ""
        if not own:
            document = find_anywhere(session, name)
            server = document.server_name if isinstance(document, Server) else ""
            own = documents_of_server(directory, server) if server else (document.path,)
        if server:
            servers.setdefault(name_key(server), _spelled(session, server))
        documents.update(own)
    return TakenAway(tuple(servers.values()), tuple(sorted(documents)))


def _is_server(directory: View, name: str) -> bool:
    """Tell whether a Connection that gives a name as an end means one server by it: no group, no `*`."""
    key = name_key(name)
    if any(name_key(document.server_name) == key for document in directory.documents(Server)):
        return True
    return "*" not in key and all(name_key(group.group_name) != key for group in directory.documents(Group))


def _spelled(session: Session, name: str) -> str:
    """Return a server's name as its Server document writes it."""
    known = (document.server_name for document in session.directory.documents(Server))
    return next((server for server in known if same_name(server, name)), name)
