"""Fields that several Notes items make together: a server's ports, whom a Configuration applies to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any, ClassVar, NamedTuple, Protocol

from dominocli import names
from dominocli.documents.domain import ADJACENT, FOREIGN, FOREIGN_SMTP, GLOBAL, NON_ADJACENT
from dominocli.export.codecs import Codes
from dominocli.export.notes import DATETIME, Item, text_item

_Codes = Mapping[str, Mapping[str, str]]


class Found(NamedTuple):
    """What a composite read: raw values by field, the items it used up, `guessed` keys whose own item says
    nothing, and remarks."""

    values: Mapping[str, object] = {}
    used: tuple[str, ...] = ()
    guessed: frozenset[str] = frozenset()
    remarks: tuple[str, ...] = ()


class Remaining:
    """The items of a note nobody has used up yet, by casefolded name."""

    def __init__(self, items: dict[str, tuple[str, Item]]) -> None:
        self._items = items

    def items(self) -> Iterator[tuple[str, tuple[str, Item]]]:
        """Yield (casefolded name, (name, item)) in the note's order."""
        return iter(self._items.items())

    def texts(self, name: str) -> tuple[str, ...] | None:
        """Return the texts of an item, None where there is none."""
        found = self._items.get(name.casefold())
        if found is None or found[1].kind == DATETIME:
            return None
        return tuple(text.strip() for text in found[1].texts())

    def text(self, name: str) -> str:
        """Return the first text of an item, "" where there is none."""
        texts = self.texts(name)
        return texts[0] if texts else ""

    def names(self) -> list[str]:
        """Return the names of the items as the note spells them."""
        return [name for name, _ in self._items.values()]

    def take(self, *used: str) -> None:
        """Use items up."""
        for name in used:
            self._items.pop(name.casefold(), None)


class Composite(Protocol):
    """One rule over several items; `keys` are the fields it gives."""

    keys: ClassVar[tuple[str, ...]]

    def decode(self, left: Remaining, codes: _Codes) -> Found:
        """Return what the items say."""
        ...

    def encode(self, key: str, value: Any, codes: _Codes) -> dict[str, Item]:
        """Return the items of a field's value, none where nobody knows how Domino writes it."""
        ...


class ServerPorts:
    """The ports of a Server document: the lists Ports, Network and NetAddresses, one entry a port, or (D)
    numbered items such as `Port_0`, `NetName_0`, `NetAddr_0`, `Protocol_0`, `Enabled_0`."""

    keys: ClassVar[tuple[str, ...]] = ("ports",)
    _NUMBERED: ClassVar[Mapping[str, str]] = {
        "port": "name",
        "portname": "name",
        "network": "notes_network",
        "networkname": "notes_network",
        "netname": "notes_network",
        "netaddr": "net_address",
        "netaddress": "net_address",
        "netaddresses": "net_address",
        "protocol": "protocol",
        "enabled": "enabled",
        "portenabled": "enabled",
    }

    def decode(self, left: Remaining, codes: _Codes) -> Found:
        return self._numbered(left) or self._lists(left)

    def _numbered(self, left: Remaining) -> Found | None:
        tables: dict[int, dict[str, object]] = {}
        used: list[str] = []
        for item in left.names():
            found = re.fullmatch(r"([a-z]+?)_?([0-9]{1,2})", item.casefold())
            key = self._NUMBERED.get(found[1]) if found else None
            if found is None or key is None:
                continue
            text = left.text(item)
            if key == "enabled":
                tables.setdefault(int(found[2]), {})[key] = text.casefold() not in ("0", "no", "disabled")
            elif text:
                tables.setdefault(int(found[2]), {})[key] = text
            used.append(item)
        ports = {str(table.pop("name")): table for _, table in sorted(tables.items()) if "name" in table}
        if not any("notes_network" in table for table in ports.values()):
            return None
        return Found({"ports": ports}, tuple(used))

    @staticmethod
    def _lists(left: Remaining) -> Found:
        ports, networks = left.texts("Ports") or (), left.texts("Network") or ()
        addresses = left.texts("NetAddresses") or ()
        if not any(ports):
            return Found()
        if not any(networks):
            return Found(remarks=("the Ports have no Network, so the Notes networks are unknown",))
        used, remarks = ["Ports"], []
        for item, entries in (("Network", networks), ("NetAddresses", addresses)):
            if len(entries) <= len(ports):
                used.append(item)
            if entries and len(entries) != len(ports):
                remarks.append(f"{len(entries)} {item} for {len(ports)} Ports: they belong to the first ports (D)")
        tables = {}
        for name, network, address in zip_longest(ports, networks, addresses, fillvalue=""):
            if name:
                table = {"notes_network": network, "net_address": address}
                tables[name] = {key: text for key, text in table.items() if text}
        return Found({"ports": tables}, tuple(used), remarks=tuple(remarks))

    def encode(self, key: str, value: Any, codes: _Codes) -> dict[str, Item]:
        ports = [port for port in value if port.enabled]
        lists = {
            "Ports": [port.name for port in ports],
            "Network": [port.notes_network for port in ports],
            "NetAddresses": [port.net_address for port in ports],
        }
        return {item: text_item(*texts, many=True) for item, texts in lists.items() if any(texts)}


