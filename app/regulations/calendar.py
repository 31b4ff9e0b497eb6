"""Which days are working days, from which source, and which of them are only a guess.

Official years follow the State Council's yearly notice: rest days on weekdays, make-up days on weekends.
Any other year is guessed from weekends and statutory days and marked provisional (domain.md §6).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

DayKind = Literal["workday", "rest", "makeup"]

_SATURDAY = 5


@dataclass(frozen=True)
class CalendarDay:
    """One day: what it is, the festival it belongs to if any, and whether that is only a guess."""

    date: date
    kind: DayKind
    name: str | None
    provisional: bool

    @property
    def is_work(self) -> bool:
        return self.kind != "rest"


@dataclass(frozen=True)
class OfficialYear:
    """The days of one year that differ from the week, and the notice that says so."""

    year: int
    rest: Mapping[date, str]
    makeup: Mapping[date, str]
    source: str
    notice_number: str | None = None


@dataclass(frozen=True)
class WorkCalendar:
    """Official years, and the statutory days by which all others are guessed."""

    years: Mapping[int, OfficialYear]
    statutory: Mapping[date, str]
    #: (month, day) -> festival, for years beyond the table of statutory days
    fixed: Mapping[tuple[int, int], str]

    def day(self, day: date) -> CalendarDay:
        """What `day` is."""
        year = self.years.get(day.year)
        if year is None:
            return self._guess(day)
        if day in year.makeup:
            return CalendarDay(day, "makeup", year.makeup[day], provisional=False)
        resting = day in year.rest or day.weekday() >= _SATURDAY
        return CalendarDay(day, "rest" if resting else "workday", year.rest.get(day), provisional=False)

    def is_work(self, day: date) -> bool:
        """True if offices work on `day`; the same as `day(day).is_work`, for counting many."""
        year = self.years.get(day.year)
        if year is None:
            guessed = day in self.statutory or (day.month, day.day) in self.fixed
            return day.weekday() < _SATURDAY and not guessed
        return day in year.makeup or (day.weekday() < _SATURDAY and day not in year.rest)

    def _guess(self, day: date) -> CalendarDay:
        name = self.statutory.get(day) or self.fixed.get((day.month, day.day))
        resting = name is not None or day.weekday() >= _SATURDAY
        return CalendarDay(day, "rest" if resting else "workday", name, provisional=True)

    def is_official(self, year: int) -> bool:
        """True if the notice for `year` is known."""
        return year in self.years

    def with_year(self, year: OfficialYear) -> WorkCalendar:
        """The same calendar with `year` official, replacing what was known of it."""
        return replace(self, years={**self.years, year.year: year})
