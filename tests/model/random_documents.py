"""Random documents as TOML: small choices, and what makes a document odd, lost in an import or broken."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from typing import Any

from random_values import BROKEN, NEVER_LOST

from dominocli.documents import form_of


class RandomDocuments:
    """Files made by chance, each from the one seed."""

    def __init__(self, seed: str) -> None:
        self.random = random.Random(seed)
        self.files: dict[str, str] = {}
        self.chance = self.random.random
        # How much of it is odd: a directory where everything is wrong routes nothing.
        self.oddity = self.random.choice((0.0, 0.03, 0.1, 0.25))
        self.imported = self.random.choice((0.0, 0.0, 0.05, 0.4))

    def odd(self, factor: float = 1.0) -> bool:
        """Whether this time something is wrong."""
        return self.chance() < self.oddity * factor

    def pick(self, values: Sequence[Any]) -> Any:
        return self.random.choice(values)

    def some(self, values: Sequence[Any], most: int) -> list[Any]:
        return self.random.sample(values, min(len(values), self.random.randint(0, most)))

    def spelled(self, name: str) -> str:
        """Return a name in one of its spellings (2.9)."""
        style = self.random.randint(0, 6)
        if style == 0:
            return name.upper()
        if style == 1:
            return name.lower()
        parts = name.split("/")
        if style == 2 and len(parts) > 1:
            labels = ["CN", *(["OU"] * (len(parts) - 2)), "O"]
            return "/".join(f"{label}={part}" for label, part in zip(labels, parts, strict=True))
        return name

    def file(self, folder: str, tables: dict[str, Any]) -> str:
        """Add a document under a name that says nothing about it; return its name."""
        while True:
            name: str = self.pick("abcdefgXYZ0") + self.pick(("", "-", ".", "ö")) + str(self.random.randint(0, 999))
            path = f"{folder}/{name}.toml"
            if path not in self.files:
                break
        if self.chance() < self.imported:
            tables = self._imported(folder, tables)
        if self.odd(0.2):
            tables = self._broken(folder, tables)
        if self.odd(0.1):
            tables = {**tables, "conflict": {"of": "0" * 32, "rev": "1-a", "from": "elsewhere"}}
        self.files[path] = toml(tables) + ("[basics\n" if self.odd(0.05) else "")
        return name

    def _imported(self, folder: str, tables: dict[str, Any]) -> dict[str, Any]:
        """Return a document an import found without some items (design.md 2)."""
        lost = [key for key in form_of(folder).fields if key not in NEVER_LOST]
        unknown = self.some(lost, 5)
        kept = {
            table: {key: value for key, value in content.items() if key not in unknown}
            for table, content in tables.items()
            if table not in unknown
        }
        return {"unknown": unknown, **kept}

    def _broken(self, folder: str, tables: dict[str, Any]) -> dict[str, Any]:
        """Return a document with one value no form accepts."""
        table, key, value = self.pick(BROKEN[folder])
        return {**tables, table: {**tables.get(table, {}), key: value}}


def toml(tables: dict[str, Any]) -> str:
    """Return tables of texts, numbers, lists and one further level of tables as TOML."""
    lines = [f"{key} = {json.dumps(value)}" for key, value in tables.items() if not isinstance(value, dict)]
    for name, table in tables.items():
        if isinstance(table, dict):
            lines.append(f"[{name}]")
            lines += [f"{key} = {json.dumps(value)}" for key, value in table.items() if not isinstance(value, dict)]
            for key, inner in table.items():
                if isinstance(inner, dict):
                    lines.append(f"[{name}.{key}]")
                    lines += [f"{k} = {json.dumps(v)}" for k, v in inner.items()]
    return "\n".join(lines) + "\n"
