"""Exact output of the commands, in golden files; `make golden` writes them anew, to be reviewed in the diff."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sample_domains import build_domain

GOLDEN = Path(__file__).parent / "golden"
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=ZoneInfo("Europe/Berlin"))

COMMANDS = {
    "help": "--help",
    "help-connection": "connection --help",
    "help-connection-add": "connection add --help",
    "connection-list": "connection list",
    "connection-list-color": "connection list --color always",
    "connection-show": "connection show mail2-acme--othernet",
    "domain-list": "domain list",
    "server-list": "server list",
    "server-show": "server show Mail2/Acme",
    "configuration-list": "configuration list",
    "group-list": "group list",
    "check": "check",
    "check-github": "check --format github",
    "check-sarif": "check --format sarif",
    "schedule": "schedule --at 2026-11-24T10:00",
    "route-show": "route show Mail1/Acme",
    "route-explain": "route explain ann@x.other.example --from Mail1/Acme --at 2026-11-24T10:00",
    "route-explain-unused": "route explain ann@x.third.example --from Mail1/Acme --at 2026-11-24T10:00",
    "route-explain-without": "route explain ann@x.other.example --without Mail2/Acme --at 2026-11-24T10:00",
    "route-impact": "route impact mail2-acme--othernet",
    "route-impact-all": "route impact",
    "route-show-tsv": "route show Mail1/Acme --format tsv --sort -cost",
    "recalc": "recalc --dry-run",
    "plan": "plan",
    "plan-nothing": "plan --detailed-exitcode",
    "status": "status",
    "replica-list": "replica list",
    "history": "history connections/mail2-acme--othernet",
    "schema-group": "schema Group",
    "error-missing-flags": "connection add",
    "error-not-found": "connection show mail2-acme--othernt",
    "error-invalid": "connection edit mail2-acme--othernet --routing-cost 101 --connect-via pigeon",
    "error-usage": "connection nonsense",
}

BEFORE = {"plan": "connection edit mail2-acme--othernet --routing-cost 4 --comments slower"}
"""What is done before a command is shown."""


def build_sample(cli: Any) -> None:
    """A replicated domain with a few things to find fault with."""
    build_domain(cli)
    cli.ok("domain add --domain-type foreign-smtp --internet-domain '*.third.example' --domain-name ThirdNet")
    cli.ok(
        "connection add --source-server Mail3/Acme --destination-server all_third_hosts --destination-domain ThirdNet"
        " --schedule disabled"
    )
    cli.ok("group add --group-name Pool --members Mail1/Acme --members Mail3/Acme")
    cli.ok("replica create --all")
    cli.ok("replicate")


@pytest.fixture
def sample(clean_environment: None, templates: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A command line in that domain, at a fixed moment."""
    from dominocli.cli.session import Session

    templates.clear()
    line = templates.restore("golden", build_sample)
    monkeypatch.setattr(Session, "now", lambda _: NOON)
    yield line
    templates.clear()


def normal(text: str, folder: Path) -> str:
    """Return output without what differs from run to run."""
    text = text.replace(str(folder), "/srv/domino")
    text = re.sub(r"\b\d+-[0-9a-f]{32}\b", "1-REVISION", text)
    text = re.sub(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d|Z)", "TIME", text)
    return re.sub(r"[0-9a-f]{32}", "UNID", text)


@pytest.mark.parametrize("name", COMMANDS)
def test_output_is_golden(sample: Any, name: str) -> None:
    if name in BEFORE:
        sample.ok(BEFORE[name])
    outcome = sample(COMMANDS[name])
    said = f"$ dominocli {COMMANDS[name]}\n{outcome.out}"
    said += f"--- stderr\n{outcome.err}" if outcome.err else ""
    said = normal(f"{said}--- exit {outcome.code}\n", sample.folder)
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("DOMINOCLI_UPDATE_GOLDEN"):
        path.write_text(said, encoding="utf-8")
    assert path.exists(), f"no golden file for {name}; make golden writes it"
    assert said == path.read_text(encoding="utf-8")


def test_no_golden_file_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(COMMANDS)
