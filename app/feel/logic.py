"""Three-valued logic, equality and order of FEEL values. None is FEEL's null."""

from __future__ import annotations

import operator as operator_module
from decimal import Decimal
from typing import Any

from app.feel.kinds import kind, label
from app.feel.limits import Evaluation
from app.feel.ranges import Range
from app.feel.temporal import SECOND, Date, DateTime, DaysDuration, MonthsDuration, Time

_SCALARS = frozenset((Decimal, str, bool))
_KEYED = frozenset((Date, DaysDuration, MonthsDuration))
_ORDERS = {
    "<": operator_module.lt,
    "<=": operator_module.le,
    ">": operator_module.gt,
    ">=": operator_module.ge,
}
ORDERED = frozenset((Decimal, str, Date, Time, DateTime, DaysDuration, MonthsDuration))


def negate(value: Any) -> bool | None:
    """FEEL's not: null unless the value is a boolean."""
    return (not value) if value is True or value is False else None


def conjunction(*values: Any) -> bool | None:
    """False if one is false, true if all are true, else null."""
    result: bool | None = True
    for value in values:
        if value is False:
            return False
        if value is not True:
            result = None
    return result


def disjunction(*values: Any) -> bool | None:
    """True if one is true, false if all are false, else null."""
    result: bool | None = False
    for value in values:
        if value is True:
            return True
        if value is not False:
            result = None
    return result


def equal(left: Any, right: Any, run: Evaluation) -> bool | None:
    """FEEL's `=`: null for values of different kinds, true or false otherwise."""
    if left is None or right is None:
        return left is right
    kind_of = type(left)
    if kind_of is not type(right):
        run.note(f"{label(kind(left))}与{label(kind(right))}不能比较是否相等")
        return None
    if kind_of in _SCALARS:
        return bool(left == right)
    if kind_of in _KEYED:
        return bool(left.key() == right.key())
    if kind_of is list or kind_of is dict:
        return _equal_items(left, right, run)
    if kind_of is Time or kind_of is DateTime:
        return _equal_times(left, right, run)
    if kind_of is Range:
        return _equal_ranges(left, right, run)
    return left is right


def _equal_items(left: Any, right: Any, run: Evaluation) -> bool:
    run.tick(len(left) + 1)
    if len(left) != len(right):
        return False
    if type(left) is list:
        return all(equal(one, other, run) is True for one, other in zip(left, right, strict=True))
    return bool(left.keys() == right.keys()) and all(
        equal(left[key], right[key], run) is True for key in left
    )


def _equal_times(left: Any, right: Any, run: Evaluation) -> bool | None:
    if left.is_aware() != right.is_aware():
        if type(left) is Time:
            return False
        run.note("带时区与不带时区的日期时间不能比较")
        return None
    return bool(left.key() // SECOND == right.key() // SECOND)


def _equal_ranges(left: Range, right: Range, run: Evaluation) -> bool:
    if (left.low_closed, left.high_closed, left.operator) != (
        right.low_closed,
        right.high_closed,
        right.operator,
    ):
        return False
    return equal(left.low, right.low, run) is True and equal(left.high, right.high, run) is True


def compare(operator: str, left: Any, right: Any, run: Evaluation) -> bool | None:
    """FEEL's `<`, `<=`, `>`, `>=`: null where the two have no order."""
    if type(left) is not type(right) or type(left) not in ORDERED:
        if left is not None and right is not None:
            run.note(f"{label(kind(left))}与{label(kind(right))}不能比较大小")
        return None
    if type(left) is not Decimal and type(left) is not str:
        if type(left) not in _KEYED and left.is_aware() != right.is_aware():
            run.note("带时区与不带时区的时间不能比较大小")
            return None
        left, right = left.key(), right.key()
    return bool(_ORDERS[operator](left, right))


def contains(span: Range, value: Any, run: Evaluation) -> bool | None:
    """Whether a range contains a value; null where they cannot be compared."""
    if span.operator == "=":
        return equal(value, span.low, run)
    if span.operator == "!=":
        return negate(equal(value, span.low, run))
    if span.operator is None and (span.low is None or span.high is None):
        return None
    above: bool | None = True
    if span.low is not None:
        above = compare(">=" if span.low_closed else ">", value, span.low, run)
        if above is False:
            return False
    if span.high is None:
        return above
    return conjunction(above, compare("<=" if span.high_closed else "<", value, span.high, run))


def matches(value: Any, pattern: Any, run: Evaluation) -> bool | None:
    """`value in pattern`: in a range, equal to or among the items of a list, or equal."""
    if type(pattern) is Range:
        return contains(pattern, value, run)
    if type(pattern) is not list:
        return equal(value, pattern, run)
    run.tick(len(pattern))
    if type(value) is list and equal(value, pattern, run) is True:
        return True
    for item in pattern:
        found = contains(item, value, run) if type(item) is Range else equal(value, item, run)
        if found is True:
            return True
    return False
