"""From the public form to the letter of appointment, each step in the browser as the person whose step it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.identity import roles
from tests.browser import applicant
from tests.browser.applicant import Files

Look = Callable[[Page, str], None]
Enter = Callable[[Page, str], None]
NewPage = Callable[[], Page]
Scheduler = Callable[[], None]
Travel = Callable[[str], datetime]
#: Passed and confirmed in the demo world, waiting for publication.
WAITING = "高建平"
PASSWORD = "Fenhe-2026-spring"


@pytest.fixture
def app(world_app: Flask) -> Flask:
    """The application with the demo world."""
    return world_app


def test_an_applicant_becomes_an_expert(
    page: Page, new_page: NewPage, look: Look, enter: Enter, scheduler: Scheduler, travel: Travel, tmp_path: Path
) -> None:
    staff, files = new_page(), Files(tmp_path)
    number = _apply(page, files, look)
    _ask_for_a_supplement(staff, number, enter, look)
    travel("2026-03-02 11:30")
    _supplement(page, number, files, look)
    _accept(staff, number)
    _pass(staff, number, enter, look)
    _confirm(staff, number, enter, look)
    _publish_with_another(staff, number, enter, look)
    _let_the_period_pass(page, number, travel, scheduler, look)
    scheduler()
    _read_the_letter(page, number, look)
    _log_in_for_the_first_time(new_page(), look)


def _apply(page: Page, files: Files, look: Look) -> str:
    applicant.begin(page)
    _identity_with_mistakes(page, files, look)
    applicant.fill_education(page)
    look(page, "apply-3-education")
    applicant.go_on(page)
    applicant.fill_experience(page)
    look(page, "apply-4-experience")
    applicant.go_on(page)
    _papers(page, files, look)
    applicant.fill_commitments(page)
    look(page, "apply-6-commitments")
    applicant.go_on(page)
    expect(page.get_by_role("heading", name="还有 1 处没有填好")).to_be_visible()
    page.get_by_role("link", name="单位推荐意见（盖章）：请上传").click()
    page.set_input_files("#file-recommendation", files.paper)
    applicant.go_on(page)
    expect(page.get_by_role("heading", name="预审结果")).to_be_visible()
    look(page, "apply-7-review")
    page.get_by_role("button", name="提交入库申请").click()
    expect(page.locator("h1")).to_contain_text("入库申请 RK-2026-")
    return page.locator("h1").inner_text().removeprefix("入库申请 ")


def _identity_with_mistakes(page: Page, files: Files, look: Look) -> None:
    applicant.fill_identity(
        page, id_number=applicant.MISTYPED_ID, directions=(*applicant.DIRECTIONS, "人工智能")
    )
    applicant.go_on(page)
    expect(page.locator(".zk-errors")).to_be_focused()
    assert page.title().startswith("有错误：")
    expect(page.locator("#id_number")).to_have_value(applicant.MISTYPED_ID)
    look(page, "apply-2-errors")
    page.locator(".zk-errors").get_by_role("link", name="技术方向").click()
    expect(page.locator("#directions")).to_be_focused()
    applicant.fill_identity(page)
    for wrong, told in ((files.huge_photo, "11.0 MB"), (files.pdf_named_jpg, "PDF")):
        applicant.upload(page, "photo", wrong)
        expect(page.locator(".zk-errors")).to_contain_text(told)
        expect(page.locator("#name")).to_have_value(applicant.NAME)
    look(page, "apply-2-photo")
    page.set_input_files("#file-photo", files.photo)
    applicant.go_on(page)
    expect(page.locator("h2").first).to_have_text("学历与职称")


def _papers(page: Page, files: Files, look: Look) -> None:
    applicant.upload(page, "title", files.script)
    expect(page.locator(".zk-errors")).to_contain_text("职称证.svg")
    for kind in ("cv", "degree", "title", "experience", "identity"):
        applicant.upload(page, kind, files.paper)
        expect(page.locator(f"#{kind}")).to_contain_text("材料.pdf")
    look(page, "apply-5-papers")
    applicant.go_on(page)


def _open_task(staff: Page, number: str) -> None:
    staff.goto(f"/inbox/?view=groups&q={number}")
    staff.get_by_role("button", name=re.compile("^办理：")).click()
    staff.wait_for_load_state()


def _choose(staff: Page, words: str) -> None:
    staff.locator(".zk-choice label", has_text=words).first.click()


def _ask_for_a_supplement(staff: Page, number: str, enter: Enter, look: Look) -> None:
    enter(staff, roles.CENTER_CLERK)
    _open_task(staff, number)
    look(staff, "clerk-formal-check")
    _choose(staff, "补正")
    staff.get_by_label("单位推荐意见（在职人员）").check()
    staff.get_by_label("审查意见").fill("单位推荐意见没有盖章，请重新上传盖章的扫描件。")
    staff.get_by_role("button", name="提交形式审查结论").click()
    expect(staff.locator(".zk-note--ok")).to_contain_text("已提交")


def _supplement(page: Page, number: str, files: Files, look: Look) -> None:
    page.context.clear_cookies()
    page.goto("/status/")
    page.fill("#number", number)
    page.get_by_role("button", name="获取验证码").click()
    look(page, "status-code")
    page.fill("#code", applicant.code_from_mailbox(page))
    page.get_by_role("button", name="打开申请").click()
    expect(page.get_by_role("heading", name="需要补正")).to_be_visible()
    look(page, "status-supplement")
    page.get_by_role("link", name="去补正材料").click()
    look(page, "apply-supplement")
    page.set_input_files("#file-recommendation", files.paper)
    applicant.go_on(page)
    page.get_by_role("button", name="提交补正材料").click()
    expect(page.locator("h1")).to_contain_text(number)


def _accept(staff: Page, number: str) -> None:
    _open_task(staff, number)
    for box in staff.locator('input[name="formal_checked"]').all():
        box.check()
    _choose(staff, "受理")
    staff.get_by_label("审查意见").fill("材料齐全，形式符合要求，同意受理。")
    staff.get_by_role("button", name="提交形式审查结论").click()
    expect(staff.locator(".zk-note--ok")).to_contain_text("已提交")


def _pass(staff: Page, number: str, enter: Enter, look: Look) -> None:
    enter(staff, roles.BUREAU_REVIEWER)
    _open_task(staff, number)
    look(staff, "reviewer-task")
    staff.get_by_role("button", name="提交审查结论").click()
    expect(staff.locator(".zk-errors")).to_be_focused()
    look(staff, "reviewer-task-errors")
    for box in staff.locator('input[name="review_checked"]').all():
        box.check()
    _choose(staff, "通过")
    staff.get_by_label("符合的专业条件").select_option("B")
    staff.get_by_label("审查意见").fill("经核对，申请人具有正高级工程师职称，符合第十一条（二）4 的规定。")
    staff.get_by_role("button", name="提交审查结论").click()
    expect(staff.locator(".zk-note--ok")).to_contain_text("已提交")


def _confirm(staff: Page, number: str, enter: Enter, look: Look) -> None:
    enter(staff, roles.BUREAU_LEADER)
    _open_task(staff, number)
    look(staff, "leader-confirm")
    _choose(staff, "同意列入拟入库名单")
    staff.get_by_role("button", name="提交复核结论").click()
    expect(staff.locator(".zk-note--ok")).to_contain_text("已提交")


def _publish_with_another(staff: Page, number: str, enter: Enter, look: Look) -> None:
    enter(staff, roles.CENTER_CLERK)
    staff.goto("/inbox/?view=groups&element=publish_notice")
    for name in (applicant.NAME, WAITING):
        staff.get_by_role("checkbox", name=f"选择：{name}").check()
    staff.get_by_role("button", name="拟写公示并发布").click()
    look(staff, "clerk-compose")
    staff.get_by_role("button", name="发布公示 2 人").click()
    expect(staff.locator(".zk-errors")).to_be_focused()
    look(staff, "clerk-compose-errors")
    staff.fill("#document_no", "晋政信公示〔2026〕3 号（演示）")
    staff.fill("#site_address", "https://example.cn/notices/2026/3")
    staff.get_by_role("button", name="发布公示 2 人").click()
    expect(staff.locator("h1")).to_contain_text("第 3 批")
    look(staff, "board-published")


def _let_the_period_pass(page: Page, number: str, travel: Travel, scheduler: Scheduler, look: Look) -> None:
    """Its last hours by the button of the demo's clock."""
    page.goto(f"/status/{number}")
    look(page, "status-publicity")
    travel("2026-03-09 18:00")
    scheduler()
    page.reload()
    expect(page.get_by_text("已入库")).to_have_count(0)
    for _ in range(40):
        if page.get_by_text("已入库").count():
            return
        page.locator(".zk-clock summary").click()
        with page.expect_navigation():
            page.get_by_role("button", name="到下一个时限").click()
    raise AssertionError("not appointed")


