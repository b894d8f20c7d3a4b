"""A program on a pseudo terminal, with a screen to look at: keys in, text out, no luck.

`wait_for` returns as soon as a text stands on the screen; its time-out is only how long a failure takes.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import pexpect
import pyte

UP, DOWN, RIGHT, LEFT = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"
ESCAPE, ENTER, BACKSPACE, F1 = "\x1b", "\r", "\x7f", "\x1bOP"
CTRL_A, CTRL_B, CTRL_C, CTRL_D, CTRL_K, CTRL_U = "\x01", "\x02", "\x03", "\x04", "\x0b", "\x15"
CLEAR = CTRL_A + CTRL_K
TIMEOUT_SECONDS = 60.0
PROMPT_OPENS = "\x1b[?2004h"
"""What every prompt sends as it appears: bracketed paste on."""


def _heed_interrupts() -> None:
    """Let ^C stop the program on the terminal: what a shell runs in the background ignores it, and passes that on."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class TerminalSession:
    """One program on a terminal of `columns` x `rows`; `raw` is everything it wrote there."""

    def __init__(
        self,
        argv: Sequence[str],
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        columns: int = 100,
        rows: int = 60,
    ) -> None:
        environment = {
            key: value
            for key, value in os.environ.items()
            if key not in ("NO_COLOR", "CI", "COLUMNS", "LINES") and not key.startswith("PROMPT_TOOLKIT_")
        }
        environment["TERM"] = "xterm-256color"
        self.raw = ""
        self._screen = pyte.HistoryScreen(columns, rows, history=10_000, ratio=0.5)
        self._stream = pyte.Stream(self._screen)
        self._child: pexpect.spawn[str] = pexpect.spawn(
            argv[0],
            list(argv[1:]),
            cwd=None if cwd is None else str(cwd),
            env=environment | dict(env or {}),
            dimensions=(rows, columns),
            encoding="utf-8",
            codec_errors="replace",
            timeout=TIMEOUT_SECONDS,
            preexec_fn=_heed_interrupts,
        )
        self._child.delaybeforesend = None
        self._child.ptyproc.delayafterclose = 0.0
        # A program asks where the cursor is; a terminal answers.
        self._screen.write_process_input = self._answer  # type: ignore[method-assign]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._child.close(force=True)

    def _answer(self, data: str) -> None:
        self._child.send(data)

    def send(self, *keys: str) -> None:
        """Type these keys at once."""
        self._prompts_answered = self.raw.count(PROMPT_OPENS)
        self._sent_at = len(self.raw)
        self._child.send("".join(keys))

    def wait_for_question(self, label: str, *, timeout: float = TIMEOUT_SECONDS) -> None:
        """Wait until a prompt that was not there at the last `send` is open and its message begins with a label."""
        wanted = "".join(label.split())
        self._wait(
            lambda: self.raw.count(PROMPT_OPENS) > self._prompts_answered and self.question.startswith(wanted),
            f"the question {label!r}",
            timeout,
        )

    def wait_for_prompt(self, label: str, *, timeout: float = TIMEOUT_SECONDS) -> None:
        """Wait until a line-by-line program, since the last `send`, has written a label and a prompt for a line."""
        self._wait(lambda: self._prompts_for(label), f"the prompt of {label!r}", timeout)

    def _prompts_for(self, label: str) -> bool:
        _, found, rest = self.raw[self._sent_at :].partition(label)
        return bool(found) and (found + rest).endswith(("]: ", "): "))

    @property
    def question(self) -> str:
        """Return the last question on the screen and what stands below it, without any blanks."""
        return "".join(("\n" + self.screen).rpartition("\n? ")[2].split())

    @property
    def screen(self) -> str:
        """Return what the screen shows now, lines without the blanks at their ends."""
        return "\n".join(line.rstrip() for line in self._screen.display).rstrip()

    @property
    def lines(self) -> list[str]:
        """Return the lines of the screen."""
        return self.screen.split("\n")

    def wait_for(self, text: str, *, times: int = 1, timeout: float = TIMEOUT_SECONDS) -> None:
        """Wait until a text stands on the screen so many times, wherever lines were broken."""
        wanted = "".join(text.split())
        self._wait(lambda: "".join(self.screen.split()).count(wanted) >= times, f"{text!r} {times} times", timeout)

    def wait_for_last(self, text: str, *, timeout: float = TIMEOUT_SECONDS) -> None:
        """Wait until the last line that is not blank holds a text."""
        self._wait(lambda: text in self.lines[-1], f"{text!r} in the last line", timeout)

    def wait_for_end(self, *, timeout: float = TIMEOUT_SECONDS) -> int:
        """Wait until the program ends and return its exit code, negative for a signal."""
        self._wait(lambda: self._ended, "the end of the program", timeout)
        self._child.wait()
        code = self._child.exitstatus
        return -(self._child.signalstatus or 0) if code is None else int(code)

    _ended = False
    _prompts_answered = 0
    _sent_at = 0

    def _wait(self, is_reached: object, what: str, timeout: float) -> None:
        assert callable(is_reached)
        deadline = time.monotonic() + timeout
        while not is_reached():
            left = deadline - time.monotonic()
            assert left > 0 and not self._ended, f"waited for {what}; the screen shows:\n{self.screen}"
            try:
                data = self._child.read_nonblocking(65536, timeout=min(left, 1.0))
            except pexpect.TIMEOUT:
                continue
            except pexpect.EOF:
                self._ended = True
                continue
            self.raw += data
            self._stream.feed(data)
