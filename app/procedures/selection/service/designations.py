"""Designated experts: asked for, decided by the leader in charge, never by who asked (第十九条（三）, no. 36-40).

`case_no` is the case of the approval, PS-2026-0034-Z1. Its functions lock the designation's row alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.core.actor import Actor
from app.procedures.selection.models import Designation
from app.regulations.rule_sets import RuleSet


@dataclass(frozen=True)
class DesignationDraft:
    """Whom, for which category, why."""

    expert_id: int
    category: str
    reason: str


def request(
    number: str, draft: DesignationDraft, rules: RuleSet, *, actor: Actor, now: datetime
) -> Designation:
    """Asks for an expert by name after the names were drawn (抽取后指定); `settle` then starts its approval.

    Runs under the root's lock. :raises UserError: over a third, not in the pool, recused, a unit that sits already,
    invited before, no open seat, no reason, nobody who could approve; each at its field.
    """
    raise NotImplementedError


def record_decision(
    case_no: str, decision: Literal["agreed", "refused"], reason: str, *, actor: Actor, now: datetime
) -> bool:
    """The leader's or his deputy's decision; True if agreed.

    :raises NotAllowed: by who asked, or by somebody who is neither leader nor deputy.
    :raises UserError: refused without a reason. :raises Conflict: decided, lapsed or withdrawn already.
    """
    raise NotImplementedError


def lapse(case_no: str, *, actor: Actor, now: datetime) -> bool:
    """Nobody decided in time: the seat joins the draw. False if it was decided already."""
    raise NotImplementedError


def withdraw(case_no: str, reason: str, *, actor: Actor, now: datetime) -> bool:
    """The seat was released before the decision. False if it was decided already."""
    raise NotImplementedError
