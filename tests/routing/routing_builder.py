"""Small directories for the tests of routing: documents by name, as a view or as a real replica."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from dominocli.directory.settings import ReplicaSettings, Settings, replica_text, settings_text
from dominocli.directory.view import MemoryView
from dominocli.directory.writer import write_files
from dominocli.names import slug
from dominocli.routing.explain import Explanation, explain
from dominocli.routing.layout import Table
from dominocli.routing.network import Network, build_network
from dominocli.routing.sources import ComputedTables

BERLIN = ZoneInfo("Europe/Berlin")
TUESDAY_NOON = datetime(2026, 11, 24, 12, 0, tzinfo=BERLIN)
ALWAYS = ["00:00-24:00"]
SETTINGS = Settings("0123456789abcdef0123456789abcdef", "Acme's directory", "Acme")


def toml_value(value: object) -> str:
    """Return a text, number, truth or list as TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    assert isinstance(value, list | tuple)
    return "[" + ", ".join(map(toml_value, value)) + "]"


def toml(tables: dict[str, dict[str, object]], unknown: Iterable[str] = ()) -> str:
    """Return tables as a document's TOML."""
    lines = [f"unknown = {toml_value(list(unknown))}"] if unknown else []
    for table, values in tables.items():
        lines.append(f"[{table}]")
        lines += [f"{key} = {toml_value(value)}" for key, value in values.items()]
    return "\n".join(lines) + "\n"


