"""The appointment (第十二条（四）、第十三条): age once more, the register, the account, the letter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from app.core import audit
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import Conflict
from app.identity import accounts
from app.notices import outbox
from app.notices.documents.appointment_letter import AppointmentLetter
from app.notices.documents.glyphs import UnprintableName
from app.notices.outbox import Attachment, Recipient
from app.procedures.entry import store
from app.procedures.entry.models import ENDED, Application, ApplicationState, Experience
from app.procedures.entry.rules.facts import may_be_appointed_at
from app.procedures.entry.rules.papers import CLASSIFIED, IDENTITY
from app.procedures.entry.service.decisions import finish
from app.registers import experts, identity_number, proposed, units
from app.registers.experts import Appointee
from app.registers.files import service as files
from app.registers.files.models import StoredFile
from app.registers.models import Expert, ExpertTerm, ProposedState
from app.registers.ties import Job
from app.regulations.deadlines import add_months
from app.regulations.rule_sets import RuleSet
from app.regulations.wording import formal_date

SIGN_IN_PATH = "/login"


@dataclass(frozen=True)
class AgeCheck:
    """Whether the age limit holds on the day, and if not, why not."""

    within_limit: bool
    reason: str


@dataclass(frozen=True)
class Appointment:
    """What the appointment gave."""

    expert_no: str
    appointment_no: str
    term_start: date
    term_end: date


def check_age(number: str, rules: RuleSet, *, now: datetime) -> AgeCheck:
    """Art. 11(一)5 on the day of the appointment (domain.md no. 14)."""
    found = store.application(number)
    person = identity_number.parse(str(found.id_number), now.date())
    if may_be_appointed_at(person, now.date(), rules, bool(found.exemption)):
        return AgeCheck(True, "")
    age = identity_number.age_on(person.born, now.date())
    limit = rules.integer("entry.max_age")
    return AgeCheck(False, f"聘任时已满 {age} 周岁，超过 {limit} 周岁的年龄上限（第十一条（一）5）")


def appoint(number: str, rules: RuleSet, *, actor: Actor, now: datetime) -> Appointment:
    """Appoints a person whose publicity ended without an objection that stands.

    :raises Conflict: the person is not cleared on the proposed list.
    """
    found = store.locked(number)
    row = proposed.locked(str(found.number))
    if row.state != ProposedState.CLEARED:
        raise Conflict(f"{number} 目前是“{row.state.label}”，公示期满且没有未决的异议后才能聘任")
    unit = units.take_over(
        str(found.unit_name),
        found.unit_uscc,
        str(found.unit_nature),
        found.unit_nature_other,
        actor=actor,
        now=now,
    )
    term = experts.appoint(_appointee(found, unit.id), rules, actor=actor, now=now)
    person = experts.expert(term.expert_id)
    finish(found, ApplicationState.APPOINTED, "公示期满，聘为政务信息化专家", actor=actor, now=now)
    _open_account(person, term, rules, actor=actor, now=now)
    return Appointment(person.number, term.appointment_no, term.start_on, term.end_on)


def _appointee(found: Application, unit_id: int) -> Appointee:
    return Appointee(
        application_no=str(found.number),
        name=str(found.name),
        sex=str(found.sex),
        id_number=str(found.id_number),
        phone=found.phone,
        email=found.email,
        unit_id=unit_id,
        department=found.department,
        post=found.post,
        post_level=found.post_level,
        title=found.title,
        title_level=found.title_level,
        title_series=found.title_series,
        directions=tuple(found.directions),
        direction_other=found.direction_other,
        exemption=found.exemption,
        route=found.route,
        classified_verified=any(paper.purpose == CLASSIFIED for paper in store.papers_of(found)),
        jobs=tuple(_job(row) for row in found.experiences),
    )


def _job(row: Experience) -> Job:
    """An experience row with its months as days: from the first of one to the last of the other."""
    return Job(row.unit, _first_of(row.since), _last_of(row.until) if row.until else None)


def _first_of(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def _last_of(month: str) -> date:
    return add_months(_first_of(month), 1) - timedelta(days=1)


def _open_account(person: Expert, term: ExpertTerm, rules: RuleSet, *, actor: Actor, now: datetime) -> None:
    """Allocates the account of 第二十四条 and sends the appointment with the first-login link."""
    owner = accounts.Person(
        login=person.number.lower(),
        name=person.name,
        phone=person.phone,
        email=person.email,
        unit_id=person.unit_id,
        unit_name=person.unit.name,
    )
    opened = accounts.open_expert_account(owner, actor=actor, now=now)
    experts.link_account(person.id, opened.user_id, actor=actor)
    until = now.date() + timedelta(days=rules.integer("account.activation_days"))
    outbox.send(
        "appointed",
        Recipient(opened.user_id, person.name, person.phone, person.email),
        {
            "name": person.name,
            "letter_number": term.appointment_no,
            "term_start": formal_date(term.start_on),
            "term_end": formal_date(term.end_on),
            "activation_path": opened.link_path or SIGN_IN_PATH,
            "activation_until": formal_date(until),
        },
        subject_type="expert",
        subject_id=person.number,
        now=now,
        actor=actor,
        attachments=_enclosed(person, term, actor),
    )


def _enclosed(person: Expert, term: ExpertTerm, actor: Actor) -> tuple[Attachment, ...]:
    """The letter for the mail; a name that the font cannot print must not stop an appointment."""
    letter = letter_of(person, term)
    try:
        letter.check()
    except UnprintableName as missing:
        audit.record(actor, "expert.letter_by_hand", "expert", person.number, note=missing.message)
        return ()
    return (Attachment(f"聘书-{term.appointment_no}.pdf", letter),)


def letter_of(person: Expert, term: ExpertTerm) -> AppointmentLetter:
    """聘书 of a term."""
    return AppointmentLetter(
        number=term.appointment_no,
        name=person.name,
        term_start=term.start_on,
        term_end=term.end_on,
        issued_on=term.created_at.date(),
    )


def purge_identity_papers(rules: RuleSet, *, actor: Actor, now: datetime, limit: int = 100) -> int:
    """Deletes the scans of ID cards some days after a case ended (domain.md §5); returns how many."""
    before = now - timedelta(days=rules.integer("entry.identity_file_days"))
    statement = (
        sa.select(Application.id)
        .where(Application.state.in_(ENDED), Application.ended_at < before)
        .where(sa.exists().where(*_identity_paper_of(Application.id)))
        .order_by(Application.id)
        .limit(limit)
    )
    return sum(
        files.delete_of_owner(store.OWNER, owner, IDENTITY, "身份已核验，按规定删除", actor=actor, now=now)
        for owner in db.session.scalars(statement).all()
    )


def _identity_paper_of(application_id: InstrumentedAttribute[int]) -> tuple[sa.ColumnElement[bool], ...]:
    paper = StoredFile
    return (
        paper.owner_type == store.OWNER,
        paper.owner_id == sa.cast(application_id, sa.String),
        paper.purpose == IDENTITY,
        paper.deleted_at.is_(None),
    )
