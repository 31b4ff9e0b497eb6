"""Objections at the public board: by name, in the period, about somebody who is on it (第十二条（三）)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core.database import db
from app.procedures.objection.models import Objection
from app.registers import identity_number
from app.registers.models import ProposedExpert
from app.workflow.models import Instance, Task
from tests.web.applying import code_of, posted
from tests.web.house_rules import HouseClient, Page

Travel = Callable[[str], datetime]
CANDIDATE = "周若水"
_FIRST = "14010519800512301"
TYPED = {
    "kind": "individual", "objector_name": "程立秋", "id_number": _FIRST + identity_number.check_character(_FIRST),
    "phone": "13900003001", "matter": "从业年限不实", "grounds": "其 2019 年前在其他行业工作。",
}


@pytest.fixture
def app(world_app: Flask) -> Flask:
    """The application with the demo world, whose second batch is open until 3 March."""
    return world_app


@pytest.fixture
def number(app: Flask) -> str:
    """The application number of somebody on the board."""
    with app.app_context():
        statement = sa.select(ProposedExpert.application_no).where(ProposedExpert.name == CANDIDATE)
        return str(db.session.execute(statement).scalar_one())


def object_to(client: HouseClient, number: str, status: int = 200, **changes: Any) -> Page:
    """Gets the code and files the objection."""
    path = f"/board/object/{number}"
    posted(client, path, {**TYPED, "act": "code"})
    return posted(client, path, {**TYPED, "code": code_of(client), "act": "file", **changes}, status)


def filed(app: Flask) -> list[Any]:
    with app.app_context():  # the name is encrypted, so the database cannot look for it
        return [one for one in db.session.scalars(sa.select(Objection)) if one.objector_name == TYPED["objector_name"]]


def waits_at(app: Flask, number: str) -> str:
    """The element at which the case of an objection stands."""
    with app.app_context():
        statement = sa.select(Task.element_id).join(Instance, Instance.id == Task.instance_id)
        found = db.session.scalars(statement.where(Instance.business_key == number, Task.status == "open"))
        return str(found.one())


def number_on(page: Page) -> str:
    return str(page.root.xpath('//p[@class="zk-title__sub"]/b')[0].text)


def test_a_proved_person_gets_a_receipt(app: Flask, client: HouseClient, number: str) -> None:
    page = object_to(client, number)
    assert page.heading == "异议已收到"
    assert waits_at(app, number_on(page)) == "decide_acceptance"


def test_nobody_objects_without_a_name(app: Flask, client: HouseClient, number: str) -> None:
    page = object_to(client, number, 422, kind="", objector_name="")
    assert page.errors["kind"] == "异议人：请选择个人或单位，匿名的异议不予受理"
    assert page.typed("grounds") == TYPED["grounds"]
    page = object_to(client, number, 422, kind="anonymous")
    assert "匿名的异议不予受理" in page.errors["kind"]
    assert filed(app) == []


def test_a_phone_without_its_code_proves_nothing(app: Flask, client: HouseClient, number: str) -> None:
    page = posted(client, f"/board/object/{number}", {**TYPED, "code": "000000", "act": "file"}, 422)
    assert "code" in page.errors
    assert page.typed("matter") == TYPED["matter"]
    assert filed(app) == []


def test_after_the_period_it_is_received_but_goes_to_be_refused(
    app: Flask, client: HouseClient, number: str, travel: Travel
) -> None:
    travel("2026-03-05 10:00")
    assert "公示期已满" in client.page(f"/board/object/{number}").text
    page = object_to(client, number)
    assert waits_at(app, number_on(page)) == "confirm_inadmissible"


@pytest.mark.parametrize("unknown", ["RK-2026-9999", "RK-2026-0001x", "周若水"])
def test_who_is_not_on_the_board_cannot_be_objected_to(client: HouseClient, unknown: str) -> None:
    page = client.page(f"/board/object/{unknown}", 404)
    assert "公示名单上没有这个人" in page.text
    posted(client, f"/board/object/{unknown}", {**TYPED, "act": "file", "code": "123456"}, 404)


def test_evidence_is_checked_by_its_content(app: Flask, client: HouseClient, number: str) -> None:
    svg = (BytesIO(b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'), "证据.pdf")
    page = object_to(client, number, 422, evidence=svg)
    assert "“证据.pdf”" in page.errors["evidence"]
    assert filed(app) == []


def test_the_receipt_is_for_the_browser_that_filed(app: Flask, client: HouseClient, number: str) -> None:
    filed_as = number_on(object_to(client, number))
    other = app.test_client()
    assert isinstance(other, HouseClient)
    page = other.page(f"/board/filed/{filed_as}")
    assert filed_as not in page.text
    assert "回执只在提交异议的浏览器里显示" in page.answer.get_data(as_text=True)


def test_the_board_shows_no_more_than_the_regulation_lets_be_published(client: HouseClient) -> None:
    text = client.page("/board/GS-2026-0002").text
    for shown in (CANDIDATE, "并州大学信息工程学院", "网络与信息安全"):
        assert shown in text
    for hidden in ("199000", "1401", "@example.cn", "学府路"):
        assert hidden not in text


def test_a_phone_proved_in_one_browser_proves_nothing_in_another(
    app: Flask, client: HouseClient, number: str
) -> None:
    path = f"/board/object/{number}"
    posted(client, path, {**TYPED, "act": "code"})
    posted(client, path, {**TYPED, "act": "file", "code": code_of(client), "grounds": ""}, 422)
    stranger = app.test_client()
    assert isinstance(stranger, HouseClient)
    page = posted(stranger, path, {**TYPED, "act": "file", "code": "000000"}, 422)
    assert "code" in page.errors
    assert filed(app) == []
    posted(client, path, {**TYPED, "act": "file", "code": ""})
    assert len(filed(app)) == 1


@pytest.mark.parametrize("phone", ["+8613900003001", "1390000300\u0661", "95588", "13900003001,13900003002"])
def test_codes_go_to_mobile_numbers_only(app: Flask, client: HouseClient, number: str, phone: str) -> None:
    page = posted(client, f"/board/object/{number}", {**TYPED, "phone": phone, "act": "code"}, 422)
    assert "不是 11 位手机号码" in page.errors["phone"]


def test_an_announced_period_goes_on_by_its_rules_when_they_lapse(
    app: Flask, client: HouseClient, number: str, travel: Travel
) -> None:
    travel("2027-01-04 10:00")
    page = object_to(client, number)
    assert page.heading == "异议已收到"
    assert waits_at(app, number_on(page)) == "confirm_inadmissible"
