"""One replicate makes all replicas equal and loses nothing; what cannot be done is reported."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest
from replication_domain import START, Domain, group_text, snapshot, unid

from dominocli import errors
from dominocli.directory.lock import locked
from dominocli.directory.settings import Settings, read_replica, replica_text
from dominocli.replication import replicas
from dominocli.replication.carriers.folder import FolderCarrier
from dominocli.replication.history import purge
from dominocli.replication.record import observe_root
from dominocli.replication.replica import Clock
from dominocli.replication.replicate import Peer, replicate
from dominocli.replication.status import pending


def filled(domain: Domain, *names: str) -> Domain:
    for name in names:
        domain.write(0, f"groups/{name}.toml", group_text(name))
    assert domain.replicate().identical
    return domain


def test_three_replicas_edited_apart_become_equal_in_one_run(domain: Domain) -> None:
    filled(domain, "a", "b", "c", "d")
    domain.edit(0, "groups/a.toml", '"first"', '"second"')
    domain.edit(1, "groups/a.toml", '"Mail1/Acme"', '"Mail9/Acme"')
    domain.edit(0, "groups/b.toml", '"first"', '"one"')
    domain.edit(1, "groups/b.toml", '"first"', '"other"')
    (domain.root(2) / "groups/c.toml").unlink()
    domain.edit(1, "groups/c.toml", '"first"', '"kept"')
    (domain.root(2) / "groups/d.toml").rename(domain.root(2) / "groups/dd.toml")
    domain.edit(1, "groups/d.toml", '"first"', '"renamed"')

    report = domain.replicate()

    assert report.identical and domain.all_equal()
    files = domain.files(0)
    assert '"second"' in files["groups/a.toml"] and '"Mail9/Acme"' in files["groups/a.toml"]
    assert sorted(report.merged) == ["groups/a.toml", "groups/dd.toml"]
    b_conflict, c_conflict = sorted(report.conflicts)
    assert {'"one"' in files["groups/b.toml"], '"other"' in files["groups/b.toml"]} == {True, False}
    assert ('"one"' in files[b_conflict]) != ('"one"' in files["groups/b.toml"])
    assert '"kept"' in files[c_conflict] and "groups/c.toml" not in files
    assert '"renamed"' in files["groups/dd.toml"] and "groups/d.toml" not in files
    assert report.open_conflicts == [b_conflict, c_conflict] and not report.complete

    before = [domain.files(number) for number in range(3)]
    again = domain.replicate()
    assert before == [domain.files(number) for number in range(3)]
    assert again.identical and not again.conflicts and not again.merged
    assert all(not any(server.pulled.as_json().values()) for server in again.servers)
    assert all(not any(server.pushed.as_json().values()) for server in again.servers)


def test_a_third_run_writes_nothing_at_all(domain: Domain) -> None:
    filled(domain, "a", "b")
    domain.replicate()
    before = [snapshot(domain.root(number)) for number in range(3)]
    domain.replicate()
    after = [snapshot(domain.root(number)) for number in range(3)]
    changed = {f for b, a in zip(before, after, strict=True) for f in b.keys() | a.keys() if b.get(f) != a.get(f)}
    # The journal keeps when the clock was last read.
    assert changed <= {".dominocli/lock", ".dominocli/state.sqlite", ".dominocli/state.sqlite-journal"}


def test_a_deletion_with_fewer_saves_than_an_edit_is_undone_and_named(domain: Domain) -> None:
    filled(domain, "a")
    (domain.root(2) / "groups/a.toml").unlink()
    for comment in ("second", "third"):
        domain.write(1, "groups/a.toml", group_text("a", comment=comment))
        replicate(domain.root(1), [], clock=domain.clock)
    report = domain.replicate()
    assert report.identical and domain.all_equal()
    assert report.undone == ["groups/a.toml"] and not report.conflicts
    assert "third" in domain.files(2)["groups/a.toml"]


def test_comments_order_unknown_keys_and_line_ends_survive_a_merge(domain: Domain) -> None:
    text = (
        f'# head\nunid = "{unid("a")}"\nform = "Group"\n\n[administration]\ncomments = "first"  # why\n\n'
        '[basics]\nzeal = "unknown"\nmembers = ["X/Acme"]\n# the name\ngroup_name = "a"\n'
    )
    domain.write(0, "groups/a.toml", text)
    domain.replicate()
    domain.write(1, "groups/a.toml", text.replace("\n", "\r\n"))
    assert not observe_root(domain.root(1)).edits
    domain.edit(1, "groups/a.toml", '"first"', '"second"')
    domain.edit(2, "groups/a.toml", '"X/Acme"', '"Y/Acme"')
    report = domain.replicate()
    merged = text.replace('"first"', '"second"').replace('"X/Acme"', '"Y/Acme"')
    assert report.identical
    assert domain.files(0)["groups/a.toml"] == merged
    assert domain.files(1)["groups/a.toml"] == merged.replace("\n", "\r\n")


def test_a_file_that_does_not_parse_is_left_alone_and_named(domain: Domain) -> None:
    filled(domain, "a", "b")
    domain.write(1, "groups/a.toml", "<<<<<<< ours\n")
    domain.edit(0, "groups/a.toml", "first", "second")
    domain.write(0, "groups/new.toml", "unid = ")
    report = domain.replicate()
    assert domain.files(1)["groups/a.toml"] == "<<<<<<< ours\n"
    assert domain.files(0)["groups/new.toml"] == "unid = "
    assert "second" in domain.files(2)["groups/a.toml"]
    assert "groups/new.toml" in report.left_alone and not report.complete and not report.identical
    assert any("merge markers" in warning for warning in report.warnings)
    domain.write(1, "groups/a.toml", group_text("a", comment="mended"))
    (domain.hub / "groups/new.toml").unlink()
    report = domain.replicate()
    assert report.identical and domain.all_equal()
    assert "mended" in "".join(domain.files(0).values())


def test_a_torn_file_is_not_moved_out_of_the_way_of_a_circle_of_renames(domain: Domain) -> None:
    filled(domain, "a", "b")
    a, b = (domain.hub / f"groups/{name}.toml" for name in "ab")
    text_a, text_b = a.read_text(), b.read_text()
    a.write_text(text_b), b.write_text(text_a)
    torn = domain.root(1) / "groups/a.toml"
    torn.write_text("unid = ")
    before = torn.stat()
    domain.replicate()
    assert (torn.stat().st_ino, torn.stat().st_ctime_ns) == (before.st_ino, before.st_ctime_ns)
    torn.write_text(text_a)
    assert domain.replicate().identical and domain.all_equal()


def test_of_two_files_with_one_unid_the_known_path_keeps_it(domain: Domain) -> None:
    filled(domain, "a")
    domain.write(0, "groups/copy.toml", domain.files(0)["groups/a.toml"])
    report = domain.replicate()
    assert report.identical and domain.all_equal()
    files = domain.files(1)
    assert unid("a") in files["groups/a.toml"] and unid("a") not in files["groups/copy.toml"]
    assert any("gets one of its own" in warning for warning in report.warnings)


def test_two_new_files_with_one_unid_are_both_refused(domain: Domain) -> None:
    domain.write(0, "groups/a.toml", group_text("a"))
    domain.write(0, "groups/b.toml", group_text("a", comment="other"))
    report = domain.replicate()
    assert domain.files(1) == {} and len(domain.files(0)) == 2
    assert report.left_alone == ["groups/a.toml", "groups/b.toml"] and not report.complete


@pytest.mark.parametrize("other", ["groups/a.toml", "groups/A.toml"])
def test_of_two_documents_with_one_path_the_smaller_unid_keeps_it(domain: Domain, other: str) -> None:
    domain.write(0, "groups/a.toml", group_text("one"))
    domain.write(1, other, group_text("two"))
    report = domain.replicate()
    assert report.identical and domain.all_equal()
    smaller, greater = sorted(("one", "two"), key=unid)
    kept = "groups/a.toml" if smaller == "one" else other
    moved = other if smaller == "one" else "groups/a.toml"
    files = domain.files(2)
    assert sorted(files) == sorted([kept, f"{moved.removesuffix('.toml')}--{unid(greater)[:8]}.toml"])
    assert unid(smaller) in files[kept]
    (domain.hub / kept).unlink()
    domain.replicate()
    assert domain.all_equal() and list(domain.files(2)) == [moved]


def test_a_file_without_unid_gets_the_same_one_in_replicas_that_share_it_by_git(domain: Domain) -> None:
    text = group_text("a").partition("\n")[2]
    for number in range(3):
        domain.write(number, "groups/a.toml", text)
    report = domain.replicate()
    assert report.identical and domain.all_equal()
    assert len(domain.files(0)) == 1 and not report.conflicts
    assert '\nunid = "' in domain.files(0)["groups/a.toml"]


def test_documents_that_vanish_all_at_once_are_not_taken_for_deleted(domain: Domain) -> None:
    filled(domain, *"abcdefghijkl")
    shutil.rmtree(domain.root(1) / "groups")
    report = domain.replicate()
    assert [server.state for server in report.servers] == ["refused", "done"]
    assert len(domain.files(0)) == 12
    with pytest.raises(errors.MassDeletion):
        domain.replicate(1)
    report = domain.replicate(1, allow_mass_delete=True)
    assert report.identical and domain.files(0) == {}


def test_a_few_documents_may_vanish(domain: Domain) -> None:
    filled(domain, *"abcdef")
    for name in "abcde":
        (domain.root(1) / f"groups/{name}.toml").unlink()
    assert domain.replicate().identical
    assert list(domain.files(2)) == ["groups/f.toml"]


def test_a_fresh_clone_adopts_what_it_holds_and_loses_no_edit(domain: Domain) -> None:
    filled(domain, "a", "b", "c")
    domain.edit(0, "groups/a.toml", "first", "second")
    domain.replicate()
    shutil.rmtree(domain.root(1))
    (domain.root(1) / "groups").mkdir(parents=True)
    shutil.copy(domain.hub / "directory.toml", domain.root(1))
    domain.write(1, "groups/a.toml", group_text("a"))
    domain.write(1, "groups/b.toml", group_text("b"))
    domain.write(1, "groups/own.toml", group_text("own"))
    assert replicas.create(domain.hub, domain.servers[1], str(domain.root(1))).state == "created"
    assert observe_root(domain.root(1)).fresh
    report = domain.replicate()
    assert report.identical and domain.all_equal() and not report.conflicts
    assert "second" in domain.files(1)["groups/a.toml"]
    assert sorted(domain.files(0)) == [f"groups/{name}.toml" for name in ("a", "b", "c", "own")]


def test_a_fresh_clone_that_replicates_itself_adopts_too(domain: Domain) -> None:
    filled(domain, "a", "b")
    domain.edit(0, "groups/a.toml", "first", "second")
    domain.replicate()
    for path in (domain.root(1) / ".dominocli").glob("state.sqlite*"):
        path.unlink()
    domain.write(1, "groups/a.toml", group_text("a"))
    domain.write(1, "groups/b.toml", group_text("b", comment="edited without a journal"))
    report = domain.replicate(1)
    assert report.identical and domain.all_equal()
    assert "second" in domain.files(1)["groups/a.toml"]
    assert "edited without a journal" in "".join(domain.files(0).values())


def test_a_restored_backup_catches_up_and_keeps_what_was_edited_since(domain: Domain) -> None:
    filled(domain, "a", "b")
    backup = domain.hub.parent / "backup"
    shutil.copytree(domain.root(1), backup)
    domain.edit(1, "groups/a.toml", "first", "second")
    domain.replicate(1)
    domain.edit(2, "groups/a.toml", "second", "third")
    domain.replicate(2)
    shutil.rmtree(domain.root(1))
    backup.rename(domain.root(1))
    domain.edit(1, "groups/b.toml", "first", "after the restore")
    report = domain.replicate()
    assert report.identical and domain.all_equal()
    assert "third" in domain.files(1)["groups/a.toml"] and "after the restore" in domain.files(0)["groups/b.toml"]


def test_a_deleted_document_stays_deleted_after_a_purge_when_an_old_replica_returns(domain: Domain) -> None:
    filled(domain, "a", "b")
    away = domain.peers()[1]
    (domain.hub / "groups/a.toml").unlink()
    replicate(domain.hub, domain.peers()[:1], clock=domain.clock)
    domain.clock.now += 100 * 86400
    assert [purge(domain.root(number), clock=domain.clock).documents for number in (0, 1)] == [1, 1]
    report = replicate(domain.hub, [away], clock=domain.clock)
    assert report.identical and list(domain.files(2)) == ["groups/b.toml"]
    for path in (domain.root(2) / ".dominocli").glob("state.sqlite*"):
        path.unlink()
    domain.write(2, "groups/a.toml", group_text("a"))
    report = replicate(domain.hub, domain.peers(), clock=domain.clock)
    assert report.identical and list(domain.files(0)) == ["groups/b.toml"]


def test_dry_run_observing_and_status_leave_every_byte_even_while_the_lock_is_held(domain: Domain) -> None:
    filled(domain, "a", "b", "c")
    domain.edit(0, "groups/a.toml", "first", "second")
    domain.edit(1, "groups/b.toml", "first", "second")
    (domain.root(2) / "groups/c.toml").unlink()
    domain.write(2, "groups/d.toml", group_text("d"))
    with locked(domain.hub, "test"), locked(domain.root(1), "test"):
        before = snapshot(domain.hub.parent)
        report = domain.replicate(dry_run=True)
        waiting = pending(domain.hub, domain.peers(), clock=domain.clock)
        observed = observe_root(domain.hub)
        assert snapshot(domain.hub.parent) == before
    assert report.identical and report.dry_run
    pulled = [server.pulled.counts for server in report.servers]
    pushed = [server.pushed.counts for server in report.servers]
    assert pulled == [{"added": 0, "updated": 1, "deleted": 0}, {"added": 1, "updated": 0, "deleted": 1}]
    assert pushed == [{"added": 1, "updated": 1, "deleted": 1}, {"added": 0, "updated": 2, "deleted": 0}]
    assert [(entry.pull, entry.push) for entry in waiting] == [(1, 1), (2, 1)]
    assert [(edit.kind, edit.file) for edit in observed.edits] == [("changed", "groups/a.toml")]
    assert domain.replicate().fingerprint == report.fingerprint


def test_a_dry_run_makes_no_state_in_a_new_replica(domain: Domain) -> None:
    domain.write(0, "groups/a.toml", group_text("a"))
    before = snapshot(domain.hub.parent)
    assert domain.replicate(dry_run=True).servers[0].pushed.added == 1
    assert snapshot(domain.hub.parent) == before


def test_nothing_is_written_where_no_replica_is(domain: Domain, tmp_path: Path) -> None:
    filled(domain, "a")
    empty, other, clone = tmp_path / "empty", tmp_path / "other", tmp_path / "clone"
    empty.mkdir()
    replicas.init(other, Settings("cd" * 16, "Other", "Other"), "X/Other")
    clone.mkdir()
    shutil.copy(domain.hub / "directory.toml", clone)
    places = [str(empty), str(other), str(clone), str(tmp_path / "missing"), "relative", str(domain.hub)]
    before = snapshot(tmp_path)
    report = replicate(domain.hub, [Peer(f"S{n}/Acme", place) for n, place in enumerate(places)], clock=domain.clock)
    after = snapshot(tmp_path)
    assert [server.state for server in report.servers] == ["no-replica"] * len(places)
    assert {name for name in after if after[name] != before.get(name)} <= {
        "hub/.dominocli/index",
        "hub/.dominocli/index.values",
        "hub/.dominocli/lock",
        "hub/.dominocli/state.sqlite",
        "hub/.dominocli/state.sqlite-journal",
    }
    assert not report.identical and not report.complete


def test_a_carrier_nobody_knows_is_named(domain: Domain) -> None:
    report = replicate(domain.hub, [Peer("Far/Acme", "ftp://host/x"), *domain.peers()], clock=domain.clock)
    assert [server.state for server in report.servers] == ["unreachable", "done", "done"]
    assert "by ftp" in report.servers[0].reason


def test_a_server_in_use_does_not_stop_the_others(domain: Domain, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(domain, "a")
    domain.edit(0, "groups/a.toml", "first", "second")
    monkeypatch.setattr("dominocli.directory.lock._RETRY_SECONDS", 0.001)
    monkeypatch.setattr("dominocli.replication.replica.WAIT_SECONDS", 0.01)
    with locked(domain.root(1), "something else"):
        report = domain.replicate()
    assert [server.state for server in report.servers] == ["unreachable", "done"]
    assert "something else" in report.servers[0].reason
    assert "second" in domain.files(2)["groups/a.toml"]
    assert domain.replicate().identical


def test_access_is_checked_where_the_change_arrives_and_the_refused_is_offered_again(domain: Domain) -> None:
    filled(domain, "a", "b")
    allow(domain, 1, {"Hub/Acme": ("Editor", False)})
    (domain.hub / "groups/a.toml").unlink()
    domain.edit(0, "groups/b.toml", "first", "second")
    report = domain.replicate()
    assert report.servers[0].refused[0][0] == "groups/a.toml" and not report.complete
    assert list(domain.files(1)) == ["groups/a.toml", "groups/b.toml"]
    assert "second" in domain.files(1)["groups/b.toml"]
    assert domain.replicate().servers[0].refused, "it is not offered again"
    allow(domain, 1, {"Hub/Acme": ("Editor", True)})
    report = domain.replicate()
    assert report.identical and not report.servers[0].refused and list(domain.files(1)) == ["groups/b.toml"]


def test_what_was_refused_is_offered_again_whichever_side_begins(domain: Domain) -> None:
    filled(domain, "a", "b")
    allow(domain, 1, {"Hub/Acme": ("Reader", False)})
    domain.edit(0, "groups/a.toml", "first", "second")
    assert domain.replicate().servers[0].refused
    domain.edit(0, "groups/b.toml", "first", "third")
    assert len(domain.replicate().servers[0].refused) == 2
    allow(domain, 1, {"Hub/Acme": ("Editor", True), "Mail2/Acme": ("Editor", True)})
    report = domain.replicate(1)
    assert report.identical and domain.all_equal() and "second" in domain.files(1)["groups/a.toml"]


@pytest.mark.parametrize(("level", "state"), [("No Access", "refused"), ("Reader", "done")])
def test_a_server_without_the_right_to_write_changes_nothing(domain: Domain, level: str, state: str) -> None:
    filled(domain, "a")
    allow(domain, 1, {"Hub/Acme": (level, True)})
    domain.edit(0, "groups/a.toml", "first", "second")
    domain.edit(1, "groups/a.toml", "Mail1/Acme", "Mail9/Acme")
    report = domain.replicate()
    assert report.servers[0].state == state
    assert "first" in domain.files(1)["groups/a.toml"]
    assert ("Mail9/Acme" in domain.files(0)["groups/a.toml"]) == (level == "Reader")


def allow(domain: Domain, number: int, table: dict[str, tuple[str, bool]]) -> None:
    root = domain.root(number)
    replica = read_replica(root)
    assert replica is not None
    (root / ".dominocli/replica.toml").write_text(replica_text(replica._replace(access=table)))


def test_clocks_that_cannot_be_right_are_named(domain: Domain) -> None:
    filled(domain, "a")
    domain.clock.now = START - 30 * 86400
    domain.edit(0, "groups/a.toml", "first", "second")
    with pytest.raises(errors.ClockBehind):
        domain.replicate()


def test_a_clock_that_was_set_back_a_little_orders_nothing(domain: Domain) -> None:
    filled(domain, "a")
    domain.clock.now = START - 3600
    domain.edit(0, "groups/a.toml", "first", "second")
    assert domain.replicate().identical
    assert "second" in domain.files(1)["groups/a.toml"]


def test_a_copied_replica_folder_is_never_taken_for_another_server(domain: Domain) -> None:
    filled(domain, "a")
    shutil.rmtree(domain.root(1))
    shutil.copytree(domain.hub, domain.root(1))
    report = domain.replicate()
    assert report.servers[0].state == "no-replica" and "copy" in report.servers[0].reason


def test_a_document_taken_off_by_one_server_and_untouched_by_others_goes(domain: Domain) -> None:
    filled(domain, "a", "b")
    (domain.root(2) / "groups/a.toml").unlink()
    report = domain.replicate()
    assert report.identical and list(domain.files(0)) == ["groups/b.toml"]
    assert report.servers[1].pulled.deleted == 1 and report.servers[0].pushed.deleted == 1


def test_a_document_made_again_under_its_unid_follows_its_deletion(domain: Domain) -> None:
    filled(domain, "a", "b")
    (domain.hub / "groups/a.toml").unlink()
    domain.replicate()
    domain.write(2, "groups/a.toml", group_text("a", comment="again"))
    report = domain.replicate()
    assert report.identical and "again" in domain.files(0)["groups/a.toml"] and not report.conflicts


def test_circles_of_renames_replicate(domain: Domain) -> None:
    filled(domain, "a", "b", "c")
    folder = domain.root(1) / "groups"
    for old, new in (("a", "x"), ("b", "a"), ("c", "b"), ("x", "c")):
        (folder / f"{old}.toml").rename(folder / f"{new}.toml")
    domain.edit(2, "groups/a.toml", "first", "second")
    report = domain.replicate()
    assert report.identical and domain.all_equal() and not report.conflicts
    assert "second" in domain.files(0)["groups/c.toml"]


def test_only_folders_of_documents_are_touched(domain: Domain) -> None:
    filled(domain, "a")
    (domain.hub / "notes.toml").write_text("x = 1\n")
    (domain.hub / "groups/link.toml").symlink_to(domain.hub / "directory.toml")
    report = domain.replicate()
    assert not (domain.root(1) / "notes.toml").exists() and not (domain.root(1) / "groups/link.toml").exists()
    assert "groups/link.toml" in report.left_alone
    assert os.path.islink(domain.hub / "groups/link.toml")


def test_an_unchanged_directory_is_not_read_again_and_nothing_is_sent(domain: Domain) -> None:
    filled(domain, *(f"g{number}" for number in range(80)))
    # What was written in the kernel's present clock tick is read once more (git's rule).
    time.sleep(0.1)
    domain.replicate()
    report = domain.replicate()
    assert [server.bytes_sent for server in report.servers] == [0, 0]
    assert sum(server.files_read for server in report.servers) + report.files_read == 0


def test_the_report_stands_in_json_as_designed(domain: Domain) -> None:
    domain.write(0, "groups/a.toml", group_text("a"))
    told: list[tuple[str, str, int]] = []
    report = replicate(
        domain.hub, domain.peers(), clock=domain.clock, progress=lambda *said: told.append(said)
    ).as_json()
    assert {"servers", "conflicts", "identical", "fingerprint"} <= report.keys()
    server = report["servers"][0]  # type: ignore[index]
    assert {"server", "carrier", "state", "files_read", "bytes_sent", "pulled", "pushed"} <= server.keys()
    assert server["pushed"] == {"added": 1, "updated": 0, "deleted": 0}
    assert told == [("Mail1/Acme", "pushing", 1), ("Mail2/Acme", "pushing", 1)]


def test_a_clock_that_is_ahead_is_named_with_its_server(domain: Domain) -> None:
    def connect(location: str, server: str, clock: Clock) -> FolderCarrier:
        ahead = 3600.0 if location == str(domain.root(1)) else 240.0
        return FolderCarrier(location, server, lambda: clock() + ahead)

    domain.write(0, "groups/a.toml", group_text("a"))
    report = replicate(domain.hub, domain.peers(), clock=domain.clock, connect=connect)
    assert report.identical
    (warning,) = report.warnings
    assert warning.startswith("the clock of Mail1/Acme is ") and warning.endswith(" minutes ahead")


def test_who_lacks_the_text_of_a_common_ancestor_ends_like_those_who_merged(
    domain: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dominocli.replication.revision.ANCESTORS_TEXT", 1)
    two = [Peer("Hub/Acme", str(domain.hub)), Peer("Mail1/Acme", str(domain.root(1)))]
    domain.write(0, "groups/a.toml", group_text("a"))
    replicate(domain.hub, two[1:], clock=domain.clock)
    for turn in range(3):
        domain.edit(0, "groups/a.toml", f'"{"first" if not turn else f"ours {turn - 1}"}"', f'"ours {turn}"')
        domain.edit(1, "groups/a.toml", f'"Mail{turn + 1}/Acme"', f'"Mail{turn + 2}/Acme"')
        for number in (0, 1):
            replicate(domain.root(number), [], clock=domain.clock)
    replicate(domain.root(2), two, clock=domain.clock, push=False)
    assert len(domain.files(2)) == 2, "the late one cannot merge"
    replicate(domain.hub, two[1:], clock=domain.clock)
    (merged,) = domain.files(0).values()
    assert "ours 2" in merged and "Mail4/Acme" in merged
    domain.replicate()
    domain.replicate()
    assert domain.all_equal() and domain.files(0)["groups/a.toml"] == merged and len(domain.files(0)) == 2
