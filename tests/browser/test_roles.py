"""Everyone who decides nothing in the entry process: what stands in their navigation, and that nothing else opens."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.identity import roles

Enter = Callable[[Page, str], None]
#: Role -> what its navigation must hold and the first words of its first page.
SEEN = {
    roles.DEPT_ORGANISER: ("待办",),
    roles.DEPT_LEADER: ("待办",),
    roles.DISCIPLINE_WITNESS: ("待办", "办件"),
    roles.AUDITOR: ("留痕",),
    roles.PROCESS_OWNER: ("待办",),
    roles.SYSTEM_ADMIN: ("账号",),
    roles.SECURITY_ADMIN: ("账号",),
}
#: Pages of others; whoever may open one of them is named.
GUARDED = {
    "/experts/": frozenset[str](),
    "/objections/": frozenset[str](),
    "/publishing/": frozenset[str](),
    "/mine/": frozenset[str](),
    "/cases/": frozenset({roles.DISCIPLINE_WITNESS}),
    "/audit": frozenset({roles.AUDITOR}),
    "/outbox/": frozenset({roles.SYSTEM_ADMIN}),
    "/admin/accounts": frozenset({roles.AUDITOR, roles.SYSTEM_ADMIN, roles.SECURITY_ADMIN}),
}


@pytest.fixture
def app(world_app: Flask) -> Flask:
    """The application with the demo world."""
    return world_app


@pytest.mark.parametrize("role", SEEN)
def test_a_role_sees_its_own_and_nothing_else(page: Page, enter: Enter, role: str) -> None:
    enter(page, role)
    navigation = page.locator("nav.zk-nav")
    for words in SEEN[role]:
        expect(navigation).to_contain_text(words)
    expect(page.locator("header.zk-header")).to_contain_text(roles.label(role))
    for path, holders in GUARDED.items():
        answer = page.request.get(path)
        assert (answer.status == 200) == (role in holders), f"{role} at {path}: {answer.status}"
    if role == roles.AUDITOR:
        page.goto("/audit")
        page.get_by_role("button", name="校验全部").click()
        expect(page.locator(".zk-note--ok")).to_contain_text("首尾相接，没有改动")
