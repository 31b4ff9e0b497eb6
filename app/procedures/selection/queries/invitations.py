"""What an expert sees of his invitations: project and unit only after the details were told (no. 49)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.core.actor import Actor


@dataclass(frozen=True)
class Details:
    """What is told once the list is confirmed."""

    title: str
    project_unit: str
    organiser_unit: str
    address: str
    starts_at: datetime
    contact: str
    contact_phone: str


@dataclass(frozen=True)
class InvitationPage:
    """An invitation as its expert sees it.

    `can` holds what may be done now: accept, decline, recuse, confirm, leave. `late` if a leave now would be 迟请假.
    `half_day` is 3月4日（周三）上午; `invited` and `served` are counted over twelve months (no. 20-24).
    """

    number: str
    activity: str
    expert_id: int
    expert_name: str
    state: str
    state_code: str
    half_day: str
    length: str
    city: str
    category: str
    kind: str
    how: str
    sent_at: datetime | None
    due_at: datetime | None
    leave_until: datetime
    starts_at: datetime
    details: Details | None
    can: frozenset[str]
    late: bool
    passed_on: bool
    invited: int
    served: int


@dataclass(frozen=True)
class InvitationLine:
    """An invitation in the expert's list."""

    number: str
    state: str
    state_code: str
    half_day: str
    city: str
    category: str
    kind: str
    due_at: datetime | None
    open: bool


def for_expert(expert_id: int, now: datetime, limit: int = 50) -> Sequence[InvitationLine]:
    """An expert's invitations that were sent, the latest first."""
    raise NotImplementedError


def page(number: str, now: datetime) -> InvitationPage:
    """One invitation.

    :raises NotFound: there is none, or it has not been sent yet.
    """
    raise NotImplementedError


@dataclass(frozen=True)
class PhoneCall:
    """Whom staff may note an answer for, the name masked until its time; the number is unmasked with a reason."""

    number: str
    activity: str
    name: str
    category: str
    state: str
    due_at: datetime | None
    asks: str


def phone_call(number: str, viewer: Actor, now: datetime) -> PhoneCall:
    """What staff sees when noting an answer by telephone; `asks` is invite | details | nothing.

    :raises NotAllowed: another unit's.
    """
    raise NotImplementedError
