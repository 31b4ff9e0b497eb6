"""Filling seats: invitations to the drawn and the approved designated, replacement rounds (第十九条（二）、（三）)."""

from __future__ import annotations

import json
from collections.abc import Sequence

from app.core import audit
from app.core.database import db
from app.procedures.selection import seats, store
from app.procedures.selection.eligibility import status_changes
from app.procedures.selection.models import Designation, DesignationState, DrawState, Invitation, SeatState
from app.procedures.selection.rules import answers, panel
from app.procedures.selection.rules.panel import Line, RoundPlan, Seating
from app.procedures.selection.rules.words import half_day_words
from app.procedures.selection.seats import designation_key
from app.procedures.selection.service import designations, drawing, notify_staff
from app.procedures.selection.service.changes import move_designation
from app.procedures.selection.service.drawing import DrawnMember
from app.procedures.selection.service.moves import DESIGNATION, NewCase, invitation_case
from app.procedures.selection.service.settlement import Settlement


def invite_drawn(settlement: Settlement) -> None:
    """Writes the invitations of whom the last round took; who may not sit any more is left to the next round."""
    draw = settlement.draw
    if draw is None or draw.state is not DrawState.DRAWN or not settlement.can_ask:
        return
    waiting = drawing.to_invite(settlement.activity, draw)
    units = {one.expert_id: one.unit_id for one in waiting}
    changed = status_changes(settlement.activity, units, settlement.rules, settlement.now) if units else {}
    _write_drawn(settlement, draw.id, [one for one in waiting if one.expert_id not in changed])


def _write_drawn(settlement: Settlement, draw_id: int, members: Sequence[DrawnMember]) -> None:
    if not members:
        return
    draw = settlement.draw
    categories: list[str] = json.loads(draw.conditions)["categories"] if draw else []
    ordered = sorted(members, key=lambda one: categories.index(one.category))
    free = _free_lines(settlement)
    # the highest free lines are kept for the designated who are still awaited
    kept = len(settlement.promised())
    lines = panel.lines_for([one.category for one in ordered], free[: len(free) - kept] if kept else free)
    for member, line in zip(ordered, lines, strict=True):
        _write(
            settlement,
            Invitation(
                line=line, expert_id=member.expert_id, unit_id=member.unit_id, category=member.category,
                draw_id=draw_id, round_no=member.round_no, pid=member.pid,
            ),
        )  # fmt: skip


def _free_lines(settlement: Settlement) -> list[Line]:
    taken = {one.line for one in settlement.live}
    last = {one.line: one.category for one in seats.invitations_of(settlement.activity.number)}
    size = settlement.activity.panel_size
    return [Line(line, last.get(line, "")) for line in range(1, size + 1) if line not in taken]


def _write(settlement: Settlement, made: Invitation) -> None:
    """Completes and stores an invitation and has its case started."""
    activity, now = settlement.activity, settlement.now
    activity.invitations += 1
    made.activity_no, made.seq = activity.number, activity.invitations
    made.number = f"{activity.number}-{made.seq:02d}"
    made.state, made.created_at = SeatState.PENDING, now
    made.combined = answers.is_combined(settlement.sending_at, activity.starts_at, settlement.hours)
    db.session.add(made)
    db.session.flush()
    settlement.live.append(made)
    if made.designation_id is not None:
        settlement.invited.setdefault(made.designation_id, []).append(made)
    after = {"line": made.line, "category": made.category, "draw": made.draw_id, "round_no": made.round_no,
             "designation": made.designation_id, "combined": made.combined}  # fmt: skip
    audit.record(settlement.actor, "invitation.write", "invitation", made.number, after=after)
    person = settlement.person(made.expert_id)
    title = f"评审邀请 {half_day_words(activity.starts_at, activity.half_days, now.date())}"
    settlement.start.append(invitation_case(made, person, title))


def ask_for_approval(settlement: Settlement) -> None:
    """Brings designations that were sealed with the conditions, or asked for since, before the leader."""
    for one in settlement.designations:
        if one.state is DesignationState.DRAFT:
            _ask(settlement, one)


def _ask(settlement: Settlement, one: Designation) -> None:
    activity, now = settlement.activity, settlement.now
    move_designation(one, DesignationState.REQUESTED, actor=settlement.actor, now=now)
    able = designations.approvers_of(activity, one.requested_by_id, on=now.date())
    latest_at = activity.starts_at - settlement.hours.reply
    data = {
        "activity": activity.number,
        "designation_id": one.id,
        "approvers": able,
        "organiser_id": activity.organiser_id,
        "latest_at": latest_at.isoformat(),
    }
    key = designation_key(one)
    title = f"指定专家审批 {activity.title}"
    settlement.start.append(NewCase(DESIGNATION, key, title, data, f"designation:{key}"))
    due_at = designations.due(settlement.rules, now, latest_at)
    person = settlement.person(one.expert_id)
    notify_staff.designation_requested(activity, one, person, able, due_at, actor=settlement.actor, now=now)


def invite_designated(settlement: Settlement) -> None:
    """Invites the designated whom the leader agreed to, as long as they have their two hours."""
    if not settlement.can_ask:
        return
    for one in settlement.uninvited():
        line = panel.lines_for([one.category], _free_lines(settlement), last=True)[0]
        _write(
            settlement,
            Invitation(
                line=line, expert_id=one.expert_id, unit_id=one.unit_id, category=one.category, designation_id=one.id
            ),
        )


def refill(settlement: Settlement) -> str:
    """Runs a further round for the open seats; returns what it could not fill, in words."""
    plan = _plan(settlement)
    draw = settlement.draw
    if not plan.run or draw is None:
        return plan.shortage
    outcome = drawing.run_round(
        settlement.activity, draw, settlement.rules, opened=plan.opened, actor=settlement.actor, now=settlement.now
    )
    if not outcome.complete:
        return outcome.shortage
    for one in settlement.freed():
        one.opened_in_draw = draw.draw_no
    for member in settlement.live:
        if member.draw_id == draw.id:
            member.category = outcome.seats.get(member.expert_id, member.category)
    _write_drawn(settlement, draw.id, outcome.invite)
    return plan.shortage


def _plan(settlement: Settlement) -> RoundPlan:
    draw = settlement.draw
    capacity = live_of_draw = 0
    if draw is not None and draw.state is DrawState.DRAWN:
        rounds = store.rounds_of(draw.id)
        capacity = drawing.seats_of(draw, [one.opened for one in rounds]).total
        live_of_draw = sum(one.draw_id == draw.id for one in settlement.live)
    seating = Seating(
        size=settlement.activity.panel_size,
        live=len(settlement.live),
        promised=len(settlement.promised()),
        capacity=capacity,
        live_of_draw=live_of_draw,
        freed=tuple(one.category for one in settlement.freed()) if capacity else (),
        revealed=draw is not None and draw.revealed_at is not None,
    )
    return panel.plan_round(seating, settlement.activity.starts_at, settlement.now, settlement.hours)
