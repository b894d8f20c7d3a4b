"""Everything that is printed: plain text, rich tables on a terminal, and the JSON envelope."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TextIO

from dominocli import errors
from dominocli.cli.streams import OutputLost
from dominocli.documents.finding import Finding

if TYPE_CHECKING:
    from rich.console import Console

    from dominocli.cli.result import Result

STYLES = {"error": "bold red", "warning": "yellow", "info": "cyan", "good": "green", "heading": "bold", "dim": "dim"}


NARROWEST_CELL = 12
"""Where the columns of a table would get less, each row is written as lines of its own."""


class Output:
    """The one place that writes: data to stdout, messages, progress and errors to stderr.

    Values from documents are shown literally: no markup is read in them, control characters are escaped.
    """

    def __init__(self, *, color: str = "auto", quiet: bool = False, verbose: bool = False) -> None:
        self.quiet = quiet
        self.verbose = verbose
        self._color = color
        self._consoles: dict[bool, Console] = {}
        self._in_progress = False

    def is_rich(self, *, stderr: bool = False) -> bool:
        """Tell whether a stream gets colours and boxes."""
        stream = sys.stderr if stderr else sys.stdout
        if self._color != "auto":
            return self._color == "always"
        return stream.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"

    def line(self, text: str = "", style: str = "") -> None:
        """Write one line of data."""
        self._write(text, style, stderr=False)

    def message(self, text: str, style: str = "") -> None:
        """Write one line to the person at the keyboard, on standard error."""
        self._write(text, style, stderr=True)

    def note(self, text: str, style: str = "") -> None:
        """Write one line to the person, unless `--quiet` was given."""
        if not self.quiet:
            self.message(text, style)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Write a table: a rich one on a terminal, else tab-separated lines under their column names."""
        if not self.is_rich():
            self.separated(columns, rows)
            return
        shown = [[visible(cell_text(cell)) for cell in row] for row in rows]
        from rich.box import SIMPLE_HEAD
        from rich.table import Table

        console = self._console(stderr=False)
        if console.width < NARROWEST_CELL * len(columns):
            for row in shown:
                for column, cell in zip(columns, row, strict=True):
                    console.print(f"{column}: {cell}", soft_wrap=True)
                console.print()
            return
        table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
        for column in columns:
            table.add_column(column, overflow="fold")
        for row in shown:
            table.add_row(*row)
        console.print(table)

    def separated(self, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Write tab-separated lines under their column names, on a terminal too."""
        lines = [list(columns), *([visible(cell_text(cell)) for cell in row] for row in rows)]
        _send(sys.stdout, "".join("\t".join(line) + "\n" for line in lines))

    def finding(self, finding: Finding, *, data: bool = False) -> None:
        """Write a finding: severity and id, where, the message, what to do; to stdout where it is the data."""
        where = finding.file or finding.document
        if finding.line is not None:
            where += f":{finding.line}"
        self._write(f"{finding.severity}[{finding.id}]: {finding.message}", finding.severity, stderr=not data)
        self._write(f"  --> {where}", "dim", stderr=not data)
        if finding.hint:
            self._write(f"  hint: {finding.hint}", "", stderr=not data)

    def error(self, error: errors.DominoError) -> None:
        """Write an error in the one form of errors."""
        if isinstance(error, errors.SeveralErrors):
            for one in error.errors:
                self.error(one)
            return
        self._write(f"error[{error.code}]: {error.message}", "error", stderr=True)
        if error.file:
            where = error.file if error.line is None else f"{error.file}:{error.line}"
            self._write(f"  --> {where}", "dim", stderr=True)
        if error.hint:
            self._write(f"  hint: {error.hint}", "", stderr=True)

    def result(self, command: str, result: Result, *, as_json: bool) -> None:
        """Write what a command returned, as the envelope or as text."""
        if as_json:
            self.envelope(command, result.data, result.findings, ())
            return
        result.show(self)
        for finding in result.findings:
            self.finding(finding)

    def envelope(
        self,
        command: str,
        data: object,
        findings: Sequence[Finding],
        failures: Sequence[errors.DominoError],
    ) -> None:
        """Write the JSON envelope of design.md 5, version 1."""
        content = {
            "version": 1,
            "command": command,
            "data": data,
            "findings": [finding.as_json() for finding in findings],
            "errors": [failure.as_json() for failure in failures],
        }
        self.json(content)

    def progress(self, server: str, phase: str, documents: int) -> None:
        """Show on a terminal what is going on with a server, in one line that the next one replaces."""
        sys.stderr.write(f"\r\x1b[K{visible(server)}: {phase} {documents}")
        sys.stderr.flush()
        self._in_progress = True

    def end_progress(self) -> None:
        """Take the progress line away."""
        if self._in_progress:
            sys.stderr.write("\r\x1b[K")
            self._in_progress = False

    def json(self, content: object) -> None:
        """Write a JSON text of a format of its own (SARIF, JSON Schema)."""
        import json

        ascii_only = (sys.stdout.encoding or "").lower().replace("-", "") not in ("utf8", "")
        _send(sys.stdout, json.dumps(content, indent=2, ensure_ascii=ascii_only) + "\n")

    def flush(self) -> None:
        """Hand on what was written so far, so that both streams stay in order."""
        sys.stdout.flush()
        sys.stderr.flush()

    def _write(self, text: str, style: str, *, stderr: bool) -> None:
        shown = visible(text)
        if not self.is_rich(stderr=stderr):
            _send(sys.stderr if stderr else sys.stdout, shown + "\n")
            return
        self._console(stderr=stderr).print(shown, style=STYLES.get(style, style) or None, soft_wrap=True)

    def _console(self, *, stderr: bool) -> Console:
        if stderr not in self._consoles:
            from rich.console import Console

            forced = True if self._color == "always" else None
            self._consoles[stderr] = Console(
                stderr=stderr, markup=False, highlight=False, emoji=False, force_terminal=forced
            )
        return self._consoles[stderr]


def visible(text: str) -> str:
    """Return the text with everything a terminal might obey written as an escape."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text)


def cell_text(cell: object) -> str:
    """Return a table cell's text."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    return ", ".join(map(str, cell)) if isinstance(cell, list | tuple) else str(cell)


def sentence(count: int, one: str, many: str = "") -> str:
    """Return `1 server` or `3 servers`."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def _send(stream: TextIO, text: str) -> None:
    """Write text a stream's encoding may not hold: what it lacks is escaped. Raises `OutputLost`."""
    try:
        try:
            stream.write(text)
        except UnicodeEncodeError:
            encoding = stream.encoding or "utf-8"
            stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
    except OSError as error:
        raise OutputLost from error
