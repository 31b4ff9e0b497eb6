"""From the studio's index to a new version: the pages, what they say, and what they keep when they refuse."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.core.actor import SYSTEM
from app.engine import Finding
from app.workflow import definitions
from app.workflow.conformance import CheckLine, Report
from app.workflow.releases import checking, drafts, shipped
from tests.services.workflow.releases.desk import steps
from tests.web.house_rules import Page
from tests.web.studio.releasing import Studio

SKIPPED = Finding("notice", "legal_step", "override", "跳过了公示", "补上公示", article="第十二条（三）")


@pytest.fixture
def studio(app: Flask) -> Studio:
    """A process `leave` in force with one step."""
    made = Studio(app)
    made.inside(lambda desk: desk.deploy("ask"))
    return made


def test_the_index_says_what_is_in_force_and_what_runs(studio: Studio) -> None:
    studio.inside(lambda desk: desk.world.start("leave"))
    page = studio.first.page("/studio/")
    row = next(row for row in page.root.xpath("//tbody/tr") if "leave" in row.text_content())
    assert [cell.text_content().strip() for cell in row[3:]] == ["1", "0"]
    assert "第 1 版" in row[1].text_content()
    assert {"新建流程", "导入流程", "导出全部流程"} <= set(page.links())
    assert "新建流程" not in studio.leader.page("/studio/").links()


def test_a_process_without_a_draft_is_read_and_a_draft_is_begun_from_it(studio: Studio) -> None:
    page = studio.first.page("/studio/processes/leave")
    frame = page.root.get_element_by_id("studio")
    assert (frame.get("data-readonly"), frame.get("data-draft-id")) == ("true", "")
    assert studio.first.get(frame.get("data-xml-url")).mimetype == "application/xml"
    begun = Page(studio.first.post("/studio/processes/leave/draft", follow_redirects=True))
    frame = begun.root.get_element_by_id("studio")
    assert (frame.get("data-readonly"), frame.get("data-rev"), frame.get("data-key")) == ("false", "1", "leave")
    for name in ("data-xml-url", "data-save-url", "data-check-url", "data-catalogue-url"):
        assert frame.get(name), name
    assert begun.root.xpath('//meta[@name="csrf-token"]/@content')
    for pane in ("pane-check", "pane-properties", "pane-scenarios", "pane-notes"):
        assert begun.root.get_element_by_id(pane) is not None
    assert studio.leader.page("/studio/processes/leave").root.get_element_by_id("studio").get("data-readonly") == "true"
    assert "已有一份由樊立新开始的草稿" in Page(studio.second.post("/studio/processes/leave/draft")).text


def test_the_whole_way_from_a_draft_to_a_version_and_back(studio: Studio) -> None:
    draft_id, _ = studio.inside(lambda desk: desk.changed("ask", "more"))
    address = f"/studio/drafts/{draft_id}"
    page = studio.first.page(f"{address}/submission")
    assert "没有错误" in page.text
    form = {"rev": page.typed("rev"), "act": "submit", "note": "加一道核对"}
    said = Page(studio.first.post(f"{address}/submission", data=form, follow_redirects=True))
    assert "已提交审批" in said.text
    assert "审批：leave" not in studio.first.page("/studio/").links()
    waiting = studio.second.page("/studio/").links()
    assert waiting["审批：leave"] == f"{address}/approval"
    assert f"{address}/approval" in set(studio.second.page("/messages/").links().values())
    page = studio.second.page(f"{address}/approval")
    assert "加一道核对" in page.text
    assert "more" in page.text
    done = Page(studio.second.post(
        f"{address}/approval", data={"rev": page.typed("rev"), "decision": "approved"}, follow_redirects=True
    ))
    assert "已批准并发布：leave 第 2 版" in done.text
    versions = studio.first.page("/studio/processes/leave")
    assert "樊立新，许砚秋批准" in versions.text
    back = studio.first.page(versions.links()["重新发布"])
    said = Page(studio.first.post(back.path, data={"note": "太慢"}, follow_redirects=True))
    assert "重新发布第 1 版，等另一个人批准" in said.text
    assert "批准许砚秋" in studio.second.page("/studio/processes/leave/versions/2").text
    told = studio.browser(studio.desk.world["reviewer"]).page("/processes/leave")
    assert "樊立新编写，许砚秋批准" in told.text


def test_a_submission_says_what_is_missing_and_keeps_what_was_typed(studio: Studio) -> None:
    draft_id, rev = studio.inside(lambda desk: desk.changed("ask", "more"))
    address = f"/studio/drafts/{draft_id}/submission"
    form = {"rev": rev, "act": "submit", "note": "", "publish_on": "2026-03-01", "publish_time": "08:00"}
    page = Page(studio.first.post(address, data=form))
    assert page.status == 422
    assert set(page.errors) == {"note", "publish_on"}
    assert page.typed("publish_on") == "2026-03-01"
    assert page.title.startswith("有错误：")
    page = Page(studio.first.post(address, data={**form, "note": "加一步", "publish_on": "三月一日"}))
    assert "不是日期和钟点" in page.errors["publish_on"]
    assert page.typed("note") == "加一步"
    page = Page(studio.first.post(address, data={**form, "note": "加一步", "publish_on": ""}))
    assert "还要选日期" in page.errors["publish_on"], "an hour without a day would publish at once"


def test_a_page_of_yesterday_submits_nothing_and_says_who_saved(studio: Studio) -> None:
    draft_id, rev = studio.inside(lambda desk: desk.changed("ask", "a"))
    studio.inside(lambda desk: desk.save(draft_id, rev, "ask", "b", actor=desk.second))
    page = Page(studio.first.post(
        f"/studio/drafts/{draft_id}/submission", data={"rev": rev, "act": "submit", "note": "我写了很久"}
    ))
    assert page.status == 409
    assert "许砚秋在 09:00 存了这份草稿" in page.text
    assert page.typed("note") == "我写了很久"


def test_errors_are_shown_and_stop_the_submission(studio: Studio) -> None:
    draft_id, rev = studio.inside(lambda desk: desk.changed("ask", "more"))
    studio.inside(lambda desk: desk.do(lambda: drafts.remove_form(draft_id, rev, "leave/more", desk.first)))
    page = studio.first.page(f"/studio/drafts/{draft_id}/submission")
    assert "还有 1 处错误" in page.text
    assert not page.root.xpath('//button[@value="submit"]')
    refused = Page(studio.first.post(
        f"/studio/drafts/{draft_id}/submission", data={"rev": rev + 1, "act": "submit", "note": "加一步"}
    ))
    assert (refused.status, "检查还有 1 处错误" in refused.text) == (422, True)
    assert "改正 1 处后提交审批" in studio.first.page("/studio/processes/leave").text


def test_returning_needs_a_reason_and_reaches_the_author(studio: Studio) -> None:
    draft_id, rev = studio.inside(lambda desk: desk.submitted("ask", "more"))
    address = f"/studio/drafts/{draft_id}/approval"
    empty = Page(studio.second.post(address, data={"rev": rev}))
    assert set(empty.errors) == {"decision"}
    missing = Page(studio.second.post(address, data={"rev": rev, "decision": "returned"}))
    assert set(missing.errors) == {"reason"}
    studio.second.post(address, data={"rev": rev, "decision": "returned", "reason": "少一道复核"})
    assert "退回修改：少一道复核" in studio.first.page("/studio/processes/leave").text
    late = Page(studio.leader.post(address, data={"rev": rev, "decision": "approved", "opinion": "同意"}))
    assert late.status == 409
    assert "你的决定没有记下" in late.text
    assert "同意" in late.text


def test_the_author_sees_why_he_may_not_approve(studio: Studio) -> None:
    draft_id, rev = studio.inside(lambda desk: desk.submitted("ask", "more"))
    page = studio.first.page(f"/studio/drafts/{draft_id}/approval")
    assert "要由另一个人批准" in page.text
    assert page.typed("decision") is None
    refused = Page(studio.first.post(page.path, data={"rev": rev, "decision": "approved"}))
    assert refused.status == 403
    studio.first.post(f"/studio/drafts/{draft_id}/take-back")
    assert studio.inside(lambda desk: desk.draft(draft_id).state) == "draft"


def test_a_leader_gives_a_reason_for_each_skipped_step(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    report = Report((CheckLine.of("legal", "法定环节", [SKIPPED]),))
    monkeypatch.setattr(checking, "report_of", lambda key, parts: report)
    draft_id, rev = studio.inside(lambda desk: desk.submitted("ask", "more"))
    address = f"/studio/drafts/{draft_id}/approval"
    assert "只能由局领导批准" in studio.second.page(address).text
    assert "审批：leave" in studio.leader.page("/studio/").links()
    page = Page(studio.leader.post(address, data={"rev": rev, "decision": "approved"}))
    assert set(page.errors) == {"waive-0"}
    said = Page(studio.leader.post(
        address, data={"rev": rev, "decision": "approved", "waive-0": "试点"}, follow_redirects=True
    ))
    assert "已批准并发布" in said.text
    assert "任向东准许：试点" in studio.first.page("/studio/processes/leave/versions/2").text


def test_an_approval_for_later_is_recalled_before_its_moment(studio: Studio) -> None:
    draft_id, rev = studio.inside(lambda desk: desk.changed("ask", "more"))
    form = {"rev": rev, "act": "submit", "note": "加一步", "publish_on": "2026-03-09", "publish_time": "00:00"}
    studio.first.post(f"/studio/drafts/{draft_id}/submission", data=form)
    said = Page(studio.second.post(
        f"/studio/drafts/{draft_id}/approval", data={"rev": rev, "decision": "approved"}, follow_redirects=True
    ))
    assert "已批准，3月9日（周一）00:00 发布" in said.text
    assert "已批准，待发布" in studio.first.page("/studio/processes/leave").text
    address = f"/studio/drafts/{draft_id}/recall"
    assert set(Page(studio.first.post(address, data={"reason": ""})).errors) == {"reason"}
    assert studio.first.page(address).typed("reason") == ""
    assert "已撤回批准" in Page(studio.first.post(address, data={"reason": "等通知"}, follow_redirects=True)).text


def test_a_draft_is_discarded_with_a_reason(studio: Studio) -> None:
    draft_id, _ = studio.inside(lambda desk: desk.begin())
    address = f"/studio/drafts/{draft_id}/discard"
    assert studio.first.page(address).heading == "作废草稿：leave"
    assert set(Page(studio.first.post(address)).errors) == {"reason"}
    assert "已作废草稿" in Page(studio.first.post(address, data={"reason": "不改了"}, follow_redirects=True)).text
    assert Page(studio.first.post(address, data={"reason": "再来"})).status == 409


def test_a_draft_of_an_older_version_is_rebased(studio: Studio) -> None:
    draft_id, rev = studio.inside(lambda desk: desk.changed("ask", "mine"))
    studio.inside(lambda desk: desk.deploy("ask", "update"))
    page = studio.first.page("/studio/processes/leave")
    assert "这份草稿是按第 1 版改的，现在在用的是第 2 版" in page.text
    ask = studio.first.page(page.links()["改以第 2 版为基础"])
    said = Page(studio.first.post(ask.path, data={"rev": rev}, follow_redirects=True))
    assert "已改以在用的版本为基础" in said.text
    assert studio.inside(lambda desk: desk.draft(draft_id).base_version) == 2


def test_what_is_not_there_is_not_found(studio: Studio) -> None:
    for path in ("processes/nothing", "processes/leave/versions/9", "processes/leave/versions/9/republish",
                 "drafts/9/approval", "drafts/9/submission", "drafts/9/diagram.bpmn", "processes/leave/offer"):
        assert studio.first.get(f"/studio/{path}").status_code == 404, path


def test_an_update_of_what_an_owner_changed_is_offered_on_the_index(studio: Studio, tmp_path: Any) -> None:
    studio.inside(lambda desk: desk.approve(*desk.submitted("ask", "own")))
    (tmp_path / "processes" / "bpmn").mkdir(parents=True)
    (tmp_path / "processes" / "bpmn" / "leave.bpmn").write_bytes(steps("ask", "update"))
    (tmp_path / "forms" / "leave").mkdir(parents=True)
    for name in ("ask", "update"):
        (tmp_path / "forms" / "leave" / f"{name}.form").write_text('{"components": []}', encoding="utf-8")
    studio.inside(lambda desk: desk.do(lambda: shipped.deploy_shipped(tmp_path, SYSTEM)))
    page = studio.first.page("/studio/")
    assert "产品更新带来了新的版本" in page.text
    offer = studio.first.page(page.links()["看“leave”的新版本"])
    assert "update" in offer.text
    assert set(Page(studio.first.post(offer.path, data={"act": "decline"})).errors) == {"reason"}
    taken = Page(studio.first.post(offer.path, data={"act": "take"}, follow_redirects=True))
    assert "已取为草稿" in taken.text
    assert studio.inside(lambda desk: definitions.latest("leave").version) == 2
