"""The Domain document of five types (domino.md 2.5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dominocli.documents.document import ADMINISTRATION, Document, slug
from dominocli.documents.field import Keyword, Tab
from dominocli.documents.finding import Problem
from dominocli.documents.kinds import (
    Choice,
    DomainName,
    DomainNameList,
    InternetDomain,
    InternetDomainList,
    InternetPattern,
    ServerName,
    Text,
)

FOREIGN_SMTP = "Foreign SMTP Domain"
FOREIGN = "Foreign Domain"
ADJACENT = "Adjacent Domain"
NON_ADJACENT = "Non-adjacent Domain"
GLOBAL = "Global Domain"

BASICS = Tab("basics", "Basics")
ROUTING = Tab("routing", "Routing")
RESTRICTIONS = Tab("restrictions", "Restrictions")


def _only(*types: str) -> Callable[[Domain], bool]:
    return lambda document: document.domain_type in types


class Domain(Document):
    """A Domain document; `domain_type` decides which fields apply."""

    form = "Domain"
    folder = "domains"
    noun = "domain"
    tabs = (BASICS, ROUTING, RESTRICTIONS, ADMINISTRATION)

    domain_type = Choice(
        "Domain type",
        tab=BASICS,
        required=True,
        keywords=(
            Keyword(FOREIGN_SMTP, "foreign-smtp"),
            Keyword(FOREIGN, "foreign"),
            Keyword(ADJACENT, "adjacent"),
            Keyword(NON_ADJACENT, "non-adjacent"),
            Keyword(GLOBAL, "global"),
        ),
        help="what the document says about a domain",
        item="DomainType",
    )
    internet_domain = InternetPattern(
        "Internet domain",
        tab=ROUTING,
        shown=_only(FOREIGN_SMTP),
        required=_only(FOREIGN_SMTP),
        help="messages addressed to this pattern: *.*, *.acme.com, acme.com",
        long_help="*.acme.com matches below acme.com but not acme.com itself; *.* matches any domain with "
        "a dot. Nobody could verify the order of patterns: here the most specific wins.",
    )
    domain_name = DomainName(
        "Domain name",
        tab=ROUTING,
        shown=_only(FOREIGN_SMTP),
        required=_only(FOREIGN_SMTP),
        help="should be routed to this next-hop (virtual) domain",
        long_help="An SMTP Connection document with this Destination domain carries the mail.",
        item="DomainName",
    )
    internet_host = Text("Internet host", tab=ROUTING, shown=_only(FOREIGN_SMTP), help="old; leave it blank")
    foreign_domain_name = DomainName(
        "Foreign domain name",
        tab=ROUTING,
        shown=_only(FOREIGN),
        required=_only(FOREIGN),
        help="the domain a gateway serves (fax, pager)",
        item="DomainName",
    )
    gateway_server_name = ServerName(
        "Gateway server name",
        tab=ROUTING,
        shown=_only(FOREIGN),
        required=_only(FOREIGN),
        help="the server that runs the gateway",
        refers_to="servers",
        item="MailServer",
    )
    gateway_mail_file_name = Text(
        "Gateway mail file name",
        tab=ROUTING,
        shown=_only(FOREIGN),
        help="the gateway's mail file",
        item="MailFile",
    )
    adjacent_domain_name = DomainName(
        "Adjacent domain name",
        tab=ROUTING,
        shown=_only(ADJACENT),
        required=_only(ADJACENT),
        help="the neighbouring domain the restrictions are for; it makes no path by itself",
        item="AdjacentDomainName",
    )
    mail_sent_to_domain = DomainName(
        "Mail sent to domain",
        tab=ROUTING,
        shown=_only(NON_ADJACENT),
        required=_only(NON_ADJACENT),
        help="the domain further away",
        item="DomainName",
    )
    route_through_domain = DomainName(
        "Route through domain",
        tab=ROUTING,
        shown=_only(NON_ADJACENT),
        required=_only(NON_ADJACENT),
        help="the domain in between",
        item="NextDomain",
    )
    global_domain_name = Text(
        "Global domain name",
        tab=ROUTING,
        shown=_only(GLOBAL),
        required=_only(GLOBAL),
        help="a name for this group of domains",
        item="GlobalDomain",
    )
    use_as_default = Choice(
        "Use as default Global Domain",
        tab=ROUTING,
        shown=_only(GLOBAL),
        keywords=(Keyword("Yes", "yes"), Keyword("No", "no")),
        default="No",
        help="whether this one counts where several fit",
        item="DefaultGlobalDomain",
    )
    domino_domains = DomainNameList(
        "Domino domains and aliases",
        tab=ROUTING,
        shown=_only(GLOBAL),
        help="the Notes domains that are members",
        item="NotesDomainList",
    )
    local_primary_internet_domain = InternetDomain(
        "Local primary Internet domain",
        tab=ROUTING,
        shown=_only(GLOBAL),
        required=_only(GLOBAL),
        help="the Internet domain of our own addresses",
    )
    alternate_internet_domain_aliases = InternetDomainList(
        "Alternate Internet domain aliases",
        tab=ROUTING,
        shown=_only(GLOBAL),
        help="further Internet domains of ours; *. before a whole subdomain",
    )
    allow_from_domains = DomainNameList(
        "Allow mail only from domains",
        tab=RESTRICTIONS,
        shown=_only(FOREIGN, ADJACENT, NON_ADJACENT),
        help="the previous hop's domain must be one of these; blank allows all",
        item="AllowFromDomains",
    )
    deny_from_domains = DomainNameList(
        "Deny mail from domains",
        tab=RESTRICTIONS,
        shown=_only(FOREIGN, ADJACENT, NON_ADJACENT),
        help="the previous hop's domain must be none of these",
        item="DenyFromDomains",
    )

    @property
    def subject(self) -> str:
        """Return the domain the document is about (the virtual domain of a Foreign SMTP Domain)."""
        return {
            FOREIGN_SMTP: self.domain_name,
            FOREIGN: self.foreign_domain_name,
            ADJACENT: self.adjacent_domain_name,
            NON_ADJACENT: self.mail_sent_to_domain,
            GLOBAL: self.global_domain_name,
        }.get(self.domain_type, "")

    def default_name(self, domain: str) -> str:
        if self.domain_type == FOREIGN_SMTP and self.internet_domain != "*.*":
            return slug(self.subject, self.internet_domain)
        return slug(self.subject)

    def own_problems(self) -> Iterator[Problem]:
        if (
            self.domain_type == NON_ADJACENT
            and self.mail_sent_to_domain
            and (self.mail_sent_to_domain.casefold() == self.route_through_domain.casefold())
        ):
            yield Problem(
                "value-invalid",
                "route_through_domain",
                "a domain cannot be routed through itself",
                "name the domain in between",
            )
