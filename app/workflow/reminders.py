"""Telling holders of tasks that a deadline comes, and that it is over; each once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.core.actor import SYSTEM
from app.core.database import db
from app.regulations import current_calendar, workdays
from app.workflow.acts import SUSPENDED_CASES, TASK, Row
from app.workflow.attention import candidates
from app.workflow.telling import due_text, tell

_COMING, _OVER = 1, 2

_OPEN = sa.text("status = 'open' AND warned < 2 AND due_at IS NOT NULL")
#: Nobody is urged to what he cannot do at present.
_MOVES = TASK.c.instance_id.not_in(SUSPENDED_CASES)
_DUE = (
    sa.select(TASK.c.id)
    .where(
        _OPEN,
        _MOVES,
        TASK.c.inbox_at <= sa.bindparam("soon"),
        sa.or_(TASK.c.warned < _COMING, TASK.c.inbox_at <= sa.bindparam("now")),
        sa.or_(TASK.c.warned < _COMING, TASK.c.provisional.is_(False)),
    )
    .order_by(TASK.c.inbox_at, TASK.c.id)
    .limit(sa.bindparam("limit"))
)


def due(now: datetime, limit: int) -> list[str]:
    """Ids of the tasks whose holders are to be told, from the last working day before the deadline on."""
    return list(db.session.connection().scalars(_DUE, {"now": now, "soon": _soon(now), "limit": limit}))


def _soon(now: datetime) -> datetime:
    """What is due by the end of the next working day is due soon."""
    following = workdays.next_workday(now.date(), current_calendar())
    return now + timedelta(days=(following - now.date()).days)


def remind(task_id: str, now: datetime) -> bool:
    """Tells the holder, or the group while nobody holds it. False if there was nothing to tell any more."""
    due_soon = sa.select(TASK).where(TASK.c.id == task_id, _OPEN, _MOVES, TASK.c.inbox_at <= _soon(now))
    task = db.session.connection().execute(due_soon.with_for_update(skip_locked=True)).first()
    level = _level(task, now) if task is not None else None
    if task is None or level is None:
        return False
    db.session.connection().execute(sa.update(TASK).where(TASK.c.id == task_id).values(warned=level))
    key = "deadline_overdue" if level == _OVER else "deadline_warning"
    for user_id in [task.assignee_id] if task.assignee_id is not None else candidates(task):
        tell(user_id, key, task, SYSTEM, now, due=due_text(task, now))
    return True


def give_up(task_id: str, failure: BaseException, now: datetime) -> None:
    """After a notice that could not be written: the log has it, and the next stage of the deadline tries again."""
    db.session.connection().execute(sa.update(TASK).where(TASK.c.id == task_id).values(warned=TASK.c.warned + 1))


def _level(task: Row, now: datetime) -> Any:
    """How far the deadline has come since the last notice; a provisional one makes nobody late."""
    if task.inbox_at <= now and not task.provisional:
        return _OVER
    return _COMING if task.warned < _COMING else None
