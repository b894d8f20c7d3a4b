"""The ssh carrier over a real sshd: keys, forced commands, and what ssh itself says."""

from __future__ import annotations

import shlex
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from replication_domain import Domain, group_text, snapshot

from dominocli import errors
from dominocli.replication.carriers import failures
from dominocli.replication.carriers.carrier import connect
from dominocli.replication.carriers.location import SshLocation, ssh_location
from dominocli.replication.carriers.ssh import SshCarrier, ssh_command
from dominocli.replication.replicate import Peer, replicate

WHO = {"replica_id": "ab" * 16}


def test_the_command_takes_nothing_of_a_location_for_an_option(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOMINOCLI_SSH", "ssh -F 'my config'")
    command = ssh_command(ssh_location("ssh://repl@hub.example:2222/srv/a%20b;rm%20-rf"))
    assert command[:4] == ["ssh", "-F", "my config", "-T"]
    assert command[-2:] == ["hub.example", "dominocli serve --stdio --replica '/srv/a b;rm -rf'"]
    assert command[command.index("-p") + 1] == "2222"
    assert command[command.index("-l") + 1] == "repl"
    assert command[-3] == "--"


@pytest.mark.parametrize("seconds", ["0", "-1", "x", "nan", "1e9"])
def test_a_time_out_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, seconds: str) -> None:
    monkeypatch.setenv("DOMINOCLI_TIMEOUT", seconds)
    with pytest.raises(errors.UsageError, match="DOMINOCLI_TIMEOUT"):
        SshCarrier("ssh://far.example/acme", "Hub/Acme", time.time)


def test_a_forced_command_lets_a_peer_do_its_part_and_nothing_else(ssh: Any, domain: Domain, tmp_path: Path) -> None:
    forced = f"{ssh.program} serve --stdio --replica {domain.root(1)} --peer Hub/Acme"
    ssh.allow(f'restrict,command="{forced}"')
    domain.write(0, "groups/a.toml", group_text("a"))
    report = replicate(domain.hub, [Peer("Mail1/Acme", ssh.location(domain.root(1)))], clock=domain.clock)
    assert report.servers[0].state == "done", report.servers[0]
    assert domain.files(1) == domain.files(0) != {}
    before = snapshot(domain.root(2))
    with pytest.raises(errors.NoReplicaThere, match="another folder"):
        connect(ssh.location(domain.root(2)), "Hub/Acme", domain.clock)
    with pytest.raises(errors.AccessRefused):
        connect(ssh.location(domain.root(1)), "Mail2/Acme", domain.clock)
    assert snapshot(domain.root(2)) == before


def test_what_ssh_says_is_told(ssh: Any, domain: Domain, monkeypatch: pytest.MonkeyPatch) -> None:
    (ssh.folder / "authorized_keys").write_text("")
    with pytest.raises(errors.ReplicaUnreachable, match="Permission denied"):
        connect(ssh.location(domain.root(1)), "Hub/Acme", domain.clock)
    other = ssh.folder / "no_hosts"
    other.write_text("")
    monkeypatch.setenv("DOMINOCLI_SSH", f"{ssh.ssh} -o UserKnownHostsFile={other}")
    with pytest.raises(errors.ReplicaUnreachable, match="Host key verification failed"):
        connect(ssh.location(domain.root(1)), "Hub/Acme", domain.clock)
    with pytest.raises(errors.ReplicaUnreachable, match="refused"):
        connect("ssh://127.0.0.1:1/acme", "Hub/Acme", domain.clock)


def test_a_folder_without_a_replica_is_none(ssh: Any, domain: Domain, tmp_path: Path) -> None:
    carrier = connect(ssh.location(tmp_path / "nothing"), "Hub/Acme", domain.clock)
    with pytest.raises(errors.NoReplicaThere, match=r"no directory\.toml"):
        carrier.call("who", WHO)
    carrier.close()
    assert not (tmp_path / "nothing").exists()


