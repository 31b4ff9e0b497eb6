"""The modeler in a real browser: nothing of a diagram is lost, the keyboard is enough, nobody is overwritten."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from lxml import etree
from playwright.sync_api import Page, expect

from app.core.actor import Actor
from app.core.transaction import transaction
from app.engine import compile_process
from app.identity import roles
from app.workflow.releases import drafts, shipped
from tests.browser.conftest import ROOT, LiveServer

Axe = Callable[[Page], None]
Shot = Callable[[Page, str], None]
Enter = Callable[[Page, str], None]

OWNER = Actor(user_id=990001, name="许砚秋", roles=frozenset({roles.PROCESS_OWNER}))
KEY = "expert_entry"
TABLES = {path.name: path.read_bytes() for path in (ROOT / "processes" / "dmn").glob("*.dmn")}
DIAGRAMS = sorted((ROOT / "processes" / "bpmn").glob("*.bpmn"))
OWN_NAMESPACES = ("camunda.org", "spiffworkflow.org")
#: English words that belong to what a diagram says: names of variables, operations, keys; and keys of the keyboard.
_TELLING = """() => {
    const seen = new Set(), english = /[A-Za-z]{3,}/, chinese = /[\\u4e00-\\u9fff]/;
    const roots = [document.getElementById('studio'), ...document.querySelectorAll('.djs-popup')];
    for (const root of roots.filter(Boolean)) {
        const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
            const text = walker.currentNode.textContent.trim(), at = walker.currentNode.parentElement;
            if (at.closest('style, .cm-editor, datalist, [data-scope-id], .djs-search-result-secondary')) continue;
            if (!at.checkVisibility({ checkVisibilityCSS: true })) continue;
            if (english.test(text) && !chinese.test(text)) seen.add(text.slice(0, 80));
        }
        for (const element of root.querySelectorAll('[title], [aria-label], [placeholder]'))
            for (const name of ['title', 'aria-label', 'placeholder']) {
                const text = element.getAttribute(name) || '';
                if (english.test(text) && !chinese.test(text)) seen.add(text);
            }
    }
    return [...seen, ...window.zkMissing];
}"""
_PLAIN = re.compile(r"Ctrl\+\w|[a-z0-9_]+([./][a-z0-9_]+)+")
_COME_BACK = """async xml => {
    await window.zkOpen(window.zkStudio.modeler, xml);
    return (await window.zkStudio.modeler.saveXML({ format: true })).xml;
}"""


@pytest.fixture
def app(sqlite_app: Flask) -> Iterator[Flask]:
    """The application with the shipped processes, and a draft of the first."""
    with sqlite_app.app_context():
        with transaction():
            shipped.deploy_shipped(ROOT, OWNER)
        with transaction():
            drafts.begin(KEY, OWNER)
    return sqlite_app


def opened(page: Page, enter: Enter) -> Page:
    """The page of the draft, its modeler ready and its check list there."""
    enter(page, roles.PROCESS_OWNER)
    page.goto(f"/studio/processes/{KEY}")
    page.wait_for_selector("#studio[data-ready]")
    page.wait_for_selector("#studio[data-checked]")
    return page


def english_on(page: Page) -> list[str]:
    """English words that people would see, but for keys and the diagram's own names."""
    return [text for text in page.evaluate(_TELLING) if not _PLAIN.fullmatch(text)]


def own_parts(xml: str | bytes) -> Counter[tuple[Any, ...]]:
    """Every element and attribute of our own namespaces with what it stands on, and every documentation and text."""
    root = etree.fromstring(xml if isinstance(xml, bytes) else xml.encode())
    found: Counter[tuple[Any, ...]] = Counter()
    for node in root.iter(etree.Element):
        name = etree.QName(node)
        holder = next((up.get("id") for up in node.iterancestors() if up.get("id")), "")
        if any(part in (name.namespace or "") for part in OWN_NAMESPACES):
            found[name.localname, holder, tuple(sorted(node.attrib.items())), (node.text or "").strip()] += 1
        elif name.localname in ("documentation", "conditionExpression", "timeDate", "flowNodeRef"):
            found[name.localname, holder, (), (node.text or "").strip()] += 1
        for key, value in node.attrib.items():
            if any(part in str(key) for part in OWN_NAMESPACES):
                found[str(key), node.get("id"), (), value] += 1
    return found


