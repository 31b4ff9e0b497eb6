"""The panel board and what the organiser does from it, until the meeting is recorded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core.database import db
from app.identity import roles
from app.procedures.selection import seats, store
from app.procedures.selection.models import ActivityState, Attendance, Invitation, SeatState
from app.registers import units
from app.registers.models import Expert
from app.workflow import cases
from tests.services.procedures.people import acts
from tests.services.procedures.selection.world import account
from tests.web.activities.conftest import post
from tests.web.panel_house import House

Travel = Callable[[str], datetime]


@pytest.fixture
def app(panel: House) -> Flask:
    """The application of the house."""
    return panel.app


def state(panel: House) -> ActivityState:
    """Where the activity stands."""
    with panel.app.app_context():
        return store.activity(panel.number).state


def invited_names(panel: House) -> list[str]:
    """Whole names of those invited."""
    with panel.app.app_context():
        statement = sa.select(Expert.name).join(Invitation, Invitation.expert_id == Expert.id)
        return list(db.session.scalars(statement))


def confirmed(panel: House) -> None:
    """Everybody accepted and confirmed the details."""
    panel.tell_details()
    for number in panel.invitations():
        path = f"/activities/{panel.number}/phone/{number}"
        post(panel.staff("clerk"), path, answer="confirm", reason="", heard="yes")
    panel.quiet()


def test_every_seat_is_shown_with_its_countdown_and_no_name(panel: House) -> None:
    page = panel.staff("org").page(f"/activities/{panel.number}")
    assert "已接受0 席，共 5 席" in page.text
    assert "等答复5 席" in page.text
    assert page.text.count("11:00 前答复，还剩") == 5
    assert not [name for name in invited_names(panel) if name in page.text]


def test_the_names_are_shown_an_hour_before_the_start(panel: House, travel: Travel) -> None:
    confirmed(panel)
    travel("2026-03-05 07:59")
    path = f"/activities/{panel.number}"
    assert not [name for name in invited_names(panel) if name in panel.staff("org").page(path).text]
    travel("2026-03-05 08:00")
    page = panel.staff("org").page(path)
    assert [name for name in invited_names(panel) if name not in page.text] == []


def test_who_gave_his_seat_up_stays_masked_with_his_reason(panel: House, travel: Travel) -> None:
    number = panel.invitations()[0]
    path = f"/activities/{panel.number}/phone/{number}"
    post(panel.staff("clerk"), path, answer="decline", reason="身体原因", heard="yes")
    panel.quiet()
    travel("2026-03-05 08:00")
    page = panel.staff("org").page(f"/activities/{panel.number}")
    with panel.app.app_context():
        gone = db.session.get_one(Expert, seats.invitation(number).expert_id).name
    assert "身体原因" in page.text
    assert gone not in page.text


def test_an_answer_by_telephone_is_noted_by_the_clerk_with_a_reason(panel: House) -> None:
    number = panel.invitations()[0]
    path = f"/activities/{panel.number}/phone/{number}"
    page = post(panel.staff("clerk"), path, answer="decline", reason="")
    assert set(page.errors) == {"reason", "heard"}
    page = post(panel.staff("clerk"), path, answer="decline", reason="当天出差", heard="yes")
    assert "已代记" in page.text
    panel.quiet()
    assert panel.read(number).state is SeatState.DECLINED
    assert len(panel.invitations()) == 6
    assert "当天出差" in panel.staff("org").page(f"/activities/{panel.number}").text
    assert panel.staff("clerk").get(path).status_code == 403


def test_who_has_no_telephone_duty_notes_no_answers(panel: House) -> None:
    path = f"/activities/{panel.number}/phone/{panel.invitations()[0]}"
    assert panel.staff("wit").get(path).status_code == 403
    assert panel.staff("lead").get(path).status_code == 403


def test_the_list_is_confirmed_once_everybody_accepted(panel: House) -> None:
    for number in panel.invitations():
        panel.answer(number, "accept")
    panel.quiet()
    assert state(panel) is ActivityState.INITIAL
    client = panel.staff("org")
    assert "确认初始名单，通知 5 人详情" in client.page(f"/activities/{panel.number}").text
    page = post(client, f"/activities/{panel.number}/confirm")
    assert "已确认初始名单" in page.text
    assert state(panel) is ActivityState.CONFIRMING


def test_a_list_that_is_not_complete_is_not_confirmed(panel: House) -> None:
    page = post(panel.staff("org"), f"/activities/{panel.number}/confirm")
    assert page.status == 403
    assert "还没有轮到" in page.text


def test_cancelling_says_who_is_told_and_needs_a_reason(panel: House) -> None:
    panel.answer(panel.invitations()[0], "accept")
    client, path = panel.staff("org"), f"/activities/{panel.number}/cancel"
    page = client.page(path)
    assert "会通知 1 名已接受和 4 名待答复的专家" in page.text
    assert "取消评审并通知 5 人" in page.text
    assert "不取消，返回" in page.links()
    assert set(post(client, path, reason="").errors) == {"reason"}
    page = post(client, path, reason="项目暂缓立项")
    assert state(panel) is ActivityState.CANCELLED
    assert "项目暂缓立项" in page.text
    assert client.get(path).status_code == 403


def test_another_time_keeps_those_who_accepted(panel: House) -> None:
    panel.answer(panel.invitations()[0], "accept")
    client, path = panel.staff("org"), f"/activities/{panel.number}/reschedule"
    new = {"starts_on": "2026-03-06", "starts_at": "14:30", "city": "太原", "address": "5 楼会议室"}
    page = post(client, path, **{**new, "starts_on": "2026-02-27"}, reason="")
    assert set(page.errors) == {"starts_on", "reason"}
    assert page.typed("address") == "5 楼会议室"
    page = post(client, path, **new, reason="会议室调整")
    assert "已改期" in page.text
    panel.quiet()
    with panel.app.app_context():
        found = store.activity(panel.number)
        assert (found.starts_at.hour, found.address, found.times_rescheduled) == (14, "5 楼会议室", 1)
    assert panel.read(panel.invitations()[0]).state is SeatState.ACCEPTED


def test_a_written_request_removes_a_member_and_the_seat_is_refilled(panel: House) -> None:
    with panel.app.app_context():
        expert_id = seats.invitation(panel.invitations()[0]).expert_id
    client, path = panel.staff("org"), f"/activities/{panel.number}/recusals"
    assert {"who", "reason"} <= set(post(client, path, _do="record", source="written").errors)
    page = post(
        client, path, _do="record", who=f"person-{expert_id}", source="written", reason="曾任被评审系统总师"
    )
    assert "已登记回避" in page.text
    panel.quiet()
    assert panel.read(panel.invitations()[0]).state is SeatState.REMOVED
    assert len(panel.invitations()) == 6


def test_a_designation_after_the_draw_needs_an_open_seat(panel: House) -> None:
    with panel.app.app_context():
        invited = set(db.session.scalars(sa.select(Invitation.expert_id)))
        other = db.session.scalars(sa.select(Expert.id).where(Expert.id.not_in(invited))).first()
    client, path = panel.staff("org"), f"/activities/{panel.number}/designate"
    assert set(post(client, path, _do="designate").errors) == {"expert", "category", "reason"}
    page = post(client, path, _do="designate", expert=other, category="软件与应用", reason="熟悉系统")
    assert page.status in (409, 422)
    assert page.typed("reason") == "熟悉系统"
    with panel.app.app_context():
        assert acts(panel.number)[-1] == "designation.refuse_request", "trying names leaves a trace (no. 54)"


def test_the_meeting_is_recorded_with_who_was_there_and_whom_they_elected(panel: House, travel: Travel) -> None:
    confirmed(panel)
    travel("2026-03-05 09:00")
    panel.quiet()
    assert state(panel) is ActivityState.MEETING
    client, path = panel.staff("org"), f"/activities/{panel.number}/meeting"
    assert set(post(client, path).errors) == {"outcome"}
    there = {f"attendance-{line}": "present" for line in range(1, 6)}
    page = post(client, path, outcome="held", leader="2", **{**there, "attendance-3": "absent"})
    assert page.status in (409, 422)
    assert "出席 4 人" in page.text
    assert page.typed("attendance-3") == "absent"
    page = post(client, path, outcome="held", leader="2", note="", **there)
    assert "评审活动办结" in page.text
    with panel.app.app_context():
        assert store.activity(panel.number).state is ActivityState.HELD
        assert {one.attendance for one in seats.invitations_of(panel.number)} == {Attendance.PRESENT}


def test_a_meeting_that_was_not_held_leads_to_the_shortage(panel: House, travel: Travel) -> None:
    confirmed(panel)
    travel("2026-03-05 09:00")
    panel.quiet()
    client, path = panel.staff("org"), f"/activities/{panel.number}"
    assert set(post(client, f"{path}/meeting", outcome="not_held").errors) == {"note"}
    page = post(client, f"{path}/meeting", outcome="not_held", note="会议室停电")
    assert page.heading == "处理缺额"
    assert set(post(client, f"{path}/shortage", _do="handle").errors) == {"choice"}
    page = post(
        client, f"{path}/shortage", _do="handle", choice="reschedule", reason="停电改期", starts_on="2026-03-09",
        starts_at="09:00", city="太原", address="5 楼会议室",
    )
    assert "已改期" in page.text


def test_the_case_shows_the_activity_and_masks_the_invited(panel: House) -> None:
    with panel.app.app_context():
        root, child = cases.of_key(panel.number), cases.of_key(panel.invitations()[0])
    assert "看评审小组" in panel.staff("org").page(f"/cases/{root}").text
    page = panel.staff("clerk").page(f"/cases/{child}")
    assert not [name for name in invited_names(panel) if name in page.text]


def test_the_operations_room_tells_that_an_expert_answered_and_not_who(panel: House) -> None:
    names, number = invited_names(panel), panel.invitations()[0]
    panel.answer(number, "accept")
    with panel.inside():
        unit = units.unit(store.activity(panel.number).project_unit_id)
        account("owner", "沈望舒", roles.PROCESS_OWNER, unit)
    with panel.app.app_context():
        child = cases.of_key(number)
    page = panel.staff("owner").page(f"/room/cases/{child}")
    assert "办结“答复邀请”" in page.text
    assert not [name for name in names if name in page.text]
