"""Who may see and manage which activity, and who decides in the leader's place (第二十四条, 第十九条（三）)."""

from __future__ import annotations

from datetime import date
from typing import Protocol

import sqlalchemy as sa

from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotAllowed
from app.identity import deputies, permissions, roles
from app.procedures.selection.models import Activity, Designation, DesignationState

#: Told to a leader at the door of a panel.
DECIDES_UNSEEN = "这个评审的指定专家还待你审批：审批之前不能看抽取和名单（第十九条（三））"
#: Roles that see every activity; the others see those of their unit or those in which they are named.
_EVERYWHERE = frozenset({roles.CENTER_CLERK, roles.BUREAU_REVIEWER, roles.BUREAU_LEADER, roles.AUDITOR})


class Reader(Protocol):
    """An actor, or an account with its unit."""

    @property
    def user_id(self) -> int | None: ...
    @property
    def roles(self) -> frozenset[str]: ...
    @property
    def unit_id(self) -> int | None: ...


@permissions.object_rule(permissions.ACTIVITY_MANAGE)
def organises(actor: Reader, found: Activity) -> bool:
    """An organiser manages what his unit organises."""
    return actor.unit_id is not None and actor.unit_id == found.organiser_unit_id


@permissions.object_rule(permissions.ACTIVITY_READ)
def may_read(actor: Reader, found: Activity) -> bool:
    """The pool's offices see all; a department its own; a witness those he is named for."""
    if actor.roles & _EVERYWHERE:
        return True
    if actor.roles & {roles.DEPT_ORGANISER, roles.DEPT_LEADER} and organises(actor, found):
        return True
    return actor.user_id is not None and actor.user_id in (found.witness_id, found.leader_id)


def decides_unseen(actor: Reader, found: Activity) -> bool:
    """Whether this is a leader for whom designated experts of the activity still wait.

    Until he has decided on all he sees nothing of the panel: he decides without having seen a drawn name
    (domain.md no. 37).
    """
    leads = actor.user_id is not None and actor.user_id == found.leader_id
    if not leads and not (roles.DEPT_LEADER in actor.roles and organises(actor, found)):
        return False
    waiting = sa.exists().where(
        Designation.activity_no == found.number, Designation.state == DesignationState.REQUESTED
    )
    return bool(db.session.scalar(sa.select(waiting)))


@permissions.object_rule(permissions.DRAW_WITNESS)
def witnesses(actor: Reader, found: Activity) -> bool:
    """Only the witness named for it."""
    return actor.user_id is not None and actor.user_id == found.witness_id


@permissions.object_rule(permissions.LATE_LEAVE_JUDGE)
@permissions.object_rule(permissions.PHONE_ANSWER)
def may_note_phone_answers(actor: Reader, found: Activity) -> bool:
    """The centre for every activity, an organiser for his unit's."""
    return roles.CENTER_CLERK in actor.roles or organises(actor, found)


def readable(actor: Reader) -> sa.ColumnElement[bool]:
    """`may_read` as a condition on `Activity`, for lists."""
    if actor.roles & _EVERYWHERE:
        return sa.true()
    named = [Activity.witness_id == actor.user_id, Activity.leader_id == actor.user_id]
    if actor.roles & {roles.DEPT_ORGANISER, roles.DEPT_LEADER} and actor.unit_id is not None:
        named.append(Activity.organiser_unit_id == actor.unit_id)
    return sa.or_(*named) if actor.user_id is not None else sa.false()


def approvers(found: Activity, on: date, by: int | None = None) -> tuple[int, ...]:
    """The leader and his deputies of that day in service and in his unit (domain.md no. 40).

    Never the organiser, nor `by`, who asked in his place: another organiser of the unit may be the leader's deputy.
    """
    named = [found.leader_id, *deputies.active_for(found.leader_id, on)]
    return tuple(dict.fromkeys(user_id for user_id in named if user_id not in (found.organiser_id, by)))


def require_approver(found: Activity, actor: Actor, on: date, by: int | None = None) -> None:
    """Refuses whoever may not decide for the leader on what `by` asked.

    :raises NotAllowed: the organiser or who asked, or somebody who is neither the leader nor his deputy.
    """
    if actor.user_id is not None and actor.user_id in (found.organiser_id, by):
        raise NotAllowed("不能审批自己提交的事项，须由分管领导或其受托人审批")
    if actor.user_id not in approvers(found, on):
        raise NotAllowed("只有分管领导或其受托人可以审批")
