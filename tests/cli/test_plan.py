"""plan, and replicate --plan: what is planned is what replicate does, and planning writes no byte."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

CONNECTION = "connections/mail2-acme--othernet.toml"
SERVERS = ("Mail1/Acme", "Mail2/Acme", "Mail3/Acme")


def edit(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text, text
    path.write_text(text.replace(old, new), encoding="utf-8")


def every_file(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file below a folder, the index too, with its bytes and when it was written."""
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def routes(data: dict[str, Any]) -> dict[str, list[tuple[str, object, object]]]:
    """The routes that change, by server."""
    rows = {row["server"]: row.get("recalc") or row for row in data["servers"]}
    rows.update({row["server"]: row for row in data.get("own_recalc", ())})
    return {
        server: [(c["destination"], c["before"], c["after"]) for c in row["changed"]]
        for server, row in rows.items()
        if row["changed"]
    }


def edited_apart(cli: Any) -> None:
    """Hand edits at all three servers: of different fields, a rename, a comment, a deletion, a new file."""
    one, two, three = (cli.folder / f"mail{number}" for number in (1, 2, 3))
    edit(one, CONNECTION, "routing_cost = 1", "routing_cost = 7")
    edit(two, CONNECTION, "relay.other.example", "second.other.example")
    (two / "domains/othernet--other-example.toml").rename(two / "domains/other.toml")
    with (three / "servers/mail1-acme.toml").open("a") as file:
        file.write("# a comment\n")
    (three / "groups").mkdir(exist_ok=True)
    (three / "groups/pool.toml").write_text('form = "Group"\n[basics]\ngroup_name = "Pool"\nmembers = ["Mail3/Acme"]\n')
    (one / "configurations/default.toml").unlink()


def test_plan_tells_documents_and_routes_with_their_document(replicated: Any) -> None:
    edit(replicated.folder / "mail2", CONNECTION, "routing_cost = 1", "routing_cost = 7")
    data = replicated.data("plan")
    assert data["documents"] == [
        {
            "document": "connections/mail2-acme--othernet",
            "change": "changed",
            "servers": ["Mail1/Acme", "Mail3/Acme"],
            "fields": [{"field": "replication_routing.routing_cost", "before": 1, "after": 7}],
        }
    ]
    assert {row["server"]: (row["state"], row["table"]) for row in data["servers"]} == dict.fromkeys(
        SERVERS, ("done", "recalculated")
    )
    (change,) = [c for c in data["servers"][0]["changed"] if c["destination"] == "OtherNet"]
    assert (change["before"]["cost"], change["after"]["cost"]) == (2, 8)
    assert {c["document"] for row in data["servers"] for c in row["changed"]} == {"connections/mail2-acme--othernet"}
    assert data["counts"] == {"created": 0, "changed": 1, "deleted": 0, "routes": 6, "servers": 3, "unknown": 0}


def test_plan_is_what_replicate_then_does(replicated: Any) -> None:
    edited_apart(replicated)
    planned = replicated.data("plan")
    kinds = {row["document"]: row["change"] for row in planned["documents"]}
    assert kinds == {
        "configurations/default": "deleted",
        "connections/mail2-acme--othernet": "changed",
        "domains/other": "renamed",
        "groups/pool": "created",
        "servers/mail1-acme": "changed",
    }
    before = {
        number: {path: path.read_bytes() for path in (replicated.folder / f"mail{number}").glob("[!.]*/*.toml")}
        for number in (1, 2, 3)
    }
    done = replicated("replicate --json", code=0).data
    assert planned["fingerprint"] == done["fingerprint"]
    moved = routes(done)
    assert {server: rows for server, rows in routes(planned).items() if server in moved} == moved
    changed = set()
    for number, files in before.items():
        folder = replicated.folder / f"mail{number}"
        now = {path: path.read_bytes() for path in folder.glob("[!.]*/*.toml")}
        differing = {path for path in files.keys() | now.keys() if files.get(path) != now.get(path)}
        changed |= {str(path.relative_to(folder))[: -len(".toml")] for path in differing}
    assert changed - {"domains/othernet--other-example"} == set(kinds)
    after = replicated("plan --json --detailed-exitcode", code=0).data
    assert (after["documents"], routes(after)) == ([], {})
    assert replicated.ok("plan").out.endswith("nothing is pending\n")


