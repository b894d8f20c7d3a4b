"""Resolving follows from the tree alone: the same on every replica, whichever leaf came first."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from replication_domain import group_text, unid

from dominocli.directory.text import Fault, parse, text_hash
from dominocli.replication.compare import active
from dominocli.replication.resolve import Resolution, problems, resolve, values_of
from dominocli.replication.revision import CLOSED, DELETED, LIVE, Revision, make

FILE = "groups/a.toml"
UNID = unid("a")


class Tree:
    """A document's revisions being built, with their texts."""

    def __init__(self) -> None:
        self.revisions: dict[str, Revision] = {}
        self.texts: dict[str, str] = {}

    def add(self, parent: str, text: str | None, *, file: str = FILE, time: int = 0, author: str = "Hub") -> str:
        digest = text_hash(text.encode()) if text is not None else ""
        kind = LIVE if text is not None else DELETED
        revision = make(UNID, parent, kind, file=file, seqtime=time, author=author, digest=digest)
        self.revisions[revision.rev] = revision
        if text is not None:
            self.texts[digest] = text
        return revision.rev

    def resolve(self, *, merge_conflicts: bool = True) -> Resolution:
        return resolve(self.revisions, self.texts.get, merge_conflicts=merge_conflicts)

    def resolved(self, **options: bool) -> dict[str, str]:
        """Return the files of the document and its conflict documents after resolving."""
        resolution = self.resolve(**options)
        tree = dict(self.revisions)
        texts = dict(self.texts)
        beside = {}
        for revision, text in resolution.made:
            texts[revision.digest] = text
            if revision.unid == UNID:
                tree[revision.rev] = revision
            else:
                beside[revision.file] = text
        (leaf,) = active(tree)
        assert len([r for r in tree.values() if r.kind == CLOSED]) == len(
            {outcome.lost for outcome in resolution.outcomes}
        )
        return {**beside, **({leaf.file: texts[leaf.digest]} if leaf.kind == LIVE else {})}


def apart(base: str, left: str | None, right: str | None, **options: int) -> Tree:
    tree = Tree()
    first = tree.add("", base)
    tree.add(first, left, time=1)
    tree.add(first, right, time=options.get("right_time", 2), author="Mail1")
    return tree


def test_one_leaf_needs_nothing() -> None:
    tree = Tree()
    tree.add(tree.add("", group_text("a")), group_text("a", comment="x"))
    assert tree.resolve() == Resolution((), ())
    assert resolve({}, {}.get) == Resolution((), ())


def test_different_fields_merge_into_the_winners_text() -> None:
    base = group_text("a")
    tree = apart(base, base.replace('"first"', '"l"'), base.replace("# who", "# new\n# who").replace("Mail1", "Mail9"))
    assert [outcome.kind for outcome in tree.resolve().outcomes] == ["merged"]
    merged = base.replace("# who", "# new\n# who").replace("Mail1", "Mail9").replace('"first"', '"l"')
    assert tree.resolved() == {FILE: merged}


def test_with_merging_off_different_fields_are_a_conflict() -> None:
    base = group_text("a")
    tree = apart(base, base.replace('"first"', '"l"'), base.replace("Mail1", "Mail9"))
    assert len(tree.resolved(merge_conflicts=False)) == 2


def test_the_same_field_leaves_the_loser_beside_the_winner_word_for_word() -> None:
    base = group_text("a")
    left, right = base.replace('"first"', '"l"'), base.replace('"first"', '"r" # mine')
    files = apart(base, left, right).resolved()
    beside = next(file for file in files if ".conflict-" in file)
    assert files[FILE] == right
    assert files[beside].partition("\n")[2].startswith(left.partition("\n")[2])
    raw = parse(files[beside].encode())
    assert isinstance(raw, dict) and raw["conflict"]["of"] == UNID and raw["conflict"]["from"] == "Hub"
    assert raw["conflict"]["rev"].partition("-")[2].startswith(beside.rpartition("-")[2].removesuffix(".toml"))


def test_equal_texts_close_the_loser() -> None:
    base = group_text("a")
    tree = apart(base, base.replace("# who", "# whom"), base.replace("# who", "# whom"))
    assert [outcome.kind for outcome in tree.resolve().outcomes] == ["equal"]
    assert list(tree.resolved()) == [FILE]


def test_a_deletion_that_wins_keeps_the_edit_beside() -> None:
    base = group_text("a")
    files = apart(base, base.replace("first", "l"), None).resolved()
    assert [".conflict-" in file for file in files] == [True]


def test_an_edit_that_wins_undoes_the_deletion() -> None:
    base = group_text("a")
    tree = apart(base, base.replace("first", "l"), None, right_time=0)
    assert tree.resolved() == {FILE: base.replace("first", "l")}
    assert tree.resolve().outcomes[0].kind == "deletion-undone"


def test_two_deletions_are_one() -> None:
    assert apart(group_text("a"), None, None).resolved() == {}


def test_a_rename_merges_with_an_edit_and_two_renames_do_not() -> None:
    base = group_text("a")
    for first_time, second_time in ((1, 2), (2, 1)):
        tree = Tree()
        root = tree.add("", base)
        tree.add(root, base, file="groups/b.toml", time=first_time)
        tree.add(root, base.replace("first", "edit"), time=second_time)
        assert tree.resolved() == {"groups/b.toml": base.replace("first", "edit")}
        tree.add(root, base, file="groups/c.toml", time=3)
        assert len(tree.resolved()) == 2


