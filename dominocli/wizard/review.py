"""The review: what is about to be saved, and the command lines that would save the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from dominocli.directory.view import View
    from dominocli.documents.document import Document
    from dominocli.documents.finding import Finding, Problem


class Draft(NamedTuple):
    """A document to be written: a new one, or with `replaces` one in the place of another."""

    document: Document
    replaces: Document | None = None


class ReviewedField(NamedTuple):
    """One value as it will be; `is_changed` if it is not the default (or, replacing, not what it was)."""

    label: str
    value: str
    is_changed: bool


class ReviewedTab(NamedTuple):
    """One tab with its values."""

    label: str
    fields: tuple[ReviewedField, ...]


class ReviewedDocument(NamedTuple):
    """One document of the review. `problems` stop its save, `findings` do not; `command` is quoted for a shell."""

    draft: Draft
    tabs: tuple[ReviewedTab, ...]
    problems: tuple[Problem, ...]
    findings: tuple[Finding, ...]
    command: str

    @property
    def document(self) -> Document:
        """Return the document itself; its `file` is what will be written."""
        return self.draft.document


class Review(NamedTuple):
    """Everything one Save & Close writes, records first, the document of the walk last."""

    documents: tuple[ReviewedDocument, ...]


def review_of(
    drafts: Sequence[Draft], view: View, findings: Callable[[View, Document], Iterable[Finding]], domain: str
) -> Review:
    """Return the review of these drafts, which `view` already holds."""
    return Review(tuple(_reviewed(draft, view, findings, domain) for draft in drafts))


def _reviewed(
    draft: Draft, view: View, findings: Callable[[View, Document], Iterable[Finding]], domain: str
) -> ReviewedDocument:
    import shlex

    document = draft.document
    tabs = []
    for tab in document.tabs:
        fields = [field for field in document.shown_fields() if field.tab == tab]
        if fields:
            rows = (_row(draft, field.key) for field in fields)
            tabs.append(ReviewedTab(tab.label, tuple(rows)))
    command = shlex.join(equivalent_command(document, domain, replaces=draft.replaces))
    found = tuple(findings(view, document))
    return ReviewedDocument(draft, tuple(tabs), tuple(document.problems()), found, command)


def _row(draft: Draft, key: str) -> ReviewedField:
    document, before = draft
    field = document.fields[key]
    value = document.get(key)
    usual = field.default(document) if before is None else before.get(key)
    shown = "(unknown)" if document.is_unknown(key) else field.show(value)
    return ReviewedField(field.label, shown, value != usual and not document.is_unknown(key))


def equivalent_command(document: Document, domain: str, *, replaces: Document | None = None) -> list[str]:
    """Return the command line that writes the same document but for its unid: `add`, or `edit` of `replaces`.

    `domain` is the Notes domain of the directory. Defaults are left out, required fields and the
    Connection type are not; what an edit hides is cleared by `edit` itself.
    """
    if replaces is not None:
        return _edit_command(document, replaces)
    argv = ["dominocli", document.noun, "add"]
    for field in document.shown_fields():
        is_usual = document.get(field.key) == field.default(document) and not field.required(document)
        if document.is_unknown(field.key) or (is_usual and field.key != "connection_type"):
            continue
        argv += _flags(document, field.key)
    if document.name != document.default_name(domain):
        argv += ["--name", document.name]
    return argv


def _edit_command(document: Document, replaces: Document) -> list[str]:
    argv = ["dominocli", document.noun, "edit", document.name]
    for field in document.shown_fields():
        if not document.is_unknown(field.key) and document.get(field.key) != replaces.get(field.key):
            argv += _flags(document, field.key)
    return argv


def _flags(document: Document, key: str) -> list[str]:
    from dominocli.documents.server import Ports

    field = document.fields[key]
    value = document.get(key)
    texts = [field.text_of(port) for port in value] if isinstance(field, Ports) and value else [field.show(value)]
    flags: list[str] = []
    for text in texts:
        # A value such as -None- is taken for a flag by people, and by some shells' completions.
        flags += [f"{field.flag}={text}"] if text.startswith("-") else [field.flag, text]
    return flags
