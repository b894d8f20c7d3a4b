"""Terminals of every kind, none at all, and documents that would do a terminal harm."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from terminal_session import CTRL_C, CTRL_D, DOWN, ENTER, TerminalSession
from wizard_steps import (
    ADMINISTRATION,
    COLOUR,
    DIRECT,
    OFFER,
    OTHER_TABS,
    PARTNER,
    PROGRAM,
    RECORD,
    REVIEW,
    ROOT,
    ROUTING,
    SAVE,
    SCHEDULE,
    Twin,
    answer,
    answer_lines,
    commands,
    documents,
    enters,
    everything,
    program,
    read,
    saved_alone,
)

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


def test_hostile_values_are_defaults_like_others(domain: Any, tmp_path: Path) -> None:
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
    twin = Twin(tmp_path)
    with program("connection", "edit", "it's [red]x") as session:
        answer(session, *kept, ("Administrators (", 'a"b, [red]x' + ENTER))
        saved_alone(session)
        equivalent = commands(session)
    assert twin.after(equivalent) == documents(Path.cwd())
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
