"""The links mail can take, as tables and their readers know them; no documents here, so that `explain` starts fast."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

LAN = "Local Area Network"
PASSTHRU = "Passthru Server"
PUSH_ONLY = "Push Only"


class Call(NamedTuple):
    """When a Connection calls: its schedule in the time zone of its source server, "" being the machine's.

    `threshold` is the number of pending messages that opens it at once, 0 for none.
    """

    document: str
    times: tuple[str, ...]
    interval: int
    days: tuple[str, ...]
    zone: str
    threshold: int


class Link(NamedTuple):
    """Mail can go from server to server (keys) by a Connection; `back` if the far side calls for it.

    `low` is whether its usage priority is; `tied` whether only its file name put it before another of its pair.
    """

    source: str
    target: str
    cost: int
    call: Call
    kind: str = LAN
    passthru: str = ""
    router_type: str = ""
    back: bool = False
    unknown: tuple[str, ...] = ()
    low: bool = False
    tied: bool = False


class Crossing(NamedTuple):
    """A Connection from one of our servers (its key) into another Notes domain, to `target` there."""

    source: str
    cost: int
    call: Call
    target: str
    kind: str = LAN
    passthru: str = ""
    router_type: str = ""
    unknown: tuple[str, ...] = ()


class SmtpLink(NamedTuple):
    """A usable SMTP Connection: mail for its virtual domain leaves at `source` (a key) by SMTP.

    `dial_up` is the path of the record to raise, `towards` whether that record is the line towards the
    source server instead (domino.md 2.1, D).
    """

    source: str
    cost: int
    call: Call
    relay_host: str
    dial_up: str = ""
    towards: bool = False
    unknown: tuple[str, ...] = ()


def cheapest(links: Iterable[Link]) -> dict[tuple[str, str], Link]:
    """Return the link that counts for each pair: the cheaper, then the first by file name (domino.md 3, D)."""
    best: dict[tuple[str, str], Link] = {}
    for link in links:
        pair = link.source, link.target
        known = best.get(pair)
        if known is None or link.cost < known.cost:
            best[pair] = link
        elif link.cost == known.cost:
            best[pair] = min(link, known, key=lambda one: one.call.document)._replace(tied=True)
    return best
