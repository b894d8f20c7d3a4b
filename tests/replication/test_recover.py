"""What a stop or a loss of power leaves half done is finished or undone, and what hands saved meanwhile stays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from histories import Stopped
from replication_domain import Domain, group_text

from dominocli.directory import swap
from dominocli.replication.history import purge
from dominocli.replication.record import record
from dominocli.replication.replica import Replica
from dominocli.replication.replicate import replicate

A, B = "groups/a.toml", "groups/b.toml"


@pytest.fixture
def edited(domain: Domain) -> Domain:
    domain.write(0, A, group_text("a", members='"one"', comment="two"))
    domain.replicate()
    return domain


def by_links(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swap, "_system_call", lambda: None)


def stopping_at(wanted: str) -> Callable[[str], None]:
    def step(name: str) -> None:
        if name == wanted:
            raise Stopped(name)

    return step


def stopped(domain: Domain, wanted: str) -> Path:
    """Let what the others know come to the second replica, stop it at a step, and return its folder."""
    with pytest.raises(Stopped):
        replicate(domain.root(1), domain.peers(1), clock=domain.clock, step=stopping_at(wanted))
    return domain.root(1)


def stopped_before_replacing(domain: Domain, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Stop the second replica where a file is linked aside and not replaced; return its folder and that name."""
    by_links(monkeypatch)
    domain.write(0, A, group_text("a", members='"four"', comment="two"))
    root = stopped(domain, "aside")
    (aside,) = (root / ".dominocli/swap").glob("*.aside")
    return root, aside


