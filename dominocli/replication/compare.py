"""The tree of a document's revisions: leaves, their order, common ancestors (replication.md 6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dominocli.replication.revision import BARE, CLOSED, DELETED, LIVE, Revision

Tree = Mapping[str, Revision]
"""All known revisions of one document by rev."""


def leaves(tree: Tree) -> list[Revision]:
    """Return the revisions nothing follows, sorted by rev."""
    parents = {revision.parent for revision in tree.values()}
    return sorted((r for r in tree.values() if r.rev not in parents and r.kind != BARE), key=lambda r: r.rev)


def order(revision: Revision) -> tuple[int, int, bool, str]:
    """Return the key by which leaves are ordered, the winner greatest: most saves, then latest."""
    return revision.number, revision.seqtime, revision.kind == DELETED, revision.rev


def active(tree: Tree) -> list[Revision]:
    """Return the leaves that are not closed, the winner first."""
    return sorted((leaf for leaf in leaves(tree) if leaf.kind != CLOSED), key=order, reverse=True)


def leading(tree: Tree) -> Revision | None:
    """Return what a document is now: its winner, None where nothing tells.

    Where every leaf is closed, as a replica that took half of a document made it once, that is the live
    revision that the greatest leaf follows from: nobody meant the document to go.
    """
    if winners := active(tree):
        return winners[0]
    last = max(leaves(tree), key=order, default=None)
    if last is None:
        return None
    return next((revision for revision in lineage(tree, last) if revision.kind == LIVE), None)


def lineage(tree: Tree, revision: Revision) -> Iterator[Revision]:
    """Yield a revision, its parent, its grandparent, as far as they are known."""
    following: Revision | None = revision
    while following is not None:
        yield following
        following = tree.get(following.parent)


def common_ancestor(tree: Tree, a: Revision, b: Revision) -> Revision | None:
    """Return the newest revision that both follow from, None where they share none."""
    of_a = {revision.rev for revision in lineage(tree, a)}
    return next((revision for revision in lineage(tree, b) if revision.rev in of_a), None)


def adopted(tree: Tree, digest: str, file: str) -> Revision | None:
    """Return the revision that a file of this text hash holds, None where none is known.

    Of several the one of the same path counts, then the newest: a clone's files are known, merely old.
    """
    found = [r for r in tree.values() if r.kind == LIVE and r.digest == digest]
    return max(found, key=lambda r: (r.file == file, *order(r)), default=None)
