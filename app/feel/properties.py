"""Properties of values: what stands after a dot."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from app.feel.ranges import Range
from app.feel.temporal import SECOND, Date, DateTime, DaysDuration, MonthsDuration, Time

Reader = Callable[[Any], Any]


def _signed(total: int, unit: int, modulus: int | None) -> Decimal:
    size = abs(total) // unit
    if modulus is not None:
        size %= modulus
    return Decimal(-size if total < 0 else size)


def _offset(value: Any) -> DaysDuration | None:
    offset = value.offset() if type(value) is DateTime else value.offset
    return None if offset is None else DaysDuration(offset * SECOND)


_DATE: dict[str, Reader] = {
    "year": lambda value: Decimal(value.year),
    "month": lambda value: Decimal(value.month),
    "day": lambda value: Decimal(value.day),
    "weekday": lambda value: Decimal(value.weekday()),
}
_TIME: dict[str, Reader] = {
    "hour": lambda value: Decimal(value.nanos // (3600 * SECOND)),
    "minute": lambda value: Decimal(value.nanos // (60 * SECOND) % 60),
    "second": lambda value: Decimal(value.nanos // SECOND % 60),
    "time offset": _offset,
    "timezone": lambda value: value.zone,
}
_OF_DATE = {name: (lambda value, read=read: read(value.date)) for name, read in _DATE.items()}
_OF_TIME = {name: (lambda value, read=read: read(value.time)) for name, read in _TIME.items()}
READERS: dict[type, dict[str, Reader]] = {
    Date: _DATE,
    Time: _TIME,
    DateTime: {**_OF_DATE, **_OF_TIME, "time offset": _offset},
    DaysDuration: {
        "days": lambda value: _signed(value.nanos, 86_400 * SECOND, None),
        "hours": lambda value: _signed(value.nanos, 3600 * SECOND, 24),
        "minutes": lambda value: _signed(value.nanos, 60 * SECOND, 60),
        "seconds": lambda value: _signed(value.nanos, SECOND, 60),
    },
    MonthsDuration: {
        "years": lambda value: _signed(value.months, 12, None),
        "months": lambda value: _signed(value.months, 1, 12),
    },
    Range: {
        "start": lambda value: value.low,
        "end": lambda value: value.high,
        "start included": lambda value: value.low_closed,
        "end included": lambda value: value.high_closed,
    },
}
PROPERTY_NAMES_WITH_SPACES = ("time offset", "start included", "end included")


def property_of(value: Any, name: str) -> Any:
    """`value.name`: an entry of a context, a part of a date, or the list of it for every item; null if none."""
    if type(value) is dict:
        return value.get(name)
    if type(value) is list:
        return [property_of(item, name) for item in value]
    reader = READERS.get(type(value), {}).get(name)
    return None if reader is None else reader(value)
