"""Everything a task's page shows, and which verbs this person may use on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.core import clock
from app.core.actor import SYSTEM, Actor
from app.core.database import db
from app.core.errors import NotAllowed, NotFound
from app.engine import EngineError, Execution
from app.regulations import rule_set
from app.workflow import authority, definitions, drafts
from app.workflow.definitions import DefinitionView
from app.workflow.host import StepHost
from app.workflow.models import Attachment, Comment, Draft, HistoryEntry, Instance, Task
from app.workflow.participation import Signer
from app.workflow.returning import ReturnTarget, return_targets
from app.workflow.states import Act, InstanceStatus, TaskStatus


@dataclass(frozen=True)
class TaskDetail:
    """Everything a task page shows. `acts` are the verbs this actor may use now (values of `states.Act`)."""

    task: Task
    instance: Instance
    definition: DefinitionView
    data: dict[str, Any]
    form: str | None
    draft: Draft | None
    acts: frozenset[Act]
    return_targets: tuple[ReturnTarget, ...]
    comments: tuple[Comment, ...]
    attachments: tuple[Attachment, ...]
    signers: tuple[Signer, ...]


def detail(task_id: str, actor: Actor) -> TaskDetail:
    """Reads a task for its page, open or done. :raises NotFound: no such task, or not for this person."""
    task = db.session.get(Task, task_id, populate_existing=True)
    instance = db.session.get(Instance, task.instance_id, populate_existing=True) if task else None
    if task is None or instance is None:
        raise NotFound("没有这个任务")
    authority.require_case(instance, actor)
    view = definitions.view(instance.definition_id, instance.spec_hash)
    signers = _of(Signer, Signer.task_id == task_id)
    acts = _acts(task, instance, signers, actor, view)
    return TaskDetail(
        task=task,
        instance=instance,
        definition=view,
        data=task_data(instance, task_id) if task.status == TaskStatus.OPEN else {},
        form=definitions.form_text(instance.definition_id, task.form_key) if task.form_key else None,
        draft=drafts.of(task_id, actor.user_id),
        acts=acts,
        return_targets=return_targets(view, task) if Act.RETURN in acts else (),
        comments=_of(Comment, Comment.instance_id == instance.id),
        attachments=_of(Attachment, Attachment.instance_id == instance.id),
        signers=signers,
    )


def _of(model: Any, *where: Any) -> tuple[Any, ...]:
    return tuple(db.session.scalars(sa.select(model).where(*where).order_by(model.id)))


def task_data(instance: Instance, task_id: str) -> dict[str, Any]:
    """The engine's data as the task sees them; empty if the state has no such task any more."""
    if instance.state is None:
        return {}
    host = StepHost(instance.id, instance.business_key, rule_set(instance.rule_set_id), SYSTEM, clock.now(), {})
    execution = Execution.load(instance.spec_hash, instance.state, host)
    try:
        return dict(execution.data(task_id))
    except EngineError:
        return {}


def _acts(
    task: Task, instance: Instance, signers: tuple[Signer, ...], actor: Actor, view: DefinitionView
) -> frozenset[Act]:
    acts = {Act.COMMENT, Act.COPY}
    if task.status != TaskStatus.OPEN or instance.status != InstanceStatus.RUNNING:
        if _may_withdraw(task, instance, actor):
            acts.add(Act.WITHDRAW)
        return frozenset(acts)
    if authority.holds(task, actor):
        acts |= {Act.COMPLETE, Act.ATTACH, Act.RETURN}
        acts |= {Act.HAND_BACK} if task.owner_id is not None else {Act.TRANSFER, Act.DELEGATE, Act.ADD_SIGNER}
        acts |= {Act.RELEASE} if task.owner_id is None and (task.candidate_groups or task.candidate_user_ids) else set()
        acts |= {Act.REMOVE_SIGNER} if task.pending_signers else set()
    elif authority.may_work(task, actor):
        acts |= {Act.CLAIM, Act.COMPLETE, Act.ATTACH, Act.RETURN}
    else:
        acts.add(Act.REMIND)
    if authority.manages(actor):
        acts.add(Act.REASSIGN)
    if any(signer.user_id == actor.user_id and signer.answered_at is None for signer in signers):
        acts.add(Act.SIGN)
    return frozenset(acts if _has_four_eyes(task, actor, view) else acts - {Act.CLAIM, Act.COMPLETE, Act.RETURN})


def _has_four_eyes(task: Task, actor: Actor, view: DefinitionView) -> bool:
    try:
        authority.require_four_eyes(task, view.properties(task.element_id), actor.user_id)
    except NotAllowed:
        return False
    return True


def _may_withdraw(task: Task, instance: Instance, actor: Actor) -> bool:
    """A first look only: `withdraw` itself decides under the lock."""
    if instance.status != InstanceStatus.RUNNING:
        return False
    if actor.user_id is None or task.completed_by_id != actor.user_id or instance.previous_step is None:
        return False
    step = db.session.get(HistoryEntry, instance.previous_step)
    return step is not None and step.task_id == task.id
