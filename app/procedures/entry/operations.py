"""What the diagram of the entry process may call; the application is the instance's business key."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from app.core.actor import Actor
from app.operations import OperationContext, operation
from app.operations.voiding import when_voided
from app.operations.withdrawing import when_withdrawn
from app.procedures.entry import queries, service
from app.procedures.entry.rules.facts import Facts

#: Imported so that readers of papers and whole numbers are registered wherever the procedure runs.
_REGISTERED = (queries,)


@dataclass(frozen=True)
class Nothing:
    """No inputs or no outputs."""


@operation("entry.run_precheck", label="汇集预审事实")
def run_precheck(inputs: Nothing, context: OperationContext) -> Facts:
    """由申请材料算出年龄、路径、年限、禁入等事实，供第十一条决策表核对。"""
    return service.collect_facts(context.business_key, context.rules, now=context.now)


@dataclass(frozen=True)
class PrecheckRows:
    """Rows of the table: condition, result, article, reason."""

    findings: list[dict[str, Any]] = field(metadata={"label": "逐项结果"})


@dataclass(frozen=True)
class PrecheckRecorded:
    """met, to_check or not_met, and what does not hold."""

    outcome: str
    reasons: list[str]


@operation("entry.record_precheck", label="登记预审结果")
def record_precheck(inputs: PrecheckRows, context: OperationContext) -> PrecheckRecorded:
    """登记第十一条预审的逐项结果；只供审查参考，不代替审查。"""
    result = service.record_precheck(
        context.business_key, inputs.findings, actor=context.actor, now=context.now
    )
    return PrecheckRecorded(result.outcome, list(result.reasons))


FormalOutcome = Literal["accepted", "supplement", "not_accepted"]


@dataclass(frozen=True)
class FormalCheck:
    """The centre's conclusion."""

    outcome: FormalOutcome = field(metadata={"label": "形式审查结论"})
    missing: list[str] | None = field(default=None, metadata={"label": "需要补正的材料"})
    opinion: str | None = field(default=None, metadata={"label": "审查意见"})


@dataclass(frozen=True)
class FormalCheckRecorded:
    """The conclusion, for the gateway."""

    outcome: FormalOutcome


@operation("entry.record_formal_check", label="登记形式审查")
def record_formal_check(inputs: FormalCheck, context: OperationContext) -> FormalCheckRecorded:
    """登记形式审查结论；受理的进入资格审查。"""
    service.record_formal_check(
        context.business_key,
        inputs.outcome,
        inputs.missing or [],
        inputs.opinion,
        actor=context.actor,
        now=context.now,
    )
    return FormalCheckRecorded(inputs.outcome)


@dataclass(frozen=True)
class SupplementWanted:
    """What is missing, and until when the diagram waits for it."""

    missing: list[str] | None = field(metadata={"label": "需要补正的材料"})
    opinion: str | None = field(default=None, metadata={"label": "审查意见"})
    deliver_by: datetime | None = field(default=None, metadata={"label": "补正期限"})


@dataclass(frozen=True)
class SupplementRequested:
    """Until when, for the timer."""

    deliver_by: datetime


@operation("entry.request_supplement", label="通知补正")
def request_supplement(inputs: SupplementWanted, context: OperationContext) -> SupplementRequested:
    """一次告知需要补正的材料和期限，等申请人补正。"""
    request = service.request_supplement(
        context.business_key,
        inputs.missing or [],
        inputs.opinion,
        context.rules,
        actor=context.actor,
        now=context.now,
        due_at=inputs.deliver_by,
    )
    return SupplementRequested(request.due_at)


@operation("entry.mark_lapsed", label="登记逾期未补正")
def mark_lapsed(inputs: Nothing, context: OperationContext) -> Nothing:
    """补正期限届满仍未补正的，以不予受理办结并告知；暂定的期限不据以办结。"""
    service.mark_lapsed(context.business_key, context.rules, actor=context.actor, now=context.now)
    return Nothing()


ReviewOutcome = Literal["passed", "failed", "returned"]


@dataclass(frozen=True)
class QualificationReview:
    """The bureau's conclusion."""

    outcome: ReviewOutcome = field(metadata={"label": "审查结论"})
    route: str | None = field(default=None, metadata={"label": "符合的专业条件"})
    opinion: str | None = field(default=None, metadata={"label": "审查意见"})


@dataclass(frozen=True)
class QualificationReviewRecorded:
    """The conclusion, for the gateway."""

    outcome: ReviewOutcome


