"""What the leader in charge reads before deciding on a designated expert; no drawn name is among it (no. 37)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.core.actor import Actor


@dataclass(frozen=True)
class PastDesignation:
    """The same person, designated before by the same department."""

    activity: str
    title: str
    on: date


@dataclass(frozen=True)
class ApprovalLine:
    """A designation that waits for a decision (or was decided)."""

    case_no: str
    activity: str
    title: str
    expert: str
    unit: str
    requested_at: datetime
    requested_by: str
    state: str


@dataclass(frozen=True)
class ApprovalPage:
    """One designation: who, why, share against a third, units, the past.

    `may_decide` is False for who asked and for anybody who is neither leader nor deputy; `past` covers the months of
    `designation.past_months`.
    """

    case_no: str
    activity: str
    title: str
    classified: bool
    starts_at: datetime
    half_day: str
    panel_size: int
    expert: str
    expert_number: str
    unit: str
    professional_title: str
    directions: tuple[str, ...]
    category: str
    reason: str
    after_draw: bool
    requested_by: str
    requested_at: datetime
    designated: int
    designated_limit: int
    unit_clash: str
    recusal: str
    past: tuple[PastDesignation, ...]
    state: str
    decision_reason: str
    decided_by: str
    decided_at: datetime | None
    may_decide: bool


def waiting(actor: Actor, now: datetime) -> Sequence[ApprovalLine]:
    """Designations that this leader or deputy is to decide, the oldest first."""
    raise NotImplementedError


def decided(actor: Actor, limit: int = 50) -> Sequence[ApprovalLine]:
    """Designations that this actor decided, the latest first."""
    raise NotImplementedError


def page(case_no: str, viewer: Actor, now: datetime) -> ApprovalPage:
    """One designation for its approver.

    :raises NotFound: there is none. :raises NotAllowed: neither leader nor deputy nor of the organising unit.
    """
    raise NotImplementedError
