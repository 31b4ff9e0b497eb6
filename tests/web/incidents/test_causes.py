"""Failures by cause: grouped, and retried slice by slice with the progress told."""

from __future__ import annotations

import pytest

from app.jobs.due import run_due
from app.web.incidents import causes
from tests.services.workflow.conftest import Workshop, workshop
from tests.web.house_rules import Page
from tests.web.incidents.test_incidents import Travel, _after_a_deadline
from tests.web.office import Office

__all__ = ["workshop"]
CASES = 5


@pytest.fixture
def failed(office: Office, workshop: Workshop, travel: Travel, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five cases that failed for one cause; two are retried at a time."""
    monkeypatch.setattr(causes, "SLICE", 2)
    workshop.broken = "coded"
    office.inside(lambda world: world.deploy("noting", _after_a_deadline()))
    for number in range(CASES):
        office.inside(lambda world, number=number: world.start("noting", f"RK-2026-000{number}"))
    office.inside(lambda world: run_due(travel("2026-03-09 00:00"), pause=0))


def test_causes_are_counted_and_lead_to_their_cases(office: Office, failed: None) -> None:
    owner = office.client("owner")
    page = owner.page("/incidents/causes")
    assert "现在不能登记" in page.text
    assert "5 件" in page.text
    one = owner.page(page.root.xpath("//tbody//th/a")[0].get("href"))
    assert len(one.root.xpath("//tbody/tr")) == CASES
    assert "RK-2026-0003 的办件" not in one.text
    assert owner.get("/incidents/cause?kind=none&code=x").status_code == 404


def test_all_of_a_cause_are_retried_in_slices(office: Office, failed: None, workshop: Workshop) -> None:
    workshop.broken = None
    owner = office.client("owner")
    page = owner.page(owner.page("/incidents/causes").root.xpath("//tbody//th/a")[0].get("href"))
    told = []
    while forms := page.root.xpath("//form[contains(@action, '/cause/retry')]"):
        hidden = {one.get("name"): one.get("value") for one in forms[0].xpath(".//input")}
        values = {name: value for name, value in hidden.items() if name != "csrf_token"}
        page = Page(owner.post("/incidents/cause/retry", data=values, follow_redirects=True))
        told.append(page.root.xpath("//progress")[0].get("value"))
    assert told == ["2", "4", "5"]
    assert "已重试 5 件，共 5 件：5 件办成。" in page.text
    assert "这一原因的故障都已处理" in page.text


def test_what_fails_again_is_counted_and_passed_over(office: Office, failed: None) -> None:
    owner = office.client("owner")
    cause = {"kind": "operation", "operation": "testing.make_note", "code": "not_now"}
    page = Page(owner.post("/incidents/cause/retry", data=cause, follow_redirects=True))
    assert "2 件仍没有办成" in page.text
    assert "接着重试其余的" in page.text
    assert office.client("clerk").post("/incidents/cause/retry", data=cause).status_code == 403


def test_a_failure_shows_the_data_of_its_element_and_its_cause(office: Office, failed: None) -> None:
    owner = office.client("owner")
    first = office.inside(lambda world: world.incidents()[0].id)
    page = owner.page(f"/incidents/{first}")
    assert "看同一原因的全部故障" in page.text
    assert "RK-2026-0000 的办件" not in page.text
