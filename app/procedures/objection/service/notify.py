"""What objector, candidate and handlers are told; the candidate never learns who objected (domain.md no. 12)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from app.core.actor import Actor
from app.identity import roles
from app.identity.accounts import users_in_role
from app.notices import outbox
from app.notices.documents.objection_decision import CandidateLetter, ObjectorLetter
from app.notices.outbox import Attachment, Recipient
from app.procedures.objection.models import Objection
from app.registers.models import ProposedExpert
from app.regulations.wording import due_words, formal_date


def _send(
    key: str,
    to: Recipient,
    data: dict[str, object],
    found: Objection,
    enclosed: Attachment | None = None,
    *,
    actor: Actor,
    now: datetime,
) -> int | None:
    if to.user_id is None and not to.phone and not to.email:
        return None
    return outbox.send(
        key,
        to,
        data,
        subject_type="objection",
        subject_id=found.number,
        now=now,
        actor=actor,
        attachments=() if enclosed is None else (enclosed,),
    )


def objector_of(found: Objection) -> Recipient:
    """Who objected, with the addresses given."""
    return Recipient(None, found.objector_name or "异议人", found.objector_phone, found.objector_email)


def candidate_of(row: ProposedExpert) -> Recipient:
    """Who was objected to."""
    return Recipient(None, row.name, row.phone, row.email)


def received(found: Objection, *, actor: Actor, now: datetime) -> None:
    """Receipt to the objector."""
    data: dict[str, object] = {
        "name": found.objector_name or "异议人",
        "number": found.number,
        "candidate": found.candidate_name,
        "received_on": formal_date(found.received_at.date()),
        "reply_by": due_words(found.acceptance_due_at, now).date,
    }
    _send("objection_received", objector_of(found), data, found, actor=actor, now=now)


def accepted(found: Objection, row: ProposedExpert | None, *, actor: Actor, now: datetime) -> None:
    """Acceptance to the objector, and to the candidate that an objection is pending."""
    decide_by = _decide_by(found, now)
    data: dict[str, object] = {
        "name": found.objector_name or "异议人",
        "number": found.number,
        "candidate": found.candidate_name,
        "accepted_on": formal_date((found.accepted_at or now).date()),
        "decide_by": decide_by,
    }
    _send("objection_accepted", objector_of(found), data, found, actor=actor, now=now)
    if row is not None:
        about: dict[str, object] = {"name": row.name, "number": row.application_no, "decide_by": decide_by}
        _send("objection_pending_candidate", candidate_of(row), about, found, actor=actor, now=now)


def _decide_by(found: Objection, now: datetime) -> str:
    return due_words(found.decision_due_at, now).date if found.decision_due_at else ""


def not_accepted(found: Objection, reason: str, *, actor: Actor, now: datetime) -> None:
    """The objection is not accepted, and why; only the objector is told."""
    data: dict[str, object] = {
        "name": found.objector_name or "异议人",
        "number": found.number,
        "candidate": found.candidate_name,
        "reasons": reason,
    }
    _send("objection_not_accepted", objector_of(found), data, found, actor=actor, now=now)


def decided_objector(found: Objection, letter: ObjectorLetter, *, actor: Actor, now: datetime) -> int | None:
    """The decision to the objector with the letter; returns the outbox row for the delivery log."""
    data: dict[str, object] = {
        "name": letter.objector,
        "number": found.number,
        "candidate": letter.decision.candidate,
        "conclusion": letter.decision.conclusion,
        "reasons": letter.decision.reasons,
    }
    enclosed = Attachment(f"异议处理决定书-{found.number}.pdf", letter)
    return _send("objection_decided_objector", objector_of(found), data, found, enclosed, actor=actor, now=now)


def decided_candidate(
    found: Objection, row: ProposedExpert, letter: CandidateLetter, *, actor: Actor, now: datetime
) -> int | None:
    """The decision to the candidate with a letter of his own, made without the objector."""
    data: dict[str, object] = {
        "name": row.name,
        "number": row.application_no,
        "conclusion": letter.decision.conclusion,
        "reasons": letter.decision.reasons,
        "consequence": letter.decision.consequence,
    }
    enclosed = Attachment(f"异议处理决定书-{row.application_no}.pdf", letter)
    return _send("objection_decided_candidate", candidate_of(row), data, found, enclosed, actor=actor, now=now)


def handlers(key: str, task: str, found: Objection, groups: Iterable[str], *, actor: Actor, now: datetime) -> int:
    """Warns the staff of these roles about the decision's deadline; returns how many were told."""
    due = due_words(found.decision_due_at, now).text if found.decision_due_at else ""
    users = {user.id: user for group in groups for user in users_in_role(group)}
    for user in users.values():
        data: dict[str, object] = {
            "task": task,
            "title": f"异议 {found.number}",
            "path": f"/cases/?q={found.number}",
            "due": due,
        }
        to = Recipient(user.id, user.name, user.phone, user.email)
        _send(key, to, data, found, actor=actor, now=now)
    return len(users)


HANDLERS = (roles.BUREAU_REVIEWER,)
LEADERS = (roles.BUREAU_REVIEWER, roles.BUREAU_LEADER)
