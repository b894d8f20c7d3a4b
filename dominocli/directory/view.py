"""What routing, checks and the wizard see of a directory: a `View`, on disk or in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from dominocli.directory.settings import Settings
from dominocli.directory.text import Fault, hash_of_text, line_of, parse
from dominocli.documents import FOLDERS, form_of
from dominocli.documents.finding import ERROR, Finding

if TYPE_CHECKING:
    from dominocli.documents.document import Document
    from dominocli.documents.server import Server

D = TypeVar("D", bound="Document")


class View(Protocol):
    """A directory at one moment. Conflict documents stand apart: nothing routes by them."""

    @property
    def settings(self) -> Settings:
        """Return what directory.toml says."""
        ...

    def documents(self, form: type[D]) -> Sequence[D]:
        """Return the documents of a form that can be read, sorted by name, without conflict documents."""
        ...

    def servers_named(self, name: str) -> Sequence[Server]:
        """Return the Server documents that give this name in any spelling, or this common name, and perhaps others.

        Of ten thousand documents this makes a few.
        """
        ...

    def conflicts(self) -> Sequence[Document]:
        """Return the conflict documents, sorted by path."""
        ...

    def faults(self) -> Sequence[Finding]:
        """Return a finding for every file that cannot be read as a document, sorted by file."""
        ...

    def texts(self) -> Iterator[tuple[str, str, str]]:
        """Yield (file, unid, text hash) of every document file, also of those that do not parse."""
        ...

    def text(self, file: str) -> str | None:
        """Return the text of a document file, None where there is none that can be read."""
        ...

    def line_of(self, document: Document, key: str, table: str | None = None) -> int | None:
        """Return the 1-based line of a document's file that gives a field, None where none does.

        `table` is for keys the form does not know: the table they stand in, "" for the top.
        """
        ...

    def fingerprint(self) -> str:
        """Return the fingerprint of the whole directory (design.md 4): 64 hex digits."""
        ...


def derived_unid(replica_id: str, file: str) -> str:
    """Return the unid of a hand-made file without one: two replicas that got it through git agree."""
    return hashlib.sha256(f"{replica_id}\n{file}".encode()).hexdigest()[:32]


def fingerprint(texts: Iterable[tuple[str, str, str]]) -> str:
    """Return sha256 over the sorted (unid, file, text hash) of all document files: 64 hex digits."""
    lines = [f"{unid}\0{file}\0{digest}\n" for file, unid, digest in texts]
    lines.sort()
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def fault_finding(file: str, fault: Fault) -> Finding:
    """Return the finding for a file that does not parse."""
    document = file.removesuffix(".toml")
    return Finding("syntax", ERROR, document, fault.message, fault.hint, file, fault.line)


def line_of_field(text: str, document: Document, key: str, table: str | None) -> int | None:
    """Return the 1-based line of a field in its document's text, None where it is not."""
    if table is None:
        field = document.fields.get(key)
        table = field.tab.key if field else ""
    return line_of(text, table, key)


class MemoryView:
    """A directory in memory, or an overlay: the documents of `base` with some files replaced.

    `texts` maps a file (`connections/NAME.toml`) to its text, None takes it away. Nothing of `base`
    is copied or changed: plans, pending drafts and tests calculate over it like over a real one.
    """

    def __init__(
        self, texts: Mapping[str, str | None], *, base: View | None = None, settings: Settings | None = None
    ) -> None:
        if base is None and settings is None:
            raise TypeError("an overlay needs a base, a directory of its own settings")
        self._base = base
        self._settings = settings
        self._texts = dict(texts)
        self._documents: dict[str, Document] = {}
        self._faults: list[Finding] = []
        for file, text in self._texts.items():
            if text is not None:
                self._read(file, text)
        self._by_form: dict[str, Sequence[Any]] = {}

    def _read(self, file: str, text: str) -> None:
        raw = parse(text.encode("utf-8", "surrogateescape"))
        if isinstance(raw, Fault):
            self._faults.append(fault_finding(file, raw))
            return
        folder, _, name = file.removesuffix(".toml").partition("/")
        document = form_of(folder).from_toml(name, raw)
        document.unid = document.unid or derived_unid(self.settings.replica_id, file)
        self._documents[file] = document

    @property
    def settings(self) -> Settings:
        if self._settings is not None:
            return self._settings
        assert self._base is not None
        return self._base.settings

    def documents(self, form: type[D]) -> Sequence[D]:
        if form.folder not in self._by_form:
            kept = [d for d in self._base.documents(form) if d.file not in self._texts] if self._base else []
            kept += [d for d in self._documents.values() if isinstance(d, form) and d.conflict is None]
            kept.sort(key=lambda document: document.name)
            self._by_form[form.folder] = kept
        return self._by_form[form.folder]

    def servers_named(self, name: str) -> Sequence[Server]:
        from dominocli.documents.server import Server

        return self.documents(Server)

    def conflicts(self) -> Sequence[Document]:
        kept = [d for d in self._base.conflicts() if d.file not in self._texts] if self._base else []
        kept += [d for d in self._documents.values() if d.conflict is not None]
        return sorted(kept, key=lambda document: document.path)

    def faults(self) -> Sequence[Finding]:
        kept = [f for f in self._base.faults() if f.file not in self._texts] if self._base else []
        return sorted([*kept, *self._faults], key=lambda finding: finding.file or "")

    def texts(self) -> Iterator[tuple[str, str, str]]:
        if self._base:
            yield from (entry for entry in self._base.texts() if entry[0] not in self._texts)
        for file, text in self._texts.items():
            if text is not None:
                document = self._documents.get(file)
                unid = document.unid if document else ""
                yield file, unid, hash_of_text(text)

    def text(self, file: str) -> str | None:
        if file in self._texts:
            return self._texts[file]
        return self._base.text(file) if self._base else None

    def line_of(self, document: Document, key: str, table: str | None = None) -> int | None:
        text = self._texts.get(document.file)
        if text is not None:
            return line_of_field(text, document, key, table)
        return self._base.line_of(document, key, table) if self._base else None

    def fingerprint(self) -> str:
        return fingerprint(self.texts())


def find(view: View, path: str) -> Document | None:
    """Return the document at `connections/NAME`, None where there is none that can be read."""
    folder, _, name = path.partition("/")
    if folder not in FOLDERS:
        return None
    return next((d for d in view.documents(form_of(folder)) if d.name == name), None)
