"""Where a message goes, hop by hop: each hop by that server's own installed table (design.md 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from dominocli import errors
from dominocli.names import Address, name_key, parse_address
from dominocli.routing import internet
from dominocli.routing.assumptions import in_order
from dominocli.routing.departure import NORMAL, departure
from dominocli.routing.freshness import Freshness
from dominocli.routing.internet import Decision, decide
from dominocli.routing.layout import FLAGS, PORTS_UNKNOWN, PULLED, TIED, Row, Table, via_text
from dominocli.routing.links import PUSH_ONLY, Call
from dominocli.routing.protocol import NOTES, protocol_of
from dominocli.schedule import utc

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, tzinfo

NOT_USED_KEYS = ("document", "reason", "message", "field", "hint")


class Found(NamedTuple):
    """One server's installed table and how fresh it is; `as_of` (ISO) if it is a copy brought from afar."""

    table: Table | None
    freshness: Freshness
    as_of: str | None = None


class TableSource(Protocol):
    """Where the tables are: installed ones on disk, or ones calculated over a view (what-if)."""

    def knows(self, server: str) -> bool:
        """Tell whether the directory has a Server document of our domain for this name."""
        ...

    def look_up(self, server: str) -> Found:
        """Return a server's table, None in it where there is none that can be read."""
        ...


class Explanation:
    """The answer of `route explain`; `as_json` is its data (design.md 5).

    `not_used` has message, field and hint as well, for whoever reads it at a terminal.
    """

    def __init__(self, source: str, address: str | None, to_server: str | None) -> None:
        self.source = source
        self.address = address
        self.to_server = to_server
        self.outcome = ""
        self.leaves_at: str | None = None
        self.lookup: dict[str, str] | None = None
        self.reason = ""
        self.hops: list[dict[str, Any]] = []
        self.assumptions: list[str] = []
        self.not_used: list[dict[str, str]] = []

    def as_json(self) -> dict[str, Any]:
        """Return the data as design.md 5 shows it; `lookup` and `reason` only where there is one."""
        data: dict[str, Any] = {"address": self.address} if self.to_server is None else {"to_server": self.to_server}
        data.update({"from": self.source, "outcome": self.outcome, "leaves_at": self.leaves_at})
        if self.lookup is not None:
            data["lookup"] = self.lookup
        if self.reason:
            data["reason"] = self.reason
        data.update({"assumptions": self.assumptions, "hops": self.hops})
        data["not_used"] = [{key: entry[key] for key in ("document", "reason")} for entry in self.not_used]
        return data


def explain(
    address: str | None,
    to_server: str | None,
    source: str,
    tables: TableSource,
    *,
    at: datetime,
    priority: str = NORMAL,
    message_type: str = NOTES,
    from_domain: str | None = None,
    default_zone: tzinfo | None = None,
) -> Explanation:
    """Follow a message from a server to where it leaves or stays.

    Exactly one of `address` and `to_server`. `at` is an aware moment; `default_zone` the time zone of
    servers without one (default: that of `at`); `from_domain` the previous hop's domain, ours where None.
    Raises `ServerUnknown` for a server without a Server document, `UsageError` for a text that is no
    address.
    """
    for server in (source, to_server):
        if server is not None and not tables.knows(server):
            raise errors.ServerUnknown(server=server, suggestion="dominocli server list")
    try:
        parsed = None if to_server is not None else parse_address(address or "")
    except ValueError as error:
        raise errors.UsageError(reason=str(error)) from None
    explanation = Explanation(source, address, to_server)
    walk = _Walk(explanation, tables, at, priority, message_type, from_domain, default_zone)
    walk.follow(source, parsed, to_server)
    return walk.finish()


