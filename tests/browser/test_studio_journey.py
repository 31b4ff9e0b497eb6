"""The studio in the browser: a way changed, proved, published, followed, migrated to and taken back by its owners."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.identity import roles
from tests.browser import studio
from tests.browser.conftest import LiveServer
from tests.browser.studio import Cases

Look = Callable[[Page, str], None]
Enter = Callable[[Page, str], None]
NewPage = Callable[[], Page]
Scheduler = Callable[[], None]
Travel = Callable[[str], datetime]
ENTRY, NAME = "expert_entry", "专家入库申请"
ONWARD = "flow_qualification_review_to_record_qualification_review"
SECOND = "二次审查"


@pytest.fixture
def app(world_app: Flask) -> Flask:
    """The application with the demo world."""
    return world_app


def test_a_second_review_is_added_proved_published_migrated_to_and_taken_back(
    page: Page, new_page: NewPage, live: LiveServer, enter: Enter, shot: Look
) -> None:
    cases, approver, reviewer = Cases(live.app), new_page(), new_page()
    first, second, third = cases.standing_at("qualification_review")[:3]
    past = cases.standing_at("confirm_list")[0]
    enter(page, roles.PROCESS_OWNER)
    _begin_a_draft(page, shot)
    _add_the_review(page, shot)
    _try_it_out(page, shot)
    studio.submit(page, "资格审查后加一次审查，由另一人再审。")
    _approve(approver, shot)
    _review_twice(reviewer, cases, shot)
    cases.review(first)
    assert cases.waiting_at(first) == ["复核拟入库名单"]
    _migrate(page, cases, [second, third], past, shot)
    _undo(page, cases, third, shot)
    cases.review(second)
    cases.review(third)
    assert [cases.waiting_at(number) for number in (second, third)] == [[SECOND], ["复核拟入库名单"]]
    _roll_back(page, approver, cases, shot)


def test_parameters_and_tables_change_what_comes_and_failures_are_mended_by_their_cause(
    page: Page, new_page: NewPage, live: LiveServer, enter: Enter, travel: Travel, scheduler: Scheduler,
    shot: Look, monkeypatch: pytest.MonkeyPatch,
) -> None:
    cases, other = Cases(live.app), new_page()
    enter(page, roles.PROCESS_OWNER)
    _propose_seven_days(page, shot)
    enter(other, roles.BUREAU_LEADER)
    _approve_the_change(other, page.url, shot)
    _await_whoever_says_mentor(page, shot)
    studio.submit(page, "高级职称一律待核。")
    studio.enter_as(other, roles.PROCESS_OWNER, "xuyanqiu")
    studio.approve(other, NAME)
    with monkeypatch.context() as breaking:
        studio.break_operation(breaking, "publicity.close_period")
        travel("2026-03-04 09:00")
        scheduler()
    _mend_the_failures(page, shot)
    number = cases.apply("聂知远")
    cases.accept(number)
    enter(other, roles.BUREAU_REVIEWER)
    studio.open_task(other, number)
    shot(other, "studio-precheck")
    expect(other.locator("main")).to_contain_text("职称证书须向发证机关核实")
    cases.review(number)
    cases.complete(number, "confirm_list", "zhaotinghe", {"confirm_outcome": "agreed", "confirm_opinion": "同意。"})
    enter(other, roles.CENTER_CLERK)
    _publish(other, "聂知远", shot)


def _propose_seven_days(owner: Page, shot: Look) -> None:
    owner.goto("/rules/parameters/publicity.period")
    shot(owner, "rules-parameter")
    owner.get_by_role("link", name="提出修改").click()
    owner.get_by_label("改为").fill("7")
    owner.get_by_label("施行日").fill("2026-03-03")
    owner.get_by_label("文号").fill("晋政信发〔2026〕12 号（演示）")
    owner.get_by_label("修改的理由").fill("异议增多，公示延长两个工作日。")
    shot(owner, "rules-change-form")
    owner.get_by_role("button", name="提交修改，请另一人审批").click()
    expect(owner.locator("main")).to_contain_text("你提出的修改由局领导审批")
    shot(owner, "rules-change")


def _approve_the_change(leader: Page, url: str, shot: Look) -> None:
    leader.goto(url)
    shot(leader, "rules-change-leader")
    leader.get_by_role("button", name="批准这份修改").click()
    expect(leader.locator("main")).to_contain_text("已批准，从2026年3月3日起施行")


def _await_whoever_says_mentor(owner: Page, shot: Look) -> None:
    """The rule on titles says 待核 from now on, with another reason; typed into the table's cells."""
    owner.goto(f"/studio/processes/{ENTRY}/tables/article_11.dmn")
    owner.get_by_role("button", name="从在用版本起草").click()
    owner.wait_for_selector("#table-editor[data-ready=true]")
    for cell, words in (("result", '"待核"'), ("reason", '"职称证书须向发证机关核实"')):
        place = owner.locator(f'td[data-element-id="rule_07_{cell}"]')
        place.click()
        place.locator(".cm-content").click()
        owner.keyboard.press("Control+a")
        owner.keyboard.insert_text(words)
    owner.keyboard.press("Control+s")
    expect(owner.locator("#save-status")).to_have_text(re.compile("已存$"))
    shot(owner, "studio-table")
    studio.open_modeler(owner, ENTRY)


