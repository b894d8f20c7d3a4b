"""The folder carrier: another replica on this machine, embedded in this process."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dominocli import errors
from dominocli.directory.swap import Step, no_step
from dominocli.replication.replica import Clock, Replica
from dominocli.replication.verbs import Verbs


class FolderCarrier:
    """Calls the verbs of the replica in a folder; each verb takes that replica's lock by itself."""

    kind = "folder"

    def __init__(self, location: str, asking_server: str, clock: Clock, *, step: Step = no_step) -> None:
        self.bytes_sent = 0
        try:
            replica = Replica.open(Path(location), clock, step=step)
        except (errors.NoDirectory, errors.NotAReplica) as error:
            raise errors.NoReplicaThere(location=location, reason=error.message) from error
        except (errors.UnreadableFile, errors.InvalidSettings) as error:
            raise errors.ReplicaUnreachable(location=location, reason=error.message) from error
        self._verbs = Verbs(replica, asking_server)

    def call(self, verb: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        answer = self._verbs.call(verb, payload)
        self.bytes_sent += text_bytes(payload) + text_bytes(answer)
        return answer

    def close(self) -> None:
        self._verbs.close()


def text_bytes(message: Mapping[str, Any]) -> int:
    """Return how many bytes of document texts a payload or an answer carries."""
    return sum(len(text.encode()) for document in message.get("docs", ()) for text in _texts(document))


def _texts(document: Mapping[str, Any]) -> list[str]:
    beside = document.get("ancestor_texts")
    texts = [document.get("toml"), *(beside.values() if isinstance(beside, dict) else ())]
    return [text for text in texts if isinstance(text, str)]
