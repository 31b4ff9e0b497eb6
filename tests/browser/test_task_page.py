"""The task page in a real browser: what depends on an entry appears at once, nothing is lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.web.house_rules import HouseClient
from tests.web.office import Office

Enter = Callable[[Page, str], None]


@pytest.fixture
def office(app: Flask) -> Office:
    """The office of the page tests behind the live server."""
    return Office(app, lambda: HouseClient(app, app.response_class))


def open_review(page: Page, office: Office, enter: Enter) -> str:
    _case, task_id = office.reviewed()
    enter(page, "bureau_reviewer")
    page.goto("/inbox/?view=groups")
    page.get_by_role("button", name="办理：RK-2026-0147 的办件 · qualification_review").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("qualification_review：RK-2026-0147 的办件")
    return task_id


def test_what_depends_on_an_entry_appears_and_nothing_typed_is_lost(page: Page, office: Office, enter: Enter) -> None:
    open_review(page, office, enter)
    page.get_by_label("审查意见").fill("写到一半的意见")
    expect(page.get_by_text("须补交的材料", exact=True)).to_have_count(0)
    page.get_by_label("退回补正").check()
    expect(page.get_by_text("须补交的材料", exact=True)).to_be_visible()
    expect(page.get_by_label("审查意见")).to_have_value("写到一半的意见")
    expect(page.get_by_label("退回补正")).to_be_focused()
    expect(page.get_by_text("通知申请人限期补交")).to_be_visible()


def test_ctrl_s_saves_the_draft(page: Page, office: Office, enter: Enter) -> None:
    open_review(page, office, enter)
    page.wait_for_load_state("networkidle")
    page.get_by_label("审查意见").fill("还没写完")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("已存草稿，09:00。")).to_be_visible(timeout=15_000)
    expect(page.get_by_label("审查意见")).to_have_value("还没写完")


def test_after_errors_the_summary_has_the_focus_and_leads_to_the_field(
    page: Page, office: Office, enter: Enter
) -> None:
    open_review(page, office, enter)
    page.get_by_role("button", name="提交审查结论").click()
    expect(page).to_have_title("有错误：qualification_review：RK-2026-0147 的办件 · 智库（演示）")
    expect(page.locator(".zk-errors")).to_be_focused()
    page.get_by_role("link", name="请填写“审查意见”").click()
    expect(page.get_by_label("审查意见")).to_be_focused()


def test_the_task_page_is_accessible_wide_and_narrow(
    page: Page, office: Office, enter: Enter, look: Callable[[Page, str], None]
) -> None:
    open_review(page, office, enter)
    look(page, "task-page")
    page.get_by_role("button", name="提交审查结论").click()
    look(page, "task-page-errors")
    page.goto("/inbox/")
    look(page, "task-page-inbox")
