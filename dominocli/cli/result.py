"""What every command returns: one typed result, of which text and JSON are two renderings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from dominocli.documents.finding import Finding
from dominocli.errors import ExitCode

if TYPE_CHECKING:
    from dominocli.cli.output import Output


class Result:
    """`data` goes into the JSON envelope, `show` writes the text; findings follow in both."""

    def __init__(
        self,
        data: object,
        show: Callable[[Output], None],
        *,
        findings: Sequence[Finding] = (),
        exit_code: ExitCode = ExitCode.DONE,
    ) -> None:
        self.data = data
        self.show = show
        self.findings = findings
        self.exit_code = exit_code
