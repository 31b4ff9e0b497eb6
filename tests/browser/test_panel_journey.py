"""From the entry of a review to the verified certificate, each step in the browser as the person whose step it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.identity import roles
from tests.browser import panel
from tests.browser.panel import Letters

Look = Callable[[Page, str], None]
Enter = Callable[[Page, str], None]
NewPage = Callable[[], Page]
Scheduler = Callable[[], None]


@pytest.fixture
def app(world_app: Flask) -> Flask:
    """The application with the demo world."""
    return world_app


def test_a_panel_is_drawn_completed_and_verified(
    page: Page, phone: Page, new_page: NewPage, look: Look, shot: Look, enter: Enter, scheduler: Scheduler,
    tmp_path: Path,
) -> None:
    organiser, witness, letters = page, new_page(), Letters(phone)
    enter(organiser, roles.DEPT_ORGANISER)
    _enter_the_review(organiser, look)
    number = _set_the_conditions(organiser, look, shot)
    _see_the_commitment(organiser, look)
    _watch_and_sign(witness, organiser, enter, look)
    _send(organiser)
    scheduler()
    _approve_the_designated(new_page(), number, enter, shot)
    scheduler()
    silent = _answer(phone, letters.new())
    scheduler()
    _watch_the_board(organiser, number, look)
    _let_two_hours_pass(organiser)
    _come_too_late(phone, silent, shot)
    _fill_the_gaps(phone, letters, scheduler)
    _confirm_the_list(organiser, number, shot)
    scheduler()
    _confirm_the_details(phone, letters, scheduler)
    _take_leave(new_page(), enter)
    scheduler()
    _replace_who_left(phone, letters, scheduler)
    _let_the_meeting_come(organiser, number, shot)
    _record_the_meeting(organiser, number, look, shot)
    certificate = _download_the_certificate(organiser, number, tmp_path)
    _verify(new_page(), certificate, look, shot)
    _audit(new_page(), number, enter, shot, tmp_path)


def _enter_the_review(organiser: Page, look: Look) -> None:
    organiser.goto("/activities")
    organiser.get_by_role("link", name="组织一次评审").click()
    organiser.get_by_label("评审名称").fill(panel.TITLE)
    organiser.get_by_role("button", name="建立评审，去设条件").click()
    expect(organiser.locator(".zk-errors")).to_be_focused()
    expect(organiser.get_by_label("评审名称")).to_have_value(panel.TITLE)
    look(organiser, "panel-new-errors")
    panel.fill_review(organiser)
    organiser.get_by_role("button", name="建立评审，去设条件").click()
    expect(organiser.locator("h1")).to_have_text("抽取条件")


def _set_the_conditions(organiser: Page, look: Look, shot: Look) -> str:
    """The check beside the form follows the typing; what breaks a rule is not locked."""
    checks = organiser.locator("#check")
    panel.fill_seats(organiser, panel.DRAWN)
    panel.designate(organiser)
    expect(checks).to_contain_text("指定 1 人，不超过三分之一")
    expect(checks.locator(".zk-mark--bad")).not_to_have_count(0)
    organiser.get_by_role("button", name="提交条件，锁定后抽取").click()
    expect(organiser.locator(".zk-errors")).to_be_focused()
    look(organiser, "panel-conditions-errors")
    organiser.locator("#seat-2-category").select_option(panel.SECURITY)
    expect(checks.locator(".zk-mark--bad")).to_have_count(0)
    shot(organiser, "panel-conditions")
    organiser.get_by_role("button", name="提交条件，锁定后抽取").click()
    expect(organiser.locator("h1")).to_have_text("抽取专家")
    found = re.search(r"PS-2026-\d{4}", organiser.url)
    assert found is not None
    return found.group()


def _see_the_commitment(organiser: Page, look: Look) -> None:
    """It is published before anybody gives a value."""
    expect(organiser.locator(".zk-hash")).to_have_text(re.compile(r"^([0-9a-f]{8} ?){8}$"))
    expect(organiser.get_by_text("待投入")).to_have_count(2)
    with organiser.expect_download() as coming:
        organiser.get_by_role("link", name="打印承诺单").click()
    assert Path(coming.value.path()).read_bytes().startswith(b"%PDF-")
    look(organiser, "panel-committed")


def _watch_and_sign(witness: Page, organiser: Page, enter: Enter, look: Look) -> None:
    """Each gives his value in his own session, and sees without a reload what the other did."""
    organiser.get_by_role("button", name="由浏览器取随机数").click()
    expect(organiser.get_by_label("你投入的数")).to_have_value(re.compile(r"^[0-9a-f]{32}$"))
    organiser.get_by_role("button", name="投入这个数").click()
    expect(organiser.get_by_text("待投入")).to_have_count(1)
    enter(witness, roles.DISCIPLINE_WITNESS)
    witness.goto("/witness")
    witness.get_by_role("link", name=f"投入随机值：{panel.TITLE}").click()
    witness.get_by_label("你投入的数").fill("汾河水清")
    witness.get_by_role("button", name="投入这个数").click()
    expect(witness.get_by_role("heading", name="结果：抽中 4 人")).to_be_visible()
    expect(organiser.get_by_role("heading", name="结果：抽中 4 人")).to_be_visible()
    look(witness, "panel-drawn")
    witness.get_by_label("说明").fill("全程在场，短码核对一致。")
    witness.get_by_role("button", name="签署抽取记录").click()
    expect(witness.get_by_text("已签署").first).to_be_visible()


def _send(organiser: Page) -> None:
    organiser.get_by_role("button", name="发出 4 份邀请").first.click()
    expect(organiser.locator("h1")).to_have_text("评审小组")


def _approve_the_designated(leader: Page, number: str, enter: Enter, shot: Look) -> None:
    leader.set_viewport_size({"width": 390, "height": 844})
    enter(leader, roles.DEPT_LEADER)
    leader.goto("/approvals/")
    shot(leader, "panel-approvals")
    leader.locator(".zk-card__part", has_text=number).get_by_role("link").click()
    expect(leader.locator("main")).to_contain_text(panel.DESIGNATED)
    leader.get_by_label("同意", exact=True).check()
    leader.get_by_role("button", name="提交审批决定").click()
    expect(leader.locator(".zk-note--ok").first).to_contain_text("已提交")


def _answer(phone: Page, links: list[str]) -> str:
    """All accept but one who declines and one who says nothing; gives the link of the latter."""
    assert len(links) == 5
    first, second, *others = links
    panel.decline(phone, first)
    for link in others:
        panel.answer(phone, link, "接受邀请")
    return second


def _watch_the_board(organiser: Page, number: str, look: Look) -> None:
    organiser.goto(f"/activities/{number}")
    expect(organiser.locator(".zk-tally")).to_contain_text("3 席，共 5 席")
    look(organiser, "panel-board")


def _let_two_hours_pass(organiser: Page) -> None:
    """By the buttons of the demo's clock: at the last instant of the two hours an answer is still in time."""
    for _ in range(2):
        organiser.locator(".zk-clock summary").click()
        with organiser.expect_navigation():
            organiser.get_by_role("button", name="＋2 小时").click()


