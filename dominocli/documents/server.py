"""The Server document (domino.md 2.6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from dominocli.documents.connection import DISABLED, ENABLED, SWITCH
from dominocli.documents.document import ADMINISTRATION, Document, slug
from dominocli.documents.field import Field, InvalidValue, Keyword, Tab, refuse_control_characters
from dominocli.documents.finding import Problem
from dominocli.documents.kinds import Choice, ChoiceList, DomainName, ServerName, Text, TimeZone
from dominocli.names import quoted

BASICS = Tab("basics", "Basics")
PORTS = Tab("ports", "Ports")

REPLICA_SCHEMES = ("ssh", "couchdb+https", "couchdb+http")
"""What a Replica that is no path begins with."""

ROUTING_TASK_MAIL = "Mail Routing"
ROUTING_TASK_SMTP = "SMTP Mail Routing"


class Port(NamedTuple):
    """One port of a server: servers of one Notes network and protocol reach each other by it."""

    name: str
    notes_network: str = ""
    net_address: str = ""
    protocol: str = "TCP"
    enabled: bool = True


class Ports(Field["tuple[Port, ...]"]):
    """The Ports tab: one table a port. As text: NAME=NETWORK[,address][,protocol=PROTOCOL][,disabled]."""

    fills_tab = True
    flag = "--port"

    def __init__(self, label: str, **about: Any) -> None:
        super().__init__(label, blank=(), **about)

    def parse(self, text: str) -> tuple[Port, ...]:
        if not text.strip():
            return ()
        refuse_control_characters(self.label, text)
        name, equals, rest = text.partition("=")
        parts = [part.strip() for part in rest.split(",")]
        disabled = len(parts) > 1 and parts[-1].casefold() == "disabled"
        if disabled:
            parts.pop()
        protocol = Port._field_defaults["protocol"]
        if len(parts) > 1 and parts[-1].casefold().startswith(_PROTOCOL):
            protocol = parts.pop()[len(_PROTOCOL) :].strip()
        if not equals or not name.strip() or not parts[0] or not protocol or len(parts) > 2:
            hint = "write NAME=NETWORK[,address][,protocol=PROTOCOL][,disabled]"
            raise InvalidValue(f"{self.label} cannot be {quoted(text)}", hint=hint)
        return (Port(name.strip(), parts[0], parts[1] if len(parts) == 2 else "", protocol, not disabled),)

    def parse_all(self, texts: Iterable[str]) -> tuple[Port, ...]:
        ports = {port.name: port for text in texts for port in self.parse(text)}
        return tuple(ports.values())

    def read(self, raw: object) -> tuple[Port, ...]:
        if not isinstance(raw, Mapping):
            raise InvalidValue(f"{self.label} must be tables like [ports.TCPIP]")
        return tuple(self._port(name, table) for name, table in raw.items())

    def _port(self, name: str, table: object) -> Port:
        if not isinstance(table, Mapping):
            raise InvalidValue(f"{self.label}: {quoted(name)} must be a table, [ports.{name}]")
        for key, value in table.items():
            known = Port._field_defaults.get(key)
            if known is None:
                continue
            if type(value) is not type(known):
                wanted = "true or false" if isinstance(known, bool) else "a text"
                raise InvalidValue(f"{self.label}: {key} of {quoted(name)} must be {wanted}")
            refuse_control_characters(self.label, str(value))
        refuse_control_characters(self.label, name)
        return Port(name, **{key: value for key, value in table.items() if key in Port._field_defaults})

    def unknown_keys(self, raw: object) -> Iterator[tuple[str, str]]:
        for name, table in raw.items() if isinstance(raw, Mapping) else ():
            for key in table if isinstance(table, Mapping) else ():
                if key not in Port._field_defaults:
                    yield f"{self.key}.{name}", key

    def write(self, value: tuple[Port, ...]) -> Any:
        return {port.name: self._written(port) for port in value}

    @staticmethod
    def _written(port: Port) -> dict[str, object]:
        kept = port._asdict()
        del kept["name"]
        return {key: value for key, value in kept.items() if value != "" and (key != "enabled" or not value)}

    def show(self, value: tuple[Port, ...]) -> str:
        return "; ".join(map(self.text_of, value))

    @staticmethod
    def text_of(port: Port) -> str:
        """Return the port as its flag takes it."""
        protocol = "" if port.protocol == Port._field_defaults["protocol"] else _PROTOCOL + port.protocol
        rest = [port.notes_network, port.net_address, protocol, "" if port.enabled else "disabled"]
        return f"{port.name}=" + ",".join(part for part in rest if part)

    def schema(self) -> dict[str, Any]:
        kinds = {str: "string", bool: "boolean"}
        keys = {key: {"type": kinds[type(value)]} for key, value in Port._field_defaults.items()}
        port = {"type": "object", "properties": keys}
        return {"type": "object", "additionalProperties": port}


_PROTOCOL = "protocol="


class Server(Document):
    """A Server document: what one server of the domain is and can do."""

    form = "Server"
    folder = "servers"
    noun = "server"
    tabs = (BASICS, PORTS, ADMINISTRATION)

    server_name = ServerName(
        "Server name",
        tab=BASICS,
        required=True,
        help="the hierarchical name, Hub01/Acme",
        item="ServerName",
    )
    server_title = Text("Server title", tab=BASICS, help="what the server is for", item="ServerTitle")
    domain_name = DomainName(
        "Domain name",
        tab=BASICS,
        help="the Notes domain of the server; blank: the domain of this directory",
        item="Domain",
    )
    cluster_name = Text("Cluster name", tab=BASICS, help="the cluster the server is in", item="ClusterName")
    fully_qualified_internet_host_name = Text(
        "Fully qualified Internet host name",
        tab=BASICS,
        help="the server's name in DNS",
        item="SMTPFullHostDomain",
    )
    routing_tasks = ChoiceList(
        "Routing tasks",
        tab=BASICS,
        keywords=(Keyword(ROUTING_TASK_MAIL, "mail"), Keyword(ROUTING_TASK_SMTP, "smtp")),
        default=(ROUTING_TASK_MAIL,),
        help="Mail Routing, and SMTP Mail Routing where the server speaks SMTP",
        long_help="Without SMTP Mail Routing the Router ignores every SMTP Connection from this server.",
    )
    smtp_listener_task = Choice(
        "SMTP listener task",
        tab=BASICS,
        keywords=SWITCH,
        default=DISABLED,
        help="whether the server accepts mail by SMTP",
        item="SMTPListenerEnabled",
    )
    time_zone = TimeZone(
        "Time zone",
        tab=BASICS,
        help="IANA zone of all schedule times of this server; blank: this machine's",
    )
    replica = Text(
        "Replica",
        tab=BASICS,
        help="where this server's replica of the directory is: an absolute path or a URL",
    )
    ports = Ports("Ports", tab=PORTS, help="NAME=NETWORK[,address][,disabled], once for each port")

    @property
    def speaks_smtp(self) -> bool:
        """Tell whether the Routing tasks hold SMTP Mail Routing; False also where they are unknown."""
        return ROUTING_TASK_SMTP in self.routing_tasks

    @property
    def listens_smtp(self) -> bool:
        """Tell whether the SMTP listener task is enabled."""
        return self.smtp_listener_task == ENABLED

    @property
    def networks(self) -> tuple[tuple[str, str], ...]:
        """Return (network, protocol) casefolded, of the enabled ports that name a Notes network."""
        return tuple(
            dict.fromkeys(
                (port.notes_network.casefold(), port.protocol.casefold())
                for port in self.ports
                if port.enabled and port.notes_network
            )
        )

    def default_name(self, domain: str) -> str:
        return slug(self.server_name)

    def own_problems(self) -> Iterator[Problem]:
        if self.replica and (reason := _replica_problem(self.replica)):
            hint = "write an absolute path, ssh://user@host/path or couchdb+https://host/database"
            yield Problem("value-invalid", "replica", f"Replica: {quoted(self.replica)} {reason}", hint)


def _replica_problem(replica: str) -> str:
    """Say why a text is no place of a replica, "" if it is one (design.md 4).

    A host or user that begins with - would be an option of the program that goes there.
    """
    scheme, separator, rest = replica.partition("://")
    if not separator:
        return "" if replica.startswith("/") else "is no absolute path"
    if scheme not in REPLICA_SCHEMES:
        return "is of no scheme replication knows"
    user, _, host = rest.partition("/")[0].rpartition("@")
    if not host:
        return "names no host"
    if host.startswith("-") or user.casefold().startswith(("-", "%2d")):
        return "has a host or user that begins with -"
    return ""
