"""The code that proves an individual objector's phone before the objection is filed (domain.md no. 7)."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.core import randomness
from app.core.actor import Actor
from app.core.crypto import blind_index
from app.core.database import db
from app.notices import outbox
from app.notices.outbox import Recipient
from app.procedures.objection.models import ObjectorCode
from app.regulations.rule_sets import RuleSet

#: Security of this installation, not of the regulation.
DIGITS = 6
MOST_TRIES = 5
MOST_AN_HOUR = 5
PAUSE = timedelta(seconds=60)
#: So long after the code the objection may be filed with that phone.
LASTS = timedelta(hours=2)
_HOUR = timedelta(hours=1)


def _phone_index(phone: str) -> str:
    return blind_index(phone, "objector_code.phone")


def _hash(index: str, digits: str) -> str:
    return blind_index(f"{index}:{digits}", "objector_code.code")


def request_phone_code(phone: str, *, actor: Actor, now: datetime, rules: RuleSet) -> None:
    """Sends a code to the phone, unless one went out within the minute or too many within the hour."""
    index = _phone_index(phone)
    recent = db.session.scalars(
        sa.select(ObjectorCode.created_at).where(
            ObjectorCode.phone_index == index, ObjectorCode.created_at > now - _HOUR
        )
    ).all()
    if len(recent) >= MOST_AN_HOUR or any(now - sent < PAUSE for sent in recent):
        return
    digits = randomness.digits(DIGITS)
    minutes = rules.integer("entry.code_minutes")
    db.session.execute(
        sa.update(ObjectorCode)
        .where(ObjectorCode.phone_index == index, ObjectorCode.closed_at.is_(None))
        .values(closed_at=now)
    )
    db.session.add(
        ObjectorCode(
            phone_index=index,
            code_hash=_hash(index, digits),
            created_at=now,
            expires_at=now + timedelta(minutes=minutes),
            attempts=0,
        )
    )
    outbox.send(
        "objection_code",
        Recipient(None, "异议人", "".join(phone.split())),
        {"code": digits, "minutes": minutes},
        subject_type="objection_code",
        subject_id="",
        now=now,
        actor=actor,
    )


def verify_phone(phone: str, code: str, *, now: datetime) -> bool:
    """Whether the code is right; a wrong one counts as a try, which the commit keeps."""
    index = _phone_index(phone)
    statement = (
        sa.select(ObjectorCode)
        .where(ObjectorCode.phone_index == index, ObjectorCode.closed_at.is_(None))
        .order_by(ObjectorCode.id.desc())
        .limit(1)
    )
    known = db.session.scalars(statement.with_for_update().execution_options(populate_existing=True)).first()
    if known is None or now >= known.expires_at or known.attempts >= MOST_TRIES:
        return False
    known.attempts += 1
    if not hmac.compare_digest(known.code_hash, _hash(index, "".join(code.split()))):
        return False
    known.closed_at = known.verified_at = now
    return True


def verified_at(phone: str, now: datetime) -> datetime | None:
    """When this phone was proved, if that is not too long ago."""
    statement = sa.select(sa.func.max(ObjectorCode.verified_at)).where(
        ObjectorCode.phone_index == _phone_index(phone), ObjectorCode.verified_at > now - LASTS
    )
    found: datetime | None = db.session.scalars(statement).first()
    return found
