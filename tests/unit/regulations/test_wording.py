"""Deadlines in words, and the ruler of counted days (design language §2, §5)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from app.core.clock import ZONE
from app.regulations import deadline
from app.regulations.rule_sets import shipped_rules
from app.regulations.ruler import explain
from app.regulations.wording import date_words, due_words, duration_words, formal_date, moment_words

RULES = shipped_rules()


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
        ("2026-03-07T00:00", "3月6日（周五）24:00，逾期 1 分钟", "late"),
        ("2026-03-08T09:00", "3月6日（周五）24:00，逾期 33 小时", "late"),
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


def test_the_ruler_draws_each_day_counted() -> None:
    period = deadline(RULES, "publicity.period", at("2026-02-25T15:00"))
    ruler = explain(period, date(2026, 3, 2), RULES.calendar, "公布")
    drawn = [(box.head, box.day, box.note, box.states) for box in ruler.days]
    assert drawn == [
        ("周三", "2/25", "公布", ("start",)),
        ("周四", "2/26", "第1", ("past",)),
        ("周五", "2/27", "第2", ("past",)),
        ("班", "2/28", "第3", ("past",)),
        ("周日", "3/1", "休", ("rest",)),
        ("周一", "3/2", "第4", ("now",)),
        ("周二", "3/3", "第5", ("due",)),
    ]
    assert ruler.key.startswith("公布当日不计；2月28日（周六，调休上班）计入；斜纹为休息日，不计。")
    assert "国办发明电〔2025〕7号" in ruler.key


def test_the_ruler_folds_long_holidays() -> None:
    period = deadline(RULES, "entry.qualification_period", at("2026-02-13T15:00"))
    ruler = explain(period, date(2026, 2, 18), RULES.calendar, "到达")
    assert ("9 天", "2/15", "至23日休", ("rest", "now")) in [
        (box.head, box.day, box.note, box.states) for box in ruler.days
    ]


def test_the_ruler_folds_holidays_over_a_months_end() -> None:
    period = deadline(RULES, "publicity.period", at("2026-04-29T15:00"))
    boxes = explain(period, date(2026, 4, 29), RULES.calendar).days
    assert [box.note for box in boxes if "至" in box.note] == ["至5日休"]


def test_the_ruler_says_which_days_are_guessed() -> None:
    period = deadline(RULES, "publicity.period", at("2026-12-29T09:00"))
    ruler = explain(period, date(2026, 12, 29), RULES.calendar, "受理")
    assert [box.day for box in ruler.days if "provisional" in box.states] == ["1/4", "1/5", "1/6"]
    assert ruler.days[-1].states == ("due", "provisional")
    assert "2027 年放假通知还没有录入" in ruler.key


def test_a_deadline_of_hours_has_no_ruler() -> None:
    period = deadline(RULES, "entry.code_minutes", at("2026-03-02T09:00"))
    assert explain(period, date(2026, 3, 2), RULES.calendar).days == ()
