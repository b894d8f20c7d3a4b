"""Two edits of one text, line by line: comments of both survive, and nothing is guessed."""

from __future__ import annotations

from replication_domain import Domain, group_text, unid
from test_resolve import apart

from dominocli.directory.text import MAXIMUM_BYTES
from dominocli.replication.lines import MOST_LINES, merge_lines
from dominocli.replication.resolve import CONFLICT, MERGED, TEXT_LEFT

TEXT = group_text("a")


def test_lines_changed_apart_are_merged() -> None:
    base = "a\nb\nc\nd\n"
    assert merge_lines(base, "A\nb\nc\nd\n", "a\nb\nc\nD\n") == "A\nb\nc\nD\n"
    assert merge_lines(base, "a\nc\nd\n", "a\nb\nc\nd\ne\n") == "a\nc\nd\ne\n"
    assert merge_lines(base, base, "x\na\nb\nd\n") == "x\na\nb\nd\n"
    assert merge_lines(base, "a\nB\nc\nd\n", "a\nb\nC\nd\n") == "a\nB\nC\nd\n"


def test_what_both_put_in_at_one_place_stands_one_after_the_other_and_what_both_did_once() -> None:
    assert merge_lines("a\nb\n", "a\nx\nb\n", "a\ny\nb\n") == "a\nx\ny\nb\n"
    assert merge_lines("a\nb\n", "a\nx\nb\n", "a\nx\nb\nz\n") == "a\nx\nb\nz\n"


def test_lines_changed_by_both_are_not_merged_nor_texts_of_absurd_length() -> None:
    assert merge_lines("a\nb\n", "a\nx\n", "a\ny\n") is None
    assert merge_lines("a\nb\n", "a\n", "a\ny\n") is None
    assert merge_lines("a\n" * (MOST_LINES + 1), "b\n", "c\n") is None


def test_comments_of_two_edits_with_equal_values_both_survive() -> None:
    tree = apart(TEXT, TEXT.replace("# who", "# ask Bob\n# who"), TEXT.replace("[admin", "# late\n[admin"))
    resolution = tree.resolve()
    assert [outcome.kind for outcome in resolution.outcomes] == [MERGED]
    (text,) = tree.resolved().values()
    assert "# ask Bob" in text and "# late" in text


def test_a_comment_against_a_value_survives_on_either_side() -> None:
    edits = [TEXT.replace("# who", "# ask Bob\n# who"), TEXT.replace('"first"', '"second"')]
    for left, right in (edits, edits[::-1]):
        for time in (0, 9):
            (text,) = apart(TEXT, left, right, time=time).resolved().values()
            assert "# ask Bob" in text and '"second"' in text


def test_a_comment_that_cannot_be_merged_is_named_and_stays_in_the_history() -> None:
    left, right = TEXT.replace("who it is", "one"), TEXT.replace("who it is", "two").replace('"first"', '"second"')
    kinds = [outcome.kind for outcome in apart(TEXT, left, left.replace("one", "two")).resolve().outcomes]
    assert kinds == [TEXT_LEFT]
    kinds = [outcome.kind for outcome in apart(TEXT, left, right).resolve().outcomes]
    assert kinds in ([MERGED, TEXT_LEFT], [TEXT_LEFT])


def test_an_edit_too_long_for_a_conflict_document_stays_in_the_history() -> None:
    def filled(comment: str, spare: int) -> str:
        text = group_text("a", comment=comment)
        return text.replace("comments = ", "comments = " + '"' + "x" * (MAXIMUM_BYTES - len(text) - spare) + '"#')

    kinds = [
        outcome.kind
        for spare in (10, 400)
        for outcome in apart(TEXT, filled("y", spare), filled("z", spare - 1)).resolve().outcomes
    ]
    assert kinds == [TEXT_LEFT, CONFLICT]


def test_a_run_names_what_it_left_in_the_history(domain: Domain) -> None:
    domain.write(0, "groups/a.toml", TEXT)
    domain.replicate()
    domain.edit(0, "groups/a.toml", "who it is", "one")
    domain.edit(1, "groups/a.toml", "who it is", "two")
    report = domain.replicate()
    assert report.identical and report.texts_left == ["groups/a.toml"]
    assert report.as_json()["texts_left_in_history"] == ["groups/a.toml"]


def test_a_file_that_its_unid_would_make_too_long_is_left_alone_and_named(domain: Domain) -> None:
    text = TEXT.partition("\n")[2]
    text += "#" * (MAXIMUM_BYTES - len(text) - 5) + "\n"
    domain.write(0, "groups/long.toml", text)
    domain.write(0, "groups/b.toml", group_text("b"))
    report = domain.replicate()
    assert any("groups/long.toml" in warning and "1 MiB" in warning for warning in report.warnings)
    assert domain.files(0)["groups/long.toml"] == text and list(domain.files(1)) == ["groups/b.toml"]
    assert not report.complete and unid("a") not in text


def test_a_text_that_its_line_ends_would_make_too_long_gets_short_ones(domain: Domain) -> None:
    lines = "#\n" * 1000
    text = group_text("a") + lines
    domain.write(0, "groups/a.toml", text.replace("\n", "\r\n"))
    domain.replicate()
    domain.edit(1, "groups/a.toml", "first", "second" + "x" * (MAXIMUM_BYTES - len(text) - 500))
    assert domain.replicate().identical and domain.all_equal()
    assert "\r" not in domain.files(0)["groups/a.toml"] and "second" in domain.files(0)["groups/a.toml"]
    domain.edit(0, "groups/a.toml", "second", "third")
    assert domain.replicate().identical and "third" in domain.files(2)["groups/a.toml"]
