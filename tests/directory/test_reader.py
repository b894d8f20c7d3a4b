"""Looking at a directory on disk, also a hostile one: nothing is followed, executed, waited for or lost."""

import json
import os
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dominocli import errors
from dominocli.directory import index, stat_values
from dominocli.directory.document_file import read_file
from dominocli.directory.listing import listing
from dominocli.directory.reader import Directory, look, read_document
from dominocli.directory.text import Fault
from dominocli.directory.view import MemoryView, derived_unid
from dominocli.documents.connection import Connection
from dominocli.documents.server import Server
from dominocli.names import common_name, name_key

Put = Callable[[str, str | bytes], Path]
UNID = "ab" * 16
SERVER = f'unid = "{UNID}"\n[basics]\nserver_name = "Hub01/Acme"\n'


def names(directory: Directory) -> list[str]:
    return [document.name for document in directory.documents(Server)]


def the_fault(directory: Directory) -> tuple[str, str]:
    (finding,) = directory.faults()
    assert (finding.id, finding.severity) == ("syntax", "error")
    assert finding.file is not None
    return finding.file, finding.message


def test_documents_conflicts_and_faults_are_told_apart(root: Path, put: Put) -> None:
    put("servers/b.toml", SERVER)
    put("servers/a.toml", SERVER.replace("ab", "cd"))
    put("servers/c.conflict-1.toml", '[conflict]\nof = "x"\n')
    put("servers/d.toml", "broken")
    put("servers/.hidden.toml", "broken")
    put("servers/notes.txt", "broken")
    directory = look(root)
    assert names(directory) == ["a", "b"]
    assert [c.path for c in directory.conflicts()] == ["servers/c.conflict-1"]
    assert the_fault(directory)[0] == "servers/d.toml"
    assert directory.documents(Connection) == []
    assert directory.files_read == 4
    assert directory.settings.domain == "Acme"


def test_a_directory_on_disk_equals_the_same_texts_in_memory(root: Path, put: Put) -> None:
    texts = {"servers/b.toml": SERVER, "servers/d.toml": "broken", "groups/g.toml": '[basics]\ngroup_name = "G"\n'}
    for file, text in texts.items():
        put(file, text)
    directory = look(root)
    memory = MemoryView(texts, settings=directory.settings)
    assert directory.fingerprint() == memory.fingerprint()
    assert sorted(directory.texts()) == sorted(memory.texts())
    assert directory.faults() == memory.faults()


def test_a_document_without_unid_gets_the_derived_one(root: Path, put: Put) -> None:
    put("servers/a.toml", '[basics]\nserver_name = "A"\n')
    directory = look(root)
    (server,) = directory.documents(Server)
    assert server.unid == derived_unid("1" * 32, "servers/a.toml")
    assert next(directory.texts())[1] == server.unid


def test_a_unid_that_is_none_is_a_problem_and_not_used(root: Path, put: Put) -> None:
    put("servers/a.toml", 'unid = "../../x"\n')
    (server,) = look(root).documents(Server)
    assert server.unid == derived_unid("1" * 32, "servers/a.toml")
    assert [(p.rule, p.key) for p in server.problems_read] == [("value-invalid", "unid")]


def test_a_symbolic_link_to_a_file_is_not_followed(root: Path, put: Put, tmp_path: Path) -> None:
    outside = tmp_path / "outside.toml"
    outside.write_text(SERVER)
    (root / "servers").mkdir()
    (root / "servers/x.toml").symlink_to(outside)
    (root / "servers/y.toml").symlink_to(tmp_path / "missing")
    directory = look(root)
    assert names(directory) == []
    assert [(f.file, "symbolic link" in f.message) for f in directory.faults()] == [
        ("servers/x.toml", True),
        ("servers/y.toml", True),
    ]


@pytest.mark.parametrize("make", ["link", "file"])
def test_a_folder_that_is_none_is_refused_rather_than_taken_for_empty(root: Path, tmp_path: Path, make: str) -> None:
    if make == "link":
        (tmp_path / "elsewhere").mkdir()
        (tmp_path / "elsewhere/x.toml").write_text(SERVER)
        (root / "servers").symlink_to(tmp_path / "elsewhere")
    else:
        (root / "servers").write_text("")
    with pytest.raises(errors.UnreadableFile) as caught:
        look(root)
    assert caught.value.file == "servers"
    assert read_file(root, "servers/x.toml") is None


def test_a_pipe_is_not_waited_for(root: Path) -> None:
    (root / "servers").mkdir()
    os.mkfifo(root / "servers/x.toml")
    assert the_fault(look(root)) == ("servers/x.toml", "this is no regular file")


def test_a_folder_named_like_a_document_is_a_fault(root: Path) -> None:
    (root / "servers/x.toml").mkdir(parents=True)
    assert the_fault(look(root)) == ("servers/x.toml", "this is no regular file")


def test_a_socket_is_a_fault(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "servers").mkdir()
    monkeypatch.chdir(root / "servers")  # the path of a socket is short
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("x.toml")
        assert the_fault(look(root))[0] == "servers/x.toml"


