"""Conditions that need the leader in charge: no security expert, or another redraw."""

from __future__ import annotations

import pytest

from app.core.database import db
from app.procedures.selection import store
from app.procedures.selection.models import ActivityConditions, ActivityState
from tests.web.house_rules import Page
from tests.web.panel_house import House

AGREE = {"decision": "agreed", "why": "情况属实，确有必要"}


def read(house: House, version: int = 1) -> ActivityConditions:
    with house.app.app_context():
        found = store.conditions(store.activity(house.number), version)
        db.session.expunge(found)
        return found


def decide(house: House, login: str, data: dict[str, str]) -> Page:
    return Page(house.staff(login).post(f"/approvals/{house.number}", data=data, follow_redirects=True))


def test_the_page_says_who_why_and_which_seats(waiver: House) -> None:
    leader = waiver.staff("lead")
    assert leader.page("/approvals/").links()["第 1 版抽取条件"] == f"/approvals/{waiver.number}"
    page = leader.page(f"/approvals/{waiver.number}")
    assert page.heading == "审批抽取条件"
    for words in (
        "不设安全专家席", "只评概算，不涉及安全设计", "安全相关领域专家不少于 1人", "第十七条", "申请人郭子安",
        "软件与应用", "成本评估", "退回郭子安修改条件",
    ):
        assert words in page.text, words


def test_agreeing_lets_the_list_be_locked(waiver: House) -> None:
    page = decide(waiver, "lead", AGREE)
    assert "已提交：第 1 版抽取条件，同意。" in page.text
    kept = read(waiver)
    assert (kept.approval_outcome, kept.approved_by_name) == ("agreed", "何景行")
    with waiver.app.app_context():
        assert store.activity(waiver.number).state is ActivityState.LOCKED


def test_refusing_gives_them_back_with_the_reason(waiver: House) -> None:
    decide(waiver, "lead", {"decision": "refused", "why_not": "仍应有安全专家"})
    assert read(waiver).approval_reason == "仍应有安全专家"
    page = waiver.staff("lead").page(f"/approvals/{waiver.number}")
    assert "仍应有安全专家" in page.text
    with waiver.app.app_context():
        assert store.activity(waiver.number).state is ActivityState.DRAFT


def test_who_submitted_them_cannot_decide(waiver: House) -> None:
    assert "条件由你提交，不能由你审批" in waiver.staff("org").page(f"/approvals/{waiver.number}").text
    assert decide(waiver, "org", AGREE).status == 409
    assert read(waiver).approval_outcome is None


@pytest.mark.parametrize(
    ("sent", "field"), [({}, "decision"), ({"decision": "refused"}, "why_not"), ({"decision": "agreed"}, "why_detail")]
)
def test_either_way_a_reason_is_wanted(waiver: House, sent: dict[str, str], field: str) -> None:
    page = decide(waiver, "lead", sent)
    assert (page.status, list(page.errors)) == (422, [field])
    assert read(waiver).approval_outcome is None


def test_decided_already_it_says_who_and_when(waiver: House) -> None:
    decide(waiver, "lead", AGREE)
    page = decide(waiver, "lead", {"decision": "refused", "why_not": "想了想不同意"})
    assert page.status == 409
    assert "何景行已于 今天 09:00 审批：同意。" in page.text
    assert "想了想不同意" in page.text
