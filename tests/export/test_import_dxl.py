"""DXL: documents of an administrator's export, and files made to harm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dominocli import errors
from dominocli.export.dxl import MAXIMUM_DEPTH, MAXIMUM_DOCUMENT_CHARACTERS, read_dxl
from dominocli.export.notes import Item, Note

UNID = "0F" * 16
ROOT = "<database xmlns='http://www.lotus.com/dxl'>"


def one(content: str) -> Note:
    """Return the one document of these items."""
    document = f"<document form='Server'><noteinfo unid='{UNID}'/>{content}</document>"
    (note,) = read_dxl(f"{ROOT}{document}</database>".encode(), file="names.dxl")
    return note


def refusal(data: bytes) -> errors.DominoError:
    with pytest.raises(errors.SyntaxFault) as caught:
        read_dxl(data, file="names.dxl")
    assert caught.value.file == "names.dxl" and caught.value.message.isprintable()
    return caught.value


def test_kinds_of_items() -> None:
    note = one(
        "<item name='A'><text>a&amp;b<break/>c</text></item>"
        "<item name='B'><textlist><text>a</text><text/></textlist></item>"
        "<item name='C'><number>5</number></item>"
        "<item name='D'><numberlist><number>1</number><number>2.5</number></numberlist></item>"
        "<item name='E'><datetime>T080000,00</datetime></item>"
        "<item name='F'><datetimelist><datetime>T070000,00</datetime><datetimepair><datetime>T080000,00</datetime>"
        "<datetime>T220000,00</datetime></datetimepair></datetimelist></item>"
        "<item name='G'><textlist/></item>"
        "<item name='H'/>"
    )
    assert note.unid == UNID.lower() and note.text("form") == "Server"
    assert {name: item for name, item in note.items.items() if name != "Form"} == {
        "A": Item("text", ("a&b\nc",)),
        "B": Item("text", ("a", ""), many=True),
        "C": Item("number", (5,)),
        "D": Item("number", (1, 2.5), many=True),
        "E": Item("datetime", ("T080000,00",)),
        "F": Item("datetime", ("T070000,00", ("T080000,00", "T220000,00")), many=True),
        "G": Item("text", (), many=True),
        "H": Item("text", ("",)),
    }


@pytest.mark.parametrize(
    "content",
    [
        "<richtext><par>x<run><font/>y</run></par></richtext>",
        "<rawitemdata type='15'>TEFCQw==</rawitemdata>",
        "<formula>@All</formula>",
        "<number>many</number>",
        "<object><file name='a'><filedata>QQ==</filedata></file></object>",
    ],
)
def test_item_nobody_can_carry_is_opaque(content: str) -> None:
    item = one(f"<item name='Body'>{content}</item><item name='After'><text>a</text></item>")
    assert item.items["Body"].kind == "opaque"
    assert item.items["After"] == Item("text", ("a",))


def test_item_given_twice_becomes_a_list_or_opaque() -> None:
    note = one("<item name='A'><text>1</text></item><item name='a'><text>2</text></item>")
    assert note.items["A"] == Item("text", ("1", "2"), many=True)
    note = one("<item name='A'><text>1</text></item><item name='a'><number>2</number></item>")
    assert note.items["A"].kind == "opaque"


def test_documents_of_other_kinds_keep_their_form_only(dxl: Callable[..., bytes]) -> None:
    people = [("A" * 32, "Person", {"Type": "Person", "LastName": f"P{n}"}) for n in range(3)]
    notes = read_dxl(dxl(*people), file="names.dxl")
    assert [set(note.items) for note in notes] == [{"Form", "Type"}] * 3


def test_design_elements_and_forced_notes() -> None:
    content = "<acl/><form name='x'><item name='A'/></form><note class='form'/><note class='document'>"
    content += "<noteinfo unid='zz'/><item name='Form'><text>Group</text></item></note>"
    notes = read_dxl(f"{ROOT}{content}</database>".encode(), file="names.dxl")
    assert [note.text("Form") for note in notes] == ["<form>", "<note>", "Group"]
    assert notes[2].unid == "" and notes[2].origin == "line 1"


def test_single_document_as_root() -> None:
    data = b"<document xmlns='http://www.lotus.com/dxl' form='Group'>"
    data += b"<item name='ListName'><text>G</text></item></document>"
    (note,) = read_dxl(data, file="x")
    assert note.text("ListName") == "G"


def test_pieces_of_any_size_give_the_same(dxl: Callable[..., bytes]) -> None:
    data = dxl((UNID, "Server", {"ServerName": "CN=Hüb/O=Acme"}), ("1" * 32, "Group", {"ListName": "x"}))
    whole = read_dxl(data, file="x")
    assert read_dxl((data[at : at + 1] for at in range(len(data))), file="x") == whole
    assert [note.origin for note in whole] == ["line 5", "line 10"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_encodings(encoding: str) -> None:
    text = f"<?xml version='1.0' encoding='{encoding}'?>{ROOT}<document form='Group'>"
    text += "<item name='ListName'><text>Größe</text></item></document></database>"
    (note,) = read_dxl(text.encode(encoding), file="x")
    assert note.text("ListName") == "Größe"


BILLION_LAUGHS = "<!DOCTYPE database [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {new} '{f'&{old};' * 10}'>" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    "prolog",
    [
        BILLION_LAUGHS + "]>",
        "<!DOCTYPE database [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>",
        "<!DOCTYPE database [<!ENTITY % a SYSTEM 'http://127.0.0.1:9/x'> %a;]>",
        "<!DOCTYPE database [<!ATTLIST document form CDATA 'Server'>]>",
        "<!DOCTYPE database SYSTEM 'x.dtd' [<!ELEMENT database ANY>]>",
        "<!DOCTYPE database [<!NOTATION n SYSTEM 'n'><!ENTITY a SYSTEM 'x' NDATA n>]>",
    ],
)
def test_declarations_are_refused(prolog: str) -> None:
    data = f"{prolog}{ROOT}<document form='Group'><item name='ListName'><text>x</text></item></document></database>"
    assert "declares entities or document types" in refusal(data.encode()).message


def test_domino_doctype_is_allowed_and_never_read(tmp_path: Any, dxl: Callable[..., bytes]) -> None:
    definition = tmp_path / "domino.dtd"
    definition.write_text("<!ENTITY a 'from outside'>")
    data = dxl((UNID, "Group", {"ListName": "x"})).replace(b"xmlschemas/domino_12_0.dtd", str(definition).encode())
    assert len(read_dxl(data, file="x")) == 1
    assert "undefined entity" in refusal(data.replace(b">x<", b">&a;<")).message


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no element found"),
        (b"{}", "not well-formed"),
        (b"<database/>", "no DXL export"),
        (b"<database xmlns='urn:x'/>", "no DXL export"),
        (b"<form xmlns='http://www.lotus.com/dxl'/>", "no DXL export"),
        (ROOT.encode() + b"<document>", "no element found"),
        (ROOT.encode() + b"<document></database>", "mismatched tag"),
        (ROOT.encode() + b"\xff</database>", "not well-formed"),
        (b"<?xml version='1.0' encoding='no-such'?><a/>", "unknown encoding"),
        (b"<?xml version='1.0' encoding='utf-32'?><a/>", "XML"),
        (
            ROOT.encode() + b"<document><item name='a'><text>\x1b[2J</text></item></document></database>",
            "not well-formed",
        ),
        (
            ROOT.encode() + b"<document><item name='a'><text>&#27;</text></item></document></database>",
            "invalid character",
        ),
    ],
)
def test_what_is_no_dxl_is_refused(data: bytes, said: str) -> None:
    assert said in refusal(data).message


def test_error_names_its_line(dxl: Callable[..., bytes]) -> None:
    data = dxl((UNID, "Group", {"ListName": "x"}))
    assert refusal(data[: data.index(b"</item>")]).line == 8


def test_nesting_is_limited() -> None:
    inside = "<item name='Body'><richtext>" + "<a>" * MAXIMUM_DEPTH
    assert "nested deeper" in refusal(f"{ROOT}<document>{inside}".encode()).message


def test_text_beyond_a_mebibyte_is_not_kept() -> None:
    half = "x" * (MAXIMUM_DOCUMENT_CHARACTERS // 2 + 1)
    note = one("".join(f"<item name='{name}'><text>{half}</text></item>" for name in "ABC"))
    assert [note.items[name].kind for name in "ABC"] == ["text", "opaque", "opaque"]


def test_elements_of_other_namespaces_are_no_items() -> None:
    note = one("<x:item xmlns:x='urn:x' name='A'><text>a</text></x:item>")
    assert set(note.items) == {"Form"}
