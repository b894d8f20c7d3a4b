"""A routing table as bytes: fixed-width columns read by offset, text beside them, one checksum over all.

`Table` answers from the bytes without reading the directory; `pack` makes them. No files here.
"""

from __future__ import annotations

import hashlib
import json
import struct
from typing import TYPE_CHECKING, Any, NamedTuple

from dominocli.labels import a_label
from dominocli.names import name_key
from dominocli.routing.settings import RouterSettings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

MAGIC = b"dominocli routing table 3\n"
"""Also the version of the calculation: a table made by other rules is `missing`, not out of date."""
DIGEST = 32
SECTIONS = 14
HEAD, FLAGS, COSTS, HOPS, NEXT, VIA, NAME_ENDS, NAMES, VIAS, DOMAINS, PATTERNS, NOT_USED, SUBJECTS, MADE_FROM = range(
    SECTIONS
)
_OFFSETS = struct.Struct(f"<{SECTIONS + 1}Q")
_ENTRY = struct.Struct("<IIII")
_END = struct.Struct("<I")

LISTENS, SHARES_NETWORK, TIED, WITHOUT_DOCUMENT, LISTENS_ASSUMED, PORTS_UNKNOWN, PULLED = 1, 2, 4, 8, 16, 32, 64
"""Flags of a destination: it accepts SMTP; it shares a Notes named network with the table's server; only
the name decided between next hops; it is known only from Connections; an import did not find whether it
accepts SMTP, or its ports; a Connection to it only pulls."""


class Damaged(ValueError):
    """Bytes that are no table, or no longer one."""


class Row(NamedTuple):
    """One destination: `next` is the next hop's number (-1: unreachable, or the server itself)."""

    name: str
    flags: int
    next: int
    cost: int
    hops: int
    via: int


