"""What the rules look up in a directory: each index is built when a rule first asks, in linear time."""

from __future__ import annotations

from collections import defaultdict
from functools import cache, cached_property
from typing import TYPE_CHECKING, TypeVar

from dominocli.checks.nesting import Nesting
from dominocli.checks.reach import components
from dominocli.documents.configuration import Configuration
from dominocli.documents.connection import Connection
from dominocli.documents.domain import FOREIGN_SMTP, Domain
from dominocli.documents.group import Group
from dominocli.documents.kinds import DomainName
from dominocli.documents.server import Server
from dominocli.names import common_name, name_key
from dominocli.routing.network import Network, NotUsed, build_network

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from dominocli.directory.view import View
    from dominocli.documents.document import Document

D = TypeVar("D", bound="Document")
K = TypeVar("K")
V = TypeVar("V")


class Lookups:
    """The indexes of one view. Servers and groups are found by `name_key`, Notes domains casefolded."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.own_domain = view.settings.domain.casefold()

    @cached_property
    def network(self) -> Network:
        """What routing makes of the directory."""
        return build_network(self.view)

    @cached_property
    def not_used(self) -> dict[str, list[NotUsed]]:
        """Why routing does not use a document, by its path."""
        found: dict[str, list[NotUsed]] = defaultdict(list)
        for entry in self.network.not_used:
            found[entry.document].append(entry)
        return found

    @cached_property
    def files_by_unid(self) -> dict[str, list[str]]:
        """The files of each unid, sorted."""
        return _grouped(sorted((unid, file) for file, unid, _ in self.view.texts() if unid))

    @cached_property
    def files_by_folded_path(self) -> dict[str, list[str]]:
        """The files a file system without case or with composed names takes for one, sorted."""
        return _grouped((folded_path(file), file) for file in sorted(file for file, _, _ in self.view.texts()))

    @cached_property
    def servers(self) -> dict[str, list[Server]]:
        """The Server documents by name."""
        return _by(self.view.documents(Server), lambda d: [name_key(d.server_name)])

    @cached_property
    def servers_by_common_name(self) -> dict[str, list[Server]]:
        """The Server documents by the first component of their names."""
        return _by(self.view.documents(Server), lambda d: [name_key(common_name(d.server_name))])

    @cached_property
    def clusters(self) -> dict[str, list[Server]]:
        """The Server documents by cluster."""
        return _by(self.view.documents(Server), lambda d: [name_key(d.cluster_name)])

    @cached_property
    def groups(self) -> dict[str, list[Group]]:
        """The Group documents by name."""
        return _by(self.view.documents(Group), lambda d: [name_key(d.group_name)])

    @cached_property
    def configurations(self) -> dict[str, list[Configuration]]:
        """The Configuration documents by what they apply to."""
        return _by(self.view.documents(Configuration), lambda d: [name_key(d.applies_to)])

    @cached_property
    def applies_to(self) -> dict[str, str]:
        """What each Configuration document applies to, by its path."""
        return {document.path: key for key, documents in self.configurations.items() for document in documents}

    @cached_property
    def nesting(self) -> Nesting:
        """How the groups hold each other."""
        return Nesting(self.groups)

    @cached_property
    def groups_by_member(self) -> dict[str, list[Group]]:
        """The Group documents by each member."""
        return _by(self.view.documents(Group), lambda d: map(name_key, d.members))

    @cached_property
    def smtp_connections(self) -> list[Connection]:
        """The SMTP Connections, sorted by name."""
        return [document for document in self.view.documents(Connection) if document.is_smtp]

    @cached_property
    def notes_connections(self) -> list[Connection]:
        """The Connections of all other types, sorted by name."""
        return [document for document in self.view.documents(Connection) if not document.is_smtp]

    @cached_property
    def connections_by_name(self) -> dict[str, list[Connection]]:
        """The Connection documents by the document's name: one each."""
        return _by(self.view.documents(Connection), lambda d: [d.name])

    @cached_property
    def connections_by_end(self) -> dict[str, list[Connection]]:
        """The Connections by each server at one of their ends, an SMTP placeholder included."""
        return _by(
            self.view.documents(Connection),
            lambda d: dict.fromkeys((name_key(d.source_server), name_key(d.destination_server))),
        )

    @cached_property
    def notes_connections_by_ends(self) -> dict[tuple[str, str], list[Connection]]:
        """The Connections other than SMTP by (source, destination)."""
        return _grouped((ends(document), document) for document in self.notes_connections)

    @cached_property
    def smtp_by_record(self) -> dict[str, list[Connection]]:
        """The SMTP Connections by the record they dial with."""
        return _by(self.smtp_connections, lambda d: [d.dial_using_connection_record])

    @cached_property
    def smtp_by_domain(self) -> dict[str, list[Connection]]:
        """The SMTP Connections by destination domain."""
        return _by(self.smtp_connections, lambda d: [d.destination_domain.casefold()])

    @cached_property
    def smtp_by_placeholder(self) -> dict[str, list[Connection]]:
        """The SMTP Connections that carry mail, by their placeholder of a destination server."""
        carrying = (document for document in self.smtp_connections if document.is_scheduled and document.routes_mail)
        return _by(carrying, lambda d: [name_key(d.destination_server)])

    @cached_property
    def foreign_smtp(self) -> list[Domain]:
        """The Foreign SMTP Domain documents, sorted by name."""
        return [document for document in self.view.documents(Domain) if document.domain_type == FOREIGN_SMTP]

    @cached_property
    def virtual_domains(self) -> dict[str, list[Domain]]:
        """The Foreign SMTP Domain documents by the domain they send to."""
        return _by(self.foreign_smtp, lambda d: [d.domain_name.casefold()])

    @cached_property
    def _misspelt(self) -> dict[str, str]:
        """The virtual domains by their spelling and by each with one character left out."""
        spellings = {key: documents[0].domain_name for key, documents in self.virtual_domains.items()}
        return {**{short: name for key, name in spellings.items() for short in _one_less(key)}, **spellings}

    def similar_virtual_domain(self, domain: str) -> str:
        """Return a virtual domain a slip of the pen away: one character more, less or other, or two swapped."""
        key = domain.casefold()
        return next((self._misspelt[short] for short in (key, *_one_less(key)) if short in self._misspelt), "")

    @cached_property
    def domains_by_pattern(self) -> dict[str, list[Domain]]:
        """The Foreign SMTP Domain documents by their pattern, without case."""
        return _by(self.foreign_smtp, lambda d: [d.internet_domain.casefold()])

    @cached_property
    def domain_spellings(self) -> dict[str, tuple[str, str]]:
        """How each Notes domain is first spelled and where: in directory.toml, a Domain document, a Connection."""
        found = {self.own_domain: (self.view.settings.domain, "directory.toml")}
        for document in (*self.view.documents(Domain), *self.view.documents(Connection)):
            for _, value in notes_domains(document):
                found.setdefault(value.casefold(), (value, document.path))
        return found

    @cached_property
    def names_in_connections(self) -> dict[str, str]:
        """Servers as Connections name them, full and common names, with the document that does."""
        found: dict[str, str] = {}
        for document in self.view.documents(Connection):
            known = [document.source_server, document.passthru_server]
            if not document.is_smtp:
                known.append(document.destination_server)
            for name in known:
                if name and "*" not in name and name_key(name) not in self.groups:
                    found.setdefault(name_key(name), document.path)
                    found.setdefault(name_key(common_name(name)), document.path)
        return found

    @cached_property
    def way_back(self) -> list[int]:
        """A number for each server of the network: mail can go both ways between servers of one number."""
        count = len(self.network.nodes)
        edges = [list(links) for links in self.network.links]
        edges += [[] for _ in self.network.networks]
        for number, named in enumerate(self.network.networks, count):
            for member in named.members:
                edges[member].append(number)
                edges[number].append(member)
        return components(edges)[:count]

    def is_ours(self, domain: str) -> bool:
        """Tell whether a Notes domain is the directory's own; a blank one counts as ours (design.md 2)."""
        return not domain or domain.casefold() == self.own_domain

    def stands_for_several(self, name: str) -> bool:
        """Tell whether a name is a group, a cluster or a wildcard, and no server's (domino.md 2.8)."""
        key = name_key(name)
        return "*" in key or (key not in self.servers and (key in self.groups or key in self.clusters))


