"""Entering the working days of a year by the State Council's notice: one proposes, another confirms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from app.core import audit
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from app.regulations.models import CalendarYearRow
from app.regulations.store import add_days, current_calendar, forget_after_commit

#: The role whose holders keep the calendar.
KEEPING_ROLE = "center_clerk"

_SATURDAY = 5


@dataclass(frozen=True)
class Notice:
    """A yearly notice: rest days and make-up days with the festival they belong to."""

    year: int
    notice_number: str
    source: str
    rest: Mapping[date, str]
    makeup: Mapping[date, str]


def propose(notice: Notice, actor: Actor, now: datetime) -> int:
    """Enters a notice, without effect until somebody else confirms it; returns its id.

    :raises NotAllowed: the actor does not keep the calendar. :raises Invalid: dates that cannot be.
    """
    _demand_keeper(actor)
    faults = _faults(notice)
    if faults:
        raise Invalid(faults)
    row = CalendarYearRow(
        year=notice.year,
        status="proposed",
        source=notice.source,
        notice_number=notice.notice_number.strip(),
        proposed_by=actor.user_id,
        proposed_by_name=actor.name,
        proposed_at=now,
    )
    db.session.add(row)
    db.session.flush()
    add_days(db.session(), row.id, notice.rest, notice.makeup)
    audit.record(actor, "calendar.propose_year", "calendar_year", row.id, after=_summary(notice))
    return row.id


def confirm(calendar_year_id: int, actor: Actor, now: datetime) -> int:
    """Makes a proposed notice official in place of what was known of its year, and returns the year.

    The caller recomputes open deadlines afterwards; they may only become later (domain.md no. 6).

    :raises NotFound, Conflict, NotAllowed: it is not there, is decided already, or is the actor's own.
    """
    _demand_keeper(actor)
    row = db.session.get(CalendarYearRow, calendar_year_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound("没有这份放假安排")
    if row.status != "proposed":
        raise Conflict("这份放假安排已经复核过了")
    if row.proposed_by == actor.user_id:
        raise NotAllowed("放假安排须由录入人以外的人复核")
    db.session.execute(
        sa.update(CalendarYearRow)
        .where(CalendarYearRow.year == row.year, CalendarYearRow.status == "official")
        .values(status="replaced")
    )
    row.status = "official"
    row.confirmed_by, row.confirmed_by_name, row.confirmed_at = actor.user_id, actor.name, now
    db.session.flush()
    audit.record(actor, "calendar.confirm_year", "calendar_year", row.id, after={"year": row.year})
    forget_after_commit()
    return row.year


def missing_years(today: date, alarm_month: int = 11) -> list[int]:
    """Years without an official notice that should be known: this one, and the next from November on."""
    wanted = [today.year] + ([today.year + 1] if today.month >= alarm_month else [])
    calendar = current_calendar()
    return [year for year in wanted if not calendar.is_official(year)]


def _demand_keeper(actor: Actor) -> None:
    if not actor.has(KEEPING_ROLE):
        raise NotAllowed("只有中心经办可以维护工作日历")


def _faults(notice: Notice) -> dict[str, str]:
    faults = {}
    if not notice.notice_number.strip():
        faults["notice_number"] = "填写放假通知的文号"
    strangers = sorted(day for day in (*notice.rest, *notice.makeup) if day.year != notice.year)
    if strangers:
        faults["days"] = f"{strangers[0]} 不在 {notice.year} 年"
    twice = sorted(set(notice.rest) & set(notice.makeup))
    if twice:
        faults["days"] = f"{twice[0]} 既写为放假又写为上班"
    weekdays = sorted(day for day in notice.makeup if day.weekday() < _SATURDAY)
    if weekdays:
        faults["makeup"] = f"{weekdays[0]} 本来就是工作日，不是调休上班日"
    return faults


def _summary(notice: Notice) -> dict[str, object]:
    return {
        "year": notice.year,
        "notice": notice.notice_number,
        "rest": len(notice.rest),
        "makeup": [str(day) for day in sorted(notice.makeup)],
    }
