"""Asking on a real terminal: the only module that knows questionary, with its hazards mended (ux.md).

Everything is drawn on standard error. Esc and Ctrl-B go back, F1 explains, ^C and ^D stop. A text is
checked after Enter, outside the prompt: a check cannot hang it, and its message is as long as it is.
"""

from __future__ import annotations

import os
import sys
import textwrap
from typing import TYPE_CHECKING, Any, cast

from dominocli import errors
from dominocli.wizard.asker import Back, ChoiceQuestion, ConfirmQuestion, SeveralQuestion, TextQuestion
from dominocli.wizard.lines import LineAsker

if TYPE_CHECKING:
    from prompt_toolkit.application import Application
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
    from questionary import Question
    from questionary.prompts.common import InquirerControl

    from dominocli.wizard.asker import Asker

ESCAPE_SECONDS = 0.05
"""How long a lone Esc waits to be told from the first byte of an arrow key."""
POINTER_COLUMNS = 3
_PLAIN_TERMINALS = ("", "dumb", "unknown")


def can_ask() -> bool:
    """Tell whether somebody can be asked: standard input and standard error are terminals."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


def open_asker(*, color: bool = True) -> Asker:
    """Return who asks on this terminal: by lines where TERM names none or a dumb one."""
    if os.environ.get("TERM", "").lower() in _PLAIN_TERMINALS:
        return LineAsker()
    return TerminalAsker(color=color)


class TerminalAsker:
    """Asks with prompts and lists; raises `UsageError` where there is no terminal to ask on."""

    keys = "Esc or Ctrl-B goes back, F1 explains, ^C stops and writes nothing."

    def __init__(self, *, color: bool = True) -> None:
        if not can_ask():
            raise errors.UsageError(reason="questions need a terminal", hint="give the flags instead")
        self._color = color

    def text(self, question: TextQuestion) -> str:
        import questionary

        typed = question.default
        while True:
            prompt = questionary.text(_message(question), default=typed, **self._drawing())
            typed = str(_ask(prompt, question.long_help or question.help))
            problem = question.check(typed)
            if problem is None:
                return typed
            _write(problem)

    def choose(self, question: ChoiceQuestion) -> str:
        import questionary

        searches = bool(question.headings)
        heading, titles = _rows(question, _columns() - POINTER_COLUMNS)
        choices = [
            questionary.Choice(title, option.value) for title, option in zip(titles, question.options, strict=True)
        ]
        message = _message(question)
        prompt = questionary.select(
            message,
            choices,
            default=question.default or None,
            pointer=">",
            instruction=_after(message, "(type to search, arrows, Enter)" if searches else "(arrows, Enter)") + heading,
            use_search_filter=searches,
            use_jk_keys=False,
            **self._drawing(),
        )
        bindings = _select_bindings(prompt.application) if searches else None
        return str(_ask(prompt, question.long_help or question.help, bindings))

    def choose_several(self, question: SeveralQuestion) -> tuple[str, ...]:
        import questionary

        choices = [
            questionary.Choice(option.cells[0], option.value, checked=option.value in question.defaults)
            for option in question.options
        ]
        message = _message(question)
        prompt = questionary.checkbox(
            message,
            choices,
            pointer=">",
            instruction=_after(message, "(arrows, blank ticks, Enter)"),
            **self._drawing(),
        )
        return tuple(_ask(prompt, question.long_help or question.help))

    def confirm(self, question: ConfirmQuestion) -> bool:
        import questionary

        prompt = questionary.confirm(_message(question), default=question.default, **self._drawing())
        return bool(_ask(prompt, question.long_help or question.help))

    def _drawing(self) -> dict[str, Any]:
        """Return where and how prompts are drawn: values of several types, as questionary passes them on."""
        from prompt_toolkit.output import ColorDepth, create_output

        drawing: dict[str, Any] = {"output": create_output(sys.stderr)}
        if not self._color or os.environ.get("NO_COLOR"):
            drawing["color_depth"] = ColorDepth.DEPTH_1_BIT
        return drawing


def _ask(prompt: Question, help: str, bindings: KeyBindings | None = None) -> Any:
    """Return the answer of a prompt, of the prompt's own type; raise `Back`, `Cancelled`."""
    from prompt_toolkit.key_binding import merge_key_bindings

    application = prompt.application
    application.ttimeoutlen = ESCAPE_SECONDS
    own = [application.key_bindings] if application.key_bindings is not None else []
    own += [bindings] if bindings is not None else []
    application.key_bindings = merge_key_bindings([*own, _common_bindings(help)])
    try:
        return prompt.unsafe_ask()
    except (KeyboardInterrupt, EOFError):
        raise errors.Cancelled from None


