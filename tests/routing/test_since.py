"""A recalculation names as causes only documents that differ from those the old table was made from."""

from __future__ import annotations

from pathlib import Path

import pytest
from routing_builder import TUESDAY_NOON, Builder

from dominocli.directory.text import hash_of_text
from dominocli.routing import trials
from dominocli.routing.made_from import altered, pack_documents
from dominocli.routing.recalc import recalculate


def line(root: Path) -> Builder:
    """A - B - C by Connections, each in a network of its own; OtherNet leaves at C."""
    builder = Builder()
    for name in "ABC":
        builder.server(f"{name}/Acme", [f"Net{name}"], smtp=True)
    builder.configuration(name="default")
    builder.group("Exits", ["C/Acme"])
    for source, target in (("A", "B"), ("B", "C"), ("B", "A"), ("C", "B")):
        builder.lan(f"{source}/Acme", f"{target}/Acme", f"{source}{target}".lower(), routing_cost=3)
    builder.pattern("*.other.example", "OtherNet", "othernet")
    builder.smtp("C/Acme", "OtherNet", "smtp", smtp_mta_relay_host="relay.example")
    builder.write(root, "A/Acme")
    recalculate(root, ["A/Acme"], dry_run=False, now=TUESDAY_NOON)
    return builder


def causes(builder: Builder, root: Path, old: dict[str, str] | None = None) -> dict[str, str | None]:
    """Recalculate A with what a builder has now: the document behind each destination. `old` has texts known."""
    builder.write(root, "A/Acme")

    def past(folder: Path, file: str, mark: str) -> str | None:
        text = (old or {}).get(file)
        assert folder == root
        assert text is None or hash_of_text(text).startswith(mark)
        return text

    (result,) = recalculate(root, ["A/Acme"], dry_run=False, now=TUESDAY_NOON, past=past)
    return {change.destination: change.document for change in result.changed}


def test_only_document_that_differs_is_behind_all_changes(tmp_path: Path) -> None:
    builder = line(tmp_path)
    builder.server("B/Acme", ["NetB", "NetC"], smtp=True)
    far = ("C/Acme", "OtherNet", "*.other.example")
    assert causes(builder, tmp_path) == dict.fromkeys(far, "servers/b-acme")
    builder.remove("servers/b-acme")
    found = causes(builder, tmp_path)
    assert set(far) <= set(found)
    assert set(found.values()) == {"servers/b-acme"}


def test_of_several_that_differ_the_one_that_can_be_undone_to_effect_is_the_cause(tmp_path: Path) -> None:
    builder = line(tmp_path)
    old = dict(builder.texts)
    builder.server("B/Acme", ["NetB", "NetC"], smtp=True)
    builder.server("A/Acme", ["NetA"], smtp=True, server_title="First")
    builder.group("Exits", ["A/Acme"])
    far = ("C/Acme", "OtherNet", "*.other.example")
    assert causes(builder, tmp_path, old) == dict.fromkeys(far, "servers/b-acme")
    old = dict(builder.texts)
    builder.remove("servers/b-acme")
    builder.server("A/Acme", ["NetA"], smtp=True, server_title="Second")
    assert set(causes(builder, tmp_path, old).values()) == {"servers/b-acme"}


def test_document_that_did_not_change_is_never_named(tmp_path: Path) -> None:
    builder = line(tmp_path)
    builder.server("B/Acme", ["NetB", "NetC"], smtp=True)
    builder.server("A/Acme", ["NetA"], smtp=True, server_title="First")
    assert set(causes(builder, tmp_path).values()) == {None}


def test_new_document_can_be_undone_without_any_text_of_the_past(tmp_path: Path) -> None:
    builder = line(tmp_path)
    builder.server("A/Acme", ["NetA"], smtp=True, server_title="First")
    builder.server("D/Acme", ["NetD"])
    builder.lan("A/Acme", "D/Acme", "ad")
    builder.lan("D/Acme", "C/Acme", "dc")
    found = causes(builder, tmp_path)
    assert found["D/Acme"] in ("connections/ad", "servers/d-acme")
    assert found["C/Acme"] in ("connections/ad", "connections/dc")


def test_edit_without_routing_field_is_no_difference_later(tmp_path: Path) -> None:
    builder = line(tmp_path)
    builder.server("A/Acme", ["NetA"], smtp=True, server_title="First")
    assert causes(builder, tmp_path) == {}
    builder.server("B/Acme", ["NetB", "NetC"], smtp=True)
    assert set(causes(builder, tmp_path).values()) == {"servers/b-acme"}


def test_group_by_which_a_server_may_not_send_is_named(tmp_path: Path) -> None:
    builder = line(tmp_path)
    builder.configuration("Exits", smtp_outside="Disabled")
    builder.group("Exits", ["A/Acme"])
    causes(builder, tmp_path)
    lost_and_back = dict.fromkeys(("OtherNet", "*.other.example", "other Internet domains"), "groups/exits")
    builder.group("Exits", ["C/Acme"])
    assert causes(builder, tmp_path) == lost_and_back
    old = dict(builder.texts)
    builder.group("Exits", ["A/Acme"])
    builder.server("A/Acme", ["NetA"], smtp=True, server_title="First")
    assert causes(builder, tmp_path, old) == lost_and_back


def test_documents_of_a_table_that_cannot_be_read_are_not_known() -> None:
    texts = [("servers/a.toml", "", "0" * 64), ("servers/b.toml", "", "1" * 64)]
    now = pack_documents(texts)
    assert altered(now, now) == {}
    assert altered(now, pack_documents(texts[1:])) == {"servers/a.toml": "00000000"}
    assert altered(pack_documents([]), now) == {"servers/a.toml": "", "servers/b.toml": ""}
    for damaged in (b"", b"\x01", now[:-4], now[:12], b"\x03" + now[1:], now[:12] + b"no zlib"):
        assert altered(damaged, now) is None, damaged


def test_edits_of_a_large_directory_are_not_undone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    builder = line(tmp_path)
    old = dict(builder.texts)
    monkeypatch.setattr(trials, "DOCUMENTS_TRIED", len(old) - 1)
    builder.server("B/Acme", ["NetB", "NetC"], smtp=True)
    builder.server("A/Acme", ["NetA"], smtp=True, server_title="First")
    assert set(causes(builder, tmp_path, old).values()) == {None}


def test_document_newly_not_used_is_the_cause_of_what_cannot_be_tried(tmp_path: Path) -> None:
    builder = line(tmp_path)
    builder.lan("B/Acme", "C/Acme", "bc", schedule="Disabled")
    builder.server("A/Acme", ["NetA"], smtp=True, server_title="First")
    assert causes(builder, tmp_path)["C/Acme"] == "connections/bc"
