"""An import: notes against a directory give the files to write and a report; nothing is written here.

Documents of Domino become ours by the one item mapping; what no field takes goes to `[notes_items]`, what
the notes do not say is unknown, and whatever is not taken over is named in the report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from dominocli import errors
from dominocli.directory.text import Fault, parse
from dominocli.directory.view import View
from dominocli.directory.writer import KeyPath, document_changes, edit_text, new_text
from dominocli.documents.document import Document, slug
from dominocli.documents.finding import SEVERITIES, Finding
from dominocli.export.items import ItemMapping, Reading, form_of_note, is_conflict, standard_mapping
from dominocli.export.matching import (
    Draft,
    Drafts,
    applied,
    created,
    holds,
    holds_just,
    may_be,
    naming_key,
    same_content,
)
from dominocli.export.notes import NAMES_NSF, UPDATE, Note, visible
from dominocli.names import quoted

_LONGEST_NAME = 200
"""Bytes of a document's name (names.document_name_problem)."""


class Change(NamedTuple):
    """One file to write: its text, and the text it replaces (None: the file is new)."""

    file: str
    text: str
    base: str | None


class Imported(NamedTuple):
    """One document of the report. `fields` are those an update changes, `unknown` those nobody knows."""

    name: str
    form: str
    file: str
    unid: str
    origin: tuple[str, ...]
    fields: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """Return the document as it stands in the JSON envelope."""
        return {
            **self._asdict(),
            "origin": list(self.origin),
            "fields": list(self.fields),
            "unknown": list(self.unknown),
        }


class ImportReport:
    """What an import does. `unknown_items` is (document, item names); `other_documents` (database, form)
    -> number; `refused` is (origin, form, reason); `messages` say everything else worth knowing, one line
    each, free of control characters."""

    def __init__(self) -> None:
        self.created: list[Imported] = []
        self.updated: list[Imported] = []
        self.unchanged: list[Imported] = []
        self.unknown_items: list[tuple[str, tuple[str, ...]]] = []
        self.other_documents: dict[tuple[str, str], int] = {}
        self.refused: list[tuple[str, str, str]] = []
        self.messages: list[str] = []

    def as_json(self) -> dict[str, object]:
        """Return the data of the import in the JSON envelope (design.md 5)."""
        others = sorted(self.other_documents.items())
        return {
            "created": [document.as_json() for document in self.created],
            "updated": [document.as_json() for document in self.updated],
            "unchanged": [document.as_json() for document in self.unchanged],
            "unknown_items": [{"document": path, "items": list(items)} for path, items in self.unknown_items],
            "other_documents": [{"database": base, "form": form, "count": n} for (base, form), n in others],
            "refused": [{"origin": origin, "form": form, "reason": reason} for origin, form, reason in self.refused],
            "messages": self.messages,
        }


class ImportPlan(NamedTuple):
    """The files an import writes, its report, and what the documents it writes do wrong by themselves."""

    changes: list[Change]
    report: ImportReport
    findings: list[Finding]


def plan_import(
    notes: Iterable[Note], view: View, new_unid: Callable[[], str], *, mapping: ItemMapping | None = None
) -> ImportPlan:
    """Return what importing these notes into a directory does.

    A note is a document of ours by its unid, else by what names it: a server, group or domain of that name,
    whom a Configuration applies to, the two ends of a Connection with everything both sides know about it.
    (D) A Connection with a unid of its own is never taken for another one unless nothing would change. An
    `update` goes to the document that has what it looks for; without one it creates it and says so. What a
    note does not say stays as it is. Importing the same notes again changes nothing.
    """
    return _Import(view, new_unid, mapping or standard_mapping()).plan(list(notes))


