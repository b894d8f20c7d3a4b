"""The questions of the wizard and their answers, for the tests that run the program on a pseudo terminal."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from terminal_session import ENTER, TerminalSession

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


def answer_lines(session: TerminalSession, *steps: Step) -> None:
    """Answer question after question of a terminal that only knows lines."""
    for label, text in steps:
        session.wait_for_prompt(label)
        session.send(text + ENTER)


class Twin:
    """A copy of the current directory as it is now, in which a shell runs command lines."""

    def __init__(self, place: Path) -> None:
        self._folder = place / "twin"
        self._programs = place / "bin"
        shutil.copytree(Path.cwd(), self._folder)
        self._programs.mkdir()
        shim = self._programs / "dominocli"
        shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m dominocli "$@"\n', encoding="utf-8")
        shim.chmod(0o755)

    def after(self, lines: Iterable[str]) -> dict[str, str]:
        """Return the documents the command lines leave."""
        script = "set -e\n" + "\n".join(lines)
        env = {**os.environ, "PATH": f"{self._programs}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
        done = subprocess.run(["sh", "-c", script], cwd=self._folder, env=env, capture_output=True, text=True)
        assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
        return documents(self._folder)
