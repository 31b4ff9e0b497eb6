"""What the diagram `panel_selection` may call; the activity is the instance's business key."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from app.operations import OperationContext, operation
from app.procedures.selection.operations import tidings
from app.procedures.selection.operations.tidings import Nothing
from app.procedures.selection.service import activities, drawing, locking, panel

WhereWord = Literal["conditions", "panel"]


@dataclass(frozen=True)
class Begin:
    """Where the making of the panel goes on."""

    where: WhereWord


def _begin(context: OperationContext, found: panel.Where) -> Begin:
    tidings.tell(context, found.tell)
    return Begin(found.where)


@operation("selection.resume", label="判断从何处办起")
def resume(inputs: Nothing, context: OperationContext) -> Begin:
    """按登记的情况判断：设定条件重新抽取，还是保留名单继续清点。"""
    return _begin(context, panel.resume(context.business_key))


@dataclass(frozen=True)
class ConditionsSubmitted:
    """Whether the leader must agree first, why, and who may."""

    needs_approval: bool
    approval_reason: str
    approvers: list[int]


@operation("selection.submit_conditions", label="核对抽取条件")
def submit_conditions(inputs: Nothing, context: OperationContext) -> ConditionsSubmitted:
    """核对人数、安全专家、指定比例、单位和回避；免设安全专家或再次重新抽取的，送分管领导审批。"""
    found = activities.submit_conditions(context.business_key, context.rules, actor=context.actor, now=context.now)
    return ConditionsSubmitted(found.needs_approval, found.approval_reason, list(found.approvers))


Outcome = Literal["agreed", "refused"]


@dataclass(frozen=True)
class ConditionsApproval:
    """The leader's conclusion on the conditions."""

    outcome: Outcome = field(metadata={"label": "审批结论"})
    reason: str | None = field(default=None, metadata={"label": "审批意见"})


@dataclass(frozen=True)
class ConditionsDecided:
    """The conclusion, for the gateway."""

    outcome: Outcome


@operation("selection.record_conditions_approval", label="登记条件审批")
def record_conditions_approval(inputs: ConditionsApproval, context: OperationContext) -> ConditionsDecided:
    """登记分管领导对抽取条件的审批；申请人不得审批自己的条件。"""
    activities.record_conditions_approval(
        context.business_key, inputs.outcome, inputs.reason or "", actor=context.actor, now=context.now
    )
    return ConditionsDecided(inputs.outcome)


@dataclass(frozen=True)
class ConditionsLocked:
    """Whether enough candidates were found; `shortage` says in words what is missing."""

    locked: bool
    shortage: str
    witnessed: bool


@operation("selection.lock_conditions", label="锁定名册")
def lock_conditions(inputs: Nothing, context: OperationContext) -> ConditionsLocked:
    """按条件筛出合格专家，封存名册和条件并公布承诺值；人数不足的不锁定，列出各项筛选的人数。"""
    found = locking.lock(context.business_key, context.rules, actor=context.actor, now=context.now)
    return ConditionsLocked(found.locked, found.shortage, found.witnessed)


@dataclass(frozen=True)
class ContributionGiven:
    """A value for the seed."""

    role: Literal["organizer", "witness"] = field(metadata={"label": "提交方"})
    value: str = field(metadata={"label": "随机值"})
    manner: Literal["browser", "typed"] = field(metadata={"label": "产生方式"})


@operation("selection.record_contribution", label="登记随机值")
def record_contribution(inputs: ContributionGiven, context: OperationContext) -> Nothing:
    """登记组织方或监督方的随机值；承诺值公布之前、抽取之后都不接受。"""
    drawing.contribute(
        context.business_key, inputs.role, inputs.value, inputs.manner, context.rules, actor=context.actor,
        now=context.now,
    )  # fmt: skip
    return Nothing()


@dataclass(frozen=True)
class PanelDrawn:
    """How many were taken; no name leaves the sealed records."""

    drawn: bool
    taken: int


@operation("selection.draw", label="随机抽取")
def draw(inputs: Nothing, context: OperationContext) -> PanelDrawn:
    """由承诺值和随机值得出次序，依次摇号顺延，一比一取满空席。"""
    found = drawing.draw(context.business_key, context.rules, actor=context.actor, now=context.now)
    return PanelDrawn(found.complete, len(found.invite))


@dataclass(frozen=True)
class Signature:
    """What the witness adds to the record."""

    remark: str | None = field(default=None, metadata={"label": "说明"})


@operation("selection.sign_record", label="登记抽取记录签署")
def sign_record(inputs: Signature, context: OperationContext) -> Nothing:
    """监督人签署抽取记录，签署人和时间写入记录。"""
    drawing.sign(context.business_key, inputs.remark or "", actor=context.actor, now=context.now)
    return Nothing()


