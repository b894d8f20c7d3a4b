"""The commands over several machines: create, verify, replicate, recalculate, follow routes, through a hub."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from dominocli.replication.carriers.couch_setup import VALIDATION

SERVERS = ("Hub01/Acme", "Mail1/Acme", "Mail2/Acme")


class Machines:
    """Folders that stand for machines; commands run in one of them."""

    def __init__(self, cli: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.cli = cli
        self.folder = folder
        self._monkeypatch = monkeypatch

    def at(self, name: str) -> Any:
        self._monkeypatch.chdir(self.folder / name)
        return self.cli

    def relay(self, name: str, host: str) -> None:
        path = self.folder / name / "connections/hub01-acme--theinternet.toml"
        lines = path.read_text().splitlines()
        path.write_text(
            "\n".join(f'smtp_mta_relay_host = "{host}"' if "relay_host" in line else line for line in lines) + "\n"
        )

    def documents(self, name: str) -> dict[str, bytes]:
        root = self.folder / name
        return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.glob("[!.]*/*.toml"))}


@pytest.fixture
def machines(cli: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machines:
    cli.ok("init hub --domain Acme --server Hub01/Acme")
    return Machines(cli, tmp_path, monkeypatch)


def documents_of(machines: Machines, replicas: dict[str, str]) -> None:
    """Add three servers of one Notes named network and a relay at the hub."""
    at = machines.at("hub")
    for server, replica in replicas.items():
        tasks = "mail,smtp" if server == "Hub01/Acme" else "mail"
        at.ok(
            f"server add --server-name {server} --routing-tasks {tasks} --notes-network Office --replica {replica}"
            " --time-zone Europe/Berlin"
        )
    at.ok("configuration add --applies-to * --smtp-outside enabled")
    at.ok("domain add --domain-type foreign-smtp --internet-domain *.* --domain-name TheInternet")
    at.ok(
        "connection add --source-server Hub01/Acme --destination-server all_internet_hosts"
        " --destination-domain TheInternet --smtp-mta-relay-host relay.acme.example --connect-at-times 00:00-24:00"
    )


def states(data: Any, key: str = "state") -> dict[str, str]:
    return {row["server"]: row[key] for row in data["servers"]}


def desk(machines: Machines) -> Any:
    """A clone of the hub's directory that is the replica of a desk, which reaches only the hub."""
    shutil.copytree(machines.folder / "hub", machines.folder / "desk", ignore=shutil.ignore_patterns(".dominocli"))
    at = machines.at("desk")
    at.ok("init . --domain Acme --server Desk/Acme")
    at.ok("replica verify Hub01/Acme")
    at.ok("pull Hub01/Acme")
    return at


def test_servers_reached_by_ssh_are_made_replicated_and_recalculated(machines: Machines, ssh: Any) -> None:
    folder = machines.folder
    documents_of(
        machines,
        {
            "Hub01/Acme": str(folder / "hub"),
            "Mail1/Acme": ssh.location(folder / "mail1"),
            "Mail2/Acme": ssh.location(folder / "mail2"),
        },
    )
    at = machines.at("hub")
    listed = at.data("replica list")
    assert states(listed) == {"Hub01/Acme": "exists", "Mail1/Acme": "unverified", "Mail2/Acme": "unverified"}
    unconfirmed = at("replicate --json", code=5)
    assert states(unconfirmed.data)["Mail1/Acme"] == "refused"
    assert "not confirmed" in unconfirmed.data["servers"][1]["reason"]
    assert not (folder / "mail1").exists()
    assert states(at.data("replica create --all"))["Mail1/Acme"] == "created"
    assert states(at.data("replica create Mail1")) == {"Mail1/Acme": "exists"}
    data = at.data("replicate")
    assert data["identical"] is True
    assert machines.documents("hub") == machines.documents("mail1") == machines.documents("mail2") != {}
    recalculated = {row["server"]: row["recalc"]["state"] for row in data["servers"]}
    assert recalculated == {"Mail1/Acme": "recalculated", "Mail2/Acme": "recalculated"}
    changed = {row["server"]: row["recalc"]["changed"] for row in data["servers"]}
    assert "TheInternet" in [change["destination"] for change in changed["Mail1/Acme"]]
    hops = at.data("route explain ann@example.org --from Mail1/Acme")["hops"]
    assert [(hop["server"], hop["table"]) for hop in hops] == [("Mail1/Acme", "fresh"), ("Hub01/Acme", "fresh")]
    assert hops[0]["as_of"] and "as_of" not in hops[1]
    assert "as of" in at.ok("route show Mail1/Acme").out
    assert states(at.data("recalc"), "state")["Mail1/Acme"] == "unchanged"


