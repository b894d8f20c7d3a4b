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
    """Make a new directory in DIR, or make a directory that git brought there a replica. No Server document is made.

    What is made: directory.toml, and in .dominocli the identity of this replica.
    """
    from dominocli.directory.settings import Settings, find_settings, new_id
    from dominocli.replication import replicas

    root = Path(folder).absolute()
    if replicas.taken(root):
        raise errors.DirectoryExists(where=folder)
    settings = find_settings(root)
    _refuse(domain or (settings.domain if settings else ""), server, title)
    if settings is not None and domain.casefold() not in ("", settings.domain.casefold()):
        raise errors.DirectoryExists(where=folder)
    server = names.abbreviate(server)
    adopts = settings is not None
    settings = settings or Settings(new_id(), title or f"{domain}'s Directory", domain)
    if not session.flags.dry_run:
        replicas.init(root, settings, server)
    data = {
        "directory": str(root),
        "domain": settings.domain,
        "server": server,
        "title": settings.title,
        "replica_id": settings.replica_id,
    }

    def show(out: Output) -> None:
        verb = "would be made" if session.flags.dry_run else "made"
        out.line(f"{verb}: {folder} (domain {settings.domain}, replica of {server})", "good")
        following = "replicate --directory" if adopts else "server add --server-name"
        words = [folder] if adopts else [server, "--directory", folder]
        out.note(f"next: {errors.command_line(following, *words)}")

    return Result(data, show)


def _refuse(domain: str, server: str, title: str) -> None:
    missing = [flag for flag, value in (("--domain", domain), ("--server", server)) if not value.strip()]
    if missing:
        raise errors.MissingFlags(flags=", ".join(missing), fields=tuple(flag[2:] for flag in missing))
    if problem := names.notes_domain_problem(domain):
        raise errors.DocumentProblem("domain-name-invalid", f"--domain: {problem}", "", key="domain")
    if "*" in server:
        raise errors.UsageError(reason=f"--server cannot be {server!r}", hint="name one server, like Hub01/Acme")
    for key, text in (("server", server), ("title", title)):
        if found := names.control_character(text):
            raise errors.DocumentProblem("control-character", f"--{key} holds {found}", "", key=key)
