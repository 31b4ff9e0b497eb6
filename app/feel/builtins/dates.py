"""Built-in functions on dates and times."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from app.feel.builtin_registry import builtin
from app.feel.limits import Evaluation
from app.feel.logic import equal
from app.feel.temporal import Date, DateTime, Time, civil_from_days, days_from_civil

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def _register(name: str, returns: str, read: Callable[[Date], Any]) -> None:
    @builtin(name, "date: Any", returns=returns)
    def _of_date(run: Evaluation, value: Any) -> Any:
        if type(value) is list and len(value) == 1:
            value = value[0]
        if type(value) is DateTime:
            value = value.date
        return read(value) if type(value) is Date else None


def _week_of_year(date: Date) -> Decimal:
    """The ISO 8601 week: the one with the year's first Thursday is the first."""
    thursday = date.key() - date.weekday() + 4
    year = civil_from_days(thursday)[0]
    return Decimal((thursday - days_from_civil(year, 1, 1)) // 7 + 1)


_register("day of week", "string", lambda date: _WEEKDAYS[date.weekday() - 1])
_register("day of year", "number", lambda date: Decimal(date.key() - days_from_civil(date.year, 1, 1) + 1))
_register("month of year", "string", lambda date: _MONTHS[date.month - 1])
_register("week of year", "number", _week_of_year)


@builtin("is", "value1: Any?, value2: Any?", returns="boolean")
def _is(run: Evaluation, *values: Any) -> bool | None:
    """Identity of value and kind: times must agree in their offset, too. By name, one may be left out (null)."""
    if len(values) != 2:
        return None
    left, right = values
    if type(left) is not type(right):
        return False
    if type(left) is Time or type(left) is DateTime:
        return bool(left == right)
    return equal(left, right, run) is True
