"""The operations room: what runs and where it waits, the repair of a case, the health of the house."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from app.core import clock
from app.jobs.due import run_due
from app.web.room.words import data_lines, span
from tests.web.house_rules import Page
from tests.web.office import KEY, Office

Travel = Callable[[str], datetime]
WHY = "材料真伪正在核实"


@pytest.fixture
def case(office: Office, travel: Travel) -> int:
    """A case that waits for its qualification review, and one that went on to its end before it."""
    travel("2026-03-02 09:00")
    over = office.inside(lambda world: world.start(KEY, "RK-2026-0001"))
    made: int = office.inside(lambda world: world.start(KEY, "RK-2026-0002"))
    travel("2026-03-02 15:00")
    for one in (over, made):
        office.inside(lambda world, one=one: world.complete(one, "formal_check", "clerk"))
    office.inside(lambda world: world.complete(over, "qualification_review", "reviewer", decision="passed"))
    office.inside(lambda world: world.complete(over, "confirm_list", "leader"))
    office.inside(lambda world: run_due(travel("2026-03-03 09:00"), pause=0))
    return made


def test_nothing_runs_yet_and_every_page_says_what_comes(office: Office) -> None:
    owner = office.client("owner")
    assert "没有符合条件的办件" in owner.page("/room/cases").text
    assert "没有要执行的时限" in owner.page("/room/timers").text
    assert "这一版还没有办件走过" in owner.page(f"/room/processes/{KEY}").text
    assert "没有未处理的故障" in owner.page("/incidents/causes").text


def test_live_cases_are_counted_and_lead_to_their_list(office: Office, case: int) -> None:
    owner = office.client("owner")
    page = owner.page("/room/")
    link = next(a for a in page.root.xpath("//tbody//td//a") if "status=running" in a.get("href"))
    assert link.text == "1"
    listed = owner.page(link.get("href"))
    assert "RK-2026-0002" in listed.text
    assert "RK-2026-0001" not in listed.text
    assert "RK-2026-0001" in owner.page("/room/cases?status=all").text


def test_titles_which_name_people_are_for_readers_of_cases_only(office: Office, case: int) -> None:
    for path in ("/room/cases", f"/room/cases/{case}"):
        assert "RK-2026-0002 的办件" not in office.client("owner").page(path).text
        assert "RK-2026-0002 的办件" in office.client("leader").page(path).text


def test_the_first_page_names_where_cases_wait_longest_of_all(office: Office, case: int) -> None:
    page = office.client("owner").page("/room/")
    (sheet,) = page.root.xpath("//section[.//h2[text()='卡在哪里']]")
    rows = [[part.text_content() for part in row.xpath("./th|./td")] for row in sheet.xpath(".//tbody/tr")]
    assert [(row[0].startswith("qualification_review"), row[1]) for row in rows] == [(True, "0%")]
    assert f"/room/processes/{KEY}" in {link.get("href") for link in sheet.xpath(".//a")}


def test_one_process_tells_durations_in_table_and_diagram_alike(office: Office, case: int) -> None:
    owner = office.client("owner")
    page = owner.page(f"/room/processes/{KEY}")
    rows = page.root.xpath("//table[contains(., '中位用时')]/tbody/tr")
    row = next(row for row in rows if "formal_check" in row.text_content())
    cells = {cell.get("data-th"): cell.text_content() for cell in row.xpath("td")}
    assert (cells["办过"], cells["现在"]) == ("2", "0")
    assert cells["中位用时"].endswith("小时")
    state = owner.get(f"/room/processes/{KEY}/state.json").get_json()
    assert state["tokens"] == {"qualification_review": 1}
    assert state["heat"]["formal_check"]["label"] == cells["中位用时"]
    assert owner.get(f"/room/processes/{KEY}/diagram.bpmn").mimetype == "application/xml"
    assert owner.get("/room/processes/none").status_code == 404
    assert owner.get(f"/room/processes/{KEY}?version=9").status_code == 404


def test_a_case_is_suspended_with_a_reason_and_told_to_who_works_on_it(office: Office, case: int) -> None:
    owner, reviewer = office.client("owner"), office.client("reviewer")
    path = f"/room/cases/{case}"
    asked = owner.page(f"{path}/suspend")
    assert "qualification_review" in asked.text
    refused = Page(owner.post(f"{path}/suspend", data={"reason": " "}))
    assert (refused.status, refused.errors) == (422, {"reason": "写明暂停的理由"})
    done = Page(owner.post(f"{path}/suspend", data={"reason": WHY}, follow_redirects=True))
    assert "已暂停这个办件" in done.text
    task = office.inside(lambda world: world.task(case, "qualification_review").id)
    for page in (reviewer.page(f"/tasks/{task}"), office.client("clerk").page(f"/cases/{case}")):
        assert f"办件已暂停：{WHY}" in page.text
    assert "已暂停" in reviewer.page("/inbox/?view=groups").text
    assert owner.get(f"{path}/suspend").status_code == 409


def test_what_was_typed_meanwhile_is_kept_and_there_again_afterwards(office: Office, case: int) -> None:
    owner, reviewer = office.client("owner"), office.client("reviewer")
    task = office.inside(lambda world: world.task(case, "qualification_review").id)
    reviewer.post(f"/tasks/{task}/claim")
    owner.post(f"/room/cases/{case}/suspend", data={"reason": WHY})
    sent = Page(reviewer.post(f"/tasks/{task}", data={"_do": "submit", "opinion": "材料齐全，拟通过", "rev": "1"}))
    assert sent.status == 409
    assert "已暂停办理，恢复后才能继续，您填写的内容已存为草稿" in sent.text
    assert "材料齐全，拟通过" in reviewer.page(f"/tasks/{task}").text
    asked = owner.page(f"/room/cases/{case}/resume")
    assert "没有已经到期的时限" in asked.text
    owner.post(f"/room/cases/{case}/resume", data={"reason": "核实完毕"})
    again = reviewer.page(f"/tasks/{task}")
    assert again.root.xpath("//textarea[contains(., '材料齐全，拟通过')]")


def test_a_token_is_moved_after_its_outlook_was_shown(office: Office, case: int) -> None:
    owner, path = office.client("owner"), f"/room/cases/{case}/move"
    page = owner.page(path)
    assert [one.get("value") for one in page.root.xpath("//select[@id='element']/option[@value!='']")] == [
        "formal_check", "confirm_list",
    ]
    token = page.root.xpath("//input[@name='token']")[0].get("value")
    outlook = owner.page(f"{path}?token={token}&element=formal_check")
    assert "取消的任务和时限" in outlook.text
    refused = Page(owner.post(path, data={"token": token, "element": "formal_check", "reason": ""}))
    assert (refused.status, refused.errors) == (422, {"reason": "写明移动办件的理由"})
    wrong = Page(owner.post(path, data={"token": token, "element": "done", "reason": "补办"}))
    assert wrong.status == 422
    moved = Page(owner.post(
        path, data={"token": token, "element": "formal_check", "reason": "退回补件"}, follow_redirects=True,
    ))
    assert "已移动办件" in moved.text
    assert "退回补件" in moved.text
    assert office.inside(lambda world: world.open(case)) == ["formal_check"]
    gone = owner.post(path, data={"token": token, "element": "confirm_list", "reason": "再移"})
    assert gone.status_code == 409


def test_only_process_owners_repair_and_only_the_room_s_readers_look(office: Office, case: int) -> None:
    for login in ("clerk", "reviewer", "organiser"):
        assert office.client(login).get("/room/").status_code == 403
        assert office.client(login).get(f"/room/cases/{case}").status_code == 403
    for act in ("suspend", "resume", "move"):
        assert office.client("leader").post(f"/room/cases/{case}/{act}", data={"reason": "x"}).status_code == 403
    assert "移动、暂停和恢复由流程管理员办理" in office.client("leader").page(f"/room/cases/{case}").text
    assert office.client("owner").get("/room/cases/999").status_code == 404


def test_who_started_a_case_takes_it_back_and_nobody_else(office: Office, case: int) -> None:
    assert "撤销办件" in office.client("clerk").page(f"/cases/{case}").text
    assert "撤销办件" not in office.client("owner").page(f"/cases/{case}").text
    assert office.client("leader").get(f"/cases/{case}/revoke").status_code == 403
    refused = Page(office.client("clerk").post(f"/cases/{case}/revoke", data={"reason": ""}))
    assert (refused.status, refused.errors) == (422, {"reason": "写明撤销的理由"})
    given = {"reason": "重复录入"}
    done = Page(office.client("clerk").post(f"/cases/{case}/revoke", data=given, follow_redirects=True))
    assert "已撤销" in done.text
    assert office.client("clerk").get(f"/cases/{case}/revoke").status_code == 403


def test_health_tells_queues_storage_and_versions(office: Office, case: int) -> None:
    page = office.client("owner").page("/room/health")
    for words in ("后台任务", "没有积压", "数据库", "GB，占", "SpiffWorkflow", "各环节用时的统计"):
        assert words in page.text, words
    assert office.client("leader").get("/room/health").status_code == 403


def test_data_is_told_by_path_and_type_without_personal_data() -> None:
    data = {
        "applicant_name": "赵海宁", "phone": "13912345678", "note": "身份证 14010519820312001X，zhao@example.cn",
        "passed": True, "rows": [{"score": 3.5}, {}], "nothing": None,
    }
    lines = {line.path: (line.type, line.value) for line in data_lines(data)}
    assert lines["applicant_name"] == ("文字", "赵**")
    assert lines["phone"] == ("文字", "139****5678")
    assert lines["note"] == ("文字", "身份证 140***********001X，z***@example.cn")
    assert lines["passed"] == ("是否", "是")
    assert lines["rows[1].score"] == ("数", "3.5")
    assert lines["rows[2]"] == ("结构", "空")
    assert lines["nothing"] == ("空", "—")
    assert data_lines({}) == []
    many = data_lines({f"v{number:03}": number for number in range(250)})
    assert (len(many), many[-1].value) == (201, "另有 50 项")


@pytest.mark.parametrize(("hours", "words"), [
    (0.001, "不到 1 分钟"), (0.6, "36 分钟"), (3.5, "3.5 小时"), (60, "2.5 天"),
])
def test_spans_are_told_in_the_unit_that_fits(hours: float, words: str) -> None:
    moment = clock.now()
    assert span(datetime.fromtimestamp(moment.timestamp() + hours * 3600, clock.ZONE) - moment.replace()) == words
