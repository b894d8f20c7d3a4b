"""Rules about Group documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dominocli.checks.report import Report
from dominocli.documents.group import Group
from dominocli.names import name_key
from dominocli.routing.servers import DEEPEST_GROUP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dominocli.checks.lookups import Lookups


def loops(document: Group, lookups: Lookups) -> Iterator[Report]:
    """Yield a loop of groups once, at its first group, and a group that nests too deep (domino.md 2.8)."""
    key = name_key(document.group_name)
    nesting = lookups.nesting
    if not key or lookups.groups[key][0] is not document:
        return
    if document is nesting.first_of_loop(key):
        names = [lookups.groups[group][0].group_name for group in nesting.way_around(key)]
        message = "these groups hold each other: " + " > ".join(names)
        yield Report("group-loop", "members", message, "take one of them out of the other")
    elif nesting.depth[key] > DEEPEST_GROUP:
        message = f"groups are nested {nesting.depth[key]} deep below this one, and at most {DEEPEST_GROUP} count"
        yield Report("group-loop", "members", message, "make the innermost groups' members direct ones")
