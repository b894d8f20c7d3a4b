"""What a command line may not give a document: fields its type does not have, types nobody makes any more."""

from __future__ import annotations

from collections.abc import Iterable

from dominocli import errors
from dominocli.documents.document import Document

HAS_A_RULE_OF_ITS_OWN = frozenset({"dial_using_connection_record"})


def refuse_inapplicable(document: Document, given: Iterable[str]) -> None:
    """Raise `UsageError` for fields given that the document's type does not have; a blank one does no harm."""
    shown = {field.key for field in document.shown_fields()} | HAS_A_RULE_OF_ITS_OWN
    fields = document.fields
    stray = [key for key in given if key not in shown and document.get(key) != fields[key].blank]
    if stray:
        flags = ", ".join(fields[key].flag for key in stray)
        first = next(iter(fields.values()))
        what = f"{first.label} {document.get(first.key)}" if first.keywords else "these values"
        reason = f"{flags} does not apply to {what} ({document.path})"
        raise errors.UsageError(reason=reason, fields=tuple(stray))


def refuse_legacy(document: Document, given: Iterable[str], *, allowed: bool) -> None:
    """Raise `UsageError` for a keyword given that only servers before 8.5 know, unless that is allowed."""
    for key in () if allowed else given:
        value = document.get(key)
        if any(keyword.legacy and keyword.value == value for keyword in document.fields[key].keywords):
            reason = f"{value} is a type only servers before 8.5 know"
            raise errors.UsageError(reason=reason, hint="give --legacy to have it anyway", fields=(key,))
