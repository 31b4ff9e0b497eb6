"""Deadlines of tasks and timers with their article and the days that were counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.core.database import db
from app.regulations import deadline, rule_set
from app.regulations.deadlines import Deadline
from app.workflow.models import Instance, Task


@dataclass(frozen=True)
class Due:
    """An instant that matters: `what` it is of, and its computation where a period of the rules gave it."""

    what: str
    due_at: datetime
    provisional: bool
    computed: Deadline | None
    held: str | None = None


def due_of(row: Any, rule_set_id: int, what: str) -> Due | None:
    """The deadline of a task or timer row; None if it has none."""
    if row.due_at is None:
        return None
    return Due(what, row.due_at, row.provisional, _computed(row, rule_set_id), getattr(row, "held", None))


def _computed(row: Any, rule_set_id: int) -> Deadline | None:
    if row.deadline_key is None or row.deadline_start is None:
        return None
    found = deadline(rule_set(rule_set_id), row.deadline_key, row.deadline_start)
    # What was promised stands even if the calendar has changed since (domain.md no. 6).
    return found if found.due_at == row.due_at else replace(found, due_at=row.due_at, provisional=row.provisional)


def dues_of(task_ids: Iterable[str]) -> dict[str, Due]:
    """The deadlines of the tasks on one page of a list, by task, in one query."""
    ids = list(task_ids)
    if not ids:
        return {}
    rows = db.session.execute(
        sa.select(
            Task.id, Task.name, Task.due_at, Task.provisional, Task.deadline_key, Task.deadline_start,
            Instance.rule_set_id,
        )
        .join(Instance, Instance.id == Task.instance_id)
        .where(Task.id.in_(ids))
    )
    found = {row.id: due_of(row, row.rule_set_id, row.name) for row in rows}
    return {task_id: due for task_id, due in found.items() if due is not None}
