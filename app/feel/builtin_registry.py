"""The registry of built-in functions: signatures with overloads, checked and converted arguments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, DecimalException
from typing import Any

from app.feel.functions import FunctionValue
from app.feel.kinds import kind, label
from app.feel.limits import Evaluation
from app.feel.ranges import Range
from app.feel.temporal import Date, DateTime, DaysDuration, MonthsDuration, midnight_utc

_CLASSES: dict[str, type] = {
    "number": Decimal,
    "string": str,
    "boolean": bool,
    "list": list,
    "context": dict,
    "range": Range,
    "date": Date,
    "date and time": DateTime,
    "days and time duration": DaysDuration,
    "years and months duration": MonthsDuration,
}
_MISFIT = object()
Implementation = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class BuiltinParameter:
    """A parameter. `nullable`: null is passed through; `optional`: may be left out."""

    name: str
    type: str
    nullable: bool
    optional: bool


@dataclass(frozen=True, slots=True)
class Overload:
    """One signature of a built-in function."""

    parameters: tuple[BuiltinParameter, ...]
    required: int


class Builtin(FunctionValue):
    """A built-in function. `variadic`: any number of positional arguments, passed unchecked."""

    __slots__ = ("implementation", "overloads", "returns", "variadic")

    def __init__(
        self,
        name: str,
        overloads: tuple[Overload, ...],
        variadic: bool,
        returns: str,
        implementation: Implementation,
    ) -> None:
        first = overloads[0].parameters if overloads else ()
        super().__init__(name, [parameter.name for parameter in first], implementation)
        self.overloads, self.variadic, self.returns = overloads, variadic, returns
        self.implementation = implementation

    def invoke(self, run: Evaluation, *arguments: Any) -> Any:
        """Call by position; null where no signature fits or the function has no result."""
        if self.variadic:
            return self._result(run, arguments)
        for overload in self.overloads:
            if overload.required <= len(arguments) <= len(overload.parameters):
                fitted = [_fit(value, to) for value, to in zip(arguments, overload.parameters, strict=False)]
                if _MISFIT not in map(_marker, fitted):
                    return self._result(run, fitted)
        self._note_misfit(run, arguments)
        return None

    def call_named(self, run: Evaluation, arguments: Sequence[Any], names: Sequence[str]) -> Any:
        """Call by names; null where no signature has these names."""
        given = dict(zip(names, arguments, strict=True))
        for overload in self.overloads:
            known = [parameter.name for parameter in overload.parameters]
            if len(given) < len(names) or not set(given) <= set(known):
                continue
            if not set(known[: overload.required]) <= set(given):
                continue
            fitted = [
                _fit(given[parameter.name], parameter) if parameter.name in given else None
                for parameter in overload.parameters
            ]
            if _MISFIT not in map(_marker, fitted):
                return self._result(run, fitted)
        self._note_misfit(run, arguments)
        return None

    def _result(self, run: Evaluation, arguments: Sequence[Any]) -> Any:
        for argument in arguments:
            if type(argument) is list:
                run.tick(len(argument))
            elif type(argument) is str:
                run.tick(len(argument) // 100)
        try:
            result = self.implementation(run, *arguments)
        except (DecimalException, ValueError, OverflowError, ZeroDivisionError):
            result = None
        if result is None:
            self._note_null(run, arguments)
        elif type(result) is list:
            run.check_items(len(result))
        elif type(result) is str:
            run.check_characters(len(result))
        return result

    def _note_null(self, run: Evaluation, arguments: Sequence[Any]) -> None:
        if not any(argument is None for argument in arguments):
            run.note(f"函数 {self.name} 对这样的参数没有结果")

    def _note_misfit(self, run: Evaluation, arguments: Sequence[Any]) -> None:
        if any(argument is None for argument in arguments) and run.reason is not None:
            return
        kinds = "，".join(label(kind(argument)) for argument in arguments)
        run.note(f"函数 {self.name} 的参数不符（{kinds}）")


def _marker(value: Any) -> object:
    return _MISFIT if value is _MISFIT else None


def _fit(value: Any, parameter: BuiltinParameter) -> Any:
    """The argument as the parameter takes it, or _MISFIT."""
    wanted = parameter.type
    if wanted == "Any":
        return value
    if value is None:
        return None if parameter.nullable else _MISFIT
    if wanted == "function":
        return value if isinstance(value, FunctionValue) else _MISFIT
    if type(value) is _CLASSES[wanted]:
        return value
    if wanted == "list":
        return [value]
    if type(value) is list and len(value) == 1 and type(value[0]) is _CLASSES[wanted]:
        return value[0]
    if wanted == "date and time" and type(value) is Date:
        return midnight_utc(value)
    return _MISFIT


BUILTINS: dict[str, Builtin] = {}


def _overload(signature: str) -> Overload:
    parameters = []
    for part in filter(None, (piece.strip() for piece in signature.split(","))):
        name, _, declared = part.partition(":")
        declared = declared.strip()
        optional = declared.endswith("?")
        plain = declared.rstrip("?")
        parameters.append(BuiltinParameter(name.strip(), plain.lstrip("~"), plain.startswith("~"), optional))
    return Overload(tuple(parameters), sum(1 for parameter in parameters if not parameter.optional))


def builtin(
    name: str, *signatures: str, returns: str = "Any", variadic: bool = False
) -> Callable[[Implementation], Implementation]:
    """Register a function. A signature reads `name: type, …`; `~type` also takes null, `type?` may be left out."""

    def register(implementation: Implementation) -> Implementation:
        overloads = tuple(_overload(signature) for signature in signatures)
        BUILTINS[name] = Builtin(name, overloads, variadic, returns, implementation)
        return implementation

    return register
