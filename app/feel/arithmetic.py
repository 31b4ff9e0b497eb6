"""Arithmetic of FEEL: 34-digit decimals, dates and durations. None (null) where an operation has no result."""

from __future__ import annotations

from collections.abc import Callable
from decimal import (
    ROUND_DOWN,
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DecimalException,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)
from typing import Any

from app.feel.kinds import kind, label
from app.feel.limits import Evaluation
from app.feel.operator_types import arithmetic_type
from app.feel.temporal import (
    DAY,
    Date,
    DateTime,
    DaysDuration,
    MonthsDuration,
    Time,
    add_months,
    add_nanos,
    midnight_utc,
)

DECIMAL128 = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
WIDE = Context(prec=7000, Emin=-999_999, Emax=999_999)
_DURATIONS = (DaysDuration, MonthsDuration)
_DATES = (Date, DateTime)
Operation = Callable[[Any, Any, Evaluation], Any]


def number_result(compute: Callable[..., Decimal], *operands: Any) -> Decimal | None:
    """The result of a decimal operation, or None when it is no finite number."""
    try:
        result = compute(*operands)
    except (DecimalException, ZeroDivisionError, ValueError, OverflowError):
        return None
    return result if result.is_finite() else None


def number_from(text: str) -> Decimal | None:
    """The number a literal or a text denotes, rounded to 34 digits; None when out of range."""
    return number_result(DECIMAL128.create_decimal, text)


def truncated(value: Decimal) -> int:
    """The whole part of a number."""
    return int(value.to_integral_value(ROUND_DOWN, WIDE))


def is_whole(value: Decimal) -> bool:
    """Whether a number has no fraction."""
    return value == value.to_integral_value(context=WIDE)


def add(left: Any, right: Any, run: Evaluation) -> Any:
    """`left + right`."""
    if type(left) is Decimal and type(right) is Decimal:
        return number_result(DECIMAL128.add, left, right)
    if type(left) is str and type(right) is str:
        run.check_characters(len(left) + len(right))
        return left + right
    if isinstance(left, _DURATIONS) and not isinstance(right, _DURATIONS):
        left, right = right, left
    try:
        if type(right) is DaysDuration:
            return _add_days(left, right)
        if type(right) is MonthsDuration:
            return _add_months(left, right)
    except ValueError:
        run.note("日期或时长超出范围")
    return None


def _add_days(left: Any, right: DaysDuration) -> Any:
    if type(left) is DaysDuration:
        return DaysDuration(left.nanos + right.nanos)
    if type(left) is DateTime:
        return add_nanos(left, right.nanos)
    if type(left) is Date:
        return add_nanos(midnight_utc(left), right.nanos).date
    if type(left) is Time:
        return Time((left.nanos + right.nanos) % DAY, left.offset, left.zone)
    return None


def _add_months(left: Any, right: MonthsDuration) -> Any:
    if type(left) is MonthsDuration:
        return MonthsDuration(left.months + right.months)
    if type(left) is DateTime:
        return DateTime(add_months(left.date, right.months), left.time)
    if type(left) is Date:
        return add_months(left, right.months)
    return None


def subtract(left: Any, right: Any, run: Evaluation) -> Any:
    """`left - right`."""
    if type(left) is Decimal and type(right) is Decimal:
        return number_result(DECIMAL128.subtract, left, right)
    if isinstance(left, _DATES) and isinstance(right, _DATES):
        return _between(left, right, run)
    if type(left) is Time and type(right) is Time:
        if left.is_aware() == right.is_aware():
            return DaysDuration(left.key() - right.key())
        run.note("带时区与不带时区的时间不能相减")
        return None
    if type(right) is DaysDuration and isinstance(left, (DaysDuration, Date, DateTime, Time)):
        return add(left, DaysDuration(-right.nanos), run)
    if type(right) is MonthsDuration and isinstance(left, (MonthsDuration, Date, DateTime)):
        return add(left, MonthsDuration(-right.months), run)
    return None


def _between(left: Date | DateTime, right: Date | DateTime, run: Evaluation) -> DaysDuration | None:
    if isinstance(left, Date) and isinstance(right, Date):
        return DaysDuration((left.key() - right.key()) * DAY)
    start = midnight_utc(right) if isinstance(right, Date) else right
    end = midnight_utc(left) if isinstance(left, Date) else left
    if start.is_aware() != end.is_aware():
        run.note("带时区与不带时区的日期时间不能相减")
        return None
    return DaysDuration(end.key() - start.key())


def _scaled(
    value: Any, factor: Decimal, compute: Callable[[Decimal, Decimal], Decimal], run: Evaluation
) -> Any:
    result = number_result(compute, Decimal(value.key()), factor)
    try:
        if result is not None:
            return type(value)(truncated(result))
    except ValueError:
        pass
    run.note("时长超出范围")
    return None


def multiply(left: Any, right: Any, run: Evaluation) -> Any:
    """`left * right`."""
    if type(left) is Decimal and type(right) is Decimal:
        return number_result(DECIMAL128.multiply, left, right)
    if isinstance(right, _DURATIONS) and type(left) is Decimal:
        left, right = right, left
    if type(right) is Decimal and isinstance(left, _DURATIONS):
        return _scaled(left, right, DECIMAL128.multiply, run)
    return None


def divide(left: Any, right: Any, run: Evaluation) -> Any:
    """`left / right`; null when dividing by zero."""
    if type(left) is Decimal and type(right) is Decimal:
        if right == 0:
            run.note("除数为零")
            return None
        return number_result(DECIMAL128.divide, left, right)
    if type(right) is Decimal and isinstance(left, _DURATIONS):
        return _scaled(left, right, DECIMAL128.divide, run)
    if type(left) is type(right) and isinstance(left, _DURATIONS):
        return number_result(DECIMAL128.divide, Decimal(left.key()), Decimal(right.key()))
    return None


def power(left: Any, right: Any, run: Evaluation) -> Any:
    """`left ** right`."""
    if type(left) is Decimal and type(right) is Decimal:
        return number_result(DECIMAL128.power, left, right)
    return None


def minus(value: Any) -> Any:
    """`-value`."""
    if type(value) is Decimal:
        return DECIMAL128.minus(value)
    if isinstance(value, _DURATIONS):
        return type(value)(-value.key())
    return None


OPERATIONS: dict[str, Operation] = {"+": add, "-": subtract, "*": multiply, "/": divide, "**": power}


def explain_failure(operator: str, left: Any, right: Any, run: Evaluation) -> None:
    """Note why an operation on two values that are not null gave null; those on dates and durations say it."""
    if left is None or right is None:
        return
    if type(left) is Decimal and type(right) is Decimal:
        run.note("除数为零" if operator == "/" and right == 0 else f"“{operator}”的结果超出数字范围")
    elif arithmetic_type(operator, kind(left), kind(right)) is None:
        run.note(f"{label(kind(left))}与{label(kind(right))}之间不能用“{operator}”计算")
