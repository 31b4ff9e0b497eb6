"""What experts and staff are told, to whom, by which way, with whose address: the words as they would be read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.actor import SYSTEM
from app.core.database import db
from app.notices.models import InboxMessage, OutboxAttachment, OutboxMessage
from app.procedures.selection import store
from app.procedures.selection.models import Activity, Invitation
from app.procedures.selection.service import notify, notify_staff
from app.registers import experts
from app.registers.models import Expert
from tests.services.procedures.selection.making import inviting, live
from tests.services.procedures.selection.world import (
    DATA,
    RULES,
    World,
    conditions,
    designation,
    draw_of,
    drawn,
    locked,
)

TOKEN = "t0ken-of-this-invitation"


@dataclass(frozen=True)
class Told:
    """A notice as it lies in the outbox."""

    row: OutboxMessage
    texts: dict[str, str]
    attached: tuple[str, ...]


def last(template: str) -> Told:
    """The last notice of a kind."""
    db.session.flush()
    statement = sa.select(OutboxMessage).where(OutboxMessage.template == template).order_by(OutboxMessage.id.desc())
    row = db.session.scalars(statement).first()
    assert row is not None, template
    attached = sa.select(OutboxAttachment.filename).where(OutboxAttachment.message_id == row.id)
    return Told(row, json.loads(row.body or "{}"), tuple(db.session.scalars(attached)))


@pytest.fixture
def found(there: World) -> Activity:
    """A panel whose invitations are out."""
    return inviting(there)


@pytest.fixture
def seat(found: Activity) -> Invitation:
    """One of its invitations."""
    return live(found)[0]


@pytest.fixture
def person(seat: Invitation) -> Expert:
    """The invited expert."""
    return experts.expert(seat.expert_id)


class TestTheInvitation:
    def test_it_names_half_day_city_and_category_only(
        self, found: Activity, seat: Invitation, person: Expert
    ) -> None:
        notify.invite(found, seat, person, TOKEN, rules=RULES, actor=SYSTEM, now=clock.now())
        told = last("panel_invited")
        opening = f"邀请您评审：3月5日（周四）上午，太原，{seat.category}类。请在收到后2小时内答复："
        assert told.texts["sms"].startswith(opening)
        assert told.texts["sms"].endswith(f"/invitation/{TOKEN}")
        everything = told.row.title + "".join(told.texts.values())
        for secret in (found.title, "共享平台", "省数字资源厅", "省政务云运营中心", found.address, found.contact_phone):
            assert secret not in everything, secret
        assert told.attached == ()

    def test_the_case_of_the_invitation_waits_for_its_receipt(
        self, found: Activity, seat: Invitation, person: Expert
    ) -> None:
        for act in (notify.invite, notify.invite_with_details, notify.details):
            act(found, seat, person, TOKEN, rules=RULES, actor=SYSTEM, now=clock.now())
        for template in ("panel_invited", "panel_invited_with_details", "panel_details"):
            row = last(template).row
            assert row.reply_to == seat.number
            assert row.plan == ["sms", "mail"]
            assert (row.subject_type, row.subject_id) == ("invitation", seat.number)
            assert row.expires_at is not None

    def test_a_review_of_several_half_days_says_so(self, found: Activity, seat: Invitation, person: Expert) -> None:
        found.half_days = 3
        notify.invite(found, seat, person, TOKEN, rules=RULES, actor=SYSTEM, now=clock.now())
        assert "3月5日（周四）上午起，约 3 个半天" in last("panel_invited").texts["sms"]


class TestDetails:
    @pytest.mark.parametrize("combined", [False, True])
    def test_they_name_project_time_place_and_whom_to_call(
        self, found: Activity, seat: Invitation, person: Expert, combined: bool
    ) -> None:
        act = notify.invite_with_details if combined else notify.details
        act(found, seat, person, TOKEN, rules=RULES, actor=SYSTEM, now=clock.now())
        told = last("panel_invited_with_details" if combined else "panel_details")
        for words in (
            found.title, "省政务云运营中心", "3月5日（周四）09:00", "太原迎泽大街 1 号 3 楼会议室", "省数字资源厅",
            "0351-7654321", "2小时", "3小时以前请假", f"/invitation/{TOKEN}",
        ):  # fmt: skip
            assert words in told.texts["mail"], words
        assert found.title in told.texts["sms"]
        assert told.attached == (f"评审日程-{seat.number}.ics",)

    def test_a_new_time_stands_beside_the_old_one(self, found: Activity, seat: Invitation, person: Expert) -> None:
        old, found.starts_at = found.starts_at, found.starts_at + timedelta(days=1, hours=5)
        found.times_rescheduled = 1
        notify.rescheduled(found, seat, person, TOKEN, old, rules=RULES, actor=SYSTEM, now=clock.now())
        told = last("panel_rescheduled")
        assert "由3月5日（周四）09:00改为3月6日（周五）14:00" in told.texts["sms"]
        assert told.row.reply_to == seat.number
        entry = notify.calendar_entry(found, seat, RULES, clock.now())
        assert (entry.sequence, entry.ends_at - entry.starts_at) == (1, timedelta(hours=4))

    def test_the_final_list_goes_by_mail_first_with_the_calendar_file(
        self, found: Activity, seat: Invitation, person: Expert
    ) -> None:
        notify.final(found, seat, person, rules=RULES, actor=SYSTEM, now=clock.now())
        told = last("panel_final")
        assert told.row.plan == ["mail", "sms"]
        assert told.row.reply_to is None
        assert told.attached == (f"评审日程-{seat.number}.ics",)


class TestWhoLeaves:
    def test_each_way_has_its_words_and_names_no_project(
        self, found: Activity, seat: Invitation, person: Expert
    ) -> None:
        now = clock.now()
        notify.released(found, seat, person, "条件变更，重新抽取", actor=SYSTEM, now=now)
        notify.ineligible(found, seat, person, "UNIT_CHANGED", actor=SYSTEM, now=now)
        notify.cancelled(found, seat, person, "项目延期", actor=SYSTEM, now=now)
        notify.late_reply(found, seat, person, actor=SYSTEM, now=now)
        for template, words in (
            ("panel_released", "条件变更，重新抽取"), ("panel_ineligible", "工作单位已变更"),
            ("panel_cancelled", "项目延期"), ("panel_late_reply", "名额已递补"),
        ):  # fmt: skip
            told = last(template)
            assert words in told.texts["sms"]
            assert "3月5日（周四）上午" in told.texts["sms"]
            assert found.title not in "".join(told.texts.values())
            assert told.row.reply_to is None

    @pytest.mark.parametrize(("late", "words"), [(False, "名额另行递补"), (True, "记为迟请假")])
    def test_leave_is_received_in_time_or_late(
        self, found: Activity, seat: Invitation, person: Expert, late: bool, words: str
    ) -> None:
        notify.leave_received(found, seat, person, late=late, rules=RULES, actor=SYSTEM, now=clock.now())
        assert words in last("panel_late_leave_received" if late else "panel_leave_received").texts["sms"]


class TestTheStaff:
    def test_the_witness_is_asked_with_the_short_code(self, there: World) -> None:
        found = locked(there)
        told = last("staff_contribution_wanted")
        assert told.row.recipient_user_id == there.witness.user_id
        commit = draw_of(found).commit.upper()
        assert f"承诺短码 {commit[:4]}-{commit[-4:]}" in told.texts["sms"]
        assert f"/activities/{found.number}/draw" in told.texts["sms"]

    def test_after_the_draw_he_is_asked_to_sign(self, there: World) -> None:
        found, _ = drawn(there)
        told = last("staff_signature_wanted")
        assert told.row.recipient_user_id == there.witness.user_id
        assert "第 1 次抽取" in told.texts["mail"]
        assert f"/activities/{found.number}/draw" in told.texts["mail"]

    def test_without_a_witness_nobody_is_asked(self, there: World) -> None:
        found, _ = drawn(there, witness_id=None)
        notify_staff.signature_wanted(found, draw_of(found), actor=SYSTEM, now=clock.now())
        wanted = ("staff_contribution_wanted", "staff_signature_wanted")
        statement = sa.select(sa.func.count()).where(OutboxMessage.template.in_(wanted))
        assert db.session.scalar(statement) == 0

    def test_leader_and_deputies_learn_who_why_and_where_to_decide(self, there: World) -> None:
        named = there.expert(DATA)
        quota = {"网络与信息安全": 2, "软件与应用": 1, "成本评估": 1}
        draft = conditions(quota=quota, designations=(designation(named),))
        found, _ = drawn(there, draft)
        asked = store.designations_of(found.number)[0]
        approvers = (there.leader.user_id or 0, there.clerk.user_id or 0)
        due = clock.now() + timedelta(hours=8)
        notify_staff.designation_requested(found, asked, named, approvers, due, actor=there.organiser, now=clock.now())
        told = last("staff_designation_requested")
        assert f"/approvals/{found.number}-Z1" in told.texts["sms"]
        for words in (named.name, named.unit.name, "熟悉该系统历史", "今天 17:00 前", "改由系统抽取"):
            assert words in told.texts["mail"], words
        inside = sa.select(InboxMessage.user_id).where(InboxMessage.subject_id == f"{found.number}-Z1")
        assert set(db.session.scalars(inside)) == set(approvers)

    def test_the_organiser_learns_of_shortage_list_and_end(self, found: Activity, there: World) -> None:
        now = clock.now()
        notify_staff.panel_short(found, "成本评估 需 2，可用单位 1", actor=SYSTEM, now=now)
        notify_staff.list_ready(found, actor=SYSTEM, now=now)
        notify_staff.panel_final(found, rules=RULES, actor=SYSTEM, now=now)
        for template, words in (
            ("staff_panel_short", "成本评估 需 2，可用单位 1"), ("staff_list_ready", "5 席都已接受"),
            ("staff_panel_final", "3月5日（周四）08:00起显示"),
        ):  # fmt: skip
            told = last(template)
            assert words in told.texts["mail"], told.texts
            assert told.row.recipient_user_id == there.organiser.user_id

    def test_leader_and_witness_learn_of_cancelling_and_another_time(self, found: Activity, there: World) -> None:
        old, now = found.starts_at, clock.now()
        found.starts_at = old + timedelta(days=1)
        notify_staff.rescheduled(found, old, "会议室调整", actor=there.organiser, now=now)
        notify_staff.cancelled(found, "项目延期", actor=there.organiser, now=now)
        for template, words in (("staff_activity_rescheduled", "会议室调整"), ("staff_activity_cancelled", "项目延期")):
            statement = sa.select(OutboxMessage.recipient_user_id).where(OutboxMessage.template == template)
            assert set(db.session.scalars(statement)) == {there.leader.user_id, there.witness.user_id}
            assert words in last(template).texts["mail"]
