"""Ranges as values: `[1..5]`, `(> 3)`."""

from __future__ import annotations

from typing import Any


class Range:
    """An interval. `low` or `high` is None when open on that side.

    `operator` is None for `[a..b]`, the comparison for `(< a)`, and ".." for a range read from text with one end.
    """

    __slots__ = ("high", "high_closed", "low", "low_closed", "operator")

    def __init__(
        self, low: Any, high: Any, low_closed: bool, high_closed: bool, operator: str | None = None
    ) -> None:
        self.low, self.high = low, high
        self.low_closed, self.high_closed = low_closed, high_closed
        self.operator = operator

    def _identity(self) -> tuple[Any, ...]:
        return self.low, self.high, self.low_closed, self.high_closed, self.operator

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Range) and self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())

    def __repr__(self) -> str:
        opening, closing = "[" if self.low_closed else "(", "]" if self.high_closed else ")"
        return f"Range({opening}{self.low}..{self.high}{closing})"


def comparison_range(operator: str, value: Any) -> Range:
    """The range that `(operator value)` denotes."""
    if operator in ("<", "<="):
        return Range(None, value, False, operator == "<=", operator)
    if operator in (">", ">="):
        return Range(value, None, operator == ">=", False, operator)
    return Range(value, value, operator == "=", operator == "=", operator)