def test_reading_commands_ask_other_machines_with_refresh_only(machines: Machines, ssh: Any) -> None:
    folder = machines.folder
    documents_of(machines, {"Hub01/Acme": str(folder / "hub"), "Mail1/Acme": ssh.location(folder / "mail1")})
    at = machines.at("hub")
    at.ok("replica create --all")
    at.ok("replicate")
    machines.relay("mail1", "other.acme.example")
    machines.at("mail1").ok("recalc Mail1/Acme")
    at = machines.at("hub")
    status = at.data("status")["servers"][1]
    assert (status["server"], status["table"], status["pending"]) == ("Mail1/Acme", "fresh", None)
    assert at.data("route show Mail1/Acme")["table"] == "fresh"
    shown = at.data("route show Mail1/Acme --refresh")
    assert (shown["table"], shown["cause"]) == ("stale", "not-replicated")
    status = at.data("status --refresh")["servers"][1]
    assert (status["table"], status["pending"]["pull"]) == ("stale", 1)
    ssh.allow('restrict,command="exit 3"')
    failed = at.ok("route explain ann@example.org --from Mail1/Acme --refresh")
    assert "not refreshed: Mail1/Acme" in failed.err
    assert states(at.data("recalc"))["Mail1/Acme"] == "elsewhere"
    assert at("recalc Mail1/Acme --json", code=5).data["servers"][0]["message"]


def test_a_hub_replicates_for_a_desk(machines: Machines, ssh: Any) -> None:
    folder = machines.folder
    documents_of(
        machines,
        {
            "Hub01/Acme": ssh.location(folder / "hub"),
            "Mail1/Acme": str(folder / "mail1"),
            "Mail2/Acme": str(folder / "mail2"),
        },
    )
    at = machines.at("hub")
    at.ok("replica create Mail1/Acme Mail2/Acme")
    at.ok("replicate")
    at = desk(machines)
    machines.relay("desk", "desk.acme.example")
    path = folder / "mail2/servers/mail2-acme.toml"
    path.write_text(path.read_text() + "\n# by hand at Mail2\n")
    data = at.data("replicate --through Hub01/Acme")
    rows = {(row["server"], row.get("through")): row["state"] for row in data["servers"]}
    assert rows == {
        ("Hub01/Acme", None): "done",
        ("Mail1/Acme", "Hub01/Acme"): "done",
        ("Mail2/Acme", "Hub01/Acme"): "done",
    }
    assert data["identical"] is True
    ends = [machines.documents(name) for name in ("desk", "hub", "mail1", "mail2")]
    assert ends[0] == ends[1] == ends[2] == ends[3]
    assert b"by hand at Mail2" in ends[0]["servers/mail2-acme.toml"]
    # The hub's own table, and that of another one behind it, are of the relay that the desk wrote.
    assert [row["server"] for row in data["own_recalc"] if row["changed"]] == ["Hub01/Acme"]
    hub = machines.at("hub").data("route show Hub01/Acme")
    assert hub["table"] == "fresh" and "desk.acme.example" in str(hub)
    assert machines.at("hub").data("route show Mail2/Acme")["table"] == "fresh"
    at = machines.at("desk")
    text = at.ok("replicate --through Hub01/Acme").out
    assert "Hub01/Acme: unchanged" in text.splitlines()
    assert "Mail2/Acme through Hub01/Acme: nothing to move; its table unchanged" in text
    assert "all 4 replicas identical" in text
    at.ok("replicate --through Hub01/Acme --dry-run")
    at("replicate --through Mail1/Acme", code=2)
    at("replicate Mail1/Acme --through Hub01/Acme", code=2)
    shutil.move(folder / "mail1", folder / "away")
    outcome = at("replicate --through Hub01/Acme --json", code=5)
    assert ("Mail1/Acme", "no-replica") in [(row["server"], row["state"]) for row in outcome.data["servers"]]
    assert outcome.data["identical"] is False
    assert "identical" not in at("replicate --through Hub01/Acme", code=5).out