@dataclass(frozen=True)
class PanelSettled:
    """The state of the panel, when to look again, and what is missing where it is short."""

    state: Literal["waiting", "final", "list_ready", "short", "meeting"]
    check_at: datetime
    shortage: str


@operation("selection.settle_panel", label="清点名单")
def settle_panel(inputs: Nothing, context: OperationContext) -> PanelSettled:
    """核对成员是否仍符合条件，邀请获准的指定专家，递补空缺，告知详情，得出名单的状态。"""
    move = panel.settle(context.business_key, context.rules, actor=context.actor, now=context.now)
    tidings.start(context, move.start)
    tidings.tell(context, move.tell)
    return PanelSettled(move.state, move.check_at, move.shortage)


@operation("selection.confirm_list", label="登记名单确认")
def confirm_list(inputs: Nothing, context: OperationContext) -> Nothing:
    """确认初始名单；其后系统即时以短信发送评审详情。"""
    panel.confirm_list(context.business_key, context.rules, actor=context.actor, now=context.now)
    return Nothing()


@dataclass(frozen=True)
class ShortageHandled:
    """What the organiser does about the empty seats."""

    choice: Literal["redraw", "designate", "reschedule"] = field(metadata={"label": "处理方式"})
    reason: str | None = field(default=None, metadata={"label": "理由"})
    expert_id: int | None = field(default=None, metadata={"label": "指定的专家"})
    category: str | None = field(default=None, metadata={"label": "占席类别"})
    starts_at: datetime | None = field(default=None, metadata={"label": "新的评审时间"})
    city: str | None = field(default=None, metadata={"label": "城市"})
    address: str | None = field(default=None, metadata={"label": "地点"})


@operation("selection.handle_shortage", label="登记缺额处理")
def handle_shortage(inputs: ShortageHandled, context: OperationContext) -> Begin:
    """按所选的方式处理缺额：重新抽取、指定专家，或调整时间另行组织。"""
    chosen = panel.ShortageChoice(
        inputs.choice, inputs.reason or "", inputs.expert_id, inputs.category or "", inputs.starts_at,
        inputs.city or "", inputs.address or "",
    )  # fmt: skip
    found = panel.handle_shortage(
        context.business_key, chosen, context.rules, actor=context.actor, now=context.now
    )
    return _begin(context, found)


@dataclass(frozen=True)
class Rescheduling:
    """The new time and place."""

    starts_at: datetime = field(metadata={"label": "新的评审时间"})
    city: str = field(metadata={"label": "城市"})
    address: str = field(metadata={"label": "地点"})
    reason: str | None = field(default=None, metadata={"label": "理由"})


@operation("selection.reschedule", label="登记改期")
def reschedule(inputs: Rescheduling, context: OperationContext) -> Begin:
    """登记新的时间、地点；间隔不长的保留已接受的专家并由其确认，否则重新抽取。"""
    new = panel.NewTime(inputs.starts_at, inputs.city, inputs.address, inputs.reason or "")
    return _begin(
        context, panel.reschedule(context.business_key, new, context.rules, actor=context.actor, now=context.now)
    )


@dataclass(frozen=True)
class Cancellation:
    """Why the activity does not take place."""

    reason: str | None = field(default=None, metadata={"label": "取消的理由"})


@operation("selection.cancel_activity", label="登记取消")
def cancel_activity(inputs: Cancellation, context: OperationContext) -> Nothing:
    """取消评审活动：撤销全部邀请并通知专家，公开抽取证书。"""
    tidings.tell(
        context, panel.cancel(context.business_key, inputs.reason or "", actor=context.actor, now=context.now)
    )
    return Nothing()


@dataclass(frozen=True)
class Attended:
    """Who was there at a line of the panel."""

    line: int
    state: Literal["present", "absent", "recused"]


@dataclass(frozen=True)
class Meeting:
    """What the organiser records of the meeting."""

    outcome: Literal["held", "not_held"] = field(metadata={"label": "会议情况"})
    note: str | None = field(default=None, metadata={"label": "说明"})
    attendance: list[Attended] | None = field(default=None, metadata={"label": "出席情况"})
    leader_line: int | None = field(default=None, metadata={"label": "组长的席位"})


@dataclass(frozen=True)
class MeetingRecorded:
    """Whether it was held, for the gateway."""

    held: bool


@operation("selection.record_meeting", label="登记会议情况")
def record_meeting(inputs: Meeting, context: OperationContext) -> MeetingRecorded:
    """登记会议是否召开、出席情况和推举的组长；已召开的办结各份邀请。"""
    attendance = {one.line: one.state for one in inputs.attendance or []}
    draft = panel.MeetingDraft(inputs.outcome, attendance, inputs.leader_line, inputs.note or "")
    held = panel.record_meeting(
        context.business_key, draft, context.rules, actor=context.actor, now=context.now
    )
    if held:
        for number in panel.seated(context.business_key):
            context.send_message("meeting_held", number, {}, optional=True)
    return MeetingRecorded(held)
