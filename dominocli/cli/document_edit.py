"""`edit`, `copy`, and `enable` and `disable` of Connections."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

from dominocli import errors
from dominocli.cli.applicable import refuse_inapplicable, refuse_legacy
from dominocli.cli.document_add import change_for
from dominocli.cli.document_list import FILTER, matching
from dominocli.cli.finding_documents import find_document
from dominocli.cli.options import field_flags, parse_fields
from dominocli.cli.result import Result
from dominocli.cli.saving import DocumentChange, refuse_problems, saved
from dominocli.cli.session import Session
from dominocli.documents import form_of
from dominocli.documents.document import Document

NAME = Annotated[str, typer.Argument(metavar="NAME", show_default=False)]


def editing(folder: str) -> tuple[Callable[..., Result], dict[str, tuple[Any, object]]]:
    """Return `edit` of a form, and its flags."""
    form = form_of(folder)

    def edit(
        session: Session,
        fields: dict[str, Any],
        name: NAME = "",
        filter: FILTER = None,
        strict: Annotated[bool, typer.Option("--strict", help="Refuse to save with findings.")] = False,
        wizard: Annotated[bool, typer.Option("--wizard", help="Ask every field.")] = False,
        legacy: Annotated[bool, typer.Option("--legacy", help="Allow types only servers before 8.5 know.")] = False,
    ) -> Result:
        if bool(name) == bool(filter):
            raise errors.UsageError(reason="edit takes a NAME, or --filter for many", hint="dominocli FORM edit NAME")
        session.updates_index = False
        values = parse_fields(form, fields)
        if name and (wizard or (not values and session.can_ask)):
            from dominocli.cli.asking import ask_edit

            return ask_edit(session, find_document(session, folder, name), values, strict=strict)
        if not values:
            raise errors.UsageError(reason="nothing to change was given", hint="give the fields to change as flags")
        if name:
            documents = [find_document(session, folder, name)]
        else:
            documents = matching(form, session.directory.documents(form), filter or [])
            if not documents:
                raise errors.DocumentNotFound(
                    what=f"{form.form} document", name=" ".join(filter or []), suggestion="loosen the filter"
                )
        changes = [changed(document, values, legacy=legacy) for document in documents]
        if len(changes) > 1:
            session.confirm(f"Change {len(changes)} documents?")
        return saved(session, changes, strict=strict, one=bool(name))

    edit.__doc__ = f"Change what is given of a {form.form} document; an empty value clears a field."
    return edit, field_flags(form)


def changed(document: Document, values: dict[str, Any], *, legacy: bool) -> DocumentChange:
    """Return the change of a document to these values; raise what is then wrong with it alone.

    A field the new values hide is cleared with them, as Domino's form would not show it any more.
    """
    after = document.with_values(values)
    refuse_inapplicable(after, values)
    refuse_legacy(after, values, allowed=legacy)
    before_shown = {field.key for field in document.shown_fields()}
    after_shown = {field.key for field in after.shown_fields()}
    hidden = {key: None for key in before_shown - after_shown if key in document.values and key not in values}
    after = after.with_values(hidden)
    refuse_problems(after, tuple(values))
    same = all(document.get(key) == value and key in document.values for key, value in values.items())
    return DocumentChange(document, document if same and not hidden else after)


def copying(folder: str) -> tuple[Callable[..., Result], dict[str, tuple[Any, object]]]:
    """Return `copy` of a form, and its flags."""
    form = form_of(folder)

    def copy(
        session: Session,
        fields: dict[str, Any],
        name: NAME,
        new_name: Annotated[
            str, typer.Argument(metavar="[NEW]", help="The copy's name; else made from its values.")
        ] = "",
        strict: Annotated[bool, typer.Option("--strict", help="Refuse to save with findings.")] = False,
    ) -> Result:
        original = find_document(session, folder, name)
        values = parse_fields(form, fields)
        draft = original.with_values(values)
        refuse_inapplicable(draft, values)
        refuse_legacy(draft, values, allowed=False)
        refuse_problems(draft)
        draft.conflict = None
        draft = draft.with_values({}, name=new_name or draft.default_name(session.directory.settings.domain))
        if draft.name == original.name:
            raise errors.UsageError(reason=f"the copy would be {draft.path} itself", hint="give a NEW name")
        return saved(session, [change_for(session, draft, replace=False)], strict=strict)

    copy.__doc__ = f"Copy a {form.form} document under another name, with the values given changed."
    return copy, field_flags(form)


def enable(session: Session, names: Annotated[list[str], typer.Argument(metavar="NAME...")]) -> Result:
    """Enable the schedule of Connection documents: they carry traffic again."""
    return _switch(session, names, "Enabled")


def disable(session: Session, names: Annotated[list[str], typer.Argument(metavar="NAME...")]) -> Result:
    """Disable the schedule of Connection documents: they carry no traffic."""
    return _switch(session, names, "Disabled")


def _switch(session: Session, names: list[str], value: str) -> Result:
    documents = [find_document(session, "connections", name) for name in names]
    changes = []
    for document in documents:
        same = document.get("schedule") == value
        changes.append(DocumentChange(document, document if same else document.with_values({"schedule": value})))
    return saved(session, changes)
