"""Observing tells what a hand did from what was last seen and what is there."""

from __future__ import annotations

import hashlib

import pytest
from replication_domain import unid

from dominocli.directory.text import Fault
from dominocli.replication.observe import Observation, Seen, observe
from dominocli.replication.record import FileNow

A, B = unid("a"), unid("b")


def derive(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def file(name: str, digest: str, given: str = "", fault: object = None) -> FileNow:
    return FileNow(name, digest, given, fault)


def look(*files: FileNow, seen: dict[str, Seen] | None = None) -> Observation:
    return observe(files, {A: Seen("1-x", "a", "1")} if seen is None else seen, derive)


def edits(observation: Observation) -> list[tuple[str, str, str, str]]:
    return [tuple(edit) for edit in observation.edits]  # type: ignore[misc]


def test_what_is_as_it_was_seen_is_no_edit_with_or_without_a_unid() -> None:
    assert not look(file("a", "1", A)).edits and not look(file("a", "1")).edits


def test_each_kind_of_edit() -> None:
    assert edits(look(file("a", "2", A))) == [(A, "changed", "a", "a")]
    assert edits(look(file("b", "1", A))) == [(A, "renamed", "b", "a")]
    assert edits(look()) == [(A, "deleted", "a", "a")]
    assert edits(look(file("a", "1", A), file("b", "2", B))) == [(B, "created", "b", "")]
    assert look(file("b", "1", A)).edits[0].as_json()["kind"] == "renamed"


def test_a_file_that_lost_its_unid_is_still_the_document_of_its_path() -> None:
    assert edits(look(file("a", "2"))) == [(A, "changed", "a", "a")]


def test_a_new_file_without_unid_gets_one_from_its_path() -> None:
    observation = look(file("a", "1", A), file("n", "2"))
    assert edits(observation) == [(derive("n"), "created", "n", "")]


def test_a_second_file_at_a_path_that_gave_a_unid_already_gets_another() -> None:
    seen = {derive("n"): Seen("1-x", "moved", "1")}
    observation = look(file("moved", "1"), file("n", "2"), seen=seen)
    assert edits(observation) == [(derive("n\n2"), "created", "n", "")] and not observation.findings


def test_a_copy_gets_a_unid_of_its_own_with_a_warning() -> None:
    for original in (file("a", "1", A), file("a", "9", A)):
        observation = look(original, file("copy", "1", A))
        assert (derive("copy\n1"), "created", "copy", "") in edits(observation)
        assert [finding.severity for finding in observation.findings] == ["warning"]


def test_a_new_file_at_the_path_a_unid_was_made_from_gets_another() -> None:
    derived = derive("a")
    moved, new = file("b", "1", derived), file("a", "2")
    observation = look(moved, new, seen={derived: Seen("1-x", "elsewhere", "0")})
    assert edits(observation) == [(derive("a\n2"), "created", "a", ""), (derived, "renamed", "b", "elsewhere")]
    assert not observation.findings


def test_a_new_file_at_the_old_path_of_a_renamed_one_is_another_document() -> None:
    assert edits(look(file("a", "2"), file("b", "3", A))) == [
        (derive("a\n2"), "created", "a", ""),
        (A, "renamed", "b", "a"),
    ]


def test_a_new_file_with_the_unid_of_a_torn_one_made_from_its_path_gets_another() -> None:
    derived = derive("b")
    observation = look(file("a", "2", fault="torn"), file("b", "3"), seen={derived: Seen("1-x", "a", "1")})
    assert edits(observation) == [(derive("b\n3"), "created", "b", "")] and observation.left_alone == {"a"}


def test_a_renamed_file_and_its_copy_cannot_be_told_apart() -> None:
    observation = look(file("b", "1", A), file("c", "1", A))
    assert not observation.edits and observation.left_alone == {"b", "c"}
    assert [finding.severity for finding in observation.findings] == ["error", "error"]


def test_a_file_that_does_not_parse_is_neither_changed_nor_deleted() -> None:
    observation = look(file("a", "2", fault="torn"))
    assert not observation.edits and observation.as_json() == {"edits": [], "left_alone": ["a"]}


def test_a_document_that_a_file_names_which_does_not_parse_was_not_deleted() -> None:
    markers = Fault("the file holds merge markers", 3, "", unid=A)
    observation = look(file("elsewhere", "2", fault=markers))
    assert not observation.edits and observation.left_alone == {"elsewhere"}
    assert edits(look(file("elsewhere", "2", fault=markers), file("b", "1", A))) == [(A, "renamed", "b", "a")]


def test_a_document_beside_a_torn_file_at_its_old_path_was_renamed() -> None:
    assert edits(look(file("a", "2", fault="torn"), file("b", "1", A))) == [(A, "renamed", "b", "a")]


def test_a_missing_document_is_not_taken_for_deleted_while_a_torn_file_may_be_it() -> None:
    observation = look(file("b", "2", fault="torn"), file("c", "3", B))
    assert edits(observation) == [(B, "created", "c", "")]
    (finding,) = observation.findings
    assert (finding.file, finding.severity) == ("b", "warning") and "a waits" in finding.message
    seen = {unid(name): Seen("1-x", name, "1") for name in "acde"}
    assert "a, c, d and 1 more waits" in look(file("b", "2", fault="torn"), seen=seen).findings[0].message


def test_a_torn_file_that_is_somebody_s_holds_no_deletion_up() -> None:
    seen = {A: Seen("1-x", "a", "1"), B: Seen("1-y", "b", "2")}
    assert edits(look(file("b", "3", fault="torn"), seen=seen)) == [(A, "deleted", "a", "a")]
    other = Fault("the file holds merge markers", 3, "", unid=B)
    assert edits(look(file("c", "3", fault=other), seen=seen)) == [(A, "deleted", "a", "a")]


def test_two_documents_that_exchanged_their_names() -> None:
    seen = {A: Seen("1-x", "a", "1"), B: Seen("1-y", "b", "2")}
    found = edits(look(file("a", "2", B), file("b", "1", A), seen=seen))
    assert found == [(B, "renamed", "a", "b"), (A, "renamed", "b", "a")]


def test_a_deleted_document_that_was_seen_to_go_is_no_edit() -> None:
    assert not look(seen={A: Seen("2-x", "", "")}).edits
    assert edits(look(file("a", "1", A), seen={A: Seen("2-x", "", "")})) == [(A, "created", "a", "")]


def test_more_than_half_of_ten_is_a_mass_deletion() -> None:
    seen = {unid(str(n)): Seen("1-x", str(n), "1") for n in range(10)}
    files = [file(str(n), "1", unid(str(n))) for n in range(10)]
    assert look(*files[:4], seen=seen).mass_deletion == 6
    assert look(*files[:5], seen=seen).mass_deletion == 0
    assert look(seen=dict(list(seen.items())[:9])).mass_deletion == 0


def test_a_second_copy_of_the_same_content_never_takes_the_identity_of_the_first() -> None:
    first = derive("copy\n1")
    seen = {A: Seen("1-x", "a", "1"), first: Seen("1-y", "moved", "7")}
    observation = look(file("a", "1", A), file("moved", "7", first), file("copy", "1", A), seen=seen)
    assert edits(observation) == [(derive(first), "created", "copy", "")]
    gone = {A: Seen("1-x", "a", "1"), first: Seen("2-y", "", "")}
    assert edits(look(file("a", "1", A), file("copy", "1", A), seen=gone))[0][0] == derive(first)


def test_a_copy_edited_before_its_own_unid_was_put_in_is_the_same_document_still() -> None:
    copy = derive("copy\n1")
    seen = {A: Seen("1-x", "a", "1"), copy: Seen("1-y", "copy", "1")}
    observation = look(file("a", "1", A), file("copy", "2", A), seen=seen)
    assert edits(observation) == [(copy, "changed", "copy", "copy")]
    assert [finding.file for finding in observation.findings] == ["copy"]
    both = look(file("a", "3", A), file("copy", "2", A), seen=seen)
    assert edits(both) == [(A, "changed", "a", "a"), (copy, "changed", "copy", "copy")]


def test_a_document_copied_over_another_one_that_moved_away_is_a_new_one() -> None:
    seen = {A: Seen("1-x", "a", "1"), B: Seen("1-y", "b", "2")}
    observation = look(file("a", "1", A), file("b", "1", A), file("moved", "3", B), seen=seen)
    assert edits(observation) == [(derive("b\n1"), "created", "b", ""), (B, "renamed", "moved", "b")]


@pytest.mark.parametrize("given", [B, ""])
def test_a_document_copied_over_another_one_that_may_lie_torn_elsewhere_is_a_new_one(given: str) -> None:
    seen = {A: Seen("1-x", "a", "1"), B: Seen("1-y", "b", "2")}
    torn = file("moved", "3", fault=Fault("it is torn", 1, "", unid=given))
    assert edits(look(file("a", "1", A), file("b", "1", A), torn, seen=seen)) == [(derive("b\n1"), "created", "b", "")]
