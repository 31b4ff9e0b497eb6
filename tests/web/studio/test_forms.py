"""Pages of forms: listed with their users, changed in the draft under its state, made, copied and taken out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask

from app.core.transaction import transaction
from app.identity import accounts
from app.workflow.releases import drafts
from tests.conftest import person
from tests.web.house_rules import HouseClient, Page

FORM = "/studio/processes/expert_entry/forms/expert_entry/qualification_review"
KEY = "expert_entry/qualification_review"


@pytest.fixture
def app(world_app: Flask) -> Flask:
    """The application with the demo world and its processes."""
    return world_app


@pytest.fixture
def owner(client: HouseClient) -> HouseClient:
    """A process owner's browser."""
    client.post("/demo/enter", data={"role": "process_owner"})
    client.environ_base["HTTP_X_CSRFTOKEN"] = client.get("/studio/token.json").get_json()["csrf_token"]
    return client


def draft_of(app: Flask) -> tuple[int, int, dict[str, str]]:
    """Number, state and forms of the draft of expert_entry."""
    with app.app_context():
        draft = drafts.active("expert_entry")
        assert draft is not None
        return draft.id, draft.rev, dict(draft.forms)


def begun(app: Flask, owner: HouseClient) -> tuple[int, int, dict[str, str]]:
    """A draft begun from the form's page."""
    answer = owner.post(FORM)
    assert (answer.status_code, answer.location) == (303, FORM)
    return draft_of(app)


def test_every_form_is_listed_with_the_step_that_uses_it(owner: HouseClient) -> None:
    page = Page(owner.get("/studio/forms"))
    assert "资格审查" in page.text
    assert "expert_entry/formal_check" in page.text
    assert "在用的第 1 版" in page.text
    assert "没有环节使用" not in page.text


def test_a_form_in_force_is_shown_and_not_edited(owner: HouseClient) -> None:
    answer = owner.get(FORM)
    assert "从在用版本起草" in answer.text
    assert "form-editor" not in answer.text
    assert 'action="/studio/preview/form"' in answer.text


def test_those_who_only_read_processes_see_the_form(client: HouseClient) -> None:
    client.post("/demo/enter", data={"role": "bureau_leader"})
    answer = client.get(FORM)
    assert answer.status_code == 200
    assert "从在用版本起草" not in answer.text
    assert client.post(FORM).status_code == 403
    client.environ_base["HTTP_X_CSRFTOKEN"] = client.get("/studio/token.json").get_json()["csrf_token"]
    assert client.put("/studio/drafts/1/forms/a/b", data="{}").status_code == 403


def test_the_editor_is_told_what_the_server_reads(app: Flask, owner: HouseClient) -> None:
    begun(app, owner)
    answer = owner.get(FORM)
    assert "'unsafe-inline'" in answer.headers["Content-Security-Policy"]
    assert "script-src 'self';" in answer.headers["Content-Security-Policy"]
    from lxml import html

    editor = html.fromstring(answer.text).get_element_by_id("form-editor")
    vocabulary = json.loads(editor.get("data-vocabulary"))
    assert "html" not in vocabulary["components"]
    assert {"iframe", "documentPreview", "table"}.isdisjoint(vocabulary["components"])
    assert "minRows" in vocabulary["properties"]["dynamiclist"]
    assert any(one["name"] == "parameter" for one in json.loads(editor.get("data-feel-functions")))


def test_a_form_is_saved_under_the_state_of_its_draft(app: Flask, owner: HouseClient) -> None:
    draft_id, rev, forms = begun(app, owner)
    schema = json.loads(forms[KEY])
    schema["components"][0]["label"] = "逐条核对情况"
    source = f"/studio/drafts/{draft_id}/forms/{KEY}"
    assert owner.get(source).headers["ETag"] == f'"{rev}"'
    answer = owner.put(source, data=json.dumps(schema), headers={"If-Match": f'"{rev}"'})
    assert answer.get_json()["rev"] == rev + 1
    assert json.loads(draft_of(app)[2][KEY])["components"][0]["label"] == "逐条核对情况"


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(app: Flask, owner: HouseClient) -> None:
    draft_id, rev, forms = begun(app, owner)
    with app.app_context():
        other = accounts.actor_of(person("process_owner"), "127.0.0.1")
        with transaction():
            drafts.put_form(draft_id, rev, KEY, forms[KEY] + "\n", other)
    answer = owner.put(f"/studio/drafts/{draft_id}/forms/{KEY}", data=forms[KEY], headers={"If-Match": f'"{rev}"'})
    assert answer.status_code == 409
    told = answer.get_json()
    assert told["rev"] == rev + 1
    assert told["saved_by"] in told["message"]
    assert draft_of(app)[2][KEY] == forms[KEY] + "\n"


