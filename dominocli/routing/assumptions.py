"""What no public source settles: one sentence each, named wherever it decided a route (domino.md 7)."""

from __future__ import annotations

from collections.abc import Iterable

ASSUMPTIONS: dict[str, str] = {
    "pattern-specificity": "Of several patterns the most specific counts: an exact domain, then the longer ending; "
    "*.acme.com does not meet acme.com itself.",
    "smtp-connection-order": "Of several SMTP Connections to one virtual domain the one with the least total cost "
    "counts, then the fewest hops, then the first document name.",
    "dial-up-direction": "A dial-up record that begins at the SMTP source server is raised before mail leaves it; one "
    "that ends there is the line towards it.",
    "outside-smtp-at-source": "A source server whose Configuration does not enable SMTP outside the local Internet "
    "domain carries no mail for its SMTP Connections.",
    "threshold-outside-hours": "Enough pending messages open a Connection also outside the times of its schedule.",
    "one-hour-retry": "A call at a single time is tried again for up to an hour.",
    "midnight-wrap": "A range of times that ends before it begins runs over midnight and belongs to the day it begins.",
    "range-without-interval": "A range of times with a repeat interval of 0 means one call, at its start.",
    "smtp-without-pattern": "Without a matching pattern a server sends to the Internet itself if it both has SMTP Mail "
    "Routing among its Routing tasks and a Configuration that enables SMTP outside.",
    "real-before-virtual": "An SMTP Connection to a domain comes before any other way to a domain of that name.",
    "restricting-direction": "A Connection inside a Notes named network delays mail in its own direction only.",
    "router-types": "The Router type is Push Only unless given; a pull type also makes the far side's mail flow back, "
    "and Push Wait keeps the Connection's own times.",
    "days-default": "A Connection calls on all seven days unless its document says otherwise.",
    "host-name-lookup-default": "Hosts are looked up in DNS and then in the hosts file unless the Configuration says "
    "otherwise.",
    "replication-task-default": "An SMTP Connection does not replicate unless its document says so.",
    "network-dialup-labels": "The labels of the Network Dialup tab are those we could find in public.",
    "hop-count": "A message may take 25 hops unless the Configuration says otherwise.",
    "network-cost": "A step inside a Notes named network costs 1, whatever Connections say.",
    "final-tie": "Of ways with the same cost and the same number of hops, the one whose next hop comes first by name "
    "counts; of two Connections of one pair and cost, the first by file name.",
    "crossing-order": "Of several Connections to another Notes domain with the same cost and the same number of hops, "
    "the first document name counts.",
    "domain-case": "Notes domain names that differ only in case are one domain.",
    "relay-lookup": "A relay host given by name is looked up like a mail domain: MX records, then its address.",
    "groups-in-source": "A group or * as source server serves replication only, never mail.",
    "usage-priority": "The usage priority decides how a server connects and changes no cost.",
    "passthru": "A Passthru Connection counts like a direct one; the passthru server hands it through.",
    "restrictions": "Allow and Deny lists look at the domain of the previous hop; mail that starts here comes from our "
    "own domain.",
    "smart-host": "A server without SMTP Mail Routing hands nothing to the smart host.",
    "configuration-not-used": "A Configuration document that cannot be used counts as if it were not there: what "
    "applies next decides.",
    "value-unknown": "The import did not find every field; routing took the missing ones as Domino's usual ones, and "
    "tasks as running.",
}
"""Id to sentence, in the order of domino.md 7; `dominocli help assumptions` prints it."""


def in_order(ids: Iterable[str]) -> list[str]:
    """Return assumption ids without repeats, in the order of the list."""
    wanted = set(ids)
    return [known for known in ASSUMPTIONS if known in wanted]
