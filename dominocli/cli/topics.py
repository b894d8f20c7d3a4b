"""The topics of `dominocli help`: what has no place in the help of one command."""

from __future__ import annotations

from typing import NamedTuple

from dominocli.errors import ExitCode


class Topic(NamedTuple):
    """A title, an opening sentence, and entries of (name, text)."""

    title: str
    opening: str
    entries: tuple[tuple[str, str], ...]


EXIT_CODES = {
    ExitCode.DONE: "done, or there was nothing to do; also every outcome of route explain",
    ExitCode.FAILED: "an expected failure: the message says what, the hint what to do",
    ExitCode.USAGE: "the command line is wrong, a required flag is missing, or a document's own values are refused",
    ExitCode.FINDINGS: "check found errors; with --strict a save was refused for findings",
    ExitCode.PENDING: "changes are pending: only with --detailed-exitcode on plan, status, replicate or recalc "
    "--dry-run",
    ExitCode.PARTLY: "partly done: a server was unreachable or has no replica, a change was refused, a conflict "
    "document exists, or a file could not be read",
    ExitCode.LOCKED: "another process holds the directory; its name is in the message",
    ExitCode.BUG: "a bug of dominocli; the message says where its traceback lies",
    ExitCode.CANCELLED: "stopped at the keyboard; nothing was written",
}

ENVIRONMENT = (
    ("DOMINOCLI_DIRECTORY", "the folder of the directory, like --directory; else the nearest one above is taken"),
    ("DOMINOCLI_NO_INPUT", "1: never ask, like --no-input"),
    ("DOMINOCLI_SSH", "what to call instead of ssh, for instance: ssh -F FILE"),
    ("DOMINOCLI_TIMEOUT", "how many seconds an answer of another machine may take; 120 if not set"),
    ("DOMINOCLI_COUCHDB_USER", "who we are to a CouchDB; else netrc or a keyring says"),
    ("DOMINOCLI_COUCHDB_PASSWORD", "the password for it; else a keyring may know it"),
    ("NETRC", "the file of user names and passwords instead of ~/.netrc"),
    ("SSL_CERT_FILE", "the authorities to trust for https, where those of the system do not do"),
    ("NO_COLOR", "set: no colours, no boxes"),
    ("TERM", "dumb: plain lines for questions and answers"),
    ("TZ", "the time zone of this machine, for servers whose document names none"),
    ("VISUAL", "the editor of conflicts resolve --keep edit"),
    ("EDITOR", "the same, where VISUAL is not set"),
)

FILES = (
    ("directory.toml", "what the folder is: replica id, domain, title; the same in all replicas"),
    ("connections/NAME.toml", "a Connection document; likewise domains/, servers/, configurations/, groups/"),
    (".dominocli/replica.toml", "whose replica this folder is, on this machine only: back it up"),
    (".dominocli/state.sqlite", "the journal of revisions; lost, it is rebuilt from the other replicas"),
    (".dominocli/routing/", "the routing tables; recalc makes them again"),
    (".dominocli/index*", "a cache of what the files held when they were last read"),
    (".dominocli/lock", "who is writing at this moment"),
)

TOPICS = {
    "exit-codes": Topic(
        "Exit codes",
        "Every command ends with one of these.",
        tuple((str(int(code)), text) for code, text in EXIT_CODES.items()),
    ),
    "environment": Topic("Environment", "Variables dominocli reads. A flag goes before its variable.", ENVIRONMENT),
    "files": Topic(
        "Files",
        "A directory is a folder. Documents may be edited by hand and kept in git; .dominocli stays out of git.",
        FILES,
    ),
}