def folded_path(file: str) -> str:
    """Return what two files' paths have in common where case and composition do not count."""
    if file.isascii():
        return file.lower()
    import unicodedata

    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", file).casefold())


def ends(connection: Connection) -> tuple[str, str]:
    """Return the keys of a Connection's source and destination server."""
    return name_key(connection.source_server), name_key(connection.destination_server)


def notes_domains(document: Document) -> Iterator[tuple[str, str]]:
    """Yield (field, value) of the Notes domains a document names in fields of one value."""
    fields = _domain_fields(type(document))
    for key, value in document.values.items():
        if key in fields and value and fields[key].shown(document):
            yield key, value


@cache
def _domain_fields(form: type[Document]) -> dict[str, DomainName]:
    return {key: field for key, field in form.fields.items() if isinstance(field, DomainName)}


def _one_less(text: str) -> list[str]:
    """Return a text with each of its characters left out once, but nothing as short as two."""
    return [text[:at] + text[at + 1 :] for at in range(len(text))] if len(text) > 3 else []


def _grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, list[V]]:
    found: dict[K, list[V]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


def _by(documents: Iterable[D], keys: Callable[[D], Iterable[str]]) -> dict[str, list[D]]:
    return _grouped((key, document) for document in documents for key in keys(document) if key)