def test_plan_writes_no_byte_anywhere(replicated: Any) -> None:
    edited_apart(replicated)
    before = every_file(replicated.folder)
    replicated("plan --detailed-exitcode", code=4)
    replicated.ok("plan --verbose")
    replicated.ok(f"plan --out {replicated.folder / 'plan.json'} --dry-run")
    assert every_file(replicated.folder) == before


def test_plan_pends_only_with_the_detailed_exit_code(replicated: Any) -> None:
    replicated("plan --detailed-exitcode", code=0)
    replicated.ok("connection edit mail2-acme--othernet --comments x")
    replicated("plan", code=0)
    replicated("plan --detailed-exitcode", code=4)
    replicated.ok("replicate --no-recalc")
    data = replicated("plan --json --detailed-exitcode", code=4).data
    assert data["documents"] == []
    assert {row["table"] for row in data["servers"]} == {"unchanged"}
    replicated.ok("recalc")
    replicated("plan --detailed-exitcode", code=0)


def test_edit_recorded_here_alone_is_shown_for_the_other_servers(replicated: Any) -> None:
    replicated.ok("connection edit mail2-acme--othernet --routing-cost 4")
    (row,) = replicated.data("plan")["documents"]
    assert row["servers"] == ["Mail2/Acme", "Mail3/Acme"]


def test_server_that_is_not_reached_is_unknown(replicated: Any) -> None:
    shutil.move(replicated.folder / "mail2", replicated.folder / "away")
    replicated.ok("server add --server-name Far/Acme --notes-network Office --replica ssh://far/acme")
    replicated.ok("server add --server-name New/Acme --notes-network Office")
    data = replicated("plan --json", code=0).data
    rows = {row["server"]: row for row in data["servers"]}
    assert rows["Mail2/Acme"]["state"] in ("no-replica", "unreachable")
    assert rows["New/Acme"]["state"] == "no-replica"
    assert {server for server, row in rows.items() if row["table"] == "unknown"} == {
        "Far/Acme",
        "Mail2/Acme",
        "New/Acme",
    }
    assert data["counts"]["unknown"] == 3
    assert data["made_from"]["Mail2/Acme"] == ""
    documents = {row["document"]: row["servers"] for row in data["documents"]}
    assert documents == {"servers/far-acme": ["Mail3/Acme"], "servers/new-acme": ["Mail3/Acme"]}
    text = replicated.ok("plan").out
    assert "Mail2/Acme: unknown (" in text
    assert text.endswith("; 3 servers unknown\n")


def test_many_unknown_servers_of_one_reason_are_counted(replicated: Any) -> None:
    for number in range(7):
        replicated.ok(f"server add --server-name New{number}/Acme --notes-network Office")
    text = replicated.ok("plan").out
    assert text.count(": unknown (no-replica: ") == 6
    assert "\n2 servers more: unknown (no-replica: " in text
    assert replicated.ok("plan --verbose").out.count(": unknown (no-replica: ") == 7


def test_conflict_is_foretold(replicated: Any) -> None:
    edit(replicated.folder / "mail1", CONNECTION, "relay.other.example", "one.example")
    edit(replicated.folder / "mail2", CONNECTION, "relay.other.example", "two.example")
    data = replicated.data("plan")
    (conflict,) = data["conflicts"]
    assert (conflict.removesuffix(".toml"), "created") in {(d["document"], d["change"]) for d in data["documents"]}
    # Its name has the revision's, and a hand edit gets one only when it is recorded.
    assert re.search(
        r"^a conflict would be kept as: connections/mail2-acme--othernet\.conflict-", replicated.ok("plan").out, re.M
    )


