"""Pages of trials: begun, led, gone back, kept as a scenario; refusals at the field; nobody but process owners."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from app.core.transaction import transaction
from app.workflow.parts import Parts
from app.workflow.releases import drafts
from app.workflow.releases.models import ProcessDraft
from app.workflow.trial import runs, sources
from tests.services.workflow import trials as t
from tests.unit.engine import diagrams as d
from tests.web.house_rules import Page
from tests.web.office import Office

Begin = Callable[..., str]
ENTRY = "/studio/processes/entry_copy"


@pytest.fixture
def begin(office: Office) -> Begin:
    """Begins a trial of a draft with the parts of a shipped process, by its page; gives its address."""
    def draft(world: Any, parts: Parts) -> int:
        with transaction():
            return drafts.create("entry_copy", "专家入库", parts, world["owner"]).id

    def begun(parts: Parts | None = None, **form: str) -> str:
        office.inside(lambda world: draft(world, parts or t.shipped_parts("expert_entry")))
        sent = form or {"begins": "2026-03-02T09:00", "data": ""}
        answer = office.client("owner").post(f"{ENTRY}/trials", data=sent)
        assert answer.status_code == 302, answer.text
        return str(answer.location)

    return begun


def _active() -> ProcessDraft:
    found = drafts.active("entry_copy")
    assert found is not None
    return found


def _task_form(page: str) -> str:
    found = re.search(r'action="(/studio/trials/\d+/tasks/[^"]+)"', page)
    assert found is not None
    return found.group(1)


def _lead(office: Office, trial: str, act: str, **form: str) -> Page:
    client = office.client("owner")
    step = re.search(r'name="step" value="(\d+)"', client.get(trial).text)
    assert step is not None
    return Page(client.post(f"{trial}/{act}", data={"step": step.group(1), **form}, follow_redirects=True))


def _complete(office: Office, trial: str, **form: str) -> Page:
    client = office.client("owner")
    page = client.get(trial).text
    step = re.search(r'name="step" value="(\d+)"', page)
    assert step is not None
    sent = {"step": step.group(1), "_do": "submit", **form}
    return Page(client.post(_task_form(page), data=sent, follow_redirects=True))


def test_the_page_says_what_a_trial_is_and_offers_the_scenarios(office: Office, begin: Begin) -> None:
    begin()
    page = office.client("owner").page(f"{ENTRY}/trials")
    for words in ("不发通知，不写任何登记", "逾期未补正", "自由走", "最近的试运行", "樊立新"):
        assert words in page.text, words


def test_a_trial_is_led_through_its_real_forms_to_the_end_and_kept(office: Office, begin: Begin) -> None:
    trial = begin()
    page = office.client("owner").page(trial)
    for words in ("由中心经办", "形式审查", "可以收到的消息", "拨时钟", "操作的结果", "有变化"):
        assert words in page.text, words
    wrong = _complete(office, trial)
    assert wrong.status == 422
    assert "处需要改正" in wrong.text
    page = _complete(office, trial, formal_outcome="not_accepted", formal_opinion="不属受理范围")
    assert "走到了结束" in page.text
    assert "formal_opinion" in page.text
    nameless = _lead(office, trial, "keep", name="")
    assert nameless.status == 422
    kept = _lead(office, trial, "keep", name="不予受理")
    assert "已存为场景“不予受理”" in kept.text
    assert "不予受理" in office.inside(lambda world: _active().scenarios or "")


def test_a_loaded_scenario_is_walked_step_by_step(office: Office, begin: Begin) -> None:
    trial = begin(scenario="逾期未补正")
    assert "场景的下一步" in office.client("owner").page(trial).text
    assert "还有 1 步" in _lead(office, trial, "follow", all="0").text
    assert "走到了结束" in _lead(office, trial, "follow", all="1").text
    assert "场景的步骤已经走完" in _lead(office, trial, "follow", all="0").text


def test_messages_are_given_with_their_fields_and_a_step_taken_back(office: Office, begin: Begin) -> None:
    trial = begin()
    wrong = _lead(office, trial, "message", name="application_withdrawn", more="[1")
    assert wrong.status == 422
    assert "JSON 对象" in wrong.text
    page = _lead(office, trial, "message", name="application_withdrawn", **{"v.reason": "另有安排"})
    assert "走到了结束" in page.text
    assert "另有安排" in page.text
    assert "走到了结束" not in _lead(office, trial, "back").text
    assert "没有可以退回的步骤" in _lead(office, trial, "back").text


@pytest.mark.parametrize(("move", "moment"), [
    ("hours", "2026年3月2日（周一）11:00"), ("workday", "2026年3月3日（周二）09:00"),
    ("moment", "2026年3月9日（周一）09:00"),
])  # fmt: skip
def test_the_clock_of_a_trial_goes_where_it_is_wanted(office: Office, begin: Begin, move: str, moment: str) -> None:
    page = _lead(office, begin(), "clock", move=move, moment="2026-03-09T09:00")
    assert moment in page.text


@pytest.mark.parametrize(("form", "words"), [
    ({"move": "timer"}, "没有在走的计时"),
    ({"move": "moment", "moment": "2020-01-01T00:00"}, "只能往后拨"),
    ({"move": "moment", "moment": "下周"}, "写明日期和时刻"),
])  # fmt: skip
def test_a_clock_that_cannot_be_moved_says_why(
    office: Office, begin: Begin, form: dict[str, str], words: str,
) -> None:
    assert words in _lead(office, begin(), "clock", **form).text


def test_an_answer_is_changed_field_by_field_and_taken_back(office: Office, begin: Begin) -> None:
    trial = begin()
    path = f"{trial}/answers/entry.check_age_at_appointment"
    client = office.client("owner")
    assert "within_limit" in client.page(path).text
    wrong = client.post(path, data={"outcome": "returns", "o.within_limit": "也许", "act": "set"})
    assert wrong.status_code == 422
    assert "真假值" in wrong.text
    nothing = client.post(path, data={"outcome": "fails", "fails_with": " ", "act": "set"})
    assert nothing.status_code == 422
    sent = {"outcome": "returns", "o.within_limit": "false", "o.reason": "超龄", "act": "set"}
    assert "你设定的" in Page(client.post(path, data=sent, follow_redirects=True)).text
    assert "已取消" in Page(client.post(path, data={"act": "take_back"}, follow_redirects=True)).text


def test_a_failing_operation_is_told_with_a_way_to_mend_it(office: Office, begin: Begin) -> None:
    trial = begin()
    path = f"{trial}/answers/entry.record_formal_check"
    office.client("owner").post(path, data={"outcome": "fails", "fails_with": "gone", "act": "set"})
    page = _complete(office, trial, formal_outcome="not_accepted", formal_opinion="不属受理范围")
    assert "走不下去" in page.text
    assert "改这个操作的结果" in page.text


def test_state_and_diagram_are_for_the_viewer(office: Office, begin: Begin) -> None:
    trial = begin()
    client = office.client("owner")
    state = client.get(f"{trial}/state.json").json
    assert state is not None
    assert state["tokens"]["formal_check"] == 1
    assert "<bpmn:" in client.get(f"{trial}/diagram.bpmn").text


def test_bad_start_data_stay_as_typed(office: Office, begin: Begin) -> None:
    begin()
    answer = office.client("owner").post(f"{ENTRY}/trials", data={"begins": "2026-03-02T09:00", "data": "{total"})
    assert answer.status_code == 422
    assert "{total" in answer.text
    assert "JSON 对象" in answer.text


def test_a_draft_that_cannot_run_says_so_instead(office: Office, begin: Begin) -> None:
    nodes = [d.start(), d.node("complexGateway", "odd"), d.end()]
    xml = d.diagram("entry_copy", nodes, ["begin > odd", "odd > done"]).decode()

    def draft(world: Any) -> None:
        with transaction():
            drafts.create("entry_copy", "坏的", Parts(xml), world["owner"])

    office.inside(draft)
    answer = office.client("owner").post(f"{ENTRY}/trials", data={"begins": "2026-03-02T09:00", "data": ""})
    assert answer.status_code == 409
    assert "还不能运行" in answer.text


def test_a_task_without_form_and_data_of_a_page_of_its_own(office: Office, begin: Begin) -> None:
    plain = d.node("userTask", "look", 'camunda:candidateGroups="center_clerk"')
    trial = begin(Parts(d.diagram("entry_copy", [d.start(), plain, d.end()], ["begin > look", "look > done"]).decode()))
    assert "没有表单" in office.client("owner").page(trial).text
    wrong = _complete(office, trial, more="3")
    assert wrong.status == 422
    page = _complete(office, trial, more='{"total": 3}')
    assert "走到了结束" in page.text
    assert "total" in page.text


def test_scenarios_of_a_draft_are_listed_and_taken_out(office: Office, begin: Begin) -> None:
    begin()
    draft_id = office.inside(lambda world: _active().id)
    client = office.client("owner")
    page = client.page(f"/studio/drafts/{draft_id}/scenarios")
    assert "逾期未补正" in page.text
    assert "这一版还没有检查" in page.text
    asked = client.page(f"/studio/drafts/{draft_id}/scenarios/remove?name=逾期未补正")
    assert "删除这个场景" in asked.text
    gone = Page(client.post(f"/studio/drafts/{draft_id}/scenarios/remove?name=逾期未补正&rev=1", follow_redirects=True))
    assert "已删除场景“逾期未补正”" in gone.text
    assert client.get(f"/studio/drafts/{draft_id}/scenarios/remove?name=逾期未补正").status_code == 404
    late = client.post(f"/studio/drafts/{draft_id}/scenarios/remove?name=补正后受理&rev=1")
    assert late.status_code == 409


def test_a_version_can_be_tried_too_but_keeps_no_scenario_without_a_draft(office: Office) -> None:
    def trial(world: Any) -> int:
        with transaction():
            return runs.begin(sources.of_version("entry_test", 1), runs.Setting(), world["owner"]).id

    page = office.client("owner").page(f"/studio/trials/{office.inside(trial)}")
    assert "第 1 版" in page.text


def test_an_unknown_trial_and_an_unknown_operation_are_not_found(office: Office, begin: Begin) -> None:
    trial = begin()
    client = office.client("owner")
    assert client.get("/studio/trials/999").status_code == 404
    assert client.get(f"{trial}/answers/no.such").status_code == 404
