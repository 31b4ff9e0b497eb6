"""Leader and expert with a phone in the hand: two taps for a decision, one for an answer, nothing too small to hit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.core import clock
from app.core.database import db
from app.procedures.selection.models import SeatState
from tests.browser.conftest import LiveServer
from tests.services.procedures.selection.world import STARTS_AT
from tests.web.approvals.conftest import designated, without_security
from tests.web.panel_house import House, copies, invited

Look = Callable[[Page, str], None]
Make = Callable[[str], House]
_STAGES = {"invited": invited, "designated": designated, "waiver": without_security}
#: Controls of the main part that are lower than a thumb wants; links within a sentence are read, not hit.
_TOO_LOW = """() => [...document.querySelectorAll('main button, main summary, main .btn, main .zk-choice label')]
    .filter(node => node.offsetParent && node.getBoundingClientRect().height < 47.5)
    .map(node => node.outerHTML.slice(0, 120))"""


@pytest.fixture
def house(
    request: pytest.FixtureRequest, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, sqlite_schema: Path
) -> Iterator[House]:
    """The stage that the test's parameter names, else a panel that was just invited."""
    stage = getattr(request, "param", "invited")
    made = copies(tmp_path_factory.mktemp("panel"), sqlite_schema, stage, _STAGES[stage])(tmp_path)
    yield made
    with made.app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def app(house: House) -> Flask:
    """The application of the house."""
    return house.app


@pytest.fixture
def sign_in(live: LiveServer, house: House) -> Callable[[Page, int], None]:
    """`sign_in(page, user_id)`: gives the browser that person's session."""

    def enter(page: Page, user_id: int) -> None:
        client = house.client(user_id)
        cookie = client.get_cookie("session")
        assert cookie is not None
        page.context.add_cookies([{"name": "session", "value": cookie.value, "url": live.url}])

    return enter


def well(page: Page, look: Look, name: str) -> None:
    """Accessible wide and at 390 px, in both sizes of text, with controls that a thumb can hit."""
    look(page, name)
    assert page.evaluate(_TOO_LOW) == []
    page.evaluate("document.documentElement.dataset.text = 'large'")
    look(page, f"{name}-large")
    page.evaluate("delete document.documentElement.dataset.text")


def test_an_invitation_is_accepted_with_one_tap(phone: Page, house: House, look: Look) -> None:
    number = house.invitations()[0]
    phone.goto(f"/invitation/{house.token(number)}")
    well(phone, look, "phone-invitation")
    phone.get_by_role("button", name="接受邀请").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("您将参加的评审")
    assert house.read(number).state is SeatState.ACCEPTED
    well(phone, look, "phone-accepted")
    with phone.expect_download() as download:
        phone.get_by_role("link", name="加入日历").click()
    assert download.value.suggested_filename == f"{number}.ics"


def test_declining_opens_its_reasons_and_keeps_them_after_an_error(phone: Page, house: House, look: Look) -> None:
    number = house.invitations()[0]
    phone.goto(f"/invitation/{house.token(number)}")
    phone.get_by_text("不能参加", exact=True).click()
    phone.get_by_label("其他").check()
    phone.get_by_role("button", name="确认不参加").click()
    expect(phone.locator(".zk-errors")).to_be_focused()
    expect(phone.get_by_label("其他")).to_be_checked()
    well(phone, look, "phone-decline-error")
    phone.get_by_label("补充说明").fill("当天在外地授课")
    phone.get_by_role("button", name="确认不参加").click()
    expect(phone.get_by_text("感谢答复，名额已递补给下一位。")).to_be_visible()
    assert house.read(number).state is SeatState.DECLINED
    well(phone, look, "phone-declined")


def test_details_are_confirmed_and_leave_names_what_follows(
    phone: Page, house: House, look: Look, sign_in: Callable[[Page, int], None]
) -> None:
    number = house.invitations()[0]
    house.tell_details()
    phone.goto(f"/invitation/{house.token(number)}")
    well(phone, look, "phone-details")
    phone.get_by_role("button", name="确认参加").click()
    expect(phone.get_by_text("确认参加。").first).to_be_visible()
    sign_in(phone, house.expert_of(number))
    phone.goto("/mine/invitations/")
    well(phone, look, "phone-list")
    phone.get_by_role("link", name="3月5日（周四）上午").click()
    clock.travel_to(STARTS_AT - timedelta(hours=2, minutes=59))
    phone.reload()
    well(phone, look, "phone-confirmed")
    phone.get_by_role("link", name="迟请假").click()
    well(phone, look, "phone-late-leave")
    phone.get_by_label("身体原因").check()
    phone.get_by_role("button", name="提交迟请假").click()
    expect(phone.get_by_text("名额已开始递补").first).to_be_visible()
    assert house.read(number).state is SeatState.LATE_LEAVE


def test_a_late_and_a_broken_link_say_what_to_do(phone: Page, house: House, look: Look) -> None:
    number = house.invitations()[0]
    address = f"/invitation/{house.token(number)}"
    phone.goto(address + "x")
    well(phone, look, "phone-bad-link")
    clock.travel_to(clock.now() + timedelta(hours=2, seconds=1))
    phone.goto(address)
    well(phone, look, "phone-late")
    phone.get_by_role("button", name="记录：本可以参加").click()
    expect(phone.get_by_text("已经记录。名额不再改变")).to_be_visible()
    assert house.read(number).state is SeatState.TIMED_OUT


@pytest.mark.parametrize("house", ["designated"], indirect=True)
def test_a_designation_is_agreed_to_with_two_taps(
    phone: Page, house: House, look: Look, sign_in: Callable[[Page, int], None]
) -> None:
    house.designate_before(1)
    sign_in(phone, house.user_of("lead"))
    phone.goto("/approvals/")
    well(phone, look, "phone-approvals")
    phone.goto(f"/approvals/{house.number}-Z1")
    well(phone, look, "phone-approval")
    phone.get_by_label("同意", exact=True).check()
    expect(phone.get_by_label("同意的理由", exact=True)).to_be_visible()
    phone.get_by_role("button", name="提交审批决定").click()
    phone.wait_for_url("**/approvals/*-Z2")
    phone.get_by_label("不同意", exact=True).check()
    phone.get_by_role("button", name="提交审批决定").click()
    expect(phone.locator(".zk-errors")).to_be_focused()
    expect(phone.get_by_label("不同意的理由")).to_be_visible()
    well(phone, look, "phone-approval-error")
    phone.get_by_label("不同意的理由").fill("本部门今年指定已多")
    phone.get_by_role("button", name="提交审批决定").click()
    expect(phone.get_by_role("heading", name="都审批完了")).to_be_visible()
    phone.goto(f"/approvals/{house.number}-Z2")
    well(phone, look, "phone-decided")
    phone.goto("/approvals/decided")
    well(phone, look, "phone-decided-list")


@pytest.mark.parametrize("house", ["waiver"], indirect=True)
def test_conditions_are_decided_on_the_same_way(
    phone: Page, house: House, look: Look, sign_in: Callable[[Page, int], None]
) -> None:
    house.act("org", "set_conditions")
    sign_in(phone, house.user_of("lead"))
    phone.goto(f"/approvals/{house.number}")
    well(phone, look, "phone-conditions")
    phone.get_by_label("同意", exact=True).check()
    phone.get_by_role("button", name="提交审批决定").click()
    expect(phone.get_by_text("抽取条件，同意。")).to_be_visible()
