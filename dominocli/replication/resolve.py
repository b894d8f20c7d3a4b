"""Resolving: what becomes of a document with several leaves, on every replica alike (replication.md 6).

Nothing here depends on which replica resolves, or when: the new revisions follow from the tree alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from dominocli import errors
from dominocli.directory.text import Fault, parse, text_hash
from dominocli.directory.writer import KeyPath, edit_text
from dominocli.documents import form_of
from dominocli.replication.compare import Tree, active, common_ancestor
from dominocli.replication.lines import merge_lines
from dominocli.replication.revision import CLOSED, DELETED, LIVE, Revision, make, with_suffix

TextOf = Callable[[str], "str | None"]

EQUAL, MERGED, CONFLICT, DELETION_UNDONE = "equal", "merged", "conflict", "deletion-undone"
TEXT_LEFT = "text-left"
"""A losing text said more than its values (comments), and that is in the history alone now."""


class Made(NamedTuple):
    """A revision that resolving made, and its text ("" where it has none)."""

    revision: Revision
    text: str


class Outcome(NamedTuple):
    """What became of one losing leaf: EQUAL, MERGED, CONFLICT, DELETION_UNDONE, TEXT_LEFT. `file` is the path of
    the document, `lost` the leaf's rev, `kept` the conflict document's file, "" without one."""

    kind: str
    unid: str
    file: str
    lost: str
    kept: str


class Resolution(NamedTuple):
    """The revisions to add, in order, and what they mean."""

    made: tuple[Made, ...]
    outcomes: tuple[Outcome, ...]


class _Content(NamedTuple):
    file: str
    text: str
    values: dict[KeyPath, Any]
    known: dict[KeyPath, str]
    leaves_text: bool = False
    """Whether the loser's text said more than this does."""


def resolve(tree: Tree, text_of: TextOf, *, merge_conflicts: bool = True) -> Resolution:
    """Return the revisions that leave the document one leaf; none where it has one already."""
    leaves = active(tree)
    if not leaves:
        return Resolution((), ())
    winner, *losers = leaves
    grown = dict(tree)
    texts: dict[str, str] = {}
    made: list[Made] = []
    outcomes: list[Outcome] = []

    def known_text(digest: str) -> str | None:
        return texts[digest] if digest in texts else text_of(digest)

    def add(revision: Revision, text: str = "") -> None:
        made.append(Made(revision, text))
        if revision.unid == winner.unid:
            grown[revision.rev] = revision
            if text:
                texts[revision.digest] = text

    for loser in losers:
        outcome, into, kept = EQUAL, winner, ""
        if loser.kind == DELETED and winner.kind == LIVE:
            outcome = DELETION_UNDONE
        elif loser.kind == LIVE:
            merged = None
            if winner.kind == LIVE:
                base = common_ancestor(grown, winner, loser)
                merged = _merged(base, winner, loser, known_text, merge_conflicts=merge_conflicts)
            if merged is None:
                document, text = conflict_document(loser, known_text(loser.digest) or "")
                if not text:
                    outcome = TEXT_LEFT
                else:
                    outcome, kept = CONFLICT, document.file
                    add(document, text)
            elif merged.text != known_text(winner.digest) or merged.file != winner.file:
                outcome = MERGED
                seqtime = max(winner.seqtime, loser.seqtime)
                digest = text_hash(merged.text.encode())
                into = make(
                    winner.unid,
                    winner.rev,
                    LIVE,
                    file=merged.file,
                    seqtime=seqtime,
                    author=winner.author,
                    digest=digest,
                    into=loser.rev,
                )
                add(into, merged.text)
            if merged is not None and merged.leaves_text:
                if outcome == MERGED:
                    outcomes.append(Outcome(MERGED, winner.unid, into.file, loser.rev, ""))
                outcome = TEXT_LEFT
        add(_closed(loser, into, winner))
        outcomes.append(Outcome(outcome, winner.unid, into.file, loser.rev, kept))
        winner = into
    return Resolution(tuple(made), tuple(outcomes))


