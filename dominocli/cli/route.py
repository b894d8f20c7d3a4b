"""`route explain`: where mail goes by the installed tables or, what-if, by calculated ones, and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dominocli import errors
from dominocli.cli.options import REFRESH
from dominocli.cli.output import Output
from dominocli.cli.result import Result
from dominocli.cli.servers import Place, place_of, places, wanted
from dominocli.cli.session import Session
from dominocli.names import name_key

if TYPE_CHECKING:
    from dominocli.cli.taking_away import TakenAway
    from dominocli.routing.explain import TableSource
    from dominocli.routing.sources import InstalledTables

FRESH = "fresh"
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
    what_if: Annotated[
        bool, typer.Option("--what-if", help="By the documents as they are now, recorded and installed or not.")
    ] = False,
    without: Annotated[
        list[str] | None,
        typer.Option("--without", metavar="DOCUMENT", help="What if this server or document were gone; repeats."),
    ] = None,
    refresh: REFRESH = False,
) -> Result:
    """Follow an address hop by hop, each hop by that server's own installed routing table.

    With --what-if or --without the tables are calculated over the directory as it is now; nothing is installed.
    """
    from dominocli.routing.explain import explain as follow

    if bool(address) == bool(to_server):
        raise errors.UsageError(reason="give an ADDRESS, or --to-server SERVER", hint="dominocli route explain --help")
    for flag, value, accepted in (
        ("--priority", priority, PRIORITIES),
        ("--message-type", message_type, MESSAGE_TYPES),
    ):
        if value.casefold() not in accepted:
            raise errors.UsageError(reason=f"{flag} cannot be {value!r}", hint="one of: " + ", ".join(accepted))
    moment = session.moment(at)
    session.look()
    names = [wanted(session, [name])[0].server if name else "" for name in (source, to_server)]
    if not source:
        if session.replica is None:
            raise errors.MissingFlags(flags="--from", fields=("from",))
        names[0] = session.replica.server

    def followed(source: TableSource) -> dict[str, Any]:
        """Return the data of design.md 5, `route explain`."""
        how = priority.casefold(), message_type.casefold()
        answer = follow(
            address or None, names[1] or None, names[0], source, at=moment, priority=how[0], message_type=how[1]
        )
        return answer.as_json()

    if what_if or without:
        from dominocli.cli.taking_away import taken_away

        return _what_if(session, followed, taken_away(session, without or []), names)
    data = followed(tables(session, refresh=refresh))
    return Result(data, lambda out: _show_explanation(out, data))


def _what_if(
    session: Session, followed: Callable[[TableSource], dict[str, Any]], gone: TakenAway, names: Sequence[str]
) -> Result:
    """Follow by calculated tables. The data has two keys more: `what_if` {servers, documents} names what was
    taken away, and `with_it` is the same question answered with it, null if nothing was taken away; each hop's
    `table` is `calculated`."""
    from dominocli.routing.sources import ComputedTables

    for flag, server in zip(("--from", "--to-server"), names, strict=True):
        if server and gone.has_server(server):
            raise errors.UsageError(reason=f"{flag} {server} is taken away by --without", hint="ask of another server")
    now = session.now()
    data = followed(ComputedTables(gone.view(session.directory), now))
    with_it = followed(ComputedTables(session.directory, now)) if gone.documents else None
    for answer in filter(None, (data, with_it)):
        for hop in answer["hops"]:
            if hop["table"] == FRESH:
                hop["table"] = "calculated"
    whole = {**data, "what_if": {"servers": list(gone.servers), "documents": list(gone.documents)}, "with_it": with_it}

    def show(out: Output) -> None:
        if with_it is not None:
            out.line(f"without {gone.told()}:", "heading")
        _show_explanation(out, data)
        if with_it is not None:
            told, style = _difference(with_it, data)
            out.line(f"  {told}", style)

    return Result(whole, show)


def _difference(usual: dict[str, Any], data: dict[str, Any]) -> tuple[str, str]:
    """Return what taking something away changes, and the style to say it in."""
    if data["outcome"] not in GOOD:
        if usual["outcome"] not in GOOD:
            return f"with it, it {OUTCOMES[usual['outcome']]} either", "warning"
        return f"no backup; with it: {_way(usual)}", "error"
    if usual["outcome"] not in GOOD:
        return f"with it, it {OUTCOMES[usual['outcome']]}", "warning"
    details = _details(usual, data)
    if (data["outcome"], _way(data)) == (usual["outcome"], _way(usual)) and not details:
        return "the same way as with it", "good"
    way = ", ".join([_way(usual), *details])
    if data["outcome"] != usual["outcome"] and not {data["outcome"], usual["outcome"]} <= OUT_BY_SMTP:
        return f"no backup, it {OUTCOMES[data['outcome']]}; with it, it {OUTCOMES[usual['outcome']]}: {way}", "warning"
    return f"a backup, instead of: {way}", "good"


def _details(usual: dict[str, Any], data: dict[str, Any]) -> list[str]:
    """Return what is else about a usual walk and differs: of other servers only when the message leaves."""
    found = []
    if [hop["server"] for hop in usual["hops"]] == [hop["server"] for hop in data["hops"]]:
        for was, now in zip(usual["hops"], data["hops"], strict=True):
            found += [
                f"{word} {was.get(key) or 'none'}" for key, word in DETAILS.items() if was.get(key) != now.get(key)
            ]
            if was["leaves_at"] != now["leaves_at"]:
                found.append(_leaving(was))
    elif usual["leaves_at"] != data["leaves_at"]:
        found.append(_leaving(usual))
    return list(dict.fromkeys(found))


def _leaving(walk: dict[str, Any]) -> str:
    return f"leaving at {walk['leaves_at']}" if walk["leaves_at"] else "leaving at once"


def _way(data: dict[str, Any]) -> str:
    """Return a whole walk in short: its servers, how it ends, its cost."""
    steps = [hop["server"] for hop in data["hops"]]
    ahead = _ahead(data["hops"][-1])
    cost = data["hops"][0].get("cost")
    return " -> ".join([*steps, *([ahead] if ahead else [])]) + (f", cost {cost}" if cost is not None else "")


def tables(session: Session, known: Sequence[Place] | None = None, *, refresh: bool = False) -> InstalledTables:
    """Return the tables in force: every server's, in its own replica on this machine, else as a copy.

    `known` says where the replicas are, as the directory says now if not given; `refresh` brings copies home first.
    """
    from dominocli.routing.sources import InstalledTables

    if refresh:
        from dominocli.cli.elsewhere import refresh as bring_home

        for failure in bring_home(session, known or places(session)):
            session.out.message(f"not refreshed: {failure}", "warning")
    folders = {name_key(place.server): place.folder for place in known or ()}

    def locate(server: str) -> Path | None:
        if known is not None:
            return folders.get(name_key(server))
        place = place_of(session, server)
        return place.folder if place is not None else None

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
GOOD = ("smtp-relay", "smtp-mx", "local", "gateway", "other-domain")
OUT_BY_SMTP = {"smtp-relay", "smtp-mx"}
DETAILS = {
    "via": "via",
    "because": "because of",
    "protocol": "by",
    "dial_up": "dialling",
    "passthru": "passing through",
    "mail_file": "mail file",
    "smart_host": "smart host",
}
"""What two walks by the same servers may differ in, and the word for it."""


def _show_explanation(out: Output, data: dict[str, Any]) -> None:
    what = data.get("address") or data.get("to_server")
    good = data["outcome"] in GOOD
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
    if hop["action"] == "transfer":
        text += f" -> {_ahead(hop)} by {hop['protocol']}"
    else:
        text += f": {hop['action']}" + (f" ({hop['reason']})" if hop.get("reason") else "")
    about = [hop[key] for key in ("via", "because") if hop.get(key)]
    about = [f"{hop['dial_up']} is dialled first", *about] if hop.get("dial_up") else about
    if hop.get("cost") is not None:
        about.append(f"cost {hop['cost']}")
    if hop.get("leaves_at"):
        about.append(f"leaves at {hop['leaves_at']}" + (f" for {hop['waits_for']}" if hop.get("waits_for") else ""))
    about.append(f"table {table_state(hop)}")
    return f"{text}  [{'; '.join(dict.fromkeys(about))}]"


def _ahead(hop: dict[str, Any]) -> str:
    lookup = hop.get("lookup") or {}
    return hop.get("next_hop") or hop.get("host") or (f"look-up of {lookup['name']}" if lookup else "")


def table_state(row: dict[str, Any]) -> str:
    """Return how fresh a table is, with the cause where it is stale."""
    state = f"{row['table']} ({row['cause']})" if row.get("cause") else str(row["table"])
    return f"{state} as of {row['as_of']}" if row.get("as_of") else state
