"""Forms and decision tables in a real browser: designed, seen, tried out and saved; Chinese all through."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from app.core import clock
from app.regulations.feel_functions import feel_functions
from app.regulations.rule_sets import shipped_rules
from app.workflow.forms import parse_form
from app.workflow.releases import drafts
from tests.browser import accessibility
from tests.browser.conftest import PHONE, WIDE, LiveServer

ROOT = Path(__file__).resolve().parents[2]
FORM = "/studio/processes/expert_entry/forms/expert_entry/qualification_review"
TABLE = "/studio/processes/expert_entry/tables/article_11.dmn"
#: English that belongs on these pages: names of the data, of the library whose mark stays, of the language itself.
_KNOWN = re.compile(
    r'"[^"]*"|\btrue\b|\bnot\b|FEEL|BPMN|bpmn\.io|Ctrl|JSON|KB|\b[a-z]+(?:[_./][A-Za-z0-9_]+)+\b'
)
#: Words a person reads or hears, outside of the values that owners wrote.
_WORDS = """() => {
  const left = '.cm-editor, td[data-row-id], textarea, pre, script, noscript, option';
  const found = [];
  const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (!node.parentElement.closest(left)) found.push(node.textContent);
  }
  for (const node of document.querySelectorAll('main [title], main [aria-label], main [placeholder]'))
    if (!node.closest(left)) found.push(node.title, node.getAttribute('aria-label'), node.getAttribute('placeholder'));
  return found.filter(text => text && /[A-Za-z]{3,}/.test(text)).map(text => text.trim());
}"""
#: Parts of the libraries, whose accessibility is theirs.
_LIBRARIES = (".fjs-container", ".fjs-properties-container", ".dmn-decision-table-container", "iframe")
_SAVED = """async text => {
  const editor = document.getElementById('form-editor').editor;
  await editor.importSchema(JSON.parse(text));
  return editor.saveSchema();
}"""

Enter = Callable[[Page, str], None]


@pytest.fixture
def app(world_app: Flask) -> Flask:
    """The application with the demo world and its processes, behind the live server."""
    return world_app


def english_on(page: Page) -> list[str]:
    return [text for text in page.evaluate(_WORDS) if re.search(r"[A-Za-z]{3,}", _KNOWN.sub("", text))]


@pytest.fixture
def proper(shot: Callable[[Page, str], None]) -> Callable[[Page, str], None]:
    """`proper(page, "table-editor")`: axe on everything that is ours, and pictures wide and narrow."""

    def check(page: Page, name: str) -> None:
        for size in (WIDE, PHONE):
            page.set_viewport_size({"width": size["width"], "height": size["height"]})
            accessibility.check(page, _LIBRARIES)
            shot(page, name)

    return check


def test_a_form_is_designed_seen_and_saved(
    live: LiveServer, page: Page, enter: Enter, proper: Callable[[Page, str], None]
) -> None:
    enter(page, "process_owner")
    page.goto(FORM)
    page.get_by_role("button", name="从在用版本起草").click()
    page.wait_for_selector("#form-editor[data-ready=true]")
    frame = page.frame_locator("iframe[name=form-preview]")
    page.locator('[data-id="field_review_opinion"]').click()
    assert english_on(page) == []
    page.get_by_label("名称", exact=True).fill("审查意见与依据")
    expect(frame.get_by_label("审查意见与依据")).to_be_visible()
    frame.get_by_role("button", name="提交审查结论").click()
    expect(frame.get_by_role("link", name="请选择“审查结论”")).to_be_visible()
    page.get_by_role("button", name="手机").click()
    expect(page.locator("iframe[name=form-preview]")).to_have_class(re.compile("phone"))
    page.keyboard.press("Control+s")
    expect(page.locator("#save-status")).to_have_text(re.compile("已存$"))
    with live.app.app_context():
        draft = drafts.active("expert_entry")
        assert draft is not None
        assert "审查意见与依据" in draft.forms["expert_entry/qualification_review"]
    functions = feel_functions(shipped_rules(), clock.now())
    for path in sorted((ROOT / "forms").glob("*/*.form")):
        text = path.read_text(encoding="utf-8")
        assert parse_form(page.evaluate(_SAVED, text), functions) == parse_form(text, functions), path
    page.goto(FORM)
    page.wait_for_selector("#form-editor[data-ready=true]")
    proper(page, "form-editor")


def test_a_repeated_group_is_designed_and_filled_in_without_script(
    live: LiveServer, chromium: Browser, page: Page, enter: Enter
) -> None:
    enter(page, "process_owner")
    page.goto("/studio/processes/expert_entry/forms")
    page.get_by_label("表单名称").fill("工作经历")
    page.get_by_label("标识").fill("experience")
    page.get_by_role("button", name="新建表单").click()
    page.wait_for_selector("#form-editor[data-ready=true]")
    page.locator('[data-field-type="dynamiclist"]').focus()
    page.keyboard.press("Enter")
    page.locator(".fjs-children .fjs-element").last.click(position={"x": 10, "y": 10})
    page.get_by_label("每一行叫什么").fill("经历")
    page.keyboard.press("Control+s")
    expect(page.locator("#save-status")).to_have_text(re.compile("已存$"))
    with live.app.app_context():
        draft = drafts.active("expert_entry")
        assert draft is not None
        schema = json.loads(draft.forms["expert_entry/experience"])
    group = next(one for one in schema["components"] if one["type"] == "dynamiclist")
    assert group["properties"]["rowLabel"] == "经历"
    state = page.context.storage_state()
    plain = chromium.new_context(base_url=live.url, java_script_enabled=False, storage_state=state)
    try:
        reader = plain.new_page()
        reader.set_default_timeout(10_000)
        reader.goto("/studio/processes/expert_entry/forms/expert_entry/experience")
        token = reader.locator('meta[name="csrf-token"]').get_attribute("content")
        answer = plain.request.post("/studio/preview/form", form={
            "_schema": json.dumps(schema), "csrf_token": token or "",
        }, headers={"Referer": live.url})
        reader.set_content(answer.text().replace('action="/', f'action="{live.url}/'))
        reader.get_by_role("button", name="再加一项：经历").click()
        expect(reader.get_by_text("经历 第 2 项")).to_be_visible()
        reader.get_by_role("button", name="删去 经历 第 1 项").click()
        expect(reader.get_by_text("经历 第 2 项")).to_have_count(0)
    finally:
        plain.close()


def test_a_table_is_changed_and_tried_out(
    live: LiveServer, page: Page, enter: Enter, proper: Callable[[Page, str], None]
) -> None:
    enter(page, "process_owner")
    page.goto(TABLE)
    page.get_by_role("button", name="从在用版本起草").click()
    page.wait_for_selector("#table-editor[data-ready=true]")
    assert english_on(page) == []
    page.get_by_role("link", name="试算").click()
    page.locator('[data-path="facts.missing_papers"]').fill('["照片"]')
    page.get_by_role("button", name="试算这张表").click()
    expect(page.locator("#try-result")).to_contain_text("规则 18（第十二条（一））")
    cell = page.locator('td[data-element-id="rule_18_papers"]')
    cell.click()
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("> 1")
    expect(page.locator("#try-result")).to_contain_text("没有规则匹配")
    page.keyboard.press("Control+s")
    expect(page.locator("#save-status")).to_have_text(re.compile("已存$"))
    with live.app.app_context():
        draft = drafts.active("expert_entry")
        assert draft is not None
        kept = draft.tables["article_11.dmn"]
    assert "&gt; 1" in kept
    assert kept.count("<rule ") == 20
    assert 'typeRef="Any"' in kept
    assert "第十一条（一）1–4、6" in kept
    assert page.evaluate("() => document.getElementById('table-editor').untranslated()") == []
    proper(page, "table-editor")