def script(folder: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a Python text stand for ssh."""
    program = folder / "ssh.py"
    program.write_text(text)
    monkeypatch.setenv("DOMINOCLI_SSH", shlex.join([sys.executable, str(program)]))


FAILURES = {
    "ends at once": ("raise SystemExit(255)", "connection was closed"),
    "says why and ends": ("import sys; sys.exit('ssh: no route to host')", "no route to host"),
    "greets at login": ("print('Welcome to Acme!')", "no JSON"),
    "is not installed there": ("raise SystemExit(127)", "connection was closed"),
    "fills the error stream": ("import sys; sys.stderr.write('x' * 1000000); raise SystemExit(1)", "xxx"),
    "cuts its answer": (
        "import sys; sys.stdin.readline(); print('{\"id\": 1, \"ans', end='')",
        "connection was closed",
    ),
    "speaks a later version": (
        'import sys; sys.stdin.readline(); print(\'{"id": 1, "answer": {"version": 2}}\')',
        "version 2",
    ),
}


@pytest.mark.parametrize("what", FAILURES)
def test_a_far_side_that_fails_is_told_apart(what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text, told = FAILURES[what]
    script(tmp_path, text, monkeypatch)
    with pytest.raises(errors.ReplicaUnreachable, match=told) as failure:
        SshCarrier("ssh://far.example/acme", "Hub/Acme", time.time)
    assert ("must be installed there" in failure.value.hint) == ("not installed" in what)


def test_a_far_side_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(tmp_path, "import time; time.sleep(600)", monkeypatch)
    monkeypatch.setenv("DOMINOCLI_TIMEOUT", "0.5")
    with pytest.raises(errors.ReplicaUnreachable, match="no answer within"):
        SshCarrier("ssh://far.example/acme", "Hub/Acme", time.time)


def test_a_banner_does_not_hide_that_nobody_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "import sys, time; print('authorised use only', file=sys.stderr, flush=True); time.sleep(600)"
    script(tmp_path, text, monkeypatch)
    monkeypatch.setenv("DOMINOCLI_TIMEOUT", "3")
    with pytest.raises(errors.ReplicaUnreachable, match=r"no answer within 3 seconds \(authorised use only\)"):
        SshCarrier("ssh://far.example/acme", "Hub/Acme", time.time)


HUB = """
import json, sys, time
def say(**message): print(json.dumps(message), flush=True)
for line in sys.stdin:
    question = json.loads(line)
    if question["verb"] == "open":
        say(id=question["id"], answer={{"version": 1}})
        continue
    for _ in range({lines}):
        time.sleep({pause})
        say(id=question["id"], working=True)
    say(id=question["id"], answer={{"report": {{"servers": [], "exit": 0}}, "version": 1}})
"""

REPLICATE = {"dry_run": False, "recalc": True, "without": "Hub/Acme"}


def test_a_hub_that_says_it_is_working_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(tmp_path, HUB.format(lines=20, pause=0.4), monkeypatch)
    monkeypatch.setenv("DOMINOCLI_TIMEOUT", "6")
    carrier = SshCarrier("ssh://far.example/acme", "Hub/Acme", time.time)
    assert carrier.call("replicate", REPLICATE)["report"] == {"servers": [], "exit": 0}
    carrier.close()


def test_a_hub_that_works_without_end_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(tmp_path, HUB.format(lines=10**9, pause=0.001), monkeypatch)
    monkeypatch.setattr("dominocli.replication.carriers.ssh.LONGEST_WORK", 0.05)
    monkeypatch.setenv("DOMINOCLI_TIMEOUT", "20")
    carrier = SshCarrier("ssh://far.example/acme", "Hub/Acme", time.time)
    with pytest.raises(errors.ReplicaUnreachable, match="no answer within 1 seconds"):
        carrier.call("replicate", REPLICATE)
    carrier.close()


def test_no_other_verb_may_take_longer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(tmp_path, HUB.format(lines=1, pause=0), monkeypatch)
    carrier = SshCarrier("ssh://far.example/acme", "Hub/Acme", time.time)
    with pytest.raises(failures.ProtocolFault):
        carrier.call("who", WHO)
    carrier.close()


def test_an_answer_without_end_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(tmp_path, "import sys\nwhile True: sys.stdout.write('x' * 100000)", monkeypatch)
    monkeypatch.setattr("dominocli.replication.carriers.pipe.LONGEST_LINE", 1_000_000)
    with pytest.raises(failures.MessageTooLong):
        SshCarrier("ssh://far.example/acme", "Hub/Acme", time.time)


def test_servers_that_hang_delay_each_other_by_one_time_out(
    domain: Domain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(tmp_path, "import time; time.sleep(600)", monkeypatch)
    monkeypatch.setenv("DOMINOCLI_TIMEOUT", "3")
    domain.write(0, "groups/a.toml", group_text("a"))
    hanging = [Peer(f"Far{n}/Acme", f"ssh://far{n}.example/acme") for n in range(6)]
    began = time.monotonic()
    report = replicate(domain.hub, [*hanging, *domain.peers()], clock=domain.clock)
    took = time.monotonic() - began
    assert [row.state for row in report.servers] == ["unreachable"] * 6 + ["done"] * 2
    assert domain.all_equal()
    # One after the other they would need 18 seconds at least.
    assert took < 16, took


def test_a_location_keeps_its_parts() -> None:
    assert ssh_location("ssh://u.x@[::1]:22/srv/acme") == SshLocation("u.x", "::1", 22, "/srv/acme")
    assert ssh_location("ssh://hub/srv/acme") == SshLocation("", "hub", 0, "/srv/acme")
