"""Reading dates, times and durations from ISO 8601 text as FEEL writes it. None stands for "no such value"."""

from __future__ import annotations

import re

from app.feel.temporal import SECOND, Date, DateTime, DaysDuration, MonthsDuration, Time, zone_named

_DATE = re.compile(r"(-?(?:[1-9]\d{4,8}|\d{4}))-(\d\d)-(\d\d)\Z", re.A)
_TIME = re.compile(r"(\d\d):(\d\d):(\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d(?::\d\d)?|@[A-Za-z][\w/+\-]*)?\Z", re.A)
_DAYS = re.compile(
    r"(-)?P(?:(\d{1,18})D)?(?:T(?=\d)(?:(\d{1,18})H)?(?:(\d{1,18})M)?(?:(\d{1,18})(\.\d*)?S)?)?\Z", re.A
)
_MONTHS = re.compile(r"(-)?P(?:(\d{1,12})Y)?(?:(\d{1,12})M)?\Z", re.A)
MAX_OFFSET = 18 * 3600


def parse_date(text: str) -> Date | None:
    """`2026-03-02`, years of up to nine digits."""
    found = _DATE.match(text)
    if found is None:
        return None
    try:
        return Date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def parse_time(text: str) -> Time | None:
    """`09:00:00`, with fraction, offset (`+08:00`, `Z`) or zone (`@Asia/Shanghai`)."""
    found = _TIME.match(text)
    if found is None:
        return None
    hour, minute, second = int(found[1]), int(found[2]), int(found[3])
    if hour > 23 or minute > 59 or second > 59:
        return None
    nanos = (hour * 3600 + minute * 60 + second) * SECOND + _fraction(found[4])
    zone = found[5]
    if not zone:
        return Time(nanos)
    if zone[0] == "@":
        return Time(nanos, None, zone[1:]) if zone_named(zone[1:]) else None
    offset = _offset(zone)
    return None if offset is None else Time(nanos, offset)


def _offset(text: str) -> int | None:
    if text == "Z":
        return 0
    parts = [int(part) for part in text[1:].split(":")]
    seconds = parts[0] * 3600 + parts[1] * 60 + (parts[2] if len(parts) > 2 else 0)
    if parts[1] > 59 or seconds > MAX_OFFSET:
        return None
    return -seconds if text[0] == "-" else seconds


def _fraction(text: str | None) -> int:
    return int((text[1:] + "000000000")[:9]) if text else 0


def parse_date_time(text: str) -> DateTime | None:
    """`2026-03-02T09:00:00+08:00`; a bare date is its midnight; `24:00:00` is the next day's midnight."""
    day, separator, clock = text.partition("T")
    date = parse_date(day)
    if date is None:
        return None
    if not separator:
        return DateTime(date, Time(0))
    if clock.startswith("24:00:00"):
        time = parse_time("00" + clock[2:])
        if time is None or time.nanos:
            return None
        try:
            return DateTime(Date.from_days(date.key() + 1), time)
        except ValueError:
            return None
    time = parse_time(clock)
    return None if time is None else DateTime(date, time)


def parse_duration(text: str) -> DaysDuration | MonthsDuration | None:
    """`P5D`, `PT2H`, `-P1DT2H3M4.5S` or `P1Y6M`."""
    found = _DAYS.match(text)
    try:
        if found and any(found[group] for group in (2, 3, 4, 5)):
            days, hours, minutes, seconds = (int(found[group] or 0) for group in (2, 3, 4, 5))
            nanos = (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * SECOND + _fraction(found[6])
            return DaysDuration(-nanos if found[1] else nanos)
        found = _MONTHS.match(text)
        if found and (found[2] or found[3]):
            months = int(found[2] or 0) * 12 + int(found[3] or 0)
            return MonthsDuration(-months if found[1] else months)
    except ValueError:
        return None
    return None


def parse_temporal(text: str) -> Date | Time | DateTime | DaysDuration | MonthsDuration | None:
    """Whatever the text after `@` denotes."""
    date = parse_date(text)
    if date is not None:
        return date
    return parse_date_time(text) or parse_time(text) or parse_duration(text)
