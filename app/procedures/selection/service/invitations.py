"""One invitation, step by step; each function locks the invitation's row alone and never the activity's.

`number` is the invitation's own (PS-2026-0034-07), which is its case's business key. When the state changed the
operation tells the root `panel_changed` as tidings. The root may have taken the seat back a moment ago, its word
still on the way: then sending and marking do nothing, and an answer is refused in words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.core import audit
from app.core.actor import Actor
from app.core.errors import Conflict
from app.procedures.selection import seats, store
from app.procedures.selection.eligibility.clashes import SAID_YES
from app.procedures.selection.models import LIVE, Invitation, SeatState
from app.procedures.selection.rules import answers
from app.procedures.selection.service import answering, links, notify
from app.procedures.selection.service.answering import (
    Answer,
    Answered,
    Confirmation,
    note_late_reply,
    record_answer,
    record_confirmation,
)
from app.procedures.selection.service.changes import move_seat
from app.registers import experts
from app.regulations.rule_sets import RuleSet

__all__ = [
    "Answer", "Answered", "Confirmation", "ReplyWindow", "mark_sent", "mark_told", "note_late_reply", "prepare",
    "record_answer", "record_confirmation", "record_leave", "release", "send", "send_details", "time_out",
    "undelivered",
]  # fmt: skip

_DETAILS = frozenset({SeatState.ACCEPTED, SeatState.TOLD})
_WAITING = {SeatState.SENT: "due_at", SeatState.TOLD: "details_due_at"}


@dataclass(frozen=True)
class ReplyWindow:
    """`due_at` is the last instant that is in time; the timer waits for `expires_at`, the first one after it."""

    due_at: datetime
    expires_at: datetime


def prepare(number: str, rules: RuleSet, *, now: datetime) -> datetime:
    """When the invitation may be sent: now, or the next opening of the sending window (no. 48)."""
    found = seats.invitation_locked(number)
    found.send_at = answers.next_opening(now, answers.hours(rules))
    return found.send_at


def send(number: str, rules: RuleSet, *, actor: Actor, now: datetime) -> int:
    """Queues the invitation with a fresh link; what becomes of it is told to this case.

    Returns the outbox id, 0 if the seat was taken back meanwhile.
    """
    found = seats.invitation_locked(number)
    if found.state not in (SeatState.PENDING, SeatState.SENT):
        return 0
    activity = store.activity(found.activity_no)
    token = links.issue(found, "invite", activity.starts_at, now=now)
    tell = notify.invite_with_details if found.combined else notify.invite
    person = experts.expert(found.expert_id)
    outbox_id = tell(activity, found, person, token, rules=rules, actor=actor, now=now)
    audit.record(actor, "invitation.send", "invitation", number, after={"combined": found.combined})
    return outbox_id


def mark_sent(number: str, handed_at: datetime, rules: RuleSet, *, actor: Actor) -> ReplyWindow:
    """A provider took the message at `handed_at`: the two hours run from there (no. 48).

    A second time if the first provider could not deliver it and a further channel took it: they run anew.
    """
    found = seats.invitation_locked(number)
    window = _window(handed_at, rules)
    if found.state is SeatState.SENT:
        found.sent_at, found.due_at = handed_at, window.due_at
        _record_again(found, "invite", handed_at, actor)
    elif found.state is SeatState.PENDING:
        found.sent_at, found.due_at = handed_at, window.due_at
        move_seat(found, SeatState.SENT, actor=actor, now=handed_at, due_at=window.due_at.isoformat())
    return window


def _window(handed_at: datetime, rules: RuleSet) -> ReplyWindow:
    due_at = answers.due(handed_at, answers.hours(rules))
    return ReplyWindow(due_at, answers.expires(due_at))


def _record_again(found: Invitation, purpose: str, handed_at: datetime, actor: Actor) -> None:
    after = {"purpose": purpose, "handed_at": handed_at.isoformat()}
    audit.record(actor, "invitation.send_again", "invitation", found.number, after=after)


def undelivered(number: str, *, actor: Actor, now: datetime) -> None:
    """No channel reached the expert, with the invitation or with the details: the seat is passed on.

    It does not count against the expert (no. 22).
    """
    found = seats.invitation_locked(number)
    if found.state in LIVE:
        move_seat(found, SeatState.UNDELIVERED, actor=actor, now=now, reason="各通道均未送达")


def time_out(number: str, rules: RuleSet, *, actor: Actor, now: datetime) -> bool:
    """The two hours are over without an answer to the invitation or to the details; False if they are not."""
    found = seats.invitation_locked(number)
    due_at: datetime | None = getattr(found, _WAITING[found.state]) if found.state in _WAITING else None
    if due_at is None or answers.is_in_time(due_at, now):
        return False
    move_seat(found, SeatState.TIMED_OUT, actor=actor, now=now, reason="期限内没有答复")
    return True


def send_details(
    number: str, rules: RuleSet, *, actor: Actor, now: datetime, old_starts_at: datetime | None = None
) -> int:
    """Queues project, unit and address with a fresh link; what becomes of it is told to this case.

    `old_starts_at`: the meeting was moved after the details were known, and the new time is to be confirmed.
    Returns the outbox id, 0 if the seat was taken back meanwhile.
    """
    found = seats.invitation_locked(number)
    if found.state not in _DETAILS:
        return 0
    activity = store.activity(found.activity_no)
    token = links.issue(found, "details", activity.starts_at, now=now)
    person = experts.expert(found.expert_id)
    if old_starts_at is None:
        outbox_id = notify.details(activity, found, person, token, rules=rules, actor=actor, now=now)
    else:
        outbox_id = notify.rescheduled(
            activity, found, person, token, old_starts_at, rules=rules, actor=actor, now=now
        )
    audit.record(actor, "invitation.send_details", "invitation", number)
    return outbox_id


def mark_told(number: str, handed_at: datetime, rules: RuleSet, *, actor: Actor) -> ReplyWindow:
    """A provider took the details at `handed_at`: the expert confirms within two hours (第十九条（五）)."""
    found = seats.invitation_locked(number)
    window = _window(handed_at, rules)
    if found.state in _DETAILS:
        was_told = found.state is SeatState.TOLD
        found.told_at, found.details_due_at = handed_at, window.due_at
        if was_told:
            _record_again(found, "details", handed_at, actor)
        else:
            move_seat(found, SeatState.TOLD, actor=actor, now=handed_at, due_at=window.due_at.isoformat())
    return window


def record_leave(
    number: str, reason: str, rules: RuleSet, *, actor: Actor, now: datetime, recusal: bool = False
) -> bool:
    """Leave after an acceptance: True if in time, exactly three hours before the start included, else 迟请假.

    `recusal`: he found that he must stay away (第十八条（三）), which is in time until the meeting begins.

    :raises UserError: no reason. :raises NotAllowed: another expert's.
    :raises Conflict: nothing was accepted, or the meeting has begun.
    """
    found = seats.invitation_locked(number)
    activity = store.activity(found.activity_no)
    answering.require_own(found, actor)
    answering.require_reason(reason, "请写明原因")
    if found.state not in SAID_YES:
        raise Conflict(answering.words_of(found, now))
    if now >= activity.starts_at:
        raise Conflict("评审已经开始，不能再请假，请与组织部门联系")
    in_time = recusal or answers.is_leave_in_time(activity.starts_at, now, answers.hours(rules))
    state = SeatState.RECUSED if recusal else SeatState.ON_LEAVE if in_time else SeatState.LATE_LEAVE
    found.leave_reason = reason.strip()
    move_seat(found, state, actor=actor, now=now, reason=found.leave_reason)
    links.end(found.id, now=now)
    if not recusal:
        person = experts.expert(found.expert_id)
        notify.leave_received(activity, found, person, late=not in_time, rules=rules, actor=actor, now=now)
    return in_time


def release(number: str, reason_code: str, *, actor: Actor, now: datetime) -> None:
    """The root took the seat back and said so to the expert: the links end, and the row if it still stood."""
    found = seats.invitation_locked(number)
    if found.state in LIVE:
        move_seat(found, SeatState.WITHDRAWN, actor=actor, now=now, code=reason_code)
    links.end(found.id, now=now)
