"""The CouchDB carrier: replication's verbs as CouchDB's own requests (replication.md 1, 10).

A CouchDB has no files: it is a hub that everybody pulls from and pushes to. What its documents say is
calculated and resolved by the replicas, never there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dominocli import errors
from dominocli.documents.document import is_unid
from dominocli.replication.carriers import failures
from dominocli.replication.carriers.folder import text_bytes
from dominocli.replication.carriers.http import CouchHttp, Reply
from dominocli.replication.carriers.patience import answer_seconds
from dominocli.replication.carriers.shapes import ANSWERS, Each, check_answer, is_rev, is_seq, problem
from dominocli.replication.replica import Clock
from dominocli.replication.revision import CLOSED, DELETED, LIVE, SECOND, from_wire
from dominocli.replication.verbs import PROTOCOL, told_of

IDENTITY = "_local/dominocli"
"""The document that makes a database a replica: replica id, and an instance id of this database alone."""

LARGEST_PUT = 4 << 20
"""Characters of text in one request, but for its last document; CouchDB takes 8 MB a document."""

WRITES = 3
"""So often a document that somebody else writes at the same time is written again."""

DELETED_BY_HAND = "deleted in the CouchDB itself, which no replica can have meant; it stays until a replica edits it"

NOT_KEPT = "the CouchDB gave no reason, and did not keep it"

_ROW = {"id": str, "changes": [{"rev": str}]}
_PAGE = {"results": [{**_ROW, "seq": is_seq}], "last_seq": is_seq}
_GOT = {"results": [{"id": str, "docs": [dict]}]}
_WINNERS = {"rows": [dict]}


class _Contended(errors.ReplicaUnreachable):
    """A document that others write faster than we do."""

    code = "contended"


class CouchCarrier:
    """Calls replication's verbs on a CouchDB database, each as one request. Raises as `connect` does."""

    kind = "CouchDB"

    def __init__(self, location: str, asking_server: str, clock: Clock) -> None:
        self.bytes_sent = 0
        self.location = location
        self._clock = clock
        self._server = asking_server
        self._http = CouchHttp(location, answer_seconds())
        self._rehearsing = False
        self._verbs = {
            "who": self._who,
            "hello": self._hello,
            "changes": self._changes,
            "leaves": self._leaves,
            "revs_diff": self._revs_diff,
            "get": self._get,
            "put": self._put,
            "fingerprint": self._fingerprint,
            "checkpoint_get": self._checkpoint_get,
            "checkpoint_put": self._checkpoint_put,
            "table": self._table,
            "table_put": self._table_put,
        }

    def call(self, verb: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        if verb not in self._verbs:
            raise errors.CarrierUnavailable(location=self.location, scheme="CouchDB")
        answer = self._verbs[verb](payload)
        if verb in ANSWERS:
            check_answer(verb, answer, self.location)
        self.bytes_sent = self._http.bytes_sent
        return answer

    def close(self) -> None:
        self._http.close()

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None, *, shape: Any = dict) -> Any:
        """Return the body of a reply that has to be a good one, of a shape."""
        reply = self._http.call(method, path, body)
        if reply.status == 404:
            raise errors.NoReplicaThere(location=self.location, reason=f"{reply.reason}", hint=self._init_hint)
        if reply.status >= 300:
            raise errors.ReplicaUnreachable(location=self.location, reason=reply.reason)
        self._check(reply.body, shape)
        return reply.body

    def _check(self, body: object, shape: Any) -> None:
        if wrong := problem(body, shape):
            raise failures.ProtocolFault(location=self.location, reason=wrong)

    @property
    def _init_hint(self) -> str:
        return errors.command_line("couchdb init", self.location)

    def _who(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        reply = self._http.call("GET", IDENTITY)
        if reply.status == 404:
            reason = "no such database, or none of a directory"
            raise errors.NoReplicaThere(location=self.location, reason=reason, hint=self._init_hint)
        if reply.status != 200:
            raise errors.ReplicaUnreachable(location=self.location, reason=reply.reason)
        self._check(reply.body, {"replica_id": str, "instance": str})
        if reply.body["replica_id"] != payload.get("replica_id"):
            raise errors.NoReplicaThere(location=self.location, reason="it holds another directory")
        return {
            "version": PROTOCOL,
            "replica_id": reply.body["replica_id"],
            "instance": reply.body["instance"],
            "server": "",
            "clock": int((reply.clock or self._clock()) * SECOND),
        }

    def _hello(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        self._rehearsing = not payload.get("record", True)
        return {**self._who(payload), "fresh": False, "files_read": 0, "findings": [], "outcomes": []}

    def _fingerprint(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Answer that there are no files that could have one."""
        return {"fingerprint": "", "files_read": 0}

    def _changes(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        from urllib.parse import quote

        limit = payload["limit"]
        since = quote(str(payload["since"]), safe="")
        page = self._ask("GET", f"_changes?style=all_docs&since={since}&limit={limit}", shape=_PAGE)
        results = [{"seq": row["seq"], "id": row["id"], "revs": _revs(row)} for row in page["results"] if _ours(row)]
        return {"results": results, "last_seq": page["last_seq"], "more": len(page["results"]) >= limit}

    def _leaves(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        ids = list(payload["ids"])
        page = self._ask("POST", "_changes?style=all_docs&filter=_doc_ids", {"doc_ids": ids}, shape={"results": [_ROW]})
        return {"revs": {row["id"]: _revs(row) for row in page["results"] if row["id"] in ids and _ours(row)}}

    def _revs_diff(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Say what is missing, and never that anything is held.

        A CouchDB keeps the text of leaves alone, so each document has to bring the texts of its ancestors
        along: whoever pulls it merges by them, and all have to merge alike.
        """
        shape = Each(is_unid, {"missing": [is_rev]})
        answer = self._ask("POST", "_revs_diff", payload["revs"], shape=shape)
        return {unid: {"missing": entry["missing"], "held": []} for unid, entry in answer.items()}

    def _get(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Return documents, and as `forged` those that are not what their ids say: they stop no other."""
        wanted = [{"id": asked["id"], "rev": rev} for asked in payload["docs"] for rev in asked["revs"]]
        documents: list[dict[str, Any]] = []
        forged: list[dict[str, str]] = []
        deleted: list[str] = []
        for document in self._bulk_get(wanted):
            try:
                from_wire(document)
            except errors.ForgedRevision as error:
                by_hand = bool(document.get("_deleted")) and "meta" not in document
                deleted += [document["_id"]] if by_hand else []
                entry = {"id": document["_id"], "rev": document["_rev"], "file": _file(document) or document["_id"]}
                forged.append({**entry, "reason": DELETED_BY_HAND if by_hand else error.message})
            else:
                documents.append(document)
        if deleted:
            settled = self._still_there(deleted)
            forged = [entry for entry in forged if entry["reason"] != DELETED_BY_HAND or entry["id"] not in settled]
        return {"docs": documents, "left": [], "forged": forged}

    def _still_there(self, ids: Sequence[str]) -> set[str]:
        """Return which documents have a leaf of a replica beside one that the database itself made."""
        leaves = self._leaves({"ids": ids})["revs"]
        found = set()
        for document in self._bulk_get([{"id": unid, "rev": rev} for unid, revs in leaves.items() for rev in revs]):
            try:
                arrived = from_wire(document)
            except errors.ForgedRevision:
                continue
            if arrived.revision.kind != CLOSED:
                found.add(document["_id"])
        return found

    def _bulk_get(self, wanted: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
        try:
            answer = self._ask("POST", "_bulk_get?revs=true", {"docs": list(wanted)}, shape=_GOT)
        except failures.MessageTooLong:
            if len(wanted) == 1:
                raise
            half = len(wanted) // 2
            return self._bulk_get(wanted[:half]) + self._bulk_get(wanted[half:])
        asked = {(entry["id"], entry["rev"]) for entry in wanted}
        found = [part.get("ok") for result in answer["results"] for part in result["docs"]]
        return [doc for doc in found if isinstance(doc, dict) and (doc.get("_id"), doc.get("_rev")) in asked]

    def _put(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        documents = list(payload["docs"])
        before = self._winners(sorted({document["_id"] for document in documents}))
        refused: dict[tuple[str, str], str] = {}
        if not self._rehearsing:
            for batch in _batches(documents):
                told = self._bulk_docs(batch)
                refused.update({**self._not_kept(batch), **told})
        taken = [document for document in documents if (document["_id"], document["_rev"]) not in refused]
        entries = [
            {"id": document["_id"], "rev": document["_rev"], "file": _file(document), "reason": reason}
            for document in documents
            if (reason := refused.get((document["_id"], document["_rev"]))) is not None
        ]
        return {
            **told_of(_moved(before, taken), named=self._rehearsing),
            "refused": entries,
            "outcomes": [],
            "blocked": [],
        }

    def _winners(self, ids: Sequence[str]) -> dict[str, str]:
        """Return the winning rev of each document that is there and not deleted."""
        answer = self._ask("POST", "_all_docs", {"keys": list(ids)}, shape=_WINNERS)
        found = {}
        for row in answer["rows"]:
            value = row.get("value")
            if isinstance(value, dict) and not value.get("deleted") and isinstance(value.get("rev"), str):
                found[str(row.get("key"))] = value["rev"]
        return found

    def _bulk_docs(self, documents: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], str]:
        """Write documents with their own revs and return why some were refused.

        A batch that is refused as a whole is halved until the one that cannot be taken stands alone.
        """
        reply = self._http.call("POST", "_bulk_docs", {"new_edits": False, "docs": list(documents)})
        if reply.status in (400, 413):
            if len(documents) == 1:
                return {(documents[0]["_id"], documents[0]["_rev"]): _too_much(reply)}
            half = len(documents) // 2
            return {**self._bulk_docs(documents[:half]), **self._bulk_docs(documents[half:])}
        if reply.status == 404:
            raise errors.NoReplicaThere(location=self.location, reason=reply.reason, hint=self._init_hint)
        if reply.status >= 300:
            raise errors.ReplicaUnreachable(location=self.location, reason=reply.reason)
        self._check(reply.body, [dict])
        revs: dict[str, list[str]] = {}
        for document in documents:
            revs.setdefault(document["_id"], []).append(document["_rev"])
        refused = {}
        for row in reply.body:
            if "error" in row:
                # Without a rev in the answer, all revisions of that document count as refused: they come again.
                reason = str(row.get("reason") or row["error"])[:300]
                ours = revs.get(str(row.get("id")), [])
                named = [row["rev"]] if row.get("rev") in ours else ours
                refused.update({(str(row.get("id")), rev): reason for rev in named})
        return refused

    def _not_kept(self, documents: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], str]:
        """Return what a database still lacks after it answered that it took it.

        The next replication starts behind these documents, so nothing is taken on trust: pouchdb-server
        drops updates without a word where a validation function is installed.
        """
        revs: dict[str, list[str]] = {}
        for document in documents:
            revs.setdefault(document["_id"], []).append(document["_rev"])
        missing = self._revs_diff({"revs": revs})
        return {(unid, rev): NOT_KEPT for unid, entry in missing.items() for rev in entry["missing"]}

    def _checkpoint_get(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        return {"history": self._local(f"_local/dominocli-{payload['id']}").get("history", [])}

    def _checkpoint_put(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Keep a checkpoint. A reader may not: then the next replication only has more to compare (I9)."""
        if not self._rehearsing:
            self._keep_checkpoint(f"_local/dominocli-{payload['id']}", {"history": list(payload["history"])})
        return {}

    def _table(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Return the table that a server's own host put here; an empty one where it did not yet."""
        found = self._local(_table_document(payload["server"]))
        return {key: found.get(key, "") for key in ("table", "fingerprint", "as_of")}

    def _table_put(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        content = {key: payload[key] for key in ("server", "table", "fingerprint", "as_of")}
        self._keep_local(_table_document(payload["server"]), content)
        return {}

    def _keep_checkpoint(self, path: str, content: Mapping[str, Any]) -> None:
        try:
            self._keep_local(path, content)
        except (errors.AccessRefused, _Contended):
            # A reader may not write, and another one just did: there is only more to compare next time.
            return

    def _local(self, path: str) -> dict[str, Any]:
        reply = self._http.call("GET", path)
        if reply.status == 404:
            return {}
        if reply.status != 200:
            raise errors.ReplicaUnreachable(location=self.location, reason=reply.reason)
        self._check(reply.body, dict)
        body: dict[str, Any] = reply.body
        return body

    def _keep_local(self, path: str, content: Mapping[str, Any]) -> None:
        for _ in range(WRITES):
            held = self._local(path).get("_rev")
            body = {**content, "_id": path, **({"_rev": held} if held else {})}
            reply = self._http.call("PUT", path, body)
            if reply.status < 300:
                return
            if reply.status != 409:
                raise errors.ReplicaUnreachable(location=self.location, reason=reply.reason)
        raise _Contended(location=self.location, reason=f"{reply.reason}, {WRITES} times")


def _ours(row: Mapping[str, Any]) -> bool:
    """Tell whether a row of `_changes` is one of a document of ours: there are design documents too."""
    return is_unid(row["id"])


def _revs(row: Mapping[str, Any]) -> list[str]:
    return [change["rev"] for change in row["changes"] if is_rev(change["rev"])]


def _file(document: Mapping[str, Any]) -> str:
    meta = document.get("meta")
    return str(meta.get("path", "")) if isinstance(meta, dict) else ""


def _too_much(reply: Reply) -> str:
    return "the document is too large for this CouchDB" if reply.status == 413 else reply.reason


def _table_document(server: str) -> str:
    import hashlib

    from dominocli.names import name_key, slug

    key = name_key(server)
    return f"_local/dominocli-table-{slug(key)}-{hashlib.sha256(key.encode()).hexdigest()[:8]}"


def _batches(documents: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """Return the documents in requests of bounded size; several revisions of one document, oldest first."""
    ordered = sorted(documents, key=lambda document: document["_revisions"]["start"])
    batches: list[list[Mapping[str, Any]]] = [[]]
    size = 0
    for document in ordered:
        if size > LARGEST_PUT:
            batches.append([])
            size = 0
        batches[-1].append(document)
        size += text_bytes({"docs": [document]})
    return batches


def _moved(before: Mapping[str, str], documents: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Return what documents mean for those who read them: closed revisions and equal winners mean nothing."""
    moved: dict[str, tuple[str, str]] = {}
    for document in documents:
        unid, kind = document["_id"], document["meta"]["kind"]
        if kind == LIVE:
            moved[unid] = ("updated" if unid in before else "added", _file(document))
        elif kind == DELETED and unid in before:
            moved.setdefault(unid, ("deleted", _file(document)))
    return sorted(moved.values())
