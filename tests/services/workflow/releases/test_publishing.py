"""From a draft to a version: checked, approved by another person, published at its moment, and taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from app.core import clock
from app.core.errors import Conflict, Invalid, NotAllowed, UserError
from app.engine import Finding
from app.jobs.due import run_due
from app.workflow import definitions
from app.workflow.conformance import CheckLine, Report
from app.workflow.releases import checking, drafts, publishing, queries, record
from tests.services.workflow.releases.desk import Desk

Travel = Callable[[str], datetime]
SKIPPED = Finding("notice", "legal_step", "override", "跳过了公示", "补上公示", article="第十二条（三）")


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=clock.ZONE)


@pytest.fixture
def skips_a_legal_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """The gate finds that the draft skips a step of the regulation."""
    line = CheckLine.of("legal", "法定环节", [SKIPPED])
    monkeypatch.setattr(checking, "report_of", lambda key, parts: Report((line,)))


def test_a_draft_becomes_a_version_by_the_hand_of_another(desk: Desk) -> None:
    desk.deploy("ask")
    draft_id, rev = desk.submitted("ask", "second_look")
    assert desk.told(desk.second) == ["请审批流程版本：leave"]
    assert desk.told(desk.leader) == desk.told(desk.first) == []
    decision = desk.approve(draft_id, rev, opinion="可以")
    assert decision.published is not None
    row = definitions.latest("leave")
    assert (row.version, row.origin, row.note) == (2, "owner", "加一步")
    assert (row.written_by, row.approved_by_name, set(row.forms)) == (
        "樊立新", "许砚秋", {"leave/ask", "leave/second_look"}
    )
    assert desk.draft(draft_id).state == "published"
    assert desk.told(desk.first) == ["已发布：leave 第 2 版"]
    assert desk.trail() == [
        "definition.publish", "process_draft.begin", "process_draft.save", "process_draft.submit",
        "process_draft.approve", "definition.publish", "process_draft.publish",
    ]


def test_new_cases_follow_the_new_version_and_running_ones_their_own(desk: Desk) -> None:
    desk.deploy("ask")
    old = desk.world.start("leave", "A-1")
    desk.approve(*desk.submitted("first", "ask"))
    new = desk.world.start("leave", "A-2")
    assert (desk.world.open(old), desk.world.open(new)) == (["ask"], ["first"])
    counts = {line.definition.version: line.running for line in queries.versions("leave")}
    assert counts == {1: 1, 2: 1}


def test_who_wrote_or_submitted_never_approves(light_desk: Desk) -> None:
    desk = light_desk
    desk.deploy("ask")
    draft_id, rev = desk.changed("ask", "a")
    rev = desk.save(draft_id, rev, "ask", "b", actor=desk.second)
    desk.do(lambda: publishing.submit(draft_id, rev, desk.first, note="加一步"))
    with pytest.raises(NotAllowed, match="是你提交的"):
        desk.approve(draft_id, rev, desk.first)
    with pytest.raises(NotAllowed, match="你改过这份草稿"):
        desk.approve(draft_id, rev, desk.second)
    with pytest.raises(NotAllowed):
        desk.approve(draft_id, rev, desk.world["clerk"])
    assert desk.told(desk.leader) == ["请审批流程版本：leave"], "nobody else may"
    assert desk.approve(draft_id, rev, desk.leader).published is not None


def test_what_has_errors_is_not_submitted(light_desk: Desk) -> None:
    desk = light_desk
    desk.deploy("ask")
    draft_id, rev = desk.changed("ask", "more")
    rev = desk.do(lambda: drafts.remove_form(draft_id, rev, "leave/more", desk.first))
    with pytest.raises(UserError, match="检查还有 1 处错误"):
        desk.do(lambda: publishing.submit(draft_id, rev, desk.first, note="加一步"))
    assert desk.draft(draft_id).state == "draft"


def test_a_form_that_no_step_uses_is_told_before_it_is_left_behind(light_desk: Desk) -> None:
    desk = light_desk
    desk.deploy("ask")
    draft_id, rev = desk.changed("ask", "more")
    form = desk.draft(draft_id).forms["leave/ask"]
    rev = desk.do(lambda: drafts.put_form(draft_id, rev, "leave/spare", form, desk.first))
    desk.do(lambda: publishing.submit(draft_id, rev, desk.first, note="加一步"))
    report = desk.draft(draft_id).report or {}
    told = [found["message"] for line in report["lines"] if line["code"] == "unused" for found in line["findings"]]
    assert told == ["没有环节用到表单“leave/spare”，发布时不带上"]
    row = desk.approve(draft_id, rev).published
    assert row is not None
    assert set(row.forms) == {"leave/ask", "leave/more"}


def test_a_version_says_what_changed_and_is_published_in_the_future_or_at_once(light_desk: Desk) -> None:
    desk = light_desk
    desk.deploy("ask")
    draft_id, rev = desk.changed("ask", "more")
    past = _at("2026-03-01 08:00")
    with pytest.raises(Invalid) as refusal:
        desk.do(lambda: publishing.submit(draft_id, rev, desk.first, note=" ", publish_at=past))
    assert set(refusal.value.errors) == {"note", "publish_at"}


def test_what_is_the_same_is_not_published_again(light_desk: Desk) -> None:
    light_desk.deploy("ask")
    draft_id, rev = light_desk.begin()
    with pytest.raises(UserError, match="没有差别"):
        light_desk.do(lambda: publishing.submit(draft_id, rev, light_desk.first, note="没改"))


def test_a_stale_page_submits_and_approves_nothing(light_desk: Desk) -> None:
    desk = light_desk
    desk.deploy("ask")
    draft_id, rev = desk.changed("ask", "a")
    new = desk.save(draft_id, rev, "ask", "b")
    with pytest.raises(drafts.DraftOvertaken):
        desk.do(lambda: publishing.submit(draft_id, rev, desk.first, note="加一步"))
    desk.do(lambda: publishing.submit(draft_id, new, desk.first, note="加一步"))
    with pytest.raises(drafts.DraftOvertaken):
        desk.approve(draft_id, rev)


def test_a_returned_draft_tells_its_authors_why_and_is_written_on(desk: Desk) -> None:
    desk.deploy("ask")
    draft_id, rev = desk.submitted("ask", "a")
    with pytest.raises(Invalid):
        desk.do(lambda: publishing.return_to_author(draft_id, desk.second, ""))
    desk.do(lambda: publishing.return_to_author(draft_id, desk.second, "少一道复核"))
    assert (desk.draft(draft_id).state, desk.draft(draft_id).returned_reason) == ("draft", "少一道复核")
    assert desk.told(desk.first) == ["流程版本退回修改：leave"]
    rev = desk.save(draft_id, rev, "ask", "a", "b")
    desk.do(lambda: publishing.submit(draft_id, rev, desk.first))
    assert desk.draft(draft_id).returned_reason is None


def test_taken_back_in_time_it_is_not_approved(light_desk: Desk) -> None:
    desk = light_desk
    desk.deploy("ask")
    draft_id, rev = desk.submitted("ask", "a")
    desk.do(lambda: publishing.take_back(draft_id, desk.first))
    for act in (
        lambda: publishing.approve(draft_id, rev, desk.second),
        lambda: publishing.return_to_author(draft_id, desk.second, "晚了"),
        lambda: publishing.take_back(draft_id, desk.first),
        lambda: publishing.recall(draft_id, desk.first, "晚了"),
    ):
        with pytest.raises((Conflict, NotAllowed)):
            desk.do(act)


def test_a_version_is_published_at_its_moment(desk: Desk, travel: Travel) -> None:
    desk.deploy("ask")
    draft_id, rev = desk.submitted("ask", "a", publish_at=_at("2026-03-09 00:00"))
    decision = desk.approve(draft_id, rev)
    assert (decision.published, decision.publish_at) == (None, _at("2026-03-09 00:00"))
    assert run_due(travel("2026-03-08 23:59"), pause=0).failed == 0
    assert definitions.latest("leave").version == 1
    assert run_due(travel("2026-03-09 00:00"), pause=0).failed == 0
    row = definitions.latest("leave")
    assert (row.version, row.approved_by_name, row.published_by_name) == (2, "许砚秋", "系统")
    run_due(travel("2026-03-10 00:00"), pause=0)
    assert definitions.latest("leave").version == 2
    assert sorted(desk.told(desk.first) + desk.told(desk.second)[1:]) == ["已发布：leave 第 2 版"] * 2


def test_recalled_before_its_moment_it_is_not_published(light_desk: Desk, travel: Travel) -> None:
    desk = light_desk
    desk.deploy("ask")
    draft_id, rev = desk.submitted("ask", "a", publish_at=_at("2026-03-09 00:00"))
    desk.approve(draft_id, rev)
    desk.do(lambda: publishing.recall(draft_id, desk.second, "等通知"))
    run_due(travel("2026-03-09 00:00"), pause=0)
    assert definitions.latest("leave").version == 1
    assert (desk.draft(draft_id).state, desk.draft(draft_id).returned_reason) == ("draft", "等通知")


def test_what_became_wrong_before_its_moment_goes_back_with_the_reason(
    light_desk: Desk, travel: Travel, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = light_desk
    desk.deploy("ask")
    draft_id, rev = desk.submitted("ask", "a", publish_at=_at("2026-03-09 00:00"))
    desk.approve(draft_id, rev)
    retired = Finding("send", "operation", "error", "操作“发送”已停用", "换一个操作")
    report = Report((CheckLine.of("operations", "操作", [retired]),))
    monkeypatch.setattr(checking, "report_of", lambda key, parts: report)
    assert run_due(travel("2026-03-09 00:00"), pause=0).failed == 0
    assert definitions.latest("leave").version == 1
    draft = desk.draft(draft_id)
    assert draft.state == "draft"
    assert draft.returned_reason == "批准之后检查不再通过：操作“发送”已停用"
    assert desk.told(desk.first) == ["没有发布：leave"]
    assert record.steps(draft_id)[0].act == "refuse"


def test_a_version_that_came_in_between_is_not_undone(light_desk: Desk, travel: Travel) -> None:
    desk = light_desk
    desk.deploy("ask")
    draft_id, rev = desk.submitted("ask", "a", publish_at=_at("2026-03-09 00:00"))
    desk.approve(draft_id, rev)
    desk.deploy("ask", "update")
    run_due(travel("2026-03-09 00:00"), pause=0)
    assert definitions.latest("leave").version == 2
    assert "第 2 版已经在用" in (desk.draft(draft_id).returned_reason or "")
    rev = desk.do(lambda: drafts.save(draft_id, rev, drafts.DraftChange(note="再来"), desk.first))
    with pytest.raises(UserError, match="是按第 1 版改的，现在在用的是第 2 版"):
        desk.do(lambda: publishing.submit(draft_id, rev, desk.first))
    rev = desk.do(lambda: drafts.rebase(draft_id, rev, desk.first))
    desk.do(lambda: publishing.submit(draft_id, rev, desk.first))
    assert desk.approve(draft_id, rev).published is not None


def test_an_unforeseen_failure_at_the_moment_stops_nothing_else(
    light_desk: Desk, travel: Travel, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = light_desk
    desk.deploy("ask")
    draft_id, rev = desk.submitted("ask", "a", publish_at=_at("2026-03-09 00:00"))
    desk.approve(draft_id, rev)

    def broken(*_: Any) -> Report:
        raise ZeroDivisionError

    monkeypatch.setattr(checking, "report_of", broken)
    assert run_due(travel("2026-03-09 00:00"), pause=0).failed == 1
    assert run_due(travel("2026-03-09 00:05"), pause=0).failed == 0
    assert desk.draft(draft_id).state == "draft"
    assert "发布时出错（ZeroDivisionError）" in (desk.draft(draft_id).returned_reason or "")


@pytest.mark.usefixtures("skips_a_legal_step")
def test_only_a_leader_lets_a_legal_step_be_skipped_and_says_why(light_desk: Desk) -> None:
    desk = light_desk
    desk.deploy("ask")
    draft_id, rev = desk.submitted("ask", "a")
    assert desk.told(desk.leader) == ["请审批流程版本：leave"]
    assert desk.told(desk.second) == []
    with pytest.raises(NotAllowed, match="只能由局领导批准"):
        desk.approve(draft_id, rev)
    with pytest.raises(Invalid) as refusal:
        desk.approve(draft_id, rev, desk.leader, waived={0: "  "})
    assert set(refusal.value.errors) == {"waive-0"}
    decision = desk.approve(draft_id, rev, desk.leader, waived={0: "试点文件〔2026〕3 号"})
    assert decision.published is not None
    assert definitions.latest("leave").overrides == [
        {"element_id": "notice", "code": "legal_step", "message": "跳过了公示", "article": "第十二条（三）",
         "reason": "试点文件〔2026〕3 号"}
    ]


def test_an_old_version_is_taken_up_again_like_any_other(desk: Desk) -> None:
    desk.deploy("ask")
    desk.approve(*desk.submitted("ask", "a"))
    with pytest.raises(Conflict, match="正在用"):
        desk.do(lambda: publishing.republish("leave", 2, desk.first, note="回退"))
    draft = desk.do(lambda: publishing.republish("leave", 1, desk.first, note="新步骤太慢"))
    draft_id, rev = draft.id, draft.rev
    with pytest.raises(NotAllowed):
        desk.approve(draft_id, rev, desk.first)
    desk.approve(draft_id, rev)
    old, _, new = sorted(definitions.versions("leave"), key=lambda row: row.version)
    assert (new.version, new.restores_version, new.note) == (3, 1, "新步骤太慢")
    assert (new.content_hash, new.spec_hash) == (old.content_hash, old.spec_hash)


def test_a_kept_report_is_about_the_draft_as_it_was(light_desk: Desk) -> None:
    desk = light_desk
    desk.deploy("ask")
    draft_id, rev = desk.changed("ask", "a")
    examined = checking.examine(draft_id)
    desk.save(draft_id, rev, "ask", "b")
    assert desk.do(lambda: checking.keep(examined)) is False
    assert checking.present_report(desk.draft(draft_id)) is None
    desk.do(lambda: checking.check_draft(draft_id))
    assert checking.present_report(desk.draft(draft_id)) is not None


def test_who_may_approve_finds_it(light_desk: Desk) -> None:
    desk = light_desk
    desk.deploy("ask")
    desk.submitted("ask", "a")
    waiting = {
        login: [draft.key for draft in queries.waiting_for(actor)]
        for login, actor in (("first", desk.first), ("second", desk.second), ("leader", desk.leader))
    }
    assert waiting == {"first": [], "second": ["leave"], "leader": ["leave"]}
