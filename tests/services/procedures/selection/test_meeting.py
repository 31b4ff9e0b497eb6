"""The meeting: signing in, attendance, the leader elected, and what is no panel (第十七条, 第二十条, no. 52, 58)."""

from __future__ import annotations

import pytest

from app.core import clock
from app.core.actor import Actor
from app.core.errors import Conflict, Invalid, NotAllowed, UserError
from app.procedures.selection.models import Activity, ActivityState, Attendance, SeatState
from app.procedures.selection.queries import board
from app.procedures.selection.queries.invitations import DutyCounts, duty_counts
from app.procedures.selection.service import panel
from tests.services.procedures.people import acts
from tests.services.procedures.selection.making import at, expert_of, final, leave, live, settle
from tests.services.procedures.selection.test_rescheduling import SOON, move_to
from tests.services.procedures.selection.world import (
    COST,
    RULES,
    SECURITY,
    SOFTWARE,
    STARTS_AT,
    World,
    conditions,
    draw_of,
)

SEVEN = conditions(panel_size=7, quota={SECURITY: 1, SOFTWARE: 4, COST: 2})


def meeting(there: World, **changes: object) -> Activity:
    """A panel whose meeting has begun."""
    found = final(there, conditions(**changes) if changes else None)
    clock.travel_to(STARTS_AT)
    assert settle(found).state == "meeting"
    return found


def of_seven(there: World) -> Activity:
    found = final(there, SEVEN)
    clock.travel_to(STARTS_AT)
    settle(found)
    return found


def record(found: Activity, actor: Actor, attendance: dict[int, str], leader: int | None = 1, **changes: str) -> bool:
    draft = panel.MeetingDraft("held", attendance, leader, changes.get("note", ""))
    return panel.record_meeting(found.number, draft, RULES, actor=actor, now=clock.now())


def present(count: int) -> dict[int, str]:
    return dict.fromkeys(range(1, count + 1), "present")


def test_members_sign_in_from_the_moment_at_which_names_are_shown(there: World) -> None:
    found = final(there)
    at("2026-03-05 07:59:59")
    with pytest.raises(Conflict, match="08:00"):
        panel.sign_in(found.number, 1, RULES, actor=there.organiser, now=clock.now())
    came_at = at("2026-03-05 08:00")
    panel.sign_in(found.number, 1, RULES, actor=there.organiser, now=clock.now())
    at("2026-03-05 08:10")
    panel.sign_in(found.number, 1, RULES, actor=there.organiser, now=clock.now())
    member = live(found)[0]
    assert member.signed_in_at == came_at, "a second time changes nothing"
    assert acts(member.number).count("invitation.sign_in") == 1
    assert board.panel(found.number, there.organiser, clock.now()).lines[0].signed_in_at == came_at
    with pytest.raises(UserError):
        panel.sign_in(found.number, 9, RULES, actor=there.organiser, now=clock.now())
    with pytest.raises(NotAllowed):
        panel.sign_in(found.number, 2, RULES, actor=there.witness, now=clock.now())


def test_a_meeting_is_recorded_with_attendance_and_the_leader_elected(there: World) -> None:
    found = meeting(there)
    leader = live(found)[2]
    assert record(found, there.organiser, present(5), 3, note="一致同意")
    assert (found.state, found.held_at, found.meeting_note) == (ActivityState.HELD, STARTS_AT, "一致同意")
    assert found.panel_leader_expert_id == leader.expert_id
    assert {one.attendance for one in live(found)} == {Attendance.PRESENT}
    assert panel.seated(found.number) == [one.number for one in live(found)]
    assert duty_counts(leader.expert_id, RULES, clock.now()) == DutyCounts(1, 1)
    assert "activity.record_meeting" in acts(found.number)
    with pytest.raises(Conflict):
        record(found, there.organiser, present(5))


def test_nothing_is_recorded_before_the_start(there: World) -> None:
    found = final(there)
    with pytest.raises(Conflict, match="确定名单"):
        record(found, there.organiser, present(5))


