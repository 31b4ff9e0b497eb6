"""The page that imports diagrams of other products: report, choices, draft; nothing half-written on an error."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from flask import Flask

from app.workflow.releases import drafts
from tests.web.house_rules import HouseClient, Page
from tests.web.studio.releasing import Studio

FOREIGN = Path(__file__).parents[2] / "data" / "foreign"
_URL = "/studio/import-bpmn"


@pytest.fixture
def studio(app: Flask) -> Studio:
    """A process `leave` in force with one step."""
    made = Studio(app)
    made.inside(lambda desk: desk.deploy("ask"))
    return made


def _upload(client: HouseClient, content: bytes, file_name: str = "expense.bpmn", **typed: str) -> Page:
    data = {"file": (io.BytesIO(content), file_name), "act": "check", **typed}
    return Page(client.post(_URL, data=data, content_type="multipart/form-data"))


def _sample(name: str) -> bytes:
    return (FOREIGN / name).read_bytes()


def _fields(page: Page) -> dict[str, str]:
    """What the page would send as it stands."""
    form = page.root.xpath("//form[.//input[@name='source']]")[0]
    return {name: value for name, value in form.form_values() if name not in ("csrf_token", "file")}


def test_the_way_there_and_the_report(studio: Studio) -> None:
    assert studio.first.page("/studio/import").links()["导入别的软件画的 .bpmn 文件"] == _URL
    assert studio.first.page(_URL).heading == "导入 .bpmn 文件"
    page = _upload(studio.first, _sample("camunda7_expense.bpmn"))
    assert page.status == 200
    for words in (
        "expense.bpmn，由 Camunda 7 导出", "“accounting”是哪个岗位", "“付款”用哪个操作", "抄“leave/ask”",
        "改写为“amount > 7000 and approved”", "没有导入的扩展：camunda:taskListener",
    ):  # fmt: skip
        assert words in page.text
    assert (page.typed("key"), page.typed("name")) == ("travel_expense", "差旅报销")
    assert studio.inside(lambda desk: drafts.active("travel_expense")) is None


def test_choices_are_kept_and_the_draft_opens_with_its_check_list(studio: Studio) -> None:
    page = _upload(studio.first, _sample("camunda7_expense.bpmn"))
    typed = _fields(page) | {"choice-group:accounting": "center_clerk", "key": "expense", "act": "check"}
    again = Page(studio.first.post(_URL, data=typed))
    assert again.typed("choice-group:accounting") == "center_clerk"
    assert again.typed("key") == "expense"
    done = Page(studio.first.post(_URL, data={**_fields(again), "act": "import"}, follow_redirects=True))
    assert "已导入为流程“差旅报销”的草稿" in done.text
    assert done.heading == "差旅报销"
    draft = studio.inside(lambda desk: drafts.active("expense"))
    assert draft is not None
    assert (draft.origin, set(draft.forms)) == ("import", {"expense/activity_check"})
    assert 'camunda:candidateGroups="center_clerk"' in draft.xml


def test_one_of_two_processes_is_chosen(studio: Studio) -> None:
    page = _upload(studio.first, _sample("two_pools.bpmn"))
    assert page.typed("process") == "handling"
    typed = _fields(page) | {"process": "asking", "key": "asking", "name": "递交申请", "act": "check"}
    other = Page(studio.first.post(_URL, data=typed))
    assert (other.typed("process"), "递交" in other.text) == ("asking", True)


def test_a_key_that_is_used_is_not_suggested_and_not_taken(studio: Studio) -> None:
    content = _sample("two_pools.bpmn").replace(b'"handling"', b'"leave"')
    page = _upload(studio.first, content)
    assert page.typed("key") == "leave_2"
    refused = Page(studio.first.post(_URL, data={**_fields(page), "key": "leave", "name": "受理", "act": "import"}))
    assert refused.status == 409
    assert set(refused.errors) == {"key"}
    assert (refused.typed("key"), refused.typed("name")) == ("leave", "受理")
    assert studio.inside(lambda desk: drafts.active("leave")) is None


@pytest.mark.parametrize("key", ["A b", "x", "1x", "a\x01b", "leave/../x"])
def test_a_key_that_cannot_be_used_is_refused_at_its_field(studio: Studio, key: str) -> None:
    page = _upload(studio.first, _sample("two_pools.bpmn"))
    refused = Page(studio.first.post(_URL, data={**_fields(page), "key": key, "name": "受\x01理", "act": "import"}))
    assert (refused.status, set(refused.errors)) == (422, {"key"})
    assert refused.root.xpath("//input[@name='source']/@value") == page.root.xpath("//input[@name='source']/@value")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "文件是空的"),
        (b"<html/>", "不是 BPMN 流程图"),
        (b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>', "DMN 决策表"),
        (b"<!DOCTYPE d [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><d>&x;</d>", "DOCTYPE"),
    ],
)
def test_bad_files_are_refused_and_what_was_typed_is_kept(studio: Studio, content: bytes, said: str) -> None:
    typed = {"key": "expense", "name": "报销", "choice-group:accounting": "center_clerk"}
    page = _upload(studio.first, content, "坏文件.bpmn", **typed)
    assert (page.status, set(page.errors)) == (422, {"file"})
    assert said in page.errors["file"]
    assert "坏文件.bpmn" in page.text
    assert (page.typed("key"), page.typed("name")) == ("expense", "报销")
    assert page.typed("choice-group:accounting") == "center_clerk"


def test_no_file_and_a_damaged_page_are_told(studio: Studio) -> None:
    assert Page(studio.first.post(_URL, data={})).errors == {"file": "选择要导入的 .bpmn 文件"}
    damaged = Page(studio.first.post(_URL, data={"source": "no base64!", "file_name": "a.bpmn"}))
    assert "损坏" in damaged.errors["file"]


def test_only_process_owners_import(studio: Studio) -> None:
    assert studio.leader.get(_URL).status_code == 403
