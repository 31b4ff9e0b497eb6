"""What the diagram `designation_approval` may call; the approval is the instance's business key (PS-2026-0034-Z1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from app.operations import OperationContext, operation
from app.procedures.selection.operations import tidings
from app.procedures.selection.operations.tidings import Nothing
from app.procedures.selection.service import designations


@dataclass(frozen=True)
class Decision:
    """The leader's decision on an expert asked for by name."""

    decision: Literal["agreed", "refused"] = field(metadata={"label": "审批结论"})
    reason: str | None = field(default=None, metadata={"label": "审批意见"})


@dataclass(frozen=True)
class Decided:
    """For the gateway."""

    agreed: bool


@operation("designation.record_decision", label="登记指定专家审批")
def record_decision(inputs: Decision, context: OperationContext) -> Decided:
    """登记分管领导的审批结论；不同意的，名额转入抽取。"""
    agreed = designations.record_decision(
        context.business_key, inputs.decision, inputs.reason or "", actor=context.actor, now=context.now
    )
    tidings.tell_root(context)
    return Decided(agreed)


@operation("designation.lapse", label="登记逾期未批")
def lapse(inputs: Nothing, context: OperationContext) -> Nothing:
    """期满未批的，名额转入抽取。"""
    if designations.lapse(context.business_key, actor=context.actor, now=context.now):
        tidings.tell_root(context)
    return Nothing()


@dataclass(frozen=True)
class Withdrawal:
    """Why nothing is to be decided any more."""

    reason_code: str = field(metadata={"label": "撤销的情形"})


@operation("designation.withdraw", label="登记撤销指定")
def withdraw(inputs: Withdrawal, context: OperationContext) -> Nothing:
    """评审取消、改期的，申请不再审批。"""
    designations.withdraw(context.business_key, inputs.reason_code, actor=context.actor, now=context.now)
    return Nothing()
