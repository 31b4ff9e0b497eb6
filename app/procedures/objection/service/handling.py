"""From the receipt to the notice of both sides, and what the candidate's case is told (第十二条（三）、（四）)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.core import audit
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import Conflict, NotAllowed, NotFound, UserError
from app.procedures.objection import store
from app.procedures.objection.models import (
    OBJECTION_TRANSITIONS,
    Objection,
    ObjectionLetter,
    ObjectionState,
)
from app.procedures.objection.rules import admissibility, letters
from app.procedures.objection.rules.admissibility import Assessment
from app.procedures.objection.service import notify
from app.procedures.objection.service.filing import hold
from app.procedures.objection.service.letters import add_letter, documents_of, withheld_of
from app.registers import proposed
from app.registers.models import ProposedState
from app.registers.states import check_transition
from app.regulations.deadlines import deadline
from app.regulations.rule_sets import RuleSet


def _move(
    found: Objection, state: ObjectionState, *, actor: Actor, reason: str | None = None, **facts: Any
) -> None:
    before = found.state
    check_transition(OBJECTION_TRANSITIONS, before, state, f"异议 {found.number}")
    found.state = state
    audit.record(
        actor,
        "objection.change_state",
        "objection",
        found.number,
        before={"state": before.value},
        after={"state": state.value, **facts},
        reason=reason,
    )


def acknowledge(number: str, *, actor: Actor, now: datetime) -> Objection:
    """Confirms the receipt to the objector, if there is an address."""
    found = store.locked(number)
    notify.received(found, actor=actor, now=now)
    return found


def assess(number: str) -> Assessment:
    """What was found at the receipt: a suggestion, on which a person decides."""
    found = store.objection(number)
    return Assessment(found.in_period, found.real_name, found.on_board)


def accept(
    number: str, rules: RuleSet, *, actor: Actor, now: datetime, reason: str | None = None, deemed: bool = False
) -> Objection:
    """Accepts the objection; the days for the decision start on the next working day (no. 9, 10).

    `deemed`: nobody answered in time, so that it counts as accepted on the last day for answering.
    """
    found = store.locked(number)
    if found.application_no is None:
        raise Conflict("所指的人不在公示名单中，不能受理")
    found.accepted_at = admissibility.deemed_accepted_at(rules, found.received_at) if deemed else now
    found.acceptance_deemed = deemed
    found.acceptance_reason = reason
    found.decision_due_at = deadline(rules, admissibility.DECISION, found.accepted_at).due_at
    _move(found, ObjectionState.ACCEPTED, actor=actor, reason=reason, deemed=deemed)
    row = proposed.locked(found.application_no)
    hold(found, row, actor=actor)
    notify.accepted(found, row, actor=actor, now=now)
    return found


def refuse(number: str, reason: str, *, actor: Actor, now: datetime) -> Objection:
    """Does not accept the objection; the objector is told why, the candidate nothing.

    :raises UserError: no reason.
    """
    if not reason.strip():
        raise UserError("不予受理须写明理由", "acceptance_reason")
    found = store.locked(number)
    found.acceptance_reason = reason.strip()
    found.decided_by, found.decided_by_name, found.decided_at = actor.user_id, actor.name, now
    _move(found, ObjectionState.NOT_ACCEPTED, actor=actor, reason=found.acceptance_reason)
    notify.not_accepted(found, found.acceptance_reason, actor=actor, now=now)
    found.notified_at = now
    return found


def record_investigation(number: str, report: str, suggestion: str | None, *, actor: Actor) -> None:
    """Keeps the report of who looked into it; a further one takes its place, the trail tells when.

    :raises UserError: it names the objector, though the candidate's letter will hold it.
    """
    found = store.locked(number)
    _refuse_disclosure(found, report, "investigation_report")
    found.investigation = report
    found.suggestion = suggestion
    found.investigated_by, found.investigated_by_name = actor.user_id, actor.name
    _move(found, ObjectionState.INVESTIGATED, actor=actor, suggestion=suggestion)


def _refuse_disclosure(found: Objection, text: str, field: str) -> None:
    if letters.disclosed(text, withheld_of(found)):
        raise UserError("这段文字要写进给专家本人的决定书，其中出现了异议人的身份或联系方式，请改写", field)


def warn(number: str, level: str, *, actor: Actor, now: datetime) -> int:
    """Reminds the handlers, the second time their leaders too; returns how many were told."""
    found = store.locked(number)
    groups = notify.HANDLERS if level == "first" else notify.LEADERS
    told = notify.handlers("deadline_warning", "核实和决定异议", found, groups, actor=actor, now=now)
    audit.record(actor, "objection.warn", "objection", number, after={"level": level, "told": told})
    return told


def escalate(number: str, *, actor: Actor, now: datetime) -> int:
    """Marks the decision as overdue and tells the leaders; the handling goes on (no. 10)."""
    found = store.locked(number)
    found.overdue_since = found.overdue_since or now
    told = notify.handlers("deadline_overdue", "核实和决定异议", found, notify.LEADERS, actor=actor, now=now)
    audit.record(actor, "objection.escalate", "objection", number, after={"told": told})
    return told


def decide(number: str, upheld: bool, reasons: str, *, actor: Actor, now: datetime) -> Objection:
    """The decision with its reasons, which both sides will read.

    :raises UserError: no reasons, or they name the objector. :raises NotAllowed: by who investigated.
    """
    found = store.locked(number)
    if not reasons.strip():
        raise UserError("处理决定须写明理由", "decision_reasons")
    if actor.user_id is not None and actor.user_id == found.investigated_by:
        raise NotAllowed("这件异议由你核实，须由另一人作出决定")
    _refuse_disclosure(found, reasons, "decision_reasons")
    found.upheld = upheld
    found.decision_reasons = reasons.strip()
    found.decided_by, found.decided_by_name, found.decided_at = actor.user_id, actor.name, now
    _move(found, ObjectionState.DECIDED, actor=actor, upheld=upheld)
    return found


def notify_parties(number: str, *, actor: Actor, now: datetime) -> list[ObjectionLetter]:
    """Makes the two letters, sends each to its side and begins the delivery logs."""
    found = store.locked(number)
    to_objector, to_candidate = documents_of(found)
    row = proposed.locked(str(found.application_no))
    first = notify.decided_objector(found, to_objector, actor=actor, now=now)
    second = notify.decided_candidate(found, row, to_candidate, actor=actor, now=now)
    made = [
        add_letter(found, "objector", to_objector, first, now),
        add_letter(found, "candidate", to_candidate, second, now),
    ]
    found.notified_at = now
    _move(found, ObjectionState.NOTIFIED, actor=actor, letters=[letter.document_no for letter in made])
    return made


def record_delivery(
    letter_id: int, way: str, note: str, *, actor: Actor, now: datetime
) -> None:
    """Adds a delivery by hand or by post to the log of a letter.

    :raises NotFound: no such letter.
    """
    letter = db.session.get(ObjectionLetter, letter_id)
    if letter is None:
        raise NotFound("没有找到这份告知书")
    entry = {"at": now.isoformat(), "way": way, "note": note, "by": actor.name}
    letter.deliveries = [*letter.deliveries, entry]
    audit.record(actor, "objection.record_delivery", "objection", letter.objection_no, after={"way": way}, note=note)


@dataclass(frozen=True)
class Settlement:
    """Where the candidate stands after this objection; `tell` if the candidate's case waits for the word."""

    application_no: str
    open_objections: int
    upheld: bool
    reasons: str
    tell: bool


