"""Settling: the records say what the panel needs next, whatever came in whichever order (第十九条, 第二十条)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from app.core import audit
from app.core.actor import Actor
from app.core.errors import Conflict
from app.identity import permissions
from app.procedures.selection import store
from app.procedures.selection.models import Activity, ActivityState, SeatState
from app.procedures.selection.rules import answers, panel
from app.procedures.selection.rules.panel import Decision, PanelFacts, Standing
from app.procedures.selection.service import drawing, filling, notify, notify_staff, releasing
from app.procedures.selection.service.changes import move_activity, move_seat
from app.procedures.selection.service.moves import LIST_CONFIRMED, PanelMove, PanelWord, Tell
from app.procedures.selection.service.settlement import Settlement
from app.regulations.rule_sets import RuleSet

_STANDINGS = {
    SeatState.PENDING: Standing.ASKED,
    SeatState.SENT: Standing.ASKED,
    SeatState.ACCEPTED: Standing.ACCEPTED,
    SeatState.TOLD: Standing.TOLD,
    SeatState.CONFIRMED: Standing.CONFIRMED,
    SeatState.SEATED: Standing.CONFIRMED,
}
_STATES: dict[PanelWord, ActivityState] = {
    "list_ready": ActivityState.INITIAL,
    "short": ActivityState.SHORT,
    "final": ActivityState.FINAL,
    "meeting": ActivityState.MEETING,
}
#: Length of the column that keeps the words of a shortage.
_SHORTAGE_LENGTH = 200


def settle(number: str, rules: RuleSet, *, actor: Actor, now: datetime) -> PanelMove:
    """Looks at every seat under the lock of the activity and does what is next: takes seats from who may not sit any
    more, brings designations before the leader, invites, draws replacements, tells details, seats the confirmed.

    :raises NotFound: no such activity.
    """
    activity = store.locked(number)
    settlement = Settlement.of(activity, rules, actor=actor, now=now)
    shortage = _fill(settlement) if now < activity.starts_at else ""
    decision = panel.decide(_facts(settlement, shortage), now, settlement.hours)
    _follow(settlement, decision)
    return PanelMove(
        decision.state, decision.check_at, decision.shortage, tuple(settlement.start), tuple(settlement.tell)
    )


def _fill(settlement: Settlement) -> str:
    filling.invite_drawn(settlement)
    releasing.release_ineligible(settlement)
    filling.ask_for_approval(settlement)
    filling.invite_designated(settlement)
    shortage = filling.refill(settlement)
    if not shortage and settlement.uninvited():
        return "指定的专家已获同意，但距评审开始已来不及邀请和等候答复，请改期"
    return shortage


def _facts(settlement: Settlement, shortage: str) -> PanelFacts:
    return PanelFacts(
        size=settlement.activity.panel_size,
        starts_at=settlement.activity.starts_at,
        standings=Counter(_STANDINGS[one.state] for one in settlement.live),
        promised=len(settlement.promised()),
        list_confirmed=settlement.activity.list_confirmed_at is not None,
        shortage=shortage[:_SHORTAGE_LENGTH],
    )


def _follow(settlement: Settlement, decision: Decision) -> None:
    """Writes the decision into the records and tells whom it concerns."""
    activity = settlement.activity
    if decision.tell_details:
        settlement.tell += [
            Tell(LIST_CONFIRMED, one.number, {}) for one in settlement.live if one.state is SeatState.ACCEPTED
        ]
    state = _STATES.get(decision.state, _making(activity))
    is_news = activity.state is not state or (activity.shortage or "") != decision.shortage
    if decision.state in ("final", "meeting"):
        # the last word may have come a moment before the start, and be looked at only after it
        _seat(settlement)
    else:
        activity.final_at = None
    activity.shortage = decision.shortage or None
    move_activity(activity, state, actor=settlement.actor, reason=decision.shortage or None)
    if is_news:
        _announce(settlement, decision)


def _making(activity: Activity) -> ActivityState:
    return ActivityState.INVITING if activity.list_confirmed_at is None else ActivityState.CONFIRMING


def _seat(settlement: Settlement) -> None:
    """Seats the confirmed; each gets the calendar file once."""
    activity, actor, now = settlement.activity, settlement.actor, settlement.now
    activity.final_at = activity.final_at or now
    for one in settlement.live:
        if one.state is SeatState.CONFIRMED:
            move_seat(one, SeatState.SEATED, actor=actor, now=now)
            person = settlement.person(one.expert_id)
            notify.final(activity, one, person, rules=settlement.rules, actor=actor, now=now)


def _announce(settlement: Settlement, decision: Decision) -> None:
    activity, actor, now = settlement.activity, settlement.actor, settlement.now
    if decision.state == "short":
        notify_staff.panel_short(activity, decision.shortage, actor=actor, now=now)
    elif decision.state == "list_ready":
        notify_staff.list_ready(activity, actor=actor, now=now)
    elif decision.state == "final":
        notify_staff.panel_final(activity, rules=settlement.rules, actor=actor, now=now)
    elif decision.state == "meeting":
        drawing.reveal(activity, actor=actor, now=now)


def confirm_list(number: str, rules: RuleSet, *, actor: Actor, now: datetime) -> None:
    """The organiser confirms the initial list; the details go out at once (第十九条（五）, no. 48).

    :raises NotAllowed: another unit's. :raises Conflict: the list is not complete any more, the meeting would have
        begun, or the hour is outside the sending window.
    """
    activity = store.locked(number)
    permissions.require(actor, permissions.ACTIVITY_MANAGE, activity)
    settlement = Settlement.of(activity, rules, actor=actor, now=now)
    facts = _facts(settlement, "")
    if activity.state is not ActivityState.INITIAL or facts.standings[Standing.ASKED]:
        raise Conflict(f"名单目前是“{activity.state.label}”，席位有变，请刷新后再确认")
    if len(settlement.live) != activity.panel_size:
        raise Conflict("名单有变，席位没有坐满，请刷新后再确认")
    if now >= activity.starts_at:
        raise Conflict("评审时间已到，请改期")
    if answers.details_at(now, activity.starts_at, settlement.hours) > now:
        window = f"{settlement.hours.opens:%H:%M}–{settlement.hours.closes:%H:%M}"
        raise Conflict(f"确认名单后即时短信通知专家，请在 {window} 确认")
    activity.list_confirmed_at = now
    audit.record(actor, "activity.confirm_list", "activity", number, after={"seats": activity.panel_size})
    move_activity(activity, ActivityState.CONFIRMING, actor=actor)