class _Walk:
    """One message under way: the moment it is at, and what is collected on its hops."""

    def __init__(
        self,
        explanation: Explanation,
        tables: TableSource,
        at: datetime,
        priority: str,
        message_type: str,
        from_domain: str | None,
        default_zone: tzinfo | None,
    ) -> None:
        if at.tzinfo is None:
            raise ValueError("a moment without a time zone; pass an aware datetime")
        self.explanation = explanation
        self.tables = tables
        self.began = utc(at)
        self.moment = at
        self.priority = priority
        self.message_type = message_type
        self.from_domain = from_domain
        self.default_zone = default_zone or at.tzinfo
        self.assumptions: set[str] = set()
        self.not_used: dict[tuple[str, str], dict[str, str]] = {}

    def follow(self, source: str, address: Address | None, to_server: str | None) -> None:
        """Walk from server to server until the message leaves, stays, finds no way, or comes back."""
        current = source
        seen: set[tuple[str, str]] = set()
        while True:
            found = self.tables.look_up(current)
            table = found.table
            if table is None:
                self._stop(current, found, None, internet.NO_ROUTE, f"{current} has no routing table that can be read")
                return
            if not self.explanation.hops:
                self.explanation.source = table.server
            current = table.server
            while True:
                decision = decide_server(table, to_server) if address is None else self._decide(table, address)
                if address is None or decision.kind != internet.UNWRAP:
                    break
                address = address.rest() or address
            state = name_key(current), address.text if address else ""
            limit = table.settings.maximum_hop_count
            if state in seen:
                self._stop(current, found, decision, "loop", f"the message comes back to {current}")
                return
            if len(self.explanation.hops) >= limit and decision.kind in (
                internet.TOWARD,
                internet.ACROSS,
                internet.SMTP,
            ):
                if "maximum_hop_count" not in table.settings.given:
                    self.assumptions.add("hop-count")
                if table.settings.assumes("maximum_hop_count"):
                    self.assumptions.add("value-unknown")
                self._keep(self._passed_over(table.settings.passed_over, table))
                self._stop(current, found, decision, "loop", f"the maximum hop count of {current}, {limit}, is reached")
                return
            seen.add(state)
            self._note(table, decision)
            if decision.kind != internet.TOWARD:
                self._end(table, found, decision)
                return
            current = self._transfer(table, found, decision)

    def _decide(self, table: Table, address: Address) -> Decision:
        return decide(table, address, self.from_domain or table.domain)

    def _transfer(self, table: Table, found: Found, decision: Decision) -> str:
        """Add the hop to the next server inside the domain and return that server."""
        way = table.row(decision.target)
        hop = table.row(way.next)
        link = table.via(hop)
        protocol, unsure = protocol_of(table, hop, self.message_type)
        if unsure:
            self.assumptions.add("value-unknown")
        call = Call(*link["call"]) if "call" in link else None
        via = via_text(link)
        self._note_link(table, way, link)
        self._hop(
            found,
            server=table.server,
            action="transfer",
            protocol=protocol,
            next_hop=hop.name,
            because=decision.because,
            via=via,
            **({"passthru": link["passthru"]} if link.get("passthru") else {}),
            cost=decision.cost,
            **self._leave(table, call),
        )
        return hop.name

    def _end(self, table: Table, found: Found, decision: Decision) -> None:
        """Add the last hop: out by SMTP, into another domain, delivered, at a gateway, or stopped."""
        explanation = self.explanation
        common = {"server": table.server, "because": decision.because, "cost": decision.cost}
        if decision.kind == internet.SMTP:
            explanation.outcome = "smtp-relay" if decision.host else "smtp-mx"
            out: dict[str, Any] = {"host": decision.host}
            if not decision.host:
                method = table.settings.host_name_lookup
                out = {"lookup": {"name": decision.lookup, "method": method}}
                explanation.lookup = out["lookup"]
            if decision.dial_up:
                out["dial_up"] = decision.dial_up
            self._hop(found, **common, action="transfer", protocol="SMTP", **out, **self._leave(table, decision.call))
        elif decision.kind == internet.ACROSS:
            explanation.outcome = "other-domain"
            assert decision.call is not None
            more = {"via": decision.call.document, **({"passthru": decision.passthru} if decision.passthru else {})}
            leaves = self._leave(table, decision.call)
            self._hop(found, **common, action="transfer", protocol="NRPC", next_hop=decision.server, **more, **leaves)
        elif decision.kind == internet.GATEWAY:
            explanation.outcome = "gateway"
            self._hop(found, **common, action="gateway", mail_file=decision.mail_file, leaves_at=self._shown())
        elif decision.kind == internet.DELIVER:
            explanation.outcome = "local"
            more = {"smart_host": decision.smart_host} if decision.smart_host else {}
            self._hop(found, **common, action="deliver", **more, leaves_at=self._shown())
            if explanation.to_server is None:
                explanation.reason = "the tool knows no Person documents: whether this person exists is looked up there"
        else:
            self._stop(table.server, found, decision, decision.kind, decision.reason)

    def _leave(self, table: Table, call: Call | None) -> dict[str, Any]:
        """Move the clock on to when the message leaves this server; return what the hop shows of it."""
        leaving = departure(self.moment, call, self.priority, table.settings, table.zone, self.default_zone)
        self.moment = leaving.at
        self.assumptions.update(leaving.assumptions)
        shown: dict[str, Any] = {"leaves_at": self._shown()}
        if leaving.waits_for:
            shown["waits_for"] = leaving.waits_for
        if leaving.threshold:
            shown["threshold"] = leaving.threshold
        return shown

    def _would_wait(self, table: Table, call: Call) -> bool:
        """Tell whether mail that leaves freely would wait if the Connection of the other direction held it too."""
        free, held = (
            departure(self.moment, one, self.priority, table.settings, table.zone, self.default_zone)
            for one in (None, call)
        )
        return utc(held.at) > utc(free.at)

    def _shown(self) -> str | None:
        return self.moment.isoformat(timespec="seconds") if utc(self.moment) > self.began else None

    def _stop(self, server: str, found: Found, decision: Decision | None, outcome: str, reason: str) -> None:
        self.explanation.outcome = outcome
        self.explanation.reason = reason
        self.moment = self.began
        because = decision.because if decision else None
        self._hop(found, server=server, action="stop", because=because, reason=reason, leaves_at=None)

    def _hop(self, found: Found, **hop: Any) -> None:
        ordered = {key: hop[key] for key in _HOP_KEYS if key in hop}
        ordered["table"] = found.freshness.state
        if found.freshness.cause:
            ordered["cause"] = found.freshness.cause
        if found.as_of:
            ordered["as_of"] = found.as_of
        self.explanation.hops.append(ordered)

    def _note_link(self, table: Table, way: Row, link: dict[str, Any]) -> None:
        if way.flags & TIED or link.get("tied"):
            self.assumptions.add("final-tie")
        if "network" in link and table.mixed:
            self.assumptions.add("network-cost")
        if "reverse" in link and self._would_wait(table, Call(*link["reverse"])):
            self.assumptions.add("restricting-direction")
        if link.get("low"):
            self.assumptions.add("usage-priority")
        if link.get("passthru"):
            self.assumptions.add("passthru")
        if link.get("router_type", PUSH_ONLY) != PUSH_ONLY:
            self.assumptions.add("router-types")
        if link.get("unknown"):
            self.assumptions.add("value-unknown")

    def _note(self, table: Table, decision: Decision) -> None:
        """Collect the assumptions that decided, and the documents that would have carried the message."""
        self.assumptions.update(decision.assumptions)
        if decision.unreached or decision.kind == internet.TOWARD:
            # Ports nobody knows might make a nearer way: those of this server, or of the one it is to.
            target = decision.target >= 0 and table.row(decision.target).flags & PORTS_UNKNOWN
            if target or any(entry.endswith(":ports") for entry in table.unknown):
                self.assumptions.add("value-unknown")
        plain = [subject for subject in decision.about if not subject.startswith("pattern:")]
        patterns = {subject for subject in decision.about if subject.startswith("pattern:")}
        entries = table.not_used_about(plain)
        if patterns:
            entries += [e for e in table.not_used_about(("pattern:",)) if patterns.intersection(e["about"])]
        if decision.unreached:
            entries += _unused_links(table)
            if any(f & PULLED and table.cost_to(n) is None for n, f in enumerate(table.column(FLAGS))):
                self.assumptions.add("router-types")
        out_of_turn = decision.kind == internet.ACROSS and self.priority != NORMAL
        if decision.kind in (internet.TOWARD, internet.SMTP) or decision.by_settings or out_of_turn:
            entries += self._passed_over(table.settings.passed_over, table)
        entries += self._passed_over(
            [s.partition(":")[2] for e in entries for s in e["about"] if s[:5] == "past:"], table
        )
        self.assumptions.update(s.partition(":")[2] for e in entries for s in e["about"] if s[:8] == "assumes:")
        self._keep(entries)
        reasons: dict[str, set[str]] = {}
        for document, reason in self.not_used:
            reasons.setdefault(document, set()).add(reason)
        if {"source-server-smtp-outside-disabled"} in reasons.values():
            self.assumptions.add("outside-smtp-at-source")

    def _keep(self, entries: Iterable[dict[str, Any]]) -> None:
        for entry in entries:
            kept = {key: entry[key] for key in NOT_USED_KEYS}
            self.not_used.setdefault((entry["document"], entry["reason"]), kept)

    def _passed_over(self, paths: Iterable[str], table: Table) -> list[dict[str, Any]]:
        """Return why Configuration documents that may have been meant are not used (domino.md 2.7)."""
        found = table.not_used_about([f"configuration:{path}" for path in paths])
        if any(entry["reason"] != "configuration-ambiguous" for entry in found):
            self.assumptions.add("configuration-not-used")
        return found

    def finish(self) -> Explanation:
        """Return the explanation with what was collected on the way."""
        explanation = self.explanation
        explanation.leaves_at = explanation.hops[-1]["leaves_at"]
        explanation.assumptions = in_order(self.assumptions)
        explanation.not_used = [entry for _, entry in sorted(self.not_used.items())]
        return explanation


