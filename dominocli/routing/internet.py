"""Where one server sends an address next, decided from its own table alone (domino.md 3 rules 2 and 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dominocli.labels import a_label
from dominocli.names import Address, Pattern
from dominocli.routing.links import PASSTHRU, PUSH_ONLY, Call

if TYPE_CHECKING:
    from dominocli.routing.layout import Table

DELIVER, TOWARD, SMTP, ACROSS, GATEWAY, UNWRAP = "deliver", "toward", "smtp", "across", "gateway", "unwrap"
NO_ROUTE, UNDELIVERABLE = "no-route", "undeliverable"


class Decision(NamedTuple):
    """What a server does with an address.

    `kind`: deliver, toward (a server, by number `target`), smtp (out, to `host` or by looking
    up `lookup`), across (into another Notes domain's `server`), gateway (`mail_file`), unwrap (its own
    domain is taken off the address), no-route or undeliverable, with `reason` in words. `because`
    is the document that decided, `cost` and `hops` the whole way's, `about` what documents not used
    would have served, `unreached` whether a way exists elsewhere that cannot be reached from here, `by_settings`
    whether the server's Configuration decided where mail does not leave it.
    """

    kind: str
    because: str | None = None
    cost: int = 0
    hops: int = 0
    target: int = -1
    host: str = ""
    lookup: str = ""
    server: str = ""
    mail_file: str = ""
    dial_up: str = ""
    passthru: str = ""
    smart_host: str = ""
    reason: str = ""
    call: Call | None = None
    about: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    unreached: bool = False
    by_settings: bool = False


def decide(table: Table, address: Address, previous_domain: str) -> Decision:
    """Return what the table's server does with an address; `previous_domain` is where the message came from."""
    target = a_label(address.target)
    if "." not in target:
        return _notes_name(table, address, previous_domain)
    local = local_entry(table, target)
    if local is not None:
        return _local_internet(table, local[3], target)
    decision = _beyond(table, target, previous_domain)
    if any(entry.startswith("domains/") for entry in table.unknown):  # what is local is not wholly known
        decision = decision._replace(assumptions=("value-unknown", *decision.assumptions))
    return decision


def _beyond(table: Table, target: str, previous_domain: str) -> Decision:
    """Decide outside the local Internet domain: by the most specific pattern, else without one (rule 3.3)."""
    matching = table.match(target)
    near_miss: tuple[str, ...] = (
        ("pattern-specificity",) if len(matching) > 1 or _misses_subdomains(table, target, matching) else ()
    )
    lost = _unused_patterns(table, target, matching)
    if not matching:
        decision = _without_pattern(table, target)
        return decision._replace(about=lost, assumptions=decision.assumptions + near_miss)
    _, document, domain = matching[0]
    if domain.casefold() == table.domain.casefold():
        return Decision(DELIVER, document, about=lost, assumptions=near_miss)
    decision = _by_domain(table, domain, target, previous_domain, document)
    return decision._replace(
        because=decision.because or document,
        about=(*decision.about, *lost),
        assumptions=decision.assumptions + near_miss,
    )


def _notes_name(table: Table, address: Address, previous_domain: str) -> Decision:
    domain = address.target
    rest = address.rest()
    if domain.casefold() == table.domain.casefold():
        return Decision(UNWRAP if rest else DELIVER)
    return _by_domain(table, domain, a_label(rest.target) if rest else domain, previous_domain, None)


def _by_domain(table: Table, domain: str, host: str, previous_domain: str, pattern: str | None) -> Decision:
    """Decide for a domain without a dot, virtual or real (rule 3.4): an SMTP Connection to it goes first (D)."""
    entry = table.domain_entry(domain)
    if entry is None:
        return Decision(NO_ROUTE, pattern, reason=f"nothing leads to {domain}", about=(f"domain:{domain.casefold()}",))
    spelled = ("domain-case",) if domain != entry["name"] else ()
    about: tuple[str, ...] = (f"domain:{domain.casefold()}",)
    real = bool(entry["across"] or entry["through"] or entry["gateway"])
    ways = _reachable(table, entry["smtp"])
    if ways:
        assumptions: tuple[str, ...] = spelled + (("smtp-connection-order",) if len(ways) > 1 else ())
        decision = _by_smtp(table, ways[0], host, pattern)
        assumptions += decision.assumptions + (("real-before-virtual",) if real else ())
        return decision._replace(about=about, assumptions=assumptions)
    if not real:
        pulled = ("router-types",) if entry["pulled"] else ()
        reason = f"nothing leads to {entry['name']}"
        if entry["smtp"]:
            reason = f"no source server of an SMTP Connection to {entry['name']} can be reached from here"
        unreached = bool(entry["smtp"])
        return Decision(
            NO_ROUTE, pattern, reason=reason, about=about, assumptions=spelled + pulled, unreached=unreached
        )
    decision = _by_notes(table, domain, entry, previous_domain)
    because = pattern if pattern and decision.kind == TOWARD else decision.because
    about += decision.about
    assumptions = spelled + decision.assumptions
    if decision.kind in (TOWARD, ACROSS, GATEWAY) and _unsure(table, about):
        assumptions += ("value-unknown",)
    return decision._replace(because=because, about=about, assumptions=assumptions)


