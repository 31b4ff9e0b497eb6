"""Another time, or no meeting at all: who is kept, who is released, what is revealed (第二十条, domain.md no. 51)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.core.actor import Actor
from app.procedures.selection.service.moves import Tell, Where
from app.regulations.rule_sets import RuleSet


@dataclass(frozen=True)
class NewTime:
    """The new time and place."""

    starts_at: datetime
    city: str
    address: str
    reason: str


def reschedule(number: str, new: NewTime, rules: RuleSet, *, actor: Actor, now: datetime) -> Where:
    """Moves the meeting: up to `activity.reschedule_keep` working days who accepted stays and confirms the new time;
    further away everybody is released and a new draw is made.

    :raises UserError: a bad time or nothing written, at its field. :raises WrongState: the meeting is over.
    """
    raise NotImplementedError


def cancel(number: str, reason: str, *, actor: Actor, now: datetime) -> tuple[Tell, ...]:
    """Calls the meeting off in any state before it was held: releases and tells everybody, reveals the draws.

    :raises UserError: no reason. :raises WrongState: held or cancelled already.
    """
    raise NotImplementedError
