"""One direction between two replicas: what the source has and the target lacks (replication.md 5)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from dominocli.documents.document import is_unid
from dominocli.replication.carriers import failures
from dominocli.replication.verbs import SESSIONS_KEPT

MESSAGE_BATCH = 200
"""So many documents go through one message to another machine (replication.md 5)."""


class Side(NamedTuple):
    """One end of a transfer: how its verbs are called, and its instance id."""

    call: Callable[[str, Mapping[str, Any]], dict[str, Any]]
    instance: str


class Refused(NamedTuple):
    """A revision that the target did not take."""

    unid: str
    rev: str
    file: str
    reason: str


def transfer(
    source: Side,
    target: Side,
    new_id: Callable[[], str],
    told: Callable[[dict[str, Any], int], None],
    largest_batch: int = MESSAGE_BATCH,
) -> list[Refused]:
    """Bring the target everything new in the source and return what it refused.

    `told(answer, documents)` hears of every batch, which has so many documents at most. The checkpoint is written
    last and on both sides: each step may be repeated, none may be skipped. It names the documents refused, so that
    they are offered again whichever side begins.
    """
    name = hashlib.sha256(f"{source.instance}\n{target.instance}".encode()).hexdigest()[:32]
    histories = [side.call("checkpoint_get", {"id": name})["history"] for side in (source, target)]
    common = _common(*histories)
    since = start = common.get("seq", 0)
    refused: list[Refused] = []
    if offered_again := common.get("refused", []):
        refused += _batch(source, target, _leaves(source, offered_again), told)
    while True:
        page = source.call("changes", {"since": since, "limit": largest_batch})
        refused += _batch(source, target, {row["id"]: row["revs"] for row in page["results"]}, told)
        if page["more"] and page["last_seq"] == since:
            raise failures.ProtocolFault(location=source.instance, reason="it has more changes and gives none")
        since = page["last_seq"]
        if not page["more"]:
            break
    pending = sorted({entry.unid for entry in refused if is_unid(entry.unid)})
    if since != start or pending != offered_again:
        session = {"session": new_id(), "seq": since, **({"refused": pending} if pending else {})}
        for side, history in zip((target, source), reversed(histories), strict=True):
            side.call("checkpoint_put", {"id": name, "history": _kept(session, history)})
    return list(dict.fromkeys(refused))


def _common(ours: Sequence[Mapping[str, Any]], theirs: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return the newest session that both sides remember alike, an empty one if there is none.

    Whoever may talk to one side may write there: what only one of them says costs time, never data.
    """
    known = {entry["session"]: entry for entry in theirs}
    return next((entry for entry in ours if known.get(entry["session"]) == entry), {})


def _kept(session: Mapping[str, Any], history: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return a history with a new session. Only the last two name refused documents: the lists may be long,
    and without an older session everything is compared again."""
    older = [entry for entry in history[1:] if not entry.get("refused")]
    return [session, *history[:1], *older][:SESSIONS_KEPT]


def _leaves(source: Side, unids: Sequence[str]) -> dict[str, list[str]]:
    answer = source.call("leaves", {"ids": sorted(set(unids))})
    return dict(answer["revs"])


def _batch(
    source: Side,
    target: Side,
    revs: Mapping[str, Sequence[str]],
    told: Callable[[dict[str, Any], int], None],
) -> list[Refused]:
    if not revs:
        return []
    missing = target.call("revs_diff", {"revs": revs})
    if not missing:
        return []
    asked = [{"id": unid, "revs": lack["missing"], "held": lack["held"]} for unid, lack in missing.items()]
    refused: list[Refused] = []
    while asked:
        got = source.call("get", {"docs": asked})
        if len(got["left"]) >= len(asked):
            raise failures.ProtocolFault(location=source.instance, reason="it gives nothing of what it says it has")
        asked = got["left"]
        refused += map(_refused, got.get("forged", ()))
        if got["docs"]:
            answer = target.call("put", {"docs": got["docs"]})
            told(answer, len(got["docs"]))
            refused += map(_refused, answer["refused"])
    return refused


def _refused(entry: Mapping[str, str]) -> Refused:
    return Refused(entry["id"], entry["rev"], entry["file"], entry["reason"])
