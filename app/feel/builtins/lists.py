"""Built-in functions on lists: membership, parts, order."""

from __future__ import annotations

import functools
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from app.feel.arithmetic import truncated
from app.feel.builtin_registry import Builtin, builtin
from app.feel.calling import invoke
from app.feel.limits import Evaluation
from app.feel.logic import compare, equal


@builtin("list contains", "list: list, element: Any", returns="boolean")
def _list_contains(run: Evaluation, items: list[Any], element: Any) -> bool:
    return any(equal(item, element, run) is True for item in items)


@builtin("count", "list: list", returns="number")
def _count(run: Evaluation, items: list[Any]) -> Decimal:
    return Decimal(len(items))


@builtin("sublist", "list: list, start position: number, length: ~number?", returns="list")
def _sublist(
    run: Evaluation, items: list[Any], start: Decimal, length: Decimal | None = None
) -> list[Any] | None:
    index = _index(items, start)
    if index is None:
        return None
    if length is None:
        return items[index:]
    size = truncated(length)
    return items[index : index + size] if 0 <= size <= len(items) - index else None


def _index(items: list[Any], position: Decimal) -> int | None:
    """The index of a position counted from 1, or from the end when negative."""
    place = truncated(position)
    if place == 0 or abs(place) > len(items):
        return None
    return place - 1 if place > 0 else len(items) + place


@builtin("append", "list: list, item: Any", variadic=True, returns="list")
def _append(run: Evaluation, *arguments: Any) -> list[Any] | None:
    if len(arguments) < 2:
        return None
    first = arguments[0]
    return (first if type(first) is list else [first]) + list(arguments[1:])


def _joined(run: Evaluation, lists: tuple[Any, ...]) -> list[Any] | None:
    if not lists or any(part is None for part in lists):
        return None
    run.check_items(sum(len(part) if type(part) is list else 1 for part in lists))
    result: list[Any] = []
    for part in lists:
        result.extend(part if type(part) is list else [part])
    return result


@builtin("concatenate", variadic=True, returns="list")
def _concatenate(run: Evaluation, *lists: Any) -> list[Any] | None:
    return _joined(run, lists)


@builtin("union", variadic=True, returns="list")
def _union(run: Evaluation, *lists: Any) -> list[Any] | None:
    joined = _joined(run, lists)
    return None if joined is None else _distinct(run, joined)


@builtin("distinct values", "list: list", returns="list")
def _distinct_values(run: Evaluation, items: list[Any]) -> list[Any]:
    return _distinct(run, items)


def _distinct(run: Evaluation, items: list[Any]) -> list[Any]:
    kept: list[Any] = []
    seen: set[tuple[type, Any]] = set()
    for item in items:
        if type(item) in (Decimal, str, bool):
            if (type(item), item) not in seen:
                seen.add((type(item), item))
                kept.append(item)
            continue
        run.tick(len(kept))
        if not any(equal(item, other, run) is True for other in kept):
            kept.append(item)
    return kept


@builtin("flatten", "list: list", returns="list")
def _flatten(run: Evaluation, items: list[Any]) -> list[Any]:
    result: list[Any] = []
    for item in items:
        run.tick()
        if type(item) is list:
            result.extend(_flatten(run, item))
        else:
            result.append(item)
    return result


@builtin("insert before", "list: list, position: number, newItem: Any", returns="list")
def _insert_before(run: Evaluation, items: list[Any], position: Decimal, item: Any) -> list[Any] | None:
    index = _index(items, position)
    return None if index is None else [*items[:index], item, *items[index:]]


@builtin("remove", "list: list, position: number", returns="list")
def _remove(run: Evaluation, items: list[Any], position: Decimal) -> list[Any] | None:
    index = _index(items, position)
    return None if index is None else items[:index] + items[index + 1 :]


@builtin("reverse", "list: list", returns="list")
def _reverse(run: Evaluation, items: list[Any]) -> list[Any]:
    return items[::-1]


@builtin("index of", "list: list, match: Any", returns="list<number>")
def _index_of(run: Evaluation, items: list[Any], match: Any) -> list[Decimal]:
    return [Decimal(place) for place, item in enumerate(items, 1) if equal(item, match, run) is True]


@builtin(
    "list replace",
    "list: list, position: number, newItem: Any",
    "list: list, match: function, newItem: Any",
    returns="list",
)
def _list_replace(run: Evaluation, items: list[Any], which: Any, new_item: Any) -> list[Any] | None:
    if type(which) is Decimal:
        index = _index(items, which)
        return None if index is None else [*items[:index], new_item, *items[index + 1 :]]
    result = []
    for item in items:
        matched = invoke(which, [item, new_item], None, run)
        if type(matched) is not bool:
            return None
        result.append(new_item if matched else item)
    return result


@builtin("sort", "list: list, precedes: function?", returns="list")
def _sort(run: Evaluation, items: list[Any], precedes: Any = None) -> list[Any] | None:
    if precedes is None:
        if any(compare("<=", item, items[0], run) is None for item in items):
            return None
        return sorted(items, key=functools.cmp_to_key(_natural_order(run)))
    if not isinstance(precedes, Builtin) and len(precedes.parameters) != 2:
        return None

    def order(left: Any, right: Any) -> int:
        if invoke(precedes, [left, right], None, run) is True:
            return -1
        return 1 if invoke(precedes, [right, left], None, run) is True else 0

    return sorted(items, key=functools.cmp_to_key(order))


def _natural_order(run: Evaluation) -> Callable[[Any, Any], int]:
    def order(left: Any, right: Any) -> int:
        run.tick()
        if compare("<", left, right, run):
            return -1
        return 1 if compare("<", right, left, run) else 0

    return order
