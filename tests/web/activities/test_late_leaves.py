"""认定迟请假 on its page: who took leave and why, what was said to it; organiser and centre speak once each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask

from app.procedures.selection.models import SeatState
from tests.web.activities.conftest import post
from tests.web.activities.test_panel import confirmed
from tests.web.panel_house import House

Travel = Callable[[str], datetime]


@pytest.fixture
def app(panel: House) -> Flask:
    """The application of the house."""
    return panel.app


def test_a_late_leave_is_judged_by_organiser_and_centre(panel: House, travel: Travel) -> None:
    confirmed(panel)
    number = panel.invitations()[0]
    path = f"/activities/{panel.number}/late-leave/{number}"
    assert panel.staff("org").get(path).status_code == 403, "nobody was late yet"
    travel("2026-03-05 06:01")
    expert = panel.client(panel.expert_of(number))
    expert.post(f"/mine/invitations/{number}/leave", data={"why": "其他", "detail": "孩子急病"})
    assert panel.read(number).state is SeatState.LATE_LEAVE
    board = panel.staff("org").page(f"/activities/{panel.number}")
    assert "待认定，默认不认可" in board.text
    assert "孩子急病" in board.text
    assert set(post(panel.staff("org"), path, excused="", reason="").errors) == {"excused", "reason"}
    page = post(panel.staff("org"), path, excused="yes", reason="有就诊记录")
    assert "待认定，默认不认可" in page.text
    page = post(panel.staff("clerk"), path, excused="yes", reason="已核实")
    assert "组织部门意见" not in page.text
    page = panel.staff("clerk").page(path)
    assert "有就诊记录" in page.text
    assert "已经认定" in page.text
    assert panel.staff("lead").get(path).status_code == 403
