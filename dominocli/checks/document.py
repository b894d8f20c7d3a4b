"""What one document says by itself: problems of its values, keys no form knows, values an import missed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dominocli.checks.report import Report
from dominocli.documents.connection import Connection
from dominocli.documents.server import Port, Server
from dominocli.errors import command_line as command
from dominocli.names import common_name, is_hierarchical, name_key, quoted, slug

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dominocli.checks.lookups import Lookups
    from dominocli.documents.document import Document


MOST_KEYS = 20
"""So many unknown keys of one document are told one by one."""


def problems(document: Document, lookups: Lookups) -> Iterator[Report]:
    """Yield what the form finds in the document alone."""
    return (Report(*problem) for problem in document.problems())


def unknown_keys(document: Document, lookups: Lookups) -> Iterator[Report]:
    """Yield the keys the form does not know, as `reports_of_unknown_keys`."""
    return reports_of_unknown_keys(document)


def reports_of_unknown_keys(document: Document) -> Iterator[Report]:
    """Yield the keys the form does not know, with the key that was probably meant; many more only as a count."""
    for table, key in document.extra[:MOST_KEYS]:
        if not table and any(key == tab.key for tab in document.tabs):
            message = f"{key} is a tab of the {document.form} form and must be a table"
            yield Report("unknown-key", key, message, f"write it as [{key}] with its fields below", table="")
            continue
        where = f" in [{table}]" if table else ""
        message = f"a {document.form} document has no {quoted(key)}{where}"
        yield Report("unknown-key", key, message, _suggestion(document, table, key), table=table)
    if more := document.extra[MOST_KEYS:]:
        table, key = more[0]
        message = f"and {len(more)} more keys that a {document.form} document does not have, from {quoted(key)} on"
        yield Report("unknown-key", key, message, "is this a document of this form?", table=table)


def _suggestion(document: Document, table: str, key: str) -> str:
    fields = document.fields
    if key in fields and not fields[key].fills_tab:
        return f"{key} belongs in [{fields[key].tab.key}]"
    tab, _, port = table.partition(".")
    if port and tab == Server.ports.key:
        return f"a port has {', '.join(Port._field_defaults)}"
    import difflib

    wanted = key.casefold().replace("-", "_")
    tabs = [tab.key for tab in document.tabs]
    if not table and (near := difflib.get_close_matches(wanted, tabs, n=1, cutoff=0.8)):
        return f"did you mean the tab [{near[0]}]?"
    words = {field.key: field for field in fields.values()}
    # The label of Domino's form, written as a key, means its field as well.
    words.update({slug(field.label).replace("-", "_"): field for field in reversed(fields.values())})
    words.update({field.key: field for field in fields.values()})
    here = [word for word, field in words.items() if field.tab.key == tab]
    close = difflib.get_close_matches(wanted, here, n=1, cutoff=0.7) or difflib.get_close_matches(
        wanted, words, n=1, cutoff=0.8
    )
    if close:
        meant = words[close[0]]
        elsewhere = "" if meant.tab.key == tab else f" in [{meant.tab.key}]"
        return f"did you mean {meant.key}{elsewhere}?"
    return f"the fields of the form: dominocli schema {document.noun}"


def unknown_values(document: Document, lookups: Lookups) -> Iterator[Report]:
    """Yield one report of all fields an import did not find: nobody knows their values (domino.md 2.6)."""
    if not document.unknown:
        return
    labels = [field.label for field in document.shown_fields() if document.is_unknown(field.key)]
    if labels:
        message = "the import did not find " + ", ".join(labels)
        hint = "look them up in Domino, then " + command(f"{document.noun} edit", document.name)
        yield Report("value-unknown", "unknown", message, hint)


def flat_names(document: Document, lookups: Lookups) -> Iterator[Report]:
    """Yield names of our own servers without an organisation (domino.md 6: placeholders and the like are exempt)."""
    for key in _server_fields(document, lookups):
        name: str = document.get(key)
        if not name or is_hierarchical(name) or lookups.stands_for_several(name):
            continue
        if isinstance(document, Connection) and name_key(name) in lookups.servers:
            continue  # said once, at the Server document
        known = lookups.servers_by_common_name.get(name_key(common_name(name)), ())
        full = next((server.server_name for server in known if is_hierarchical(server.server_name)), "")
        hint = f"did you mean {full}?" if full else "write it with its organisation, like Hub01/Acme"
        yield Report("name-not-hierarchical", key, f"{name} is a flat name, without an organisation", hint)


def _server_fields(document: Document, lookups: Lookups) -> tuple[str, ...]:
    """Return the fields that name servers of our own domain."""
    if isinstance(document, Server):
        return ("server_name",) if lookups.is_ours(document.domain_name) else ()
    if not isinstance(document, Connection):
        return ()
    if document.is_smtp:
        return ("source_server",)
    source = ("source_server", "passthru_server") if lookups.is_ours(document.source_domain) else ()
    return (*source, "destination_server") if lookups.is_ours(document.destination_domain) else source
