"""The 工作日尺: the days of a deadline as the page draws them, and the sentence below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from app.regulations.calendar import WorkCalendar
from app.regulations.deadlines import Deadline
from app.regulations.wording import WEEKDAYS, date_words
from app.regulations.workdays import DayMark

#: Longer runs of rest days are drawn as one box.
FOLDED_FROM = 4


@dataclass(frozen=True)
class RulerDay:
    """One box: `head` 周三 or 班 or 9 天, `day` 2/25, `note` 公布 or 第1 or 休, and the states it is drawn in.

    `states` are among start, past, rest, now, due, provisional; the page prefixes them with `is-`.
    """

    head: str
    day: str
    note: str
    states: tuple[str, ...]


@dataclass(frozen=True)
class Ruler:
    """The boxes of a deadline and the sentence that explains them."""

    days: tuple[RulerDay, ...]
    key: str


def explain(period: Deadline, today: date, calendar: WorkCalendar, start_word: str = "首日") -> Ruler:
    """How `period` was counted, seen from `today`; no boxes if it is no period of working days.

    `start_word` names what happened on the first day: 公布, 受理, 到达.
    """
    return Ruler(tuple(_boxes(period.days, today, start_word)), _key(period, calendar, start_word))


def _boxes(marks: Sequence[DayMark], today: date, start_word: str) -> Iterator[RulerDay]:
    for is_rest, group in groupby(marks, key=lambda mark: mark.kind == "rest"):
        run = list(group)
        if is_rest and len(run) >= FOLDED_FROM:
            yield _folded(run, today)
        else:
            yield from (_box(mark, today, start_word, mark is marks[-1]) for mark in run)


def _box(mark: DayMark, today: date, start_word: str, is_last: bool) -> RulerDay:
    note = {"start": start_word, "rest": "休"}.get(mark.kind, f"第{mark.ordinal}")
    states: list[str] = []
    if mark.kind in ("start", "rest"):
        states.append(mark.kind)
    elif mark.date < today and not is_last:
        states.append("past")
    if is_last and mark.ordinal:
        states.append("due")
    if mark.date == today:
        states.append("now")
    if mark.provisional and mark.kind != "rest":
        states.append("provisional")
    return RulerDay(
        head="班" if mark.kind == "makeup" else WEEKDAYS[mark.date.weekday()],
        day=f"{mark.date.month}/{mark.date.day}",
        note=note,
        states=tuple(states),
    )


def _folded(run: Sequence[DayMark], today: date) -> RulerDay:
    first, last = run[0].date, run[-1].date
    until = f"{last.day}日" if last.month == first.month else f"{last.month}月{last.day}日"
    states = ("rest", "now") if first <= today <= last else ("rest",)
    return RulerDay(f"{len(run)} 天", f"{first.month}/{first.day}", f"至{until}休", states)


def _key(period: Deadline, calendar: WorkCalendar, start_word: str) -> str:
    if not period.days:
        return ""
    sentences = [f"{start_word}当日不计" if start_word != "首日" else "首日不计"]
    makeup = [mark for mark in period.days if mark.kind == "makeup"]
    if makeup:
        first = period.started_at.date()
        sentences.append("、".join(date_words(mark.date, first, calendar) for mark in makeup) + "计入")
    if any(mark.kind == "rest" for mark in period.days):
        sentences.append("斜纹为休息日，不计")
    return "；".join(sentences) + "。" + _source(period, calendar)


def _source(period: Deadline, calendar: WorkCalendar) -> str:
    years = sorted({mark.date.year for mark in period.days})
    guessed = [str(year) for year in years if not calendar.is_official(year)]
    if guessed:
        return (
            f"{'、'.join(guessed)} 年放假通知还没有录入，点线框的日子按周末和法定节日推算。"
            "录入后重新计算，只会更晚；在此之前不会让任何人逾期。"
        )
    known = [calendar.years[year] for year in years]
    named = [f"{year.year} 年放假通知" + (f"（{year.notice_number}）" if year.notice_number else "") for year in known]
    return f"日历来源：{'、'.join('国办 ' + name for name in named)}。"
