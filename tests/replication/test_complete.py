"""When a replication may say that nothing is left to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from replication_domain import Domain, group_text

from dominocli import errors
from dominocli.replication.carriers.folder import FolderCarrier
from dominocli.replication.record import observe_root
from dominocli.replication.replica import Clock
from dominocli.replication.replicate import Peer, replicate


class OtherFiles(FolderCarrier):
    """A carrier to replicas of which one has other files than all replicas agreed on."""

    odd = "Mail2/Acme"
    said = ""

    def call(self, verb: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        answer = super().call(verb, payload)
        self.said = answer.get("server", self.said)
        return {**answer, "fingerprint": "0" * 64} if (verb, self.said) == ("fingerprint", self.odd) else answer


def test_a_run_both_ways_after_which_a_server_has_other_files_is_not_complete(domain: Domain) -> None:
    domain.write(0, "groups/a.toml", group_text("a"))

    def run(**how: bool) -> Any:
        return replicate(domain.hub, domain.peers(), clock=domain.clock, connect=OtherFiles, **how)

    report = run()
    assert not report.identical and not report.complete and report.differing == ["Mail2/Acme"]
    assert report.as_json()["differing"] == ["Mail2/Acme"]
    # One way, and in a rehearsal, nobody promised that they are the same.
    assert run(push=False).complete and run(dry_run=True).complete
    report = domain.replicate()
    assert report.complete and report.identical and not report.differing


def test_a_peer_that_does_what_nobody_expects_stops_no_other(domain: Domain) -> None:
    domain.write(0, "groups/a.toml", group_text("a"))

    class Odd(FolderCarrier):
        said = ""

        def call(self, verb: str, payload: Mapping[str, Any]) -> dict[str, Any]:
            answer = super().call(verb, payload)
            self.said = answer.get("server", self.said)
            if (verb, self.said) == ("changes", "Mail1/Acme"):
                return {}
            return answer

    report = replicate(domain.hub, domain.peers(), clock=domain.clock, connect=Odd)
    assert report.servers[0].state == "refused" and "KeyError" in report.servers[0].reason
    assert report.servers[1].identical and not report.complete


def test_a_clock_that_was_ahead_once_is_trusted_when_other_machines_have_the_same_time(domain: Domain) -> None:
    domain.write(0, "groups/a.toml", group_text("a"))
    right = domain.clock.now
    domain.clock.now += 400 * 86400
    assert domain.replicate(0, pull=False).complete
    domain.clock.now = right
    domain.edit(0, "groups/a.toml", "first", "second")

    def through_ssh(apart: float) -> Any:
        class Far:
            bytes_sent = 0
            kind = "ssh"

            def __init__(self, location: str, server: str, clock: Clock) -> None:
                self.how = (location.removeprefix("ssh://mail"), server, lambda: clock() + apart)

            def call(self, verb: str, payload: Mapping[str, Any]) -> dict[str, Any]:
                # Each step of a far peer may come from another thread.
                carrier = FolderCarrier(*self.how)
                try:
                    return carrier.call(verb, payload)
                finally:
                    carrier.close()

            def close(self) -> None:
                self.how = ("", "", domain.clock)

        far = [Peer("Mail1/Acme", f"ssh://mail{domain.root(1)}")]
        return replicate(domain.hub, far, pull=True, push=False, clock=domain.clock, connect=Far)

    with pytest.raises(errors.ClockBehind) as caught:
        domain.replicate()
    assert "state.sqlite" in caught.value.hint
    with pytest.raises(errors.ClockBehind):
        through_ssh(4000.0)
    assert through_ssh(10.0).servers[0].state == "done"
    assert not observe_root(domain.hub).edits
