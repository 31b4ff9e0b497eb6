"""Changes of state with their audit lines: of a seat, of a designation, of the activity."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.core import audit
from app.core.actor import Actor
from app.procedures.selection.models import (
    ACTIVITY_TRANSITIONS,
    LIVE,
    SEAT_TRANSITIONS,
    Activity,
    ActivityState,
    Designation,
    DesignationState,
    Invitation,
    SeatState,
)
from app.procedures.selection.seats import designation_key
from app.registers.states import Transitions, check_transition

DESIGNATION_TRANSITIONS: Transitions[DesignationState] = {
    DesignationState.DRAFT: frozenset({DesignationState.REQUESTED, DesignationState.WITHDRAWN}),
    DesignationState.REQUESTED: frozenset(
        {
            DesignationState.APPROVED, DesignationState.REFUSED, DesignationState.LAPSED, DesignationState.WITHDRAWN,
        }
    ),
    DesignationState.APPROVED: frozenset({DesignationState.WITHDRAWN}),
    DesignationState.REFUSED: frozenset(),
    DesignationState.LAPSED: frozenset(),
    DesignationState.WITHDRAWN: frozenset(),
}  # fmt: skip


def move_seat(
    found: Invitation, state: SeatState, *, actor: Actor, now: datetime, reason: str | None = None, **facts: Any
) -> None:
    """Changes the state of an invitation; one that gives up its seat notes when.

    :raises WrongState: that is not possible from where it stands.
    """
    before = found.state
    check_transition(SEAT_TRANSITIONS, before, state, f"邀请 {found.number}")
    found.state = state
    if state not in LIVE:
        found.left_at = now
    audit.record(
        actor,
        "invitation.change_state",
        "invitation",
        found.number,
        before={"state": before.value},
        after={"state": state.value, **facts},
        reason=reason or None,
    )


def move_designation(
    found: Designation, state: DesignationState, *, actor: Actor, now: datetime, reason: str = ""
) -> None:
    """Changes the state of a designation and notes who decided what and why.

    :raises WrongState: that is not possible from where it stands.
    """
    before = found.state
    check_transition(DESIGNATION_TRANSITIONS, before, state, f"指定 {designation_key(found)}")
    found.state = state
    if state is not DesignationState.REQUESTED:
        found.decided_by_id, found.decided_by_name, found.decided_at = actor.user_id, actor.name, now
        found.decision_reason = reason or None
    audit.record(
        actor,
        "designation.change_state",
        "designation",
        designation_key(found),
        before={"state": before.value},
        after={"state": state.value},
        reason=reason or None,
    )


def move_activity(found: Activity, state: ActivityState, *, actor: Actor, reason: str | None = None) -> None:
    """Changes the state of an activity; nothing happens if it stands there already.

    :raises WrongState: that is not possible from where it stands.
    """
    before = found.state
    if before is state:
        return
    check_transition(ACTIVITY_TRANSITIONS, before, state, f"评审活动 {found.number}")
    found.state = state
    audit.record(
        actor,
        "activity.change_state",
        "activity",
        found.number,
        before={"state": before.value},
        after={"state": state.value},
        reason=reason,
    )
