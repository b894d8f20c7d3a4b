"""Walking a form: its tabs in Domino's order, its fields one by one, back and forth.

The document under way holds every answer. Going back asks the last field again with its answer as
the default; an answer that hides fields drops what they held, one that shows fields has them asked.
An answer equal to the default is not kept as a value: a later change of another field moves it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from dominocli import names
from dominocli.documents.connection import Connection
from dominocli.documents.field import Field, InvalidValue
from dominocli.documents.kinds import ChoiceList, InternetPattern
from dominocli.documents.server import Ports, Server
from dominocli.wizard.asker import Back, ChoiceQuestion, Option, SeveralQuestion, TextQuestion
from dominocli.wizard.picker import pick_record, pick_server, pick_virtual_domain
from dominocli.wizard.ports import ask_ports

if TYPE_CHECKING:
    from dominocli.documents.document import Document
    from dominocli.wizard.conversation import Conversation

Wanted = Callable[["Field[Any]"], bool]


class Walked(NamedTuple):
    """What a walk made: the document, and the keys of the fields it asked, in order."""

    document: Document
    asked: tuple[str, ...]


def walk(
    conversation: Conversation,
    document: Document,
    given: Collection[str],
    *,
    asked: tuple[str, ...] = (),
    is_new: bool = True,
    title: str = "",
) -> Walked:
    """Ask every field shown but the `given` ones; raise `Back` if the user leaves the first one.

    With `asked`, of a walk before, go on from its last question instead of the first.
    """
    shown = {field.key for field in document.shown_fields()}
    answered = [key for key in asked if key in shown and key not in given]
    return _walk(conversation, document, lambda field: field.key not in given, answered[:-1], is_new, title)


def ask_again(conversation: Conversation, document: Document, keys: Collection[str], *, is_new: bool = True) -> Walked:
    """Ask these fields, and those an answer newly shows; raise `Back` if the user leaves the first one."""
    shown_before = {field.key for field in document.shown_fields()}

    def is_wanted(field: Field[Any]) -> bool:
        return field.key in keys or field.key not in shown_before

    return _walk(conversation, document, is_wanted, [], is_new, "")


def _walk(
    conversation: Conversation,
    document: Document,
    is_wanted: Wanted,
    asked: list[str],
    is_new: bool,
    title: str,
) -> Walked:
    while True:
        shown = {field.key: field for field in document.shown_fields() if is_wanted(field)}
        asked = [key for key in asked if key in shown]
        field = next((field for key, field in shown.items() if key not in asked), None)
        if field is None:
            return Walked(document, tuple(asked))
        conversation.head(title + _position(field, shown))
        try:
            value = ask(conversation, document, field, is_new=is_new)
        except Back:
            if not asked:
                raise
            asked.pop()
            continue
        document = with_answer(document, field, value, is_new=is_new)
        asked.append(field.key)


def _position(field: Field[Any], shown: Mapping[str, Field[Any]]) -> str:
    tabs = list(dict.fromkeys(other.tab for other in shown.values()))
    return f"{tabs.index(field.tab) + 1}/{len(tabs)} {field.tab.label}"


def with_answer(document: Document, field: Field[Any], value: Any, *, is_new: bool) -> Document:
    """Return the document with an answer in it, and without the values of the fields the answer hides."""
    misread = any(problem.key == field.key for problem in document.problems_read)
    if value == document.get(field.key) and not misread and not (is_new and field.key in document.values):
        return document
    shown_before = {other.key for other in document.shown_fields()}
    # A default that was only confirmed stays a default: Connect via changed later moves the cost.
    kept = None if is_new and value == field.default(document) else value
    document = document.with_values({field.key: kept})
    shown = {other.key for other in document.shown_fields()}
    return document.with_values({key: None for key in shown_before - shown if key in document.values})


def ask(conversation: Conversation, document: Document, field: Field[Any], *, is_new: bool) -> Any:
    """Return a field's new value, one the field and the form accept; raise `Back`."""
    while True:
        try:
            value = _ask_once(conversation, document, field, is_new)
        except InvalidValue as error:
            conversation.renderer.warn(str(error))
            continue
        problem = problem_with(document, field, value)
        if problem is None:
            if isinstance(field, InternetPattern) and value and names.Pattern(value).looks_like_virtual_domain:
                conversation.renderer.warn(
                    f"{value} looks like a virtual domain. The pattern is the Internet domain of the addresses, "
                    "such as *.acme.com; the virtual domain goes into Domain name."
                )
            return value
        conversation.renderer.warn(problem)


def problem_with(document: Document, field: Field[Any], value: Any) -> str | None:
    """Say what would be wrong with the field if it had this value, None if nothing."""
    candidate = document.with_values({field.key: value})
    return next((problem.message for problem in candidate.problems() if problem.key == field.key), None)