@operation("entry.record_qualification_review", label="登记资格审查结论")
def record_qualification_review(
    inputs: QualificationReview, context: OperationContext
) -> QualificationReviewRecorded:
    """登记资格审查结论；通过须选定第十一条（二）4 的路径。"""
    service.record_qualification_review(
        context.business_key, inputs.outcome, inputs.route, inputs.opinion, actor=context.actor, now=context.now
    )
    return QualificationReviewRecorded(inputs.outcome)


ConfirmationOutcome = Literal["agreed", "disagreed"]


@dataclass(frozen=True)
class Confirmation:
    """The second pair of eyes."""

    outcome: ConfirmationOutcome = field(metadata={"label": "复核结论"})
    opinion: str | None = field(default=None, metadata={"label": "复核意见"})


@dataclass(frozen=True)
class ConfirmationRecorded:
    """The conclusion, for the gateway."""

    outcome: ConfirmationOutcome


@operation("entry.record_confirmation", label="登记名单复核")
def record_confirmation(inputs: Confirmation, context: OperationContext) -> ConfirmationRecorded:
    """登记名单复核；同意的列入拟入库专家名单，复核人不得是审查人。"""
    service.record_confirmation(
        context.business_key, inputs.outcome, inputs.opinion, actor=context.actor, now=context.now
    )
    return ConfirmationRecorded(inputs.outcome)


@dataclass(frozen=True)
class AgeChecked:
    """Whether the age limit holds today."""

    within_limit: bool
    reason: str


@operation("entry.check_age_at_appointment", label="聘任时核对年龄")
def check_age_at_appointment(inputs: Nothing, context: OperationContext) -> AgeChecked:
    """按聘任当日核对年龄上限；院士和享受政府特殊津贴者除外。"""
    found = service.check_age(context.business_key, context.rules, now=context.now)
    return AgeChecked(found.within_limit, found.reason)


@dataclass(frozen=True)
class Appointed:
    """The expert's number, the letter's number and the term, both days included."""

    expert_no: str
    appointment_no: str
    term_start: date
    term_end: date


@operation("entry.appoint_expert", label="聘为专家")
def appoint_expert(inputs: Nothing, context: OperationContext) -> Appointed:
    """聘任入库：登记聘期、编聘书号、开通账号并通知本人。"""
    made = service.appoint(context.business_key, context.rules, actor=context.actor, now=context.now)
    return Appointed(made.expert_no, made.appointment_no, made.term_start, made.term_end)


@dataclass(frozen=True)
class Refusal:
    """Why the application ends without appointment."""

    grounds: Literal["not_accepted", "unqualified", "over_age", "objection_upheld"] = field(
        metadata={"label": "情形"}
    )
    reasons: str = field(metadata={"label": "理由"})


@operation("entry.refuse_application", label="不予入库并告知")
def refuse_application(inputs: Refusal, context: OperationContext) -> Nothing:
    """以不予受理、不通过或不予聘任办结，理由告知申请人。"""
    service.refuse(context.business_key, inputs.grounds, inputs.reasons, actor=context.actor, now=context.now)
    return Nothing()


@dataclass(frozen=True)
class Withdrawal:
    """Why the applicant withdrew; need not be said."""

    reason: str | None = field(default=None, metadata={"label": "撤回原因"})


@operation("entry.close_withdrawn", label="登记撤回")
def close_withdrawn(inputs: Withdrawal, context: OperationContext) -> Nothing:
    """申请人撤回的，办结并告知；以后仍可申请。"""
    service.close_withdrawn(context.business_key, inputs.reason, actor=context.actor, now=context.now)
    return Nothing()


@when_voided("expert_entry")
def end_voided(business_key: str, reason: str, actor: Actor, now: datetime) -> None:
    """作废 ends the application too: the applicant is told why and may apply anew, the name leaves the list."""
    service.refuse(business_key, "voided", f"申请已作废：{reason}", actor=actor, now=now)


#: The user tasks of the diagram whose conclusion may be taken back, and the stage each concludes.
_STAGES = {"formal_check": "formal_check", "qualification_review": "qualification", "confirm_list": "confirmation"}


@when_withdrawn("expert_entry")
def take_step_back(business_key: str, element_id: str, actor: Actor, now: datetime) -> None:
    """撤回: the conclusion of the step is taken back with it."""
    if element_id in _STAGES:
        service.take_back(business_key, _STAGES[element_id], actor=actor, now=now)
