"""The working-day calendar: a year at a glance, the State Council's notice entered by one and confirmed by another."""

from __future__ import annotations

import calendar as months
from datetime import MAXYEAR, MINYEAR, date
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from app.core import clock
from app.core.errors import Invalid, NotFound, UserError
from app.core.transaction import transaction
from app.identity import permissions
from app.regulations import calendar_import, current_calendar
from app.regulations.calendar import WorkCalendar
from app.regulations.calendar_import import Entered, Notice
from app.regulations.notice_text import ReadNotice, read_notice
from app.web import proposals
from app.web.auth import current_actor, requires
from app.web.rules.blueprint import Page, rules
from app.workflow import recounting

_SATURDAY = 5
#: So many of the deadlines that a notice moves are listed; all are counted.
_LISTED = 100
STATES = {
    "proposed": ("待复核", "care"), "official": ("在用", "ok"), "replaced": ("已被替代", "end"),
    "withdrawn": ("已撤回", "end"),
}  # fmt: skip


@rules.get("/calendar/<int:year>")
@requires(permissions.RULES_READ)
def calendar(year: int) -> str:
    """A year's working days with the notices they come from."""
    if not MINYEAR < year < MAXYEAR:  # the weeks of the very first and last year reach beyond the calendar
        raise NotFound(f"没有 {year} 年的工作日安排")
    known = current_calendar()
    return render_template(
        "rules/calendar.html", year=year, months=_months(year, known), is_official=known.is_official(year),
        official=known.years.get(year), notices=calendar_import.notices_of(year), states=STATES, keeps=_keeps(),
    )


def _keeps() -> bool:
    return permissions.allowed(current_actor(), permissions.CALENDAR_KEEP)


def _months(year: int, known: WorkCalendar) -> list[dict[str, Any]]:
    return [_month(year, month, known) for month in range(1, 13)]


def _month(year: int, month: int, known: WorkCalendar) -> dict[str, Any]:
    days = []
    for week in months.Calendar().monthdatescalendar(year, month):
        days.append([_day(day, known) if day.month == month else None for day in week])
    return {"number": month, "weeks": days}


def _day(day: date, known: WorkCalendar) -> dict[str, Any]:
    at_work = known.is_work(day)
    weekend = day.weekday() >= _SATURDAY
    word = "班" if at_work and weekend else "休" if not at_work and not weekend else ""
    return {"date": day, "at_work": at_work, "word": word, "is_today": day == clock.today()}


@rules.get("/notices/new")
@requires(permissions.CALENDAR_KEEP)
def enter_notice() -> Page:
    """The form for a notice; the year is the first one missing."""
    today = clock.today()
    missing = calendar_import.missing_years(today)
    year = request.args.get("year") or str(missing[0] if missing else today.year + 1)
    return _entry({"year": year, "notice_number": "", "source": "中国政府网", "text": ""}, None, {})


def _entry(typed: dict[str, str], read: ReadNotice | None, errors: dict[str, str]) -> Page:
    year = _year(typed["year"])
    page = render_template(
        "rules/notice_form.html", typed=typed, read=read, errors=errors, year=year, today=clock.today(),
        is_official=year is not None and current_calendar().is_official(year),
    )
    return (page, 422) if errors else page


def _year(typed: str) -> int | None:
    text = typed.strip()
    today = clock.today().year
    return int(text) if text.isdecimal() and len(text) == 4 and today - 2 <= int(text) <= today + 2 else None


@rules.post("/notices/new")
@requires(permissions.CALENDAR_KEEP)
def read_entered_notice() -> Page:
    """Shows what was understood; enters it for a second person when that is asked."""
    typed = {name: request.form.get(name, "") for name in ("year", "notice_number", "source", "text")}
    year = _year(typed["year"])
    if year is None:
        return _entry(typed, None, {"year": f"年份：“{typed['year'][:10]}”应为 {clock.today().year} 年前后两年以内"})
    if not typed["text"].strip():
        return _entry(typed, None, {"text": "放假通知：请粘贴通知原文或表格"})
    read = read_notice(year, typed["text"])
    typed["notice_number"] = typed["notice_number"] or read.notice_number or ""
    if read.faults:
        words = f"放假通知：有 {len(read.faults)} 行没有读通，改好以后再提交"
        return _entry(typed, read, {"text": words})
    if request.form.get("act") != "propose":
        return _entry(typed, read, {})
    return _propose(typed, year, read)


