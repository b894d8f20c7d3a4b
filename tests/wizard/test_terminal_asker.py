from __future__ import annotations

import json
import re
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest
from terminal_session import (
    BACKSPACE,
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

from dominocli import errors
from dominocli.wizard.terminal import TerminalAsker, can_ask

ROOT = Path(__file__).resolve().parents[2]
DRIVER = [sys.executable, "-W", "error", str(Path(__file__).with_name("driver.py"))]
KINDS = {"text": "Colour", "choose": "Fruit", "table": "Server", "several": "Fruits", "confirm": "Replicate now?"}
COLOUR = re.compile(r"\x1b\[[0-9;]*(?:3[0-9]|4[0-9]|9[0-7]|10[0-7])[0-9;]*m")


def driver(*arguments: str, env: dict[str, str] | None = None, **size: int) -> TerminalSession:
    return TerminalSession([*DRIVER, *arguments], env={"PYTHONPATH": str(ROOT), **(env or {})}, **size)  # type: ignore[arg-type]


def answered(what: str, *steps: tuple[str, str], env: dict[str, str] | None = None, **size: int) -> Any:
    """Return what the driver got: at each step wait for a text on the screen, then type keys."""
    with driver(what, env=env, **size) as session:
        for text, keys in steps:
            session.wait_for(text)
            session.send(keys)
        return answer_of(session)


def answer_of(session: TerminalSession) -> Any:
    code = session.wait_for_end()
    said = session.raw.rpartition("answer: ")[2].strip()
    if said == "CANCELLED":
        assert code == errors.ExitCode.CANCELLED
        return said
    assert code == 0, session.screen
    return json.loads(said)


@pytest.mark.parametrize(("what", "label"), KINDS.items())
@pytest.mark.parametrize("key", [ESCAPE, CTRL_B])
def test_escape_and_control_b_go_back(what: str, label: str, key: str) -> None:
    assert answered(what, (label, key)) == "BACK"


@pytest.mark.parametrize(("what", "label"), KINDS.items())
@pytest.mark.parametrize("key", [CTRL_C, CTRL_D])
def test_control_c_and_control_d_cancel(what: str, label: str, key: str) -> None:
    assert answered(what, (label, key)) == "CANCELLED"


@pytest.mark.parametrize(
    ("what", "help", "last"),
    [
        ("text", "The long help speaks at length about boxes.", "amber"),
        ("choose", "Fruits are sweet.", "cherry"),
        ("table", "There is no more to say", "mail2"),
        ("several", "Fruits are sweet.", "cherry"),
        ("confirm", "It takes a moment.", "(Y/n)"),
    ],
)
def test_f1_explains_and_the_question_stays(what: str, help: str, last: str) -> None:
    with driver(what) as session:
        session.wait_for(KINDS[what])
        session.send(F1)
        session.wait_for(help)
        session.wait_for_last(last)
        session.send(ENTER)
        assert answer_of(session) in ("amber", "banana", "\0create", ["banana"], True)


def test_enter_takes_the_defaults() -> None:
    assert answered("text", ("amber", ENTER)) == "amber"
    assert answered("choose", ("> banana", ENTER)) == "banana"
    assert answered("several", ("cherry", ENTER)) == ["banana"]
    assert answered("confirm", ("(Y/n)", ENTER)) is True


def test_arrows_choose() -> None:
    assert answered("choose", ("> banana", DOWN), ("> cherry", ENTER)) == "cherry"
    assert answered("choose", ("> banana", UP), ("> apple", ENTER)) == "apple"
    assert answered("table", ("> Create one...", DOWN + DOWN), ("> mail1", ENTER)) == "mail1"
    assert answered("several", ("cherry", " " + DOWN + DOWN + " " + ENTER)) == ["apple", "banana", "cherry"]


def test_a_wrong_text_is_refused_in_full_and_can_be_corrected() -> None:
    with driver("text", columns=40) as session:
        session.wait_for("Colour")
        session.send(CLEAR + "red" + ENTER)
        session.wait_for("which is a rule made up for this very test")
        session.wait_for_last("red")
        session.send(CLEAR + "aqua" + ENTER)
        assert answer_of(session) == "aqua"


def test_a_check_that_fails_ends_the_program_and_does_not_hang_it() -> None:
    with driver("text") as session:
        session.wait_for("Colour")
        session.send(CLEAR + "raise" + ENTER)
        assert session.wait_for_end() == 1
        assert "ValueError: a check that fails" in session.screen


def test_a_search_finds_by_any_cell_and_any_letter() -> None:
    assert answered("table", ("Server", "zür"), ("/ zür", ENTER)) == "mail1"
    assert answered("table", ("Server", "0002"), ("/ 0002", ENTER)) == "mail2"
    assert answered("table", ("Server", "\x1b[200~Berlin\x1b[201~"), ("/ Berlin", ENTER)) == "hub01"


def test_a_search_without_a_match_is_refused() -> None:
    with driver("table") as session:
        session.wait_for("Server")
        session.send("xyz")
        session.wait_for_last("/ xyz")
        session.send(ENTER)
        session.wait_for("nothing matches xyz")
        session.wait_for_last("/ xyz")
        session.send(BACKSPACE * 3, "mail")
        session.wait_for_last("/ mail")
        session.send(DOWN)
        session.wait_for("> mail2")
        session.send(ENTER)
        assert answer_of(session) == "mail2"


def test_a_table_has_headings_over_its_columns() -> None:
    with driver("table") as session:
        session.wait_for("mail2  Aarhus  555 0002")
        heading = next(line for line in session.lines if "Phone" in line)
        row = next(line for line in session.lines if "Berlin" in line)
        assert heading.index("Town") == row.index("Berlin")
        assert heading.index("Phone") == row.index("555")


def test_a_table_of_thousands_scrolls_and_is_searched() -> None:
    steps = [("> Server0/Acme", "r1999"), ("/ r1999", ENTER)]
    assert answered("many", *steps, rows=12) == "server1999"
    assert answered("many", ("> Server0/Acme", UP), ("> Server1999/Acme", ENTER), rows=12) == "server1999"


def test_forty_columns_show_everything() -> None:
    with driver("table", columns=24, rows=40) as session:
        session.wait_for("mail2, Aarhus, 555 0002")
        session.send("555")
        session.wait_for("/ 555")
        session.send(ENTER)
        assert answer_of(session) == "hub01"


SMTP_QUESTIONS = (
    "SMTP MTA relay host",
    "Replication task",
    "Routing task",
    "Route at once if",
    "? Schedule",
    "Repeat interval of",
    "Days of week",
)
SMTP_GIVEN = {"destination_server": "all_internal_hosts", "connect_at_times": ["08:00-22:00"]}


def test_the_whole_wizard_at_forty_columns() -> None:
    with driver("configurations", json.dumps({"applies_to": "*"}), columns=40, rows=30) as session:
        session.wait_for("Number of mailboxes")
        session.send(ENTER)
        session.wait_for("outside of the local internet domain")
        session.wait_for("> Disabled")
        session.send(UP)
        session.wait_for("> Enabled")
        session.send(ENTER)
        session.wait_for("SMTP allowed within the local internet domain")
        session.send(ESCAPE)
        session.wait_for("> Enabled")
        session.send(CTRL_C)
        assert answer_of(session) == "CANCELLED"


def walk_smtp(session: TerminalSession) -> None:
    """Answer an SMTP Connection with one way back, up to the review."""
    session.wait_for("> SMTP")
    session.send(ENTER)
    session.wait_for("no SMTP Mail Routing")
    session.send("mail1")
    session.wait_for("/ mail1")
    session.send(ENTER)
    session.wait_for("warning: Mail1/Acme has no SMTP Mail Routing")
    session.wait_for("> Direct connection")
    session.send(ESCAPE)
    session.wait_for("> Mail1/Acme")
    session.send("hub")
    session.wait_for("/ hub")
    session.send(ENTER)
    session.wait_for("> Direct connection")
    session.send(ENTER)
    session.wait_for("> TheInternet")
    session.send(ENTER)


def test_an_smtp_connection_is_made_with_the_keyboard() -> None:
    given = {
        **SMTP_GIVEN,
        "routing_cost": 2,
        "comments": "",
        "owners": [],
        "administrators": [],
        "router_type": "Push Only",
    }
    with driver("connections", json.dumps(given)) as session:
        walk_smtp(session)
        for label in SMTP_QUESTIONS:
            session.wait_for(label + " (")
            session.send(ENTER)
        session.wait_for("> Save & Close")
        session.send(ENTER)
        (document,) = answer_of(session)
    assert document["basics"]["source_server"] == "Hub01/Acme"
    assert document["replication_routing"]["routing_cost"] == 2


def test_everything_is_drawn_on_standard_error(tmp_path: Path) -> None:
    out = tmp_path / "out"
    line = f"{shlex.join([*DRIVER, 'choose'])} > {shlex.quote(str(out))}"
    with TerminalSession(["/bin/sh", "-c", line], env={"PYTHONPATH": str(ROOT)}) as session:
        session.wait_for("> banana")
        session.send(ENTER)
        assert session.wait_for_end() == 0
    assert out.read_text() == 'answer: "banana"\n'


@pytest.mark.parametrize("redirection", ["< /dev/null", "2> /dev/null"])
def test_nobody_is_asked_without_a_terminal(redirection: str) -> None:
    line = f"{shlex.join([*DRIVER, 'choose'])} {redirection}"
    with TerminalSession(["/bin/sh", "-c", line], env={"PYTHONPATH": str(ROOT)}) as session:
        assert session.wait_for_end() == 2
        assert session.lines == ["answer: nobody to ask"]


def test_prompts_refuse_to_be_made_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    assert not can_ask()
    with pytest.raises(errors.UsageError):
        TerminalAsker()


@pytest.mark.parametrize("what", KINDS)
def test_no_color_means_no_colour(what: str) -> None:
    with driver(what, env={"NO_COLOR": "1"}) as session:
        session.wait_for(KINDS[what])
        session.send(ENTER)
        answer_of(session)
        assert not COLOUR.search(session.raw)


def test_colour_is_used_where_it_may_be() -> None:
    with driver("text") as session:
        session.wait_for("Colour")
        session.send(ENTER)
        answer_of(session)
        assert COLOUR.search(session.raw)


DUMB = {"TERM": "dumb"}


def test_a_dumb_terminal_is_asked_by_lines_without_any_escape() -> None:
    with driver("table", env=DUMB, columns=40) as session:
        session.wait_for("4. mail2, Aarhus, 555 0002")
        session.wait_for_last("Number [1]:")
        session.send("?" + ENTER)
        session.wait_for("There is no more to say about this.")
        session.send("mail" + ENTER)
        session.wait_for("4. mail2, Aarhus, 555 0002", times=2)
        session.send("4" + ENTER)
        assert answer_of(session) == "mail2"
        assert "\x1b" not in session.raw


@pytest.mark.parametrize(("what", "prompt"), [("text", "[amber]:"), ("choose", "Number [2]:"), ("confirm", "[yes]:")])
@pytest.mark.parametrize(
    ("key", "answer"), [("<" + ENTER, "BACK"), (ESCAPE + ENTER, "BACK"), (CTRL_C, "CANCELLED"), (CTRL_D, "CANCELLED")]
)
def test_a_dumb_terminal_goes_back_and_cancels(what: str, prompt: str, key: str, answer: str) -> None:
    assert answered(what, (prompt, key), env=DUMB) == answer


def test_a_terminal_of_no_name_is_a_dumb_one() -> None:
    assert answered("choose", ("Number [2]:", "3" + ENTER), env={"TERM": ""}) == "cherry"


def test_control_c_at_every_question_of_the_walk_cancels() -> None:
    keys_before: list[str] = []
    reached_review = False
    given = json.dumps({"administrators": []})
    while not reached_review:
        with driver("groups", given) as session:
            for number, keys in enumerate(keys_before):
                session.wait_for(GROUP_QUESTIONS[number])
                session.send(keys)
            session.wait_for(GROUP_QUESTIONS[len(keys_before)])
            session.send(CTRL_C)
            assert answer_of(session) == "CANCELLED", keys_before
        reached_review = len(keys_before) == len(GROUP_QUESTIONS) - 1
        keys_before.append("Hubs" + ENTER if not keys_before else ENTER)


GROUP_QUESTIONS = ("Group name (", "> Servers only", "Members (", "Comments (", "Owners (", "> Save & Close")
