"""Hands that edit documents on simulated disks, and the ledger of what they wrote."""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Callable
from functools import lru_cache

from simulated_disk import Disk, Inode

from dominocli.directory.text import Fault, parse

NAMES = 6
_TOKEN = re.compile(rb'"(t\d+)"')
_UNID = re.compile(rb'unid = "([0-9a-f]{32})"')
_OF_ITS_OWN = re.compile(rb'unid = "[0-9a-f]{32}"\n|\n*\[conflict\]\n(?:\w+ = "[^"]*"\n)+')

BODY = (
    'form = "Group"\n\n[basics]\n# by hand\ngroup_name = "g"\ngroup_type = "Servers only"\n'
    'members = ["{0}"]\nunknown_key = "kept"\n\n# the second tab\n[administration]\ncomments = "{1}"\n'
)


def unid_of(name: str) -> str:
    """Return the unid hands give a document of this name."""
    return hashlib.sha256(name.encode()).hexdigest()[:32]


@lru_cache(maxsize=4096)
def tokens(content: bytes) -> frozenset[str]:
    """Return the tokens in a document's bytes."""
    return frozenset(found.decode() for found in _TOKEN.findall(content))


@lru_cache(maxsize=4096)
def parses(content: bytes) -> bool:
    """Tell whether bytes are a document's text."""
    return not isinstance(parse(content), Fault)


@lru_cache(maxsize=4096)
def skeleton(content: bytes) -> bytes:
    """Return what of a document no edit here ever changes: comments, order, unknown keys."""
    lines = content.replace(b"\r\n", b"\n")
    return _TOKEN.sub(b'"T"', _OF_ITS_OWN.sub(b"", lines)).rstrip(b"\n")


SKELETON = skeleton(BODY.format("t1", "t2").encode())


class Ledger:
    """Which tokens hands wrote, which they replaced themselves, which a broken machine took before anybody knew."""

    def __init__(self) -> None:
        self.count = 0
        self.born: set[str] = set()
        self.replaced: set[str] = set()
        self.excused: set[str] = set()
        self.deleted: set[tuple[str, frozenset[str]]] = set()
        self.brought: set[frozenset[str]] = set()
        self.renamed: set[str] = set()
        self.written: set[bytes] = {b""}
        self.torn: set[bytes] = set()  # unids of documents that once were cut short
        self.forgotten: set[str] = set()

    def token(self) -> str:
        """Return a token nobody wrote before."""
        self.count += 1
        token = f"t{self.count}"
        self.born.add(token)
        return token

    def expected(self) -> set[str]:
        """Return the tokens that must be somewhere."""
        return self.born - self.replaced - self.excused

    def removed(self, content: bytes) -> None:
        """Note that a hand took a document away."""
        self.replaced |= tokens(content)
        if found := _UNID.search(content):
            self.deleted.add((found[1].decode(), tokens(content)))

    def revived(self, content: bytes) -> None:
        """Note that a hand, or a broken machine, brought a document back.

        That is an edit, which may outlive a deletion made elsewhere at the same time.
        """
        self.brought.add(tokens(content))

    def moved(self, content: bytes) -> None:
        """Note that a hand gave a document another name: that merges with any edit, and outlives deletions with it."""
        self.renamed.update(found.decode() for found in _UNID.findall(content))

    def ghost(self, content: bytes) -> bool:
        """Tell whether a document lives that a hand took away as it is."""
        found = _UNID.search(content)
        if found is None or b"[conflict]" in content or found[1].decode() in self.renamed:
            return False
        held = tokens(content)
        return (found[1].decode(), held) in self.deleted and held not in self.brought


