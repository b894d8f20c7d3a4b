"""What a replication with nothing to move costs: no file is read, and as many bytes sent whatever there is."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from replication_domain import Domain, group_text
from test_agreement import let_the_clock_tick, read

from dominocli.directory.settings import read_settings
from dominocli.replication.carriers.couch_setup import prepare
from dominocli.replication.replicate import Peer, replicate

SIZES = (10, 1_000)
SPARE = 100
"""Bytes by which two equal conversations differ: numbers of changes and times have more or fewer digits."""


def second_replication(domain: Domain, location: str, size: int) -> int:
    """Replicate so many documents twice and return the bytes of the second time."""
    peers = [Peer("Mail1/Acme", location)]
    for number in range(size):
        domain.write(0, f"groups/g{number}.toml", group_text(f"G{number}"))
    let_the_clock_tick(domain)
    first = replicate(domain.hub, peers, clock=domain.clock)
    assert first.identical and first.servers[0].pushed.added == size, first.servers
    second = replicate(domain.hub, peers, clock=domain.clock)
    assert second.identical and read(second) == 0, second.servers
    assert (
        second.servers[0].pulled.as_json()
        == second.servers[0].pushed.as_json()
        == {
            "added": 0,
            "updated": 0,
            "deleted": 0,
        }
    )
    return second.servers[0].bytes_sent


@pytest.mark.parametrize("kind", ["ssh", "couchdb"])
def test_a_replication_of_unchanged_documents_sends_no_more_for_more_of_them(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    sent: list[int] = []
    for size in SIZES:
        domain = Domain(tmp_path / str(size), ("Hub/Acme", "Mail1/Acme"))
        if kind == "ssh":
            location = request.getfixturevalue("ssh").location(domain.root(1))
        else:
            couch: Any = request.getfixturevalue("couch")
            location = request.getfixturevalue("database")
            couch.ask("DELETE", location.rpartition("/")[2])
            prepare(location, read_settings(domain.hub), dry_run=False)
        sent.append(second_replication(domain, location, size))
        shutil.rmtree(tmp_path / str(size))
    assert min(sent) > 0 and max(sent) - min(sent) < SPARE, dict(zip(SIZES, sent, strict=True))
