"""Cases: search, the page of a case, its diagram and state, 作废; each only for those who may see the case."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.actor import Actor
from app.identity import roles
from app.web.cases import panels
from app.web.cases.panels import FileItem, Panel
from tests.conftest import client_of, person
from tests.web.house_rules import Page
from tests.web.office import KEY, Office


def found(page: Page) -> list[str]:
    return [" ".join(node.text_content().split()) for node in page.root.xpath("//tbody//th/a")]


def test_cases_are_found_by_number_process_state_and_step(office: Office) -> None:
    office.reviewed("RK-2026-0147")
    office.case("RK-2026-0148")
    client = office.client("reviewer")
    assert found(client.page("/cases/")) == ["RK-2026-0148 的办件", "RK-2026-0147 的办件"]
    assert found(client.page("/cases/?q=rk-2026-0147")) == ["RK-2026-0147 的办件"]
    assert found(client.page("/cases/?waiting_for=formal_check")) == ["RK-2026-0148 的办件"]
    assert found(client.page(f"/cases/?process={KEY}&status=running&q=0147")) == ["RK-2026-0147 的办件"]
    nothing = client.page("/cases/?status=completed")
    assert "没有符合条件的办件" in nothing.text
    assert nothing.typed("status") == "completed"


def test_pages_of_cases_follow_one_another(office: Office) -> None:
    for number in range(21):
        office.case(f"RK-2026-{number:04}")
    first = office.client("reviewer").page("/cases/?process=" + KEY)
    assert len(found(first)) == 20
    assert len(found(office.client("reviewer").page(first.links()["看后面的"]))) == 1


def test_the_page_of_a_case_tells_its_story(office: Office) -> None:
    case, _task = office.reviewed()
    page = office.client("leader").page(f"/cases/{case}")
    for words in ("RK-2026-0147 的办件", "正在办理", "qualification_review", "资格审查岗待领取", "办理经过",
                  "办结“formal_check”段晓芸", "其后可能：confirm_list（局领导）", "时限",
                  "现在在qualification_review"):
        assert words in page.text, words


def test_the_viewer_gets_the_diagram_and_its_state(office: Office) -> None:
    case, _task = office.reviewed()
    client = office.client("leader")
    diagram = client.get(f"/cases/{case}/diagram.bpmn")
    assert (diagram.mimetype, b"qualification_review" in diagram.data) == ("application/xml", True)
    state = client.get(f"/cases/{case}/state.json").get_json()
    assert state["tokens"] == {"qualification_review": 1}
    assert {"begin", "formal_check"} <= set(state["done"])
    assert state["failed"] == []


@pytest.mark.parametrize("path", ["", "/diagram.bpmn", "/state.json"])
def test_a_case_is_not_there_for_those_who_may_not_see_it(office: Office, path: str) -> None:
    case, _task = office.reviewed()
    assert office.client("organiser").get(f"/cases/{case}{path}").status_code == 404
    assert office.client("auditor").get(f"/cases/{case}{path}").status_code == 404
    assert office.client("leader").get(f"/cases/{case}{path}").status_code == 200


def test_searching_is_for_those_who_read_cases(office: Office) -> None:
    assert office.client("organiser").get("/cases/").status_code == 403


def test_voiding_asks_for_the_reason_on_a_page_of_its_own(office: Office) -> None:
    case, task_id = office.reviewed()
    leader = office.client("leader")
    page = leader.page(f"/cases/{case}/void")
    assert "“qualification_review”不再需要办理" in page.text
    refused = Page(leader.post(f"/cases/{case}/void", data={"reason": " "}))
    assert (refused.status, refused.errors) == (422, {"reason": "写明作废的理由"})
    done = Page(leader.post(f"/cases/{case}/void", data={"reason": "重复提交"}, follow_redirects=True))
    assert "已作废" in done.text
    assert "重复提交" in done.text
    late = Page(office.client("reviewer").post(f"/tasks/{task_id}/claim", follow_redirects=True))
    assert "已不需要办理" in late.text
    assert leader.get(f"/cases/{case}/void").status_code == 409


def crumbs(page: Page) -> list[tuple[str, str]]:
    return [(node.text_content(), node.get("href")) for node in page.root.xpath("//nav[@aria-label='位置']//a")]


@pytest.mark.parametrize(("login", "list_of"), [("leader", ("办件", "/cases/")), ("owner", ("待办", "/inbox/"))])
def test_pages_of_a_case_lead_back_to_the_list_that_one_may_open(
    office: Office, login: str, list_of: tuple[str, str]
) -> None:
    case, _task = office.reviewed()
    client = office.client(login)
    assert crumbs(client.page(f"/cases/{case}")) == [list_of]
    assert crumbs(client.page(f"/cases/{case}/void")) == [list_of, ("RK-2026-0147", f"/cases/{case}")]


def test_who_has_neither_cases_nor_tasks_is_led_back_to_the_room(office: Office) -> None:
    case, _task = office.reviewed()
    client = client_of(office.app)
    with office.app.app_context():
        person(roles.SYSTEM_ADMIN)
    client.post("/demo/enter", data={"role": roles.SYSTEM_ADMIN})
    assert crumbs(client.page(f"/cases/{case}")) == [("运行监控", "/room/cases")]
    assert client.get("/room/cases").status_code == 200


@pytest.mark.parametrize("login", ["reviewer", "organiser", "auditor"])
def test_voiding_is_for_managers(office: Office, login: str) -> None:
    case, _task = office.reviewed()
    assert office.client(login).post(f"/cases/{case}/void", data={"reason": "x"}).status_code == 403


def test_a_procedure_supplies_what_stands_beside_its_cases(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def beside(business_key: str, actor: Actor) -> Panel:
        facts: tuple[tuple[str, Any], ...] = (("单位", f"<i>{business_key}</i>"), ("办理人", actor.name))
        files = (FileItem("申请表", "/files/1", "PDF，2 页"), FileItem("身份证件"))
        return Panel(keyline=(("申请人", "周启明"),), facts=facts, files=files, status="待审查")

    monkeypatch.setitem(panels._sources, KEY, beside)
    case, task_id = office.reviewed()
    for path in (f"/cases/{case}", f"/tasks/{task_id}"):
        page = office.client("reviewer").page(path)
        for words in ("周启明", "<i>RK-2026-0147</i>", "赵海宁", "待审查", "身份证件"):
            assert words in page.text, words
        assert page.links()["申请表"] == "/files/1"
        assert "身份证件" not in page.links()


@pytest.mark.parametrize("path", [f"/cases/{10**30}", f"/cases/?after={10**30}", "/cases/?q=%00"])
def test_a_number_no_case_can_have_is_not_a_failure(office: Office, path: str) -> None:
    assert office.client("leader").get(path).status_code in (200, 400, 404)
