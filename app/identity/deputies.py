"""委托代审: a department's leader in charge appoints a member of his unit who decides in his place for some days.

Recorded, never assumed (domain.md no. 40). One deputy at a time, so that it is always clear who decides; whoever
asked for something cannot decide on it as a deputy either, which the deciding procedure sees to.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from app.core import audit
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from app.identity import accounts, permissions
from app.identity.models import AccountState, Deputy, User

SUBJECT = "deputy"
_REASON_LENGTH = 200


@dataclass(frozen=True)
class Term:
    """From which day to which somebody is deputy, both included, and why; a day not given is None."""

    begins_on: date | None
    ends_on: date | None
    reason: str


@dataclass(frozen=True)
class Appointment:
    """An appointment as the page lists it; `state` is upcoming, active, over (its days are past) or ended (before)."""

    id: int
    deputy_user_id: int
    deputy_name: str
    begins_on: date
    ends_on: date
    reason: str
    created_at: datetime
    ended_at: datetime | None
    state: str


def candidates(principal: Actor) -> list[User]:
    """Who may be appointed: other members of the unit in active service whose role may decide, by id."""
    if principal.unit_id is None or principal.user_id is None:
        return []
    statement = (
        sa.select(User)
        .where(
            User.unit_id == principal.unit_id, User.id != principal.user_id, User.state == AccountState.ACTIVE.value
        )
        .order_by(User.id)
    )
    return [user for user in db.session.scalars(statement) if permissions.allowed(user, permissions.DESIGNATION_DECIDE)]


def appoint(deputy_user_id: int | None, term: Term, *, actor: Actor, now: datetime) -> int:
    """Appoints the actor's deputy for a term and gives the id of the appointment.

    :raises NotAllowed: the actor is no leader. :raises Invalid: at `deputy` (nobody, himself, another unit, not in
    service, without a deciding role), `begins_on`, `ends_on` (missing, reversed, past, overlapping) or `reason`.
    """
    permissions.require(actor, permissions.DEPUTY_APPOINT)
    if actor.user_id is None:
        raise NotAllowed
    # Under the lock of his own account: two appointments at once must not overlap.
    principal = db.session.get(User, actor.user_id, with_for_update=True)
    if principal is None:
        raise NotFound("没有这个账号")
    errors = _deputy_errors(principal, deputy_user_id) | _term_errors(principal, term, now.date())
    if errors or deputy_user_id is None or term.begins_on is None or term.ends_on is None:
        raise Invalid(errors)
    row = Deputy(
        principal_user_id=principal.id, deputy_user_id=deputy_user_id, begins_on=term.begins_on, ends_on=term.ends_on,
        reason=term.reason.strip(), created_at=now,
    )
    db.session.add(row)
    db.session.flush()
    name = accounts.get(deputy_user_id).name
    after = {"deputy": name, "from": term.begins_on.isoformat(), "to": term.ends_on.isoformat()}
    audit.record(actor, "deputy.appoint", SUBJECT, row.id, after=after, reason=row.reason, note=name)
    return row.id


def _deputy_errors(principal: User, deputy_user_id: int | None) -> dict[str, str]:
    user = db.session.get(User, deputy_user_id) if deputy_user_id is not None else None
    if user is None:
        return {"deputy": "请选择代审人"}
    if user.id == principal.id:
        return {"deputy": "不能委托自己代审"}
    if principal.unit_id is None or user.unit_id != principal.unit_id:
        return {"deputy": f"{user.name}不是本单位的人，只能委托本单位的人代审"}
    if user.state != AccountState.ACTIVE.value:
        return {"deputy": f"{user.name}的账号{AccountState(user.state).label}，请另选一人"}
    if not permissions.allowed(user, permissions.DESIGNATION_DECIDE):
        return {"deputy": f"{user.name}不是评审组织或分管领导，不能代审"}
    return {}


def _term_errors(principal: User, term: Term, today: date) -> dict[str, str]:
    errors = {}
    if not term.reason.strip():
        errors["reason"] = "写明委托的事由，如出差、休假"
    elif len(term.reason.strip()) > _REASON_LENGTH:
        errors["reason"] = f"最多 {_REASON_LENGTH} 字，现在 {len(term.reason.strip())} 字"
    if term.begins_on is None:
        errors["begins_on"] = "请填写开始日期"
    elif term.begins_on < today:
        errors["begins_on"] = "开始日期不能早于今天"
    if term.ends_on is None:
        errors["ends_on"] = "请填写结束日期"
    elif term.begins_on is not None and term.ends_on < term.begins_on:
        errors["ends_on"] = "结束日期不能早于开始日期"
    if term.begins_on is not None and term.ends_on is not None and not errors.keys() & {"begins_on", "ends_on"}:
        errors |= _overlap(principal, term.begins_on, term.ends_on)
    return errors


def _overlap(principal: User, begins_on: date, ends_on: date) -> dict[str, str]:
    there = db.session.scalar(
        sa.select(Deputy)
        .where(
            Deputy.principal_user_id == principal.id, Deputy.ended_at.is_(None),
            Deputy.begins_on <= ends_on, Deputy.ends_on >= begins_on,
        )
        .order_by(Deputy.begins_on)
        .limit(1)
    )
    if there is None:
        return {}
    days = f"{_day(there.begins_on)}至{_day(there.ends_on)}"
    return {"begins_on": f"{days}已委托{accounts.get(there.deputy_user_id).name}代审，先终止那次委托，或改日期"}


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def end(appointment_id: int, *, actor: Actor, now: datetime) -> None:
    """Ends one's own appointment before its time, from this moment.

    :raises NotFound: there is none of this id that is the actor's. :raises Conflict: it is over already.
    """
    permissions.require(actor, permissions.DEPUTY_APPOINT)
    row = _own(appointment_id, actor, locked=True)
    if row.ended_at is not None or row.ends_on < now.date():
        raise Conflict("这次委托已经结束")
    row.ended_at = now
    audit.record(actor, "deputy.end", SUBJECT, row.id, before={"to": row.ends_on.isoformat()},
                 note=accounts.get(row.deputy_user_id).name)


def _own(appointment_id: int, actor: Actor, *, locked: bool = False) -> Deputy:
    row = db.session.get(Deputy, appointment_id, with_for_update=locked or None, populate_existing=True)
    if row is None or actor.user_id is None or row.principal_user_id != actor.user_id:
        raise NotFound("没有这次委托")
    return row


def active_for(user_id: int, on: date) -> list[int]:
    """The accounts that decide in the place of `user_id` on that day: those still in service and in his unit."""
    principal = sa.orm.aliased(User)
    statement = (
        sa.select(User.id)
        .join(Deputy, Deputy.deputy_user_id == User.id)
        .join(principal, principal.id == Deputy.principal_user_id)
        .where(
            Deputy.principal_user_id == user_id, Deputy.ended_at.is_(None),
            Deputy.begins_on <= on, Deputy.ends_on >= on,
            User.state == AccountState.ACTIVE.value, User.unit_id == principal.unit_id,
        )
        .order_by(User.id)
    )
    return list(db.session.scalars(statement))


def appointments(user_id: int, today: date) -> list[Appointment]:
    """What this leader appointed, the latest first."""
    rows = db.session.execute(
        sa.select(Deputy, User.name)
        .join(User, User.id == Deputy.deputy_user_id)
        .where(Deputy.principal_user_id == user_id)
        .order_by(Deputy.begins_on.desc(), Deputy.id.desc())
    )
    return [_appointment(row, name, today) for row, name in rows]


def own(appointment_id: int, actor: Actor, today: date) -> Appointment:
    """One of the actor's own appointments. :raises NotFound: there is none of this id."""
    row = _own(appointment_id, actor)
    return _appointment(row, accounts.get(row.deputy_user_id).name, today)


def _appointment(row: Deputy, name: str, today: date) -> Appointment:
    if row.ended_at is not None:
        state = "ended"
    elif row.ends_on < today:
        state = "over"
    else:
        state = "active" if row.begins_on <= today else "upcoming"
    return Appointment(
        row.id, row.deputy_user_id, name, row.begins_on, row.ends_on, row.reason, row.created_at, row.ended_at, state
    )
