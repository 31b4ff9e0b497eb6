"""Forms on pages, without script: every component is drawn, errors are linked, what was typed stays."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.forms.form_page import add_form_page
from tests.web.house_rules import HouseClient, Page

TODAY = date(2026, 3, 2)
DATA: dict[str, Any] = {
    "applicant": "周启明", "age": 48, "known_tags": ["甲类", "乙类"], "today": TODAY,
    "precheck": [
        {"code": "age", "label": "年龄", "reason": "48 周岁", "article": "第十一条（一）5", "mark": "ok"},
        {"code": "credit", "label": "失信", "reason": "须人工查询", "article": "第十一条（一）6", "mark": "idle"},
    ],
}


def posted(client: HouseClient, **values: Any) -> Page:
    return Page(client.post("/form", data=values))


def test_every_component_is_drawn(app: Flask, client: HouseClient) -> None:
    add_form_page(app, "every_component", DATA, TODAY)
    page = client.page("/form")
    for words in ("说明", "您好，周启明。", "单位", "意见", "第十二条（三）", "同意公示", "人工智能", "甲类",
                  "单位推荐", "高校", "评定日期", "会议时间", "证明", "两倍", "经历 第 1 项", "再加一项：经历",
                  "按所填内容更新表单"):
        assert words in page.text, words
    assert "自荐理由" not in page.text
    assert page.typed("channel") is None, "nothing is chosen beforehand"
    assert page.root.xpath('//input[@id="f-applicant"]/@value') == ["周启明"]
    assert page.root.xpath('//input[@id="f-day"]/@type') == ["date"]


def test_rules_are_listed_with_what_the_check_found(app: Flask, client: HouseClient) -> None:
    add_form_page(app, "qualification_review", DATA, TODAY)
    page = client.page("/form")
    assert "符合：年龄 第十一条（一）5" in page.text
    assert "未核对：失信" in page.text
    assert "共 2 项，还有 2 项未核对" in page.text
    assert "列入拟入库名单，送复核" in page.text


def test_errors_are_summed_up_linked_and_what_was_typed_stays(app: Flask, client: HouseClient) -> None:
    add_form_page(app, "every_component", DATA, TODAY)
    page = posted(client, _do="submit", years="九九", mail="坏@", day="2026年13月1日", opinion="太短",
                  **{"unit.name": "<b>并州</b>", "jobs.0.from": "昨天"})
    assert page.title.startswith("有错误：")
    assert page.errors["f-years"] == "“年限”填写的“九九”不是数字，请只填数字"
    assert page.errors["f-jobs-0-from"].startswith("“开始”填写的“昨天”不是有效的日期")
    assert page.errors["f-agree"] == "请勾选“同意公示”"
    assert page.typed("years") == "九九"
    assert page.typed("unit.name") == "<b>并州</b>"
    assert page.typed("day") == "2026年13月1日"
    assert page.typed("jobs.0.from") == "昨天"
    assert page.root.xpath('//input[@id="f-day"]/@type') == ["text"], "a date control would drop what was typed"
    years = page.root.xpath('//input[@id="f-years"]')[0]
    assert (years.get("aria-invalid"), years.get("aria-describedby")) == ("true", "f-years-error")
    assert page.root.xpath('//*[contains(@class, "zk-errors")]/@autofocus')


@pytest.mark.parametrize("value", ['"><script>alert(1)</script>', "{{ 7 * 7 }}", "'; drop table x; --"])
def test_what_was_typed_is_shown_and_never_run(app: Flask, value: str) -> None:
    add_form_page(app, "every_component", {**DATA, "applicant": "演示"}, TODAY)
    plain = FlaskClient(app, app.response_class)  # the house's client would take typed braces for a template
    token = Page(plain.get("/form")).typed("csrf_token")
    answer = plain.post("/form", data={"csrf_token": token, "_do": "draft", "unit.name": value, "opinion": value})
    page = Page(answer)
    assert page.typed("unit.name") == value
    assert (page.typed("opinion") or "").strip() == value
    assert "<script>alert" not in answer.get_data(as_text=True)


def test_rows_are_added_and_removed_by_buttons(app: Flask, client: HouseClient) -> None:
    add_form_page(app, "every_component", DATA, TODAY)
    more = posted(client, _do="add:jobs", **{"jobs.0.from": "2011-03-01", "jobs.0.#": "1"})
    assert (more.typed("jobs.0.from"), more.typed("jobs.1.from")) == ("2011-03-01", "")
    assert not more.errors, "nothing is complained of before it is submitted"
    less = posted(client, _do="remove:jobs:0", **{"jobs.0.from": "2011-03-01", "jobs.1.from": "2012-03-01"})
    assert (less.typed("jobs.0.from"), less.typed("jobs.1.from")) == ("2012-03-01", None)


def test_a_row_with_nothing_in_it_is_still_a_row(app: Flask, client: HouseClient) -> None:
    add_form_page(app, "every_component", DATA, TODAY)
    page = posted(client, _do="submit", **{"jobs.0.#": "1", "jobs.1.#": "1"})
    assert page.errors["f-jobs-1-from"] == "请填写“开始”"


def test_a_choice_brings_up_what_depends_on_it(app: Flask, client: HouseClient) -> None:
    add_form_page(app, "every_component", DATA, TODAY)
    page = posted(client, _do="refresh", channel="self")
    assert "自荐理由" in page.text
    assert page.typed("channel") == "self"
    assert not page.errors


def test_files_stay_through_errors_and_can_be_taken_out(app: Flask, client: HouseClient) -> None:
    files = add_form_page(app, "every_component", DATA, TODAY)
    first = posted(client, _do="submit", proof=(io.BytesIO(b"%PDF-1.7"), "职称证书.pdf", "application/pdf"))
    assert "职称证书.pdf" in first.text
    assert "f-proof" not in first.errors
    assert first.typed("proof") == "1"
    again = posted(client, _do="draft", proof="1")
    assert "职称证书.pdf" in again.text
    gone = posted(client, _do="drop:proof:1", proof="1")
    assert "职称证书.pdf" not in gone.text
    assert list(files.records) == ["1"]


def test_a_refused_file_is_named_at_its_field_even_in_a_draft(app: Flask, client: HouseClient) -> None:
    add_form_page(app, "every_component", DATA, TODAY)
    page = posted(client, _do="draft", proof=(io.BytesIO(b"MZ"), "木马.exe", "application/pdf"))
    assert page.errors == {"f-proof": "“木马.exe”是程序，不能上传"}


def test_another_persons_file_is_not_taken_by_its_number(app: Flask, client: HouseClient) -> None:
    add_form_page(app, "every_component", DATA, TODAY)
    assert posted(client, _do="draft", proof="99").typed("proof") == ""


@pytest.mark.parametrize("name", ["jobs.99999999999999999999.from", "jobs.².from", "jobs..from", "jobs", "unit"])
def test_strange_names_do_no_harm(app: Flask, client: HouseClient, name: str) -> None:
    add_form_page(app, "every_component", DATA, TODAY)
    assert posted(client, _do="submit", **{name: "x"}).status == 200


@pytest.mark.parametrize("key", ["data", "errors", "validate", "process", "meta", "csrf_token_", "_do_"])
def test_keys_that_wtforms_uses_itself_are_ordinary_keys(app: Flask, client: HouseClient, key: str) -> None:
    form = {"type": "default", "id": "f", "components": [
        {"type": "textfield", "id": "a", "key": key, "label": "甲", "validate": {"required": True}}]}
    add_form_page(app, form, DATA, TODAY)
    page = posted(client, _do="submit", **{key: "值"})
    assert (page.typed(key), page.errors) == ("值", {})