def test_file_made_by_hand_gets_a_unid_and_keeps_it(replicated: Any) -> None:
    path = replicated.folder / "mail1" / "groups" / "pool.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text('form = "Group"\n[basics]\ngroup_name = "Pool"\nmembers = ["Mail3/Acme"]\n')
    (row,) = replicated.data("plan")["documents"]
    assert (row["document"], row["change"], row["servers"]) == ("groups/pool", "created", list(SERVERS))
    replicated.ok("replicate")
    path.write_text(re.sub("^unid.*\n", "", path.read_text()))
    assert replicated.data("plan")["documents"] == []
    path.write_text(path.read_text().replace('"Mail3/Acme"', '"Mail2/Acme"'))
    (row,) = replicated.data("plan")["documents"]
    assert (row["document"], row["change"]) == ("groups/pool", "changed")
    assert row["fields"] == [{"field": "basics.members", "before": ["Mail3/Acme"], "after": ["Mail2/Acme"]}]


def test_only_a_comment_is_a_change_without_a_field(replicated: Any) -> None:
    with (replicated.folder / "mail1" / CONNECTION).open("a") as file:
        file.write("# seen\n")
    text = replicated("plan --detailed-exitcode", code=4).out
    assert "no field, only comments or layout" in text
    replicated.ok("replicate")
    content = (replicated.folder / "mail1" / CONNECTION).read_bytes()
    (replicated.folder / "mail1" / CONNECTION).write_bytes(content.replace(b"\n", b"\r\n"))
    assert replicated.data("plan")["documents"] == []


def test_server_only_another_replica_knows_takes_part(replicated: Any) -> None:
    two = replicated.folder / "mail2"
    far = replicated.folder / "mail4"
    words = f"server add --server-name Mail4/Acme --notes-network Office --replica {far} --directory {two}"
    replicated.ok(words)
    replicated.ok(f"replica create Mail4/Acme --directory {two}")
    replicated.ok(f"replicate Mail4/Acme --directory {two}")
    replicated.ok(f"connection edit mail2-acme--othernet --comments far --directory {far}")
    data = replicated.data("plan")
    assert {row["server"] for row in data["servers"]} == {*SERVERS, "Mail4/Acme"}
    rows = {row["document"]: row["servers"] for row in data["documents"]}
    assert rows["servers/mail4-acme"] == ["Mail1/Acme", "Mail3/Acme"]
    assert rows["connections/mail2-acme--othernet"] == list(SERVERS)
    assert replicated("replicate --json", code=0).data["fingerprint"] == data["fingerprint"]


def test_server_that_goes_takes_part_all_the_same(replicated: Any) -> None:
    (replicated.folder / "mail2" / "servers/mail3-acme.toml").unlink()
    edit(replicated.folder / "mail3", CONNECTION, "routing_cost = 1", "routing_cost = 7")
    data = replicated.data("plan")
    assert {row["document"]: row["change"] for row in data["documents"]} == {
        "connections/mail2-acme--othernet": "changed",
        "servers/mail3-acme": "deleted",
    }
    assert [row["server"] for row in data["servers"]] == ["Mail1/Acme", "Mail2/Acme"]
    assert replicated("replicate --json", code=0).data["fingerprint"] == data["fingerprint"]


def test_new_journal_of_another_server_is_said(replicated: Any) -> None:
    (replicated.folder / "mail2" / ".dominocli" / "state.sqlite").unlink()
    assert "Mail2/Acme: its journal is new" in replicated("plan --detailed-exitcode", code=4).out
    assert replicated.data("plan")["documents"] == []


