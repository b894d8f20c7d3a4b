"""The wizard from the first question to Save & Close (ux.md): it decides nothing and writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from dominocli import errors, names
from dominocli.wizard.asker import Back, ChoiceQuestion, ConfirmQuestion, Option, printable
from dominocli.wizard.conversation import Conversation, following
from dominocli.wizard.review import Draft, Review, equivalent_command, review_of
from dominocli.wizard.walk import Walked, ask_again, ask_name, keep_draft, walk

if TYPE_CHECKING:
    from dominocli.directory.view import View
    from dominocli.documents.document import Document
    from dominocli.documents.finding import Finding
    from dominocli.wizard.asker import Asker, Renderer

__all__ = ["Decision", "Draft", "equivalent_command", "offer_replication", "run"]

SAVE, TAB, FIELD, CANCEL = "save", "tab", "field", "cancel"
NAME = "\0name"
SERVERS_NAMED = 8

WHERE_THE_FORM_LIVES = (
    "In the Domino Administrator this form is Configuration > Messaging > Connections > Add Connection."
)


class Decision(NamedTuple):
    """What the user decided to save, as one step: records first, the document of the walk last."""

    drafts: tuple[Draft, ...]


def run(
    form: type[Document],
    view: View,
    given: Mapping[str, Any],
    *,
    name: str | None,
    asker: Asker,
    renderer: Renderer,
    findings: Callable[[View, Document], list[Finding]],
    server_lacks: Callable[[View, str], tuple[str, ...]],
    new_unid: Callable[[], str],
    domain: str,
    replacing: Document | None = None,
    may_replace: bool = False,
    dry_run: bool = False,
) -> Decision:
    """Return what the user decided about one document and those made on the way.

    `given` holds values of fields (as the fields keep them), which are not asked. `findings(view,
    document)` checks a document in a view that holds it; `server_lacks(view, server)` names what a
    server lacks to send mail by SMTP; `domain` is the Notes domain of the directory. `replacing` is
    the document an edit starts from; `may_replace` lets a new document take the name of another;
    `dry_run` says that what is decided will be shown only.
    Raises `Cancelled` when the user stops, or leaves the first question.
    """
    conversation = Conversation(
        view,
        asker=asker,
        renderer=renderer,
        server_lacks=server_lacks,
        new_unid=new_unid,
        domain=domain,
        dry_run=dry_run,
    )
    if replacing is None:
        start = form(name or "", given, unid=new_unid())
    else:
        start = replacing.with_values(given)
    flow = _Flow(conversation, start, frozenset(given), findings, name, replacing, may_replace)
    try:
        return flow.run()
    except (Back, KeyboardInterrupt, EOFError):
        raise errors.Cancelled from None


def offer_replication(asker: Asker, servers: Sequence[str]) -> bool:
    """Ask whether to replicate to these servers and recalculate now; leaving the question means no.

    What was decided before is saved by then, so stopping here is no cancellation.
    """
    named = ", ".join(printable(server) for server in servers[:SERVERS_NAMED])
    if len(servers) > SERVERS_NAMED:
        named += f" and {len(servers) - SERVERS_NAMED} more"
    question = ConfirmQuestion(
        f"Replicate to all servers and recalculate now? ({named})",
        long_help="A change of routing works on a server once it has the document and its routing table was "
        "recalculated. No leaves both to you: dominocli replicate, dominocli recalc.",
    )
    try:
        return asker.confirm(question)
    except (Back, errors.Cancelled, KeyboardInterrupt, EOFError):
        return False


class _Flow:
    """The walk, then the review, again and again until Save & Close."""

    def __init__(
        self,
        conversation: Conversation,
        start: Document,
        given: frozenset[str],
        findings: Callable[[View, Document], list[Finding]],
        name: str | None,
        replacing: Document | None,
        may_replace: bool,
    ) -> None:
        self.conversation = conversation
        self.asker = conversation.asker
        self.renderer = conversation.renderer
        self.document = start
        self.given = given
        self.findings = findings
        self.name = name
        self.replacing = replacing
        self.may_replace = may_replace
        self.is_new = replacing is None
        self.asked: tuple[str, ...] = ()

    def run(self) -> Decision:
        if self.is_new and self.document.form == "Connection":
            self.renderer.note(WHERE_THE_FORM_LIVES)
        self.renderer.note(self.asker.keys)
        self._walk()
        review = self._show()
        while True:
            try:
                chosen = self.asker.choose(self._menu(review))
            except Back:
                self._walk()
                review = self._show()
                continue
            try:
                if chosen == SAVE:
                    if self._is_ready(review):
                        return Decision(tuple(reviewed.draft for reviewed in review.documents))
                elif chosen == CANCEL:
                    raise errors.Cancelled
                elif chosen == TAB:
                    self._edit_tab()
                elif chosen == FIELD:
                    self._edit_field()
                else:
                    self._edit_draft(self.conversation.drafts[chosen])
            except Back:
                continue
            review = self._show()

    def _walk(self) -> None:
        """Ask what was not given, or go back into the walk that was; `Back` leaves the wizard."""
        self._take(walk(self.conversation, self.document, self.given, asked=self.asked, is_new=self.is_new))

    def _take(self, walked: Walked) -> None:
        """Take the outcome of a walk, without what the form does not show although it was given."""
        self.document, self.asked = walked
        shown = {field.key for field in self.document.shown_fields()}
        wrong = self.given | {problem.key for problem in self.document.problems()}
        for key in self.document.values.keys() & wrong - shown:
            self.renderer.warn(f"{self.document.fields[key].label} does not apply here and is left out.")
            self.document = self.document.with_values({key: None})

    def _drafts(self) -> list[Draft]:
        document = self.document
        if self.replacing is not None:
            last = Draft(document, self.replacing)
        else:
            document = document.with_defaults()
            document = document.with_values({}, name=self.name or document.default_name(self.conversation.domain))
            last = Draft(document, self.conversation.holder(document.file) if self.may_replace else None)
        return [*(Draft(draft) for draft in self.conversation.wanted_drafts(document)), last]

    def _show(self) -> Review:
        drafts = self._drafts()
        view = self.conversation.view_with(draft.document for draft in drafts)
        review = review_of(drafts, view, self.findings, self.conversation.domain)
        self.renderer.show_review(review)
        return review

    def _menu(self, review: Review) -> ChoiceQuestion:
        options = [
            Option(SAVE, ("Save & Close",)),
            Option(TAB, ("Edit a tab...",)),
            Option(FIELD, ("Edit a field...",)),
            *(Option(d.document.path, (f"Edit {d.document.path}...",)) for d in review.documents[:-1]),
            Option(CANCEL, ("Cancel",)),
        ]
        files = "these files" if len(review.documents) > 1 else "the file"
        saving = f"Save & Close writes {files}, Cancel nothing"
        if self.conversation.dry_run:
            saving = f"a dry run: Save & Close shows what it would write into {files}, and nothing is written"
        return ChoiceQuestion("What now?", tuple(options), help=saving)

    def _is_ready(self, review: Review) -> bool:
        """Tell whether everything can be saved; if not, ask again what is in the way."""
        last = review.documents[-1]
        if last.problems:
            for problem in last.problems:
                self.renderer.warn(problem.message)
            keys = {problem.key for problem in last.problems}
            self._change(ask_again(self.conversation, self.document, keys, is_new=self.is_new))
            return False
        document = last.document
        wrong = names.document_name_problem(document.name)
        if wrong is None and not self.may_replace and self.conversation.is_taken(document):
            wrong = f"{document.path} already exists with other values."
        if wrong is None or not self.is_new:
            return True
        self.renderer.warn(wrong)
        self.name = ask_name(self.conversation, document).name
        return False

    def _change(self, walked: Walked) -> None:
        """Take the document of a change, leaving the order of the walk as it was, new fields last."""
        self.document = walked.document
        self.asked += tuple(key for key in walked.asked if key not in self.asked)

    def _edit_tab(self) -> None:
        tabs = {field.tab.key: field.tab.label for field in self.document.shown_fields()}
        options = tuple(Option(key, (label,)) for key, label in tabs.items())
        chosen = self.asker.choose(ChoiceQuestion("Which tab?", options))
        keys = {field.key for field in self.document.shown_fields() if field.tab.key == chosen}
        self._change(ask_again(self.conversation, self.document, keys, is_new=self.is_new))

    def _edit_field(self) -> None:
        shown = self.document
        options = [Option(field.key, (field.label, field.show(shown.get(field.key)))) for field in shown.shown_fields()]
        if self.is_new:
            options.append(Option(NAME, ("Name of the document", self._drafts()[-1].document.name)))
        chosen = self.asker.choose(ChoiceQuestion("Which field?", tuple(options), headings=("Field", "Value")))
        if chosen == NAME:
            self.name = ask_name(self.conversation, self._drafts()[-1].document).name
        else:
            self._change(ask_again(self.conversation, self.document, {chosen}, is_new=self.is_new))

    def _edit_draft(self, draft: Document) -> None:
        """Walk a draft again; what referred to it follows its new name or domain."""
        edited = walk(self.conversation, draft, {"connection_type", "domain_type"}).document
        if draft.name == draft.default_name(self.conversation.domain):
            edited = edited.with_values({}, name="")
        del self.conversation.drafts[draft.path]
        try:
            named = keep_draft(self.conversation, edited)
        except Back:
            self.conversation.drafts[draft.path] = draft
            raise
        self.document = following(self.document, draft, named)
