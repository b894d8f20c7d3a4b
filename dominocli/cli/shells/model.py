"""What can stand on a command line, taken from the commands themselves: the source of every script."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from dominocli.cli.table import COMMANDS, Entry, Group
from dominocli.documents import FOLDERS, form_of
from dominocli.documents.field import Field
from dominocli.documents.kinds import NameList, ServerName

if TYPE_CHECKING:
    from dominocli.documents.document import Document

FILE, FOLDER = "file", "folder"
SERVER, DOCUMENTS = "server", "documents"
NOTHING = "nothing"
"""Kinds of values besides the folders of documents (their names) and `@NAME` (keywords of that name)."""

METAVARS = {"SERVER": SERVER, "DOCUMENT": DOCUMENTS, "FILE": FILE, "DIR": FOLDER, "FOLDER": FOLDER}
NAMES_OF_DOCUMENTS = {
    "schedule": "connections",
    "history": DOCUMENTS,
    "conflicts show": DOCUMENTS,
    "conflicts resolve": DOCUMENTS,
}
"""What NAME means for commands that are no verb of a form."""

FIELD_KINDS = {"replica": FOLDER, "server_name": NOTHING, "group_name": NOTHING}
"""Fields whose class does not tell what completes them: the names of new documents are free."""

_LISTED_CHOICES = re.compile(r"[\w-]+(?:, [\w-]+)* or [\w-]+\.")


class Flag(NamedTuple):
    """A flag by all its names; `kind` of its value, "" for a switch."""

    names: tuple[str, ...]
    help: str
    kind: str = ""


class Command(NamedTuple):
    """The program (`words` is ""), a group or a command: what may follow its words.

    `commands` are (name, help); `sets` name sets of flags; `arguments` are kinds, the last one repeats
    where `repeats`.
    """

    words: str
    commands: tuple[tuple[str, str], ...] = ()
    sets: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    repeats: bool = False


class Keywords(NamedTuple):
    """Values of a fixed set, each with its short word or ""."""

    values: tuple[tuple[str, str], ...]

    @property
    def first(self) -> tuple[str, ...]:
        """Return what is offered first: short words where there are some."""
        return tuple(short or value for short, value in self.values)

    @property
    def full(self) -> tuple[str, ...]:
        """Return the values that have a short word: offered where no short word begins as typed."""
        return tuple(value for short, value in self.values if short and short != value.casefold())


class Completions(NamedTuple):
    """Everything a script needs; sets of flags and keywords are named so that commands share them."""

    commands: tuple[Command, ...]
    sets: dict[str, tuple[Flag, ...]]
    keywords: dict[str, Keywords]


def completions() -> Completions:
    """Return what can stand on a command line of this program; it imports every command."""
    return _Collector().collected()


class _Collector:
    def __init__(self) -> None:
        self.commands: list[Command] = []
        self.sets: dict[str, tuple[Flag, ...]] = {"help": (Flag(("--help", "-h"), "Show the help."),)}
        self.keywords: dict[str, Keywords] = {}

    def collected(self) -> Completions:
        self.sets["program"] = (Flag(("--version",), "Show the version."),)
        self._group("", COMMANDS, ("program", "common", "help"))
        return Completions(tuple(self.commands), self.sets, self.keywords)

    def _group(self, words: str, entries: Any, sets: tuple[str, ...]) -> None:
        shown = {name: entry for name, entry in entries.items() if not getattr(entry, "hidden", False)}
        self.commands.append(Command(words, tuple((name, entry.help) for name, entry in shown.items()), sets))
        for name, entry in shown.items():
            below = f"{words} {name}".strip()
            if isinstance(entry, Group):
                self._group(below, entry.entries, ("help",))
            else:
                self._command(below, entry)

    def _command(self, words: str, entry: Entry) -> None:
        from dominocli.cli.lazy import load
        from dominocli.cli.options import COMMON

        form = form_of(entry.folder) if entry.folder else None
        common, derived, own = [], [], []
        arguments: list[Any] = []
        for parameter in load(words, entry).params:
            if type(parameter).__name__ == "TyperArgument":
                arguments.append(parameter)
            elif parameter.name in COMMON:
                common.append(self._flag(words, parameter))
            elif form is not None and parameter.name in form.fields:
                derived.append(self._field_flag(parameter, form))
            else:
                own.append(self._flag(words, parameter))
        self.sets.setdefault("common", tuple(common))
        sets = ["common", "help"]
        for name, flags in ((form.noun if form else "", derived), (words, own)):
            if flags:
                self.sets[name] = tuple(flags)
                sets.insert(0, name)
        kinds = tuple(kind for argument in arguments for kind in self._argument_kinds(words, entry, argument))
        repeats = bool(arguments) and arguments[-1].nargs == -1 and " " not in (arguments[-1].metavar or "")
        self.commands.append(Command(words, (), tuple(sets), kinds, repeats))

    def _flag(self, words: str, parameter: Any) -> Flag:
        kind = "" if parameter.is_flag else self._value_kind(words, parameter)
        return Flag(tuple(parameter.opts), parameter.help or "", kind)

    def _value_kind(self, words: str, parameter: Any) -> str:
        choices = tuple(map(str, getattr(parameter.type, "choices", ()))) or listed_choices(parameter)
        if choices:
            return self._keywords(parameter.name, words, [("", choice) for choice in choices])
        return METAVARS.get(bare(parameter.metavar), NOTHING)

    def _field_flag(self, parameter: Any, form: type[Document]) -> Flag:
        field = form.fields[parameter.name]
        return Flag(tuple(parameter.opts), field.help, self._field_kind(field, form))

    def _field_kind(self, field: Field[Any], form: type[Document]) -> str:
        if field.key in FIELD_KINDS:
            return FIELD_KINDS[field.key]
        offered = [(word.short, word.value) for word in field.keywords if not word.legacy]
        if offered:
            return self._keywords(field.key, form.noun, offered)
        days = field.schema().get("items", {}).get("enum", ())
        if days:
            return self._keywords(field.key, form.noun, [("", day) for day in days])
        if field.refers_to in FOLDERS and field.refers_to != "servers":
            return field.refers_to
        return SERVER if isinstance(field, ServerName | NameList) or field.refers_to == "servers" else NOTHING

    def _argument_kinds(self, words: str, entry: Entry, argument: Any) -> list[str]:
        """Return the kind of an argument, or those of the words its metavar spells out: `router update config`."""
        spelled = (argument.metavar or "").split()
        if len(spelled) > 1:
            return [self._keywords(word, words, [("", word)]) for word in spelled]
        return [self._argument_kind(words, entry, argument)]

    def _argument_kind(self, words: str, entry: Entry, argument: Any) -> str:
        metavar = bare(argument.metavar or argument.name)
        if words == "help":
            return self._keywords(argument.name, words, _help_keywords(argument.name))
        if words == "schema":
            return self._keywords("form", words, [("", form_of(folder).noun) for folder in FOLDERS])
        if words == "completion":
            from dominocli.cli.shells import SHELLS

            return self._keywords("shell", words, [("", shell) for shell in SHELLS])
        if metavar == "NAME":
            return entry.folder or NAMES_OF_DOCUMENTS.get(words) or self._noun_folder(words)
        return METAVARS.get(metavar, NOTHING)

    @staticmethod
    def _noun_folder(words: str) -> str:
        noun = words.partition(" ")[0]
        return next((folder for folder in FOLDERS if form_of(folder).noun == noun), NOTHING)

    def _keywords(self, name: str, owner: str, values: Iterable[tuple[str, str]]) -> str:
        """Return the kind of these keywords; fields with the same ones share them."""
        offered = Keywords(tuple(values))
        for known, keywords in self.keywords.items():
            if keywords == offered:
                return f"@{known}"
        if name in self.keywords:
            name = f"{owner} {name}".replace(" ", "_")
        self.keywords[name] = offered
        return f"@{name}"


def bare(metavar: str | None) -> str:
    """Return a metavar without the marks of optional and repeated values: `[SERVER]...` gives `SERVER`."""
    return (metavar or "").strip("[].").upper()


def listed_choices(parameter: Any) -> tuple[str, ...]:
    """Return the values a flag names itself: metavar `text|json`, or the help `text, json or sarif.`"""
    if parameter.metavar and "|" in parameter.metavar:
        return tuple(parameter.metavar.strip("[]").split("|"))
    if _LISTED_CHOICES.fullmatch(parameter.help or ""):
        return tuple(re.findall(r"[\w-]+", parameter.help.replace(" or ", ", ")))
    return ()


def _help_keywords(argument: str) -> Iterator[tuple[str, str]]:
    from dominocli.cli.topics import TOPICS
    from dominocli.documents.finding import SEVERITIES

    if argument == "rule":
        return (("", rule) for rule in sorted(SEVERITIES))
    return (("", topic) for topic in (*TOPICS, "assumptions", "rule"))
