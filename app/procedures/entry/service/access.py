"""Opening a draft or a state page by number and code: six digits, hashed, short-lived, few tries (domain.md §2).

A wrong number and a wrong code look the same from outside. Nothing here raises for a wrong code, since the try
itself must be kept by the commit.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.core import audit, randomness
from app.core.actor import Actor
from app.core.crypto import blind_index
from app.core.database import db
from app.core.errors import Invalid
from app.procedures.entry import store
from app.procedures.entry.models import AccessCode, Application
from app.procedures.entry.rules.reading import check_phone
from app.procedures.entry.service import notify
from app.regulations.rule_sets import RuleSet

RESUME = "resume"
NEW_PHONE = "phone"
#: Security of this installation, not of the regulation.
DIGITS = 6
MOST_TRIES = 5
MOST_AN_HOUR = 5
PAUSE = timedelta(seconds=60)
_HOUR = timedelta(hours=1)


def _hash(found: Application, purpose: str, digits: str) -> str:
    return blind_index(f"{found.id}:{digits}", f"application_code.{purpose}")


def request_code(number: str, *, by: str = "sms", actor: Actor, now: datetime, rules: RuleSet) -> None:
    """Sends a code to the phone (`sms`) or mail address (`email`) of the application, if there is one.

    Says nothing about whether there is one, nor whether a code was sent too recently.
    """
    found = store.find(number)
    if found is not None:
        target = found.email if by == "email" else found.phone
        send_code(found, RESUME, target, by, actor=actor, now=now, rules=rules)


def send_code(
    found: Application, purpose: str, target: str, by: str, *, actor: Actor, now: datetime, rules: RuleSet
) -> bool:
    """Makes and sends a code, unless one went out within the minute or too many within the hour."""
    recent = db.session.scalars(
        sa.select(AccessCode.created_at).where(
            AccessCode.application_id == found.id,
            AccessCode.purpose == purpose,
            AccessCode.created_at > now - _HOUR,
        )
    ).all()
    if len(recent) >= MOST_AN_HOUR or any(now - sent < PAUSE for sent in recent):
        return False
    digits = randomness.digits(DIGITS)
    minutes = rules.integer("entry.code_minutes")
    db.session.execute(
        sa.update(AccessCode)
        .where(AccessCode.application_id == found.id, AccessCode.purpose == purpose, AccessCode.used_at.is_(None))
        .values(used_at=now)
    )
    db.session.add(
        AccessCode(
            application_id=found.id,
            purpose=purpose,
            target=f"{by}:{target}",
            code_hash=_hash(found, purpose, digits),
            created_at=now,
            expires_at=now + timedelta(minutes=minutes),
            attempts=0,
        )
    )
    notify.code(found, target, by, digits, minutes, actor=actor, now=now)
    audit.record(actor, "application.send_code", "application", found.draft_no, note=by)
    return True


def check_code(number: str, code: str, *, actor: Actor, now: datetime) -> Application | None:
    """The application if the code is right, else None; a right code is used up, a wrong one counts as a try."""
    found = store.find(number)
    if found is None:
        return None
    target = _use(found, RESUME, code, actor=actor, now=now)
    if target is None:
        return None
    if target == f"sms:{found.phone}" and found.phone_verified_at is None:
        found.phone_verified_at = now
    return found


def _use(found: Application, purpose: str, code: str, *, actor: Actor, now: datetime) -> str | None:
    statement = (
        sa.select(AccessCode)
        .where(AccessCode.application_id == found.id, AccessCode.purpose == purpose, AccessCode.used_at.is_(None))
        .order_by(AccessCode.id.desc())
        .limit(1)
    )
    known = db.session.scalars(statement.with_for_update().execution_options(populate_existing=True)).first()
    if known is None or now >= known.expires_at or known.attempts >= MOST_TRIES:
        audit.record(actor, "application.refuse_code", "application", found.draft_no, note="没有可用的验证码")
        return None
    known.attempts += 1
    if not hmac.compare_digest(known.code_hash, _hash(found, purpose, "".join(code.split()))):
        audit.record(actor, "application.refuse_code", "application", found.draft_no, note=f"第 {known.attempts} 次")
        return None
    known.used_at = now
    audit.record(actor, "application.open_by_code", "application", found.draft_no)
    return known.target


def change_phone(number: str, phone: str, *, actor: Actor, now: datetime, rules: RuleSet) -> None:
    """Sends a code to a new phone; the old one counts until the code comes back.

    :raises Invalid: no mobile number.
    """
    fault = check_phone(phone)
    if fault:
        raise Invalid({"phone": fault})
    found = store.locked(number)
    send_code(found, NEW_PHONE, "".join(phone.split()), "sms", actor=actor, now=now, rules=rules)


def confirm_phone(number: str, code: str, *, actor: Actor, now: datetime) -> bool:
    """Takes over the new phone if its code is right."""
    found = store.locked(number)
    target = _use(found, NEW_PHONE, code, actor=actor, now=now)
    if target is None:
        return False
    found.phone = target.removeprefix("sms:")
    found.phone_verified_at = now
    after = {"phone": notify.masked_target(found)}
    audit.record(actor, "application.change_phone", "application", found.draft_no, after=after)
    return True
