"""`rename` and `delete`, which look at who refers to a document first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dominocli import errors
from dominocli.cli.finding_documents import find_document, is_regular_file, refuse_taken_name
from dominocli.cli.output import sentence
from dominocli.cli.result import Result
from dominocli.cli.saving import DocumentChange, saved
from dominocli.cli.session import Session
from dominocli.documents import form_of
from dominocli.documents.document import Document

if TYPE_CHECKING:
    from dominocli.directory.references import Reference

CASCADE = Annotated[bool, typer.Option("--cascade", help="Follow in the documents that refer to it.")]


def renaming(folder: str) -> tuple[Callable[..., Result], None]:
    """Return `rename` of a form."""
    form = form_of(folder)

    def rename(
        session: Session,
        name: Annotated[str, typer.Argument(metavar="NAME")],
        new_name: Annotated[str, typer.Argument(metavar="NEW")],
        cascade: CASCADE = False,
    ) -> Result:
        from dominocli.directory.references import references_by_name

        document = find_document(session, folder, name)
        new = new_name.removeprefix(f"{folder}/").removesuffix(".toml")
        if new != document.name and new.casefold() != document.name.casefold():
            refuse_taken_name(session, folder, new)
        if new != document.name and is_regular_file(session, f"{folder}/{new}.toml"):
            raise errors.UsageError(reason=f"{folder}/{new} already exists", hint="choose another name")
        renamed = document.with_values({}, name=new)
        referrers = references_by_name(session.directory, document)
        _refuse_referred(document, referrers, cascade)
        changes = [DocumentChange(document, renamed)]
        changes += [DocumentChange(r.document, r.document.with_values({r.key: new})) for r in referrers]
        return saved(session, changes, one=len(changes) == 1)

    rename.__doc__ = f"Rename a {form.form} document; --cascade follows where others name it."
    return rename, None


def deleting(folder: str) -> tuple[Callable[..., Result], None]:
    """Return `delete` of a form."""
    form = form_of(folder)

    def delete(
        session: Session,
        names: Annotated[list[str], typer.Argument(metavar="NAME...")],
        cascade: CASCADE = False,
    ) -> Result:
        documents = {document.path: document for document in (find_document(session, folder, n) for n in names)}
        changes = _deletions(session, list(documents.values()), cascade)
        if session.can_ask:
            session.confirm(f"Delete {', '.join(c.before.path for c in changes if c.before and not c.after)}?")
        return saved(session, changes, one=len(changes) == 1)

    delete.__doc__ = f"Delete {form.form} documents; what others say of them goes only with --cascade."
    return delete, None


def _deletions(session: Session, documents: Sequence[Document], cascade: bool) -> list[DocumentChange]:
    """Return the deletions and what follows: a reference is cleared, or its document goes too if it must have it."""
    from dominocli.directory.references import references, without_reference
    from dominocli.directory.view import MemoryView

    going: dict[str, Document] = {document.path: document for document in documents}
    edited: dict[str, tuple[Document, Document]] = {}
    queue = list(documents)
    while queue:
        target = queue.pop(0)
        gone: dict[str, str | None] = {d.file: None for d in going.values() if d.path != target.path}
        view: Any = MemoryView(gone, base=session.directory) if gone else session.directory
        referrers = references(view, target)
        _refuse_referred(target, referrers, cascade)
        for reference in referrers:
            original, latest = edited.get(reference.document.path, (reference.document, reference.document))
            left = without_reference(reference._replace(document=latest), target)
            if left is not None:
                edited[original.path] = (original, left)
            elif original.path not in going:
                going[original.path] = original
                queue.append(original)
    changes = [DocumentChange(document, None) for document in going.values()]
    return changes + [DocumentChange(*pair) for path, pair in edited.items() if path not in going]


def _refuse_referred(document: Document, referrers: Sequence[Reference], cascade: bool) -> None:
    if not referrers or cascade:
        return
    named = [f"{r.document.path} ({r.document.fields[r.key].label})" for r in referrers[:5]]
    if len(referrers) > 5:
        named.append(f"{sentence(len(referrers) - 5, 'other')}")
    raise errors.DocumentReferred(document=document.path, referrers=", ".join(named), file=referrers[0].document.file)
