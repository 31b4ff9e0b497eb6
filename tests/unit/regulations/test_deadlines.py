"""Deadlines: when something becomes late, and when a right may expire (民法典 Art. 200-204, domain.md §1.3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.clock import ZONE
from app.regulations import RuleSet, deadline, may_expire, recompute
from app.regulations.calendar import OfficialYear
from app.regulations.deadlines import (
    add_months,
    counter_closing,
    is_in_time_by_post,
    reentry_from,
    renewal_reminder_on,
    term_end,
)
from app.regulations.errors import NotAPeriod, UnknownParameter
from app.regulations.parameters import Unit
from app.regulations.rule_sets import shipped_rules
from app.regulations.shipped_calendar import shipped_calendar
from app.regulations.wording import due_words

RULES = shipped_rules()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def with_period(key: str, unit: Unit, value: int) -> RuleSet:
    changed = replace(RULES[key], unit=unit, value=value)
    return replace(RULES, values={**RULES.values, key: changed})


def test_publicity_lasts_until_midnight_of_the_fifth_working_day() -> None:
    period = deadline(RULES, "publicity.period", at("2026-02-25T16:30"))
    assert period.due_at == at("2026-03-04T00:00")
    assert period.last_day == date(2026, 3, 3)
    assert period.article == "第十二条（三）"
    assert not period.is_internal


def test_an_objection_at_the_last_minute_of_the_last_day_is_in_time() -> None:
    period = deadline(RULES, "publicity.period", at("2026-02-25T16:30"))
    assert not period.is_late(at("2026-03-03T23:59:59"))
    assert period.is_late(at("2026-03-04T00:00"))


def test_the_hour_of_publication_does_not_matter() -> None:
    morning = deadline(RULES, "publicity.period", at("2026-02-25T00:00"))
    night = deadline(RULES, "publicity.period", at("2026-02-25T23:59:59"))
    assert morning.due_at == night.due_at


def test_the_day_is_the_day_in_china_whatever_the_zone_of_the_moment() -> None:
    moment = datetime.fromisoformat("2026-02-24T17:00:00+00:00")  # 01:00 on the 25th in China
    assert deadline(RULES, "publicity.period", moment).last_day == date(2026, 3, 3)


def test_hours_run_from_moment_to_moment_and_the_last_moment_is_in_time() -> None:
    rules = with_period("objection.acceptance_period", Unit.HOURS, 2)
    period = deadline(rules, "objection.acceptance_period", at("2026-03-06T17:10"))
    assert period.due_at == at("2026-03-06T19:10:01")
    assert not period.is_late(at("2026-03-06T19:10"))
    assert period.is_late(at("2026-03-06T19:10:01"))
    assert due_words(period.due_at, at("2026-03-06T17:10")).text == "今天 19:10 前，还剩 2 小时"
    assert due_words(period.due_at, at("2026-03-06T19:10")).text == "今天 19:10 前，还剩 1 分钟"
    assert period.days == ()


@pytest.mark.parametrize(
    ("unit", "value", "start", "last"),
    [
        (Unit.MONTHS, 1, "2026-01-31", "2026-02-28"),  # no corresponding day: the month's last, a make-up Saturday
        (Unit.MONTHS, 1, "2026-02-07", "2026-03-09"),  # the corresponding day is a Saturday: the next working day
        (Unit.YEARS, 1, "2025-03-10", "2026-03-10"),
        (Unit.YEARS, 2, "2024-02-29", "2026-02-28"),
        (Unit.DAYS, 3, "2026-02-13", "2026-02-24"),  # ends inside the Spring Festival
    ],
)
def test_days_months_and_years_end_on_the_corresponding_day(unit: Unit, value: int, start: str, last: str) -> None:
    rules = with_period("entry.draft_days", unit, value)
    assert str(deadline(rules, "entry.draft_days", at(start + "T10:00")).last_day) == last


def test_a_provisional_deadline_ends_nobodys_right() -> None:
    provisional = deadline(RULES, "objection.decision_period", at("2026-12-24T09:00"))
    official = deadline(RULES, "publicity.period", at("2026-12-24T09:00"))
    assert (provisional.provisional, may_expire(provisional)) == (True, False)
    assert (official.provisional, may_expire(official)) == (False, True)


def test_a_changed_calendar_lengthens_a_promised_deadline() -> None:
    start = at("2026-12-29T09:00")
    promised = deadline(RULES, "publicity.period", start)
    longer = OfficialYear(2027, {date(2027, 1, day): "元旦" for day in (1, 4, 5)}, {}, "test")
    rules = replace(RULES, calendar=shipped_calendar().with_year(longer))
    fresh = recompute(rules, "publicity.period", start, promised.due_at)
    assert fresh.due_at == promised.due_at + timedelta(days=2)
    assert not fresh.provisional


def test_a_changed_calendar_never_shortens_a_promised_deadline() -> None:
    start = at("2026-12-29T09:00")
    promised = deadline(RULES, "publicity.period", start)
    shorter = OfficialYear(2027, {}, {date(2027, 1, 2): "元旦", date(2027, 1, 3): "元旦"}, "test")
    rules = replace(RULES, calendar=shipped_calendar().with_year(shorter))
    assert deadline(rules, "publicity.period", start).due_at < promised.due_at
    assert recompute(rules, "publicity.period", start, promised.due_at).due_at == promised.due_at


def test_a_parameter_that_is_no_period_makes_no_deadline() -> None:
    with pytest.raises(NotAPeriod):
        deadline(RULES, "entry.max_directions", at("2026-03-02T09:00"))
    with pytest.raises(UnknownParameter):
        deadline(RULES, "entry.nothing", at("2026-03-02T09:00"))


def test_the_counter_closes_with_the_office_and_the_post_goes_by_the_postmark() -> None:
    period = deadline(RULES, "publicity.period", at("2026-02-25T16:30"))
    assert counter_closing(RULES, period) == at("2026-03-03T18:00")
    assert is_in_time_by_post(period, date(2026, 3, 3))
    assert not is_in_time_by_post(period, date(2026, 3, 4))


def test_a_term_ends_the_day_before_the_corresponding_day() -> None:
    assert term_end(RULES, date(2025, 3, 10)) == date(2027, 3, 9)
    assert term_end(RULES, date(2024, 2, 29)) == date(2026, 2, 27)


def test_who_was_removed_may_apply_again_after_two_years_and_a_day() -> None:
    assert reentry_from(RULES, date(2025, 3, 10)) == date(2027, 3, 11)
    assert reentry_from(RULES, date(2024, 2, 29)) == date(2026, 3, 1)


def test_who_left_of_his_own_will_may_apply_at_once() -> None:
    assert reentry_from(RULES, date(2025, 3, 10), voluntary=True) == date(2025, 3, 10)


def test_renewal_is_taken_up_sixty_days_before_the_end() -> None:
    assert renewal_reminder_on(RULES, date(2027, 3, 9)) == date(2027, 1, 8)


@given(st.dates(date(2005, 1, 1), date(2040, 1, 1)), st.integers(0, 60))
def test_law_months_keep_the_day_or_take_the_last(start: date, months: int) -> None:
    end = add_months(start, months)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    assert end.day == start.day or (end.day < start.day and (end + timedelta(days=1)).day == 1)


@given(
    st.datetimes(datetime(2004, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 - the zone is given below
    st.sampled_from(["publicity.period", "objection.decision_period"]),
)
def test_law_a_deadline_lies_after_its_start_and_at_midnight(start: datetime, key: str) -> None:
    moment = start.replace(tzinfo=ZONE)
    period = deadline(RULES, key, moment)
    assert period.due_at > moment
    assert (period.due_at.hour, period.due_at.minute) == (0, 0)
    assert period.days[-1].date == period.last_day
    assert period.days[-1].ordinal == period.amount
