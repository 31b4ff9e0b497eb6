"""Bounds of one evaluation. Nothing here is shared between evaluations, so threads cannot disturb each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.feel.errors import FeelLimitExceeded

if TYPE_CHECKING:
    from app.feel.functions import Function


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one evaluation may use before it is refused with FeelLimitExceeded.

    steps: iterations, calls and list items touched; items: length of one list; characters: length of one text;
    characters_total: text produced altogether; calls: depth of function calls; regex_seconds: time spent in
    regular expressions altogether.
    """

    steps: int = 1_000_000
    items: int = 200_000
    characters: int = 200_000
    characters_total: int = 20_000_000
    calls: int = 80
    regex_seconds: float = 0.5


DEFAULT_LIMITS = Limits()
MAX_TEXT = 20_000
MAX_NESTING = 60
NO_FUNCTIONS: Mapping[str, Function] = {}


class Evaluation:
    """The state of one evaluation: what it used of its limits, its registered functions, the reason of a null."""

    # Counters begin as attributes of the class: most evaluations touch none, and starting one must be cheap.
    steps = 0
    characters = 0
    depth = 0
    regex_seconds = 0.0
    reason: str | None = None

    def __init__(
        self, limits: Limits = DEFAULT_LIMITS, functions: Mapping[str, Function] = NO_FUNCTIONS
    ) -> None:
        self.limits = limits
        self.functions = functions

    def tick(self, count: int = 1) -> None:
        """Spend steps."""
        self.steps += count
        if self.steps > self.limits.steps:
            raise FeelLimitExceeded("表达式的计算步数过多，已停止")

    def check_items(self, count: int) -> None:
        """Refuse a list of that length, and spend as many steps as it is long."""
        if count > self.limits.items:
            raise FeelLimitExceeded(f"列表超过 {self.limits.items} 项，已停止")
        self.tick(count)

    def check_characters(self, count: int) -> None:
        """Refuse a text of that length before it is built."""
        self.characters += count
        if count > self.limits.characters or self.characters > self.limits.characters_total:
            raise FeelLimitExceeded(f"文字超过 {self.limits.characters} 个字符，已停止")

    def regex_time_left(self) -> float:
        """Seconds that regular expressions may still take."""
        return self.limits.regex_seconds - self.regex_seconds

    def note(self, reason: str) -> None:
        """Remember why a null arose. Called only where a null originates, so the last note names the cause."""
        self.reason = reason

    def enter_call(self) -> None:
        self.depth += 1
        if self.depth > self.limits.calls:
            raise FeelLimitExceeded(f"函数调用超过 {self.limits.calls} 层，已停止")
        self.tick()

    def leave_call(self) -> None:
        self.depth -= 1
