"""The table of commands: what exists, where it lies, one line of help. Nothing in it is imported here."""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):
    """One command: `attribute` of `dominocli.cli.MODULE` is its function; for a document's verb it makes one
    from the document's folder."""

    module: str
    attribute: str
    help: str
    folder: str = ""
    hidden: bool = False


class Group(NamedTuple):
    """Commands under one word."""

    help: str
    entries: dict[str, Entry]


def _verbs(noun: str, folder: str) -> dict[str, Entry]:
    article = "a " + noun.capitalize()
    return {
        "add": Entry("document_add", "adding", f"Add {article} document.", folder),
        "list": Entry("document_list", "listing", f"List the {noun.capitalize()} documents.", folder),
        "show": Entry("document_list", "showing", f"Show {article} document.", folder),
        "edit": Entry("document_edit", "editing", f"Change {article} document, or many with --filter.", folder),
        "copy": Entry("document_edit", "copying", f"Copy {article} document under another name.", folder),
        "rename": Entry("document_move", "renaming", f"Rename {article} document.", folder),
        "delete": Entry("document_move", "deleting", f"Delete {article} document.", folder),
    }


NOUNS = {
    "connection": Group(
        "Connection documents: SMTP, Local Area Network, Network Dialup, Passthru.",
        {
            **_verbs("connection", "connections"),
            "enable": Entry("document_edit", "enable", "Enable the schedule of a Connection document."),
            "disable": Entry("document_edit", "disable", "Disable the schedule of a Connection document."),
            "records": Entry("connections", "records", "List the Network Dialup records SMTP can dial by."),
        },
    ),
    "domain": Group(
        "Domain documents: Foreign SMTP, Foreign, Adjacent, Non-adjacent, Global.", _verbs("domain", "domains")
    ),
    "server": Group("Server documents.", _verbs("server", "servers")),
    "configuration": Group("Configuration Settings documents.", _verbs("configuration", "configurations")),
    "group": Group("Group documents.", _verbs("group", "groups")),
}

COMMANDS: dict[str, Entry | Group] = {
    "init": Entry("init", "init", "Make a new directory."),
    **NOUNS,
    "replica": Group(
        "Replicas of the directory: one a server.",
        {
            "create": Entry("replicas", "create", "Create the replica of a server."),
            "verify": Entry("replicas", "verify", "Confirm where a server's replica is."),
            "list": Entry("replicas", "listing", "List the servers and their replicas."),
        },
    ),
    "check": Entry("check", "check", "Check all documents and what holds between them."),
    "status": Entry("status", "status", "Show edits, replicas and routing tables that are behind."),
    "plan": Entry("plan", "plan", "Show what replicate would change, and write nothing."),
    "replicate": Entry("replicate", "replicate", "Replicate with all servers, then recalculate their routing tables."),
    "pull": Entry("replicate", "pull", "Replicate, but only pull."),
    "push": Entry("replicate", "push", "Replicate, but only push."),
    "recalc": Entry("recalc", "recalc", "Recalculate routing tables."),
    "tell": Entry("recalc", "tell", "Console wording: tell router update config."),
    "route": Group(
        "Where mail goes, and why.",
        {
            "explain": Entry("route", "explain", "Follow an address hop by hop through the installed routing tables."),
            "show": Entry("route_show", "show", "Show the installed routing table of a server."),
            "impact": Entry("impact", "impact", "Show whose routes change if a document or server goes."),
        },
    ),
    "schedule": Entry("schedule", "schedule", "Show when the Connections call next."),
    "conflicts": Group(
        "Replication conflicts that were kept.",
        {
            "list": Entry("conflicts", "listing", "List the conflict documents."),
            "show": Entry("conflicts", "show", "Show a conflict field by field."),
            "resolve": Entry("conflicts", "resolve", "Resolve a conflict."),
        },
    ),
    "history": Entry("history", "history", "Show the revisions of a document, or bring one back."),
    "purge": Entry("history", "purge", "Drop the text of deletions older than the purge interval."),
    "import": Group(
        "Bring in documents of a real Domino.",
        {
            "onetouch": Entry("imports", "onetouch", "Import a One-touch setup JSON file."),
            "dxl": Entry("imports", "dxl", "Import a DXL export of names.nsf."),
        },
    ),
    "export": Group(
        "Write what other programs read.",
        {"systemd": Entry("exports", "systemd", "Write the systemd timer that keeps a server up to date.")},
    ),
    "couchdb": Group(
        "CouchDB databases as replicas.",
        {"init": Entry("couchdb", "init", "Make a CouchDB database a replica of this directory.")},
    ),
    "serve": Entry("serve", "serve", "Answer another dominocli, over ssh."),
    "merge-driver": Entry("merge_driver", "merge_driver", "Merge two versions of a document for git, field by field."),
    "schema": Entry("about", "schema", "Write the JSON Schema of a document."),
    "completion": Entry("about", "completion", "Write the completion script of a shell."),
    "help": Entry("about", "topics", "Explain a topic: exit-codes, environment, files, assumptions, rule ID."),
    "demo": Entry("demo", "demo", "Build a sample domain and route mail through it."),
}


def words_of(arguments: list[str]) -> str:
    """Return the words of the command that the arguments name, as far as they name one."""
    words: list[str] = []
    level: dict[str, Entry] | dict[str, Entry | Group] = COMMANDS
    for argument in arguments:
        if argument.startswith("-"):
            continue
        found = level.get(argument)
        if found is None:
            break
        words.append(argument)
        if isinstance(found, Entry):
            break
        level = found.entries
    return " ".join(words)