def test_file_that_does_not_parse_is_named(replicated: Any) -> None:
    (replicated.folder / "mail1" / CONNECTION).write_text("<<<<<<< ours\n")
    outcome = replicated("plan --json", code=0)
    assert outcome.data["left_alone"] == [CONNECTION]
    assert "syntax" in {finding["id"] for finding in outcome.envelope["findings"]}
    assert f"left alone, since it cannot be read: {CONNECTION}" in replicated.ok("plan").out


def test_change_another_server_refuses_is_named(replicated: Any) -> None:
    with (replicated.folder / "mail2" / ".dominocli" / "replica.toml").open("a") as file:
        file.write('\n[access]\n"Mail1/Acme" = { level = "Reader" }\n')
    replicated.ok("connection edit mail2-acme--othernet --comments x")
    text = replicated.ok("plan").out
    assert f"Mail2/Acme would refuse {CONNECTION}" in text
    (row,) = replicated.data("plan")["documents"]
    assert row["servers"] == ["Mail3/Acme"]


def test_server_another_document_makes_unusable_has_no_table(replicated: Any) -> None:
    replicated.ok("server edit mail3-acme --domain-name Beta")
    assert "Mail3/Acme" not in {row["server"] for row in replicated.data("plan")["servers"]}
    edit(replicated.folder / "mail1", "servers/mail2-acme.toml", "Europe/Berlin", "Nowhere/Land")
    assert "Mail2/Acme: no table (" in replicated.ok("plan").out


def test_document_that_goes_is_behind_the_routes_that_go_with_it(replicated: Any) -> None:
    replicated.ok("connection delete mail2-acme--othernet")
    data = replicated.data("plan")
    changes = [change for row in data["servers"] for change in row["changed"]]
    assert {change["document"] for change in changes} == {"connections/mail2-acme--othernet"}
    assert all(change["after"] is None for change in changes)
    text = replicated.ok("plan --verbose").out
    assert "- connections/mail2-acme--othernet  [Mail2/Acme, Mail3/Acme]" in text
    assert "    basics.smtp_mta_relay_host: relay.other.example -> (none)" in text


def test_folder_that_is_no_replica_has_no_plan(replicated: Any) -> None:
    clone = replicated.folder / "clone"
    shutil.copytree(replicated.folder / "mail1", clone, ignore=shutil.ignore_patterns(".dominocli"))
    assert "error[no-replica]" in replicated(f"plan --directory {clone}", code=1).err
    assert not (clone / ".dominocli").exists()


def test_most_documents_gone_is_no_plan_but_an_error(replicated: Any) -> None:
    for number in range(10):
        replicated.ok(f"group add --group-name Pool{number} --members Mail1/Acme")
    for path in (replicated.folder / "mail1").glob("[!.]*/*.toml"):
        path.unlink()
    # Without Server documents no peer is known; what matters is that nothing is planned to be deleted.
    assert "error[mass-deletion]" in replicated("plan", code=1).err


@pytest.fixture
def planned(replicated: Any) -> Any:
    """A domain with a pending edit, and its plan in plan.json beside the replicas."""
    replicated.ok("connection edit mail2-acme--othernet --routing-cost 4")
    replicated.ok(f"plan --out {replicated.folder / 'plan.json'}")
    return replicated


def refused(cli: Any, words: str = "") -> str:
    """Replicate by the plan, which must be refused without a byte written, and return the message."""
    before = every_file(cli.folder)
    outcome = cli(f"replicate --plan {cli.folder / 'plan.json'} {words}", code=1)
    assert every_file(cli.folder) == before
    assert "error[plan-outdated]" in outcome.err
    assert "hint: look at a new one: dominocli plan --out " in outcome.err
    message: str = outcome.err
    return message


def test_kept_plan_has_a_version_and_what_it_was_made_from(planned: Any) -> None:
    kept = json.loads((planned.folder / "plan.json").read_text())
    assert (kept["kind"], kept["version"]) == ("dominocli plan", 1)
    assert set(kept["made_from"]) == set(SERVERS)
    data = planned.data("plan")
    assert {key: kept[key] for key in data} == data


