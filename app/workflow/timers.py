"""Timers: found by the instant at which they are due, fired one case at a time; no case is ever polled."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.core.actor import SYSTEM
from app.core.database import db
from app.workflow import failures, parking, projections
from app.workflow.acts import Deed, lock_case, lock_free_case, word
from app.workflow.models import Timer
from app.workflow.states import Act, InstanceStatus
from app.workflow.step import Plan, take_step

_TIMER: Any = Timer.__table__

#: The predicate is written out, so that every database sees that the partial index serves (infra.md §3).
DUE = (
    sa.select(_TIMER.c.id)
    .where(sa.text("status = 'pending'"), _TIMER.c.wake_at <= sa.bindparam("now"))
    .order_by(_TIMER.c.wake_at, _TIMER.c.id)
    .limit(sa.bindparam("limit"))
)

_STILL_DUE = sa.select(_TIMER).where(
    _TIMER.c.id == sa.bindparam("id"), sa.text("status = 'pending'"), _TIMER.c.wake_at <= sa.bindparam("now")
)


def due(now: datetime, limit: int) -> list[int]:
    """Ids of the timers to be fired, the most overdue first."""
    return list(db.session.connection().scalars(DUE, {"now": now, "limit": limit}))


def next_due(after: datetime) -> datetime | None:
    """The instant of the next pending timer later than `after`."""
    pending = sa.select(Timer.wake_at).where(sa.text("status = 'pending'"), Timer.wake_at > after)
    pending = pending.where(Timer.wake_at < projections.FAR_END)  # those of suspended cases wait without an instant
    found: datetime | None = db.session.scalar(pending.order_by(Timer.wake_at).limit(1))
    return found


def fire(timer_id: int, now: datetime) -> bool:
    """Lets the case of a due timer advance; False if another worker did, or somebody is at the case just now.

    Whatever of the same case is due fires with it. A failing operation becomes an incident; a failing expression
    raises, and the job counts it with `fail`.
    """
    row = db.session.connection().execute(_STILL_DUE, {"id": timer_id, "now": now}).first()
    if row is None:
        return False
    case = lock_free_case(SYSTEM, row.instance_id)
    if case is None:
        return False
    still = db.session.connection().execute(_STILL_DUE, {"id": timer_id, "now": now}).first()
    if case.is_suspended:
        parking.park_timers(row.instance_id)
        return False
    if still is None or case.instance.status != InstanceStatus.RUNNING:
        return False
    deed = Deed(Act.TIMER, f"{word(Act.TIMER)}：“{row.name}”", element_id=row.element_id)
    take_step(case, Plan(deed, lambda execution: execution.advance(), tolerant=True))
    failures.resolve_job_failure("timer", timer_id, row.instance_id, now)
    return True


def fire_due_of(instance_id: int) -> None:
    """Makes the step of a case's due timers, if there are any, before something else is tried on the case.

    Otherwise what they set going would be done in the attempt, and once more when the attempt comes to nothing.
    """
    case = lock_case(SYSTEM, instance_id=instance_id)
    due = [timer for timer in projections.pending_timers(instance_id) if timer.due_at <= case.now]
    if not due or case.instance.status != InstanceStatus.RUNNING:
        return
    names = "、".join(f"“{timer.name}”" for timer in due)
    deed = Deed(Act.TIMER, f"{word(Act.TIMER)}：{names}", element_id=due[0].element_id)
    take_step(case, Plan(deed, lambda execution: execution.advance(), tolerant=True))
    for timer in due:
        failures.resolve_job_failure("timer", timer.id, instance_id, case.now)


def fail(timer_id: int, failure: BaseException, now: datetime) -> None:
    """Counts a firing that failed and was rolled back; it is tried again with back-off, then once a day."""
    row = db.session.connection().execute(sa.select(_TIMER).where(_TIMER.c.id == timer_id)).one()
    attempts = row.attempts + 1
    wake_at = failures.next_attempt(attempts, now) or now + failures.LAST_WAIT
    db.session.connection().execute(
        sa.update(_TIMER).where(_TIMER.c.id == timer_id).values(attempts=attempts, wake_at=wake_at)
    )
    failures.record_job_failure("timer", timer_id, row.instance_id, failure, attempts, SYSTEM)
