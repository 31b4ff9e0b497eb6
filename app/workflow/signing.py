"""加签 and 减签: a task completes only when everyone asked to sign has answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from app.core.actor import Actor
from app.core.database import db
from app.core.errors import Conflict, Invalid, NotAllowed
from app.workflow import assignment, authority, drafts
from app.workflow.acts import TASK, Deed, LockedCase, Row, gone_words, lock_case, task_row, word
from app.workflow.participation import Signer
from app.workflow.states import Act
from app.workflow.step import StepOutcome, completion, take_step
from app.workflow.telling import due_text, tell

_SIGNER: Any = Signer.__table__


def add_signers(task_id: str, user_ids: Sequence[int], actor: Actor, request: str | None = None) -> None:
    """加签 by the holder. Who is asked need not be of the task's group, but must hold an account in use.

    :raises NotAllowed: not the holder. :raises Invalid: nobody chosen, oneself, or asked already.
    """
    case = lock_case(actor, task_id=task_id)
    task = _open(case, task_id)
    if not authority.holds(task, actor):
        raise NotAllowed(f"只有“{task.name}”的办理人可以加签")
    asked = {row.user_id for row in _signers(task_id)}
    wanted = list(dict.fromkeys(user_ids))
    if not wanted:
        raise Invalid({"user_ids": "选择加签的人员"})
    for user_id in wanted:
        if user_id == actor.user_id:
            raise Invalid({"user_ids": "加签的人员不能是自己"})
        if user_id in asked:
            raise Invalid({"user_ids": f"{assignment.person(user_id, 'user_ids').name}已在加签名单中"})
    people = [assignment.colleague(user_id, "user_ids") for user_id in wanted]
    db.session.connection().execute(
        sa.insert(_SIGNER),
        [
            {
                "task_id": task_id, "user_id": person.id, "user_name": person.name, "added_by_id": actor.user_id,
                "added_by_name": actor.name, "added_at": case.now, "request": request or None,
            }
            for person in people
        ],
    )
    case.update_task(task, pending_signers=task.pending_signers + len(people))
    for person in people:
        tell(person.id, "task_countersign", task, actor, case.now, due=due_text(task, case.now))
    names = "、".join(person.name for person in people)
    case.record(
        Deed(Act.ADD_SIGNER, f"{word(Act.ADD_SIGNER)}{names}", task_id, task.element_id, reason=request or None),
        after={"signers": wanted},
    )


def remove_signer(task_id: str, user_id: int, actor: Actor, reason: str) -> StepOutcome | None:
    """减签 of one who has not answered, by the holder or a manager.

    Completes the task if its holder had submitted and nobody is left to answer.
    :raises NotAllowed: :raises Invalid: no reason. :raises Conflict: he has answered, or was not asked.
    """
    case = lock_case(actor, task_id=task_id)
    task = _open(case, task_id)
    if not (authority.holds(task, actor) or authority.manages(actor)):
        raise NotAllowed(f"只有“{task.name}”的办理人可以减签")
    if not reason.strip():
        raise Invalid({"reason": "写明减签的理由"})
    row = _pending(task_id, user_id)
    if row is None:
        raise Conflict("此人不在待签署的名单中，可能刚刚签署")
    db.session.connection().execute(sa.delete(_SIGNER).where(_SIGNER.c.id == row.id))
    words = f"{word(Act.REMOVE_SIGNER)}{row.user_name}"
    deed = Deed(Act.REMOVE_SIGNER, words, task_id, task.element_id, reason.strip())
    case.record(deed, before={"signer": user_id})
    return _answered(case, task)


def sign(task_id: str, agrees: bool, opinion: str, actor: Actor) -> StepOutcome | None:
    """签署意见 by one who was asked; an opinion against must give its reason.

    Completes the task if its holder had submitted and this was the last answer.
    :raises NotAllowed: not asked. :raises Conflict: answered already. :raises Invalid: no reason.
    """
    case = lock_case(actor, task_id=task_id)
    task = _open(case, task_id)
    row = _pending(task_id, actor.user_id)
    if row is None:
        if any(one.user_id == actor.user_id for one in _signers(task_id)):
            raise Conflict(f"您已对“{task.name}”签署过意见")
        raise NotAllowed(f"您不在“{task.name}”的加签名单中")
    if not agrees and not opinion.strip():
        raise Invalid({"opinion": "不同意时请写明理由"})
    db.session.connection().execute(
        sa.update(_SIGNER)
        .where(_SIGNER.c.id == row.id)
        .values(answered_at=case.now, agrees=agrees, opinion=opinion.strip() or None)
    )
    answer = "同意" if agrees else "不同意"
    deed = Deed(Act.SIGN, f"{word(Act.SIGN)}：{answer}", task_id, task.element_id, reason=opinion.strip() or None)
    case.record(deed, after={"agrees": agrees})
    return _answered(case, task)


def hold_for_signers(case: LockedCase, task: Row, values: Mapping[str, Any]) -> None:
    """Keeps what the holder submitted until the last signer has answered."""
    actor = case.actor
    held = {"values": dict(values), "actor_id": actor.user_id, "actor_name": actor.name}
    case.update_task(task, submitted=held, assignee_id=actor.user_id, assignee_name=actor.name)
    drafts.forget(task.id, actor.user_id)
    case.record(Deed(Act.SUBMIT, f"{word(Act.SUBMIT)}：“{task.name}”", task.id, task.element_id, values=dict(values)))


def _answered(case: LockedCase, task: Row) -> StepOutcome | None:
    """One signer fewer; completes what was held if he was the last."""
    left = task.pending_signers - 1
    if left or task.submitted is None:
        case.update_task(task, pending_signers=left)
        return None
    db.session.connection().execute(sa.update(TASK).where(TASK.c.id == task.id).values(pending_signers=0))
    held = task.submitted
    drafts.forget(task.id, held["actor_id"])
    return take_step(case, completion(case, task, held["values"], held["actor_id"], held["actor_name"]))


def _open(case: LockedCase, task_id: str) -> Row:
    task = case.tasks.get(task_id)
    if task is None:
        raise Conflict(gone_words(task_row(task_id)))
    case.require_not_suspended()
    return task


def _signers(task_id: str) -> Sequence[Row]:
    return db.session.connection().execute(sa.select(_SIGNER).where(_SIGNER.c.task_id == task_id)).all()


def _pending(task_id: str, user_id: int | None) -> Row | None:
    return next((row for row in _signers(task_id) if row.user_id == user_id and row.answered_at is None), None)
