"""Fields that name other documents: the documents to pick from, and making one on the way.

Each picker returns the value of the field and raises `Back` for the field before. `create` walks a
form in the conversation and returns its draft; `Back` in its first field leads back to the picker.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from dominocli import names
from dominocli.documents.connection import NETWORK_DIALUP, Connection
from dominocli.documents.domain import FOREIGN_SMTP, Domain
from dominocli.documents.server import Server
from dominocli.wizard.asker import Back, ChoiceQuestion, Option, TextQuestion, printable

if TYPE_CHECKING:
    from dominocli.documents.document import Document
    from dominocli.documents.field import Field
    from dominocli.wizard.conversation import Conversation

Create = Callable[[type["Document"], Mapping[str, Any], Mapping[str, Any]], "Document"]
"""(form, values given, values suggested) -> the draft."""
Check = Callable[[str], str | None]

CREATE, OTHER, DETAILS = "\0create", "\0other", "\0details"
MANY_SERVERS = 200
"""With more Server documents than this, what a server lacks is said when it is chosen, not in the table (D)."""


def pick_record(conversation: Conversation, field: Field[Any], document: Document, create: Create) -> str:
    """Return the name of a Network Dialup Connection document for an SMTP Connection (domino.md 2.1)."""
    named = document.get(field.key)
    source = document.get("source_server")
    while True:
        records = [
            record
            for record in conversation.view.documents(Connection)
            if record.connection_type == NETWORK_DIALUP and record.path != document.path
        ]
        options = [Option(CREATE, ("Create a Network Dialup Connection...",)), *map(_record_row, records)]
        if named and all(named != record.name for record in records):
            options.append(Option(named, (f"Keep {printable(named)} (no such record here)",)))
        if records:
            options.append(Option(DETAILS, ("Show details of a record...",)))
        default = named or next((record.name for record in records if _touches(record, source)), CREATE)
        headings = ("Record", "Source", "Destination", "Phone number", "Service type")
        question = ChoiceQuestion(field.label, tuple(options), default, field.help, field.long_help, headings)
        chosen = conversation.asker.choose(question)
        try:
            if chosen == DETAILS:
                _show_details(conversation, records)
            elif chosen == CREATE:
                given = {"connection_type": NETWORK_DIALUP}
                named = create(Connection, given, {"source_server": source} if source else {}).name
                return _chosen(conversation, field, named)
            else:
                return chosen
        except Back:
            continue


def _chosen(conversation: Conversation, field: Field[Any], value: str) -> str:
    """Return what was made on the way, saying that it is the answer now."""
    conversation.renderer.note(f"{field.label}: {printable(value)}")
    return value


def _record_row(record: Connection) -> Option:
    cells = (
        record.name,
        record.source_server,
        record.destination_server,
        record.phone_number or record.dial_up_networking_name,
        record.service_type,
    )
    return Option(record.name, tuple(map(printable, cells)))


def _touches(record: Connection, server: str) -> bool:
    ends = (record.source_server, record.destination_server)
    return bool(server) and any(names.same_name(end, server) for end in ends)


def _show_details(conversation: Conversation, records: list[Connection]) -> None:
    options = tuple(Option(record.name, (printable(record.name),)) for record in records)
    name = conversation.asker.choose(ChoiceQuestion("Details of", options))
    conversation.renderer.show_document(next(record for record in records if record.name == name))


def pick_virtual_domain(
    conversation: Conversation, field: Field[Any], document: Document, check: Check, create: Create
) -> str:
    """Return the Destination domain of an SMTP Connection: the virtual domain mail for it goes to."""
    named = document.get(field.key)
    while True:
        patterns = _virtual_domains(conversation)
        options = [
            Option(CREATE, ("Create a Foreign SMTP Domain document...",)),
            *(Option(domain, (domain, ", ".join(found))) for domain, found in patterns.items()),
            Option(OTHER, ("Another domain...",)),
        ]
        default = named if named in patterns else OTHER if named else next(iter(patterns), CREATE)
        headings = ("Domain", "Internet domains")
        question = ChoiceQuestion(field.label, tuple(options), default, field.help, field.long_help, headings)
        chosen = conversation.asker.choose(question)
        try:
            if chosen == CREATE:
                suggested = {"domain_name": named} if named and named not in patterns else {}
                draft = create(Domain, {"domain_type": FOREIGN_SMTP}, suggested)
                return _chosen(conversation, field, draft.get("domain_name"))
            if chosen != OTHER:
                return chosen
            shown = "" if named in patterns else named
            domain = conversation.asker.text(TextQuestion(field.label, field.help, field.long_help, shown, check))
        except Back:
            continue
        if all(domain.strip().casefold() != known.casefold() for known in patterns):
            conversation.renderer.warn(
                f"No Foreign SMTP Domain document leads to {domain.strip()}: no Internet mail takes this "
                "connection until there is one."
            )
        return domain


def _virtual_domains(conversation: Conversation) -> dict[str, list[str]]:
    patterns: dict[str, list[str]] = {}
    for domain in conversation.view.documents(Domain):
        if domain.domain_type == FOREIGN_SMTP and domain.domain_name:
            patterns.setdefault(domain.domain_name, []).append(domain.internet_domain)
    return patterns


def pick_server(conversation: Conversation, field: Field[Any], document: Document, check: Check) -> str:
    """Return a server's name: one of the Server documents, or another name typed.

    The source server of an SMTP Connection is shown with what it lacks to send by SMTP; the first one
    that lacks nothing is offered.
    """
    by_smtp = isinstance(document, Connection) and document.is_smtp and field.key == "source_server"
    servers = {server.server_name: server for server in conversation.view.documents(Server) if server.server_name}
    named = document.get(field.key)
    while True:
        chosen = _choose_server(conversation, field, document, list(servers), by_smtp) if servers else OTHER
        if chosen == OTHER:
            shown = "" if named in servers else named
            question = TextQuestion(field.label, field.help, field.long_help, shown, check)
            try:
                chosen = conversation.asker.text(question)
            except Back:
                if not servers:
                    raise
                continue
        if by_smtp:
            _say_what_lacks(conversation, chosen, list(servers))
        return chosen


def _choose_server(
    conversation: Conversation, field: Field[Any], document: Document, servers: list[str], by_smtp: bool
) -> str:
    with_lacks = by_smtp and len(servers) <= MANY_SERVERS
    lacks = {server: _lacks_text(conversation, server) for server in servers} if with_lacks else {}
    options = [Option(server, (printable(server), *([lacks[server]] if lacks else []))) for server in servers]
    options.append(Option(OTHER, ("Another name...",)))
    blank = () if field.required(document) else (Option("", ("(none)",)),)
    named = document.get(field.key)
    able = next((server for server, lacking in lacks.items() if not lacking), "")
    return conversation.asker.choose(
        ChoiceQuestion(
            field.label,
            (*blank, *options),
            default=named if named in servers else OTHER if named else able,
            help=field.help,
            long_help=field.long_help,
            headings=("Server", "Lacks") if with_lacks else ("Server",),
        )
    )


def _lacks_text(conversation: Conversation, server: str) -> str:
    lacks = conversation.lacks(server)
    return "no " + ", no ".join(lacks) if lacks else ""


def _say_what_lacks(conversation: Conversation, chosen: str, servers: list[str]) -> None:
    known = next((server for server in servers if names.same_name(server, chosen)), None)
    if known is None:
        conversation.renderer.warn(
            f"No Server document for {printable(chosen)}: the connection is not used until there is one."
        )
    elif lacks := _lacks_text(conversation, known):
        conversation.renderer.warn(f"{printable(known)} has {lacks}: it cannot send this mail until that is changed.")
