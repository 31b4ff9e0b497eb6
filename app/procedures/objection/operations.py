"""What the diagram of objection handling may call; the objection is the instance's business key."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from app.core.actor import Actor
from app.core.errors import Conflict
from app.operations import OperationContext, operation
from app.operations.voiding import when_voided
from app.procedures.objection import queries, service

SETTLED = "objections_settled"

#: Imported so that readers of papers and whole numbers are registered wherever the procedure runs.
_REGISTERED = (queries,)


@dataclass(frozen=True)
class Nothing:
    """No inputs or no outputs."""


@dataclass(frozen=True)
class Receipt:
    """When it was received, and until when the objector is told whether it is accepted."""

    received_at: datetime
    reply_by: datetime


@operation("objection.acknowledge_receipt", label="发收件回执")
def acknowledge_receipt(inputs: Nothing, context: OperationContext) -> Receipt:
    """向异议人发收件回执，写明何时告知是否受理。"""
    found = service.acknowledge(context.business_key, actor=context.actor, now=context.now)
    return Receipt(found.received_at, found.acceptance_due_at)


@dataclass(frozen=True)
class Admissibility:
    """The suggestion with its three facts; `reason` is empty if nothing stands against accepting."""

    admissible: bool
    reason: str
    in_period: bool
    real_name: bool
    on_board: bool


@operation("objection.assess_admissibility", label="核对受理条件")
def assess_admissibility(inputs: Nothing, context: OperationContext) -> Admissibility:
    """核对是否在公示期内、是否实名、所指的人是否在公示名单中，给出受理建议。"""
    found = service.assess(context.business_key)
    return Admissibility(found.admissible, found.reason, found.in_period, found.real_name, found.on_board)


@dataclass(frozen=True)
class AcceptanceDecided:
    """Whether the objection is taken up; not accepting needs a reason."""

    outcome: Literal["accepted", "not_accepted"] = field(metadata={"label": "是否受理"})
    reason: str | None = field(default=None, metadata={"label": "理由"})


@dataclass(frozen=True)
class Acceptance:
    """`accepted_at` starts the days for the decision; None if it was not accepted."""

    accepted: bool
    accepted_at: datetime | None
    decide_by: datetime | None


@operation("objection.record_acceptance", label="登记是否受理")
def record_acceptance(inputs: AcceptanceDecided, context: OperationContext) -> Acceptance:
    """登记是否受理并告知异议人；受理的从次一工作日起算处理期限。"""
    if inputs.outcome == "not_accepted":
        service.refuse(context.business_key, inputs.reason or "", actor=context.actor, now=context.now)
        return Acceptance(False, None, None)
    found = service.accept(
        context.business_key, context.rules, actor=context.actor, now=context.now, reason=inputs.reason
    )
    return Acceptance(True, found.accepted_at, found.decision_due_at)


@operation("objection.deem_accepted", label="期满视为受理")
def deem_accepted(inputs: Nothing, context: OperationContext) -> Acceptance:
    """受理期限届满未答复的，视为在届满之日受理。"""
    found = service.accept(
        context.business_key,
        context.rules,
        actor=context.actor,
        now=context.now,
        reason="期满未答复，视为受理",
        deemed=True,
    )
    return Acceptance(True, found.accepted_at, found.decision_due_at)


@dataclass(frozen=True)
class Investigation:
    """What was found."""

    report: str = field(metadata={"label": "核实报告"})
    suggestion: str | None = field(default=None, metadata={"label": "处理建议"})


@operation("objection.record_investigation", label="登记核实报告")
def record_investigation(inputs: Investigation, context: OperationContext) -> Nothing:
    """登记核实经过、证据和处理建议。"""
    service.record_investigation(
        context.business_key, inputs.report, inputs.suggestion, actor=context.actor
    )
    return Nothing()


@dataclass(frozen=True)
class WarningLevel:
    """Which warning."""

    level: Literal["first", "second"] = field(metadata={"label": "第几次"})


@dataclass(frozen=True)
class Told:
    """How many people were told."""

    told: int


@operation("objection.warn_handlers", label="提醒办理人")
def warn_handlers(inputs: WarningLevel, context: OperationContext) -> Told:
    """提醒办理人处理期限将到；再次提醒同时告知局领导。"""
    return Told(service.warn(context.business_key, inputs.level, actor=context.actor, now=context.now))


@operation("objection.escalate_overdue", label="逾期上报局领导")
def escalate_overdue(inputs: Nothing, context: OperationContext) -> Told:
    """期满未决定的，标为逾期并上报局领导；办理继续，不延长期限。"""
    return Told(service.escalate(context.business_key, actor=context.actor, now=context.now))


@dataclass(frozen=True)
class Verdict:
    """The decision; its reasons are read by both sides."""

    outcome: Literal["upheld", "rejected"] = field(metadata={"label": "处理决定"})
    reasons: str = field(metadata={"label": "决定的理由"})


@dataclass(frozen=True)
class DecisionRecorded:
    """The decision, for the diagram."""

    outcome: Literal["upheld", "rejected"]


@operation("objection.record_decision", label="登记处理决定")
def record_decision(inputs: Verdict, context: OperationContext) -> DecisionRecorded:
    """登记处理决定；核实人不得决定，理由不得透露异议人身份。"""
    service.decide(
        context.business_key, inputs.outcome == "upheld", inputs.reasons, actor=context.actor, now=context.now
    )
    return DecisionRecorded(inputs.outcome)


@dataclass(frozen=True)
class Notified:
    """The numbers of the two letters."""

    letters: list[str]


@operation("objection.notify_parties", label="书面告知双方")
def notify_parties(inputs: Nothing, context: OperationContext) -> Notified:
    """把处理决定书面告知异议人和专家本人，各一份并留送达记录；不向专家本人透露异议人。"""
    made = service.notify_parties(context.business_key, actor=context.actor, now=context.now)
    return Notified([letter.document_no for letter in made])


@dataclass(frozen=True)
class CandidateSettled:
    """Where the candidate stands: objections still open, and whether one was upheld."""

    open_objections: int
    upheld: bool


@operation("objection.settle_candidate", label="通知入库办件")
def settle_candidate(inputs: Nothing, context: OperationContext) -> CandidateSettled:
    """对同一人的异议都有结果后，通知其入库办件继续办理。"""
    settled = service.settle(context.business_key, actor=context.actor)
    if settled.tell:
        payload = {"upheld": settled.upheld, "reasons": settled.reasons}
        context.send_message(SETTLED, settled.application_no, payload)
    return CandidateSettled(settled.open_objections, settled.upheld)


@when_voided("objection_handling")
def refuse_voiding(business_key: str, reason: str, actor: Actor, now: datetime) -> None:
    """An objection is answered, never dropped (第十二条（三）). :raises Conflict: always."""
    raise Conflict(f"异议 {business_key} 须作出不予受理或者处理决定并告知双方（第十二条（三）），不能作废")
