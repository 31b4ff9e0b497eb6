"""One invitation, step by step; each function locks the invitation's row alone and never the activity's.

`number` is the invitation's own (PS-2026-0034-07), which is its case's business key. Functions that change the state
return what the diagram needs; whenever they do, the operation tells the root `panel_changed` as tidings.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.core.actor import Actor
from app.procedures.selection.models import AnswerWay
from app.regulations.rule_sets import RuleSet

Answer = Literal["accept", "decline", "recuse"]
Confirmation = Literal["confirm", "decline", "recuse"]


@dataclass(frozen=True)
class ReplyWindow:
    """`due_at` is the last instant that is in time; the timer waits for `expires_at`, the first one after it."""

    due_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class Answered:
    """`goes_on` if the seat is still held (accepted or confirmed); `combined` if no details follow."""

    goes_on: bool
    combined: bool


def prepare(number: str, rules: RuleSet, *, now: datetime) -> datetime:
    """When the invitation may be sent: now, or the next opening of the sending window (no. 48)."""
    raise NotImplementedError


def send(number: str, rules: RuleSet, *, actor: Actor, now: datetime) -> int:
    """Queues the invitation with a fresh link; answers come back to this case. Returns the outbox id."""
    raise NotImplementedError


def mark_sent(number: str, handed_at: datetime, rules: RuleSet, *, actor: Actor) -> ReplyWindow:
    """A provider took the message at `handed_at`: the two hours run from there; again if a further channel took it."""
    raise NotImplementedError


def undelivered(number: str, *, actor: Actor, now: datetime) -> None:
    """No channel reached the expert, of the invitation or of the details: the seat is passed on, it does not count."""
    raise NotImplementedError


def record_answer(
    number: str, answer: Answer, reason: str, way: AnswerWay, rules: RuleSet, *, actor: Actor, now: datetime
) -> Answered:
    """The expert's answer to the invitation, also as noted by staff from the telephone.

    :raises UserError: no reason for declining. :raises NotAllowed: somebody else's.
    :raises Conflict: answered already, too late, or the seat is gone.
    """
    raise NotImplementedError


def time_out(number: str, rules: RuleSet, *, actor: Actor, now: datetime) -> bool:
    """The two hours are over without an answer, to the invitation or to the details; False if they are not."""
    raise NotImplementedError


def send_details(number: str, rules: RuleSet, *, actor: Actor, now: datetime) -> int:
    """Queues the details (project, unit, address) with a fresh link; also for a changed time. Returns the outbox id."""
    raise NotImplementedError


def mark_told(number: str, handed_at: datetime, rules: RuleSet, *, actor: Actor) -> ReplyWindow:
    """A provider took the details at `handed_at`: the expert confirms within two hours."""
    raise NotImplementedError


def record_confirmation(
    number: str, answer: Confirmation, reason: str, way: AnswerWay, rules: RuleSet, *, actor: Actor, now: datetime
) -> Answered:
    """The expert's answer to the details.

    :raises UserError, NotAllowed, Conflict: as `record_answer`.
    """
    raise NotImplementedError


def record_leave(number: str, reason: str, rules: RuleSet, *, actor: Actor, now: datetime) -> bool:
    """Leave: True if in time (at the latest exactly three hours before the start), else 迟请假 (no. 26, 27).

    :raises UserError: no reason. :raises Conflict: nothing accepted, or the meeting has begun.
    """
    raise NotImplementedError


def release(number: str, reason_code: str, *, actor: Actor, now: datetime) -> None:
    """The root released the seat: links end, nothing else is to be done."""
    raise NotImplementedError


def note_late_reply(number: str, answer: str, *, actor: Actor, now: datetime) -> None:
    """Keeps a reply that came after the seat was passed on; it changes nothing (no. 50).

    :raises Conflict: the seat is still his, or he left it himself.
    """
    raise NotImplementedError
