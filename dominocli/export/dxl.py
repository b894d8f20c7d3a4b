"""DXL, Domino's XML: the documents of an administrator's own export of names.nsf."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from dominocli import errors
from dominocli.documents.document import is_unid
from dominocli.export.items import form_of_note
from dominocli.export.notes import DATETIME, NAMES_NSF, NUMBER, OPAQUE, TEXT, Item, Note
from dominocli.names import quoted

NAMESPACE = "http://www.lotus.com/dxl"
MAXIMUM_DEPTH = 500
MAXIMUM_DOCUMENT_CHARACTERS = 1 << 20
"""Text of one document's items we keep; a document file holds no more (domino.md 8, syntax)."""

_KINDS = {
    "text": TEXT,
    "textlist": TEXT,
    "number": NUMBER,
    "numberlist": NUMBER,
    "datetime": DATETIME,
    "datetimelist": DATETIME,
}
_LEAVES = frozenset({"text", "number", "datetime"})
_FRAME = frozenset({"databaseinfo", "acl"})
_ROOTS = frozenset({"database", "document", "note"})


def read_dxl(data: bytes | Iterable[bytes], *, file: str) -> list[Note]:
    """Return the documents of a DXL export, given whole or in pieces, in its order.

    Of a document that is none of ours only Form and Type are kept; a design element is a note whose Form
    is its tag in angle brackets. A DOCTYPE with a system identifier, as Domino writes it, is allowed and
    never read; declarations inside it, entities and external references are refused. Raises `SyntaxFault`
    with the line.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException, DTDForbidden
    from defusedxml.ElementTree import DefusedXMLParser

    class Parser(DefusedXMLParser):
        """Domino's exporter writes a DOCTYPE without declarations, which harms nobody."""

        def defused_start_doctype_decl(
            self, name: str, sysid: str | None, pubid: str | None, has_internal_subset: bool
        ) -> None:
            if has_internal_subset:
                raise DTDForbidden(name, sysid, pubid)

    target = _Target(file)
    parser: Any = Parser(target=target, forbid_dtd=True)
    expat = parser.parser
    target.line = lambda: int(expat.CurrentLineNumber)
    pieces = (data,) if isinstance(data, bytes) else data
    try:
        for piece in pieces:
            parser.feed(piece)
        parser.close()
    except DefusedXmlException:
        target.refuse("the file declares entities or document types of its own, which are not read")
    except (ParseError, ValueError, LookupError) as error:
        position = getattr(error, "position", None)
        reason = str(error).partition(": line")[0]
        raise errors.SyntaxFault(
            reason=f"the file is no well-formed XML: {reason}",
            file=file,
            line=position[0] if position else target.line(),
            hint="export it again; nothing was imported",
        ) from error
    return target.notes