def test_every_shipped_diagram_comes_back_as_it_was(page: Page, enter: Enter) -> None:
    opened(page, enter)
    for path in DIAGRAMS:
        before = path.read_bytes()
        after = page.evaluate(_COME_BACK, before.decode())
        assert own_parts(after) == own_parts(before), path.name
        assert compile_process(after.encode(), TABLES).spec_hash == compile_process(before, TABLES).spec_hash, path.name
    repeated = _with_multi_instance(DIAGRAMS[0])
    after = page.evaluate(_COME_BACK, repeated)
    assert "<bpmn:loopDataInputRef>approvers</bpmn:loopDataInputRef>" in after
    assert re.search(r'<bpmn:inputDataItem id="approver"', after)


def _with_multi_instance(path: Path) -> str:
    loop = (
        '<bpmn:multiInstanceLoopCharacteristics><bpmn:loopDataInputRef>approvers</bpmn:loopDataInputRef>'
        '<bpmn:inputDataItem id="approver" name="approver" /></bpmn:multiInstanceLoopCharacteristics></bpmn:userTask>'
    )
    return path.read_text(encoding="utf-8").replace("</bpmn:userTask>", loop, 1)


def test_a_user_task_is_added_without_a_mouse_saved_and_never_overwrites(
    page: Page, enter: Enter, live: LiveServer, axe: Axe, shot: Shot
) -> None:
    opened(page, enter)
    axe(page)
    assert english_on(page) == []
    _add_second_review(page)
    page.keyboard.press("Control+s")
    expect(page.locator(".zk-modeler__status")).to_contain_text("已存")
    task = _saved_task(live)
    assert task is not None
    assert task.get("{http://camunda.org/schema/1.0/bpmn}candidateGroups") == "bureau_reviewer"
    assert task.get("{http://camunda.org/schema/1.0/bpmn}formKey") == "expert_entry/qualification_review"
    page.click("#studio-tabs a[href='#pane-check']")
    expect(page.locator("#pane-check li[data-code]").first).to_be_visible()
    page.locator("#pane-check button", has_text="在图上指出").first.click()
    expect(page.locator(".zk-modeler__canvas .zk-pointed")).not_to_have_count(0)
    shot(page, "modeler-checks")
    assert english_on(page) == []
    _overtaken(page, live, shot)


def _add_second_review(page: Page) -> None:
    """Finds 资格审查, appends a user task by its keyboard menu, and says in the panel what it is."""
    page.locator(".zk-modeler__canvas svg").first.focus()
    page.keyboard.press("Control+f")
    page.keyboard.type("资格审查")
    page.keyboard.press("End")  # the pad listens to keys let go of, which typed Chinese does not send
    page.wait_for_selector(".djs-search-result")
    assert english_on(page) == []
    page.keyboard.press("Enter")
    page.locator(".zk-modeler__canvas svg").first.focus()
    page.evaluate("window.zkStudio.modeler.get('selection').select(window.zkStudio.find('qualification_review'))")
    page.keyboard.press("a")
    page.wait_for_selector(".djs-popup")
    assert english_on(page) == []
    page.keyboard.type("用户任务")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")  # out of the name on the canvas; it is written in the panel
    page.click("#studio-tabs a[href='#pane-properties']")
    panel = page.locator("#pane-properties")
    panel.get_by_label("名称", exact=True).fill("二次审查")
    panel.get_by_label("名称", exact=True).press("Tab")
    panel.locator("select[data-field=formKey]").select_option("expert_entry/qualification_review")
    panel.get_by_label("资格审查岗").check()
    panel.locator("[data-field='dueDate:parameter']").select_option("entry.qualification_period")
    expect(panel.locator("[data-field='dueDate:from']")).to_have_text("now()")


