"""What the pages of an activity share: finding it, who may see or manage it, its open task, doing that task."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from flask import Blueprint, request
from werkzeug.wrappers import Response

from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotAllowed, NotFound
from app.core.transaction import transaction
from app.identity import permissions
from app.procedures.selection import access, store
from app.procedures.selection.models import Activity, ActivityState
from app.procedures.selection.service.moves import PANEL_CHANGED
from app.regulations import RuleSet, rule_set_to_show
from app.web.auth import current_actor
from app.workflow import authority, instances, messages, tasks
from app.workflow.attempt import attempt
from app.workflow.models import Task
from app.workflow.step import StepOutcome

activities = Blueprint("activities", __name__, url_prefix="/activities")

T = TypeVar("T")
Page = str | tuple[str, int] | Response
PROCESS = "panel_selection"
#: In these states nothing about the activity changes any more.
OVER = frozenset({ActivityState.HELD, ActivityState.CANCELLED})
NOT_THERE = "没有这个评审活动，或者您无权查看"


@dataclass(frozen=True)
class Visit:
    """One look at an activity: whose, when, and by which rules the activity goes on."""

    activity: Activity
    actor: Actor
    now: datetime
    rules: RuleSet

    @property
    def number(self) -> str:
        """The number of the activity."""
        return self.activity.number

    @property
    def may_manage(self) -> bool:
        """Whether the visitor organises it and something may still change."""
        return self.activity.state not in OVER and permissions.allowed(
            self.actor, permissions.ACTIVITY_MANAGE, self.activity
        )


def visit(number: str) -> Visit:
    """The activity for somebody who may read it.

    :raises NotFound: no such activity, or not for this person. :raises NotAllowed: a leader decides first.
    """
    actor, now = current_actor(), clock.now()
    try:
        found = store.activity(number)
    except NotFound:
        raise NotFound(NOT_THERE) from None
    if access.decides_unseen(actor, found):
        raise NotAllowed(access.DECIDES_UNSEEN)
    if not permissions.allowed(actor, permissions.ACTIVITY_READ, found):
        raise NotFound(NOT_THERE)
    return Visit(found, actor, now, instances.rules_of(found.number) or rule_set_to_show(now.date()))


def managing(number: str) -> Visit:
    """The activity for its organising unit, while something may still change.

    :raises NotFound: not for this person to see. :raises NotAllowed: to see only, or over.
    """
    found = visit(number)
    permissions.require(found.actor, permissions.ACTIVITY_MANAGE, found.activity)
    if found.activity.state in OVER:
        raise NotAllowed(f"{found.number} {found.activity.state.label}，不能再改")
    return found


def _open_tasks(number: str, elements: Sequence[str]) -> Sequence[Task]:
    statement = sa.select(Task).where(
        Task.business_key == number, Task.element_id.in_(elements), sa.text("wf_task.status = 'open'")
    )
    return db.session.scalars(statement.order_by(Task.created_at, Task.id)).all()


def open_task(number: str, *elements: str) -> Task | None:
    """The first open task of the activity's case at one of these elements."""
    return next(iter(_open_tasks(number, elements)), None)


def own_task(seen: Visit, *elements: str) -> Task | None:
    """The open task at one of these elements that is this visitor's to do; two sides may have one at a time."""
    return next((task for task in _open_tasks(seen.number, elements) if authority.may_work(task, seen.actor)), None)


def require_task(seen: Visit, *elements: str) -> Task:
    """As `own_task`. :raises NotAllowed: there is none, or somebody else is to do it (says who)."""
    mine = own_task(seen, *elements)
    if mine is not None:
        return mine
    task = open_task(seen.number, *elements)
    if task is None:
        raise NotAllowed("这一步已经办过，或者还没有轮到；请回到评审小组页看现在到哪一步")
    raise NotAllowed(f"“{task.name}”由{task.assignee_name or '评审组织部门'}办理，您可以查看，不能代办")


def sent_rev() -> int | None:
    """The revision of the task that the page was made from."""
    return request.form.get("rev", type=int)


def complete(
    seen: Visit, task: Task, values: Mapping[str, Any], before: Callable[[], object] | None = None
) -> StepOutcome | None:
    """Completes the task; `before` writes records in the same transaction, under the lock of the root case."""
    task_id, number, rev = task.id, seen.number, sent_rev()

    def act() -> StepOutcome | None:
        messages.hold(number, seen.actor)
        if before is not None:
            before()
        return tasks.complete(task_id, values, seen.actor, rev)

    return attempt(transaction, act)


def holding(seen: Visit, act: Callable[[], T]) -> T:
    """Runs `act` in one transaction that holds the root case first, as every page must that writes its records."""
    number = seen.number

    def held() -> T:
        messages.hold(number, seen.actor)
        return act()

    return attempt(transaction, held)


def tell_panel(seen: Visit) -> None:
    """Lets the case look at its panel again once this transaction is over; the same tidings as its children send."""
    messages.enqueue(PANEL_CHANGED, seen.number, {}, None, seen.now, optional=True)


def deliver(seen: Visit, name: str, business_key: str, payload: Mapping[str, Any]) -> None:
    """Gives a message to the cases that wait for it, in one transaction."""
    attempt(transaction, lambda: messages.deliver(name, business_key, payload, seen.actor))
