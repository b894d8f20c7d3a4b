"""The exits of a domain: the servers by one of which its mail leaves (domino.md 3 rules 2 and 3).

Pure. internet.py decides which exit is best; whether there is a route at all depends on these alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dominocli.names import name_key

if TYPE_CHECKING:
    from dominocli.routing.network import Network

Exits = frozenset[str] | None
"""The keys of servers; None: every server has a route, since the domain is our own."""


def exits(network: Network) -> dict[tuple[str, str], Exits]:
    """Return, for each ("domain", key) and ("pattern", text), the exits of its mail."""
    connections, domains = network.connections, network.domains
    names = {*connections.smtp, *connections.crossings, *domains.through, *domains.gateways, *domains.restrictions}
    found: dict[tuple[str, str], Exits] = {("domain", name): exits_of(network, name) for name in names}
    own = network.domain.casefold()
    for pattern, _, domain in domains.patterns:
        key = domain.casefold()
        found["pattern", pattern.text.casefold()] = None if key == own else exits_of(network, key)
    return found


def exits_of(network: Network, domain: str) -> frozenset[str]:
    """Return the keys of the servers by which mail for a casefolded domain may leave."""
    own = network.domain.casefold()
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
    return frozenset(found)
