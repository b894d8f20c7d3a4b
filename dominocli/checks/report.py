"""What one rule says about one document, before it becomes a finding with file and line."""

from __future__ import annotations

from typing import NamedTuple

from dominocli.names import quoted


class Report(NamedTuple):
    """A rule is broken by the document it was asked about.

    `key` is the field to blame; `table` the table of a key the form does not know, None for a field;
    `severity` is given only where it is not that of the rule.
    """

    rule: str
    key: str
    message: str
    hint: str = ""
    severity: str = ""
    table: str | None = None

    @property
    def field(self) -> str:
        """Return the field as a finding names it: a key no form knows with its table, printable."""
        name = f"{self.table}.{self.key}" if self.table else self.key
        return name if name.isprintable() else quoted(name)[1:-1]