def test_a_server_that_a_hub_first_learns_of_is_replicated_with_at_once(machines: Machines, ssh: Any) -> None:
    folder = machines.folder
    documents_of(machines, {"Hub01/Acme": ssh.location(folder / "hub"), "Mail1/Acme": str(folder / "mail1")})
    at = machines.at("hub")
    at.ok("replica create Mail1/Acme")
    at.ok("replicate")
    at = desk(machines)
    at = machines.at("mail1")
    at.ok(f"server add --server-name Mail9/Acme --notes-network Office --replica {folder / 'mail9'}")
    at.ok("replica create Mail9/Acme")
    data = machines.at("desk").data("replicate --through Hub01/Acme")
    assert states(data) == dict.fromkeys(("Hub01/Acme", "Mail1/Acme", "Mail9/Acme"), "done")
    assert data["identical"] is True
    assert machines.documents("desk") == machines.documents("mail9") == machines.documents("hub")


def test_a_couchdb_is_a_hub_of_servers_that_never_meet(machines: Machines, database: str, couch: Any) -> None:
    folder = machines.folder
    documents_of(machines, dict.fromkeys(SERVERS, database))
    at = machines.at("hub")
    dry = at.data(f"couchdb init {database} --dry-run")
    assert (dry["database"], dry["identity"], dry["changed"]) == ("created", "created", True)
    at("replica verify Hub01/Acme", code=5)
    made = at.data(f"couchdb init {database}")
    assert made["database"] == "created"
    assert at.data(f"couchdb init {database}")["changed"] is False
    at.ok("replica verify --all")
    data = at.data("replicate")
    assert {row["state"] for row in data["servers"]} == {"done"} and data["identical"] is True
    assert sum(row["pushed"]["added"] for row in data["servers"]) == 6
    for name, server in (("mail1", "Mail1/Acme"), ("mail2", "Mail2/Acme")):
        shutil.copytree(folder / "hub", folder / name, ignore=shutil.ignore_patterns(".dominocli"))
        at = machines.at(name)
        at.ok(f"init . --domain Acme --server {server}")
        at.ok("replica verify --all")
    machines.at("mail1").ok("pull")
    machines.relay("mail1", "relay.mail1.example")
    assert machines.at("mail1").data("replicate")["identical"] is True
    at = machines.at("mail2")
    assert at.data("replicate")["identical"] is True
    assert machines.documents("mail1") == machines.documents("mail2") != machines.documents("hub")
    machines.at("hub").ok("replicate")
    assert machines.documents("hub") == machines.documents("mail2")
    at = machines.at("mail2")
    # The tables of the others are not here yet, which another replication would not mend.
    assert "something is behind: dominocli status --refresh" in at.ok("status").err
    assert "everything is up to date" in at.ok("status --refresh").err
    hops = at.data("route explain ann@example.org --from Mail1/Acme --refresh")["hops"]
    assert [(hop["server"], hop["table"]) for hop in hops] == [("Mail1/Acme", "fresh"), ("Hub01/Acme", "fresh")]
    assert hops[1]["host"] == "relay.mail1.example"
    elsewhere = at.data("recalc")
    assert states(elsewhere) == {"Hub01/Acme": "elsewhere", "Mail1/Acme": "elsewhere", "Mail2/Acme": "unchanged"}
    assert states(at("replica create Mail1/Acme --json", code=5).data) == {"Mail1/Acme": "missing"}


