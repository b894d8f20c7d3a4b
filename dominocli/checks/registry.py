"""All rules by id, and the two ways to run them: over a directory, or over what a save concerns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from dominocli.checks.explanations import EXPLANATIONS
from dominocli.documents.finding import SEVERITIES, Finding

if TYPE_CHECKING:
    from dominocli.checks.lookups import Lookups
    from dominocli.checks.report import Report
    from dominocli.directory.view import View
    from dominocli.documents.document import Document


class Rule(NamedTuple):
    """A rule: what it says in a sentence, and why it matters and what to do in a paragraph.

    `assumption` is the id of the assumption it rests on where nobody could verify the fact, else ""; the
    paragraph then ends by saying so.
    """

    id: str
    severity: str
    summary: str
    reason: str
    assumption: str = ""


def _rule(id: str, severity: str) -> Rule:
    summary, reason, *assumptions = EXPLANATIONS[id]
    for assumption in assumptions:
        return Rule(id, severity, summary, f"{reason} {_UNVERIFIED.format(assumption)}", assumption)
    return Rule(id, severity, summary, reason)


_UNVERIFIED = "Nobody could verify this against Domino: see {} in dominocli help assumptions."

RULES: dict[str, Rule] = {id: _rule(id, severity) for id, severity in SEVERITIES.items()}
"""Every rule id with its severity and explanation; the ids and severities are those of the documents' list."""

Check = Callable[["Document", "Lookups"], Iterator["Report"]]


def run_checks(view: View) -> list[Finding]:
    """Return all findings of a directory, sorted by file, line and id."""
    from dominocli.checks.files import file_findings
    from dominocli.checks.lookups import Lookups
    from dominocli.documents import FOLDERS, form_of

    lookups = Lookups(view)
    found = list(file_findings(lookups))
    for folder in FOLDERS:
        form = form_of(folder)
        checks = (*_checks_alone(), *_checks_across(form))
        for document in view.documents(form):
            found.extend(_findings(document, checks, lookups))
    return _ordered(found)


def check_documents(view: View, documents: Sequence[Document], before: Sequence[Document] = ()) -> list[Finding]:
    """Return the findings that concern these documents of the view, sorted by file, line and id.

    That is all about themselves, and of the documents they refer to, are referred to by or clash with what
    those rules say that they take part in. The documents are looked up in the view by path. `before` are
    documents as they were, changed or deleted since: of those they had to do with, the same is said. What only
    a longer way through other documents joins to them is left to `run_checks`.
    """
    from dominocli.checks.domains import global_domain
    from dominocli.checks.files import file_findings
    from dominocli.checks.lookups import Lookups
    from dominocli.checks.related import CONCERNS, related
    from dominocli.directory.view import find
    from dominocli.documents.domain import Domain

    lookups = Lookups(view)
    saved = {document.path: find(view, document.path) or document for document in documents}
    found = list(file_findings(lookups, {document.file for document in saved.values()}))
    concerned: dict[str, tuple[Document, set[str]]] = {}
    for document in saved.values():
        if document.conflict is not None:
            continue
        checks = (*_checks_alone(), *_checks_across(type(document)))
        found.extend(_findings(document, checks, lookups))
        if isinstance(document, Domain):
            found.extend(_finding(document, report, lookups) for report in global_domain(document))
    for document in (*saved.values(), *before):
        for other in related(document, lookups, before) if document.conflict is None else ():
            if other.path not in saved:
                concerned.setdefault(other.path, (other, set()))[1].update(CONCERNS[type(document)])
    for other, rules in concerned.values():
        across = _findings(other, _checks_across(type(other)), lookups)
        found.extend(finding for finding in across if finding.id in rules)
    return _ordered(found)


def changed_global_domains(before: View, after: View) -> list[Finding]:
    """Return an info finding for every Global Domain document that is new or other than before.

    Domino reads them only when a server starts, which a recalculation cannot replace (domino.md 2.5).
    """
    from dominocli.checks.domains import global_domain
    from dominocli.checks.lookups import Lookups
    from dominocli.documents.domain import Domain

    lookups = Lookups(after)
    old = {document.path: document.values for document in before.documents(Domain)}
    changed = [document for document in after.documents(Domain) if old.get(document.path) != document.values]
    return [_finding(document, report, lookups) for document in changed for report in global_domain(document)]


def _checks_alone() -> tuple[Check, ...]:
    from dominocli.checks import document

    return document.problems, document.unknown_keys, document.unknown_values, document.flat_names


def _checks_across(form: type[Document]) -> tuple[Check, ...]:
    from dominocli.checks import connections, domains, groups, replication

    by_folder: dict[str, tuple[Callable[..., Iterator[Report]], ...]] = {
        "connections": (
            connections.placeholder,
            connections.destination_domain,
            connections.without_dns,
            connections.delays,
            connections.pair,
            replication.cluster,
            replication.twice,
        ),
        "domains": (domains.virtual_domain, domains.dotless_pattern),
        "servers": (replication.without_replica,),
        "groups": (groups.loops,),
    }
    return _not_used, domains.spellings, *by_folder.get(form.folder, ())


def _not_used(document: Document, lookups: Lookups) -> Iterator[Report]:
    """Yield why routing does not use the document (domino.md 3): each of its reasons is a finding."""
    from dominocli.checks.report import Report

    for entry in lookups.not_used.get(document.path, ()):
        yield Report(entry.reason, entry.field, entry.message, entry.hint, entry.severity)


def _findings(document: Document, checks: Iterable[Check], lookups: Lookups) -> Iterator[Finding]:
    """Yield the findings of one document, each rule once a field: routing repeats what the form says."""
    said: set[tuple[str, str]] = set()
    for check in checks:
        for report in check(document, lookups):
            if (report.rule, report.field) not in said:
                said.add((report.rule, report.field))
                yield _finding(document, report, lookups)


def _finding(document: Document, report: Report, lookups: Lookups) -> Finding:
    line = lookups.view.line_of(document, report.key, report.table) if report.key else None
    severity = report.severity or SEVERITIES[report.rule]
    path = document.path
    return Finding(report.rule, severity, path, report.message, report.hint, document.file, line, report.field)


def _ordered(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: (finding.file or "", finding.line or 0, finding.id, finding.field))
