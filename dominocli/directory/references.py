"""Who refers to a document: by its name (the dial-up record), or by what it says (servers, domains, groups)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from dominocli.directory.view import View
from dominocli.documents import FOLDERS, form_of
from dominocli.documents.connection import SMTP
from dominocli.names import name_key

if TYPE_CHECKING:
    from dominocli.documents.document import Document


class Reference(NamedTuple):
    """`document` refers to another one in its field `key`."""

    document: Document
    key: str


_Fields = Mapping[str, tuple[str, ...]]
_SERVER_FIELDS: _Fields = {
    "connections": ("source_server", "destination_server", "passthru_server"),
    "domains": ("gateway_server_name",),
    "configurations": ("applies_to",),
    "groups": ("members",),
}
_GROUP_FIELDS: _Fields = {
    "connections": ("source_server", "destination_server"),
    "configurations": ("applies_to",),
    "groups": ("members",),
}
_DOMAIN_FIELDS: _Fields = {"connections": ("destination_domain",)}


def references_by_name(view: View, document: Document) -> list[Reference]:
    """Return who names this document: what a rename breaks (design.md 2, Names).

    (D) A document's name is a file's name, so it is compared as it is, with its case.
    """
    if document.folder != "connections":
        return []
    key = "dial_using_connection_record"
    others = (other for other in view.documents(form_of("connections")) if other.path != document.path)
    return [Reference(other, key) for other in others if other.get(key) == document.name]


def references(view: View, document: Document) -> list[Reference]:
    """Return who would point at nothing if this document went.

    A Server or Domain document that says the same as another one is not missed.
    """
    found = references_by_name(view, document)
    if document.folder == "servers" and not _has_twin(view, document, "server_name"):
        found += _holders(view, _SERVER_FIELDS, name_key(document.get("server_name")), document)
    elif document.folder == "groups" and not _has_twin(view, document, "group_name"):
        found += _holders(view, _GROUP_FIELDS, name_key(document.get("group_name")), document)
    elif document.folder == "domains" and document.get("domain_name") and not _has_twin(view, document, "domain_name"):
        found += _holders(view, _DOMAIN_FIELDS, document.get("domain_name").casefold(), document)
    return found


def without_reference(reference: Reference, target: Document) -> Document | None:
    """Return the referring document without the reference, None where it cannot be without it."""
    document, key = reference
    value = document.get(key)
    if isinstance(value, tuple):
        keys = {name_key(str(target.get(k))) for k in ("server_name", "group_name") if k in target.fields}
        return document.with_values({key: tuple(member for member in value if name_key(member) not in keys)})
    before = {problem.rule for problem in document.problems()}
    changed = document.with_values({key: document.fields[key].blank})
    return changed if {problem.rule for problem in changed.problems()} <= before else None


def _has_twin(view: View, document: Document, key: str) -> bool:
    wanted = name_key(document.get(key))
    return any(d.name != document.name and name_key(d.get(key)) == wanted for d in view.documents(type(document)))


def _holders(view: View, fields: _Fields, wanted: str, target: Document) -> Iterator[Reference]:
    for folder in FOLDERS:
        for key in fields.get(folder, ()):
            for document in view.documents(form_of(folder)):
                if document.path == target.path or wanted not in _keys(document.get(key)):
                    continue
                # The destination server of SMTP is a placeholder and names nobody (domino.md 2.1).
                if key != "destination_server" or document.get("connection_type") != SMTP:
                    yield Reference(document, key)


def _keys(value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, tuple) else (value,)
    return tuple(name_key(text) for text in values if text)
