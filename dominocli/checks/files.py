"""Rules about files rather than fields: texts that do not parse, one unid or one path twice, conflicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dominocli.directory.text import line_of
from dominocli.documents import form_of
from dominocli.documents.finding import SEVERITIES, Finding
from dominocli.errors import command_line as command

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from dominocli.checks.lookups import Lookups
    from dominocli.documents.document import Document


def file_findings(lookups: Lookups, only: Container[str] | None = None) -> Iterator[Finding]:
    """Yield what is wrong with files; `only` leaves out what does not concern these files.

    Of two files that clash the later by path has the finding; it names the first.
    """
    yield from (fault for fault in lookups.view.faults() if only is None or fault.file in only)
    for unid, files in lookups.files_by_unid.items():
        for file in _clashing(files, only):
            text = lookups.view.text(file)
            yield _finding(
                "unid-duplicate",
                file,
                f"{files[0]} has the unid {unid} too, so the two are one document to replication",
                "take the unid line out of whichever of the two is the copy; it gets one of its own",
                "unid",
                None if text is None else line_of(text, "", "unid"),
            )
    for files in lookups.files_by_folded_path.values():
        for file in _clashing(files, only):
            yield _finding(
                "path-clash",
                file,
                f"{files[0]} differs from this path in case or composition only; many file systems hold just one",
                f"rename one of them: dominocli {form_of(file.partition('/')[0]).noun} rename",
            )
    for conflict in lookups.view.conflicts():
        yield from _conflict(conflict, lookups, only)


def _clashing(files: list[str], only: Container[str] | None) -> list[str]:
    if len(files) == 1 or not (only is None or any(file in only for file in files)):
        return []
    return files[1:]


def _conflict(conflict: Document, lookups: Lookups, only: Container[str] | None) -> Iterator[Finding]:
    assert conflict.conflict is not None
    main = next((file for file in lookups.files_by_unid.get(conflict.conflict.of, ()) if file != conflict.file), "")
    if only is not None and main not in only and conflict.file not in only:
        return
    of = main.removesuffix(".toml") or "a document that was deleted"
    line = lookups.view.line_of(conflict, "of", "conflict")
    yield Finding(
        "conflict-unresolved",
        SEVERITIES["conflict-unresolved"],
        conflict.path,
        f"this is another version of {of}, which nothing routes by until somebody decides",
        command("conflicts show", conflict.path),
        conflict.file,
        line,
        "conflict",
    )


def _finding(rule: str, file: str, message: str, hint: str, field: str = "", line: int | None = None) -> Finding:
    return Finding(rule, SEVERITIES[rule], file.removesuffix(".toml"), message, hint, file, line, field)
