"""Incidents: what failed and why, retried one by one or all of a cause, skipped with a reason, by operators only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from app.jobs.due import run_due
from app.workflow.models import Incident
from tests.services.workflow.conftest import Workshop, workshop
from tests.unit.engine import diagrams as d
from tests.web.house_rules import Page
from tests.web.office import Office

__all__ = ["workshop"]

Travel = Callable[[str], datetime]


def _after_a_deadline() -> bytes:
    timer = d.timer("Date", 'deadline("objection.acceptance_period", now())')
    note = d.service("register", "testing.make_note", "noted", text='"a"')
    nodes = [d.start(), d.user("work"), d.boundary("late", "work", timer), note, d.user("next"), d.end()]
    flows = ["begin > work", "work > done", "late > register", "register > next", "next > done"]
    return d.diagram("noting", nodes, flows)


@pytest.fixture
def failed(office: Office, workshop: Workshop, travel: Travel) -> list[Incident]:
    """Two cases whose operation failed when the deadline passed."""
    workshop.broken = "coded"
    office.inside(lambda world: world.deploy("noting", _after_a_deadline()))
    for number in (1, 2):
        office.inside(lambda world, number=number: world.start("noting", f"RK-2026-000{number}"))
    travel("2026-03-09 00:00")
    office.inside(lambda world: run_due(travel("2026-03-09 00:00")))
    return office.inside(lambda world: [one for one in world.incidents() if one.kind == "operation"])


def test_incidents_are_listed_with_cause_and_case(office: Office, failed: list[Incident]) -> None:
    page = office.client("owner").page("/incidents/")
    for words in ("现在不能登记", "RK-2026-0001", "RK-2026-0002", "环节没有办成", "本页有 2 件出于同一原因"):
        assert words in page.text, words


def test_one_is_retried_and_told_whether_it_went_well(
    office: Office, failed: list[Incident], workshop: Workshop,
) -> None:
    client, path = office.client("owner"), f"/incidents/{failed[0].id}"
    page = client.page(path)
    assert "testing.make_note" in page.text
    again = Page(client.post(f"{path}/retry", follow_redirects=True))
    assert "仍没有办成" in again.text
    workshop.broken = None
    well = Page(client.post(f"{path}/retry", follow_redirects=True))
    assert "已重试，办成了" in well.text
    assert office.inside(lambda world: world.open(failed[0].instance_id or 0)) == ["next"]
    assert office.inside(lambda world: world.open(failed[1].instance_id or 0)) == []


def test_all_of_one_cause_are_retried_at_once(
    office: Office, failed: list[Incident], workshop: Workshop,
) -> None:
    workshop.broken = None
    cause = {"operation": "testing.make_note", "code": failed[0].code}
    page = Page(office.client("owner").post("/incidents/retry-all", data=cause, follow_redirects=True))
    assert "已重试 2 件，2 件办成。" in page.text
    assert "没有未处理的故障" in page.text
    assert len(office.client("owner").page("/incidents/?status=resolved").root.xpath("//tbody/tr")) == 2


def test_skipping_asks_for_a_reason_and_moves_on(office: Office, failed: list[Incident]) -> None:
    client, path = office.client("owner"), f"/incidents/{failed[0].id}/skip"
    refused = Page(client.post(path, data={"reason": ""}))
    assert (refused.status, refused.errors) == (422, {"reason": "写明处理的理由"})
    client.post(path, data={"reason": "已电话告知本人"})
    assert office.inside(lambda world: world.open(failed[0].instance_id or 0)) == ["next"]
    assert "已电话告知本人" in client.page(f"/incidents/{failed[0].id}").text


@pytest.mark.parametrize("login", ["clerk", "reviewer", "auditor", "organiser"])
def test_incidents_are_for_operators(office: Office, failed: list[Incident], login: str) -> None:
    client = office.client(login)
    assert client.get("/incidents/").status_code == 403
    assert client.post(f"/incidents/{failed[0].id}/retry").status_code == 403
    assert client.post(f"/incidents/{failed[0].id}/skip", data={"reason": "x"}).status_code == 403


@pytest.mark.parametrize(
    ("broken", "said", "recorded"), [("coded", "现在不能登记", True), ("refused", "该记录已存在", False)]
)
def test_a_step_that_fails_says_so_and_keeps_what_was_typed(
    office: Office, workshop: Workshop, broken: str, said: str, recorded: bool
) -> None:
    nodes = [d.start(), d.user("work"), d.service("register", "testing.make_note", "noted", text='"a"'), d.end()]
    bpmn = d.diagram("noting", nodes, ["begin > work", "work > register", "register > done"])
    office.inside(lambda world: world.deploy("noting", bpmn))
    case = office.inside(lambda world: world.start("noting", "RK-2026-0009"))
    workshop.broken = broken
    task = office.task(case, "work")
    client = office.client("clerk")
    client.post(f"/tasks/{task.id}/claim")
    rev = client.page(f"/tasks/{task.id}").typed("rev")
    name = client.page(f"/tasks/{task.id}").root.xpath('//form[@enctype]//input[@class="form-control"]/@name')[0]
    page = Page(client.post(f"/tasks/{task.id}", data={"_do": "submit", "rev": rev, name: "写好的内容"}))
    assert page.status == 409
    assert f"没有办成：{said}" in page.text
    assert ("故障已记下，管理员会看到" in page.text) is recorded
    assert len(office.inside(lambda world: world.incidents())) == recorded
    assert page.typed(name) == "写好的内容"
    assert office.task(case, "work").status == "open"

