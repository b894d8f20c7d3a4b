"""Making a CouchDB database a replica: the database, who may do what in it, and its identity.

The rules are those of the access table (replication.md 7), as CouchDB keeps them: roles of its users,
checked by `_security` for reading and by a validation function for writing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from dominocli import errors
from dominocli.directory.settings import Settings, new_id
from dominocli.replication.carriers.couchdb import IDENTITY
from dominocli.replication.carriers.http import CouchHttp, Reply
from dominocli.replication.carriers.patience import answer_seconds

READER_ROLE, EDITOR_ROLE, DELETE_ROLE = "dominocli-reader", "dominocli-editor", "dominocli-delete"
DESIGN = "_design/dominocli"

CREATED, CHANGED, UNCHANGED, LEFT_OUT = "created", "changed", "unchanged", "left-out"

VALIDATION = """function (doc, old, user, security) {
  function has(role) { return user.roles.indexOf(role) !== -1; }
  function refuse(why) { throw({forbidden: why}); }
  var admin = has('_admin');
  if (doc._id.indexOf('_design/') === 0) {
    if (!admin) { refuse('only administrators write design documents'); }
    return;
  }
  if (!admin && !has('dominocli-editor')) { refuse(user.name + ' is no Editor here'); }
  if (!/^[0-9a-f]{32}$/.test(doc._id)) { refuse('no unid of a document'); }
  var meta = doc.meta;
  if (typeof meta !== 'object' || meta === null) { refuse('no revision of dominocli'); }
  if (meta.kind !== 'live' && meta.kind !== 'deleted' && meta.kind !== 'closed') { refuse('no kind of a revision'); }
  if ((meta.kind === 'live') === Boolean(doc._deleted)) { refuse('kind and deletion do not agree'); }
  if (meta.kind === 'live' && typeof doc.toml !== 'string') { refuse('no text'); }
  if (meta.kind === 'deleted' && !admin && !has('dominocli-delete')) {
    refuse(user.name + ' may not delete documents here');
  }
}
"""
"""What CouchDB runs on every write. Hashes are checked by whoever pulls, since it has no sha256 to do it."""


class Prepared(NamedTuple):
    """What was done about each part of a database: CREATED, CHANGED, UNCHANGED, or of the validation
    LEFT_OUT: not every server that speaks CouchDB's protocol can write revisions where there is one."""

    database: str
    security: str
    validation: str
    identity: str

    @property
    def changed(self) -> bool:
        """Tell whether anything was done."""
        return any(part in (CREATED, CHANGED) for part in self)


def prepare(location: str, settings: Settings, *, dry_run: bool) -> Prepared:
    """Make the database at a location a replica of this directory; what is right already is left alone.

    Raises `OtherDirectory` for a database that holds another directory or other documents, `InvalidLocation`,
    `AccessRefused` for who is no administrator, `ReplicaUnreachable`. A dry run only looks.
    """
    http = CouchHttp(location, answer_seconds())
    try:
        return _Preparation(http, location, settings, dry_run).carry_out()
    finally:
        http.close()


class _Preparation:
    def __init__(self, http: CouchHttp, location: str, settings: Settings, dry_run: bool) -> None:
        self._http = http
        self._location = location
        self._settings = settings
        self._dry_run = dry_run

    def carry_out(self) -> Prepared:
        there = self._http.call("GET", "")
        held = self._body("GET", IDENTITY) if there.status == 200 else {}
        if held and held.get("replica_id") != self._settings.replica_id:
            raise errors.OtherDirectory(where=self._location, reason="holds another directory")
        if there.status == 200 and not held and self._foreign_documents():
            raise errors.OtherDirectory(where=self._location, reason="is not empty")
        database = UNCHANGED
        if there.status == 404:
            database = CREATED
            if self._dry_run:
                return Prepared(CREATED, CREATED, CREATED if self._http.is_couchdb() else LEFT_OUT, CREATED)
            self._write("", {})
        elif there.status != 200:
            raise errors.ReplicaUnreachable(location=self._location, reason=there.reason)
        security = self._security()
        validation = self._validation()
        identity = UNCHANGED
        if not held:
            # Last of all: a database with an identity is a replica, and all of it is in place then.
            identity = CREATED
            self._write(
                IDENTITY,
                {
                    "replica_id": self._settings.replica_id,
                    "instance": new_id(),
                    "title": self._settings.title,
                    "domain": self._settings.domain,
                },
            )
        return Prepared(database, security, validation, identity)

    def _foreign_documents(self) -> bool:
        rows = self._body("GET", "_all_docs?limit=2").get("rows", [])
        return any(row.get("id") != DESIGN for row in rows)

    def _security(self) -> str:
        """Let readers and editors in, beside whoever is let in already."""
        held = self._body("GET", "_security")
        wanted = {key: _names_and_roles(held.get(key)) for key in ("admins", "members")}
        before = {key: dict(value) for key, value in wanted.items()}
        wanted["members"]["roles"] = _with(wanted["members"]["roles"], READER_ROLE, EDITOR_ROLE)
        wanted["admins"]["roles"] = _with(wanted["admins"]["roles"], "_admin")
        if wanted == before:
            return UNCHANGED
        self._write("_security", {**held, **wanted})
        return CHANGED if held else CREATED

    def _validation(self) -> str:
        if not self._http.is_couchdb():
            return LEFT_OUT
        held = self._body("GET", DESIGN)
        wanted = {"language": "javascript", "validate_doc_update": VALIDATION}
        if all(held.get(key) == value for key, value in wanted.items()):
            return UNCHANGED
        self._write(DESIGN, {**held, **wanted, "_id": DESIGN})
        return CHANGED if held else CREATED

    def _body(self, method: str, path: str) -> dict[str, Any]:
        reply = self._http.call(method, path)
        if reply.status == 404:
            return {}
        return self._good(reply)

    def _good(self, reply: Reply) -> dict[str, Any]:
        if reply.status >= 300 or not isinstance(reply.body, dict):
            raise errors.ReplicaUnreachable(location=self._location, reason=reply.reason)
        body: dict[str, Any] = reply.body
        return body

    def _write(self, path: str, body: Mapping[str, Any]) -> None:
        if not self._dry_run:
            self._good(self._http.call("PUT", path, body or None))


def _names_and_roles(held: object) -> dict[str, list[str]]:
    entry = held if isinstance(held, dict) else {}
    return {key: [str(name) for name in entry.get(key) or ()] for key in ("names", "roles")}


def _with(roles: list[str], *more: str) -> list[str]:
    return [*roles, *(role for role in more if role not in roles)]
