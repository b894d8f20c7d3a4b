"""Stopping at a question leaves every byte as it was, and no means no."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from terminal_session import CTRL_C, CTRL_D, DOWN, ENTER, ESCAPE, UP
from wizard_steps import (
    ADMINISTRATION,
    CREATE_DOMAIN,
    CREATE_RECORD,
    DIRECT,
    FOREIGN_SMTP,
    GIVEN,
    GIVEN_DIAL_UP,
    OTHER_TABS,
    PARTNER,
    RECORD,
    REVIEW,
    SAVE,
    Step,
    answer,
    enters,
    everything,
    program,
)

from dominocli.directory.reader import REREADING_WORTH_AN_INDEX
from dominocli.directory.writer import new_text
from dominocli.documents.group import Group


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
    """All replicas, one document edited and so many new ones that a look would keep an index of them."""
    replicated.ok(PARTNER)
    Path("groups").mkdir()
    for number in range(REREADING_WORTH_AN_INDEX):
        group = Group(f"group{number}", {"group_name": f"Group{number}"}, unid=f"{number + 1:032x}")
        Path(group.file).write_text(new_text(group), encoding="utf-8")
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


# Yes or no.


@pytest.mark.parametrize(("key", "code"), [("n", 130), (ENTER, 130), (ESCAPE, 130), (CTRL_C, 130), ("y", 0)])
def test_a_delete_is_asked_for_and_no_means_no(domain: Any, key: str, code: int) -> None:
    before = everything(domain.folder)
    with program("connection", "delete", "mail2-acme--othernet") as session:
        answer(session, ("Delete connections/mail2-acme--othernet?", key))
        assert session.wait_for_end() == code
    assert (everything(domain.folder) == before) is (code != 0)
    assert Path("connections/mail2-acme--othernet.toml").exists() is (code != 0)


def test_a_stop_outside_of_questions_does_not_claim_that_nothing_was_written(domain: Any, monkeypatch: Any) -> None:
    def stopped(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("dominocli.replication.replicate.replicate", stopped)
    said = domain("replicate", code=130).err
    assert said.startswith("error[stopped]: stopped; what was written until then stays")
    assert "nothing was written" not in said
