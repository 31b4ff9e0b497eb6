"""Filters, `for`, `some` and `every` as closures."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from app.feel.arithmetic import is_whole
from app.feel.environment import Environment, Evaluator
from app.feel.errors import FeelLimitExceeded
from app.feel.limits import Evaluation
from app.feel.logic import compare
from app.feel.ranges import Range
from app.feel.temporal import Date

Iterators = list[tuple[str, Evaluator]]


class _NullSource(Exception):
    """An iterator whose source is null: the whole iteration is null."""


def item_at(items: Any, position: Decimal) -> Any:
    """The item at a position counted from 1, or from the end when negative; null when there is none."""
    values = items if type(items) is list else [] if items is None else [items]
    if not is_whole(position) or abs(position) > len(values) or position == 0:
        return None
    index = int(position)
    return values[index - 1] if index > 0 else values[index]


def compile_filter(
    source: Evaluator, condition: Evaluator, may_be_index: bool, index: Any = None
) -> Evaluator:
    """`source[condition]`. `index` is the condition's value where it is a literal number."""
    if type(index) is Decimal:
        return lambda env: item_at(source(env), index)

    def select(env: Environment) -> Any:
        value = source(env)
        if value is None:
            return _filtered_null(condition, env)
        items = value if type(value) is list else [value]
        if may_be_index:
            found = condition(env)
            if type(found) is Decimal:
                return item_at(items, found)
        return _selected(items, condition, env)

    return select


def _selected(items: list[Any], condition: Evaluator, env: Environment) -> list[Any] | None:
    kept: list[Any] = []
    env.run.tick(len(items))
    undecided = False
    for item in items:
        result = condition(_item_environment(item, env))
        if result is True:
            kept.append(item)
        elif result is not False and result is not None:
            undecided = True
    if undecided:
        env.run.note("筛选条件的结果不是真或假")
        return None
    return kept


def _item_environment(item: Any, env: Environment) -> Environment:
    if type(item) is not dict:
        return env.with_value("item", item)
    inner = env.with_values(item)
    if "item" not in item:
        inner["item"] = item
    return inner


def _filtered_null(condition: Evaluator, env: Environment) -> Any:
    result = condition(env.with_value("item", None))
    if type(result) is Decimal:
        return None
    return [None] if result is True else []


def span_source(low: Evaluator, high: Evaluator) -> Evaluator:
    """`low..high` after `in`: counts down when high is the smaller."""
    return lambda env: _steps(low(env), high(env), env.run)


def _steps(
    start: Any, end: Any, run: Evaluation, low_closed: bool = True, high_closed: bool = True
) -> list[Any] | None:
    if type(start) is Decimal and type(end) is Decimal and is_whole(start) and is_whole(end):
        if abs(start - end) > run.limits.items:
            raise FeelLimitExceeded(f"循环超过 {run.limits.items} 次，已停止")
        first, last = int(start), int(end)
    elif type(start) is Date and type(end) is Date:
        first, last = start.key(), end.key()
    else:
        return None
    step = 1 if last >= first else -1
    first += 0 if low_closed else step
    last -= 0 if high_closed else step
    run.check_items(abs(last - first) + 1)
    make: Any = Decimal if type(start) is Decimal else Date.from_days
    return [make(number) for number in range(first, last + step, step)]


def _source_items(value: Any, run: Evaluation) -> list[Any] | None:
    if type(value) is Range:
        if compare("<=", value.low, value.high, run) is not True:
            return None
        return _steps(value.low, value.high, run, value.low_closed, value.high_closed)
    if type(value) is list:
        return value
    return None if value is None else [value]


def _environments(iterators: Iterators, env: Environment) -> Iterator[Environment]:
    """The environments of the cartesian product of the sources."""
    (name, source), rest = iterators[0], iterators[1:]
    items = _source_items(source(env), env.run)
    if items is None:
        raise _NullSource
    for item in items:
        env.run.tick()
        inner = env.with_value(name, item)
        if rest:
            yield from _environments(rest, inner)
        else:
            yield inner


def compile_for(iterators: Iterators, body: Evaluator, uses_partial: bool) -> Evaluator:
    """`for … return body`; where the body reads them, the results so far are `partial`."""

    def collect(env: Environment) -> list[Any] | None:
        results: list[Any] = []
        try:
            for inner in _environments(iterators, env):
                if uses_partial:
                    env.run.tick(len(results) // 16)
                    inner["partial"] = list(results)  # a copy, or a result could contain itself
                results.append(body(inner))
                if len(results) > env.run.limits.items:
                    raise FeelLimitExceeded(f"循环超过 {env.run.limits.items} 次，已停止")
        except _NullSource:
            return None
        return results

    return collect


def compile_quantified(quantifier: str, iterators: Iterators, body: Evaluator) -> Evaluator:
    """`some` / `every … satisfies body`: null when undecided, or when the body is no boolean."""
    deciding = quantifier == "some"

    def quantify(env: Environment) -> bool | None:
        result: bool | None = not deciding
        try:
            for inner in _environments(iterators, env):
                value = body(inner)
                if value is deciding:
                    return bool(deciding)
                if deciding and value is not False and value is not None:
                    env.run.note("some 的条件不是真或假")
                    return None
                if value is not (not deciding):
                    result = None
        except _NullSource:
            return None
        return result

    return quantify
