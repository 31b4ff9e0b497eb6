"""Objections in the browser: filed on the board, decided by the bureau; and the applicant who withdraws in time."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Page, expect

from app.core.database import db
from app.identity import roles
from app.procedures.entry.models import Application
from app.registers import identity_number
from tests.browser import applicant

Look = Callable[[Page, str], None]
Enter = Callable[[Page, str], None]
NewPage = Callable[[], Page]
Scheduler = Callable[[], None]
Travel = Callable[[str], datetime]
#: On the board of the demo world until 3 March, without an objection.
UPHELD, ACCEPTED_BY_TIME, WITHDRAWN = "周若水", "胡一帆", "梁思齐"
_FIRST = "14010519800512301"


@pytest.fixture
def app(world_app: Flask) -> Flask:
    """The application with the demo world."""
    return world_app


def application_of(app: Flask, name: str) -> Application:
    with app.app_context():
        found = db.session.scalars(sa.select(Application).where(Application.name == name)).one()
        db.session.expunge(found)
        return found


def file_objection(page: Page, name: str, look: Look) -> str:
    """Objects to somebody on the board with name, ID number and the phone's code; gives the number."""
    page.goto("/board/object")
    look(page, "board-choose")
    page.get_by_role("link", name=f"对 {name} 提出异议").click()
    page.locator(".zk-actions").get_by_role("button", name="提交异议").click()
    expect(page.locator(".zk-errors")).to_be_focused()
    look(page, "objection-errors")
    page.locator(".zk-choice label", has_text="个人").click()
    page.fill("#objector_name", "程立秋")
    page.fill("#id_number", _FIRST + identity_number.check_character(_FIRST))
    page.fill("#phone", "13900003001")
    page.fill("#matter", "从业年限不实")
    page.fill("#grounds", "其 2019 年前在其他行业工作，年限不足。")
    page.get_by_role("button", name="获取手机验证码").click()
    page.fill("#code", applicant.code_from_mailbox(page))
    expect(page.locator("#grounds")).to_have_value("其 2019 年前在其他行业工作，年限不足。")
    page.locator(".zk-actions").get_by_role("button", name="提交异议").click()
    expect(page.locator("h1")).to_have_text("异议已收到")
    look(page, "objection-filed")
    return page.locator(".zk-title__sub b").inner_text()


def open_task(staff: Page, number: str) -> None:
    staff.goto(f"/inbox/?view=groups&q={number}")
    staff.locator("main").get_by_role("button", name=re.compile("^办理：")).or_(
        staff.locator("main").get_by_role("link", name=re.compile("^办理："))
    ).click()
    expect(staff.locator("h2#h-form")).to_be_visible()


def submit(staff: Page, button: str) -> None:
    staff.get_by_role("button", name=button).click()
    expect(staff.locator(".zk-note--ok")).to_contain_text("已提交")


def test_an_upheld_objection_ends_in_a_refusal(
    app: Flask, page: Page, new_page: NewPage, look: Look, enter: Enter, scheduler: Scheduler, travel: Travel
) -> None:
    staff = new_page()
    number = file_objection(page, UPHELD, look)
    enter(staff, roles.BUREAU_REVIEWER)
    open_task(staff, number)
    look(staff, "objection-acceptance")
    staff.locator(".zk-choice label", has_text="受理").first.click()
    submit(staff, "提交受理决定")
    open_task(staff, number)
    staff.get_by_label("核实报告").fill("经向原单位核实，其从事政务信息化不足规定年限。")
    staff.locator(".zk-choice label", has_text="异议成立").first.click()
    look(staff, "objection-investigation")
    submit(staff, "提交核实报告")
    enter(staff, roles.BUREAU_LEADER)
    open_task(staff, number)
    look(staff, "objection-decision")
    staff.locator(".zk-choice label", has_text="异议成立").first.click()
    staff.get_by_label("决定的理由").fill("经核实，从业年限不符合第十一条（二）4 的规定。")
    submit(staff, "提交处理决定")
    travel("2026-03-04 00:00")
    scheduler()
    refused = application_of(app, UPHELD)
    assert refused.state.label == "不通过"
    assert "异议" in str(refused.end_reason)
    page.goto("/demo/outbox")
    expect(page.locator("main")).to_contain_text("异议成立")
    look(page, "mailbox-decision")


def test_silence_accepts_an_objection_and_holds_nobody_else(
    app: Flask, page: Page, new_page: NewPage, enter: Enter, scheduler: Scheduler, travel: Travel, look: Look
) -> None:
    number = file_objection(page, ACCEPTED_BY_TIME, look)
    travel("2026-03-05 00:00")
    scheduler()
    staff = new_page()
    enter(staff, roles.BUREAU_REVIEWER)
    staff.goto(f"/inbox/?view=groups&q={number}")
    expect(staff.locator("main")).to_contain_text("核实")
    assert application_of(app, ACCEPTED_BY_TIME).state.label not in ("已入库", "不予入库")
    assert application_of(app, WITHDRAWN).state.label == "已入库"


def test_an_applicant_withdraws_while_the_names_are_public(
    app: Flask, page: Page, look: Look, travel: Travel, tmp_path: Path
) -> None:
    number = str(application_of(app, WITHDRAWN).number)
    page.goto(f"/status/?number={number}")
    page.get_by_role("button", name="获取验证码").click()
    page.fill("#code", applicant.code_from_mailbox(page))
    page.get_by_role("button", name="打开申请").click()
    page.get_by_role("link", name="撤回申请").click()
    page.get_by_role("button", name="撤回入库申请").click()
    expect(page.locator(".zk-errors")).to_be_focused()
    look(page, "withdraw")
    page.fill("#reason", "工作变动，暂不参加。")
    page.get_by_role("button", name="撤回入库申请").click()
    expect(page.locator(".zk-title")).to_contain_text("撤回")
    look(page, "status-withdrawn")
    page.goto("/board/GS-2026-0002")
    expect(page.locator("tr", has_text=WITHDRAWN)).to_contain_text("不再受理")
