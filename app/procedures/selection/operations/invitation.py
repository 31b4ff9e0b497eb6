"""What the diagram `invitation` may call; the invitation is the instance's business key (PS-2026-0034-07)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from app.operations import OperationContext, operation
from app.procedures.selection.models import AnswerWay
from app.procedures.selection.operations import tidings
from app.procedures.selection.operations.tidings import Nothing
from app.procedures.selection.service import invitations


@dataclass(frozen=True)
class Sending:
    """When the invitation may go out."""

    send_at: datetime


@operation("invitation.prepare", label="准备邀请")
def prepare(inputs: Nothing, context: OperationContext) -> Sending:
    """得出可以发出邀请的时刻：现在，或夜间顺延后的次日。"""
    return Sending(invitations.prepare(context.business_key, context.rules, now=context.now))


@dataclass(frozen=True)
class Queued:
    """The message that carries it."""

    outbox_id: int


@operation("invitation.send", label="发出邀请")
def send(inputs: Nothing, context: OperationContext) -> Queued:
    """以短信或邮件发出邀请，附一次有效的答复链接；不写项目名称和单位。"""
    return Queued(invitations.send(context.business_key, context.rules, actor=context.actor, now=context.now))


@dataclass(frozen=True)
class HandedOver:
    """When a provider took the message."""

    handed_at: datetime = field(metadata={"label": "送交时间"})


@dataclass(frozen=True)
class ReplyExpected:
    """`due_at` is the last instant in time; `expires_at` the first after it, for the timer."""

    due_at: datetime
    expires_at: datetime


@operation("invitation.mark_sent", label="登记邀请送交")
def mark_sent(inputs: HandedOver, context: OperationContext) -> ReplyExpected:
    """登记邀请的送交时间，由此起算答复期限；换一种方式送交的重新起算。"""
    found = invitations.mark_sent(context.business_key, inputs.handed_at, context.rules, actor=context.actor)
    tidings.tell_root(context)
    return ReplyExpected(found.due_at, found.expires_at)


@operation("invitation.undelivered", label="登记送达失败")
def undelivered(inputs: Nothing, context: OperationContext) -> Nothing:
    """各种方式都未能送达的，名额递补，不计为拒绝。"""
    invitations.undelivered(context.business_key, actor=context.actor, now=context.now)
    tidings.tell_root(context)
    return Nothing()


Way = Literal["link", "login", "phone"]


@dataclass(frozen=True)
class Reply:
    """The expert's answer to the invitation."""

    answer: Literal["accept", "decline", "recuse"] = field(metadata={"label": "答复"})
    way: Way = field(metadata={"label": "答复方式"})
    reason: str | None = field(default=None, metadata={"label": "原因"})


@dataclass(frozen=True)
class Replied:
    """Whether the seat is still held, and whether the details were given with the invitation."""

    goes_on: bool
    combined: bool


@operation("invitation.record_answer", label="登记邀请答复")
def record_answer(inputs: Reply, context: OperationContext) -> Replied:
    """登记专家对邀请的答复；不能参加或回避的，名额递补。"""
    found = invitations.record_answer(
        context.business_key, inputs.answer, inputs.reason or "", AnswerWay(inputs.way), context.rules,
        actor=context.actor, now=context.now,
    )  # fmt: skip
    tidings.tell_root(context)
    return Replied(found.goes_on, found.combined)


@operation("invitation.time_out", label="登记逾期未答复")
def time_out(inputs: Nothing, context: OperationContext) -> Nothing:
    """超过期限未答复邀请或未确认详情的，名额递补。"""
    invitations.time_out(context.business_key, context.rules, actor=context.actor, now=context.now)
    tidings.tell_root(context)
    return Nothing()


@dataclass(frozen=True)
class Details:
    """What the expert knew before, if the time has changed since."""

    old_starts_at: datetime | None = field(default=None, metadata={"label": "原来的评审时间"})


@operation("invitation.send_details", label="告知评审详情")
def send_details(inputs: Details, context: OperationContext) -> Queued:
    """以短信告知项目、单位、时间、地点，附一次有效的确认链接；改期的告知新的时间。"""
    found = invitations.send_details(
        context.business_key, context.rules, actor=context.actor, now=context.now, old_starts_at=inputs.old_starts_at
    )
    return Queued(found)


@operation("invitation.mark_told", label="登记详情送交")
def mark_told(inputs: HandedOver, context: OperationContext) -> ReplyExpected:
    """登记详情的送交时间，由此起算确认期限。"""
    found = invitations.mark_told(context.business_key, inputs.handed_at, context.rules, actor=context.actor)
    tidings.tell_root(context)
    return ReplyExpected(found.due_at, found.expires_at)


@dataclass(frozen=True)
class DetailsReply:
    """The expert's answer to the details."""

    answer: Literal["confirm", "decline", "recuse"] = field(metadata={"label": "答复"})
    way: Way = field(metadata={"label": "答复方式"})
    reason: str | None = field(default=None, metadata={"label": "原因"})


@operation("invitation.record_confirmation", label="登记详情确认")
def record_confirmation(inputs: DetailsReply, context: OperationContext) -> Replied:
    """登记专家对评审详情的确认；不能参加或回避的，名额递补。"""
    found = invitations.record_confirmation(
        context.business_key, inputs.answer, inputs.reason or "", AnswerWay(inputs.way), context.rules,
        actor=context.actor, now=context.now,
    )  # fmt: skip
    tidings.tell_root(context)
    return Replied(found.goes_on, found.combined)


@dataclass(frozen=True)
class Leave:
    """Why the expert cannot come after all."""

    reason: str | None = field(default=None, metadata={"label": "请假原因"})
    recusal: bool | None = field(default=None, metadata={"label": "因须回避"})


@dataclass(frozen=True)
class LeaveRecorded:
    """Whether it was asked for in time."""

    in_time: bool


@operation("invitation.record_leave", label="登记请假")
def record_leave(inputs: Leave, context: OperationContext) -> LeaveRecorded:
    """登记请假并递补；不足规定时间的登记为迟请假，须回避的不计迟。"""
    in_time = invitations.record_leave(
        context.business_key, inputs.reason or "", context.rules, actor=context.actor, now=context.now,
        recusal=bool(inputs.recusal),
    )  # fmt: skip
    tidings.tell_root(context)
    return LeaveRecorded(in_time)


@dataclass(frozen=True)
class Release:
    """Why the seat is gone."""

    reason_code: str = field(metadata={"label": "撤销的情形"})


@operation("invitation.release", label="登记席位撤销")
def release(inputs: Release, context: OperationContext) -> Nothing:
    """评审取消、改期或专家失去资格的，邀请终止，答复链接失效。"""
    invitations.release(context.business_key, inputs.reason_code, actor=context.actor, now=context.now)
    return Nothing()