def test_a_file_over_one_mebibyte_is_a_fault(root: Path, put: Put) -> None:
    put("servers/x.toml", "# " + "x" * (1 << 20))
    assert the_fault(look(root)) == ("servers/x.toml", "the file is over 1 MiB")


def test_a_sparse_giant_is_a_fault_at_once(root: Path, put: Put) -> None:
    path = put("servers/x.toml", "")
    os.truncate(path, 1 << 40)
    assert the_fault(look(root)) == ("servers/x.toml", "the file is over 1 MiB")


@pytest.mark.parametrize("name", [b"a\x1b[2Jb", b"a\nb", b"a\xffb", "a\u202eb".encode()])
def test_a_file_name_with_control_characters_is_a_fault(root: Path, name: bytes) -> None:
    (root / "servers").mkdir()
    Path(os.fsdecode(bytes(root / "servers") + b"/" + name + b".toml")).write_text(SERVER)
    directory = look(root)
    assert names(directory) == []
    assert "name holds a control character" in the_fault(directory)[1]
    assert directory.fingerprint()


def test_a_directory_without_settings_is_none(tmp_path: Path) -> None:
    with pytest.raises(errors.NoDirectory):
        look(tmp_path)


def test_one_document_is_read_without_the_others(root: Path, put: Put) -> None:
    put("servers/a.toml", SERVER)
    put("servers/b.toml", "broken")
    put("servers/c.toml", "[basics]\n")
    found = read_document(root, "servers/a")
    assert isinstance(found, Server)
    assert (found.unid, found.server_name) == (UNID, "Hub01/Acme")
    assert isinstance(read_document(root, "servers/b"), Fault)
    (root / "servers/d.toml").symlink_to(root / "servers/a.toml")
    assert isinstance(read_document(root, "servers/d"), Fault)
    empty = read_document(root, "servers/c")
    assert isinstance(empty, Server)
    assert empty.unid == derived_unid("1" * 32, "servers/c.toml")
    assert read_document(root, "servers/e") is None


def test_text_and_line_are_those_of_the_file(root: Path, put: Put) -> None:
    put("servers/a.toml", "\r\n" + SERVER)
    directory = look(root)
    (server,) = directory.documents(Server)
    assert directory.text("servers/a.toml") == "\r\n" + SERVER
    assert directory.line_of(server, "server_name") == 4
    assert directory.line_of(server, "unid") == 2
    another = look(root)
    (root / "servers/a.toml").unlink()
    assert directory.text("servers/a.toml") is None
    assert another.line_of(server, "server_name") is None


def test_a_listing_is_sorted_and_leaves_out_what_is_no_document(root: Path, put: Put) -> None:
    for file in ("servers/b.toml", "servers/a.toml", "connections/z.toml", "servers/.a.toml.new", "servers/a.TOML"):
        put(file, "")
    (root / "elsewhere").mkdir()
    (root / "elsewhere/x.toml").write_text("")
    assert listing(root)[0] == ["connections/z.toml", "servers/a.toml", "servers/b.toml"]


def test_a_file_that_goes_while_looking_is_no_document(root: Path, put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    put("servers/a.toml", SERVER)
    put("servers/b.toml", SERVER)
    seen = listing(root)
    (root / "servers/a.toml").unlink()
    monkeypatch.setattr("dominocli.directory.reader.listing", lambda *_: seen)
    assert names(look(root)) == ["b"]


def test_looking_writes_nothing_outside_a_replica(root: Path, put: Put) -> None:
    (root / ".dominocli").rmdir()
    for number in range(70):
        put(f"servers/{number}.toml", SERVER)
    assert look(root).files_read == 70
    assert not (root / ".dominocli").exists()
    assert index.load(root) is None


NAMES = (
    "Hub01/Acme",
    "CN=HUB01/O=Acme",
    "Hub01/East/Acme",
    "Stra\u00dfe/Acme",
    "STRASSE/Acme",
    "\u212aeller/Acme",
    'Q"1/Acme',
    " CN = Hub01 / O=Acme ",
)


@pytest.mark.parametrize("name", [*NAMES, "hub01", "keller", "hub", "strasse/acme", "", "nobody"])
@pytest.mark.parametrize("indexed", [True, False])
def test_naming_misses_no_server_of_a_name_however_spelled(root: Path, put: Put, name: str, indexed: bool) -> None:
    for number, server in enumerate(NAMES):
        put(f"servers/s{number}.toml", f"[basics]\nserver_name = {json.dumps(server, ensure_ascii=False)}\n")
    put("groups/hub01.toml", '[basics]\ngroup_name = "Hub01/Acme"\n')
    if indexed:
        time.sleep(4 * stat_values.CLOCK_TICK_NS / 1e9)
        look(root, worth=0)
    directory = look(root)
    assert directory.files_read == (0 if indexed else len(NAMES) + 1)
    found = {document.server_name for document in directory.servers_named(name)}
    everything = directory.documents(Server)
    keys = {d.server_name: (name_key(d.server_name), name_key(common_name(d.server_name))) for d in everything}
    assert {server for server, both in keys.items() if name_key(name) in both} <= found
    assert not indexed or name not in ("hub01", "nobody") or len(found) < len(NAMES)
    assert directory.servers_named(name) is everything
