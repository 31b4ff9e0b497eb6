"""Counting working days: the first day is not counted, make-up days count (民法典 Art. 201, domain.md §1.3).

Pure: every function takes the calendar, by default the shipped one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from app.regulations.calendar import WorkCalendar
from app.regulations.shipped_calendar import shipped_calendar

MarkKind = Literal["start", "counted", "rest", "makeup"]

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class DayMark:
    """One day of a span: `ordinal` is its number if it was counted, `name` the festival if any."""

    date: date
    kind: MarkKind
    provisional: bool
    ordinal: int | None = None
    name: str | None = None


@dataclass(frozen=True)
class WorkdaySpan:
    """Where counting ended, every day it passed, and whether any of them was only guessed."""

    date: date
    provisional: bool
    days: tuple[DayMark, ...]


def add(start: date, count: int, calendar: WorkCalendar | None = None) -> WorkdaySpan:
    """The `count`th working day after `start`, which itself is not counted; with 0 it is `start`.

    :raises ValueError: negative count.
    """
    if count < 0:
        raise ValueError(f"cannot add {count} working days")
    calendar = calendar or shipped_calendar()
    first = calendar.day(start)
    marks = [DayMark(start, "start", first.provisional, name=first.name)]
    day, counted = start, 0
    while counted < count:
        day += _DAY
        known = calendar.day(day)
        if known.kind == "rest":
            marks.append(DayMark(day, "rest", known.provisional, name=known.name))
            continue
        counted += 1
        kind: MarkKind = "makeup" if known.kind == "makeup" else "counted"
        marks.append(DayMark(day, kind, known.provisional, counted, known.name))
    return WorkdaySpan(day, any(mark.provisional for mark in marks[1:]), tuple(marks))


def between(start: date, end: date, calendar: WorkCalendar | None = None) -> int:
    """Working days after `start` up to and including `end`; negative if `end` lies before `start`."""
    calendar = calendar or shipped_calendar()
    if end < start:
        return -between(end, start, calendar)
    days = range(start.toordinal() + 1, end.toordinal() + 1)
    return sum(calendar.is_work(date.fromordinal(day)) for day in days)


def is_workday(day: date, calendar: WorkCalendar | None = None) -> bool:
    """True if offices work on `day`."""
    return (calendar or shipped_calendar()).is_work(day)


def next_workday(day: date, calendar: WorkCalendar | None = None) -> date:
    """The first working day after `day`."""
    return add(day, 1, calendar).date


def first_workday_from(day: date, calendar: WorkCalendar | None = None) -> date:
    """`day` itself if it is a working day, else the next one (民法典 Art. 203)."""
    return day if is_workday(day, calendar) else next_workday(day, calendar)