class _Import:
    def __init__(self, view: View, new_unid: Callable[[], str], mapping: ItemMapping) -> None:
        self.view = view
        self.new_unid = new_unid
        self.mapping = mapping
        self.report = ImportReport()
        self.drafts = Drafts(view)
        entries = list(view.texts())
        self.taken = {file.casefold() for file, _, _ in entries}
        self.unids = {unid for _, unid, _ in entries}
        self.unreadable = {(finding.file or "").casefold() for finding in view.faults()}
        self.unverified: dict[str, None] = {}
        self.remarks: list[tuple[Draft, str]] = []
        self.touched: dict[int, Draft] = {}
        """The drafts notes had a part in, by id, in the order of the notes."""

    def plan(self, notes: list[Note]) -> ImportPlan:
        ours: list[tuple[Note, type[Document], Reading]] = []
        for note in notes:
            form = form_of_note(note) if note.database.casefold() == NAMES_NSF else None
            if form is None:
                self._count_other(note)
                continue
            reading = self.mapping.read(form, note.items)
            if note.action == UPDATE or self._is_named(note, form, reading):
                ours.append((note, form, reading))
        for (note, form, reading), draft in zip(ours, self._certain(ours), strict=True):
            self._take(note, form, reading, draft)
        return self._finish()

    def _certain(self, ours: list[tuple[Note, type[Document], Reading]]) -> list[Draft | None]:
        """Return the documents that certainly are these notes, by unid, then by holding just that: they are
        claimed before any note looks for one that might be it."""
        certain: list[Draft | None] = [None] * len(ours)
        for find in (self._of_unid, self._of_content):
            for position, (note, form, reading) in enumerate(ours):
                if certain[position] is None and note.action != UPDATE:
                    draft = certain[position] = find(note, form, reading)
                    if draft is not None:
                        draft.claimed = True
        return certain

    def _of_unid(self, note: Note, form: type[Document], reading: Reading) -> Draft | None:
        return self.drafts.of_unid(form, note.unid)

    def _of_content(self, note: Note, form: type[Document], reading: Reading) -> Draft | None:
        return next((draft for draft in self._named(form, reading) if holds_just(draft.now, reading)), None)

    def _named(self, form: type[Document], reading: Reading) -> list[Draft]:
        """Return the directory's own documents of the note's name that no other note is."""
        named = self.drafts.of_name(form, naming_key(form("", reading.values)))
        return [draft for draft in named if not draft.claimed and draft.base is not None]

    def _count_other(self, note: Note) -> None:
        form = _short(note.text("Form") or note.text("Type")) or "(no form)"
        form = f"{form} (conflict)" if is_conflict(note) else form
        key = (_short(note.database), form)
        self.report.other_documents[key] = self.report.other_documents.get(key, 0) + 1

    def _take(self, note: Note, form: type[Document], reading: Reading, draft: Draft | None) -> None:
        if note.action == UPDATE:
            draft = self._sought(note, form)
            if draft is None:
                reading = self._with_sought(note, form, reading)
        elif draft is None:
            draft = self._found(note, form, reading)
        if draft is None:
            draft = self._create(note, form, reading)
        else:
            reading = self.mapping.read(form, note.items, known=draft.now.values)
            draft.now = applied(draft.now, reading)
        if draft is None:
            return
        draft.claimed = draft.claimed or note.action != UPDATE
        draft.origins.append(note.origin)
        self.touched[id(draft)] = draft
        self.unverified.update(dict.fromkeys(f"{form.form}: {item}" for item in reading.unverified))
        self.remarks.extend((draft, remark) for remark in reading.remarks)
        if note.unid and note.unid != draft.now.unid:
            self.remarks.append((draft, f"keeps its unid {draft.now.unid}; the file has {note.unid}"))

    def _sought(self, note: Note, form: type[Document]) -> Draft | None:
        sought = self.mapping.read(form, note.sought or {})
        matching = [draft for draft in self.drafts.of_form(form) if holds(draft.now, sought)]
        if len(matching) > 1:
            others = ", ".join(draft.now.path for draft in matching[1:])
            self.remarks.append((matching[0], f"is updated as the first that was found; also found: {others}"))
        return matching[0] if matching else None

    def _with_sought(self, note: Note, form: type[Document], reading: Reading) -> Reading:
        named = {name.casefold() for name in note.items}
        sought = {name: item for name, item in (note.sought or {}).items() if name.casefold() not in named}
        whole = self.mapping.read(form, {**sought, **note.items})
        shown = ", ".join(_short(f"{name} {' '.join(item.texts())}") for name, item in (note.sought or {}).items())
        whole.remarks.insert(0, f"no document with {shown} was found, so it is created from what was looked for")
        return whole

    def _found(self, note: Note, form: type[Document], reading: Reading) -> Draft | None:
        named = self._named(form, reading)
        same = next((draft for draft in named if same_content(draft.now, applied(draft.now, reading))), None)
        if same or not any(naming_key(form("", reading.values))) or (form.form == "Connection" and note.unid):
            return same
        return next((draft for draft in named if may_be(draft.now, reading)), None)

    def _create(self, note: Note, form: type[Document], reading: Reading) -> Draft | None:
        if not self._is_named(note, form, reading):
            return None
        document = created(form, reading, name="", unid=self._unid(note))
        named = any(naming_key(document))
        name = document.default_name(self.view.settings.domain) if named else slug(form.noun, _hint(note))
        if f"{form.folder}/{name}.toml".casefold() in self.unreadable:
            self._refuse(note, form, f"{form.folder}/{name} is there but cannot be read; mend it, then import again")
            return None
        draft = Draft(None, document.with_values({}, name=self._free_name(form, name)))
        self.taken.add(draft.now.file.casefold())
        self.unids.add(draft.now.unid)
        self.drafts.add(draft)
        return draft

    def _is_named(self, note: Note, form: type[Document], reading: Reading) -> bool:
        """Tell whether a note says whom it is about; a Server, Configuration or Group that does not is refused."""
        if form.form in ("Connection", "Domain") or any(naming_key(form("", reading.values))):
            return True
        self._refuse(note, form, "it does not say whom it is about")
        return False

    def _unid(self, note: Note) -> str:
        unid = note.unid
        while not unid or unid in self.unids:
            unid = self.new_unid()
        return unid

    def _free_name(self, form: type[Document], name: str) -> str:
        free, number = name, 1
        while f"{form.folder}/{free}.toml".casefold() in self.taken:
            number += 1
            suffix = f"-{number}"
            free = name.encode()[: _LONGEST_NAME - len(suffix)].decode(errors="ignore") + suffix
        return free

    def _refuse(self, note: Note, form: type[Document], reason: str) -> None:
        self.report.refused.append((note.origin, form.form, reason))

    def _finish(self) -> ImportPlan:
        changes: list[Change] = []
        findings: list[Finding] = []
        done: set[int] = set()
        for draft in self.touched.values():
            if draft.changed:
                change = self._change(draft)
                if change is None:
                    continue
                changes.append(change)
                findings.extend(_findings(draft.now))
            done.add(id(draft))
            self._report(draft)
        messages = [f"{draft.now.path}: {remark}" for draft, remark in self.remarks if id(draft) in done]
        if self.unverified:
            messages.append("read by item names or codes nobody could verify: " + ", ".join(sorted(self.unverified)))
        self.report.messages = list(dict.fromkeys(map(visible, messages)))
        return ImportPlan(changes, self.report, findings)

    def _change(self, draft: Draft) -> Change | None:
        base = None if draft.base is None else self.view.text(draft.base.file)
        try:
            text = _text_of_new(draft.now) if draft.base is None else _edited(draft.base, draft.now, base)
        except errors.DominoError as error:
            reason = error.message
        else:
            fault = parse(text.encode("utf-8", "surrogateescape"))
            if not isinstance(fault, Fault):
                return Change(draft.now.file, text, base)
            reason = f"{draft.now.path} would be no document we read: {fault.message}"
        for origin in draft.origins:
            self.report.refused.append((origin, draft.now.form, reason))
        return None

    def _report(self, draft: Draft) -> None:
        now, base = draft.now, draft.base
        fields: tuple[str, ...] = ()
        if base is not None and draft.changed:
            fields = tuple(".".join(path) for path in sorted(_changes(base, now)))
        unknown = tuple(sorted(key for key in now.unknown if now.is_unknown(key)))
        entry = Imported(now.name, now.form, now.file, now.unid, tuple(draft.origins), fields, unknown)
        if base is None:
            self.report.created.append(entry)
        elif draft.changed:
            self.report.updated.append(entry)
        else:
            self.report.unchanged.append(entry)
        if now.notes_items:
            self.report.unknown_items.append((now.path, tuple(sorted(now.notes_items))))


