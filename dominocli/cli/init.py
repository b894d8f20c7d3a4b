"""`init`: a new directory, which is the replica of one server."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dominocli import errors, names
from dominocli.cli.output import Output
from dominocli.cli.result import Result
from dominocli.cli.session import Session


def init(
    session: Session,
    folder: Annotated[str, typer.Argument(metavar="DIR", help="The folder to make it in.")],
    domain: Annotated[str, typer.Option("--domain", metavar="NAME", help="The Notes domain.", show_default=False)] = "",
    server: Annotated[
        str, typer.Option("--server", metavar="SERVER", help="Whose replica the folder is.", show_default=False)
    ] = "",
    title: Annotated[str, typer.Option("--title", help="What the directory is called.")] = "",
) -> Result:
    """Make a new directory in DIR: directory.toml, and the identity of this replica. No Server document is made."""
    from dominocli.directory.settings import Settings, new_id
    from dominocli.replication.replicas import init as make

    _refuse(domain, server, title)
    root = Path(folder).absolute()
    settings = Settings(new_id(), title or f"{domain}'s Directory", domain)
    server = names.abbreviate(server)
    if not session.flags.dry_run:
        make(root, settings, server)
    data = {
        "directory": str(root),
        "domain": domain,
        "server": server,
        "title": settings.title,
        "replica_id": settings.replica_id,
    }

    def show(out: Output) -> None:
        verb = "would be made" if session.flags.dry_run else "made"
        out.line(f"{verb}: {folder} (domain {domain}, replica of {server})", "good")
        out.note(f"next: dominocli server add --server-name {server} --directory {folder}")

    return Result(data, show)


def _refuse(domain: str, server: str, title: str) -> None:
    missing = [flag for flag, value in (("--domain", domain), ("--server", server)) if not value.strip()]
    if missing:
        raise errors.MissingFlags(flags=", ".join(missing), fields=tuple(flag[2:] for flag in missing))
    if problem := names.notes_domain_problem(domain):
        raise errors.DocumentProblem("domain-name-invalid", f"--domain: {problem}", "", key="domain")
    for key, text in (("server", server), ("title", title)):
        if found := names.control_character(text):
            raise errors.DocumentProblem("control-character", f"--{key} holds {found}", "", key=key)
