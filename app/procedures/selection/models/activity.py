"""An activity to be reviewed, the versions of its conditions, who is designated and who is recused."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Instant, JsonText, db
from app.registers.states import Labelled, Transitions, coded


class ActivityState(Labelled):
    """Where an activity stands (domain.md §1.2)."""

    DRAFT = "draft", "草稿"
    APPROVING = "approving", "待分管领导审批"
    LOCKED = "locked", "条件锁定"
    DRAWN = "drawn", "已抽取"
    INVITING = "inviting", "邀请中"
    INITIAL = "initial", "初始名单"
    CONFIRMING = "confirming", "详情确认中"
    SHORT = "short", "待处理缺额"
    FINAL = "final", "确定名单"
    MEETING = "meeting", "待登记会议"
    HELD = "held", "已评审"
    CANCELLED = "cancelled", "已取消"


_END = frozenset({ActivityState.CANCELLED})
_PANEL = frozenset(
    {
        ActivityState.INVITING, ActivityState.INITIAL, ActivityState.CONFIRMING, ActivityState.SHORT,
        ActivityState.FINAL, ActivityState.MEETING, ActivityState.DRAFT, ActivityState.CANCELLED,
    }
)  # fmt: skip

#: Within the making of the panel every state may follow every other: people answer in any order.
ACTIVITY_TRANSITIONS: Transitions[ActivityState] = {
    ActivityState.DRAFT: frozenset({ActivityState.APPROVING, ActivityState.LOCKED}) | _END,
    ActivityState.APPROVING: frozenset({ActivityState.DRAFT, ActivityState.LOCKED}) | _END,
    ActivityState.LOCKED: frozenset({ActivityState.DRAWN, ActivityState.DRAFT}) | _END,
    ActivityState.DRAWN: _PANEL,
    ActivityState.INVITING: _PANEL - {ActivityState.INVITING},
    ActivityState.INITIAL: _PANEL - {ActivityState.INITIAL},
    ActivityState.CONFIRMING: _PANEL - {ActivityState.CONFIRMING},
    ActivityState.SHORT: _PANEL - {ActivityState.SHORT},
    ActivityState.FINAL: _PANEL - {ActivityState.FINAL},
    ActivityState.MEETING: (_PANEL | {ActivityState.HELD}) - {ActivityState.MEETING},
    ActivityState.HELD: frozenset(),
    ActivityState.CANCELLED: frozenset(),
}


class Activity(db.Model):
    """A review for which a panel is put together; its row is the lock of everything about its panel.

    Of a classified activity only the code number is kept as title (domain.md §0.7). `list_confirmed_at` is when
    the organiser first confirmed the initial list (第十九条（五）); from then on details go out by themselves.
    """

    __tablename__ = "activity"
    __table_args__ = (sa.Index("ix_activity_unit_starts", "organiser_unit_id", "starts_at"),)

    number: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(120))
    kind: Mapped[str] = mapped_column(sa.String(20))
    classified: Mapped[bool] = mapped_column(default=False)
    state: Mapped[ActivityState] = mapped_column(coded(ActivityState), index=True)
    #: The unit whose project is reviewed; its people never sit (第十八条（三）).
    project_unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    organiser_unit_id: Mapped[int] = mapped_column(sa.Integer)
    organiser_unit_name: Mapped[str] = mapped_column(sa.String(120))
    organiser_id: Mapped[int] = mapped_column(sa.Integer)
    organiser_name: Mapped[str] = mapped_column(sa.String(40))
    contact_phone: Mapped[str] = mapped_column(sa.String(30))
    leader_id: Mapped[int] = mapped_column(sa.Integer)
    leader_name: Mapped[str] = mapped_column(sa.String(40))
    witness_id: Mapped[int | None] = mapped_column(sa.Integer)
    witness_name: Mapped[str | None] = mapped_column(sa.String(40))
    starts_at: Mapped[datetime] = mapped_column(Instant, index=True)
    half_days: Mapped[int] = mapped_column(default=1)
    city: Mapped[str] = mapped_column(sa.String(40))
    address: Mapped[str] = mapped_column(sa.String(160))
    panel_size: Mapped[int]
    conditions_version: Mapped[int] = mapped_column(default=1)
    #: The number of the draw in force, 0 before the first.
    draw_no: Mapped[int] = mapped_column(default=0)
    #: How many invitations were written: the last part of their case numbers.
    invitations: Mapped[int] = mapped_column(default=0)
    times_rescheduled: Mapped[int] = mapped_column(default=0)
    shortage: Mapped[str | None] = mapped_column(sa.String(200))
    list_confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    final_at: Mapped[datetime | None] = mapped_column(Instant)
    panel_leader_expert_id: Mapped[int | None] = mapped_column(sa.Integer)
    held_at: Mapped[datetime | None] = mapped_column(Instant)
    meeting_note: Mapped[str | None] = mapped_column(sa.String(500))
    cancelled_at: Mapped[datetime | None] = mapped_column(Instant)
    cancel_reason: Mapped[str | None] = mapped_column(sa.String(300))
    rule_set_code: Mapped[str] = mapped_column(sa.String(20))
    created_at: Mapped[datetime] = mapped_column(Instant)


class ActivityConditions(db.Model):
    """One version of the conditions (第十九条（一）); once locked nobody changes it, a change is a new version.

    `data`: {"quota": {category: seats}, "titles": [title levels, empty = any], "natures": [unit natures excluded],
    "exclude_directions": [], "security_waiver": reason or "", "redraw_reason": ""}. Categories are directions of
    the rule set in its order. Recused units, persons and designations stand in tables of their own.
    `counts`: the filters in order with what each removed, after the lock (or a try that fell short).
    """

    __tablename__ = "activity_conditions"

    activity_no: Mapped[str] = mapped_column(sa.ForeignKey("activity.number"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    data: Mapped[dict[str, Any]] = mapped_column(JsonText)
    counts: Mapped[list[dict[str, Any]] | None] = mapped_column(JsonText)
    saved_at: Mapped[datetime] = mapped_column(Instant)
    saved_by_id: Mapped[int | None]
    saved_by_name: Mapped[str] = mapped_column(sa.String(40))
    submitted_at: Mapped[datetime | None] = mapped_column(Instant)
    approved_by_id: Mapped[int | None]
    approved_by_name: Mapped[str | None] = mapped_column(sa.String(40))
    approved_at: Mapped[datetime | None] = mapped_column(Instant)
    approval_outcome: Mapped[str | None] = mapped_column(sa.String(10))
    approval_reason: Mapped[str | None] = mapped_column(sa.String(300))
    locked_at: Mapped[datetime | None] = mapped_column(Instant)


class DesignationState(Labelled):
    """A designated expert's way past the leader (第十九条（三）)."""

    DRAFT = "draft", "待提交"
    REQUESTED = "requested", "待审批"
    APPROVED = "approved", "已同意"
    REFUSED = "refused", "不同意"
    LAPSED = "lapsed", "逾期未审批"
    WITHDRAWN = "withdrawn", "已撤销"


