"""What people typed and did not submit: one draft per person and task, kept also when the task is taken away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotAllowed
from app.workflow import authority
from app.workflow.acts import Row, lock_case, task_row
from app.workflow.models import Draft

_DRAFT: Any = Draft.__table__
_FORGET = sa.delete(_DRAFT).where(
    _DRAFT.c.task_id == sa.bindparam("of_task"), _DRAFT.c.user_id == sa.bindparam("of_user")
)


def save_draft(task_id: str, values: Mapping[str, Any], actor: Actor) -> Draft:
    """存草稿. :raises NotAllowed: the person may not work on the task (somebody else may have claimed it)."""
    case = lock_case(actor, task_id=task_id)
    task = case.tasks.get(task_id) or task_row(task_id)
    if actor.user_id is None or not (authority.may_work(task, actor) or authority.in_group(task, actor)):
        raise NotAllowed(f"“{task.name}”不属于您的岗位，不能存草稿")
    return _put(task.id, task.rev, actor.user_id, values, None, case.now)


def keeper(task: Row, values: Mapping[str, Any] | None, actor: Actor, origin: str) -> Callable[[], None]:
    """What keeps the person's text once his act was refused and rolled back."""

    def keep() -> None:
        if actor.user_id is not None and values:
            _put(task.id, task.rev, actor.user_id, values, origin[:200], clock.now())

    return keep


def give(task: Row, values: Mapping[str, Any], user_id: int, origin: str, now: datetime) -> None:
    """Leaves values as the draft of another person: what a delegate prepared for the owner."""
    _put(task.id, task.rev, user_id, values, origin, now)


def of(task_id: str, user_id: int | None) -> Draft | None:
    """The person's draft of this task."""
    if user_id is None:
        return None
    statement = sa.select(Draft).where(Draft.task_id == task_id, Draft.user_id == user_id)
    found: Draft | None = db.session.scalar(statement, execution_options={"populate_existing": True})
    return found


def forget(task_id: str, user_id: int | None) -> None:
    """Drops the person's draft: it was submitted."""
    if user_id is not None:
        db.session.connection().execute(_FORGET, {"of_task": task_id, "of_user": user_id})


def _put(
    task_id: str, task_rev: int, user_id: int, values: Mapping[str, Any], origin: str | None, now: datetime
) -> Draft:
    draft = of(task_id, user_id)
    if draft is None:
        draft = Draft(task_id=task_id, user_id=user_id)
        db.session.add(draft)
    draft.values = dict(values)
    draft.saved_at, draft.task_rev, draft.origin = now, task_rev, origin
    db.session.flush()
    return draft
