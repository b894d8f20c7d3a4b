"""Where commands meet the wizard: it asks, this saves what was decided and offers to replicate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dominocli.cli.document_add import change_for, complete
from dominocli.cli.output import Output
from dominocli.cli.result import Result
from dominocli.cli.saving import DocumentChange, saved, show_changes
from dominocli.cli.servers import places
from dominocli.cli.session import Session
from dominocli.errors import ExitCode

if TYPE_CHECKING:
    from dominocli.directory.view import View
    from dominocli.documents.document import Document
    from dominocli.documents.finding import Finding
    from dominocli.routing.network import Network
    from dominocli.wizard.review import Draft, Review


class WizardRenderer:
    """Shows what is no question on standard error, where the questions are."""

    def __init__(self, out: Output) -> None:
        self._out = out

    def heading(self, text: str) -> None:
        self._out.message("")
        self._out.message(text, "heading")

    def note(self, text: str) -> None:
        self._out.message(text, "dim")

    def warn(self, text: str) -> None:
        self._out.message(text, "warning")

    def show_document(self, document: Document) -> None:
        self._out.message(f"{document.form} {document.name}", "heading")
        for field in document.shown_fields():
            if value := field.show(document.get(field.key)):
                self._out.message(f"  {field.label}: {value}")

    def show_review(self, review: Review) -> None:
        for reviewed in review.documents:
            self.heading(f"Review: {reviewed.document.form} document, file {reviewed.document.file}")
            for tab in reviewed.tabs:
                shown = [field for field in tab.fields if field.value]
                if shown:
                    self._out.message(tab.label, "heading")
                for field in shown:
                    mark = " *" if field.is_changed else ""
                    self._out.message(f"  {field.label}: {field.value}{mark}")
            for problem in reviewed.problems:
                self._out.message(f"error[{problem.rule}]: {problem.message}", "error")
            for finding in reviewed.findings:
                self._out.finding(finding)
        self.heading("The same without questions (* marks what is not the default)")
        for reviewed in review.documents:
            self._out.message(f"  {reviewed.command}")


def ask_new(
    session: Session,
    form: type[Document],
    given: dict[str, Any],
    *,
    name: str,
    replace: bool,
    strict: bool,
) -> Result:
    """Ask for a new document, save everything decided as one step, and offer to replicate."""
    drafts = _ask(session, form, given, name=name, replacing=None, may_replace=replace)
    changes = [change_for(session, complete(session, draft.document), replace=replace) for draft in drafts]
    return _saved(session, changes, strict)


def ask_edit(session: Session, document: Document, given: dict[str, Any], *, strict: bool) -> Result:
    """Ask for every field of a document, save everything decided as one step, and offer to replicate."""
    drafts = _ask(session, type(document), given, name=document.name, replacing=document, may_replace=False)
    changes = [change_for(session, complete(session, draft.document), replace=False) for draft in drafts[:-1]]
    edited = drafts[-1].document
    same = edited.values == document.values and edited.unknown == document.unknown
    changes.append(DocumentChange(document, document if same else edited))
    return _saved(session, changes, strict)


def _ask(
    session: Session,
    form: type[Document],
    given: dict[str, Any],
    *,
    name: str,
    replacing: Document | None,
    may_replace: bool,
) -> Sequence[Draft]:
    from dominocli.directory.settings import new_id
    from dominocli.wizard.flow import run

    decision = run(
        form,
        session.directory,
        given,
        name=name or None,
        asker=session.asker,
        renderer=WizardRenderer(session.out),
        findings=_findings,
        server_lacks=_Lacks(),
        new_unid=new_id,
        domain=session.directory.settings.domain,
        replacing=replacing,
        may_replace=may_replace,
        dry_run=session.flags.dry_run,
    )
    return decision.drafts


def _findings(view: View, document: Document) -> list[Finding]:
    from dominocli.checks.registry import check_documents

    path = document.path
    return [finding for finding in check_documents(view, [document]) if finding.document == path]


class _Lacks:
    """Says what a server lacks to send SMTP outside, in the words of the forms; one network a view."""

    def __init__(self) -> None:
        self._network: tuple[View, Network] | None = None

    def __call__(self, view: View, server: str) -> tuple[str, ...]:
        from dominocli.routing.network import build_network

        if self._network is None or self._network[0] is not view:
            self._network = (view, build_network(view))
        node = self._network[1].server(server)
        if node is None or not node.document:
            return ()
        wanted = ((node.smtp, "SMTP Mail Routing"), (node.settings.sends_outside, "SMTP outside"))
        return tuple(what for has, what in wanted if not has)


def _saved(session: Session, changes: list[DocumentChange], strict: bool) -> Result:
    result = saved(session, changes, strict=strict, one=len(changes) == 1)
    if session.flags.dry_run or all(change.kind == "unchanged" for change in changes):
        return result
    servers = [place.server for place in places(session) if place.location]
    if not servers or not session.can_ask:
        return result
    from dominocli.wizard.flow import offer_replication

    session.out.message(f"saved: {', '.join(c.after.file for c in changes if c.after)}", "good")
    wants_replication = offer_replication(session.asker, servers)

    def show(out: Output) -> None:
        # What to do next was offered already: it is done, or left for later.
        show_changes(out, changes, dry_run=False)

    result = Result(result.data, show, findings=result.findings)
    if wants_replication:
        return _replicated(session, result)
    session.out.message("to do it later: dominocli replicate (or dominocli recalc for the tables alone)")
    return result


def _replicated(session: Session, result: Result) -> Result:
    """Replicate as the command does; what it shows follows what was saved, its exit code is ours."""
    from dominocli.cli.replicate import replicate

    session.forget_directory()
    try:
        replicated = replicate(session, [])
    finally:
        session.out.end_progress()
    saving = result.show

    def show(out: Output) -> None:
        saving(out)
        replicated.show(out)

    findings = [*result.findings, *replicated.findings]
    code = replicated.exit_code if replicated.exit_code is not ExitCode.DONE else result.exit_code
    return Result(result.data, show, findings=findings, exit_code=code)
