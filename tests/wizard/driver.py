"""A program for the terminal tests: asks one question, or walks a form; says on standard output what it got."""

from __future__ import annotations

import json
import sys
from typing import Any

from wizard_script import PlainRenderer, Unids, lacks, no_findings, sample_view

from dominocli import errors
from dominocli.documents import form_of
from dominocli.documents.document import Document
from dominocli.wizard import flow
from dominocli.wizard.asker import Asker, Back, ChoiceQuestion, ConfirmQuestion, Option, SeveralQuestion, TextQuestion
from dominocli.wizard.review import Review
from dominocli.wizard.terminal import can_ask, open_asker


class WritingRenderer(PlainRenderer):
    """Writes what it is shown to standard error, as simply as can be."""

    def heading(self, text: str) -> None:
        self._write(f"== {text}")

    def note(self, text: str) -> None:
        self._write(text)

    def warn(self, text: str) -> None:
        self._write(f"warning: {text}")

    def show_document(self, document: Document) -> None:
        self._write(json.dumps(document.flat()))

    def show_review(self, review: Review) -> None:
        for reviewed in review.documents:
            self._write(f"review of {reviewed.document.file}")

    @staticmethod
    def _write(text: str) -> None:
        sys.stderr.write(text + "\n")
        sys.stderr.flush()


def check(text: str) -> str | None:
    if text == "raise":
        raise ValueError("a check that fails")
    return (
        None if text.startswith("a") else "it must begin with the letter a, which is a rule made up for this very test"
    )


TEXT = TextQuestion("Colour", "of the box", "The long help speaks at length about boxes.", "amber", check)
FRUITS = tuple(Option(fruit, (fruit,)) for fruit in ("apple", "banana", "cherry"))
ROWS = tuple(
    Option(name, (name, town, "555 000" + str(number)))
    for number, (name, town) in enumerate([("hub01", "Berlin"), ("mail1", "Zürich"), ("mail2", "Aarhus")])
)
MANY = tuple(Option(f"server{n}", (f"Server{n}/Acme", "no SMTP")) for n in range(2000))


def ask(asker: Asker, what: str) -> Any:
    if what == "text":
        return asker.text(TEXT)
    if what == "choose":
        return asker.choose(ChoiceQuestion("Fruit", FRUITS, "banana", "to eat", "Fruits are sweet."))
    if what == "table":
        create = Option("\0create", ("Create one...",))
        return asker.choose(ChoiceQuestion("Server", (create, *ROWS), headings=("Name", "Town", "Phone")))
    if what == "many":
        return asker.choose(ChoiceQuestion("Server", MANY, headings=("Server", "Lacks")))
    if what == "several":
        return asker.choose_several(SeveralQuestion("Fruits", FRUITS, ("banana",), "to eat", "Fruits are sweet."))
    if what == "confirm":
        return asker.confirm(ConfirmQuestion("Replicate now?", long_help="It takes a moment."))
    given: dict[str, Any] = json.loads(sys.argv[2]) if len(sys.argv) > 2 else {}
    decision = flow.run(
        form_of(what),
        sample_view(),
        {key: tuple(value) if isinstance(value, list) else value for key, value in given.items()},
        name=None,
        asker=asker,
        renderer=WritingRenderer(),
        findings=no_findings,
        server_lacks=lacks,
        new_unid=Unids(),
        domain="Acme",
    )
    return [draft.document.nested() for draft in decision.drafts]


def main() -> int:
    if not can_ask():
        sys.stdout.write("answer: nobody to ask\n")
        return 2
    try:
        answer = ask(open_asker(), sys.argv[1])
    except Back:
        answer = "BACK"
    except (errors.Cancelled, KeyboardInterrupt):
        sys.stdout.write("answer: CANCELLED\n")
        return errors.Cancelled.exit_code
    sys.stdout.write(f"answer: {json.dumps(answer)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