class Table:
    """One server's routing table, answered from its bytes. Raises `Damaged` for bytes that are none.

    `server`, `domain`, `fingerprint` (of the directory it was made from), `time` (ISO, when), `digest` (of
    the routing-relevant fields), `number` (the server's own), `settings`, `zone` ("": the machine's), `smtp`
    (its Routing tasks), `local` ((text, kind, literal, document) of the local Internet domain), `mixed`
    (whether both networks and Connections lead out of it), `unknown` (what an import did not find).
    """

    def __init__(self, data: bytes) -> None:
        start = len(MAGIC) + DIGEST
        if data[: len(MAGIC)] != MAGIC or hashlib.sha256(memoryview(data)[start:]).digest() != data[len(MAGIC) : start]:
            raise Damaged("not a whole routing table")
        try:
            self._offsets: tuple[int, ...] = _OFFSETS.unpack_from(data, start)
            self.data = data
            head = json.loads(self._section(HEAD))
            self.server: str = head["server"]
            self.domain: str = head["domain"]
            self.fingerprint: str = head["fingerprint"]
            self.time: str = head["time"]
            self.digest: str = head["digest"]
            self.number: int = head["number"]
            self.zone: str = head["zone"]
            self.smtp: bool = head["smtp"]
            self.mixed: bool = head["mixed"]
            self.local: list[tuple[str, str, str, str]] = [tuple(entry) for entry in head["local"]]
            self.unknown: tuple[str, ...] = tuple(head["unknown"])
            settings: list[Any] = [tuple(v) if isinstance(v, list) else v for v in head["settings"]]
            self.settings = RouterSettings(*settings)
            self._head = head
        except (ValueError, KeyError, TypeError, struct.error) as error:
            raise Damaged(str(error)) from error
        self.count = self._length(FLAGS)
        self._widths = [self._length(section) // max(self.count, 1) for section in range(FLAGS, NAME_ENDS)]
        self._vias: list[dict[str, Any]] | None = None

    def _section(self, number: int) -> bytes:
        return self.data[self._offsets[number] : self._offsets[number + 1]]

    def _length(self, number: int) -> int:
        return self._offsets[number + 1] - self._offsets[number]

    def column(self, section: int) -> bytes:
        """Return a column (`FLAGS` to `VIA`): `count` little-endian numbers of 1, 2 or 4 bytes."""
        return self._section(section)

    def names(self) -> tuple[bytes, bytes]:
        """Return where each server's name ends, 4 bytes each, and the names: the same for the same servers."""
        return self._section(NAME_ENDS), self._section(NAMES)

    def _number(self, section: int, number: int) -> int:
        width = self._widths[section - FLAGS]
        at = self._offsets[section] + number * width
        return int.from_bytes(self.data[at : at + width], "little")

    def name(self, number: int) -> str:
        """Return the name of a server by its number, 0 to `count` - 1, in the order of names."""
        at = self._offsets[NAME_ENDS] + 4 * number
        start = _END.unpack_from(self.data, at - 4)[0] if number else 0
        end = _END.unpack_from(self.data, at)[0]
        base = self._offsets[NAMES]
        return self.data[base + start : base + end].decode("utf-8", "surrogateescape")

    def row(self, number: int) -> Row:
        """Return the row of one destination by its number."""
        following = self._number(NEXT, number)
        cost, hops, flags = self._number(COSTS, number), self._number(HOPS, number), self._number(FLAGS, number)
        if following == (1 << 8 * self._widths[NEXT - FLAGS]) - 1:
            return Row(self.name(number), flags, -1, 0, 0, -1)
        return Row(self.name(number), flags, following, cost, hops, self._number(VIA, number))

    def find(self, name: str) -> int | None:
        """Return the number of a server by any spelling of its name, None for one the table does not know."""
        wanted = name_key(name)
        low, high = 0, self.count
        while low < high:
            middle = (low + high) // 2
            found = name_key(self.name(middle))
            if found == wanted:
                return middle
            if found < wanted:
                low = middle + 1
            else:
                high = middle
        return None

    def cost_to(self, number: int) -> tuple[int, int] | None:
        """Return cost and hops to a server, (0, 0) to the own one, None where there is no way."""
        if number == self.number:
            return 0, 0
        row = self.row(number)
        return None if row.next < 0 else (row.cost, row.hops)

    def via(self, row: Row) -> dict[str, Any]:
        """Return the link to a row's next hop: `network` or `connection`, and its `call` where it has one."""
        return self.vias()[row.via]

    def vias(self) -> list[dict[str, Any]]:
        """Return the links out of the server, by the numbers in the `VIA` column."""
        if self._vias is None:
            self._vias = json.loads(self._section(VIAS))
        return self._vias

    def domain_entry(self, domain: str) -> dict[str, Any] | None:
        """Return what the table knows of a domain without a dot, None for nothing."""
        entry: dict[str, Any] | None = self._value(DOMAINS, domain.casefold().encode("utf-8", "surrogateescape"))
        return entry

    def domains(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield every (casefolded domain, entry), sorted."""
        return self._items(DOMAINS)

    def patterns(self) -> list[tuple[str, str, str]]:
        """Return every Foreign SMTP pattern as (text, document, domain), the most specific first."""
        entries = [(tuple(entry[:2]), tuple(entry[2:])) for _, entry in self._items(PATTERNS)]
        return [kept for _, kept in sorted(entries, key=lambda e: (-e[0][0], -e[0][1], e[1][1]))]

    def match(self, domain: str) -> list[tuple[str, str, str]]:
        """Return the patterns that meet an Internet domain as (text, document, domain), best first.

        domino.md 2.5 (D): exact beats wildcard, a longer literal tail a shorter one, `*.*` beats `*`.
        """
        wanted = a_label(domain)
        keys = ["exact " + wanted]
        for at in range(len(wanted)):
            tail = wanted[at:]
            if at and tail[0] == ".":
                keys.append("subdomains " + tail)
            keys.append("suffix " + tail)
        keys += ["dotted "] * ("." in wanted) + ["any "]
        found = [self._value(PATTERNS, key.encode("utf-8", "surrogateescape")) for key in keys]
        return [tuple(entry[2:]) for entry in found if entry is not None]

    def has_pattern(self, kind: str, literal: str) -> bool:
        """Tell whether there is a Foreign SMTP pattern of this kind and literal (`Pattern`)."""
        return self._value(PATTERNS, f"{kind} {literal}".encode("utf-8", "surrogateescape")) is not None

    def not_used(self) -> list[dict[str, Any]]:
        """Return everything the table does not use: document, reason, message, field, hint, about."""
        entries: list[dict[str, Any]] = json.loads(self._section(NOT_USED))
        return entries

    def not_used_about(self, subjects: Iterable[str]) -> list[dict[str, Any]]:
        """Return what is not used and would have served one of these subjects (`domain:KEY`, ...)."""
        numbers: set[int] = set()
        for subject in subjects:
            numbers.update(self._value(SUBJECTS, subject.encode("utf-8", "surrogateescape")) or ())
        if not numbers:
            return []
        entries = self.not_used()
        return [entries[number] for number in sorted(numbers)]

    def made_from(self) -> bytes:
        """Return the documents of the directory it was made from (made_from.py), empty where they are not known."""
        return self._section(MADE_FROM)

    def renewed(self, fingerprint: str, made_from: bytes = b"") -> Table:
        """Return the same table for a directory of another fingerprint in which no routing field differs."""
        sections = [self._section(number) for number in range(SECTIONS)]
        sections[HEAD] = encode({**self._head, "fingerprint": fingerprint})
        sections[MADE_FROM] = made_from
        return Table(pack(sections))

    def _entry(self, section: int, position: int) -> tuple[bytes, bytes]:
        base = self._offsets[section]
        key_at, key_length, at, length = _ENTRY.unpack_from(self.data, base + 4 + position * _ENTRY.size)
        return self.data[base + key_at : base + key_at + key_length], self.data[base + at : base + at + length]

    def _items(self, section: int) -> Iterator[tuple[str, Any]]:
        (count,) = struct.unpack_from("<I", self.data, self._offsets[section])
        for position in range(count):
            key, value = self._entry(section, position)
            yield key.decode("utf-8", "surrogateescape"), json.loads(value)

    def _value(self, section: int, wanted: bytes) -> Any:
        (high,) = struct.unpack_from("<I", self.data, self._offsets[section])
        low = 0
        while low < high:
            middle = (low + high) // 2
            key, value = self._entry(section, middle)
            if key == wanted:
                return json.loads(value)
            if key < wanted:
                low = middle + 1
            else:
                high = middle
        return None


def via_text(link: dict[str, Any]) -> str:
    """Return a link as `connections/NAME` or `network:NAME`."""
    return "network:" + link["network"] if "network" in link else str(link["connection"])


def encode(value: object) -> bytes:
    """Return a value as compact JSON; the same value always gives the same bytes."""
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()


def keyed(entries: Mapping[str, object]) -> bytes:
    """Return a section that is searched by key: a count, fixed-width entries sorted by key, then the texts."""
    items = sorted((key.encode("utf-8", "surrogateescape"), encode(value)) for key, value in entries.items())
    at = 4 + len(items) * _ENTRY.size
    index, texts = [struct.pack("<I", len(items))], []
    for key, value in items:
        index.append(_ENTRY.pack(at, len(key), at + len(key), len(value)))
        texts += [key, value]
        at += len(key) + len(value)
    return b"".join(index + texts)


def pack(sections: Sequence[bytes]) -> bytes:
    """Return the bytes of a table: magic, checksum, offsets, sections."""
    at = len(MAGIC) + DIGEST + _OFFSETS.size
    offsets = [at]
    for section in sections:
        at += len(section)
        offsets.append(at)
    body = b"".join([_OFFSETS.pack(*offsets), *sections])
    return MAGIC + hashlib.sha256(body).digest() + body
