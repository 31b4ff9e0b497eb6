"""What an expression sees while it runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from app.feel.limits import Evaluation


class Environment(dict[str, Any]):
    """The variables at a place, and the evaluation they belong to."""

    __slots__ = ("run",)

    def __init__(self, run: Evaluation) -> None:
        self.run = run

    def copy(self) -> Environment:
        """The same variables in the same evaluation."""
        inner = Environment(self.run)
        inner.update(self)
        return inner

    def with_value(self, name: str, value: Any) -> Environment:
        """A copy that has one more variable."""
        inner = self.copy()
        inner[name] = value
        return inner

    def with_values(self, values: dict[str, Any]) -> Environment:
        """A copy that has more variables."""
        inner = self.copy()
        inner.update(values)
        return inner


Evaluator: TypeAlias = Callable[[Environment], Any]
Test: TypeAlias = Callable[[Any, Environment], Any]
