"""Threads for other machines: who waits where, what is done at home, and what is raised."""

from __future__ import annotations

import threading
import time

import pytest

from dominocli.replication.side_by_side import SideBySide, all_at_once

WAIT = 30.0


def test_what_needs_our_replica_is_done_by_its_own_thread_one_at_a_time() -> None:
    together = SideBySide(3)
    home, inside, seen = threading.get_ident(), [0], []

    def at_home() -> int:
        inside[0] += 1
        assert inside[0] == 1
        time.sleep(0.001)
        inside[0] -= 1
        return threading.get_ident()

    def far() -> None:
        assert threading.get_ident() != home
        seen.extend(together.here(at_home) for _ in range(5))

    def near() -> None:
        assert threading.get_ident() == home
        seen.append(together.here(at_home))

    together.run([far] * 7, [near] * 2)
    assert seen == [home] * 37


def test_no_more_than_so_many_run_at_once_and_they_do_run_at_once() -> None:
    meeting = threading.Barrier(3)
    running, most, lock = [0], [0], threading.Lock()

    def action() -> None:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        meeting.wait(WAIT)
        with lock:
            running[0] -= 1

    SideBySide(3).run([action] * 9)
    assert most[0] == 3


def test_an_error_at_home_reaches_the_thread_that_asked() -> None:
    together = SideBySide()
    told: list[str] = []

    def fail() -> None:
        raise ValueError("no such document")

    def far() -> None:
        try:
            together.here(fail)
        except ValueError as error:
            told.append(str(error))

    together.run([far, far])
    assert told == ["no such document"] * 2


def test_an_error_nobody_expected_is_raised_after_the_others_ended() -> None:
    ended: list[int] = []

    def fail() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        SideBySide().run([fail, lambda: ended.append(1)], [lambda: ended.append(2)])
    assert sorted(ended) == [1, 2]


def test_results_come_in_the_order_of_the_items() -> None:
    first = threading.Event()

    def double(number: int) -> int:
        if number == 0:
            assert first.wait(WAIT)
        elif number == 4:
            first.set()
        return 2 * number

    assert all_at_once(double, range(5)) == [0, 2, 4, 6, 8]
    assert all_at_once(double, []) == []
