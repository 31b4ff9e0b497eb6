"""Taking turns: one thread at a time, in the order in which they asked."""

from __future__ import annotations

import threading
from collections import deque


class Turns:
    """A lock that is fair and wakes the next at once; its holder may take it again.

    SQLite lets one writer in at a time and makes the others try again after ever longer pauses, whoever came first:
    of people who act in the same second some wait for seconds. Within one process there is a queue instead.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[tuple[int, threading.Lock]] = deque()
        self._holder: int | None = None
        self._depth = 0

    def take(self, timeout: float) -> bool:
        """Waits for one's turn; False if it did not come within `timeout` seconds."""
        me = threading.get_ident()
        with self._guard:
            if self._holder in (None, me):
                self._holder = me
                self._depth += 1
                return True
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append((me, turn))
        return turn.acquire(timeout=timeout) or not self._give_up(me, turn)

    def _give_up(self, me: int, turn: threading.Lock) -> bool:
        with self._guard:
            if (me, turn) in self._waiting:
                self._waiting.remove((me, turn))
                return True
            return False  # it came in the last moment

    def give(self) -> None:
        """Ends one's turn: the next has it from now on."""
        with self._guard:
            self._depth -= 1
            if self._depth:
                return
            self._holder = None
            if self._waiting:
                self._holder, turn = self._waiting.popleft()
                self._depth = 1
                turn.release()
