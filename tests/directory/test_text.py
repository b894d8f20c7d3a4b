"""One file's text: parsed or refused, hashed, and where in it a field stands."""

import pytest

from dominocli.directory.text import MAXIMUM_BYTES, Fault, hash_of_text, line_of, named_unid, parse, text_hash

UNID = "0123456789abcdef" * 2


def fault(text: str | bytes) -> Fault:
    found = parse(text.encode() if isinstance(text, str) else text)
    assert isinstance(found, Fault)
    return found


def test_a_syntax_error_names_line_and_column() -> None:
    found = fault('unid = "a"\n\n[basics]\nsource_server = Hub01\n')
    assert found.line == 4
    assert found.message.startswith("column 17: ")


def test_line_and_column_count_after_a_byte_order_mark_and_carriage_returns() -> None:
    found = fault(b'\xef\xbb\xbfunid = "a"\r\nform = \r\n')
    assert found.line == 2
    assert found.message.startswith("column 8: ")


def test_a_byte_order_mark_is_no_part_of_the_first_key() -> None:
    assert parse(b'\xef\xbb\xbfunid = "a"\r\n') == {"unid": "a"}


def test_a_text_that_is_not_utf8_names_its_line() -> None:
    found = fault(b'unid = "a"\nform = "\xff"\n')
    assert found.line == 2
    assert "UTF-8" in found.message


@pytest.mark.parametrize("marker", ["<<<<<<< HEAD", ">>>>>>> theirs"])
def test_merge_markers_are_named_with_their_line(marker: str) -> None:
    found = fault(f"# one\u2028two\na = 1\n{marker}\nb = 2\n")
    assert found.line == 3
    assert "merge markers" in found.message


def test_a_marker_inside_a_line_is_text() -> None:
    assert parse(b'a = "see <<<<<<< HEAD"\n') == {"a": "see <<<<<<< HEAD"}


def test_a_file_over_one_mebibyte_is_refused_and_one_of_that_size_is_not() -> None:
    exact = b"a = 1 # " + b"x" * (MAXIMUM_BYTES - 8)
    assert parse(exact) == {"a": 1}
    assert "1 MiB" in fault(exact + b"x").message


@pytest.mark.parametrize(
    ("text", "unid"),
    [
        (b'unid = "%s"\r\nform = "Gro', UNID),
        (b"<<<<<<< ours\nunid='%s'\n=======\n", UNID),
        (b'# unid = "%s"\n[', ""),
        (b'of = "%s"\n[', ""),
        (b'unid = "%sf"\n[', ""),
    ],
)
def test_the_unid_in_a_text_that_does_not_parse_is_found(text: bytes, unid: str) -> None:
    assert named_unid(text % UNID.encode()) == unid


@pytest.mark.parametrize("text", ["", "\n\n", "\ufeff", "# nothing but this\n"])
def test_a_file_that_says_nothing_is_no_document(text: str) -> None:
    assert "nothing" in fault(text).message


def test_a_file_nested_eight_deep_is_read_and_a_deeper_one_refused() -> None:
    assert parse(b"a.b.c.d.e.f.g.h = 1\n") == {"a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": 1}}}}}}}}
    assert "deeper than 8" in fault("a.b.c.d.e.f.g.h.i = 1\n").message
    assert "deeper than 8" in fault("a = [[[[[[[[1]]]]]]]]\n").message


@pytest.mark.parametrize(
    "bomb",
    [
        "a = " + "[" * 400_000,
        "a = " + "{a=" * 200_000,
        "[a" + ".a" * 400_000 + "]\n",
        "a" + ".a" * 400_000 + " = 1\n",
        "a = " + "1" * 100_000,
    ],
    ids=["arrays", "tables", "header", "dotted key", "number"],
)
def test_a_bomb_is_refused(bomb: str) -> None:
    assert fault(bomb).message


@pytest.mark.parametrize("text", ["a = 1\na = 2\n", "[a]\n[a]\n", 'a = "\x1b[2J"\n', 'a = "b\n', 'a = "\\uD800"\n'])
def test_what_toml_forbids_is_refused(text: str) -> None:
    assert fault(text).line


def test_line_ends_do_not_change_the_hash_and_anything_else_does() -> None:
    assert text_hash(b"a = 1\r\nb = 2\r\n") == text_hash(b"a = 1\nb = 2\n")
    assert text_hash(b"a = 1\nb = 2\n") != text_hash(b"a = 1\nb = 2")
    assert len(text_hash(b"")) == 64
    assert hash_of_text(b"a = \xff\r\n".decode("utf-8", "surrogateescape")) == text_hash(b"a = \xff\n")


TEXT = """\
# a comment with\u2028a line separator
unid = "00"
"form" = "Server"

[ "basics" ]
  server_name = "Hub01/Acme"
administration.comments = "dotted, in basics"

[ports.TCPIP]
notes_network = "Net"
"""


