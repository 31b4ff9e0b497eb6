"""The page 委托代审: appoint, read, end after being asked, and nothing of anybody else's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.core import clock
from app.core.actor import SYSTEM
from app.core.database import db
from app.core.transaction import transaction
from app.identity import accounts, deputies
from app.identity.accounts import Person
from app.notices import queries
from tests.conftest import client_of
from tests.web.house_rules import HouseClient, Page

GOOD = {"begins_on": "2026-03-02", "ends_on": "2026-03-06", "reason": "赴外地出差"}
Enter = Callable[..., tuple[HouseClient, int]]


@pytest.fixture
def enter(app: Flask) -> Enter:
    """`enter("leader", "dept_leader")` makes somebody of unit 3 and signs him in."""

    def made(login: str, role: str, name: str = "何景行", unit_id: int = 3) -> tuple[HouseClient, int]:
        with app.app_context(), transaction():
            person = Person(login, name, email=f"{login}@example.cn", unit_id=unit_id, unit_name="省数字资源厅")
            user = accounts.admit_account(person, {role}, actor=SYSTEM, now=clock.now())
            number, token = user.id, user.session_token
        client = client_of(app)
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = token, True
        return client, number

    return made


@pytest.fixture
def leader(enter: Enter) -> HouseClient:
    return enter("leader", "dept_leader")[0]


@pytest.fixture
def guo(enter: Enter) -> int:
    return enter("guo", "dept_organiser", "郭子安")[1]


def appoint(client: HouseClient, **typed: Any) -> Page:
    return Page(client.post("/deputies/", data={**GOOD, **typed}, follow_redirects=True))


def inbox(app: Flask, user_id: int) -> list[str]:
    with app.app_context():
        found = [line.title for line in queries.inbox_page(user_id)]
        db.session.rollback()
    return found


def test_an_appointment_stands_in_the_list_and_the_deputy_is_told(app: Flask, leader: HouseClient, guo: int) -> None:
    empty = leader.page("/deputies/")
    assert "没有委托过代审" in empty.text
    assert empty.typed("begins_on") == "2026-03-02"
    page = appoint(leader, deputy=guo)
    assert page.path == "/deputies/"
    for words in ("已委托郭子安代审，2026年3月2日至2026年3月6日。", "生效中", "赴外地出差", "终止委托"):
        assert words in page.text, words
    assert inbox(app, guo) == ["何景行委托你代审"]


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(leader: HouseClient, guo: int) -> None:
    page = appoint(leader, deputy=guo, ends_on="2026-03-01", reason="")
    assert page.status == 422
    assert page.errors == {"ends_on": "结束日期不能早于开始日期", "reason": "写明委托的事由，如出差、休假"}
    assert (page.typed("deputy"), page.typed("ends_on")) == (str(guo), "2026-03-01")


@pytest.mark.parametrize("typed", [{"deputy": "x"}, {"deputy": ""}, {"begins_on": "明天"}, {"ends_on": "2026-02-30"}])
def test_what_is_no_choice_and_no_day_is_refused(leader: HouseClient, guo: int, typed: dict[str, str]) -> None:
    page = appoint(leader, **{"deputy": str(guo), **typed})
    assert (page.status, set(page.errors)) == (422, set(typed))


def test_only_those_of_the_unit_who_may_decide_are_offered(leader: HouseClient, guo: int, enter: Enter) -> None:
    enter("away", "dept_organiser", "温如玉", 4)
    enter("witness", "discipline_witness", "任立诚")
    text = leader.page("/deputies/").text
    assert "郭子安" in text
    assert "温如玉" not in text
    assert "任立诚" not in text


def test_where_there_is_nobody_the_page_says_what_to_do(leader: HouseClient) -> None:
    page = leader.page("/deputies/")
    assert "请系统管理员先开立账号" in page.text
    assert appoint(leader, deputy="1").status == 422


def test_ending_asks_first_and_then_ends(app: Flask, leader: HouseClient, guo: int) -> None:
    page = appoint(leader, deputy=guo)
    asked = leader.page(page.links()["终止委托"])
    assert asked.heading == "终止委托郭子安代审"
    assert "委托原定到2026年3月6日" in asked.text
    done = Page(leader.post(asked.path, follow_redirects=True))
    assert "已终止委托郭子安代审。" in done.text
    assert "已终止" in done.text
    assert "终止委托" not in done.links()
    assert len(inbox(app, guo)) == 2
    with app.app_context():
        assert deputies.active_for(1, clock.today()) == []
    assert "不用终止" in leader.page(asked.path).text
    assert leader.post(asked.path).status_code == 409


def test_nobody_sees_or_ends_the_appointment_of_another(leader: HouseClient, guo: int, enter: Enter) -> None:
    path = appoint(leader, deputy=guo).links()["终止委托"]
    other = enter("other", "dept_leader", "何其远")[0]
    assert "没有委托过代审" in other.page("/deputies/").text
    assert other.get(path).status_code == 404
    assert other.post(path).status_code == 404


def test_the_page_is_for_leaders(enter: Enter) -> None:
    organiser = enter("organiser", "dept_organiser")[0]
    assert organiser.get("/deputies/").status_code == 403
    assert "委托代审" not in organiser.page("/inbox/").links()


def test_a_leader_finds_the_page_in_the_navigation(leader: HouseClient) -> None:
    assert leader.page("/inbox/").links()["委托代审"] == "/deputies/"
