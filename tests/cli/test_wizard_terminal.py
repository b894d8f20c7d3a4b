"""The wizard as the person at the keyboard meets it: the real program on a pseudo terminal."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from terminal_session import (
    CLEAR,
    CTRL_B,
    CTRL_C,
    CTRL_D,
    DOWN,
    ENTER,
    ESCAPE,
    F1,
    UP,
    TerminalSession,
)

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = [sys.executable, "-m", "dominocli"]
CONTROL_SEQUENCE = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z]|[()][A-Z0-9]|O?[A-Z=>])")
COLOUR = re.compile(r"\x1b\[[0-9;]*(?:3[0-9]|4[0-9]|9[0-7]|10[0-7])[0-9;]*m")

Step = tuple[str, str]
"""How the message of a question begins, and the keys that answer it."""


def enters(*labels: str) -> tuple[Step, ...]:
    return tuple((label, ENTER) for label in labels)


ROUTING = enters("Replication task (", "Routing task (", "Route at once if (", "Routing cost (", "Router type (")
SCHEDULE = enters("Schedule (", "Connect at times (", "Repeat interval of (", "Days of week (")
ADMINISTRATION = enters("Comments (", "Owners (", "Administrators (")
OTHER_TABS = ROUTING + SCHEDULE + ADMINISTRATION
REVIEW = "What now?"
SAVE = (REVIEW, ENTER)
OFFER = "Replicate to all servers"
DIRECT = (
    # The server offered is the first that sends by SMTP, Mail2.
    *enters("Connection type (", "Source server (", "Connect via ("),
    ("Destination server (", "all_partner_hosts" + ENTER),
    ("Destination domain (", "PartnerNet" + ENTER),
    ("SMTP MTA relay host (", "relay.partner.example" + ENTER),
    *OTHER_TABS,
)
RECORD = (
    ("Source server (", ENTER),
    ("Source domain (", ENTER),
    ("Destination server (", "Provider/Isp" + ENTER),
    ("Destination domain (", "Isp" + ENTER),
    *enters("Use the port(s) (", "Usage priority (", "Optional network address ("),
    *enters("Choose a service type (", "Dial-up networking name (", "Login name ("),
    ("Phone number (", "555 0100" + ENTER),
    *enters("Area code (", "Country code (", "Dial-back phone number ("),
    *enters("Replication task (", "Replicate databases of (", "Replication type ("),
    *enters("Files/directories to replicate (", "Replication time limit ("),
    *ROUTING[1:],
    *SCHEDULE,
    *ADMINISTRATION,
)
FOREIGN_SMTP = (
    ("Internet domain (", "*.partner.example" + ENTER),
    ("Domain name (", "PartnerNet" + ENTER),
    *enters("Internet host ("),
    *ADMINISTRATION,
)
CREATE_RECORD = ("Dial using connection record (", "Create a Network" + ENTER)
CREATE_DOMAIN = ("Destination domain (", "Create a Foreign" + ENTER)

PARTNER = "domain add --domain-type foreign-smtp --internet-domain '*.partner.example' --domain-name PartnerNet"
DIAL_UP_RECORD = (
    "connection add --connection-type network-dialup --source-server Mail2/Acme --source-domain Acme"
    " --destination-server Provider/Isp --destination-domain Isp --phone-number '555 0100'"
)
GIVEN = [
    *("--connection-type", "smtp", "--source-server", "Mail2/Acme", "--connect-via", "direct"),
    *("--destination-server", "all_partner_hosts"),
]
GIVEN_DIAL_UP = [*GIVEN[:4], "--connect-via", "dial-up"]


def program(*words: str, env: dict[str, str] | None = None, **size: int) -> TerminalSession:
    """Start the program on a terminal, in the current folder."""
    size = {"rows": 100, **size}
    return TerminalSession([*PROGRAM, *words], env={"PYTHONPATH": str(ROOT), **(env or {})}, **size)  # type: ignore[arg-type]


def answer(session: TerminalSession, *steps: Step) -> None:
    """Wait for each question and answer it: a question too many or too few fails."""
    for label, keys in steps:
        session.wait_for_question(label)
        session.send(keys)


def saved_alone(session: TerminalSession) -> None:
    """Save & Close, and decline to replicate."""
    answer(session, SAVE, (OFFER, "n"))
    assert session.wait_for_end() == 0, session.screen


def said(session: TerminalSession) -> list[str]:
    """Return every line the program wrote, as it wrote it: not broken where the terminal ends."""
    return CONTROL_SEQUENCE.sub("", session.raw).replace("\r", "").split("\n")


def commands(session: TerminalSession) -> list[str]:
    """Return the command lines of the last review."""
    lines = said(session)
    start = max(n for n, line in enumerate(lines) if line.startswith("The same without questions"))
    found = [line.strip() for line in lines[start:] if line.startswith("  dominocli ")]
    assert found
    return found


def read(path: str) -> dict[str, Any]:
    return tomllib.loads(Path(path).read_text(encoding="utf-8"))


def everything(folder: Path) -> dict[str, bytes | None]:
    """Return every file below a folder with its bytes, and every folder: `.dominocli` and its cache as well."""
    paths = sorted(folder.rglob("*"))
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in paths}


def documents(folder: Path) -> dict[str, str]:
    """Return the texts of all documents of a directory but for their unids."""
    texts = {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in folder.glob("*/*.toml")}
    return {file: re.sub(r'(?m)^unid = ".*"$', "unid", text) for file, text in texts.items()}


@pytest.fixture
def twin(domain: Any, tmp_path: Path) -> Any:
    """A function that copies the directory now; what it returns runs command lines there by a shell."""

    def copy() -> Any:
        folder = tmp_path / "twin"
        shutil.copytree(Path.cwd(), folder)
        programs = tmp_path / "bin"
        programs.mkdir()
        shim = programs / "dominocli"
        shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m dominocli "$@"\n', encoding="utf-8")
        shim.chmod(0o755)
        env = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}

        def run(lines: Iterable[str]) -> dict[str, str]:
            script = "set -e\n" + "\n".join(lines)
            done = subprocess.run(["sh", "-c", script], cwd=folder, env=env, capture_output=True, text=True)
            assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
            return documents(folder)

        return run

    return copy


# Saving.


def test_a_direct_smtp_connection_is_saved_and_its_command_line_saves_the_same(domain: Any, twin: Any) -> None:
    domain.ok(PARTNER)
    run = twin()
    with program("connection", "add") as session:
        answer(session, *DIRECT)
        session.wait_for_question(REVIEW)
        assert "Destination domain: PartnerNet *" in session.screen
        assert "Routing cost: 1\n" in session.screen
        assert "file connections/mail2-acme--partnernet.toml" in session.screen
        saved_alone(session)
        equivalent = commands(session)
    document = read("connections/mail2-acme--partnernet.toml")
    assert document["basics"] == {
        "connection_type": "SMTP",
        "source_server": "Mail2/Acme",
        "connect_via": "Direct connection",
        "destination_server": "all_partner_hosts",
        "destination_domain": "PartnerNet",
        "smtp_mta_relay_host": "relay.partner.example",
    }
    assert run(equivalent) == documents(Path.cwd())


def test_a_dial_up_connection_takes_a_record_from_the_picker(domain: Any) -> None:
    domain.ok(PARTNER)
    domain.ok(DIAL_UP_RECORD)
    domain.ok(DIAL_UP_RECORD.replace("Provider/Isp", "Other/Isp").replace("0100", "0199"))
    with program("connection", "add", *GIVEN_DIAL_UP) as session:
        session.wait_for_question("Dial using connection record (")
        for part in ("Record", "Phone number", "Microsoft DUN", "mail2-acme--other-isp", "555 0199"):
            session.wait_for(part)
        session.send("details" + ENTER)
        answer(session, ("Details of", DOWN + ENTER))
        session.wait_for_question("Dial using connection record (")
        assert "Phone number: 555 0100" in session.screen
        session.send("provider" + ENTER)
        answer(session, ("Destination server (", "all_partner_hosts" + ENTER), ("Destination domain (", "Part" + ENTER))
        answer(session, *enters("SMTP MTA relay host ("), *OTHER_TABS)
        saved_alone(session)
    document = read("connections/mail2-acme--partnernet.toml")
    assert document["basics"]["connect_via"] == "Dial-up connection"
    assert document["basics"]["dial_using_connection_record"] == "mail2-acme--provider-isp"
    assert document["replication_routing"]["routing_cost"] == 5


def test_a_record_and_a_virtual_domain_made_on_the_way_are_saved_in_one_step(domain: Any, twin: Any) -> None:
    run = twin()
    with program("connection", "add", *GIVEN_DIAL_UP) as session:
        # Esc in the first question of what is made on the way leads back to the picker.
        answer(session, CREATE_RECORD, ("Source server (", ESCAPE), CREATE_RECORD, *RECORD)
        session.wait_for_question("Destination server (")
        assert "mail2-acme--provider-isp" in session.screen
        session.send("all_partner_hosts" + ENTER)
        answer(session, CREATE_DOMAIN, ("Internet domain (", CTRL_B), CREATE_DOMAIN, *FOREIGN_SMTP)
        answer(session, *enters("SMTP MTA relay host ("), *OTHER_TABS)
        session.wait_for_question(REVIEW)
        assert not list(Path("connections").glob("*provider*")) and not list(Path("domains").glob("*partner*"))
        equivalent = commands(session)
        assert len(equivalent) == 3
        assert " --dial-using-connection-record mail2-acme--provider-isp" in equivalent[-1]
        saved_alone(session)
    assert read("connections/mail2-acme--provider-isp.toml")["network_dialup"]["phone_number"] == "555 0100"
    assert read("domains/partnernet--partner-example.toml")["routing"]["domain_name"] == "PartnerNet"
    basics = read("connections/mail2-acme--partnernet.toml")["basics"]
    assert basics["dial_using_connection_record"] == "mail2-acme--provider-isp"
    assert basics["destination_domain"] == "PartnerNet"
    assert run(equivalent) == documents(Path.cwd())


def test_words_a_shell_would_obey_are_quoted_in_the_command_line(domain: Any, twin: Any) -> None:
    run = twin()
    comments = """it's "a" $HOME `id` $(id); [red]x | é \\ *"""
    with program("group", "add", "--group-name", "Hubs", "--members", "Mail1/Acme", "--wizard") as session:
        answer(session, *enters("Group type ("), ("Comments (", comments + ENTER), *ADMINISTRATION[1:])
        saved_alone(session)
        equivalent = commands(session)
    assert read("groups/hubs.toml")["administration"]["comments"] == comments
    assert run(equivalent) == documents(Path.cwd())


# Going back.


@pytest.mark.parametrize("back", [ESCAPE, CTRL_B])
def test_going_back_changes_an_earlier_answer(domain: Any, back: str) -> None:
    domain.ok(PARTNER)
    with program("connection", "add") as session:
        answer(session, *DIRECT[:5])
        answer(session, ("SMTP MTA relay host (", back), ("Destination domain (", back), ("Destination server (", back))
        answer(session, ("Connect via (", back), ("Source server (", CTRL_B), ("Connection type (", ENTER))
        answer(session, ("Source server (", "Mail3" + ENTER), ("Connect via (", ENTER))
        answer(session, ("Destination server (", CLEAR + "all_others" + ENTER), *DIRECT[4:-1])
        answer(session, ("Administrators (", back), ("Owners (", "Ann/Acme" + ENTER), ("Administrators (", ENTER))
        answer(session, (REVIEW, back), ("Administrators (", ENTER))
        session.wait_for_question(REVIEW)
        saved_alone(session)
    document = read("connections/mail3-acme--partnernet.toml")
    assert document["basics"]["source_server"] == "Mail3/Acme"
    assert document["basics"]["destination_server"] == "all_others"
    assert document["administration"]["owners"] == ["Ann/Acme"]


def test_going_back_from_the_first_question_cancels(domain: Any) -> None:
    before = everything(domain.folder)
    with program("connection", "add") as session:
        answer(session, ("Connection type (", ESCAPE))
        assert session.wait_for_end() == 130
        assert "cancelled, nothing was written" in session.screen
    assert everything(domain.folder) == before


def test_a_record_is_asked_and_written_only_while_the_line_is_dialled(domain: Any) -> None:
    domain.ok(PARTNER)
    domain.ok(DIAL_UP_RECORD)
    record = ("Dial using connection record (", "provider" + ENTER)
    with program("connection", "add") as session:
        answer(session, *DIRECT[:3], ("Destination server (", ESCAPE), ("Connect via (", DOWN + ENTER), record)
        answer(session, ("Destination server (", ESCAPE), ("Dial using connection record (", ESCAPE))
        answer(session, ("Connect via (", UP + ENTER), *DIRECT[3:])
        session.wait_for_question(REVIEW)
        assert "Dial using" not in session.screen.rpartition("Review:")[2]
        assert "Routing cost: 1\n" in session.screen
        session.send(DOWN + DOWN + ENTER)
        answer(session, ("Which field?", "via" + ENTER), ("Connect via (", DOWN + ENTER), record)
        session.wait_for_question(REVIEW)
        review = session.screen.rpartition("Review:")[2]
        assert "Dial using connection record: mail2-acme--provider-isp *" in review
        assert "Routing cost: 5\n" in review
        session.send(DOWN + DOWN + ENTER)
        answer(session, ("Which field?", "via" + ENTER), ("Connect via (", UP + ENTER))
        saved_alone(session)
        assert "--dial-using" not in commands(session)[-1]
    assert "dial_using_connection_record" not in read("connections/mail2-acme--partnernet.toml")["basics"]


# Stopping.


def stop_everywhere(folder: Path, words: Sequence[str], steps: Sequence[Step], first: int = 0) -> None:
    """Answer ever more of the steps, then stop by ^C: every byte below the folder must be as it was."""
    before = everything(folder)
    for count in range(first, len(steps)):
        stop(words, steps[:count], steps[count][0], CTRL_C)
        assert everything(folder) == before, f"^C at {steps[count][0]!r}"


def stop(words: Sequence[str], steps: Sequence[Step], label: str, key: str) -> None:
    with program(*words, rows=30) as session:
        answer(session, *steps)
        session.wait_for_question(label)
        session.send(key)
        assert session.wait_for_end() == 130, session.screen
        assert session.lines[-1] == "error[cancelled]: cancelled, nothing was written"


@pytest.fixture
def edited_by_hand(replicated: Any) -> Any:
    """All replicas, one document edited since anybody looked: what stops must not even notice it."""
    replicated.ok(PARTNER)
    with Path("connections/mail2-acme--othernet.toml").open("a", encoding="utf-8") as file:
        file.write("# edited by hand\n")
    return replicated


def test_control_c_at_every_question_leaves_every_byte(edited_by_hand: Any) -> None:
    stop_everywhere(edited_by_hand.folder, ["connection", "add"], [*DIRECT, SAVE])


def test_control_c_at_every_question_of_a_record_on_the_way_leaves_every_byte(edited_by_hand: Any) -> None:
    steps = [CREATE_RECORD, *RECORD, ("Destination server (", ENTER)]
    stop_everywhere(edited_by_hand.folder, ["connection", "add", *GIVEN_DIAL_UP], steps)


def test_control_c_at_every_question_of_a_virtual_domain_on_the_way_leaves_every_byte(edited_by_hand: Any) -> None:
    steps = [CREATE_DOMAIN, ("Internet domain (", "*.new.example" + ENTER), ("Domain name (", "NewNet" + ENTER)]
    steps += [*FOREIGN_SMTP[2:], *enters("SMTP MTA relay host ("), *OTHER_TABS, (REVIEW, DOWN + DOWN + ENTER)]
    steps += [("Which field?", "Destination domain" + ENTER), ("Destination domain (", "Another" + ENTER)]
    steps += enters("Destination domain (")
    words = ["connection", "add", *GIVEN]
    stop_everywhere(edited_by_hand.folder, words, steps[:8])
    stop_everywhere(edited_by_hand.folder, words, steps, len(steps) - 4)


def test_control_c_at_every_question_of_a_port_leaves_every_byte(edited_by_hand: Any) -> None:
    steps = [*enters("Server name ("), ("Routing tasks (", " " + ENTER), ("Ports (", DOWN + ENTER)]
    steps += [*enters("Port TCPIP", "Port (", "Protocol (", "Notes network (", "Net address (", "Enabled", "Ports (")]
    given = ["--server-title", "", "--domain-name", "Acme", "--cluster-name", "", "--time-zone", ""]
    given += ["--fully-qualified-internet-host-name", "", "--smtp-listener-task", "Disabled", "--replica", ""]
    stop_everywhere(edited_by_hand.folder, ["server", "edit", "mail2-acme", *given, "--wizard"], steps)


def test_control_d_stops_as_control_c_does(edited_by_hand: Any) -> None:
    before = everything(edited_by_hand.folder)
    words = ["group", "add", "--group-name", "Hubs"]
    steps = [*enters("Group type (", "Members ("), *ADMINISTRATION, (REVIEW, DOWN + DOWN + ENTER), *enters("Which")]
    for count in (0, 1, 5, 6):
        stop([*words, "--wizard"], steps[:count], steps[count][0], CTRL_D)
    assert everything(edited_by_hand.folder) == before


def test_cancel_in_the_review_writes_nothing(edited_by_hand: Any) -> None:
    before = everything(edited_by_hand.folder)
    with program("group", "add", "--group-name", "Hubs", "--wizard") as session:
        answer(session, *enters("Group type (", "Members ("), *ADMINISTRATION, (REVIEW, UP + ENTER))
        assert session.wait_for_end() == 130
    assert everything(edited_by_hand.folder) == before


# After saving.


def test_yes_replicates_and_recalculates(replicated: Any) -> None:
    replicated.ok(PARTNER)
    with program("connection", "add", *GIVEN, "--destination-domain", "PartnerNet", "--wizard") as session:
        answer(session, *enters("SMTP MTA relay host ("), *OTHER_TABS, SAVE)
        session.wait_for_question(OFFER)
        session.wait_for("(Mail1/Acme, Mail2/Acme, Mail3/Acme)")
        session.send(ENTER)
        assert session.wait_for_end() == 0
        end = session.screen.rpartition(OFFER)[2]
        lines = end.split("\n")
        assert lines[1] == "+ connections/mail2-acme--partnernet (created)"
        assert "all 3 replicas identical" in end
        assert end.count("Acme: recalculated") == 3
        assert "next: dominocli replicate" not in end
    for server in ("mail1", "mail2", "mail3"):
        assert (replicated.folder / server / "connections/mail2-acme--partnernet.toml").is_file()
    assert "Mail2/Acme" in replicated.ok("route explain --from Mail1/Acme ann@x.partner.example").out


@pytest.mark.parametrize("key", ["n", ESCAPE, CTRL_C])
def test_no_prints_the_two_commands_and_moves_nothing(replicated: Any, key: str) -> None:
    before = everything(replicated.folder / "mail2")
    with program("group", "add", "--group-name", "Hubs", "--members", "", "--wizard") as session:
        answer(session, *enters("Group type ("), *ADMINISTRATION, SAVE, (OFFER, key))
        assert session.wait_for_end() == 0
        end = session.screen.rpartition("saved: groups/hubs.toml")[2]
        assert end.count("dominocli replicate") == 1
        assert end.count("dominocli recalc") == 1
    assert Path("groups/hubs.toml").is_file()
    assert everything(replicated.folder / "mail2") == before


# Flags, other forms, and edit.


def test_nothing_is_asked_when_nothing_is_missing(domain: Any) -> None:
    with program("connection", "add", *GIVEN, "--destination-domain", "OtherNet", "--name", "second") as session:
        assert session.wait_for_end() == 0
    assert Path("connections/second.toml").is_file()


def test_a_flag_given_is_a_question_not_asked(domain: Any) -> None:
    domain.ok(PARTNER)
    with program("connection", "add", *GIVEN, "--smtp-mta-relay-host", "a.example", "--routing-cost", "7") as session:
        answer(session, ("Destination domain (", "PartnerNet" + ENTER), *ROUTING[:3], *ROUTING[4:])
        answer(session, *SCHEDULE, *ADMINISTRATION)
        saved_alone(session)
    document = read("connections/mail2-acme--partnernet.toml")
    assert document["basics"]["smtp_mta_relay_host"] == "a.example"
    assert document["replication_routing"]["routing_cost"] == 7


def test_a_connection_is_edited_by_the_same_questions(domain: Any, twin: Any) -> None:
    run = twin()
    with program("connection", "edit", "mail2-acme--othernet", "--wizard") as session:
        answer(session, *enters("Connection type (", "Source server (", "Connect via (", "Destination server ("))
        answer(session, *enters("Destination domain ("), ("SMTP MTA relay host (", CLEAR + "new.example" + ENTER))
        answer(
            session, *ROUTING[:3], ("Routing cost (", CLEAR + "101" + ENTER), ("Routing cost (", CLEAR + "9" + ENTER)
        )
        answer(session, *ROUTING[4:], *SCHEDULE, *ADMINISTRATION)
        saved_alone(session)
        equivalent = commands(session)
    name = "mail2-acme--othernet"
    assert equivalent == [f"dominocli connection edit {name} --smtp-mta-relay-host new.example --routing-cost 9"]
    assert run(equivalent) == documents(Path.cwd())
    assert read(f"connections/{name}.toml")["replication_routing"]["routing_cost"] == 9


def test_a_server_is_edited_by_the_same_questions(domain: Any, twin: Any) -> None:
    run = twin()
    with program("server", "edit", "mail1-acme") as session:
        answer(session, *enters("Server name (", "Server title (", "Domain name (", "Cluster name ("))
        answer(session, *enters("Fully qualified Internet host name ("), ("Routing tasks (", DOWN + " " + ENTER))
        answer(session, *enters("SMTP listener task (", "Time zone (", "Replica (", "Ports ("), *ADMINISTRATION)
        saved_alone(session)
        equivalent = commands(session)
    assert read("servers/mail1-acme.toml")["basics"]["routing_tasks"] == ["Mail Routing", "SMTP Mail Routing"]
    assert run(equivalent) == documents(Path.cwd())


def test_a_server_is_added_by_the_wizard(domain: Any, twin: Any) -> None:
    run = twin()
    with program("server", "add") as session:
        answer(session, ("Server name (", "Hub [1]/Acme" + ENTER), *enters("Server title (", "Domain name ("))
        answer(session, *enters("Cluster name (", "Fully qualified Internet host name ("))
        answer(session, *enters("Routing tasks (", "SMTP listener task (", "Time zone (", "Replica ("))
        answer(session, *enters("Ports (", "Port (", "Protocol ("), ("Notes network (", "Office" + ENTER))
        answer(session, *enters("Net address (", "Enabled", "Ports ("), *ADMINISTRATION)
        saved_alone(session)
        equivalent = commands(session)
    assert run(equivalent) == documents(Path.cwd())
    assert read("servers/hub-1-acme.toml")["basics"]["server_name"] == "Hub [1]/Acme"


def test_a_domain_is_added_by_the_wizard(domain: Any, twin: Any) -> None:
    run = twin()
    with program("domain", "add") as session:
        answer(session, ("Domain type (", ENTER), *FOREIGN_SMTP)
        saved_alone(session)
        equivalent = commands(session)
    assert read("domains/partnernet--partner-example.toml")["routing"]["internet_domain"] == "*.partner.example"
    assert run(equivalent) == documents(Path.cwd())


def test_a_configuration_is_added_by_the_wizard(domain: Any, twin: Any) -> None:
    run = twin()
    with program("configuration", "add") as session:
        answer(session, ("Applies to (", CLEAR + "Mail2/Acme" + ENTER), *enters("Number of mailboxes ("))
        answer(session, ("SMTP used when sending messages outside", DOWN + ENTER))
        answer(session, *enters("SMTP allowed within", "Servers within the local Notes domain"))
        answer(session, ("Relay host for messages leaving", "relay.example" + ENTER))
        answer(session, *enters("Local Internet domain smart host", "Smart host is used", "Host name lookup"))
        answer(session, *enters("Maximum hop count", "Low priority mail routing time range"))
        answer(session, *enters("Initial transfer retry interval", "Expired message purge interval"))
        answer(session, *enters("Ignore message priority", "Dynamic cost reset interval"), *ADMINISTRATION)
        saved_alone(session)
        equivalent = commands(session)
    assert run(equivalent) == documents(Path.cwd())
    assert read("configurations/mail2-acme.toml")["router_smtp"]["relay_host"] == "relay.example"


def test_a_name_that_is_taken_is_asked_for_before_saving(domain: Any) -> None:
    with program("connection", "add", *GIVEN, "--destination-domain", "OtherNet", "--wizard") as session:
        answer(session, *enters("SMTP MTA relay host ("), *OTHER_TABS, SAVE, ("Name of the document", ENTER))
        saved_alone(session)
    assert Path("connections/mail2-acme--othernet-2.toml").is_file()


# Nobody to ask.

REQUIRED = ["source_server", "destination_server", "destination_domain"]


def assert_lists_what_is_missing(text: str) -> None:
    envelope = json.loads(text)
    assert envelope["command"] == "connection add"
    assert [error["code"] for error in envelope["errors"]] == ["missing-flags"]
    assert envelope["errors"][0]["fields"] == REQUIRED
    for flag in ("--source-server", "--destination-server", "--destination-domain"):
        assert flag in envelope["errors"][0]["message"]


@pytest.mark.parametrize("terminal", ["none", "stdin", "stderr"])
def test_without_two_terminals_all_missing_flags_are_listed_at_once(domain: Any, terminal: str) -> None:
    before = everything(domain.folder)
    ours, theirs = os.openpty()
    try:
        done = subprocess.run(
            [*PROGRAM, "connection", "add", "--json"],
            stdin=theirs if terminal == "stdin" else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=theirs if terminal == "stderr" else subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color"},
            text=True,
            timeout=60,
        )
    finally:
        os.close(theirs)
        os.close(ours)
    assert done.returncode == 2
    assert not done.stderr
    assert_lists_what_is_missing(done.stdout)
    assert everything(domain.folder) == before


def test_the_wizard_cannot_be_forced_without_a_terminal(domain: Any) -> None:
    assert "--wizard needs a terminal" in domain("group add --group-name Hubs --wizard", code=2).err


@pytest.mark.parametrize(("words", "env"), [(["--no-input"], {}), ([], {"DOMINOCLI_NO_INPUT": "1"})])
def test_a_terminal_can_refuse_to_be_asked(domain: Any, words: list[str], env: dict[str, str]) -> None:
    with program("connection", "add", *words, env=env) as session:
        assert session.wait_for_end() == 2
        assert "? " not in session.screen
        for flag in ("--source-server", "--destination-server", "--destination-domain"):
            assert flag in session.screen


# What a terminal may be like.


@pytest.mark.parametrize(("key", "moved"), [("n", False), (ENTER, True)])
def test_standard_output_holds_the_envelope_alone(replicated: Any, tmp_path: Path, key: str, moved: bool) -> None:
    target = tmp_path / "out.json"
    words = "group add --group-name Hubs --members '' --wizard --json"
    shell = ["sh", "-c", f'exec "{sys.executable}" -m dominocli {words} > "{target}"']
    with TerminalSession(shell, env={"PYTHONPATH": str(ROOT)}, rows=80) as session:
        answer(session, *enters("Group type ("), *ADMINISTRATION)
        session.wait_for_question(REVIEW)
        assert not target.read_bytes()
        answer(session, SAVE, (OFFER, key))
        assert session.wait_for_end() == 0
    text = target.read_text(encoding="utf-8")
    assert "\x1b" not in text
    assert json.loads(text)["data"]["file"] == "groups/hubs.toml"
    assert (replicated.folder / "mail3/groups/hubs.toml").is_file() is moved


def test_forty_columns_without_colour_serve_from_end_to_end(domain: Any) -> None:
    domain.ok(PARTNER)
    with program("connection", "add", columns=40, rows=200, env={"NO_COLOR": "1"}) as session:
        answer(session, *DIRECT)
        session.wait_for_question(REVIEW)
        assert all(len(line) <= 40 for line in session.lines)
        saved_alone(session)
        assert not COLOUR.search(session.raw)
    assert Path("connections/mail2-acme--partnernet.toml").is_file()


def answer_lines(session: TerminalSession, *steps: Step) -> None:
    """Answer question after question of a terminal that only knows lines."""
    for label, text in steps:
        session.wait_for_prompt(label)
        session.send(text + ENTER)


def test_a_dumb_terminal_serves_from_end_to_end(domain: Any) -> None:
    domain.ok(PARTNER)
    with program("connection", "add", env={"TERM": "dumb"}, columns=40) as session:
        answer_lines(session, ("Connection type (", ""), ("Source server (", "Mail2/Acme"), ("Connect via (", "2"))
        answer_lines(session, ("Dial using connection record (", "<"), ("Connect via (", "?"), ("Number [2]: ", "1"))
        answer_lines(session, ("Destination server (", "all_partner_hosts"), ("Destination domain (", "PartnerNet"))
        answer_lines(session, ("SMTP MTA relay host (", "relay.partner.example"))
        answer_lines(session, *((label, "") for label, _ in OTHER_TABS))
        answer_lines(session, (REVIEW, "1"), (OFFER, "no"))
        assert session.wait_for_end() == 0
        assert "\x1b" not in session.raw
    basics = read("connections/mail2-acme--partnernet.toml")["basics"]
    assert basics["connect_via"] == "Direct connection"
    assert basics["smtp_mta_relay_host"] == "relay.partner.example"


def test_control_c_on_a_dumb_terminal_leaves_every_byte(domain: Any) -> None:
    before = everything(domain.folder)
    for key in (CTRL_C, CTRL_D):
        with program("connection", "add", env={"TERM": "dumb"}) as session:
            answer_lines(session, ("Connection type (", ""), ("Source server (", "2"))
            session.wait_for_prompt("Connect via (")
            session.send(key)
            assert session.wait_for_end() == 130
    assert everything(domain.folder) == before


# Hostile values.

HOSTILE = {
    "markup": "[red]x",
    "address": "[fe80::1]",
    "quote": 'a"b',
    "long": "long " * 60 + "end",
    "right-to-left": "דואר שלום",
    "emoji": "🏢 office",
    "template": "{0} %s <b> :smile:",
}


def test_values_of_documents_are_shown_literally(domain: Any) -> None:
    domain.ok(PARTNER)
    for name, value in HOSTILE.items():
        record = ["connection", "add", "--connection-type", "network-dialup", "--source-server", "Mail2/Acme"]
        record += ["--source-domain", "Acme", "--destination-server", value, "--destination-domain", "Isp"]
        domain.ok([*record, "--phone-number", value, "--comments", value, "--name", f"record-{name}"])
    domain.ok(["server", "add", "--server-name", "[red]x/Acme", "--name", "[red]x"])
    with program("connection", "add", "--destination-server", "x", "--comments", "[bold]a", rows=200) as session:
        answer(session, ("Connection type (", ENTER))
        session.wait_for_question("Source server (")
        session.wait_for("[red]x/Acme")
        session.send("[red" + ENTER)
        answer(session, ("Connect via (", DOWN + ENTER))
        session.wait_for_question("Dial using connection record (")
        for value in HOSTILE.values():
            session.wait_for(value, times=2)
        session.send("details" + ENTER)
        answer(session, ("Details of", DOWN + ENTER))
        session.wait_for_question("Dial using connection record (")
        session.send("fe80" + ENTER)
        answer(session, ("Destination domain (", "Part" + ENTER), ("SMTP MTA relay host (", "[fe80::1]" + ENTER))
        answer(session, *ROUTING, *SCHEDULE, *ADMINISTRATION[1:])
        session.wait_for_question(REVIEW)
        review = session.screen.rpartition("Review:")[2]
        for line in ("Source server: [red]x/Acme *", "SMTP MTA relay host: [fe80::1] *", "Comments: [bold]a *"):
            assert f"  {line}\n" in review
        saved_alone(session)


def test_hostile_values_are_defaults_like_others(domain: Any, twin: Any) -> None:
    """Enter at every question of an edit keeps each of them, and the command line of the edit is quoted."""
    values = {
        "--destination-server": HOSTILE["quote"],
        "--dial-up-networking-name": HOSTILE["markup"],
        "--login-name": HOSTILE["template"],
        "--phone-number": HOSTILE["address"],
        "--area-code": HOSTILE["emoji"],
        "--country-code": HOSTILE["right-to-left"],
        "--comments": HOSTILE["long"],
    }
    record = ["connection", "add", "--connection-type", "network-dialup", "--source-server", "Mail2/Acme"]
    record += ["--source-domain", "Acme", "--destination-domain", "Isp", "--name", "it's [red]x"]
    domain.ok(record + [word for pair in values.items() for word in pair])
    before = everything(domain.folder)
    kept = enters("Connection type (", *(label for label, _ in RECORD[:-1]))
    with program("connection", "edit", "it's [red]x") as session:
        answer(session, *kept, ("Administrators (", ENTER), SAVE)
        assert session.wait_for_end() == 0
        assert "= connections/it's [red]x (unchanged)" in session.screen
    assert everything(domain.folder) == before
    run = twin()
    with program("connection", "edit", "it's [red]x") as session:
        answer(session, *kept, ("Administrators (", 'a"b, [red]x' + ENTER))
        saved_alone(session)
        equivalent = commands(session)
    assert run(equivalent) == documents(Path.cwd())
    assert read("connections/it's [red]x.toml")["administration"]["administrators"] == ['a"b', "[red]x"]


def test_what_a_terminal_would_obey_never_reaches_it(domain: Any) -> None:
    name = "Evil\\u001b]0;owned\\u0007\\u001b[2J\\u202e/Acme"
    text = Path("servers/mail3-acme.toml").read_text(encoding="utf-8")
    Path("servers/mail3-acme.toml").write_text(text.replace("Mail3/Acme", name), encoding="utf-8")
    with program("connection", "add", env={"TERM": "dumb"}) as session:
        answer_lines(session, ("Connection type (", ""))
        session.wait_for_prompt("Source server (")
        session.send(CTRL_C)
        assert session.wait_for_end() == 130
        assert not re.search("[\x07\x1b\u202e]", session.raw)


# Yes or no.


@pytest.mark.parametrize(("key", "code"), [("n", 130), (ENTER, 130), (ESCAPE, 130), (CTRL_C, 130), ("y", 0)])
def test_a_delete_is_asked_for_and_no_means_no(domain: Any, key: str, code: int) -> None:
    before = everything(domain.folder)
    with program("connection", "delete", "mail2-acme--othernet") as session:
        answer(session, ("Delete connections/mail2-acme--othernet?", key))
        assert session.wait_for_end() == code
    assert (everything(domain.folder) == before) is (code != 0)
    assert Path("connections/mail2-acme--othernet.toml").exists() is (code != 0)


def test_f1_explains_a_question_and_it_is_asked_again(domain: Any) -> None:
    with program("connection", "add") as session:
        answer(session, ("Connection type (", F1))
        session.wait_for("SMTP sends Internet mail out of the domain.")
        session.wait_for_question("Connection type (")
        session.send(CTRL_C)
        assert session.wait_for_end() == 130
