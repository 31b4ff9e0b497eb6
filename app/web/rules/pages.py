"""Reading the rule sets and the calendar; the bureau's leader records that a lapsed set goes on (domain.md no. 59)."""

from __future__ import annotations

import calendar as months
from datetime import MAXYEAR, MINYEAR, date, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.core.errors import Invalid, NotFound
from app.core.transaction import transaction
from app.identity import permissions, roles
from app.regulations import calendar_import, current_calendar, store, workdays
from app.regulations.parameters import REGISTER
from app.regulations.store import ContinuationDecision
from app.web.auth import current_actor, requires

rules = Blueprint("rules", __name__, url_prefix="/rules")

Page = str | Response | tuple[str, int]
#: So long before a set lapses the page reminds of it.
_REMIND = timedelta(days=120)
_WEEK = 7


@rules.get("/")
@requires(permissions.RULES_READ)
def index() -> str:
    """Every parameter: what it is called, its value, where it comes from, since when."""
    today = clock.today()
    shown = store.rule_set_to_show(today)
    return render_template(
        "rules/index.html", shown=shown, sets=store.rule_sets(), declared=REGISTER, today=today,
        lapsed=not shown.covers(today), lapses_soon=today <= shown.valid_to < today + _REMIND,
        decisions=store.continuations(), missing=calendar_import.missing_years(today),
        may_continue=current_actor().has(roles.BUREAU_LEADER),
    )


@rules.get("/calendar/<int:year>")
@requires(permissions.RULES_READ)
def calendar(year: int) -> str:
    """A year's working days with the notice they come from."""
    if not MINYEAR < year < MAXYEAR:  # the weeks of the very first and last year reach beyond the calendar
        raise NotFound(f"没有 {year} 年的工作日安排")
    known = current_calendar()
    weeks = [_month(year, month) for month in range(1, 13)]
    return render_template("rules/calendar.html", year=year, months=weeks, is_official=known.is_official(year))


def _month(year: int, month: int) -> dict[str, Any]:
    known, days = current_calendar(), []
    for week in months.Calendar().monthdatescalendar(year, month):
        days.append([_day(day, known) if day.month == month else None for day in week])
    return {"number": month, "weeks": days}


def _day(day: date, known: Any) -> dict[str, Any]:
    at_work = workdays.is_workday(day, known)
    weekend = day.weekday() >= _WEEK - 2
    word = "班" if at_work and weekend else "休" if not at_work and not weekend else ""
    return {"date": day, "at_work": at_work, "word": word, "is_today": day == clock.today()}


@rules.get("/continuation")
@requires(permissions.RULES_CONTINUE)
def continuation() -> Page:
    """The form of a 沿用 decision."""
    shown = store.rule_set_to_show(clock.today())
    first = shown.valid_to + timedelta(days=1)
    return _page({"from_date": first.isoformat()}, {})


def _page(typed: dict[str, str], errors: dict[str, str]) -> Page:
    shown = store.rule_set_to_show(clock.today())
    page = render_template("rules/continuation.html", shown=shown, typed=typed, errors=errors)
    return (page, 422) if errors else page


@rules.post("/continuation")
@requires(permissions.RULES_CONTINUE)
def record_continuation() -> Page:
    """Records the decision with its document number and reason."""
    typed, actor = request.form.to_dict(), current_actor()
    shown = store.rule_set_to_show(clock.today())
    first, last = _read_day(typed.get("from_date", "")), _read_day(typed.get("to_date", ""))
    if first is None:
        return _page(typed, {"from_date": "沿用开始日：请填写"})
    decision = ContinuationDecision(
        shown.id, first, last, typed.get("document_number", ""), typed.get("reason", "")
    )
    try:
        with transaction():
            store.record_continuation(decision, actor, clock.now())
    except Invalid as refusal:
        return _page(typed, refusal.errors)
    flash(f"已登记沿用决定：{decision.document_number}")
    return redirect(url_for("rules.index"))


def _read_day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None