def _read_the_letter(page: Page, number: str, look: Look) -> None:
    page.goto(f"/status/{number}")
    look(page, "status-appointed")
    for words in ("下载聘书（PDF）", "下载申请表（PDF）"):
        with page.expect_download() as coming:
            page.get_by_role("link", name=words).click()
        assert Path(coming.value.path()).read_bytes().startswith(b"%PDF-")


def _log_in_for_the_first_time(expert: Page, look: Look) -> None:
    expert.goto("/demo/outbox")
    look(expert, "mailbox")
    expert.locator('a[href*="/login/first/"]').first.click()
    expect(expert.locator("h1")).to_have_text("首次登录")
    expect(expert.locator("main")).to_contain_text(applicant.NAME)
    look(expert, "first-login")
    account = expert.locator("main .zk-mono").first.inner_text()
    expert.fill("#password", PASSWORD)
    expert.fill("#again", PASSWORD)
    expert.get_by_role("button", name="设好密码").click()
    expert.fill("#login", account)
    expert.fill("#password", PASSWORD)
    expert.locator("main").get_by_role("button", name="登录智库").click()
    expect(expert.locator("h1")).to_contain_text("我的邀请")
    expert.get_by_role("link", name="我的聘任").first.click()
    expect(expert.locator("h1")).to_have_text(applicant.NAME)
    look(expert, "mine")
