"""A revision's id covers everything that decides; what arrives from elsewhere is believed in nothing."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from replication_domain import group_text, unid

from dominocli import errors
from dominocli.directory.text import text_hash
from dominocli.replication.compare import adopted, common_ancestor, leaves, lineage, order
from dominocli.replication.revision import (
    BARE,
    CLOSED,
    DELETED,
    LIVE,
    Revision,
    bare,
    file_problem,
    from_wire,
    make,
    to_wire,
    with_suffix,
)

UNID = unid("a")


def chain(length: int) -> tuple[list[Revision], dict[str, str]]:
    """Return a line of revisions, newest first, and their texts."""
    texts: dict[str, str] = {}
    line: list[Revision] = []
    for number in range(length):
        text = group_text("a", comment=str(number))
        digest = text_hash(text.encode())
        texts[digest] = text
        parent = line[0].rev if line else ""
        line.insert(0, make(UNID, parent, LIVE, file="groups/a.toml", seqtime=number, author="Hub", digest=digest))
    return line, texts


def test_an_id_counts_saves_and_changes_with_every_part() -> None:
    about: dict[str, Any] = {"file": "groups/a.toml", "seqtime": 5, "author": "Hub", "digest": "d", "into": ""}
    first = make(UNID, "", LIVE, **about)
    assert first.rev.startswith("1-") and first.number == 1 and len(first.short) == 8
    assert make(UNID, first.rev, LIVE, **about).number == 2
    others = [
        make(unid("b"), "", LIVE, **about),
        make(UNID, "", DELETED, **about),
        make(UNID, first.rev, LIVE, **about),
    ]
    others += [make(UNID, "", LIVE, **{**about, key: 6 if key == "seqtime" else "x"}) for key in about]
    assert len({first.rev, *(other.rev for other in others)}) == 1 + len(others)


@pytest.mark.parametrize("length", [1, 3, 30])
def test_a_revision_travels_as_a_couchdb_document_with_its_ancestors(length: int) -> None:
    line, texts = chain(length)
    document = json.loads(json.dumps(to_wire(line, texts.get, frozenset())))
    assert document["_id"] == UNID and document["_rev"] == line[0].rev and "_deleted" not in document
    assert document["toml"] == texts[line[0].digest] and document["_revisions"]["start"] == length
    arrived = from_wire(document)
    assert arrived.revision == line[0]
    assert list(arrived.ancestors[:20]) == line[1:21]
    assert [ancestor.kind for ancestor in arrived.ancestors[20:]] == [BARE] * max(0, length - 21)
    assert set(arrived.texts) == {revision.digest for revision in line[:21]}


def test_what_the_other_side_holds_stays_at_home() -> None:
    line, texts = chain(5)
    document = to_wire(line, texts.get, frozenset({line[2].rev, line[3].rev, line[4].rev}))
    assert list(document["ancestor_texts"]) == [line[1].digest]
    assert from_wire(document).ancestors == (line[1], line[2], bare(UNID, line[3].rev, ""))


def test_a_line_that_ends_in_bare_ids_travels_on() -> None:
    line, texts = chain(3)
    line[2] = bare(UNID, line[2].rev, "")
    arrived = from_wire(to_wire(line, texts.get, frozenset()))
    assert arrived.ancestors == tuple(line[1:])


def test_stubs_travel_without_text() -> None:
    line, _ = chain(2)
    for kind in (DELETED, CLOSED):
        stub = make(UNID, line[0].rev, kind, file="groups/a.toml", seqtime=9, author="Hub", into=line[1].rev)
        document = to_wire([stub, *line], lambda digest: None, frozenset())
        assert document["_deleted"] is True and "toml" not in document
        assert from_wire(document).revision == stub


def changed(path: str, value: object) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        *tables, key = path.split(".")
        for table in tables:
            document = document[table]
        document[key] = value

    return change


@pytest.mark.parametrize(
    "forge",
    [
        changed("_id", unid("b")),
        changed("_id", "../x"),
        changed("_rev", "3-" + "0" * 32),
        changed("toml", group_text("a", comment="forged")),
        changed("toml", "x = "),
        changed("toml", 5),
        changed("meta.path", "groups/b.toml"),
        changed("meta.seqtime", 1 << 60),
        changed("meta.seqtime", "now"),
        changed("meta.author", "Eve\x1b[2J"),
        changed("meta.kind", "dead"),
        changed("meta.sha256", ""),
        changed("meta.into", None),
        changed("meta.ancestors", [[]]),
        changed("meta.ancestors", [["live", "", "groups/a.toml", 0, "Eve", "0" * 64]] * 9),
        changed("_revisions.start", 7),
        changed("_revisions.start", "3"),
        changed("_revisions.ids", []),
        changed("_revisions.ids", ["x", "y", "z"]),
        changed("ancestor_texts", {"0" * 64: "x"}),
        changed("ancestor_texts", {text_hash(b"x"): "x"}),
        lambda document: document.pop("meta"),
        lambda document: document.pop("toml"),
    ],
)
def test_a_forged_document_is_refused(forge: Callable[[dict[str, Any]], None]) -> None:
    line, texts = chain(3)
    document = copy.deepcopy(to_wire(line, texts.get, frozenset()))
    forge(document)
    with pytest.raises(errors.ForgedRevision):
        from_wire(document)


def test_a_text_of_another_unid_is_refused_even_under_its_own_hash() -> None:
    text = group_text("b")
    digest = text_hash(text.encode())
    revision = make(UNID, "", LIVE, file="groups/a.toml", seqtime=1, author="Eve", digest=digest)
    with pytest.raises(errors.ForgedRevision):
        from_wire(to_wire([revision], {digest: text}.get, frozenset()))


@pytest.mark.parametrize(
    "file",
    ["a.toml", "../groups/a.toml", "groups/../../a.toml", "groups/a", "groups/.toml", "groups/.a.toml", "other/a.toml",
     "groups/a\n.toml", "/etc/a.toml", "groups//a.toml", f"groups/{'a' * 260}.toml", "groups/\udcff.toml"],
)  # fmt: skip
def test_a_path_that_is_no_document_file_is_refused(file: str) -> None:
    assert file_problem(file)
    with pytest.raises(errors.ForgedRevision):
        from_wire(to_wire([make(UNID, "", DELETED, file=file, seqtime=1, author="Eve")], {}.get, frozenset()))


def test_what_is_no_document_at_all_is_refused_without_showing_it() -> None:
    for nonsense in ({}, {"_id": "\x1b[2J"}, {"_id": None}):
        with pytest.raises(errors.ForgedRevision, match="without an id"):
            from_wire(nonsense)


def test_a_suffix_never_makes_a_name_too_long() -> None:
    assert with_suffix("groups/a.toml", "--x") == "groups/a--x.toml"
    assert file_problem(with_suffix(f"groups/{'é' * 125}.toml", ".conflict-12345678")) is None


def test_leaves_ancestors_and_order() -> None:
    line, _ = chain(3)
    tree = {revision.rev: revision for revision in line}
    other = make(UNID, line[1].rev, LIVE, file="groups/a.toml", seqtime=99, author="Mail1", digest=line[0].digest)
    tree[other.rev] = other
    assert leaves(tree) == sorted([line[0], other], key=lambda revision: revision.rev)
    assert common_ancestor(tree, line[0], other) == line[1]
    assert list(lineage(tree, other)) == [other, *line[1:]]
    assert order(other) > order(line[0]) > order(line[1])
    stranger = make(UNID, "", LIVE, file="groups/a.toml", seqtime=1, author="X", digest="d")
    assert common_ancestor({**tree, stranger.rev: stranger}, other, stranger) is None


def test_a_file_is_adopted_as_the_newest_revision_it_could_be_preferring_its_path() -> None:
    line, _ = chain(2)
    moved = make(UNID, line[0].rev, LIVE, file="groups/b.toml", seqtime=9, author="Hub", digest=line[0].digest)
    tree = {revision.rev: revision for revision in [*line, moved]}
    assert adopted(tree, line[0].digest, "groups/a.toml") == line[0]
    assert adopted(tree, line[0].digest, "groups/z.toml") == moved
    assert adopted(tree, "unknown", "groups/a.toml") is None


@pytest.mark.parametrize("saves", [1 << 53, 10**50])
def test_a_revision_with_an_absurd_number_is_refused(saves: int) -> None:
    text = group_text("a")
    parent = f"{saves - 1}-{'0' * 32}"
    digest = text_hash(text.encode())
    revision = make(unid("a"), parent, LIVE, file="groups/a.toml", seqtime=1, author="X/Acme", digest=digest)
    document = to_wire([revision, bare(unid("a"), parent, "")], {digest: text}.get, frozenset())
    with pytest.raises(errors.ForgedRevision, match="so often"):
        from_wire(document)
    parent = f"{(1 << 53) - 2}-{'0' * 32}"
    revision = make(unid("a"), parent, LIVE, file="groups/a.toml", seqtime=1, author="X/Acme", digest=digest)
    assert (
        from_wire(to_wire([revision, bare(unid("a"), parent, "")], {digest: text}.get, frozenset())).revision
        == revision
    )


@pytest.mark.parametrize("text", ["x" * ((1 << 20) + 1), "a = 1\n\x00", "a = 1\x1b[2J"])
def test_an_ancestor_whose_text_no_message_could_carry_on_is_refused(text: str) -> None:
    first = make(UNID, "", LIVE, file="groups/a.toml", seqtime=1, author="X/Acme", digest=text_hash(text.encode()))
    now = group_text("a")
    digest = text_hash(now.encode())
    second = make(UNID, first.rev, LIVE, file="groups/a.toml", seqtime=2, author="X/Acme", digest=digest)
    document = to_wire([second, first], {digest: now, first.digest: text}.get, frozenset())
    with pytest.raises(errors.ForgedRevision, match="an ancestor's text is none"):
        from_wire(document)


def test_a_long_history_of_a_large_document_fits_into_a_message_of_a_couchdb() -> None:
    texts: dict[str, str] = {}
    line: list[Revision] = []
    for number in range(25):
        text = group_text("a", comment=f"{number} " + "x" * 700_000)
        digest = text_hash(text.encode())
        texts[digest] = text
        parent = line[0].rev if line else ""
        line.insert(0, make(UNID, parent, LIVE, file="groups/a.toml", seqtime=number, author="X/Acme", digest=digest))
    document = to_wire(line, texts.get, frozenset())
    assert len(json.dumps(document).encode()) < 8_000_000
    arrived = from_wire(document)
    assert [entry.kind for entry in arrived.ancestors] == [LIVE] * 20 + [BARE] * 4
    assert arrived.texts.keys() == {entry.digest for entry in line[:4]}
