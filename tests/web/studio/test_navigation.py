"""Which item of the navigation is marked: pages that are none themselves stand under the one they belong to."""

from __future__ import annotations

import pytest
from flask import Flask

from app.core.actor import Actor
from app.identity import roles
from app.web import navigation


def holder(*held: str) -> Actor:
    return Actor(user_id=1, name="沈望舒", roles=frozenset(held))


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("/studio/", "流程"),
        ("/studio/new", "流程"),
        ("/studio/processes/expert_entry", "流程"),
        ("/studio/processes/expert_entry/trials", "流程"),
        ("/studio/processes/expert_entry/forms/expert_entry/formal_check", "表单"),
        ("/studio/forms", "表单"),
        ("/studio/tables", "决策表"),
        ("/studio/processes/expert_entry/tables/article_11.dmn", "决策表"),
        ("/room/timers", "运行监控"),
        ("/incidents/causes", "运行监控"),
        ("/rules/calendar/2026", "参数与日历"),
        ("/texts/notice/withdrawn", "文书模板"),
    ],
)
def test_a_page_marks_its_item_and_no_other(app: Flask, path: str, label: str) -> None:
    with app.test_request_context(path):
        assert [entry.label for entry in navigation.entries(holder(roles.PROCESS_OWNER)) if entry.is_current] == [label]


@pytest.mark.parametrize(("path", "label"), [("/approvals/decided", "已审批"), ("/approvals/", "待我审批")])
def test_items_of_one_area_are_told_apart(app: Flask, path: str, label: str) -> None:
    leader = holder(roles.BUREAU_LEADER, roles.DEPT_LEADER)
    with app.test_request_context(path):
        assert [entry.label for entry in navigation.entries(leader) if entry.is_current] == [label]
