"""What a server's effective Configuration says to its Router, as its table keeps it."""

from __future__ import annotations

from typing import NamedTuple

LOW_PRIORITY_RANGE = ("00:00-06:00",)


class RouterSettings(NamedTuple):
    """What one server's effective Configuration says to its Router; `document` is "" where none applies.

    `unknown` names, as `PATH:KEY`, what an import did not find and routing assumes; `passed_over` the
    Configuration documents that may be meant for the server and are not used.
    """

    document: str = ""
    sends_outside: bool = False
    smtp_inside: str = "Disabled"
    smtp_reachable: str = "Always"
    relay_host: str = ""
    smart_host: str = ""
    smart_host_for_all: bool = False
    host_name_lookup: str = "Dynamic then local"
    maximum_hop_count: int = 25
    low_priority_range: tuple[str, ...] = LOW_PRIORITY_RANGE
    ignores_priority: bool = False
    given: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    passed_over: tuple[str, ...] = ()

    def assumes(self, *keys: str) -> bool:
        """Tell whether one of these fields is taken as usual, since an import did not find it."""
        return any(entry.rpartition(":")[2] in keys for entry in self.unknown)