def test_couchdb_init_leaves_other_databases_alone(machines: Machines, database: str, couch: Any) -> None:
    name = database.rpartition("/")[2]
    at = machines.at("hub")
    couch.ask("PUT", name)
    couch.ask("PUT", f"{name}/holiday", {"pictures": 12})
    refused = at(f"couchdb init {database} --json", code=1)
    assert refused.envelope["errors"][0]["code"] == "other-directory"
    couch.ask("DELETE", name)
    at.ok(f"couchdb init {database}")
    machines.cli.ok(f"init {machines.folder / 'other'} --domain Other --server X/Other")
    refused = machines.at("other")(f"couchdb init {database} --json", code=1)
    assert refused.envelope["errors"][0]["code"] == "other-directory"


def test_who_has_no_role_is_kept_out_of_the_database(
    machines: Machines, database: str, couch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents_of(machines, dict.fromkeys(SERVERS, database))
    at = machines.at("hub")
    at.ok(f"couchdb init {database}")
    at.ok("replica verify --all")
    couch.add_user(f"eve-{database[-12:]}", "pw")
    monkeypatch.setenv("DOMINOCLI_COUCHDB_USER", f"eve-{database[-12:]}")
    monkeypatch.setenv("DOMINOCLI_COUCHDB_PASSWORD", "pw")
    outcome = at("replicate --json", code=5)
    assert set(states(outcome.data).values()) == {"refused"}
    monkeypatch.setenv("DOMINOCLI_COUCHDB_PASSWORD", "wrong")
    assert "does not take the credentials" in at("replicate", code=5).out


CHECKS = """
const validate = eval('(' + require('fs').readFileSync(0, 'utf8') + ')');
const unid = '0'.repeat(32), live = {_id: unid, toml: 'x', meta: {kind: 'live'}};
const dead = {_id: unid, _deleted: true, meta: {kind: 'deleted'}};
const editor = ['dominocli-editor'], deleter = ['dominocli-editor', 'dominocli-delete'];
const cases = [
  [live, editor, ''], [live, [], 'no Editor'], [live, ['dominocli-reader'], 'no Editor'], [live, ['_admin'], ''],
  [dead, editor, 'may not delete'], [dead, deleter, ''], [dead, ['_admin'], ''],
  [{...dead, meta: {kind: 'closed'}}, editor, ''],
  [{...live, _id: 'x'}, editor, 'no unid'], [{...live, meta: null}, editor, 'no revision'],
  [{_id: unid, _deleted: true}, deleter, 'no revision'], [{...live, meta: {kind: 'x'}}, editor, 'no kind'],
  [{...live, _deleted: true}, editor, 'do not agree'], [{...dead, _deleted: undefined}, deleter, 'do not agree'],
  [{...live, toml: 5}, editor, 'no text'],
  [{_id: '_design/x'}, deleter, 'only administrators'], [{_id: '_design/x'}, ['_admin'], ''],
];
for (const [doc, roles, expected] of cases) {
  let said = '';
  try { validate(doc, null, {name: 'ann', roles: roles}, {}); } catch (refusal) { said = refusal.forbidden; }
  if (expected ? !said.includes(expected) : said !== '') {
    console.log(JSON.stringify([doc, roles, expected, said]));
    process.exitCode = 1;
  }
}
console.log(cases.length);
"""


def test_the_validation_function_keeps_the_access_rules() -> None:
    from real_engines import missing

    node = shutil.which("node")
    if node is None:
        missing("node")
    assert node is not None
    outcome = subprocess.run([node, "-e", CHECKS], input=VALIDATION, capture_output=True, text=True, timeout=60)
    assert (outcome.stdout, outcome.returncode) == ("17\n", 0), outcome.stderr
