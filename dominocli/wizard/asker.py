"""Questions as data, who asks them (`Asker`) and who shows everything else (`Renderer`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from dominocli.documents.document import Document
    from dominocli.wizard.review import Review


class Back(Exception):
    """The person at the keyboard wants the question before this one."""


def _accept(_: str) -> str | None:
    return None


class TextQuestion(NamedTuple):
    """A question for one line of text. `check` says what is wrong with an answer, None if nothing is."""

    label: str
    help: str = ""
    long_help: str = ""
    default: str = ""
    check: Callable[[str], str | None] = _accept


class Option(NamedTuple):
    """One answer on offer: the value returned for it, and its cells as they are shown."""

    value: str
    cells: tuple[str, ...]


class ChoiceQuestion(NamedTuple):
    """A question for one of at least one option; `default` is the value of the one offered first, "" the first.

    With `headings`, one for each cell, the options are rows of a table that can be searched.
    """

    label: str
    options: tuple[Option, ...]
    default: str = ""
    help: str = ""
    long_help: str = ""
    headings: tuple[str, ...] = ()


class SeveralQuestion(NamedTuple):
    """A question for any number of the options, none included."""

    label: str
    options: tuple[Option, ...]
    defaults: tuple[str, ...] = ()
    help: str = ""
    long_help: str = ""


class ConfirmQuestion(NamedTuple):
    """A question for yes or no."""

    label: str
    default: bool = True
    help: str = ""
    long_help: str = ""


class Asker(Protocol):
    """Asks one question and returns its answer, which is a valid one.

    Every method raises `Back` for the question before, and `Cancelled` where the user stops.
    """

    @property
    def keys(self) -> str:
        """Return one line about the keys: back, help, stop."""
        ...

    def text(self, question: TextQuestion) -> str:
        """Return the line typed, which `check` accepts."""
        ...

    def choose(self, question: ChoiceQuestion) -> str:
        """Return the value of the option chosen."""
        ...

    def choose_several(self, question: SeveralQuestion) -> tuple[str, ...]:
        """Return the values of the options chosen, in their order."""
        ...

    def confirm(self, question: ConfirmQuestion) -> bool:
        """Return True for yes."""
        ...


class Renderer(Protocol):
    """Shows what is no question, where the questions appear (standard error)."""

    def heading(self, text: str) -> None:
        """Show where the walk is, such as `1/4 Basics`."""
        ...

    def note(self, text: str) -> None:
        """Show something worth knowing."""
        ...

    def warn(self, text: str) -> None:
        """Show something that is wrong, or will not work as it is."""
        ...

    def show_document(self, document: Document) -> None:
        """Show all values of a document."""
        ...

    def show_review(self, review: Review) -> None:
        """Show what is about to be saved."""
        ...


def printable(text: str) -> str:
    """Return a text of unknown origin as one line a terminal shows literally."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
