"""What operators watch: does the scheduler tick, is anything overdue, does mail go out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.core import clock, settings
from app.core.database import db
from app.core.transaction import transaction
from app.notices.queries import outbox_health
from app.workflow.models import Incident, Message, Timer

_LAST_TICK = "scheduler.last_tick"
#: A tick is written down at most this often: one small write is not worth one a second.
_NOTED_EVERY = timedelta(seconds=15)
#: Without a tick for this long something is wrong; longer than any beat and any single run.
SILENT_AFTER = timedelta(minutes=2)
#: Due for this long means that nobody takes it.
OVERDUE_AFTER = timedelta(minutes=1)
_CAP = 1000

_noted: dict[str, datetime] = {}


@dataclass(frozen=True)
class Health:
    """The state of background work; ages are None where there is nothing. Counts end at 1000."""

    last_tick_age: timedelta | None
    overdue: int
    oldest_overdue_age: timedelta | None
    outbox_backlog: int
    oldest_unsent_age: timedelta | None
    outbox_dead: int
    undeliverable_messages: int
    open_incidents: int

    @property
    def is_well(self) -> bool:
        """False when an operator should look."""
        ticks = self.last_tick_age is not None and self.last_tick_age <= SILENT_AFTER
        return ticks and not self.overdue


def machine_now() -> datetime:
    """The machine's own clock, since the demo's may be moved."""
    return clock.now() - clock.offset()


def note_tick() -> None:
    """Writes down that the scheduler has just run."""
    moment, database = machine_now(), str(db.engine.url)
    last = _noted.get(database)
    if last is not None and moment - last < _NOTED_EVERY:
        return
    with transaction():
        settings.store(_LAST_TICK, moment.isoformat())
    _noted[database] = moment


def health(now: datetime) -> Health:
    """Reads the facts; `now` is the moment by the product's clock."""
    noted = settings.stored(_LAST_TICK)
    late_since = now - OVERDUE_AFTER
    overdue = sa.select(Timer.wake_at).where(Timer.wake_at <= late_since, sa.text("status = 'pending'"))
    oldest: datetime | None = db.session.scalar(overdue.order_by(Timer.wake_at).limit(1))
    late = _count(overdue)
    late += _count(sa.select(Message.id).where(Message.next_at <= late_since, sa.text("status = 'pending'")))
    outbox = outbox_health(now)
    return Health(
        last_tick_age=machine_now() - datetime.fromisoformat(noted) if noted else None,
        overdue=late,
        oldest_overdue_age=now - oldest if oldest else None,
        outbox_backlog=outbox.waiting,
        oldest_unsent_age=now - outbox.oldest_due_at if outbox.oldest_due_at else None,
        outbox_dead=outbox.dead,
        undeliverable_messages=_count(sa.select(Message.id).where(Message.status == "undeliverable")),
        open_incidents=_count(sa.select(Incident.id).where(sa.text("status = 'open'"))),
    )


def _count(statement: Any) -> int:
    limited = statement.limit(_CAP).subquery()
    return db.session.scalar(sa.select(sa.func.count()).select_from(limited)) or 0