def _ask_once(conversation: Conversation, document: Document, field: Field[Any], is_new: bool) -> Any:
    asker = conversation.asker
    value = document.get(field.key) or _suggested(conversation, document, field)
    if isinstance(field, Ports):
        return ask_ports(asker, field, value, wants_one=is_new)
    if isinstance(field, ChoiceList):
        options = tuple(Option(keyword.value, (keyword.value,)) for keyword in field.keywords)
        return asker.choose_several(SeveralQuestion(field.label, options, value, field.help, field.long_help))
    if field.keywords:
        return asker.choose(_keyword_question(document, field, value))
    shown = field.show(value)

    def check(text: str) -> str | None:
        try:
            return problem_with(document, field, value if text == shown else field.parse_all([text]))
        except InvalidValue as error:
            return f"{error} ({error.hint})" if error.hint else str(error)

    text = _ask_text(
        conversation, document, field, TextQuestion(field.label, field.help, field.long_help, shown, check)
    )
    return value if text == shown else field.parse_all([text])


def _suggested(conversation: Conversation, document: Document, field: Field[Any]) -> Any:
    """Return what a blank field is offered with: the Notes domain of the server at that end, if it must be given."""
    ends = {"source_domain": "source_server", "destination_domain": "destination_server"}
    if field.key in ends and not document.is_unknown(field.key) and field.required(document):
        server = document.get(ends[field.key])
        for known in conversation.view.documents(Server):
            if names.same_name(known.server_name, server):
                return known.domain_name or conversation.domain
    return document.get(field.key)


def _ask_text(conversation: Conversation, document: Document, field: Field[Any], question: TextQuestion) -> str:
    def create(form: type[Document], given: Mapping[str, Any], suggested: Mapping[str, Any]) -> Document:
        return create_draft(conversation, form, given, suggested)

    if field.refers_to == "connections":
        return pick_record(conversation, field, document, create)
    if field.refers_to == "servers":
        return pick_server(conversation, field, document, question.check)
    if isinstance(document, Connection) and document.is_smtp and field.key == "destination_domain":
        return pick_virtual_domain(conversation, field, document, question.check, create)
    return conversation.asker.text(question)


def _keyword_question(document: Document, field: Field[Any], value: str) -> ChoiceQuestion:
    offered = [keyword for keyword in field.keywords if not keyword.legacy or keyword.value == value]
    options = [Option(keyword.value, (keyword.value,)) for keyword in offered]
    if document.is_unknown(field.key):
        options.insert(0, Option("", ("(unknown, as it was imported)",)))
    return ChoiceQuestion(field.label, tuple(options), value, field.help, field.long_help)


def create_draft(
    conversation: Conversation, form: type[Document], given: Mapping[str, Any], suggested: Mapping[str, Any]
) -> Document:
    """Return a new document, walked and kept as a draft; one that exists already with the same values instead.

    Raises `Back` if the user leaves its first field.
    """
    kind = next(iter(given.values()), form.form)
    walked = walk(
        conversation, form("", {**suggested, **given}, unid=conversation.new_unid()), given, title=f"{kind}: "
    )
    while True:
        try:
            return keep_draft(conversation, walked.document)
        except Back:
            walked = walk(conversation, walked.document, given, asked=walked.asked, title=f"{kind}: ")


def keep_draft(conversation: Conversation, document: Document) -> Document:
    """Return the document as a draft under a free name, or the same one if the directory has it; raise `Back`."""
    named = with_free_name(conversation, document.with_defaults())
    if conversation.holder(named.file) is None:
        conversation.drafts[named.path] = named
    return named


def with_free_name(conversation: Conversation, document: Document) -> Document:
    """Return the document under its own or its default name, another asked for if that is taken; raise `Back`."""
    named = document.with_values({}, name=document.name or document.default_name(conversation.domain))
    if not conversation.is_taken(named):
        return named
    conversation.renderer.warn(f"{named.path} already exists with other values.")
    return ask_name(conversation, named)


def ask_name(conversation: Conversation, document: Document) -> Document:
    """Return the document under a name that is free, or whose holder has the same values; raise `Back`."""

    def check(text: str) -> str | None:
        name = text.strip()
        if problem := names.document_name_problem(name):
            return problem
        return f"{document.folder}/{name} already exists with other values" if is_taken(name) else None

    def is_taken(name: str) -> bool:
        return conversation.is_taken(document.with_values({}, name=name))

    free = document.name
    number = 2
    while is_taken(free):
        free = f"{document.name}-{number}"
        number += 1
    question = TextQuestion("Name of the document", "its file's name", default=free, check=check)
    return document.with_values({}, name=conversation.asker.text(question).strip())
