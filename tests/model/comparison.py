"""Both answers to one question side by side, and the smallest directory over which they differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from domino_model import DominoModel
from model_clock import NEVER
from model_patterns import a_label
from random_domains import Question, RandomDirectory
from random_values import BERLIN, DOMAIN

from dominocli.directory.settings import Settings
from dominocli.directory.view import MemoryView
from dominocli.errors import ServerUnknown
from dominocli.names import name_key
from dominocli.routing.explain import explain
from dominocli.routing.network import build_network
from dominocli.routing.sources import ComputedTables

UNKNOWN_SERVER: dict[str, Any] = {"outcome": "the server is unknown", "leaves_at": None, "hops": []}
NO_TABLE = {"outcome": "no-route", "leaves_at": None, "hops": None}
"""The answer about a server whose document cannot be used; how far the mail gets is not compared."""
COMPARED = (
    "server",
    "action",
    "protocol",
    "next_hop",
    "host",
    "because",
    "dial_up",
    "passthru",
    "waits_for",
    "threshold",
)


class Disagreement(NamedTuple):
    """Where both differ: `question` is None if it is the documents not used."""

    question: Question | None
    differences: list[str]


class Comparison:
    """One directory seen by both."""

    def __init__(self, files: Mapping[str, str], at: datetime) -> None:
        self.view = MemoryView(files, settings=Settings("0" * 32, "", DOMAIN))
        self.model = DominoModel(self.view, BERLIN)
        self.tables = ComputedTables(self.view, at)

    def documents(self) -> Disagreement | None:
        """Compare the documents not used and the reasons."""
        wanted = self.model.not_used
        got = {(entry.document, entry.reason) for entry in build_network(self.view).not_used}
        missing = [f"{document} is used despite {reason}" for document, reason in sorted(wanted - got)]
        invented = [f"{document} is not used: {reason}" for document, reason in sorted(got - wanted)]
        return Disagreement(None, missing + invented) if missing or invented else None

    def answers(self, question: Question) -> Disagreement | None:
        """Compare outcome, hops and times of one question."""
        found = list(self._differences(self._expected(question), self._got(question)))
        return Disagreement(question, found) if found else None

    def _expected(self, question: Question) -> dict[str, Any]:
        named = {name_key(name) for name in (question.source, question.to_server) if name}
        if named - self.model.servers.keys() - self.model.broken_servers:
            return UNKNOWN_SERVER
        if named & self.model.broken_servers:
            return NO_TABLE
        return self.model.explain(
            question.address,
            question.to_server,
            question.source,
            at=question.at,
            priority=question.priority,
            message_type=question.message_type,
            from_domain=question.from_domain,
        )

    def _got(self, question: Question) -> dict[str, Any]:
        try:
            explained = explain(
                question.address,
                question.to_server,
                question.source,
                self.tables,
                at=question.at,
                priority=question.priority,
                message_type=question.message_type,
                from_domain=question.from_domain,
                default_zone=BERLIN,
            )
        except ServerUnknown:
            return UNKNOWN_SERVER
        return explained.as_json()

    def _differences(self, expected: Mapping[str, Any], got: Mapping[str, Any]) -> Iterator[str]:
        if expected["outcome"] != got["outcome"]:
            yield f"outcome: expected {expected['outcome']}, got {got['outcome']}"
        if _moment(expected["leaves_at"]) != _moment(got["leaves_at"]):
            yield f"leaves_at: expected {expected['leaves_at']}, got {got['leaves_at']}"
        if expected is NO_TABLE:
            return
        if len(expected["hops"]) != len(got["hops"]):
            yield f"expected {len(expected['hops'])} hops, got {len(got['hops'])}"
            return
        for number, (want, have) in enumerate(zip(expected["hops"], got["hops"], strict=True), 1):
            for what, difference in self._of_hop(want, have):
                yield f"hop {number}, {what}: {difference}"

    def _of_hop(self, want: Mapping[str, Any], have: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        pairs: dict[str, tuple[Any, Any]] = {key: (want.get(key), have.get(key)) for key in COMPARED}
        for key in ("server", "next_hop"):  # Connections may spell a server without a document in several ways
            if all(pairs[key]) and name_key(pairs[key][0]) not in self.model.servers:
                pairs[key] = (name_key(pairs[key][0]), name_key(pairs[key][1]))
        if want["action"] == "transfer":
            pairs["cost"] = (want["cost"], have.get("cost"))
        for key in ("mail_file", "smart_host"):
            pairs[key] = want.get(key) or None, have.get(key) or None
        pairs["lookup"] = (_lookup(want), _lookup(have))
        pairs["leaves_at"] = (_moment(want.get("leaves_at")), _moment(have.get("leaves_at")))
        for key, (wanted, got) in pairs.items():
            if wanted != got:
                yield key, f"expected {wanted}, got {got}"
        ways = [way.casefold() for way in want.get("via", [])]  # one of the networks the two share
        if (have.get("via") or "").casefold() not in (ways or [""]):
            yield "via", f"expected one of {want.get('via')}, got {have.get('via')}"


def _moment(value: Any) -> Any:
    if value is None or value == NEVER:
        return value
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.astimezone(UTC)


def _lookup(hop: Mapping[str, Any]) -> tuple[str, str] | None:
    found = hop.get("lookup")
    return (a_label(found["name"]), found["method"]) if found else None


class Network(NamedTuple):
    """What comparing one random network gave."""

    seed: str
    cases: int
    failure: str


def compare_network(seed: str, wanted: int) -> Network:
    """Compare one random network; `failure` describes the first disagreement, blank if there is none."""
    directory = RandomDirectory(seed)
    both = Comparison(directory.files, directory.at)
    if found := both.documents():
        return Network(seed, 0, _described(seed, directory, found))
    cases = 0
    servers = [server.server_name for server in both.model.servers.values()]
    if servers:
        for question in directory.questions(servers, wanted):
            cases += 1
            if found := both.answers(question):
                return Network(seed, cases, _described(seed, directory, found))
    return Network(seed, cases, "")


def _described(seed: str, directory: RandomDirectory, found: Disagreement) -> str:
    def still(files: Mapping[str, str]) -> Disagreement | None:
        both = Comparison(files, directory.at)
        return both.documents() if found.question is None else both.answers(found.question)

    files = minimised(directory.files, lambda kept: still(kept) is not None)
    left = still(files) or found
    documents = "\n".join(f"--- {file}\n{text}" for file, text in sorted(files.items()))
    return f"seed {seed}: {left.question or 'documents not used'}\n" + "\n".join(left.differences) + f"\n{documents}"


def minimised(files: Mapping[str, str], fails: Callable[[Mapping[str, str]], bool]) -> dict[str, str]:
    """Return as few of the files as still fail: halves, quarters, ... and at last single ones are left out."""
    kept = dict(files)
    size = max(len(kept) // 2, 1)
    while True:
        shrunk = False
        names = list(kept)
        for first in range(0, len(names), size):
            without = {name: text for name, text in kept.items() if name not in names[first : first + size]}
            if len(without) < len(kept) and fails(without):
                kept, shrunk = without, True
        if size == 1 and not shrunk:
            return kept
        size = max(size // 2, 1)
