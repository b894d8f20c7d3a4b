"""`conflicts list | show | resolve`: edits that were kept beside the document that won."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from dominocli import errors
from dominocli.cli.output import Output, cell_text, sentence
from dominocli.cli.result import Result
from dominocli.cli.session import Session

NAME = Annotated[str, typer.Argument(metavar="NAME", help="The conflict document, or the document it is of.")]


def listing(session: Session) -> Result:
    """List the conflict documents; nothing routes by them."""
    from dominocli.replication.conflicts import list_conflicts

    found = list_conflicts(session.root)

    def show_all(out: Output) -> None:
        rows = [[entry.name, entry.main or "(deleted)", entry.origin, list(entry.fields)] for entry in found]
        out.table(["conflict", "of", "from", "fields"], rows)
        out.note(sentence(len(found), "conflict"))

    return Result({"conflicts": [entry.as_json() for entry in found]}, show_all)


def show(session: Session, name: NAME) -> Result:
    """Show a conflict field by field: the document that won, and the edit that was kept."""
    from dominocli.replication.conflicts import show as compare

    shown = compare(session.root, name)

    def write(out: Output) -> None:
        entry = shown.entry
        out.line(f"{entry.name} of {entry.main or 'a deleted document'}, from {entry.origin}", "heading")
        rows = [[d.field, cell_text(d.main), cell_text(d.conflict)] for d in shown.differences]
        out.table(["field", "main", "conflict"], rows)
        for keep, what in (("main", "keeps the document as it is"), ("conflict", "takes the conflict's fields")):
            out.note(f"{errors.command_line('conflicts resolve', entry.name, '--keep', keep)}   # {what}")

    return Result(shown.as_json(), write)


def resolve(
    session: Session,
    name: NAME,
    keep: Annotated[str, typer.Option("--keep", metavar="WHICH", help="main, conflict or edit.", show_default=False)],
    source: Annotated[
        str, typer.Option("--from", metavar="FILE", help="With --keep edit: the text to keep, - for standard input.")
    ] = "",
) -> Result:
    """Resolve a conflict: keep the main document, take the conflict's fields, or keep a text you edit."""
    from dominocli.replication.conflicts import resolve as end
    from dominocli.replication.conflicts import show as compare

    if keep not in ("main", "conflict", "edit"):
        raise errors.UsageError(reason=f"--keep cannot be {keep!r}", hint="one of: main, conflict, edit")
    shown = compare(session.root, name)
    text = _edited(session, shown.main_text or shown.conflict_text, source) if keep == "edit" else None
    entry = shown.entry
    if not session.flags.dry_run:
        entry = end(session.root, shown.entry.name, keep, edited_text=text, seen=shown, clock=time.time)

    def write(out: Output) -> None:
        verb = "would be resolved" if session.flags.dry_run else "resolved"
        out.line(f"{verb}: {entry.name} (kept {keep})", "good")
        out.note("next: dominocli replicate takes it to every server")

    return Result({**entry.as_json(), "kept": keep}, write)


def _edited(session: Session, text: str, source: str) -> str:
    if source == "-":
        return sys.stdin.read()
    if source:
        try:
            return Path(source).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise errors.UnreadableFile(action="read", path=source, reason=str(error), file=source) from error
    if not session.can_ask:
        raise errors.MissingFlags(flags="--from", fields=("from",))
    edited = _editor(text)
    if edited is None:
        raise errors.Cancelled
    return edited


def _editor(text: str) -> str | None:
    """Return the text as the person's own editor leaves it ($VISUAL, $EDITOR, else vi), None if unchanged."""
    import os
    import shlex
    import subprocess
    import tempfile

    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    with tempfile.TemporaryDirectory(prefix="dominocli-") as folder:
        path = Path(folder) / "document.toml"
        path.write_text(text, encoding="utf-8")
        finished = subprocess.run([*shlex.split(editor), str(path)], check=False)
        after = path.read_text(encoding="utf-8")
    return after if finished.returncode == 0 and after != text else None
