"""How people answered invitations in the last year: what a forecast goes by, no names."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from app.core.database import db
from app.procedures.selection.models import Invitation, SeatState
from app.procedures.selection.rules.forecast import History
from app.regulations.deadlines import add_months

_MONTHS = 12
#: Whoever came so far has said yes, whatever became of his seat later.
_YES = (
    SeatState.ACCEPTED, SeatState.TOLD, SeatState.CONFIRMED, SeatState.SEATED, SeatState.ON_LEAVE,
    SeatState.LATE_LEAVE,
)  # fmt: skip
_NO = (SeatState.DECLINED, SeatState.RECUSED, SeatState.TIMED_OUT)


def acceptance(now: datetime) -> History:
    """Acceptances among the invitations of the last twelve months whose answer or silence is known."""
    since = now.combine(add_months(now.date(), -_MONTHS), now.time(), now.tzinfo)
    said_yes = sa.case((Invitation.state.in_(_YES), 1), else_=0)
    statement = sa.select(sa.func.coalesce(sa.func.sum(said_yes), 0), sa.func.count()).where(
        Invitation.sent_at >= since, Invitation.state.in_((*_YES, *_NO))
    )
    accepted, answered = db.session.execute(statement).one()
    return History(int(accepted), int(answered))