class AppliesTo:
    """Whom a Configuration applies to: everybody if it is used as default, else ServerName."""

    keys: ClassVar[tuple[str, ...]] = ("applies_to",)

    def decode(self, left: Remaining, codes: _Codes) -> Found:
        servers = [text for text in left.texts("ServerName") or () if text]
        switch = left.text("UseAsDefault").casefold()
        if switch in ("1", "yes") or servers == ["*"]:
            used = ("UseAsDefault", "ServerName") if servers in ([], ["*"]) else ("UseAsDefault",)
            return Found({"applies_to": "*"}, used)
        if len(servers) != 1:
            return Found()
        return Found(
            {"applies_to": servers[0]}, ("ServerName", "UseAsDefault") if switch in ("0", "no") else ("ServerName",)
        )

    def encode(self, key: str, value: Any, codes: _Codes) -> dict[str, Item]:
        if value == "*":
            return {"UseAsDefault": text_item("1"), "ServerName": text_item("*")}
        return {"ServerName": text_item(names.canonical(value))} if value else {}


class DomainType:
    """The type of a Domain document. (D) Its codes are unknown in public; where the code means nothing,
    the item that only one type has tells it, and the document says so."""

    keys: ClassVar[tuple[str, ...]] = ("domain_type",)
    _TELLING: ClassVar[Mapping[str, str]] = {
        "AdjacentDomainName": ADJACENT,
        "NextDomain": NON_ADJACENT,
        "MailServer": FOREIGN,
        "MailFile": FOREIGN,
    }

    def decode(self, left: Remaining, codes: _Codes) -> Found:
        keyword = _domain_types(codes).decode_text(left.text("DomainType"))
        if keyword:
            return Found({"domain_type": keyword}, ("DomainType",))
        telling = {kind: item for item, kind in self._TELLING.items() if left.text(item)}
        if len(telling) != 1:
            return Found(remarks=("nobody knows its DomainType, so the type is unknown",))
        kind, item = next(iter(telling.items()))
        remark = f"nobody knows its DomainType; taken for {kind}, since it has {item} (unverified)"
        return Found({"domain_type": kind}, guessed=frozenset(self.keys), remarks=(remark,))

    def encode(self, key: str, value: Any, codes: _Codes) -> dict[str, Item]:
        item = _domain_types(codes).encode(value)
        return {"DomainType": item} if item else {}


def _domain_types(codes: _Codes) -> Codes:
    return Codes(codes.get("DomainType", {}), (FOREIGN_SMTP, FOREIGN, ADJACENT, NON_ADJACENT, GLOBAL))


COMPOSITES: Mapping[str, tuple[Composite, ...]] = {
    "Server": (ServerPorts(),),
    "Configuration": (AppliesTo(),),
    "Domain": (DomainType(),),
}
"""The composites of each form."""
