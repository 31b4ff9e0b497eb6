"""Passing a task from hand to hand: 转办, 委托 and its return, 改派."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from app.core.actor import Actor
from app.core.database import db
from app.core.errors import Conflict, Invalid, NotAllowed
from app.workflow import assignment, authority, drafts
from app.workflow.acts import Deed, LockedCase, Row, gone_words, lock_case, task_row, word
from app.workflow.assignment import Person
from app.workflow.participation import Delegation
from app.workflow.states import Act
from app.workflow.telling import due_text, tell

_DELEGATION: Any = Delegation.__table__


def transfer(task_id: str, to_user_id: int, actor: Actor, reason: str) -> None:
    """转办: gives one's own task to another person for good.

    :raises NotAllowed: not one's own, or the other may not do it. :raises Invalid: no such person, no reason.
    """
    case, task = _own(task_id, actor)
    if task.owner_id is not None:
        raise NotAllowed("受委托的任务不能再转办，请交还委托人")
    to = _receiver(case, task, to_user_id, reason)
    _pass_on(case, task, to, Act.TRANSFER, reason)
    tell(to.id, "task_transferred", task, actor, case.now, reason=reason.strip(), due=due_text(task, case.now))


def delegate(task_id: str, to_user_id: int, actor: Actor, reason: str) -> None:
    """委托: another person works on one's own task; what he submits comes back to its owner as a draft.

    :raises NotAllowed: :raises Invalid: as `transfer`.
    """
    case, task = _own(task_id, actor)
    if task.owner_id is not None:
        raise NotAllowed("受委托的任务不能再委托，请交还委托人")
    to = _receiver(case, task, to_user_id, reason)
    _pass_on(case, task, to, Act.DELEGATE, reason, owner_id=actor.user_id, owner_name=actor.name)
    tell(to.id, "task_delegated", task, actor, case.now, reason=reason.strip(), due=due_text(task, case.now))


def hand_back(case: LockedCase, task: Row, values: Mapping[str, Any]) -> None:
    """The end of a delegation: the task goes back to its owner with what the delegate filled in."""
    actor = case.actor
    case.update_task(
        task, assignee_id=task.owner_id, assignee_name=task.owner_name, owner_id=None, owner_name=None,
        claimed_at=case.now,
    )
    drafts.give(task, values, task.owner_id, f"{actor.name}受委托填写", case.now)
    drafts.forget(task.id, actor.user_id)
    pending = (
        _DELEGATION.c.task_id == task.id, _DELEGATION.c.kind == Act.DELEGATE, _DELEGATION.c.returned_at.is_(None)
    )
    db.session.connection().execute(sa.update(_DELEGATION).where(*pending).values(returned_at=case.now))
    words = f"{word(Act.HAND_BACK)}{task.owner_name}：“{task.name}”"
    case.record(
        Deed(Act.HAND_BACK, words, task.id, task.element_id, values=dict(values)),
        before={"assignee": actor.user_id},
        after={"assignee": task.owner_id},
    )
    tell(task.owner_id, "task_transferred", task, actor, case.now, reason="受委托办理完毕，请核对后提交",
         due=due_text(task, case.now))


def reassign(task_id: str, to_user_id: int, actor: Actor, reason: str) -> None:
    """改派 a task, claimed or not, by someone who manages the work of others.

    :raises NotAllowed: :raises Invalid: as `transfer`.
    """
    case = lock_case(actor, task_id=task_id)
    task = _open(case, task_id)
    authority.require_manager(actor)
    to = _receiver(case, task, to_user_id, reason)
    _pass_on(case, task, to, Act.REASSIGN, reason, owner_id=None, owner_name=None)
    tell(to.id, "task_transferred", task, actor, case.now, reason=reason.strip(), due=due_text(task, case.now))


def stand_in(task_id: str, actor: Actor, reason: str) -> None:
    """代审: takes a task that nobody has begun, by right of somebody named for it; nothing if it is open to him anyway.

    That the actor has the right (an appointment made after the task was opened) is checked by whoever calls this.
    :raises Conflict: somebody has begun it, or it is done.
    """
    case = lock_case(actor, task_id=task_id)
    task = _open(case, task_id)
    if authority.may_work(task, actor):
        return
    if task.assignee_id is not None:
        raise Conflict(f"{task.assignee_name}正在办理“{task.name}”")
    authority.require_four_eyes(task, case.properties(task), actor.user_id)
    case.update_task(task, assignee_id=actor.user_id, assignee_name=actor.name, claimed_at=case.now)
    case.record(
        Deed(Act.CLAIM, f"{word(Act.CLAIM)}“{task.name}”（{reason}）", task_id, task.element_id, reason=reason),
        before={"assignee": None}, after={"assignee": actor.user_id},
    )


def _open(case: LockedCase, task_id: str) -> Row:
    task = case.tasks.get(task_id)
    if task is None:
        raise Conflict(gone_words(task_row(task_id)))
    case.require_not_suspended()
    return task


def _own(task_id: str, actor: Actor) -> tuple[LockedCase, Row]:
    case = lock_case(actor, task_id=task_id)
    task = _open(case, task_id)
    if not authority.holds(task, actor):
        raise NotAllowed(f"“{task.name}”不在您名下，请先领取")
    return case, task


def _receiver(case: LockedCase, task: Row, user_id: int, reason: str) -> Person:
    if not reason.strip():
        raise Invalid({"reason": "写明理由，接办人会看到"})
    to = assignment.require_eligible(task, user_id)
    if to.id == task.assignee_id:
        raise Invalid({"to_user_id": f"“{task.name}”已经由{to.name}办理，请另选一人"})
    try:
        authority.require_four_eyes(task, case.properties(task), to.id)
    except NotAllowed:
        raise Invalid({"to_user_id": f"{to.name}办理过此前的环节，“{task.name}”须由另一人办理"}) from None
    return to


def _pass_on(case: LockedCase, task: Row, to: Person, act: Act, reason: str, **columns: Any) -> None:
    case.update_task(task, assignee_id=to.id, assignee_name=to.name, claimed_at=case.now, **columns)
    db.session.connection().execute(
        sa.insert(_DELEGATION),
        {
            "task_id": task.id,
            "kind": act,
            "from_id": task.assignee_id,
            "from_name": task.assignee_name,
            "to_id": to.id,
            "to_name": to.name,
            "by_id": case.actor.user_id,
            "by_name": case.actor.name,
            "at": case.now,
            "reason": reason.strip(),
        },
    )
    case.record(
        Deed(act, f"{word(act)}“{task.name}”给{to.name}", task.id, task.element_id, reason=reason.strip()),
        before={"assignee": task.assignee_id},
        after={"assignee": to.id},
    )
