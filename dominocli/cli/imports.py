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

if TYPE_CHECKING:
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
    return _import(session, read_onetouch(_read(file), values, file=file))


def dxl(session: Session, file: FILE) -> Result:
    """Import the documents of a DXL export of names.nsf."""
    from dominocli.export.dxl import read_dxl

    return _import(session, read_dxl(_read(file), file=file))


def _read(file: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise errors.UnreadableFile(action="read", path=file, reason=error.strerror, file=file) from error


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
        files = [FileChange(change.file, change.text, change.base) for change in plan.changes]
        save(session.root, files, command=session.command, clock=time.time)
    data = plan.report.as_json()

    def show(out: Output) -> None:
        for kind, sign in (("created", "+"), ("updated", "~"), ("unchanged", "=")):
            for path in data[kind]:
                out.line(f"{sign} {path} ({kind})")
        for message in plan.report.messages:
            out.line(message)
        told = [f"{len(data[kind])} {kind}" for kind in ("created", "updated", "unchanged")]
        out.line(", ".join(told) + (", nothing was written" if session.flags.dry_run else ""))
        if data["other_documents"]:
            out.note(sentence(len(data["other_documents"]), "kind") + " of other documents left out")

    return Result(data, show, findings=findings)
