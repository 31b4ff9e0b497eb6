"""The meeting: who signs in, who was there, whom the members elected (第十七条, 第二十条)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from app.core.actor import Actor
from app.regulations.rule_sets import RuleSet


@dataclass(frozen=True)
class MeetingDraft:
    """What the organiser records: `attendance` is line -> present | absent | recused, for every seated line."""

    outcome: Literal["held", "not_held"]
    attendance: Mapping[int, str] = field(default_factory=dict)
    leader_line: int | None = None
    note: str = ""


def sign_in(number: str, line: int, rules: RuleSet, *, actor: Actor, now: datetime) -> None:
    """Notes that the member of this line signed in; possible from the moment when names are shown.

    :raises UserError: too early, or nobody is seated there.
    """
    raise NotImplementedError


def record_meeting(number: str, draft: MeetingDraft, rules: RuleSet, *, actor: Actor, now: datetime) -> bool:
    """Records the meeting; True if it was held (the activity is then closed), False if the shortage is to be handled.

    :raises Invalid: who was present is no panel (number, security), a line without attendance, no leader elected.
    """
    raise NotImplementedError