@pytest.mark.parametrize(("body", "headers", "status"), [
    ("not json", {"If-Match": '"1"'}, 422),
    ("[]", {"If-Match": '"1"'}, 422),
    ('{"components": []}', {}, 428),
    ('{"components": []}', {"If-Match": "yesterday"}, 428),
    (b"\xff\xfe", {"If-Match": '"1"'}, 422),
])  # fmt: skip
def test_what_is_no_form_is_refused_in_words(
    app: Flask, owner: HouseClient, body: Any, headers: dict[str, str], status: int
) -> None:
    draft_id, rev, forms = begun(app, owner)
    answer = owner.put(f"/studio/drafts/{draft_id}/forms/{KEY}", data=body, headers=headers)
    assert answer.status_code == status
    assert any("\u4e00" <= sign <= "\u9fff" for sign in answer.get_json()["message"])
    assert draft_of(app)[1:] == (rev, forms)


def test_findings_name_the_component_they_lead_to(owner: HouseClient) -> None:
    schema = {"type": "default", "components": [
        {"type": "html", "id": "bad", "label": "网页"},
        {"type": "textfield", "id": "field_a", "label": "意见", "key": "不行"},
    ]}  # fmt: skip
    found = owner.post("/studio/check/form", data=json.dumps(schema)).get_json()["findings"]
    assert [(one["id"], one["where"]) for one in found] == [("bad", "网页"), ("field_a", "意见")]
    assert found[0]["message"] == "不允许嵌入 HTML，请改用文本组件"


def test_a_new_form_is_empty_or_a_copy_and_opens_in_the_editor(app: Flask, owner: HouseClient) -> None:
    answer = owner.post("/studio/processes/expert_entry/forms", data={"title": "二次审查", "name": "second_review"})
    assert answer.status_code == 303
    assert answer.location == "/studio/processes/expert_entry/forms/expert_entry/second_review"
    made = json.loads(draft_of(app)[2]["expert_entry/second_review"])
    assert made["components"][0]["label"] == "提交二次审查"
    assert owner.post("/studio/check/form", data=json.dumps(made)).get_json() == {"findings": []}
    owner.post("/studio/processes/expert_entry/forms", data={"title": "三次审查", "name": "third", "copy_of": KEY})
    copy = json.loads(draft_of(app)[2]["expert_entry/third"])
    assert (copy["id"], copy["properties"]["title"]) == ("third", "三次审查")
    assert copy["components"] == json.loads(draft_of(app)[2][KEY])["components"]


@pytest.mark.parametrize(("data", "message"), [
    ({"title": "", "name": "a"}, "请填写“表单名称”"),
    ({"title": "甲", "name": "../x"}, "标识用小写字母"),
    ({"title": "甲", "name": "formal_check"}, "已有标识为“expert_entry/formal_check”的表单"),
    ({"title": "甲", "name": "a", "copy_of": "nothing/there"}, "没有表单“nothing/there”可以抄"),
])  # fmt: skip
def test_a_new_form_needs_a_name_and_a_free_key(owner: HouseClient, data: dict[str, str], message: str) -> None:
    answer = owner.post("/studio/processes/expert_entry/forms", data=data)
    assert answer.status_code == 422
    assert message in Page(answer).text


def test_a_form_is_taken_out_only_when_no_step_uses_it(app: Flask, owner: HouseClient) -> None:
    _id, rev, _forms = begun(app, owner)
    remove = f"/studio/processes/expert_entry/remove-form/{KEY}"
    assert "还在用，不能删去" in Page(owner.get(remove)).text
    refused = owner.post(remove, data={"rev": rev})
    assert refused.status_code == 422
    assert "“资格审查”还在用这张表单" in Page(refused).text
    owner.post("/studio/processes/expert_entry/forms", data={"title": "二次审查", "name": "second_review"})
    rev = draft_of(app)[1]
    remove = "/studio/processes/expert_entry/remove-form/expert_entry/second_review"
    assert "从草稿删去这张表单" in owner.get(remove).text
    assert owner.post(remove, data={}).status_code == 409
    assert owner.post(remove, data={"rev": rev}).status_code == 303
    assert "expert_entry/second_review" not in draft_of(app)[2]
