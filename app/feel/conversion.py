"""Between plain JSON (task data, forms), Python values (registered functions) and FEEL values."""

from __future__ import annotations

import datetime
import functools
import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from app.feel.arithmetic import is_whole, number_from
from app.feel.errors import FeelError, FeelLimitExceeded
from app.feel.functions import FunctionValue
from app.feel.kinds import ANY, SIMPLE_TYPES, FeelType, coerce, conforms, is_feel_value, kind, label
from app.feel.ranges import Range
from app.feel.temporal import SECOND, Date, DateTime, DaysDuration, MonthsDuration, Time, zone_named
from app.feel.temporal_text import parse_date, parse_date_time, parse_duration, parse_time
from app.feel.text import brief, number_text
from app.feel.token_stream import read_type

CHINA_OFFSET = 8 * 3600
MAX_NODES = 200_000
_SMALL = 10**33  # fits into 34 digits
_DURATION = FeelType("duration")
_READERS = {
    "number": lambda text: number_from(text) if _looks_numeric(text) else None,
    "date": parse_date,
    "time": parse_time,
    "date and time": parse_date_time,
    "days and time duration": parse_duration,
    "years and months duration": parse_duration,
    "duration": parse_duration,
}


def _looks_numeric(text: str) -> bool:
    return text.strip().lstrip("+-")[:1].isdigit() or text.strip().lstrip("+-")[:1] == "."


@functools.lru_cache(512)
def declared_type(name: str | None) -> FeelType:
    """The type a form, operation or function declares by name, such as `date` or `list<number>`.

    "duration" stands for either kind of duration. Raises FeelSyntaxError for an unknown name.
    """
    if not name:
        return ANY
    if name == "duration":
        return _DURATION
    return SIMPLE_TYPES.get(name) or read_type(name)


def to_feel(value: Any, type_name: str | None = None) -> Any:
    """A FEEL value from plain JSON or a Python value.

    With a declared type, ISO text becomes a date, time or duration and text a number; an empty text declared so
    becomes null. Raises FeelError when the value is not of the declared type.
    """
    kind_of = type(value)
    if type_name is None:
        if kind_of is int and -_SMALL < value < _SMALL:
            return Decimal(value)
        return value if kind_of in IMMUTABLE else _converted(value)
    return _typed(_converted(value), declared_type(type_name))


def convert(value: Any, declared: FeelType | None) -> Any:
    """As `to_feel`, with a type of a decision model."""
    plain = _converted(value)
    return plain if declared is None else _typed(plain, declared)


IMMUTABLE = frozenset(
    (str, bool, type(None), Decimal, Date, Time, DateTime, DaysDuration, MonthsDuration, Range, FunctionValue)
)


def _converted(value: Any) -> Any:
    kind_of = type(value)
    if kind_of is int:
        return _whole_number(value)
    if kind_of in IMMUTABLE or (is_feel_value(value) and kind_of not in (list, dict)):
        return value
    try:
        if isinstance(value, Mapping):
            return {str(key): _converted(item) for key, item in value.items()}
        if isinstance(value, (list, tuple, set, frozenset)):
            return [_converted(item) for item in value]
    except RecursionError:
        raise FeelLimitExceeded("数据嵌套过深") from None
    return _from_python(value)


def _whole_number(value: int) -> Decimal:
    if -_SMALL < value < _SMALL:
        return Decimal(value)
    number = number_from(str(value)) if value.bit_length() < 13_000 else None
    if number is None:
        raise FeelError("数字超出范围")
    return number


def _from_python(value: Any) -> Any:
    if isinstance(value, FunctionValue):
        return value
    for kind_of, convert_one in _FROM_PYTHON:
        if isinstance(value, kind_of):
            return convert_one(value)
    raise FeelError(f"{type(value).__name__} 不能用于表达式")


def _from_date_time(value: datetime.datetime) -> DateTime:
    return DateTime(Date(value.year, value.month, value.day), _time_of(value))


def _from_timedelta(value: datetime.timedelta) -> DaysDuration:
    return DaysDuration((value.days * 86_400 + value.seconds) * SECOND + value.microseconds * 1000)


