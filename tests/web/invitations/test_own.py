"""我的邀请 after log-in: the list, the same answers, leave, recusal, and nobody else's."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.core import clock
from app.procedures.selection.models import AnswerWay, SeatState
from tests.services.procedures.selection.world import STARTS_AT
from tests.web.house_rules import HouseClient, Page
from tests.web.panel_house import House

SECOND = timedelta(seconds=1)


@pytest.fixture
def first(house: House) -> str:
    """The number of the first invitation."""
    return house.invitations()[0]


@pytest.fixture
def expert(house: House, first: str) -> HouseClient:
    """The browser of its expert."""
    return house.client(house.expert_of(first))


def address(number: str, page: str = "") -> str:
    return f"/mine/invitations/{number}{page}"


class TestTheList:
    def test_what_waits_stands_first_with_its_time(self, expert: HouseClient, first: str) -> None:
        page = expert.page("/mine/invitations/")
        assert page.heading == "我的邀请"
        assert "1 件等您答复" in page.text
        assert "今天 11:00 前" in page.text
        assert "共享平台" not in page.text
        assert page.links()["3月5日（周四）上午，技术评审"] == address(first)

    def test_the_navigation_counts_it_until_it_is_answered(self, expert: HouseClient, first: str) -> None:
        assert "我的邀请 1 件" in expert.page("/mine/").links()
        expert.post(address(first), data={"answer": "accept"})
        assert "我的邀请" in expert.page("/mine/").links()
        page = expert.page("/mine/invitations/")
        assert "没有等您答复的邀请" in page.text
        assert "将要参加" in page.text

    def test_an_expert_without_invitations_is_told_how_they_come(self, house: House) -> None:
        others = {house.expert_of(number) for number in house.invitations()}
        client = house.client(next(user for user in house.experts() if user not in others))
        assert "还没有邀请" in client.page("/mine/invitations/").text

    def test_the_task_leads_here(self, house: House, expert: HouseClient, first: str) -> None:
        answer = expert.get(f"/tasks/{house.task(first)}")
        assert answer.headers["Location"] == address(first)


class TestTheAnswer:
    def test_the_way_is_kept(self, house: House, expert: HouseClient, first: str) -> None:
        page = Page(expert.post(address(first), data={"answer": "accept"}, follow_redirects=True))
        assert "您已于 今天 09:00 接受邀请。" in page.text
        assert house.read(first).answer_way is AnswerWay.LOGIN

    def test_somebody_else_s_is_not_there(self, house: House, expert: HouseClient) -> None:
        other = house.invitations()[1]
        for page in ("", "/leave", "/recuse", "/calendar.ics"):
            expert.page(address(other, page), 404)
        for page in ("", "/late", "/leave", "/recuse"):
            assert expert.post(address(other, page), data={"answer": "accept"}).status_code == 404
        expert.page(address("PS-2026-9999-01"), 404)
        assert house.read(other).state is SeatState.SENT

    def test_answered_by_link_meanwhile_the_page_shows_what_was_recorded(
        self, house: House, expert: HouseClient, first: str
    ) -> None:
        house.client().post(f"/invitation/{house.token(first)}", data={"answer": "decline", "why": "外出"})
        page = Page(expert.post(address(first), data={"answer": "accept"}, follow_redirects=True))
        assert "这次邀请已经答复过或者已经变动，下面是现在的情况。" in page.text
        assert house.read(first).state is SeatState.DECLINED

    def test_a_late_reply_is_kept_and_changes_nothing(self, house: House, expert: HouseClient, first: str) -> None:
        clock.travel_to(clock.now() + timedelta(hours=2) + SECOND)
        page = Page(expert.post(address(first), data={"answer": "accept"}, follow_redirects=True))
        assert page.heading == "名额已递补"
        assert house.read(first).state is SeatState.TIMED_OUT

    def test_the_organiser_has_no_such_page(self, house: House, first: str) -> None:
        assert house.staff("org").get(address(first)).status_code == 403


class TestLeave:
    def accepted(self, expert: HouseClient, first: str) -> None:
        expert.post(address(first), data={"answer": "accept"})

    def test_it_cannot_be_asked_before_the_acceptance(self, expert: HouseClient, first: str) -> None:
        page = expert.page(address(first, "/leave"))
        assert "现在不能请假" in page.text
        assert page.heading == "请您参加一次评审"

    def test_the_page_names_what_follows_before_anything_is_done(
        self, house: House, expert: HouseClient, first: str
    ) -> None:
        self.accepted(expert, first)
        page = expert.page(address(first, "/leave"))
        assert page.heading == "请假"
        assert "名额立即开始递补，不能恢复" in page.text
        assert "不计入无故不参加" in page.text
        assert house.read(first).state is SeatState.ACCEPTED

    def test_a_reason_is_wanted_and_what_was_typed_stays(self, expert: HouseClient, first: str) -> None:
        self.accepted(expert, first)
        answer = expert.post(address(first, "/leave"), data={"why": "其他", "detail": " "})
        assert answer.status_code == 422
        assert Page(answer).errors == {"detail": "原因选了“其他”，请写明"}
        assert Page(answer).typed("why") == "其他"

    def test_exactly_three_hours_before_the_start_is_in_time(
        self, house: House, expert: HouseClient, first: str
    ) -> None:
        self.accepted(expert, first)
        clock.travel_to(STARTS_AT - timedelta(hours=3))
        page = Page(expert.post(address(first, "/leave"), data={"why": "身体原因"}, follow_redirects=True))
        assert "已请假。" in page.text
        assert house.read(first).state is SeatState.ON_LEAVE

    def test_two_hours_fifty_nine_before_it_is_late_and_says_so_first(
        self, house: House, expert: HouseClient, first: str
    ) -> None:
        self.accepted(expert, first)
        clock.travel_to(STARTS_AT - timedelta(hours=2, minutes=59))
        page = expert.page(address(first, "/leave"))
        assert page.heading == "迟请假"
        assert "是否有正当理由，由评审组织部门和省数字政府服务中心认定" in page.text
        expert.post(address(first, "/leave"), data={"why": "身体原因"})
        assert house.read(first).state is SeatState.LATE_LEAVE
        assert "记为迟请假" not in expert.page("/mine/invitations/").text
        assert "迟请假" in expert.page(address(first)).text

    def test_after_the_start_there_is_no_leave(self, house: House, expert: HouseClient, first: str) -> None:
        self.accepted(expert, first)
        clock.travel_to(STARTS_AT)
        assert "现在不能请假" in expert.page(address(first, "/leave")).text
        expert.post(address(first, "/leave"), data={"why": "身体原因"})
        assert house.read(first).state is SeatState.ACCEPTED

    def test_asked_twice_the_second_sees_what_was_recorded(self, expert: HouseClient, first: str) -> None:
        self.accepted(expert, first)
        expert.post(address(first, "/leave"), data={"why": "身体原因"})
        page = Page(expert.post(address(first, "/leave"), data={"why": "身体原因"}, follow_redirects=True))
        assert "名额已开始递补，您不用到场" in page.text

    def test_a_recusal_found_later_is_no_leave(self, house: House, expert: HouseClient, first: str) -> None:
        self.accepted(expert, first)
        page = expert.page(address(first, "/recuse"))
        assert page.heading == "申请回避"
        assert "不计入您的拒绝次数和无故不参加次数" in page.text
        expert.post(address(first, "/recuse"), data={"why": "与评审对象或其单位有利害关系"})
        assert house.read(first).state is SeatState.RECUSED
        house.quiet()
        assert len(house.invitations()) == 6


def test_the_calendar_is_the_expert_s_own(house: House, expert: HouseClient, first: str) -> None:
    assert expert.get(address(first, "/calendar.ics")).status_code == 404
    expert.post(address(first), data={"answer": "accept"})
    answer = expert.get(address(first, "/calendar.ics"))
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{first}.ics"'
    assert answer.data.startswith(b"BEGIN:VCALENDAR\r\n")
