"""`route show`: what a server's installed routing table holds."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Annotated, Any

import typer

from dominocli import errors
from dominocli.cli.options import REFRESH
from dominocli.cli.output import Output
from dominocli.cli.result import Result
from dominocli.cli.route import table_state, tables
from dominocli.cli.servers import wanted
from dominocli.cli.session import Session

PARTS = (
    ("servers", ("destination", "next_hop", "cost", "hops", "via")),
    ("domains", ("domain", "next_hop", "cost", "hops", "via")),
    ("internet", ("pattern", "domain", "next_hop", "host", "cost", "via")),
    ("not_used", ("document", "reason", "message")),
)
"""The parts of a table and what is shown of each."""

EXPORTED = ("destination", "domain", "pattern", "next_hop", "host", "cost", "hops", "via", "because")
"""The columns of `--format tsv`, after `part`; what is not used is no route, so it is not in it."""

FORMATS = ("text", "tsv", "json")
FIELDS = (
    "destination",
    "domain",
    "pattern",
    "next_hop",
    "host",
    "cost",
    "hops",
    "via",
    "because",
    "document",
    "reason",
)


def show(
    session: Session,
    server: Annotated[str, typer.Argument(metavar="SERVER")],
    filter: Annotated[
        list[str] | None,
        typer.Option("--filter", metavar="FIELD=PATTERN", help="Only rows whose field matches; * and ? are wildcards."),
    ] = None,
    sort: Annotated[str, typer.Option("--sort", metavar="FIELD", help="Order by a field; -FIELD from the end.")] = "",
    format: Annotated[str, typer.Option("--format", metavar="FORMAT", help="text, tsv or json.")] = "text",
    refresh: REFRESH = False,
) -> Result:
    """Show a server's installed routing table: servers, domains, Internet patterns, what is not used.

    The fields are the columns of --format tsv, and document and reason of what is not used.
    """
    from dominocli.routing.show import table_rows

    if format not in FORMATS:
        raise errors.UsageError(reason=f"--format cannot be {format!r}", hint="one of: " + ", ".join(FORMATS))
    conditions = [_condition(text) for text in filter or ()]
    order = _field("--sort", sort.removeprefix("-"), sort) if sort else ""
    session.look()
    name = wanted(session, [server])[0].server
    found = tables(session, refresh=refresh).look_up(name)
    if found.table is None:
        data: dict[str, Any] = {"server": name, "table": found.freshness.state, "cause": found.freshness.cause}
        data.update({part: [] for part, _ in PARTS})
    else:
        data = table_rows(found.table, found.freshness)
    if found.as_of:
        data["as_of"] = found.as_of
    for part, _ in PARTS:
        rows = [row for row in data[part] if all(_matches(row, *condition) for condition in conditions)]
        data[part] = _sorted(rows, order, backwards=sort.startswith("-"))

    def write(out: Output) -> None:
        if format == "json":
            out.envelope(session.command, data, (), ())
        elif format == "tsv":
            rows = [[part, *(row.get(c) for c in EXPORTED)] for part, _ in PARTS[:-1] for row in data[part]]
            out.separated(("part", *EXPORTED), rows)
        else:
            _write(out, name, data)

    return Result(data, write)


def _write(out: Output, name: str, data: dict[str, Any]) -> None:
    out.line(f"{name}: table {table_state(data)}", "heading")
    for part, columns in PARTS:
        if data[part]:
            out.line()
            out.table(columns, [[row.get(column) for column in columns] for row in data[part]])


def _condition(text: str) -> tuple[str, str]:
    field, equals, pattern = text.partition("=")
    if not equals:
        raise errors.UsageError(reason=f"--filter cannot be {text!r}", hint=_hint("FIELD=PATTERN"))
    return _field("--filter", field, text), pattern.strip().casefold()


def _field(flag: str, field: str, given: str) -> str:
    """Return the key of a field named on the command line; raise `UsageError`."""
    key = field.strip().lstrip("-").replace("-", "_").casefold()
    if key not in FIELDS:
        raise errors.UsageError(reason=f"{flag} cannot be {given!r}", hint=_hint("FIELD"))
    return key


def _hint(form: str) -> str:
    return f"write {form}; fields: {', '.join(FIELDS)}"


def _matches(row: dict[str, Any], field: str, pattern: str) -> bool:
    """Tell whether a row has the field and it matches, without regard to case; a blank one matches a blank pattern."""
    value = row.get(field)
    return field in row and fnmatchcase("" if value is None else str(value).casefold(), pattern)


def _sorted(rows: Sequence[dict[str, Any]], field: str, *, backwards: bool) -> list[dict[str, Any]]:
    """Return the rows by a field, numbers by their value, those without a value last; unsorted for no field."""
    if not field:
        return list(rows)
    with_value = [row for row in rows if row.get(field) is not None]
    without = [row for row in rows if row.get(field) is None]

    def key(row: dict[str, Any]) -> tuple[int, str]:
        value = row[field]
        return (value, "") if isinstance(value, int) else (0, str(value).casefold())

    return [*sorted(with_value, key=key, reverse=backwards), *without]
