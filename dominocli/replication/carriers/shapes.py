"""What questions and answers look like: checked on arrival, so that no verb meets what it does not expect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from dominocli.documents.document import is_unid
from dominocli.names import control_character
from dominocli.replication.carriers import failures
from dominocli.replication.resolve import CONFLICT, DELETION_UNDONE, EQUAL, MERGED, TEXT_LEFT, Outcome

Shape = Any
"""A type, a predicate, `[shape]` for a list, `Each`, or a dict of shapes by key (`key?` may be missing)."""

LONGEST_REV = 60
LONGEST_LINE = 1000
LONGEST_SEQ = 8192
"""CouchDB's sequence values are texts whose length grows with the number of its nodes and shards."""


class Each(NamedTuple):
    """A dict whose keys and values all have a shape."""

    key: Callable[[Any], bool]
    value: Shape


def is_rev(value: object) -> bool:
    """Tell whether a value is `N-<32 hex>`."""
    if not isinstance(value, str) or len(value) > LONGEST_REV:
        return False
    number, _, hashed = value.partition("-")
    return number.isascii() and number.isdigit() and is_unid(hashed)


def is_count(value: object) -> bool:
    """Tell whether a value is a whole number that JSON carries exactly."""
    return type(value) is int and 0 <= value < 1 << 53


def is_limit(value: object) -> bool:
    """Tell whether a value says how many of something are wanted: none at all would never come to an end."""
    return is_count(value) and value != 0


def is_seq(value: object) -> bool:
    """Tell whether a value says how far somebody came: opaque to all but the side that gave it."""
    return is_count(value) or (isinstance(value, str) and len(value) <= LONGEST_SEQ)


def is_line(value: object) -> bool:
    """Tell whether a value is a text of one line that can be shown and kept."""
    return isinstance(value, str) and len(value) <= LONGEST_LINE and control_character(value) is None


def is_id(value: object) -> bool:
    """Tell whether a value is a text of 32 hex digits."""
    return isinstance(value, str) and is_unid(value)


def is_outcome(value: object) -> bool:
    """Tell whether a value is an `Outcome` as a list."""
    if not isinstance(value, list) or len(value) != len(Outcome._fields) or value[0] not in _OUTCOMES:
        return False
    return all(isinstance(part, str) for part in value)


def is_move(value: object) -> bool:
    """Tell whether a value is `[change, file]` of a document that would move."""
    if not isinstance(value, list) or len(value) != 2 or not all(isinstance(part, str) for part in value):
        return False
    return value[0] in ("added", "updated", "deleted")


_OUTCOMES = (EQUAL, MERGED, CONFLICT, DELETION_UNDONE, TEXT_LEFT)
_SESSION = {"session": is_id, "seq": is_seq, "refused?": [is_id]}
_REVS = Each(is_id, [is_rev])

QUESTIONS: dict[str, Shape] = {
    "open": {"version": is_count, "server": is_line, "replica": is_line},
    "who": {"replica_id": is_line},
    "hello": {
        "version": is_count,
        "replica_id": is_line,
        "instance": is_line,
        "server": is_line,
        "record?": bool,
        "adopt?": bool,
        "allow_mass_delete?": bool,
    },
    "changes": {"since": is_count, "limit": is_limit},
    "leaves": {"ids": [is_id]},
    "revs_diff": {"revs": _REVS},
    "get": {"docs": [{"id": is_id, "revs": [is_rev], "held?": [is_rev]}]},
    "put": {"docs": [dict]},
    "fingerprint": {},
    "checkpoint_get": {"id": is_id},
    "checkpoint_put": {"id": is_id, "history": [_SESSION]},
    "recalc": {"servers": [is_line], "dry_run?": bool},
    "table": {"server": is_line},
    "replicate": {"dry_run": bool, "recalc": bool, "without": is_line},
    "create": {"settings": {"replica_id": is_id, "title": is_line, "domain": is_line}, "server": is_line},
}

ANSWERS: dict[str, Shape] = {
    "open": {"version": is_count},
    "who": {"version": is_count, "replica_id": is_line, "instance": is_line, "server": is_line, "clock": is_count},
    "hello": {
        "version": is_count,
        "replica_id": is_line,
        "instance": is_line,
        "server": is_line,
        "clock": is_count,
        "fresh": bool,
        "findings": [str],
        "outcomes": [is_outcome],
    },
    "changes": {"results": [{"seq": is_seq, "id": is_id, "revs": [is_rev]}], "last_seq": is_seq, "more": bool},
    "leaves": {"revs": _REVS},
    "revs_diff": Each(is_id, {"missing": [is_rev], "held": [is_rev]}),
    "get": {
        "docs": [dict],
        "left": [{"id": is_id, "revs": [is_rev], "held?": [is_rev]}],
        "forged?": [{"id": is_id, "rev": is_rev, "file": str, "reason": str}],
    },
    "put": {
        "added": is_count,
        "updated": is_count,
        "deleted": is_count,
        "moved?": [is_move],
        "refused": [{"id": is_id, "rev": is_rev, "file": str, "reason": str}],
        "outcomes": [is_outcome],
        "blocked": [str],
    },
    "fingerprint": {"fingerprint": str, "files_read": is_count},
    "checkpoint_get": {"history": [_SESSION]},
    "checkpoint_put": {},
    "recalc": {"servers": [dict]},
    "table": {"table": str, "fingerprint": str, "as_of": str},
    "replicate": {"report": {"servers": [dict], "own_recalc?": [dict], "exit": is_count}},
    "create": {"state": str},
}


def check_question(verb: str, payload: Mapping[str, Any]) -> None:
    """Raise `ProtocolFault` for a verb or payload that nobody would send."""
    if verb not in QUESTIONS:
        raise failures.ProtocolFault(location="the asking side", reason=f"no verb {verb[:50]!r}")
    if wrong := problem(payload, QUESTIONS[verb]):
        raise failures.ProtocolFault(location="the asking side", reason=f"{verb}: {wrong}")


def check_answer(verb: str, answer: Mapping[str, Any], location: str) -> None:
    """Raise `ProtocolFault` for an answer that is none to this verb."""
    if wrong := problem(answer, ANSWERS[verb]):
        raise failures.ProtocolFault(location=location, reason=f"{verb}: {wrong}")


def problem(value: object, shape: Shape, where: str = "the message") -> str | None:
    """Say what in a value has another shape, None if nothing has."""
    if isinstance(shape, Each):
        if not isinstance(value, dict) or not all(shape.key(key) for key in value):
            return f"{where} is not what it should be"
        return _first(problem(entry, shape.value, where) for entry in value.values())
    if isinstance(shape, dict):
        return _problem_of_dict(value, shape, where)
    if isinstance(shape, list):
        if not isinstance(value, list):
            return f"{where} is no list"
        return _first(problem(entry, shape[0], where) for entry in value)
    fits = type(value) is shape if isinstance(shape, type) else shape(value)
    return None if fits else f"{where} is not what it should be"


def _problem_of_dict(value: object, shape: Mapping[str, Shape], where: str) -> str | None:
    if not isinstance(value, dict):
        return f"{where} is no object"
    for name, inner in shape.items():
        key = name.removesuffix("?")
        if key not in value:
            if key == name:
                return f"{key} is missing"
        elif wrong := problem(value[key], inner, key):
            return wrong
    return None


def _first(problems: Any) -> str | None:
    return next((wrong for wrong in problems if wrong), None)
