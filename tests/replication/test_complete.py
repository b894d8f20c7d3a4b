"""When a replication may say that nothing is left to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from replication_domain import Domain, group_text

from dominocli.replication.carriers.folder import FolderCarrier
from dominocli.replication.replicate import replicate


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
