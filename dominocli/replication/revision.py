"""A revision of a document: its id is made from everything that can decide anything (replication.md 3)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from dominocli import errors
from dominocli.directory.text import MAXIMUM_BYTES, Fault, parse, text_hash
from dominocli.documents import FOLDERS
from dominocli.documents.document import is_unid
from dominocli.names import control_character

LIVE, DELETED, CLOSED = "live", "deleted", "closed"
BARE = ""
"""The kind of an ancestor of which only the id is known."""
SECOND = 1_000_000
"""Times are whole microseconds since the epoch: they pass through JSON exactly."""

ANCESTORS_DESCRIBED = 20
ANCESTORS_NAMED = 1000
ANCESTORS_TEXT = 2 << 20
"""Bytes of ancestors' texts that travel with a revision, but for the last one (D): a CouchDB takes 8 MB a document.

Who lacks the text of a common ancestor keeps a conflict where others merge; nothing is lost, and all end alike."""
MOST_SAVES = 1 << 53
"""A greater number JSON does not carry exactly."""
MOST_SAVES_AHEAD = 1 << 20
"""So many saves a document may be ahead of what is known of it (D): one every ten minutes takes twenty years.

Without a limit one forged revision would take all numbers, and its document could never be edited again."""
LONGEST_FILE_NAME = 255
_HEX = "0123456789abcdef"
_IN_NO_TEXT = "".join(chr(code) for code in (*range(32), 127) if chr(code) not in "\t\n\r")
"""Characters that no TOML holds; on the way, each would take six bytes, and a message has a limit."""
_META_KEYS = ("kind", "into", "path", "seqtime", "author", "sha256")


class Revision(NamedTuple):
    """One saved state of a document. `rev` is `N-<32 hex>`, `parent` and `into` (of a closed one: the
    revision that took its place) are revs or ""; `file` is `connections/NAME.toml`, `seqtime` in
    microseconds, `digest` the text hash, "" where there is no text."""

    unid: str
    rev: str
    parent: str
    kind: str
    into: str
    file: str
    seqtime: int
    author: str
    digest: str

    @property
    def number(self) -> int:
        """Return the sequence number: how many saves led here."""
        return number_of(self.rev)

    @property
    def short(self) -> str:
        """Return the first 8 hex digits of the revision's hash."""
        return self.rev.partition("-")[2][:8]


def number_of(rev: str) -> int:
    """Return the sequence number in a rev, 0 for ""."""
    return int(rev.partition("-")[0] or 0)


def make(
    unid: str, parent: str, kind: str, *, file: str, seqtime: int, author: str, digest: str = "", into: str = ""
) -> Revision:
    """Return the revision with these contents; its id follows from them, so equal contents are one revision."""
    content = [unid, parent, kind, into, file, seqtime, author, digest]
    digested = hashlib.sha256(json.dumps(content, ensure_ascii=True, separators=(",", ":")).encode()).hexdigest()
    rev = f"{number_of(parent) + 1}-{digested[:32]}"
    return Revision(unid, rev, parent, kind, into, file, seqtime, author, digest)


def bare(unid: str, rev: str, parent: str) -> Revision:
    """Return an ancestor of which only the id is known."""
    return Revision(unid, rev, parent, BARE, "", "", 0, "", "")


def file_problem(file: str) -> str | None:
    """Say why a path cannot be a document's file, None if it can: what arrives is never trusted as a path."""
    folder, slash, name = file.partition("/")
    if not slash or folder not in FOLDERS:
        return "not in a folder of documents"
    if "/" in name or name.startswith(".") or not name.endswith(".toml") or name == ".toml":
        return "no file name of a document"
    if control_character(file):
        return "a control character in the name"
    if len(name.encode()) > LONGEST_FILE_NAME:
        return "the name is too long"
    return None


def with_suffix(file: str, suffix: str) -> str:
    """Return the file with a suffix to its name, which is cut where the file system would refuse it."""
    folder, _, name = file.removesuffix(".toml").partition("/")
    kept = name.encode()[: LONGEST_FILE_NAME - len(suffix) - len(".toml")].decode(errors="ignore")
    return f"{folder}/{kept}{suffix}.toml"


def normalised(content: bytes) -> str:
    """Return a file's bytes as a revision's text: with LF line ends; raise `UnicodeDecodeError`."""
    return content.decode().replace("\r\n", "\n")


class Arrived(NamedTuple):
    """A revision from another replica with its ancestors, newest first, and texts by text hash."""

    revision: Revision
    ancestors: tuple[Revision, ...]
    texts: dict[str, str]


