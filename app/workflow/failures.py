"""Recording what failed: in the state by an operation, in a job, or in a person's step; and closing it again."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.core import audit, clock, wake
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import Conflict, NotFound
from app.engine import EngineError, Failure, OperationFailed
from app.workflow.acts import INSTANCE, Deed, LockedCase, Starter
from app.workflow.models import Incident
from app.workflow.states import IncidentStatus

INCIDENT: Any = Incident.__table__

#: Waits before the second, third … attempt by a job; after the last, only by hand.
BACK_OFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=8))

#: After that, a timer is tried once a day: a legal deadline is never given up.
LAST_WAIT = timedelta(days=1)


_STANDS_STILL = "环节“{}”无法执行，办件停在原处；故障已记录，由流程管理员处理"


@dataclass(frozen=True)
class FailedStep:
    """A step that a person wanted and that was rolled back: what is told to him and what operators need."""

    instance_id: int | None
    task_id: str | None
    element_id: str
    operation: str | None
    code: str
    message: str
    detail: str
    actor: Actor


def next_attempt(attempts: int, now: datetime) -> datetime | None:
    """When a job tries again after `attempts` failures; None when it has given up."""
    return now + BACK_OFF[attempts - 1] if attempts <= len(BACK_OFF) else None


def describe(case: LockedCase, deed: Deed, failure: EngineError) -> FailedStep:
    """What is to be said and kept of a failure. An operation's own message is for the person; others get words."""
    element_id = str(getattr(failure, "element_id", deed.element_id) or "")
    element = case.view.elements.get(element_id)
    name = element.name if element and element.name else element_id
    starter = case.starter if case.is_new else Starter(case.instance.id, deed.task_id)
    return FailedStep(
        instance_id=starter.instance_id if starter else None,
        task_id=starter.task_id if starter else deed.task_id,
        element_id=element_id,
        operation=failure.operation if isinstance(failure, OperationFailed) else None,
        code=getattr(failure, "code", type(failure).__name__),
        message=failure.message if isinstance(failure, OperationFailed) else _STANDS_STILL.format(name),
        detail=cause_of(failure),
        actor=case.actor,
    )


def cause_of(failure: BaseException) -> str:
    """The traceback, for operators only."""
    return "".join(traceback.format_exception(failure))[-8000:]


def record_failed_step(told: FailedStep) -> None:
    """Records a person's step that failed, in the transaction after the rollback."""
    now = clock.now()
    db.session.connection().execute(
        sa.insert(INCIDENT),
        {
            "instance_id": told.instance_id,
            "kind": "request",
            "task_id": told.task_id,
            "element_id": told.element_id,
            "operation": told.operation,
            "code": told.code,
            "message": told.message,
            "detail": told.detail,
            "actor_id": told.actor.user_id,
            "actor_name": told.actor.name,
            "status": IncidentStatus.OPEN,
            "attempts": 1,
            "created_at": now,
            "last_failed_at": now,
        },
    )
    _count(told.instance_id, 1)
    after = {"element": told.element_id, "operation": told.operation, "code": told.code}
    audit.record(told.actor, "incident.open", "instance", told.instance_id or "-", after=after, note=told.message)


def record_job_failure(
    kind: str,
    reference: int,
    instance_id: int | None,
    failure: BaseException,
    attempts: int,
    actor: Actor,
) -> None:
    """Records (or counts up) the failure of a timer or a message that a job ran and that was rolled back."""
    now = clock.now()
    message = str(getattr(failure, "message", "") or f"执行时出错：{type(failure).__name__}")
    values: dict[str, Any] = {
        "attempts": attempts,
        "message": message,
        "detail": cause_of(failure),
        "code": getattr(failure, "code", type(failure).__name__)[:80],
        "last_failed_at": now,
    }
    open_one = sa.and_(
        INCIDENT.c.kind == kind, INCIDENT.c.reference == reference, INCIDENT.c.status == IncidentStatus.OPEN
    )
    connection = db.session.connection()
    if connection.execute(sa.update(INCIDENT).where(open_one).values(**values)).rowcount:
        return
    values |= {"instance_id": instance_id, "kind": kind, "reference": reference, "status": IncidentStatus.OPEN}
    values |= {"element_id": getattr(failure, "element_id", None), "actor_name": actor.name, "created_at": now}
    connection.execute(sa.insert(INCIDENT), values)
    _count(instance_id, 1)
    audit.record(actor, "incident.open", kind, reference, after={"code": values["code"]}, note=message)