def _come_too_late(phone: Page, link: str, shot: Look) -> None:
    phone.goto(link)
    expect(phone.get_by_text("名额已递补。")).to_be_visible()
    shot(phone, "panel-late")


def _fill_the_gaps(phone: Page, letters: Letters, scheduler: Scheduler) -> None:
    """Who replaces whoever declined was asked at once, and was silent as well by now."""
    links = letters.new()
    assert links
    for link in links:
        phone.goto(link)
        if phone.get_by_role("button", name="接受邀请").count():
            panel.answer(phone, link, "接受邀请")
    scheduler()


def _confirm_the_list(organiser: Page, number: str, shot: Look) -> None:
    organiser.goto(f"/activities/{number}")
    organiser.get_by_role("button", name="确认初始名单，通知 5 人详情").click()
    expect(organiser.locator(".zk-note--ok")).to_contain_text("已确认初始名单")
    shot(organiser, "panel-board-confirmed")


def _confirm_the_details(phone: Page, letters: Letters, scheduler: Scheduler) -> None:
    links = letters.new()
    assert len(links) == 5
    for link in links:
        phone.goto(link)
        expect(phone.locator("main")).to_contain_text(panel.TITLE)
        panel.answer(phone, link, "确认参加")
    scheduler()


def _take_leave(expert: Page, enter: Enter) -> None:
    expert.set_viewport_size({"width": 390, "height": 844})
    enter(expert, roles.EXPERT)
    expert.goto("/mine/invitations/")
    expert.get_by_role("link", name="3月6日（周五）上午").click()
    expert.get_by_role("link", name="请假", exact=True).click()
    expert.get_by_label("工作冲突").check()
    expert.get_by_role("button", name="提交请假").click()
    expect(expert.get_by_text("名额已开始递补").first).to_be_visible()


