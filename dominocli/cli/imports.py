"""`import onetouch` and `import dxl`: bring in what a real Domino has."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dominocli import errors
from dominocli.cli.output import Output, sentence
from dominocli.cli.result import Result
from dominocli.cli.session import Session
from dominocli.errors import ExitCode

if TYPE_CHECKING:
    from dominocli.export.importing import Imported, ImportReport
    from dominocli.export.notes import Note

FILE = Annotated[str, typer.Argument(metavar="FILE")]


def onetouch(
    session: Session,
    file: FILE,
    assignments: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="The value of a {{ NAME }} of the template."),
    ] = None,
) -> Result:
    """Import the documents of a One-touch setup JSON file; its placeholders take the values of --set."""
    from dominocli.export.onetouch import read_onetouch

    values: dict[str, str] = {}
    for text in assignments or []:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise errors.UsageError(reason=f"--set cannot be {text!r}", hint="write --set NAME=VALUE")
        values[name.strip()] = value
    return _import(session, read_onetouch(_text(file), values, file=file))


def dxl(session: Session, file: FILE) -> Result:
    """Import the documents of a DXL export of names.nsf."""
    from dominocli.export.dxl import read_dxl

    return _import(session, read_dxl(_read(file), file=file))


def _read(file: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise errors.UnreadableFile(action="read", path=file, reason=error.strerror, file=file) from error


def _text(file: str) -> str:
    try:
        return _read(file).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise errors.SyntaxFault(reason=f"the file is not UTF-8 (byte {error.start})", file=file) from error


def _import(session: Session, notes: list[Note]) -> Result:
    from dominocli.checks.registry import check_documents
    from dominocli.directory.settings import new_id
    from dominocli.directory.view import MemoryView, find
    from dominocli.export.importing import plan_import
    from dominocli.replication.record import FileChange, save

    plan = plan_import(notes, session.directory, new_id)
    view = MemoryView({change.file: change.text for change in plan.changes}, base=session.directory)
    touched = [find(view, change.file.removesuffix(".toml")) for change in plan.changes]
    findings = check_documents(view, [document for document in touched if document is not None])
    if plan.changes and not session.flags.dry_run:
        files = [FileChange(change.file, change.text, _hash(change.base)) for change in plan.changes]
        save(session.root, files, command=session.command, clock=time.time)
    report = plan.report
    refused = ExitCode.PARTLY if report.refused else ExitCode.DONE

    def show(out: Output) -> None:
        _show(out, report)
        counts = ", ".join(f"{len(list(part))} {kind}" for kind, _, part in _parts(report))
        out.line(counts + (", nothing was written" if session.flags.dry_run else ""))

    return Result(report.as_json(), show, findings=findings, exit_code=refused)


def _hash(text: str | None) -> str | None:
    from dominocli.directory.text import hash_of_text

    return None if text is None else hash_of_text(text)


def _parts(report: ImportReport) -> list[tuple[str, str, list[Imported]]]:
    return [
        ("created", "+", report.created),
        ("updated", "~", report.updated),
        ("unchanged", "=", report.unchanged),
    ]


def _show(out: Output, report: ImportReport) -> None:
    for kind, sign, documents in _parts(report):
        for document in documents:
            out.line(f"{sign} {document.file} ({kind})")
    for path, items in report.unknown_items:
        kept = ", ".join(items[:6]) + (f" and {len(items) - 6} more" if len(items) > 6 else "")
        out.line(f"  {path}: {sentence(len(items), 'item')} nobody here knows kept in [notes_items]: {kept}")
    for (database, form), count in sorted(report.other_documents.items()):
        out.line(f"  left out: {sentence(count, f'{form} document')} of {database}")
    for origin, form, reason in report.refused:
        out.line(f"  refused: {form} ({origin}): {reason}", "error")
    for message in report.messages:
        out.line(f"  {message}")
