"""Two edits of one text merged line by line, so that comments of both survive (replication.md 6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

MOST_LINES = 2000
"""Longer texts are not merged by line: it would take too long where lines repeat (D)."""


class _Change(NamedTuple):
    """Lines `start` up to `end` of the base that one side replaced; equal numbers: put in before `start`."""

    start: int
    end: int
    lines: tuple[str, ...]


def merge_lines(base: str, won: str, lost: str) -> str | None:
    """Return the winner's text with the lines the loser changed since `base`, None where both changed the same.

    What both put in at one place stands there one after the other, the winner's first.
    """
    texts = [text.splitlines(keepends=True) for text in (base, won, lost)]
    if any(len(lines) > MOST_LINES for lines in texts):
        return None
    before, ours, theirs = texts
    merged: list[str] = []
    at = 0
    mine, other = _changes(before, ours), _changes(before, theirs)
    while mine or other:
        change = min(mine[:1] + other[:1], key=lambda change: (change.start, change.end))
        if mine and other and _collide(mine[0], other[0]):
            if mine[0] == other[0]:
                other.pop(0)
                continue
            if mine[0].start < mine[0].end or other[0].start < other[0].end:
                return None
            change = mine[0]
        (mine if mine and change is mine[0] else other).pop(0)
        merged += [*before[at : change.start], *change.lines]
        at = change.end
    return "".join(merged + before[at:])


def _changes(before: Sequence[str], after: Sequence[str]) -> list[_Change]:
    from difflib import SequenceMatcher

    codes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return [_Change(i, end, tuple(after[j:until])) for tag, i, end, j, until in codes if tag != "equal"]


def _collide(a: _Change, b: _Change) -> bool:
    """Tell whether two changes concern the same lines, or the same place between lines."""
    return (a.start < b.end and b.start < a.end) or (a.start, a.end) == (b.start, b.end)
