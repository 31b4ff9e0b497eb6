"""Moving the demo's clock: forward only, kept in the database, and everything that falls due is done at once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Literal, Protocol

import sqlalchemy as sa
from flask import current_app

from app.core import audit, clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import UserError
from app.core.settings import store
from app.core.transaction import transaction
from app.regulations import current_calendar, workdays
from app.workflow.models import Timer
from app.workflow.projections import FAR_END

Step = Literal["hours", "workday", "deadline"]
STEPS: tuple[Step, ...] = ("hours", "workday", "deadline")

#: The key under which the factory finds the clock again after a restart.
OFFSET = "clock.offset_seconds"
_HOURS = timedelta(hours=2)


class Report(Protocol):
    """What the jobs did once the clock stood elsewhere."""

    @property
    def done(self) -> int: ...

    @property
    def failed(self) -> int: ...


def target(step: Step, now: datetime) -> datetime:
    """Where a step leads from `now`.

    :raises UserError: there is no deadline ahead.
    """
    if step == "hours":
        return now + _HOURS
    if step == "workday":
        return datetime.combine(workdays.next_workday(now.date(), current_calendar()), now.time(), tzinfo=clock.ZONE)
    due = next_deadline(now)
    if due is None:
        raise UserError("后面没有待到的时限，时钟没有拨动")
    return due


def next_deadline(now: datetime) -> datetime | None:
    """When the next timer of any case goes off, or None."""
    pending = sa.select(sa.func.min(Timer.wake_at)).where(sa.text("status = 'pending'"), Timer.wake_at > now)
    pending = pending.where(Timer.wake_at < FAR_END)  # those of suspended cases wait without an instant
    return db.session.execute(pending).scalar_one()


def on_date(day: date, now: datetime) -> datetime:
    """The same hour of a later day.

    :raises UserError: the day is not later than today.
    """
    if day <= now.date():
        raise UserError("时钟只能往后拨，请选今天之后的日期", field="date")
    return datetime.combine(day, now.time(), tzinfo=clock.ZONE)


def move_to(moment: datetime, actor: Actor) -> Report:
    """Sets the clock, remembers it, and runs what is due by then until nothing is left.

    :raises UserError: `moment` lies in the past.
    """
    before = clock.now()
    if moment < before:
        raise UserError("时钟只能往后拨")
    with transaction():
        audit.record(actor, "demo.move_clock", "clock", "demo", before=before.isoformat(), after=moment.isoformat())
        store(OFFSET, clock.travel_to(moment).total_seconds())
    report: Report = current_app.extensions["run_until_quiet"](clock.now())
    return report


def start_clock(moment: datetime) -> None:
    """Puts the clock of a freshly loaded world to its beginning; in the caller's transaction."""
    store(OFFSET, clock.travel_to(moment).total_seconds())
