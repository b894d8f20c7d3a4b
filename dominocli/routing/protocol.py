"""The protocol of a hop inside the domain: SMTP or NRPC (domino.md 3 rule 1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dominocli.routing.layout import LISTENS, LISTENS_ASSUMED, SHARES_NETWORK

if TYPE_CHECKING:
    from dominocli.routing.layout import Row, Table

MIME, NOTES = "mime", "notes"


def protocol_of(table: Table, hop: Row, message_type: str) -> tuple[str, bool]:
    """Return SMTP or NRPC for a hop inside the domain (domino.md 3 rule 1), and whether a value assumed decided."""
    settings = table.settings
    covered = settings.smtp_inside == "All messages" or (
        settings.smtp_inside == "MIME messages only" and message_type == MIME
    )
    near = settings.smtp_reachable == "Always" or bool(hop.flags & SHARES_NETWORK)
    listens = bool(hop.flags & LISTENS)
    maybe = (
        covered or settings.assumes("smtp_inside"),
        near or settings.assumes("smtp_reachable"),
        listens or bool(hop.flags & LISTENS_ASSUMED),
    )
    reach_assumed = settings.assumes("smtp_reachable") and not hop.flags & SHARES_NETWORK
    unsure = settings.assumes("smtp_inside") or reach_assumed or bool(hop.flags & LISTENS_ASSUMED)
    return "SMTP" if covered and listens and near else "NRPC", unsure and all(maybe)
