from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest

from dominocli import errors
from dominocli.wizard.asker import Back, ChoiceQuestion, ConfirmQuestion, Option, SeveralQuestion, TextQuestion
from dominocli.wizard.lines import LineAsker

FRUITS = tuple(Option(fruit, (fruit,)) for fruit in ("apple", "banana", "cherry"))
ROWS = tuple(Option(f"server{n}", (f"Server{n}/Acme", "no SMTP" if n % 2 else "")) for n in range(30))
TEXT = TextQuestion("Colour", "of the box", "About boxes.", "amber", lambda text: None if text != "red" else "not red")
CHOICE = ChoiceQuestion("Fruit", FRUITS, "banana", "to eat", "Fruits are sweet.")
TABLE = ChoiceQuestion("Server", ROWS, headings=("Name", "Lacks"))
SEVERAL = SeveralQuestion("Fruits", FRUITS, ("banana",), "to eat", "Fruits are sweet.")
CONFIRM = ConfirmQuestion("Replicate now?", True, "", "It takes a moment.")


class Asked:
    """A line asker fed with lines, and what it wrote."""

    def __init__(self, *lines: str) -> None:
        self.screen = io.StringIO()
        self._lines = io.StringIO("".join(line + "\n" for line in lines))
        self.asker = LineAsker(self._lines, self.screen)

    @property
    def shown(self) -> str:
        return self.screen.getvalue()

    @property
    def left(self) -> str:
        return self._lines.read()


ASKING: list[Callable[[LineAsker], Any]] = [
    lambda asker: asker.text(TEXT),
    lambda asker: asker.choose(CHOICE),
    lambda asker: asker.choose(TABLE),
    lambda asker: asker.choose_several(SEVERAL),
    lambda asker: asker.confirm(CONFIRM),
]


@pytest.mark.parametrize(
    ("lines", "answer"),
    [([""], "amber"), ([" blue "], "blue"), (['""'], ""), (["red", "green"], "green"), (["?", "x"], "x")],
)
def test_a_text_is_read_as_a_line(lines: list[str], answer: str) -> None:
    assert Asked(*lines).asker.text(TEXT) == answer


def test_a_text_question_shows_label_help_default_and_what_is_wrong() -> None:
    asked = Asked("red", "blue")
    asked.asker.text(TEXT)
    assert asked.shown == "Colour (of the box) [amber]: not red\nColour (of the box) [amber]: "


@pytest.mark.parametrize(
    ("lines", "answer"),
    [
        ([""], "banana"),
        (["3"], "cherry"),
        (["CHERRY"], "cherry"),
        (["0", "4", "plum", "1"], "apple"),
        (["an", "2"], "banana"),
        (["9999999999999999999999", "1"], "apple"),
    ],
)
def test_an_option_is_chosen_by_number_or_name(lines: list[str], answer: str) -> None:
    asked = Asked(*lines)
    assert asked.asker.choose(CHOICE) == answer
    assert asked.left == ""


def test_a_choice_without_a_default_offers_the_first_option() -> None:
    assert Asked("").asker.choose(ChoiceQuestion("Fruit", FRUITS)) == "apple"


def test_a_part_of_a_name_narrows_a_long_table_and_never_chooses() -> None:
    asked = Asked("r29", "30")
    assert asked.asker.choose(TABLE) == "server29"
    lines = asked.shown.splitlines()
    assert lines[1] == "    Name, Lacks"
    assert lines[3] == "  2. Server1/Acme, no SMTP"
    assert "     and 10 more; type a part of a name to see those" in lines
    assert " 30. Server29/Acme, no SMTP" in asked.shown


def test_nothing_matching_is_said() -> None:
    asked = Asked("plum", "")
    asked.asker.choose(CHOICE)
    assert "nothing matches plum" in asked.shown


@pytest.mark.parametrize(
    ("lines", "answer"),
    [
        ([""], ("banana",)),
        (["1, 3"], ("apple", "cherry")),
        (["3,1"], ("apple", "cherry")),
        (['""'], ()),
        (["4", "x", "2"], ("banana",)),
    ],
)
def test_several_options_are_chosen_by_numbers(lines: list[str], answer: tuple[str, ...]) -> None:
    assert Asked(*lines).asker.choose_several(SEVERAL) == answer


@pytest.mark.parametrize(
    ("lines", "answer"), [([""], True), (["n"], False), (["YES"], True), (["perhaps", "no"], False)]
)
def test_yes_and_no_are_read_as_words(lines: list[str], answer: bool) -> None:
    assert Asked(*lines).asker.confirm(CONFIRM) is answer


def test_the_default_of_no_is_no() -> None:
    assert Asked("").asker.confirm(ConfirmQuestion("Sure?", False)) is False


@pytest.mark.parametrize("ask", ASKING)
@pytest.mark.parametrize("key", ["<", "\x1b", "\x02"])
def test_back_is_one_key_and_enter(ask: Callable[[LineAsker], Any], key: str) -> None:
    with pytest.raises(Back):
        ask(Asked(key).asker)


@pytest.mark.parametrize("ask", ASKING)
def test_the_end_of_input_cancels(ask: Callable[[LineAsker], Any]) -> None:
    with pytest.raises(errors.Cancelled):
        ask(Asked().asker)


@pytest.mark.parametrize("ask", ASKING)
def test_an_interrupt_cancels(ask: Callable[[LineAsker], Any]) -> None:
    class Interrupted(io.StringIO):
        def readline(self, size: int = -1, /) -> str:  # type: ignore[override]
            raise KeyboardInterrupt

    with pytest.raises(errors.Cancelled):
        ask(LineAsker(Interrupted(), io.StringIO()))


@pytest.mark.parametrize(
    ("ask", "help"), list(zip(ASKING, ["boxes", "sweet", "no more", "sweet", "moment"], strict=True))
)
def test_a_question_mark_explains(ask: Callable[[LineAsker], Any], help: str) -> None:
    asked = Asked("?", "")
    ask(asked.asker)
    assert help in asked.shown


def test_what_an_arrow_key_types_is_no_way_back() -> None:
    asked = Asked("\x1b[A", "")
    assert asked.asker.choose(CHOICE) == "banana"
    assert "\x1b" not in asked.shown
