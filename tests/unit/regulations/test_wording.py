"""Deadlines in words (design language §2)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from app.core.clock import ZONE
from app.regulations.wording import date_words, due_words, duration_words, formal_date, moment_words


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("now", "words", "urgency"),
    [
        ("2026-03-02T09:00", "3月6日（周五）24:00 前，还剩 4 个工作日", "calm"),
        ("2026-03-05T23:00", "3月6日（周五）24:00 前，还剩 1 个工作日", "calm"),
        ("2026-03-06T10:24", "今天 24:00 前，还剩 13 小时 36 分", "soon"),
        ("2026-03-06T22:01", "今天 24:00 前，还剩 119 分钟", "soon"),
        ("2026-03-06T23:59:50", "今天 24:00 前，还剩 1 分钟", "soon"),
        ("2026-03-07T00:00", "3月6日（周五）24:00，逾期不足 1 个工作日", "late"),
        ("2026-03-08T09:00", "3月6日（周五）24:00，逾期不足 1 个工作日", "late"),
        ("2026-03-09T09:00", "3月6日（周五）24:00，逾期 1 个工作日", "late"),
    ],
)
def test_a_deadline_says_its_day_and_what_is_left(now: str, words: str, urgency: str) -> None:
    said = due_words(at("2026-03-07T00:00"), at(now))
    assert (said.text, said.urgency) == (words, urgency)


def test_a_deadline_of_hours_says_its_minute() -> None:
    assert due_words(at("2026-03-06T19:10"), at("2026-03-06T17:28")).text == "今天 19:10 前，还剩 102 分钟"


def test_a_provisional_deadline_says_so_and_is_never_late() -> None:
    due = at("2027-01-07T00:00")
    assert due_words(due, at("2026-12-29T09:00"), provisional=True).text == (
        "2027年1月6日（周三）24:00 前，暂定，还剩 5 个工作日"
    )
    late = due_words(due, at("2027-01-20T09:00"), provisional=True)
    assert (late.urgency, late.left) == ("soon", "等放假通知确认")


def test_the_eve_of_a_last_working_day_over_a_weekend_is_soon() -> None:
    assert due_words(at("2026-03-10T00:00"), at("2026-03-07T09:00")).urgency == "soon"


def test_a_due_rest_day_is_counted_in_days() -> None:
    assert due_words(at("2026-03-08T12:00"), at("2026-03-06T09:00")).left == "还剩 2 天"


def test_dates_name_make_up_days_and_other_years() -> None:
    today = date(2026, 3, 2)
    assert date_words(date(2026, 2, 28), today) == "2月28日（周六，调休上班）"
    assert date_words(date(2025, 3, 3), today) == "2025年3月3日（周一）"
    assert moment_words(at("2026-03-06T14:30"), today) == "3月6日（周五）14:30"
    assert formal_date(date(2026, 3, 6)) == "2026年3月6日"
    assert duration_words(timedelta(hours=3)) == "3 小时"
