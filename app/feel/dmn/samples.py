"""Values worth trying in a column: the bounds that its cells mention, and what lies between and beyond them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from app.feel.arithmetic import DECIMAL128, is_whole
from app.feel.compiler import compile_node
from app.feel.environment import start
from app.feel.kinds import kind
from app.feel.limits import Evaluation
from app.feel.nodes import (
    BuiltinName,
    ExpressionTest,
    Node,
    OperatorTest,
    RegisteredName,
    UnaryTests,
    Variable,
    children,
    names_read,
)
from app.feel.ranges import Range
from app.feel.temporal import DAY, SECOND, Date, DateTime, DaysDuration, MonthsDuration, Time, add_nanos

_WITHOUT_VALUE = (UnaryTests, OperatorTest, ExpressionTest, BuiltinName, Variable)
_OTHER_TEXT = "（其他）"


def is_constant(node: Node) -> bool:
    """Whether a node depends on nothing but the tested value `?`."""
    names: set[str] = set()
    names_read(node, names)
    return names <= {"?"} and not _calls_application(node)


def _calls_application(node: Node) -> bool:
    return isinstance(node, RegisteredName) or any(_calls_application(child) for child in children(node))


def constants_of(node: Node) -> list[Any]:
    """The single values that a constant node mentions: literals, bounds of ranges, results of constant calls."""
    names: set[str] = set()
    names_read(node, names)
    if not names and not isinstance(node, _WITHOUT_VALUE):
        return list(_scalars(compile_node(node)(start(Evaluation()))))
    found: list[Any] = []
    for child in children(node):
        found += constants_of(child)
    return found


def _scalars(value: Any) -> Iterable[Any]:
    if isinstance(value, Range):
        yield from _scalars(value.low)
        yield from _scalars(value.high)
    elif isinstance(value, list):
        for item in value:
            yield from _scalars(item)
    elif isinstance(value, (Decimal, str, bool, Date, Time, DateTime, DaysDuration, MonthsDuration)):
        yield value


def samples_between(constants: list[Any], declared: str | None) -> list[Any]:
    """Values of one kind that tell apart all tests made of these constants; empty where nothing restricts."""
    if declared == "boolean":
        return [True, False]
    if not constants:
        return []
    kind_of = next((type(one) for one in constants if kind(one) == declared), type(constants[0]))
    alike = [one for one in constants if type(one) is kind_of]
    if kind_of is bool:
        return [True, False]
    if kind_of is str:
        return [*dict.fromkeys(alike), _OTHER_TEXT]
    return _ordered_samples(alike, kind_of)


def _ordered_samples(constants: list[Any], kind_of: type) -> list[Any]:
    rank: Callable[[Any], Any] = (lambda one: one) if kind_of is Decimal else (lambda one: one.key())
    ordered: list[Any] = []
    for one in sorted(constants, key=rank):
        if not ordered or rank(one) != rank(ordered[-1]):
            ordered.append(one)
    samples: list[Any] = []
    for place, one in enumerate(ordered):
        samples += [_shifted(one, -1), one, _shifted(one, 1)]
        if place + 1 < len(ordered):
            samples += _middle(one, ordered[place + 1])
    return sorted({rank(one): one for one in samples if one is not None}.values(), key=rank)


def _middle(low: Any, high: Any) -> list[Any]:
    if isinstance(low, Decimal):
        middle = DECIMAL128.divide(DECIMAL128.add(low, high), Decimal(2))
        return [middle] if is_whole(middle) else [middle, middle.to_integral_value()]
    if isinstance(low, Date):
        return [Date.from_days((low.key() + high.key()) // 2)]
    return []


def _shifted(value: Any, direction: int) -> Any:
    """The neighbour of a value, or None beyond the calendar."""
    try:
        if isinstance(value, Decimal):
            return DECIMAL128.add(value, Decimal(direction))
        if isinstance(value, Date):
            return Date.from_days(value.key() + direction)
        if isinstance(value, DateTime):
            return add_nanos(value, direction * SECOND)
        if isinstance(value, Time):
            return Time((value.nanos + direction * SECOND) % DAY, value.offset, value.zone)
        if isinstance(value, DaysDuration):
            return DaysDuration(value.nanos + direction * SECOND)
        return MonthsDuration(value.months + direction)
    except ValueError:
        return None