def test_what_a_hand_saves_at_the_old_name_while_a_move_is_finished_is_an_edit(
    edited: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_links(monkeypatch)
    (edited.root(0) / A).rename(edited.root(0) / B)
    root = stopped(edited, "linked")
    assert (root / A).samefile(root / B)
    saved: list[str] = []

    def saving(name: str) -> None:
        if name == "displace" and not saved:
            saved.append(name)
            new = root / "groups/.new"
            new.write_text((root / A).read_text().replace("two", "three"))
            new.rename(root / A)

    replica = Replica.open(root, edited.clock, step=saving)
    record(replica, command="replicate")
    replica.close()
    assert saved and not list((root / ".dominocli/swap").iterdir())
    assert edited.replicate().identical
    assert list(edited.files(0)) == [B] and '"three"' in edited.files(0)[B] and edited.all_equal()


def test_what_is_torn_at_the_old_name_while_a_move_is_finished_stands_there_again(
    edited: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_links(monkeypatch)
    (edited.root(0) / A).rename(edited.root(0) / B)
    root = stopped(edited, "linked")

    def tearing(name: str) -> None:
        if name == "displace" and (root / A).exists() and (root / A).samefile(root / B):
            (root / "groups/.new").write_text("[half")
            (root / "groups/.new").rename(root / A)

    replica = Replica.open(root, edited.clock, step=tearing)
    record(replica, command="replicate")
    replica.close()
    assert (root / A).read_text() == "[half" and '"two"' in (root / B).read_text()


def test_a_moved_file_torn_before_the_stop_is_not_taken_for_deleted(edited: Domain) -> None:
    (edited.root(0) / A).rename(edited.root(0) / B)
    root = stopped(edited, "moved")
    whole = (root / B).read_bytes()
    (root / B).write_bytes(b"")
    replica = Replica.open(root, edited.clock)
    assert not record(replica, command="replicate").edits
    replica.close()
    (root / B).write_bytes(whole.replace(b"two", b"three"))
    assert edited.replicate().identical
    assert list(edited.files(0)) == [B] and '"three"' in edited.files(0)[B]


def test_a_file_moved_before_the_stop_was_not_renamed_by_the_hand_that_took_its_old_name(edited: Domain) -> None:
    (edited.root(0) / A).rename(edited.root(0) / B)
    root = stopped(edited, "moved")
    edited.write(1, A, group_text("c", members='"new"'))
    replica = Replica.open(root, edited.clock)
    edits = record(replica, command="replicate").edits
    replica.close()
    assert [edit.file for edit in edits] == [A]
    assert edited.replicate().identical
    assert sorted(edited.files(0)) == [A, B] and edited.all_equal()


def test_an_exchange_that_the_power_took_back_after_the_new_file_was_edited_reverts_nothing(edited: Domain) -> None:
    edited.edit(0, A, "one", "four")
    root = stopped(edited, "exchanged")
    (left,) = (root / ".dominocli/swap").iterdir()
    old, new = left.read_bytes(), (root / A).read_bytes()
    assert b'"one"' in old and b'"four"' in new
    left.write_bytes(new.replace(b"two", b"three"))
    (root / A).write_bytes(old)
    assert edited.replicate().identical
    held = edited.files(0)[A]
    assert '"four"' in held and '"three"' in held and edited.all_equal()


def test_an_exchange_that_the_power_took_back_after_the_new_file_was_torn_reverts_nothing(edited: Domain) -> None:
    edited.edit(0, A, "one", "four")
    root = stopped(edited, "exchanged")
    (left,) = (root / ".dominocli/swap").iterdir()
    (root / A).write_bytes(left.read_bytes())
    left.write_bytes(b"[half")
    assert edited.replicate().identical
    assert '"four"' in edited.files(0)[A] and edited.all_equal()


def test_an_exchange_that_the_power_took_back_is_no_deletion_of_what_nobody_saw(edited: Domain) -> None:
    edited.edit(0, A, "one", "four")
    root = stopped(edited, "exchanged")
    (left,) = (root / ".dominocli/swap").iterdir()
    (root / A).unlink()
    left.write_bytes(b"[half")
    assert edited.replicate().identical
    assert any('"four"' in text for text in edited.files(0).values()) and edited.all_equal()


def test_the_edit_of_a_new_file_stays_though_its_name_was_lost_and_the_file_came_back(domain: Domain) -> None:
    domain.write(0, A, group_text("a", members='"one"', comment="two"))
    root = stopped(domain, "created")
    (left,) = (root / ".dominocli/swap").iterdir()
    whole = left.read_bytes()
    assert left.samefile(root / A)
    (root / A).write_bytes(whole.replace(b"two", b"three"))
    (root / A).unlink()
    (root / A).write_bytes(whole)
    assert domain.replicate().identical
    assert '"three"' in domain.files(0)[A] and domain.all_equal()


def test_a_purge_after_a_stop_brings_no_removed_file_back(edited: Domain) -> None:
    (edited.root(0) / A).unlink()
    root = stopped(edited, "discard")
    assert not (root / A).exists() and list((root / ".dominocli/swap").iterdir())
    edited.clock.now += 100 * 86_400
    assert purge(root, clock=edited.clock).documents == 1
    assert edited.replicate(1).identical
    assert not edited.files(0) and not edited.files(1)


def test_a_purge_keeps_the_text_of_a_file_that_is_not_removed_yet(edited: Domain) -> None:
    (edited.root(0) / A).unlink()
    root = stopped(edited, "displace")
    edited.clock.now += 100 * 86_400
    assert purge(root, clock=edited.clock).documents == 1 and (root / A).exists()
    stopped(edited, "discard")
    assert edited.replicate(1).identical
    assert not edited.files(0) and not edited.files(1)
    assert purge(root, clock=edited.clock).texts == 1


def test_what_a_hand_saved_and_the_power_left_only_linked_aside_is_an_edit(
    edited: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, aside = stopped_before_replacing(edited, monkeypatch)
    saved = (root / A).read_text().replace("two", "three")
    aside.unlink()
    aside.write_text(saved)
    assert edited.replicate().identical
    assert '"three"' in edited.files(1)[A] and '"four"' in edited.files(1)[A] and edited.all_equal()
    assert not list((root / ".dominocli/swap").iterdir())


def test_a_file_that_is_still_linked_aside_gives_one_edit(edited: Domain, monkeypatch: pytest.MonkeyPatch) -> None:
    by_links(monkeypatch)
    edited.write(0, A, group_text("a", members='"four"', comment="two"))
    saved: list[str] = []

    def saving(name: str) -> None:
        if name == "exchange":
            (edited.root(1) / A).write_text((edited.root(1) / A).read_text().replace("two", "three"))
            saved.append(name)
        if name == "aside":
            raise Stopped(name)

    with pytest.raises(Stopped):
        replicate(edited.root(1), edited.peers(1), clock=edited.clock, step=saving)
    assert saved and edited.replicate().identical
    assert list(edited.files(1)) == [A] and '"three"' in edited.files(1)[A] and '"four"' in edited.files(1)[A]
    assert not list((edited.root(1) / ".dominocli/swap").iterdir())


def test_an_exchange_that_the_power_took_back_is_no_deletion_of_the_new_text(
    edited: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, aside = stopped_before_replacing(edited, monkeypatch)
    aside.with_suffix("").write_text("[half")
    (root / A).unlink()
    edited.replicate()
    (conflict,) = edited.files(0).values()
    assert '"four"' in conflict and edited.all_equal()


def test_a_torn_swap_file_beside_what_is_linked_aside_keeps_nobody_from_going_on(
    edited: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, aside = stopped_before_replacing(edited, monkeypatch)
    swap_file = aside.with_suffix("")
    (root / A).unlink()
    (root / A).write_bytes(swap_file.read_bytes())
    swap_file.write_text("[half")
    assert edited.replicate(1).identical
    assert '"four"' in edited.files(1)[A] and edited.all_equal()
    assert not aside.exists() and not swap_file.exists()


def test_a_new_name_is_durable_before_the_old_one_goes(edited: Domain, monkeypatch: pytest.MonkeyPatch) -> None:
    by_links(monkeypatch)
    (edited.root(0) / A).rename(edited.root(0) / B)
    root = stopped(edited, "linked")
    steps: list[str] = []
    replica = Replica.open(root, edited.clock, step=steps.append)
    record(replica, command="replicate")
    replica.close()
    assert steps.index("secured") < steps.index("displace")