def _replace_who_left(phone: Page, letters: Letters, scheduler: Scheduler) -> None:
    """The seat of the designated is drawn now; the list being confirmed, the details follow at once."""
    (invited,) = letters.new()
    panel.answer(phone, invited, "接受邀请")
    scheduler()
    (told,) = letters.new()
    panel.answer(phone, told, "确认参加")
    scheduler()


def _let_the_meeting_come(organiser: Page, number: str, shot: Look) -> None:
    organiser.goto(f"/activities/{number}")
    expect(organiser.locator("h1 + .zk-title__sub")).to_contain_text("确定名单")
    shot(organiser, "panel-final")
    organiser.locator(".zk-clock summary").click()
    organiser.get_by_role("link", name="指定日期").click()
    organiser.fill("#date", "2026-03-06")
    organiser.locator("main").get_by_role("button").click()
    expect(organiser.locator(".zk-note--ok").first).to_contain_text("时钟已拨到")


def _record_the_meeting(organiser: Page, number: str, look: Look, shot: Look) -> None:
    organiser.goto(f"/activities/{number}")
    organiser.get_by_role("link", name="登记会议").first.click()
    for one in organiser.get_by_text("出席", exact=True).all():
        one.click()
    organiser.get_by_label("评审小组组长").select_option(index=1)
    organiser.get_by_text("已经举行").click()
    look(organiser, "panel-meeting")
    organiser.get_by_role("button", name="登记会议情况").click()
    expect(organiser.locator(".zk-note--ok")).to_contain_text("已登记会议")
    shot(organiser, "panel-held")


def _download_the_certificate(organiser: Page, number: str, to: Path) -> Path:
    organiser.goto(f"/activities/{number}")
    return panel.download(organiser, "下载抽取证书：第 1 次抽取", to)


def _verify(anybody: Page, certificate: Path, look: Look, shot: Look) -> None:
    """On the command line and in a browser that never logged in; a copy with one digit changed is refused by both."""
    copy = panel.tampered(certificate)
    assert panel.offline(certificate).returncode == 0, panel.offline(certificate).stdout
    assert panel.offline(copy).returncode == 1
    result = anybody.locator("#verify-result")
    anybody.goto("/verify")
    anybody.set_input_files("#certificate-file", certificate)
    expect(result.locator(".zk-note--ok")).to_have_count(1)
    look(anybody, "panel-verified")
    anybody.set_input_files("#certificate-file", copy)
    expect(result.locator(".zk-note--bad")).to_have_count(1)
    shot(anybody, "panel-refused")


def _audit(auditor: Page, number: str, enter: Enter, shot: Look, to: Path) -> None:
    enter(auditor, roles.AUDITOR)
    auditor.goto(f"/draws?q={number}")
    auditor.get_by_role("link", name=f"{number} 第 1 次", exact=True).click()
    shot(auditor, "panel-audited")
    copy = panel.download(auditor, "下载审计副本", to)
    assert panel.offline(copy).returncode == 0, panel.offline(copy).stdout
