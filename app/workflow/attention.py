"""What is said and shown about a task without moving it: 留言, 附件, 催办, 抄送."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from app.core.actor import Actor
from app.core.database import db
from app.core.errors import Conflict, Invalid, NotAllowed
from app.workflow import assignment, authority
from app.workflow.acts import TASK, Deed, LockedCase, Row, gone_words, lock_case, moment_words, task_row, word
from app.workflow.models import Attachment, Comment
from app.workflow.participation import Copy
from app.workflow.states import Act
from app.workflow.telling import due_text, tell

_COPY: Any = Copy.__table__

#: A holder is not urged more often than this.
REMIND_EVERY = timedelta(hours=4)
MAX_COMMENT = 2000


def comment(task_id: str, text: str, actor: Actor) -> None:
    """留言 on the case of this task. :raises NotAllowed: :raises Invalid: empty or too long."""
    text = text.strip()
    if not text:
        raise Invalid({"text": "写下留言内容"})
    if len(text) > MAX_COMMENT:
        raise Invalid({"text": f"留言有 {len(text)} 字，请缩短到 {MAX_COMMENT} 字以内"})
    case, task = _seen(task_id, actor)
    db.session.add(
        Comment(
            instance_id=task.instance_id, task_id=task_id, author_id=actor.user_id, author_name=actor.name,
            at=case.now, text=text,
        )
    )
    db.session.flush()
    case.record(Deed(Act.COMMENT, word(Act.COMMENT), task_id, task.element_id, reason=text))


def attach(task_id: str, document_id: str, filename: str, size: int, actor: Actor) -> None:
    """Links a stored document (`size` in bytes) to the case. :raises NotAllowed: unless one may work on it."""
    case, task = _seen(task_id, actor)
    if not authority.may_work(task, actor):
        raise NotAllowed(f"“{task.name}”不属于您的岗位，不能添加附件")
    db.session.add(
        Attachment(
            instance_id=task.instance_id, task_id=task_id, document_id=document_id, filename=filename, size=size,
            by_id=actor.user_id, by_name=actor.name, at=case.now,
        )
    )
    db.session.flush()
    case.record(
        Deed(Act.ATTACH, f"{word(Act.ATTACH)}“{filename}”", task_id, task.element_id),
        after={"document": document_id, "size": size},
    )


def remind(task_id: str, actor: Actor, note: str | None = None) -> None:
    """催办: a notice to the holder or to all of the group, at most once in `REMIND_EVERY`.

    :raises NotAllowed: who may not see the case. :raises Conflict: reminded a short while ago, or done.
    """
    case, task = _seen(task_id, actor)
    if task_id not in case.tasks:
        raise Conflict(gone_words(task))
    case.require_not_suspended()
    if authority.holds(task, actor):
        raise NotAllowed("任务就在您名下，不需要催办")
    if task.reminded_at is not None and case.now - task.reminded_at < REMIND_EVERY:
        again = moment_words(task.reminded_at + REMIND_EVERY)
        raise Conflict(f"{moment_words(task.reminded_at)}已催办过，{again}之后可以再催")
    holder = [task.assignee_id] if task.assignee_id is not None else candidates(task)
    # A reminder changes nothing of the task itself: a page made before it is not stale.
    _mark_reminded(case, task)
    for user_id in holder:
        tell(user_id, "task_reminder", task, actor, case.now, remark=note or "", due=due_text(task, case.now))
    case.record(Deed(Act.REMIND, f"{word(Act.REMIND)}“{task.name}”", task_id, task.element_id, reason=note or None))


def copy_to(task_id: str, user_ids: Sequence[int], actor: Actor, note: str | None = None) -> None:
    """抄送 the case for information; who has a copy may see the case. :raises Invalid: nobody chosen."""
    case, task = _seen(task_id, actor)
    if not user_ids:
        raise Invalid({"user_ids": "选择抄送的人员"})
    has_copy = set(
        db.session.scalars(sa.select(_COPY.c.user_id).where(_COPY.c.instance_id == task.instance_id))
    )
    wanted = [user_id for user_id in dict.fromkeys(user_ids) if user_id not in has_copy]
    people = [assignment.colleague(user_id, "user_ids") for user_id in wanted]
    for person in people:
        db.session.add(
            Copy(
                instance_id=task.instance_id, task_id=task_id, user_id=person.id, user_name=person.name,
                by_id=actor.user_id, by_name=actor.name, at=case.now, note=note or None,
            )
        )
        tell(person.id, "task_copied", task, actor, case.now)
    if people:
        db.session.flush()
        names = "、".join(person.name for person in people)
        case.record(
            Deed(Act.COPY, f"{word(Act.COPY)}{names}", task_id, task.element_id, reason=note or None),
            after={"users": [person.id for person in people]},
        )


def _mark_reminded(case: LockedCase, task: Row) -> None:
    db.session.connection().execute(sa.update(TASK).where(TASK.c.id == task.id).values(reminded_at=case.now))


def candidates(task: Row) -> list[int]:
    """Ids of all who could take the task."""
    in_groups = assignment.members(task.candidate_groups, task.unit_id) if task.candidate_groups else []
    return list(dict.fromkeys([*task.candidate_user_ids, *in_groups]))


def _seen(task_id: str, actor: Actor) -> tuple[LockedCase, Row]:
    """The locked case of a task, open or done, if the actor may see it."""
    case = lock_case(actor, task_id=task_id)
    task = case.tasks.get(task_id) or task_row(task_id)
    if not authority.may_see_case(case.instance, actor):
        raise NotAllowed
    return case, task