def test_plan_that_still_holds_is_carried_out(planned: Any) -> None:
    path = planned.folder / "plan.json"
    planned.ok(f"replicate --plan {path} --dry-run")
    data = planned.data(f"replicate --plan {path}")
    assert data["fingerprint"] == json.loads(path.read_text())["fingerprint"]
    assert "the replica of Mail1/Acme has changed" not in refused(planned)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_plan_is_refused_once_a_replica_has_changed(planned: Any, number: int) -> None:
    edit(planned.folder / f"mail{number}", "configurations/default.toml", "default.relay.example", "x.example")
    assert f"the replica of Mail{number}/Acme has changed" in refused(planned)


def test_plan_is_refused_if_a_server_is_not_reached_any_more(planned: Any) -> None:
    shutil.move(planned.folder / "mail2", planned.folder / "away")
    assert "Mail2/Acme is not reached any more" in refused(planned)


def test_plan_is_refused_if_a_server_was_not_reached_then(planned: Any) -> None:
    shutil.move(planned.folder / "mail2", planned.folder / "away")
    planned.ok(f"plan --out {planned.folder / 'plan.json'}")
    shutil.move(planned.folder / "away", planned.folder / "mail2")
    assert "Mail2/Acme was not reached then" in refused(planned)


def test_plan_is_refused_with_other_servers_than_then(planned: Any) -> None:
    planned.ok(f"server add --server-name Mail4/Acme --notes-network Office --replica {planned.folder / 'mail4'}")
    planned.ok("replica create Mail4/Acme")
    message = refused(planned)
    assert "Mail4/Acme is new" in message
    planned.ok(f"plan --out {planned.folder / 'plan.json'}")
    planned.ok("server delete mail4-acme --cascade --yes")
    assert "Mail4/Acme is no longer there" in refused(planned)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is no plan"),
        ("[" * 100_000, "is no plan"),
        ("[]", "is no plan"),
        ('{"kind": "dominocli plan"}', "is no plan"),
        ('{"kind": "dominocli plan", "version": 1, "made_from": {"Mail1/Acme": 7}}', "is no plan"),
        ('{"kind": "another", "version": 1, "made_from": {}}', "is no plan"),
        ('{"kind": "dominocli plan", "version": 2, "made_from": {}}', "version 2"),
        ('{"kind": "dominocli plan", "made_from": {}}', "version None"),
    ],
)
def test_file_that_is_no_plan_is_refused(replicated: Any, text: str, said: str) -> None:
    path = replicated.folder / "plan.json"
    path.write_text(text)
    outcome = replicated(f"replicate --plan {path}", code=1)
    assert "error[syntax]" in outcome.err
    assert said in outcome.err


def test_plan_file_that_cannot_be_read_or_written_is_an_error(replicated: Any) -> None:
    assert "error[file]: cannot read" in replicated("replicate --plan nowhere.json", code=1).err
    assert "error[file]: cannot write" in replicated("plan --out nowhere/plan.json", code=1).err


@pytest.mark.parametrize("words", ["Mail2/Acme", "--pull-only", "--push-only"])
def test_plan_is_of_the_whole_domain(planned: Any, words: str) -> None:
    outcome = planned(f"replicate --plan {planned.folder / 'plan.json'} {words}", code=2)
    assert "a plan is of the whole domain" in outcome.err


def test_findings_of_several_servers_are_told_once(replicated: Any) -> None:
    edit(replicated.folder / "mail1", CONNECTION, "relay.other.example", "one.example")
    edit(replicated.folder / "mail2", CONNECTION, "relay.other.example", "two.example")
    outcome = replicated("replicate --json", code=5)
    ids = [finding["id"] for finding in outcome.envelope["findings"]]
    assert ids.count("conflict-unresolved") == 1
    for words in ("recalc --json", "plan --json"):
        found = replicated(words).envelope["findings"]
        assert [finding["id"] for finding in found] == ["conflict-unresolved"]
