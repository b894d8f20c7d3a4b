"""`history` with undelete, and `purge`."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Annotated, Any

import typer

from dominocli import errors
from dominocli.cli.finding_documents import find_anywhere
from dominocli.cli.output import Output, sentence
from dominocli.cli.result import Result
from dominocli.cli.session import Session, machine_zone
from dominocli.documents import FOLDERS


def history(
    session: Session,
    name: Annotated[str, typer.Argument(metavar="NAME", help="connections/NAME, or NAME; also of a deleted one.")],
    undelete: Annotated[str, typer.Option("--undelete", metavar="REV", help="Bring this revision back.")] = "",
) -> Result:
    """Show the revisions of a document, newest first, or bring one back."""
    from dominocli.replication import history as recorded

    path = _path(session, name)
    if undelete and not session.flags.dry_run:
        entry = recorded.undelete(session.root, path, undelete, clock=time.time)
        return Result(entry.as_json(), lambda out: out.line(f"{path}: {undelete} is current again", "good"))
    found = recorded.history(session.root, path)
    rows: list[dict[str, Any]] = [entry.as_json() for entry in found.revisions]
    for row, entry in zip(rows, found.revisions, strict=True):
        row["time"] = datetime.fromtimestamp(entry.time, machine_zone()).isoformat(timespec="seconds")
    if undelete and not any(row["rev"].startswith(undelete) for row in rows):
        raise errors.RevisionNotFound(rev=undelete, document=path)

    def show(out: Output) -> None:
        if undelete:
            out.line(f"{path}: {undelete} would be current again")
            return
        columns = ("rev", "time", "author", "kind")
        cells = [[*(row[c] for c in columns), _changed(row["changes"]), _yes(row["kept"])] for row in rows]
        out.table(["revision", "time", "author", "kind", "changes", "text kept"], cells)

    return Result({"unid": found.unid, "revisions": rows}, show)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _changed(changes: list[str] | None) -> str:
    return "(unknown)" if changes is None else ", ".join(changes)


def _path(session: Session, name: str) -> str:
    """Return the path a name means: as it is with a folder, else that of the only document of that name."""
    if name.partition("/")[0] in FOLDERS:
        return name.removesuffix(".toml")
    return find_anywhere(session, name).path


def purge(session: Session) -> Result:
    """Drop the text of documents deleted longer ago than the purge interval; that they were deleted stays known."""
    from dominocli.replication import history as recorded

    if session.flags.dry_run:
        days = session.directory.settings.purge_interval_days
        data = {"documents": None, "texts": None, "purge_interval_days": days}
        return Result(data, lambda out: out.line(f"texts of deletions older than {days} days would go"))
    session.confirm("Drop the texts of old deletions for good?")
    purged = recorded.purge(session.root, clock=time.time)

    def show(out: Output) -> None:
        texts, documents = sentence(purged.texts, "text"), sentence(purged.documents, "deleted document")
        out.line(f"{texts} of {documents} dropped")

    return Result(purged.as_json(), show)
