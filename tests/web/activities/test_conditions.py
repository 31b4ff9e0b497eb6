"""抽取条件: checked while one types, saved with all faults, submitted only when right, then never changed."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.core.database import db
from app.procedures.selection import store
from app.procedures.selection.models import ActivityState
from app.registers.models import Expert
from tests.services.procedures.people import acts
from tests.services.procedures.selection import world as w
from tests.web.activities.conftest import conditions, post
from tests.web.panel_house import House


def state(house: House) -> ActivityState:
    """Where the activity stands."""
    with house.app.app_context():
        return store.activity(house.number).state


def somebody(house: House, direction: str, skip: int = 0) -> tuple[int, str]:
    """Id and name of an expert with a direction."""
    with house.app.app_context():
        able = [
            one for one in db.session.scalars(sa.select(Expert).order_by(Expert.id))
            if direction in {held.direction for held in one.directions}
        ]
        return able[skip].id, able[skip].name


def test_right_conditions_are_locked_and_lead_to_the_draw(house: House) -> None:
    page = conditions(house, "submit")
    assert page.heading == "抽取专家"
    assert "条件已锁定，承诺值已公布" in page.text
    assert state(house) is ActivityState.LOCKED


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"panel_size": "6"}, "panel_size", "双数"),
        ({"panel_size": "3"}, "panel_size", "不少于 5 人"),
        ({"seat-2-count": "3"}, "quota", "多 2 席"),
        ({"seat-0-category": w.DATA}, "security_waiver", "不少于 1 名"),
        ({"seat-1-category": w.SECURITY}, "seat-1-category", "写了两行"),
        ({"seat-1-count": "两"}, "seat-1-count", "请填 1 以上的整数"),
        ({"seat-1-category": ""}, "seat-1-category", "没有选专业类别"),
    ],
)
def test_what_the_rules_refuse_stands_at_its_field(
    house: House, changes: dict[str, str], field: str, words: str
) -> None:
    page = conditions(house, "submit", **changes)
    assert page.status == 422
    assert words in page.errors[field]
    assert page.typed("seat-2-category") == w.COST
    assert state(house) is ActivityState.DRAFT


def test_the_check_shows_rules_and_counts_and_keeps_nothing(house: House) -> None:
    page = conditions(house, "check", panel_size="7")
    assert page.status == 200
    assert "比专家人数 7 少 2 席" in page.text
    assert "44 人登记" in page.text
    assert "预计坐满" in page.text
    assert house.staff("org").page(f"/activities/{house.number}/conditions").typed("seat-0-category") == ""


def test_counts_are_shown_without_names(house: House) -> None:
    page = conditions(house, "check")
    with house.app.app_context():
        names = list(db.session.scalars(sa.select(Expert.name)))
    assert not [name for name in names if name in page.text]


def test_rows_are_added_and_dropped_without_script(house: House) -> None:
    page = conditions(house, "add_seat")
    assert page.typed("seat-3-category") == ""
    page = conditions(house, "drop_seat-1")
    assert (page.typed("seat-0-category"), page.typed("seat-1-category")) == (w.SECURITY, w.COST)
    assert page.typed("seat-2-category") is None


def test_a_draft_is_kept_with_its_faults(house: House) -> None:
    page = conditions(house, "save", panel_size="7", security_waiver="只评概算")
    assert "已存草稿" in page.text
    assert (page.typed("panel_size"), page.typed("seat-1-count")) == ("7", "2")
    assert page.typed("security_waiver") == "只评概算"
    assert state(house) is ActivityState.DRAFT


def test_what_nobody_is_called_finds_nobody(house: House) -> None:
    page = conditions(house, "find", named_q="张" * 60_000, unit_q="厅" * 60_000)
    assert page.status == 200


def test_an_expert_is_designated_by_full_name_only(house: House) -> None:
    expert_id, name = somebody(house, w.DATA)
    assert f"姓名或编号是“{name[:1]}”" in conditions(house, "find", named_q=name[:1]).text
    page = conditions(house, "find", named_q=name)
    assert name in page.text
    with house.app.app_context():
        assert acts(house.number)[-2:] == ["expert.search"] * 2, "numbers tried one by one leave a trace (第六条)"
    page = conditions(house, f"add_named-{expert_id}", named_q=name)
    assert page.typed("named-0-id") == str(expert_id)


def test_a_designation_needs_category_and_reason_and_stays_in_the_third(house: House) -> None:
    first, second = somebody(house, w.DATA)[0], somebody(house, w.DATA, 5)[0]
    page = conditions(house, "submit", **{"seat-1-count": "1", "named-0-id": str(first)})
    assert {"named-0-category", "named-0-reason"} <= set(page.errors)
    both = {
        f"named-{at}-{part}": value
        for at, expert in enumerate((first, second))
        for part, value in (("id", str(expert)), ("category", w.DATA), ("reason", "熟悉系统"))
    }
    page = conditions(house, "submit", **{"seat-1-count": "1", "seat-2-category": "(none)", **both})
    assert "最多指定 1 人" in page.errors["designated"]
    assert page.typed("named-1-reason") == "熟悉系统"


def test_a_recused_unit_is_not_designated_from(house: House) -> None:
    expert_id, _ = somebody(house, w.DATA)
    with house.app.app_context():
        unit_id = db.session.get_one(Expert, expert_id).unit_id
    named = {"named-0-id": str(expert_id), "named-0-category": w.DATA, "named-0-reason": "熟悉系统"}
    units = {"unit-0-id": str(unit_id), "unit-0-source": "participant", "unit-0-reason": "承建单位"}
    page = conditions(house, "submit", **{"seat-1-count": "1", **named, **units})
    assert "须回避" in page.errors["named-0"]
    assert page.typed("unit-0-reason") == "承建单位"


def test_no_security_seat_goes_to_the_leader_with_its_reason(house: House) -> None:
    page = conditions(house, "submit", **{"seat-0-category": w.DATA, "security_waiver": "只评概算，不涉及安全设计"})
    assert "由分管领导 何景行 审批" in page.text
    assert state(house) is ActivityState.APPROVING


def test_locked_conditions_are_not_edited_by_anybody(house: House) -> None:
    conditions(house, "submit")
    page = conditions(house, "save", panel_size="7")
    assert page.status == 409
    assert "锁定后任何人不能改" in page.text
    with house.app.app_context():
        assert store.activity(house.number).panel_size == 5


def test_more_seats_than_candidates_names_the_category_and_how_many_are_short(house: House) -> None:
    with house.inside() as session:
        for one in session.scalars(sa.select(Expert)):
            if w.COST in {held.direction for held in one.directions}:
                one.suspended_since = one.created_at
    page = conditions(house, "submit")
    assert page.heading == "抽取条件"
    assert f"{w.COST} 需 1，可用单位 0" in page.text
    assert page.typed("seat-2-category") == w.COST
    assert state(house) is ActivityState.DRAFT


def test_the_task_of_the_inbox_leads_to_this_page(house: House) -> None:
    page = post(house.staff("org"), f"/tasks/{house.task(house.number)}/claim")
    assert page.heading == "抽取条件"


def test_a_colleague_of_another_department_cannot_set_them(house: House) -> None:
    page = post(house.staff("org2"), f"/activities/{house.number}/conditions", _do="save")
    assert page.status == 404