def _propose(typed: dict[str, str], year: int, read: ReadNotice) -> Page:
    notice = Notice(year, typed["notice_number"], typed["source"].strip(), read.rest, read.makeup)
    try:
        with transaction():
            number = calendar_import.propose(notice, current_actor(), clock.now())
            note = f"放假 {len(read.rest)} 天，调休上班 {len(read.makeup)} 天"
            proposals.ask(_matter(calendar_import.entered(number)), current_actor(), note=note)
    except Invalid as refusal:
        named = {"days": "text", "makeup": "text"}
        return _entry(typed, read, {named.get(name, name): words for name, words in refusal.errors.items()})
    flash(f"已提交 {year} 年的放假通知，等另一人复核")
    return redirect(url_for("rules.show_notice", number=number))


def _matter(found: Entered) -> proposals.Matter:
    """What the messages say of a notice; every other keeper of the calendar may confirm it."""
    row = found.row
    title, path = f"{row.year} 年放假通知（{row.notice_number}）", url_for("rules.show_notice", number=row.id)
    return proposals.Matter(proposals.CALENDAR, row.id, title, path, (calendar_import.KEEPING_ROLES,))


def _answer(number: int, decision: str) -> None:
    """Tells whoever entered a notice what somebody else made of it."""
    found, actor = calendar_import.entered(number), current_actor()
    if found.row.proposed_by != actor.user_id:
        proposals.answer(_matter(found), found.row.proposed_by, decision, actor)


@rules.get("/notices/<int:number>")
@requires(permissions.RULES_READ)
def show_notice(number: int) -> Page:
    """A notice with what it changes: days, and open deadlines before it is applied."""
    return _notice_page(calendar_import.entered(number), "", {})


def _notice_page(found: Entered, reason: str, errors: dict[str, str]) -> Page:
    actor, row = current_actor(), found.row
    is_open = row.status == "proposed"
    moved = recounting.preview(found.year) if is_open else []
    page = render_template(
        "rules/notice.html", found=found, row=row, states=STATES, is_open=is_open, moved=moved[:_LISTED],
        moved_count=len(moved), differing=calendar_import.differing_days(found.year) if is_open else [],
        months=_months(row.year, current_calendar().with_year(found.year)), reason=reason, errors=errors,
        may_confirm=is_open and _keeps() and row.proposed_by != actor.user_id, may_withdraw=is_open and _keeps(),
    )
    return (page, 422) if errors else page


@rules.post("/notices/<int:number>/confirm")
@requires(permissions.CALENDAR_KEEP)
def confirm_notice(number: int) -> Page:
    """Makes the notice official; a job then counts the open deadlines again."""
    try:
        with transaction():
            year = calendar_import.confirm(number, current_actor(), clock.now())
            _answer(number, "已复核")
    except NotFound:
        raise
    except UserError as refusal:
        flash(f"没有复核：{refusal.message}", "bad")
        return redirect(url_for("rules.show_notice", number=number))
    flash(f"已复核，{year} 年的工作日历开始使用，未到期的时限正在重新计算")
    return redirect(url_for("rules.calendar", year=year))


@rules.post("/notices/<int:number>/withdraw")
@requires(permissions.CALENDAR_KEEP)
def withdraw_notice(number: int) -> Page:
    """Takes a notice back that was entered wrongly."""
    reason = request.form.get("reason", "")
    try:
        with transaction():
            calendar_import.withdraw(number, current_actor(), reason, clock.now())
            _answer(number, f"已撤回（{reason.strip()}）")
    except Invalid as refusal:
        return _notice_page(calendar_import.entered(number), reason, refusal.errors)
    except NotFound:
        raise
    except UserError as refusal:
        flash(f"没有撤回：{refusal.message}", "bad")
        return redirect(url_for("rules.show_notice", number=number))
    flash("已撤回这份放假通知")
    return redirect(url_for("rules.show_notice", number=number))
