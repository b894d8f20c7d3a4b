from __future__ import annotations

from typing import Any

import pytest
from wizard_script import BACK, ENTER, Ran, ScriptedAsker, run, view_of

from dominocli.documents.server import Port, Ports, Server
from dominocli.wizard.asker import Back
from dominocli.wizard.ports import ask_ports

FIELD = Server.fields["ports"]
ADD, DONE = "Add a port...", "Done"
NETWORK = {"Notes network": "Internal"}


def ports_of(answers: dict[str, Any], given: tuple[Port, ...] = ()) -> tuple[tuple[Port, ...], ScriptedAsker]:
    assert isinstance(FIELD, Ports)
    asker = ScriptedAsker(answers)
    ports = ask_ports(asker, FIELD, given, wants_one=True)
    assert not asker.unused()
    return ports, asker


def server(answers: dict[str, Any]) -> Ran:
    return run(Server, {"Server name": "Mail9/Acme", **answers})


def test_a_new_server_is_offered_its_first_port() -> None:
    ports, asker = ports_of(NETWORK)
    assert ports == (Port("TCPIP", "Internal"),)
    assert asker.labels == ["Ports", "Port", "Protocol", "Notes network", "Net address", "Enabled", "Ports"]


def test_all_values_of_a_port_are_asked() -> None:
    answers = {
        "Port": "LAN0",
        "Protocol": "SPX",
        "Notes network": "Old net",
        "Net address": "10.0.0.9",
        "Enabled": False,
    }
    assert ports_of(answers)[0] == (Port("LAN0", "Old net", "10.0.0.9", "SPX", False),)


def test_several_ports_are_added_changed_and_removed() -> None:
    answers = {
        "Ports": [ADD, ADD, "LAN0=Internal", "TCPIP=Internal", DONE],
        "Port": ["TCPIP", "LAN0"],
        "Notes network": ["Internal", "Internal", "Other"],
        "Port LAN0": "Change",
        "Port TCPIP": "Remove",
    }
    assert ports_of(answers)[0] == (Port("LAN0", "Other"),)


@pytest.mark.parametrize(
    ("label", "wrong", "right"),
    [
        ("Port", "", "TCPIP"),
        ("Port", "a=b", "TCPIP"),
        ("Port", "LAN0", "TCPIP"),
        ("Port", "a\x07", "TCPIP"),
        ("Notes network", "a,b", "Internal"),
        ("Net address", "a,b", "a"),
        ("Net address", "disabled", "a"),
        ("Protocol", "", "TCP"),
    ],
)
def test_a_port_no_flag_could_give_is_refused(label: str, wrong: str, right: str) -> None:
    answers = {**NETWORK, "Ports": [ADD, ENTER], label: [wrong, right]}
    ports, asker = (
        ports_of(answers, (Port("LAN0", "Internal"),))
        if label == "Port"
        else ports_of({**answers, "Port": "X"}, (Port("LAN0", "Internal"),))
    )
    assert len(asker.refused[label]) == 1
    assert len(ports) == 2


def test_back_leads_from_one_value_of_a_port_to_the_one_before() -> None:
    answers = {**NETWORK, "Port": ["TCPIP", "LAN0"], "Protocol": [BACK, ENTER]}
    assert ports_of(answers)[0] == (Port("LAN0", "Internal"),)


def test_back_in_the_first_value_of_a_port_leads_to_the_list() -> None:
    assert ports_of({"Ports": [ADD, "No port"], "Port": BACK})[0] == ()
    given = (Port("TCPIP", "Internal"),)
    assert ports_of({"Ports": ["TCPIP=Internal", DONE], "Port TCPIP": BACK}, given)[0] == given


def test_back_in_the_list_leads_to_the_field_before() -> None:
    with pytest.raises(Back):
        ports_of({"Ports": BACK})
    ran = server({"Ports": [BACK, "No port"]})
    assert ran.asker.labels.count("Replica") == 2


def test_the_ports_of_a_server_are_written_and_given_as_flags() -> None:
    ran = server({"Ports": [ADD, DONE], **NETWORK, "Net address": "10.0.0.1"})
    assert ran.document.get("ports") == (Port("TCPIP", "Internal", "10.0.0.1"),)
    assert ran.command == "dominocli server add --server-name Mail9/Acme --port TCPIP=Internal,10.0.0.1"


def test_an_edit_of_a_server_leaves_its_ports_alone() -> None:
    before = Server("mail9-acme", {"server_name": "Mail9/Acme"}, unid="9" * 32)
    assert run(Server, {}, view=view_of(before), replacing=before).document.values == before.values
