"""Directories in memory, alone and laid over another."""

import pytest

from dominocli.directory.settings import Settings
from dominocli.directory.view import MemoryView, derived_unid, find, fingerprint, line_of_field
from dominocli.documents.connection import Connection
from dominocli.documents.server import Server

SETTINGS = Settings("1" * 32, "Acme", "Acme")
UNID = "ab" * 16
SERVER = f'unid = "{UNID}"\n[basics]\nserver_name = "Hub01/Acme"\n'


def memory(**texts: str | None) -> MemoryView:
    return MemoryView({f"servers/{name}.toml": text for name, text in texts.items()}, settings=SETTINGS)


def test_documents_are_sorted_by_name_and_keep_their_unid() -> None:
    view = memory(b=SERVER, a='[basics]\nserver_name = "A"\n', c=None)
    assert [(d.name, d.server_name) for d in view.documents(Server)] == [("a", "A"), ("b", "Hub01/Acme")]
    assert [d.unid for d in view.documents(Server)] == [derived_unid("1" * 32, "servers/a.toml"), UNID]
    assert view.documents(Connection) == []


def test_conflict_documents_stand_apart() -> None:
    view = memory(a=SERVER, b=SERVER + '[conflict]\nof = "x"\nrev = "1-2"\nfrom = "y"\n')
    assert [d.name for d in view.documents(Server)] == ["a"]
    (conflict,) = view.conflicts()
    assert conflict.path == "servers/b"
    assert conflict.conflict is not None
    assert (conflict.conflict.of, conflict.conflict.rev, conflict.conflict.origin) == ("x", "1-2", "y")


def test_a_file_that_does_not_parse_is_a_fault_and_no_document() -> None:
    view = memory(a="x", b=SERVER)
    (finding,) = view.faults()
    assert (finding.id, finding.severity, finding.document, finding.file) == (
        "syntax",
        "error",
        "servers/a",
        "servers/a.toml",
    )
    assert finding.line == 1
    assert [d.name for d in view.documents(Server)] == ["b"]
    assert [(file, unid) for file, unid, _ in view.texts()] == [("servers/a.toml", ""), ("servers/b.toml", UNID)]


def test_an_overlay_replaces_adds_and_takes_away_and_leaves_its_base_alone() -> None:
    base = memory(a=SERVER, b="broken", c='[conflict]\nof = "x"\n', d=SERVER)
    before = base.fingerprint()
    over = MemoryView(
        {"servers/a.toml": None, "servers/b.toml": SERVER, "servers/c.toml": None, "servers/e.toml": "broken"},
        base=base,
    )
    assert over.settings == SETTINGS
    assert [d.name for d in over.documents(Server)] == ["b", "d"]
    assert over.conflicts() == []
    assert [f.file for f in over.faults()] == ["servers/e.toml"]
    assert sorted(file for file, _, _ in over.texts()) == ["servers/b.toml", "servers/d.toml", "servers/e.toml"]
    assert [d.name for d in base.documents(Server)] == ["a", "d"]
    assert [d.name for d in base.conflicts()] == ["c"]
    assert base.fingerprint() == before != over.fingerprint()


def test_an_overlay_that_changes_nothing_has_the_fingerprint_of_its_base() -> None:
    base = memory(a=SERVER, b="broken")
    assert MemoryView({"servers/a.toml": SERVER}, base=base).fingerprint() == base.fingerprint()
    assert memory(b="broken", a=SERVER.replace("\n", "\r\n")).fingerprint() == base.fingerprint()


def test_unid_path_and_text_each_change_the_fingerprint() -> None:
    seen = {
        fingerprint([("u", "f", "d")]),
        fingerprint([("v", "f", "d")]),
        fingerprint([("u", "g", "d")]),
        fingerprint([("u", "f", "e")]),
        fingerprint([("u", "f", "d"), ("u", "f", "d")]),
        fingerprint([]),
    }
    assert len(seen) == 6


def test_an_overlay_needs_a_base_or_settings() -> None:
    with pytest.raises(TypeError):
        MemoryView({})


def test_lines_come_from_the_overlay_else_from_its_base() -> None:
    base = memory(a=SERVER, b=SERVER)
    over = MemoryView({"servers/a.toml": "\n" + SERVER, "servers/b.toml": None}, base=base)
    a, b = base.documents(Server)
    assert base.line_of(a, "server_name") == 3
    assert over.line_of(a, "server_name") == 4
    assert over.line_of(b, "server_name") == 3
    assert base.line_of(Server("z"), "server_name") is None


def test_the_line_of_a_key_the_form_does_not_know_is_found_in_its_table() -> None:
    text = "extra = 1\n[basics]\nextra = 2\n[ports.TCPIP]\nextra = 3\n"
    server = Server("a")
    assert line_of_field(text, server, "extra", None) == 1
    assert line_of_field(text, server, "extra", "basics") == 3
    assert line_of_field(text, server, "extra", "ports.TCPIP") == 5


def test_a_document_is_found_by_its_path() -> None:
    view = memory(a=SERVER)
    found = find(view, "servers/a")
    assert found is not None
    assert found.unid == UNID
    assert find(view, "servers/b") is None
    assert find(view, "elsewhere/a") is None
