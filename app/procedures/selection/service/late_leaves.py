"""Leave later than the regulation allows: organiser and centre say whether it is excused, by default not (no. 26).

The seat was passed on when the leave came; what is decided here changes nothing about the panel.
"""

from __future__ import annotations

from datetime import datetime

from app.core import audit
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import Conflict, Invalid
from app.identity import permissions, roles
from app.procedures.selection import seats, store
from app.procedures.selection.models import LateLeaveOpinion, SeatState, Side

_REASON = 300


def side_of(actor: Actor) -> Side:
    """For whom somebody speaks who may judge at all."""
    return Side.CENTRE if roles.CENTER_CLERK in actor.roles else Side.ORGANISER


def judge(number: str, *, excused: bool | None, reason: str, actor: Actor, now: datetime) -> LateLeaveOpinion:
    """What organiser or centre says to a late leave, once each.

    :raises NotAllowed: another unit's. :raises Conflict: no late leave, or this side has spoken.
    :raises Invalid: nothing chosen, no reason or one too long, at its field.
    """
    found = seats.invitation_locked(number)
    permissions.require(actor, permissions.LATE_LEAVE_JUDGE, store.activity(found.activity_no))
    side = side_of(actor)
    if found.state is not SeatState.LATE_LEAVE:
        raise Conflict(f"这份邀请目前是“{found.state.label}”，不是迟请假")
    known = db.session.get(LateLeaveOpinion, (found.id, side))
    if known is not None:
        raise Conflict(f"{side.label}已由{known.by_name}认定，不能再改")
    errors = {}
    if excused is None:
        errors["excused"] = "认定：请选择认可或不认可"
    if not reason.strip():
        errors["reason"] = "理由：请填写"
    elif len(reason.strip()) > _REASON:
        errors["reason"] = f"理由：最多 {_REASON} 字"
    if errors or excused is None:
        raise Invalid(errors)
    made = LateLeaveOpinion(
        invitation_id=found.id, side=side, excused=excused, reason=reason.strip(), by_id=actor.user_id,
        by_name=actor.name, at=now,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    after = {"side": side.value, "excused": excused}
    audit.record(actor, "invitation.judge_late_leave", "invitation", number, after=after, reason=made.reason)
    return made