def resolve_job_failure(kind: str, reference: int, instance_id: int | None, now: datetime) -> None:
    """Closes the incident of a timer or message that has run at last."""
    done = db.session.connection().execute(
        sa.update(INCIDENT)
        .where(INCIDENT.c.kind == kind, INCIDENT.c.reference == reference, sa.text("status = 'open'"))
        .values(status=IncidentStatus.RESOLVED, ended_at=now, ended_by_name="系统")
    )
    if done.rowcount:
        _count(instance_id, -done.rowcount)


def _count(instance_id: int | None, by: int) -> None:
    if instance_id is not None:
        db.session.connection().execute(
            sa.update(INSTANCE)
            .where(INSTANCE.c.id == instance_id)
            .values(open_incidents=INSTANCE.c.open_incidents + by)
        )


def write_failures(case: LockedCase, failures: Sequence[Failure], deed: Deed) -> int:
    """Opens and closes incidents so that they match the failed elements of the state; gives how many are open.

    A step that succeeds also closes what an earlier attempt at the same task left open.
    """
    if not failures and not case.instance.open_incidents:
        return 0
    connection = db.session.connection()
    rows = connection.execute(
        sa.select(INCIDENT).where(INCIDENT.c.instance_id == case.instance.id, sa.text("status = 'open'"))
    ).all()
    failing = {failure.task_id: failure for failure in failures}
    known = {row.task_id for row in rows if row.kind == "operation"}
    over = [row.id for row in rows if _is_over(row, failing, deed)]
    if over:
        connection.execute(
            sa.update(INCIDENT)
            .where(INCIDENT.c.id.in_(over))
            .values(status=IncidentStatus.RESOLVED, ended_at=case.now, ended_by_name=case.actor.name)
        )
    new = [_row(case, failure) for failure in failures if failure.task_id not in known]
    if new:
        connection.execute(sa.insert(INCIDENT), new)
        wake.request()
    return len(rows) - len(over) + len(new)


def _is_over(row: Any, failing: dict[str, Failure], deed: Deed) -> bool:
    if row.kind == "operation":
        return row.task_id not in failing
    return row.kind == "request" and row.task_id is not None and row.task_id == deed.task_id


def _row(case: LockedCase, failure: Failure) -> dict[str, Any]:
    return {
        "instance_id": case.instance.id,
        "kind": "operation",
        "task_id": failure.task_id,
        "element_id": failure.element_id,
        "operation": failure.operation,
        "code": failure.code,
        "message": failure.message,
        "detail": failure.detail,
        "actor_id": case.actor.user_id,
        "actor_name": case.actor.name,
        "status": IncidentStatus.OPEN,
        "attempts": 1,
        "next_retry_at": next_attempt(1, case.now),
        "created_at": case.now,
        "last_failed_at": case.now,
    }


def open_one(incident_id: int) -> Any:
    """The row of an open incident. :raises NotFound: :raises Conflict: somebody dealt with it."""
    row = db.session.connection().execute(sa.select(INCIDENT).where(INCIDENT.c.id == incident_id)).first()
    if row is None:
        raise NotFound("没有这条故障记录")
    if row.status != IncidentStatus.OPEN:
        raise Conflict(f"这条故障已由{row.ended_by_name or '系统'}处理")
    return row


def close(row: Any, status: IncidentStatus, actor: Actor, reason: str | None) -> None:
    """Ends an open incident by hand."""
    db.session.connection().execute(
        sa.update(INCIDENT)
        .where(INCIDENT.c.id == row.id)
        .values(status=status, ended_at=clock.now(), ended_by_name=actor.name, reason=reason, next_retry_at=None)
    )
    _count(row.instance_id, -1)
    audit.record(actor, f"incident.{status}", "incident", row.id, before={"status": row.status}, reason=reason)


def postpone(row: Any, now: datetime, failure: BaseException | None = None) -> None:
    """Counts another failed attempt and sets the next, if there is to be one."""
    attempts = row.attempts + 1
    values: dict[str, Any] = {
        "attempts": attempts, "next_retry_at": next_attempt(attempts, now), "last_failed_at": now
    }
    if failure is not None:
        values["detail"] = cause_of(failure)
    db.session.connection().execute(sa.update(INCIDENT).where(INCIDENT.c.id == row.id).values(**values))
