"""Incidents for operators: list, retry, skip and dismiss; jobs retry them with back-off."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.core import clock
from app.core.actor import SYSTEM, Actor
from app.core.database import db
from app.core.errors import Invalid, NotFound
from app.engine import Execution
from app.identity import permissions
from app.workflow import authority, failures
from app.workflow.acts import SUSPENDED_CASES, Deed, lock_case, word
from app.workflow.failures import INCIDENT
from app.workflow.models import Incident
from app.workflow.states import Act, IncidentStatus
from app.workflow.step import Plan, take_step

#: Not of a suspended case: its failures wait like everything of it.
_MAY_MOVE = sa.or_(INCIDENT.c.instance_id.is_(None), INCIDENT.c.instance_id.not_in(SUSPENDED_CASES))
_DUE = (
    sa.select(INCIDENT.c.id)
    .where(sa.text("wf_incident.status = 'open'"), INCIDENT.c.next_retry_at <= sa.bindparam("now"), _MAY_MOVE)
    .order_by(INCIDENT.c.next_retry_at, INCIDENT.c.id)
    .limit(sa.bindparam("limit"))
)


def page(actor: Actor, *, status: str = "open", after: int | None = None, size: int = 20) -> list[Incident]:
    """Incidents, newest first; `after` is the id of the last one seen. :raises NotAllowed:"""
    permissions.require(actor, permissions.INCIDENT_READ)
    statement = sa.select(Incident).where(Incident.status == status).order_by(Incident.id.desc()).limit(size)
    if after is not None:
        statement = statement.where(Incident.id < after)
    return list(db.session.scalars(statement))


def one(incident_id: int, actor: Actor) -> Incident:
    """An incident with its cause. :raises NotAllowed: :raises NotFound:"""
    permissions.require(actor, permissions.INCIDENT_READ)
    found: Incident | None = db.session.get(Incident, incident_id)
    if found is None:
        raise NotFound("没有这条故障记录")
    return found


def retry(incident_id: int, actor: Actor) -> bool:
    """Runs what failed again, by hand; False if it failed once more (the incident stays open).

    :raises NotAllowed: :raises Conflict: dealt with meanwhile. :raises Invalid: nothing can be run again.
    """
    authority.require_operator(actor)
    return _run_again(incident_id, actor)


def skip(incident_id: int, actor: Actor, reason: str) -> None:
    """Goes on as if the failed element had run without a result, with reason.

    :raises NotAllowed: :raises Invalid: no reason, or it is no element of a diagram. :raises StepRefused: what
    follows failed.
    """
    authority.require_operator(actor)
    row = _with_reason(incident_id, reason)
    if row.kind != "operation":
        raise Invalid({"incident": "这条故障不是流程环节，不能跳过；处理后登记关闭"})
    case = lock_case(actor, instance_id=row.instance_id)
    row = failures.open_one(incident_id)
    name = _name_of(case.view, row)
    deed = Deed(Act.SKIP, f"{word(Act.SKIP)}“{name}”", element_id=row.element_id, reason=reason.strip())
    failures.close(row, IncidentStatus.SKIPPED, actor, reason.strip())
    case = lock_case(actor, instance_id=row.instance_id)
    take_step(case, Plan(deed, lambda execution: execution.skip(row.task_id, {}), tolerant=True))


def dismiss(incident_id: int, actor: Actor, reason: str) -> None:
    """Closes an incident that has nothing to run again (a person's failed request), with reason."""
    authority.require_operator(actor)
    row = _with_reason(incident_id, reason)
    if row.kind == "operation":
        raise Invalid({"incident": "失败的环节还停在流程中，请重试或跳过"})
    failures.close(row, IncidentStatus.RESOLVED, actor, reason.strip())


def due(now: datetime, limit: int) -> list[int]:
    """Ids of open incidents whose next attempt is due."""
    return list(db.session.connection().scalars(_DUE, {"now": now, "limit": limit}))


def retry_due(incident_id: int, now: datetime) -> bool:
    """A job's attempt; True if it succeeded or there is nothing left to do."""
    row = db.session.connection().execute(
        sa.select(INCIDENT)
        .where(
            *(INCIDENT.c.id == incident_id, sa.text("wf_incident.status = 'open'")),
            *(INCIDENT.c.next_retry_at <= now, _MAY_MOVE),
        )
    ).first()
    return row is None or _run_again(incident_id, SYSTEM)


def retry_failed(incident_id: int, failure: BaseException, now: datetime) -> None:
    """Counts a job's attempt that was rolled back; the next comes later, or by hand."""
    row = db.session.connection().execute(sa.select(INCIDENT).where(INCIDENT.c.id == incident_id)).one()
    if row.status == IncidentStatus.OPEN:
        failures.postpone(row, now, failure)


def _run_again(incident_id: int, actor: Actor) -> bool:
    row = failures.open_one(incident_id)
    if row.kind != "operation":
        raise Invalid({"incident": "这条故障没有可以重新执行的环节；定时和消息由后台按时重试"})
    case = lock_case(actor, instance_id=row.instance_id)
    row = failures.open_one(incident_id)
    deed = Deed(Act.RETRY, f"{word(Act.RETRY)}“{_name_of(case.view, row)}”", element_id=row.element_id)
    take_step(case, Plan(deed, lambda execution: _retry(execution, row.task_id), tolerant=True))
    after = db.session.connection().execute(sa.select(INCIDENT).where(INCIDENT.c.id == incident_id)).one()
    if after.status != IncidentStatus.OPEN:
        return True
    failures.postpone(after, clock.now())
    return False


def _retry(execution: Execution, task_id: str) -> None:
    execution.retry(task_id)


def _with_reason(incident_id: int, reason: str) -> Any:
    if not reason.strip():
        raise Invalid({"reason": "写明处理的理由"})
    return failures.open_one(incident_id)


def _name_of(view: Any, row: Any) -> str:
    element = view.elements.get(row.element_id)
    return element.name if element and element.name else str(row.element_id)
