"""Receiving an objection: online with a proved real name, or on paper as staff type it in (no. 2, 7, 8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.core import audit
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import Invalid
from app.identity import permissions
from app.procedures.objection import store
from app.procedures.objection.models import Delivery, Objection, ObjectionState, ObjectorKind
from app.procedures.objection.rules import admissibility, filing
from app.procedures.objection.rules.filing import Filing
from app.procedures.objection.service import codes
from app.registers import numbers, proposed
from app.registers.files import service as files
from app.registers.files.accepted import Accepted
from app.registers.models import ProposedExpert, ProposedState
from app.regulations.deadlines import deadline
from app.regulations.rule_sets import RuleSet


@dataclass(frozen=True)
class Paper:
    """A checked file and what it is: seal, evidence or letter."""

    kind: str
    accepted: Accepted


@dataclass(frozen=True)
class PaperArrival:
    """How a letter came: counter or post, when it was received, and for the post the date of its postmark."""

    delivery: str
    received_at: datetime | None
    postmark: date | None = None


@dataclass(frozen=True)
class _Arrival:
    delivery: Delivery
    received_at: datetime
    postmark: date | None = None
    phone_verified_at: datetime | None = None


def file_online(
    application_no: str,
    values: Mapping[str, Any],
    papers: Sequence[Paper] = (),
    *,
    actor: Actor,
    now: datetime,
    rules: RuleSet,
    proved_here: bool = True,
) -> Objection:
    """Files an objection to a name on the board; one after the period is received and answered all the same.

    `proved_here`: whoever files is the one who gave the code for the phone.

    :raises Invalid: faults by field; an unproved phone; a name that is not on the board.
    """
    found, errors = filing.check_online(values, {paper.kind for paper in papers}, now.date())
    verified = codes.verified_at(found.phone, now) if found.phone and proved_here else None
    if found.kind == filing.INDIVIDUAL and found.phone and verified is None:
        errors.setdefault("phone", "手机号码：还没有用验证码核验")
    row = proposed.proposed(application_no)
    if row is None or row.published_at is None:
        errors["application_no"] = "被异议人：不在公示名单中，请从公示名单里选择"
    if errors or row is None:
        raise Invalid(errors)
    arrival = _Arrival(Delivery.ONLINE, now, phone_verified_at=verified)
    made = _record(row.application_no, row.name, found, arrival, rules, actor=actor)
    _keep(made, papers, actor=actor, now=now)
    return made


def receive_paper(
    candidate: str,
    values: Mapping[str, Any],
    papers: Sequence[Paper] = (),
    *,
    came: PaperArrival,
    actor: Actor,
    now: datetime,
    rules: RuleSet,
) -> Objection:
    """Records an objection from the counter or by post; `candidate` is an application number or a name.

    Late ones, anonymous ones and those about nobody on the board are recorded too and answered.

    :raises NotAllowed: the actor may not. :raises Invalid: faults by field.
    """
    permissions.require(actor, permissions.OBJECTION_RECEIVE)
    received_at = came.received_at
    found, errors = filing.check_paper(values, came.delivery, received_at, came.postmark, now)
    if not candidate.strip():
        errors["candidate"] = "被异议人：请选择公示名单中的人，或填写来件所写姓名"
    if errors or received_at is None:
        raise Invalid(errors)
    row = proposed.proposed(candidate.strip())
    number, name = (row.application_no, row.name) if row is not None else (None, candidate.strip()[:40])
    postmark = came.postmark if came.delivery == filing.POST else None
    arrival = _Arrival(Delivery(came.delivery), received_at, postmark)
    made = _record(number, name, found, arrival, rules, actor=actor)
    _keep(made, papers, actor=actor, now=now)
    return made


def _record(
    application_no: str | None, name: str, found: Filing, arrival: _Arrival, rules: RuleSet, *, actor: Actor
) -> Objection:
    """Makes the row; an admissible objection holds the candidate at once, under the lock of the list's row."""
    row = proposed.locked(application_no) if application_no else None
    assessed, ends_at = _assess(row, found, arrival, rules)
    made = Objection(
        number=numbers.next_number(numbers.OBJECTION, arrival.received_at.year),
        state=ObjectionState.RECEIVED,
        candidate_name=name,
        candidate_unit=row.unit_name if row else None,
        application_no=application_no,
        batch_no=row.batch_no if row else None,
        kind=ObjectorKind(found.kind),
        delivery=arrival.delivery,
        objector_name=found.name,
        objector_id_number=found.id_number,
        objector_uscc=found.uscc,
        objector_contact=found.contact,
        objector_phone=found.phone,
        objector_email=found.email,
        objector_address=found.address,
        phone_verified_at=arrival.phone_verified_at,
        matter=found.matter,
        grounds=found.grounds,
        received_at=arrival.received_at,
        postmark=arrival.postmark,
        period_ends_at=ends_at,
        in_period=assessed.in_period,
        real_name=assessed.real_name,
        on_board=assessed.on_board,
        acceptance_due_at=deadline(rules, admissibility.ACCEPTANCE, arrival.received_at).due_at,
        rule_set_code=rules.code,
        holds=False,
        acceptance_deemed=False,
    )
    db.session.add(made)
    if row is not None and assessed.admissible:
        hold(made, row, actor=actor)
    db.session.flush()
    after = {"state": made.state.value, "application_no": application_no, "delivery": made.delivery.value}
    facts = {"in_period": made.in_period, "real_name": made.real_name, "on_board": made.on_board}
    # The trail is read by many: it names the case, never who objected.
    audit.record(_nameless(actor), "objection.receive", "objection", made.number, after={**after, **facts})
    return made


def _nameless(actor: Actor) -> Actor:
    if actor.kind != "public":
        return actor
    return Actor(user_id=None, name="异议人", address=None, kind="public")


def _assess(
    row: ProposedExpert | None, found: Filing, arrival: _Arrival, rules: RuleSet
) -> tuple[admissibility.Assessment, datetime | None]:
    real_name = found.kind != filing.ANONYMOUS and bool(found.name)
    if row is None or row.published_at is None or row.ends_at is None:
        return admissibility.Assessment(False, real_name, False), None
    counted = admissibility.publicity_period(rules, row.published_at, row.ends_at)
    in_period = admissibility.is_in_period(
        rules, counted, arrival.delivery.value, arrival.received_at, arrival.postmark
    )
    return admissibility.Assessment(in_period, real_name, True), counted.due_at


def hold(found: Objection, row: ProposedExpert, *, actor: Actor) -> None:
    """Lets the candidate wait for this objection, if the candidate's case still runs."""
    waiting = row.state not in (ProposedState.LISTED, ProposedState.ENDED)
    if waiting and not found.holds:
        proposed.open_objection(row, actor=actor)
        found.holds = True


def _keep(made: Objection, papers: Sequence[Paper], *, actor: Actor, now: datetime) -> None:
    for paper in papers:
        files.keep(
            paper.accepted,
            owner_type=store.OWNER,
            owner_id=made.number,
            purpose=paper.kind,
            actor=_nameless(actor),
            now=now,
        )
