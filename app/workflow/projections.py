"""Rows derived from the engine's state: open tasks, timers, failures. Only what changed is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.core.database import db
from app.engine import DueTimer, Execution, OpenTask
from app.regulations import deadline
from app.workflow import assignment
from app.workflow.acts import TASK, LockedCase, Row
from app.workflow.host import AskedDeadline, StepHost
from app.workflow.models import TaskCandidate, TaskGroup, Timer
from app.workflow.states import TaskStatus, TimerStatus

TIMER: Any = Timer.__table__
_GROUP: Any = TaskGroup.__table__
_CANDIDATE: Any = TaskCandidate.__table__

#: Where tasks without a deadline stand in an inbox.
FAR_END = datetime(9999, 1, 1, tzinfo=UTC)

#: Properties by which a diagram names the parameter, and the variable from which its period runs, where an operation
#: and not an expression counted the deadline. Without a variable it runs from the step itself.
DEADLINE, DEADLINE_FROM = "deadline", "deadlineFrom"
#: Property of a user task: the variable that holds the id of the only unit that may do it.
UNIT_VARIABLE = "unitVariable"

_PENDING_TIMERS = sa.select(TIMER).where(TIMER.c.instance_id == sa.bindparam("id"), sa.text("status = 'pending'"))


@dataclass(frozen=True)
class Projection:
    """One step's result on its way into the tables."""

    case: LockedCase
    execution: Execution
    host: StepHost

    def explanation(self, due_at: datetime | None, element_id: str, task_id: str) -> AskedDeadline | None:
        """By which parameter and from when a deadline was counted, if that is known."""
        if due_at is None:
            return None
        asked = self.host.deadlines.get(due_at)
        if asked is not None:
            return asked
        return self._declared(due_at, self.case.view.properties(element_id), task_id)

    def _declared(self, due_at: datetime, properties: Mapping[str, str], task_id: str) -> AskedDeadline | None:
        key, path = properties.get(DEADLINE), properties.get(DEADLINE_FROM)
        start = _instant(self.variable(path, task_id)) if path else self.case.now
        if key is None or start is None:
            return None
        period = deadline(self.host.rules, key, start)
        if path is None and period.due_at != due_at:
            return None
        return AskedDeadline(key, start, period.provisional)

    def variable(self, path: str, task_id: str) -> Any:
        """A value of the task's data by its dotted path, None where there is none."""
        value: Any = self.execution.data(task_id)
        for part in path.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        return value


def _instant(value: Any) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def pending_timers(instance_id: int) -> Sequence[Row]:
    """The waiting timers of a case."""
    return db.session.connection().execute(_PENDING_TIMERS, {"id": instance_id}).all()


def write_tasks(
    projection: Projection, open_now: Sequence[OpenTask], closing: Mapping[str, Mapping[str, Any]], *, reopening: bool
) -> list[str]:
    """Opens and closes rows so that they match `open_now`; gives the ids of the tasks opened.

    `closing` says with which values a task ends (completed, returned); every other one gone is cancelled.
    `reopening`: an earlier state was restored, so that some of the tasks have a row already.
    """
    case = projection.case
    present = {task.id for task in open_now}
    gone = [task for task in case.tasks.values() if task.id not in present]
    new = [task for task in open_now if task.id not in case.tasks]
    _close(case, gone, closing)
    if new:
        _open(projection, new, reopening)
    return [task.id for task in new]


def _close(case: LockedCase, gone: Sequence[Row], closing: Mapping[str, Mapping[str, Any]]) -> None:
    for task in gone:
        if task.id in closing:
            case.update_task(task, **closing[task.id])
    cancelled = [task.id for task in gone if task.id not in closing]
    connection = db.session.connection()
    if cancelled:
        connection.execute(
            sa.update(TASK)
            .where(TASK.c.id.in_(cancelled))
            .values(status=TaskStatus.CANCELLED, completed_at=case.now, rev=TASK.c.rev + 1)
        )
    ids = [task.id for task in gone]
    if any(len(task.candidate_groups) > 1 for task in gone):
        connection.execute(sa.delete(_GROUP).where(_GROUP.c.task_id.in_(ids)))
    if any(task.candidate_user_ids for task in gone):
        connection.execute(sa.delete(_CANDIDATE).where(_CANDIDATE.c.task_id.in_(ids)))


def _open(projection: Projection, tasks: Sequence[OpenTask], reopening: bool) -> None:
    connection = db.session.connection()
    rows = [task_row_of(projection, task) for task in tasks]
    reopened = _known([row["id"] for row in rows]) if reopening else set()
    fresh = [row for row in rows if row["id"] not in reopened]
    if fresh:
        connection.execute(_upsert(connection.dialect.name), fresh)
    for row in rows:
        if row["id"] in reopened:
            connection.execute(sa.update(TASK).where(TASK.c.id == row["id"]).values(**_REOPENED))
    add_candidates(rows)


