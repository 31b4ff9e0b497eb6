"""Pages where a scenario that strays is walked anew and replaced: one click, a second question, refusals."""

from __future__ import annotations

import re
from typing import Any

import pytest

from app.core.transaction import transaction
from app.workflow.parts import Parts
from app.workflow.releases import checking, drafts
from app.workflow.releases.drafts import DraftChange
from app.workflow.scenarios import parse_scenarios
from app.workflow.trial import keeping
from tests.services.workflow.test_replacing_scenarios import SCENARIOS, diagram
from tests.web.house_rules import Page
from tests.web.office import Office

PROCESS = "/studio/processes/reviews"
REPLACE = "替换原场景“甲”"


@pytest.fixture
def draft(office: Office) -> int:
    """A draft whose scenarios stray, since a second review came into its diagram."""
    def made(world: Any) -> int:
        with transaction():
            parts = Parts(diagram("first", "second", "last"), scenarios=SCENARIOS)
            return drafts.create("reviews", "两次审查", parts, world["owner"]).id

    return int(office.inside(made))


def _post(office: Office, path: str, **form: str) -> Page:
    return Page(office.client("owner").post(path, data=form, follow_redirects=True))


def _strayed(office: Office, name: str = "甲") -> str:
    answer = office.client("owner").post(f"{PROCESS}/trials", data={"scenario": name, "walk": "1"})
    assert answer.status_code == 302, answer.text
    return str(answer.location)


def _step(page: Page) -> str:
    return str(page.root.xpath('//input[@name="step"]/@value')[0])


def _finished(office: Office, name: str = "甲") -> tuple[str, Page]:
    trial = _strayed(office, name)
    page = office.client("owner").page(trial)
    task = re.search(r'action="(/studio/trials/\d+/tasks/[^"]+)"', page.answer.text)
    assert task is not None
    page = _post(office, task.group(1), step=_step(page), _do="submit")
    page = _post(office, f"{trial}/follow", step=_step(page), all="1")
    assert "走到了结束" in page.text
    return trial, page


def _mark(page: Page) -> str:
    return str(page.root.xpath('//input[@name="mark"]/@value')[0])


def _names(office: Office, draft: int) -> list[str]:
    text = office.inside(lambda world: drafts.get(draft).scenarios or "")
    return [f"{one.name}{len(one.steps)}" for one in parse_scenarios(str(text))]


def test_a_straying_scenario_offers_to_be_walked_anew_to_where_it_strays(office: Office, draft: int) -> None:
    scenarios = f"/studio/drafts/{draft}/scenarios"
    assert "从这个场景重新走一遍" not in office.client("owner").page(scenarios).text

    def check(world: Any) -> None:
        with transaction():
            row = drafts.get(draft)
            told = [{"name": "甲", "ok": False, "message": "没有走通"}, {"name": "乙", "ok": True, "message": ""}]
            row.report, row.checked_rev = {**checking.check_draft(draft).as_json(), "scenarios": told}, row.rev

    office.inside(check)
    page = office.client("owner").page(scenarios)
    assert page.root.xpath('//button[@name="scenario"]/@aria-label') == ["从这个场景重新走一遍：甲", "照它走：乙"]
    assert page.root.xpath('//input[@name="walk"]/@disabled') == ["disabled"]
    assert page.root.xpath('//form[input[@name="walk" and not(@disabled)]]/button/@value') == ["甲"]
    trial = office.client("owner").page(_strayed(office))
    assert "流程停在原处" in trial.text
    assert "还有 1 步" in trial.text
    assert REPLACE not in trial.text


def test_the_scenario_it_was_begun_from_is_replaced_by_one_button(office: Office, draft: int) -> None:
    trial, page = _finished(office)
    assert page.text.index(REPLACE) < page.text.rindex("存为新场景")
    done = _post(office, f"{trial}/replace", name=page.typed("name") or "", mark=_mark(page))
    assert "已替换场景“甲”" in done.text
    assert REPLACE not in done.text
    assert _names(office, draft) == ["甲3", "乙2"]


def test_a_name_that_is_taken_asks_before_it_replaces(office: Office, draft: int) -> None:
    trial, _page = _finished(office)
    asked = _post(office, f"{trial}/keep", name=" 乙 ")
    for words in ("替换场景：乙", "原来的走法不再保留", "不替换，返回"):
        assert words in asked.text, words
    assert _names(office, draft) == ["甲2", "乙2"]
    done = _post(office, f"{trial}/replace", name=asked.typed("name") or "", mark=_mark(asked))
    assert "已替换场景“乙”" in done.text
    assert _names(office, draft) == ["甲2", "乙3"]


def test_a_scenario_that_was_deleted_meanwhile_is_told_and_the_run_stays(office: Office, draft: int) -> None:
    trial, page = _finished(office)

    def delete(world: Any) -> None:
        with transaction():
            keeping.remove(draft, drafts.get(draft).rev, "甲", world["owner"])

    office.inside(delete)
    refused = _post(office, f"{trial}/replace", name="甲", mark=_mark(page))
    assert refused.status == 409
    assert "已被删除，没有替换" in refused.text
    assert refused.typed("name") == "甲"
    assert REPLACE not in refused.text
    gone = _post(office, f"{trial}/replace", name="甲", mark="")
    assert gone.status == 409
    assert "可能已被改名或删除" in Page(
        office.client("owner").get(f"{trial}/replace?name=甲", follow_redirects=True)
    ).text
    assert "已存为场景“甲”" in _post(office, f"{trial}/keep", name="甲").text
    assert _names(office, draft) == ["乙2", "甲3"]


def test_a_scenario_that_was_changed_meanwhile_is_told_and_asked_about_anew(office: Office, draft: int) -> None:
    trial, page = _finished(office)

    def change(world: Any) -> None:
        with transaction():
            text = SCENARIOS.replace("said: true", "said: false")
            drafts.save(draft, drafts.get(draft).rev, DraftChange(scenarios=text), world["owner"])

    office.inside(change)
    refused = _post(office, f"{trial}/replace", name="甲", mark=_mark(page))
    assert refused.status == 409
    assert "在此期间已被改过，没有替换" in refused.text
    assert _names(office, draft) == ["甲2", "乙2"]
    asked = _post(office, f"{trial}/keep", name="甲")
    assert "替换场景：甲" in asked.text
    done = _post(office, f"{trial}/replace", name="甲", mark=_mark(asked))
    assert "已替换场景“甲”" in done.text
    assert _names(office, draft) == ["甲3", "乙2"]
