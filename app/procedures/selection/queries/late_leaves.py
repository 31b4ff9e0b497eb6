"""Leaves that came late, with what organiser and centre say to them (domain.md no. 26)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.core.database import db
from app.core.masking import mask_name
from app.procedures.selection import seats
from app.procedures.selection.models import Invitation, LateLeaveOpinion, SeatState, Side


@dataclass(frozen=True)
class LateLeave:
    """One late leave; the name is masked. It is excused once both sides said so, until then it is not."""

    invitation: str
    activity: str
    name: str
    category: str
    at: datetime
    reason: str
    opinions: tuple[LateLeaveOpinion, ...]

    @property
    def is_excused(self) -> bool:
        """Whether both sides excuse it."""
        return {one.side for one in self.opinions if one.excused} == set(Side)

    @property
    def words(self) -> str:
        """How it stands: by default it is not excused."""
        if self.is_excused:
            return "认可"
        return "不认可" if any(not one.excused for one in self.opinions) else "待认定，默认不认可"

    def waits_for(self, side: Side) -> bool:
        """Whether this side has not spoken."""
        return side not in {one.side for one in self.opinions}


def of_activity(number: str) -> Sequence[LateLeave]:
    """The late leaves of an activity, in the order invited."""
    return _found([one for one in seats.invitations_of(number) if one.state is SeatState.LATE_LEAVE])


def of_invitation(number: str) -> LateLeave | None:
    """The late leave of an invitation; None if its expert took none.

    :raises NotFound: no such invitation.
    """
    found = seats.invitation(number)
    return _found([found])[0] if found.state is SeatState.LATE_LEAVE else None


def _found(late: Sequence[Invitation]) -> Sequence[LateLeave]:
    if not late:
        return ()
    statement = sa.select(LateLeaveOpinion).where(LateLeaveOpinion.invitation_id.in_([one.id for one in late]))
    opinions = db.session.scalars(statement.order_by(LateLeaveOpinion.at)).all()
    people = seats.people(one.expert_id for one in late)
    return [
        LateLeave(
            one.number, one.activity_no, mask_name(people[one.expert_id].name), one.category,
            one.left_at or one.created_at, one.leave_reason or "",
            tuple(said for said in opinions if said.invitation_id == one.id),
        )
        for one in late
    ]  # fmt: skip
