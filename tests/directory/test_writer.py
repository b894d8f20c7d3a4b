"""New texts, edits that keep a hand's style, and durable files."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import tomli
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dominocli import errors
from dominocli.directory.writer import document_changes, edit_text, new_text, open_folder, write_files
from dominocli.documents.connection import Connection
from dominocli.documents.document import Conflict
from dominocli.documents.server import Port, Server

BY_HAND = """\
# the way out
unid = "ab"

[basics]          # who
source_server = 'Hub01/Acme'   # the only one with SMTP
unheard_of = 1

# about replication
[replication_routing]
routing_cost = 3
"""


def test_an_edit_replaces_the_value_and_leaves_every_other_byte() -> None:
    edited = edit_text(BY_HAND, {("replication_routing", "routing_cost"): 5})
    assert edited == BY_HAND.replace("routing_cost = 3", "routing_cost = 5")


def test_a_comment_beside_a_changed_value_stays() -> None:
    edited = edit_text(BY_HAND, {("basics", "source_server"): "Hub02/Acme"})
    assert edited.replace('"Hub02/Acme"', "'Hub01/Acme'") == BY_HAND


def test_a_new_key_stands_after_the_last_of_its_table_before_the_comments_on_the_next() -> None:
    edited = edit_text(BY_HAND, {("basics", "relay"): "r", ("basics", "z"): 1, ("replication_routing", "x"): [1]})
    assert edited == BY_HAND.replace("unheard_of = 1\n", 'unheard_of = 1\nrelay = "r"\nz = 1\n') + "x = [1]\n"


def test_a_new_table_stands_at_the_end_after_a_blank_line() -> None:
    assert (
        edit_text(BY_HAND, {("schedule", "schedule"): "Disabled"}) == BY_HAND + '\n[schedule]\nschedule = "Disabled"\n'
    )


def test_a_key_taken_away_takes_only_its_line() -> None:
    assert edit_text(BY_HAND, {("basics", "unheard_of"): None}) == BY_HAND.replace("unheard_of = 1\n", "")


def test_a_top_level_key_comes_before_the_first_table() -> None:
    edited = edit_text("# c\u2028d\n\n[basics]\nx = 1\n", {("unid",): "ab"})
    assert edited == '# c\u2028d\n\nunid = "ab"\n[basics]\nx = 1\n'
    assert edit_text("", {("unid",): "ab"}) == 'unid = "ab"\n'
    assert edit_text("# only\n", {("unid",): "ab"}) == 'unid = "ab"\n# only\n'


def test_taking_away_what_is_not_there_changes_nothing() -> None:
    assert edit_text(BY_HAND, {("basics", "no"): None, ("no", "no"): None}) == BY_HAND
    assert edit_text(BY_HAND, {}) == BY_HAND


def test_line_ends_and_byte_order_mark_survive() -> None:
    windows = "\ufeff" + BY_HAND.replace("\n", "\r\n")
    changes: dict[tuple[str, ...], Any] = {
        ("basics", "x"): ["a", "b"],
        ("basics", "source_server"): "Z",
        ("new", "k"): 1,
    }
    edited = edit_text(windows, changes)
    assert edited == "\ufeff" + edit_text(BY_HAND, changes).replace("\n", "\r\n")


def test_mixed_line_ends_stay_as_they_are() -> None:
    assert edit_text("[a]\r\nb = 1\nc = 2\r\n", {("a", "b"): 3}) == "[a]\r\nb = 3\nc = 2\r\n"


@pytest.mark.parametrize("text", ["basics.a = 1\nbasics.b = 2\n", "basics = { a = 1, b = 2 }\n", "[basics.x]\ny = 1\n"])
def test_a_table_without_a_header_takes_a_key(text: str) -> None:
    edited = edit_text(text, {("basics", "c"): 3})
    expected = tomli.loads(text)
    expected["basics"]["c"] = 3
    assert tomli.loads(edited) == expected


def test_a_header_inside_a_text_of_several_lines_is_no_header() -> None:
    text = 'a = """\n[basics]\n"""\n[basics]\nb = 1\n'
    assert tomli.loads(edit_text(text, {("basics", "c"): 3})) == {"a": "[basics]\n", "basics": {"b": 1, "c": 3}}


def test_a_list_over_several_lines_stays_whole() -> None:
    text = '[g]\nmembers = [\n  "a", # one\n  "b",\n]\n[h]\n'
    assert edit_text(text, {("g", "type"): "x"}) == text.replace("]\n[h]", ']\ntype = "x"\n[h]')


def test_tables_out_of_order_are_edited() -> None:
    text = "[ports.A]\nx = 1\n[basics]\ny = 1\n[ports.B]\nz = 1\n"
    edited = edit_text(text, {("ports", "B", "z"): 3, ("ports", "A", "q"): 4, ("ports", "C", "r"): 5})
    assert tomli.loads(edited) == {"ports": {"A": {"x": 1, "q": 4}, "B": {"z": 3}, "C": {"r": 5}}, "basics": {"y": 1}}


def test_not_a_number_beside_an_edit_does_no_harm() -> None:
    assert edit_text("[notes_items]\na = nan\n[b]\nc = 1\n", {("b", "c"): 2}).endswith("a = nan\n[b]\nc = 2\n")


@pytest.mark.parametrize(
    ("text", "changes", "message"),
    [
        ("x", {("a",): 1}, "no TOML"),
        ("a = [" * 2000, {("a",): 1}, "no TOML"),
        ("basics = 3\n", {("basics", "a"): 1}, "basics is no table"),
        ("[a]\nb = 1\n", {("a", "b", "c"): 1}, "a.b is no table"),
    ],
)
def test_a_text_that_cannot_take_the_change_is_refused(text: str, changes: Any, message: str) -> None:
    with pytest.raises(errors.SyntaxFault, match=message):
        edit_text(text, changes)


# --- any text, any change ---------------------------------------------------------------------------

plain = st.text("abß日\"'\\#[]= é.\t", max_size=8)
values = st.one_of(
    plain,
    st.integers(-5, 10**6),
    st.booleans(),
    st.lists(plain, max_size=3),
)
keys = st.sampled_from(["a", "b", "c", "d", "long_key", "with-dash"])
tables = st.sampled_from(["basics", "schedule", "ports.TCPIP", "ports.NRPC", "x"])


class Line(NamedTuple):
    """Some lines of a text, and the key they give, None for comments, blank lines and headers."""

    text: str
    path: tuple[str, ...] | None


@st.composite
def spelled(draw: st.DrawFn, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        parts = [draw(spelled(v)) for v in value]
        if draw(st.booleans()) and parts:
            return "[\n" + "".join(f"  {part}, # [x] = 1\n" for part in parts) + "]"
        return "[" + ", ".join(parts) + "]"
    if "'" not in value and draw(st.booleans()):
        return f"'{value}'"
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t") + '"'


@st.composite
def key_lines(draw: st.DrawFn, table: tuple[str, ...]) -> list[Line]:
    lines = []
    for key in draw(st.lists(keys, max_size=3, unique=True)):
        if draw(st.integers(0, 3)) == 0:
            lines.append(Line(draw(st.sampled_from(["", "# a = 1", "  # [x]", "# \u2028 s"])), None))
        equals = draw(st.sampled_from([" = ", "=", "  =   "]))
        comment = draw(st.sampled_from(["", "", " # why", "  #[x]"]))
        indent = draw(st.sampled_from(["", "", "  "]))
        quoted = draw(st.sampled_from(['"', "", ""]))
        value = draw(spelled(draw(values)))
        lines.append(Line(f"{indent}{quoted}{key}{quoted}{equals}{value}{comment}", (*table, key)))
    return lines


@st.composite
def hand_made(draw: st.DrawFn) -> list[Line]:
    lines = draw(key_lines(()))
    for name in draw(st.lists(tables, max_size=4, unique=True)):
        lines += [Line(text, None) for text in draw(st.lists(st.sampled_from(["", "# about"]), max_size=2))]
        header = draw(st.sampled_from(["[{}]", "[ {} ] # tab", "  [{}]"])).format(name)
        lines.append(Line(header, None))
        lines += draw(key_lines(tuple(name.split("."))))
    lines += [Line(text, None) for text in draw(st.lists(st.sampled_from(["", "# the end"]), max_size=2))]
    return lines


paths = st.one_of(keys.map(lambda key: (key,)), st.tuples(tables, keys).map(lambda p: (*p[0].split("."), p[1])))
changes_of_any_kind = st.dictionaries(paths, st.one_of(st.none(), values), min_size=1, max_size=4)


def applied(content: dict[str, Any], changes: Mapping[tuple[str, ...], Any]) -> dict[str, Any]:
    for path, value in changes.items():
        table = content
        for key in path[:-1]:
            table = table.setdefault(key, {})
        if value is None:
            table.pop(path[-1], None)
        else:
            table[path[-1]] = value
    return content


def without_blank(content: Any) -> Any:
    """Leave out tables that say nothing: taking the last key of one away may leave its header."""
    if not isinstance(content, dict):
        return content
    kept = {key: without_blank(value) for key, value in content.items()}
    return {key: value for key, value in kept.items() if value != {}}


def parse(text: bytes) -> dict[str, Any]:
    """Return what a text says; one that says nothing is no document, and may still be edited."""
    return tomli.loads(text.decode("utf-8-sig"))


@settings(max_examples=500, deadline=None, derandomize=True, database=None)
@given(
    lines=hand_made(),
    changes=changes_of_any_kind,
    end=st.sampled_from(["\n", "\r\n"]),
    bom=st.sampled_from(["", "\ufeff"]),
    last=st.booleans(),
)
@example(lines=[Line("a = 1", ("a",))], changes={("x", "b"): 1}, end="\n", bom="", last=False)
def test_any_edit_says_what_was_asked_and_touches_no_other_line(
    lines: list[Line], changes: dict[tuple[str, ...], Any], end: str, bom: str, last: bool
) -> None:
    text = "\n".join(line.text for line in lines) + ("\n" if last and lines else "")
    text = text.replace("\n", end)
    edited = edit_text(bom + text, changes)
    expected = without_blank(applied(tomli.loads(text), changes))
    assert without_blank(parse(edited.encode())) == expected
    assert edited.startswith(bom)
    untouched = [line.text.replace("\n", end) for line in lines if line.path is None or line.path not in changes]
    rest = iter(edited.removeprefix(bom).split(end if end in text else "\n"))  # without any, new lines end in LF
    for piece in untouched:
        for one in piece.split(end):
            assert any(one == other for other in rest), f"{one!r} is gone from {edited!r}"
    if end == "\r\n" and text.count("\r\n"):
        assert edited.count("\n") == edited.count("\r\n")


def test_the_changes_between_two_documents_turn_one_text_into_the_other() -> None:
    before = Connection(
        "c", {"source_server": "A", "routing_cost": 3}, unid="1" * 32, unknown=frozenset({"days_of_week"})
    )
    after = before.with_values({"source_server": "B", "routing_cost": None, "days_of_week": ("Mon",)})
    text = new_text(before)
    again = Connection.from_toml("c", tomli.loads(edit_text(text, document_changes(before, after))))
    assert again.values["source_server"] == "B"
    assert again.values["days_of_week"] == ("Mon",)
    assert "routing_cost" not in again.values
    assert again.unknown == frozenset()
    assert document_changes(before, before) == {}
    assert document_changes(before, Connection("c", before.values, unid="2" * 32, unknown=before.unknown)) == {
        ("unid",): "2" * 32
    }


def test_a_change_of_one_port_keeps_the_comments_and_keys_of_the_others() -> None:
    text = (
        '[ports.TCPIP] # the wire\nnotes_network = "Net" # one\nour_own = 1\n\n'
        '[ports.LAN0]\nnotes_network = "Old"\nenabled = true # yes\n'
    )
    before = Server.from_toml("s", tomli.loads(text))
    after = before.with_values(
        {"ports": (Port("TCPIP", "Net2"), Port("LAN0", "Old", enabled=False), Port("New", "N", "host"))}
    )
    edited = edit_text(text, document_changes(before, after))
    assert edited.startswith(
        '[ports.TCPIP] # the wire\nnotes_network = "Net2" # one\nour_own = 1\n\n'
        '[ports.LAN0]\nnotes_network = "Old"\nenabled = false # yes\n'
    )
    assert Server.from_toml("s", tomli.loads(edited)).ports == after.ports
    gone = edit_text(edited, document_changes(after, after.with_values({"ports": (Port("New", "N", "host"),)})))
    assert Server.from_toml("s", tomli.loads(gone)).ports == (Port("New", "N", "host"),)
    none = edit_text(edited, document_changes(after, after.with_values({"ports": None})))
    assert Server.from_toml("s", tomli.loads(none)).ports == ()
    made = edit_text("", document_changes(Server("s"), after))
    assert Server.from_toml("s", tomli.loads(made)).ports == after.ports


def test_a_new_text_reads_like_the_design() -> None:
    document = Connection(
        "c",
        {"source_server": "Hub01/Acme", "days_of_week": ("Mon", "Tue"), "routing_cost": 5},
        unid="ab" * 16,
        notes_items={"Odd": "x", "Inner": {"y": 1}},
        conflict=Conflict("cd" * 16, "2-1", "Mail1/Acme"),
    )
    text = new_text(document)
    assert text.startswith(f'unid = "{"ab" * 16}"\nform = "Connection"\n\n[basics]\nconnection_type = "SMTP"\n')
    assert '\n\n[schedule]\nschedule = "Enabled"\nconnect_at_times = ["08:00-22:00"]\n' in text
    assert text.endswith(f'\n\n[conflict]\nof = "{"cd" * 16}"\nrev = "2-1"\nfrom = "Mail1/Acme"\n')
    again = Connection.from_toml("c", tomli.loads(text))
    assert again.notes_items == document.notes_items
    assert again.conflict is not None


def test_the_text_of_a_server_has_one_table_a_port() -> None:
    text = new_text(Server("s", {"server_name": "A/B", "ports": (Port("TCPIP", "Net"), Port('a "b".c', "N2"))}))
    assert "\n[ports.TCPIP]\n" in text
    assert "\n[ports]\n" not in text
    assert [p.name for p in Server.from_toml("s", tomli.loads(text)).ports] == ["TCPIP", 'a "b".c']


# --- files ------------------------------------------------------------------------------------------


def files_of(root: Path) -> dict[str, str]:
    return {str(p.relative_to(root)): p.read_text() for p in root.rglob("*") if p.is_file()}


def test_files_are_written_replaced_and_removed_as_one_step(root: Path) -> None:
    write_files(root, {"servers/a.toml": "1", "groups/b.toml": "2\udcff", "x.toml": "top"})
    write_files(root, {"servers/a.toml": "3", "groups/b.toml": None, "groups/none.toml": None})
    kept = files_of(root)
    del kept["directory.toml"]
    assert kept == {"servers/a.toml": "3", "x.toml": "top"}


class FullDisk:
    """Lets `count` durable writes through, then refuses."""

    def __init__(self, count: int) -> None:
        self.left = count
        self.fsync = os.fsync

    def __call__(self, descriptor: int) -> None:
        if self.left <= 0:
            raise OSError(28, "No space left on device")
        self.left -= 1
        self.fsync(descriptor)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_nothing_has_changed_and_no_temporary_file_stays_when_one_cannot_be_written(
    root: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    write_files(root, {"servers/a.toml": "old", "servers/c.toml": "kept"})
    before = files_of(root)
    monkeypatch.setattr(os, "fsync", FullDisk(count))
    with pytest.raises(errors.UnreadableFile, match="No space left") as caught:
        write_files(root, {"servers/a.toml": "1", "servers/b.toml": "2", "servers/d.toml": "3", "servers/c.toml": None})
    assert caught.value.file == ("servers/a.toml", "servers/b.toml", "servers/d.toml")[count]
    assert files_of(root) == before


@pytest.mark.parametrize("count", [0, 1])
def test_each_file_is_old_or_new_when_the_names_cannot_be_taken(
    root: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    write_files(root, {"servers/a.toml": "old a", "servers/b.toml": "old b"})
    replaced: list[str] = []
    real = os.replace

    def refuse(source: str, target: str, **folders: int) -> None:
        if len(replaced) == count:
            raise OSError(5, "Input/output error")
        replaced.append(target)
        real(source, target, **folders)

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(errors.UnreadableFile, match="Input/output error"):
        write_files(root, {"servers/a.toml": "new a", "servers/b.toml": "new b"})
    found = files_of(root / "servers")
    assert found == {"a.toml": "new a" if count else "old a", "b.toml": "old b"}


def test_a_file_replaced_while_it_is_read_is_whole(root: Path) -> None:
    write_files(root, {"servers/a.toml": "old"})
    with (root / "servers/a.toml").open() as reading:
        write_files(root, {"servers/a.toml": "new and longer"})
        assert reading.read() == "old"


def test_a_linked_folder_is_not_written_through(root: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (root / "servers").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(errors.UnreadableFile):
        write_files(root, {"servers/a.toml": "1"})
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_linked_file_is_replaced_and_its_target_kept(root: Path, tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("kept")
    (root / "servers").mkdir()
    (root / "servers/a.toml").symlink_to(tmp_path / "victim")
    write_files(root, {"servers/a.toml": "1"})
    assert (tmp_path / "victim").read_text() == "kept"
    assert not (root / "servers/a.toml").is_symlink()


def test_a_folder_in_the_place_of_a_file_is_an_error(root: Path) -> None:
    (root / "servers/a.toml").mkdir(parents=True)
    for text in ("1", None):
        with pytest.raises(errors.UnreadableFile):
            write_files(root, {"servers/a.toml": text})
    assert [p.name for p in (root / "servers").iterdir()] == ["a.toml"]


def test_a_missing_folder_is_made_and_opened(root: Path) -> None:
    for _ in range(2):
        descriptor = open_folder(root, "groups")
        os.close(descriptor)
    assert (root / "groups").is_dir()


@pytest.fixture(autouse=True)
def no_descriptor_is_left_open() -> Iterator[None]:
    before = os.listdir("/proc/self/fd") if Path("/proc/self/fd").is_dir() else []
    yield
    after = os.listdir("/proc/self/fd") if Path("/proc/self/fd").is_dir() else []
    assert len(after) <= len(before)


LISTED = """\
[basics]
members = [ "A/Acme", # first
  # the second stands alone
  "B/Acme", # second
  "C/Acme" # third
]
"""


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        (
            ["A/Acme", "B/Acme", "C/Acme", "D/Acme"],
            LISTED.replace('"C/Acme" # third\n', '"C/Acme", # third\n  "D/Acme",\n'),
        ),
        (["A/Acme", "C/Acme"], LISTED.replace('  "B/Acme", # second\n', "")),
        (
            ["B/Acme", "C/Acme"],
            LISTED.replace('[ "A/Acme", # first\n', "[\n"),
        ),
        (["A/Acme", "X/Acme", "C/Acme"], LISTED.replace('"B/Acme", # second', '"X/Acme",')),
    ],
)
def test_the_comments_of_kept_items_of_an_array_stay(members: list[str], expected: str) -> None:
    assert edit_text(LISTED, {("basics", "members"): members}) == expected
    crlf = edit_text(LISTED.replace("\n", "\r\n"), {("basics", "members"): members})
    assert crlf == expected.replace("\n", "\r\n")


def test_an_item_kept_in_another_spelling_keeps_its_comment() -> None:
    text = 'members = [\n  "CN=A/O=Acme", # first\n  "B/Acme",\n]\n'
    edited = edit_text(text, {("members",): ["A/Acme", "B/Acme", "C/Acme"]})
    assert edited == 'members = [\n  "A/Acme", # first\n  "B/Acme",\n  "C/Acme",\n]\n'


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('a = [\n  "A" # only\n  , "B" # b\n]\n', ["A", "Z"]),
        ('a = [ "A", "B", # ab\n "C", "D" ] # end\n', ["D", "C", "E", "A"]),
        ('a = [1, ["x"], "A"] # mixed\n', ["A"]),
        ('a = "A" # a text\n', ["A", "B"]),
        ("a = [\n  # none yet\n]\n", ["A", "B"]),
        ('a = [ "A", # a\n]\n', []),
    ],
)
def test_an_array_of_any_layout_takes_any_change(text: str, value: list[str]) -> None:
    assert tomli.loads(edit_text(text, {("a",): value})) == {"a": value}


items = st.lists(st.sampled_from(["A", "B", "C/D", "x,y", "#", "]"]), unique=True, max_size=5)


@st.composite
def arrays(draw: st.DrawFn) -> str:
    text = "a = ["
    listed = draw(items)
    for number, item in enumerate(listed):
        text += draw(st.sampled_from(["", " ", "\n  ", "\n  # above\n  "])) + f'"{item}"'
        comma = "," if number < len(listed) - 1 or draw(st.booleans()) else ""
        text += draw(st.sampled_from(["{}", " {}", "{} # [beside], too\n", "# before\n {}"])).format(comma)
    return text + draw(st.sampled_from(["", " ", "\n"])) + "]\nb = 1\n"


@settings(max_examples=500, deadline=None, derandomize=True, database=None)
@given(arrays(), items)
def test_every_array_can_become_every_other_one(text: str, value: list[str]) -> None:
    assert tomli.loads(edit_text(text, {("a",): value})) == {"a": value, "b": 1}
