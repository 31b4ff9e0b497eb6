"""Who may see a case, work on a task, manage it. Pure checks on rows; `may_see_case` reads who took part."""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa

from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotAllowed
from app.identity import permissions
from app.workflow.models import Instance, Task
from app.workflow.participation import Copy, Delegation, Signer
from app.workflow.states import TaskStatus

#: Who filled a form in for its owner did it too: 委托 is no way round four eyes.
_PREPARED = sa.exists().where(
    Delegation.task_id == Task.id, Delegation.to_id == sa.bindparam("user_id"), Delegation.returned_at.is_not(None)
)
_DONE_BY = sa.select(Task.name).where(
    Task.instance_id == sa.bindparam("instance_id"),
    Task.element_id.in_(sa.bindparam("elements", expanding=True)),
    sa.or_(Task.completed_by_id == sa.bindparam("user_id"), _PREPARED),
    sa.text("status = 'completed'"),
)

#: Property of a user task: elements whose doers may not do this one (四眼原则).
FOUR_EYES = "fourEyes"


def in_group(task: Any, actor: Actor) -> bool:
    """True if the actor is a candidate: by role (and unit, where the task has one) or by name."""
    if actor.user_id is not None and actor.user_id in task.candidate_user_ids:
        return True
    if actor.roles.isdisjoint(task.candidate_groups):
        return False
    return task.unit_id is None or task.unit_id == actor.unit_id


def holds(task: Any, actor: Actor) -> bool:
    """True if the task is assigned to the actor."""
    return actor.user_id is not None and task.assignee_id == actor.user_id


def may_work(task: Any, actor: Actor) -> bool:
    """True for the holder, and for candidates while nobody holds the task."""
    if task.assignee_id is not None:
        return holds(task, actor)
    return in_group(task, actor)


def manages(actor: Actor) -> bool:
    """True if the actor may reassign and void the work of others."""
    return permissions.allowed(actor, permissions.TASK_MANAGE)


def require_manager(actor: Actor) -> None:
    """:raises NotAllowed: unless the actor manages the work of others."""
    permissions.require(actor, permissions.TASK_MANAGE)


def require_operator(actor: Actor) -> None:
    """:raises NotAllowed: unless the actor may mend incidents."""
    permissions.require(actor, permissions.INCIDENT_MEND)


def listed(text: str | None) -> tuple[str, ...]:
    """Element ids or roles named in a property, parted by commas or blanks."""
    return tuple(part for part in re.split(r"[,，\s]+", text or "") if part)


def require_four_eyes(task: Any, properties: Any, user_id: int | None) -> None:
    """Refuses whoever did one of the elements that `fourEyes` names in this case.

    :raises NotAllowed: says which step the person did.
    """
    elements = listed(properties.get(FOUR_EYES))
    if not elements or user_id is None:
        return
    of_case = {"instance_id": task.instance_id, "elements": elements, "user_id": user_id}
    done = db.session.connection().execute(_DONE_BY, of_case).first()
    if done is not None:
        raise NotAllowed(f"“{done.name}”是由您办理的，“{task.name}”须由另一人办理")


def may_see_case(instance: Any, actor: Actor) -> bool:
    """Who takes or took part, candidates of an open task, those copied, readers of cases, operators."""
    for permission in (permissions.CASE_READ, permissions.INCIDENT_READ, permissions.TASK_MANAGE):
        if permissions.allowed(actor, permission):
            return True
    if actor.user_id is not None and _took_part(instance, actor.user_id):
        return True
    tasks = db.session.execute(
        sa.select(Task.candidate_groups, Task.candidate_user_ids, Task.unit_id).where(
            Task.instance_id == instance.id, Task.status == TaskStatus.OPEN
        )
    )
    return any(in_group(task, actor) for task in tasks)


def _took_part(instance: Any, user_id: int) -> bool:
    if instance.started_by_id == user_id:
        return True
    task_ids = sa.select(Task.id).where(Task.instance_id == instance.id)
    traces = sa.union_all(
        sa.select(sa.literal(1)).where(
            sa.exists().where(
                Task.instance_id == instance.id,
                sa.or_(Task.assignee_id == user_id, Task.owner_id == user_id, Task.completed_by_id == user_id),
            )
        ),
        sa.select(sa.literal(1)).where(sa.exists().where(Copy.instance_id == instance.id, Copy.user_id == user_id)),
        sa.select(sa.literal(1)).where(sa.exists().where(Signer.task_id.in_(task_ids), Signer.user_id == user_id)),
        sa.select(sa.literal(1)).where(
            sa.exists().where(
                Delegation.task_id.in_(task_ids), sa.or_(Delegation.from_id == user_id, Delegation.to_id == user_id)
            )
        ),
    )
    return db.session.execute(traces.limit(1)).first() is not None


def require_case(instance: Instance | None, actor: Actor) -> Instance:
    """The case itself if the actor may see it. :raises NotFound: also when he may not know that there is one."""
    from app.core.errors import NotFound

    if instance is None or not may_see_case(instance, actor):
        raise NotFound("没有这个办件，或者您无权查看")
    return instance
