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

    A file that is no document is merged as git does.

    Set up once in a clone: git config merge.dominocli.driver 'dominocli merge-driver %O %A %B %P'
    """
    from dominocli.directory.writer import write_files
    from dominocli.documents import FOLDERS
    from dominocli.replication.resolve import merge_texts

    before, mine, other = (_read(name) for name in (base, ours, theirs))
    lines, clean = _by_lines(ours, base, theirs)
    merged: str | None = lines
    parts = Path(path).parts[-2:]
    if len(parts) == 2 and parts[0] in FOLDERS and parts[-1].endswith(".toml"):
        merged = merge_texts("/".join(parts), before, mine, other, lines if clean else None)
        clean = merged is not None
    if not session.flags.dry_run:
        target = Path(ours).absolute()
        write_files(target.parent, {target.name: lines if merged is None else merged})
    data = {"path": path, "merged": clean}

    def show(out: Output) -> None:
        if not clean:
            reason = "the two sides cannot be merged field by field: see both, and put it right by hand"
            out.note(f"{path}: {reason}", "warning")

    return Result(data, show, exit_code=ExitCode.DONE if clean else ExitCode.FAILED)


def _read(name: str) -> str:
    try:
        return Path(name).read_bytes().decode("utf-8", "surrogateescape")
    except OSError as error:
        raise errors.UnreadableFile(action="read", path=name, reason=error.strerror, file=name) from error


def _by_lines(ours: str, base: str, theirs: str) -> tuple[str, bool]:
    """Return git's own merge line by line, and whether it is one without conflict markers; git is there, for it
    calls us."""
    import subprocess

    command = ["git", "merge-file", "-p", "-L", "ours", "-L", "base", "-L", "theirs", "--", ours, base, theirs]
    try:
        finished = subprocess.run(command, capture_output=True, check=False)
    except FileNotFoundError:
        raise errors.UsageError(reason="git is not installed", hint="git calls this command; see --help") from None
    if finished.returncode < 0 or finished.returncode >= 128:
        reason = finished.stderr.decode(errors="replace").strip()
        raise errors.DominoError(reason=f"git merge-file failed: {reason}", file=ours)
    return finished.stdout.decode("utf-8", "surrogateescape"), finished.returncode == 0
