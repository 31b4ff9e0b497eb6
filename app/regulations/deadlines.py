"""Deadlines by the regulation's periods: when something becomes late, and how that was counted.

Working days: the first day is not counted, the last ends at 24:00 (民法典 Art. 201, 203). Hours and minutes run
from moment to moment, the last included. Days, months and years end on the corresponding day, moved to the next
working day if that is a rest day (Art. 202, 203).
"""

from __future__ import annotations

import calendar as gregorian
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from app.core.clock import ZONE
from app.regulations import workdays
from app.regulations.errors import NotAPeriod
from app.regulations.parameters import Unit
from app.regulations.rule_sets import ParameterValue, RuleSet
from app.regulations.workdays import DayMark

_DAY = timedelta(days=1)
_MOMENTS = {Unit.HOURS: timedelta(hours=1), Unit.MINUTES: timedelta(minutes=1)}
_DATES = (Unit.DAYS, Unit.MONTHS, Unit.YEARS)
#: Moments count in whole seconds: the last one of a period is in time, the next is late (domain.md no. 27).
TICK = timedelta(seconds=1)


@dataclass(frozen=True)
class Deadline:
    """A period that runs from `started_at`.

    `due_at` is the first instant that is late, so that a timer may fire at it: for periods of days the midnight that
    ends the last day; for hours one second after the exact moment, which is still in time (domain.md no. 2, 27).
    `days` are the days counted, empty for hours. A provisional deadline rests on a guessed calendar.
    """

    key: str
    label: str
    article: str
    is_internal: bool
    unit: Unit
    amount: int
    started_at: datetime
    due_at: datetime
    provisional: bool
    days: tuple[DayMark, ...]

    @property
    def last_day(self) -> date:
        """The last day on which it is not yet late."""
        return last_day_of(self.due_at)

    @property
    def is_of_moments(self) -> bool:
        """True for hours and minutes, which run through days off as well: no calendar changes them."""
        return self.unit in _MOMENTS

    def is_late(self, now: datetime) -> bool:
        """True once the period is over."""
        return now >= self.due_at


def deadline(rules: RuleSet, key: str, start: datetime) -> Deadline:
    """The deadline of the period `key` that begins to run at `start`.

    :raises NotAPeriod: the parameter is no period. :raises UnknownParameter: there is none.
    """
    period = rules[key]
    amount = _amount(period)
    start = start.astimezone(ZONE)
    days: tuple[DayMark, ...] = ()
    if period.unit in _MOMENTS:
        return _made(period, amount, start, start + amount * _MOMENTS[period.unit] + TICK, False, days)
    if period.unit is Unit.WORKING_DAYS:
        span = workdays.add(start.date(), amount, rules.calendar)
        return _made(period, amount, start, end_of(span.date), span.provisional, span.days)
    last = _corresponding(start.date(), period.unit, amount)
    moved = workdays.first_workday_from(last, rules.calendar)
    provisional = rules.calendar.day(last).provisional or rules.calendar.day(moved).provisional
    return _made(period, amount, start, end_of(moved), provisional, days)


def _amount(period: ParameterValue) -> int:
    if period.unit not in (Unit.WORKING_DAYS, *_MOMENTS, *_DATES) or not isinstance(period.value, int):
        raise NotAPeriod(f"{period.key} is no period")
    return period.value


def _made(
    period: ParameterValue, amount: int, start: datetime, due: datetime, provisional: bool, days: tuple[DayMark, ...]
) -> Deadline:
    return Deadline(
        key=period.key,
        label=period.label,
        article=period.article,
        is_internal=period.is_internal,
        unit=period.unit,
        amount=amount,
        started_at=start,
        due_at=due,
        provisional=provisional,
        days=days,
    )


def _corresponding(start: date, unit: Unit, amount: int) -> date:
    if unit is Unit.DAYS:
        return start + amount * _DAY
    return add_months(start, amount * (12 if unit is Unit.YEARS else 1))


def recompute(rules: RuleSet, key: str, start: datetime, promised: datetime) -> Deadline:
    """The deadline by the present calendar and rules, but never before `promised`, of which notice was given.

    (domain.md no. 6: a change of the calendar may lengthen a period, not shorten it.)
    """
    fresh = deadline(rules, key, start)
    return fresh if fresh.due_at >= promised else replace(fresh, due_at=promised.astimezone(ZONE))


def may_expire(period: Deadline) -> bool:
    """False while the deadline rests on a guessed calendar: it must then not end anybody's right."""
    return not period.provisional


def counter_closing(rules: RuleSet, period: Deadline) -> datetime:
    """Until when something may be handed in at the counter on the last day (民法典 Art. 203, domain.md no. 2)."""
    closes = rules["publicity.office_close"].value
    return datetime.combine(period.last_day, closes, tzinfo=ZONE)


def is_in_time_by_post(period: Deadline, postmark: date) -> bool:
    """True if a letter postmarked on that day is in time; the way through the post is not counted."""
    return postmark <= period.last_day


def term_end(rules: RuleSet, first_day: date) -> date:
    """The last day of a term that begins on `first_day`: the day before the corresponding date (no. 17)."""
    return add_months(first_day, 12 * rules.integer("term.years")) - _DAY


def reentry_from(rules: RuleSet, removed_on: date, *, voluntary: bool = False) -> date:
    """The first day on which one who left the pool on `removed_on` may apply again (Art. 15, domain.md no. 29).

    After a voluntary exit of no bar it is the day of leaving itself (no. 31).
    """
    years = rules.integer("reentry.voluntary_bar_years" if voluntary else "reentry.bar_years")
    return removed_on if years == 0 else add_months(removed_on, 12 * years) + _DAY


def renewal_reminder_on(rules: RuleSet, term_ends: date) -> date:
    """The day on which the renewal of a term is taken up (domain.md no. 18)."""
    return term_ends - rules.integer("renewal.reminder_days") * _DAY


def add_months(start: date, months: int) -> date:
    """The corresponding day `months` later, or the last day of that month if it has none (民法典 Art. 202)."""
    index = start.year * 12 + start.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(start.day, gregorian.monthrange(year, month)[1]))


def end_of(day: date) -> datetime:
    """24:00 of `day`, which is the midnight that begins the next."""
    return datetime.combine(day + _DAY, time(), tzinfo=ZONE)


def last_day_of(due_at: datetime) -> date:
    """The day that `due_at` ends or lies in: midnight belongs to the day before."""
    local = due_at.astimezone(ZONE)
    return local.date() - _DAY if local.time() == time() else local.date()