class Hands:
    """One random thing at a time is done to the document files of a disk."""

    def __init__(self, chance: random.Random, ledger: Ledger, log: Callable[[str], None]) -> None:
        self.chance = chance
        self.ledger = ledger
        self.log = log
        self.unfinished: list[tuple[Disk, Inode, bytes]] = []

    def edit(self, disk: Disk) -> None:
        """Do one thing."""
        busy = {id(inode) for _, inode, _ in self.unfinished}
        files = [
            name for name in disk.documents() if id(disk.names[name]) not in busy and parses(disk.names[name].data)
        ]
        what = self.chance.random()
        if what < 0.25 or not files:
            self._create(disk)
        elif what < 0.72:
            self._change(disk, self.chance.choice(files))
        elif what < 0.86:
            self._remove(disk, self.chance.choice(files))
        else:
            self._rename(disk, self.chance.choice(files))

    def finish(self, everything: bool = True) -> None:
        """Go on writing what was begun."""
        waiting, self.unfinished = self.unfinished, []
        for disk, inode, content in waiting:
            if everything or self.chance.random() < 0.3:
                self.log("a hand saves the rest")
                inode.data = content
            else:
                self.unfinished.append((disk, inode, content))

    def mend(self, disk: Disk, before: Callable[[str], bytes | None]) -> None:
        """Put right what does not parse: as it was before, or away."""
        for name in disk.documents():
            if parses(disk.names[name].data):
                continue
            text = before(name)
            self.log(f"mend {name}")
            if text is None:
                disk.change((name, None))
            else:
                self.ledger.revived(text)
                disk.change((name, Inode(self._write(text))))

    def tell_apart(self, disk: Disk) -> None:
        """Take the unid out of files that share it with another."""
        found = set()
        for file, content in disk.contents().items():
            given = _UNID.search(content)
            if given is not None and given[1] in found:
                self.log(f"tell apart {file}")
                disk.change((file, Inode(self._write(re.sub(rb'unid = "[0-9a-f]{32}"\r?\n', b"", content)))))
            elif given is not None:
                found.add(given[1])

    def _write(self, content: bytes) -> bytes:
        self.ledger.written.add(content)
        return content

    def _create(self, disk: Disk) -> None:
        number = self.chance.randrange(NAMES)
        file = f"groups/n{number}.toml"
        label = f"n{number}" if self.chance.random() < 0.6 else f"n{number}-{self.ledger.count}"
        line = f'unid = "{unid_of(label)}"\n' if self.chance.random() < 0.8 else ""
        # A program may have lifted a document's file for a moment: who saves it then edits it.
        contents = [inode.data for inode in disk.names.values()]
        given = line.rstrip().encode()  # whatever the line ends of the file that gives it
        if file in disk.names or (line and any(given in held or not parses(held) for held in contents)):
            # A hand does not make one document twice, nor anew while what it tore lies there.
            return
        content = (line + BODY.format(self.ledger.token(), self.ledger.token())).encode()
        if self.chance.random() < 0.15:
            content = content.replace(b"\n", b"\r\n")
        self.log(f"create {file} {label} {sorted(tokens(content))}")
        disk.change((file, Inode(self._write(content), durable=self.chance.random() < 0.5)))

    def _change(self, disk: Disk, file: str) -> None:
        inode = disk.names[file]
        held = sorted(tokens(inode.data))
        if not held:
            return
        old = self.chance.choice(held)
        new = self.ledger.token()
        content = self._write(inode.data.replace(f'"{old}"'.encode(), f'"{new}"'.encode()))
        self.ledger.replaced.add(old)
        way = self.chance.choice(["rename", "in place", "in two steps"])
        if way == "in two steps" and not disk.knows(file, inode.data):
            way = "rename"  # empty for a moment and renamed before, nobody could tell what it was
        self.log(f"change {file} {old} -> {new} {way}")
        if way == "rename":
            disk.change((file, Inode(content, durable=self.chance.random() < 0.5)))
        elif way == "in place":
            inode.data = content
        else:
            inode.data = b""
            self.unfinished.append((disk, inode, content))

    def _remove(self, disk: Disk, file: str) -> None:
        self.log(f"remove {file}")
        content = disk.names[file].data
        self.ledger.removed(content)
        is_new = any(inode is disk.names[file] for name, inode in disk.names.items() if name != file)
        if is_new or not disk.knows(file, content):
            # A program that just made the file and is stopped makes it again, and a journal that never saw it
            # cannot miss it.
            self.ledger.revived(content)
        disk.change((file, None))

    def _rename(self, disk: Disk, file: str) -> None:
        to = f"groups/n{self.chance.randrange(NAMES)}.toml"
        if to in disk.names:
            return
        self.log(f"rename {file} {to}")
        inode = disk.names[file]
        self.ledger.moved(inode.data)
        disk.change((file, None), (to, inode))
