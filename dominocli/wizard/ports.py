"""The Ports tab of a Server document: a list of ports, each asked by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dominocli.documents.field import InvalidValue
from dominocli.documents.server import Port, Ports
from dominocli.wizard.asker import Back, ChoiceQuestion, ConfirmQuestion, Option, TextQuestion

if TYPE_CHECKING:
    from dominocli.wizard.asker import Asker

DONE, ADD = "\0done", "\0add"
CHANGE, REMOVE = "change", "remove"


def ask_ports(asker: Asker, field: Ports, given: tuple[Port, ...], *, wants_one: bool) -> tuple[Port, ...]:
    """Return the ports of a server as the user leaves them; raise `Back` to leave the tab.

    `wants_one` offers to add a port first where there is none.
    """
    ports = list(given)
    while True:
        chosen = asker.choose(_overview(field, ports, DONE if ports or not wants_one else ADD))
        if chosen == DONE:
            return tuple(ports)
        try:
            if chosen == ADD:
                ports.append(_ask_port(asker, field, Port("" if ports else "TCPIP"), ports))
            else:
                _change(asker, field, ports, int(chosen))
        except Back:
            continue


def _overview(field: Ports, ports: list[Port], default: str) -> ChoiceQuestion:
    options = [
        Option(DONE, ("Done" if ports else "No port",)),
        *(Option(str(number), (field.text_of(port),)) for number, port in enumerate(ports)),
        Option(ADD, ("Add a port...",)),
    ]
    return ChoiceQuestion(
        field.label,
        tuple(options),
        default=default,
        help="a port to change it",
        long_help="Servers with an enabled port of the same Notes network and protocol reach each other "
        "without a Connection document.",
    )


def _change(asker: Asker, field: Ports, ports: list[Port], number: int) -> None:
    options = (Option(CHANGE, ("Change",)), Option(REMOVE, ("Remove",)))
    if asker.choose(ChoiceQuestion(f"Port {ports[number].name}", options, default=CHANGE)) == REMOVE:
        del ports[number]
        return
    others = ports[:number] + ports[number + 1 :]
    ports[number] = _ask_port(asker, field, ports[number], others)


def _ask_port(asker: Asker, field: Ports, port: Port, others: list[Port]) -> Port:
    """Return a port with all its values asked, Back leading from one to the one before."""
    steps = list(_QUESTIONS)
    step = 0
    while step < len(steps):
        key = steps[step]
        try:
            if key == "enabled":
                port = port._replace(enabled=asker.confirm(ConfirmQuestion("Enabled", port.enabled)))
            else:
                port = _with(port, key, _ask_text(asker, field, port, key, others))
        except Back:
            if step == 0:
                raise
            step -= 1
        else:
            step += 1
    return port


def _with(port: Port, key: str, value: str) -> Port:
    return Port(**{**port._asdict(), key: value})


_QUESTIONS = {
    "name": ("Port", "its name in the server's notes.ini, such as TCPIP"),
    "protocol": ("Protocol", "such as TCP"),
    "notes_network": ("Notes network", "servers of one network and protocol reach each other"),
    "net_address": ("Net address", "the host name or address of the server on this port"),
    "enabled": ("Enabled", ""),
}


def _ask_text(asker: Asker, field: Ports, port: Port, key: str, others: list[Port]) -> str:
    label, help = _QUESTIONS[key]

    def check(text: str) -> str | None:
        value = text.strip()
        if not value and key != "net_address":
            return f"{label} is required"
        if key == "name" and any(value == other.name for other in others):
            return f"there is a port {value} already"
        probe = _with(Port("TCPIP", "network"), key, value)
        try:
            kept = field.parse(field.text_of(probe))
        except InvalidValue as error:
            return str(error)
        return None if kept == (probe,) else f"{label} holds a comma or = where a port takes none"

    return asker.text(TextQuestion(label, help, default=getattr(port, key), check=check)).strip()