def _closed(loser: Revision, into: Revision, winner: Revision) -> Revision:
    seqtime = max(winner.seqtime, loser.seqtime)
    return make(loser.unid, loser.rev, CLOSED, file=loser.file, seqtime=seqtime, author=winner.author, into=into.rev)


def conflict_document(loser: Revision, text: str) -> tuple[Revision, str]:
    """Return the conflict document that keeps a losing leaf, "" for its text if it would be over 1 MiB.

    It follows from that leaf alone.

    Its path is the loser's own (D): were it the winner's, replicas that resolved against different
    winners would make different documents of one edit.
    """
    unid = hashlib.sha256(f"conflict\n{loser.unid}\n{loser.rev}".encode()).hexdigest()[:32]
    conflict = {"of": loser.unid, "rev": loser.rev, "from": loser.author}
    kept = _with_conflict(text, unid, conflict)
    file = with_suffix(loser.file, f".conflict-{loser.short}")
    digest = text_hash(kept.encode())
    revision = make(unid, "", LIVE, file=file, seqtime=loser.seqtime, author=loser.author, digest=digest)
    return revision, kept


def _with_conflict(text: str, unid: str, conflict: Mapping[str, str]) -> str:
    wanted = values_of(text)
    wanted = {path: value for path, value in wanted.items() if path[0] not in ("unid", "conflict")}
    wanted[("unid",)] = unid
    wanted.update({("conflict", key): value for key, value in conflict.items()})
    changes: dict[KeyPath, Any] = {("unid",): unid, ("conflict",): conflict}
    edited = _edited(text, changes, wanted)
    # The edit keeps the hand's style; a text it cannot edit faithfully is written anew from its values.
    return edited if edited is not None else _edited("", wanted, wanted) or ""


def values_of(text: str) -> dict[KeyPath, Any]:
    """Return the values of a text by nested key path; a list is one value, an empty table none."""
    raw = parse(text.encode())
    values: dict[KeyPath, Any] = {}
    if not isinstance(raw, Fault):
        _flatten((), raw, values)
    return values


def _flatten(path: KeyPath, table: Mapping[str, Any], values: dict[KeyPath, Any]) -> None:
    for key, value in table.items():
        if isinstance(value, dict):
            _flatten((*path, key), value, values)
        else:
            values[(*path, key)] = value


def _content(file: str, text: str) -> _Content:
    values = values_of(text)
    # 1, 1.0 and true are equal in Python and different in a document.
    return _Content(file, text, values, {path: repr(value) for path, value in values.items()})


def _merged(
    base: Revision | None, winner: Revision, loser: Revision, text_of: TextOf, *, merge_conflicts: bool
) -> _Content | None:
    """Return both edits merged, the winner's own content where the loser adds nothing, else None."""
    winner_text, loser_text = text_of(winner.digest), text_of(loser.digest)
    if winner_text is None or loser_text is None:
        return None
    won, lost = _content(winner.file, winner_text), _content(loser.file, loser_text)
    base_text = text_of(base.digest) if base is not None and base.kind == LIVE else None
    if won.known == lost.known and won.file == lost.file:
        if won.text == lost.text or base_text == lost.text:
            return won
        by_line = _by_line(base_text, won, lost, won.known) if base_text is not None and merge_conflicts else None
        return won._replace(leaves_text=True) if by_line is None else won._replace(text=by_line)
    if base is None or base_text is None or not merge_conflicts:
        return None
    return _by_field(_content(base.file, base_text), won, lost)


