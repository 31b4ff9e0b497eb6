"""Answers of experts to invitation and details: in time, once, by the right person (第十九条（五）, no. 27, 48-50)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from app.core import audit
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import Conflict, NotAllowed, UserError
from app.identity import permissions
from app.procedures.selection import seats, store
from app.procedures.selection.eligibility.clashes import SAID_YES, clashing_activities
from app.procedures.selection.models import Activity, AnswerWay, Invitation, SeatState
from app.procedures.selection.rules import answers
from app.procedures.selection.service import links, notify
from app.procedures.selection.service.changes import move_seat
from app.registers import experts
from app.registers.models import Expert
from app.regulations.rule_sets import RuleSet
from app.regulations.wording import moment_words

Answer = Literal["accept", "decline", "recuse"]
Confirmation = Literal["confirm", "decline", "recuse"]

_PASSED_ON = frozenset({SeatState.TIMED_OUT, SeatState.UNDELIVERED})
PASSED_ON = "答复时间已过，名额已递补"
_SAID = {"accept": "接受邀请", "confirm": "确认参加", "decline": "不能参加", "recuse": "应当回避"}


@dataclass(frozen=True)
class Answered:
    """`goes_on` if the seat is still held (accepted or confirmed); `combined` if no details follow."""

    goes_on: bool
    combined: bool


def record_answer(
    number: str, answer: Answer, reason: str, way: AnswerWay, rules: RuleSet, *, actor: Actor, now: datetime
) -> Answered:
    """The expert's answer to the invitation, also as staff noted it from the telephone.

    :raises UserError: no reason for declining. :raises NotAllowed: another expert's.
    :raises Conflict: answered already, too late, the seat is gone, or the half-day is taken by another review.
    """
    found = seats.invitation_locked(number)
    activity = store.activity(found.activity_no)
    _require_answerer(found, activity, way, actor)
    if found.state is not SeatState.SENT:
        raise Conflict(words_of(found, now))
    _require_in_time(found.due_at, now)
    if answer == "accept":
        _refuse_clash(found, activity, rules)
    found.answered_at, found.answer_way, found.answered_by_name = now, way, actor.name
    state = SeatState.CONFIRMED if found.combined else SeatState.ACCEPTED
    goes_on = _answer(found, answer == "accept", answer == "recuse", state, reason, actor=actor, now=now)
    _tell_of_phone(activity, found, answer, actor=actor, now=now)
    if goes_on and found.combined:
        found.confirmed_at = now
    return Answered(goes_on, found.combined)


def record_confirmation(
    number: str, answer: Confirmation, reason: str, way: AnswerWay, rules: RuleSet, *, actor: Actor, now: datetime
) -> Answered:
    """The expert's answer to the details.

    :raises UserError, NotAllowed, Conflict: as `record_answer`.
    """
    found = seats.invitation_locked(number)
    activity = store.activity(found.activity_no)
    _require_answerer(found, activity, way, actor)
    if found.state is not SeatState.TOLD:
        raise Conflict(words_of(found, now))
    _require_in_time(found.details_due_at, now)
    goes_on = _answer(
        found, answer == "confirm", answer == "recuse", SeatState.CONFIRMED, reason, actor=actor, now=now
    )
    found.answer_way, found.answered_by_name = way, actor.name
    _tell_of_phone(activity, found, answer, actor=actor, now=now)
    if goes_on:
        found.confirmed_at = now
    return Answered(goes_on, found.combined)


def _answer(
    found: Invitation, agrees: bool, recuses: bool, state: SeatState, reason: str, *, actor: Actor, now: datetime
) -> bool:
    found.reason = reason.strip() or None
    if not agrees:
        if not recuses:
            require_reason(reason, "请选择或写明不能参加的原因")
        state = SeatState.RECUSED if recuses else SeatState.DECLINED
    move_seat(found, state, actor=actor, now=now, reason=found.reason)
    links.end(found.id, now=now)
    return agrees


def _tell_of_phone(activity: Activity, found: Invitation, answer: str, *, actor: Actor, now: datetime) -> None:
    if found.answer_way is AnswerWay.PHONE:
        person = experts.expert(found.expert_id)
        notify.noted_by_phone(activity, found, person, _SAID[answer], actor=actor, now=now)


def _require_answerer(found: Invitation, activity: Activity, way: AnswerWay, actor: Actor) -> None:
    if way is AnswerWay.PHONE:
        permissions.require(actor, permissions.PHONE_ANSWER, activity)
    else:
        require_own(found, actor)


def require_own(found: Invitation, actor: Actor) -> None:
    """Lets only the invited expert pass.

    :raises NotAllowed: it is somebody else's.
    """
    # the column alone: an answer need not decrypt the person (all experts may answer in the same second)
    owner = db.session.scalar(sa.select(Expert.user_id).where(Expert.id == found.expert_id))
    if owner is None or owner != actor.user_id:
        raise NotAllowed("这份邀请是发给另一位专家的")


def require_reason(reason: str, message: str) -> None:
    """:raises UserError: nothing was written."""
    if not reason.strip():
        raise UserError(message, "reason")


def _require_in_time(due_at: datetime | None, now: datetime) -> None:
    if due_at is None or not answers.is_in_time(due_at, now):
        raise Conflict(PASSED_ON)


def _refuse_clash(found: Invitation, activity: Activity, rules: RuleSet) -> None:
    clashing = clashing_activities(activity.number, activity.starts_at, activity.half_days, rules)
    if not clashing:
        return
    statement = (
        sa.select(Activity.starts_at)
        .join(Invitation, Invitation.activity_no == Activity.number)
        .where(
            Activity.number.in_(clashing), Invitation.expert_id == found.expert_id, Invitation.state.in_(SAID_YES)
        )
        .limit(1)
    )
    other = db.session.scalars(statement).first()
    if other is not None:
        raise Conflict(f"您已接受{moment_words(other, activity.starts_at.date())}的另一次评审，时间冲突")


def words_of(found: Invitation, now: datetime) -> str:
    """Why an invitation cannot be answered (again), in words for its expert."""
    at = moment_words(found.answered_at or found.left_at or now, now.date())
    if found.state in SAID_YES:
        return f"您已于{at}接受邀请，无须再次答复"
    if found.state in _PASSED_ON:
        return PASSED_ON
    if found.state in (SeatState.ON_LEAVE, SeatState.LATE_LEAVE):
        return "您已请假，名额已递补"
    if found.state in (SeatState.DECLINED, SeatState.RECUSED):
        return f"您已于{at}答复“{found.state.label}”，名额已递补"
    return "邀请还没有发出" if found.state is SeatState.PENDING else "这份邀请已撤销，无须答复"


def note_late_reply(number: str, answer: str, *, actor: Actor, now: datetime) -> None:
    """Keeps the first reply that came after the seat was passed on; it changes nothing, the expert is told (no. 50).

    :raises NotAllowed: another expert's. :raises Conflict: the seat was not passed on for want of an answer.
    """
    found = seats.invitation_locked(number)
    activity = store.activity(found.activity_no)
    if not permissions.allowed(actor, permissions.PHONE_ANSWER, activity):
        require_own(found, actor)
    if found.state not in _PASSED_ON and not _is_overdue(found, now):
        raise Conflict(words_of(found, now))
    if found.late_reply_at is not None:
        return
    found.late_reply_at, found.late_reply = now, answer
    audit.record(actor, "invitation.note_late_reply", "invitation", number, after={"answer": answer})
    notify.late_reply(activity, found, experts.expert(found.expert_id), actor=actor, now=now)


def _is_overdue(found: Invitation, now: datetime) -> bool:
    due_at = found.due_at if found.state is SeatState.SENT else found.details_due_at
    waiting = found.state in (SeatState.SENT, SeatState.TOLD)
    return waiting and due_at is not None and not answers.is_in_time(due_at, now)

