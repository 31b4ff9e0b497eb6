"""Entering the working days of a year by the State Council's notice: one proposes, another confirms.

What was replaced or taken back is kept with its days.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from app.core import audit
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from app.regulations.calendar import CalendarDay, OfficialYear
from app.regulations.models import CalendarYearRow, WorkdayRow
from app.regulations.reasons import given_reason
from app.regulations.store import add_days, current_calendar, forget_after_commit

#: Whose holders keep the calendar (the permission calendar.keep; identity lies above this package).
KEEPING_ROLES = ("center_clerk", "process_owner")

_SATURDAY = 5
_LONGEST_NUMBER, _LONGEST_SOURCE, _LONGEST_NAME = 80, 200, 40


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
    _lock_year(calendar_year_id)
    row = _waiting(calendar_year_id)
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


def withdraw(calendar_year_id: int, actor: Actor, reason: str, now: datetime) -> None:
    """Takes a proposed notice back: entered wrongly, or turned down by who was to confirm it.

    :raises NotFound, Conflict, NotAllowed: as `confirm`, but the proposer may. :raises Invalid: no reason.
    """
    _demand_keeper(actor)
    row = _waiting(calendar_year_id)
    found = given_reason(reason, "撤回")
    row.status = "withdrawn"
    row.withdrawn_by_name, row.withdrawn_at, row.withdrawal_reason = actor.name, now, found
    db.session.flush()
    audit.record(
        actor, "calendar.withdraw_year", "calendar_year", row.id, after={"year": row.year}, reason=found
    )


def _lock_year(calendar_year_id: int) -> None:
    """Two who confirm different notices of one year come one after the other, so that one of them is official."""
    year = sa.select(CalendarYearRow.year).where(CalendarYearRow.id == calendar_year_id).scalar_subquery()
    mine = sa.select(CalendarYearRow.id).where(CalendarYearRow.year == year)
    db.session.execute(mine.order_by(CalendarYearRow.id).with_for_update())


def _waiting(calendar_year_id: int) -> CalendarYearRow:
    row = db.session.get(CalendarYearRow, calendar_year_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound("没有这份放假安排")
    if row.status != "proposed":
        raise Conflict("这份放假安排已经复核或者撤回过了")
    return row


def waiting() -> list[CalendarYearRow]:
    """Notices that wait for a second person, the oldest first."""
    statement = sa.select(CalendarYearRow).where(CalendarYearRow.status == "proposed")
    return list(db.session.scalars(statement.order_by(CalendarYearRow.id)))


def notices_of(year: int) -> list[CalendarYearRow]:
    """All notices about a year, replaced and withdrawn ones too, the latest first."""
    statement = sa.select(CalendarYearRow).where(CalendarYearRow.year == year)
    return list(db.session.scalars(statement.order_by(CalendarYearRow.id.desc())))


@dataclass(frozen=True)
class Entered:
    """A notice as it was entered, and its days."""

    row: CalendarYearRow
    year: OfficialYear


def entered(calendar_year_id: int) -> Entered:
    """One notice, whatever became of it. :raises NotFound:"""
    row = db.session.get(CalendarYearRow, calendar_year_id)
    if row is None:
        raise NotFound("没有这份放假安排")
    days = db.session.scalars(sa.select(WorkdayRow).where(WorkdayRow.calendar_year_id == row.id)).all()
    rest = {day.date: day.name for day in days if not day.is_work}
    makeup = {day.date: day.name for day in days if day.is_work}
    return Entered(row, OfficialYear(row.year, rest, makeup, row.source, row.notice_number))


def differing_days(year: OfficialYear) -> list[tuple[CalendarDay, CalendarDay]]:
    """The days of which the notice says other than is known at present: (as known, as the notice has it)."""
    known, new = current_calendar(), current_calendar().with_year(year)
    first = date(year.year, 1, 1)
    days = [first + timedelta(days=n) for n in range((date(year.year + 1, 1, 1) - first).days)]
    return [(known.day(day), new.day(day)) for day in days if known.is_work(day) != new.is_work(day)]


def missing_years(today: date, alarm_month: int = 11) -> list[int]:
    """Years without an official notice that should be known: this one, and the next from November on."""
    wanted = [today.year] + ([today.year + 1] if today.month >= alarm_month else [])
    calendar = current_calendar()
    return [year for year in wanted if not calendar.is_official(year)]


def _demand_keeper(actor: Actor) -> None:
    if not actor.has(*KEEPING_ROLES):
        raise NotAllowed("只有中心经办和流程管理员可以维护工作日历")


def _faults(notice: Notice) -> dict[str, str]:
    faults = _paper_faults(notice)
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


def _paper_faults(notice: Notice) -> dict[str, str]:
    faults = {}
    if not notice.notice_number.strip():
        faults["notice_number"] = "填写放假通知的文号"
    elif len(notice.notice_number.strip()) > _LONGEST_NUMBER:
        faults["notice_number"] = f"文号请缩短到 {_LONGEST_NUMBER} 字以内"
    if len(notice.source) > _LONGEST_SOURCE:
        faults["source"] = f"来源请缩短到 {_LONGEST_SOURCE} 字以内"
    if not notice.rest:
        faults["days"] = "没有读到放假的日子"
    long = next((name for name in (*notice.rest.values(), *notice.makeup.values()) if len(name) > _LONGEST_NAME), None)
    if long:
        faults["days"] = f"节日名称“{long[:20]}…”太长，最多 {_LONGEST_NAME} 字"
    return faults


def _summary(notice: Notice) -> dict[str, object]:
    return {
        "year": notice.year,
        "notice": notice.notice_number,
        "rest": len(notice.rest),
        "makeup": [str(day) for day in sorted(notice.makeup)],
    }
