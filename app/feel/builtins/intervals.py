"""Built-in functions on ranges and points (Allen's relations), and `range` from text."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from app.feel.builtin_registry import BUILTINS, builtin
from app.feel.errors import FeelError
from app.feel.lexer import NameScope
from app.feel.limits import Evaluation
from app.feel.logic import compare, conjunction, contains, disjunction, equal
from app.feel.nodes import BuiltinName, Call, Literal, Node
from app.feel.parser import Parser
from app.feel.ranges import Range

_POINTS = "point1: Any, point2: Any"
_POINT_RANGE = "point: Any, range: Any"
_RANGE_POINT = "range: Any, point: Any"
_RANGES = "range1: Any, range2: Any"
_TEXT = re.compile(r"\s*([\[(\]])(.*)\.\.(.*)([\])\[])\s*", re.S)
_CONSTRUCTORS = ("date", "time", "date and time", "duration")
_NO_END = object()
Relation = Callable[[Any, Any, Evaluation], "bool | None"]


def _relation(name: str, *signatures: str) -> Callable[[Relation], Relation]:
    def register(relation: Relation) -> Relation:
        @builtin(name, *signatures, returns="boolean")
        def _checked(run: Evaluation, left: Any, right: Any) -> bool | None:
            return None if left is None or right is None else relation(left, right, run)

        return relation

    return register


def _low(value: Any) -> tuple[Any, bool]:
    return (value.low, value.low_closed) if type(value) is Range else (value, True)


def _high(value: Any) -> tuple[Any, bool]:
    return (value.high, value.high_closed) if type(value) is Range else (value, True)


def _are_ranges(left: Any, right: Any) -> bool:
    return type(left) is Range and type(right) is Range


@_relation("before", _POINTS, _POINT_RANGE, _RANGE_POINT, _RANGES)
def _before(left: Any, right: Any, run: Evaluation) -> bool | None:
    (high, high_closed), (low, low_closed) = _high(left), _low(right)
    return compare("<" if high_closed and low_closed else "<=", high, low, run)


@_relation("after", _POINTS, _POINT_RANGE, _RANGE_POINT, _RANGES)
def _after(left: Any, right: Any, run: Evaluation) -> bool | None:
    return _before(right, left, run)


@_relation("meets", _RANGES)
def _meets(left: Any, right: Any, run: Evaluation) -> bool | None:
    if not _are_ranges(left, right):
        return None
    return conjunction(left.high_closed, right.low_closed, equal(left.high, right.low, run))


@_relation("met by", _RANGES)
def _met_by(left: Any, right: Any, run: Evaluation) -> bool | None:
    return _meets(right, left, run)


def _reaches(left: Range, right: Range, run: Evaluation) -> bool | None:
    """Whether the end of the left range reaches the start of the right one."""
    return compare("<=" if left.high_closed and right.low_closed else "<", right.low, left.high, run)


def _starts_earlier(left: Range, right: Range, run: Evaluation) -> bool | None:
    same = conjunction(equal(left.low, right.low, run), left.low_closed, not right.low_closed)
    return disjunction(compare("<", left.low, right.low, run), same)


def _ends_no_later(left: Range, right: Range, run: Evaluation) -> bool | None:
    same = conjunction(equal(left.high, right.high, run), right.high_closed or not left.high_closed)
    return disjunction(compare("<", left.high, right.high, run), same)


def _starts_no_earlier(left: Range, right: Range, run: Evaluation) -> bool | None:
    same = conjunction(equal(left.low, right.low, run), right.low_closed or not left.low_closed)
    return disjunction(compare("<", right.low, left.low, run), same)


@_relation("overlaps", _RANGES)
def _overlaps(left: Any, right: Any, run: Evaluation) -> bool | None:
    if not _are_ranges(left, right):
        return None
    return conjunction(_reaches(left, right, run), _reaches(right, left, run))


@_relation("overlaps before", _RANGES)
def _overlaps_before(left: Any, right: Any, run: Evaluation) -> bool | None:
    if not _are_ranges(left, right):
        return None
    return conjunction(
        _starts_earlier(left, right, run), _reaches(left, right, run), _ends_no_later(left, right, run)
    )


@_relation("overlaps after", _RANGES)
def _overlaps_after(left: Any, right: Any, run: Evaluation) -> bool | None:
    if not _are_ranges(left, right):
        return None
    return conjunction(
        _starts_earlier(right, left, run), _reaches(right, left, run), _ends_no_later(right, left, run)
    )


@_relation("finishes", _POINT_RANGE, _RANGES)
def _finishes(left: Any, right: Any, run: Evaluation) -> bool | None:
    if type(right) is not Range:
        return None
    if type(left) is not Range:
        return conjunction(right.high_closed, equal(left, right.high, run))
    return conjunction(
        left.high_closed == right.high_closed,
        equal(left.high, right.high, run),
        _starts_no_earlier(left, right, run),
    )


@_relation("finished by", _RANGE_POINT, _RANGES)
def _finished_by(left: Any, right: Any, run: Evaluation) -> bool | None:
    return _finishes(right, left, run)


@_relation("includes", _RANGE_POINT, _RANGES)
def _includes(left: Any, right: Any, run: Evaluation) -> bool | None:
    if type(left) is not Range:
        return None
    if type(right) is not Range:
        return contains(left, right, run)
    return conjunction(_starts_no_earlier(right, left, run), _ends_no_later(right, left, run))


@_relation("during", _POINT_RANGE, _RANGES)
def _during(left: Any, right: Any, run: Evaluation) -> bool | None:
    return _includes(right, left, run)


@_relation("starts", _POINT_RANGE, _RANGES)
def _starts(left: Any, right: Any, run: Evaluation) -> bool | None:
    if type(right) is not Range:
        return None
    if type(left) is not Range:
        return conjunction(right.low_closed, equal(left, right.low, run))
    return conjunction(
        left.low_closed == right.low_closed, equal(left.low, right.low, run), _ends_no_later(left, right, run)
    )


@_relation("started by", _RANGE_POINT, _RANGES)
def _started_by(left: Any, right: Any, run: Evaluation) -> bool | None:
    return _starts(right, left, run)


@_relation("coincides", _POINTS, _RANGES)
def _coincides(left: Any, right: Any, run: Evaluation) -> bool | None:
    if _are_ranges(left, right):
        return conjunction(
            left.low_closed == right.low_closed,
            left.high_closed == right.high_closed,
            equal(left.low, right.low, run),
            equal(left.high, right.high, run),
        )
    return None if type(left) is Range or type(right) is Range else equal(left, right, run)


@builtin("range", "from: string", returns="range")
def _range(run: Evaluation, text: str) -> Range | None:
    """A range from text; its ends are literals or calls of date, time, date and time or duration."""
    found = _TEXT.fullmatch(text)
    if found is None:
        return None
    low, high = _end(found[2], run), _end(found[3], run)
    if low is None or high is None or (low is _NO_END and high is _NO_END):
        return None
    low_closed, high_closed = found[1] == "[", found[4] == "]"
    if low is _NO_END or high is _NO_END:
        if (low is _NO_END and low_closed) or (high is _NO_END and high_closed):
            return None
        start, end = (None if one is _NO_END else one for one in (low, high))
        return Range(start, end, low_closed, high_closed, "..")
    return Range(low, high, low_closed, high_closed) if compare("<=", low, high, run) is True else None


def _end(text: str, run: Evaluation) -> Any:
    if not text.strip():
        return _NO_END
    try:
        empty = NameScope()
        node = Parser(
            text, empty, pool=empty, functions=empty, builtins=_CONSTRUCTOR_NAMES
        ).whole_expression()
    except FeelError:
        return None
    return _constant(node, run)


def _constant(node: Node, run: Evaluation) -> Any:
    if isinstance(node, Literal):
        return node.value
    if not isinstance(node, Call) or node.names or not isinstance(node.function, BuiltinName):
        return None
    arguments = [argument.value for argument in node.arguments if isinstance(argument, Literal)]
    if len(arguments) != len(node.arguments):
        return None
    return BUILTINS[node.function.name].invoke(run, *arguments)


_CONSTRUCTOR_NAMES = NameScope(_CONSTRUCTORS)
