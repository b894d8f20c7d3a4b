"""How groups hold each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dominocli.checks.reach import components
from dominocli.documents.group import Group
from dominocli.names import name_key


class Nesting:
    """Groups within groups, by key: `inner` the groups among a group's members, `depth` how many levels of
    groups lie below it. Of two documents of one group the first counts. Built in linear time."""

    def __init__(self, groups: Mapping[str, Sequence[Group]]) -> None:
        self._groups = groups
        keys = list(groups)
        number = {key: position for position, key in enumerate(keys)}
        self.inner = {
            key: [inner for inner in dict.fromkeys(map(name_key, groups[key][0].members)) if inner in groups]
            for key in keys
        }
        found = components([[number[inner] for inner in self.inner[key]] for key in keys])
        self.component = dict(zip(keys, found, strict=True))
        self._members: dict[int, list[str]] = {}
        for key in keys:
            self._members.setdefault(self.component[key], []).append(key)
        self.depth: dict[str, int] = {}
        for key in sorted(keys, key=self.component.__getitem__):  # inner groups come before those that hold them
            below = [self.depth[inner] for inner in self.inner[key] if inner in self.depth]
            self.depth[key] = 1 + max(below) if below else 0

    def loop_of(self, key: str) -> list[str]:
        """Return the groups of the loop a group is in, itself included; none if it is in no loop."""
        members = self._members[self.component[key]]
        return members if len(members) > 1 or key in self.inner[key] else []

    def first_of_loop(self, key: str) -> Group | None:
        """Return the first document, by name, of the loop a group is in; None if it is in no loop."""
        return min((self._groups[member][0] for member in self.loop_of(key)), key=lambda d: d.name, default=None)

    def way_around(self, key: str) -> list[str]:
        """Return the groups on a shortest way from one that is in a loop back to itself."""
        came_from: dict[str, str] = {}
        level = [key]
        while key not in came_from:
            following: list[str] = []
            for group in level:
                for inner in self.inner[group]:
                    if self.component[inner] == self.component[key] and inner not in came_from:
                        came_from[inner] = group
                        following.append(inner)
            level = following
        way = [key, came_from[key]]
        while way[-1] != key:
            way.append(came_from[way[-1]])
        return way[::-1]
