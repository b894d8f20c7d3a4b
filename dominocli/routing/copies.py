"""Copies of tables that lie on other machines: brought home, so that a message can be followed from here.

A copy lies beside the tables in force, under another ending: it says what its server routes by, it is
never what this machine routes by.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, NamedTuple

from dominocli.names import name_key
from dominocli.routing.layout import Damaged, Table
from dominocli.routing.store import read_bytes, table_file, write_bytes

if TYPE_CHECKING:
    from pathlib import Path


class Copy(NamedTuple):
    """A server's table as it was on its own machine. `replica` is the fingerprint its replica had then,
    `as_of` when (ISO)."""

    table: Table | None
    replica: str
    as_of: str


def copy_of(server: str, data: bytes, replica: str, as_of: str) -> Copy:
    """Return a table that came from elsewhere as a copy; None in it for bytes that are no table of this server."""
    try:
        table = Table(data) if data else None
    except Damaged:
        table = None
    if table is not None and name_key(table.server) != name_key(server):
        table = None
    return Copy(table, replica, as_of)


def keep_copy(root: Path, server: str, copy: Copy) -> None:
    """Keep a copy in the replica in `root`; raise `NotAReplica`, `UnreadableFile`."""
    about = json.dumps({"replica": copy.replica, "as_of": copy.as_of}).encode() + b"\n"
    content = about + (copy.table.data if copy.table is not None else b"")
    write_bytes(root, _file(server), hashlib.sha256(content).hexdigest().encode() + b"\n" + content)


def kept_copy(root: Path, server: str) -> Copy | None:
    """Return the copy kept of a server's table, None for none or a damaged one."""
    digest, _, content = (read_bytes(root, _file(server)) or b"").partition(b"\n")
    if hashlib.sha256(content).hexdigest().encode() != digest:
        return None
    about, _, data = content.partition(b"\n")
    known = json.loads(about)
    return copy_of(server, data, known["replica"], known["as_of"])


def _file(server: str) -> str:
    return table_file(server).removesuffix(".table") + ".copy"
