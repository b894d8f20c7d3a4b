"""One run of the wizard: whom it asks, and the directory with the drafts that are not saved yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from dominocli.documents.connection import Connection
from dominocli.documents.domain import FOREIGN_SMTP, Domain

if TYPE_CHECKING:
    from dominocli.directory.view import View
    from dominocli.documents.document import Document
    from dominocli.wizard.asker import Asker, Renderer


class Conversation:
    """Whom to ask, how to show, and the drafts made on the way (records, Foreign SMTP Domains).

    `server_lacks(view, server)` names what a server lacks to send mail by SMTP; `domain` is the Notes
    domain of the directory; `dry_run` says that what is decided will be shown only.
    """

    def __init__(
        self,
        view: View,
        *,
        asker: Asker,
        renderer: Renderer,
        server_lacks: Callable[[View, str], tuple[str, ...]],
        new_unid: Callable[[], str],
        domain: str,
        dry_run: bool = False,
    ) -> None:
        self.asker = asker
        self.renderer = renderer
        self.new_unid = new_unid
        self.domain = domain
        self.dry_run = dry_run
        self.drafts: dict[str, Document] = {}
        self._base = view
        self._server_lacks = server_lacks
        self._heading = ""
        self._overlaid: tuple[tuple[Document, ...], View] = ((), view)

    @property
    def view(self) -> View:
        """Return the directory with the drafts in it, the same view as long as these are the same."""
        drafts = tuple(self.drafts.values())
        if self._overlaid[0] != drafts:
            self._overlaid = (drafts, self.view_with(drafts))
        return self._overlaid[1]

    def view_with(self, documents: Iterable[Document]) -> View:
        """Return the directory with these documents in it, and without the drafts not among them."""
        pending = list(documents)
        if not pending:
            return self._base
        from dominocli.directory.view import MemoryView
        from dominocli.directory.writer import new_text

        return MemoryView({document.file: new_text(document) for document in pending}, base=self._base)

    def head(self, heading: str) -> None:
        """Show a heading if it is another than the last one shown."""
        if heading != self._heading:
            self._heading = heading
            self.renderer.heading(heading)

    def lacks(self, server: str) -> tuple[str, ...]:
        """Return what a server lacks to send mail by SMTP."""
        return self._server_lacks(self.view, server)

    def holder(self, file: str) -> Document | None:
        """Return the document that has a file's name already, None where there is none to read."""
        from dominocli.directory.view import find

        return find(self.view, file.removesuffix(".toml"))

    def is_taken(self, document: Document) -> bool:
        """Tell whether other values already have the document's name, or a file that cannot be read."""
        holder = self.holder(document.file)
        if holder is not None:
            return holder.flat() != document.flat()
        return any(file == document.file for file, _, _ in self.view.texts())

    def wanted_drafts(self, document: Document) -> list[Document]:
        """Return the drafts the document refers to, directly or through one another, in the order made."""
        reached = [document]
        for source in reached:
            reached += [d for d in self.drafts.values() if d not in reached and refers(source, d)]
        return [draft for draft in self.drafts.values() if draft in reached]


def refers(document: Document, other: Document) -> bool:
    """Tell whether a Connection document needs another: by its record's name, or by its virtual domain."""
    if not isinstance(document, Connection) or not document.is_smtp:
        return False
    if isinstance(other, Connection):
        return document.dial_using_connection_record == other.name
    return (
        isinstance(other, Domain)
        and other.domain_type == FOREIGN_SMTP
        and other.domain_name.casefold() == document.destination_domain.casefold()
    )


def following(document: Document, before: Document, after: Document) -> Document:
    """Return the document, which referred to `before`, referring to `after`."""
    if not refers(document, before):
        return document
    if isinstance(after, Domain):
        return document.with_values({"destination_domain": after.domain_name})
    return document.with_values({"dial_using_connection_record": after.name})
