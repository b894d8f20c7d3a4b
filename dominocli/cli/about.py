"""What the program tells about itself: completion scripts, JSON Schemas, topics, rules and assumptions."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from dominocli import errors
from dominocli.cli.output import Output
from dominocli.cli.result import Result
from dominocli.cli.session import Session
from dominocli.cli.topics import TOPICS, Topic
from dominocli.documents import FOLDERS, form_of


def completion(session: Session, shell: Annotated[str, typer.Argument(metavar="SHELL")]) -> Result:
    """Write the completion script of bash, zsh, fish or powershell.

    bash: source it, or keep it as dominocli in a folder of completions. zsh: keep it as _dominocli in a
    folder of fpath. fish: keep it as dominocli.fish among the completions. powershell: run it in the profile.
    """
    from dominocli.cli.shells import completion_script

    script = completion_script(shell)
    return Result({"shell": shell, "script": script}, lambda out: _lines(out, script))


def schema(
    session: Session,
    form: Annotated[
        str, typer.Argument(metavar="[FORM]", help="connection, domain, server, configuration or group; else all.")
    ] = "",
) -> Result:
    """Write the JSON Schema of a form's documents, for an editor that checks TOML while it is typed."""
    from dominocli.documents.schema import schema_of

    if form:
        found: Any = schema_of(form_of(_folder(form)))
    else:
        found = _any_form([schema_of(form_of(folder)) for folder in FOLDERS])

    def show(out: Output) -> None:
        import json

        _lines(out, json.dumps(found, indent=2, ensure_ascii=False))

    return Result(found, show)


def _lines(out: Output, text: str) -> None:
    for line in text.removesuffix("\n").split("\n"):
        out.line(line)


def _folder(form: str) -> str:
    wanted = form.casefold()
    for folder in FOLDERS:
        if wanted in (folder, form_of(folder).noun, form_of(folder).form.casefold()):
            return folder
    raise errors.UsageError(
        reason=f"no form is called {form!r}", hint="forms: " + ", ".join(form_of(folder).noun for folder in FOLDERS)
    )


def _any_form(schemas: list[dict[str, Any]]) -> dict[str, Any]:
    """Return one schema for documents of all forms: the key `form` says which of them holds."""
    cases = [
        {"if": {"properties": {"form": one["properties"]["form"]}, "required": ["form"]}, "then": one}
        for one in schemas
    ]
    dialect = schemas[0]["$schema"]
    for one in schemas:
        del one["$schema"]
    return {"$schema": dialect, "title": "A document of dominocli", "type": "object", "allOf": cases}


def topics(
    session: Session,
    topic: Annotated[str, typer.Argument(metavar="[TOPIC]", help="Without one: the topics there are.")] = "",
    rule: Annotated[str, typer.Argument(metavar="[ID]", help="The rule to explain, for the topic rule.")] = "",
) -> Result:
    """Explain a topic: exit-codes, environment, files, assumptions, or rule ID."""
    if rule and topic != "rule":
        raise errors.UsageError(reason=f"{topic} takes no {rule!r}", hint=f"dominocli help {topic}")
    if topic == "rule":
        return _rule(rule) if rule else _told("rule", _rules())
    if topic == "assumptions":
        return _told(topic, _assumptions())
    if topic in TOPICS:
        return _told(topic, TOPICS[topic])
    if topic:
        raise errors.UsageError(reason=f"no topic {topic!r}", hint="dominocli help lists the topics")
    return _told("", _contents())


def _told(name: str, topic: Topic) -> Result:
    entries = [{"name": entry, "text": text} for entry, text in topic.entries]
    data = {"topic": name, "title": topic.title, "text": topic.opening, "entries": entries}
    return Result(data, lambda out: _show(out, topic))


def _show(out: Output, topic: Topic) -> None:
    out.line(topic.title, "heading")
    out.line(topic.opening)
    out.line()
    width = min(24, max((len(name) for name, _ in topic.entries), default=0))
    for name, text in topic.entries:
        if len(name) <= width:
            out.line(f"  {name:<{width}}  {text}")
        else:
            out.line(f"  {name}")
            out.line(f"  {'':<{width}}  {text}")


def _contents() -> Topic:
    rows = [(name, topic.title + ": " + topic.opening) for name, topic in TOPICS.items()]
    rows.append(("assumptions", "What no public source settles, and how dominocli reads it."))
    rows.append(("rule", "The rules of check; with an ID, that one."))
    return Topic("Topics", "dominocli help TOPIC explains one; dominocli --help lists the commands.", tuple(rows))


def _assumptions() -> Topic:
    from dominocli.routing.assumptions import ASSUMPTIONS

    opening = "What no public source settles, and how dominocli reads it. Each is named where it decided a route."
    return Topic("Assumptions", opening, tuple(ASSUMPTIONS.items()))


def _rules() -> Topic:
    from dominocli.checks.registry import RULES

    rows = tuple((rule.id, f"{rule.severity}: {rule.summary}") for rule in RULES.values())
    return Topic("Rules", "dominocli help rule ID explains one.", rows)


def _rule(wanted: str) -> Result:
    from dominocli.checks.registry import RULES

    rule = RULES.get(wanted)
    if rule is None:
        import difflib

        close = difflib.get_close_matches(wanted, RULES, n=3, cutoff=0.5)
        hint = "did you mean " + " or ".join(close) + "?" if close else "dominocli help rule lists them"
        raise errors.UsageError(reason=f"no rule {wanted!r}", hint=hint)
    data = {"topic": "rule", **rule._asdict()}

    def show(out: Output) -> None:
        out.line(f"{rule.severity}[{rule.id}]", str(rule.severity))
        out.line(rule.summary)
        out.line(rule.reason)

    return Result(data, show)
