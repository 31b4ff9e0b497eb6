"""A panel when several things happen to it in the same moment: one of them decides, and the panel goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from app.core import clock
from app.core.actor import Actor
from app.core.errors import Conflict, UserError
from app.core.transaction import transaction
from app.identity import deputies, roles
from app.jobs.due import Report
from app.procedures.selection import store
from app.procedures.selection.models import ActivityState, AnswerWay, DesignationState, SeatState
from app.procedures.selection.service import activities, links
from app.web.invitations.answering import Reply, give
from app.workflow import messages, tasks
from app.workflow.attempt import attempt
from app.workflow.refusals import StepRefused
from app.workflow.step import StepOutcome
from tests.competing.conftest import Race
from tests.competing.panels import SEATS, Panel, panel, token
from tests.services.procedures.selection.house import now
from tests.services.procedures.selection.world import RULES, STARTS_AT, account, conditions, recusal
from tests.services.workflow.world import in_transaction

__all__ = ["panel"]

DRAWN = SEATS - 1


@pytest.fixture
def race(panel: Panel) -> Race:
    """Acts at the same moment."""
    return Race(panel.app)


def went_well(results: list[Any]) -> bool:
    """Every act was done."""
    return not any(isinstance(one, BaseException) for one in results)


def one_won(results: list[Any]) -> bool:
    """Of several for one thing exactly one got it, and the others were told in words."""
    lost = [one for one in results if isinstance(one, BaseException)]
    return len(lost) == len(results) - 1 and all(isinstance(one, UserError) for one in lost)


def test_all_experts_answer_in_the_same_second(panel: Panel, race: Race) -> None:
    answers = [panel.answer(one, "accept") for one in panel.members()]
    agree = panel.act(
        f"{panel.number}-Z1", "approve_designation", panel.house.there.leader, decision="agreed", reason="熟悉"
    )
    results = race.run([*answers, agree, panel.due, panel.due])
    assert went_well(results), results
    panel.check()
    assert [one.state for one in panel.members()].count(SeatState.ACCEPTED) == DRAWN
    assert len(panel.members(SeatState.SENT)) == 1
    panel.goes_on()
    assert len(panel.written()) == SEATS


def test_whoever_declines_in_the_same_second_is_replaced_once_each(panel: Panel, race: Race) -> None:
    words = ("decline", "accept", "recuse", "decline", "accept", "decline")
    answers = [panel.answer(one, word, "出差") for one, word in zip(panel.members(), words, strict=True)]
    results = race.run([*answers, panel.due, panel.due])
    assert went_well(results), results
    panel.check()
    assert len(panel.members()) == DRAWN
    assert len(panel.members(SeatState.SENT)) == 4
    assert len(panel.written()) == DRAWN + 4
    panel.goes_on()


def test_an_answer_at_the_last_instant_counts_and_one_a_second_later_does_not(panel: Panel, race: Race) -> None:
    punctual, late = panel.members()[:3], panel.members()[3:]
    panel.house.pass_time("2026-03-02 11:00")
    results = race.run([*(panel.answer(one, "accept") for one in punctual), panel.due, panel.due])
    assert went_well(results), results
    answers = [panel.answer(one, "accept") for one in late]
    clock.travel_to(clock.now() + timedelta(seconds=1))
    *answered, _, _ = results = race.run([*answers, panel.due, panel.due])
    assert all(isinstance(one, Conflict) for one in answered), answered
    assert all(isinstance(one, Report) for one in results[-2:]), results
    panel.check()
    assert [panel.house.invitation(one.number).state for one in late] == [SeatState.TIMED_OUT] * 3
    assert len(panel.written()) == DRAWN + 3
    panel.goes_on()


def _leave(panel: Panel, position: int) -> Callable[[], Any]:
    one = panel.members()[position]
    expert, payload = panel.house.expert(one), {"reason": "身体原因"}
    return lambda: attempt(transaction, lambda: messages.deliver("leave_requested", one.number, payload, expert))


def _remove(panel: Panel, position: int) -> Callable[[], Any]:
    gone, organiser = panel.members()[position].expert_id, panel.house.there.organiser

    def act() -> None:
        messages.hold(panel.number, organiser)
        draft = recusal(expert_id=gone, source="written")
        activities.record_recusal(panel.number, draft, RULES, actor=organiser, now=clock.now())
        messages.enqueue("panel_changed", panel.number, {}, None, clock.now(), optional=True)

    return lambda: attempt(transaction, act)


def test_leave_and_removal_of_one_member_free_one_seat(panel: Panel, race: Race) -> None:
    panel.goes_on()
    results = race.run([
        _leave(panel, 0), _remove(panel, 0), _remove(panel, 1), _leave(panel, 2), panel.due, panel.due,
    ])  # fmt: skip
    # whoever was removed a moment before his leave is told so; all else is done
    assert went_well(results[1:]), results
    assert not isinstance(results[0], BaseException) or isinstance(results[0], UserError)
    panel.check()
    assert len(panel.members()) == SEATS
    assert len(panel.written()) == SEATS + 3
    panel.goes_on()


def test_a_list_confirmed_while_a_member_leaves_is_filled_before_it_is_final(panel: Panel, race: Race) -> None:
    panel.decide()
    panel.house.accept(panel.members(SeatState.SENT))
    confirm = panel.act(panel.number, "confirm_list", panel.house.there.organiser)
    confirmed, left, *_ = race.run([confirm, _leave(panel, 3), panel.due])
    assert isinstance(confirmed, StepOutcome | UserError), confirmed
    assert isinstance(left, list | UserError), left
    panel.check()
    if isinstance(left, UserError):  # his details were just on their way; once he has them he asks again
        _leave(panel, 3)()
        panel.check()
    assert len(panel.members(SeatState.SENT)) == 1
    panel.goes_on()
    assert len(panel.written()) == SEATS + 1


def test_whoever_asks_for_the_draw_twice_gets_one(panel: Panel, race: Race) -> None:
    house, organiser, witness = panel.house, panel.house.there.organiser, panel.house.there.witness
    panel.number = number = house.enter(starts_at=STARTS_AT + timedelta(days=1))
    draft = conditions()
    in_transaction(lambda: activities.save_conditions(number, draft, actor=organiser, now=clock.now()))
    assert one_won(race.run([panel.act(number, "set_conditions", organiser)] * 2))
    value = {"value": "a8f051cc7be29d04", "manner": "browser"}
    ours = panel.act(number, "contribute_organiser", organiser, **value)
    theirs = panel.act(number, "contribute_witness", witness, **value)
    results = race.run([ours, theirs, ours, theirs])
    assert one_won(results[::2]), results
    assert one_won(results[1::2]), results
    assert one_won(race.run([panel.act(number, "sign_record", witness, remark="")] * 2))
    send = panel.act(number, "send_invitations", organiser)
    assert one_won(race.run([send, send, panel.due])[:2])
    panel.check()
    (draw,) = now(lambda: list(store.draws_of(number)))
    assert [one.round_no for one in now(lambda: list(store.rounds_of(draw.id)))] == [0]
    assert len(panel.members(SeatState.SENT)) == len(panel.written()) == draft.panel_size


@pytest.mark.parametrize("early", [True, False])
def test_leave_against_the_beginning_of_the_meeting(panel: Panel, race: Race, early: bool) -> None:
    panel.goes_on()
    leave = _leave(panel, 2)
    clock.travel_to(STARTS_AT - timedelta(seconds=1 if early else 0))
    left, *_ = race.run([leave, panel.due, panel.due])
    assert isinstance(left, list if early else StepRefused), left
    clock.travel_to(STARTS_AT)
    panel.check()
    assert len(panel.members()) == SEATS - early
    assert panel.state() is (ActivityState.SHORT if early else ActivityState.MEETING)
    assert panel.house.open(panel.number) == (["handle_shortage"] if early else ["record_meeting"])


def test_a_review_called_off_while_its_experts_answer(panel: Panel, race: Race) -> None:
    members, payload = panel.members(), {"reason": "项目暂停"}
    cancel = lambda: attempt(  # noqa: E731 - an act like the others
        transaction,
        lambda: messages.deliver("activity_cancelled", panel.number, payload, panel.house.there.organiser),
    )
    agree = panel.act(
        f"{panel.number}-Z1", "approve_designation", panel.house.there.leader, decision="agreed", reason="熟悉"
    )
    words = ("accept", "decline", "accept", "recuse", "accept", "decline")
    answers = [panel.answer(one, word, "出差") for one, word in zip(members, words, strict=True)]
    cancelled, *others = race.run([cancel, *answers, agree, panel.due, panel.due])
    assert isinstance(cancelled, list), cancelled
    assert all(not isinstance(one, BaseException) or isinstance(one, UserError) for one in others), others
    panel.check()
    assert panel.state() is ActivityState.CANCELLED
    assert panel.members() == []
    assert {status for _, status, _ in panel.house.cases(panel.number)} == {"completed"}
    told = panel.house.notices("panel_cancelled")
    gone = [panel.house.invitation(one.number) for one in members]
    assert len(told) == len(set(told)) == sum(one.state is SeatState.WITHDRAWN for one in gone)


def test_of_a_leader_and_his_deputy_one_decides(panel: Panel, race: Race) -> None:
    there = panel.house.there
    deputy = in_transaction(lambda: account("dep", "冯知行", roles.DEPT_LEADER, there.department))
    in_transaction(lambda: deputies.appoint(
        deputy.user_id, deputies.Term(date(2026, 3, 2), date(2026, 3, 3), "出差"), actor=there.leader, now=clock.now()
    ))  # fmt: skip
    task = panel.house.task(f"{panel.number}-Z1", "approve_designation")

    def stand_in() -> StepOutcome | None:
        tasks.stand_in(task, deputy, "受委托代审")
        return tasks.complete(task, {"decision": "refused", "reason": "可以随机抽取"}, deputy, None)

    agree = panel.act(f"{panel.number}-Z1", "approve_designation", there.leader, decision="agreed", reason="熟悉")
    results = race.run([agree, lambda: attempt(transaction, stand_in), panel.due])
    assert one_won(results[:2]), results
    panel.check()
    (found,) = panel.house.designations(panel.number)
    agreed = isinstance(results[0], StepOutcome)
    assert found.state is (DesignationState.APPROVED if agreed else DesignationState.REFUSED)
    assert found.decided_by_name == ("何景行" if agreed else "冯知行")
    assert len(panel.members(SeatState.SENT)) == SEATS
    panel.goes_on()


def test_of_two_clicks_on_one_link_one_counts(panel: Panel, race: Race) -> None:
    one = panel.members()[0]
    link = token(one.number)

    def click(answer: str) -> bool:
        def enter() -> Actor:
            return links.use(link, viewer=None, address=None, now=clock.now())[1]

        return give(one.number, Reply(answer, "外出", {}), AnswerWay.LINK, enter)

    results = race.run([lambda: click("accept"), lambda: click("decline"), lambda: click("accept"), panel.due])
    assert sorted(results[:3]) == [False, False, True], results
    panel.check()
    said = SeatState.DECLINED if results[1] else SeatState.ACCEPTED
    assert panel.house.invitation(one.number).state is said
    panel.goes_on()