def test_only_the_unit_s_organiser_records(there: World) -> None:
    found = meeting(there)
    with pytest.raises(NotAllowed):
        record(found, there.leader, present(5))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({5: "absent"}, "不足 5 人"),
        ({5: "recused"}, "不足 5 人"),
        ({5: ""}, "第 5 席还没有登记"),
    ],
)
def test_who_was_present_must_be_a_panel(there: World, changes: dict[int, str], words: str) -> None:
    found = meeting(there)
    with pytest.raises(Invalid, match=words):
        record(found, there.organiser, present(5) | changes)
    assert found.state is ActivityState.MEETING


def test_an_even_number_is_no_panel_and_nobody_who_came_is_sent_away(there: World) -> None:
    found = of_seven(there)
    with pytest.raises(Invalid, match="不得请走已到会的专家"):
        record(found, there.organiser, present(7) | {7: "absent"})


def test_five_of_seven_are_a_panel(there: World) -> None:
    found = of_seven(there)
    security = next(one.line for one in live(found) if one.category == SECURITY)
    away = [line for line in range(7, 0, -1) if line != security][:2]
    assert record(found, there.organiser, present(7) | dict.fromkeys(away, "absent"), security)
    assert [one.attendance for one in live(found)].count(Attendance.ABSENT) == 2


def test_without_a_security_expert_it_is_no_panel(there: World) -> None:
    found = of_seven(there)
    security = next(one.line for one in live(found) if one.category == SECURITY)
    other = next(line for line in range(1, 8) if line != security)
    leader = next(line for line in range(1, 8) if line not in (security, other))
    with pytest.raises(Invalid, match="安全相关领域专家 0 人"):
        record(found, there.organiser, present(7) | {security: "absent", other: "absent"}, leader)


@pytest.mark.parametrize("leader", [None, 7, 9])
def test_the_leader_is_one_of_those_who_came(there: World, leader: int | None) -> None:
    found = of_seven(there)
    security = next(one.line for one in live(found) if one.category == SECURITY)
    away = {line: "absent" for line in (7, 6 if security != 6 else 5) if line != security}
    if len(away) < 2:
        away |= {5: "absent"}
    chosen = leader if leader != 7 or 7 in away else next(iter(away))
    with pytest.raises(Invalid) as refused:
        record(found, there.organiser, present(7) | away, chosen)
    assert set(refused.value.errors) == {"leader_line"}


def test_a_meeting_that_was_not_held_is_a_shortage_and_moves_to_another_day(there: World) -> None:
    found = meeting(there)
    nothing = panel.MeetingDraft("not_held")
    with pytest.raises(Invalid) as refused:
        panel.record_meeting(found.number, nothing, RULES, actor=there.organiser, now=clock.now())
    assert set(refused.value.errors) == {"note"}
    draft = panel.MeetingDraft("not_held", note="两名专家临时缺席")
    assert not panel.record_meeting(found.number, draft, RULES, actor=there.organiser, now=clock.now())
    assert (found.state, found.shortage) == (ActivityState.SHORT, "评审没有举行：两名专家临时缺席")
    with pytest.raises(Conflict, match="请改期"):
        panel.handle_shortage(
            found.number, panel.ShortageChoice("redraw", "重新抽取"), RULES, actor=there.organiser, now=clock.now()
        )
    assert move_to(found, SOON, there.organiser).where == "panel"
    assert [one.state for one in live(found)] == [SeatState.ACCEPTED] * 5


def test_after_the_order_is_public_an_open_seat_needs_a_new_draw(there: World) -> None:
    found = meeting(there)
    assert draw_of(found).revealed_at == STARTS_AT
    draft = panel.MeetingDraft("not_held", note="停电")
    panel.record_meeting(found.number, draft, RULES, actor=there.organiser, now=clock.now())
    move_to(found, SOON, there.organiser)
    settle(found)
    leave(live(found)[0])
    move = settle(found)
    assert move.state == "short"
    assert "次序已经公开" in move.shortage


def test_a_late_leave_that_cannot_be_filled_makes_the_organiser_move_the_meeting(there: World) -> None:
    found = final(there)
    at("2026-03-05 08:00")
    member = live(found)[0]
    assert not leave(member)
    move = settle(found)
    assert (move.state, member.state) == ("short", SeatState.LATE_LEAVE)
    assert duty_counts(member.expert_id, RULES, clock.now()) == DutyCounts(1, 0)
    assert expert_of(member).name not in move.shortage
