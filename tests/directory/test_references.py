"""Who refers to a document, by its name or by what it says."""

from typing import Any

from dominocli.directory.references import references, references_by_name
from dominocli.directory.settings import Settings
from dominocli.directory.view import MemoryView, find
from dominocli.directory.writer import new_text
from dominocli.documents import form_of
from dominocli.documents.document import Document


def doc(path: str, **values: Any) -> Document:
    folder, _, name = path.partition("/")
    return form_of(folder)(name, values)


def holders(target: str, *documents: Document) -> list[tuple[str, str]]:
    view = MemoryView({d.file: new_text(d) for d in documents}, settings=Settings("1" * 32, "Acme", "Acme"))
    document = find(view, target)
    assert document is not None
    return [(reference.document.path, reference.key) for reference in references(view, document)]


LAN = {"connection_type": "Local Area Network"}


def test_a_group_is_referred_to_where_it_is_the_destination_of_a_replication() -> None:
    found = holders(
        "groups/g",
        doc("groups/g", group_name="Hubs"),
        doc("groups/h", group_name="All", members=("hubs",)),
        doc("connections/a", **LAN, source_server="A/B", destination_server="Hubs"),
        doc("connections/b", **LAN, source_server="HUBS", destination_server="A/B"),
    )
    assert found == [
        ("connections/b", "source_server"),
        ("connections/a", "destination_server"),
        ("groups/h", "members"),
    ]


def test_the_placeholder_of_smtp_refers_to_nobody() -> None:
    smtp = doc("connections/s", source_server="A/B", destination_server="Hubs", destination_domain="D")
    assert holders("groups/g", doc("groups/g", group_name="Hubs"), smtp) == []
    assert holders("servers/s", doc("servers/s", server_name="Hubs"), smtp) == []


def test_a_record_is_named_exactly_as_its_file_is() -> None:
    record = doc("connections/Line", connection_type="Network Dialup")
    others = [
        doc(f"connections/{name}", connect_via="Dial-up connection", dial_using_connection_record=named)
        for name, named in (("exact", "Line"), ("other", "line"))
    ]
    assert holders("connections/Line", record, *others) == [("connections/exact", "dial_using_connection_record")]


def test_nothing_but_connections_is_referred_to_by_name() -> None:
    group = doc("groups/g", group_name="G", members=("g",))
    assert references_by_name(MemoryView({}, settings=Settings("1" * 32, "Acme", "Acme")), group) == []
