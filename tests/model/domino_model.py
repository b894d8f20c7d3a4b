"""A slow and plain model of Domino's mail routing, written from domino.md alone.

It shares nothing with dominocli.routing: documents are read by dominocli.documents, every rule is worked
out again by the simplest means. The numbers in the comments are those of domino.md. Where domino.md leaves
something open, the model reads it so:

- A server known only from Connections has no Server document, so nothing is routed over it or pulled from it;
  mail to a gateway there gets to it, and no further.
- Documents with a value no form accepts, or without what they must say, are not used at all. Of an unknown
  (imported) value the default is assumed, except Routing tasks (SMTP), SMTP outside (enabled), the listener
  (runs) and a Connection's domains (ours); unknown names make a document useless.
- A Connection's Source domain counts for "source of another domain" as well as the Server document's.
- Configurations: of two for one server, of two groups or of two defaults the first by file name counts.
- Pull Only carries the far side's mail back and none forth; the Connection restricts a network that way round.
- A virtual domain that an unusable SMTP Connection names is not called unconnected too. Duplicate patterns:
  the first by file name counts; shadowed patterns are compared with none.
- An SMTP Connection that cannot be reached from here does not serve here: a real domain of that name is used.
- Non-adjacent Domain documents go before Foreign ones and the first by file name counts; chains are followed,
  a circle is no route, and so is a chain into our own domain or into a virtual one.
- The previous hop's domain is that of whoever handed the mail to our domain, at all our servers; of mail
  written here it is our own. All Adjacent, Non-adjacent and Foreign documents about a domain guard it, and
  about every domain of a chain. Refused mail is undeliverable.
- A smart host takes local mail on servers whose Routing tasks hold SMTP Mail Routing: of all recipients, or of
  those whom the local look-up does not find.
- The hop limit is that of the server the mail is at, counted in transfers.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from model_clock import DAYS, first_call
from model_documents import assumed, cost_of, folded, same
from model_network import Link, ModelNetwork
from model_patterns import a_label, meets, specificity

from dominocli.directory.view import MemoryView
from dominocli.documents.connection import Connection
from dominocli.documents.domain import Domain
from dominocli.names import name_key


class Decision(NamedTuple):
    """What a server does with a message: see `DominoModel._decide`."""

    action: str
    outcome: str = ""
    target: str = ""
    beyond: int = 0
    because: str | None = None
    connection: Connection | None = None
    domains: tuple[str, ...] = ()
    mail_file: str = ""
    smart_host: str = ""


class DominoModel(ModelNetwork):
    """What domino.md says about one directory; `default_zone` is that of servers without a Time zone."""

    def __init__(self, view: MemoryView, default_zone: tzinfo) -> None:
        super().__init__(view)
        self.default_zone = default_zone
        self._calls: dict[tuple[Any, ...], datetime | str] = {}

    # --- addresses -------------------------------------------------------------------------------------

    def _decide(self, here: str, domains: tuple[str, ...], previous: str) -> Decision:
        """3 rules 2 and 3 on one server: `domains` are those of the address, the last one goes first.

        deliver: here; stop: with this outcome; gateway: here; forward: to `target`, from where the rest costs
        `beyond`; cross: by `connection` into another domain; smtp: out, by `connection` or without one.
        """
        domain = domains[-1]
        if "." not in domain:
            return self._by_smtp(here, domains, domain, None) or self._to_notes_domain(here, domains, previous, None)
        local = self._local(here, domain)
        if local is not None:
            return self._deliver_local(here, local)
        matching = [d for d in self.foreign_smtp if meets(d.internet_domain, domain)]
        if matching:
            # most specific pattern, then (ours) the first by file name
            chosen = min(matching, key=lambda d: (*(-n for n in specificity(d.internet_domain)), d.name))
            virtual = chosen.domain_name
            return self._by_smtp(here, domains, virtual, chosen) or self._to_notes_domain(
                here, (virtual,), previous, chosen
            )
        server = self.servers[here]
        if self.has_smtp_task(server) and self.sends_outside(here):  # step 7
            applied = self.applied[here]
            assert applied is not None
            return Decision("smtp", because=applied.path, domains=domains)
        return Decision("stop", "no-route")

    def _by_smtp(self, here: str, domains: tuple[str, ...], virtual: str, chosen: Domain | None) -> Decision | None:
        """Steps 4 and 5; None if no SMTP Connection that can be reached from here serves the domain."""
        if same(virtual, self.domain):
            return None
        connection = self._cheapest(here, self.serving(virtual))
        if connection is None:
            return None
        source = name_key(connection.source_server)
        if source == here:
            return Decision("smtp", because=connection.path, connection=connection, domains=domains)
        because = chosen.path if chosen else connection.path
        return Decision("forward", target=source, beyond=cost_of(connection), because=because)

    def _cheapest(self, here: str, connections: Iterable[Connection]) -> Connection | None:
        """Step 4: least cost to the source server and across, then fewest hops, then the document's name."""
        reached = []
        for connection in connections:
            distance = self.distances(name_key(connection.source_server)).get(here)
            if distance is not None:
                reached.append((distance.cost + cost_of(connection), distance.hops, connection.name, connection))
        return min(reached, key=lambda found: found[:3])[3] if reached else None

    def _to_notes_domain(
        self,
        here: str,
        domains: tuple[str, ...],
        previous: str,
        pattern: Domain | None,
        through: Domain | None = None,
        seen: tuple[str, ...] = (),
    ) -> Decision:
        """Rule 2. `pattern` is the Foreign SMTP Domain document, `through` the first Non-adjacent one on the way."""
        domain = domains[-1]
        leading = through or pattern
        led = leading.path if leading else None
        if same(domain, self.domain):
            if seen:
                return Decision("stop", "no-route", because=led)
            if len(domains) > 1:
                return self._decide(here, domains[:-1], previous)
            return Decision("deliver", "local", because=led)
        if folded(domain) in seen:
            return Decision("stop", "no-route", because=led)
        crossing = [c for c in self.crossing() if same(c.destination_domain, domain)]
        connection = self._cheapest(here, crossing)
        further = next((d for d in self.non_adjacent if same(d.mail_sent_to_domain, domain)), None)
        foreign = next((d for d in self.foreign if same(d.foreign_domain_name, domain)), None)
        if not (crossing or further or foreign or through):
            return Decision("stop", "no-route", because=led)
        if refusing := denied(self._about(domain), previous):
            return Decision("stop", "undeliverable", because=refusing.path)
        if connection is not None:
            source = name_key(connection.source_server)
            chooses = through or connection
            if source == here:
                return Decision("cross", because=chooses.path, connection=connection)
            because = (pattern or chooses).path
            return Decision("forward", target=source, beyond=cost_of(connection), because=because)
        if further is not None:
            onward = (further.route_through_domain,)
            return self._to_notes_domain(here, onward, previous, pattern, through or further, (*seen, folded(domain)))
        if foreign is None:
            return Decision("stop", "no-route", because=led)
        gateway = name_key(foreign.gateway_server_name)
        chooses = through or foreign
        if gateway == here:
            return Decision("gateway", "gateway", because=chooses.path, mail_file=foreign.gateway_mail_file_name)
        if here in self.distances(gateway):
            return Decision("forward", target=gateway, because=(pattern or chooses).path)
        return Decision("stop", "no-route", because=chooses.path)

    def _about(self, domain: str) -> list[Domain]:
        """2.5: the documents whose restrictions guard a domain, by name."""
        found = [
            *(d for d in self.adjacent if same(d.adjacent_domain_name, domain)),
            *(d for d in self.non_adjacent if same(d.mail_sent_to_domain, domain)),
            *(d for d in self.foreign if same(d.foreign_domain_name, domain)),
        ]
        return sorted(found, key=lambda document: document.name)

    def _local(self, here: str, domain: str) -> str | None:
        """Step 2: the path of the document that makes a domain local, blank for the host name; None: it is not."""
        if self.global_domains:
            return next((d.path for pattern, d in self.global_patterns() if meets(pattern, domain)), None)
        host = self.servers[here].fully_qualified_internet_host_name
        parent = host.partition(".")[2]
        local = any(name and a_label(name) == a_label(domain) for name in (host, parent))
        return self.servers[here].path if local else None

    def _deliver_local(self, here: str, document: str) -> Decision:
        """Step 2: the smart host takes every local address if the Configuration says so (2.7)."""
        applied = self.applied[here]
        speaks = self.has_smtp_task(self.servers[here])
        if speaks and applied is not None and applied.smart_host and applied.smart_host_for_all == "Enabled":
            return Decision("smart", "smtp-relay", because=applied.path)
        further = applied.smart_host if speaks and applied is not None else ""
        return Decision("deliver", "local", because=document, smart_host=further)

    # --- the walk --------------------------------------------------------------------------------------

    def explain(
        self,
        address: str | None,
        to_server: str | None,
        source: str,
        *,
        at: datetime,
        priority: str = "normal",
        message_type: str = "mime",
        from_domain: str | None = None,
    ) -> dict[str, Any]:
        """Return outcome, leaves_at and hops as design.md 5 shows them."""
        domains = tuple(part.strip() for part in (address or "").split("@")[1:])
        here, previous = name_key(source), from_domain or self.domain
        hops: list[dict[str, Any]] = []
        moment: datetime | str = at.astimezone(UTC)
        waited = False
        transfers = 0
        while True:
            hop: dict[str, Any] = {"server": self.servers[here].server_name}
            hops.append(hop)
            decision = self._to_server(here, to_server) if to_server else self._decide(here, domains, previous)
            hop["because"] = decision.because
            if decision.action in ("deliver", "gateway", "stop"):
                hop["action"] = decision.action
                hop["mail_file"], hop["smart_host"] = decision.mail_file, decision.smart_host
                outcome = decision.outcome
                break
            if transfers >= self._hop_limit(here):  # rule 6
                hop["action"] = "stop"
                outcome = "loop"
                break
            hop["action"] = "transfer"
            link = None
            if decision.action == "forward":
                distance = self.distances(decision.target)[here]
                link = self.links[here, distance.next_hop]
                hop["next_hop"] = self._name(distance.next_hop, link)
                hop["protocol"] = self._protocol(link, message_type)
                hop["via"] = [f"network:{n}" for n in link.networks] or [link.connection and link.connection.path]
                hop["cost"] = distance.cost + decision.beyond
            elif decision.action == "cross":
                assert decision.connection is not None
                hop["next_hop"] = decision.connection.destination_server
                hop["protocol"] = "NRPC"
                hop["via"] = [decision.connection.path]
                hop["cost"] = cost_of(decision.connection)
                outcome = "other-domain"
            elif decision.action == "smart":
                applied = self.applied[here]
                assert applied is not None
                hop.update({"protocol": "SMTP", "cost": 0, "host": applied.smart_host})
                outcome = decision.outcome
            else:
                outcome = self._out(here, decision, hop)
            connection = link.connection if link else decision.connection
            if connection and connection.connection_type == "Passthru Server" and connection.passthru_server:
                hop["passthru"] = connection.passthru_server
            moment, waits, why = self._leaves(here, connection, moment, priority)
            waited = waited or waits
            if isinstance(why, Connection):
                hop["waits_for"], hop["threshold"] = why.path, assumed(why, "route_at_once_if")
            elif why is not None:
                hop["waits_for"] = why
            hop["leaves_at"] = moment if waited else None
            if decision.action != "forward":
                break
            transfers += 1
            assert link is not None
            here = link.target
            if here not in self.servers:
                hops.append({"server": self._name(here, link), "because": None, "action": "stop"})
                outcome = "no-route"
                break
        if hops[-1]["action"] in ("deliver", "gateway"):
            hops[-1]["leaves_at"] = moment if waited else None
        return {"outcome": outcome, "leaves_at": hops[-1].get("leaves_at"), "hops": hops}

    def _name(self, key: str, link: Link) -> str:
        if key in self.servers:
            return self.servers[key].server_name
        assert link.connection is not None
        return link.connection.destination_server

    def _to_server(self, here: str, to_server: str | None) -> Decision:
        target = name_key(to_server or "")
        if target == here:
            return Decision("deliver", "local")
        if here in self.distances(target):
            return Decision("forward", target=target)
        return Decision("stop", "no-route")

    def _hop_limit(self, here: str) -> int:
        applied = self.applied[here]
        return applied.values.get("maximum_hop_count") or 25 if applied else 25

    def _protocol(self, link: Link, message_type: str) -> str:
        """Rule 1, last paragraph."""
        applied = self.applied[link.source]
        target = self.servers.get(link.target)
        if applied is None or target is None:
            return "NRPC"
        if target.smtp_listener_task != "Enabled" and not target.is_unknown("smtp_listener_task"):
            return "NRPC"
        allowed = {"All messages": True, "MIME messages only": message_type == "mime"}.get(applied.smtp_inside, False)
        if not allowed:
            return "NRPC"
        if applied.smtp_reachable == "Only if in same Notes named network" and not link.networks:
            return "NRPC"
        return "SMTP"

    def _out(self, here: str, decision: Decision, hop: dict[str, Any]) -> str:
        """Steps 5 and 6."""
        connection, applied, domains = decision.connection, self.applied[here], decision.domains
        hop["protocol"] = "SMTP"
        hop["cost"] = cost_of(connection) if connection else 0
        if connection and connection.connect_via == "Dial-up connection":
            record = self.records.get(connection.dial_using_connection_record)
            if record is not None and name_key(record.source_server) == here:
                hop["dial_up"] = record.path
        relay = (connection.smtp_mta_relay_host if connection else "") or (applied.relay_host if applied else "")
        if relay:
            hop["host"] = relay
            return "smtp-relay"
        method = applied.host_name_lookup if applied and applied.host_name_lookup else "Dynamic then local"
        forced = connection is not None and "." not in domains[-1] and len(domains) > 1
        domain = domains[-2] if forced else domains[-1]
        hop["lookup"] = {"name": a_label(domain), "method": method}
        return "smtp-mx"

    # --- time ------------------------------------------------------------------------------------------

    def _zone(self, server: str) -> tzinfo:
        name = self.servers[server].time_zone
        return ZoneInfo(name) if name else self.default_zone

    def _leaves(
        self, here: str, connection: Connection | None, moment: datetime | str, priority: str
    ) -> tuple[datetime | str, bool, Connection | str | None]:
        """Rule 4 and Schedule: when a transfer leaves, whether it had to wait, and for which Connection."""
        if isinstance(moment, str):
            return moment, True, None
        applied = self.applied[here]
        if applied is not None and applied.ignore_message_priority == "Enabled":
            priority = "normal"
        if priority == "high":
            return moment, False, None
        if priority == "low":
            spans = assumed(applied, "low_priority_range") if applied else ("00:00-06:00",)
            found = self._first_open(spans, DAYS, 1, self._zone(here), moment)
            return found, found != moment, ", ".join(spans) if found != moment else None
        if connection is None:
            return moment, False, None
        zone = self._zone(name_key(connection.source_server))
        times, days, interval = (
            assumed(connection, key) for key in ("connect_at_times", "days_of_week", "repeat_interval")
        )
        found = self._first_open(times, days, interval or 0, zone, moment)
        return found, found != moment, connection if found != moment else None

    def _first_open(
        self, times: tuple[str, ...], days: tuple[str, ...], interval: int, zone: tzinfo, moment: datetime
    ) -> datetime | str:
        asked = (times, days, interval, zone, moment)
        if asked not in self._calls:
            self._calls[asked] = first_call(*asked)
        return self._calls[asked]


def denied(documents: Iterable[Domain], previous: str) -> Domain | None:
    """2.5: only the previous hop's domain counts; blank allows all; the most restrictive document wins."""
    for document in documents:
        allow = [folded(name) for name in document.allow_from_domains]
        deny = [folded(name) for name in document.deny_from_domains]
        if (allow and folded(previous) not in allow) or folded(previous) in deny:
            return document
    return None
