"""How dates and what is left of them are said on pages and in letters (ui/README §2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from app.core.clock import ZONE
from app.regulations import workdays
from app.regulations.calendar import WorkCalendar
from app.regulations.deadlines import last_day_of
from app.regulations.shipped_calendar import shipped_calendar

WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")

#: soon is the last working day; the page marks soon and late.
Urgency = Literal["calm", "soon", "late"]

_TWO_HOURS = timedelta(hours=2)


@dataclass(frozen=True)
class DueWords:
    """A due moment in words: `date` 3月6日（周五）24:00 前, `left` 还剩 4 个工作日."""

    date: str
    left: str
    urgency: Urgency
    provisional: bool

    @property
    def text(self) -> str:
        """Both, as one line."""
        return f"{self.date}，{'暂定，' if self.provisional else ''}{self.left}"


def due_words(
    due_at: datetime,
    now: datetime,
    *,
    provisional: bool = False,
    calendar: WorkCalendar | None = None,
) -> DueWords:
    """Says when something is due and what is left: in working days, on the last day in hours, then in minutes."""
    due_at, now = due_at.astimezone(ZONE), now.astimezone(ZONE)
    left, urgency = _left(due_at, now, provisional, calendar)
    until = _end_words(due_at, now.date(), calendar)
    return DueWords(until if urgency == "late" else f"{until} 前", left, urgency, provisional)


def _end_words(due_at: datetime, today: date, calendar: WorkCalendar | None) -> str:
    day = last_day_of(due_at)
    clock = "24:00" if due_at.time() == time() else f"{due_at:%H:%M}"
    return f"今天 {clock}" if day == today else f"{date_words(day, today, calendar)}{clock}"


def _left(
    due_at: datetime, now: datetime, provisional: bool, calendar: WorkCalendar | None
) -> tuple[str, Urgency]:
    day, today = last_day_of(due_at), now.date()
    if now >= due_at:
        # A guessed calendar makes nobody late: the day is awaited until the notice is entered.
        return ("等放假通知确认", "soon") if provisional else (overdue_words(due_at, now, calendar), "late")
    if due_at - now < _TWO_HOURS or day == today:
        return f"还剩 {duration_words(due_at - now)}", "soon"
    days = workdays.between(today, day, calendar)
    if days == 0:
        return f"还剩 {(day - today).days} 天", "soon"
    is_last = days == 1 and not workdays.is_workday(today, calendar)
    return f"还剩 {days} 个工作日", "soon" if is_last else "calm"


def overdue_words(due_at: datetime, now: datetime, calendar: WorkCalendar | None = None) -> str:
    """逾期 1 个工作日; on the last day itself in hours or minutes, over rest days 不足 1 个工作日."""
    last = last_day_of(due_at)
    days = workdays.between(last, now.date(), calendar)
    if days > 0:
        return f"逾期 {days} 个工作日"
    return f"逾期 {duration_words(now - due_at)}" if last == now.date() else "逾期不足 1 个工作日"


def duration_words(span: timedelta) -> str:
    """13 小时 36 分; under two hours in minutes; what is under a minute counts as one."""
    minutes = max(1, int(span.total_seconds()) // 60)
    if span < _TWO_HOURS:
        return f"{minutes} 分钟"
    hours, rest = divmod(minutes, 60)
    return f"{hours} 小时 {rest} 分" if rest else f"{hours} 小时"


def date_words(day: date, today: date, calendar: WorkCalendar | None = None) -> str:
    """3月6日（周五）, with the year unless it is this one; 2月28日（周六，调休上班） for a make-up day."""
    year = "" if day.year == today.year else f"{day.year}年"
    makeup = (calendar or shipped_calendar()).day(day).kind == "makeup"
    return f"{year}{day.month}月{day.day}日（{WEEKDAYS[day.weekday()]}{'，调休上班' if makeup else ''}）"


def moment_words(moment: datetime, today: date) -> str:
    """3月6日（周五）14:30, with the year unless it is this one."""
    local = moment.astimezone(ZONE)
    return f"{date_words(local.date(), today)}{local:%H:%M}"


def formal_date(day: date) -> str:
    """2026年3月6日, as letters write it."""
    return f"{day.year}年{day.month}月{day.day}日"
