"""Built-in functions that reduce a list to a value: `sum(list)` or `sum(a, b, c)`."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from app.feel.arithmetic import DECIMAL128, add, divide
from app.feel.builtin_registry import builtin
from app.feel.limits import Evaluation
from app.feel.logic import compare
from app.feel.temporal import DaysDuration, MonthsDuration


def _items(arguments: Sequence[Any]) -> list[Any] | None:
    """The list that the arguments denote, or None without arguments or for a single null."""
    if not arguments or (len(arguments) == 1 and arguments[0] is None):
        return None
    if len(arguments) == 1 and type(arguments[0]) is list:
        return arguments[0]
    return list(arguments)


def _numbers(arguments: Sequence[Any]) -> list[Decimal] | None:
    items = _items(arguments)
    return items if items is not None and all(type(item) is Decimal for item in items) else None


def _extreme(operator: str, arguments: Sequence[Any], run: Evaluation) -> Any:
    items = _items(arguments)
    if not items or compare("<=", items[0], items[0], run) is None:
        return None
    best = items[0]
    for item in items[1:]:
        better = compare(operator, item, best, run)
        if better is None:
            return None
        if better:
            best = item
    return best


@builtin("min", "list: list", variadic=True)
def _min(run: Evaluation, *arguments: Any) -> Any:
    return _extreme("<", arguments, run)


@builtin("max", "list: list", variadic=True)
def _max(run: Evaluation, *arguments: Any) -> Any:
    return _extreme(">", arguments, run)


@builtin("sum", "list: list", variadic=True)
def _sum(run: Evaluation, *arguments: Any) -> Any:
    items = _items(arguments)
    if not items or type(items[0]) not in (Decimal, DaysDuration, MonthsDuration):
        return None
    total = items[0]
    for item in items[1:]:
        total = add(total, item, run) if type(item) is type(total) else None
        if total is None:
            return None
    return total


@builtin("mean", "list: list", variadic=True)
def _mean(run: Evaluation, *arguments: Any) -> Any:
    total = _sum(run, *arguments)
    items = _items(arguments)
    return divide(total, Decimal(len(items)), run) if items and total is not None else None


@builtin("product", "list: list", variadic=True, returns="number")
def _product(run: Evaluation, *arguments: Any) -> Decimal | None:
    numbers = _numbers(arguments)
    return functools.reduce(DECIMAL128.multiply, numbers) if numbers else None


@builtin("median", "list: list", variadic=True, returns="number")
def _median(run: Evaluation, *arguments: Any) -> Decimal | None:
    numbers = _numbers(arguments)
    if not numbers:
        return None
    ordered = sorted(numbers)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return DECIMAL128.divide(DECIMAL128.add(ordered[middle - 1], ordered[middle]), Decimal(2))


@builtin("stddev", "list: list", variadic=True, returns="number")
def _stddev(run: Evaluation, *arguments: Any) -> Decimal | None:
    numbers = _numbers(arguments)
    if not numbers or len(numbers) < 2:
        return None
    mean = DECIMAL128.divide(functools.reduce(DECIMAL128.add, numbers), Decimal(len(numbers)))
    squares = [DECIMAL128.power(DECIMAL128.subtract(number, mean), 2) for number in numbers]
    return DECIMAL128.sqrt(
        DECIMAL128.divide(functools.reduce(DECIMAL128.add, squares), Decimal(len(numbers) - 1))
    )


@builtin("mode", "list: list", variadic=True, returns="list<number>")
def _mode(run: Evaluation, *arguments: Any) -> list[Decimal] | None:
    numbers = _numbers(arguments)
    if numbers is None:
        return None
    counts: dict[Decimal, int] = {}
    for number in numbers:
        counts[number] = counts.get(number, 0) + 1
    highest = max(counts.values(), default=0)
    return sorted(number for number, count in counts.items() if count == highest)


def _quantified(deciding: bool, arguments: Sequence[Any]) -> bool | None:
    items = _items(arguments)
    if items is None:
        return None
    if any(item is deciding for item in items):
        return deciding
    return not deciding if all(item is (not deciding) for item in items) else None


@builtin("all", "list: list", variadic=True, returns="boolean")
def _all(run: Evaluation, *arguments: Any) -> bool | None:
    return _quantified(False, arguments)


@builtin("any", "list: list", variadic=True, returns="boolean")
def _any(run: Evaluation, *arguments: Any) -> bool | None:
    return _quantified(True, arguments)
