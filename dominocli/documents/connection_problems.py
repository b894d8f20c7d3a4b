"""What a Connection document alone can do wrong (domino.md 2.1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dominocli.documents.finding import Problem

if TYPE_CHECKING:
    from dominocli.documents.connection import Connection


def destination_server_blank() -> Problem:
    """Return the problem of an SMTP Connection without a Destination server."""
    return Problem(
        "destination-server-blank",
        "destination_server",
        "Destination server is blank, which makes an SMTP Connection void",
        "give any unique word that is no server's name, such as all_internal_hosts",
    )


def connection_problems(connection: Connection) -> Iterator[Problem]:
    """Yield what the dial-up record and the schedule do wrong."""
    record = connection.dial_using_connection_record
    dials = connection.is_smtp and connection.is_dial_up
    if dials and not record:
        yield Problem(
            "dial-up-record-missing",
            "dial_using_connection_record",
            "Connect via is Dial-up connection, but no connection record is named",
            "name a Network Dialup document: dominocli connection records",
        )
    if record and not dials:
        yield Problem(
            "dial-up-record-on-direct",
            "dial_using_connection_record",
            "a connection record is named, but nothing is dialled",
            "set Connect via to Dial-up connection, or clear the record",
        )
    if connection.is_scheduled and not connection.connect_at_times:
        yield Problem(
            "schedule-empty",
            "connect_at_times",
            "the schedule is enabled without a time, so the connection never calls",
            "give --connect-at-times, or disable the schedule",
        )
    if connection.is_scheduled and not connection.days_of_week:
        yield Problem(
            "schedule-never",
            "days_of_week",
            "the schedule is enabled without a day, so the connection never calls",
            "give --days-of-week, or disable the schedule",
        )
