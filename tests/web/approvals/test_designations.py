"""A designated expert before the leader in charge: what he reads, what he decides, what is refused."""

from __future__ import annotations

import json
from datetime import date

import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.actor import SYSTEM
from app.core.database import db
from app.identity import accounts, deputies, roles
from app.identity.deputies import Term
from app.identity.models import User
from app.notices.models import OutboxMessage
from app.procedures.selection.models import Designation, DesignationState, Invitation
from app.registers.models import Expert
from tests.web.house_rules import HouseClient, Page
from tests.web.panel_house import House

AGREE = {"decision": "agreed", "why": "专业确有需要，库内可选人少"}
REFUSE = {"decision": "refused", "why_not": "本部门今年已指定过两次"}


def case(house: House, number: int = 1) -> str:
    return f"{house.number}-Z{number}"


def read(house: House, number: int = 1) -> Designation:
    with house.app.app_context():
        found = db.session.scalars(sa.select(Designation).where(Designation.seq == number)).one()
        db.session.expunge(found)
        return found


def decide(house: House, login: str, data: dict[str, str], number: int = 1) -> Page:
    address = f"/approvals/{case(house, number)}"
    return Page(house.staff(login).post(address, data=data, follow_redirects=True))


@pytest.fixture
def leader(house: House) -> HouseClient:
    """The browser of the leader in charge."""
    return house.staff("lead")


class TestTheList:
    def test_what_waits_is_counted_and_listed(self, house: House, leader: HouseClient) -> None:
        page = leader.page("/approvals/")
        assert page.heading == "待我审批"
        assert "2 件，点开后审批" in page.text
        assert "待我审批 2 件" in page.links()
        assert f"/approvals/{case(house)}" in page.links().values()

    def test_nothing_decided_says_what_will_stand_there(self, leader: HouseClient) -> None:
        assert "还没有审批过" in leader.page("/approvals/decided").text

    def test_nothing_waiting_says_so(self, house: House, leader: HouseClient) -> None:
        decide(house, "lead", AGREE)
        decide(house, "lead", REFUSE, 2)
        assert "都审批完了" in leader.page("/approvals/").text
        page = leader.page("/approvals/decided")
        assert "已同意" in page.text
        assert "不同意" in page.text

    def test_the_notice_leads_straight_to_the_page_by_way_of_the_log_in(self, house: House) -> None:
        address = f"/approvals/{case(house)}"
        answer = house.client().get(address)
        assert answer.headers["Location"] == f"/login?next={address}"
        with house.app.app_context():
            statement = sa.select(OutboxMessage.body).where(OutboxMessage.template == "staff_designation_requested")
            bodies = [json.loads(body or "{}")["sms"] for body in db.session.scalars(statement)]
        assert [body for body in bodies if body.endswith(address)]


class TestThePage:
    def test_it_says_who_why_and_by_which_rules(self, house: House, leader: HouseClient) -> None:
        page = leader.page(f"/approvals/{case(house)}")
        assert page.heading == "审批指定专家"
        for words in (
            "省级数据共享平台二期技术评审，3月5日（周四）上午，7 人", "熟悉该系统历史", "申请人郭子安，今天 09:00",
            "共指定 2 席，上限 2 席", "7 人的三分之一，向下取整", "没有回避事由，无同单位指定",
            "指定名单与条件一同封存；审批前看不到抽取结果，申请人不能审批", "本部门没有指定过",
            "或在 3月3日（周二）24:00 前没有审批，这一席改由系统抽取。", "这次评审还有 1 人待审批",
        ):
            assert words in page.text, words

    def test_no_drawn_name_stands_on_it(self, house: House, leader: HouseClient) -> None:
        text = leader.get(f"/approvals/{case(house)}").get_data(as_text=True)
        with house.app.app_context():
            drawn = db.session.scalars(
                sa.select(Expert.name).join(Invitation, Invitation.expert_id == Expert.id)
                .where(Invitation.designation_id.is_(None))
            ).all()
        assert len(drawn) == 5
        assert not [name for name in drawn if name in text]

    def test_until_all_are_decided_the_leader_sees_no_panel(self, house: House, leader: HouseClient) -> None:
        pages = (
            f"/activities/{house.number}", f"/activities/{house.number}/draw",
            f"/activities/{house.number}/documents/record.pdf",
        )
        for page in pages:
            refused = leader.get(page)
            assert refused.status_code == 403
            assert "审批之前不能看抽取和名单" in refused.text
        for number in (1, 2):
            decide(house, "lead", AGREE, number)
        assert [leader.get(page).status_code for page in pages[:2]] == [200, 200]

    def test_opening_it_decides_nothing_and_nothing_is_chosen(self, house: House, leader: HouseClient) -> None:
        page = leader.page(f"/approvals/{case(house)}")
        assert page.typed("decision") is None
        assert read(house).state is DesignationState.REQUESTED

    def test_past_designations_of_the_person_stand_there_with_a_link(self, house: House, leader: HouseClient) -> None:
        house.designate_before(1)
        page = leader.page(f"/approvals/{case(house)}")
        assert "近12个月内本部门指定过 1 次" in page.text
        assert page.links()["一期技术评审"] == "/activities/PS-2025-0099"

    def test_an_approval_that_does_not_exist_is_not_there(self, leader: HouseClient) -> None:
        leader.page("/approvals/PS-2026-0001-Z9", 404)
        leader.page("/approvals/PS-2026-0001", 404)
        leader.page("/approvals/x", 404)


