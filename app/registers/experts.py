"""The register of experts: appointed, renewed in a term, removed with their bar, found again by ID number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from app.core import audit
from app.core.actor import Actor
from app.core.crypto import blind_index
from app.core.database import db
from app.core.errors import NotFound
from app.core.masking import mask_id_number, mask_name, mask_phone
from app.identity import reveal
from app.registers import numbers, ties
from app.registers.models import (
    EXPERT_TRANSITIONS,
    BarKind,
    Expert,
    ExpertDirection,
    ExpertState,
    ExpertTerm,
    ReentryBar,
)
from app.registers.states import check_transition
from app.regulations.deadlines import reentry_from, term_end
from app.regulations.rule_sets import RuleSet

ID_NUMBER = "person.id_number"
PHONE = "person.phone"


@dataclass(frozen=True)
class Appointee:
    """What the register takes over from an application at the appointment."""

    application_no: str
    name: str
    sex: str
    id_number: str
    phone: str
    email: str
    unit_id: int
    department: str | None
    post: str | None
    post_level: str | None
    title: str | None
    title_level: str | None
    title_series: str | None
    directions: tuple[str, ...]
    direction_other: str | None
    exemption: str | None
    route: str | None
    #: Whether the review found experience with classified projects proved (第十一条（二）6).
    classified_verified: bool = False
    jobs: tuple[ties.Job, ...] = ()


def id_number_index(id_number: str) -> str:
    """The fingerprint by which one person is found in applications, experts and bars alike."""
    return blind_index(id_number, ID_NUMBER)


def expert(expert_id: int) -> Expert:
    """The expert of that id.

    :raises NotFound: there is none.
    """
    found = db.session.get(Expert, expert_id)
    if found is None:
        raise NotFound("没有找到该专家")
    return found


def by_number(number: str) -> Expert:
    """The expert of that number, ZJ-2026-0001.

    :raises NotFound: there is none.
    """
    found = db.session.scalars(sa.select(Expert).where(Expert.number == number)).first()
    if found is None:
        raise NotFound(f"没有编号为 {number} 的专家")
    return found


def by_user(user_id: int) -> Expert | None:
    """The expert whose account that is."""
    return db.session.scalars(sa.select(Expert).where(Expert.user_id == user_id)).first()


def by_identity(index: str) -> Expert | None:
    """The expert with that fingerprint of the ID number, in the pool or removed."""
    return db.session.scalars(sa.select(Expert).where(Expert.id_number_index == index)).first()


def locked(expert_id: int) -> Expert:
    """The expert's row, locked and fresh.

    :raises NotFound: there is none.
    """
    statement = sa.select(Expert).where(Expert.id == expert_id).with_for_update(of=Expert)
    found = db.session.scalars(statement.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound("没有找到该专家")
    return found


def appoint(appointee: Appointee, rules: RuleSet, *, actor: Actor, now: datetime) -> ExpertTerm:
    """Takes a person into the pool for a first or, after removal, a further term that begins today (no. 17).

    :raises WrongState: the person is in the pool already.
    """
    index = id_number_index(appointee.id_number)
    person = by_identity(index)
    if person is None:
        person = Expert(
            number=numbers.next_number(numbers.EXPERT, now.year),
            id_number_index=index,
            state=ExpertState.IN_POOL,
            created_at=now,
        )
        db.session.add(person)
        before = None
    else:
        before = person.state
        check_transition(EXPERT_TRANSITIONS, before, ExpertState.IN_POOL, "该专家")
    _take_over(person, appointee, now)
    db.session.flush()
    ties.take_over_jobs(person, appointee.jobs, now=now)
    term = _open_term(person, appointee.application_no, rules, now)
    audit.record(
        actor,
        "expert.appoint",
        "expert",
        person.number,
        before={"state": before.value} if before else None,
        after={
            "state": person.state.value,
            "appointment_no": term.appointment_no,
            "start_on": term.start_on.isoformat(),
            "end_on": term.end_on.isoformat(),
            "application_no": appointee.application_no,
            "classified_verified": appointee.classified_verified,
            "jobs": len(appointee.jobs),
        },
    )
    return term


def _take_over(person: Expert, appointee: Appointee, now: datetime) -> None:
    for name in (
        "application_no", "name", "sex", "id_number", "phone", "email", "unit_id", "department", "post", "post_level",
        "title", "title_level", "title_series", "exemption", "route",
    ):  # fmt: skip
        setattr(person, name, getattr(appointee, name))
    person.phone_index = blind_index(appointee.phone, PHONE)
    person.classified_verified_at = now if appointee.classified_verified else None
    person.state = ExpertState.IN_POOL
    person.removed_on = person.removal_ground = None
    person.updated_at = now
    person.directions = [
        ExpertDirection(
            direction=direction,
            position=position,
            other=appointee.direction_other if direction == OTHER_DIRECTION else None,
        )
        for position, direction in enumerate(appointee.directions)
    ]


#: The direction that names itself in words and is not drawn until it is mapped.
OTHER_DIRECTION = "其他"


def _open_term(person: Expert, application_no: str, rules: RuleSet, now: datetime) -> ExpertTerm:
    start = now.date()
    term = ExpertTerm(
        seq=len(person.terms) + 1,
        start_on=start,
        end_on=term_end(rules, start),
        appointment_no=numbers.next_number(numbers.APPOINTMENT, now.year),
        application_no=application_no,
        rule_set_code=rules.code,
        created_at=now,
    )
    person.terms.append(term)
    db.session.flush()
    return term


def link_account(expert_id: int, user_id: int, *, actor: Actor) -> None:
    """Notes which account the expert signs in with."""
    person = expert(expert_id)
    before, person.user_id = person.user_id, user_id
    audit.record(
        actor, "expert.link_account", "expert", person.number, before={"user_id": before}, after={"user_id": user_id}
    )


def set_bar(
    index: str,
    kind: BarKind,
    removed_on: date,
    rules: RuleSet,
    *,
    source: str,
    reason: str,
    actor: Actor,
    now: datetime,
) -> ReentryBar:
    """Bars a person from applying until two years after `removed_on` (Art. 15, no. 29), or beyond in principle."""
    until = date.fromordinal(reentry_from(rules, removed_on).toordinal() - 1)
    person = by_identity(index)
    bar = ReentryBar(
        id_number_index=index,
        expert_id=person.id if person else None,
        kind=kind,
        starts_on=removed_on,
        until=until,
        source=source,
        reason=reason,
        created_at=now,
    )
    db.session.add(bar)
    db.session.flush()
    audit.record(
        actor,
        "reentry_bar.set",
        "reentry_bar",
        bar.id,
        after={"kind": kind.value, "until": until.isoformat(), "source": source},
        reason=reason,
    )
    return bar


def remove(
    expert_id: int, ground: str, rules: RuleSet, *, reason: str, actor: Actor, now: datetime
) -> ReentryBar | None:
    """Takes an expert out of the pool on a ground of Art. 14 (14.1 … 14.9), with the bar of Art. 15.

    :raises WrongState: the expert is out already.
    """
    person = locked(expert_id)
    before = person.state
    check_transition(EXPERT_TRANSITIONS, before, ExpertState.REMOVED, f"专家 {person.number}")
    person.state = ExpertState.REMOVED
    person.removed_on, person.removal_ground, person.updated_at = now.date(), ground, now
    audit.record(
        actor,
        "expert.remove",
        "expert",
        person.number,
        before={"state": before.value},
        after={"state": person.state.value, "ground": ground},
        reason=reason,
    )
    kind = BarKind.PRINCIPLE if ground in rules.texts("reentry.principle_grounds") else BarKind.COOLDOWN
    return set_bar(
        person.id_number_index,
        kind,
        now.date(),
        rules,
        source=f"解聘 {person.number}",
        reason=reason,
        actor=actor,
        now=now,
    )


def bars_of(index: str) -> Sequence[ReentryBar]:
    """The bars of a person that were not lifted, the longest first."""
    statement = sa.select(ReentryBar).where(ReentryBar.id_number_index == index, ReentryBar.lifted_at.is_(None))
    return db.session.scalars(statement.order_by(ReentryBar.until.desc(), ReentryBar.id)).all()


@dataclass(frozen=True)
class MaskedExpert:
    """An expert as staff see one in lists: nothing that identifies beyond the office's need (第六条)."""

    id: int
    number: str
    name: str
    unit_id: int
    unit_name: str
    title: str
    directions: tuple[str, ...]
    state: str
    overlay: str | None
    id_number: str
    phone: str
    term_ends: date | None


