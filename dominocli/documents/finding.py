"""What the checks say: findings, and the one list of their rules (domino.md 8)."""

from __future__ import annotations

from typing import NamedTuple


class Problem(NamedTuple):
    """What one document, looked at alone, does wrong; `key` is the field, if it is one field's."""

    rule: str
    key: str
    message: str
    hint: str = ""


class Finding(NamedTuple):
    """One finding about one document. `document` is its path (`connections/NAME`), `file` relative
    to the directory, `line` 1-based and None where no line is to blame."""

    id: str
    severity: str
    document: str
    message: str
    hint: str = ""
    file: str | None = None
    line: int | None = None
    field: str = ""

    def as_json(self) -> dict[str, object]:
        """Return the finding as it stands in the JSON envelope."""
        return self._asdict()


ERROR, WARNING, INFO = "error", "warning", "info"

SEVERITIES: dict[str, str] = {
    **dict.fromkeys(
        (
            "source-server-unknown",
            "source-server-other-domain",
            "destination-server-other-domain",
            "source-server-without-smtp",
            "source-server-smtp-outside-disabled",
            "destination-server-blank",
            "destination-server-is-a-server",
            "destination-domain-unknown",
            "virtual-domain-unconnected",
            "virtual-domain-is-real",
            "dial-up-record-missing",
            "dial-up-record-not-found",
            "dial-up-record-wrong-type",
            "dial-up-record-of-neither-end",
            "dial-up-record-on-direct",
            "pattern-duplicate",
            "server-duplicate",
            "pull-pull-with-cluster",
            "schedule-empty",
            "schedule-never",
            "configuration-ambiguous",
            "group-loop",
            "control-character",
            "relay-host-invalid",
            "value-missing",
            "value-invalid",
            "pattern-invalid",
            "domain-name-invalid",
            "time-zone-invalid",
            "syntax",
            "unid-duplicate",
            "path-clash",
        ),
        ERROR,
    ),
    **dict.fromkeys(
        (
            "pattern-shadowed",
            "second-pull-connection",
            "connection-delays-network",
            "connection-without-pair",
            "replication-scheduled-twice",
            "unknown-key",
            "destination-server-shared",
            "domain-case-differs",
            "server-without-replica",
            "conflict-unresolved",
        ),
        WARNING,
    ),
    **dict.fromkeys(
        (
            "schedule-disabled",
            "routing-task-none",
            "name-not-hierarchical",
            "pattern-redundant",
            "domain-route-redundant",
            "pattern-without-dot",
            "value-unknown",
            "source-server-without-dns",
            "global-domain-changed",
            "destination-server-is-a-group",
        ),
        INFO,
    ),
}

DOCUMENT_RULES = frozenset(
    {
        "value-missing",
        "value-invalid",
        "destination-server-blank",
        "dial-up-record-missing",
        "dial-up-record-on-direct",
        "schedule-empty",
        "schedule-never",
        "control-character",
        "relay-host-invalid",
        "pattern-invalid",
        "time-zone-invalid",
        "domain-name-invalid",
    }
)
"""The rules of a document alone; one of these stops its save (design.md 5)."""