def test_without_a_common_ancestor_or_its_text_both_texts_are_kept() -> None:
    base = group_text("a")
    tree = Tree()
    tree.add("", base.replace("first", "one"))
    tree.add("", base.replace("Mail1", "Mail9"))
    assert len(tree.resolved()) == 2
    tree = apart(base, base.replace("first", "one"), base.replace("Mail1", "Mail9"))
    del tree.texts[text_hash(base.encode())]
    assert len(tree.resolved()) == 2


def test_a_merge_that_would_not_be_valid_is_a_conflict() -> None:
    base = (
        f'unid = "{UNID}"\nform = "Connection"\n[basics]\nconnection_type = "SMTP"\nsource_server = "H/A"\n'
        'connect_via = "Dial-up connection"\ndial_using_connection_record = "r"\n'
        'destination_server = "x"\ndestination_domain = "I"\n'
    )
    file = "connections/a.toml"
    assert not problems(file, base)
    tree = Tree()
    root = tree.add("", base, file=file)
    direct = base.replace('"Dial-up connection"\ndial_using_connection_record = "r"', '"Direct connection"')
    tree.add(root, direct, file=file)
    tree.add(root, base.replace('"r"', '"other"'), file=file)
    assert len(tree.resolved()) == 2


def test_halves_that_were_invalid_before_still_merge() -> None:
    base = group_text("a").replace('group_type = "Servers only"', 'group_type = "no such type"')
    assert problems(FILE, base)
    assert len(apart(base, base.replace("first", "l"), base.replace("Mail1", "Mail9")).resolved()) == 1


def test_numbers_and_truth_values_that_python_takes_for_equal_are_not() -> None:
    base = group_text("a") + "[extra]\nx = 1\n"
    files = apart(base, base.replace("x = 1", "x = true"), base.replace("x = 1", "x = 1.0")).resolved()
    assert len(files) == 2


def test_a_value_against_a_table_of_the_same_key_is_a_conflict() -> None:
    base = group_text("a") + "[extra]\n"
    files = apart(base, base + "x = 1\n", base + "x.y = 1\n").resolved()
    assert len(files) == 2


def test_a_conflict_document_of_a_text_no_edit_fits_is_written_from_its_values() -> None:
    base = group_text("a")
    inline = f'conflict = {{ of = "x", rev = "y", from = "z" }}\n{base}'
    files = apart(base, inline.replace("first", "l"), base.replace("first", "r"), right_time=3).resolved()
    for file, text in files.items():
        assert not isinstance(parse(text.encode()), Fault)
        if ".conflict-" in file:
            assert values_of(text)[("administration", "comments")] == "l"
            assert values_of(text)[("conflict", "of")] == UNID


def test_long_names_leave_room_for_the_suffix() -> None:
    base = group_text("a")
    tree = Tree()
    file = f"groups/{'ä' * 120}.toml"
    root = tree.add("", base, file=file)
    for word in ("one", "two"):
        tree.add(root, base.replace("first", word), file=file)
    assert all(len(name.partition("/")[2].encode()) <= 255 for name in tree.resolved())


fields = st.fixed_dictionaries(
    {},
    optional={
        "a": st.sampled_from(["1", "2", '"x"', '["p", "q"]']),
        "b": st.sampled_from(["1", "true", "1979-05-27"]),
        "c.d": st.sampled_from(['"y"', "2.5"]),
    },
)


def text_of(values: dict[str, str], comment: str) -> str:
    lines = "".join(f"{key} = {value}\n" for key, value in values.items())
    return f"{group_text('a')}# {comment}\n[extra]\n{lines}"


@settings(max_examples=150, deadline=None)
@given(base=fields, left=fields, right=fields, files=st.tuples(*[st.sampled_from([FILE, "groups/b.toml"])] * 2))
def test_merging_is_commutative_and_loses_no_value(
    base: dict[str, str], left: dict[str, str], right: dict[str, str], files: tuple[str, str]
) -> None:
    results = []
    for order in ((0, 1), (1, 0)):
        tree = Tree()
        root = tree.add("", text_of(base, "base"))
        sides = [(text_of(left, "left"), files[0], 1), (text_of(right, "right"), files[1], 2)]
        for side in order:
            text, file, time = sides[side]
            tree.add(root, text, file=file, time=time)
        results.append(tree.resolved())
    assert results[0] == results[1]
    held = [values_of(text) for text in results[0].values()]
    for text, file, _ in sides:
        for path, value in values_of(text).items():
            if values_of(text_of(base, "base")).get(path) != value and path != ("unid",):
                assert any(repr(values.get(path)) == repr(value) for values in held), (path, value, file)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(fields, st.integers(0, 3), st.booleans()), min_size=3, max_size=5))
def test_leaves_resolve_alike_in_whatever_order_they_are_known(edits: list[tuple[dict[str, str], int, bool]]) -> None:
    results = []
    for order in list(itertools.permutations(range(len(edits))))[:6]:
        tree = Tree()
        root = tree.add("", text_of({}, "base"))
        for number in order:
            values, time, deleted = edits[number]
            tree.add(root, None if deleted and number else text_of(values, str(number)), time=time)
        results.append((tree.resolve(), tree.resolved()))
    assert all(result == results[0] for result in results)


@pytest.mark.parametrize("word", ["one", "two"])
def test_a_conflict_document_follows_from_the_losing_leaf_alone(word: str) -> None:
    base = group_text("a")
    loser = base.replace("first", "lost")
    against_one = apart(base, loser, base.replace("first", word))
    against_other = apart(base, loser, base.replace("first", "three"))
    conflict = {f: t for f, t in against_one.resolved().items() if ".conflict-" in f}
    assert conflict == {f: t for f, t in against_other.resolved().items() if ".conflict-" in f}
