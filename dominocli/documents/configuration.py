"""The Configuration Settings document (domino.md 2.7)."""

from __future__ import annotations

from dominocli.documents.connection import DISABLED, SWITCH
from dominocli.documents.document import ADMINISTRATION, Document, slug
from dominocli.documents.field import Keyword, Tab
from dominocli.documents.kinds import Choice, Integer, RelayHost, ServerName, TimeRanges

BASICS = Tab("basics", "Basics")
ROUTER_SMTP = Tab("router_smtp", "Router/SMTP")
TRANSFER = Tab("transfer", "Transfer")
ADVANCED = Tab("advanced", "Advanced")


class Configuration(Document):
    """A Configuration Settings document. Exactly one applies to a server; nothing is inherited."""

    form = "Configuration"
    folder = "configurations"
    noun = "configuration"
    tabs = (BASICS, ROUTER_SMTP, TRANSFER, ADVANCED, ADMINISTRATION)

    applies_to = ServerName(
        "Applies to",
        tab=BASICS,
        required=True,
        help="* for all servers, a group, or one server",
        long_help="A server's own document replaces the group's or the default one as a whole: what is "
        "blank in it is blank.",
        item="ServerName",
    )
    number_of_mailboxes = Integer(
        "Number of mailboxes",
        tab=ROUTER_SMTP,
        minimum=1,
        maximum=1000,
        default=1,
        help="mailboxes of the Router",
    )
    smtp_outside = Choice(
        "SMTP used when sending messages outside of the local internet domain",
        tab=ROUTER_SMTP,
        keywords=SWITCH,
        default=DISABLED,
        help="whether the server sends mail to the Internet by SMTP itself",
    )
    smtp_inside = Choice(
        "SMTP allowed within the local internet domain",
        tab=ROUTER_SMTP,
        keywords=(
            Keyword(DISABLED, "disabled"),
            Keyword("MIME messages only", "mime"),
            Keyword("All messages", "all"),
        ),
        default=DISABLED,
        help="which messages go by SMTP between our own servers",
    )
    smtp_reachable = Choice(
        "Servers within the local Notes domain are reachable via SMTP over TCPIP",
        tab=ROUTER_SMTP,
        keywords=(
            Keyword("Always", "always"),
            Keyword("Only if in same Notes named network", "same-network"),
        ),
        default="Always",
        help="which of our servers SMTP reaches",
    )
    relay_host = RelayHost(
        "Relay host for messages leaving the local internet domain",
        tab=ROUTER_SMTP,
        help="the host mail to the Internet is handed to; blank: DNS or the hosts file",
    )
    smart_host = RelayHost(
        "Local Internet domain smart host",
        tab=ROUTER_SMTP,
        help="the host for local addresses nobody here has",
    )
    smart_host_for_all = Choice(
        "Smart host is used for all local internet domain recipients",
        tab=ROUTER_SMTP,
        keywords=SWITCH,
        default=DISABLED,
        help="whether the smart host gets every local address",
    )
    host_name_lookup = Choice(
        "Host name lookup",
        tab=ROUTER_SMTP,
        keywords=(
            Keyword("Dynamic then local", "both"),
            Keyword("Dynamic lookup only", "dns"),
            Keyword("Local lookup only", "hosts"),
        ),
        default="Dynamic then local",
        help="whether hosts are found by DNS (dynamic), the hosts file (local), or both",
        long_help="Also called host name resolution. The default could not be verified.",
    )
    maximum_hop_count = Integer(
        "Maximum hop count",
        tab=TRANSFER,
        minimum=1,
        maximum=100,
        default=25,
        help="hops after which mail is returned",
    )
    low_priority_range = TimeRanges(
        "Low priority mail routing time range",
        tab=TRANSFER,
        default=("00:00-06:00",),
        help="when low priority mail is routed",
    )
    initial_retry_interval = Integer(
        "Initial transfer retry interval",
        tab=TRANSFER,
        minimum=1,
        maximum=1440,
        unit="minutes",
        default=15,
        help="minutes until a failed transfer is tried again",
    )
    expired_message_purge_interval = Integer(
        "Expired message purge interval",
        tab=TRANSFER,
        minimum=1,
        maximum=1440,
        unit="minutes",
        default=15,
        help="minutes between two purges of expired messages",
    )
    ignore_message_priority = Choice(
        "Ignore message priority",
        tab=ADVANCED,
        keywords=SWITCH,
        default=DISABLED,
        help="treat every message as of normal priority",
    )
    dynamic_cost_reset_interval = Integer(
        "Dynamic cost reset interval",
        tab=ADVANCED,
        minimum=1,
        maximum=10_000,
        unit="minutes",
        default=60,
        help="minutes until a connection that failed has its own cost again",
    )

    @property
    def sends_outside(self) -> bool:
        """Tell whether SMTP outside is enabled; False also where it is unknown."""
        return self.smtp_outside == "Enabled"

    def default_name(self, domain: str) -> str:
        return "default" if self.applies_to == "*" else slug(self.applies_to)