def to_wire(lineage: Sequence[Revision], text_of: Callable[[str], str | None], held: frozenset[str]) -> dict[str, Any]:
    """Return the first revision of `lineage` (itself, parent, grandparent, ...) as a CouchDB document.

    Its ancestors are told down to the first one among the revs `held` by the other side, and their texts down to
    the one above that: it needs them to merge and to show the history.
    """
    revision = lineage[0]
    described: list[list[Any]] = []
    texts: dict[str, str] = {}
    size = 0
    for position, ancestor in enumerate(lineage[1 : ANCESTORS_DESCRIBED + 1], 1):
        if ancestor.kind == BARE:
            break
        described.append(_meta(ancestor))
        if ancestor.rev in held:
            # The id of its parent belongs to it.
            lineage = lineage[: position + 2]
            break
        if size < ANCESTORS_TEXT and ancestor.digest and (text := text_of(ancestor.digest)) is not None:
            texts[ancestor.digest] = text
            size += len(text.encode())
    document: dict[str, Any] = {
        "_id": revision.unid,
        "_rev": revision.rev,
        "_revisions": {
            "start": revision.number,
            "ids": [entry.rev.partition("-")[2] for entry in lineage[:ANCESTORS_NAMED]],
        },
        "meta": {**dict(zip(_META_KEYS, _meta(revision), strict=True)), "ancestors": described},
    }
    if revision.kind != LIVE:
        document["_deleted"] = True
    if revision.digest and (text := text_of(revision.digest)) is not None:
        document["toml"] = text
    if texts:
        document["ancestor_texts"] = texts
    return document


def _meta(revision: Revision) -> list[Any]:
    return [revision.kind, revision.into, revision.file, revision.seqtime, revision.author, revision.digest]


def from_wire(document: Mapping[str, Any]) -> Arrived:
    """Return the revision a CouchDB document holds; raise `ForgedRevision` where anything does not fit.

    Every id is calculated again, so that nothing can be changed on the way; a text must be the
    document its hash and unid say, a path the file of a document.
    """
    try:
        return _from_wire(document)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise errors.ForgedRevision(what=_shown(document), reason=f"it is not complete ({error})") from error


def _from_wire(document: Mapping[str, Any]) -> Arrived:
    unid, named = document["_id"], document["_revisions"]
    start, ids = named["start"], named["ids"]
    meta = document["meta"]
    described = [[meta[key] for key in _META_KEYS], *meta["ancestors"]]
    if not is_unid(unid) or type(start) is not int or not all(is_unid(hashed) for hashed in ids):
        raise ValueError("an id is no id")
    if not 0 < start < MOST_SAVES:
        raise ValueError("nothing is saved so often")
    if len(described) > len(ids) or len(ids) > min(start, ANCESTORS_NAMED):
        raise ValueError("its ancestors do not add up")
    revs = [f"{start - position}-{hashed}" for position, hashed in enumerate(ids)]
    lineage = []
    for position, rev in enumerate(revs):
        parent = revs[position + 1] if position + 1 < len(revs) else ""
        if position >= len(described):
            lineage.append(bare(unid, rev, parent))
            continue
        revision = _described(unid, parent, described[position])
        if revision.rev != rev:
            raise ValueError("its id does not follow from its contents")
        lineage.append(revision)
    if lineage[0].rev != document["_rev"]:
        raise ValueError("its id does not follow from its contents")
    texts = _checked_texts(document, lineage)
    return Arrived(lineage[0], tuple(lineage[1:]), texts)


def _described(unid: str, parent: str, content: Sequence[Any]) -> Revision:
    kind, into, file, seqtime, author, digest = content
    if kind not in (LIVE, DELETED, CLOSED) or type(seqtime) is not int or not 0 <= seqtime < 1 << 53:
        raise ValueError("its kind or time is unknown")
    if not all(isinstance(text, str) and len(text) < 1000 for text in (into, file, author, digest)):
        raise ValueError("a part is no text")
    if problem := file_problem(file):
        raise ValueError(problem)
    if control_character(author) or (kind == LIVE) != (len(digest) == 64 and not digest.strip(_HEX)):
        raise ValueError("its author or text hash is none")
    return make(unid, parent, kind, file=file, seqtime=seqtime, author=author, digest=digest, into=into)


def _checked_texts(document: Mapping[str, Any], lineage: Sequence[Revision]) -> dict[str, str]:
    texts: dict[str, str] = {}
    described = {entry.digest for entry in lineage[1:]}
    for digest, text in document.get("ancestor_texts", {}).items():
        content = text.encode()
        if len(content) > MAXIMUM_BYTES or any(character in text for character in _IN_NO_TEXT):
            raise ValueError("an ancestor's text is none of a document")
        if text_hash(content) != digest or digest not in described:
            raise ValueError("an ancestor's text has another hash")
        texts[digest] = text.replace("\r\n", "\n")
    if lineage[0].kind == LIVE:
        text = document["toml"]
        content = text.encode()
        raw = parse(content)
        if text_hash(content) != lineage[0].digest or isinstance(raw, Fault) or raw.get("unid") != lineage[0].unid:
            raise ValueError("its text is another's or no document")
        texts[lineage[0].digest] = text.replace("\r\n", "\n")
    return texts


def _shown(document: object) -> str:
    unid = document.get("_id") if isinstance(document, Mapping) else None
    return unid if isinstance(unid, str) and is_unid(unid) else "a document without an id"
