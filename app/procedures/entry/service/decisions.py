"""What staff and the system conclude on an application, from the pre-check to its end without appointment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core import audit
from app.core.actor import Actor
from app.core.errors import Conflict, NotAllowed, UserError
from app.procedures.entry import store
from app.procedures.entry.models import (
    APPLICATION_TRANSITIONS,
    ENDED,
    Application,
    ApplicationState,
    Decision,
    SupplementRequest,
)
from app.procedures.entry.rules.facts import Facts, bar_standing
from app.procedures.entry.rules.papers import PAPER_WORDS
from app.procedures.entry.rules.precheck import Precheck, conclude
from app.procedures.entry.rules.qualification import ROUTES
from app.procedures.entry.service import notify
from app.procedures.entry.service.submission import bar_facts, facts_of
from app.registers import proposed
from app.registers.proposed import Nominee
from app.registers.states import check_transition
from app.regulations import deadlines
from app.regulations.rule_sets import RuleSet

PRECHECK, FORMAL, QUALIFICATION, CONFIRMATION = "precheck", "formal_check", "qualification", "confirmation"
#: How an application ends for each ground of refusal: state, and the notice that says so.
REFUSALS = {
    "not_accepted": (ApplicationState.NOT_ACCEPTED, "application_not_accepted"),
    "lapsed": (ApplicationState.NOT_ACCEPTED, "application_not_accepted"),
    "unqualified": (ApplicationState.REJECTED, "qualification_failed"),
    "over_age": (ApplicationState.REJECTED, "refused"),
    "objection_upheld": (ApplicationState.REJECTED, "refused"),
    "voided": (ApplicationState.REJECTED, "refused"),
}
LAPSED_REASON = "期限内没有补正材料，本次申请不予受理。入库申请常年受理，您可以重新申请。"


@dataclass(frozen=True)
class Conclusion:
    """What somebody concludes at a stage."""

    stage: str
    outcome: str
    opinion: str | None = None
    route: str | None = None
    detail: Any = None


def move(found: Application, state: ApplicationState, *, actor: Actor, reason: str | None = None) -> None:
    """Changes the state of a locked application, with its audit line.

    :raises WrongState: the transition is not listed.
    """
    before = found.state
    check_transition(APPLICATION_TRANSITIONS, before, state, f"申请 {found.number}")
    found.state = state
    found.rev += 1
    audit.record(
        actor,
        "application.change_state",
        "application",
        str(found.number),
        before={"state": before.value},
        after={"state": state.value},
        reason=reason,
    )


def conclude_stage(found: Application, what: Conclusion, *, actor: Actor, now: datetime) -> None:
    """Keeps a conclusion with who, when and on which version."""
    found.decisions.append(
        Decision(
            stage=what.stage,
            outcome=what.outcome,
            opinion=what.opinion or None,
            route=what.route,
            detail=what.detail,
            version=found.version,
            decided_by=actor.user_id,
            decided_by_name=actor.name,
            decided_at=now,
        )
    )
    audit.record(
        actor,
        f"application.conclude_{what.stage}",
        "application",
        str(found.number),
        after={"outcome": what.outcome, "route": what.route, "version": found.version},
        reason=what.opinion or None,
    )


def collect_facts(number: str, rules: RuleSet, *, now: datetime) -> Facts:
    """The facts for the pre-check; route, years and priority are kept with the application.

    :raises UserError: the ID number cannot be read, which a submitted form excludes.
    """
    found = store.locked(number)
    facts = facts_of(found, rules, now)
    if facts is None:
        raise UserError("身份证号无法识别，不能预审")
    found.route = facts.route or None
    found.related_years = facts.related_years
    found.priority = facts.priority
    return facts


def record_precheck(
    number: str, findings: Sequence[Mapping[str, Any]], *, actor: Actor, now: datetime
) -> Precheck:
    """Keeps what the table of Article 11 found; it advises and decides nothing."""
    found = store.locked(number)
    result = conclude(findings)
    detail = [dict(finding) for finding in findings]
    conclude_stage(found, Conclusion(PRECHECK, result.outcome, detail=detail), actor=actor, now=now)
    move(found, ApplicationState.FORMAL_CHECK, actor=actor)
    return result


def record_formal_check(
    number: str, outcome: str, missing: Sequence[str], opinion: str | None, *, actor: Actor, now: datetime
) -> None:
    """The centre's formal check (第十二条（一）、第二十三条): accepted goes on to the qualification review.

    :raises Conflict: the application is not at this stage.
    """
    found = store.locked(number)
    if found.state == ApplicationState.QUALIFICATION:  # the reviewer sent the case back (退回) without a conclusion
        move(found, ApplicationState.FORMAL_CHECK, actor=actor, reason="退回形式审查")
    found = _at(number, ApplicationState.FORMAL_CHECK)
    what = Conclusion(FORMAL, outcome, opinion, detail=list(missing))
    conclude_stage(found, what, actor=actor, now=now)
    if outcome == "accepted":
        move(found, ApplicationState.QUALIFICATION, actor=actor)


def request_supplement(
    number: str,
    missing: Sequence[str],
    opinion: str | None,
    rules: RuleSet,
    *,
    actor: Actor,
    now: datetime,
    due_at: datetime | None = None,
) -> SupplementRequest:
    """Asks the applicant once for everything that is missing, with the time to bring it.

    `due_at` may give more time than the rule set, never less.
    """
    found = _at(number, ApplicationState.FORMAL_CHECK)
    period = deadlines.recompute(rules, "entry.supplement_period", now, due_at or now)
    items = [MISSING_WORDS.get(code, code) for code in missing]
    if opinion:
        items.append(opinion)
    request = SupplementRequest(
        items=items, opinion=opinion, requested_at=now, due_at=period.due_at, provisional=period.provisional
    )
    found.supplements.append(request)
    move(found, ApplicationState.SUPPLEMENT, actor=actor, reason="；".join(items) or None)
    notify.supplement_wanted(found, items, period.due_at, period.provisional, actor=actor, now=now)
    return request


#: The codes of the formal check's form; the kinds of papers and what is not a file.
MISSING_WORDS = {**PAPER_WORDS, "application_form": "签名的申请表"}


def mark_lapsed(number: str, rules: RuleSet, *, actor: Actor, now: datetime) -> None:
    """Ends an application whose papers were not supplemented in time.

    :raises Conflict: the deadline rests on days that are not official yet, or was moved; try again later.
    """
    found = _at(number, ApplicationState.SUPPLEMENT)
    request = found.supplements[-1]
    period = deadlines.recompute(rules, "entry.supplement_period", request.requested_at, request.due_at)
    if not deadlines.may_expire(period) or not period.is_late(now):
        request.due_at, request.provisional = period.due_at, period.provisional
        raise Conflict(f"补正期限为{period.due_at:%Y-%m-%d %H:%M}，暂定或者未到，不能以逾期办结")
    request.lapsed_at = now
    _end(found, "lapsed", LAPSED_REASON, actor=actor, now=now)


def record_qualification_review(
    number: str, outcome: str, route: str | None, opinion: str | None, *, actor: Actor, now: datetime
) -> None:
    """The bureau's review (第十二条（二）): passed waits for confirmation, returned goes back to the formal check.

    :raises UserError: passed without a route of Article 11(二)4.
    """
    found = _at(number, ApplicationState.QUALIFICATION)
    if outcome == "passed" and route not in ROUTES:
        raise UserError("审查通过须选定符合的专业条件", "review_route")
    conclude_stage(found, Conclusion(QUALIFICATION, outcome, opinion, route), actor=actor, now=now)
    if outcome == "passed":
        found.route = route
    if outcome == "returned":
        move(found, ApplicationState.FORMAL_CHECK, actor=actor, reason=opinion)


def last_decision(found: Application, stage: str) -> Decision | None:
    """The latest conclusion of a stage."""
    return next((item for item in reversed(found.decisions) if item.stage == stage), None)


def record_confirmation(
    number: str, outcome: str, opinion: str | None, *, actor: Actor, now: datetime
) -> None:
    """Four eyes on the proposed list: agreed puts the person on it, disagreed leaves the review to be done again.

    :raises NotAllowed: the reviewer himself. :raises UserError: special approval without reasons (no. 30).
    """
    found = _at(number, ApplicationState.QUALIFICATION)
    review = last_decision(found, QUALIFICATION)
    if review is None or review.outcome != "passed":
        raise Conflict(f"申请 {number} 的资格审查没有通过，不能复核")
    if actor.user_id is not None and actor.user_id == review.decided_by:
        raise NotAllowed("资格审查由你作出，须由另一人复核")
    standing, _ = bar_standing(bar_facts(str(found.id_number_index)), now.date())
    if outcome == "agreed" and standing == "principle" and not opinion:
        raise UserError("此人因第十四条有关情形解聘，原则上不再选聘；同意的须写明特批理由", "confirm_opinion")
    conclude_stage(found, Conclusion(CONFIRMATION, outcome, opinion), actor=actor, now=now)
    if outcome == "agreed":
        move(found, ApplicationState.PROPOSED, actor=actor)
        proposed.enlist(_nominee(found), actor=actor, now=now)


def _nominee(found: Application) -> Nominee:
    return Nominee(
        application_no=str(found.number),
        name=str(found.name),
        unit_name=str(found.unit_name),
        title=found.title or found.post or "",
        directions=tuple(found.directions),
        phone=found.phone,
        email=found.email,
    )


def refuse(number: str, ground: str, reasons: str, *, actor: Actor, now: datetime) -> None:
    """Ends an application without appointment and tells the applicant why.

    :raises UserError: no reasons.
    """
    if not reasons.strip():
        raise UserError("不予受理、不通过、不予聘任都须写明理由")
    _end(store.locked(number), ground, reasons.strip(), actor=actor, now=now)


def _end(found: Application, ground: str, reasons: str, *, actor: Actor, now: datetime) -> None:
    state, notice = REFUSALS[ground]
    finish(found, state, reasons, actor=actor, now=now)
    notify.ended(notice, found, reasons, actor=actor, now=now)


def close_withdrawn(number: str, reason: str | None, *, actor: Actor, now: datetime) -> None:
    """Ends an application that its applicant withdrew."""
    found = store.locked(number)
    finish(found, ApplicationState.WITHDRAWN, reason or "申请人撤回", actor=actor, now=now)
    notify.withdrawn(found, actor=actor, now=now)


def finish(found: Application, state: ApplicationState, reason: str, *, actor: Actor, now: datetime) -> None:
    """Brings a locked application to an end state: the person may apply anew and leaves the proposed list."""
    move(found, state, actor=actor, reason=reason)
    if state not in ENDED:
        raise ValueError(f"{state} does not end an application")
    found.ended_at = now
    found.end_reason = reason
    found.live_index = None
    proposed.end(str(found.number), actor=actor, reason=state.label)


def _at(number: str, state: ApplicationState) -> Application:
    found = store.locked(number)
    if found.state != state:
        raise Conflict(f"申请 {number} 目前是“{found.state.label}”，不在“{state.label}”")
    return found

