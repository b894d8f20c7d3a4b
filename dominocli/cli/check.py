"""`check`: all findings of a directory, for a person, a script or a code host."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from dominocli import errors
from dominocli.cli.output import Output, sentence
from dominocli.cli.result import Result
from dominocli.cli.session import Session
from dominocli.documents.finding import ERROR, INFO, WARNING, Finding
from dominocli.errors import ExitCode

FORMATS = ("text", "json", "github", "sarif")


def check(
    session: Session,
    format: Annotated[str, typer.Option("--format", metavar="FORMAT", help="text, json, github or sarif.")] = "text",
) -> Result:
    """Check every document and what holds between them; exit 3 if there are errors."""
    from dominocli.checks.registry import run_checks

    if format not in FORMATS:
        raise errors.UsageError(reason=f"--format cannot be {format!r}", hint="one of: " + ", ".join(FORMATS))
    findings = run_checks(session.directory)
    counts = {severity: sum(f.severity == severity for f in findings) for severity in (ERROR, WARNING, INFO)}
    code = ExitCode.FINDINGS if counts[ERROR] else ExitCode.DONE
    files = len(session.directory.files)

    def show(out: Output) -> None:
        if format == "json":
            out.envelope(session.command, {"counts": counts}, findings, ())
        elif format == "github":
            for finding in findings:
                out.line(_annotation(finding))
        elif format == "sarif":
            out.json(_sarif(findings))
        else:
            for finding in findings:
                out.finding(finding, data=True)
            told = ", ".join(sentence(n, s) if s != INFO else f"{n} info" for s, n in counts.items())
            out.line(f"{sentence(files, 'document')} checked: {told}")

    listed = findings if session.flags.json else []
    return Result({"counts": counts}, show, findings=listed, exit_code=code)


_LEVELS = {ERROR: "error", WARNING: "warning", INFO: "notice"}


def _annotation(finding: Finding) -> str:
    """Return a finding as a workflow command; what would end or split the command is escaped."""

    def escaped(text: str, also: str = "") -> str:
        for character in "%\r\n" + also:
            text = text.replace(character, f"%{ord(character):02X}")
        return text

    place = f"file={escaped(finding.file or finding.document, ',:')}"
    if finding.line is not None:
        place += f",line={finding.line}"
    message = finding.message + (f" ({finding.hint})" if finding.hint else "")
    return f"::{_LEVELS[finding.severity]} {place},title={escaped(finding.id, ',:')}::{escaped(message)}"


def _sarif(findings: Sequence[Finding]) -> dict[str, Any]:
    from dominocli import __version__

    levels = {ERROR: "error", WARNING: "warning", INFO: "note"}
    results = []
    for finding in findings:
        location: dict[str, Any] = {"artifactLocation": {"uri": finding.file or finding.document}}
        if finding.line is not None:
            location["region"] = {"startLine": finding.line}
        text = finding.message + (f" Hint: {finding.hint}" if finding.hint else "")
        results.append(
            {
                "ruleId": finding.id,
                "level": levels[finding.severity],
                "message": {"text": text},
                "locations": [{"physicalLocation": location}],
            }
        )
    rules = [{"id": rule} for rule in sorted({finding.id for finding in findings})]
    driver = {"name": "dominocli", "version": __version__, "rules": rules}
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }
