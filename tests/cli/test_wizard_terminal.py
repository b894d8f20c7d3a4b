"""The wizard as the person at the keyboard meets it: the real program on a pseudo terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from terminal_session import CLEAR, CTRL_B, CTRL_C, DOWN, ENTER, ESCAPE, F1, UP
from wizard_steps import (
    ADMINISTRATION,
    CREATE_DOMAIN,
    CREATE_RECORD,
    DIAL_UP_RECORD,
    DIRECT,
    FOREIGN_SMTP,
    GIVEN,
    GIVEN_DIAL_UP,
    OFFER,
    OTHER_TABS,
    PARTNER,
    RECORD,
    REVIEW,
    ROUTING,
    SAVE,
    SCHEDULE,
    Twin,
    answer,
    commands,
    documents,
    enters,
    everything,
    program,
    read,
    saved_alone,
)

# Saving.


def test_a_direct_smtp_connection_is_saved_and_its_command_line_saves_the_same(domain: Any, tmp_path: Path) -> None:
    domain.ok(PARTNER)
    twin = Twin(tmp_path)
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
    assert twin.after(equivalent) == documents(Path.cwd())


def test_a_dry_run_says_so_before_anything_is_saved_and_writes_nothing(domain: Any) -> None:
    domain.ok(PARTNER)
    before = documents(Path.cwd())
    with program("--dry-run", "connection", "add") as session:
        answer(session, *DIRECT)
        session.wait_for_question(REVIEW)
        assert "a dry run: Save & Close shows what it would write" in " ".join(session.screen.split())
        answer(session, SAVE)
        assert session.wait_for_end() == 0, session.screen
    assert documents(Path.cwd()) == before


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


def test_a_record_and_a_virtual_domain_made_on_the_way_are_saved_in_one_step(domain: Any, tmp_path: Path) -> None:
    twin = Twin(tmp_path)
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
    assert twin.after(equivalent) == documents(Path.cwd())


def test_words_a_shell_would_obey_are_quoted_in_the_command_line(domain: Any, tmp_path: Path) -> None:
    twin = Twin(tmp_path)
    comments = """it's "a" $HOME `id` $(id); [red]x | é \\ *"""
    with program("group", "add", "--group-name", "Hubs", "--members", "Mail1/Acme", "--wizard") as session:
        answer(session, *enters("Group type ("), ("Comments (", comments + ENTER), *ADMINISTRATION[1:])
        saved_alone(session)
        equivalent = commands(session)
    assert read("groups/hubs.toml")["administration"]["comments"] == comments
    assert twin.after(equivalent) == documents(Path.cwd())


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


def test_f1_explains_a_question_and_it_is_asked_again(domain: Any) -> None:
    with program("connection", "add") as session:
        answer(session, ("Connection type (", F1))
        session.wait_for("SMTP sends Internet mail out of the domain.")
        session.wait_for_question("Connection type (")
        session.send(CTRL_C)
        assert session.wait_for_end() == 130


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


def test_a_connection_is_edited_by_the_same_questions(domain: Any, tmp_path: Path) -> None:
    twin = Twin(tmp_path)
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
    assert twin.after(equivalent) == documents(Path.cwd())
    assert read(f"connections/{name}.toml")["replication_routing"]["routing_cost"] == 9


def test_a_server_is_edited_by_the_same_questions(domain: Any, tmp_path: Path) -> None:
    twin = Twin(tmp_path)
    with program("server", "edit", "mail1-acme") as session:
        answer(session, *enters("Server name (", "Server title (", "Domain name (", "Cluster name ("))
        answer(session, *enters("Fully qualified Internet host name ("), ("Routing tasks (", DOWN + " " + ENTER))
        answer(session, *enters("SMTP listener task (", "Time zone (", "Replica (", "Ports ("), *ADMINISTRATION)
        saved_alone(session)
        equivalent = commands(session)
    assert read("servers/mail1-acme.toml")["basics"]["routing_tasks"] == ["Mail Routing", "SMTP Mail Routing"]
    assert twin.after(equivalent) == documents(Path.cwd())


def test_a_server_is_added_by_the_wizard(domain: Any, tmp_path: Path) -> None:
    twin = Twin(tmp_path)
    with program("server", "add") as session:
        answer(session, ("Server name (", "Hub [1]/Acme" + ENTER), *enters("Server title (", "Domain name ("))
        answer(session, *enters("Cluster name (", "Fully qualified Internet host name ("))
        answer(session, *enters("Routing tasks (", "SMTP listener task (", "Time zone (", "Replica ("))
        answer(session, *enters("Ports (", "Port (", "Protocol ("), ("Notes network (", "Office" + ENTER))
        answer(session, *enters("Net address (", "Enabled", "Ports ("), *ADMINISTRATION)
        saved_alone(session)
        equivalent = commands(session)
    assert twin.after(equivalent) == documents(Path.cwd())
    assert read("servers/hub-1-acme.toml")["basics"]["server_name"] == "Hub [1]/Acme"


def test_a_domain_is_added_by_the_wizard(domain: Any, tmp_path: Path) -> None:
    twin = Twin(tmp_path)
    with program("domain", "add") as session:
        answer(session, ("Domain type (", ENTER), *FOREIGN_SMTP)
        saved_alone(session)
        equivalent = commands(session)
    assert read("domains/partnernet--partner-example.toml")["routing"]["internet_domain"] == "*.partner.example"
    assert twin.after(equivalent) == documents(Path.cwd())


def test_a_configuration_is_added_by_the_wizard(domain: Any, tmp_path: Path) -> None:
    twin = Twin(tmp_path)
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
    assert twin.after(equivalent) == documents(Path.cwd())
    assert read("configurations/mail2-acme.toml")["router_smtp"]["relay_host"] == "relay.example"


def test_a_name_that_is_taken_is_asked_for_before_saving(domain: Any) -> None:
    with program("connection", "add", *GIVEN, "--destination-domain", "OtherNet", "--wizard") as session:
        answer(session, *enters("SMTP MTA relay host ("), *OTHER_TABS, SAVE, ("Name of the document", ENTER))
        saved_alone(session)
    assert Path("connections/mail2-acme--othernet-2.toml").is_file()
