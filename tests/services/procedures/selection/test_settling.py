"""Settling: who is invited, replaced, told and seated, whatever came in whichever order (第十九条, 第二十条)."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from app.core import clock
from app.core.actor import SYSTEM
from app.core.database import db
from app.core.errors import Conflict, NotAllowed
from app.procedures.selection import store
from app.procedures.selection.models import ActivityState, SeatState
from app.procedures.selection.service import activities, invitations, panel
from app.registers.models import ExpertState
from tests.services.procedures.people import acts
from tests.services.procedures.selection.making import (
    accept,
    answer,
    at,
    confirm,
    expert_of,
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
    conditions,
    draw_of,
    drawn,
    later,
    recusal,
    world,
)


def test_the_drawn_are_invited_one_to_one_each_with_a_case(there: World) -> None:
    found, outcome = drawn(there)
    move = settle(found)
    assert move.state == "waiting"
    assert found.state is ActivityState.INVITING
    members = live(found)
    assert [one.line for one in members] == [1, 2, 3, 4, 5]
    assert {one.expert_id for one in members} == {one.expert_id for one in outcome.invite}
    assert [case.business_key for case in move.start] == [one.number for one in members]
    assert {case.process_key for case in move.start} == {"invitation"}
    assert all(found.title not in case.title for case in move.start), "the project is not told with the invitation"
    first = move.start[0]
    assert first.data == {
        "invitation": members[0].number, "expert_user": expert_of(members[0]).user_id, "combined": False,
    }  # fmt: skip


def test_seats_stand_in_the_order_of_the_categories(there: World) -> None:
    found = inviting(there)
    draw = draw_of(found)
    order = {COST: 2, SECURITY: 1, SOFTWARE: 0}
    wanted = sorted((one.category for one in live(found)), key=lambda name: order[name])
    assert [one.category for one in live(found)] == wanted
    assert draw.draw_no == 1


def test_settling_again_changes_nothing(there: World) -> None:
    found = inviting(there)
    before = acts(found.number)
    move = settle(found)
    assert (move.state, move.start, move.tell) == ("waiting", (), ())
    assert len(written(found, SeatState.SENT)) == 5
    assert acts(found.number) == before


def test_the_panel_looks_again_when_nobody_can_be_invited_any_more_and_at_the_start(there: World) -> None:
    found = inviting(there)
    assert settle(found).check_at == STARTS_AT - timedelta(hours=2)
    at("2026-03-05 07:00")
    assert settle(found).check_at == STARTS_AT


@pytest.mark.parametrize("word", ["decline", "recuse"])
def test_a_no_is_replaced_on_the_same_line_by_a_further_round(there: World, word: str) -> None:
    found = inviting(there)
    gone = live(found)[3]
    assert not answer(gone, word, "时间冲突").goes_on  # type: ignore[arg-type]
    move = settle(found)
    newcomer = live(found)[3]
    assert (move.state, len(move.start)) == ("waiting", 1)
    assert newcomer.line == gone.line == 4
    assert newcomer.expert_id != gone.expert_id
    assert (newcomer.round_no, newcomer.state) == (1, SeatState.PENDING)
    rounds = store.rounds_of(draw_of(found).id)
    assert len(rounds) == 2
    assert len(rounds[1].retained) == 4


def test_two_gone_at_once_are_replaced_in_one_round(there: World) -> None:
    found = inviting(there)
    for gone in live(found)[:2]:
        answer(gone, "decline")
    assert len(settle(found).start) == 2
    assert len(live(found)) == 5
    assert len(store.rounds_of(draw_of(found).id)) == 2


def test_a_round_was_made_once_although_two_tidings_came(there: World) -> None:
    found = inviting(there)
    answer(live(found)[0], "decline")
    assert len(settle(found).start) == 1
    assert settle(found).start == ()
    assert len(live(found)) == 5


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_answers_come_in_any_order(there: World, order: tuple[int, ...]) -> None:
    found = inviting(there)
    members = live(found)
    accept(members[3:])
    for index in order:
        accept([members[index]])
        move = settle(found)
    assert move.state == "list_ready"
    assert found.state is ActivityState.INITIAL


def test_silence_passes_the_seat_on_only_after_two_whole_hours(there: World) -> None:
    found = inviting(there)
    silent = live(found)[1]
    later(hours=2)
    assert not invitations.time_out(silent.number, RULES, actor=SYSTEM, now=clock.now())
    later(seconds=1)
    assert invitations.time_out(silent.number, RULES, actor=SYSTEM, now=clock.now())
    settle(found)
    assert live(found)[1].expert_id != silent.expert_id
    assert silent.state is SeatState.TIMED_OUT


def test_the_initial_list_is_announced_once(there: World) -> None:
    found = initial(there)
    settle(found)
    assert notices("staff_list_ready") == ["郭子安"]


def test_after_the_list_is_confirmed_everybody_is_told(there: World) -> None:
    found = initial(there)
    panel.confirm_list(found.number, RULES, actor=there.organiser, now=clock.now())
    move = settle(found)
    assert move.state == "waiting"
    assert {(one.name, one.business_key) for one in move.tell} == {
        ("list_confirmed", one.number) for one in live(found)
    }
    assert found.state is ActivityState.CONFIRMING


def test_a_list_is_confirmed_by_the_unit_s_organiser_alone(there: World) -> None:
    found = initial(there)
    with pytest.raises(NotAllowed):
        panel.confirm_list(found.number, RULES, actor=there.leader, now=clock.now())


def test_a_list_is_confirmed_while_messages_may_go_out(there: World) -> None:
    found = initial(there)
    at("2026-03-02 20:00")
    with pytest.raises(Conflict, match="08:00–20:00"):
        panel.confirm_list(found.number, RULES, actor=there.organiser, now=clock.now())
    at("2026-03-03 08:00")
    panel.confirm_list(found.number, RULES, actor=there.organiser, now=clock.now())


def test_a_list_with_a_seat_lost_meanwhile_is_not_confirmed(there: World) -> None:
    found = initial(there)
    leave(live(found)[0])
    with pytest.raises(Conflict, match="没有坐满"):
        panel.confirm_list(found.number, RULES, actor=there.organiser, now=clock.now())


def test_who_replaces_after_the_confirmation_is_told_without_another_one(there: World) -> None:
    found = told(there)
    gone = live(found)[2]
    confirm(gone, "decline", "外出")
    settle(found)
    hand_over(found)
    newcomer = live(found)[2]
    accept([newcomer])
    move = settle(found)
    assert move.state == "waiting"
    assert [(one.name, one.business_key) for one in move.tell] == [("list_confirmed", newcomer.number)]


def test_details_wait_for_the_morning_and_the_panel_looks_again_then(there: World) -> None:
    found = told(there)
    gone = live(found)[2]
    at("2026-03-02 10:00")
    confirm(gone, "decline", "外出")
    at("2026-03-02 19:00")
    for one in written(found, SeatState.TOLD):
        one.state = SeatState.CONFIRMED
    settle(found)
    hand_over(found)
    at("2026-03-02 20:30")
    accept([live(found)[2]])
    move = settle(found)
    assert move.tell == ()
    assert f"{move.check_at:%d %H:%M}" == "03 08:00"
    at("2026-03-03 08:00")
    assert [one.name for one in settle(found).tell] == ["list_confirmed"]


def test_when_all_confirmed_the_panel_is_final_and_everybody_has_his_calendar_file(there: World) -> None:
    found = final(there)
    assert found.state is ActivityState.FINAL
    assert found.final_at == clock.now()
    assert states(found) == [SeatState.SEATED] * 5
    assert len(notices("panel_final")) == 5
    assert notices("staff_panel_final") == ["郭子安"]
    move = settle(found)
    assert (move.state, move.check_at) == ("final", STARTS_AT)
    assert len(notices("panel_final")) == 5, "settling again tells nobody twice"


def test_a_leave_after_the_final_list_is_filled_and_only_the_newcomer_confirms(there: World) -> None:
    found = final(there)
    assert leave(live(found)[4])
    move = settle(found)
    assert (move.state, len(move.start)) == ("waiting", 1)
    assert (found.state, found.final_at) == (ActivityState.CONFIRMING, None)
    hand_over(found)
    accept([live(found)[4]])
    settle(found)
    tell(found)
    confirm(live(found)[4])
    assert settle(found).state == "final"
    assert len(notices("panel_final")) == 6


def test_an_expert_removed_from_the_pool_while_invited_is_told_and_replaced(there: World) -> None:
    found = inviting(there)
    gone = live(found)[0]
    person = next(one for one in there.experts if one.id == gone.expert_id)
    person.state = ExpertState.REMOVED
    move = settle(found)
    assert (gone.state, gone.ineligible) == (SeatState.REMOVED, "REMOVED")
    assert [(one.name, one.business_key, one.payload["reason_code"]) for one in move.tell] == [
        ("seat_released", gone.number, "REMOVED")
    ]
    assert notices("panel_ineligible") == [person.name]
    assert live(found)[0].expert_id != gone.expert_id


def test_a_changed_unit_makes_ineligible_and_a_suspension_too(there: World) -> None:
    found = inviting(there)
    first, second = live(found)[:2]
    people = {one.id: one for one in there.experts}
    people[first.expert_id].unit_id = there.department.id
    people[second.expert_id].suspended_since = clock.now()
    settle(found)
    assert (first.ineligible, second.ineligible) == ("UNIT_CHANGED", "SUSPENDED")
    assert len(live(found)) == 5


def test_who_was_drawn_and_removed_before_the_invitation_went_out_is_never_written_to(there: World) -> None:
    found, outcome = drawn(there)
    person = next(one for one in there.experts if one.id == outcome.invite[0].expert_id)
    person.state = ExpertState.REMOVED
    settle(found)
    assert person.id not in {one.expert_id for one in live(found)}
    assert len(live(found)) == 5
    assert notices("panel_ineligible") == []


def test_a_written_recusal_after_the_lock_replaces_who_sits(there: World) -> None:
    found = final(there)
    gone = live(found)[1]
    draft = recusal(expert_id=gone.expert_id, source="written")
    activities.record_recusal(found.number, draft, RULES, actor=there.organiser, now=clock.now())
    move = settle(found)
    assert gone.state is SeatState.REMOVED
    assert gone.ineligible == "RECUSAL"
    assert move.state == "waiting"
    assert len(live(found)) == 5


def test_the_end_of_a_term_does_not_unseat_who_accepted(there: World) -> None:
    found = initial(there)
    member = live(found)[0]
    person = next(one for one in there.experts if one.id == member.expert_id)
    person.state = ExpertState.AWAITING_RENEWAL
    settle(found)
    assert member.state is SeatState.ACCEPTED


def test_of_two_acceptances_for_one_half_day_the_earlier_stands(there: World) -> None:
    first, second = inviting(there), inviting(there)
    ours = live(first)[0]
    same = next((one for one in live(second) if one.expert_id == ours.expert_id), None)
    if same is None:
        same = live(second)[0]
        same.expert_id, same.unit_id = ours.expert_id, ours.unit_id
    ours.state = same.state = SeatState.ACCEPTED
    ours.answered_at, same.answered_at = clock.now(), clock.now() + timedelta(minutes=1)
    db.session.flush()
    settle(second)
    settle(first)
    assert ours.state is SeatState.ACCEPTED
    assert (same.state, same.ineligible) == (SeatState.REMOVED, "CLASH")


def test_a_pool_that_runs_dry_in_the_middle_is_short_in_words_and_the_others_go_on_answering(there: World) -> None:
    found = inviting(there, conditions(quota={SECURITY: 1, SOFTWARE: 1, COST: 3}))
    kept = live(found)
    for person in there.experts:
        if person.id not in {one.expert_id for one in kept}:
            person.state = ExpertState.REMOVED
    gone = next(one for one in kept if one.category == COST)
    answer(gone, "decline")
    move = settle(found)
    assert move.state == "short"
    assert move.shortage.endswith(" 需 1，可用单位 0")
    assert (found.state, found.shortage) == (ActivityState.SHORT, move.shortage)
    assert notices("staff_panel_short") == ["郭子安"]
    accept([one for one in kept if one is not gone])
    assert settle(found).state == "short"
    assert notices("staff_panel_short") == ["郭子安"], "told once"
    assert states(found).count(SeatState.ACCEPTED) == 4


def test_with_less_than_two_hours_nobody_is_invited_any_more(there: World) -> None:
    found = final(there)
    at("2026-03-05 07:00")
    leave(live(found)[0])
    move = settle(found)
    assert move.state == "short"
    assert "来不及" in move.shortage


def test_with_exactly_two_hours_somebody_is_still_invited_with_both_notices_in_one(there: World) -> None:
    at("2026-03-02 09:00")
    found = final(there, starts_at=STARTS_AT + timedelta(hours=6))
    at("2026-03-05 13:00")
    gone = live(found)[0]
    leave(gone)
    move = settle(found)
    assert (move.state, move.start[0].data["combined"]) == ("waiting", True)
    hand_over(found)
    newcomer = live(found)[0]
    assert answer(newcomer, "accept", "").goes_on
    assert newcomer.state is SeatState.CONFIRMED
    assert settle(found).state == "final"


def test_a_leave_at_night_reckons_with_the_hour_at_which_messages_go_out_again(there: World) -> None:
    found = final(there)
    at("2026-03-04 20:30")
    leave(live(found)[0])
    move = settle(found)
    assert move.state == "short", "08:00 leaves one hour before 09:00"


def test_at_the_start_a_final_panel_meets_and_its_draws_are_open(there: World) -> None:
    found = final(there)
    assert draw_of(found).revealed_at is None, "a list that leave can still change is not final"
    clock.travel_to(STARTS_AT)
    assert settle(found).state == "meeting"
    assert found.state is ActivityState.MEETING
    assert draw_of(found).revealed_at == STARTS_AT


def test_a_last_confirmation_looked_at_only_after_the_start_still_seats_everybody(there: World) -> None:
    found = told(there)
    at("2026-03-02 10:00")
    for one in live(found):
        confirm(one)
    clock.travel_to(STARTS_AT)
    assert settle(found).state == "meeting"
    assert states(found) == [SeatState.SEATED] * 5
    assert found.final_at == STARTS_AT


def test_at_the_start_a_list_not_confirmed_is_short(there: World) -> None:
    found = told(there)
    clock.travel_to(STARTS_AT)
    move = settle(found)
    assert move.state == "short"
    assert "没有全部确认" in move.shortage
    assert draw_of(found).revealed_at is None


def test_a_unit_changed_between_lock_and_replacement_is_passed_over(there: World) -> None:
    found = inviting(there)
    members = {one.expert_id for one in live(found)}
    others = [person for person in there.experts if person.id not in members]
    for person in others:
        person.unit_id = there.units[0].id if person.unit_id != there.units[0].id else there.units[1].id
    spared = next(person for person in others if COST in {held.direction for held in person.directions})
    assert len(others) > 1
    gone = live(found)[0]
    answer(gone, "decline")
    move = settle(found)
    assert move.state == "short", "whoever changed the unit since the lock cannot be drawn"
    assert spared.id not in {one.expert_id for one in live(found)}


def test_a_panel_is_made_and_refilled_on_each_database(any_database: Any) -> None:
    found = final(world())
    leave(live(found)[0])
    assert settle(found).state == "waiting"
    hand_over(found)
    accept([live(found)[0]])
    settle(found)
    tell(found)
    confirm(live(found)[0])
    assert settle(found).state == "final"
    any_database.commit()
