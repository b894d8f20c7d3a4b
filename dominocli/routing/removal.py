"""What goes when a document or a whole server is taken away. Pure: overlays over a `View`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dominocli.directory.view import MemoryView
from dominocli.documents.connection import PASSTHRU, Connection
from dominocli.documents.server import Server
from dominocli.names import name_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dominocli.directory.view import View


def documents_of_server(view: View, server: str) -> tuple[str, ...]:
    """Return the paths that go with a server: its Server documents, and every Connection from, to or through it.

    Sorted; empty for a name no document knows.
    """
    key = name_key(server)
    found = [d.path for d in view.documents(Server) if name_key(d.server_name) == key]
    for document in view.documents(Connection):
        ends = [document.source_server, *([] if document.is_smtp else [document.destination_server])]
        if document.connection_type == PASSTHRU:
            ends.append(document.passthru_server)
        if key in map(name_key, ends):
            found.append(document.path)
    return tuple(sorted(found))


def without(view: View, documents: Iterable[str]) -> MemoryView:
    """Return the directory without some documents (paths); nothing of `view` is copied or changed."""
    return MemoryView({f"{path}.toml": None for path in documents}, base=view)
