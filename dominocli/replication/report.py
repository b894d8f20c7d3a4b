"""What a replication did, per server and in all (replication.md 8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dominocli.directory.reader import Directory

DONE, UNREACHABLE, REFUSED, NO_REPLICA = "done", "unreachable", "refused", "no-replica"


@dataclass(slots=True)
class Moved:
    """Documents that came to one side: counts, and in a dry run each as (added, updated or deleted; file)."""

    added: int = 0
    updated: int = 0
    deleted: int = 0
    documents: list[tuple[str, str]] = field(default_factory=list)

    def add(self, answer: Mapping[str, Any]) -> None:
        """Add what the answer to one batch tells."""
        self.added += answer["added"]
        self.updated += answer["updated"]
        self.deleted += answer["deleted"]
        self.documents += [(change, file) for change, file in answer.get("moved", ())]

    @property
    def counts(self) -> dict[str, int]:
        """Return how many documents were added, updated and deleted."""
        return {"added": self.added, "updated": self.updated, "deleted": self.deleted}

    def as_json(self) -> dict[str, object]:
        """Return the counts as they stand in the JSON envelope, with the documents that a dry run names."""
        named = [{"change": change, "file": file} for change, file in self.documents]
        return {**self.counts, **({"documents": named} if named else {})}


@dataclass(slots=True)
class ServerReport:
    """One server's part. `state` is DONE, UNREACHABLE, REFUSED or NO_REPLICA, `reason` says why; `refused`
    names documents that a side did not take: (file, rev, reason); `identical` tells whether its files are ours."""

    server: str
    location: str
    carrier: str
    state: str = DONE
    reason: str = ""
    hint: str = ""
    files_read: int = 0
    bytes_sent: int = 0
    pulled: Moved = field(default_factory=Moved)
    pushed: Moved = field(default_factory=Moved)
    refused: list[tuple[str, str, str]] = field(default_factory=list)
    identical: bool = False

    def as_json(self) -> dict[str, object]:
        """Return the server's part as it stands in the JSON envelope."""
        return {
            "server": self.server,
            "location": self.location,
            "carrier": self.carrier,
            "state": self.state,
            "reason": self.reason,
            "hint": self.hint,
            "files_read": self.files_read,
            "bytes_sent": self.bytes_sent,
            "pulled": self.pulled.as_json(),
            "pushed": self.pushed.as_json(),
            "refused": [{"file": file, "rev": rev, "reason": reason} for file, rev, reason in self.refused],
            "identical": self.identical,
        }


@dataclass(slots=True)
class ReplicationReport:
    """The whole run. `conflicts` are the conflict documents it made, `open_conflicts` all there are now,
    `merged` the documents merged by field, `undone` the deletions an edit outlived, `closed` those
    edited alike, `texts_left` those of which one text is in the history alone (files); `left_alone`
    the files that could not be used; `identical`: every server was reached and has the same files."""

    servers: list[ServerReport]
    conflicts: list[str] = field(default_factory=list)
    open_conflicts: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    undone: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    texts_left: list[str] = field(default_factory=list)
    left_alone: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    identical: bool = False
    both_ways: bool = True
    fingerprint: str = ""
    files_read: int = 0
    dry_run: bool = False
    directory: Directory | None = field(default=None, repr=False, compare=False)
    """The files as the run left them."""

    @property
    def complete(self) -> bool:
        """Tell whether nothing is left to look after (exit 0); else the exit code is 5.

        A run both ways promises that all replicas are identical; one way, or a rehearsal, does not.
        """
        reached = all(server.state == DONE and not server.refused for server in self.servers)
        return reached and not self.open_conflicts and not self.left_alone and not self.differing

    @property
    def differing(self) -> list[str]:
        """Return the servers that were reached by a run both ways and have other files all the same."""
        if not self.both_ways or self.dry_run:
            return []
        return [server.server for server in self.servers if server.state == DONE and not server.identical]

    def as_json(self) -> dict[str, object]:
        """Return the run as it stands in the JSON envelope."""
        return {
            "servers": [server.as_json() for server in self.servers],
            "conflicts": self.conflicts,
            "open_conflicts": self.open_conflicts,
            "merged": self.merged,
            "undone_deletions": self.undone,
            "equal_edits_closed": self.closed,
            "texts_left_in_history": self.texts_left,
            "left_alone": self.left_alone,
            "warnings": self.warnings,
            "identical": self.identical,
            "differing": self.differing,
            "fingerprint": self.fingerprint,
            "files_read": self.files_read,
        }
