"""Flags: the ones every command takes, and those derived from the fields of a form."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from typing import Annotated, Any

import typer

from dominocli.cli.result import Result
from dominocli.cli.session import Flags, Session
from dominocli.documents.document import Document
from dominocli.documents.field import Field

COLORS = ("auto", "always", "never")


def _color(value: str) -> str:
    if value not in COLORS:
        raise typer.BadParameter(f"{value!r} is none of " + ", ".join(COLORS))
    return value


def _flag(*names: str, help: str) -> Any:
    return Annotated[bool, typer.Option(*names, help=help, show_default=False)]


COMMON: dict[str, tuple[Any, object]] = {
    "json": (_flag("--json", help="Write one JSON envelope."), False),
    "dry_run": (_flag("--dry-run", help="Show what would be done, change nothing."), False),
    "no_input": (_flag("--no-input", help="Never ask."), False),
    "yes": (_flag("--yes", "-y", help="Take every confirmation as given."), False),
    "quiet": (_flag("--quiet", "-q", help="Write only data and errors."), False),
    "verbose": (_flag("--verbose", "-v", help="Write more."), False),
    "debug": (_flag("--debug", help="Show the traceback of a bug."), False),
    "directory": (
        Annotated[str, typer.Option("--directory", metavar="DIR", help="Where the directory is.", show_default=False)],
        "",
    ),
    "color": (
        Annotated[str, typer.Option("--color", metavar="WHEN", callback=_color, help="auto, always or never.")],
        "auto",
    ),
    "detailed_exitcode": (_flag("--detailed-exitcode", help="Exit 4 where changes are pending."), False),
}


REFRESH = Annotated[bool, typer.Option("--refresh", help="Ask other machines for their routing tables first.")]


def command(words: str, run: Callable[..., Result], *, extra: dict[str, tuple[Any, object]] | None = None) -> Any:
    """Return the typer command of `run(session, ...)`: its own parameters, `extra` ones, the common flags.

    `extra` parameters arrive in `run` as one dict named `fields`, holding only those given.
    """
    own = [p for p in inspect.signature(run, eval_str=True).parameters.values() if p.name not in ("session", "fields")]
    derived = [_parameter(name, *about) for name, about in (extra or {}).items()]
    common = [_parameter(name, *about) for name, about in COMMON.items()]

    @functools.wraps(run)
    def invoke(**given: Any) -> None:
        session = Session(words, Flags(**{name: given.pop(name) for name in COMMON}))
        if extra is not None:
            given["fields"] = {n: v for n in extra if (v := given.pop(n)) is not None}
        try:
            result = run(session, **given)
        finally:
            session.out.end_progress()
        session.out.result(words, result, as_json=session.flags.json)
        raise typer.Exit(int(result.exit_code))

    parameters = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in (*own, *derived, *common)]
    invoke.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    invoke.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    application = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    application.command(
        name=words.rpartition(" ")[2],
        help=(run.__doc__ or "").strip(),
        context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 100},
    )(invoke)
    return typer.main.get_command(application)


def _parameter(name: str, annotation: Any, default: object) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def field_flags(form: type[Document]) -> dict[str, tuple[Any, object]]:
    """Return the flags of a form's fields; None tells that one was not given."""
    return {key: (Annotated[kind(field), _option(field)], None) for key, field in form.fields.items()}


def kind(field: Field[Any]) -> Any:
    """Return the type of a field's flag: text, or a list of texts where it repeats."""
    return list[str] | None if field.repeats else str | None


def _option(field: Field[Any]) -> Any:
    names = ["--port", "--ports"] if field.fills_tab else [field.flag]
    keywords = ", ".join(keyword.short or keyword.value for keyword in field.keywords if not keyword.legacy)
    about = f"{field.help} ({keywords})" if keywords else field.help
    metavar = "TEXT" if not isinstance(getattr(field, "minimum", None), int) else "N"
    return typer.Option(*names, help=f"{field.tab.label}: {about}.", metavar=metavar, show_default=False)


def parse_fields(form: type[Document], given: dict[str, Any]) -> dict[str, Any]:
    """Return the values of the flags given; raise all `InvalidValue`s together as `SeveralErrors`."""
    from dominocli import errors
    from dominocli.documents.field import InvalidValue

    values: dict[str, Any] = {}
    failures: list[errors.DominoError] = []
    for key, text in given.items():
        field = form.fields[key]
        try:
            values[key] = field.parse_all(text) if field.repeats else field.parse(text)
        except InvalidValue as error:
            failures.append(errors.DocumentProblem(error.rule, str(error), error.hint, key=key))
    raise_all(failures)
    return values


def raise_all(failures: Iterable[Any]) -> None:
    """Raise the failures: the one, or several together; none raises nothing."""
    from dominocli import errors

    collected = list(failures)
    if len(collected) == 1:
        raise collected[0]
    if collected:
        raise errors.SeveralErrors(collected)
