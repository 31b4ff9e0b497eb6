"""The meeting: who signed in, who was there, whom the members elected (第十七条, 第二十条, domain.md no. 52, 58)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from app.core import audit
from app.core.actor import Actor
from app.core.errors import Conflict, Invalid, UserError
from app.identity import permissions
from app.procedures.selection import seats, store
from app.procedures.selection.models import Activity, ActivityState, Attendance, Invitation, SeatState
from app.procedures.selection.rules import answers, panel
from app.procedures.selection.rules.panel import MeetingRules, Present
from app.procedures.selection.service.changes import move_activity
from app.regulations.rule_sets import RuleSet

_SIGNING_IN = frozenset({ActivityState.FINAL, ActivityState.MEETING})
_NOTE_LENGTH = 500


@dataclass(frozen=True)
class MeetingDraft:
    """What the organiser records: `attendance` is line -> present | absent | recused, for every seated line."""

    outcome: Literal["held", "not_held"]
    attendance: Mapping[int, str] = field(default_factory=dict)
    leader_line: int | None = None
    note: str = ""


def seated(number: str) -> list[str]:
    """The invitations whose expert holds a seat, in the order of their lines."""
    found = [one for one in seats.invitations_of(number) if one.state is SeatState.SEATED]
    return [one.number for one in sorted(found, key=lambda one: one.line)]


def sign_in(number: str, line: int, rules: RuleSet, *, actor: Actor, now: datetime) -> None:
    """Notes that the member of this line signed in; a second time changes nothing.

    :raises NotAllowed: another unit's. :raises UserError: nobody is seated there.
    :raises Conflict: before names are shown, or not on the final list.
    """
    activity = store.locked(number)
    permissions.require(actor, permissions.ACTIVITY_MANAGE, activity)
    if activity.state not in _SIGNING_IN:
        raise Conflict(f"评审目前是“{activity.state.label}”，不能签到")
    shown_at = answers.names_shown_at(activity.starts_at, answers.hours(rules))
    if now < shown_at:
        raise Conflict(f"签到从 {shown_at:%H:%M} 开始")
    member = next((one for one in _members(number) if one.line == line), None)
    if member is None:
        raise UserError(f"第 {line} 席没有专家", "line")
    if member.signed_in_at is None:
        member.signed_in_at = now
        audit.record(actor, "invitation.sign_in", "invitation", member.number, after={"line": line})


def _members(number: str) -> list[Invitation]:
    found = [one for one in seats.live_locked(number) if one.state is SeatState.SEATED]
    return sorted(found, key=lambda one: one.line)


def record_meeting(number: str, draft: MeetingDraft, rules: RuleSet, *, actor: Actor, now: datetime) -> bool:
    """Records the meeting; True if it was held (the activity is then closed), False if the shortage is to be handled.

    :raises NotAllowed: another unit's. :raises Conflict: it has not begun.
    :raises Invalid: who was present is no panel, a line without attendance, no leader elected, not held without a note.
    """
    activity = store.locked(number)
    permissions.require(actor, permissions.ACTIVITY_MANAGE, activity)
    if activity.state is not ActivityState.MEETING:
        raise Conflict(f"评审目前是“{activity.state.label}”，不能登记会议")
    note = draft.note.strip()[:_NOTE_LENGTH]
    if draft.outcome == "not_held":
        return _not_held(activity, note, actor)
    members = _members(number)
    _refuse(activity, members, draft, rules)
    for one in members:
        one.attendance = Attendance(draft.attendance[one.line])
        if one.attendance is Attendance.PRESENT:
            one.signed_in_at = one.signed_in_at or now
    leader = next(one for one in members if one.line == draft.leader_line)
    activity.panel_leader_expert_id, activity.held_at, activity.meeting_note = leader.expert_id, now, note or None
    after = {"attendance": {one.line: draft.attendance[one.line] for one in members}, "leader_line": leader.line}
    audit.record(actor, "activity.record_meeting", "activity", number, after=after, note=note or None)
    move_activity(activity, ActivityState.HELD, actor=actor)
    return True


def _not_held(activity: Activity, note: str, actor: Actor) -> bool:
    if not note:
        raise Invalid({"note": "说明：请写明评审没有举行的原因"})
    activity.shortage = f"评审没有举行：{note}"[:200]
    audit.record(actor, "activity.record_meeting", "activity", activity.number, after={"held": False}, note=note)
    move_activity(activity, ActivityState.SHORT, actor=actor, reason=activity.shortage)
    return False


def _refuse(activity: Activity, members: list[Invitation], draft: MeetingDraft, rules: RuleSet) -> None:
    """:raises Invalid: what is missing or against the rules, at its field."""
    known = {attendance.value for attendance in Attendance}
    missing = [str(one.line) for one in members if draft.attendance.get(one.line) not in known]
    if missing:
        raise Invalid({"attendance": f"出席情况：第 {'、'.join(missing)} 席还没有登记"})
    present = [one for one in members if draft.attendance[one.line] == Attendance.PRESENT]
    errors = {}
    faults = panel.meeting_faults(
        [Present(one.category, one.designation_id is not None) for one in present], _asked(activity, rules)
    )
    if faults:
        errors["attendance"] = "；".join(faults)
    if draft.leader_line not in {one.line for one in present}:
        errors["leader_line"] = "组长：请选择出席的专家推举的组长"
    if errors:
        raise Invalid(errors)


def _asked(activity: Activity, rules: RuleSet) -> MeetingRules:
    return MeetingRules(
        least=rules.integer("selection.panel_min"),
        security_least=rules.integer("selection.security_min"),
        security=rules.texts("selection.security_directions"),
        share=rules.integer("selection.designated_share"),
        security_waived=bool(store.conditions(activity).data.get("security_waiver")),
    )
