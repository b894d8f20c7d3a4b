"""The exits of a domain: the servers by one of which its mail leaves (domino.md 3 rules 2 and 3).

Pure. internet.py decides which exit is best; whether there is a route at all depends on these alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dominocli.names import Pattern, name_key
from dominocli.routing.representatives import OTHER, OTHERS, representative

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dominocli.routing.network import Network

Place = tuple[str, str]
"""Kind (domain, pattern, local, internet) and key of a destination."""


class Exits(NamedTuple):
    """The servers, by key, that have a route: those from which one of `leading` is reached, those `alone` each by
    itself, or all servers there are."""

    leading: frozenset[str] = frozenset()
    alone: frozenset[str] = frozenset()
    everywhere: bool = False

    def within(self, other: Exits) -> bool:
        """Tell whether these lose nothing if others take their place."""
        if self.everywhere or other.everywhere:
            return other.everywhere
        return self.leading <= other.leading and self.alone <= other.alone

    def without(self, key: str) -> Exits:
        """Return the exits but one server."""
        return self._replace(leading=self.leading - {key}, alone=self.alone - {key})


EVERYWHERE = Exits(everywhere=True)
Places = dict[Place, Exits]


def exits(network: Network) -> Places:
    """Return the exits of each domain, pattern, local Internet domain of all servers, and other Internet mail."""
    connections, domains = network.connections, network.domains
    names = {*connections.smtp, *connections.crossings, *domains.through, *domains.gateways, *domains.restrictions}
    found: Places = {("domain", name): exits_of(network, name) for name in names}
    for pattern, _, domain in domains.patterns:
        found["pattern", pattern.text.casefold()] = exits_of(network, domain.casefold())
    found.update({("local", pattern.text.casefold()): EVERYWHERE for pattern, _ in domains.local})
    if not any(pattern.kind in ("dotted", "any") for pattern, _, _ in domains.patterns):
        found["internet", OTHERS] = _of_internet_domain(network, OTHER)
    return found


def compared(
    before: Network, after: Network, exits_before: Places, exits_after: Places
) -> Iterator[tuple[Place, Exits, Exits]]:
    """Yield each destination with its exits in two networks: what one of them lacks, it decides by what is left."""
    for place in {**exits_before, **exits_after}:
        kind, name = place
        if (place in exits_before and place in exits_after) or kind == "domain":
            yield place, exits_before.get(place, Exits()), exits_after.get(place, Exits())
        elif kind != "internet":
            domain = representative(Pattern(name))
            yield place, _of_internet_domain(before, domain), _of_internet_domain(after, domain)


def exits_of(network: Network, domain: str) -> Exits:
    """Return the exits of mail for a casefolded domain without a dot."""
    own = network.domain.casefold()
    if domain == own:
        return EVERYWHERE
    connections, domains = network.connections, network.domains
    found = {link.source for link in connections.smtp.get(domain, ())}
    seen = {own}
    while domain not in seen:
        seen.add(domain)
        if any(own in r.deny or (r.allow and own not in r.allow) for r in domains.restrictions.get(domain, ())):
            break
        found.update(link.source for link in connections.crossings.get(domain, ()))
        if domain not in domains.through:
            if domain in domains.gateways:
                found.add(name_key(domains.gateways[domain][1]))
            break
        domain = domains.through[domain][1].casefold()
    return Exits(frozenset(found))


def _of_internet_domain(network: Network, domain: str) -> Exits:
    """Return the exits of mail for an Internet domain, decided in the order of rule 3."""
    domains = network.domains
    if "." not in domain:
        return exits_of(network, domain)
    if any(pattern.matches(domain) for pattern, _ in domains.local):
        return EVERYWHERE
    named = [] if domains.has_global else [node for node in network.nodes if node.document and node.host]
    alone = {
        node.key for node in named if any(p.matches(domain) for p, _ in domains.local_at(node.host, node.document))
    }
    met = next((entry for entry in domains.patterns if entry.pattern.matches(domain)), None)
    if met is not None:
        return exits_of(network, met.domain.casefold())._replace(alone=frozenset(alone))
    alone.update(node.key for node in network.nodes if node.smtp and node.settings.sends_outside)
    return Exits(alone=frozenset(alone))
