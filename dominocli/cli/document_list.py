"""`list` and `show` for every form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dominocli import errors
from dominocli.cli.finding_documents import find_document
from dominocli.cli.output import Output, sentence
from dominocli.cli.result import Result
from dominocli.cli.session import Session
from dominocli.documents import form_of
from dominocli.documents.document import Document

if TYPE_CHECKING:
    from dominocli.documents.connection import Connection
    from dominocli.routing.calls import ConnectionRow

FILTER = Annotated[
    list[str] | None,
    typer.Option("--filter", metavar="FIELD=PATTERN", help="Only where the field matches; * and ? are wildcards."),
]

COLUMNS = {
    "domains": ("domain_type", "subject", "internet_domain", "route_through_domain"),
    "servers": ("server_name", "domain_name", "routing_tasks", "ports", "replica"),
    "configurations": ("applies_to", "smtp_outside", "relay_host", "host_name_lookup"),
    "groups": ("group_name", "group_type", "members"),
}


def listing(folder: str) -> tuple[Callable[..., Result], None]:
    """Return `list` of a form."""
    form = form_of(folder)

    def list_documents(session: Session, filter: FILTER = None) -> Result:
        documents = matching(form, session.directory.documents(form), filter or [])
        if folder == "connections":
            return _connections(session, documents)
        wanted = documents if session.flags.json else ()
        data = {"documents": [{"name": d.name, "form": d.form, **d.flat()} for d in wanted]}
        columns = COLUMNS[folder]

        def show(out: Output) -> None:
            rows = [[d.name, *(shown(d, key) for key in columns)] for d in documents]
            out.table(["name", *columns], rows)
            out.note(sentence(len(documents), f"{form.form} document"))

        return Result(data, show, findings=session.directory.faults())

    list_documents.__doc__ = f"List the {form.form} documents."
    return list_documents, None


def matching(form: type[Document], documents: Sequence[Document], filters: Sequence[str]) -> list[Document]:
    """Return the documents that match every FIELD=PATTERN (wildcards, case-insensitive); raise `UsageError`."""
    kept = list(documents)
    for text in filters:
        key, equals, pattern = text.partition("=")
        key = key.strip().lstrip("-").replace("-", "_")
        if not equals or (key not in form.fields and key != "name"):
            hint = "write FIELD=PATTERN; fields: name, " + ", ".join(form.fields)
            raise errors.UsageError(reason=f"--filter cannot be {text!r}", hint=hint)
        wanted = pattern.strip().casefold()
        kept = [d for d in kept if any(fnmatchcase(value.casefold(), wanted) for value in _values(d, key))]
    return kept


def _values(document: Document, key: str) -> list[str]:
    if key == "name":
        return [document.name]
    value = document.get(key)
    shown_value = document.fields[key].show(value)
    return [shown_value, *map(str, value)] if isinstance(value, tuple) else [shown_value]


def shown(document: Document, key: str) -> str:
    """Return a field's effective value as text; an unknown one says so."""
    if key not in document.fields:
        return str(getattr(document, key))
    if document.is_unknown(key):
        return "(unknown)"
    return document.fields[key].show(document.get(key))


def _connections(session: Session, found: Sequence[Document]) -> Result:
    from dominocli.documents.connection import Connection
    from dominocli.routing.calls import connection_rows

    documents = [document for document in found if isinstance(document, Connection)]
    rows = {row.name: row for row in connection_rows(session.directory, session.now(), documents)}
    ordered = sorted(documents, key=lambda d: (d.source_server.casefold(), d.name))
    wanted = sorted(documents, key=lambda d: d.name) if session.flags.json else ()
    listed = [{"name": d.name, "form": d.form, **d.flat(), **rows[d.name].as_json()} for d in wanted]

    def show(out: Output) -> None:
        columns = ["source", "to", "name", "type", "tasks", "schedule", "next call", "cost", "used"]
        out.table(columns, [_connection_cells(d, rows[d.name]) for d in ordered])
        out.note(sentence(len(documents), "Connection document"))

    return Result({"documents": listed}, show, findings=session.directory.faults())


def _connection_cells(document: Connection, row: ConnectionRow) -> list[str]:
    tasks = [name for name, on in (("Mail", document.routes_mail), ("Replication", _replicates(document))) if on]
    to = document.destination_domain if document.is_smtp else document.destination_server
    how = f" ({document.connect_via.partition(' ')[0].lower()})" if document.is_smtp else ""
    return [
        document.source_server,
        to,
        document.name,
        document.connection_type + how,
        ", ".join(tasks) or "none",
        _schedule(document),
        f"{row.next_call:%a %d %b %H:%M} {row.next_call.tzname()}" if row.next_call else "never",
        str(document.routing_cost) if document.routes_mail else "",
        "yes" if row.used else "no: " + ", ".join(row.not_used),
    ]


def _schedule(document: Any) -> str:
    if any(map(document.is_unknown, ("schedule", "connect_at_times", "repeat_interval", "days_of_week"))):
        return "(unknown)"
    return str(document.calls.describe()) if document.is_scheduled else "disabled"


def _replicates(document: Any) -> bool:
    return bool(document.replication_task == "Enabled")


def showing(folder: str) -> tuple[Callable[..., Result], None]:
    """Return `show` of a form."""
    form = form_of(folder)

    def show_document(session: Session, name: Annotated[str, typer.Argument(metavar="NAME")]) -> Result:
        document = find_document(session, folder, name)
        data = {"name": document.name, "file": document.file, "document": document.nested()}
        return Result(data, lambda out: show_tabs(out, document))

    show_document.__doc__ = f"Show a {form.form} document as its tabs."
    return show_document, None


def show_tabs(out: Output, document: Document) -> None:
    """Write a document tab by tab: each shown field with its effective value, defaults marked."""
    out.line(f"{document.form} {document.name} ({document.file})", "heading")
    for tab in document.tabs:
        fields = [field for field in document.shown_fields() if field.tab == tab]
        lines = [(field, shown(document, field.key)) for field in fields]
        if not any(text for _, text in lines):
            continue
        out.line()
        out.line(tab.label, "heading")
        for field, text in lines:
            default = "" if field.key in document.values or not text else "  (default)"
            if text:
                out.line(f"  {field.label}: {text}{default}")
    if document.notes_items:
        out.line()
        out.line(f"{sentence(len(document.notes_items), 'item')} kept as imported in [notes_items]", "dim")
