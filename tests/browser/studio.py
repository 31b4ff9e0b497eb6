"""What owners do in the studio and what happens around them: the drawing hand, the approver, applications that come."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from random import Random
from typing import Any, NoReturn

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Page, expect

from app.core.database import db
from app.core.transaction import transaction
from app.identity import accounts
from app.operations import OperationError, catalogue
from app.web.demo.world import acts
from app.web.demo.world.applicants import Applicant
from app.web.demo.world.invention import People
from app.web.demo.world.staff import STAFF
from app.workflow.models import Definition, Instance, Task

#: The middle of a sequence flow on the screen.
_MIDDLE = """id => {
    const { modeler } = window.zkStudio, canvas = modeler.get('canvas'), box = canvas.viewbox();
    const points = modeler.get('elementRegistry').get(id).waypoints;
    const at = canvas.getContainer().getBoundingClientRect();
    const x = (points[0].x + points.at(-1).x) / 2, y = (points[0].y + points.at(-1).y) / 2;
    return [at.x + (x - box.x) * box.scale, at.y + (y - box.y) * box.scale];
}"""


class Cases:
    """Applications and the steps of others, taken below the pages to save time."""

    def __init__(self, app: Flask) -> None:
        self.app, self._source = app, Random(44)
        self._people = People(self._source)

    def _world(self) -> acts.World:
        team = {}
        for member in STAFF:
            user = accounts.by_login(member.login)
            assert user is not None
            team[member.login] = accounts.actor_of(user, None)
        return acts.World(team, self._people, self._source, {})

    def apply(self, name: str) -> str:
        """Somebody applies; gives the number."""
        with self.app.app_context():
            world = self._world()
            with transaction():
                acts.apply_for(world, Applicant(name))
            return world.numbers[name]

    def complete(self, number: str, element: str, login: str, values: Mapping[str, Any]) -> None:
        """A member of staff completes a task of the case."""
        with self.app.app_context():
            world = self._world()
            with transaction():
                acts.complete(world, number, element, login, values)

    def accept(self, number: str) -> None:
        """形式审查."""
        self.complete(number, "formal_check", "maxiaolan", acts.ACCEPTED)

    def review(self, number: str) -> None:
        """资格审查 by 李文静."""
        self.complete(number, "qualification_review", "liwenjing", acts.PASSED)

    def waiting_at(self, number: str) -> list[str]:
        """The names of the steps that a case waits at."""
        with self.app.app_context():
            return list(db.session.scalars(
                sa.select(Task.name).join(Instance, Instance.id == Task.instance_id)
                .where(Instance.business_key == number, Task.status == "open")
            ))

    def standing_at(self, element: str) -> list[str]:
        """The numbers of running cases that wait at a step, the oldest first."""
        with self.app.app_context():
            return list(db.session.scalars(
                sa.select(Instance.business_key).join(Task, Task.instance_id == Instance.id)
                .where(Task.element_id == element, Task.status == "open").order_by(Instance.id)
            ))

    def version_of(self, number: str) -> int:
        """By which version a case is handled."""
        with self.app.app_context():
            return db.session.scalars(
                sa.select(Definition.version).join(Instance, Instance.definition_id == Definition.id)
                .where(Instance.business_key == number)
            ).one()


def break_operation(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """The operation fails while the patch holds, as it would when another system does not answer."""
    entry = catalogue.get(name)
    assert entry is not None

    def fail(_inputs: object, _context: object) -> NoReturn:
        raise OperationError("not_now", "身份核验平台没有应答")

    monkeypatch.setitem(catalogue._operations, name, dataclasses.replace(entry, run=fail))


def enter_as(page: Page, role: str, login: str) -> None:
    """Signs in as one certain person of a role; without a login, as the first."""
    page.goto("/demo/")
    page.click(f'button[name="role"][value="{f"{role}/{login}" if login else role}"]')
    page.wait_for_load_state()


def open_modeler(page: Page, key: str) -> None:
    """The process in the modeler, checked."""
    page.goto(f"/studio/processes/{key}")
    page.wait_for_selector("#studio[data-ready]")
    page.wait_for_selector("#studio[data-checked]")


def drop_on_flow(page: Page, tool: str, flow: str) -> None:
    """Takes a tool with the mouse and drops what it makes on a sequence flow."""
    page.evaluate("id => window.zkStudio.point(id)", flow)
    x, y = page.evaluate(_MIDDLE, flow)
    page.click(f'[data-tool="{tool}"]')
    page.mouse.move(x - 30, y - 30)
    page.mouse.move(x, y, steps=6)
    page.mouse.click(x, y)


def save(page: Page) -> None:
    """Ctrl+S, and the check that follows."""
    before = page.locator("#studio").get_attribute("data-checked")
    page.keyboard.press("Control+s")
    expect(page.locator(".zk-modeler__status")).to_contain_text("已存")
    page.wait_for_selector(f'#studio[data-checked]:not([data-checked="{before}"])')


def tab(page: Page, name: str) -> None:
    """One of the tabs beside the diagram."""
    page.click(f"#studio-tabs a[href='#pane-{name}']")


def submit(page: Page, note: str) -> None:
    """提交审批, from the page of the process."""
    page.click("#studio-submit")
    page.get_by_label("改了什么").fill(note)
    page.get_by_role("button", name="提交流程审批").click()
    expect(page.locator(".zk-note--ok")).to_contain_text("已提交审批")


def approve(approver: Page, name: str) -> None:
    """Another person approves what waits for him, which publishes it."""
    approver.goto("/studio/")
    approver.get_by_role("link", name=f"审批：{name}").click()
    approver.locator(".zk-choice label", has_text="批准").first.click()
    approver.get_by_role("button", name="提交审批决定").click()
    expect(approver.locator(".zk-note--ok")).to_contain_text("已批准并发布")


def open_task(staff: Page, number: str) -> None:
    """Opens the one task of a case from the inbox."""
    staff.goto(f"/inbox/?view=groups&q={number}")
    staff.locator("main").get_by_role("button", name=re.compile("^办理：")).click()
    expect(staff.locator("h2#h-form")).to_be_visible()


def answer_review(page: Page) -> None:
    """Fills in the form of 资格审查: everything checked, passed."""
    for box in page.locator('input[name="review_checked"]').all():
        box.check()
    page.locator(".zk-choice label", has_text="通过").first.click()
    page.get_by_label("符合的专业条件").select_option("B")
    page.get_by_label("审查意见").fill("经核对，符合第十一条（二）4 的规定。")
