"""Of several edits, the one without which a route would stay as it was is behind it."""

from __future__ import annotations

import pytest
from routing_builder import TUESDAY_NOON, Builder

from dominocli.routing import trials
from dominocli.routing.causes import Causes
from dominocli.routing.changes import changes
from dominocli.routing.trials import Trials


def line() -> Builder:
    """S0 - S1 - S2 - S3 by Connections of cost 1, and a costly way round from S0 to each."""
    builder = Builder()
    for number in range(4):
        builder.server(f"S{number}/Acme", [f"Net{number}"])
    for number in range(3):
        builder.lan(f"S{number}/Acme", f"S{number + 1}/Acme", f"l{number}", routing_cost=1)
    for number in (2, 3):
        builder.lan("S0/Acme", f"S{number}/Acme", f"round{number}", routing_cost=9)
    return builder


def settled(before: Builder, after: Builder, server: str = "S0/Acme") -> dict[str, str | None]:
    """The causes of a server's changes, by destination; every file that differs is an edit of its own."""
    files = sorted(before.texts.keys() | after.texts.keys())
    undone = {
        f.removesuffix(".toml"): {f: before.texts.get(f)} for f in files if before.texts.get(f) != after.texts.get(f)
    }
    old = before.table(server)
    new = after.table(server)
    traced = Causes(after.network).traced(old, new, changes(old, new))
    found = Trials(after.view, undone, TUESDAY_NOON).settled(old, traced)
    return {change.destination: change.document for change in found}


def test_deletion_is_behind_the_detours_it_leads_to() -> None:
    before, after = line(), line()
    after.remove("connections/l1")
    after.server("S3/Acme", ["Net3"], server_title="Three")
    assert settled(before, after) == {"S2/Acme": "connections/l1", "S3/Acme": "connections/l1"}


def test_each_of_two_edits_is_behind_its_own_changes() -> None:
    before, after = line(), line()
    after.remove("connections/l2")
    after.lan("S0/Acme", "S1/Acme", "l0", routing_cost=3)
    found = settled(before, after)
    assert found == {"S1/Acme": "connections/l0", "S2/Acme": "connections/l0", "S3/Acme": "connections/round3"}
    assert settled(before, after, "S2/Acme") == {"S3/Acme": "connections/l2"}


def test_change_traced_to_an_edit_is_left_as_it_is() -> None:
    before, after = line(), line()
    after.lan("S1/Acme", "S2/Acme", "l1", routing_cost=2)
    assert settled(before, after) == {"S2/Acme": "connections/l1", "S3/Acme": "connections/l1"}


def test_server_that_an_edit_brings_has_no_table_without_it() -> None:
    before, after = line(), line()
    before.remove("connections/l1")
    old = after.table("S1/Acme")
    found = changes(old, before.table("S1/Acme"))
    undone = {"servers/s1-acme": {"servers/s1-acme.toml": None}}
    assert list(Trials(before.view, undone, TUESDAY_NOON).settled(old, found)) == found


def test_no_more_tables_than_worth_it_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "TRIALS", 0)
    before, after = line(), line()
    after.remove("connections/l1")
    assert settled(before, after) == {"S2/Acme": "connections/round2", "S3/Acme": "connections/round3"}