class TestTheDecision:
    def test_agreeing_invites_and_leads_to_the_next(self, house: House) -> None:
        page = decide(house, "lead", AGREE)
        assert page.path == f"/approvals/{case(house, 2)}"
        kept = read(house)
        assert (kept.state, kept.decision_reason) == (DesignationState.APPROVED, AGREE["why"])
        assert kept.decided_by_name == "何景行"
        house.quiet()
        with house.app.app_context():
            assert db.session.scalar(sa.select(sa.func.count()).where(Invitation.designation_id == kept.id)) == 1

    def test_refusing_gives_the_seat_to_the_draw(self, house: House) -> None:
        decide(house, "lead", REFUSE)
        house.quiet()
        kept = read(house)
        assert (kept.state, kept.decision_reason) == (DesignationState.REFUSED, REFUSE["why_not"])
        assert len(house.invitations()) == 6

    @pytest.mark.parametrize(
        ("sent", "field"),
        [
            ({}, "decision"), ({"decision": "perhaps"}, "decision"), ({"decision": "refused"}, "why_not"),
            ({"decision": "refused", "why_not": " "}, "why_not"),
            ({"decision": "agreed", "why": "其他，我来写"}, "why_detail"), ({"decision": "agreed"}, "why_detail"),
            ({"decision": "refused", "why_not": "长" * 301}, "why_not"),
        ],
    )
    def test_either_way_a_reason_is_wanted(self, house: House, sent: dict[str, str], field: str) -> None:
        page = decide(house, "lead", sent)
        assert page.status == 422
        assert list(page.errors) == [field]
        assert read(house).state is DesignationState.REQUESTED

    def test_what_was_typed_stays(self, house: House) -> None:
        page = decide(house, "lead", {"decision": "agreed", "why": "其他，我来写", "why_not": "写了一半"})
        assert (page.typed("decision"), page.typed("why_not")) == ("agreed", "写了一半")

    def test_own_words_go_with_the_decision(self, house: House) -> None:
        decide(house, "lead", {"decision": "agreed", "why": "其他，我来写", "why_detail": "第三分册需要他"})
        assert read(house).decision_reason == "第三分册需要他"

    def test_decided_already_it_says_who_and_when_and_keeps_the_text(self, house: House) -> None:
        decide(house, "lead", AGREE)
        page = decide(house, "lead", REFUSE)
        assert page.status == 409
        assert "何景行已于 今天 09:00 审批：已同意。" in page.text
        assert REFUSE["why_not"] in page.text
        assert read(house).state is DesignationState.APPROVED

    def test_nobody_decided_in_time_and_the_seat_is_drawn(self, house: House) -> None:
        clock.travel_to(clock.now().replace(day=4, hour=0, minute=0, second=1))
        house.quiet()
        page = decide(house, "lead", AGREE)
        assert page.status == 409
        assert "逾期未审批" in page.text
        assert read(house).state is DesignationState.LAPSED


class TestWhoMayNot:
    def test_who_asked_reads_it_and_cannot_decide(self, house: House) -> None:
        page = house.staff("org").page(f"/approvals/{case(house)}")
        assert "申请指定，不能由你审批" in page.text
        assert "提交审批决定" not in page.text
        page = decide(house, "org", AGREE)
        assert page.status == 409
        assert read(house).state is DesignationState.REQUESTED

    def test_another_department_s_leader_does_not_find_it(self, house: House) -> None:
        with house.inside():
            accounts.admit_account(
                accounts.Person("other", "别部门", unit_id=3, unit_name="别的厅"), {roles.DEPT_LEADER},
                actor=SYSTEM, now=clock.now(),
            )
        house.staff("other").page(f"/approvals/{case(house)}", 404)

    def test_the_witness_has_no_such_page(self, house: House) -> None:
        assert house.staff("wit").get(f"/approvals/{case(house)}").status_code == 403


class TestTheDeputy:
    """Appointed after the request: he is not among the persons named for the task, and may decide all the same."""

    @pytest.fixture
    def deputy(self, house: House) -> HouseClient:
        with house.inside() as session:
            principal = session.scalars(sa.select(User).where(User.login == "lead")).one()
            person = accounts.Person("dep", "江副手", unit_id=principal.unit_id, unit_name=principal.unit_name)
            made = accounts.admit_account(person, {roles.DEPT_LEADER}, actor=SYSTEM, now=clock.now())
            term = Term(date(2026, 3, 2), date(2026, 3, 6), "出差")
            deputies.appoint(made.id, term, actor=accounts.actor_of(principal, None), now=clock.now())
        return house.staff("dep")

    def test_the_page_names_him_so(self, house: House, deputy: HouseClient) -> None:
        assert "2 件，点开后审批" in deputy.page("/approvals/").text
        page = deputy.page(f"/approvals/{case(house)}")
        assert "你受何景行委托代审，3月2日（周一）至3月6日（周五）；审批记在你的名下。" in page.text

    def test_he_decides_in_the_leader_s_place(self, house: House, deputy: HouseClient) -> None:
        assert deputy.post(f"/approvals/{case(house)}", data=AGREE).status_code == 302
        kept = read(house)
        assert (kept.state, kept.decided_by_name) == (DesignationState.APPROVED, "江副手")
        page = decide(house, "lead", REFUSE)
        assert "江副手已于 今天 09:00 审批：已同意。" in page.text

    def test_once_his_days_are_over_he_does_not_find_it(self, house: House, deputy: HouseClient) -> None:
        with house.inside() as session:
            principal = session.scalars(sa.select(User).where(User.login == "lead")).one()
            mine = deputies.appointments(principal.id, clock.today())[0]
            deputies.end(mine.id, actor=accounts.actor_of(principal, None), now=clock.now())
        assert deputy.post(f"/approvals/{case(house)}", data=AGREE).status_code == 409
        assert read(house).state is DesignationState.REQUESTED
