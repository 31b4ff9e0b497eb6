"""What the organiser does when the panel cannot be filled: a new draw, a designation, another time (第十九条（二）)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.core import audit
from app.core.actor import Actor
from app.core.errors import Conflict, Invalid, UserError
from app.identity import permissions
from app.procedures.selection import store
from app.procedures.selection.models import Activity, ActivityState
from app.procedures.selection.rules.conditions import DesignationDraft
from app.procedures.selection.service import designations, drawing, rescheduling, versions
from app.procedures.selection.service.changes import move_activity
from app.procedures.selection.service.moves import Where
from app.procedures.selection.service.rescheduling import NewTime
from app.procedures.selection.service.settlement import Settlement
from app.regulations.rule_sets import RuleSet

_HANDLED = frozenset({ActivityState.SHORT, ActivityState.MEETING})
#: While in these the conditions are (again) to be set; otherwise the panel is being made.
_CONDITIONS = frozenset({ActivityState.DRAFT, ActivityState.APPROVING, ActivityState.LOCKED})


@dataclass(frozen=True)
class ShortageChoice:
    """`redraw` needs a reason; `designate` expert, category, reason; `reschedule` starts_at, city, address, reason."""

    choice: Literal["redraw", "designate", "reschedule"]
    reason: str
    expert_id: int | None = None
    category: str = ""
    starts_at: datetime | None = None
    city: str = ""
    address: str = ""


def handle_shortage(number: str, chosen: ShortageChoice, rules: RuleSet, *, actor: Actor, now: datetime) -> Where:
    """Does what the organiser chose and says where the making of the panel goes on.

    :raises Invalid, UserError: something is missing or not possible, at its field. :raises NotAllowed: another unit's.
    :raises Conflict: nothing is short, or the time of the review is past and another must be set.
    """
    activity = store.locked(number)
    permissions.require(actor, permissions.ACTIVITY_MANAGE, activity)
    if activity.state not in _HANDLED:
        raise Conflict(f"评审目前是“{activity.state.label}”，没有待处理的缺额")
    if not chosen.reason.strip():
        raise UserError("请写明原因", "reason")
    if chosen.choice == "reschedule":
        return rescheduling.reschedule(number, _new_time(chosen), rules, actor=actor, now=now)
    if now >= activity.starts_at:
        raise Conflict("评审时间已过，请改期")
    after = {"choice": chosen.choice, "shortage": activity.shortage}
    audit.record(actor, "activity.handle_shortage", "activity", number, after=after, reason=chosen.reason.strip())
    if chosen.choice == "designate":
        draft = DesignationDraft(chosen.expert_id, chosen.category, chosen.reason)
        designations.request(number, draft, rules, actor=actor, now=now)
        return Where("panel")
    redraw(activity, chosen.reason.strip(), rules, actor=actor, now=now)
    return Where("conditions")


def _new_time(chosen: ShortageChoice) -> NewTime:
    if chosen.starts_at is None:
        raise Invalid({"starts_at": "评审时间：请填写新的时间"})
    return NewTime(chosen.starts_at, chosen.city, chosen.address, chosen.reason)


def redraw(activity: Activity, reason: str, rules: RuleSet, *, actor: Actor, now: datetime) -> None:
    """Ends the draw in force and opens the next version of the conditions; whoever holds a seat keeps it."""
    settlement = Settlement.of(activity, rules, actor=actor, now=now)
    for one in settlement.over():
        # its seat goes to the quota of the next draw, not to the rounds of the one that ends
        one.opened_in_draw = activity.draw_no
    if settlement.draw is not None:
        drawing.end(activity, settlement.draw, reason, rules, actor=actor, now=now)
    activity.shortage = None
    move_activity(activity, ActivityState.DRAFT, actor=actor, reason=reason)
    versions.open_next(activity, redraw_reason=reason, actor=actor, now=now)


def resume(number: str) -> Where:
    """Where the making of the panel (again) begins, by the records."""
    return Where("conditions" if store.activity(number).state in _CONDITIONS else "panel")
