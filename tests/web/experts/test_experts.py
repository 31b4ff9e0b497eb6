"""The register of experts as staff see it: masked, filtered by what stands in the URL, every look recorded."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask

from app import regulations
from app.core import clock
from app.core.actor import SYSTEM
from app.core.audit import AuditEntry
from app.core.database import db
from app.core.transaction import transaction
from app.registers import experts, units
from app.registers.experts import Appointee
from app.regulations import rule_set_for
from tests.web.house_rules import HouseClient, Page

PEOPLE = (
    ("周启明", "11010119770901001X", "13912345678", "正高级工程师", ("网络与信息安全", "密码应用"), 0),
    ("孟书瑶", "110101198203120029", "13987654321", "高级工程师", ("人工智能",), 1),
)


@pytest.fixture
def register(app: Flask) -> list[str]:
    """Two experts of two units; gives their numbers."""
    with app.app_context():
        with transaction():
            regulations.seed(db.session())
            known = [units.take_over(f"并州第{n}研究所", None, "科研院所", None, actor=SYSTEM, now=clock.now()).id
                     for n in (1, 2)]
        rules = rule_set_for(date(2026, 3, 2))
        with transaction():
            for name, id_number, phone, title, directions, unit in PEOPLE:
                experts.appoint(_appointee(name, id_number, phone, title, directions, known[unit]), rules,
                                actor=SYSTEM, now=clock.now())
        return list(db.session.scalars(sa.select(experts.Expert.number).order_by(experts.Expert.number)))


def _appointee(name: str, id_number: str, phone: str, title: str, directions: tuple[str, ...], unit: int) -> Appointee:
    return Appointee(
        application_no="RK-2026-0001", name=name, sex="男", id_number=id_number, phone=phone, email="a@example.cn",
        unit_id=unit, department=None, post=None, post_level=None, title=title, title_level="正高", title_series="工程",
        directions=directions, direction_other=None, exemption=None, route="B",
    )


def rows(page: Page) -> list[str]:
    return [" ".join(node.text_content().split()) for node in page.root.xpath("//tbody//th")]


def enter(client: HouseClient, login: object) -> None:
    assert callable(login)
    login("center_clerk")


def test_names_and_numbers_are_masked_in_the_list(client: HouseClient, login: object, register: list[str]) -> None:
    enter(client, login)
    page = client.page("/experts/")
    assert rows(page) == [f"周** {register[0]}", f"孟** {register[1]}"]
    assert "13912345678" not in page.text
    assert "周启明" not in page.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=孟", [1]), ("q=13912345678", [0]), ("q=11010119770901001X", [0]), ("direction=密码应用", [0]),
        ("title=正高", [0]), ("title=副高级", []), ("title=工程师", [0, 1]), ("state=in_pool", [0, 1]),
        ("state=removed", []), ("state=nonsense", [0, 1]), ("q=查无此人", []),
    ],
)
def test_experts_are_found_by_what_stands_in_the_url(
    client: HouseClient, login: object, register: list[str], query: str, found: list[int]
) -> None:
    enter(client, login)
    names = ["周**", "孟**"]
    assert rows(client.page(f"/experts/?{query}")) == [f"{names[n]} {register[n]}" for n in found]


def test_the_unit_leads_to_its_experts(client: HouseClient, login: object, register: list[str]) -> None:
    enter(client, login)
    link = client.page("/experts/").links()["并州第2研究所"]
    page = client.page(link)
    assert rows(page) == [f"孟** {register[1]}"]
    assert "只看并州第2研究所的专家" in page.text


def test_the_page_of_an_expert_shows_terms_and_records_the_look(
    app: Flask, client: HouseClient, login: object, register: list[str]
) -> None:
    enter(client, login)
    page = client.page(f"/experts/{register[0]}")
    for words in ("周启明", "第 1 任", "3月2日（周一）", "2028年3月1日", "110***********001X", "139****5678",
                  "说明理由后查看完整号码"):
        assert words in page.text, words
    assert "13912345678" not in page.text
    with app.app_context():
        looks = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "expert.read")).all()
        assert [look.subject_id for look in looks] == [register[0]]


def test_an_unknown_number_is_not_found(client: HouseClient, login: object, register: list[str]) -> None:
    enter(client, login)
    assert client.get("/experts/ZJ-2026-9999").status_code == 404


def test_the_register_is_for_those_who_run_the_pool(client: HouseClient, login: object, register: list[str]) -> None:
    assert callable(login)
    login("dept_organiser")
    assert client.get("/experts/").status_code == 403
    assert client.get(f"/experts/{register[0]}").status_code == 403