def masked(person: Expert, today: date) -> MaskedExpert:
    """The masked view; the name stays readable only on a page that logs the look."""
    return MaskedExpert(
        id=person.id,
        number=person.number,
        name=mask_name(person.name),
        unit_id=person.unit_id,
        unit_name=person.unit.name,
        title=person.title or person.post or "",
        directions=tuple(item.direction for item in person.directions),
        state=person.state.label,
        overlay=overlay(person, today),
        id_number=mask_id_number(person.id_number),
        phone=mask_phone(person.phone),
        term_ends=person.terms[-1].end_on if person.terms else None,
    )


def overlay(person: Expert, today: date) -> str | None:
    """长期请假 or 暂停, whichever keeps an expert of the pool from being drawn."""
    if person.suspended_since is not None:
        return "暂停"
    if person.leave_until is not None and person.leave_until >= today:
        return "长期请假"
    return None


@reveal.provider("expert")
def _revealed(number: str, actor: Actor) -> reveal.Revealed | None:
    """The whole values behind the masks; `app.identity.reveal` asks for the reason and writes the audit line."""
    person = db.session.scalars(sa.select(Expert).where(Expert.number == number)).first()
    if person is None:
        return None
    values = {"姓名": person.name, "身份证号": person.id_number, "手机号码": person.phone, "电子邮箱": person.email}
    return reveal.Revealed(f"专家 {person.number}", values)


@dataclass(frozen=True)
class ExpertFilter:
    """What the register is searched by; empty fields do not narrow."""

    text: str = ""
    direction: str = ""
    state: str = ""
    unit_id: int | None = None
    title: str = ""


def search(wanted: ExpertFilter, *, after: str = "", limit: int = 50) -> Sequence[Expert]:
    """Experts in the order of their numbers, beginning after the number `after` (no counting of all rows).

    `text` is a name, a number, an 18-character ID number or a phone number, matched whole, except names by their
    beginning.
    """
    statement = sa.select(Expert).where(Expert.number > after).order_by(Expert.number).limit(limit)
    text = wanted.text.strip()
    if text:
        escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        statement = statement.where(
            sa.or_(
                Expert.number == text.upper(),
                Expert.name.like(escaped + "%", escape="\\"),
                Expert.id_number_index == id_number_index(text),
                Expert.phone_index == blind_index(text, PHONE),
            )
        )
    if wanted.state:
        statement = statement.where(Expert.state == ExpertState(wanted.state))
    if wanted.unit_id is not None:
        statement = statement.where(Expert.unit_id == wanted.unit_id)
    if wanted.title:
        statement = statement.where(Expert.title.contains(wanted.title, autoescape=True))
    if wanted.direction:
        holds = sa.exists().where(
            ExpertDirection.expert_id == Expert.id, ExpertDirection.direction == wanted.direction
        )
        statement = statement.where(holds)
    return db.session.scalars(statement).all()
