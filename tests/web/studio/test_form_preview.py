"""The preview of a form: drawn as tasks are, checked as tasks are, filled in without script, kept nowhere."""

from __future__ import annotations

import io
import json
import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.web.house_rules import HouseClient

LIST = {
    "type": "default", "id": "works", "properties": {"title": "工作经历", "next": "=\"送审查\""},
    "components": [
        {"type": "dynamiclist", "id": "list", "label": "经历", "path": "works", "properties": {"minRows": "1"},
         "components": [{"type": "textfield", "id": "unit", "key": "unit", "label": "单位",
                         "validate": {"required": True}}]},
        {"type": "button", "id": "send", "label": "提交工作经历", "action": "submit"},
    ],
}  # fmt: skip


@pytest.fixture
def owner(app: Flask, client: HouseClient) -> HouseClient:
    """A process owner's browser."""
    from tests.conftest import person

    with app.app_context():
        person("process_owner")
    client.post("/demo/enter", data={"role": "process_owner"})
    client.environ_base["HTTP_X_CSRFTOKEN"] = client.get("/studio/token.json").get_json()["csrf_token"]
    return client


def preview(owner: HouseClient, schema: Any, **sent: Any) -> TestResponse:
    """The page in the frame."""
    text = schema if isinstance(schema, str) else json.dumps(schema, ensure_ascii=False)
    answer = owner.post("/studio/preview/form", data={"_schema": text, **sent})
    assert answer.status_code == 200
    return answer


def test_it_is_drawn_by_the_renderer_of_tasks_in_a_frame_of_this_site(owner: HouseClient) -> None:
    answer = preview(owner, LIST)
    assert "再加一项：经历" in answer.text
    assert "送审查" in answer.text
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]


def test_a_repeated_group_is_filled_in_without_script(owner: HouseClient) -> None:
    first = preview(owner, LIST, **{"works.0.#": "1", "works.0.unit": "并州大学", "_do": "add:works"})
    assert 'value="并州大学"' in first.text
    assert 'name="works.1.unit"' in first.text
    rows = {"works.0.#": "1", "works.0.unit": "并州大学", "works.1.#": "1", "works.1.unit": ""}
    wrong = preview(owner, LIST, **rows, _do="submit")
    assert "请填写“单位”" in wrong.text
    assert "可以提交" not in wrong.text
    gone = preview(owner, LIST, **rows, _do="remove:works:1")
    assert 'name="works.1.unit"' not in gone.text
    right = preview(owner, LIST, **{"works.0.#": "1", "works.0.unit": "并州大学", "_do": "submit"})
    assert "填写的内容可以提交" in right.text


def test_what_was_typed_goes_along_with_the_form_itself(owner: HouseClient) -> None:
    text = preview(owner, LIST, **{"works.0.#": "1", "works.0.unit": "并州大学", "_do": "refresh"}).text
    kept = re.search(r'name="_schema" value="([^"]*)"', text)
    assert kept is not None
    assert json.loads(unescape(kept.group(1))) == LIST


def test_data_of_a_case_fill_expressions(owner: HouseClient) -> None:
    schema = {"type": "default", "components": [
        {"type": "text", "id": "t", "text": "申请人：{{applicant.name}}"},
        {"type": "textfield", "id": "n", "key": "note", "label": "意见", "validate": {"maxLength": "=limit"}},
    ]}  # fmt: skip
    assert "算不出来" in preview(owner, schema, note="一", _do="submit").text
    told = preview(owner, schema, _data='{"applicant": {"name": "周启明"}, "limit": 5}').text
    assert "申请人：周启明" in told
    assert "JSON 对象" in preview(owner, schema, _data="[1]").text


@pytest.mark.parametrize(("schema", "message"), [
    ("nonsense", "不是完整的 JSON"),
    ({"type": "default", "components": [{"type": "iframe", "id": "x"}]}, "有 1 处要改正"),
    ({"type": "default", "components": [
        {"type": "number", "id": "a", "key": "a", "label": "甲", "validate": {"min": '=parameter("no.such")'}}]},
     ""),
])  # fmt: skip
def test_a_form_that_cannot_be_shown_says_why(owner: HouseClient, schema: Any, message: str) -> None:
    assert message in preview(owner, schema).text


def test_files_are_checked_and_thrown_away(owner: HouseClient) -> None:
    schema = {"type": "default", "components": [
        {"type": "filepicker", "id": "f", "key": "proof", "label": "证明", "accept": ".pdf",
         "validate": {"required": True}},
    ]}  # fmt: skip
    sent = preview(owner, schema, proof=(io.BytesIO(b"%PDF-1.7"), "证明.pdf"), _do="refresh").text
    kept = re.search(r'name="proof" value="([^"]+)"', sent)
    assert kept is not None
    assert "填写的内容可以提交" in preview(owner, schema, proof=kept.group(1), _do="submit").text
    assert "请上传“证明”" in preview(owner, schema, proof="bm9uc2Vuc2U=", _do="submit").text
    assert "只收" in preview(owner, schema, proof=(io.BytesIO(b"MZ"), "a.exe"), _do="submit").text


def test_applicants_and_experts_have_no_preview(app: Flask, client: HouseClient) -> None:
    assert client.post("/studio/preview/form", data={}).status_code in (302, 401)
