"""The draw as a ceremony: commitment first, a value from each side in his own session, names masked, signed, sent."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core.database import db
from app.procedures.selection import store
from app.procedures.selection.models import Invitation
from app.registers.models import Expert
from tests.web.activities.conftest import conditions, post
from tests.web.house_rules import Page
from tests.web.panel_house import House

RANDOM = {"value": "a8f051cc7be29d04a8f051cc7be29d04", "manner": "browser"}
TYPED = {"value": "20260302 见证", "manner": "typed"}


@pytest.fixture
def locked(house: House) -> House:
    """Conditions are locked, the commitment is out."""
    conditions(house, "submit")
    return house


@pytest.fixture
def app(house: House) -> Flask:
    """The application of the house."""
    return house.app


def give(house: House, login: str, **value: str) -> Page:
    """Somebody gives his value in his own session."""
    return post(house.staff(login), f"/activities/{house.number}/draw/contribute", **value)


def drawn(house: House) -> Page:
    """Both have given; the organiser's page."""
    give(house, "org", **RANDOM)
    give(house, "wit", **TYPED)
    return house.staff("org").page(f"/activities/{house.number}/draw")


def names(house: House) -> list[str]:
    """Everybody in the pool."""
    with house.app.app_context():
        return list(db.session.scalars(sa.select(Expert.name)))


def test_the_draw_warns_of_a_large_unit_and_of_a_time_too_far_away(house: House) -> None:
    with house.inside():
        found = store.activity(house.number)
        found.starts_at += timedelta(days=14)
        people = db.session.scalars(sa.select(Expert).order_by(Expert.id).limit(5)).all()
        for one in people:
            one.unit_id = people[0].unit_id
    conditions(house, "submit")
    page = house.staff("org").page(f"/activities/{house.number}/draw")
    assert "早于 5 个工作日抽取不利于保密" in page.text
    assert "合格人选中有一个单位占" in page.text


def test_the_commitment_is_shown_before_anybody_has_given_a_value(locked: House) -> None:
    page = locked.staff("org").page(f"/activities/{locked.number}/draw")
    with locked.app.app_context():
        commit = store.draw(locked.number, 1).commit
    groups = page.root.xpath('//*[@class="zk-hash"]')[0].text_content().split()
    assert "".join(groups) == commit
    assert {len(group) for group in groups} == {8}
    assert f"{commit[:4]}-{commit[-4:]}".upper() in page.text
    assert "打印承诺单" in page.links()
    assert "按摇出的次序逐人看投入完毕后当场摇出" in page.text


def test_each_gives_in_his_own_session_and_waits_for_the_other(locked: House) -> None:
    page = give(locked, "org", **RANDOM)
    assert "已投入你的数" in page.text
    assert "等 任立诚（纪检监督） 在自己的账号里投入" in page.text
    assert not page.root.xpath('//form[contains(@action, "/contribute")]')
    assert locked.staff("wit").page(f"/activities/{locked.number}/draw").typed("value") == ""


def test_nobody_gives_twice_or_for_another(locked: House) -> None:
    give(locked, "org", **RANDOM)
    assert give(locked, "org", **TYPED).status == 403
    assert give(locked, "lead", **TYPED).status == 403
    assert give(locked, "org2", **TYPED).status == 404
    with locked.app.app_context():
        assert len(store.contributions_of(store.draw(locked.number, 1).id)) == 1


@pytest.mark.parametrize(
    ("value", "manner", "words"),
    [
        ("", "typed", "请生成或输入"), ("见证" * 11, "typed", "最多 64 字节"), ("xyz", "browser", "十六进制"),
    ],
)
def test_a_value_that_is_none_is_refused_and_stays(locked: House, value: str, manner: str, words: str) -> None:
    page = give(locked, "org", value=value, manner=manner)
    assert words in page.errors["value"]
    assert page.typed("value") == value


def test_with_both_values_the_order_is_walked_at_once_with_reasons_and_masked_names(locked: House) -> None:
    page = drawn(locked)
    assert "结果：抽中 5 人" in page.text
    assert re.search(r"走到第 \d+ 位坐满，其后次序仍封存", page.text)
    assert page.text.count("TAKEN") >= 5
    assert "“20260302 见证”" in page.text
    assert "a8f0 51cc 7be2 9d04" in page.text
    assert not [name for name in names(locked) if name in page.text]


def test_only_the_witness_signs_and_only_then_invitations_go_out(locked: House) -> None:
    page = drawn(locked)
    assert "等 任立诚 签署" in page.text
    assert post(locked.staff("org"), f"/activities/{locked.number}/draw/sign").status == 403
    assert post(locked.staff("org"), f"/activities/{locked.number}/draw/send").status == 403
    assert "已签署抽取记录" in post(locked.staff("wit"), f"/activities/{locked.number}/draw/sign").text
    assert "发出 5 份邀请" in locked.staff("org").page(f"/activities/{locked.number}/draw").text
    page = post(locked.staff("org"), f"/activities/{locked.number}/draw/send")
    assert page.heading == "评审小组"
    with locked.app.app_context():
        assert len(db.session.scalars(sa.select(Invitation)).all()) == 5


def test_the_mark_changes_with_what_the_other_side_does(locked: House) -> None:
    path = f"/activities/{locked.number}/draw/mark"
    client = locked.staff("org")
    before = client.get(path).get_data(as_text=True)
    assert client.get(path).get_data(as_text=True) == before
    give(locked, "wit", **TYPED)
    assert client.get(path).get_data(as_text=True) != before


def test_without_script_only_a_page_without_anything_to_type_reloads(locked: House) -> None:
    path = f"/activities/{locked.number}/draw"
    assert 'http-equiv="refresh"' not in locked.staff("org").get(path).get_data(as_text=True)
    give(locked, "org", **RANDOM)
    assert 'http-equiv="refresh"' in locked.staff("org").get(path).get_data(as_text=True)


def test_before_the_lock_there_is_no_draw_to_see(house: House) -> None:
    page = house.staff("org").page(f"/activities/{house.number}/draw")
    assert page.heading == "评审小组"
    assert "还没有抽取" in page.text
    assert house.staff("org").get(f"/activities/{house.number}/draw?n=7", follow_redirects=True).status_code == 200
