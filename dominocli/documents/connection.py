"""The Connection document: one link mail or replication can take (domino.md 2.1 to 2.4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dominocli.documents.connection_problems import connection_problems, destination_server_blank
from dominocli.documents.document import ADMINISTRATION, Document, slug
from dominocli.documents.field import Field, Keyword, Tab
from dominocli.documents.finding import Problem
from dominocli.documents.kinds import (
    Choice,
    Days,
    DomainName,
    FileList,
    Integer,
    RelayHost,
    ServerName,
    Text,
    TextList,
    Times,
)
from dominocli.schedule import DAYS, Schedule, known_schedule

SMTP = "SMTP"
LAN = "Local Area Network"
NETWORK_DIALUP = "Network Dialup"
PASSTHRU = "Passthru Server"
LEGACY_TYPES = ("Notes Direct Dialup", "Hunt Group")
DIRECT = "Direct connection"
DIAL_UP = "Dial-up connection"
ENABLED, DISABLED = "Enabled", "Disabled"
MAIL_ROUTING = "Mail Routing"

BASICS = Tab("basics", "Basics")
DIALUP_TAB = Tab("network_dialup", "Network Dialup")
REPLICATION_ROUTING = Tab("replication_routing", "Replication/Routing")
SCHEDULE = Tab("schedule", "Schedule")

SWITCH = (Keyword(ENABLED, "enabled"), Keyword(DISABLED, "disabled"))


def _is_smtp(document: Connection) -> bool:
    return document.is_smtp


def _is_notes(document: Connection) -> bool:
    return not document.is_smtp


def _replicates(document: Connection) -> bool:
    return not document.is_smtp and document.replication_task != DISABLED


def _may_route(document: Connection) -> bool:
    return document.routes_mail or document.is_unknown("routing_task")


def _has_command_service(document: Connection) -> bool:
    return document.service_type == "Command"


class Connection(Document):
    """A Connection document of any type; `connection_type` decides which fields apply."""

    form = "Connection"
    folder = "connections"
    noun = "connection"
    tabs = (BASICS, DIALUP_TAB, REPLICATION_ROUTING, SCHEDULE, ADMINISTRATION)

    connection_type = Choice(
        "Connection type",
        tab=BASICS,
        keywords=(
            Keyword(SMTP, "smtp"),
            Keyword(LAN, "lan"),
            Keyword(NETWORK_DIALUP, "network-dialup"),
            Keyword(PASSTHRU, "passthru"),
            Keyword("Notes Direct Dialup", "direct-dialup", legacy=True),
            Keyword("Hunt Group", "hunt-group", legacy=True),
        ),
        default=SMTP,
        help="how the two ends reach each other",
        long_help="SMTP sends Internet mail out of the domain. The other types link two Notes servers.",
        item="ConnectionType",
    )
    source_server = ServerName(
        "Source server",
        tab=BASICS,
        required=True,
        help="the server that opens the connection",
        long_help="For SMTP: the server that really speaks SMTP. Its Server document needs SMTP Mail "
        "Routing among the Routing tasks, its Configuration SMTP outside enabled.",
        item="Source",
        refers_to="servers",
    )
    source_domain = DomainName(
        "Source domain",
        tab=BASICS,
        shown=_is_notes,
        required=lambda d: _is_notes(d) and d.routes_mail,
        help="the Notes domain of the source server",
        item="SourceDomain",
    )
    connect_via = Choice(
        "Connect via",
        tab=BASICS,
        shown=_is_smtp,
        keywords=(Keyword(DIRECT, "direct"), Keyword(DIAL_UP, "dial-up")),
        default=DIRECT,
        help="a network that is always there, or a line that is raised first",
    )
    dial_using_connection_record = Text(
        "Dial using connection record",
        tab=BASICS,
        shown=lambda d: d.is_smtp and d.connect_via == DIAL_UP,
        help="the Network Dialup Connection document of the line",
        long_help="A record whose source is the SMTP source server is dialled before mail leaves it; one "
        "whose destination it is, is the line towards it. Nobody could verify this reading.",
        refers_to="connections",
    )
    destination_server = ServerName(
        "Destination server",
        tab=BASICS,
        required=True,
        help="the server at the far end; for SMTP a placeholder that is no server's name",
        long_help="For SMTP the value is never used, but a blank one makes the document void. Use a unique "
        "word such as all_internal_hosts.",
        item="Destination",
    )
    destination_domain = DomainName(
        "Destination domain",
        tab=BASICS,
        required=lambda d: d.is_smtp or d.routes_mail,
        help="for SMTP the virtual domain of a Foreign SMTP Domain document; else the far Notes domain",
        long_help="For SMTP this is the link: it equals the Domain name of a Foreign SMTP Domain document "
        "(the next-hop domain; never its Internet domain name, which is the pattern).",
        item="DestinationDomain",
    )
    smtp_mta_relay_host = RelayHost(
        "SMTP MTA relay host",
        tab=BASICS,
        shown=_is_smtp,
        help="the host all this mail is handed to; blank: the Configuration's relay host, else DNS",
    )
    use_ports = TextList(
        "Use the port(s)",
        tab=BASICS,
        shown=_is_notes,
        default=("TCPIP",),
        help="the Notes ports the connection may use",
        item="PortName",
    )
    usage_priority = Choice(
        "Usage priority",
        tab=BASICS,
        shown=_is_notes,
        keywords=(Keyword("Normal", "normal"), Keyword("Low", "low")),
        default="Normal",
        help="which document a server tries first to reach another; it changes no cost",
        item="ConnectionRecordFirst",
    )
    optional_network_address = Text(
        "Optional network address",
        tab=BASICS,
        shown=_is_notes,
        help="the address of the destination server, where its name alone is not enough",
        item="OptionalNetworkAddress",
    )
    passthru_server = ServerName(
        "Use passthru server or hunt group",
        tab=BASICS,
        shown=lambda d: d.connection_type == PASSTHRU,
        help="the server in between that passes the connection on",
        refers_to="servers",
        item="PassthruServer",
    )

    service_type = Choice(
        "Choose a service type",
        tab=DIALUP_TAB,
        shown=lambda d: d.connection_type == NETWORK_DIALUP,
        keywords=(
            Keyword("Microsoft DUN", "microsoft-dun"),
            Keyword("Macintosh PPP", "macintosh-ppp"),
            Keyword("Command", "command"),
        ),
        default="Microsoft DUN",
        help="what raises the line; Command names a dialer profile of the machine that dials",
    )
    dial_up_networking_name = Text(
        "Dial-up networking name",
        tab=DIALUP_TAB,
        shown=lambda d: d.connection_type == NETWORK_DIALUP,
        help="the entry of the dialer; for Command: the dialer profile in the local configuration",
    )
    login_name = Text(
        "Login name",
        tab=DIALUP_TAB,
        shown=lambda d: d.connection_type == NETWORK_DIALUP and not _has_command_service(d),
        help="the account at the far end; the password stays with the local dialer",
    )
    phone_number = Text(
        "Phone number",
        tab=DIALUP_TAB,
        shown=lambda d: d.connection_type == NETWORK_DIALUP and not _has_command_service(d),
        help="the number to dial",
        item="PhoneNumber",
    )
    area_code = Text(
        "Area code",
        tab=DIALUP_TAB,
        shown=lambda d: d.connection_type == NETWORK_DIALUP and not _has_command_service(d),
        help="the area code of the number",
        item="AreaCode",
    )
    country_code = Text(
        "Country code",
        tab=DIALUP_TAB,
        shown=lambda d: d.connection_type == NETWORK_DIALUP and not _has_command_service(d),
        help="the country code of the number",
        item="Country",
    )
    dial_back_phone_number = Text(
        "Dial-back phone number",
        tab=DIALUP_TAB,
        shown=lambda d: d.connection_type == NETWORK_DIALUP and not _has_command_service(d),
        help="the number the far end calls back",
    )

    replication_task = Choice(
        "Replication task",
        tab=REPLICATION_ROUTING,
        keywords=SWITCH,
        default=lambda d: DISABLED if d.is_smtp else ENABLED,
        help="whether this connection replicates databases",
        item="RepTask",
    )
    replicate_databases_of = Choice(
        "Replicate databases of",
        tab=REPLICATION_ROUTING,
        shown=_replicates,
        keywords=(
            Keyword("Low & Medium & High", "low"),
            Keyword("Medium & High", "medium"),
            Keyword("High", "high"),
        ),
        default="Low & Medium & High",
        help="the replication priorities that take part",
    )
    replication_type = Choice(
        "Replication type",
        tab=REPLICATION_ROUTING,
        shown=_replicates,
        keywords=(
            Keyword("Pull-Push", "pull-push"),
            Keyword("Pull-Pull", "pull-pull"),
            Keyword("Push-only", "push-only"),
            Keyword("Pull-only", "pull-only"),
        ),
        default="Pull-Push",
        help="who sends what to whom when the two servers replicate",
        item="RepType",
    )
    files_to_replicate = FileList(
        "Files/directories to replicate",
        tab=REPLICATION_ROUTING,
        shown=_replicates,
        help="files and folders, no wildcards; blank means all",
        item="Filenames",
    )
    replication_time_limit = Integer(
        "Replication time limit",
        tab=REPLICATION_ROUTING,
        shown=_replicates,
        minimum=1,
        maximum=100_000,
        unit="minutes",
        help="minutes a replication may take; blank means no limit",
    )
    routing_task = Choice(
        "Routing task",
        tab=REPLICATION_ROUTING,
        keywords=(Keyword(MAIL_ROUTING, "mail-routing", synonym="SMTP Mail Routing"), Keyword("-None-", "none")),
        default=MAIL_ROUTING,
        help="whether this connection routes mail; one task carries NRPC and SMTP",
        item="Tasks",
    )
    route_at_once_if = Integer(
        "Route at once if",
        tab=REPLICATION_ROUTING,
        shown=_may_route,
        minimum=1,
        maximum=100_000,
        unit="messages pending",
        default=5,
        help="so many pending messages open the connection whatever the schedule says",
        item="MailThreshold",
    )
    routing_cost = Integer(
        "Routing cost",
        tab=REPLICATION_ROUTING,
        shown=_may_route,
        minimum=1,
        maximum=100,
        default=lambda d: 5 if d.is_dial_up else 1,
        help="the cost of this link; the Router takes the least total",
        item="Cost",
    )
    router_type = Choice(
        "Router type",
        tab=REPLICATION_ROUTING,
        shown=_may_route,
        keywords=(
            Keyword("Push Only", "push-only"),
            Keyword("Pull Only", "pull-only"),
            Keyword("Pull Push", "pull-push"),
            Keyword("Push Wait", "push-wait"),
        ),
        default="Push Only",
        help="which of the two servers sends when the connection is open",
        item="RouterType",
    )

    schedule = Choice(
        "Schedule",
        tab=SCHEDULE,
        keywords=SWITCH,
        default=ENABLED,
        help="disabled: the document carries no traffic at all",
        item="Enabled",
    )
    connect_at_times = Times(
        "Connect at times",
        tab=SCHEDULE,
        shown=lambda d: d.schedule != DISABLED,
        default=("08:00-22:00",),
        help="a time, a list of times, or ranges; local to the source server",
        item="Schedule",
    )
    repeat_interval = Integer(
        "Repeat interval of",
        tab=SCHEDULE,
        shown=lambda d: d.schedule != DISABLED,
        minimum=0,
        maximum=1440,
        unit="minutes",
        default=360,
        help="minutes between two calls inside a range",
        item="Interval",
    )
    days_of_week = Days(
        "Days of week",
        tab=SCHEDULE,
        shown=lambda d: d.schedule != DISABLED,
        default=DAYS,
        help="the days the connection is opened, like Mon-Fri",
        item="WeekDays",
    )

    @property
    def is_smtp(self) -> bool:
        """Tell whether this is an SMTP Connection."""
        return self.connection_type == SMTP

    @property
    def is_dial_up(self) -> bool:
        """Tell whether a line is raised for it: Network Dialup, or SMTP by a dial-up record."""
        kind = self.connection_type
        return self.connect_via == DIAL_UP if kind == SMTP else kind in (NETWORK_DIALUP, *LEGACY_TYPES)

    @property
    def is_scheduled(self) -> bool:
        """Tell whether the schedule is enabled."""
        return self.schedule != DISABLED

    @property
    def routes_mail(self) -> bool:
        """Tell whether the routing task is Mail Routing."""
        return self.routing_task == MAIL_ROUTING

    @property
    def calls(self) -> Schedule:
        """Return when the connection calls."""
        interval = 0 if self.repeat_interval is None else self.repeat_interval
        return known_schedule(self.connect_at_times, interval, self.days_of_week, self.is_scheduled)

    def default_name(self, domain: str) -> str:
        far = self.destination_domain if self.is_smtp else self.destination_server
        return slug(self.source_server, far)

    def _missing(self, field: Field[Any]) -> Problem:
        if field.key == "destination_server" and self.is_smtp:
            return destination_server_blank()
        return super()._missing(field)

    def own_problems(self) -> Iterator[Problem]:
        return connection_problems(self)