@cache
def _upsert(dialect: str) -> Any:
    """Inserts tasks. After a withdrawal the engine gives the same ids once more: their old rows begin anew."""
    insert = postgresql.insert(TASK) if dialect == "postgresql" else sqlite.insert(TASK)
    anew = {column.name: insert.excluded[column.name] for column in TASK.c if column.name not in ("id", "rev")}
    return insert.on_conflict_do_update(index_elements=[TASK.c.id], set_={**anew, "rev": TASK.c.rev + 1})


#: What an old row forgets when the step that closed it is withdrawn.
_REOPENED: dict[str, Any] = {
    "status": TaskStatus.OPEN,
    "completed_at": None,
    "completed_by_id": None,
    "completed_by_name": None,
    "submitted": None,
    "rev": TASK.c.rev + 1,
}


def _known(ids: Sequence[str]) -> set[str]:
    return set(db.session.connection().scalars(sa.select(TASK.c.id).where(TASK.c.id.in_(ids))))


def add_candidates(rows: Sequence[Mapping[str, Any]]) -> None:
    """Writes the further groups and the named persons of opened tasks; most tasks have neither."""
    groups = [
        {"task_id": row["id"], "candidate_group": group} for row in rows for group in row["candidate_groups"][1:]
    ]
    users = [{"task_id": row["id"], "user_id": user} for row in rows for user in row["candidate_user_ids"]]
    connection = db.session.connection()
    if groups:
        connection.execute(sa.insert(_GROUP), groups)
    if users:
        connection.execute(sa.insert(_CANDIDATE), users)


def task_row_of(projection: Projection, task: OpenTask) -> dict[str, Any]:
    """The row of a task that opens now."""
    case, now = projection.case, projection.case.now
    groups = assignment.groups_of(task)
    holder = assignment.named(task.assignee) if task.assignee else None
    asked = projection.explanation(task.due_at, task.element_id, task.id)
    unit = task.properties.get(UNIT_VARIABLE)
    return {
        "id": task.id,
        "instance_id": case.instance.id,
        "process_key": case.instance.process_key,
        "business_key": case.instance.business_key,
        "title": case.instance.title,
        "element_id": task.element_id,
        "name": task.name,
        "lane": task.lane,
        "item_key": task.item_key,
        "form_key": task.form_key,
        "candidate_group": groups[0] if groups else None,
        "candidate_groups": list(groups),
        "candidate_user_ids": assignment.named_ids(task.candidate_users),
        "unit_id": projection.variable(unit, task.id) if unit else None,
        "assignee_id": holder.id if holder else None,
        "assignee_name": holder.name if holder else None,
        "status": TaskStatus.OPEN,
        "rev": 0,
        "due_at": task.due_at,
        "deadline_key": asked.key if asked else None,
        "deadline_start": asked.start if asked else None,
        "provisional": bool(asked and asked.provisional),
        "inbox_at": task.due_at or FAR_END,
        "created_at": now,
        "claimed_at": now if holder else None,
        "pending_signers": 0,
        "warned": 0,
    }


def write_timers(projection: Projection, before: Sequence[Row], fired: frozenset[str]) -> None:
    """Adds timers the engine began to wait for, ends those it waits for no more, moves those it waits longer for."""
    waiting = {(timer.task_id, timer.due_at): timer for timer in projection.execution.timers()}
    present = {(row.task_id, row.engine_at): row for row in before}
    connection = db.session.connection()
    ended = [row for key, row in present.items() if key not in waiting]
    for status, ids in (
        (TimerStatus.FIRED, [row.id for row in ended if row.task_id in fired]),
        (TimerStatus.CANCELLED, [row.id for row in ended if row.task_id not in fired]),
    ):
        if ids:
            connection.execute(
                sa.update(TIMER).where(TIMER.c.id.in_(ids)).values(status=status, ended_at=projection.case.now)
            )
    new = [_timer_row(projection, timer) for key, timer in waiting.items() if key not in present]
    if new:
        connection.execute(sa.insert(TIMER), new)


def _timer_row(projection: Projection, timer: DueTimer) -> dict[str, Any]:
    asked = projection.explanation(timer.due_at, timer.element_id, timer.task_id)
    return {
        "instance_id": projection.case.instance.id,
        "task_id": timer.task_id,
        "element_id": timer.element_id,
        "name": timer.name,
        "due_at": timer.due_at,
        "engine_at": timer.due_at,
        "wake_at": timer.due_at,
        "status": TimerStatus.PENDING,
        "deadline_key": asked.key if asked else None,
        "deadline_start": asked.start if asked else None,
        "provisional": bool(asked and asked.provisional),
        "attempts": 0,
    }