def _short(text: str) -> str:
    return visible(text if len(text) <= 80 else text[:77] + "...")


def _hint(note: Note) -> str:
    return next((text for name in ("DomainName", "Form") if (text := note.text(name))), "")


def _changes(base: Document, now: Document) -> dict[KeyPath, Any]:
    changes = document_changes(base, now)
    for name, value in now.notes_items.items():
        if base.notes_items.get(name) != value:
            changes["notes_items", name] = value
    return changes


def _edited(base: Document, now: Document, text: str | None) -> str:
    if text is None:
        raise errors.DocumentUnusable(document=quoted(base.path), reason="its file has gone")
    return edit_text(text, _changes(base, now))


def _text_of_new(document: Document) -> str:
    """Return the text of a new document; values of fields the form hides (hide-when) are kept in it."""
    shown = {field.key for field in document.shown_fields()}
    hidden: dict[KeyPath, Any] = {
        (field.tab.key, key): field.write(document.values[key])
        for key, field in document.fields.items()
        if key in document.values and key not in shown and not field.fills_tab
    }
    return edit_text(new_text(document), hidden)


def _findings(document: Document) -> list[Finding]:
    return [
        Finding(p.rule, SEVERITIES[p.rule], document.path, p.message, p.hint, document.file, None, p.key)
        for p in document.problems()
    ]
