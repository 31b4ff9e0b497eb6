"""Designated experts: after the draw before the leader, never decided by who asked; refused seats join the draw."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.core import clock
from app.core.actor import SYSTEM, Actor
from app.core.database import db
from app.core.errors import Conflict, Invalid, NotAllowed
from app.identity.models import Deputy, User
from app.procedures.selection import seats, store
from app.procedures.selection.models import Activity, Designation, DesignationState, SeatState
from app.procedures.selection.queries import approvals, board
from app.procedures.selection.rules.conditions import DesignationDraft
from app.procedures.selection.service import designations, panel
from app.registers.models import Expert, ExpertState
from tests.services.procedures.people import acts
from tests.services.procedures.selection.making import (
    accept,
    answer,
    decide,
    hand_over,
    inviting,
    live,
    notices,
    settle,
    written,
)
from tests.services.procedures.selection.world import (
    COST,
    RULES,
    SECURITY,
    SOFTWARE,
    STARTS_AT,
    World,
    account,
    conditions,
    designation,
    draw_of,
    drawn,
    later,
    unit,
)


def with_one(there: World) -> tuple[Activity, Designation]:
    """A drawn panel of five, of whom one is asked for by name; its approval has begun."""
    person = there.expert(SECURITY)
    draft = conditions(quota={SECURITY: 1, SOFTWARE: 2, COST: 1}, designations=(designation(person, SECURITY),))
    found, _ = drawn(there, draft)
    settle(found)
    hand_over(found)
    return found, store.designations_of(found.number)[0]


def short(there: World) -> Activity:
    """A panel with an open seat and nobody left in the pool for it."""
    found = inviting(there, conditions(quota={SECURITY: 1, SOFTWARE: 1, COST: 3}))
    members = {one.expert_id for one in live(found)}
    for person in there.experts:
        if person.id not in members:
            person.state = ExpertState.AWAITING_RENEWAL
    answer(next(one for one in live(found) if one.category == COST), "decline")
    assert settle(found).state == "short"
    return found


def free_expert(there: World, found: Activity) -> Expert:
    """Somebody of a unit that nobody on the panel comes from, brought back to the pool, able to judge costs."""
    units = {one.unit_id for one in live(found)}
    asked = {one.expert_id for one in seats.invitations_of(found.number)}
    person = next(
        one for one in there.experts
        if one.unit_id not in units and one.id not in asked and COST in {held.direction for held in one.directions}
    )  # fmt: skip
    person.state = ExpertState.IN_POOL
    db.session.flush()
    return person


def ask(found: Activity, person: Expert, actor: Actor, **changes: Any) -> Designation:
    values = {"expert_id": person.id, "category": COST, "reason": "熟悉造价", **changes}
    made = designations.request(found.number, DesignationDraft(**values), RULES, actor=actor, now=clock.now())
    db.session.flush()
    return made


def test_the_leader_is_asked_after_the_draw_and_sees_no_drawn_name(there: World) -> None:
    person = there.expert(SECURITY)
    draft = conditions(quota={SECURITY: 1, SOFTWARE: 2, COST: 1}, designations=(designation(person, SECURITY),))
    found, _ = drawn(there, draft)
    assert store.designations_of(found.number)[0].state is DesignationState.DRAFT
    move = settle(found)
    case = next(case for case in move.start if case.process_key == "designation_approval")
    assert case.business_key == f"{found.number}-Z1"
    assert case.data["approvers"] == [there.leader.user_id]
    assert case.data["latest_at"] == (STARTS_AT - timedelta(hours=2)).isoformat()
    assert notices("staff_designation_requested") == ["何景行"]
    assert settle(found).start == (), "asked once"
    page = approvals.page(case.business_key, there.leader, clock.now())
    assert (page.expert, page.category, page.designated, page.designated_limit) == (person.name, SECURITY, 1, 1)
    assert page.may_decide
    drawn_names = {one.name for one in there.experts if one.id in {two.expert_id for two in live(found)}}
    assert not any(name in str(page) for name in drawn_names)


def test_a_pending_designation_keeps_its_seat_and_the_list_waits(there: World) -> None:
    found, _ = with_one(there)
    accept(live(found))
    assert settle(found).state == "waiting"
    assert len(live(found)) == 4
    lines = board.panel(found.number, there.organiser, clock.now()).lines
    assert (lines[4].how, lines[4].state) == ("指定", "待审批")


def test_who_was_agreed_to_is_invited_without_a_draw_on_his_line(there: World) -> None:
    found, asked = with_one(there)
    assert decide(asked, "agreed", there.leader)
    move = settle(found)
    assert len(move.start) == 1
    newcomer = written(found, SeatState.PENDING)[0]
    assert (newcomer.expert_id, newcomer.designation_id, newcomer.draw_id) == (asked.expert_id, asked.id, None)
    assert newcomer.line == 5
    assert settle(found).start == ()
    assert notices("staff_designation_decided") == ["郭子安"]
    assert board.panel(found.number, there.organiser, clock.now()).lines[4].how == "指定，何景行 09:00 批准"


@pytest.mark.parametrize("end", ["refused", "lapsed", "declined", "removed"])
def test_a_seat_that_came_to_nothing_joins_the_draw_once(there: World, end: str) -> None:
    found, asked = with_one(there)
    if end == "refused":
        decide(asked, "refused", there.leader, "另有人选")
    elif end == "lapsed":
        assert designations.lapse(seats.designation_key(asked), actor=SYSTEM, now=clock.now())
    else:
        decide(asked, "agreed", there.leader)
        settle(found)
        hand_over(found)
        if end == "declined":
            answer(live(found)[4], "decline")
        else:
            next(one for one in there.experts if one.id == asked.expert_id).suspended_since = clock.now()
    settle(found)
    assert len(live(found)) == 5
    assert all(one.designation_id is None for one in live(found))
    assert asked.opened_in_draw == 1
    rounds = store.rounds_of(draw_of(found).id)
    assert rounds[1].opened == {SECURITY: 1}
    answer(live(found)[0], "decline")
    settle(found)
    assert store.rounds_of(draw_of(found).id)[2].opened == {}


def test_who_asked_never_decides_not_even_as_a_deputy(there: World) -> None:
    found, asked = with_one(there)
    db.session.add(
        Deputy(
            principal_user_id=there.leader.user_id, deputy_user_id=there.organiser.user_id,
            begins_on=clock.today(), ends_on=clock.today(), reason="出差", created_at=clock.now(),
        )
    )  # fmt: skip
    db.session.flush()
    with pytest.raises(NotAllowed, match="由您申请指定"):
        decide(asked, "agreed", there.organiser)
    assert approvals.waiting(there.organiser, clock.now()) == []
    assert not approvals.page(seats.designation_key(asked), there.organiser, clock.now()).may_decide
    assert asked.state is DesignationState.REQUESTED
    assert found.state.value == "inviting"


def test_a_deputy_who_left_the_unit_decides_nothing(there: World) -> None:
    _, asked = with_one(there)
    deputy = account("deputy", "高原", "dept_organiser", there.department)
    db.session.add(
        Deputy(
            principal_user_id=there.leader.user_id, deputy_user_id=deputy.user_id, begins_on=clock.today(),
            ends_on=clock.today(), reason="出差", created_at=clock.now(),
        )
    )  # fmt: skip
    db.session.get_one(User, deputy.user_id).unit_id = there.project.id
    db.session.flush()
    with pytest.raises(NotAllowed):
        decide(asked, "agreed", deputy)
    assert approvals.waiting(deputy, clock.now()) == []


def test_a_deputy_decides_on_his_days_and_nobody_else(there: World) -> None:
    _, asked = with_one(there)
    deputy = account("deputy", "高原", "dept_organiser", there.department)
    with pytest.raises(NotAllowed):
        decide(asked, "agreed", deputy)
    db.session.add(
        Deputy(
            principal_user_id=there.leader.user_id, deputy_user_id=deputy.user_id, begins_on=clock.today(),
            ends_on=clock.today(), reason="出差", created_at=clock.now(),
        )
    )  # fmt: skip
    db.session.flush()
    assert [line.case_no for line in approvals.waiting(deputy, clock.now())] == [seats.designation_key(asked)]
    assert decide(asked, "agreed", deputy)
    assert asked.decided_by_name == "高原"
    assert [line.state for line in approvals.decided(deputy)] == ["已同意"]
    other = account("other", "外人", "dept_leader", unit("另一个厅"))
    with pytest.raises(NotAllowed):
        approvals.page(seats.designation_key(asked), other, clock.now())


def test_a_refusal_needs_a_reason_and_a_decision_is_made_once(there: World) -> None:
    _, asked = with_one(there)
    with pytest.raises(Invalid) as refused:
        decide(asked, "refused", there.leader, " ")
    assert set(refused.value.errors) == {"reason"}
    decide(asked, "refused", there.leader, "另有人选")
    with pytest.raises(Conflict, match="不同意"):
        decide(asked, "agreed", there.leader)
    assert not designations.lapse(seats.designation_key(asked), actor=SYSTEM, now=clock.now())
    assert not designations.withdraw(seats.designation_key(asked), "CANCELLED", actor=SYSTEM, now=clock.now())


def test_somebody_who_may_not_sit_any_more_is_not_decided_on(there: World) -> None:
    found, asked = with_one(there)
    next(one for one in there.experts if one.id == asked.expert_id).state = ExpertState.REMOVED
    move = settle(found)
    assert asked.state is DesignationState.WITHDRAWN
    assert [(one.name, one.business_key) for one in move.tell] == [("seat_released", f"{found.number}-Z1")]
    assert len(live(found)) == 5


def test_past_designations_of_the_person_by_the_department_are_shown(there: World) -> None:
    _, before = with_one(there)
    decide(before, "agreed", there.leader)
    later(days=-300)
    before.decided_at = clock.now()
    later(days=300)
    found, asked = with_one(there)
    assert asked.expert_id == before.expert_id
    page = approvals.page(f"{found.number}-Z1", there.leader, clock.now())
    assert [past.activity for past in page.past] == [before.activity_no]
    before.decided_at = clock.now() - timedelta(days=400)
    db.session.flush()
    assert approvals.page(f"{found.number}-Z1", there.leader, clock.now()).past == ()


def test_an_open_seat_may_be_filled_by_name_after_the_draw_with_an_approval_of_its_own(there: World) -> None:
    found = short(there)
    person = free_expert(there, found)
    chosen = panel.ShortageChoice("designate", "熟悉造价", person.id, COST)
    where = panel.handle_shortage(found.number, chosen, RULES, actor=there.organiser, now=clock.now())
    assert where.where == "panel"
    move = settle(found)
    assert (move.state, [case.business_key for case in move.start]) == ("waiting", [f"{found.number}-Z1"])
    asked = store.designations_of(found.number)[0]
    assert asked.after_draw
    assert "designation.request" in acts(f"{found.number}-Z1")
    decide(asked, "agreed", there.leader)
    settle(found)
    hand_over(found)
    accept([one for one in live(found) if one.state is SeatState.SENT])
    assert settle(found).state == "list_ready"
    lines = board.panel(found.number, there.organiser, clock.now()).lines
    assert any(line.how.startswith("抽取后指定，何景行") for line in lines)


def test_after_a_designation_took_a_drawn_seat_a_further_gap_needs_a_new_draw(there: World) -> None:
    found = short(there)
    ask(found, free_expert(there, found), there.organiser)
    settle(found)
    decide(store.designations_of(found.number)[0], "agreed", there.leader)
    settle(found)
    answer(next(one for one in live(found) if one.category == SOFTWARE), "decline")
    move = settle(found)
    assert move.state == "short"
    assert "须重新抽取" in move.shortage


def test_a_third_is_the_limit(there: World) -> None:
    found = short(there)
    ask(found, free_expert(there, found), there.organiser)
    settle(found)
    answer(next(one for one in live(found) if one.category == COST), "decline")
    settle(found)
    with pytest.raises(Invalid, match="三分之一"):
        ask(found, free_expert(there, found), there.organiser)


def test_an_expert_of_a_unit_that_sits_is_refused(there: World) -> None:
    found = short(there)
    member = live(found)[0]
    person = free_expert(there, found)
    person.unit_id = member.unit_id
    db.session.flush()
    db.session.expire(person)
    with pytest.raises(Invalid) as refused:
        ask(found, person, there.organiser)
    assert refused.value.errors == {"expert": designations.CANNOT_SIT}, "not whose unit sits"


def test_refusals_do_not_tell_who_was_drawn(there: World) -> None:
    found = inviting(there, conditions(quota={SECURITY: 1, SOFTWARE: 1, COST: 3}))
    member = live(found)[0]
    somebody = next(one for one in there.experts if one.unit_id not in {two.unit_id for two in live(found)})
    said = []
    for person in (db.session.get_one(Expert, member.expert_id), somebody):
        with pytest.raises(Invalid) as refused:
            ask(found, person, there.organiser)
        said.append(refused.value.errors)
    assert said == [{"expert": "指定专家：没有空缺的席位"}] * 2
    found = short(there)
    gone = written(found, SeatState.DECLINED)[0]
    for person in there.experts:
        if person.id in (gone.expert_id, live(found)[0].expert_id):
            person.state = ExpertState.IN_POOL
            with pytest.raises(Invalid) as refused:
                ask(found, person, there.organiser)
            assert refused.value.errors["expert"] == designations.CANNOT_SIT


@pytest.mark.parametrize("fault", ["reason", "category", "asked", "removed", "recused", "full"])
def test_what_speaks_against_a_designation_after_the_draw(there: World, fault: str) -> None:
    found = short(there)
    person = free_expert(there, found)
    changes: dict[str, Any] = {}
    field = "expert"
    if fault == "reason":
        changes, field = {"reason": " "}, "reason"
    elif fault == "category":
        wrong = next(name for name in (SECURITY, SOFTWARE) if name not in {one.direction for one in person.directions})
        changes, field = {"category": wrong}, "category"
    elif fault == "asked":
        gone = written(found, SeatState.DECLINED)[0]
        person = next(one for one in there.experts if one.id == gone.expert_id)
        person.state = ExpertState.IN_POOL
    elif fault == "removed":
        person.state = ExpertState.REMOVED
    elif fault == "recused":
        person.unit_id = there.project.id
        db.session.flush()
        db.session.expire(person)
    else:
        ask(found, person, there.organiser)
    db.session.flush()
    with pytest.raises(Invalid) as refused:
        ask(found, person, there.organiser, **changes)
    assert field in refused.value.errors


def test_another_department_designates_nobody(there: World) -> None:
    found = short(there)
    stranger = Actor(999, "外单位", frozenset({"dept_organiser"}), unit_id=there.project.id)
    with pytest.raises(NotAllowed):
        ask(found, free_expert(there, found), stranger)


def test_designated_and_drawn_never_share_a_unit(there: World) -> None:
    found, asked = with_one(there)
    decide(asked, "agreed", there.leader)
    settle(found)
    units = [one.unit_id for one in live(found)]
    assert len(units) == len(set(units)) == 5