def _unsure(table: Table, about: tuple[str, ...]) -> bool:
    """Tell whether an import did not find who may send to one of the domains on the way."""
    entries = (table.domain_entry(subject.removeprefix("domain:")) for subject in about)
    return any(entry is not None and entry["unsure"] for entry in entries)


def _reachable(table: Table, links: list[list[Any]]) -> list[tuple[int, int, str, list[Any]]]:
    """Return the links whose source can be reached as (total cost, hops, document, link), best first.

    Each link begins with its source's number, its cost and its `Call`.
    """
    found = []
    for link in links:
        source, cost, call = link[:3]
        way = table.cost_to(source)
        if way is not None:
            found.append((way[0] + cost, way[1], call[0], link))
    return sorted(found, key=lambda way: way[:3])


def _by_smtp(table: Table, way: tuple[int, int, str, list[Any]], host: str, pattern: str | None) -> Decision:
    cost, hops, document, (source, _, call, relay, dial_up, towards, unknown) = way
    assumptions: tuple[str, ...] = ("value-unknown",) if unknown else ()
    if source != table.number:
        return Decision(TOWARD, pattern or document, cost, hops + 1, source, assumptions=assumptions)
    if dial_up:
        assumptions += ("dial-up-direction",)
    decision = _out(table, relay or table.settings.relay_host, host)
    return decision._replace(
        because=document,
        cost=cost,
        hops=1,
        call=Call(*call),
        dial_up="" if towards else dial_up,
        assumptions=assumptions + decision.assumptions,
    )


def _out(table: Table, relay: str, host: str) -> Decision:
    """Decide the host mail leaves to (rule 3.6): a relay host, else the recipient's own by look-up."""
    if relay:
        return Decision(SMTP, hops=1, host=relay)
    settings = table.settings
    assumptions: tuple[str, ...] = ()
    if any(entry.endswith((":relay_host", ":host_name_lookup")) for entry in settings.unknown):
        assumptions = ("value-unknown",)
    if "host_name_lookup" not in settings.given:
        assumptions += ("host-name-lookup-default",)
    return Decision(SMTP, hops=1, lookup=host, assumptions=assumptions)


def _by_notes(table: Table, domain: str, entry: dict[str, Any], previous_domain: str) -> Decision:
    """Decide for another Notes domain (rule 2): a Connection, else the next domain, else the gateway."""
    seen = {table.domain.casefold()}
    because: str | None = None
    about: tuple[str, ...] = ()
    while domain.casefold() not in seen:
        seen.add(domain.casefold())
        about += (f"domain:{domain.casefold()}",)
        denied = _denied(entry["restrictions"], previous_domain)
        if denied:
            reason = f"{denied} does not let mail from {previous_domain} on to {domain}"
            return Decision(UNDELIVERABLE, denied, reason=reason, about=about, assumptions=("restrictions",))
        ways = _reachable(table, entry["across"])
        if ways:
            return _across(table, ways, because)._replace(about=about)
        if not entry["through"]:
            decision = _gateway(table, domain, entry["gateway"])
            if because and entry.get("smtp") and not entry["gateway"] and not entry["across"]:
                reason = f"{because} leads on to {domain}, which is no Notes domain: SMTP Connections alone serve it"
                decision = decision._replace(reason=reason)
            unreached = decision.unreached or bool(entry["across"])
            return decision._replace(because=because or decision.because, about=about, unreached=unreached)
        document, domain = entry["through"]
        because = because or document
        entry = table.domain_entry(domain) or {"restrictions": (), "across": [], "through": None, "gateway": None}
    reason = f"the Non-adjacent Domain documents lead in a circle, back to {domain}"
    return Decision(NO_ROUTE, because, reason=reason, about=about)


