"""Functions: those an application registers, and function values inside an expression."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.feel.kinds import FeelType


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a registered function: FEEL name, FEEL type, and whether it may be left out."""

    name: str
    type: str = "Any"
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """A function that the application offers to expressions.

    `call` receives Python values by position (Decimal, str, bool, date, time, datetime, timedelta, list, dict;
    None for an optional argument left out; a years-and-months duration stays a MonthsDuration) and returns
    such a value or plain JSON of the type `result`. An argument that is null or of another type makes the result
    null without a call. `help` is a Chinese line for the editor. Two functions are the same to the compiler when
    all but `call` agrees, so `call` may close over the clock of the step.
    """

    name: str
    parameters: tuple[Parameter, ...]
    result: str
    help: str
    call: Callable[..., Any] = field(compare=False)

    def required(self) -> int:
        """How many arguments must be given."""
        return sum(1 for parameter in self.parameters if not parameter.optional)


class FunctionValue:
    """A function as a FEEL value: written in an expression, or made from a decision model."""

    __slots__ = ("call", "name", "parameters", "result", "types")

    def __init__(
        self,
        name: str,
        parameters: Sequence[str],
        call: Callable[..., Any],
        types: Sequence[FeelType | None] | None = None,
        result: FeelType | None = None,
    ) -> None:
        self.name = name
        self.parameters = list(parameters)
        self.call = call
        self.types = list(types) if types is not None else [None] * len(self.parameters)
        self.result = result
