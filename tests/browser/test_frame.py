"""The frame, the parts and the demo's start page as people see them: wide, at 390 px, enlarged, without a mouse."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.core import clock
from app.identity import roles
from tests.browser.conftest import LiveServer
from tests.conftest import START, person
from tests.web.gallery import add_gallery

Axe = Callable[[Page], None]
Shot = Callable[[Page, str], None]
Look = Callable[[Page, str], None]
Enter = Callable[[Page, str], None]

FINISHED = {"done": ["Start_application"], "tokens": {"qualification_review": 1}, "failed": []}


@pytest.fixture
def app(sqlite_app: Flask) -> Flask:
    """The application with a gallery of all parts."""
    add_gallery(sqlite_app, {"done": [], "tokens": {"qualification_review": 1}, "failed": []})
    return sqlite_app


@pytest.mark.parametrize("paths", [
    ("/demo/", "/demo/clock", "/demo/reset", "/gallery"),
    ("/about/regulation", "/about/accessibility", "/no/such/page", "/login"),
])
def test_a_page_is_accessible_on_every_screen(page: Page, look: Look, paths: tuple[str, ...]) -> None:
    for path in paths:
        page.goto(path)
        if path == "/gallery":
            page.wait_for_selector(".zk-viewer[data-ready]")
        look(page, "frame" + path.rstrip("/").replace("/", "-"))


def test_the_start_page_offers_everyone_who_is_there(page: Page, live: LiveServer, look: Look) -> None:
    with live.app.app_context():
        for role in roles.LABELS:
            person(role)
    page.goto("/demo/")
    expect(page.get_by_role("button", name="进入：")).to_have_count(len(roles.LABELS))
    look(page, "demo-start")


def test_large_text_holds_on_every_screen(any_page: Page, axe: Axe, shot: Shot) -> None:
    any_page.goto("/gallery")
    if any_page.get_by_text("菜单").is_visible():
        any_page.get_by_text("菜单").click()
    any_page.get_by_role("button", name="大字版").locator("visible=true").click()
    expect(any_page.locator("html")).to_have_attribute("data-text", "large")
    any_page.wait_for_selector(".zk-viewer[data-ready]")
    axe(any_page)
    shot(any_page, "gallery-large")


def test_the_skip_link_is_the_first_stop_of_the_keyboard(page: Page) -> None:
    page.goto("/about/accessibility")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_the_error_summary_has_the_focus_and_leads_to_the_field(page: Page) -> None:
    page.goto("/gallery")
    expect(page.locator(".zk-errors")).to_be_focused()
    page.get_by_role("link", name="审查意见不少于 10 个字").click()
    expect(page.locator("#opinion")).to_be_focused()
    assert page.title().startswith("有错误：")


def test_the_clock_moves_by_two_hours_and_comes_back_to_the_page(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    page.goto("/about/accessibility")
    page.get_by_text("拨时钟").click()
    page.get_by_role("button", name="＋2 小时").click()
    page.wait_for_load_state()
    assert page.url.endswith("/about/accessibility")
    assert clock.now() == START.replace(hour=11)


def test_a_signed_in_person_sees_the_dark_header(page: Page, enter: Enter, axe: Axe, shot: Shot) -> None:
    enter(page, "center_clerk")
    page.goto("/no/such/page")
    expect(page.locator("header.zk-header")).to_contain_text("马晓岚 · 中心经办")
    axe(page)
    shot(page, "staff-header")


def test_the_diagram_shows_where_the_case_stands(page: Page) -> None:
    page.goto("/gallery")
    page.wait_for_selector(".zk-viewer[data-ready]")
    expect(page.locator(".zk-now")).to_have_count(1)
    expect(page.get_by_role("img", name="1 个进行中")).to_be_visible()
    page.get_by_role("button", name="看全图").click()
    expect(page.get_by_text("BPMN.io").or_(page.locator(".bjs-powered-by"))).to_be_visible()


def test_the_case_can_be_followed_without_script(live: LiveServer, chromium: object) -> None:
    context = chromium.new_context(base_url=live.url, java_script_enabled=False)  # type: ignore[attr-defined]
    page = context.new_page()
    page.goto("/gallery")
    page.get_by_text("文字说明：已走过 1 步，现在在资格审查").click()
    expect(page.get_by_text("进行中：资格审查")).to_be_visible()
    context.close()
