"""Dates, times and durations as FEEL knows them: any year to ±999999999, nanoseconds, with or without zone.

Python's own classes stop at year 9999 and at microseconds and compare naive with aware values by raising.
"""

from __future__ import annotations

import datetime
import functools
from typing import Any
from zoneinfo import ZoneInfo

SECOND = 1_000_000_000
DAY = 86_400 * SECOND
MAX_YEAR = 999_999_999
MAX_NANOS = 10**30
MAX_MONTHS = 10**15
_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def days_from_civil(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01 of a date in the proleptic Gregorian calendar."""
    year -= month <= 2
    era = year // 400
    year_of_era = year - era * 400
    day_of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year - 719468


def civil_from_days(days: int) -> tuple[int, int, int]:
    """Year, month and day of a count of days since 1970-01-01."""
    days += 719468
    era = days // 146097
    day_of_era = days - era * 146097
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36524 - day_of_era // 146096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * day_of_year + 2) // 153
    month = shifted + (3 if shifted < 10 else -9)
    return year_of_era + era * 400 + (month <= 2), month, day_of_year - (153 * shifted + 2) // 5 + 1


def month_length(year: int, month: int) -> int:
    """Days in that month."""
    if month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0):
        return 29
    return _MONTH_DAYS[month - 1]


class _Temporal:
    """Value semantics by `identity`, order by `key`."""

    __slots__ = ()

    def identity(self) -> tuple[Any, ...]:
        raise NotImplementedError

    def key(self) -> int:
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Temporal) or other.__class__ is not self.__class__:
            return False
        return self.identity() == other.identity()

    def __hash__(self) -> int:
        return hash((type(self).__name__, self.identity()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self})"


class Date(_Temporal):
    """A calendar day. Raises ValueError for one that does not exist."""

    __slots__ = ("day", "month", "year")

    def __init__(self, year: int, month: int, day: int) -> None:
        if not (-MAX_YEAR <= year <= MAX_YEAR and 1 <= month <= 12 and 1 <= day <= month_length(year, month)):
            raise ValueError("no such date")
        self.year, self.month, self.day = year, month, day

    @classmethod
    def from_days(cls, days: int) -> Date:
        return cls(*civil_from_days(days))

    def key(self) -> int:
        return days_from_civil(self.year, self.month, self.day)

    def identity(self) -> tuple[Any, ...]:
        return self.year, self.month, self.day

    def weekday(self) -> int:
        """1 is Monday, 7 Sunday."""
        return (self.key() + 3) % 7 + 1

    def __str__(self) -> str:
        return f"{'-' if self.year < 0 else ''}{abs(self.year):04d}-{self.month:02d}-{self.day:02d}"


class Time(_Temporal):
    """A time of day in nanoseconds, with an offset in seconds, or a zone by name, or neither (local)."""

    __slots__ = ("nanos", "offset", "zone")

    def __init__(self, nanos: int, offset: int | None = None, zone: str | None = None) -> None:
        self.nanos, self.offset, self.zone = nanos, offset, zone

    def key(self) -> int:
        offset = self.offset
        if offset is None and self.zone is not None:
            offset = zone_offset(self.zone, 2020, 1, 1, 0)
        return self.nanos - (offset or 0) * SECOND

    def identity(self) -> tuple[Any, ...]:
        return self.nanos, self.offset, self.zone

    def is_aware(self) -> bool:
        return self.offset is not None or self.zone is not None

    def __str__(self) -> str:
        seconds, fraction = divmod(self.nanos, SECOND)
        text = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{_fraction(fraction)}"
        if self.zone is not None:
            return f"{text}@{self.zone}"
        return text if self.offset is None else text + offset_text(self.offset)


class DateTime(_Temporal):
    """A day and a time of day; with an offset or zone it is an instant."""

    __slots__ = ("date", "time")

    def __init__(self, date: Date, time: Time) -> None:
        self.date, self.time = date, time

    def offset(self) -> int | None:
        """Seconds east of UTC, or None for a local value."""
        if self.time.offset is not None:
            return self.time.offset
        if self.time.zone is not None:
            return zone_offset(
                self.time.zone, self.date.year, self.date.month, self.date.day, self.time.nanos
            )
        return None

    def key(self) -> int:
        return self.date.key() * DAY + self.time.nanos - (self.offset() or 0) * SECOND

    def identity(self) -> tuple[Any, ...]:
        return (*self.date.identity(), *self.time.identity())

    def is_aware(self) -> bool:
        return self.time.is_aware()

    def at_offset(self, offset: int) -> DateTime:
        """The same instant (a local value is taken to be at that offset) shown at an offset in seconds."""
        if not self.is_aware():
            return DateTime(self.date, Time(self.time.nanos, offset))
        days, nanos = divmod(self.key() + offset * SECOND, DAY)
        return DateTime(Date.from_days(days), Time(nanos, offset))

    def __str__(self) -> str:
        return f"{self.date}T{self.time}"


class DaysDuration(_Temporal):
    """A days-and-time duration in nanoseconds. Raises ValueError when absurdly long."""

    __slots__ = ("nanos",)

    def __init__(self, nanos: int) -> None:
        if abs(nanos) > MAX_NANOS:
            raise ValueError("duration too long")
        self.nanos = nanos

    def key(self) -> int:
        return self.nanos

    def identity(self) -> tuple[Any, ...]:
        return (self.nanos,)

    def __str__(self) -> str:
        if self.nanos == 0:
            return "PT0S"
        seconds, fraction = divmod(abs(self.nanos), SECOND)
        days, seconds = divmod(seconds, 86_400)
        hours, minutes, seconds = seconds // 3600, seconds // 60 % 60, seconds % 60
        clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
        if seconds or fraction:
            clock += f"{seconds}{_fraction(fraction)}S"
        return (
            ("-" if self.nanos < 0 else "")
            + "P"
            + (f"{days}D" if days else "")
            + (f"T{clock}" if clock else "")
        )


class MonthsDuration(_Temporal):
    """A years-and-months duration in months. Raises ValueError when absurdly long."""

    __slots__ = ("months",)

    def __init__(self, months: int) -> None:
        if abs(months) > MAX_MONTHS:
            raise ValueError("duration too long")
        self.months = months

    def key(self) -> int:
        return self.months

    def identity(self) -> tuple[Any, ...]:
        return (self.months,)

    def __str__(self) -> str:
        if self.months == 0:
            return "P0M"
        years, months = divmod(abs(self.months), 12)
        return (
            ("-" if self.months < 0 else "")
            + "P"
            + (f"{years}Y" if years else "")
            + (f"{months}M" if months else "")
        )


def _fraction(nanos: int) -> str:
    return ("." + f"{nanos:09d}").rstrip("0") if nanos else ""


def offset_text(offset: int) -> str:
    """An offset in seconds as ISO 8601 writes it."""
    if offset == 0:
        return "Z"
    size = abs(offset)
    seconds = f":{size % 60:02d}" if size % 60 else ""
    return f"{'-' if offset < 0 else '+'}{size // 3600:02d}:{size // 60 % 60:02d}{seconds}"


@functools.lru_cache(256)
def zone_named(name: str) -> ZoneInfo | None:
    """The IANA zone of that name, or None."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def zone_offset(name: str, year: int, month: int, day: int, nanos: int) -> int:
    """Seconds east of UTC of a zone at a local time; years beyond Python's calendar take the nearest it knows."""
    seconds = nanos // SECOND
    near = min(max(year, 1), 9998)
    moment = datetime.datetime(
        near, month, min(day, 28) if month == 2 else day, seconds // 3600, seconds // 60 % 60, seconds % 60,
        tzinfo=zone_named(name),
    )  # fmt: skip
    offset = moment.utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def add_months(date: Date, months: int) -> Date:
    """The day so many months later, at most the last day of that month."""
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    return Date(year, month + 1, min(date.day, month_length(year, month + 1)))


def add_nanos(moment: DateTime, nanos: int) -> DateTime:
    """The moment so much later; with a zone, counted on the time line and shown in the zone again."""
    time = moment.time
    if time.zone is None:
        days, rest = divmod(moment.date.key() * DAY + time.nanos + nanos, DAY)
        return DateTime(Date.from_days(days), Time(rest, time.offset))
    instant = moment.key() + nanos
    days, rest = divmod(instant + (moment.offset() or 0) * SECOND, DAY)
    offset = zone_offset(time.zone, *civil_from_days(days), rest)
    days, rest = divmod(instant + offset * SECOND, DAY)
    return DateTime(Date.from_days(days), Time(rest, None, time.zone))


def midnight_utc(date: Date) -> DateTime:
    """A date where the standard needs a date and time."""
    return DateTime(date, Time(0, 0))
