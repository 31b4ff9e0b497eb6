"""Built-in functions on numbers."""

from __future__ import annotations

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)
from typing import Any

from app.feel.arithmetic import DECIMAL128, WIDE, is_whole, number_result, truncated
from app.feel.builtin_registry import builtin
from app.feel.limits import Evaluation
from app.feel.temporal import DaysDuration, MonthsDuration


def _register_rounding(name: str, rounding: str, scale_optional: bool) -> None:
    @builtin(name, "n: number, scale: number" + ("?" if scale_optional else ""), returns="number")
    def _rounded(run: Evaluation, number: Decimal, scale: Decimal | None = None) -> Decimal | None:
        digits = 0 if scale is None else truncated(scale)
        if not -6111 <= digits <= 6176:
            return None
        exponent = number.as_tuple().exponent
        if isinstance(exponent, int) and exponent >= -digits:
            return number
        return number.quantize(Decimal(1).scaleb(-digits), rounding=rounding, context=WIDE)


for _name, _rounding, _optional in (
    ("decimal", ROUND_HALF_EVEN, False),
    ("floor", ROUND_FLOOR, True),
    ("ceiling", ROUND_CEILING, True),
    ("round up", ROUND_UP, False),
    ("round down", ROUND_DOWN, False),
    ("round half up", ROUND_HALF_UP, False),
    ("round half down", ROUND_HALF_DOWN, False),
):
    _register_rounding(_name, _rounding, _optional)


@builtin("abs", "n: Any")
def _abs(run: Evaluation, value: Any) -> Any:
    if type(value) is list and len(value) == 1:
        value = value[0]
    if type(value) is Decimal:
        return DECIMAL128.abs(value)
    if isinstance(value, (DaysDuration, MonthsDuration)):
        return type(value)(abs(value.key()))
    return None


@builtin("modulo", "dividend: number, divisor: number", returns="number")
def _modulo(run: Evaluation, dividend: Decimal, divisor: Decimal) -> Decimal | None:
    if divisor == 0:
        return None
    quotient = DECIMAL128.divide(dividend, divisor).to_integral_value(ROUND_FLOOR, WIDE)
    return DECIMAL128.subtract(dividend, DECIMAL128.multiply(divisor, quotient))


@builtin("sqrt", "number: number", returns="number")
def _sqrt(run: Evaluation, number: Decimal) -> Decimal | None:
    return None if number < 0 else DECIMAL128.sqrt(number)


@builtin("log", "number: number", returns="number")
def _log(run: Evaluation, number: Decimal) -> Decimal | None:
    return None if number <= 0 else DECIMAL128.ln(number)


@builtin("exp", "number: number", returns="number")
def _exp(run: Evaluation, number: Decimal) -> Decimal | None:
    return number_result(DECIMAL128.exp, number)


@builtin("odd", "number: number", returns="boolean")
def _odd(run: Evaluation, number: Decimal) -> bool | None:
    return int(number) % 2 != 0 if is_whole(number) else None


@builtin("even", "number: number", returns="boolean")
def _even(run: Evaluation, number: Decimal) -> bool | None:
    return int(number) % 2 == 0 if is_whole(number) else None