def settle(number: str, *, actor: Actor) -> Settlement:
    """Takes this objection off the candidate; the last one of a closed period frees or ends the candidate's case.

    Several objections to one candidate wait for each other (no. 11); other candidates are not touched.
    """
    found = store.locked(number)
    if found.application_no is None:
        return Settlement("", 0, False, "", tell=False)
    row = proposed.locked(found.application_no)
    held = found.holds
    if held:
        found.holds = False
        proposed.end_objection(row, upheld=bool(found.upheld), actor=actor)
    audit.record(
        actor, "objection.settle", "objection", number, after={"open": row.open_objections, "held": held}
    )
    last = held and not row.open_objections and row.closed_at is not None
    return Settlement(
        application_no=row.application_no,
        open_objections=row.open_objections,
        upheld=row.upheld_objections > 0,
        reasons=_reasons(row.application_no),
        tell=last and row.state != ProposedState.ENDED,
    )


def _reasons(application_no: str) -> str:
    """Why the upheld objections to a candidate were upheld, in the order of their numbers."""
    db.session.flush()
    statement = (
        sa.select(Objection.number, Objection.decision_reasons)
        .where(Objection.application_no == application_no, Objection.upheld.is_(True))
        .order_by(Objection.number)
    )
    return "；".join(f"{reasons}（{number}）" for number, reasons in db.session.execute(statement))
