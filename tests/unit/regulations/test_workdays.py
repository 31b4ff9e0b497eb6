"""Working days as 民法典 Art. 201 and the State Council's notices have them (domain.md §6)."""

from __future__ import annotations

from datetime import date, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.regulations import workdays
from app.regulations.calendar import OfficialYear
from app.regulations.shipped_calendar import shipped_calendar

OFFICIAL = st.dates(date(2004, 1, 1), date(2026, 6, 30))
ANY = st.dates(date(2000, 1, 1), date(2060, 1, 1))
COUNT = st.integers(0, 30)


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        ("2026-02-13", 5, "2026-02-27"),  # Sat 02-14 works, Spring Festival rests 02-15 to 02-23
        ("2026-09-30", 5, "2026-10-13"),  # National Day, and Sat 10-10 works
        ("2026-02-09", 15, "2026-03-06"),
        ("2026-12-24", 5, "2026-12-31"),
        ("2026-03-06", 1, "2026-03-09"),  # over a weekend
        ("2026-03-07", 1, "2026-03-09"),  # published on a rest day: the first counted day is the next working day
    ],
)
def test_counts_as_the_regulation_demands(start: str, count: int, expected: str) -> None:
    span = workdays.add(date.fromisoformat(start), count)
    assert (str(span.date), span.provisional) == (expected, False)


def test_a_span_into_a_year_without_notice_is_provisional() -> None:
    span = workdays.add(date(2026, 12, 24), 15)
    assert span.provisional
    assert span.date == date(2027, 1, 15)
    assert [mark.date.year for mark in span.days if mark.provisional] == [2027] * 15


def test_the_day_the_last_notice_covers_is_not_provisional() -> None:
    assert not workdays.add(date(2026, 12, 30), 1).provisional
    assert workdays.add(date(2026, 12, 31), 1).provisional


def test_every_day_passed_is_shown_with_its_number() -> None:
    span = workdays.add(date(2026, 2, 13), 2)
    shown = [(str(mark.date)[5:], mark.kind, mark.ordinal) for mark in span.days]
    assert shown[:3] == [("02-13", "start", None), ("02-14", "makeup", 1), ("02-15", "rest", None)]
    assert shown[-1] == ("02-24", "counted", 2)
    assert span.days[2].name == "春节"


def test_make_up_saturdays_are_working_days_and_swapped_weekdays_are_not() -> None:
    assert workdays.is_workday(date(2026, 2, 28))
    assert not workdays.is_workday(date(2026, 2, 23))


def test_agrees_with_an_independent_calendar_on_every_official_day() -> None:
    other = holidays.country_holidays("CN", years=range(2004, 2027))
    day, differing = date(2004, 1, 1), []
    while day.year < 2027:
        if workdays.is_workday(day) != other.is_working_day(day):
            differing.append(day)
        day += timedelta(days=1)
    assert differing == []


def test_the_statutory_days_of_guessed_years_agree_with_an_independent_calendar() -> None:
    other = holidays.country_holidays("CN", years=range(2027, 2051), observed=False)
    calendar = shipped_calendar()
    ours = {day for day in calendar.statutory if day.year <= 2050}
    ours |= {date(year, *month_day) for year in range(2027, 2051) for month_day in calendar.fixed}
    assert ours == set(other)


def test_years_outside_the_notices_are_guessed_and_say_so() -> None:
    for year in (2001, 2003, 2027, 2070):
        known = shipped_calendar().day(date(year, 10, 1))
        assert known.provisional
        assert not known.is_work


def test_a_newly_known_year_replaces_the_guess() -> None:
    notice = OfficialYear(2027, rest={date(2027, 2, 9): "春节"}, makeup={date(2027, 2, 20): "春节"}, source="test")
    calendar = shipped_calendar().with_year(notice)
    assert calendar.day(date(2027, 2, 20)).kind == "makeup"
    assert not calendar.day(date(2027, 2, 20)).provisional
    assert not workdays.is_workday(date(2027, 2, 9), calendar)
    assert workdays.is_workday(date(2027, 2, 9))


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="-1"):
        workdays.add(date(2026, 3, 2), -1)


@given(ANY, COUNT)
def test_law_counting_on_and_back_agree(start: date, count: int) -> None:
    assert workdays.between(start, workdays.add(start, count).date) == count


@given(ANY, COUNT, COUNT)
def test_law_adding_twice_is_adding_the_sum(start: date, first: int, second: int) -> None:
    once = workdays.add(start, first + second).date
    assert workdays.add(workdays.add(start, first).date, second).date == once


@given(ANY, ANY, st.integers(1, 20))
def test_law_a_later_start_never_ends_earlier(one: date, other: date, count: int) -> None:
    earlier, later = sorted((one, other))
    assert workdays.add(earlier, count).date <= workdays.add(later, count).date


@given(ANY, st.integers(1, 20))
def test_law_it_ends_on_a_working_day_and_lists_each_day_once(start: date, count: int) -> None:
    span = workdays.add(start, count)
    assert workdays.is_workday(span.date)
    assert [mark.date for mark in span.days] == [
        start + timedelta(days=n) for n in range((span.date - start).days + 1)
    ]
    assert [mark.ordinal for mark in span.days if mark.ordinal] == list(range(1, count + 1))


@given(OFFICIAL, COUNT)
def test_law_nothing_between_official_years_is_provisional(start: date, count: int) -> None:
    assert not workdays.add(start, count).provisional


@given(ANY, ANY)
def test_law_between_is_antisymmetric(one: date, other: date) -> None:
    assert workdays.between(one, other) == -workdays.between(other, one)


@given(st.dates(date(2000, 1, 1), date(2070, 1, 1)))
def test_law_the_short_question_has_the_same_answer_as_the_long(day: date) -> None:
    calendar = shipped_calendar()
    assert calendar.is_work(day) == calendar.day(day).is_work
