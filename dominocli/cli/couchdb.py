"""`couchdb init`: a CouchDB database as a replica that everybody talks to."""

from __future__ import annotations

from typing import Annotated

import typer

from dominocli.cli.output import Output
from dominocli.cli.result import Result
from dominocli.cli.session import Session
from dominocli.errors import command_line


def init(
    session: Session,
    url: Annotated[str, typer.Argument(metavar="URL", help="couchdb+https://host[:port]/database, without a user.")],
) -> Result:
    """Make a CouchDB database a replica of this directory: the database, who may do what, its identity.

    Needs an administrator of that CouchDB: DOMINOCLI_COUCHDB_USER and DOMINOCLI_COUCHDB_PASSWORD, or netrc.
    Its users then get roles: dominocli-reader, dominocli-editor, and dominocli-delete for deletions too.
    """
    from dominocli.replication.carriers.couch_setup import prepare

    prepared = prepare(url, session.directory.settings, dry_run=session.flags.dry_run)
    data = {"url": url, "changed": prepared.changed, **prepared._asdict()}

    def show(out: Output) -> None:
        would = "would be " if session.flags.dry_run else ""
        for part, state in prepared._asdict().items():
            out.line(f"{part}: {would if state in ('created', 'changed') else ''}{state}")
        out.note(f"next: {command_line('server edit NAME --replica', url)}, then dominocli replica verify SERVER")

    return Result(data, show)
