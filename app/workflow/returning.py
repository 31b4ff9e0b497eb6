"""Going back: 退回 to a step that was passed, 撤回 of one's own last step."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.core.actor import Actor
from app.core.database import db
from app.core.errors import Conflict, Invalid, NotAllowed
from app.engine import Execution
from app.operations import withdrawing
from app.workflow import authority
from app.workflow.acts import (
    HISTORY,
    INSTANCE,
    TASK,
    Deed,
    LockedCase,
    Row,
    gone_words,
    lock_case,
    task_row,
    word,
)
from app.workflow.definitions import DefinitionView
from app.workflow.models import Draft
from app.workflow.states import Act, TaskStatus
from app.workflow.step import EFFECTS, WITHDRAWABLE, Plan, StepOutcome, take_step
from app.workflow.telling import due_text, tell

#: Property of a user task: the elements to which it may be sent back, none if empty; without it, the user tasks
#: passed before it.
RETURN_TARGETS = "returnTargets"

_FORKS = frozenset({"parallelGateway", "inclusiveGateway"})


@dataclass(frozen=True)
class ReturnTarget:
    """A step to which a task may be sent back (退回)."""

    element_id: str
    name: str


def return_to(task_id: str, element_id: str, actor: Actor, reason: str) -> StepOutcome:
    """退回 one's task to one of `return_targets`, with reason; it goes to whoever did that step before.

    :raises NotAllowed: not one's task. :raises Invalid: no reason, or no such target. :raises UserError: parallel
    work is under way, so that the token cannot be moved.
    """
    case = lock_case(actor, task_id=task_id)
    task = case.tasks.get(task_id)
    if task is None:
        raise Conflict(gone_words(task_row(task_id)))
    case.require_not_suspended()
    if not authority.may_work(task, actor):
        raise NotAllowed(f"“{task.name}”不属于您的岗位，不能退回")
    authority.require_four_eyes(task, case.properties(task), actor.user_id)
    if not reason.strip():
        raise Invalid({"reason": "写明退回的理由，对方会看到"})
    target = next((one for one in return_targets(case.view, task) if one.element_id == element_id), None)
    if target is None:
        raise Invalid({"element_id": f"“{task.name}”不能退回到所选环节"})
    words = f"{word(Act.RETURN)}“{task.name}”到“{target.name}”"
    outcome = take_step(
        case,
        Plan(
            deed=Deed(Act.RETURN, words, task_id, task.element_id, reason=reason.strip(), values={"to": element_id}),
            move=lambda execution: _jump(execution, task_id, element_id),
            closing={task_id: {
                "status": TaskStatus.RETURNED,
                "completed_at": case.now,
                "completed_by_id": actor.user_id,
                "completed_by_name": actor.name,
            }},
        ),
    )
    _give_back(case, outcome.opened, element_id, reason.strip())
    return outcome


def _jump(execution: Execution, task_id: str, element_id: str) -> None:
    execution.advance()
    execution.jump(task_id, element_id)


def _give_back(case: LockedCase, opened: Iterable[str], element_id: str, reason: str) -> None:
    """Assigns the reopened step to whoever did it last, and tells him."""
    connection = db.session.connection()
    last = connection.execute(
        sa.select(TASK.c.completed_by_id, TASK.c.completed_by_name)
        .where(
            TASK.c.instance_id == case.instance.id, TASK.c.element_id == element_id,
            TASK.c.status == TaskStatus.COMPLETED, TASK.c.completed_by_id.is_not(None),
        )
        .order_by(TASK.c.completed_at.desc())
        .limit(1)
    ).first()
    if last is None:
        return
    for task_id in opened:
        task = task_row(task_id)
        if task.element_id == element_id and task.assignee_id is None:
            connection.execute(
                sa.update(TASK)
                .where(TASK.c.id == task_id)
                .values(assignee_id=last.completed_by_id, assignee_name=last.completed_by_name, claimed_at=case.now)
            )
            tell(last.completed_by_id, "task_returned", task, case.actor, case.now, reason=reason,
                 due=due_text(task, case.now))


def return_targets(view: DefinitionView, task: Row) -> tuple[ReturnTarget, ...]:
    """Where a task may be sent back to, nearest first.

    The diagram may name the targets (`returnTargets`, empty: none); otherwise they are the user tasks completed in
    this case from which the task can be reached without passing a fork or join.
    """
    declared = view.properties(task.element_id).get(RETURN_TARGETS)
    if declared is not None:
        named = authority.listed(declared)
        return tuple(ReturnTarget(one, view.elements[one].name) for one in named if one in view.elements)
    here = view.elements.get(task.element_id)
    if here is None:
        return ()
    done = db.session.connection().execute(
        sa.select(TASK.c.element_id, sa.func.max(TASK.c.completed_at).label("at"))
        .where(TASK.c.instance_id == task.instance_id, TASK.c.status == TaskStatus.COMPLETED)
        .group_by(TASK.c.element_id)
        .order_by(sa.text("at DESC"))
    )
    found = []
    for row in done:
        element = view.elements.get(row.element_id)
        if element is None or element.id == here.id or element.scope_id != here.scope_id:
            continue
        if element.process_id == here.process_id and _leads_straight(view, element.id, here.id):
            found.append(ReturnTarget(element.id, element.name))
    return tuple(found)


def _leads_straight(view: DefinitionView, source: str, target: str) -> bool:
    """True if `target` can be reached from `source` over elements that neither fork nor join."""
    onward: dict[str, list[str]] = {}
    for flow in view.flows:
        onward.setdefault(flow.source, []).append(flow.target)
    for element in view.elements.values():
        if element.attached_to:
            onward.setdefault(element.attached_to, []).append(element.id)
    seen, queue = {source}, deque([source])
    while queue:
        for following in onward.get(queue.popleft(), ()):
            if following == target:
                return True
            passed = view.elements.get(following)
            if following not in seen and passed is not None and passed.kind not in _FORKS:
                seen.add(following)
                queue.append(following)
    return False


def withdraw(task_id: str, actor: Actor) -> StepOutcome:
    """撤回 one's own last step while what follows is untouched; the state before it comes back.

    :raises NotAllowed: somebody else's step, or operations ran in it. :raises Conflict: the case went on.
    """
    case = lock_case(actor, task_id=task_id)
    task = task_row(task_id)
    if task.status != TaskStatus.COMPLETED or actor.user_id is None or task.completed_by_id != actor.user_id:
        raise NotAllowed("只能撤回自己办结的任务")
    case.require_running()
    step = _last_step(case)
    if step is None or step.task_id != task_id:
        raise Conflict(f"“{task.name}”办结之后办件又有进展，不能撤回")
    _require_no_effects(case, task, step.passed)
    previous = db.session.connection().scalar(
        sa.select(INSTANCE.c.previous_state).where(INSTANCE.c.id == case.instance.id)
    )
    _require_untouched(case, step.at)
    withdrawing.revert_records(
        case.instance.process_key, case.instance.business_key, task.element_id, case.actor, case.now
    )
    words = f"{word(Act.WITHDRAW)}“{task.name}”"
    return take_step(
        case,
        Plan(
            deed=Deed(Act.WITHDRAW, words, task_id, task.element_id, voids=step.id),
            move=lambda execution: execution.advance(),
            restore=previous,
        ),
    )


def _last_step(case: LockedCase) -> Row | None:
    if case.instance.previous_step is None:
        return None
    return db.session.connection().execute(
        sa.select(HISTORY).where(HISTORY.c.id == case.instance.previous_step)
    ).first()


def _require_no_effects(case: LockedCase, task: Row, passed: Iterable[list[Any]] | None) -> None:
    if case.properties(task).get(WITHDRAWABLE) == "true":
        return
    for _id, name, kind, outcome, _detail in passed or ():
        if kind in EFFECTS and outcome == "completed":
            raise NotAllowed(f"“{task.name}”办结后已执行“{name}”，不能撤回；需要更正时请下一环节退回")


def _require_untouched(case: LockedCase, since: Any) -> None:
    opened = [row for row in case.tasks.values() if row.created_at >= since]
    touched = next((row for row in opened if row.rev > 0), None)
    if touched is not None:
        raise Conflict(f"“{touched.name}”已由{touched.assignee_name or '他人'}开始办理，不能撤回")
    ids = [row.id for row in opened]
    drafted = db.session.connection().scalar(sa.select(Draft.id).where(Draft.task_id.in_(ids)).limit(1))
    if drafted is not None:
        raise Conflict("下一环节已有人填写草稿，不能撤回")

