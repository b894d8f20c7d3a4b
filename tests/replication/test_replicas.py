"""Replicas are made, left alone, verified and listed; a foreign folder is never written to."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from replication_domain import Domain, group_text, snapshot

from dominocli import errors
from dominocli.directory.settings import Settings, read_replica, read_settings
from dominocli.replication import replicas
from dominocli.replication.replicate import Peer, replicate

OURS = Settings("ab" * 16, "Acme", "Acme")


def test_init_makes_a_directory_that_git_does_not_see_the_state_of(tmp_path: Path) -> None:
    root = tmp_path / "deep" / "acme"
    replicas.init(root, OURS, "Hub/Acme")
    assert read_settings(root) == OURS
    assert (root / ".dominocli/.gitignore").read_text() == "*\n"
    replica = read_replica(root)
    assert replica is not None and replica.server == "Hub/Acme" and len(replica.instance) == 32
    assert not [name for name in ("connections", "groups") if (root / name).exists()]
    with pytest.raises(errors.DirectoryExists):
        replicas.init(root, OURS, "Hub/Acme")


def test_create_makes_a_replica_once_and_leaves_an_existing_one(domain: Domain, tmp_path: Path) -> None:
    there = tmp_path / "new"
    assert replicas.create(domain.hub, "New/Acme", str(there)).state == "created"
    before = snapshot(there)
    assert replicas.create(domain.hub, "New/Acme", str(there)).state == "exists"
    assert snapshot(there) == before
    assert read_settings(there) == read_settings(domain.hub)
    assert replicas.create(domain.hub, "Hub/Acme", str(domain.hub)).state == "exists"


def test_create_takes_an_interrupted_one_up_again(domain: Domain, tmp_path: Path) -> None:
    there = tmp_path / "new"
    replicas.create(domain.hub, "New/Acme", str(there))
    (there / "directory.toml").unlink()
    replica = read_replica(there)
    assert replicas.create(domain.hub, "New/Acme", str(there)).state == "created"
    assert read_replica(there) == replica


def test_create_refuses_foreign_folders_and_other_directories(domain: Domain, tmp_path: Path) -> None:
    full, other, file = tmp_path / "full", tmp_path / "other", tmp_path / "file"
    full.mkdir()
    (full / "holiday.jpg").write_bytes(b"x")
    replicas.init(other, OURS._replace(replica_id="cd" * 16), "X/Other")
    file.write_text("x")
    before = snapshot(tmp_path)
    for location in (full, other, file, Path("relative")):
        with pytest.raises(errors.OtherDirectory):
            replicas.create(domain.hub, "New/Acme", str(location))
    for far in ("ftp://host/acme", "couchdb+https://host/names"):
        with pytest.raises(errors.CarrierUnavailable):
            replicas.create(domain.hub, "New/Acme", far)
    assert snapshot(tmp_path) == before


def test_create_makes_a_clone_a_replica(domain: Domain, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    (clone / "groups").mkdir(parents=True)
    shutil.copy(domain.hub / "directory.toml", clone)
    (clone / "groups/a.toml").write_text(group_text("a"))
    assert replicas.create(domain.hub, "Clone/Acme", str(clone)).state == "created"
    assert (clone / "groups/a.toml").read_text() == group_text("a")


def test_a_folder_that_cannot_be_made_is_an_error_of_its_own(domain: Domain, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(errors.UnreadableFile):
        replicas.create(domain.hub, "New/Acme", str(tmp_path / "file" / "below"))


def test_verify_and_listing_tell_how_replicas_stand_and_change_nothing(domain: Domain, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    broken = tmp_path / "broken"
    replicas.create(domain.hub, "Broken/Acme", str(broken))
    (broken / ".dominocli/replica.toml").write_text("x = ")
    peers = [*domain.peers(), Peer("Empty/Acme", str(tmp_path / "empty")), Peer("Hub/Acme", str(domain.hub))]
    peers += [Peer("Far/Acme", "ssh://host/acme"), Peer("Broken/Acme", str(broken))]
    peers.append(Peer("Wrong/Acme", str(domain.root(1))))
    before = snapshot(tmp_path)
    listed = replicas.listing(domain.hub, peers, clock=domain.clock)
    assert replicas.verify(domain.hub, "Mail1/Acme", str(domain.root(1)), clock=domain.clock).state == "verified"
    assert replicas.verify(domain.hub, "Empty/Acme", str(tmp_path / "empty"), clock=domain.clock).state == "missing"
    assert snapshot(tmp_path) == before
    assert {entry.server: entry.state for entry in listed} == {
        "Broken/Acme": "unreachable",
        "Empty/Acme": "missing",
        "Far/Acme": "unreachable",
        "Hub/Acme": "exists",
        "Mail1/Acme": "exists",
        "Mail2/Acme": "exists",
        "Wrong/Acme": "exists",
    }
    assert "calls itself" in listed[-1].reason and listed[0].as_json()["state"] == "unreachable"


def test_another_directory_is_missing_as_a_replica(domain: Domain, tmp_path: Path) -> None:
    replicas.init(tmp_path / "other", OURS._replace(replica_id="cd" * 16), "X/Other")
    (state,) = replicas.listing(domain.hub, [Peer("X/Other", str(tmp_path / "other"))], clock=domain.clock)
    assert state.state == "missing" and "another directory" in state.reason


def test_a_replica_that_lost_its_identity_gets_a_new_one_and_keeps_its_journal(domain: Domain) -> None:
    domain.write(0, "groups/a.toml", group_text("a"))
    replicate(domain.hub, domain.peers(), clock=domain.clock)
    before = read_replica(domain.hub)
    journal = (domain.hub / ".dominocli/state.sqlite").read_bytes()
    (domain.hub / ".dominocli/replica.toml").unlink()
    replicas.init(domain.hub, read_settings(domain.hub), "Hub/Acme")
    after = read_replica(domain.hub)
    assert before is not None and after is not None
    assert after.instance != before.instance
    assert (domain.hub / ".dominocli/state.sqlite").read_bytes() == journal
    domain.edit(1, "groups/a.toml", "first", "second")
    report = replicate(domain.hub, domain.peers(), clock=domain.clock)
    assert report.complete and report.identical
    (domain.hub / ".dominocli/replica.toml").unlink()
    (domain.hub / "directory.toml").unlink()
    with pytest.raises(errors.DirectoryExists):
        replicas.init(domain.hub, OURS, "Hub/Acme")


@pytest.mark.parametrize("inside", ["connections/new", "groups", ".dominocli/new", "servers/deep/new"])
def test_no_replica_is_made_among_documents_or_state(domain: Domain, inside: str) -> None:
    before = snapshot(domain.root(1))
    for make in (
        lambda folder: replicas.create(domain.hub, "New/Acme", str(folder)),
        lambda folder: replicas.init(folder, OURS, "New/Acme"),
    ):
        with pytest.raises(errors.OtherDirectory, match="is inside"):
            make(domain.root(1) / inside)
    assert snapshot(domain.root(1)) == before


def test_confirming_a_url_keeps_what_a_hand_wrote(domain: Domain, monkeypatch: pytest.MonkeyPatch) -> None:
    file = domain.hub / ".dominocli/replica.toml"
    file.write_text("# the hub's own\n" + file.read_text() + '\n[peers]\n# over the cable\n"A/Acme" = "/a"\n')
    state = replicas.ReplicaState("Far/Acme", "ssh://far.example/acme", replicas.EXISTS)
    monkeypatch.setattr(replicas, "_state", lambda *_: state)
    assert replicas.verify(domain.hub, *state[:2], clock=domain.clock).state == "verified"
    text = file.read_text()
    assert "# the hub's own\n" in text and "# over the cable\n" in text
    replica = read_replica(domain.hub)
    assert replica is not None
    assert (replica.verified, replica.peers) == ({"Far/Acme": "ssh://far.example/acme"}, {"A/Acme": "/a"})
