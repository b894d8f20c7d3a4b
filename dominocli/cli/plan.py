"""`plan`: what `replicate` would change, document by document and route by route; nothing is written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dominocli import errors
from dominocli.cli.output import Output, cell_text, sentence
from dominocli.cli.planning import Planned, make_plan, rehearsed
from dominocli.cli.recalc import findings_of, show_changes, show_unused
from dominocli.cli.result import Result
from dominocli.cli.servers import Place
from dominocli.cli.session import Session
from dominocli.errors import ExitCode, command_line

if TYPE_CHECKING:
    from dominocli.replication.plan import DocumentChange

KIND, VERSION = "dominocli plan", 1
UNKNOWN = "unknown"

NAMED = 5
"""So many servers that are unknown for the same reason are named; --verbose names all."""

SIGNS = {"created": "+", "changed": "~", "renamed": "~", "deleted": "-"}


def plan(
    session: Session,
    out: Annotated[str, typer.Option("--out", metavar="FILE", help="Keep the plan, for replicate --plan.")] = "",
) -> Result:
    """Show what replicate would change: documents field by field, then routes by destination.

    Hand edits here and at every server that can be reached are included. Nothing is written but FILE.
    """
    session.updates_index = False
    planned = make_plan(session)
    data = _data(planned)
    if out and not session.flags.dry_run:
        made = session.now().isoformat(timespec="seconds")
        _write(Path(out), {"kind": KIND, "version": VERSION, "time": made, **data})
    findings = [*planned.view.faults(), *findings_of(planned.results.values())]
    code = ExitCode.PENDING if planned.pending and session.flags.detailed_exitcode else ExitCode.DONE

    def show(output: Output) -> None:
        _show(output, planned, verbose=session.flags.verbose)
        if out and not session.flags.dry_run:
            output.note(f"next: {command_line('replicate --plan', out)}")

    return Result(data, show, findings=findings, exit_code=code)


def refuse_outdated(session: Session, file: str) -> None:
    """Raise `PlanOutdated` unless every replica is what the plan in a file was made from, and can be reached as
    it could then; `SyntaxFault` or `UnreadableFile` for a file that is no plan."""
    before = _read(Path(file))
    now = rehearsed(session).rehearsal.fingerprints
    differences = []
    for server in sorted(before.keys() | now.keys(), key=str.casefold):
        was, found = before.get(server), now.get(server)
        if was == found:
            continue
        if was is None or found is None:
            differences.append(f"{server} {'is new' if was is None else 'is no longer there'}")
        elif was and found:
            differences.append(f"the replica of {server} has changed")
        else:
            differences.append(f"{server} {'is not reached any more' if was else 'was not reached then'}")
    if differences:
        command = command_line("plan --out", file)
        raise errors.PlanOutdated(path=file, differences="; ".join(differences), command=command)


def _read(path: Path) -> dict[str, str]:
    """Return the fingerprints a plan was made from, by server."""
    import json

    try:
        read = json.loads(path.read_bytes())
    except OSError as error:
        reason = error.strerror or str(error)
        raise errors.UnreadableFile(action="read", path=str(path), reason=reason, file=str(path)) from error
    except (ValueError, RecursionError):
        read = None
    found = read.get("made_from") if isinstance(read, dict) and read.get("kind") == KIND else None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise errors.SyntaxFault(
            reason=f"{path} is no plan", file=str(path), hint="dominocli plan --out FILE writes one"
        )
    if read.get("version") != VERSION:
        reason = f"{path} is a plan of version {read.get('version')!r}; this program knows version {VERSION}"
        raise errors.SyntaxFault(reason=reason, file=str(path), hint=command_line("plan --out", str(path)))
    return found


def _write(path: Path, content: dict[str, Any]) -> None:
    import json

    try:
        path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        reason = error.strerror or str(error)
        raise errors.UnreadableFile(action="write", path=str(path), reason=reason, file=str(path)) from error


def _data(planned: Planned) -> dict[str, Any]:
    """Return the data of `plan`.

    `documents`: {document, change: created|changed|renamed|deleted, before (of a renamed one), servers (whose
    replicas it changes in), fields: [{field, before, after}]}. `servers`: {server, state: done|unreachable|
    refused|no-replica, reason, table: recalculated|unchanged|failed|unknown, message, changed and more: as in
    recalc, as_of (of a table on another machine: when its copy was brought here, else null)}.
    `conflicts` and `left_alone`: files. `not_used`: as in recalc. `counts`: {created, changed, deleted,
    routes, servers (whose routes change), unknown (servers)}. `made_from`: {server: fingerprint}, "" for one not
    reached; `fingerprint`: of the directory all replicas would hold.
    """
    rehearsal = planned.rehearsal
    return {
        "documents": [_document(change) for change in rehearsal.changes],
        "servers": [_server(planned, place) for place in planned.places],
        "conflicts": rehearsal.report.conflicts,
        "left_alone": rehearsal.report.left_alone,
        "not_used": next((r.as_json()["not_used"] for r in planned.results.values() if r.state != "failed"), []),
        "counts": _counts(planned),
        "made_from": rehearsal.fingerprints,
        "fingerprint": planned.view.fingerprint(),
    }


def _document(change: DocumentChange) -> dict[str, Any]:
    row: dict[str, Any] = {"document": change.file.removesuffix(".toml"), "change": change.kind}
    if change.kind == "renamed" and change.before:
        row["before"] = change.before.file.removesuffix(".toml")
    fields = [{"field": field, "before": old, "after": new} for field, old, new in change.fields()]
    return {**row, "servers": list(change.servers), "fields": fields}


def _server(planned: Planned, place: Place) -> dict[str, Any]:
    state, reason = planned.states[place.server]
    result = planned.results.get(place.server)
    return {
        "server": place.server,
        "state": state,
        "reason": reason,
        "table": result.state if result else UNKNOWN,
        "message": result.message if result else "",
        "changed": [change.as_json() for change in result.changed] if result else [],
        "more": result.more if result else 0,
        "as_of": planned.installed[place.server].as_of if result else None,
    }


def _counts(planned: Planned) -> dict[str, int]:
    documents: dict[str, set[str]] = {kind: set() for kind in SIGNS}
    for change in planned.rehearsal.changes:
        documents[change.kind].add(change.unid)
    changing = [result for result in planned.results.values() if result.changed]
    return {
        "created": len(documents["created"]),
        "changed": len(documents["changed"] | documents["renamed"]),
        "deleted": len(documents["deleted"]),
        "routes": sum(len(result.changed) + result.more for result in changing),
        "servers": len(changing),
        "unknown": len(planned.places) - len(planned.results),
    }


def _show(out: Output, planned: Planned, *, verbose: bool) -> None:
    out.end_progress()
    for change in planned.rehearsal.changes:
        _show_document(out, change, verbose=verbose)
    report = planned.rehearsal.report
    for text, files, style in (
        ("a conflict would be kept as", report.conflicts, "warning"),
        ("left alone, since it cannot be read", report.left_alone, "error"),
    ):
        for file in files:
            out.line(f"{text}: {file}", style)
    for row in report.servers:
        for file, _, reason in row.refused:
            out.line(f"{row.server} would refuse {file} ({reason})", "error")
    for warning in report.warnings:
        out.line(warning, "warning")
    for place in planned.places:
        _show_server(out, planned, place)
    _show_unknown(out, planned, verbose=verbose)
    show_unused(out, list(planned.results.values()))
    _show_counts(out, planned)


def _show_document(out: Output, change: DocumentChange, *, verbose: bool) -> None:
    name = change.file.removesuffix(".toml")
    if change.kind == "renamed" and change.before:
        name = f"{change.before.file.removesuffix('.toml')} -> {name}"
    style = {"created": "good", "deleted": "error"}.get(change.kind, "warning")
    out.line(f"{SIGNS[change.kind]} {name}  [{', '.join(change.servers)}]", style)
    fields = list(change.fields())
    if change.kind in ("created", "deleted") and not verbose:
        return
    for field, old, new in fields:
        out.line(f"    {field}: {_value(old)} -> {_value(new)}")
    if not fields and change.kind == "changed":
        out.line("    no field, only comments or layout")


def _value(value: Any) -> str:
    return "(none)" if value is None else cell_text(value) or "(blank)"


def _show_server(out: Output, planned: Planned, place: Place) -> None:
    result = planned.results.get(place.server)
    if place.server in planned.rehearsal.fresh:
        out.line(f"{place.server}: its journal is new, so what it holds is compared when it replicates", "warning")
    if result is not None and result.state == "failed":
        out.line(f"{place.server}: no table ({result.message})", "error")
    elif result is not None and result.changed:
        as_of = planned.installed[place.server].as_of
        known = f" (by its table as of {as_of})" if as_of else ""
        count = sentence(len(result.changed) + result.more, "route")
        out.line(f"{place.server}: {count} would change{known}", "heading")
        show_changes(out, result.changed)
        if result.more:
            out.line(f"    and {result.more} more")


def _show_unknown(out: Output, planned: Planned, *, verbose: bool) -> None:
    """Write the servers whose routes are unknown, those of one reason together where there are many."""
    reasons: dict[str, list[str]] = {}
    for place in planned.places:
        if place.server not in planned.results:
            state, reason = planned.states[place.server]
            told = f"{state}: {reason}" if state != "done" else "its table is on another machine"
            reasons.setdefault(told, []).append(place.server)
    for told, servers in reasons.items():
        named = servers if verbose else servers[:NAMED]
        for server in named:
            out.line(f"{server}: unknown ({told})", "warning")
        if len(servers) > len(named):
            out.line(f"{sentence(len(servers) - len(named), 'server')} more: unknown ({told})", "warning")


def _show_counts(out: Output, planned: Planned) -> None:
    counts = _counts(planned)
    unknown = f"; {sentence(counts['unknown'], 'server')} unknown" if counts["unknown"] else ""
    if not planned.pending:
        out.line(f"nothing is pending{unknown}", "good")
        return
    documents = f"{counts['created']} to add, {counts['changed']} to change, {counts['deleted']} to delete"
    routes = f"{sentence(counts['routes'], 'route')} of {sentence(counts['servers'], 'server')} would change"
    out.line(f"documents: {documents}; {routes}{unknown}")
