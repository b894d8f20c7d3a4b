"""replicate, conflicts, history, status: three replicas edited apart by hand."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from dominocli.cli.peers import suggest_hub
from dominocli.replication.report import UNREACHABLE, ReplicationReport, ServerReport

CONNECTION = "connections/mail2-acme--othernet.toml"


def edit(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text, text
    path.write_text(text.replace(old, new), encoding="utf-8")


def documents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.glob("[!.]*/*.toml"))}


def all_alike(base: Path) -> bool:
    first, *others = [documents(base / f"mail{number}") for number in (1, 2, 3)]
    return all(other == first for other in others)


def test_one_replicate_makes_all_replicas_equal(replicated: Any) -> None:
    base = replicated.folder
    one, two, three = (base / f"mail{number}" for number in (1, 2, 3))
    # different fields of one document
    edit(one, CONNECTION, "routing_cost = 1", "routing_cost = 7")
    edit(two, CONNECTION, "route_at_once_if = 5", "route_at_once_if = 9")
    # the same field of another
    edit(one, "configurations/default.toml", "default.relay.example", "one.relay.example")
    edit(three, "configurations/default.toml", "default.relay.example", "three.relay.example")
    # an edit against a deletion
    edit(two, "servers/mail3-acme.toml", 'server_name = "Mail3/Acme"', 'server_name = "Mail3/Acme"\nserver_title = "T"')
    (three / "servers/mail3-acme.toml").unlink()
    # a rename against an edit
    (one / "domains/othernet--other-example.toml").rename(one / "domains/other.toml")
    edit(three, "domains/othernet--other-example.toml", "[routing]", "[administration]\ncomments = 'kept'\n\n[routing]")
    outcome = replicated("replicate --json", code=5)
    assert outcome.data["identical"] is True
    assert all_alike(base)
    merged = tomllib.loads((one / CONNECTION).read_text())["replication_routing"]
    assert (merged["routing_cost"], merged["route_at_once_if"]) == (7, 9)
    domain_document = tomllib.loads((one / "domains/other.toml").read_text())
    assert domain_document["administration"]["comments"] == "kept"
    assert not (one / "domains/othernet--other-example.toml").exists()
    relays = {
        tomllib.loads(path.read_text())["router_smtp"]["relay_host"]
        for path in one.glob("configurations/default*.toml")
    }
    assert relays == {"one.relay.example", "three.relay.example"}
    kept = [path.read_text() for path in one.glob("servers/mail3-acme*.toml")]
    assert any('server_title = "T"' in text for text in kept)
    before = documents(one)
    again = replicated("replicate --json", code=5)
    assert documents(one) == before
    assert all_alike(base)
    for row in again.data["servers"]:
        assert not any(row["pulled"].values()), row
        assert not any(row["pushed"].values()), row


@pytest.mark.parametrize("keep", ["main", "conflict"])
def test_a_conflict_is_shown_and_resolved(replicated: Any, keep: str) -> None:
    base = replicated.folder
    edit(base / "mail1", CONNECTION, "relay.other.example", "one.example")
    edit(base / "mail2", CONNECTION, "relay.other.example", "two.example")
    replicated("replicate", code=5)
    (conflict,) = replicated.data("conflicts list")["conflicts"]
    assert conflict["fields"] == ["basics.smtp_mta_relay_host"]
    text = replicated.ok(f"conflicts show {conflict['name']}").out
    assert "one.example" in text
    assert "two.example" in text
    main = tomllib.loads((base / "mail1" / CONNECTION).read_text())["basics"]["smtp_mta_relay_host"]
    other = {"one.example": "two.example", "two.example": "one.example"}[main]
    replicated.ok(f"conflicts resolve {conflict['name']} --keep {keep}")
    replicated.ok("replicate")
    for number in (1, 2, 3):
        folder = base / f"mail{number}"
        resolved = tomllib.loads((folder / CONNECTION).read_text())["basics"]["smtp_mta_relay_host"]
        assert resolved == (main if keep == "main" else other)
        assert not list(folder.glob("*/*.conflict-*"))
    assert replicated.data("conflicts list") == {"conflicts": []}


def test_a_conflict_ends_in_a_text_of_ones_own(replicated: Any, tmp_path: Path) -> None:
    base = replicated.folder
    edit(base / "mail1", CONNECTION, "relay.other.example", "one.example")
    edit(base / "mail2", CONNECTION, "relay.other.example", "two.example")
    replicated("replicate", code=5)
    (conflict,) = replicated.data("conflicts list")["conflicts"]
    replicated(f"conflicts resolve {conflict['name']} --keep edit --no-input", code=2)
    mine = tmp_path / "mine.toml"
    main = (base / "mail1" / CONNECTION).read_text()
    mine.write_text(main.replace("one.example", "both.example").replace("two.example", "both.example"))
    replicated.ok(f"conflicts resolve {conflict['name']} --keep edit --from {mine}")
    replicated.ok("replicate")
    assert all_alike(base) and "both.example" in (base / "mail3" / CONNECTION).read_text()
    assert replicated.data("conflicts list") == {"conflicts": []}


def test_a_terminal_shows_how_far_each_server_is(replicated: Any) -> None:
    edit(replicated.folder / "mail1", CONNECTION, "routing_cost = 1", "routing_cost = 7")
    told = replicated.ok("replicate --color always").err
    assert "\r\x1b[KMail2/Acme: pushing 1" in told and "\r\x1b[KMail3/Acme: pushing 1" in told
    edit(replicated.folder / "mail2", CONNECTION, "routing_cost = 7", "routing_cost = 8")
    assert "Mail2/Acme: pulling 1" in replicated.ok("replicate --color always").err
    assert replicated.ok("replicate --quiet --color always").err == ""


def test_history_brings_back_what_was_deleted(replicated: Any) -> None:
    replicated.ok("connection delete mail2-acme--othernet")
    replicated.ok("replicate")
    revisions = replicated.data("history connections/mail2-acme--othernet")["revisions"]
    assert revisions[0]["kind"] == "deleted"
    live = next(row["rev"] for row in revisions if row["kind"] == "live")
    replicated.ok(f"history connections/mail2-acme--othernet --undelete {live}")
    replicated.ok("replicate")
    assert all((replicated.folder / f"mail{n}" / CONNECTION).exists() for n in (1, 2, 3))
    assert all_alike(replicated.folder)


def test_status_tells_edits_and_stale_tables(replicated: Any) -> None:
    assert replicated.data("status")["edits"] == []
    edit(replicated.folder / "mail1", CONNECTION, "routing_cost = 1", "routing_cost = 7")
    data = replicated.data("status")
    assert [row["file"] for row in data["edits"]] == [CONNECTION]
    assert {row["server"]: row["table"] for row in data["servers"]} == dict.fromkeys(
        ("Mail1/Acme", "Mail2/Acme", "Mail3/Acme"), "stale"
    )
    replicated("status --detailed-exitcode", code=4)
    replicated.ok("replicate")
    assert {row["table"] for row in replicated.data("status")["servers"]} == {"fresh"}
    replicated("status --detailed-exitcode", code=0)


def test_dry_run_lists_what_would_move_and_moves_nothing(replicated: Any, snapshot: Any) -> None:
    edit(replicated.folder / "mail1", CONNECTION, "routing_cost = 1", "routing_cost = 7")
    edit(replicated.folder / "mail2", "servers/mail3-acme.toml", "[ports.TCPIP]", "[ports.TCPIP]\nnet_address = 'x'")
    before = snapshot(replicated.folder)
    data = replicated.data("replicate --dry-run")
    assert snapshot(replicated.folder) == before
    by_server = {row["server"]: row for row in data["servers"]}
    assert by_server["Mail2/Acme"]["pulled"]["updated"] == 1
    assert by_server["Mail3/Acme"]["pushed"]["updated"] == 2
    assert by_server["Mail2/Acme"]["pulled"]["documents"] == [{"change": "updated", "file": "servers/mail3-acme.toml"}]
    files = [document["file"] for document in by_server["Mail3/Acme"]["pushed"]["documents"]]
    assert files == [CONNECTION, "servers/mail3-acme.toml"]
    text = replicated.ok("replicate --dry-run").out
    assert f"    pushed: {CONNECTION} (updated)" in text and "    pulled: servers/mail3-acme.toml (updated)" in text
    assert snapshot(replicated.folder) == before
    assert "documents" not in replicated.data("replicate")["servers"][0]["pushed"]


def test_a_server_without_replica_is_partly_done(replicated: Any) -> None:
    replicated.ok("server add --server-name New/Acme --notes-network Office")
    outcome = replicated("replicate --json", code=5)
    assert {row["server"]: row["state"] for row in outcome.data["servers"]}["New/Acme"] == "no-replica"
    assert all_alike(replicated.folder)


def test_an_unmounted_folder_is_no_new_replica(replicated: Any) -> None:
    import shutil

    shutil.move(replicated.folder / "mail2", replicated.folder / "away")
    (replicated.folder / "mail2").mkdir()
    outcome = replicated("replicate --json", code=5)
    assert {row["server"]: row["state"] for row in outcome.data["servers"]}["Mail2/Acme"] in (
        "no-replica",
        "unreachable",
    )
    assert list((replicated.folder / "mail2").iterdir()) == []


def test_pull_and_push_move_one_way_only(replicated: Any) -> None:
    edit(replicated.folder / "mail1", CONNECTION, "routing_cost = 1", "routing_cost = 7")
    before = documents(replicated.folder / "mail2")
    replicated.ok("pull Mail2/Acme")
    assert documents(replicated.folder / "mail2") == before
    replicated.ok("push Mail2/Acme")
    assert "routing_cost = 7" in (replicated.folder / "mail2" / CONNECTION).read_text()
    assert "routing_cost = 1" in (replicated.folder / "mail3" / CONNECTION).read_text()


def test_a_file_that_does_not_parse_is_left_alone(replicated: Any) -> None:
    path = replicated.folder / "mail1" / CONNECTION
    path.write_text("<<<<<<< ours\n", encoding="utf-8")
    outcome = replicated("replicate --json", code=5)
    assert "syntax" in [finding["id"] for finding in outcome.envelope["findings"]]
    assert path.read_text() == "<<<<<<< ours\n"
    assert "routing_cost" in (replicated.folder / "mail2" / CONNECTION).read_text()


def test_the_report_tells_what_all_rounds_did(replicated: Any) -> None:
    base = replicated.folder
    (base / "mail2/groups").mkdir(exist_ok=True)
    unid = "0" * 31 + "1"
    (base / "mail2/groups/new.toml").write_text(f'unid = "{unid}"\n\n[basics]\ngroup_name = "New"\n')
    server = (base / "mail2/servers/mail3-acme.toml").read_text()
    fourth = server.replace("Mail3/Acme", "Mail4/Acme").replace("/mail3", "/mail4")
    line = next(line for line in fourth.splitlines() if line.startswith("unid"))
    (base / "mail2/servers/mail4-acme.toml").write_text(fourth.replace(line, f'unid = "{"0" * 31}2"'))
    edit(base / "mail1", CONNECTION, "routing_cost = 1", "routing_cost = 7")
    edit(base / "mail2", CONNECTION, "routing_cost = 1", "routing_cost = 8")
    outcome = replicated("replicate --json", code=5)
    rows = {row["server"]: row for row in outcome.data["servers"]}
    assert rows["Mail4/Acme"]["state"] == "no-replica"
    assert rows["Mail2/Acme"]["pulled"]["added"] >= 2
    assert rows["Mail3/Acme"]["pushed"]["added"] >= 3
    assert len(outcome.data["conflicts"]) == 1
    assert outcome.data["conflicts"] == outcome.data["open_conflicts"]


def test_a_folder_given_by_two_names_is_one_replica(replicated: Any) -> None:
    folder = replicated.folder / "mail2"
    (replicated.folder / "link").symlink_to(folder)
    for number, path in enumerate((f"{folder}/", str(replicated.folder / "link"))):
        replicated.ok(f"server add --server-name Also{number}/Acme --notes-network Office --replica {path}")
    outcome = replicated.ok("replicate")
    assert "all 3 replicas identical" in outcome.out
    rows = {row["server"]: row for row in replicated.data("replicate")["servers"]}
    assert rows["Also0/Acme"]["identical"] is rows["Also1/Acme"]["identical"] is True


def test_a_server_whose_replica_is_our_own_folder_shares_it(replicated: Any) -> None:
    own = replicated.folder / "mail1"
    replicated.ok(f"server add --server-name Guest/Acme --notes-network Office --replica {own}/")
    data = replicated.data("replicate")
    assert data["identical"] is True
    tables = {row["server"]: row["state"] for row in data["own_recalc"]}
    assert tables["Guest/Acme"] == "recalculated"
    assert "Guest/Acme" not in {row["server"] for row in data["servers"]}
    states = {row["server"]: row["state"] for row in replicated.data("replica list")["servers"]}
    assert states["Guest/Acme"] == "exists"
    replicated.ok("recalc Guest/Acme")


def test_a_server_out_of_reach_may_be_reached_through_one_in_reach() -> None:
    reached = ServerReport("Hub 01/Acme", "ssh://hub/acme", "ssh")
    hangs = ServerReport("Mail1/Acme", "ssh://mail1/acme", "ssh", state=UNREACHABLE)
    told = ServerReport("Mail2/Acme", "ssh://mail2/acme", "ssh", state=UNREACHABLE, hint="install it there")
    couch = ServerReport("Mail3/Acme", "couchdb+https://c/n", "CouchDB", state=UNREACHABLE)
    suggest_hub(ReplicationReport([hangs, couch]))
    assert hangs.hint == ""
    suggest_hub(ReplicationReport([hangs, told, couch, reached]))
    assert hangs.as_json()["hint"] == "if Hub 01/Acme reaches it: dominocli replicate --through 'Hub 01/Acme'"
    assert (told.hint, couch.hint, reached.hint) == ("install it there", "", "")
