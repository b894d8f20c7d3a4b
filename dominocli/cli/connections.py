"""`connection records`: the Network Dialup documents an SMTP Connection can dial by."""

from __future__ import annotations

from dominocli.cli.output import Output, sentence
from dominocli.cli.result import Result
from dominocli.cli.session import Session

COLUMNS = ("source_server", "destination_server", "phone_number", "service_type", "dial_up_networking_name")


def records(session: Session) -> Result:
    """List the Network Dialup records SMTP can dial by, and who dials them."""
    from dominocli.documents.connection import NETWORK_DIALUP, Connection

    connections = session.directory.documents(Connection)
    found = [document for document in connections if document.connection_type == NETWORK_DIALUP]
    dialled: dict[str, list[str]] = {}
    for document in connections:
        if document.is_smtp and document.dial_using_connection_record:
            dialled.setdefault(document.dial_using_connection_record, []).append(document.name)
    rows = [
        {
            "name": document.name,
            "form": document.form,
            **{key: document.get(key) for key in COLUMNS},
            "dialled_by": dialled.get(document.name, []),
        }
        for document in found
    ]

    def show(out: Output) -> None:
        columns = ["name", *COLUMNS, "dialled_by"]
        out.table(columns, [[row[column] for column in columns] for row in rows])
        out.note(sentence(len(rows), "Network Dialup record"))

    return Result({"documents": rows}, show)