def _time_of(value: datetime.datetime | datetime.time) -> Time:
    nanos = (value.hour * 3600 + value.minute * 60 + value.second) * SECOND + value.microsecond * 1000
    offset = value.utcoffset()
    return Time(nanos, None if offset is None else int(offset.total_seconds()))


# A datetime is a date, and a member of an enumeration may be a number or a text: the order matters.
_FROM_PYTHON: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (float, lambda value: Decimal(repr(value)) if math.isfinite(value) else None),
    (datetime.datetime, _from_date_time),
    (datetime.date, lambda value: Date(value.year, value.month, value.day)),
    (datetime.time, _time_of),
    (datetime.timedelta, _from_timedelta),
    (int, lambda value: Decimal(int(value))),
    (str, str),
)


def _typed(value: Any, declared: FeelType) -> Any:
    if value is None or declared.name == "Any":
        return value
    if declared.name == "list" and declared.element is not None and type(value) is list:
        return [_typed(item, declared.element) for item in value]
    if declared.name == "context" and declared.fields and type(value) is dict:
        fields = declared.fields
        return {key: _typed(item, fields.get(key) or ANY) for key, item in value.items()}
    if type(value) is str and declared.name in _READERS:
        if not value.strip():
            return None
        result = _READERS[declared.name](value.strip())
        return _checked(result, value, declared)
    return _checked(value, value, declared)


def _checked(result: Any, given: Any, declared: FeelType) -> Any:
    if declared is _DURATION:
        fitting = result if isinstance(result, (DaysDuration, MonthsDuration)) else None
    else:
        fitting = coerce(result, declared)
    if fitting is None:
        if conforms(result, declared, check_allowed=False) and result is not None:
            raise FeelError(f"{brief(given)} 不是允许的值")
        raise FeelError(f"{brief(given)} 不是{label(declared.name)}")
    return fitting


def from_feel(value: Any) -> Any:
    """Plain JSON from a FEEL value.

    Dates, times and durations become ISO text, a date and time always with +08:00 (one without zone is Chinese
    time); whole numbers become int, others text. Raises FeelError for ranges and functions, which have no such form.
    """
    return _plain(value, [MAX_NODES])


def _plain(value: Any, left: list[int]) -> Any:
    left[0] -= 1
    if left[0] < 0:
        raise FeelLimitExceeded("结果过大")
    if value is None or type(value) in (str, bool, int):
        return value
    if type(value) is Decimal:
        return int(value) if is_whole(value) and value.adjusted() < 40 else number_text(value)
    if type(value) is list:
        return [_plain(item, left) for item in value]
    if type(value) is dict:
        return {key: _plain(item, left) for key, item in value.items()}
    if type(value) is DateTime:
        return _date_time_text(value)
    if isinstance(value, (Date, Time, DaysDuration, MonthsDuration)):
        return str(value)
    raise FeelError(f"{label(kind(value))}不能保存为数据")


def _date_time_text(value: DateTime) -> str:
    return str(value.at_offset(CHINA_OFFSET))


def to_python(value: Any) -> Any:
    """The Python value a registered function receives: Decimal, str, bool, date, time, datetime, timedelta, list,
    dict. A years-and-months duration stays as it is. Raises FeelError beyond Python's calendar."""
    if type(value) is list:
        return [to_python(item) for item in value]
    if type(value) is dict:
        return {key: to_python(item) for key, item in value.items()}
    try:
        if type(value) is Date:
            return datetime.date(value.year, value.month, value.day)
        if type(value) is DateTime:
            day = datetime.date(value.date.year, value.date.month, value.date.day)
            return datetime.datetime.combine(day, _python_time(value.time, value.offset()))
        if type(value) is Time:
            return _python_time(value, value.offset)
        if type(value) is DaysDuration:
            return datetime.timedelta(microseconds=value.nanos // 1000)
    except (ValueError, OverflowError) as error:
        raise FeelError(f"{value} 超出日期范围") from error
    return value


def _python_time(value: Time, offset: int | None) -> datetime.time:
    zone: datetime.tzinfo | None = zone_named(value.zone) if value.zone else None
    if zone is None and offset is not None:
        zone = datetime.timezone(datetime.timedelta(seconds=offset))
    seconds, nanos = divmod(value.nanos, SECOND)
    return datetime.time(seconds // 3600, seconds // 60 % 60, seconds % 60, nanos // 1000, tzinfo=zone)