class _Target:
    """What the parser hands elements to: gathers items as they end, and keeps no tree."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.notes: list[Note] = []
        self.line: Callable[[], int] = lambda: 1
        self.database = NAMES_NSF
        self._path: list[str] = []
        self._document = 0
        """The depth of the document element we are in, 0 outside."""
        self._unid = ""
        self._origin = ""
        self._items: dict[str, tuple[str, Item]] = {}
        self._characters = 0
        self._item_name = ""
        self._kind = ""
        self._many = False
        self._values: list[Any] = []
        self._pair: list[str] | None = None
        self._text: list[str] | None = None

    def refuse(self, reason: str, hint: str = "export it again with Domino; nothing was imported") -> NoReturn:
        """Raise the error at the place the parser is at."""
        raise errors.SyntaxFault(reason=reason, file=self.file, line=self.line(), hint=hint)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        namespace, _, name = tag.rpartition("}")
        depth = len(self._path) + 1
        if depth == 1 and (namespace != "{" + NAMESPACE or name not in _ROOTS):
            self.refuse("this is no DXL export", hint=f"its first element is database, of {NAMESPACE}")
        if depth > MAXIMUM_DEPTH:
            self.refuse(f"the file is nested deeper than {MAXIMUM_DEPTH}")
        name = name if namespace == "{" + NAMESPACE else tag
        self._path.append(name)
        if self._document:
            self._inside(name, depth - self._document, attributes)
        elif depth <= 2 and (name == "document" or (name == "note" and attributes.get("class") == "document")):
            self._open(depth, attributes)
        elif depth == 2 and name not in _FRAME:
            self.notes.append(Note(self.database, {"Form": Item(TEXT, (f"<{name}>",))}, f"line {self.line()}"))

    def _open(self, depth: int, attributes: dict[str, str]) -> None:
        self._document = depth
        self._unid = ""
        self._origin = f"line {self.line()}"
        self._characters = 0
        form = attributes.get("form", "")
        self._items = {"form": ("Form", Item(TEXT, (form,)))} if form else {}

    def _inside(self, name: str, level: int, attributes: dict[str, str]) -> None:
        parent = self._path[-2]
        if level == 1 and name == "noteinfo":
            unid = attributes.get("unid", "").strip().lower()
            self._unid = unid if is_unid(unid) else ""
        elif level == 1 and name == "item":
            self._item_name = attributes.get("name", "")
            self._kind, self._many, self._values = "", False, []
        elif level == 2 and parent == "item":
            self._kind = _KINDS.get(name, name)
            self._many = name.endswith("list")
            self._text = [] if name in _LEAVES else None
        elif self._kind in (TEXT, NUMBER, DATETIME):
            if name == "break":
                self.data("\n")
            elif name == "datetimepair":
                self._pair = []
            elif name in _LEAVES:
                self._text = []

    def data(self, text: str) -> None:
        if self._text is None:
            return
        self._characters += len(text)
        if self._characters <= MAXIMUM_DOCUMENT_CHARACTERS:
            self._text.append(text)

    def end(self, tag: str) -> None:
        name = self._path.pop()
        if not self._document:
            return
        level = len(self._path) + 1 - self._document
        if level == 0:
            self._close()
        elif level == 1 and name == "item":
            self._add(self._item_name, self._item())
            self._kind = ""
        elif self._text is not None and name in _LEAVES:
            value = "".join(self._text)
            self._text = None
            (self._values if self._pair is None else self._pair).append(value)
        elif name == "datetimepair" and self._pair is not None:
            self._values.append(tuple(self._pair))
            self._pair = None

    def _item(self) -> Item:
        if self._characters > MAXIMUM_DOCUMENT_CHARACTERS:
            return Item(OPAQUE, ("beyond the first MiB of its document",))
        if self._kind == NUMBER:
            numbers = [_number(text) for text in self._values]
            if any(number is None for number in numbers):
                return Item(OPAQUE, ("no number",))
            return Item(NUMBER, tuple(numbers), self._many)
        if self._kind in (TEXT, DATETIME):
            return Item(self._kind, tuple(self._values), self._many or len(self._values) != 1)
        return Item(OPAQUE, (quoted(self._kind),)) if self._kind else Item(TEXT, ("",))

    def _add(self, name: str, item: Item) -> None:
        before = self._items.get(name.casefold())
        if before is None or name.casefold() == "form":
            self._items[name.casefold()] = (name, item)
        elif before[1].kind == item.kind != OPAQUE:
            joined = Item(item.kind, (*before[1].values, *item.values), many=True)
            self._items[name.casefold()] = (before[0], joined)
        else:
            self._items[name.casefold()] = (before[0], Item(OPAQUE, ("given twice in different ways",)))

    def _close(self) -> None:
        self._document = 0
        note = Note(self.database, dict(self._items.values()), self._origin, self._unid)
        if form_of_note(note) is None:
            kept = {key: found for key, found in self._items.items() if key in ("form", "type", "$conflict")}
            note = note._replace(items=dict(kept.values()))
        self.notes.append(note)


def _number(text: str) -> int | float | None:
    stripped = text.strip()
    if re.fullmatch(r"[+-]?[0-9]{1,300}", stripped):
        return int(stripped)
    try:
        return float(stripped)
    except ValueError:
        return None
