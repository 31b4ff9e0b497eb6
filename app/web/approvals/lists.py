"""待我审批 and 已审批: designated experts and conditions, of one's own and as a deputy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, render_template, url_for

from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.identity import permissions
from app.procedures.selection.models import Activity, ActivityConditions
from app.procedures.selection.queries import approvals as designations
from app.procedures.selection.queries.approvals import ApprovalLine
from app.web.auth import current_actor, requires
from app.workflow.models import Task, TaskCandidate

approvals = Blueprint("approvals", __name__, url_prefix="/approvals")

DESIGNATION, CONDITIONS = "approve_designation", "approve_conditions"
_SHOWN = 50
_WITH_VERSION = sa.select(Activity, ActivityConditions).join(
    ActivityConditions, ActivityConditions.activity_no == Activity.number
)


@dataclass(frozen=True)
class Line:
    """One line of a list; `state` is empty while it waits."""

    number: str
    what: str
    title: str
    by: str
    at: datetime
    due_at: datetime | None = None
    state: str = ""


@approvals.get("/")
@requires(permissions.DESIGNATION_DECIDE)
def index() -> str:
    """What waits for this person, the most urgent first."""
    actor, now = current_actor(), clock.now()
    due = {task.business_key: task.due_at for task in _waiting_tasks(actor)}
    lines = [_designation(line, due.get(line.case_no)) for line in designations.waiting(actor, now)]
    lines += [_conditions(*row, due_at=due.get(row[0].number)) for row in _waiting_conditions(list(due))]
    lines.sort(key=lambda line: (line.due_at is None, line.due_at or line.at))
    sub = f"{len(lines)} 件，点开后审批" if lines else ""
    nothing = ("都审批完了", "有人申请指定专家，或抽取条件需要你同意时，会出现在这里，也会发短信。")
    return _list("待我审批", sub, lines, nothing)


@approvals.get("/decided")
@requires(permissions.DESIGNATION_DECIDE)
def decided() -> str:
    """What this person decided, the latest first."""
    actor = current_actor()
    lines = [_designation(line, None, decided=True) for line in designations.decided(actor, _SHOWN)]
    lines += [_conditions(*row, decided=True) for row in _decided_conditions(actor)]
    lines.sort(key=lambda line: line.at, reverse=True)
    return _list("已审批", "", lines[:_SHOWN], ("还没有审批过", "审批过的指定专家和抽取条件会列在这里。"))


def _list(heading: str, sub: str, lines: Sequence[Line], nothing: tuple[str, str]) -> str:
    views = (("待我审批", "approvals.index"), ("已审批", "approvals.decided"))
    tabs = [(words, url_for(endpoint), words == heading) for words, endpoint in views]
    return render_template(
        "approvals/index.html", heading=heading, sub=sub, lines=lines, tabs=tabs, nothing=nothing
    )


def count_waiting(actor: Actor) -> int:
    """How many decisions wait for this person."""
    return len(_waiting_tasks(actor))


def _waiting_tasks(actor: Actor) -> Sequence[Task]:
    named = sa.select(TaskCandidate.task_id).where(TaskCandidate.user_id == actor.user_id)
    mine = sa.or_(Task.assignee_id == actor.user_id, sa.and_(Task.assignee_id.is_(None), Task.id.in_(named)))
    return db.session.scalars(
        sa.select(Task).where(sa.text("wf_task.status = 'open'"), Task.element_id.in_((DESIGNATION, CONDITIONS)), mine)
    ).all()


def _designation(line: ApprovalLine, due_at: datetime | None, *, decided: bool = False) -> Line:
    return Line(
        number=line.case_no, what=f"指定{line.expert}，{line.unit}", title=line.title, by=line.requested_by,
        at=line.requested_at, due_at=due_at, state=line.state if decided else "",
    )


def _waiting_conditions(numbers: Sequence[str]) -> Sequence[Any]:
    statement = _WITH_VERSION.where(Activity.number.in_(numbers), ActivityConditions.approval_outcome.is_(None))
    return db.session.execute(statement.where(ActivityConditions.version == Activity.conditions_version)).all()


def _decided_conditions(actor: Actor) -> Sequence[Any]:
    statement = _WITH_VERSION.where(ActivityConditions.approved_by_id == actor.user_id)
    return db.session.execute(statement.order_by(ActivityConditions.approved_at.desc()).limit(_SHOWN)).all()


def _conditions(
    found: Activity, version: ActivityConditions, *, due_at: datetime | None = None, decided: bool = False
) -> Line:
    state = "同意" if version.approval_outcome == "agreed" else "不同意"
    return Line(
        number=found.number, what=f"第 {version.version} 版抽取条件", title=found.title, by=found.organiser_name,
        at=version.submitted_at or version.saved_at, due_at=due_at, state=state if decided else "",
    )