def _across(table: Table, ways: list[tuple[int, int, str, list[Any]]], because: str | None) -> Decision:
    cost, hops, document, (source, _, call, server, kind, passthru, router_type, unknown) = ways[0]
    assumptions: tuple[str, ...] = ("value-unknown",) if unknown else ()
    if len(ways) > 1 and ways[0][:2] == ways[1][:2]:
        assumptions += ("crossing-order",)
    if source != table.number:
        return Decision(TOWARD, because or document, cost, hops + 1, source, assumptions=assumptions)
    if kind == PASSTHRU:
        assumptions += ("passthru",)
    if router_type != PUSH_ONLY:
        assumptions += ("router-types",)
    return Decision(
        ACROSS,
        because or document,
        cost,
        1,
        server=server,
        passthru=passthru,
        call=Call(*call),
        assumptions=assumptions,
    )


def _gateway(table: Table, domain: str, gateway: list[str] | None) -> Decision:
    if not gateway:
        return Decision(NO_ROUTE, reason=f"no Connection to {domain} can be reached from here")
    document, server, mail_file = gateway
    number = table.find(server)
    way = None if number is None else table.cost_to(number)
    if number is None or way is None:
        reason = f"the gateway server {server} cannot be reached from here"
        return Decision(NO_ROUTE, document, server=server, reason=reason, unreached=True)
    if number == table.number:
        return Decision(GATEWAY, document, mail_file=mail_file)
    return Decision(TOWARD, document, *way, number)


def _denied(restrictions: list[list[Any]], previous_domain: str) -> str:
    """Return the document that keeps mail of the previous hop's domain out, "" for none; one is enough."""
    previous = previous_domain.casefold()
    for document, allow, deny in restrictions:
        if previous in deny or (allow and previous not in allow):
            return str(document)
    return ""


def _local_internet(table: Table, document: str, domain: str) -> Decision:
    """Decide inside the local Internet domain (rule 3.2): the look-up is local, nothing below is tried."""
    settings = table.settings
    unsure: tuple[str, ...] = ()
    if table.smtp and settings.assumes("smart_host", *(["smart_host_for_all"] if settings.smart_host else ())):
        unsure = ("value-unknown",)
    if not settings.smart_host:
        lost = _unused_patterns(table, domain, [])
        return Decision(DELIVER, document, about=lost, assumptions=unsure, by_settings=table.smtp)
    if not table.smtp:
        return Decision(DELIVER, document, assumptions=("smart-host",))
    if any(entry.endswith(":routing_tasks") for entry in table.unknown):
        unsure = ("value-unknown",)
    if settings.smart_host_for_all:
        return Decision(SMTP, settings.document, hops=1, host=settings.smart_host, assumptions=unsure)
    return Decision(DELIVER, document, smart_host=settings.smart_host, assumptions=unsure, by_settings=True)


def _without_pattern(table: Table, domain: str) -> Decision:
    """Decide where no pattern matches (rule 3.7): this server sends it itself, or nobody does."""
    settings = table.settings
    assumptions: tuple[str, ...] = ()
    if any(entry.endswith((":routing_tasks", ":smtp_outside")) for entry in (*table.unknown, *settings.unknown)):
        assumptions = ("value-unknown",)
    if table.smtp and settings.sends_outside:
        decision = _out(table, settings.relay_host, domain)
        return decision._replace(
            because=settings.document,
            assumptions=(*assumptions, "smtp-without-pattern", *decision.assumptions),
        )
    if table.smtp != settings.sends_outside:
        assumptions += ("smtp-without-pattern",)
    reason = f"no Foreign SMTP Domain pattern meets {domain}, and this server sends nothing to the Internet itself"
    return Decision(NO_ROUTE, reason=reason, assumptions=assumptions, by_settings=table.smtp)


def local_entry(table: Table, domain: str) -> tuple[str, str, str, str] | None:
    """Return the entry of the local Internet domain that meets a domain (as A-labels), None for none."""
    return next((entry for entry in table.local if _meets(entry, domain)), None)


def _meets(local: tuple[str, str, str, str], domain: str) -> bool:
    _, kind, literal, _ = local
    return domain == literal if kind == "exact" else domain.endswith(literal) and len(domain) > len(literal)


def _misses_subdomains(table: Table, domain: str, matching: list[tuple[str, str, str]]) -> bool:
    """Tell whether `*.acme.com` is known and acme.com was asked for, so that (D) it does not count."""
    literals = {Pattern(text).literal for text, _, _ in matching}
    return domain not in literals and table.has_pattern("subdomains", "." + domain)


def _unused_patterns(table: Table, domain: str, matching: list[tuple[str, str, str]]) -> tuple[str, ...]:
    """Return, as subjects, the patterns not used that would have come before the chosen one."""
    found = []
    least = Pattern(matching[0][0]).specificity if matching else (-1, 0)
    for entry in table.not_used_about(("pattern:",)):
        for subject in entry["about"]:
            pattern = Pattern(subject.removeprefix("pattern:"))
            if pattern.specificity >= least and pattern.matches(domain):
                found.append(subject)
    return tuple(found)
