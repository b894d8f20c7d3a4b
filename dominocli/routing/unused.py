"""What a routing table does not use, and every reason why (domino.md 3 and 8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dominocli.documents.finding import ERROR, INFO, SEVERITIES

if TYPE_CHECKING:
    from dominocli.documents.document import Document


class NotUsed(NamedTuple):
    """One reason why one document routes nothing; a document with three reasons has three of these.

    `document` is its path (`connections/NAME`), `reason` a rule id of domino.md 8, `field` the key to
    blame, `severity` that of the finding. `about` says what it would have served: `domain:KEY`,
    `server:KEY` with, for a Connection, `from:KEY`, `pattern:TEXT`, or `configuration:PATH` for a Configuration
    document itself; `past:PATH` names one whose absence is the reason, `assumes:ID` an assumption that is.
    """

    document: str
    reason: str
    message: str
    field: str = ""
    hint: str = ""
    severity: str = ERROR
    about: tuple[str, ...] = ()

    def as_json(self) -> dict[str, str]:
        """Return the entry as `recalc` and `route show` give it."""
        return {
            "document": self.document,
            "reason": self.reason,
            "message": self.message,
            "field": self.field,
            "hint": self.hint,
        }


class Reasons:
    """Collects the reasons of one document; `found` tells whether there is any."""

    __slots__ = ("about", "document", "entries")

    def __init__(self, document: Document, about: tuple[str, ...] = ()) -> None:
        self.document = document
        self.about = about
        self.entries: list[NotUsed] = []

    @property
    def found(self) -> bool:
        """Tell whether the document is not used."""
        return bool(self.entries)

    def add(self, reason: str, field: str, message: str, hint: str = "", *, info: bool = False) -> None:
        """Add a reason; `info` lowers its severity where domino.md 6 says so."""
        severity = INFO if info else SEVERITIES[reason]
        self.entries.append(NotUsed(self.document.path, reason, message, field, hint, severity, self.about))

    def add_problems(self, assumable: tuple[str, ...] = ()) -> None:
        """Add what is wrong with the document alone: such a document is not used.

        A required field an import did not find is such a problem too (nobody knows what the document
        concerns), unless it is `assumable`.
        """
        document = self.document
        for problem in document.problems():
            self.add(problem.rule, problem.key, problem.message, problem.hint)
        if not document.unknown:
            return
        for field in document.shown_fields():
            if document.is_unknown(field.key) and field.required(document) and field.key not in assumable:
                message = f"the import did not find {field.label}, without which nobody knows what this is about"
                self.add("value-unknown", field.key, message, f"give {field.flag}")


def assumed(document: Document, key: str, value: object, unknown: list[str]) -> object:
    """Return a field's effective value, or `value` where an import did not find it, noting so in `unknown`.

    domino.md 2.6: unknown is never "off".
    """
    if document.is_unknown(key):
        unknown.append(f"{document.path}:{key}")
        return value
    return document.get(key)
