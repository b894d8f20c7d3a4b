"""Asking line by line, for terminals that can do no more (TERM=dumb), and for screen readers."""

from __future__ import annotations

import sys
from typing import TextIO

from dominocli import errors
from dominocli.wizard.asker import (
    Back,
    ChoiceQuestion,
    ConfirmQuestion,
    Option,
    SeveralQuestion,
    TextQuestion,
    printable,
)

ROWS_AT_ONCE = 20
_GO_BACK = ("<", "\x1b", "\x02")
_EXPLAIN = "?"
_CLEAR = '""'


class LineAsker:
    """Asks on one stream and reads whole lines from another; options are chosen by number."""

    keys = 'Enter takes the value in brackets, "" clears it, < goes back, ? explains, ^C stops and writes nothing.'

    def __init__(self, lines: TextIO | None = None, screen: TextIO | None = None) -> None:
        self._lines = sys.stdin if lines is None else lines
        self._screen = sys.stderr if screen is None else screen

    def text(self, question: TextQuestion) -> str:
        shown = f" [{question.default}]" if question.default else ""
        while True:
            text = self._read(f"{_title(question.label, question.help)}{shown}: ", question.long_help or question.help)
            answer = question.default if text == "" else "" if text == _CLEAR else text
            problem = question.check(answer)
            if problem is None:
                return answer
            self._say(problem)

    def choose(self, question: ChoiceQuestion) -> str:
        options = question.options
        self._say(_title(question.label, question.help))
        if question.headings:
            self._say("    " + ", ".join(question.headings))
        self._list(options, range(len(options)))
        values = [option.value for option in options]
        default = values.index(question.default) if question.default in values else 0
        while True:
            text = self._read(f"Number [{default + 1}]: ", question.long_help or question.help)
            if text == "":
                return values[default]
            if (number := _number(text, len(options))) is not None:
                return values[number]
            exact = [option for option in options if option.cells[0].casefold() == text.casefold()]
            if len(exact) == 1:
                return exact[0].value
            wanted = text.casefold()
            found = [n for n, option in enumerate(options) if wanted in " ".join(option.cells).casefold()]
            if found:
                self._list(options, found)
            else:
                self._say(
                    f"nothing matches {printable(text)}; type a number from 1 to {len(options)}, or a part of a name"
                )

    def choose_several(self, question: SeveralQuestion) -> tuple[str, ...]:
        options = question.options
        self._say(_title(question.label, question.help))
        self._list(options, range(len(options)))
        defaults = ",".join(str(n) for n, option in enumerate(options, 1) if option.value in question.defaults)
        while True:
            prompt = f"Numbers, with commas between [{defaults}]: "
            text = self._read(prompt, question.long_help or question.help)
            if text == "":
                text = defaults
            chosen = [] if text in ("", _CLEAR) else [_number(part, len(options)) for part in text.split(",")]
            if None not in chosen:
                return tuple(option.value for n, option in enumerate(options) if n in chosen)
            self._say(f'type numbers from 1 to {len(options)} with commas between, or "" for none')

    def confirm(self, question: ConfirmQuestion) -> bool:
        while True:
            default = "yes" if question.default else "no"
            prompt = f"{_title(question.label, question.help)} yes or no [{default}]: "
            answer = self._read(prompt, question.long_help or question.help).casefold() or default
            if answer in ("y", "yes"):
                return True
            if answer in ("n", "no"):
                return False
            self._say("type yes or no")

    def _read(self, prompt: str, help: str) -> str:
        """Return a line without the blanks around it; raise `Back`, `Cancelled`."""
        while True:
            try:
                self._screen.write(prompt)
                self._screen.flush()
                line = self._lines.readline()
            except KeyboardInterrupt:
                line = ""
            if not line:
                self._say("")
                raise errors.Cancelled
            text = line.strip(" \t\r\n")
            if text in _GO_BACK:
                raise Back
            if text != _EXPLAIN:
                return text
            self._say(help or "There is no more to say about this.")

    def _say(self, text: str) -> None:
        self._screen.write(text + "\n")
        self._screen.flush()

    def _list(self, options: tuple[Option, ...], numbers: range | list[int]) -> None:
        for number in numbers[:ROWS_AT_ONCE]:
            self._say(f"{number + 1:3}. " + ", ".join(cell for cell in options[number].cells if cell))
        if len(numbers) > ROWS_AT_ONCE:
            self._say(f"     and {len(numbers) - ROWS_AT_ONCE} more; type a part of a name to see those")


def _title(label: str, help: str) -> str:
    return f"{label} ({help})" if help else label


def _number(text: str, count: int) -> int | None:
    text = text.strip()
    if text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= count:
        return int(text) - 1
    return None