def _mend_the_failures(owner: Page, shot: Look) -> None:
    """The second batch stopped when its publicity was over; now that it works again, all of the cause are retried."""
    owner.goto("/room/")
    shot(owner, "room-index")
    owner.goto("/incidents/causes")
    shot(owner, "room-causes")
    owner.locator("tbody th a").first.click()
    shot(owner, "room-cause")
    owner.get_by_role("button", name="重试这 6 件").click()
    expect(owner.locator("main")).to_contain_text("已重试 6 件，共 6 件：6 件办成。")
    shot(owner, "room-cause-retried")


def _publish(clerk: Page, name: str, shot: Look) -> None:
    """The publicity of a case that began under the new value lasts seven working days; no diagram was touched."""
    clerk.goto("/inbox/?view=groups&element=publish_notice")
    clerk.get_by_role("checkbox", name=f"选择：{name}").check()
    clerk.get_by_role("button", name="拟写公示并发布").click()
    shot(clerk, "studio-publicity-compose")
    clerk.fill("#document_no", "晋政信公示〔2026〕3 号（演示）")
    clerk.fill("#site_address", "https://example.cn/notices/2026/3")
    clerk.get_by_role("button", name="发布公示 1 人").click()
    shot(clerk, "studio-publicity")
    expect(clerk.locator("main")).to_contain_text("3月13日（周五）24:00 前截止，还剩 7 个工作日")


def _begin_a_draft(owner: Page, shot: Look) -> None:
    owner.goto("/studio/")
    shot(owner, "studio-index")
    owner.get_by_role("link", name=NAME, exact=True).click()
    owner.get_by_role("button", name="开始修改流程").click()
    owner.wait_for_selector("#studio[data-checked]")
    shot(owner, "studio-draft")


def _add_the_review(owner: Page, shot: Look) -> None:
    studio.drop_on_flow(owner, "task", ONWARD)
    owner.keyboard.type(SECOND)
    owner.keyboard.press("Enter")
    studio.save(owner)
    shot(owner, "studio-broken")
    findings = owner.locator("#pane-check li[data-code]")
    expect(findings.filter(has_text="二次审查：没有写明由谁办理")).to_have_count(1)
    expect(owner.locator("#studio-submit")).to_contain_text("改正")
    findings.filter(has_text="没有表单").get_by_role("button", name="在图上指出").click()
    expect(owner.locator(".zk-modeler__canvas .zk-pointed.zk-bad")).not_to_have_count(0)
    studio.tab(owner, "properties")
    panel = owner.locator("#pane-properties")
    panel.locator("[data-field=documentation]").fill("第十二条（二）：由另一名审查人员再审一次（内部规定）。")
    panel.locator("select[data-field=formKey]").select_option("expert_entry/qualification_review")
    panel.get_by_label("资格审查岗").check()
    panel.locator("[data-field='dueDate:parameter']").select_option("entry.qualification_period")
    shot(owner, "studio-mended-properties")
    studio.save(owner)
    studio.tab(owner, "check")
    expect(owner.locator("#studio-submit")).to_have_text("提交审批")
    expect(findings.filter(has_text=SECOND).filter(has=owner.locator(".zk-mark--bad"))).to_have_count(0)
    shot(owner, "studio-mended")


def _try_it_out(owner: Page, shot: Look) -> None:
    """To the end in the sandbox, every role played by the owner; kept as a scenario that goes from then on."""
    owner.get_by_role("link", name="试运行", exact=True).first.click()
    shot(owner, "studio-trials")
    owner.get_by_role("button", name="开始试运行").click()
    shot(owner, "studio-trial-begun")
    for box in owner.locator('input[name="formal_checked"]').all():
        box.check()
    owner.locator(".zk-choice label", has_text="受理").first.click()
    owner.get_by_label("审查意见").fill("材料齐全，同意受理。")
    owner.get_by_role("button", name="提交形式审查结论").click()
    for name in ("资格审查", SECOND):
        expect(owner.locator("h2#h-form")).to_have_text(name)
        studio.answer_review(owner)
        owner.get_by_role("button", name="提交审查结论").click()
    shot(owner, "studio-trial-second")
    owner.locator(".zk-choice label", has_text="同意列入拟入库名单").click()
    owner.get_by_role("button", name="提交复核结论").click()
    owner.get_by_label("公示批次号").fill("GS-2026-0001")
    owner.get_by_role("button", name="列入公示批次").click()
    owner.get_by_role("button", name="到下一个计时").click()
    expect(owner.get_by_role("heading", name="走到了结束")).to_be_visible()
    shot(owner, "studio-trial-over")
    owner.get_by_label("存为场景").fill("两次审查后聘任")
    owner.get_by_role("button", name="存为场景").click()
    owner.get_by_role("link", name="看全部场景").click()
    owner.wait_for_selector("#studio[data-checked]")
    kept = owner.locator("#pane-scenarios li", has_text="两次审查后聘任")
    expect(kept.locator(".zk-mark")).to_have_text("✓")
    shot(owner, "studio-scenario-kept")


