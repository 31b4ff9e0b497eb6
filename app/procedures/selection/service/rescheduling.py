"""Another time, or no meeting at all: who is kept, who is released, what is revealed (第二十条, domain.md no. 51)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.core import audit
from app.core.actor import Actor
from app.core.errors import Conflict, Invalid, UserError
from app.identity import permissions
from app.procedures.selection import store
from app.procedures.selection.models import Activity, ActivityState, DesignationState, SeatState
from app.procedures.selection.rules.activity import ActivityDraft, check_activity
from app.procedures.selection.seats import designations_locked, live_locked, people
from app.procedures.selection.service import drawing, notify, notify_staff, releasing, versions
from app.procedures.selection.service.changes import move_activity, move_seat
from app.procedures.selection.service.moves import TIME_CHANGED, Tell, Where
from app.registers.states import WrongState
from app.regulations import workdays
from app.regulations.rule_sets import RuleSet
from app.regulations.wording import moment_words

_OVER = frozenset({ActivityState.HELD, ActivityState.CANCELLED})
_CONDITIONS = frozenset({ActivityState.DRAFT, ActivityState.APPROVING})
#: Between the commitment and the invitations a draw is finished as it was begun: nobody steps out of it and back.
DRAWING = frozenset({ActivityState.LOCKED, ActivityState.DRAWN})
NOT_WHILE_DRAWING = "抽取还没有完成：先完成抽取并发出邀请，再改期"
_PROMISED = frozenset({DesignationState.DRAFT, DesignationState.REQUESTED, DesignationState.APPROVED})
_ASKED = frozenset({SeatState.SENT, SeatState.ACCEPTED})
_TOLD = frozenset({SeatState.TOLD, SeatState.CONFIRMED, SeatState.SEATED})


@dataclass(frozen=True)
class NewTime:
    """The new time and place."""

    starts_at: datetime
    city: str
    address: str
    reason: str


def reschedule(number: str, new: NewTime, rules: RuleSet, *, actor: Actor, now: datetime) -> Where:
    """Moves the meeting: up to `activity.reschedule_keep` working days who accepted stays and confirms the new time;
    further away everybody is released and a new draw is made.

    :raises Invalid: a bad time or place, no reason, each at its field. :raises NotAllowed: another unit's.
    :raises WrongState: held or cancelled. :raises Conflict: locked or drawn, and nobody is invited yet.
    """
    activity = _open(number)
    permissions.require(actor, permissions.ACTIVITY_MANAGE, activity)
    if activity.state in DRAWING:
        raise Conflict(NOT_WHILE_DRAWING)
    _refuse(activity, new, rules, now)
    old_starts_at = activity.starts_at
    apart = abs(workdays.between(old_starts_at.date(), new.starts_at.date(), rules.calendar))
    keeps = apart <= rules.integer("activity.reschedule_keep")
    before = {"starts_at": old_starts_at.isoformat(), "city": activity.city}
    # who is released is told by the time that he knows
    told = [] if keeps else _release(activity, f"评审改期，间隔 {apart} 个工作日，重新抽取", actor=actor, now=now)
    activity.starts_at, activity.city, activity.address = new.starts_at, new.city.strip(), new.address.strip()
    activity.times_rescheduled += 1
    activity.final_at = activity.shortage = None
    audit.record(
        actor,
        "activity.reschedule",
        "activity",
        number,
        before=before,
        after={"starts_at": new.starts_at.isoformat(), "city": activity.city, "keeps": keeps},
        reason=new.reason.strip(),
    )
    notify_staff.rescheduled(activity, old_starts_at, new.reason.strip(), actor=actor, now=now)
    if keeps:
        told = _keep(activity, old_starts_at, actor=actor, now=now)
    if keeps and activity.state not in _CONDITIONS:
        return Where("panel", tuple(told))
    _begin_anew(activity, new.reason.strip(), rules, redraw=not keeps, actor=actor, now=now)
    return Where("conditions", tuple(told))


def _open(number: str) -> Activity:
    activity = store.locked(number)
    if activity.state in _OVER:
        raise WrongState(f"评审活动 {number} 目前是“{activity.state.label}”，不能改期或取消")
    return activity


def _refuse(activity: Activity, new: NewTime, rules: RuleSet, now: datetime) -> None:
    draft = ActivityDraft(
        title=activity.title, kind=activity.kind, project_unit_id=activity.project_unit_id,
        contact_phone=activity.contact_phone, leader_id=activity.leader_id, starts_at=new.starts_at, city=new.city,
        address=new.address, half_days=activity.half_days, witness_id=activity.witness_id,
        classified=activity.classified,
    )  # fmt: skip
    found = check_activity(draft, activity.organiser_id, now, rules)
    errors = {one.field: one.message for one in found if one.is_bad and one.field in ("starts_at", "city", "address")}
    if new.starts_at == activity.starts_at:
        errors.setdefault("starts_at", "评审时间：与原来的时间相同")
    if not new.reason.strip():
        errors["reason"] = "改期的原因：请填写"
    if errors:
        raise Invalid(errors)


def _release(activity: Activity, reason: str, *, actor: Actor, now: datetime, cancelled: bool = False) -> list[Tell]:
    """Takes back all seats and all designations."""
    told = []
    for designation in designations_locked(activity.number):
        if designation.state in _PROMISED:
            told += releasing.withdraw_designation(designation, reason, actor=actor, now=now)
        if designation.opened_in_draw is None:
            designation.opened_in_draw = activity.draw_no
    live = live_locked(activity.number)
    known = people(one.expert_id for one in live)
    return told + releasing.release_all(activity, live, known, reason, cancelled=cancelled, actor=actor, now=now)


def _keep(activity: Activity, old_starts_at: datetime, *, actor: Actor, now: datetime) -> list[Tell]:
    """Whoever knew the details confirms the new time; who was only asked is told the new half-day."""
    told = []
    live = live_locked(activity.number)
    known = people(one.expert_id for one in live)
    for one in live:
        if one.state in _ASKED:
            notify.moved(activity, one, known[one.expert_id], old_starts_at, actor=actor, now=now)
        if one.state not in _TOLD:
            continue
        if one.state is not SeatState.TOLD:
            move_seat(one, SeatState.ACCEPTED, actor=actor, now=now, reason="评审改期，须确认新的时间")
            one.confirmed_at = None
        told.append(Tell(TIME_CHANGED, one.number, {"old_starts_at": old_starts_at.isoformat()}))
    return told


def _begin_anew(
    activity: Activity, reason: str, rules: RuleSet, *, redraw: bool, actor: Actor, now: datetime
) -> None:
    """Back to the conditions: what was submitted for another time does not hold any more."""
    words = f"改期到{moment_words(activity.starts_at, now.date())}：{reason}"
    draw = store.draw_in_force(activity, lock=True)
    if draw is not None and redraw:
        drawing.end(activity, draw, words, rules, actor=actor, now=now)
    if redraw:
        activity.list_confirmed_at = None
    version = store.conditions(activity)
    move_activity(activity, ActivityState.DRAFT, actor=actor, reason=words)
    if version.submitted_at is not None:
        versions.open_next(activity, redraw_reason=words if draw is not None else None, actor=actor, now=now)


def cancel(number: str, reason: str, *, actor: Actor, now: datetime) -> tuple[Tell, ...]:
    """Calls the meeting off in any state before it was held: releases and tells everybody, reveals the draws.

    :raises UserError: no reason. :raises NotAllowed: neither an organiser of the unit nor who may void cases.
    :raises WrongState: held or cancelled already.
    """
    activity = _open(number)
    if not permissions.allowed(actor, permissions.ACTIVITY_MANAGE, activity):
        permissions.require(actor, permissions.TASK_MANAGE)
    if not reason.strip():
        raise UserError("取消的原因：请填写", "reason")
    told = _release(activity, reason.strip(), actor=actor, now=now, cancelled=True)
    activity.cancelled_at, activity.cancel_reason, activity.shortage = now, reason.strip(), None
    move_activity(activity, ActivityState.CANCELLED, actor=actor, reason=reason.strip())
    drawing.reveal(activity, actor=actor, now=now)
    notify_staff.cancelled(activity, reason.strip(), actor=actor, now=now)
    return tuple(told)