def merge_texts(file: str, base: str, ours: str, theirs: str, lines: str | None = None) -> str | None:
    """Return our text of a document with their changes since `base`, field by field (replication.md 6).

    `lines` is the text that a merge line by line gave, None where it left conflicts: it is taken where it holds
    the same values. None where both changed one field (differently), the result would have a problem neither
    side has, a text is no TOML, or comments of one side would be lost.
    """
    if any(isinstance(parse(text.encode("utf-8", "surrogateescape")), Fault) for text in (base, ours, theirs)):
        return None
    before, won, lost = (_content(file, text) for text in (base, ours, theirs))
    merged = _by_field(before, won, lost)
    if merged is None:
        return None
    if lines is not None and _content(file, lines).known == _content(file, merged.text).known:
        return lines
    if merged.leaves_text:
        merged = None if _says_more(before, won) else _by_field(before, lost, won)
    return None if merged is None else merged.text


def _says_more(before: _Content, after: _Content) -> bool:
    """Tell whether a text differs from the one before in more than its values and the order of its lines."""
    paths = before.known.keys() | after.known.keys()
    changes = {path: after.values.get(path) for path in paths if before.known.get(path) != after.known.get(path)}
    edited = _edited(before.text, changes, after.values)
    return edited is None or _lines(edited) != _lines(after.text)


def _lines(text: str) -> list[str]:
    return sorted(line.strip() for line in text.splitlines() if line.strip())


def _by_field(before: _Content, won: _Content, lost: _Content) -> _Content | None:
    file = _one_side(before.file, won.file, lost.file)
    changes: dict[KeyPath, Any] = {}
    for path in before.known.keys() | lost.known.keys():
        old, new = before.known.get(path), lost.known.get(path)
        if old == new or won.known.get(path) == new:
            continue
        if won.known.get(path) != old:
            return None
        changes[path] = lost.values.get(path)
    if file is None:
        return None
    wanted = {path: value for path, value in {**won.values, **changes}.items() if path not in changes}
    wanted.update({path: value for path, value in changes.items() if value is not None})
    text = _edited(won.text, changes, wanted)
    if text is None:
        return None
    leaves_text = False
    if _says_more(before, lost):
        by_line = _by_line(before.text, won, lost, {path: repr(value) for path, value in wanted.items()})
        text, leaves_text = (by_line, False) if by_line is not None else (text, True)
    if problems(file, text) - problems(won.file, won.text) - problems(lost.file, lost.text):
        return None
    return _Content(file, text, wanted, {}, leaves_text)


def _by_line(base: str, won: _Content, lost: _Content, wanted: Mapping[KeyPath, str]) -> str | None:
    """Return the texts merged by line if the result holds exactly the wanted values, else None."""
    text = merge_lines(base, won.text, lost.text)
    if text is None or isinstance(parse(text.encode()), Fault):
        return None
    return text if {path: repr(value) for path, value in values_of(text).items()} == wanted else None


def _one_side(before: str, won: str, lost: str) -> str | None:
    """Return the value where at most one side changed it (or both alike), else None."""
    if lost in (before, won):
        return won
    return lost if won == before else None


def _edited(text: str, changes: Mapping[KeyPath, Any], wanted: Mapping[KeyPath, Any]) -> str | None:
    """Return the text with the changes if it then holds exactly the wanted values, else None."""
    try:
        edited = edit_text(text, changes)
    except (errors.DominoError, ValueError, KeyError, TypeError, AttributeError, IndexError):
        return None
    held = {path: repr(value) for path, value in values_of(edited).items()}
    return edited if held == {path: repr(value) for path, value in wanted.items()} else None


def problems(file: str, text: str) -> frozenset[tuple[str, str]]:
    """Return (rule, field) of everything wrong with a document alone.

    A merge may not add to them (D): two halves that were invalid already still merge.
    """
    folder, _, name = file.removesuffix(".toml").partition("/")
    raw = parse(text.encode())
    if isinstance(raw, Fault):
        return frozenset({("syntax", "")})
    return frozenset((problem.rule, problem.key) for problem in form_of(folder).from_toml(name, raw).problems())