def _approve(approver: Page, shot: Look) -> None:
    studio.enter_as(approver, roles.PROCESS_OWNER, "xuyanqiu")
    approver.goto("/studio/")
    approver.get_by_role("link", name=f"审批：{NAME}").click()
    expect(approver.locator("main")).to_contain_text(SECOND)
    expect(approver.locator("main")).not_to_contain_text("申请人撤回")
    shot(approver, "studio-approval")
    approver.set_viewport_size({"width": 390, "height": 844})
    shot(approver, "studio-approval")
    approver.set_viewport_size({"width": 1280, "height": 900})
    studio.approve(approver, NAME)
    shot(approver, "studio-published")


def _review_twice(reviewer: Page, cases: Cases, shot: Look) -> None:
    """A new application takes the second review; one that runs does not."""
    number = cases.apply("聂知远")
    cases.accept(number)
    cases.review(number)
    assert cases.waiting_at(number) == [SECOND]
    studio.enter_as(reviewer, roles.BUREAU_REVIEWER, "")
    studio.open_task(reviewer, number)
    expect(reviewer.locator("main")).to_contain_text(SECOND)
    shot(reviewer, "studio-second-review")
    studio.answer_review(reviewer)
    reviewer.get_by_role("button", name="提交审查结论").click()
    expect(reviewer.locator(".zk-note--ok")).to_contain_text("已提交")
    assert cases.waiting_at(number) == ["复核拟入库名单"]


def _migrate(owner: Page, cases: Cases, going: list[str], refused: str, shot: Look) -> None:
    """Two of the running cases go on by the new version; one that is past the place is refused with its reason."""
    owner.goto(f"/studio/processes/{ENTRY}")
    shot(owner, "studio-in-force")
    owner.get_by_role("link", name=re.compile("迁移 .* 件：第 1 版")).click()
    owner.get_by_role("link", name="试算迁移").click()
    shot(owner, "studio-dry-run")
    owner.set_viewport_size({"width": 390, "height": 844})
    shot(owner, "studio-dry-run")
    owner.set_viewport_size({"width": 1280, "height": 900})
    told = owner.locator("tr", has_text=refused)
    expect(told).to_contain_text("不能迁移")
    expect(told).to_contain_text("“资格审查”已办过")
    for box in owner.locator('input[name="instance"]').all():
        box.uncheck()
    for number in going:
        owner.get_by_label(number).check()
    owner.get_by_label("迁移的理由").fill("两次审查自三月起施行。")
    owner.get_by_role("button", name="选好了，核对迁移").click()
    shot(owner, "studio-migration-confirm")
    owner.get_by_role("button", name="迁移 2 件").click()
    expect(owner.get_by_role("heading", name="2 件：已迁移 2 件")).to_be_visible()
    assert [cases.version_of(number) for number in (*going, refused)] == [2, 2, 1]


def _undo(owner: Page, cases: Cases, number: str, shot: Look) -> None:
    owner.get_by_role("link", name=f"撤销迁移：{number}").click()
    owner.get_by_label("撤销的理由").fill("这一件仍按原来的办法办。")
    owner.get_by_role("button", name="撤销迁移").click()
    expect(owner.locator(".zk-note--ok")).to_contain_text("已撤销迁移")
    shot(owner, "studio-migrated")
    assert cases.version_of(number) == 1


def _roll_back(owner: Page, approver: Page, cases: Cases, shot: Look) -> None:
    """The old version is published again, with four eyes; the next application takes the old way."""
    owner.goto(f"/studio/processes/{ENTRY}")
    owner.get_by_role("link", name="重新发布：第 1 版").click()
    owner.get_by_label("为什么恢复这一版").fill("两次审查太慢，先恢复一次审查。")
    shot(owner, "studio-republish")
    owner.get_by_role("button", name="提交重新发布第 1 版").click()
    expect(owner.locator(".zk-note--ok")).to_contain_text("等另一个人批准")
    shot(owner, "studio-republish-submitted")
    studio.approve(approver, NAME)
    number = cases.apply("闻人杰")
    cases.accept(number)
    cases.review(number)
    assert (cases.version_of(number), cases.waiting_at(number)) == (3, ["复核拟入库名单"])