@pytest.mark.parametrize(
    ("tab", "key", "line"),
    [
        ("", "unid", 2),
        ("", "form", 3),
        ("basics", "server_name", 6),
        ("basics", "domain_name", 5),
        ("ports", "TCPIP", 9),
        ("ports", "ports", 9),
        ("administration", "comments", None),
        ("", "nothing", None),
        ("", "basics", 5),
    ],
)
def test_the_line_of_a_field_is_its_own_else_that_of_its_table(tab: str, key: str, line: int | None) -> None:
    assert line_of(TEXT, tab, key) == line


def test_the_line_of_a_dotted_or_inline_field_is_found() -> None:
    assert line_of('unid = ""\nbasics.server_name = "A"\n', "basics", "server_name") == 2
    assert line_of('\nbasics = { server_name = "A" }\n', "basics", "server_name") == 2


@pytest.mark.parametrize(
    ("text", "tab", "key", "line"),
    [
        ('\nbasics."source_server" = 1\n', "basics", "source_server", 2),
        ("\n'basics'.x = 1\n", "basics", "x", 2),
        ("\n\"basics\" . 'x' = 1\n", "basics", "x", 2),
        ("\nbasics.x = 1\n", "basics", "y", 2),
        ('\nbasics = { source_server = "x" }\n', "basics", "source_server", 2),
        ('\n[ports]\nTCPIP = { notes_network = "N", odd = 1 }\n', "ports.TCPIP", "odd", 3),
        ("\nports = { TCPIP = { odd = 1 } }\n", "ports.TCPIP", "odd", 2),
        ("[ports]\nTCPIP.notes_network = 'N'\nTCPIP.odd = 1\n", "ports.TCPIP", "odd", 3),
        ('[basics]\nowners = [ # [x]\n  "a = 1", # "\n]\na = 2\n', "basics", "a", 5),
        ('[basics]\ncomments = """\na = 1\n[schedule]\n"""\na = 2\n', "basics", "a", 6),
        ('[basics]\ncomments = """\\""" x"""\na = 2\n', "basics", "a", 3),
        ('[basics]\ncomments = """x""""\na = 2\n', "basics", "a", 3),
        ("[basics]\ncomments = '''\na = \\'''\na = 2\n", "basics", "a", 4),
        ('[basics]\n"\\u001b[2J" = 1\n', "basics", "\x1b[2J", 2),
        ("[basics]\n'\"a\"' = 1\n", "basics", '"a"', 2),
        ("[[odd]]\n[basics]\r\na = 1\r\nb = 2\r\n", "basics", "b", 4),
        ("[basics]\na = {}\n[schedule]\na = 1", "schedule", "a", 4),
    ],
)
def test_a_field_is_found_however_toml_writes_it(text: str, tab: str, key: str, line: int) -> None:
    assert isinstance(parse(text.encode()), dict)
    assert line_of(text, tab, key) == line


def test_looking_for_a_line_in_a_text_that_is_no_toml_does_no_harm() -> None:
    assert line_of('[basics\n"\\q" = "a\n= [\n', "basics", "x") is None


@pytest.mark.parametrize("key", ["unid", "source_server", "cost", "days", "note", "nothing"])
@pytest.mark.parametrize("tab", ["", "basics", "schedule", "ports.TCPIP", "nowhere"])
def test_the_line_in_a_plain_text_is_that_found_beside_a_text_of_several_lines(tab: str, key: str) -> None:
    plain = (
        f'unid = "{UNID}"  # [basics]\nnote = "]"\r\n\n[schedule] # days = 1\n  days = ["Mon, \\"Tue", \'a = 1\']\n'
        '# cost = 1\n[basics]\nsource_server="cost = 2"\n\tcost = 5\n[ports.TCPIP]\nnote = "[basics]"\ncost = -1'
    )
    several = plain + '\n[last]\ntext = """\n[basics]\ncost = 7\n"""\n'
    assert line_of(plain, tab, key) == line_of(several, tab, key)
    found = line_of(plain, tab, key)
    assert found is None or plain.split("\n")[found - 1].lstrip(" \t[").startswith((key, tab or key))


@pytest.mark.parametrize("number", ["0x" + "f" * 5000, "0o" + "7" * 6000, f"0b{10**4300:b}"])
def test_a_number_too_long_to_be_written_in_decimal_is_refused(number: str) -> None:
    for text in (f"x = {number}\n", f"x = [1, [{number}]]\n", f"[a.b]\nx = {number}\n"):
        fault = parse(text.encode())
        assert isinstance(fault, Fault) and "decimal" in fault.message
    assert parse(b'x = 0xffff_ffff_ffff_ffff\ny = "0x"\n') == {"x": (1 << 64) - 1, "y": "0x"}


@pytest.mark.parametrize("beside", ["0a", "0b", "0o", "0x"])
def test_whether_a_number_is_refused_depends_on_nothing_beside_it(beside: str) -> None:
    longest = 10**4300 - 1
    for written in (f"{longest}", f"0x{longest:x}"):
        assert parse(f'unid = "{beside * 16}"\nx = {written}\n'.encode()) == {"unid": beside * 16, "x": longest}
