"""What the organiser does when the panel cannot be filled: a new draw, a designation, another time (第十九条（二）)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.core.actor import Actor
from app.procedures.selection.service.moves import Where
from app.regulations.rule_sets import RuleSet


@dataclass(frozen=True)
class ShortageChoice:
    """`redraw` needs a reason; `designate` expert, category and reason; `reschedule` starts_at, city, address, reason."""

    choice: Literal["redraw", "designate", "reschedule"]
    reason: str
    expert_id: int | None = None
    category: str = ""
    starts_at: datetime | None = None
    city: str = ""
    address: str = ""


def handle_shortage(number: str, chosen: ShortageChoice, rules: RuleSet, *, actor: Actor, now: datetime) -> Where:
    """Does what the organiser chose and says where the making of the panel goes on.

    :raises UserError: something is missing or not possible, at its field.
    """
    raise NotImplementedError


def resume(number: str) -> Where:
    """Where the making of the panel (again) begins, by the records."""
    raise NotImplementedError
