"""Which document of the directory a note of an import is, and what a note changes in one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from dominocli.directory.view import View
from dominocli.documents.document import Document
from dominocli.export.items import Reading, applying_fields
from dominocli.names import name_key

_NAMED_BY: Mapping[str, tuple[str, ...]] = {
    "Connection": ("source_server", "destination_server"),
    "Server": ("server_name",),
    "Configuration": ("applies_to",),
    "Group": ("group_name",),
}
_TOLD_APART_BY: Mapping[str, tuple[str, ...]] = {
    "Connection": ("connection_type", "source_domain", "destination_domain", "use_ports", "passthru_server"),
    "Domain": ("domain_type", "internet_domain"),
}


class Draft:
    """A document an import makes or changes: `base` as the directory has it (None: a new one), `now` as it
    will be, `origins` the notes that had a part in it."""

    __slots__ = ("base", "claimed", "now", "origins")

    def __init__(self, base: Document | None, now: Document) -> None:
        self.base = base
        self.now = now
        self.origins: list[str] = []
        self.claimed = False
        """Whether a note of its own is this document, so that no other note is taken for it."""

    @property
    def changed(self) -> bool:
        """Tell whether the import changes the document, or makes it."""
        return self.base is None or not same_content(self.base, self.now)


class Drafts:
    """Every document of the directory and of the import so far, found by unid or by what names it."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._loaded: set[str] = set()
        self._by_key: dict[tuple[str, tuple[str, ...]], list[Draft]] = defaultdict(list)
        self._by_unid: dict[tuple[str, str], Draft] = {}
        self._all: list[Draft] = []

    def add(self, draft: Draft) -> None:
        """Take a new draft into the look-ups."""
        self._all.append(draft)
        self._by_key[draft.now.folder, naming_key(draft.now)].append(draft)
        if draft.now.unid:
            self._by_unid.setdefault((draft.now.folder, draft.now.unid), draft)

    def of_unid(self, form: type[Document], unid: str) -> Draft | None:
        """Return the unclaimed document of a form with a unid."""
        self._load(form)
        draft = self._by_unid.get((form.folder, unid)) if unid else None
        return None if draft is None or draft.claimed else draft

    def of_name(self, form: type[Document], key: tuple[str, ...]) -> list[Draft]:
        """Return the documents of a form that one thing names, in the order of their files."""
        self._load(form)
        return self._by_key.get((form.folder, key), [])

    def of_form(self, form: type[Document]) -> Iterable[Draft]:
        """Return all documents of a form."""
        self._load(form)
        return [draft for draft in self._all if isinstance(draft.now, form)]

    def _load(self, form: type[Document]) -> None:
        if form.folder not in self._loaded:
            self._loaded.add(form.folder)
            for document in self._view.documents(form):
                self.add(Draft(document, document))


def naming_key(document: Document) -> tuple[str, ...]:
    """Return what names the thing a document is about, all blank where it does not say."""
    if document.form == "Domain":
        return (str(getattr(document, "subject", "")).casefold(),)
    return tuple(name_key(document.get(key)) for key in _NAMED_BY[document.form])


def may_be(document: Document, reading: Reading) -> bool:
    """Tell whether a document of the same naming key is the one a note is about: nothing that tells two such
    documents apart differs, as far as both know it."""
    for key in _TOLD_APART_BY.get(document.form, ()):
        if key in reading.values and not document.is_unknown(key) and not _same(document, key, reading.values[key]):
            return False
    return True


def holds(document: Document, sought: Reading) -> bool:
    """Tell whether a document has every value an update looks for (One-touch `findDocument`)."""
    mine = {name.casefold(): value for name, value in document.notes_items.items()}
    return all(_same(document, key, value) for key, value in sought.values.items()) and all(
        mine.get(name.casefold()) == value for name, value in sought.kept.items()
    )


def holds_just(document: Document, reading: Reading) -> bool:
    """Tell whether a document holds what a note says and nothing else, as one the note made does."""
    return document.values == reading.values and document.notes_items == reading.kept


def _same(document: Document, key: str, value: object) -> bool:
    mine = document.get(key)
    if isinstance(mine, str) and isinstance(value, str):
        return name_key(mine) == name_key(value)
    return bool(mine == value)


def applied(document: Document, reading: Reading) -> Document:
    """Return a document with what a note says about it; what the note does not say stays.

    A value that is already in force is not written out, and a guessed one gives way to a known one.
    """
    changes = {
        key: value
        for key, value in reading.values.items()
        if (document.is_unknown(key) or document.get(key) != value)
        and not (key in reading.guessed and document.get(key) and not document.is_unknown(key))
    }
    spelling = {name.casefold(): name for name in document.notes_items}
    kept = {spelling.get(name.casefold(), name): value for name, value in reading.kept.items()}
    after = document.with_values(changes) if changes else document
    if all(after.notes_items.get(name) == value for name, value in kept.items()):
        return after
    return _with_items(after, {**after.notes_items, **kept})


def created(form: type[Document], reading: Reading, *, name: str, unid: str) -> Document:
    """Return a new document of what a note says; Domino's other fields that apply are unknown."""
    unknown = frozenset(applying_fields(form, reading.values))
    return form(name, reading.values, unid=unid, unknown=unknown, notes_items=reading.kept)


def same_content(a: Document, b: Document) -> bool:
    """Tell whether two states of a document say the same."""
    return a is b or (a.values == b.values and a.unknown == b.unknown and a.notes_items == b.notes_items)


def _with_items(document: Document, notes_items: Mapping[str, Any]) -> Document:
    return type(document)(
        document.name,
        document.values,
        unid=document.unid,
        unknown=document.unknown,
        extra=document.extra,
        notes_items=notes_items,
        conflict=document.conflict,
        problems_read=document.problems_read,
    )
