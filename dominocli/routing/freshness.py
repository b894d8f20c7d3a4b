"""How fresh a table is, from three fingerprints (design.md 4). "fresh" means our table, not a live Router."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from dominocli.routing.layout import Table

FRESH, STALE, MISSING = "fresh", "stale", "missing"
NOT_RECALCULATED, NOT_REPLICATED = "not-recalculated", "not-replicated"


class Freshness(NamedTuple):
    """`state` fresh, stale or missing; `cause` not-recalculated or not-replicated if stale, else None."""

    state: str
    cause: str | None = None


def freshness(table: Table | None, replica_fingerprint: str, directory_fingerprint: str) -> Freshness:
    """Compare the fingerprint a table was made from with its replica's and the directory's."""
    if table is None:
        return Freshness(MISSING)
    if table.fingerprint == directory_fingerprint:
        return Freshness(FRESH)
    return Freshness(STALE, NOT_RECALCULATED if table.fingerprint != replica_fingerprint else NOT_REPLICATED)
