"""The one way documents are saved: problems, findings, the plan of a dry run, the write."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from dominocli import errors
from dominocli.cli.output import Output, sentence
from dominocli.cli.result import Result
from dominocli.cli.session import Session
from dominocli.documents.finding import INFO, Finding

if TYPE_CHECKING:
    from dominocli.documents.document import Document

MISSING_RULES = ("value-missing", "destination-server-blank", "dial-up-record-missing")


class DocumentChange(NamedTuple):
    """One document before and after; None before for a new one, None after for a deleted one."""

    before: Document | None
    after: Document | None

    @property
    def kind(self) -> str:
        """Return created, changed, renamed, deleted or unchanged."""
        if self.before is None:
            return "created"
        if self.after is None:
            return "deleted"
        if self.before.name != self.after.name:
            return "renamed"
        return "unchanged" if not self.fields() else "changed"

    def fields(self) -> list[tuple[str, str, str]]:
        """Return (key, old, new) of every field whose value differs, as text.

        Where only the giving differs, the side without it says whether that is the default or unknown.
        """
        rows: list[tuple[str, str, str]] = []
        document = self.after or self.before
        for key, field in document.fields.items() if document else ():
            old, new = (field.show(side.get(key)) if side else "" for side in (self.before, self.after))
            if old == new and self.before and self.after:
                old, new = _told(self.before, key, old), _told(self.after, key, new)
            if old != new:
                rows.append((key, old, new))
        return rows

    def as_json(self) -> dict[str, Any]:
        """Return name, file, unid, change and the document (design.md 5)."""
        document = self.after or self.before
        assert document is not None
        return {
            "name": document.name,
            "file": document.file,
            "unid": document.unid,
            "change": self.kind,
            "document": document.nested(),
        }


def _told(document: Document, key: str, shown: str) -> str:
    """Return a field's text, and where its value comes from if the document does not give it."""
    if key in document.values:
        return shown
    if document.is_unknown(key):
        return "(unknown)"
    return f"{shown} (default)" if shown else ""


def refuse_problems(document: Document, given: Sequence[str] = ()) -> None:
    """Raise everything that is wrong with the document alone: the missing flags in one error (exit 2)."""
    failures: list[errors.DominoError] = []
    missing: list[str] = []
    for problem in document.problems():
        if problem.rule in MISSING_RULES and problem.key not in given and problem.key not in document.values:
            missing.append(problem.key)
        else:
            failures.append(errors.DocumentProblem(problem.rule, problem.message, problem.hint, key=problem.key))
    if missing:
        flags = ", ".join(document.fields[key].flag for key in missing)
        failures.insert(0, errors.MissingFlags(flags=flags, fields=tuple(missing)))
    if len(failures) == 1:
        raise failures[0]
    if failures:
        raise errors.SeveralErrors(failures)


def save(session: Session, changes: Sequence[DocumentChange], *, strict: bool = False) -> list[Finding]:
    """Save the changes as one step and return the findings about them; under `--dry-run` only the findings.

    Raises `StrictFindings` with `strict`, and what `replication.record.save` raises.
    """
    from dominocli.checks.registry import check_documents
    from dominocli.directory.view import MemoryView

    changes = [change for change in changes if change.kind != "unchanged"]
    texts, files = _texts(session, changes)
    view = MemoryView(texts, base=session.directory)
    after = [change.after for change in changes if change.after is not None]
    before = [change.before for change in changes if change.before is not None]
    findings = check_documents(view, after, before)
    refused = [finding for finding in findings if finding.severity != INFO]
    if strict and refused:
        raise errors.StrictFindings(refused)
    if not session.flags.dry_run and files:
        from dominocli.replication.record import save as record

        record(session.root, files, command=session.command, clock=time.time)
    return findings


def _texts(session: Session, changes: Sequence[DocumentChange]) -> tuple[dict[str, str | None], list[Any]]:
    from dominocli.directory.text import hash_of_text
    from dominocli.directory.writer import edit_text, new_text
    from dominocli.replication.record import FileChange

    texts: dict[str, str | None] = {}
    files: list[FileChange] = []
    for before, after in changes:
        old = session.directory.text(before.file) if before is not None else None
        base = hash_of_text(old) if old is not None else None
        if after is None:
            new = None
        elif before is None or old is None:
            new = new_text(after)
        else:
            new = edit_text(old, _changes(old, before, after))
        if before is not None and (after is None or after.file != before.file):
            texts[before.file] = None
            files.append(FileChange(before.file, None, base))
            base = None
        if after is not None:
            texts[after.file] = new
            files.append(FileChange(after.file, new, base))
    return texts, files


def _changes(text: str, before: Document, after: Document) -> dict[tuple[str, ...], Any]:
    """Return what turns the text into that of `after`; a hand-made file without a unid gets its own (the one
    derived from its path), for only then does it stay the same document under another name."""
    from dominocli.directory.text import Fault, parse
    from dominocli.directory.writer import document_changes

    changes = document_changes(before, after)
    raw = parse(text.encode("utf-8", "surrogateescape"))
    if not isinstance(raw, Fault) and raw.get("unid") != after.unid:
        changes[("unid",)] = after.unid
    return changes


def saved(session: Session, changes: Sequence[DocumentChange], *, strict: bool = False, one: bool = True) -> Result:
    """Save the changes and return the command's result: what changed, the findings, what to do next."""
    findings = save(session, changes, strict=strict)
    rows = [change.as_json() for change in changes]
    data = rows[0] if one and len(rows) == 1 else {"documents": rows}

    def show(out: Output) -> None:
        show_changes(out, changes, dry_run=session.flags.dry_run)
        if not session.flags.dry_run and any(change.kind != "unchanged" for change in changes):
            out.note("next: dominocli replicate takes it to every server and recalculates the routing tables")

    return Result(data, show, findings=findings)


SIGNS = {
    "created": ("+", "good"),
    "changed": ("~", "warning"),
    "renamed": ("~", "warning"),
    "deleted": ("-", "error"),
    "unchanged": ("=", "dim"),
}


def show_changes(out: Output, changes: Sequence[DocumentChange], *, dry_run: bool) -> None:
    """Write the plan lines: a sign and a document, its fields old -> new, and the count."""
    for change in changes:
        document = change.after or change.before
        assert document is not None
        renamed = change.kind == "renamed" and change.before is not None
        where = f"{change.before.path} -> {document.path}" if renamed and change.before else document.path
        sign, style = SIGNS[change.kind]
        out.line(f"{sign} {where} ({change.kind})", style)
        if change.kind in ("changed", "renamed"):
            for key, old, new in change.fields():
                out.line(f"    {key}: {old or '(blank)'} -> {new or '(blank)'}")
    counted = [change.kind for change in changes if change.kind != "unchanged"]
    if not counted:
        out.note("nothing to change")
    elif dry_run:
        out.note(f"{sentence(len(counted), 'document')} would change; nothing was written")
