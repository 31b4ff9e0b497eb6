"""The people asked to sit: each invitation from the first message to the meeting."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Instant, db
from app.registers.states import Labelled, Transitions, coded


class SeatState(Labelled):
    """Where an invitation stands (domain.md §1.2). The first six hold the seat, the others have left it."""

    PENDING = "pending", "待发送"
    SENT = "sent", "待答复"
    ACCEPTED = "accepted", "已接受"
    TOLD = "told", "待确认详情"
    CONFIRMED = "confirmed", "已确认"
    SEATED = "seated", "已入组"
    DECLINED = "declined", "拒绝"
    RECUSED = "recused", "回避"
    TIMED_OUT = "timed_out", "超时"
    UNDELIVERED = "undelivered", "送达失败"
    ON_LEAVE = "on_leave", "已请假"
    LATE_LEAVE = "late_leave", "迟请假"
    REMOVED = "removed", "已失格"
    WITHDRAWN = "withdrawn", "已撤销"


#: States that hold a seat.
LIVE: frozenset[SeatState] = frozenset(
    {
        SeatState.PENDING, SeatState.SENT, SeatState.ACCEPTED, SeatState.TOLD, SeatState.CONFIRMED, SeatState.SEATED,
    }
)  # fmt: skip

_LEAVING = frozenset({SeatState.REMOVED, SeatState.WITHDRAWN})
_NO = frozenset({SeatState.DECLINED, SeatState.RECUSED, SeatState.TIMED_OUT, SeatState.UNDELIVERED})
_ABSENCE = frozenset({SeatState.ON_LEAVE, SeatState.LATE_LEAVE, SeatState.RECUSED})

SEAT_TRANSITIONS: Transitions[SeatState] = {
    SeatState.PENDING: frozenset({SeatState.SENT, SeatState.UNDELIVERED}) | _LEAVING,
    SeatState.SENT: frozenset({SeatState.ACCEPTED, SeatState.CONFIRMED, SeatState.PENDING}) | _NO | _LEAVING,
    # 送达失败 also from here: the details reached nobody
    SeatState.ACCEPTED: frozenset({SeatState.TOLD, SeatState.UNDELIVERED}) | _ABSENCE | _LEAVING,
    SeatState.TOLD: frozenset({SeatState.CONFIRMED}) | _NO | _ABSENCE | _LEAVING,
    # back to 已接受 when the time of the meeting changes: the new time is confirmed anew (no. 51)
    SeatState.CONFIRMED: frozenset({SeatState.SEATED, SeatState.ACCEPTED}) | _ABSENCE | _LEAVING,
    SeatState.SEATED: frozenset({SeatState.CONFIRMED, SeatState.ACCEPTED}) | _ABSENCE | _LEAVING,
    **{ended: frozenset() for ended in SeatState if ended not in LIVE},
}


class AnswerWay(Labelled):
    """How an answer reached us."""

    LINK = "link", "短信链接"
    LOGIN = "login", "登录后"
    PHONE = "phone", "电话（代记）"


class Attendance(Labelled):
    """What was recorded at the meeting."""

    PRESENT = "present", "出席"
    ABSENT = "absent", "缺席"
    RECUSED = "recused", "评审中回避"


class Invitation(db.Model):
    """One expert asked for one seat of one activity; its case number is PS-2026-0034-07 (`number`).

    `line` is the place on the panel board (1 … panel size) that a replacement takes over. `pid` is the pseudonym in
    its draw; a designated expert has none and no draw. `due_at` is the last instant of the two hours (no. 27, 48).
    """

    __tablename__ = "invitation"
    __table_args__ = (
        sa.UniqueConstraint("activity_no", "seq"),
        sa.Index("ix_invitation_expert_state", "expert_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(24), unique=True)
    activity_no: Mapped[str] = mapped_column(sa.ForeignKey("activity.number"), index=True)
    seq: Mapped[int]
    line: Mapped[int]
    expert_id: Mapped[int] = mapped_column(sa.ForeignKey("expert.id"))
    #: The unit at the lock (or the designation); a different one later makes ineligible (UNIT_CHANGED).
    unit_id: Mapped[int] = mapped_column(sa.Integer)
    category: Mapped[str] = mapped_column(sa.String(20))
    designation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("designation.id"))
    draw_id: Mapped[int | None] = mapped_column(sa.ForeignKey("panel_draw.id"))
    round_no: Mapped[int | None]
    pid: Mapped[str | None] = mapped_column(sa.String(32))
    state: Mapped[SeatState] = mapped_column(coded(SeatState), index=True)
    #: Both notices in one: invited too late for two windows (no. 45).
    combined: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Instant)
    send_at: Mapped[datetime | None] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    answer_way: Mapped[AnswerWay | None] = mapped_column(coded(AnswerWay))
    answered_by_name: Mapped[str | None] = mapped_column(sa.String(40))
    reason: Mapped[str | None] = mapped_column(sa.String(300))
    told_at: Mapped[datetime | None] = mapped_column(Instant)
    details_due_at: Mapped[datetime | None] = mapped_column(Instant)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    left_at: Mapped[datetime | None] = mapped_column(Instant)
    leave_reason: Mapped[str | None] = mapped_column(sa.String(300))
    #: LEAVE REMOVED SUSPENDED RECUSAL CLASH UNIT_CHANGED, once found at a round.
    ineligible: Mapped[str | None] = mapped_column(sa.String(16))
    #: What came after the seat was passed on (no. 50): recorded, changes nothing.
    late_reply_at: Mapped[datetime | None] = mapped_column(Instant)
    late_reply: Mapped[str | None] = mapped_column(sa.String(20))
    attendance: Mapped[Attendance | None] = mapped_column(coded(Attendance))
    signed_in_at: Mapped[datetime | None] = mapped_column(Instant)


class InvitationLink(db.Model):
    """A single-use link that was sent with a notice; opening it changes nothing, the answer uses it up."""

    __tablename__ = "invitation_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    invitation_id: Mapped[int] = mapped_column(sa.ForeignKey("invitation.id"), index=True)
    #: invite | details
    purpose: Mapped[str] = mapped_column(sa.String(10))
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)


class Side(Labelled):
    """Who is heard on a leave that came late (domain.md no. 26)."""

    ORGANISER = "organiser", "组织部门"
    CENTRE = "centre", "省数字政府服务中心"


class LateLeaveOpinion(db.Model):
    """What organiser or centre says to a leave that came late; it is excused only if both say so (no. 26)."""

    __tablename__ = "late_leave_opinion"

    invitation_id: Mapped[int] = mapped_column(
        sa.ForeignKey("invitation.id"), primary_key=True, autoincrement=False
    )
    side: Mapped[Side] = mapped_column(coded(Side), primary_key=True, autoincrement=False)
    excused: Mapped[bool]
    reason: Mapped[str] = mapped_column(sa.String(300))
    by_id: Mapped[int | None]
    by_name: Mapped[str] = mapped_column(sa.String(40))
    at: Mapped[datetime] = mapped_column(Instant)