class Builder:
    """A directory of the domain Acme, document by document; each method returns the document's path."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    def copy(self) -> Builder:
        """Return a second directory with the same documents."""
        other = Builder()
        other.texts = dict(self.texts)
        return other

    def add(self, path: str, tables: dict[str, dict[str, object]], unknown: Iterable[str] = ()) -> str:
        """Add a document by its path and tables."""
        self.texts[f"{path}.toml"] = toml({k: v for k, v in tables.items() if v}, unknown)
        return path

    def remove(self, path: str) -> None:
        """Take a document away."""
        del self.texts[f"{path}.toml"]

    def server(
        self,
        name: str,
        networks: Iterable[str] = ("Office",),
        *,
        smtp: bool = False,
        name_of_document: str = "",
        unknown: Iterable[str] = (),
        **basics: Any,
    ) -> str:
        """Add a server; `networks` are its Notes named networks, one port each."""
        tasks = ["Mail Routing", "SMTP Mail Routing"] if smtp else ["Mail Routing"]
        values: dict[str, object] = {
            "server_name": name,
            "routing_tasks": tasks,
            "time_zone": "Europe/Berlin",
            **basics,
        }
        tables = {"basics": {key: value for key, value in values.items() if key not in unknown}}
        for number, network in enumerate(networks):
            tables[f"ports.TCPIP{number}"] = {"notes_network": network}
        return self.add(f"servers/{name_of_document or slug(name)}", tables, unknown)

    def configuration(self, applies_to: str = "*", name: str = "", unknown: Iterable[str] = (), **values: Any) -> str:
        """Add a Configuration with SMTP outside enabled unless said otherwise."""
        keys = ("maximum_hop_count", "low_priority_range")
        transfer = {key: values.pop(key) for key in keys if key in values}
        advanced = {key: values.pop(key) for key in ("ignore_message_priority",) if key in values}
        router = {"smtp_outside": "Enabled", **values}
        router = {key: value for key, value in router.items() if key not in unknown}
        tables = {
            "basics": {"applies_to": applies_to},
            "router_smtp": router,
            "transfer": transfer,
            "advanced": advanced,
        }
        return self.add(f"configurations/{name or slug(applies_to)}", tables, unknown)

    def pattern(self, pattern: str, domain: str, name: str = "") -> str:
        """Add a Foreign SMTP Domain."""
        routing = {"internet_domain": pattern, "domain_name": domain}
        return self.domain("Foreign SMTP Domain", name or slug(domain) + "--" + slug(pattern), routing)

    def domain(
        self, kind: str, name: str, routing: dict[str, object], restrictions: dict[str, object] | None = None
    ) -> str:
        """Add a Domain document of any type."""
        tables = {"basics": {"domain_type": kind}, "routing": routing, "restrictions": restrictions or {}}
        return self.add(f"domains/{name}", tables)  # type: ignore[arg-type]

    def connection(self, name: str, kind: str, unknown: Iterable[str] = (), **values: Any) -> str:
        """Add a Connection of any type; the values find their tabs by themselves."""
        tables: dict[str, dict[str, object]] = {"basics": {"connection_type": kind}}
        for key, value in values.items():
            if key in ("routing_task", "routing_cost", "router_type", "route_at_once_if", "replication_task"):
                tables.setdefault("replication_routing", {})[key] = value
            elif key in ("schedule", "connect_at_times", "repeat_interval", "days_of_week"):
                tables.setdefault("schedule", {})[key] = value
            else:
                tables["basics"][key] = value
        tables["basics"] = {key: value for key, value in tables["basics"].items() if key not in unknown}
        return self.add(f"connections/{name}", tables, unknown)

    def lan(self, source: str, target: str, name: str = "", kind: str = "Local Area Network", **values: Any) -> str:
        """Add a Notes Connection inside Acme, open at all times unless said otherwise."""
        ends = {"source_server": source, "destination_server": target}
        domains = {"source_domain": "Acme", "destination_domain": "Acme"}
        name = name or f"{slug(source)}--{slug(target)}"
        return self.connection(name, kind, **{**ends, **domains, "connect_at_times": ALWAYS, **values})

    def smtp(self, source: str, domain: str, name: str = "", **values: Any) -> str:
        """Add an SMTP Connection, open at all times unless said otherwise."""
        ends = {"source_server": source, "destination_server": f"all_{slug(domain)}", "destination_domain": domain}
        name = name or f"{slug(source)}--{slug(domain)}"
        return self.connection(name, "SMTP", **{**ends, "connect_at_times": ALWAYS, **values})

    def group(self, name: str, members: Iterable[str]) -> str:
        """Add a Group document."""
        return self.add(f"groups/{slug(name)}", {"basics": {"group_name": name, "members": list(members)}})

    @property
    def view(self) -> MemoryView:
        """The directory in memory."""
        return MemoryView(self.texts, settings=SETTINGS)

    @property
    def network(self) -> Network:
        """The directory's routing network."""
        return build_network(self.view)

    def tables(self) -> ComputedTables:
        """Tables calculated over the directory."""
        return ComputedTables(self.view, TUESDAY_NOON)

    def table(self, server: str) -> Table:
        """One server's table."""
        table = self.tables().look_up(server).table
        assert table is not None, server
        return table

    def explain(self, address: str, source: str, **about: Any) -> Explanation:
        """Explain an address from a server, noon on a Tuesday unless said otherwise."""
        return explain(address, None, source, self.tables(), **{"at": TUESDAY_NOON, **about})

    def to_server(self, target: str, source: str, **about: Any) -> Explanation:
        """Explain the way to a server."""
        return explain(None, target, source, self.tables(), **{"at": TUESDAY_NOON, **about})

    def reasons(self, document: str) -> list[str]:
        """Return the rule ids of everything for which a document is not used."""
        return [entry.reason for entry in self.network.not_used if entry.document == document]

    def write(self, root: Path, server: str) -> Path:
        """Write the directory as the replica of a server, in place of what is there."""
        root.mkdir(exist_ok=True)
        (root / ".dominocli").mkdir(exist_ok=True)
        replica = ReplicaSettings("f" * 32, server, {}, {}, None)
        gone = {f"{path.parent.name}/{path.name}": None for path in root.glob("*/*.toml")}
        files: dict[str, str | None] = {**gone, **self.texts, "directory.toml": settings_text(SETTINGS)}
        write_files(root, {**files, ".dominocli/replica.toml": replica_text(replica)})
        return root
