"""组织一次评审: what is entered becomes an activity with its case, or stays on the page with what is wrong."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.core.database import db
from app.procedures.selection.models import Activity, Recusal, RecusalSource
from app.registers.models import Unit
from app.workflow.models import Instance, Task
from tests.web.activities.conftest import post
from tests.web.house_rules import Page
from tests.web.panel_house import House


def typed(house: House, **changes: Any) -> dict[str, Any]:
    """A right form."""
    with house.app.app_context():
        project = db.session.scalars(sa.select(Unit.id).where(Unit.name == "省政务云运营中心")).one()
        builder = db.session.scalars(sa.select(Unit.id).where(Unit.name == "第1研究院")).one()
    return {
        "title": "电子证照系统升级验收", "kind": "验收", "project_unit": project, "participants": builder,
        "starts_on": "2026-03-05", "starts_at": "14:30", "half_days": "1", "city": "太原", "address": "3 楼会议室",
        "contact_phone": "0351-7654321", "panel_size": "7", "leader": house.user_of("lead"),
        "witness": house.user_of("wit"), "_do": "create", **changes,
    }  # fmt: skip


def test_an_activity_is_entered_with_its_case_and_leads_to_the_conditions(house: House) -> None:
    page = post(house.staff("org"), "/activities/new", **typed(house))
    assert page.heading == "抽取条件"
    number = page.path.split("/")[2]
    with house.app.app_context():
        found = db.session.get_one(Activity, number)
        case = db.session.scalars(sa.select(Instance).where(Instance.business_key == number)).one()
        task = db.session.scalars(sa.select(Task).where(Task.business_key == number)).one()
        sources = set(db.session.scalars(sa.select(Recusal.source).where(Recusal.activity_no == number)))
        assert (found.title, found.panel_size, found.witness_name) == ("电子证照系统升级验收", 7, "任立诚")
        assert (case.process_key, task.element_id) == ("panel_selection", "set_conditions")
        assert sources == {RecusalSource.PROJECT_UNIT, RecusalSource.PARTICIPANT}


def test_the_same_form_sent_twice_makes_one_activity(house: House) -> None:
    client = house.staff("org")
    sheet = client.page("/activities/new").typed("sheet")
    assert sheet
    sent = typed(house, sheet=sheet)
    first, second = (post(client, "/activities/new", **sent) for _ in range(2))
    assert (second.heading, second.path) == ("抽取条件", first.path)
    with house.app.app_context():
        made = list(db.session.scalars(sa.select(Activity.number).where(Activity.title == sent["title"])))
        assert list(db.session.scalars(sa.select(Instance.business_key).where(Instance.title == sent["title"]))) == made
        assert [f"/activities/{number}/conditions" for number in made] == [first.path]
    other = post(client, "/activities/new", **{**sent, "title": "电子证照系统二期验收"})
    assert other.path != first.path, "went back in the browser and wrote anew"
    fresh = client.page("/activities/new").typed("sheet")
    assert fresh != sheet
    again = post(client, "/activities/new", **{**sent, "sheet": fresh})
    assert again.path not in (first.path, other.path), "a new form may say the same"


def test_a_form_that_was_refused_is_sent_again_under_its_mark(house: House) -> None:
    client = house.staff("org")
    sheet = client.page("/activities/new").typed("sheet")
    refused = post(client, "/activities/new", **typed(house, title="", sheet=sheet))
    assert refused.typed("sheet") == sheet
    assert post(client, "/activities/new", **typed(house, sheet=sheet)).heading == "抽取条件"


def test_every_fault_is_told_at_its_field_and_nothing_typed_is_lost(house: House) -> None:
    wrong = typed(house, title="", panel_size="6", leader="", starts_on="2026-03-01", city="")
    page = post(house.staff("org"), "/activities/new", **wrong)
    assert page.status == 422
    assert set(page.errors) == {"title", "panel_size", "leader", "starts_at", "city"}
    assert "单数" in page.errors["panel_size"]
    assert (page.typed("address"), page.typed("kind")) == ("3 楼会议室", "验收")
    assert page.title.startswith("有错误：")


def test_of_a_classified_project_only_the_code_number_is_taken(house: House) -> None:
    page = post(house.staff("org"), "/activities/new", **typed(house, classified="yes"))
    assert "代号" in page.errors["title"]
    page = post(house.staff("org"), "/activities/new", **typed(house, classified="yes", title="SM-2026-07"))
    assert page.heading == "抽取条件"


def test_the_page_says_that_nothing_secret_belongs_here(house: House) -> None:
    assert "本系统不得录入涉密内容" in house.staff("org").page("/activities/new").text


def test_units_are_looked_up_without_losing_what_is_typed(house: House) -> None:
    page = post(house.staff("org"), "/activities/new", **typed(house, _do="find", participants_q="第2研究院"))
    assert page.status == 200
    assert "第2研究院" in page.text
    assert page.typed("title") == "电子证照系统升级验收"
    assert "没有别的名称含“不存在”的单位" in post(
        house.staff("org"), "/activities/new", **typed(house, _do="find", project_unit_q="不存在")
    ).text


def test_without_a_witness_the_page_says_what_the_record_will_say(house: House) -> None:
    assert "未经第二方见证" in house.staff("org").page("/activities/new").text
    page = post(house.staff("org"), "/activities/new", **typed(house, witness=""))
    assert page.heading == "抽取条件"


def test_nobody_is_his_own_leader(house: House) -> None:
    page = post(house.staff("org"), "/activities/new", **typed(house, leader=house.user_of("org")))
    assert "不能是组织人本人" in page.errors["leader"]
    options = page.root.xpath('//select[@name="leader"]/option/text()')
    assert options == ["请选择", "何景行"]


def test_the_list_shows_the_own_unit_and_filters(house: House) -> None:
    client = house.staff("org")
    assert house.number in client.page("/activities").text
    assert "没有符合条件的评审活动" in client.page("/activities?q=不存在").text
    assert house.number in client.page("/activities?state=draft&kind=技术评审&when=coming").text
    assert "没有符合条件的评审活动" in client.page("/activities?when=past").text


def test_another_department_sees_nothing_of_it(house: House) -> None:
    stranger = house.staff("org2")
    assert house.number not in stranger.page("/activities").text
    for path in ("", "/conditions", "/draw", "/shortage", "/meeting", "/reschedule", "/cancel", "/recusals"):
        answer = stranger.get(f"/activities/{house.number}{path}", follow_redirects=True)
        assert answer.status_code == 404, path
        assert "没有这个评审活动" in Page(answer).text


def test_who_only_reads_cannot_change_it(house: House) -> None:
    for login in ("lead", "wit", "clerk"):
        client = house.staff(login)
        assert client.get(f"/activities/{house.number}").status_code == 200
        assert client.post(f"/activities/{house.number}/cancel", data={"reason": "x"}).status_code == 403
