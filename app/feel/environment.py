"""What an expression sees while it runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from app.feel.limits import Evaluation


class Environment(dict[str, Any]):
    """The variables at a place, and the evaluation they belong to (set by whoever makes one: see `start`)."""

    __slots__ = ("run",)

    run: Evaluation

    def copy(self) -> Environment:
        """The same variables in the same evaluation."""
        inner = Environment(self)
        inner.run = self.run
        return inner

    def with_value(self, name: str, value: Any) -> Environment:
        """A copy that has one more variable."""
        inner = Environment(self)
        inner.run = self.run
        inner[name] = value
        return inner

    def with_values(self, values: dict[str, Any]) -> Environment:
        """A copy that has more variables."""
        inner = Environment(self)
        inner.run = self.run
        inner.update(values)
        return inner


def start(run: Evaluation) -> Environment:
    """An empty environment of an evaluation."""
    env = Environment()
    env.run = run
    return env


Evaluator: TypeAlias = Callable[[Environment], Any]
Test: TypeAlias = Callable[[Any, Environment], Any]
