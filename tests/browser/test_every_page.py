"""Every kind of page of the demo world in a real browser: WCAG 2.1 AA by axe, nothing sideways, wide and at 390 px."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page

from app.identity import roles
from tests.browser.accessibility import check_narrow, check_wide
from tests.conftest import client_of
from tests.web.crawl import walk

pytestmark = pytest.mark.slow

#: Kinds of page already looked at in this process: what several roles share is looked at once.
_looked_at: set[str] = set()

#: Who uses the product on a phone; for the others axe looks at the wide page, and nothing may scroll sideways.
_ON_PHONES = frozenset({roles.EXPERT, roles.DEPT_LEADER, roles.BUREAU_LEADER, ""})

#: Pages of one kind that are opened in search of links to further kinds.
_EXAMPLES = 2
#: Endings of what is no page; that its links lead to it is proved in tests/web/test_every_link.py.
_FILES = (".pdf", ".json")
#: Between them they reach every page that staff, departments and experts have.
_ROLES = (
    roles.BUREAU_REVIEWER, roles.BUREAU_LEADER, roles.CENTER_CLERK, roles.EXPERT, roles.SYSTEM_ADMIN,
    roles.SECURITY_ADMIN, roles.AUDITOR, roles.DEPT_ORGANISER, roles.DEPT_LEADER, roles.DISCIPLINE_WITNESS, "",
)


@pytest.fixture
def app(world_app: Flask) -> Flask:
    """The demo world."""
    return world_app


@pytest.mark.parametrize("role", _ROLES)
def test_every_page_of_a_role_is_accessible(
    app: Flask, page: Page, role: str, sideways: Callable[[Page], None], shot: Callable[[Page, str], None]
) -> None:
    client = client_of(app)
    if role:
        client.post("/demo/enter", data={"role": role})
        page.goto("/demo/")
        page.click(f'button[name="role"][value="{role}"]')
        page.wait_for_load_state()
    faults: list[str] = []
    narrow = (check_narrow, sideways) if role in _ON_PHONES else (sideways,)
    reached = walk(app, client, "/begin" if role else "/", _EXAMPLES, _FILES).reached
    for endpoint in sorted(reached.keys() - _looked_at):
        _looked_at.add(endpoint)
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(reached[endpoint][0])
        for width, checks in ((1280, (check_wide, sideways)), (390, narrow)):
            page.set_viewport_size({"width": width, "height": 900})
            shot(page, f"page-{role or 'public'}-{endpoint}")
            faults += [f"{endpoint} at {width} px: {fault}" for fault in _faults(page, checks)]
    assert not faults, "\n\n".join(faults)


def _faults(page: Page, checks: Iterable[Callable[[Page], None]]) -> Iterator[str]:
    for check in checks:
        try:
            check(page)
        except AssertionError as broken:
            yield str(broken)
