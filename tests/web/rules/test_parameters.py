"""Changing a parameter at the pages: who may, what it touches, what is said of mistakes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.identity import roles
from app.regulations import store
from app.regulations.parameters import REGISTER
from tests.conftest import client_of
from tests.web.house_rules import HouseClient, Page

CHANGE = {"value": "7", "valid_from": "2026-04-01", "document_number": "晋政信发〔2026〕12号", "reason": "异议增多"}
PERIOD = "/rules/parameters/publicity.period"


@pytest.fixture
def owner(client: HouseClient, login: Callable[..., object]) -> HouseClient:
    login(roles.PROCESS_OWNER)
    return client


def proposed(owner: HouseClient, key: str = "publicity.period", **changes: Any) -> str:
    answer = owner.post(f"/rules/parameters/{key}/change", data={**CHANGE, **changes})
    assert answer.status_code == 302, Page(answer).text[:600]
    return str(answer.headers["Location"])


@pytest.mark.parametrize("declared", REGISTER, ids=lambda declared: declared.key)
def test_every_parameter_has_its_page_and_an_editor_that_keeps_its_value(owner: HouseClient, declared: Any) -> None:
    page = owner.page(f"/rules/parameters/{declared.key}")
    assert page.heading == declared.label
    form = owner.page(f"/rules/parameters/{declared.key}/change")
    names = form.root.xpath('//input[@name="name"]/@value')
    items = form.root.xpath('//input[@name="items"]/@value')
    data = {"value": form.typed("value") or "", "name": names, "items": items}
    answer = Page(owner.post(f"/rules/parameters/{declared.key}/change", data={**CHANGE, **data}))
    assert "没有改动" in answer.errors["value"], "what the editor shows is read back as it is"


def test_the_page_tells_value_article_history_and_where_it_is_used(owner: HouseClient) -> None:
    page = owner.page(PERIOD)
    assert "5个工作日" in page.text
    assert "第十二条（三）" in page.text
    assert "旧案旧办" in page.text
    assert "没有修改过" in page.text


def test_there_is_no_such_parameter(owner: HouseClient) -> None:
    for path in ("/rules/parameters/no.such", "/rules/parameters/no.such/change", "/rules/changes/9"):
        assert owner.get(path).status_code == 404


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("value", "七", "“七”不是整数"),
        ("value", "-5", "“-5”不是整数"),
        ("value", "700", "超出范围"),
        ("value", "", "不是整数"),
        ("value", "9" * 40, "不是整数"),
        ("valid_from", "2026-03-02", "最早从明天"),
        ("valid_from", "", "请填写日期"),
        ("valid_from", "2026-02-30", "请填写日期"),
        ("document_number", "", "第十二条（三）规定的是5个工作日，拟改的多于办法的规定"),
        ("reason", "", "写明修改的理由"),
    ],
)
def test_a_mistake_is_told_at_the_field_and_what_was_typed_is_kept(
    owner: HouseClient, field: str, typed: str, words: str
) -> None:
    page = Page(owner.post(f"{PERIOD}/change", data={**CHANGE, field: typed}))
    assert page.status == 422
    assert words in page.errors[field]
    for name, value in {**CHANGE, field: typed}.items():
        assert page.typed(name) == value


def test_lists_and_tables_are_typed_in_their_own_editors(owner: HouseClient, app: Flask) -> None:
    proposed(owner, "entry.age_exemptions", value="两院院士\n享受政府特殊津贴\n国家级教学名师\n")
    proposed(owner, "selection.panel_sizes", value="5，7、9")
    names, items = ["云网基础设施", "人工智能"], ["基础设施", "人工智能"]
    data = {**CHANGE, "name": names, "items": items}
    short = Page(owner.post("/rules/parameters/entry.direction_fields/change", data=data))
    assert "没有对应领域" in short.errors["value"]
    twice = Page(owner.post("/rules/parameters/entry.direction_fields/change", data={**data, "name": ["甲", "甲"]}))
    assert "写了两行" in twice.errors["value"]
    assert twice.root.xpath('//input[@name="items"]/@value')[:2] == items


def test_the_leader_approves_and_the_value_holds_from_its_day(
    owner: HouseClient, app: Flask, login: Callable[..., object], travel: Callable[[str], object]
) -> None:
    where = proposed(owner)
    assert "你提出的修改由局领导审批" in owner.page(where).text
    owner.post(f"{where}/decide", data={"decision": "approve"})
    login(roles.BUREAU_LEADER)
    page = owner.page(where)
    assert "多于办法的规定" in page.text
    assert "在办件" in page.text
    assert owner.post(f"{where}/decide", data={"decision": "refuse"}).status_code == 422
    owner.post(f"{where}/decide", data={"decision": "approve"})
    assert "已批准" in owner.page(where).text
    assert "待施行" in owner.page("/rules/").text
    travel("2026-04-01 08:00")
    with app.app_context():
        store.forget()
    history = owner.page(PERIOD).text
    assert "2026年4月1日至2026年12月31日" in history
    assert "2025年1月1日至2026年3月31日" in history
    overview = owner.page("/rules/").text
    assert "7个工作日" in overview
    assert "到期后没有新规则" not in overview, "a set that a change ended has not lapsed"


def test_an_approved_change_is_taken_back_by_an_approver_with_a_reason(
    owner: HouseClient, login: Callable[..., object]
) -> None:
    where = proposed(owner)
    login(roles.BUREAU_LEADER)
    owner.post(f"{where}/decide", data={"decision": "approve"})
    assert "不再改为7个工作日" in owner.page(f"{where}/withdraw").text
    assert owner.post(f"{where}/withdraw", data={"reason": ""}).status_code == 422
    owner.post(f"{where}/withdraw", data={"reason": "会议另有决定"})
    assert "已撤回" in owner.page(where).text
    login(roles.PROCESS_OWNER)
    assert owner.post(f"{where}/withdraw", data={"reason": "x"}).status_code == 409


def test_another_proposal_for_it_is_shown_before_one_is_made(owner: HouseClient) -> None:
    proposed(owner)
    assert "已有一份待审批的修改" in owner.page(f"{PERIOD}/change").text
    second = proposed(owner, value="9")
    assert "另有待审批的修改" in owner.page(second).text


@pytest.mark.parametrize("role", [roles.CENTER_CLERK, roles.AUDITOR, roles.BUREAU_LEADER])
def test_others_read_but_do_not_change(client: HouseClient, login: Callable[..., object], role: str) -> None:
    login(role)
    client.page(PERIOD)
    assert client.get(f"{PERIOD}/change").status_code == 403
    assert client.post(f"{PERIOD}/change", data=CHANGE).status_code == 403


def test_a_change_away_from_the_article_is_put_to_the_leader_and_its_end_to_the_proposer(
    owner: HouseClient, app: Flask, login: Callable[..., object]
) -> None:
    leader = client_of(app)
    login(roles.BUREAU_LEADER, client=leader)
    change = proposed(owner)
    told = leader.page("/messages/")
    assert "请审批修改：公示期从2026年4月1日起改为7个工作日" in told.text
    assert change in told.links().values()
    leader.post(f"{change}/decide", data={"decision": "approve"})
    assert "已批准：公示期从2026年4月1日起改为7个工作日" in owner.page("/messages/").text
