"""add, list, show, edit, copy, rename, delete: what a person or script meets at the command line."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

SMTP = (
    "connection add --source-server Mail2/Acme --destination-server all_other_hosts"
    " --destination-domain OtherNet --smtp-mta-relay-host relay.other.example --connect-at-times 00:00-24:00"
)
DIALUP = (
    "connection add --connection-type network-dialup --source-server Mail2/Acme --source-domain Acme"
    " --destination-server Isp/Acme --destination-domain Acme --phone-number 5550100"
)


def read(path: str) -> dict[str, Any]:
    return tomllib.loads(Path(path).read_text(encoding="utf-8"))


def test_add_writes_every_default_out(domain: Any) -> None:
    document = read("connections/mail2-acme--othernet.toml")
    assert document["form"] == "Connection"
    assert document["basics"]["connect_via"] == "Direct connection"
    assert document["replication_routing"] == {
        "replication_task": "Disabled",
        "routing_task": "Mail Routing",
        "route_at_once_if": 5,
        "routing_cost": 1,
        "router_type": "Push Only",
    }
    assert document["schedule"]["days_of_week"] == ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]


def test_adding_the_same_document_again_is_unchanged(domain: Any) -> None:
    before = Path("connections/mail2-acme--othernet.toml").read_bytes()
    outcome = domain.ok(SMTP + " --json")
    assert outcome.data["change"] == "unchanged"
    assert Path("connections/mail2-acme--othernet.toml").read_bytes() == before


def test_other_values_under_the_same_name_name_the_three_ways_on(domain: Any) -> None:
    outcome = domain(SMTP + " --routing-cost 9", code=1)
    assert "error[exists]" in outcome.err
    for way in ("connection edit mail2-acme--othernet", "--replace", "--name"):
        assert way in outcome.err


def test_replace_keeps_the_unid_and_comments(domain: Any) -> None:
    path = Path("connections/mail2-acme--othernet.toml")
    unid = read(str(path))["unid"]
    path.write_text("# ours\n" + path.read_text(), encoding="utf-8")
    domain.ok(SMTP + " --routing-cost 9 --replace")
    assert path.read_text().startswith("# ours\n")
    assert read(str(path))["unid"] == unid
    assert read(str(path))["replication_routing"]["routing_cost"] == 9


def test_missing_flags_are_all_named_in_the_envelope(domain: Any) -> None:
    outcome = domain("connection add --json", code=2)
    error = outcome.envelope["errors"][0]
    assert error["code"] == "missing-flags"
    assert error["fields"] == ["source_server", "destination_server", "destination_domain"]
    assert outcome.err == ""


def test_a_blank_destination_server_is_refused_by_its_rule(domain: Any) -> None:
    words = "connection add --source-server Mail2/Acme --destination-domain X --destination-server ''"
    outcome = domain(words + " --json", code=2)
    assert [error["code"] for error in outcome.envelope["errors"]] == ["destination-server-blank"]


def test_every_invalid_value_is_told_at_once(domain: Any) -> None:
    outcome = domain(
        "connection add --source-server A/B --destination-server x --destination-domain D --routing-cost 1000"
        " --connect-via pigeon --smtp-mta-relay-host 'a b' --json",
        code=2,
    )
    assert {error["fields"][0] for error in outcome.envelope["errors"]} == {
        "routing_cost",
        "connect_via",
        "smtp_mta_relay_host",
    }


def test_a_flag_of_another_type_is_refused(domain: Any) -> None:
    outcome = domain(SMTP + " --phone-number 5550100 --json", code=2)
    assert "does not apply to Connection type SMTP" in outcome.envelope["errors"][0]["message"]


def test_from_reads_a_document_and_flags_override_it(domain: Any, tmp_path: Path) -> None:
    source = tmp_path / "given.toml"
    source.write_text(
        'unid = "' + "e" * 32 + '"\nform = "Connection"\n[basics]\nsource_server = "Mail2/Acme"\n'
        'destination_server = "x"\ndestination_domain = "Third"\n[replication_routing]\nrouting_cost = 7\n',
        encoding="utf-8",
    )
    domain.ok(f"connection add --from {source} --routing-cost 8")
    document = read("connections/mail2-acme--third.toml")
    assert document["replication_routing"]["routing_cost"] == 8
    assert document["unid"] != "e" * 32


def test_legacy_types_need_their_flag(domain: Any) -> None:
    words = (
        "connection add --connection-type hunt-group --source-server A/Acme --source-domain Acme"
        " --destination-server B/Acme --destination-domain Acme"
    )
    assert "--legacy" in domain(words, code=2).err
    domain.ok(words + " --legacy")


def test_strict_refuses_what_only_reports_otherwise(domain: Any, snapshot: Any) -> None:
    words = "connection add --source-server Mail2/Acme --destination-server x --destination-domain Nobody"
    before = snapshot(Path.cwd())
    outcome = domain(words + " --strict --json", code=3)
    assert "destination-domain-unknown" in [finding["id"] for finding in outcome.envelope["findings"]]
    assert snapshot(Path.cwd()) == before
    saved = domain.ok(words + " --json")
    assert "destination-domain-unknown" in [finding["id"] for finding in saved.envelope["findings"]]


def test_dry_run_changes_no_byte(domain: Any, snapshot: Any) -> None:
    before = snapshot(domain.folder)
    for words in (
        "connection add --source-server Mail2/Acme --destination-server x --destination-domain Nobody",
        "connection edit mail2-acme--othernet --routing-cost 4",
        "connection delete mail2-acme--othernet",
        "connection rename mail2-acme--othernet other",
        "connection copy mail2-acme--othernet other",
        "connection disable mail2-acme--othernet",
    ):
        domain.ok(words + " --dry-run")
        assert snapshot(domain.folder) == before, words


def test_list_reads_like_the_connections_view(domain: Any) -> None:
    data = domain.data("connection list")
    (row,) = data["documents"]
    assert row["name"] == "mail2-acme--othernet"
    assert row["used"] is True
    assert row["not_used"] == []
    assert row["next_call"]
    text = domain.ok("connection list").out
    assert text.startswith("source\tto\tname\ttype\ttasks\tschedule\tnext call\tcost\tused\n")
    assert "Mail2/Acme\tOtherNet\tmail2-acme--othernet\tSMTP (direct)\tMail\t" in text


def test_list_says_why_a_connection_is_not_used(domain: Any) -> None:
    domain.ok("server edit mail2-acme --routing-tasks mail")
    (row,) = domain.data("connection list")["documents"]
    assert row["used"] is False
    assert row["not_used"] == ["source-server-without-smtp"]


def test_show_finds_a_server_by_any_form_of_its_name(domain: Any) -> None:
    for name in ("mail2-acme", "servers/mail2-acme", "Mail2/Acme", "CN=Mail2/O=Acme", "mail2/acme"):
        assert domain.data(f"server show {name}")["file"] == "servers/mail2-acme.toml"


def test_show_of_an_unknown_name_suggests(domain: Any) -> None:
    outcome = domain("connection show mail2-acme--othernett", code=1)
    assert "did you mean mail2-acme--othernet?" in outcome.err


def test_show_of_a_broken_file_tells_line_and_column(domain: Any) -> None:
    Path("connections/broken.toml").write_text('form = "Connection"\n[basics\n', encoding="utf-8")
    outcome = domain("connection show broken", code=1)
    assert "connections/broken.toml:2" in outcome.err
    assert "column 8" in outcome.err


def test_edit_keeps_the_hand_of_the_file(domain: Any) -> None:
    path = Path("connections/mail2-acme--othernet.toml")
    text = path.read_text().replace("routing_cost = 1", "routing_cost = 1   # cheap") + "\n# the end\n"
    path.write_text(text.replace("\n", "\r\n"), encoding="utf-8", newline="")
    domain.ok("connection edit mail2-acme--othernet --routing-cost 6")
    expected = text.replace("routing_cost = 1   # cheap", "routing_cost = 6   # cheap").replace("\n", "\r\n")
    assert path.read_bytes().decode() == expected


def test_edit_with_an_empty_value_clears(domain: Any) -> None:
    domain.ok("connection edit mail2-acme--othernet --smtp-mta-relay-host ''")
    assert (
        domain.data("connection show mail2-acme--othernet")["document"]["basics"].get("smtp_mta_relay_host", "") == ""
    )


def test_edit_by_filter_changes_many(domain: Any) -> None:
    outcome = domain.ok("server edit --filter server_name=Mail* --cluster-name Pool --yes --json")
    assert [row["change"] for row in outcome.data["documents"]] == ["changed"] * 3


def test_edit_of_many_needs_a_yes(domain: Any) -> None:
    assert domain("server edit --filter server_name=Mail* --cluster-name Pool", code=2).err.startswith(
        "error[not-confirmed]"
    )


def test_leaving_dial_up_clears_the_record(domain: Any) -> None:
    domain.ok(DIALUP + " --name line")
    edit = "connection edit mail2-acme--othernet"
    domain.ok(f"{edit} --connect-via dial-up --dial-using-connection-record line")
    domain.ok(f"{edit} --connect-via direct")
    assert "dial_using_connection_record" not in read("connections/mail2-acme--othernet.toml")["basics"]


def test_records_lists_the_lines_and_who_dials_them(domain: Any) -> None:
    domain.ok(DIALUP + " --name line")
    domain.ok("connection edit mail2-acme--othernet --connect-via dial-up --dial-using-connection-record line")
    (row,) = domain.data("connection records")["documents"]
    assert (row["name"], row["dialled_by"]) == ("line", ["mail2-acme--othernet"])


def test_copy_gets_a_unid_of_its_own(domain: Any) -> None:
    domain.ok("connection copy mail2-acme--othernet second --routing-cost 3")
    first, second = read("connections/mail2-acme--othernet.toml"), read("connections/second.toml")
    assert first["unid"] != second["unid"]
    assert second["replication_routing"]["routing_cost"] == 3


def test_rename_follows_references_only_with_cascade(domain: Any) -> None:
    domain.ok(DIALUP + " --name line")
    domain.ok("connection edit mail2-acme--othernet --connect-via dial-up --dial-using-connection-record line")
    unid = read("connections/line.toml")["unid"]
    outcome = domain("connection rename line cable", code=1)
    assert "connections/mail2-acme--othernet (Dial using connection record)" in outcome.err
    domain.ok("connection rename line cable --cascade")
    assert read("connections/cable.toml")["unid"] == unid
    assert read("connections/mail2-acme--othernet.toml")["basics"]["dial_using_connection_record"] == "cable"
    assert not Path("connections/line.toml").exists()


def test_delete_of_what_others_need_takes_them_along_only_with_cascade(domain: Any) -> None:
    outcome = domain("server delete mail2-acme", code=1)
    assert "error[referred]" in outcome.err
    domain.ok("server delete mail2-acme --cascade")
    assert not Path("servers/mail2-acme.toml").exists()
    assert not Path("connections/mail2-acme--othernet.toml").exists()


def test_delete_clears_a_member_of_a_group(domain: Any) -> None:
    domain.ok("group add --group-name Pool --members Mail1/Acme --members Mail3/Acme")
    domain.ok("server delete mail3-acme --cascade")
    assert read("groups/pool.toml")["basics"]["members"] == ["Mail1/Acme"]


@pytest.mark.parametrize(
    "value", ["[red]x", "[fe80::1]", 'a"b', "../../x", "{0}", "%n", "$(reboot)", "`reboot`", "émile"]
)
def test_hostile_values_are_shown_literally(domain: Any, value: str) -> None:
    domain.ok(["connection", "edit", "mail2-acme--othernet", "--comments", value])
    assert read("connections/mail2-acme--othernet.toml")["administration"]["comments"] == value
    assert f"Comments: {value}" in domain.ok("connection show mail2-acme--othernet --color always").out


@pytest.mark.parametrize("value", ["a\x1b[2Jb", "a\nb", "a\rb", "a\x00b"[:2] + "\x07", "\u202eabc", "\x9b2J"])
def test_control_characters_are_refused(domain: Any, value: str, snapshot: Any) -> None:
    before = snapshot(Path.cwd())
    outcome = domain(["connection", "edit", "mail2-acme--othernet", "--comments", value], code=2)
    assert "error[control-character]" in outcome.err
    assert outcome.err.isascii() or "\x1b" not in outcome.err
    assert snapshot(Path.cwd()) == before


@pytest.mark.parametrize("name", ["../../x", ".hidden", "a/b", "-x", "a\x1bb", "x" * 300])
def test_names_that_leave_the_folder_are_refused(domain: Any, name: str) -> None:
    outcome = domain(["connection", "copy", "mail2-acme--othernet", "--", name], code=2)
    assert "cannot be a document's name" in outcome.err


def test_a_directory_is_found_from_any_folder_below(domain: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("connections")
    assert domain.data("connection show mail2-acme--othernet")["name"] == "mail2-acme--othernet"


def test_no_directory_is_an_error_with_a_hint(cli: Any) -> None:
    outcome = cli("connection list", code=1)
    assert "error[no-directory]" in outcome.err
    assert "dominocli init" in outcome.err


def test_common_flags_may_stand_before_the_command(domain: Any) -> None:
    assert domain.ok("--json connection show mail2-acme--othernet").data["name"] == "mail2-acme--othernet"


@pytest.mark.parametrize("words", ["connection add --json --no-such", "nonsense --json", "connection --json"])
def test_usage_errors_come_in_the_envelope(domain: Any, words: str) -> None:
    outcome = domain(words, code=2)
    assert outcome.envelope["errors"][0]["code"] == "usage"


def test_a_bug_is_exit_70_and_leaves_its_traceback(domain: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from dominocli.cli import session

    def broken(self: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(session.Session, "now", broken)
    outcome = domain("connection list", code=70)
    where = outcome.err.split("its traceback is ")[1].split("\n")[0].strip()
    assert "RuntimeError: boom" in Path(where).read_text(encoding="utf-8")
    Path(where).unlink()


def test_a_hand_made_document_without_a_unid_can_be_edited_and_renamed(domain: Any) -> None:
    path = Path("groups/hand.toml")
    path.parent.mkdir(exist_ok=True)
    path.write_text('# mine\nform = "Group"\n[basics]\ngroup_name = "Hand"\n', encoding="utf-8")
    domain.ok("group edit hand --members Mail1/Acme")
    unid = read("groups/hand.toml")["unid"]
    assert path.read_text(encoding="utf-8").startswith("# mine\n")
    domain.ok("group rename hand palm")
    assert read("groups/palm.toml")["unid"] == unid


@pytest.mark.parametrize(
    "words",
    [
        "connection edit mail2-acme--othernet --phone-number 5",
        "connection copy mail2-acme--othernet second --phone-number 5",
        "connection edit mail2-acme--othernet --connection-type hunt-group",
    ],
)
def test_edit_and_copy_refuse_what_add_refuses(domain: Any, words: str, snapshot: Any) -> None:
    before = snapshot(Path.cwd())
    domain(words, code=2)
    assert snapshot(Path.cwd()) == before


def test_a_filter_of_an_unknown_field_is_refused_even_without_documents(domain: Any) -> None:
    assert "--filter cannot be" in domain("group list --filter foo=1", code=2).err


def test_a_name_may_be_given_with_its_ending(domain: Any) -> None:
    domain.ok("group add --group-name Pool --name pool.toml")
    assert Path("groups/pool.toml").exists()


def test_a_server_is_found_by_a_common_name_only_it_has(domain: Any) -> None:
    assert domain.data("server show mail2")["name"] == "mail2-acme"
    domain.ok("server add --server-name Mail2/Other --notes-network Office")
    assert domain("server show mail2", code=1).err.startswith("error[not-found]")


def test_the_own_servers_replica_is_this_folder(cli: Any) -> None:
    cli.ok("init here --domain Acme --server Own/Acme")
    cli.ok("server add --server-name Own/Acme --directory here")
    assert cli.data("server show own-acme --directory here")["document"]["basics"]["replica"] == str(
        cli.folder / "here"
    )


def test_init_makes_a_clone_a_replica(domain: Any) -> None:
    import shutil

    clone = domain.folder / "clone"
    shutil.copytree(Path.cwd(), clone, ignore=shutil.ignore_patterns(".dominocli"))
    assert f"dominocli init {clone} --server" in domain(f"replicate --directory {clone}", code=1).err
    domain.ok(f"init {clone} --server Mail3/Acme")
    assert domain(f"init {clone} --server Mail3/Acme", code=1).err.startswith("error[directory-exists]")
    assert domain.data(f"connection list --directory {clone}")["documents"]


def test_hints_quote_what_a_shell_would_obey(domain: Any) -> None:
    domain.ok(["group", "add", "--group-name", "Pool", "--name", "x;touch pwned"])
    outcome = domain(["group", "add", "--group-name", "Other", "--name", "x;touch pwned"], code=1)
    assert "dominocli group edit 'x;touch pwned'" in outcome.err
