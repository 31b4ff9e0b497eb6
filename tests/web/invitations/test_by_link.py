"""The page behind the link of a notice: what it tells, what it takes, what it refuses."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app.core import clock
from app.core.audit import AuditEntry
from app.core.database import db
from app.procedures.selection.models import AnswerWay, InvitationLink, SeatState
from tests.web.house_rules import Page
from tests.web.panel_house import House

SECOND = timedelta(seconds=1)


def link(house: House, number: str) -> str:
    return f"/invitation/{house.token(number)}"


def traces(house: House) -> tuple[int, int]:
    """How many audit lines and how many used links there are."""
    with house.app.app_context():
        used = sa.select(sa.func.count()).where(InvitationLink.used_at.is_not(None))
        lines = sa.select(sa.func.count()).select_from(AuditEntry)
        return db.session.scalar(lines) or 0, db.session.scalar(used) or 0


@pytest.fixture
def first(house: House) -> str:
    """The number of the first invitation."""
    return house.invitations()[0]


class TestBeforeTheAnswer:
    def test_half_day_city_and_category_are_told_but_no_project_and_no_unit(self, house: House, first: str) -> None:
        page = house.client().page(link(house, first))
        assert page.heading == "请您参加一次评审"
        for word in ("今天 11:00 前", "还剩 2 小时", "3月5日（周四）上午", "太原", "技术评审"):
            assert word in page.text
        assert house.read(first).category in page.text
        for secret in ("共享平台", "运营中心", "数字资源厅", "迎泽大街", "郭子安", "0351-7654321"):
            assert secret not in page.answer.get_data(as_text=True)

    def test_the_numbers_of_the_past_year_stand_there_with_their_article(self, house: House, first: str) -> None:
        text = house.client().page(link(house, first)).text
        assert "一年内接到 5次邀请、一次也未履职，会启动核查" in text
        assert "您近12个月 0 次邀请，0 次履职" in text
        assert "第十四条（四）" in text

    def test_looking_changes_nothing_whoever_looks(self, house: House, first: str) -> None:
        address, before = link(house, first), traces(house)
        scanner = FlaskClient(house.app, house.app.response_class)  # an answer to HEAD is no page to be read
        for _ in range(3):
            scanner.get(address)
            scanner.head(address)
            scanner.options(address)
        assert traces(house) == before
        assert house.read(first).state is SeatState.SENT

    def test_the_address_is_kept_by_no_cache_and_told_to_no_other_site(self, house: House, first: str) -> None:
        answer = house.client().get(link(house, first))
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert "noindex" in answer.headers["X-Robots-Tag"]


class TestTheAnswer:
    def test_one_tap_accepts_and_says_what_comes_next(self, house: House, first: str) -> None:
        client, address = house.client(), link(house, first)
        page = Page(client.post(address, data={"answer": "accept"}, follow_redirects=True))
        assert page.heading == "您将参加的评审"
        assert "您已于 今天 09:00 接受邀请" in page.text
        assert "3月5日（周四）06:00 以前请假" in page.text
        kept = house.read(first)
        assert (kept.state, kept.answer_way) == (SeatState.ACCEPTED, AnswerWay.LINK)

    def test_declining_asks_for_a_reason_and_keeps_what_was_typed(self, house: House, first: str) -> None:
        client, address = house.client(), link(house, first)
        answer = client.post(address, data={"answer": "decline", "detail": "在外地"})
        page = Page(answer)
        assert answer.status_code == 422
        assert page.errors == {"why": "原因：请选择一项"}
        assert page.typed("detail") == "在外地"
        assert page.title.startswith("有错误：")
        page = Page(client.post(address, data={"answer": "decline", "why": "其他"}))
        assert page.errors == {"detail": "原因选了“其他”，请写明"}
        assert page.typed("why") == "其他"
        assert house.read(first).state is SeatState.SENT

    def test_a_reason_declines(self, house: House, first: str) -> None:
        house.client().post(link(house, first), data={"answer": "decline", "why": "外出", "detail": "在 外地"})
        kept = house.read(first)
        assert (kept.state, kept.reason) == (SeatState.DECLINED, "外出：在 外地")

    def test_a_recusal_needs_no_project_to_be_known(self, house: House, first: str) -> None:
        page = Page(house.client().post(link(house, first), data={"answer": "recuse"}, follow_redirects=True))
        assert "回避不计入您的拒绝次数" in page.text
        assert house.read(first).state is SeatState.RECUSED

    def test_no_button_of_the_page_is_no_answer(self, house: House, first: str) -> None:
        assert house.client().post(link(house, first), data={"answer": "maybe"}).status_code == 422
        assert house.client().post(link(house, first)).status_code == 422
        assert house.read(first).state is SeatState.SENT

    def test_a_form_without_its_token_is_refused(self, house: House, first: str) -> None:
        assert house.client().post(link(house, first), data={"answer": "accept"}, csrf=False).status_code == 400
        assert house.read(first).state is SeatState.SENT

    def test_over_https_the_form_passes_the_check_of_its_origin(self, house: House, first: str) -> None:
        base, address = "https://localhost", link(house, first)
        house.app.config["SESSION_COOKIE_SECURE"] = True
        client = house.client()
        page = client.get(address, base_url=base).get_data(as_text=True)
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        data = {"answer": "accept", "csrf_token": token}
        client.post(address, data=data, base_url=base, headers={"Referer": base + address})
        assert house.read(first).state is SeatState.ACCEPTED

    def test_answered_twice_shows_what_was_recorded(self, house: House, first: str) -> None:
        client, address = house.client(), link(house, first)
        client.post(address, data={"answer": "accept"})
        page = Page(client.post(address, data={"answer": "decline", "why": "外出"}, follow_redirects=True))
        assert "这次邀请刚才已经答复过，下面是记录的答复。" in page.text
        assert "您已于 今天 09:00 接受邀请" in page.text
        assert house.read(first).state is SeatState.ACCEPTED

    def test_a_half_day_that_is_taken_is_told_and_nothing_is_recorded(self, house: House, first: str) -> None:
        address = link(house, first)
        house.promise_elsewhere(first)
        page = Page(house.client().post(address, data={"answer": "accept"}, follow_redirects=True))
        assert "您已接受3月5日（周四）09:00的另一次评审，时间冲突" in page.text
        assert page.heading == "请您参加一次评审"
        assert house.read(first).state is SeatState.SENT


class TestTooLate:
    def due(self, house: House, number: str) -> None:
        due_at = house.read(number).due_at
        assert due_at is not None
        clock.travel_to(due_at)

    def test_the_last_instant_is_in_time_even_when_the_clock_of_the_house_looks_first(
        self, house: House, first: str
    ) -> None:
        self.due(house, first)
        house.quiet()
        house.client().post(link(house, first), data={"answer": "accept"})
        assert house.read(first).state is SeatState.ACCEPTED
        clock.travel_to(clock.now() + SECOND)
        house.quiet()
        assert house.read(first).state is SeatState.ACCEPTED

    def test_a_second_later_the_seat_is_passed_on_and_the_reply_kept(self, house: House, first: str) -> None:
        address = link(house, first)
        self.due(house, first)
        clock.travel_to(clock.now() + SECOND)
        page = Page(house.client().post(address, data={"answer": "accept"}, follow_redirects=True))
        assert page.heading == "名额已递补"
        assert "的答复“接受邀请”已经记录。名额不再改变，您不用到场。" in page.text
        kept = house.read(first)
        assert (kept.state, kept.late_reply) == (SeatState.TIMED_OUT, "accept")
        house.quiet()
        assert [house.read(number).line for number in house.invitations()].count(kept.line) == 2

    def test_who_looks_later_may_still_leave_a_reply_that_changes_nothing(self, house: House, first: str) -> None:
        address, client = link(house, first), house.client()
        self.due(house, first)
        clock.travel_to(clock.now() + SECOND)
        house.quiet()
        page = client.page(address)
        assert "答复期限 今天 11:00 已过" in page.text
        page = Page(client.post(f"{address}/late", data={"answer": "decline"}, follow_redirects=True))
        assert "的答复“不能参加”已经记录" in page.text
        assert house.read(first).state is SeatState.TIMED_OUT
        assert (house.read(first).late_reply, len(house.invitations())) == ("decline", 10)

    def test_the_page_says_it_before_the_timer_has_fired(self, house: House, first: str) -> None:
        self.due(house, first)
        clock.travel_to(clock.now() + SECOND)
        assert house.client().page(link(house, first)).heading == "名额已递补"
        assert house.read(first).state is SeatState.SENT

    def test_no_reply_is_late_while_there_is_time(self, house: House, first: str) -> None:
        house.client().post(f"{link(house, first)}/late", data={"answer": "accept"})
        assert house.read(first).late_reply_at is None


class TestBadLinks:
    def test_an_altered_link_shows_one_page_that_says_what_to_do(self, house: House, first: str) -> None:
        token = house.token(first)
        altered = token[:-1] + ("a" if token[-1] != "a" else "b")
        for address in (f"/invitation/{altered}", "/invitation/x", f"/invitation/{token}x"):
            page = house.client().page(address, 404)
            assert page.heading == "这个链接不能用"
            assert "登录后答复" in page.links()
            assert "0351-0000000" in page.text
            assert house.client().post(address, data={"answer": "accept"}).status_code == 404
        assert house.read(first).state is SeatState.SENT

    def test_another_expert_s_link_is_no_use_to_who_is_signed_in(self, house: House) -> None:
        mine, other = house.invitations()[:2]
        client = house.client(house.expert_of(mine))
        assert client.page(link(house, other), 404).heading == "这个链接不能用"
        assert client.post(link(house, other), data={"answer": "accept"}).status_code == 404
        assert house.read(other).state is SeatState.SENT
        assert client.page(link(house, mine)).heading == "请您参加一次评审"

    def test_staff_who_is_signed_in_is_asked_to_leave_it_to_the_expert(self, house: House, first: str) -> None:
        page = house.staff("org").page(link(house, first), 404)
        assert "现在登录的是郭子安；链接是发给别人的，请退出后由本人打开" in page.text
        assert "退出登录" in page.text
        assert "到我的邀请" not in page.links()

    def test_a_replaced_link_leads_to_the_newer_one(self, house: House, first: str) -> None:
        address = link(house, first)
        with house.inside() as session:
            session.execute(sa.update(InvitationLink).values(used_at=clock.now()))
        assert house.client().page(address, 404).heading == "这个链接不能用"
        assert house.client().post(address, data={"answer": "accept"}).status_code == 404
        assert house.read(first).state is SeatState.SENT

    def test_an_expired_link_is_one_of_them(self, house: House, first: str) -> None:
        address = link(house, first)
        with house.inside() as session:
            session.execute(sa.update(InvitationLink).values(expires_at=clock.now()))
        assert house.client().page(address, 404).heading == "这个链接不能用"

    def test_a_link_cannot_ask_for_leave(self, house: House, first: str) -> None:
        address = link(house, first)
        house.client().post(address, data={"answer": "accept"})
        page = house.client().page(address)
        assert page.links()["登录后请假或申请回避"].startswith("/login?next=/mine/invitations/PS-")
        assert house.client().get(f"{address}/leave").status_code == 404


class TestTheDetails:
    def test_the_second_link_tells_everything_and_one_tap_confirms(self, house: House, first: str) -> None:
        invite = link(house, first)
        house.tell_details()
        address = link(house, first)
        assert address != invite
        page = house.client().page(address)
        assert page.heading == "请确认参加这次评审"
        for word in ("省级数据共享平台二期技术评审", "省政务云运营中心", "省数字资源厅", "迎泽大街", "0351-7654321"):
            assert word in page.text
        page = Page(house.client().post(address, data={"answer": "confirm"}, follow_redirects=True))
        assert "您已于 今天 09:00 确认参加" in page.text
        assert house.read(first).state is SeatState.CONFIRMED

    def test_the_first_link_never_tells_them(self, house: House, first: str) -> None:
        invite = link(house, first)
        house.tell_details()
        page = house.client().page(invite)
        assert "详情已经发出，请按最近一次的链接确认" in page.text
        assert "共享平台" not in page.answer.get_data(as_text=True)

    def test_to_accept_is_not_to_confirm(self, house: House, first: str) -> None:
        house.tell_details()
        house.client().post(link(house, first), data={"answer": "accept"})
        assert house.read(first).state is SeatState.TOLD

    @pytest.mark.parametrize(
        ("sent", "state"),
        [({"answer": "decline", "why": "身体原因"}, SeatState.DECLINED), ({"answer": "recuse"}, SeatState.RECUSED)],
    )
    def test_who_cannot_come_after_all_is_replaced(
        self, house: House, first: str, sent: dict[str, str], state: SeatState
    ) -> None:
        house.tell_details()
        house.client().post(link(house, first), data=sent)
        assert house.read(first).state is state
        house.quiet()
        assert len(house.invitations()) == 6


class TestTheCalendar:
    def test_it_names_no_project_before_the_details(self, house: House, first: str) -> None:
        address = link(house, first)
        assert house.client().get(f"{address}/calendar.ics").status_code == 404
        house.client().post(address, data={"answer": "accept"})
        answer = house.client().get(f"{address}/calendar.ics")
        assert answer.mimetype == "text/calendar"
        text = answer.get_data(as_text=True).replace("\r\n ", "")
        assert "SUMMARY:（演示）评审（技术评审）\r\n" in text
        assert "DTSTART:20260305T010000Z\r\n" in text
        assert "共享平台" not in text
        assert "迎泽" not in text

    def test_it_names_it_afterwards_under_the_same_uid(self, house: House, first: str) -> None:
        address = link(house, first)
        house.tell_details()
        before = house.client().get(f"{address}/calendar.ics").get_data(as_text=True)
        address = link(house, first)
        house.client().post(address, data={"answer": "confirm"})
        after = house.client().get(f"{address}/calendar.ics").get_data(as_text=True).replace("\r\n ", "")
        assert f"UID:{first}@zhiku\r\n" in before
        assert f"UID:{first}@zhiku\r\n" in after
        assert "省级数据共享平台二期技术评审" in after
        assert "共享平台" not in before
