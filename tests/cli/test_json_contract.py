"""The JSON envelope and the keys of every command's data: the public interface, to which one may only add."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sample_domains import build_domain

ENVELOPE = {"version", "command", "data", "findings", "errors"}
FINDING = {"id", "severity", "document", "file", "line", "field", "message", "hint"}
ERROR = {"code", "message", "hint", "file", "line", "fields"}

CONTRACT: dict[str, tuple[str, set[str]]] = {
    "connection list": (
        "documents",
        {"name", "form", "source_server", "next_call", "used", "not_used", "routing_cost"},
    ),
    "domain list": ("documents", {"name", "form", "domain_type", "internet_domain", "domain_name"}),
    "server list": ("documents", {"name", "form", "server_name", "domain_name", "routing_tasks", "ports"}),
    "configuration list": ("documents", {"name", "form", "applies_to", "smtp_outside"}),
    "group list": ("documents", {"name", "form", "group_name", "members"}),
    "connection records": ("documents", {"name", "form", "phone_number", "service_type", "dialled_by"}),
    "replica list": ("servers", {"server", "replica", "state"}),
    "replicate": ("servers", {"server", "carrier", "state", "files_read", "bytes_sent", "pulled", "pushed", "recalc"}),
    "recalc": ("servers", {"server", "state", "changed", "not_used"}),
    "plan": ("servers", {"server", "state", "reason", "table", "message", "changed"}),
    "route impact mail2-acme--othernet": ("sources", {"server", "lost", "changed", "gained", "changes"}),
    "route impact": ("single_points", {"removed", "kind", "source", "destination"}),
    "status": ("servers", {"server", "table", "since", "pending"}),
    "schedule": ("connections", {"name", "next", "zone", "why"}),
    "history connections/line": ("revisions", {"rev", "time", "author", "kind", "changes"}),
    "route show Mail1/Acme": ("servers", {"destination", "next_hop", "cost", "hops", "via"}),
    "route explain ann@x.other.example": ("hops", {"server", "action", "table", "cost", "leaves_at"}),
}

WHOLE: dict[str, set[str]] = {
    "connection show line": {"name", "file", "document"},
    "connection edit line --comments x": {"name", "file", "unid", "change", "document"},
    "check": {"counts"},
    "replicate": {"servers", "conflicts", "identical", "fingerprint"},
    "plan": {"documents", "servers", "conflicts", "left_alone", "not_used", "counts", "made_from", "fingerprint"},
    "route impact Mail2/Acme": {"documents", "servers", "lost", "changed", "gained", "sources"},
    "route explain ann@x.other.example --without line": {"address", "outcome", "hops", "what_if", "with_it"},
    "status": {"servers", "conflicts", "edits"},
    "conflicts list": {"conflicts"},
    "route show Mail1/Acme": {"server", "table", "cause", "servers", "domains", "internet", "not_used"},
    "route explain ann@x.other.example": {"address", "from", "outcome", "leaves_at", "assumptions", "hops", "not_used"},
    "route explain --to-server Mail3/Acme": {"to_server", "from", "outcome", "leaves_at", "hops", "not_used"},
}


def build_sample(cli: Any) -> None:
    """A replicated domain with one of everything."""
    build_domain(cli)
    cli.ok("group add --group-name Pool --members Mail1/Acme")
    cli.ok(
        "connection add --connection-type network-dialup --source-server Mail2/Acme --source-domain Acme"
        " --destination-server Isp/Acme --destination-domain Acme --phone-number 5550100 --name line"
    )
    cli.ok("replica create --all")
    cli.ok("replicate")


@pytest.fixture
def sample(clean_environment: None, templates: Any) -> Iterator[Any]:
    """A command line in that domain."""
    templates.clear()
    yield templates.restore("contract", build_sample)
    templates.clear()


@pytest.mark.parametrize("words", CONTRACT)
def test_rows_have_their_keys(sample: Any, words: str) -> None:
    key, wanted = CONTRACT[words]
    envelope = sample.ok(f"{words} --json").envelope
    assert set(envelope) == ENVELOPE
    assert envelope["version"] == 1
    assert words.startswith(envelope["command"])
    rows = envelope["data"][key]
    assert rows, "nothing to check the contract by"
    for row in rows:
        assert wanted <= set(row), words


@pytest.mark.parametrize("words", WHOLE)
def test_data_has_its_keys(sample: Any, words: str) -> None:
    assert WHOLE[words] <= set(sample.data(words))


def test_findings_and_errors_have_their_keys(sample: Any) -> None:
    sample.ok("server edit mail2-acme --routing-tasks mail")
    findings = sample("check --json", code=3).envelope["findings"]
    assert findings
    assert all(set(finding) == FINDING for finding in findings)
    errors = sample("connection show nothing --json", code=1).envelope["errors"]
    assert [set(error) for error in errors] == [ERROR]


def test_lists_are_sorted_by_name(sample: Any) -> None:
    names = [row["name"] for row in sample.data("connection list")["documents"]]
    assert names == sorted(names)
