"""A replica's files in memory over those on disk: a dry run does everything and changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from dominocli.directory.document_file import read_file
from dominocli.directory.index import UNTRUSTED
from dominocli.directory.reader import Directory, look, state_of
from dominocli.directory.swap import DiskFiles
from dominocli.directory.text import Fault


class RehearsedFiles:
    """The `Files` of a folder, where every change stays in memory."""

    def __init__(self, root: Path, seen: Directory | None = None) -> None:
        self.root = root
        self._disk = DiskFiles(root)
        self._seen = seen
        self._changed: dict[str, bytes | None] = {}
        self._swaps: dict[str, bytes | None] = {}

    def look(self) -> Directory:
        first = self._seen is None
        if self._seen is None:
            self._seen = look(self.root, update_index=False)
        files_read = self._seen.files_read if first else 0
        if not self._changed:
            return self._seen.again(files_read)
        states = {
            file: None if content is None else state_of(file, UNTRUSTED, content)
            for file, content in self._changed.items()
        }
        return Directory(self.root, self._seen.settings, self._seen.files.with_states(states), files_read)

    def read(self, file: str) -> bytes | Fault | None:
        return self._changed[file] if file in self._changed else read_file(self.root, file)

    def prepare(self, swap: str, content: bytes) -> None:
        self._swaps[swap] = content

    def prepare_all(self, contents: Mapping[str, bytes]) -> None:
        self._swaps.update(contents)

    def exchange(self, file: str, swap: str) -> bool:
        content = self.read(file)
        if not isinstance(content, bytes):
            return False
        self._changed[file], self._swaps[swap] = self._swaps[swap], content
        return True

    def create(self, file: str, swap: str) -> bool:
        if self.read(file) is not None:
            return False
        self._changed[file] = self.swapped(swap)
        return True

    def move(self, file: str, to: str) -> bool:
        content = self.read(file)
        if not isinstance(content, bytes) or self.read(to) is not None:
            return False
        self._changed[file], self._changed[to] = None, content
        return True

    def displace(self, file: str, swap: str) -> bool:
        content = self.read(file)
        if not isinstance(content, bytes):
            return False
        self._changed[file], self._swaps[swap] = None, content
        return True

    def swapped(self, swap: str) -> bytes | None:
        return self._swaps[swap] if swap in self._swaps else self._disk.swapped(swap)

    def leftovers(self) -> list[str]:
        names = {*self._disk.swap_names(), *self._swaps}
        return sorted(name for name in names if self.swapped(name) is not None)

    def discard(self, swap: str) -> None:
        self._swaps[swap] = None

    def keep(self, swap: str) -> None:
        self._swaps[swap] = None

    def clear(self) -> None:
        """Nothing is durable in memory."""

    def sync(self) -> None:
        """Nothing is durable in memory."""

    def secure(self, files: Collection[str]) -> None:
        """Nothing that others did is anybody's to make durable."""

    def close(self) -> None:
        """Nothing was opened."""
