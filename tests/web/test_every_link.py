"""Every role follows every link it is shown, through the demo world: nothing is broken, nothing is refused."""

from __future__ import annotations

import pytest
from flask import Flask

from app.identity import roles
from tests.conftest import client_of
from tests.web.crawl import walk

pytestmark = pytest.mark.slow

#: Pages that somebody of the role must come by, or the walk proved little.
_MUST_REACH = {
    roles.BUREAU_REVIEWER: {"inbox.index", "tasks.page", "cases.index", "cases.detail", "experts.index"},
    roles.BUREAU_LEADER: {"inbox.index", "tasks.page", "cases.detail"},
    roles.CENTER_CLERK: {"inbox.index", "tasks.page", "cases.detail", "outbox.index"},
    roles.EXPERT: {"mine.appointment", "own_invitations.show"},
    roles.DEPT_ORGANISER: {
        "activities.conditions", "activities.draw", "activities.board", "activities.phone", "activities.shortage",
        "activities.meeting",
    },
    roles.DEPT_LEADER: {"approvals.index", "approvals.show", "activities.board"},
    roles.DISCIPLINE_WITNESS: {"witness.index", "activities.draw"},
    roles.AUDITOR: {"audit.trail", "draws.index", "draws.show"},
    roles.SYSTEM_ADMIN: {"admin.accounts"},
    roles.SECURITY_ADMIN: {"admin.accounts"},
}


@pytest.mark.parametrize("role", roles.LABELS)
def test_every_link_shown_to_a_role_leads_to_a_page_that_keeps_the_rules(world_app: Flask, role: str) -> None:
    client = client_of(world_app)
    client.post("/demo/enter", data={"role": role})
    done = walk(world_app, client, "/begin")
    assert done.broken == []
    assert _MUST_REACH.get(role, set()) <= set(done.reached)


def test_every_link_shown_to_the_public_leads_to_a_page_that_keeps_the_rules(world_app: Flask) -> None:
    done = walk(world_app, client_of(world_app), "/")
    assert done.broken == []
    assert {"apply.start", "status.find", "publicity_board.index", "about.regulation"} <= set(done.reached)
