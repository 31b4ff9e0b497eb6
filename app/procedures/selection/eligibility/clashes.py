"""Other reviews at the same time (domain.md no. 53)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.core.database import db
from app.procedures.selection.models import Activity, ActivityState, Invitation, SeatState
from app.procedures.selection.rules.activity import MOST_HALF_DAYS
from app.regulations.rule_sets import RuleSet

#: States in which an expert has said that he will come.
SAID_YES = frozenset({SeatState.ACCEPTED, SeatState.TOLD, SeatState.CONFIRMED, SeatState.SEATED})


def clashing_activities(activity_no: str, starts_at: datetime, half_days: int, rules: RuleSet) -> list[str]:
    """The other activities that begin before this one is over and end after it began.

    A half-day counts for as many hours as reviews must lie apart; few activities, so they are compared here.
    """
    span = timedelta(hours=rules.integer("selection.clash_hours"))
    ends_at = starts_at + span * half_days
    statement = sa.select(Activity.number, Activity.starts_at, Activity.half_days).where(
        Activity.number != activity_no,
        Activity.state.not_in([ActivityState.CANCELLED, ActivityState.HELD]),
        Activity.starts_at > starts_at - span * MOST_HALF_DAYS,
        Activity.starts_at < ends_at,
    )
    return [
        number for number, begins_at, length in db.session.execute(statement) if begins_at + span * length > starts_at
    ]


def on_activities(numbers: Collection[str], states: Collection[SeatState]) -> sa.Select[int]:
    """Selects the experts with an invitation to one of the activities in one of the states."""
    return sa.select(Invitation.expert_id).where(Invitation.activity_no.in_(numbers), Invitation.state.in_(states))
