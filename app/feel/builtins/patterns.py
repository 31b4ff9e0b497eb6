"""Regular expressions as XPath writes them, run by an engine with a time limit."""

from __future__ import annotations

import functools
import time
from collections.abc import Iterator
from typing import Any

import regex

from app.feel.errors import FeelLimitExceeded
from app.feel.limits import Evaluation

_FLAGS = {"s": regex.S, "m": regex.M, "i": regex.I, "x": 0, "q": 0}
_INITIAL_NAME = r"[_:\p{L}]"
_NAME_CHARACTER = r"[-._:\p{L}\p{N}\p{M}\u00B7]"
_BLOCK = regex.compile(r"\\([pP])\{Is([\w-]+)\}")  # XPath's `Is` names a block, here that is `In`
_NAME_CLASSES = {
    "i": _INITIAL_NAME, "I": r"[^_:\p{L}]", "c": _NAME_CHARACTER, "C": r"[^-._:\p{L}\p{N}\p{M}\u00B7]",
}  # fmt: skip


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
    """The pattern with the flags s, m, i, x, q of XPath; None when it is not a valid one."""
    if not set(flags) <= set(_FLAGS) or len(pattern) > 2_000:
        return None
    options = regex.V1 if "q" not in flags else regex.V0
    for flag in flags:
        options |= _FLAGS[flag]
    try:
        text = regex.escape(pattern) if "q" in flags else _python_pattern(pattern, flags)
        return Pattern(regex.compile(text, options))
    except (regex.error, ValueError, RecursionError):
        return None


def _python_pattern(pattern: str, flags: str) -> str:
    """Translate: `.` excludes CR too, `$` is the very end, class subtraction, name classes. ValueError if invalid."""
    if regex.search(r"\(\?[^:]", pattern):
        raise ValueError("extension syntax")
    return "".join(_translated(_without_space(pattern) if "x" in flags else pattern, flags))


def _without_space(pattern: str) -> str:
    return str(regex.sub(r"(\[[^\]]*\])|\s+", lambda match: match[1] or "", pattern))


def _translated(pattern: str, flags: str) -> Iterator[str]:
    index, depth = 0, 0
    while index < len(pattern):
        character = pattern[index]
        if character == "\\":
            block = _BLOCK.match(pattern, index)
            yield f"\\{block[1]}{{In{block[2]}}}" if block else _escape(pattern[index + 1 : index + 2], depth)
            index = block.end() if block else index + 2
            continue
        if character == "[":
            yield "--[" if depth and pattern[index - 1] == "-" else "["
            depth += 1
        elif character == "]" and depth:
            depth -= 1
            yield character
        elif depth:
            yield _in_class(pattern, index)
        else:
            yield _outside(character, flags)
        index += 1


def _escape(letter: str, depth: int) -> str:
    if letter in _NAME_CLASSES and letter:
        return _NAME_CLASSES[letter]
    if depth and letter.isdigit():
        raise ValueError("back-reference in a class")
    return "\\" + letter


def _in_class(pattern: str, index: int) -> str:
    """A character inside a class; the doubled signs that mean set operations here are plain in XPath."""
    character = pattern[index]
    if character == "-" and pattern[index + 1 : index + 2] == "[":
        return ""
    return "\\" + character if character in "&|~" else character


def _outside(character: str, flags: str) -> str:
    if character == "." and "s" not in flags:
        return r"[^\n\r]"
    if character == "$" and "m" not in flags:
        return r"\Z"
    return character
