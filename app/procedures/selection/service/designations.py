"""Designated experts: asked for, decided by the leader in charge, never by who asked (第十九条（三）, no. 36-40).

`case_no` is the case of the approval, PS-2026-0034-Z1; its functions lock the designation's row alone.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Literal

import sqlalchemy as sa

from app.core import audit
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import Conflict, Invalid, NotAllowed
from app.identity import permissions
from app.procedures.selection import access, examination, seats, store
from app.procedures.selection.models import Activity, Designation, DesignationState, Invitation
from app.procedures.selection.rules import conditions
from app.procedures.selection.rules.conditions import DesignationDraft, Seat
from app.procedures.selection.seats import designation_key
from app.procedures.selection.service import notify_staff
from app.procedures.selection.service.changes import move_designation
from app.procedures.selection.service.settlement import Settlement
from app.registers import experts
from app.regulations.deadlines import deadline
from app.regulations.rule_sets import RuleSet

#: Where a finding about conditions stands on the page of a single designation.
_FIELDS = {
    "designations": "expert", "designations.0.expert": "expert", "designations.0.category": "category",
    "designations.0.reason": "reason",
}  # fmt: skip

#: Said of whoever sits already, was asked already, sits elsewhere then, or is of a unit that sits.
CANNOT_SIT = "指定专家：这位专家不能参加本次评审，请另选一人"
#: Findings whose own words would tell who was drawn, here or for another review.
_TELLING = frozenset({"SAME_UNIT", "DESIGNATED_CLASH"})


def approvers_of(activity: Activity, requested_by_id: int | None, *, on: date) -> list[int]:
    """The accounts that may decide that day: the leader in charge and his deputies, never who asked (no. 40)."""
    return [user_id for user_id in access.approvers(activity, on) if user_id != requested_by_id]


def due(rules: RuleSet, now: datetime, latest_at: datetime) -> datetime:
    """Until when the decision is awaited: a working day, but no longer than the expert can still be invited."""
    return min(deadline(rules, "designation.approval_period", now).due_at, latest_at)


def request(
    number: str, draft: DesignationDraft, rules: RuleSet, *, actor: Actor, now: datetime
) -> Designation:
    """Asks for an expert by name after the names were drawn (抽取后指定); `settle` then starts its approval.

    Runs under the root's lock.

    :raises NotAllowed: another unit's. :raises Conflict: no draw yet, or too late to invite anybody.
    :raises Invalid: over a third, not in the pool, recused, of a unit that sits already, asked before, no open seat,
        no reason, nobody who could approve; each at its field.
    """
    activity = store.locked(number)
    permissions.require(actor, permissions.ACTIVITY_MANAGE, activity)
    settlement = Settlement.of(activity, rules, actor=actor, now=now)
    if not settlement.live and settlement.draw is None:
        raise Conflict("还没有抽取，请在抽取条件中填写指定专家")
    if not settlement.can_ask:
        raise Conflict("距评审开始已来不及再邀请，请改期")
    _refuse(settlement, draft)
    person = experts.expert(draft.expert_id or 0)
    for one in settlement.freed()[:1]:
        # the new designation sits on the seat that this one left, which therefore never opens to the draw
        one.opened_in_draw = activity.draw_no
    made = Designation(
        activity_no=activity.number, seq=1 + max((one.seq for one in settlement.designations), default=0),
        expert_id=person.id, unit_id=person.unit_id, category=draft.category, reason=draft.reason.strip(),
        after_draw=True, state=DesignationState.DRAFT, requested_by_id=actor.user_id, requested_by_name=actor.name,
        requested_at=now,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    after = {"category": made.category, "after_draw": True}
    audit.record(actor, "designation.request", "designation", designation_key(made), after=after, reason=made.reason)
    return made


def _refuse(settlement: Settlement, draft: DesignationDraft) -> None:
    """:raises Invalid: what speaks against the designation, at its field.

    Whether the person or his unit was drawn is said in the same words as any other reason of that kind, and nothing
    is said of anybody while no seat is open: refusals must not tell the names of the panel (domain.md no. 37, 54).
    """
    if settlement.open <= 0:
        raise Invalid({"expert": "指定专家：没有空缺的席位"})
    errors: dict[str, str] = {}
    for finding in _findings(settlement, draft):
        message = CANNOT_SIT if finding.code in _TELLING else finding.message
        errors.setdefault(_FIELDS[finding.field], message)
    activity = settlement.activity
    if draft.expert_id is not None and _was_asked(activity.number, draft.expert_id):
        errors.setdefault("expert", CANNOT_SIT)
    if any(one.expert_id == draft.expert_id for one in settlement.promised()):
        errors.setdefault("expert", "指定专家：已经申请指定这位专家")
    if not approvers_of(activity, settlement.actor.user_id, on=settlement.now.date()):
        errors.setdefault("expert", "指定专家：没有可以审批的分管领导或其委托的人")
    if errors:
        raise Invalid(errors)


def _findings(settlement: Settlement, draft: DesignationDraft) -> list[conditions.Finding]:
    activity, rules = settlement.activity, settlement.rules
    alone = replace(examination.draft_of(activity), designations=(draft,))
    sealed = [Seat(one.unit_id, one.category) for one in settlement.promised()]
    sealed += [Seat(one.unit_id, one.category) for one in settlement.live if one.designation_id is not None]
    facts = replace(
        examination.facts_of(activity, alone, rules, settlement.now),
        standing=tuple(sealed),
        kept=tuple(Seat(one.unit_id, one.category) for one in settlement.live if one.designation_id is None),
    )
    found = conditions.check(alone, facts, rules)
    return [one for one in found if one.is_bad and one.field in _FIELDS]


def _was_asked(number: str, expert_id: int) -> bool:
    statement = sa.select(Invitation.id).where(Invitation.activity_no == number, Invitation.expert_id == expert_id)
    return db.session.scalars(statement.limit(1)).first() is not None


def record_decision(
    case_no: str, decision: Literal["agreed", "refused"], reason: str, *, actor: Actor, now: datetime
) -> bool:
    """The leader's or his deputy's decision; True if agreed.

    :raises NotAllowed: by who asked, or by somebody who is neither leader nor deputy.
    :raises Invalid: refused without a reason. :raises Conflict: decided, lapsed or withdrawn already.
    """
    found = seats.designation_locked(case_no)
    activity = store.activity(found.activity_no)
    if actor.user_id is not None and actor.user_id == found.requested_by_id:
        raise NotAllowed("这位专家由您申请指定，须由分管领导或其受托人审批")
    access.require_approver(activity, actor, now.date())
    if found.state is not DesignationState.REQUESTED:
        raise Conflict(f"这一申请目前是“{found.state.label}”，不能再审批")
    agreed = decision == "agreed"
    if not agreed and not reason.strip():
        raise Invalid({"reason": "理由：不同意的，请填写"})
    state = DesignationState.APPROVED if agreed else DesignationState.REFUSED
    _conclude(activity, found, state, reason.strip(), actor=actor, now=now)
    return agreed


def _conclude(
    activity: Activity, found: Designation, state: DesignationState, reason: str, *, actor: Actor, now: datetime
) -> None:
    move_designation(found, state, actor=actor, now=now, reason=reason)
    person = experts.expert(found.expert_id)
    notify_staff.designation_decided(activity, found, person, actor=actor, now=now)


def lapse(case_no: str, *, actor: Actor, now: datetime) -> bool:
    """Nobody decided in time: the seat joins the draw. False if it was decided already."""
    found = seats.designation_locked(case_no)
    if found.state is not DesignationState.REQUESTED:
        return False
    activity = store.activity(found.activity_no)
    _conclude(activity, found, DesignationState.LAPSED, "", actor=actor, now=now)
    return True


def withdraw(case_no: str, reason: str, *, actor: Actor, now: datetime) -> bool:
    """The seat was released before the decision. False if the root, or the leader, was first."""
    found = seats.designation_locked(case_no)
    if found.state is not DesignationState.REQUESTED:
        return False
    move_designation(found, DesignationState.WITHDRAWN, actor=actor, now=now, reason=reason)
    return True
