"""Threads take turns in the order in which they asked."""

from __future__ import annotations

import threading
import time

from app.core.turns import Turns


def _asks(turns: Turns, told: list[int], number: int, timeout: float = 10.0) -> threading.Thread:
    def act() -> None:
        if turns.take(timeout):
            told.append(number)
            turns.give()

    thread = threading.Thread(target=act)
    before = len(turns._waiting)
    thread.start()
    ends = time.monotonic() + 10
    while len(turns._waiting) == before and thread.is_alive() and time.monotonic() < ends:
        time.sleep(0.001)
    return thread


def test_who_asked_first_comes_first() -> None:
    turns, told = Turns(), list[int]()
    assert turns.take(1)
    threads = [_asks(turns, told, number) for number in range(5)]
    assert told == []
    turns.give()
    for thread in threads:
        thread.join(10)
    assert told == list(range(5))


def test_who_has_it_may_take_it_again_and_gives_it_as_often() -> None:
    turns, told = Turns(), list[int]()
    assert turns.take(1)
    assert turns.take(1)
    thread = _asks(turns, told, 1)
    turns.give()
    assert told == []
    turns.give()
    thread.join(10)
    assert told == [1]


def test_who_waits_too_long_goes_without_and_holds_up_nobody() -> None:
    turns, told = Turns(), list[int]()
    assert turns.take(1)
    _asks(turns, told, 1, timeout=0.01).join(10)
    turns.give()
    assert told == []
    assert turns.take(0.01)
    turns.give()
