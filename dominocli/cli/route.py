"""`route explain` and `route show`: where mail goes by the installed tables, and why."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dominocli import errors
from dominocli.cli.output import Output
from dominocli.cli.result import Result
from dominocli.cli.servers import Place, places, wanted
from dominocli.cli.session import Session
from dominocli.names import name_key

if TYPE_CHECKING:
    from dominocli.routing.sources import InstalledTables

PRIORITIES = ("high", "normal", "low")
MESSAGE_TYPES = ("mime", "notes")


def explain(
    session: Session,
    address: Annotated[str, typer.Argument(metavar="[ADDRESS]", help="ann@example.org, or user@Domain.")] = "",
    source: Annotated[str, typer.Option("--from", metavar="SERVER", help="Where the message is.")] = "",
    to_server: Annotated[str, typer.Option("--to-server", metavar="SERVER", help="A server, not an address.")] = "",
    priority: Annotated[str, typer.Option("--priority", metavar="PRIORITY", help="high, normal or low.")] = "normal",
    message_type: Annotated[str, typer.Option("--message-type", metavar="TYPE", help="mime or notes.")] = "notes",
    at: Annotated[str, typer.Option("--at", metavar="TIME", help="When the message is there; now if not given.")] = "",
) -> Result:
    """Follow an address hop by hop, each hop by that server's own installed routing table."""
    from dominocli.routing.explain import explain as follow

    if bool(address) == bool(to_server):
        raise errors.UsageError(reason="give an ADDRESS, or --to-server SERVER", hint="dominocli route explain --help")
    for flag, value, accepted in (
        ("--priority", priority, PRIORITIES),
        ("--message-type", message_type, MESSAGE_TYPES),
    ):
        if value.casefold() not in accepted:
            raise errors.UsageError(reason=f"{flag} cannot be {value!r}", hint="one of: " + ", ".join(accepted))
    names = [wanted(session, [name])[0].server if name else "" for name in (source, to_server)]
    if not source:
        if session.replica is None:
            raise errors.MissingFlags(flags="--from", fields=("from",))
        names[0] = session.replica.server
    answer = follow(
        address or None,
        names[1] or None,
        names[0],
        tables(session),
        at=session.moment(at),
        priority=priority.casefold(),
        message_type=message_type.casefold(),
    )
    data = answer.as_json()
    return Result(data, lambda out: _show_explanation(out, data, verbose=session.flags.verbose))


def show(session: Session, server: Annotated[str, typer.Argument(metavar="SERVER")]) -> Result:
    """Show a server's installed routing table: servers, domains, Internet patterns, what is not used."""
    from dominocli.routing.show import table_rows

    name = wanted(session, [server])[0].server
    found = tables(session).look_up(name)
    if found.table is None:
        data: dict[str, Any] = {"server": name, "table": found.freshness.state, "cause": found.freshness.cause}
        data.update({part: [] for part in ("servers", "domains", "internet", "not_used")})
    else:
        data = table_rows(found.table, found.freshness)

    def write(out: Output) -> None:
        out.line(f"{name}: table {_state(data)}", "heading")
        parts = (
            ("servers", ("destination", "next_hop", "cost", "hops", "via")),
            ("domains", ("domain", "next_hop", "cost", "hops", "via")),
            ("internet", ("pattern", "domain", "next_hop", "host", "cost", "via")),
            ("not_used", ("document", "reason", "message")),
        )
        for part, columns in parts:
            if data[part]:
                out.line()
                out.table(columns, [[row.get(column) for column in columns] for row in data[part]])

    return Result(data, write)


def tables(session: Session, known: Sequence[Place] | None = None) -> InstalledTables:
    """Return the tables in force: every server's, in its own replica on this machine.

    `known` says where the replicas are, as the directory says now if not given.
    """
    from dominocli.routing.sources import InstalledTables

    folders = {name_key(place.server): place.folder for place in (known or places(session))}

    def locate(server: str) -> Path | None:
        return folders.get(name_key(server))

    return InstalledTables(session.root, session.directory, locate)


OUTCOMES = {
    "smtp-relay": "leaves by SMTP to the relay host",
    "smtp-mx": "leaves by SMTP to the host found by look-up",
    "local": "is local mail",
    "gateway": "goes to the gateway",
    "other-domain": "leaves to another Notes domain",
    "no-route": "has no route",
    "undeliverable": "cannot be delivered",
    "loop": "would loop",
}


def _show_explanation(out: Output, data: dict[str, Any], *, verbose: bool) -> None:
    what = data.get("address") or data.get("to_server")
    good = data["outcome"] in ("smtp-relay", "smtp-mx", "local", "gateway", "other-domain")
    out.line(
        f"{what} from {data['from']}: {OUTCOMES[data['outcome']]} ({data['outcome']})", "good" if good else "warning"
    )
    if data.get("reason"):
        out.line(f"  {data['reason']}")
    for number, hop in enumerate(data["hops"], 1):
        out.line(f"  {number}. {_hop(hop)}")
    if data["leaves_at"]:
        out.line(f"  leaves at {data['leaves_at']}")
    elif good and data["outcome"] != "local":
        out.line("  leaves at once")
    seen: dict[str, list[str]] = {}
    for entry in data["not_used"]:
        seen.setdefault(entry["document"], []).append(entry["reason"])
    for document, reasons in seen.items():
        out.line(f"  not used: {document} ({', '.join(reasons)})", "warning")
    if data["assumptions"]:
        out.line(f"  by assumption: {', '.join(data['assumptions'])}", "dim")


def _hop(hop: dict[str, Any]) -> str:
    text = f"{hop['server']}"
    lookup = hop.get("lookup") or {}
    ahead = hop.get("next_hop") or hop.get("host") or (f"look-up of {lookup['name']}" if lookup else "")
    if hop["action"] == "transfer":
        text += f" -> {ahead} by {hop['protocol']}"
    else:
        text += f": {hop['action']}" + (f" ({hop['reason']})" if hop.get("reason") else "")
    about = [hop[key] for key in ("via", "because") if hop.get(key)]
    about = [f"{hop['dial_up']} is dialled first", *about] if hop.get("dial_up") else about
    if hop.get("cost") is not None:
        about.append(f"cost {hop['cost']}")
    if hop.get("leaves_at"):
        about.append(f"leaves at {hop['leaves_at']}" + (f" for {hop['waits_for']}" if hop.get("waits_for") else ""))
    about.append(f"table {_state(hop)}")
    return f"{text}  [{'; '.join(dict.fromkeys(about))}]"


def _state(row: dict[str, Any]) -> str:
    return f"{row['table']} ({row['cause']})" if row.get("cause") else str(row["table"])
