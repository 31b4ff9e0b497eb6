"""What the applicant is told, at which step: each notice in one place with its data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.core.actor import Actor
from app.core.masking import mask_phone
from app.notices import outbox
from app.notices.outbox import Recipient
from app.procedures.entry.models import Application
from app.regulations.wording import due_words, formal_date


def _send(key: str, found: Application, data: dict[str, object], *, actor: Actor, now: datetime) -> None:
    outbox.send(
        key,
        Recipient(None, found.name or "申请人", found.phone, found.email),
        {"name": found.name or "申请人", "number": found.number or found.draft_no, **data},
        subject_type="application",
        subject_id=found.number or found.draft_no,
        now=now,
        actor=actor,
    )


def _state_path(found: Application) -> str:
    return f"/status/{found.number}"


def code(found: Application, target: str, by: str, digits: str, minutes: int, *, actor: Actor, now: datetime) -> None:
    """Sends a code to one phone or one mail address, and nowhere else."""
    to = Recipient(None, found.name or "申请人", target if by == "sms" else None, target if by == "email" else None)
    outbox.send(
        "resume_code",
        to,
        {"code": digits, "minutes": minutes, "number": found.number or found.draft_no},
        subject_type="application",
        subject_id=found.number or found.draft_no,
        channels=("sms",) if by == "sms" else ("mail",),
        now=now,
        actor=actor,
    )


def received(found: Application, *, actor: Actor, now: datetime) -> None:
    """The application was submitted."""
    data: dict[str, object] = {"received_on": formal_date(now.date()), "state_path": _state_path(found)}
    _send("application_received", found, data, actor=actor, now=now)


def supplement_wanted(
    found: Application, items: Sequence[str], due_at: datetime, provisional: bool, *, actor: Actor, now: datetime
) -> None:
    """Papers are to be supplemented; all of them are named at once."""
    lines = "\n".join(f"{position}. {item}" for position, item in enumerate(items, 1))
    due = due_words(due_at, now, provisional=provisional).date
    data: dict[str, object] = {"items": lines, "due": due, "state_path": _state_path(found)}
    _send("supplement_wanted", found, data, actor=actor, now=now)


def ended(key: str, found: Application, reasons: str, *, actor: Actor, now: datetime) -> None:
    """The application ended without appointment: `key` is the notice for that way."""
    _send(key, found, {"reasons": reasons}, actor=actor, now=now)


def withdrawn(found: Application, *, actor: Actor, now: datetime) -> None:
    """The applicant withdrew."""
    _send("withdrawn", found, {"withdrawn_on": formal_date(now.date())}, actor=actor, now=now)


def masked_target(found: Application) -> str:
    """Where codes go, as pages may show it."""
    return mask_phone(found.phone)
