"""Built-in conversions: date, time, date and time, duration, number, string, range, and `not`."""

from __future__ import annotations

import re
from typing import Any

from app.feel.arithmetic import is_whole, number_from
from app.feel.builtin_registry import builtin
from app.feel.limits import Evaluation
from app.feel.logic import negate
from app.feel.temporal import (
    SECOND,
    Date,
    DateTime,
    DaysDuration,
    MonthsDuration,
    Time,
    midnight_utc,
)
from app.feel.temporal_text import MAX_OFFSET, parse_date, parse_date_time, parse_duration, parse_time
from app.feel.text import feel_text

_NUMBER = re.compile(r"-?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.A)


@builtin("not", "negand: Any", returns="boolean")
def _not(run: Evaluation, value: Any) -> Any:
    return negate(value)


def _single(value: Any) -> Any:
    return value[0] if type(value) is list and len(value) == 1 else value


@builtin("date", "from: Any", "year: number, month: number, day: number", returns="date")
def _date(run: Evaluation, *parts: Any) -> Any:
    if len(parts) == 3:
        return Date(*(int(part) for part in parts)) if all(is_whole(part) for part in parts) else None
    value = _single(parts[0])
    if type(value) is str:
        return parse_date(value)
    if type(value) is DateTime:
        return value.date
    return value if type(value) is Date else None


@builtin(
    "time",
    "from: Any",
    "hour: number, minute: number, second: number, offset: ~days and time duration?",
    returns="time",
)
def _time(run: Evaluation, *parts: Any) -> Any:
    if len(parts) >= 3:
        return _time_of(parts[0], parts[1], parts[2], parts[3] if len(parts) > 3 else None)
    value = _single(parts[0])
    if type(value) is str:
        return parse_time(value)
    if type(value) is DateTime:
        return value.time
    if type(value) is Date:
        return Time(0, 0)
    return value if type(value) is Time else None


def _time_of(hour: Any, minute: Any, second: Any, offset: DaysDuration | None) -> Time | None:
    if not (
        0 <= hour <= 23 and 0 <= minute <= 59 and 0 <= second < 60 and is_whole(hour) and is_whole(minute)
    ):
        return None
    if offset is not None and abs(offset.nanos) > MAX_OFFSET * SECOND:
        return None
    nanos = (int(hour) * 3600 + int(minute) * 60) * SECOND + int(second * SECOND)
    return Time(nanos, None if offset is None else offset.nanos // SECOND)


@builtin("date and time", "from: Any", "date: Any, time: Any", returns="date and time")
def _date_and_time(run: Evaluation, *parts: Any) -> Any:
    if len(parts) == 2:
        day, time = parts
        if type(day) is DateTime:
            day = day.date
        return DateTime(day, time) if type(day) is Date and type(time) is Time else None
    value = _single(parts[0])
    if type(value) is str:
        return parse_date_time(value)
    if type(value) is Date:
        return midnight_utc(value)
    return value if type(value) is DateTime else None


@builtin("number", "from: Any, grouping separator: ~string?, decimal separator: ~string?", returns="number")
def _number(run: Evaluation, value: Any, grouping: str | None = None, decimal: str | None = None) -> Any:
    if grouping not in (None, " ", ",", ".") or decimal not in (None, ",", "."):
        return None
    if grouping is not None and grouping == decimal:
        return None
    if type(value) is not str:
        return None if type(value) in (bool, list, dict) or not hasattr(value, "adjusted") else value
    text = value.replace(grouping, "") if grouping else value
    text = text.replace(decimal, ".") if decimal else text
    return number_from(text) if _NUMBER.fullmatch(text) else None


@builtin("string", "from: Any", returns="string")
def _string(run: Evaluation, value: Any) -> Any:
    return None if value is None else feel_text(value, run)


@builtin("duration", "from: Any", returns="duration")
def _duration(run: Evaluation, value: Any) -> Any:
    if type(value) is str:
        return parse_duration(value)
    return value if type(value) in (DaysDuration, MonthsDuration) else None


@builtin("years and months duration", "from: Any, to: Any", returns="years and months duration")
def _years_and_months(run: Evaluation, start: Any, end: Any) -> Any:
    start = start.date if type(start) is DateTime else start
    end = end.date if type(end) is DateTime else end
    if type(start) is not Date or type(end) is not Date:
        return None
    sign = 1
    if start.key() > end.key():
        start, end, sign = end, start, -1
    months = (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)
    return MonthsDuration(sign * months)
