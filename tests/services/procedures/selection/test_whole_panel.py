"""Panels from the conditions to the meeting: the three shipped diagrams with the real operations, jobs and clock."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from app.core import clock
from app.core.actor import Actor
from app.core.errors import Conflict, NotAllowed
from app.identity import roles
from app.procedures.selection import store
from app.procedures.selection.models import ActivityState, DesignationState, SeatState
from app.procedures.selection.rules.conditions import ConditionsDraft
from app.procedures.selection.service import activities
from app.workflow import instances, messages, tasks
from tests.services.procedures.people import trail_holds
from tests.services.procedures.selection.house import House, now
from tests.services.procedures.selection.world import (
    COST,
    RULES,
    SECURITY,
    SOFTWARE,
    conditions,
    designation,
    recusal,
)
from tests.services.workflow.world import in_transaction

HELD = {"outcome": "held", "note": "按时召开"}


@pytest.fixture
def house(any_database: Any) -> House:
    """The house on each database."""
    return House()


@pytest.fixture
def light_house(database: Any) -> House:
    """The house on SQLite only."""
    return House()


def hold_meeting(house: House, number: str) -> None:
    """Time comes, all are there, the third line leads."""
    house.pass_time("2026-03-05 09:00")
    attendance = [{"line": one.line, "state": "present"} for one in house.members(number)]
    house.do(number, "record_meeting", house.there.organiser, **HELD, attendance=attendance, leader_line=3)
    house.quiet()


def of_seven(house: House) -> ConditionsDraft:
    """Seven seats, two of them designated."""
    asked = (designation(house.there.expert(SECURITY, COST)), designation(house.there.expert(SOFTWARE, COST), SOFTWARE))
    return conditions(panel_size=7, quota={SECURITY: 2, SOFTWARE: 2, COST: 1}, designations=asked)


def test_from_the_conditions_to_the_meeting_with_everything_that_happens_on_the_way(house: House) -> None:
    number = house.drawn(of_seven(house))
    decide_on_the_designated(house, number)
    answer_in_every_way(house, number)
    house.do(number, "confirm_list", house.there.organiser)
    house.quiet()
    house.confirm(number)
    assert house.activity(number).state is ActivityState.FINAL
    take_leave(house, number)
    hold_meeting(house, number)
    assert house.activity(number).state is ActivityState.HELD
    ends = {key: end for key, _, end in house.cases(number)}
    assert {status for _, status, _ in house.cases(number)} == {"completed"}
    assert ends[number] == "activity_closed"
    assert len(ends) == 1 + 2 + 7 + 4, "the root, two approvals, seven first invitations, four replacements"
    assert now(lambda: [draw.revealed_at is not None for draw in store.draws_of(number)]) == [True]
    assert house.undelivered() == []
    assert trail_holds()


def decide_on_the_designated(house: House, number: str) -> None:
    """One is agreed to and invited; the seat of the other joins the draw."""
    assert len(house.members(number, SeatState.SENT)) == 5
    house.do(f"{number}-Z1", "approve_designation", house.there.leader, decision="agreed", reason="熟悉该系统")
    house.do(f"{number}-Z2", "approve_designation", house.there.leader, decision="refused", reason="可以随机抽取")
    house.quiet()
    assert [one.state for one in house.designations(number)] == [DesignationState.APPROVED, DesignationState.REFUSED]
    assert len(house.members(number, SeatState.SENT)) == 7


def answer_in_every_way(house: House, number: str) -> None:
    """A decline, a recusal, a silence of two hours; each seat goes to another, until all have accepted."""
    declining, recusing, silent, *others = house.members(number)
    house.answer(declining, "decline", "出差")
    house.answer(recusing, "recuse", "曾参与该项目")
    house.accept(others)
    assert len(house.members(number, SeatState.SENT)) == 3
    house.pass_time("2026-03-02 11:00")
    assert house.invitation(silent.number).state is SeatState.SENT
    for one in house.members(number, SeatState.SENT)[:2]:
        house.answer(one, "accept")
    house.pass_time("2026-03-02 11:01")
    assert house.invitation(silent.number).state is SeatState.TIMED_OUT
    (last,) = house.members(number, SeatState.SENT)
    assert last.line == silent.line
    house.accept([last])
    assert house.activity(number).state is ActivityState.INITIAL


def take_leave(house: House, number: str) -> None:
    """A member of the final list asks for leave; another is invited, told and seated."""
    leaving = house.members(number)[4]
    house.message("leave_requested", leaving.number, house.expert(leaving), reason="身体原因")
    assert house.invitation(leaving.number).state is SeatState.ON_LEAVE
    assert house.activity(number).state is ActivityState.CONFIRMING
    house.accept(house.members(number, SeatState.SENT))
    house.confirm(number)
    assert house.activity(number).state is ActivityState.FINAL


def test_an_answer_at_the_last_instant_is_in_time_and_one_after_it_is_not(house: House) -> None:
    number = house.drawn()
    late, punctual, *others = house.members(number)
    house.accept(others)
    house.pass_time("2026-03-02 11:00")
    house.answer(punctual, "accept")
    house.pass_time("2026-03-02 11:00:01")
    assert [house.invitation(one.number).state for one in (late, punctual)] == [
        SeatState.TIMED_OUT, SeatState.ACCEPTED,
    ]  # fmt: skip
    assert house.open(late.number) == []


def test_a_late_answer_loses_against_its_timer_although_no_job_ran(light_house: House) -> None:
    house = light_house
    number = house.drawn()
    late = house.members(number)[0]
    task = house.task(late.number, "answer_invitation")
    house.pass_time("2026-03-02 10:59:59")
    clock.travel_to(clock.now().replace(hour=11, minute=0, second=1))
    with pytest.raises(Conflict):
        in_transaction(
            lambda: tasks.complete(task, {"answer": "accept", "way": "login"}, house.expert(late), None)
        )
    house.quiet()
    assert house.invitation(late.number).state is SeatState.TIMED_OUT


def test_nobody_answers_for_another(light_house: House) -> None:
    house = light_house
    number = house.drawn()
    first, second, *_ = house.members(number)
    with pytest.raises(NotAllowed):
        house.do(first.number, "answer_invitation", house.expert(second), answer="accept", way="login")


def test_an_answer_by_phone_is_noted_by_staff(light_house: House) -> None:
    house = light_house
    number = house.drawn()
    one = house.members(number)[0]
    house.message("answered_by_phone", one.number, house.there.organiser, answer="accept", reason="", by="郭子安")
    found = house.invitation(one.number)
    assert (found.state, str(found.answer_way), found.answered_by_name) == (SeatState.ACCEPTED, "phone", "郭子安")


def test_a_written_recusal_takes_the_seat_and_another_is_invited(light_house: House) -> None:
    house = light_house
    number = house.drawn()
    house.accept(house.members(number)[:2])
    gone = house.members(number)[0]

    def recuse() -> None:
        moment = clock.now()
        messages.hold(number, house.there.organiser)
        draft = recusal(expert_id=gone.expert_id, source="written")
        activities.record_recusal(number, draft, RULES, actor=house.there.organiser, now=moment)
        messages.enqueue("panel_changed", number, {}, None, moment, optional=True)

    in_transaction(recuse)
    house.quiet()
    assert house.invitation(gone.number).state is SeatState.REMOVED
    assert (house.case(gone.number).status, house.case(gone.number).end_element) == ("completed", "ended_released")
    assert len(house.members(number)) == 5


def test_a_list_that_changes_before_it_is_confirmed_is_filled_first(light_house: House) -> None:
    house = light_house
    number = house.drawn()
    house.accept(house.members(number))
    assert house.open(number) == ["confirm_list"]
    leaving = house.members(number)[1]
    house.message("leave_requested", leaving.number, house.expert(leaving), reason="工作冲突")
    assert house.open(number) == []
    house.accept(house.members(number, SeatState.SENT))
    assert house.open(number) == ["confirm_list"]


def test_a_shortage_is_met_by_a_new_draw_that_keeps_who_accepted(any_database: Any) -> None:
    house = House(pool=12)
    number = house.drawn(ConditionsDraft(5, {SECURITY: 1, SOFTWARE: 2, COST: 2}))
    kept = house.members(number)[0]
    house.accept([kept])
    while "handle_shortage" not in house.open(number):
        asked = [one for one in house.members(number, SeatState.SENT) if one.category == COST]
        assert asked, house.open(number)
        house.answer(asked[0], "decline", "出差")
        house.quiet()
    assert "成本评估" in (house.activity(number).shortage or "")
    house.do(number, "handle_shortage", house.there.organiser, choice="redraw", reason="成本评估的人选已尽")
    quota = Counter(one.category for one in house.members(number))
    quota[SOFTWARE] += 5 - quota.total()
    house.set_conditions(number, conditions(quota=dict(quota), redraw_reason="成本评估的人选已尽"))
    house.draw(number)
    assert house.activity(number).draw_no == 2
    assert len(house.members(number)) == 5
    assert house.invitation(kept.number).state is SeatState.ACCEPTED
    house.finish(number)
    assert house.activity(number).state is ActivityState.FINAL


def test_a_designation_that_nobody_decides_lapses_and_its_seat_is_drawn(light_house: House) -> None:
    house = light_house
    number = house.drawn(of_seven(house))
    house.accept(house.members(number))
    house.pass_time("2026-03-03 23:59")
    assert len(house.members(number)) == 5
    house.pass_time("2026-03-04 00:00")
    assert [one.state for one in house.designations(number)] == [DesignationState.LAPSED] * 2
    assert len(house.members(number)) == 7
    assert [one.state for one in house.members(number)].count(SeatState.PENDING) == 2, "nobody is written to at night"
    house.pass_time("2026-03-04 08:00")
    assert len(house.members(number, SeatState.SENT)) == 2


@pytest.mark.parametrize("by_hand", [False, True])
def test_a_cancelled_activity_ends_everything_below_it(light_house: House, by_hand: bool) -> None:
    house = light_house
    number = house.drawn(of_seven(house))
    house.accept(house.members(number)[:3])
    if by_hand:
        root = house.case(number).id
        in_transaction(lambda: instances.revoke(root, house.there.organiser, "项目暂停"))
        house.quiet()
    else:
        house.message("activity_cancelled", number, house.there.organiser, reason="项目暂停")
    assert house.activity(number).state is ActivityState.CANCELLED
    ended = {"completed", "revoked"} if by_hand else {"completed"}
    assert {status for _, status, _ in house.cases(number)} == ended
    assert len(house.notices("panel_cancelled")) == 5
    assert house.undelivered() == []


def test_an_invitation_is_not_voided_by_itself(light_house: House) -> None:
    house = light_house
    number = house.drawn(of_seven(house))
    manager = Actor(house.there.clerk.user_id, "马晓岚", frozenset({roles.PROCESS_OWNER}))
    for key in (f"{number}-01", f"{number}-Z1"):
        case = house.case(key).id
        with pytest.raises(Conflict, match="不能单独作废"):
            in_transaction(lambda: instances.cancel(case, manager, "误发"))  # noqa: B023 - called at once


MOVED = {"city": "太原", "address": "会议中心", "reason": "会场冲突"}


def test_moved_by_some_days_who_confirmed_confirms_the_new_time(house: House) -> None:
    number = house.drawn()
    house.finish(number)
    house.message(
        "activity_rescheduled", number, house.there.organiser, starts_at="2026-03-09T09:00:00+08:00", **MOVED
    )
    assert [one.state for one in house.members(number)] == [SeatState.TOLD] * 5
    first, *others = house.members(number)
    house.answer(first, "decline", "当天出差")
    for one in others:
        house.answer(one, "confirm")
    house.quiet()
    house.accept(house.members(number, SeatState.SENT))
    house.confirm(number)
    assert house.activity(number).state is ActivityState.FINAL
    assert {key for key, status, _ in house.cases(number) if status == "running"} == {
        number, *(one.number for one in house.members(number)),
    }  # fmt: skip


def test_moved_far_away_everybody_is_released_and_drawn_anew(light_house: House) -> None:
    house = light_house
    number = house.drawn()
    house.accept(house.members(number))
    house.message(
        "activity_rescheduled", number, house.there.organiser, starts_at="2026-04-09T09:00:00+08:00", **MOVED
    )
    assert house.members(number) == []
    assert house.open(number) == ["set_conditions"]
    house.set_conditions(number, conditions(redraw_reason="改期"))
    house.draw(number)
    assert house.activity(number).draw_no == 2
    assert len(house.members(number, SeatState.SENT)) == 5


def test_a_meeting_that_did_not_come_about_is_moved(light_house: House) -> None:
    house = light_house
    number = house.drawn()
    house.finish(number)
    house.pass_time("2026-03-05 09:00")
    house.do(number, "record_meeting", house.there.organiser, outcome="not_held", note="到会人数不足")
    house.do(
        number, "handle_shortage", house.there.organiser, choice="reschedule",
        starts_at="2026-03-10T09:00:00+08:00", **MOVED,
    )  # fmt: skip
    house.quiet()
    house.confirm(number)
    assert house.activity(number).state is ActivityState.FINAL


def test_a_leader_decides_on_a_panel_without_security(light_house: House) -> None:
    house = light_house
    number = house.enter()
    without = conditions(quota={SOFTWARE: 3, COST: 2}, security_waiver="项目不涉及网络安全")
    house.set_conditions(number, without)
    assert house.open(number) == ["approve_conditions"]
    with pytest.raises(NotAllowed):
        house.do(number, "approve_conditions", house.there.organiser, outcome="agreed", reason="同意")
    house.do(number, "approve_conditions", house.there.leader, outcome="refused", reason="应设安全专家")
    house.set_conditions(number, without)
    house.do(number, "approve_conditions", house.there.leader, outcome="agreed", reason="同意")
    assert house.open(number) == ["contribute_organiser", "contribute_witness"]


def test_too_few_candidates_come_back_to_the_conditions_with_the_words(any_database: Any) -> None:
    house = House(pool=6)
    number = house.enter()
    house.set_conditions(number, conditions(quota={SECURITY: 1, COST: 4}))
    assert house.open(number) == ["set_conditions"]
    assert "成本评估 需 4" in (house.activity(number).shortage or "")
