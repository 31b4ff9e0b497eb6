"""What the leader in charge reads before deciding on a designated expert; no drawn name is among it (no. 37)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

import sqlalchemy as sa

from app.core.actor import Actor
from app.core.clock import ZONE
from app.core.database import db
from app.identity import permissions
from app.identity.models import Deputy
from app.procedures.selection import access, seats, store
from app.procedures.selection.models import Activity, Designation, DesignationState
from app.procedures.selection.rules.conditions import most_designated
from app.procedures.selection.rules.words import half_day_words
from app.registers import experts
from app.registers.models import Expert
from app.regulations.deadlines import add_months
from app.regulations.rule_sets import RuleSet

#: Designations that take one of the third, decided or not.
_HOLDING = frozenset({DesignationState.DRAFT, DesignationState.REQUESTED, DesignationState.APPROVED})


@dataclass(frozen=True)
class PastDesignation:
    """The same person, designated before by the same department."""

    activity: str
    title: str
    on: date


@dataclass(frozen=True)
class ApprovalLine:
    """A designation that waits for a decision (or was decided)."""

    case_no: str
    activity: str
    title: str
    expert: str
    unit: str
    requested_at: datetime
    requested_by: str
    state: str


@dataclass(frozen=True)
class ApprovalPage:
    """One designation: who, why, share against a third, units, the past.

    `may_decide` is False for who asked and for anybody who is neither leader nor deputy; `past` covers the months of
    `designation.past_months`.
    """

    case_no: str
    activity: str
    title: str
    classified: bool
    starts_at: datetime
    half_day: str
    panel_size: int
    expert: str
    expert_number: str
    unit: str
    professional_title: str
    directions: tuple[str, ...]
    category: str
    reason: str
    after_draw: bool
    requested_by: str
    requested_at: datetime
    designated: int
    designated_limit: int
    unit_clash: str
    recusal: str
    past: tuple[PastDesignation, ...]
    state: str
    decision_reason: str
    decided_by: str
    decided_at: datetime | None
    may_decide: bool


def waiting(actor: Actor, now: datetime) -> Sequence[ApprovalLine]:
    """Designations that this leader or deputy is to decide, the oldest first."""
    if actor.user_id is None:
        return []
    on = now.date()
    statement = (
        sa.select(Designation, Activity)
        .join(Activity, Activity.number == Designation.activity_no)
        .where(Designation.state == DesignationState.REQUESTED, Activity.leader_id.in_(_leaders_of(actor.user_id, on)))
        .order_by(Designation.requested_at, Designation.id)
    )
    return [_line(one, activity) for one, activity in db.session.execute(statement) if _may(activity, one, actor, on)]


def _leaders_of(user_id: int, on: date) -> list[int]:
    """The user himself, and in whose place he decides that day."""
    statement = sa.select(Deputy.principal_user_id).where(
        Deputy.deputy_user_id == user_id, Deputy.begins_on <= on, Deputy.ends_on >= on, Deputy.ended_at.is_(None)
    )
    return [user_id, *db.session.scalars(statement)]


def _may(activity: Activity, one: Designation, actor: Actor, on: date) -> bool:
    return (
        actor.user_id is not None
        and actor.user_id != one.requested_by_id
        and actor.user_id in access.approvers(activity, on)
    )


def decided(actor: Actor, limit: int = 50) -> Sequence[ApprovalLine]:
    """Designations that this actor decided, the latest first."""
    if actor.user_id is None:
        return []
    statement = (
        sa.select(Designation, Activity)
        .join(Activity, Activity.number == Designation.activity_no)
        .where(
            Designation.decided_by_id == actor.user_id,
            Designation.state.in_([DesignationState.APPROVED, DesignationState.REFUSED]),
        )
        .order_by(Designation.decided_at.desc(), Designation.id.desc())
        .limit(limit)
    )
    return [_line(one, activity) for one, activity in db.session.execute(statement)]


def _line(one: Designation, activity: Activity) -> ApprovalLine:
    person = experts.expert(one.expert_id)
    return ApprovalLine(
        case_no=seats.designation_key(one), activity=activity.number, title=activity.title, expert=person.name,
        unit=person.unit.name, requested_at=one.requested_at, requested_by=one.requested_by_name,
        state=one.state.label,
    )  # fmt: skip


def page(case_no: str, viewer: Actor, now: datetime) -> ApprovalPage:
    """One designation for its approver.

    :raises NotFound: there is none. :raises NotAllowed: neither leader nor deputy nor of the organising unit.
    """
    one = seats.designation(case_no)
    activity, person = store.activity(one.activity_no), experts.expert(one.expert_id)
    may_decide = one.state is DesignationState.REQUESTED and _may(activity, one, viewer, now.date())
    if not may_decide and viewer.user_id != one.decided_by_id:
        permissions.require(viewer, permissions.ACTIVITY_READ, activity)
    rules = seats.rules_of(activity, now)
    others = [other for other in store.designations_of(activity.number) if other.id != one.id]
    return ApprovalPage(
        case_no=seats.designation_key(one), activity=activity.number, title=activity.title,
        classified=activity.classified, starts_at=activity.starts_at,
        half_day=half_day_words(activity.starts_at, activity.half_days, now.date()), panel_size=activity.panel_size,
        expert=person.name, expert_number=person.number, unit=person.unit.name,
        professional_title=person.title or "", directions=tuple(held.direction for held in person.directions),
        category=one.category, reason=one.reason, after_draw=one.after_draw, requested_by=one.requested_by_name,
        requested_at=one.requested_at, designated=1 + sum(other.state in _HOLDING for other in others),
        designated_limit=most_designated(activity.panel_size, rules), unit_clash=_unit_clash(person, others),
        recusal=_recusal(activity, person), past=_past(activity, one, rules, now), state=one.state.label,
        decision_reason=one.decision_reason or "", decided_by=one.decided_by_name or "", decided_at=one.decided_at,
        may_decide=may_decide,
    )  # fmt: skip


def _unit_clash(person: Expert, others: Sequence[Designation]) -> str:
    """Another designated expert of the same unit; drawn names are not looked at (no. 37)."""
    clashing = [other for other in others if other.state in _HOLDING and other.unit_id == person.unit_id]
    return "、".join(experts.expert(other.expert_id).name for other in clashing)


def _recusal(activity: Activity, person: Expert) -> str:
    for one in store.recusals_of(activity.number):
        if one.expert_id == person.id or one.unit_id == person.unit_id:
            return f"{one.source.label}：{one.reason}"
    return ""


def _past(activity: Activity, one: Designation, rules: RuleSet, now: datetime) -> tuple[PastDesignation, ...]:
    """Agreed designations of the person by the same department, the latest first."""
    first_day = add_months(now.date(), -rules.integer("designation.past_months"))
    statement = (
        sa.select(Activity.number, Activity.title, Designation.decided_at)
        .join(Activity, Activity.number == Designation.activity_no)
        .where(
            Designation.expert_id == one.expert_id, Designation.id != one.id,
            Designation.state == DesignationState.APPROVED,
            Designation.decided_at >= datetime.combine(first_day, time(), tzinfo=ZONE),
            Activity.organiser_unit_id == activity.organiser_unit_id,
        )
        .order_by(Designation.decided_at.desc())
    )  # fmt: skip
    return tuple(
        PastDesignation(number, title, at.astimezone(ZONE).date())
        for number, title, at in db.session.execute(statement)
        if at is not None
    )
