"""Taking seats back: from who may not sit any more, or from everybody (第十八条（三）, 第二十条, no. 33, 44)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import sqlalchemy as sa

from app.core.actor import Actor
from app.core.database import db
from app.draw import Ineligibility
from app.procedures.selection.eligibility import status_changes
from app.procedures.selection.eligibility.clashes import SAID_YES, clashing_activities
from app.procedures.selection.models import Activity, Designation, DesignationState, Invitation, SeatState
from app.procedures.selection.rules.words import ineligibility_words
from app.procedures.selection.seats import designation_key
from app.procedures.selection.service import links, notify
from app.procedures.selection.service.changes import move_designation, move_seat
from app.procedures.selection.service.moves import SEAT_RELEASED, Tell, released
from app.procedures.selection.service.settlement import Settlement
from app.registers.models import Expert


def release_ineligible(settlement: Settlement) -> None:
    """Takes the seat from every member, and the request from every designated, who may not sit any more."""
    changed = _changes(settlement)
    for one in list(settlement.live):
        code = changed.get(one.expert_id)
        if code is None or (code is Ineligibility.CLASH and _came_first(settlement, one)):
            continue
        settlement.live.remove(one)
        _remove(settlement, one, code)
    for designation in settlement.promised():
        code = changed.get(designation.expert_id)
        if code is not None:
            settlement.tell += withdraw_designation(
                designation, ineligibility_words(code), actor=settlement.actor, now=settlement.now
            )


def _changes(settlement: Settlement) -> Mapping[int, Ineligibility]:
    units = {one.expert_id: one.unit_id for one in settlement.promised()}
    units |= {one.expert_id: one.unit_id for one in settlement.live}
    if not units:
        return {}
    seated = {one.expert_id for one in settlement.live if one.state in SAID_YES}
    return status_changes(settlement.activity, units, settlement.rules, settlement.now, seated=seated)


def _came_first(settlement: Settlement, ours: Invitation) -> bool:
    """Of two acceptances for one half-day the earlier stands; both activities come to the same answer."""
    if ours.state not in SAID_YES:
        return False
    activity = settlement.activity
    clashing = clashing_activities(activity.number, activity.starts_at, activity.half_days, settlement.rules)
    statement = sa.select(Invitation.answered_at, Invitation.id).where(
        Invitation.expert_id == ours.expert_id,
        Invitation.activity_no.in_(clashing),
        Invitation.state.in_(SAID_YES),
    )
    mine = (ours.answered_at or settlement.now, ours.id)
    return all(mine < (at or settlement.now, other) for at, other in db.session.execute(statement))


def _remove(settlement: Settlement, one: Invitation, code: Ineligibility) -> None:
    actor, now = settlement.actor, settlement.now
    was_written_to = one.state is not SeatState.PENDING
    one.ineligible = code.value
    move_seat(one, SeatState.REMOVED, actor=actor, now=now, reason=ineligibility_words(code), code=code.value)
    links.end(one.id, now=now)
    settlement.tell.append(released(one, code.value))
    if was_written_to:
        person = settlement.person(one.expert_id)
        notify.ineligible(settlement.activity, one, person, code.value, actor=actor, now=now)


def withdraw_designation(found: Designation, reason: str, *, actor: Actor, now: datetime) -> list[Tell]:
    """Takes a designation back; a case that waits for the leader is told."""
    waits = found.state is DesignationState.REQUESTED
    move_designation(found, DesignationState.WITHDRAWN, actor=actor, now=now, reason=reason)
    return [Tell(SEAT_RELEASED, designation_key(found), {"reason_code": reason})] if waits else []


def release_all(
    activity: Activity, live: Iterable[Invitation], people: Mapping[int, Expert], reason: str, *, cancelled: bool,
    actor: Actor, now: datetime,
) -> list[Tell]:
    """Takes every seat back and says so to whoever was written to; `cancelled` if there is no review at all."""
    told = []
    say = notify.cancelled if cancelled else notify.released
    for one in live:
        was_written_to = one.state is not SeatState.PENDING
        move_seat(one, SeatState.WITHDRAWN, actor=actor, now=now, reason=reason)
        links.end(one.id, now=now)
        told.append(released(one, "CANCELLED" if cancelled else "RESCHEDULED"))
        if was_written_to:
            say(activity, one, people[one.expert_id], reason, actor=actor, now=now)
    return told
