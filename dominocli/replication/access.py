"""What another server may do here: Domino's levels, checked where a change arrives (replication.md 7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dominocli import names
from dominocli.replication.compare import Tree, active, leaves
from dominocli.replication.revision import ANCESTORS_NAMED, CLOSED, DELETED, MOST_SAVES_AHEAD, Revision

NO_ACCESS, READER, AUTHOR, EDITOR = "No Access", "Reader", "Author", "Editor"

Access = Mapping[str, tuple[str, bool]]
"""Level and right to delete by server."""


def level_of(access: Access | None, server: str) -> tuple[str, bool]:
    """Return a server's level and whether it may delete; without a table every server of the domain is Editor."""
    if access is None:
        return EDITOR, True
    listed = {names.name_key(name): entry for name, entry in access.items()}
    return listed.get(names.name_key(server), (NO_ACCESS, False))


def refusal(level: str, may_delete: bool, server: str, revision: Revision, tree: Tree) -> str | None:
    """Say why a revision that a server brings is not taken, None if it is; `tree` is what is known of its document.

    Author (D): new documents, and those whose first revision that server made. What closes a leaf is
    for `tears` to judge: there, it needs no right beyond that to edit.
    """
    if level in (NO_ACCESS, READER):
        return f"{server} has {level} access here"
    if revision.kind == DELETED and not may_delete:
        return f"{server} may not delete documents here"
    if level != AUTHOR or not tree:
        return None
    first = min(tree.values(), key=lambda entry: (entry.number, entry.rev))
    if names.same_name(first.author, server):
        return None
    return f"{server} is Author here and the document is another's"


def tears(before: Tree, after: Tree, revisions: Iterable[Revision]) -> list[tuple[Revision, str]]:
    """Return which of the revisions would tear their document apart, each with the reason.

    `before` and `after` are what is known of the document without and with all that came. A revision that
    closes a leaf stands for another one that took its place: without that, the document would be gone
    although nobody deleted it.
    """
    closing = [revision for revision in revisions if revision.kind == CLOSED and revision.rev not in before]
    if not closing:
        return []
    left = active(after)
    if active(before) and not left:
        return [(revision, "it would close the document with nothing in its place") for revision in closing]
    if not left or any(leaf.number >= ANCESTORS_NAMED for leaf in leaves(after)):
        return []
    reason = "it closes the document in favour of a revision that is unknown here"
    return [(revision, reason) for revision in closing if revision.into not in after]


def leaps(highest: int, revision: Revision) -> str | None:
    """Say why a revision's number cannot be an honest one, None if it can; `highest` is the greatest known here.

    Leaves stay known for ever and arrive in the order of their numbers, so what one replica took step by step,
    every other takes too.
    """
    if revision.number - highest <= MOST_SAVES_AHEAD:
        return None
    return f"it counts {revision.number} saves, and {highest} are known here"
