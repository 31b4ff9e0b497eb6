"""Calls of functions: literals, built-in and registered ones, by position and by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.feel.builtin_registry import Builtin
from app.feel.conversion import declared_type, to_feel, to_python
from app.feel.errors import FeelError
from app.feel.functions import Function, FunctionValue
from app.feel.kinds import coerce, kind, label
from app.feel.limits import Evaluation


class RegisteredValue(FunctionValue):
    """A registered function as a value."""

    __slots__ = ("function",)

    def __init__(self, function: Function) -> None:
        super().__init__(function.name, [parameter.name for parameter in function.parameters], function.call)
        self.function = function


def invoke(function: Any, arguments: Sequence[Any], names: Sequence[str] | None, run: Evaluation) -> Any:
    """Call a function value; null where it is none, or the arguments do not fit."""
    if isinstance(function, Builtin):
        return function.call_named(run, arguments, names) if names else function.invoke(run, *arguments)
    if isinstance(function, RegisteredValue):
        return call_registered(function.function, arguments, names, run)
    if not isinstance(function, FunctionValue):
        if run.reason is None:
            run.note("被调用的不是函数")
        return None
    ordered = _ordered(function, arguments, names)
    if ordered is None:
        run.note(f"函数 {function.name} 的参数不符")
        return None
    typed = _typed(function, ordered)
    if typed is None:
        run.note(f"函数 {function.name} 的参数类型不符")
        return None
    run.enter_call()
    try:
        result = function.call(*typed)
    finally:
        run.leave_call()
    return result if function.result is None else coerce(result, function.result)


def _ordered(
    function: FunctionValue, arguments: Sequence[Any], names: Sequence[str] | None
) -> list[Any] | None:
    if len(arguments) != len(function.parameters):
        return None
    if names is None:
        return list(arguments)
    if set(names) != set(function.parameters):
        return None
    given = dict(zip(names, arguments, strict=True))
    return [given[name] for name in function.parameters]


def _typed(function: FunctionValue, arguments: list[Any]) -> list[Any] | None:
    typed = []
    for argument, declared in zip(arguments, function.types, strict=True):
        value = coerce(argument, declared)
        if value is None and argument is not None:
            return None
        typed.append(value)
    return typed


def call_registered(
    function: Function, arguments: Sequence[Any], names: Sequence[str] | None, run: Evaluation
) -> Any:
    """Call a function of the application with Python values. Its own FeelError passes; other errors become one."""
    given = _given(function, arguments, names)
    converted: list[Any] = []
    for parameter in function.parameters:
        if parameter.name not in given:
            converted.append(None)
            continue
        value = coerce(given[parameter.name], declared_type(parameter.type))
        if value is None:
            _note_argument(function.name, parameter.name, parameter.type, given[parameter.name], run)
            return None
        converted.append(to_python(value))
    run.enter_call()
    try:
        return to_feel(function.call(*converted), function.result)
    except FeelError:
        raise
    except Exception as error:  # whatever the application's function meets must name the function
        raise FeelError(f"函数 {function.name} 出错：{error}") from error
    finally:
        run.leave_call()


def _given(function: Function, arguments: Sequence[Any], names: Sequence[str] | None) -> dict[str, Any]:
    known = [parameter.name for parameter in function.parameters]
    given = dict(zip(names or known, arguments, strict=False))
    missing = [parameter.name for parameter in function.parameters if not parameter.optional]
    if len(arguments) > len(known) or any(name not in known for name in given) or set(missing) - set(given):
        raise FeelError(f"函数 {function.name} 的参数应为（{'，'.join(known)}）")
    return given


def _note_argument(function: str, parameter: str, declared: str, value: Any, run: Evaluation) -> None:
    if value is not None:
        run.note(f"函数 {function} 的参数 {parameter} 应为{label(declared)}，得到{label(kind(value))}")
    elif run.reason is None:
        run.note(f"函数 {function} 的参数 {parameter} 为空")