def _saved_task(live: LiveServer) -> Any:
    with live.app.app_context():
        draft = drafts.active(KEY)
        assert draft is not None
        root = etree.fromstring(draft.xml.encode())
    found = root.xpath("//*[local-name()='userTask'][@name='二次审查']")
    return found[0] if found else None


def _overtaken(page: Page, live: LiveServer, shot: Shot) -> None:
    """Somebody else saves; the next save is refused, told, and kept in the page to be taken away as a file."""
    with live.app.app_context():
        draft = drafts.active(KEY)
        assert draft is not None
        with transaction():
            other = drafts.save(draft.id, draft.rev, drafts.DraftChange(note="别人的改动"), OWNER)
    page.click("#studio-tabs a[href='#pane-properties']")
    page.locator("#pane-properties").get_by_label("名称", exact=True).fill("再审一次")
    page.keyboard.press("Control+s")
    note = page.locator(".zk-modeler__notes [role=alert]")
    expect(note).to_contain_text("许砚秋")
    expect(note).to_contain_text("没有存上")
    shot(page, "modeler-overtaken")
    with page.expect_download() as taken:
        note.get_by_role("button", name="下载我的版本").click()
    assert "再审一次" in Path(taken.value.path()).read_text(encoding="utf-8")
    with live.app.app_context():
        kept = drafts.active(KEY)
        assert kept is not None
        assert (kept.rev, "再审一次" in kept.xml) == (other, False)
    note.get_by_role("button", name="看对方的版本").click()
    page.wait_for_url("**/expert_entry")
    page.wait_for_selector("#studio[data-checked]")


def test_a_tab_left_open_over_night_keeps_its_work(page: Page, enter: Enter, shot: Shot) -> None:
    opened(page, enter)
    page.click("#studio-tabs a[href='#pane-properties']")
    page.context.clear_cookies()
    page.locator("#pane-properties [data-field=documentation]").fill("第十二条：连夜改的说明。")
    page.keyboard.press("Control+s")
    note = page.locator(".zk-modeler__notes [role=alert]")
    expect(note).to_contain_text("没有丢")
    expect(note.get_by_role("button", name="下载我的版本")).to_be_visible()
    shot(page, "modeler-logged-out")
    other = page.context.new_page()
    enter(other, roles.PROCESS_OWNER)
    other.close()
    note.get_by_role("button", name="再存一次").click()
    expect(page.locator(".zk-modeler__status")).to_contain_text("已存")
    expect(note).to_have_count(0)


def test_simulation_and_every_kind_of_properties_speak_chinese(page: Page, enter: Enter, axe: Axe, shot: Shot) -> None:
    opened(page, enter)
    page.click("#studio-tabs a[href='#pane-properties']")
    for element in (
        "apply_article_11", "publicity_over", "supplement_delivered", "flow_formal_result_to_request_supplement",
        "formal_result", "application_withdrawn", "record_formal_check", "formal_check", "pool_expert_entry",
    ):  # fmt: skip
        page.evaluate("id => window.zkStudio.point(id)", element)
        expect(page.locator("#pane-properties [data-field=name]").first).to_be_visible()
        assert english_on(page) == [], element
    axe(page)
    shot(page, "modeler-properties")
    page.click("[data-tool=simulate]")
    page.locator(".bts-palette .bts-entry").last.click()
    page.locator(".bts-context-pad").first.click()
    page.wait_for_selector(".bts-log .bts-entry .bts-text")
    assert english_on(page) == []
    page.click("[data-tool=simulate]")


def test_a_version_in_force_is_shown_but_cannot_be_changed(page: Page, enter: Enter, axe: Axe) -> None:
    enter(page, roles.PROCESS_OWNER)
    page.goto("/studio/processes/objection_handling")
    page.wait_for_selector("#studio[data-ready]")
    expect(page.locator("[data-tool=undo]")).to_have_count(0)
    page.click("#studio-tabs a[href='#pane-properties']")
    expect(page.locator("#pane-properties [data-field=documentation]")).to_be_disabled()
    assert english_on(page) == []
    axe(page)