def _common_bindings(help: str) -> KeyBindings:
    from prompt_toolkit.application import run_in_terminal
    from prompt_toolkit.key_binding import KeyBindings

    bindings = KeyBindings()

    @bindings.add("escape", eager=True)
    @bindings.add("c-b", eager=True)
    def _(event: KeyPressEvent) -> None:
        event.app.erase_when_done = True
        event.app.exit(exception=Back())

    @bindings.add("c-c", eager=True)
    @bindings.add("c-d", eager=True)
    def _(event: KeyPressEvent) -> None:
        event.app.exit(exception=errors.Cancelled())

    @bindings.add("f1", eager=True)
    def _(event: KeyPressEvent) -> None:
        run_in_terminal(lambda: _write(help or "There is no more to say about this."))

    return bindings


def _select_bindings(application: Application[Any]) -> KeyBindings:
    """Return the keys of a list that is searched: any letter, and Enter only on what was found."""
    from prompt_toolkit.application import run_in_terminal
    from prompt_toolkit.filters import to_filter
    from prompt_toolkit.key_binding import KeyBindings
    from prompt_toolkit.keys import Keys
    from questionary.prompts.common import InquirerControl

    window = next(w for w in application.layout.find_all_windows() if isinstance(w.content, InquirerControl))
    window.wrap_lines = to_filter(True)
    control = cast("InquirerControl", window.content)
    bindings = KeyBindings()

    def has_found() -> bool:
        return not control.search_filter or bool(control.filtered_choices and control.found_in_search)

    @bindings.add("enter", eager=True)
    def _(event: KeyPressEvent) -> None:
        # Without a match questionary shows, and would return, the first of all choices.
        if not has_found():
            run_in_terminal(lambda: _write(f"nothing matches {control.search_filter}; Backspace takes letters away"))
            return
        control.is_answered = True
        event.app.exit(result=control.get_pointed_at().value)

    @bindings.add(Keys.BracketedPaste, eager=True)
    @bindings.add(Keys.Any)
    def _(event: KeyPressEvent) -> None:
        # questionary searches for ASCII letters only.
        for character in event.data:
            if character.isprintable():
                control.add_search_character(cast("Keys", character))

    return bindings


def _message(question: TextQuestion | ChoiceQuestion | SeveralQuestion | ConfirmQuestion) -> str:
    """Return label and help, broken between words where they are longer than a line."""
    text = f"{question.label} ({question.help})" if question.help else question.label
    return "\n".join(_wrapped(text, _columns() - POINTER_COLUMNS))


def _after(message: str, text: str) -> str:
    """Return a text that goes on after a message, on a line of its own where the last one is too full."""
    used = POINTER_COLUMNS + len(message.rpartition("\n")[2])
    return text if used + len(text) < _columns() else "\n" + text


def _rows(question: ChoiceQuestion, columns: int) -> tuple[str, list[str]]:
    """Return the line of headings and the options as lines: aligned if that fits, else cell after cell."""
    count = max(len(option.cells) for option in question.options)
    table = [option.cells for option in question.options if len(option.cells) == count]
    if len(question.headings) == count:
        table.append(question.headings)
    widths = [max(len(cells[n]) for cells in table) for n in range(count)]
    if sum(widths) + 2 * count > columns:
        return "", [", ".join(cell for cell in option.cells if cell) for option in question.options]
    heading = "\n" + " " * POINTER_COLUMNS + _aligned(question.headings, widths)
    return heading if len(question.headings) == count else "", [
        _aligned(option.cells, widths) for option in question.options
    ]


def _aligned(cells: tuple[str, ...], widths: list[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=False)).rstrip()


def _columns() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or 80
    except OSError:
        return 80


def _write(text: str) -> None:
    sys.stderr.write("\n".join(_wrapped(text, _columns() - 1)) + "\n")
    sys.stderr.flush()


def _wrapped(text: str, columns: int) -> list[str]:
    return textwrap.wrap(text, max(20, columns), break_on_hyphens=False) or [""]
