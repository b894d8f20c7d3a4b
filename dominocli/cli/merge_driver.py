"""`merge-driver`: git merges documents field by field, as replication does."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dominocli import errors
from dominocli.cli.output import Output
from dominocli.cli.result import Result
from dominocli.cli.session import Session
from dominocli.errors import ExitCode


def merge_driver(
    session: Session,
    base: Annotated[str, typer.Argument(metavar="BASE", help="%O: the common ancestor.")],
    ours: Annotated[str, typer.Argument(metavar="OURS", help="%A: our version; the result goes there.")],
    theirs: Annotated[str, typer.Argument(metavar="THEIRS", help="%B: their version.")],
    path: Annotated[str, typer.Argument(metavar="PATH", help="%P: the document's path in the repository.")],
) -> Result:
    """Merge two versions of a document for git, field by field; exit 1 leaves git's own conflict markers.

    Set up once in a clone: git config merge.dominocli.driver 'dominocli merge-driver %O %A %B %P'
    """
    from dominocli.directory.writer import write_files
    from dominocli.replication.resolve import merge_texts

    texts = [_read(name) for name in (base, ours, theirs)]
    merged = merge_texts("/".join(Path(path).parts[-2:]), *texts)
    if merged is None:
        merged, clean = _marked(ours, base, theirs), False
    else:
        clean = True
    if not session.flags.dry_run:
        target = Path(ours).absolute()
        write_files(target.parent, {target.name: merged})
    data = {"path": path, "merged": clean}

    def show(out: Output) -> None:
        if not clean:
            out.note(f"{path}: both sides changed the same field; choose one between the markers", "warning")

    return Result(data, show, exit_code=ExitCode.DONE if clean else ExitCode.FAILED)


def _read(name: str) -> str:
    try:
        return Path(name).read_bytes().decode("utf-8", "surrogateescape")
    except OSError as error:
        raise errors.UnreadableFile(action="read", path=name, reason=error.strerror, file=name) from error


def _marked(ours: str, base: str, theirs: str) -> str:
    """Return git's own line by line merge with conflict markers; git is there, for it calls us."""
    import subprocess

    command = ["git", "merge-file", "-p", "-L", "ours", "-L", "base", "-L", "theirs", "--", ours, base, theirs]
    try:
        finished = subprocess.run(command, capture_output=True, check=False)
    except FileNotFoundError:
        raise errors.UsageError(reason="git is not installed", hint="git calls this command; see --help") from None
    if finished.returncode < 0 or finished.returncode >= 128:
        reason = finished.stderr.decode(errors="replace").strip()
        raise errors.DominoError(reason=f"git merge-file failed: {reason}", file=ours)
    return finished.stdout.decode("utf-8", "surrogateescape")
