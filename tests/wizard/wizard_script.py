"""A scripted asker, a renderer that keeps what it was shown, and a directory to walk over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from dominocli import errors
from dominocli.directory.settings import Settings
from dominocli.directory.view import MemoryView, View
from dominocli.directory.writer import new_text
from dominocli.documents.configuration import Configuration
from dominocli.documents.connection import Connection
from dominocli.documents.document import Document
from dominocli.documents.domain import Domain
from dominocli.documents.finding import Finding
from dominocli.documents.server import Port, Server
from dominocli.wizard import flow
from dominocli.wizard.asker import Back, ChoiceQuestion, ConfirmQuestion, SeveralQuestion, TextQuestion
from dominocli.wizard.review import Review

BACK, STOP, ENTER = object(), object(), object()
SETTINGS = Settings("0" * 32, "", "Acme")

Question = TextQuestion | ChoiceQuestion | SeveralQuestion | ConfirmQuestion


class ScriptedAsker:
    """Answers by label: one answer, or a list of one for each time the question comes; else as Enter does.

    Answers are the texts, values or first cells of options, BACK, STOP, or a function of the question,
    which answers it every time. `stop_at` and `back_at` stop or go back at the question of that number
    (from 0).
    """

    keys = "Esc goes back."

    def __init__(self, answers: Mapping[str, Any], *, stop_at: int = -1, back_at: int = -1) -> None:
        self._answers: dict[str, list[Any]] = {
            label: list(answer) if isinstance(answer, list) else [answer] for label, answer in answers.items()
        }
        self._stop_at = stop_at
        self._back_at = back_at
        self.asked: list[Question] = []
        self.refused: defaultdict[str, list[str]] = defaultdict(list)

    @property
    def labels(self) -> list[str]:
        return [question.label for question in self.asked]

    def unused(self) -> dict[str, list[Any]]:
        """Return the answers no question took: a script that does not fit its walk."""
        return {label: rest for label, rest in self._answers.items() if rest and not callable(rest[0])}

    def _answer(self, question: Question) -> Any:
        self.asked.append(question)
        assert len(self.asked) < 500, f"the walk does not end: {self.labels[-20:]}"
        if self._stop_at == len(self.asked) - 1:
            raise errors.Cancelled
        if self._back_at == len(self.asked) - 1:
            raise Back
        queue = self._answers.get(question.label)
        if queue and callable(queue[0]):
            answer = queue[0](question)
        else:
            answer = queue.pop(0) if queue else ENTER
        if answer is BACK:
            raise Back
        if answer is STOP:
            raise errors.Cancelled
        return answer

    def text(self, question: TextQuestion) -> str:
        while True:
            answer = self._answer(question)
            text = question.default if answer is ENTER else answer
            problem = question.check(text)
            if problem is None:
                return str(text)
            self.refused[question.label].append(problem)
            assert self._answers.get(question.label), f"{question.label}: {problem}"

    def choose(self, question: ChoiceQuestion) -> str:
        assert question.options
        values = [option.value for option in question.options]
        assert len(set(values)) == len(values)
        assert not question.default or question.default in values, question
        answer = self._answer(question)
        if answer is ENTER:
            return question.default or values[0]
        if answer in values:
            return str(answer)
        found = [option.value for option in question.options if answer in option.cells]
        assert len(found) == 1, f"{question.label}: {answer!r} is not one of {question.options}"
        return found[0]

    def choose_several(self, question: SeveralQuestion) -> tuple[str, ...]:
        answer = self._answer(question)
        chosen = question.defaults if answer is ENTER else answer
        assert set(chosen) <= {option.value for option in question.options}
        return tuple(option.value for option in question.options if option.value in chosen)

    def confirm(self, question: ConfirmQuestion) -> bool:
        answer = self._answer(question)
        return question.default if answer is ENTER else bool(answer)


class PlainRenderer:
    """Keeps everything it was to show."""

    def __init__(self) -> None:
        self.headings: list[str] = []
        self.notes: list[str] = []
        self.warnings: list[str] = []
        self.documents: list[Document] = []
        self.reviews: list[Review] = []

    def heading(self, text: str) -> None:
        self.headings.append(text)

    def note(self, text: str) -> None:
        self.notes.append(text)

    def warn(self, text: str) -> None:
        self.warnings.append(text)

    def show_document(self, document: Document) -> None:
        self.documents.append(document)

    def show_review(self, review: Review) -> None:
        self.reviews.append(review)


def view_of(*documents: Document) -> MemoryView:
    """Return a directory of the domain Acme that holds these documents."""
    return MemoryView({document.file: new_text(document) for document in documents}, settings=SETTINGS)


def sample_view() -> MemoryView:
    """Return a directory with two servers (Hub01 sends by SMTP, Mail1 does not), a record and a virtual domain."""
    network = (Port("TCPIP", "Internal"),)
    return view_of(
        Server(
            "hub01-acme",
            {
                "server_name": "Hub01/Acme",
                "domain_name": "Acme",
                "routing_tasks": ("Mail Routing", "SMTP Mail Routing"),
                "ports": network,
            },
            unid="1" * 32,
        ),
        Server("mail1-acme", {"server_name": "Mail1/Acme", "domain_name": "Acme", "ports": network}, unid="2" * 32),
        Configuration("default", {"applies_to": "*", "smtp_outside": "Enabled"}, unid="3" * 32),
        Connection(
            "hub01-acme--isp",
            {
                "connection_type": "Network Dialup",
                "source_server": "Hub01/Acme",
                "source_domain": "Acme",
                "destination_server": "ISP",
                "destination_domain": "Provider",
                "phone_number": "555 1234",
            },
            unid="4" * 32,
        ),
        Domain(
            "theinternet",
            {"domain_type": "Foreign SMTP Domain", "internet_domain": "*.*", "domain_name": "TheInternet"},
            unid="5" * 32,
        ),
    )


def lacks(view: View, server: str) -> tuple[str, ...]:
    """Return what a server lacks to send mail by SMTP, by its Routing tasks alone."""
    found = [document for document in view.documents(Server) if document.server_name == server]
    return () if found and found[0].speaks_smtp else ("SMTP Mail Routing",)


def no_findings(view: View, document: Document) -> list[Finding]:
    return []


class Unids:
    """Numbers as unids: 0...01, 0...02."""

    def __init__(self) -> None:
        self.given = 0

    def __call__(self) -> str:
        self.given += 1
        return f"{self.given:032x}"


class Ran:
    """One run of the wizard, with everybody who took part."""

    def __init__(self, decision: flow.Decision, asker: ScriptedAsker, renderer: PlainRenderer) -> None:
        self.decision = decision
        self.asker = asker
        self.renderer = renderer

    @property
    def documents(self) -> list[Document]:
        return [draft.document for draft in self.decision.drafts]

    @property
    def document(self) -> Document:
        return self.documents[-1]

    @property
    def command(self) -> str:
        return self.renderer.reviews[-1].documents[-1].command


def run(
    form: type[Document],
    answers: Mapping[str, Any],
    given: Mapping[str, Any] | None = None,
    *,
    view: View | None = None,
    stop_at: int = -1,
    back_at: int = -1,
    renderer: PlainRenderer | None = None,
    findings: Callable[[View, Document], list[Finding]] = no_findings,
    **options: Any,
) -> Ran:
    """Run the wizard by a script, and refuse a script with answers no question took."""
    asker = ScriptedAsker(answers, stop_at=stop_at, back_at=back_at)
    renderer = renderer or PlainRenderer()
    options.setdefault("name", None)
    decision = flow.run(
        form,
        sample_view() if view is None else view,
        given or {},
        asker=asker,
        renderer=renderer,
        findings=findings,
        server_lacks=lacks,
        new_unid=Unids(),
        domain="Acme",
        **options,
    )
    assert not asker.unused(), asker.unused()
    return Ran(decision, asker, renderer)
