"""What a save says: fields that went back to their default, and what it breaks in other documents."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

CONNECTION = "mail2-acme--othernet"
FILE = Path(f"connections/{CONNECTION}.toml")


def test_clearing_a_keyword_gives_it_back_its_default(domain: Any) -> None:
    domain.ok(f"connection edit {CONNECTION} --schedule disabled")
    outcome = domain.ok(f"connection edit {CONNECTION} --schedule '' --routing-task ''")
    assert "    schedule: Disabled -> Enabled\n" in outcome.out
    assert "    routing_task: Mail Routing -> Mail Routing (default)\n" in outcome.out
    written = tomllib.loads(FILE.read_text())
    assert "schedule" not in written["schedule"]
    assert "routing_task" not in written["replication_routing"]
    assert domain.ok("check").out.count("value-invalid") == 0


def test_a_new_document_takes_a_blank_keyword_as_the_default(domain: Any) -> None:
    words = "connection add --source-server Mail2/Acme --destination-server x --destination-domain X --schedule ''"
    domain.ok(words)
    assert tomllib.loads(Path("connections/mail2-acme--x.toml").read_text())["schedule"]["schedule"] == "Enabled"


def test_a_number_that_goes_back_to_an_equal_default_is_not_told_as_a_change_of_it(domain: Any) -> None:
    outcome = domain.ok(f"connection edit {CONNECTION} --routing-cost ''")
    assert "    routing_cost: 1 -> 1 (default)\n" in outcome.out
    assert "routing_cost" not in tomllib.loads(FILE.read_text())["replication_routing"]


def test_a_text_cleared_that_was_never_given_changes_nothing(domain: Any) -> None:
    before = FILE.read_bytes()
    outcome = domain.ok(f"connection edit {CONNECTION} --comments ''")
    assert "(unchanged)" in outcome.out
    assert FILE.read_bytes() == before


def test_a_field_an_import_did_not_find_can_be_said_to_be_blank(domain: Any) -> None:
    text = FILE.read_text().replace('smtp_mta_relay_host = "relay.other.example"\n', "")
    FILE.write_text('unknown = ["smtp_mta_relay_host"]\n' + text)
    outcome = domain.ok(f"connection edit {CONNECTION} --smtp-mta-relay-host ''")
    assert "    smtp_mta_relay_host: (unknown) -> (blank)\n" in outcome.out
    assert "unknown" not in tomllib.loads(FILE.read_text())


def test_a_pattern_that_looks_like_the_virtual_domain_gets_a_hint_and_is_saved(domain: Any) -> None:
    words = "domain add --domain-type foreign-smtp --internet-domain TheInternet --domain-name OtherNet --json"
    findings = {finding["id"]: finding for finding in domain.ok(words).envelope["findings"]}
    assert findings["pattern-without-dot"]["severity"] == "info"
    assert "the virtual domain stands in Domain name" in findings["pattern-without-dot"]["hint"]
    assert Path("domains/othernet--theinternet.toml").exists()


def test_a_record_in_another_case_is_no_record_of_anybody(domain: Any) -> None:
    domain.ok(
        "connection add --connection-type network-dialup --source-server Mail2/Acme --source-domain Acme --name Line"
        " --destination-server Isp/Acme --destination-domain Acme --phone-number 5550100"
    )
    edit = f"connection edit {CONNECTION} --connect-via dial-up --dial-using-connection-record"
    (finding,) = [
        f for f in domain.ok(f"{edit} line --json").envelope["findings"] if f["document"].endswith("othernet")
    ]
    assert (finding["id"], finding["hint"]) == ("dial-up-record-not-found", "did you mean Line?")
    assert domain.data("connection records")["documents"][0]["dialled_by"] == []
    domain.ok(f"{edit} Line")
    assert domain.data("connection records")["documents"][0]["dialled_by"] == [CONNECTION]
    assert "error[referred]" in domain("connection delete Line", code=1).err


def test_what_a_cascade_takes_out_of_a_group_leaves_the_comments_of_the_others(domain: Any) -> None:
    group = Path("groups/pool.toml")
    domain.ok("group add --group-name Pool --members Mail1/Acme")
    listed = '[\n  "Mail1/Acme", # the first\n  "Mail3/Acme", # the third\n]'
    text = group.read_text().replace('["Mail1/Acme"]', listed)
    group.write_text(text)
    domain.ok("server delete mail3-acme --cascade")
    assert group.read_text() == text.replace('  "Mail3/Acme", # the third\n', "")


@pytest.fixture
def given(domain: Any, tmp_path: Path) -> Any:
    """The function that adds a Connection from a file of this text, and returns errors and the file's name."""

    def add(text: str, flags: str = "") -> tuple[list[dict[str, Any]], str]:
        file = tmp_path / "given.toml"
        file.write_text(text)
        outcome = domain(f"connection add --from {file} --name given --json {flags}")
        return outcome.envelope["errors"], str(file)

    return add


def test_what_is_wrong_in_a_given_document_is_told_with_its_line(given: Any) -> None:
    text = '# mine\n[basics]\nsource_server = "Mail2/Acme"\nrouting_cost = 5\nsorce_domain = "x"\n'
    text += "\n[replication_routing]\nrouting_cost = 500\nport = 1\n"
    errors, file = given(text)
    assert [(error["code"], error["line"], error["hint"]) for error in errors] == [
        ("value-invalid", 8, ""),
        ("unknown-key", 4, "routing_cost belongs in [replication_routing]"),
        ("unknown-key", 5, "did you mean source_domain?"),
        ("unknown-key", 9, "the fields of the form: dominocli schema connection"),
    ]
    assert {error["file"] for error in errors} == {file}
    assert errors[0]["fields"] == ["routing_cost"]


def test_a_flag_overrides_an_invalid_value_of_a_given_document(given: Any) -> None:
    text = 'unid = "mine"\n[basics]\nsource_server = "Mail2/Acme"\ndestination_server = "x"\n'
    text += 'destination_domain = "X"\n[replication_routing]\nrouting_cost = "cheap"\n'
    assert [error["code"] for error in given(text)[0]] == ["value-invalid"]
    assert given(text, "--routing-cost 7")[0] == []
    assert tomllib.loads(Path("connections/given.toml").read_text())["replication_routing"]["routing_cost"] == 7


def test_a_tab_given_as_a_value_is_told_as_check_tells_it(given: Any) -> None:
    ((error,), _) = given('schedule = "Enabled"\n')
    assert (error["line"], error["hint"]) == (1, "write it as [schedule] with its fields below")


def ids(outcome: Any) -> set[tuple[str, str]]:
    return {(finding["document"], finding["id"]) for finding in outcome.envelope["findings"]}


def test_a_server_renamed_says_which_connections_lose_it(domain: Any) -> None:
    broken = {(f"connections/{CONNECTION}", "source-server-unknown")}
    edit = "server edit mail2-acme --server-name MailX/Acme --json"
    assert ids(domain(edit + " --strict", code=3)) == broken
    assert broken <= ids(domain.ok(edit))


def test_a_deleted_connection_says_which_virtual_domain_it_leaves(domain: Any) -> None:
    (path,) = Path("domains").iterdir()
    found = ids(domain.ok(f"connection delete {CONNECTION} --json"))
    assert found == {(f"domains/{path.stem}", "virtual-domain-unconnected")}


def test_a_domain_edited_says_which_connection_it_leaves(domain: Any) -> None:
    (path,) = Path("domains").iterdir()
    found = ids(domain.ok(f"domain edit {path.stem} --domain-name Elsewhere --json"))
    assert (f"connections/{CONNECTION}", "destination-domain-unknown") in found