_HOP_KEYS = (
    "server",
    "action",
    "protocol",
    "next_hop",
    "host",
    "lookup",
    "mail_file",
    "smart_host",
    "because",
    "via",
    "passthru",
    "dial_up",
    "cost",
    "leaves_at",
    "waits_for",
    "threshold",
    "reason",
)


def decide_server(table: Table, server: str | None) -> Decision:
    """Return what a table's server does with a message for another server (`--to-server`)."""
    number = table.find(server or "")
    key = name_key(server or "")
    if number == table.number:
        return Decision(internet.DELIVER)
    way = None if number is None else table.cost_to(number)
    if number is None or way is None:
        unsure = ("value-unknown",) if number is not None and table.row(number).flags & PORTS_UNKNOWN else ()
        reason = f"no way leads from {table.server} to {server}"
        about = (f"server:{key}",)
        return Decision(internet.NO_ROUTE, reason=reason, about=about, assumptions=unsure, unreached=True)
    return Decision(internet.TOWARD, None, *way, number)


def _unused_links(table: Table) -> list[dict[str, Any]]:
    """Return the Connections not used that would lead on from a server that can be reached."""
    found = []
    for entry in table.not_used():
        ends = dict(subject.split(":", 1) for subject in entry["about"])
        source = table.find(ends["from"]) if "from" in ends else None
        if source is None or table.cost_to(source) is None:
            continue
        target = table.find(ends["server"])
        if target is None or table.cost_to(target) is None:
            found.append(entry)
    return found