class Designation(db.Model):
    """An expert asked for by name; its seat joins the draw (`opened`) when it is refused, lapses or is declined."""

    __tablename__ = "designation"
    __table_args__ = (sa.UniqueConstraint("activity_no", "seq"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_no: Mapped[str] = mapped_column(sa.ForeignKey("activity.number"), index=True)
    #: Z1, Z2 … in the case number of its approval.
    seq: Mapped[int]
    expert_id: Mapped[int] = mapped_column(sa.ForeignKey("expert.id"), index=True)
    unit_id: Mapped[int] = mapped_column(sa.Integer)
    category: Mapped[str] = mapped_column(sa.String(20))
    reason: Mapped[str] = mapped_column(sa.String(300))
    #: 抽取后指定: asked for after the names were drawn (domain.md no. 37).
    after_draw: Mapped[bool] = mapped_column(default=False)
    state: Mapped[DesignationState] = mapped_column(coded(DesignationState))
    requested_by_id: Mapped[int | None]
    requested_by_name: Mapped[str] = mapped_column(sa.String(40))
    requested_at: Mapped[datetime] = mapped_column(Instant)
    decided_by_id: Mapped[int | None]
    decided_by_name: Mapped[str | None] = mapped_column(sa.String(40))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decision_reason: Mapped[str | None] = mapped_column(sa.String(300))
    #: The draw in whose rounds its seat was opened.
    opened_in_draw: Mapped[int | None]


class RecusalSource(Labelled):
    """Why a unit or person must stay away (第十八条（三）)."""

    PROJECT_UNIT = "project_unit", "被评审项目单位"
    PARTICIPANT = "participant", "建设、供货、监理等参建单位"
    WRITTEN = "written", "项目单位书面提出"
    OTHER = "other", "其他可能影响公正的情形"


class Recusal(db.Model):
    """A unit or a person that must not sit on this panel; written requests come until the meeting starts (no. 44)."""

    __tablename__ = "activity_recusal"

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_no: Mapped[str] = mapped_column(sa.ForeignKey("activity.number"), index=True)
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))
    expert_id: Mapped[int | None] = mapped_column(sa.ForeignKey("expert.id"))
    source: Mapped[RecusalSource] = mapped_column(coded(RecusalSource))
    reason: Mapped[str] = mapped_column(sa.String(300))
    #: Entered after the lock: does not belong to the sealed conditions.
    after_lock: Mapped[bool] = mapped_column(default=False)
    received_at: Mapped[datetime] = mapped_column(Instant)
    recorded_by_id: Mapped[int | None]
    recorded_by_name: Mapped[str] = mapped_column(sa.String(40))
