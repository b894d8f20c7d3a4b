"""The Domain documents: patterns of Internet domains, other Notes domains, gateways, restrictions."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dominocli.documents.domain import ADJACENT, FOREIGN, FOREIGN_SMTP, GLOBAL, NON_ADJACENT, Domain
from dominocli.errors import command_line
from dominocli.names import Pattern
from dominocli.routing.unused import NotUsed, Reasons

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dominocli.directory.view import View
    from dominocli.routing.connections import Connections


_SUBJECT_FIELDS = {NON_ADJACENT: "mail_sent_to_domain", FOREIGN: "foreign_domain_name"}


class MappedPattern(NamedTuple):
    """A Foreign SMTP Domain document: mail for the pattern goes to `domain`, as spelled there."""

    pattern: Pattern
    document: str
    domain: str


class Restriction(NamedTuple):
    """Which previous hop's domains (casefolded) may send mail on to a domain; none in `allow` means all."""

    document: str
    allow: tuple[str, ...]
    deny: tuple[str, ...]


class Domains:
    """The usable Domain documents of a view.

    By casefolded domain: `through` (document, next domain), `gateways` (document, server, mail file) and
    `restrictions`. `local` is the local Internet domain of all Global Domain documents (domino.md 3 rule 3.2), and
    `has_global` whether there is any; `unknown` names, as `PATH:KEY`, what an import did not find of it, and
    `unsure` the domains of whose restrictions it did not find all.
    """

    def __init__(self, view: View, connections: Connections) -> None:
        self.patterns: list[MappedPattern] = []
        self.through: dict[str, tuple[str, str]] = {}
        self.gateways: dict[str, tuple[str, str, str]] = {}
        self.restrictions: dict[str, list[Restriction]] = {}
        self.local: list[tuple[Pattern, str]] = []
        self.has_global = False
        self.unknown: list[str] = []
        self.unsure: set[str] = set()
        self.spellings: dict[str, str] = {}
        self.not_used: list[NotUsed] = []
        self._first: dict[Pattern, MappedPattern] = {}
        mapped: list[tuple[Domain, Reasons]] = []
        leading: list[tuple[Domain, Reasons]] = []
        for document in view.documents(Domain):
            reasons = Reasons(document, _about(document))
            reasons.add_problems(("local_primary_internet_domain",))
            if document.domain_type == FOREIGN_SMTP:
                mapped.append((document, reasons))
            elif reasons.found:
                self.not_used.extend(reasons.entries)
            else:
                self._add(document)
                if document.domain_type in (NON_ADJACENT, FOREIGN):
                    leading.append((document, reasons))
        self._refuse_second_ways(leading)
        for document, reasons in mapped:
            self._add_pattern(document, reasons, connections)
        self.patterns.sort(key=lambda entry: (*entry.pattern.specificity, entry.document), reverse=True)

    def local_at(self, host: str, document: str) -> list[tuple[Pattern, str]]:
        """Return the local Internet domain as a server of this host name and Server document sees it (rule 3.2)."""
        if self.has_global:
            return self.local
        try:
            own = Pattern(host)
        except ValueError:
            return []
        parent = own.literal.partition(".")[2]
        hosts = [own, Pattern(parent)] if "." in parent else [own]
        return [(pattern, document) for pattern in hosts if own.kind == "exact"]

    def _add(self, document: Domain) -> None:
        kind = document.domain_type
        if kind == GLOBAL:
            names = (document.local_primary_internet_domain, *document.alternate_internet_domain_aliases)
            self.local += [(Pattern(name), document.path) for name in names if name]
            self.has_global = True
            keys = ("local_primary_internet_domain", "alternate_internet_domain_aliases")
            self.unknown += [f"{document.path}:{key}" for key in keys if document.is_unknown(key)]
            return
        subject = document.subject.casefold()
        self.spellings.setdefault(subject, document.subject)
        if kind == NON_ADJACENT:
            self.through.setdefault(subject, (document.path, document.route_through_domain))
        elif kind == FOREIGN:
            gateway = (document.path, document.gateway_server_name, document.gateway_mail_file_name)
            self.gateways.setdefault(subject, gateway)
        if kind in (NON_ADJACENT, FOREIGN, ADJACENT):
            allow = tuple(name.casefold() for name in document.allow_from_domains)
            deny = tuple(name.casefold() for name in document.deny_from_domains)
            if document.is_unknown("allow_from_domains") or document.is_unknown("deny_from_domains"):
                self.unsure.add(subject)
            if allow or deny:
                self.restrictions.setdefault(subject, []).append(Restriction(document.path, allow, deny))

    def _refuse_second_ways(self, leading: Sequence[tuple[Domain, Reasons]]) -> None:
        """Of the documents that lead on for one domain a Non-adjacent one counts first, then the first by file name."""
        for document, reasons in leading:
            subject = document.subject.casefold()
            first = (self.through.get(subject) or self.gateways[subject])[0]
            if first != document.path:
                message = f"{first} already leads on for {document.subject}"
                hint = f"delete {document.path}, or let {first} go"
                reasons.add("domain-route-redundant", _SUBJECT_FIELDS[document.domain_type], message, hint)
                self.not_used.extend(reasons.entries)

    def _add_pattern(self, document: Domain, reasons: Reasons, connections: Connections) -> None:
        domain = document.domain_name.casefold()
        if reasons.found:
            self.not_used.extend(reasons.entries)
            return
        pattern = Pattern(document.internet_domain)
        self._refuse_second(document, pattern, domain, reasons)
        covering = next((source for local, source in self.local if pattern.within(local)), None)
        if covering is not None:
            message = f"{pattern.text} lies wholly inside the local Internet domain of {covering}"
            reasons.add("pattern-shadowed", "internet_domain", message, "local mail never leaves by this document")
        if not reasons.found:
            entry = self._first[pattern] = MappedPattern(pattern, document.path, document.domain_name)
            self.patterns.append(entry)
            self.spellings.setdefault(domain, document.domain_name)
        if not self._is_connected(domain, connections):
            reasons.add(
                "virtual-domain-unconnected",
                "domain_name",
                f"no Connection leads to {document.domain_name}, so mail for {pattern.text} has no route",
                command_line("connection add --connection-type smtp --destination-domain", document.domain_name),
            )
        self.not_used.extend(reasons.entries)

    def _refuse_second(self, document: Domain, pattern: Pattern, domain: str, reasons: Reasons) -> None:
        first = self._first.get(pattern)
        if first is None:
            return
        if first.domain.casefold() == domain:
            message = f"{first.document} already sends {pattern.text} to {document.domain_name}"
            reasons.add("pattern-redundant", "internet_domain", message, f"delete {document.path}")
        else:
            message = f"{first.document} already sends {pattern.text} to another domain, {first.domain}"
            reasons.add("pattern-duplicate", "internet_domain", message, "let one document have the pattern")

    def _is_connected(self, domain: str, connections: Connections) -> bool:
        return (
            domain in connections.served
            or domain in connections.crossings
            or domain in self.through
            or domain in self.gateways
            or domain == connections.servers.domain.casefold()
        )


def _about(document: Domain) -> tuple[str, ...]:
    subject = document.subject.casefold()
    if document.domain_type != FOREIGN_SMTP:
        return (f"domain:{subject}",)
    return (f"pattern:{document.internet_domain}",) if document.internet_domain else ()
