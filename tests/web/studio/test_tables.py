"""Pages of decision tables: listed, changed in the draft, tried out on the server, made and taken out."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from app.workflow.releases import drafts
from tests.web.house_rules import HouseClient, Page

TABLE = "/studio/processes/expert_entry/tables/article_11.dmn"
XML = (Path(__file__).parents[3] / "processes/dmn/article_11.dmn").read_text(encoding="utf-8")


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
    """Number, state and tables of the draft of expert_entry."""
    with app.app_context():
        draft = drafts.active("expert_entry")
        assert draft is not None
        return draft.id, draft.rev, dict(draft.tables)


def test_every_table_is_listed_with_the_step_that_asks_it(owner: HouseClient) -> None:
    page = Page(owner.get("/studio/tables"))
    assert "第十一条预审" in page.text
    assert "对照第十一条预审" in page.text


def test_a_table_in_force_is_shown_and_a_draft_begun_from_its_page(app: Flask, owner: HouseClient) -> None:
    answer = owner.get(TABLE)
    assert 'data-readonly="true"' in answer.text
    assert "'unsafe-inline'" in answer.headers["Content-Security-Policy"]
    assert owner.get(f"{TABLE}/table.dmn").text == XML
    assert owner.post(TABLE).status_code == 303
    assert 'data-readonly="false"' in owner.get(TABLE).text


def test_a_table_is_saved_under_the_state_of_its_draft(app: Flask, owner: HouseClient) -> None:
    owner.post(TABLE)
    draft_id, rev, _tables = draft_of(app)
    url, changed = f"/studio/drafts/{draft_id}/tables/article_11.dmn", XML.replace("没有未满的禁入期", "不在禁入期")
    answer = owner.put(url, data=changed.encode(), headers={"If-Match": f'"{rev}"'})
    assert answer.get_json()["rev"] == rev + 1
    assert owner.get(url).text == changed
    stale = owner.put(url, data=XML.encode(), headers={"If-Match": f'"{rev}"'})
    assert stale.status_code == 409
    assert stale.get_json()["saved_by"] == "沈望舒"


@pytest.mark.parametrize("body", [
    b"<definitions/>", b"no xml", b'<!DOCTYPE d [<!ENTITY a "b">]><d/>', b"<" + b"a" * 3_000_000,
])  # fmt: skip
def test_what_is_no_table_is_refused_in_words(app: Flask, owner: HouseClient, body: bytes) -> None:
    owner.post(TABLE)
    draft_id, rev, tables = draft_of(app)
    answer = owner.put(f"/studio/drafts/{draft_id}/tables/article_11.dmn", data=body, headers={"If-Match": f'"{rev}"'})
    assert answer.status_code == 422
    assert "决策表" in answer.get_json()["message"] or "DMN" in answer.get_json()["message"]
    assert draft_of(app)[1:] == (rev, tables)


def test_a_table_is_tried_out_with_what_was_typed(owner: HouseClient) -> None:
    typed = {"facts.age": "61", "facts.max_age": "60", "facts.committed": "true", "facts.exemption_proof": "missing"}
    body = {"xml": XML, "decision": "article_11", "typed": typed}
    answer = owner.post("/studio/preview/table", json=body).get_json()
    assert [rule["index"] for rule in answer["tried"]["matched"]] == [1, 5]
    assert {row["result"] for row in answer["tried"]["value"]} == {"符合", "不符合"}
    assert answer["findings"] == []
    assert "年龄豁免的证明" in [one["label"] for one in answer["asked"]]


@pytest.mark.parametrize("body", [None, [], {"xml": 5}, {"xml": "nothing"}])
def test_a_broken_question_is_answered_in_words(owner: HouseClient, body: object) -> None:
    answer = owner.post("/studio/preview/table", json=body)
    assert answer.status_code == 422
    assert answer.get_json()["message"]


def test_a_new_table_is_in_order_and_can_be_taken_out_again(app: Flask, owner: HouseClient) -> None:
    answer = owner.post("/studio/processes/expert_entry/tables", data={"title": "分流 & 二审", "name": "second_review"})
    assert answer.location == "/studio/processes/expert_entry/tables/second_review.dmn"
    xml = draft_of(app)[2]["second_review.dmn"]
    found = owner.post("/studio/preview/table", json={"xml": xml, "decision": "second_review"}).get_json()
    assert found["findings"] == []
    assert "分流 &amp; 二审" in owner.get(answer.location).text
    remove = "/studio/processes/expert_entry/remove-table/second_review.dmn"
    assert owner.post(remove, data={"rev": draft_of(app)[1]}).status_code == 303
    assert "second_review.dmn" not in draft_of(app)[2]
    used = "/studio/processes/expert_entry/remove-table/article_11.dmn"
    assert "不能删去" in owner.get(used).text
    assert owner.post(used, data={"rev": draft_of(app)[1]}).status_code == 422


@pytest.mark.parametrize(("data", "message"), [
    ({"title": "", "name": "a"}, "请填写“决策表名称”"),
    ({"title": "甲", "name": "Bad-Name"}, "标识以小写字母开头"),
    ({"title": "甲", "name": "article_11"}, "已有标识为“article_11”的决策表"),
])  # fmt: skip
def test_a_new_table_needs_a_name_and_a_free_key(owner: HouseClient, data: dict[str, str], message: str) -> None:
    answer = owner.post("/studio/processes/expert_entry/tables", data=data)
    assert answer.status_code == 422
    assert message in Page(answer).text
