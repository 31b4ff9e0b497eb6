"""Dates, deadlines and the 工作日尺 in the words of the pages (design language §2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from app.core.clock import ZONE
from app.regulations import deadline, rule_set_for
from app.web import ruler, wording
from tests.conftest import START

pytestmark = pytest.mark.usefixtures("database")

Travel = Callable[[str], datetime]


def at(month: int, day: int, hour: int = 0, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 3, 6), "3月6日（周五）"),
        (date(2026, 2, 28), "2月28日（周六，调休上班）"),
        (date(2026, 3, 1), "3月1日（周日）"),
        (date(2027, 1, 6), "2027年1月6日（周三）"),
    ],
)
def test_a_day_names_its_weekday_and_whether_it_is_worked(day: date, words: str) -> None:
    assert wording.day(day) == words


@pytest.mark.parametrize(
    ("due_at", "words"),
    [
        (at(3, 7), "3月6日（周五）24:00 前"),
        (at(3, 3), "今天 24:00 前"),
        (at(3, 2, 11, 24), "今天 11:24 前"),
        (at(3, 4, 11, 24), "3月4日（周三）11:24 前"),
    ],
)
def test_a_deadline_ends_with_its_last_day_or_at_its_minute(due_at: datetime, words: str) -> None:
    assert wording.due(due_at) == words


@pytest.mark.parametrize(
    ("now", "due_at", "words", "urgency"),
    [
        ("2026-03-02 10:24", at(3, 6), "还剩 3 个工作日", ""),
        ("2026-03-02 10:24", at(3, 3), "还剩 13 小时 36 分", "soon"),
        ("2026-03-02 22:25", at(3, 3), "还剩 95 分钟", "soon"),
        ("2026-03-02 22:00", at(3, 3), "还剩 2 小时", "soon"),
        ("2026-03-02 09:30", at(3, 2, 11, 30), "还剩 2 小时", "soon"),
        ("2026-03-02 10:00", at(3, 1), "逾期 1 个工作日", "late"),
        ("2026-03-03 00:00", at(3, 3), "逾期 1 个工作日", "late"),
        ("2026-03-07 10:00", at(3, 7), "逾期不足 1 个工作日", "late"),
        ("2026-03-02 11:35", at(3, 2, 11, 0), "逾期 35 分钟", "late"),
        ("2026-02-13 10:00", at(2, 25), "还剩 2 个工作日", ""),
    ],
)
def test_what_is_left_is_said_in_working_days_then_hours_then_minutes(
    travel: Travel, now: str, due_at: datetime, words: str, urgency: str
) -> None:
    travel(now)
    assert (wording.left(due_at), wording.urgency(due_at)) == (words, urgency)


def test_a_moment_of_today_says_so_and_the_clock_always_names_the_year() -> None:
    assert wording.moment(START) == "今天 09:00"
    assert wording.moment(at(2, 13, 9, 12)) == "2月13日（周五）09:12"
    assert wording.full_moment(START) == "2026年3月2日（周一）09:00"


@pytest.mark.parametrize(
    ("passed", "words"), [(timedelta(seconds=20), "刚刚"), (timedelta(minutes=35), "35 分钟前"),
                          (timedelta(hours=3), "今天 06:00")]
)
def test_what_just_happened_is_said_by_how_long_ago(passed: timedelta, words: str) -> None:
    assert wording.ago(START - passed) == words


@pytest.mark.parametrize(("count", "words"), [(900, "900 字节"), (190_464, "186 KB"), (11_744_051, "11.2 MB")])
def test_the_size_of_a_file_is_said_as_people_read_it(count: int, words: str) -> None:
    assert wording.size(count) == words


@pytest.mark.parametrize(
    ("word", "kind"), [("待审查", ""), ("公示中", "go"), ("已入库", "ok"), ("补正", "care"), ("已逾期", "bad"),
                       ("暂停", "hold"), ("撤回", "end"), ("拒绝", "end"), ("没有的词", "")]
)
def test_a_status_word_has_one_look_and_a_refusal_is_never_red(word: str, kind: str) -> None:
    assert wording.status_kind(word) == kind


def test_the_ruler_shows_every_day_that_was_passed() -> None:
    period = deadline(rule_set_for(date(2026, 3, 2)), "publicity.period", at(2, 25, 10))
    shown = [(cell.top, cell.middle, cell.bottom, cell.classes) for cell in ruler.cells(period, "公布")]
    assert shown == [
        ("周三", "2/25", "公布", "is-start"),
        ("周四", "2/26", "第1", "is-past"),
        ("周五", "2/27", "第2", "is-past"),
        ("班", "2/28", "第3", "is-past"),
        ("周日", "3/1", "休", "is-rest"),
        ("周一", "3/2", "第4", "is-now"),
        ("周二", "3/3", "第5", "is-due"),
    ]


def test_a_long_holiday_is_one_box_of_the_ruler() -> None:
    period = deadline(rule_set_for(date(2026, 3, 2)), "entry.qualification_period", at(2, 13, 10))
    assert ("9 天", "2/15", "至23日休") in [(cell.top, cell.middle, cell.bottom) for cell in ruler.cells(period)]


def test_guessed_days_are_never_shown_as_fixed() -> None:
    period = deadline(rule_set_for(date(2026, 3, 2)), "publicity.period", at(12, 29, 10))
    guessed = [cell for cell in ruler.cells(period) if "is-provisional" in cell.classes]
    assert [cell.bottom for cell in guessed] == ["第3", "第4", "第5"]
    assert not [cell for cell in ruler.cells(period) if "is-due" in cell.classes]
