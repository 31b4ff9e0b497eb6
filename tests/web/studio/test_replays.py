"""The page of a replay: begun, gone on with, its counts and the cases that part from their way; and nothing to do."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest

from app.core.transaction import transaction
from app.workflow.releases import drafts
from app.workflow.releases.drafts import DraftChange
from app.workflow.trial import replays
from tests.unit.engine import diagrams as d
from tests.web.house_rules import Page
from tests.web.office import Office

KEY = "twosteps"
PATH = f"/studio/processes/{KEY}/replay"


def _steps(*names: str) -> bytes:
    nodes = [d.start(), *(d.user(name) for name in names), d.end()]
    way = ["begin", *names, "done"]
    return d.diagram(KEY, nodes, [f"{one} > {other}" for one, other in pairwise(way)])


@pytest.fixture
def finished(office: Office) -> Office:
    """Three finished cases of a process of one step, and a draft of the same content."""
    office.inside(lambda world: world.deploy(KEY, _steps("work")))
    for number in (1, 2, 3):
        case = office.inside(lambda world, number=number: world.start(KEY, f"RK-2026-000{number}"))
        office.inside(lambda world, case=case: world.complete(case, "work", "clerk", decision="好"))
    return office


def _draft(world: Any, xml: bytes | None = None) -> int:
    with transaction():
        draft = drafts.active(KEY) or drafts.begin(KEY, world["owner"])
        if xml is not None:
            drafts.save(draft.id, draft.rev, DraftChange(xml=xml.decode()), world["owner"])
        return draft.id


def test_without_a_draft_there_is_nothing_to_replay(finished: Office) -> None:
    client = finished.client("owner")
    assert "没有草稿" in client.page(PATH).text
    refused = Page(client.post(PATH, follow_redirects=True))
    assert "草稿" in refused.text
    assert client.get("/studio/processes/unknown/replay").status_code == 404


def test_the_same_content_is_the_same_way(finished: Office) -> None:
    finished.inside(_draft)
    client = finished.client("owner")
    assert "有 3 件已办结" in client.page(PATH).text
    page = Page(client.post(PATH, follow_redirects=True))
    assert "重放了 3 件：3 件走法相同" in page.text


def test_cases_that_part_are_listed_with_the_place_and_lead_to_the_case(finished: Office) -> None:
    finished.inside(lambda world: _draft(world, _steps("work", "again")))
    client = finished.client("owner")
    page = Page(client.post(PATH, follow_redirects=True))
    assert "0 件走法相同；3 件多出一步" in page.text
    assert "停在again" in page.text
    assert any(href.startswith("/cases/") for href in page.links().values())
    assert "停在again" not in client.page(f"{PATH}?way=other").text
    finished.inside(lambda world: _draft(world, _steps("work", "again", "thrice")))
    assert "在这次重放之后变了" in client.page(PATH).text


def test_a_long_replay_goes_on_by_a_button(finished: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replays, "SLICE", 1)
    finished.inside(_draft)
    client = finished.client("owner")
    page = client.post(PATH, follow_redirects=True)
    for done in ("已重放 1 件，共 3 件", "已重放 2 件，共 3 件"):
        assert done in page.text
        action = re.search(rf'action="({PATH}/\d+)"', page.text)
        assert action is not None
        page = client.post(action.group(1), follow_redirects=True)
    assert "重放了 3 件" in Page(page).text
    assert client.post(action.group(1)).status_code == 302


def test_a_draft_that_cannot_run_says_so(finished: Office) -> None:
    odd = d.diagram(KEY, [d.start(), d.node("complexGateway", "odd"), d.end()], ["begin > odd", "odd > done"])
    finished.inside(lambda world: _draft(world, odd))
    page = Page(finished.client("owner").post(PATH, follow_redirects=True))
    assert "还不能运行" in page.text


@pytest.mark.parametrize("login", ["clerk", "leader", "auditor"])
def test_only_process_owners_replay(finished: Office, login: str) -> None:
    assert finished.client(login).get(PATH).status_code in (403, 404)
