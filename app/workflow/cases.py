"""Cases for reading: search, and everything the case page shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.core.actor import Actor
from app.core.database import db
from app.identity import permissions
from app.workflow import authority, definitions, paths
from app.workflow.definitions import DefinitionView
from app.workflow.models import (
    Attachment,
    Comment,
    Definition,
    HistoryEntry,
    Incident,
    Instance,
    Task,
    Timer,
)
from app.workflow.participation import Copy
from app.workflow.paths import NextStep
from app.workflow.states import TaskStatus


@dataclass(frozen=True)
class CaseFilters:
    """What narrows the search; `waiting_for` is an element with an open task."""

    q: str | None = None
    process: str | None = None
    status: str | None = None
    waiting_for: str | None = None
    subject: str | None = None
    with_incidents: bool = False


@dataclass(frozen=True)
class CasePage:
    """Found cases, newest first, with the names of their open tasks; `next_after` is the id to continue from."""

    cases: tuple[Instance, ...]
    waiting: dict[int, tuple[str, ...]]
    next_after: int | None


@dataclass(frozen=True)
class CaseDetail:
    """A case. `active`, `passed`, `flows` and `failed` are element and flow ids for the live diagram."""

    instance: Instance
    definition: DefinitionView
    history: tuple[HistoryEntry, ...]
    open_tasks: tuple[Task, ...]
    done_tasks: tuple[Task, ...]
    timers: tuple[Timer, ...]
    incidents: tuple[Incident, ...]
    comments: tuple[Comment, ...]
    attachments: tuple[Attachment, ...]
    copies: tuple[Copy, ...]
    active: frozenset[str]
    passed: frozenset[str]
    flows: frozenset[str]
    failed: frozenset[str]
    next_steps: tuple[NextStep, ...]
    may_void: bool


def search(actor: Actor, filters: CaseFilters, after: int | None = None, size: int = 20) -> CasePage:
    """Cases by business key, title, process, state. Who may not read all cases finds those he had a task in."""
    statement = sa.select(Instance).options(sa.orm.defer(Instance.state), sa.orm.defer(Instance.previous_state))
    statement = statement.where(*_conditions(actor, filters)).order_by(Instance.id.desc()).limit(size + 1)
    if after is not None:
        statement = statement.where(Instance.id < after)
    found = list(db.session.scalars(statement))
    shown = found[:size]
    return CasePage(tuple(shown), _waiting(shown), shown[-1].id if len(found) > size else None)


def _conditions(actor: Actor, filters: CaseFilters) -> list[Any]:
    conditions: list[Any] = []
    if not _reads_all(actor):
        own = sa.select(Task.instance_id).where(
            sa.or_(Task.assignee_id == actor.user_id, Task.completed_by_id == actor.user_id)
        )
        conditions.append(sa.or_(Instance.started_by_id == actor.user_id, Instance.id.in_(own)))
    if filters.q and filters.q.strip():
        q = filters.q.strip()
        conditions.append(
            sa.or_(Instance.business_key == q.upper(), Instance.title.contains(q, autoescape=True),
                   Instance.business_key.contains(q, autoescape=True))
        )
    if filters.process:
        conditions.append(Instance.process_key == filters.process)
    if filters.status:
        conditions.append(Instance.status == filters.status)
    if filters.subject:
        conditions.append(Instance.subject == filters.subject)
    if filters.waiting_for:
        waiting = sa.select(Task.instance_id).where(
            sa.text("wf_task.status = 'open'"), Task.element_id == filters.waiting_for
        )
        conditions.append(Instance.id.in_(waiting))
    if filters.with_incidents:
        conditions.append(Instance.open_incidents > 0)
    return conditions


def _reads_all(actor: Actor) -> bool:
    readers = (permissions.CASE_READ, permissions.INCIDENT_READ, permissions.TASK_MANAGE)
    return any(permissions.allowed(actor, one) for one in readers)


def _waiting(cases: list[Instance]) -> dict[int, tuple[str, ...]]:
    rows = db.session.execute(
        sa.select(Task.instance_id, Task.name)
        .where(Task.instance_id.in_([case.id for case in cases]), sa.text("wf_task.status = 'open'"))
        .order_by(Task.inbox_at, Task.id)
    )
    waiting: dict[int, tuple[str, ...]] = {}
    for row in rows:
        waiting[row.instance_id] = (*waiting.get(row.instance_id, ()), row.name)
    return waiting


def detail(instance_id: int, actor: Actor) -> CaseDetail:
    """Everything about one case. :raises NotFound: no such case, or not for this person."""
    instance = authority.require_case(db.session.get(Instance, instance_id, populate_existing=True), actor)
    view = definitions.view(instance.definition_id, instance.spec_hash)
    history = _rows(HistoryEntry, instance_id)
    tasks = _rows(Task, instance_id, Task.created_at, Task.id)
    open_tasks = tuple(task for task in tasks if task.status == TaskStatus.OPEN)
    timers = tuple(timer for timer in _rows(Timer, instance_id, Timer.due_at) if timer.status == "pending")
    incidents = tuple(one for one in _rows(Incident, instance_id) if one.status == "open")
    trace = paths.trace(view, history)
    return CaseDetail(
        instance=instance,
        definition=view,
        history=history,
        open_tasks=open_tasks,
        done_tasks=tuple(task for task in tasks if task.status in (TaskStatus.COMPLETED, TaskStatus.RETURNED)),
        timers=timers,
        incidents=incidents,
        comments=_rows(Comment, instance_id),
        attachments=_rows(Attachment, instance_id),
        copies=_rows(Copy, instance_id),
        active=frozenset(task.element_id for task in open_tasks) | trace.waiting,
        passed=trace.elements,
        flows=trace.flows,
        failed=frozenset(one.element_id for one in incidents if one.element_id and one.kind == "operation"),
        next_steps=paths.next_steps(view, [task.element_id for task in open_tasks]),
        may_void=authority.manages(actor) and instance.ended_at is None,
    )


def _rows(model: Any, instance_id: int, *order: Any) -> tuple[Any, ...]:
    statement = sa.select(model).where(model.instance_id == instance_id).order_by(*(order or (model.id,)))
    return tuple(db.session.scalars(statement.execution_options(populate_existing=True)))


def of_key(business_key: str) -> int | None:
    """The latest case of this business key."""
    found: int | None = db.session.scalar(
        sa.select(sa.func.max(Instance.id)).where(Instance.business_key == business_key)
    )
    return found


def diagram(instance_id: int, actor: Actor) -> str:
    """The BPMN XML of the version the case runs on. :raises NotFound:"""
    instance = authority.require_case(db.session.get(Instance, instance_id), actor)
    xml = db.session.scalar(sa.select(Definition.xml).where(Definition.id == instance.definition_id))
    return str(xml)


def mark_read(instance_id: int, actor: Actor, now: datetime) -> None:
    """Notes that the person has read the copy he was sent."""
    db.session.execute(
        sa.update(Copy)
        .where(Copy.instance_id == instance_id, Copy.user_id == actor.user_id, Copy.read_at.is_(None))
        .values(read_at=now)
    )
