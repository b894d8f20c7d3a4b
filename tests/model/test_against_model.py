"""Routing against the model: random directories with every feature on, compared in every answer.

Each run compares 100,000 new cases over at least a hundredth as many networks, or as many as
`DOMINOCLI_MODEL_CASES` says; `DOMINOCLI_MODEL_SEED` repeats a run whose seed it printed.
"""

from __future__ import annotations

import os
import random
from datetime import datetime
from typing import Any

import pytest
from comparison import Comparison, compare_network
from domino_model import DominoModel
from random_documents import toml
from random_domains import Question, RandomDirectory
from random_values import BERLIN, DOMAIN

from dominocli.directory.settings import Settings
from dominocli.directory.view import MemoryView

FIXED = 320
CHUNKS = 8
CASES = 100_000
PARTS = 4
"""So many tests share the new cases, side by side."""
QUESTIONS = 80
CASES_PER_NETWORK = 100


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_random_networks_route_as_the_model_says(chunk: int) -> None:
    cases = 0
    for number in range(chunk, FIXED, CHUNKS):
        network = compare_network(f"fixed-{number}", QUESTIONS)
        assert not network.failure, network.failure
        cases += network.cases
    assert cases > FIXED // CHUNKS * QUESTIONS // 2


@pytest.mark.parametrize("part", range(PARTS))
def test_as_many_new_cases_as_asked_agree(part: int, capsys: pytest.CaptureFixture[str]) -> None:
    wanted = int(os.environ.get("DOMINOCLI_MODEL_CASES", CASES)) // PARTS
    run = os.environ.get("DOMINOCLI_MODEL_SEED") or f"{random.SystemRandom().getrandbits(32):08x}"
    cases = networks = 0
    number = part
    while cases < wanted or networks * CASES_PER_NETWORK < wanted:
        network = compare_network(f"{run}-{number}", CASES_PER_NETWORK)
        assert not network.failure, f"DOMINOCLI_MODEL_SEED={run}: {network.failure}"
        number += PARTS
        cases += network.cases
        networks += network.cases > 0
    with capsys.disabled():
        print(f"\nseed {run}, part {part}: {cases} cases over {networks} networks agree")


def test_distances_of_the_model_are_those_of_all_simple_paths() -> None:
    compared = 0
    for number in range(150):
        directory = RandomDirectory(f"paths-{number}")
        view = MemoryView(directory.files, settings=Settings("0" * 32, "", DOMAIN))
        model = DominoModel(view, BERLIN)
        if len(model.servers) > 6:
            continue
        for target in model.servers:
            for source in model.servers:
                found = model.distances(target).get(source)
                assert found == min(model.every_simple_path(source, target), default=None), (number, source, target)
                compared += found is not None
    assert compared > 300


AT = datetime(2026, 11, 24, 10, 0, tzinfo=BERLIN)


def server(name: str, **basics: Any) -> str:
    return toml({"basics": {"server_name": name, **basics}})


def link(near: str, far: str, cost: int, **tasks: Any) -> str:
    basics = {"connection_type": "Local Area Network", "source_server": near, "source_domain": DOMAIN}
    basics |= {"destination_server": far, "destination_domain": DOMAIN}
    return toml({"basics": basics, "replication_routing": {"routing_cost": cost, **tasks}})


SMTP = {"connection_type": "SMTP", "destination_server": "all_hosts", "destination_domain": "TheInternet"}
SENDS_OUTSIDE = {"smtp_outside": "Enabled"}
SAMPLES: dict[str, tuple[dict[str, str], Question]] = {
    "routes-over-unknown-servers": (
        {
            "servers/a.toml": server("A/Acme"),
            "servers/b.toml": server("B/Acme"),
            "connections/direct.toml": link("A/Acme", "B/Acme", 5),
            "connections/to-ghost.toml": link("A/Acme", "Ghost/Acme", 1),
            "connections/from-ghost.toml": link("B/Acme", "Ghost/Acme", 1, router_type="Pull Only"),
        },
        Question(None, "B/Acme", "A/Acme", AT, "normal", "mime", None),
    ),
    "reasons-of-a-foreign-source": (
        {
            "servers/a.toml": server("A/Acme"),
            "servers/far.toml": server("Far/Beta", domain_name="Beta"),
            "connections/out.toml": toml({"basics": {**SMTP, "source_server": "Far/Beta"}}),
        },
        Question("ann@TheInternet", None, "A/Acme", AT, "normal", "mime", None),
    ),
    "dial-up-of-an-unknown-record": (
        {
            "servers/a.toml": server("A/Acme", routing_tasks=["SMTP Mail Routing"]),
            "configurations/all.toml": toml(
                {"basics": {"applies_to": "*"}, "router_smtp": {"smtp_outside": "Enabled"}}
            ),
            "connections/out.toml": toml(
                {
                    "unknown": ["dial_using_connection_record"],
                    "basics": {**SMTP, "source_server": "A/Acme", "connect_via": "Dial-up connection"},
                }
            ),
        },
        Question("ann@TheInternet", None, "A/Acme", AT, "normal", "mime", None),
    ),
    "leaves-at-in-the-autumn-fold": (
        {
            "servers/a.toml": server("A/Acme", time_zone="UTC"),
            "servers/b.toml": server("B/Acme"),
            "servers/c.toml": server("C/Acme"),
            "connections/ab.toml": link("A/Acme", "B/Acme", 1),
            "connections/bc.toml": link("B/Acme", "C/Acme", 1),
            "configurations/a.toml": toml(
                {"basics": {"applies_to": "A/Acme"}, "transfer": {"low_priority_range": ["01:00-02:30"]}}
            ),
        },
        Question(None, "C/Acme", "A/Acme", datetime(2026, 10, 25, 2, 25, tzinfo=BERLIN), "low", "mime", None),
    ),
}


@pytest.mark.parametrize("defect", SAMPLES)
def test_defects_once_found_do_not_come_back(defect: str) -> None:
    files, question = SAMPLES[defect]
    both = Comparison(files, question.at)
    found = both.documents() or both.answers(question)
    assert found is None, found
