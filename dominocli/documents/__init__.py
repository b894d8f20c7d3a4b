"""What a document is: one module a form, each field declared once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dominocli.documents.document import Document

FOLDERS = ("connections", "domains", "servers", "configurations", "groups")
"""The folders of a directory, one a form."""


def form_of(folder: str) -> type[Document]:
    """Return the class of the documents in a folder; raise `KeyError` for another folder."""
    if folder == "connections":
        from dominocli.documents.connection import Connection

        return Connection
    if folder == "domains":
        from dominocli.documents.domain import Domain

        return Domain
    if folder == "servers":
        from dominocli.documents.server import Server

        return Server
    if folder == "configurations":
        from dominocli.documents.configuration import Configuration

        return Configuration
    if folder == "groups":
        from dominocli.documents.group import Group

        return Group
    raise KeyError(folder)
