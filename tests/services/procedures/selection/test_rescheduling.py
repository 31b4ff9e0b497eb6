"""Another time, no meeting, a new draw: who is kept, released, told, and what is revealed (第二十条, no. 47, 51)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from app.core import clock
from app.core.actor import Actor
from app.core.errors import Conflict, Invalid, NotAllowed, UserError
from app.draw import Ineligibility
from app.procedures.selection import examination, store
from app.procedures.selection.eligibility import pool, status_changes
from app.procedures.selection.models import Activity, ActivityState, DesignationState, DrawState, SeatState
from app.procedures.selection.service import activities, drawing, locking, panel
from app.registers.models import ExpertState
from app.registers.states import WrongState
from tests.services.procedures.people import acts
from tests.services.procedures.selection.making import (
    accept,
    answer,
    at,
    confirm,
    final,
    hand_over,
    initial,
    inviting,
    leave,
    live,
    notices,
    settle,
    states,
    tell,
    told,
    written,
)
from tests.services.procedures.selection.world import (
    COST,
    RULES,
    SECURITY,
    SOFTWARE,
    STARTS_AT,
    World,
    activity,
    conditions,
    contributed,
    designation,
    draw_of,
    drawn,
    locked,
    submitted,
)

SOON = datetime(2026, 3, 12, 14, 0, tzinfo=clock.ZONE)
#: The tenth and the eleventh working day after 5 March.
TENTH = datetime(2026, 3, 19, 9, 0, tzinfo=clock.ZONE)
ELEVENTH = datetime(2026, 3, 20, 9, 0, tzinfo=clock.ZONE)


def move_to(found: Activity, starts_at: datetime, actor: Actor, reason: str = "场地冲突") -> panel.Where:
    new = panel.NewTime(starts_at, "太原", "并州路 9 号", reason)
    return panel.reschedule(found.number, new, RULES, actor=actor, now=clock.now())


def call_off(found: Activity, actor: Actor, reason: str = "项目暂缓") -> tuple[panel.Tell, ...]:
    return panel.cancel(found.number, reason, actor=actor, now=clock.now())


def drawn_anew(there: World, found: Activity) -> None:
    """The conditions submitted, locked and drawn once more."""
    now = clock.now()
    submitted_now = activities.submit_conditions(found.number, RULES, actor=there.organiser, now=now)
    assert not submitted_now.needs_approval
    assert locking.lock(found.number, RULES, actor=there.organiser, now=now).locked
    contributed(there, found)
    drawing.draw(found.number, RULES, actor=there.organiser, now=now)


def test_a_near_date_keeps_who_accepted_and_they_confirm_the_new_time(there: World) -> None:
    found = final(there)
    before = [one.expert_id for one in live(found)]
    where = move_to(found, SOON, there.organiser)
    assert where.where == "panel"
    assert {(one.name, one.business_key) for one in where.tell} == {("time_changed", one.number) for one in live(found)}
    assert where.tell[0].payload == {"old_starts_at": STARTS_AT.isoformat()}
    assert states(found) == [SeatState.ACCEPTED] * 5
    assert (found.starts_at, found.final_at, found.times_rescheduled) == (SOON, None, 1)
    assert settle(found).state == "waiting"
    tell(found)
    for one in live(found):
        confirm(one)
    move = settle(found)
    assert (move.state, move.check_at) == ("final", SOON)
    assert [one.expert_id for one in live(found)] == before
    assert notices("staff_activity_rescheduled") == ["何景行", "任立诚"]


def test_who_cannot_come_then_is_replaced_from_the_same_list(there: World) -> None:
    found = final(there)
    move_to(found, SOON, there.organiser)
    settle(found)
    tell(found)
    confirm(live(found)[0], "decline", "时间冲突")
    assert len(settle(found).start) == 1
    assert live(found)[0].round_no == 1
    assert found.draw_no == 1


def test_who_was_only_asked_is_told_the_new_half_day_and_no_project(there: World) -> None:
    found = inviting(there)
    accept(live(found)[:2])
    where = move_to(found, SOON, there.organiser)
    assert (where.tell, len(notices("panel_moved")), notices("panel_rescheduled")) == ((), 5, [])
    assert states(found) == [SeatState.ACCEPTED] * 2 + [SeatState.SENT] * 3


def test_an_unanswered_invitation_goes_on_and_who_waits_for_details_is_told_the_new_time(there: World) -> None:
    found = told(there)
    gone = live(found)[0]
    confirm(gone, "decline", "外出")
    settle(found)
    hand_over(found)
    where = move_to(found, SOON, there.organiser)
    assert states(found) == [SeatState.SENT] + [SeatState.TOLD] * 4
    assert len(where.tell) == 4


@pytest.mark.parametrize(("moment", "keeps"), [(TENTH, True), (ELEVENTH, False)])
def test_ten_working_days_keep_the_panel_eleven_draw_anew(there: World, moment: datetime, keeps: bool) -> None:
    found = final(there)
    where = move_to(found, moment, there.organiser)
    assert where.where == ("panel" if keeps else "conditions")
    assert len(live(found)) == (5 if keeps else 0)


def test_a_far_date_releases_everybody_and_draws_anew(there: World) -> None:
    found = final(there)
    members = live(found)
    where = move_to(found, ELEVENTH, there.organiser)
    assert {one.state for one in members} == {SeatState.WITHDRAWN}
    assert {(one.name, one.payload["reason_code"]) for one in where.tell} == {("seat_released", "RESCHEDULED")}
    assert len(notices("panel_released")) == 5
    draw = draw_of(found)
    assert (draw.state, draw.revealed_at) == (DrawState.ENDED, None), "sealed until the meeting"
    assert (found.state, found.list_confirmed_at) == (ActivityState.DRAFT, None)
    at("2026-03-16 09:00")
    drawn_anew(there, found)
    settle(found)
    assert found.draw_no == 2
    assert states(found) == [SeatState.PENDING] * 5


def test_a_designation_is_asked_for_anew_after_a_far_date(there: World) -> None:
    person = there.expert(SECURITY)
    draft = conditions(quota={SECURITY: 1, SOFTWARE: 2, COST: 1}, designations=(designation(person, SECURITY),))
    found = inviting(there, draft)
    where = move_to(found, ELEVENTH, there.organiser)
    asked = store.designations_of(found.number)[0]
    assert asked.state is DesignationState.WITHDRAWN
    assert f"{found.number}-Z1" in {one.business_key for one in where.tell}
    assert store.conditions(found).data["quota"] == {SECURITY: 2, SOFTWARE: 2, COST: 1}


def test_before_the_draw_another_time_leads_back_to_the_conditions(there: World) -> None:
    for found in (activity(there), submitted(there)):
        assert move_to(found, SOON, there.organiser).where == "conditions"
        assert found.state is ActivityState.DRAFT
        assert store.conditions(found).submitted_at is None


@pytest.mark.parametrize("stage", [locked, lambda there: drawn(there)[0]])
def test_between_commitment_and_invitations_nobody_steps_out_of_a_draw(there: World, stage: object) -> None:
    found: Activity = stage(there)  # type: ignore[operator]
    before = (found.state, draw_of(found).state)
    with pytest.raises(Conflict, match="先完成抽取并发出邀请，再改期"):
        move_to(found, SOON, there.organiser)
    assert (found.state, draw_of(found).state, found.starts_at) == (*before, STARTS_AT)


def test_where_a_case_goes_on_is_in_its_records(there: World) -> None:
    assert panel.resume(activity(there).number).where == "conditions"
    assert panel.resume(inviting(there).number).where == "panel"


@pytest.mark.parametrize("fault", ["same", "past", "late", "city", "address", "reason"])
def test_a_bad_new_time_or_place_is_refused_at_its_field(there: World, fault: str) -> None:
    found = final(there)
    times = {"same": STARTS_AT, "past": clock.now() - timedelta(hours=1), "late": clock.now() + timedelta(hours=6)}
    new = panel.NewTime(
        times.get(fault, SOON), "" if fault == "city" else "太原", " " if fault == "address" else "并州路 9 号",
        "" if fault == "reason" else "场地冲突",
    )  # fmt: skip
    with pytest.raises(Invalid) as refused:
        panel.reschedule(found.number, new, RULES, actor=there.organiser, now=clock.now())
    assert set(refused.value.errors) == {fault if fault in ("city", "address", "reason") else "starts_at"}
    assert found.starts_at == STARTS_AT


def test_only_the_unit_s_organiser_moves_or_cancels(there: World) -> None:
    found = final(there)
    with pytest.raises(NotAllowed):
        move_to(found, SOON, there.leader)
    with pytest.raises(NotAllowed):
        call_off(found, there.witness)


STAGES = [activity, submitted, locked, lambda there: drawn(there)[0], inviting, initial, told, final]


@pytest.mark.parametrize("stage", STAGES)
def test_it_can_be_cancelled_at_every_stage(there: World, stage: object) -> None:
    found: Activity = stage(there)  # type: ignore[operator]
    members = live(found)
    told_now = call_off(found, there.organiser)
    assert (found.state, found.cancel_reason) == (ActivityState.CANCELLED, "项目暂缓")
    assert live(found) == []
    assert {one.business_key for one in told_now} == {one.number for one in members}
    assert len(notices("panel_cancelled")) == len(members)
    assert all(draw.revealed_at == clock.now() for draw in store.draws_of(found.number))
    assert notices("staff_activity_cancelled") == ["何景行", "任立诚"]
    with pytest.raises(WrongState):
        call_off(found, there.organiser)


def test_a_cancellation_has_a_reason_and_takes_designations_back(there: World) -> None:
    person = there.expert(SECURITY)
    draft = conditions(quota={SECURITY: 1, SOFTWARE: 2, COST: 1}, designations=(designation(person, SECURITY),))
    found = inviting(there, draft)
    with pytest.raises(UserError) as refused:
        call_off(found, there.organiser, " ")
    assert refused.value.field == "reason"
    assert f"{found.number}-Z1" in {one.business_key for one in call_off(found, there.organiser)}
    assert store.designations_of(found.number)[0].state is DesignationState.WITHDRAWN


def short(there: World) -> Activity:
    """A panel of which one seat cannot be filled; the others accepted."""
    found = inviting(there)
    members = live(found)
    for person in there.experts:
        if person.id not in {one.expert_id for one in members}:
            person.suspended_since = clock.now()
    answer(members[0], "decline")
    accept(members[1:])
    assert settle(found).state == "short"
    return found


def test_a_redraw_keeps_who_accepted_and_draws_the_open_seats_alone(there: World) -> None:
    found = short(there)
    kept = [one.expert_id for one in live(found)]
    chosen = panel.ShortageChoice("redraw", "放宽条件重新抽取")
    where = panel.handle_shortage(found.number, chosen, RULES, actor=there.organiser, now=clock.now())
    assert where.where == "conditions"
    assert (found.state, found.shortage) == (ActivityState.DRAFT, None)
    first = draw_of(found)
    assert (first.state, first.end_reason, first.revealed_at) == (DrawState.ENDED, "放宽条件重新抽取", None)
    for person in there.experts:
        person.suspended_since = None
    drawn_anew(there, found)
    move = settle(found)
    assert (found.draw_no, len(move.start)) == (2, 1)
    assert [one.expert_id for one in live(found)][1:] == kept
    assert len(live(found)) == 5
    hand_over(found)
    accept(written(found, SeatState.SENT))
    assert settle(found).state == "list_ready"


def test_a_kept_member_who_leaves_after_a_redraw_needs_another_one(there: World) -> None:
    found = short(there)
    chosen = panel.ShortageChoice("redraw", "重新抽取")
    panel.handle_shortage(found.number, chosen, RULES, actor=there.organiser, now=clock.now())
    for person in there.experts:
        person.suspended_since = None
    drawn_anew(there, found)
    settle(found)
    leave(live(found)[2])
    move = settle(found)
    assert move.state == "short"
    assert "须重新抽取" in move.shortage
    assert len(live(found)) == 4


def test_the_second_redraw_needs_the_leader(there: World) -> None:
    found = short(there)
    chosen = panel.ShortageChoice("redraw", "重新抽取")
    panel.handle_shortage(found.number, chosen, RULES, actor=there.organiser, now=clock.now())
    for person in there.experts:
        person.suspended_since = None
    drawn_anew(there, found)
    settle(found)
    leave(live(found)[2])
    settle(found)
    panel.handle_shortage(found.number, chosen, RULES, actor=there.organiser, now=clock.now())
    again = activities.submit_conditions(found.number, RULES, actor=there.organiser, now=clock.now())
    assert again.needs_approval
    assert found.state is ActivityState.APPROVING


def test_a_shortage_is_handled_with_a_reason_and_only_where_there_is_one(there: World) -> None:
    found = short(there)
    unreasoned = panel.ShortageChoice("redraw", " ")
    with pytest.raises(UserError):
        panel.handle_shortage(found.number, unreasoned, RULES, actor=there.organiser, now=clock.now())
    with pytest.raises(Conflict, match="没有待处理的缺额"):
        panel.handle_shortage(
            inviting_elsewhere(there).number, panel.ShortageChoice("redraw", "重新抽取"), RULES,
            actor=there.organiser, now=clock.now(),
        )  # fmt: skip


def inviting_elsewhere(there: World) -> Activity:
    for person in there.experts:
        person.suspended_since, person.state = None, ExpertState.IN_POOL
    return inviting(there, starts_at=SOON)


def test_a_shortage_is_mended_by_another_time(there: World) -> None:
    found = final(there)
    at("2026-03-05 07:30")
    leave(live(found)[0])
    assert settle(found).state == "short"
    chosen = panel.ShortageChoice("reschedule", "人数不足", starts_at=SOON, city="太原", address="并州路 9 号")
    where = panel.handle_shortage(found.number, chosen, RULES, actor=there.organiser, now=clock.now())
    assert where.where == "panel"
    move = settle(found)
    assert len(move.start) == 1, "the open seat is refilled from the same list"
    assert not move.start[0].data["combined"]
    with pytest.raises(Conflict):
        panel.handle_shortage(found.number, chosen, RULES, actor=there.organiser, now=clock.now())
    assert "activity.reschedule" in acts(found.number)


def test_who_recused_himself_is_in_no_later_draw(there: World) -> None:
    found = inviting(there)
    own = live(found)[0].expert_id
    answer(live(found)[0], "recuse", "与项目负责人是亲属")
    draft = examination.draft_of(found)
    facts = examination.facts_of(found, draft, RULES, clock.now())
    criteria = examination.criteria_of(found, draft, facts, RULES)
    assert own in criteria.recused_experts
    assert own not in {expert_id for expert_id, _, _ in pool(criteria, RULES, clock.now()).eligible}
    changed = status_changes(found, {own: 0}, RULES, clock.now())
    assert changed == {own: Ineligibility.RECUSAL}


def test_draws_called_off_for_the_same_project_unit_count_in_a_review_entered_anew(there: World) -> None:
    for _ in range(2):
        call_off(inviting(there), there.organiser)
    anew = activity(there)
    activities.save_conditions(anew.number, conditions(), actor=there.organiser, now=clock.now())
    assert store.called_off(anew) == 2
    asked = activities.submit_conditions(anew.number, RULES, actor=there.organiser, now=clock.now())
    assert asked.needs_approval
    assert "已有 2 次抽取后取消" in asked.approval_reason
    elsewhere = activity(there, project_unit_id=there.units[0].id)
    assert store.called_off(elsewhere) == 0
