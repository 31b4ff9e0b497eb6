"""Regular expressions as XPath writes them, run by an engine with a time limit."""

from __future__ import annotations

import functools
import time
from collections.abc import Iterator
from typing import Any

import regex

from app.feel.builtins.xpath_patterns import translated
from app.feel.errors import FeelLimitExceeded
from app.feel.limits import Evaluation

_FLAGS = {"s": regex.S, "m": regex.M, "i": regex.I, "x": 0, "q": 0}
MAX_LENGTH = 2_000
MAX_SIZE = 10_000
_PARTS = regex.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|\{(\d+)(?:,(\d*))?\}|.", regex.S)


class Pattern:
    """A compiled pattern; each use spends the evaluation's time for regular expressions."""

    __slots__ = ("_compiled",)

    def __init__(self, compiled: Any) -> None:
        self._compiled = compiled

    def search(self, text: str, run: Evaluation) -> bool:
        """Whether the pattern occurs in the text."""
        return next(self.matches(text, run), None) is not None

    def matches(self, text: str, run: Evaluation) -> Iterator[Any]:
        """The matches one after the other. Raises FeelLimitExceeded when they take too long."""
        position, last_end = 0, -1
        while position <= len(text):
            match = self._timed_search(text, position, run)
            if match is None:
                return
            run.tick()
            if match.end() > match.start() or match.start() != last_end:
                yield match
            last_end = match.end()
            position = match.end() + (match.end() == match.start())

    def _timed_search(self, text: str, position: int, run: Evaluation) -> Any:
        left = run.regex_time_left()
        if left <= 0:
            raise FeelLimitExceeded("正则表达式运行过久，已停止")
        began = time.perf_counter()
        try:
            return self._compiled.search(text, position, timeout=left)
        except TimeoutError:
            raise FeelLimitExceeded("正则表达式运行过久，已停止") from None
        finally:
            run.regex_seconds += time.perf_counter() - began


@functools.lru_cache(512)
def compiled_pattern(pattern: str, flags: str) -> Pattern | None:
    """The pattern with the flags s, m, i, x, q of XPath; None when it is not a valid one.

    Raises FeelLimitExceeded for counted repetitions that multiply to a huge pattern.
    """
    if not set(flags) <= set(_FLAGS) or len(pattern) > MAX_LENGTH:
        return None
    options = regex.V0 if "q" in flags else regex.V1
    for flag in flags:
        options |= _FLAGS[flag]
    try:
        text = regex.escape(pattern) if "q" in flags else translated(pattern, flags)
        if _size(text) > MAX_SIZE:
            raise FeelLimitExceeded("正则表达式的重复次数过多")
        return Pattern(regex.compile(text, options))
    except (regex.error, ValueError, RecursionError):
        return None


def _size(pattern: str) -> int:
    """How many atoms a pattern has once its counted repetitions are written out: compiling needs memory for each."""
    totals, last = [0], 0
    for part in _PARTS.finditer(pattern):
        text = part.group()
        if part[1] is not None:
            times = max(int(part[1]), int(part[2] or 0), 1)
            totals[-1] += last * (times - 1)
            last *= times
        elif text == "(":
            totals.append(1)
        elif text == ")" and len(totals) > 1:
            last = totals.pop()
            totals[-1] += last
        elif text not in "*+?|^$":
            last = 1
            totals[-1] += 1
    return sum(totals)
