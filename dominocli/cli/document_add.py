"""`add` for every form: flags, a TOML document, the wizard, or all of them together."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Annotated, Any

import typer

from dominocli import errors
from dominocli.cli.applicable import refuse_inapplicable, refuse_legacy
from dominocli.cli.finding_documents import refuse_taken_name
from dominocli.cli.options import field_flags, parse_fields, raise_all
from dominocli.cli.result import Result
from dominocli.cli.saving import DocumentChange, refuse_problems, saved
from dominocli.cli.session import Session
from dominocli.documents import form_of
from dominocli.documents.document import Document
from dominocli.names import same_name

NETWORK_OPTION = Annotated[
    str | None, typer.Option("--notes-network", metavar="NAME", help="The Notes network of port TCPIP.")
]


def adding(folder: str) -> tuple[Callable[..., Result], dict[str, tuple[Any, object]]]:
    """Return `add` of a form, and its flags."""
    form = form_of(folder)
    extra = field_flags(form)
    if folder == "servers":
        extra["notes_network"] = (NETWORK_OPTION, None)

    def add(
        session: Session,
        fields: dict[str, Any],
        name: Annotated[str, typer.Option("--name", help="The document's name; else made from its values.")] = "",
        source: Annotated[
            str, typer.Option("--from", metavar="FILE", help="Read one TOML document, - for standard input.")
        ] = "",
        replace: Annotated[bool, typer.Option("--replace", help="Replace a document of that name.")] = False,
        strict: Annotated[bool, typer.Option("--strict", help="Refuse to save with findings.")] = False,
        wizard: Annotated[bool, typer.Option("--wizard", help="Ask even if nothing is missing.")] = False,
        legacy: Annotated[bool, typer.Option("--legacy", help="Allow types only servers before 8.5 know.")] = False,
    ) -> Result:
        session.updates_index = False
        flags = parse_fields(form, _ports_included(fields))
        values = {**_from_file(form, source, flags), **flags}
        name = name.removeprefix(f"{folder}/").removesuffix(".toml")
        draft = form(name or "new", values)
        refuse_inapplicable(draft, fields)
        draft = complete(session, draft)
        asked = wizard or (session.can_ask and _lacks_required(draft))
        if asked:
            if not session.can_ask:
                raise errors.UsageError(reason="--wizard needs a terminal", hint="give the flags instead")
            from dominocli.cli.asking import ask_new

            return ask_new(session, form, values, name=name, replace=replace, strict=strict)
        refuse_legacy(draft, values, allowed=legacy)
        refuse_problems(draft, tuple(values))
        document = draft.with_values({}, name=name or draft.default_name(session.directory.settings.domain))
        return saved(session, [change_for(session, document, replace=replace)], strict=strict)

    add.__doc__ = f"Add a {form.form} document: from flags, a TOML document, or by the wizard."
    return add, extra


def complete(session: Session, document: Document) -> Document:
    """Return the document as `add` writes it: defaults written out, our domain, an absolute replica path (for our
    own server that of this folder)."""
    values: dict[str, Any] = {}
    if document.folder == "servers":
        if not document.get("domain_name"):
            values["domain_name"] = session.directory.settings.domain
        replica = document.get("replica")
        is_own = session.replica is not None and same_name(document.get("server_name"), session.replica.server)
        if not replica and is_own:
            replica = str(session.root)
        if replica and "://" not in replica:
            values["replica"] = os.path.abspath(replica)
    return document.with_values(values).with_defaults()


def change_for(session: Session, document: Document, *, replace: bool) -> DocumentChange:
    """Return the change that puts a new document under its name; raise `DocumentExists`."""
    from dominocli.directory.settings import new_id

    refuse_taken_name(session, document.folder, document.name)
    state = session.directory.files.get(document.file)
    if state is None:
        document.unid = new_id()
        return DocumentChange(None, document)
    existing = next((d for d in session.directory.documents(type(document)) if d.name == document.name), None)
    if existing is None:
        reason = state.fault.message if state.fault else "it is a conflict document"
        raise errors.DocumentUnusable(document=document.path, reason=reason, file=document.file)
    document.unid = existing.unid
    if existing.with_defaults().values == document.values:
        return DocumentChange(existing, existing)
    if not replace:
        edit = errors.command_line(f"{document.noun} edit", document.name) + " --FIELD VALUE"
        raise errors.DocumentExists(document=document.path, edit=edit, file=document.file)
    return DocumentChange(existing, document)


def _from_file(form: type[Document], source: str, overriding: Collection[str]) -> dict[str, Any]:
    """Return the values of a TOML document; what is wrong with it is raised with its lines, all together.

    Its unid is ignored, and so is what is wrong with a value that the flags are `overriding`.
    """
    if not source:
        return {}
    from dominocli.checks.document import reports_of_unknown_keys
    from dominocli.checks.report import Report
    from dominocli.directory.text import MAXIMUM_BYTES, Fault, parse
    from dominocli.directory.view import line_of_field

    if source == "-":
        data = sys.stdin.buffer.read(MAXIMUM_BYTES + 1)
    else:
        try:
            with Path(source).open("rb") as file:
                data = file.read(MAXIMUM_BYTES + 1)
        except OSError as error:
            raise errors.UnreadableFile(action="read", path=source, reason=error.strerror, file=source) from error
    raw = parse(data)
    if isinstance(raw, Fault):
        raise errors.SyntaxFault(reason=raw.message, hint=raw.hint, file=source, line=raw.line)
    document = form.from_toml("new", raw)
    ignored = {"unid", *overriding}
    found = [Report(*problem) for problem in document.problems_read if problem.key not in ignored]
    found += reports_of_unknown_keys(document)
    text = data.decode("utf-8-sig")
    raise_all(
        errors.DocumentProblem(
            report.rule,
            report.message,
            report.hint,
            key=report.field,
            file=source,
            line=line_of_field(text, document, report.key, report.table),
        )
        for report in found
    )
    return document.values


def _ports_included(fields: dict[str, Any]) -> dict[str, Any]:
    network = fields.pop("notes_network", None)
    if network is not None:
        fields["ports"] = [f"TCPIP={network}", *fields.get("ports", [])]
    return fields


def _lacks_required(document: Document) -> bool:
    return any(problem.key not in document.values for problem in document.problems())
