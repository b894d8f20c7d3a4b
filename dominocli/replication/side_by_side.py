"""Several machines at once: each waits on a thread of its own, so that one that hangs delays no other.

Our own replica is never shared: what a thread needs of it is done by the thread that opened it, one thing
at a time.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from typing import TypeVar

AT_ONCE = 8
"""So many machines are talked to at once (D)."""

Given = TypeVar("Given")
Got = TypeVar("Got")


class SideBySide:
    """Runs actions on threads; made, and run, by the thread that owns everything else."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._at_once = at_once
        self._home = threading.get_ident()
        self._wishes: SimpleQueue[Callable[[], None] | None] = SimpleQueue()

    def here(self, ask: Callable[[], Got]) -> Got:
        """Return what `ask` returns, called by the owning thread; raise what it raises."""
        if threading.get_ident() == self._home:
            return ask()
        from concurrent.futures import Future

        answer: Future[Got] = Future()

        def grant() -> None:
            try:
                answer.set_result(ask())
            except Exception as error:  # noqa: BLE001 - it belongs to whoever asked
                answer.set_exception(error)

        self._wishes.put(grant)
        return answer.result()

    def run(self, actions: Sequence[Callable[[], None]], meanwhile: Sequence[Callable[[], None]] = ()) -> None:
        """Run the actions on threads and the `meanwhile` ones on this one; return when all have ended.

        What an action raises is raised here. A thread that is waiting when this one is stopped (^C) is left
        behind: it cannot keep the program from ending.
        """
        waiting = deque(actions)
        failures: list[BaseException] = []
        running = 0

        def work(action: Callable[[], None]) -> None:
            try:
                action()
            except BaseException as error:  # noqa: BLE001 - raised again where everybody sees it
                failures.append(error)
            finally:
                self._wishes.put(None)

        aside = deque(meanwhile)
        while waiting or running or aside:
            while waiting and running < self._at_once:
                threading.Thread(target=work, args=(waiting.popleft(),), daemon=True).start()
                running += 1
            if aside:
                aside.popleft()()
                continue
            wish = self._wishes.get()
            if wish is None:
                running -= 1
            else:
                wish()
        if failures:
            raise failures[0]


def all_at_once(action: Callable[[Given], Got], items: Sequence[Given]) -> list[Got]:
    """Return what an action gives for each item, in order, the actions side by side; they share nothing."""
    got: dict[int, Got] = {}

    def one(position: int, item: Given) -> Callable[[], None]:
        def do() -> None:
            got[position] = action(item)

        return do

    SideBySide().run([one(position, item) for position, item in enumerate(items)])
    return [got[position] for position in range(len(items))]
