"""What a step of the root tells its diagram: the state of the panel, the cases to start, the messages to send."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from app.procedures.selection.models import Invitation
from app.registers.models import Expert

INVITATION = "invitation"
DESIGNATION = "designation_approval"

#: Messages between the root and its children; all are tidings (`optional=True`), the records hold the truth.
PANEL_CHANGED = "panel_changed"
LIST_CONFIRMED = "list_confirmed"
TIME_CHANGED = "time_changed"
MEETING_HELD = "meeting_held"
SEAT_RELEASED = "seat_released"

PanelWord = Literal["waiting", "final", "list_ready", "short", "meeting"]


@dataclass(frozen=True)
class NewCase:
    """A case to be started below the root: the arguments of `context.start_case` in their order."""

    process_key: str
    business_key: str
    title: str
    data: Mapping[str, Any]
    subject: str


@dataclass(frozen=True)
class Tell:
    """A message to a child, to be sent as tidings (`optional=True`)."""

    name: str
    business_key: str
    payload: Mapping[str, Any]


@dataclass(frozen=True)
class PanelMove:
    """What settling came to.

    `check_at` is when the records must be looked at again although nobody told anything; `shortage` says in words
    what is missing where the state is `short`, else it is empty.
    """

    state: PanelWord
    check_at: datetime
    shortage: str = ""
    start: tuple[NewCase, ...] = ()
    tell: tuple[Tell, ...] = ()


@dataclass(frozen=True)
class Where:
    """Where the making of the panel goes on: `conditions` (set them, a new draw) or `panel` (settle)."""

    where: Literal["conditions", "panel"]
    tell: tuple[Tell, ...] = ()


def invitation_case(invitation: Invitation, expert: Expert, title: str) -> NewCase:
    """The case of an invitation; `expert_user` answers it, by link or after login."""
    data = {"invitation": invitation.number, "expert_user": expert.user_id, "combined": invitation.combined}
    return NewCase(INVITATION, invitation.number, title, data, f"invitation:{invitation.number}")


def released(invitation: Invitation, code: str) -> Tell:
    """Tells the case of an invitation that its seat is gone; `code` is why."""
    return Tell(SEAT_RELEASED, invitation.number, {"reason_code": code})

