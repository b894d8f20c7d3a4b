"""Internet domains that stand for many: what is decided for one of them is decided for all (domino.md 2.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dominocli.names import Pattern

_LABEL = "any-domain-0"
OTHER = f"{_LABEL}.{_LABEL}"
"""An Internet domain that only `*.*` and `*` meet."""
OTHERS = "other Internet domains"
"""The destination of mail no pattern and no local Internet domain meets (domino.md 3 rule 3.7)."""


def representative(pattern: Pattern) -> str:
    """Return a domain that a pattern meets and, where it can be, no more specific one does."""
    if pattern.kind == "exact":
        return pattern.literal
    if pattern.kind == "subdomains":
        return _LABEL + pattern.literal
    return f"any.domain-0{pattern.literal}" if pattern.kind == "suffix" else OTHER
