"""Rules and calendar: read by the pool's staff; a lapsed rule set goes on only by the leader's recorded decision."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask

from app import regulations
from app.core import clock
from app.identity import roles
from app.regulations import NoRuleSetInForce, rule_set_for
from tests.web.house_rules import HouseClient

DECISION = {"from_date": "2027-01-01", "document_number": "晋政信发〔2026〕88 号", "reason": "新办法尚未出台"}


@pytest.fixture
def leader(client: HouseClient, login: Callable[..., object]) -> HouseClient:
    login(roles.BUREAU_LEADER)
    return client


def test_every_parameter_is_shown_with_its_article(leader: HouseClient) -> None:
    page = leader.get("/rules/").get_data(as_text=True)
    assert "公示期" in page
    assert "5个工作日" in page
    assert "第十二条（三）" in page
    assert "entry.max_age" in page
    assert "内部时限" in page


def test_the_calendar_marks_make_up_days_and_guessed_years(leader: HouseClient) -> None:
    known = leader.get("/rules/calendar/2026").get_data(as_text=True)
    assert "14<i>班</i>" in known
    assert "暂定" not in known
    assert "暂定" in leader.get("/rules/calendar/2027").get_data(as_text=True)


@pytest.mark.parametrize("year", [0, 1, 9999, 10000, 10**30])
def test_a_year_beyond_the_calendar_is_not_there(leader: HouseClient, year: int) -> None:
    assert leader.get(f"/rules/calendar/{year}").status_code == 404


def test_a_lapsed_set_is_shown_but_serves_nothing_new(leader: HouseClient, app: Flask) -> None:
    clock.travel_to(datetime(2027, 1, 4, 9, 0, tzinfo=clock.ZONE))
    assert "有效期已满" in leader.get("/rules/").get_data(as_text=True)
    with app.app_context(), pytest.raises(NoRuleSetInForce):
        rule_set_for(clock.today())


def test_the_leaders_decision_lets_the_set_go_on(leader: HouseClient, app: Flask) -> None:
    clock.travel_to(datetime(2027, 1, 4, 9, 0, tzinfo=clock.ZONE))
    assert leader.post("/rules/continuation", data=DECISION).status_code == 302
    with app.app_context():
        regulations.store.forget()
        assert rule_set_for(clock.today()).code == "2025"
    assert DECISION["document_number"] in leader.get("/rules/").get_data(as_text=True)


@pytest.mark.parametrize("missing", sorted(DECISION))
def test_a_decision_without_its_facts_is_refused_at_the_field(leader: HouseClient, missing: str) -> None:
    answer = leader.post("/rules/continuation", data={**DECISION, missing: ""})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'id="{missing}-error"' in page
    kept = next(value for field, value in DECISION.items() if field != missing)
    assert kept in page


def test_a_decision_inside_the_sets_own_dates_is_refused(leader: HouseClient) -> None:
    answer = leader.post("/rules/continuation", data={**DECISION, "from_date": "2026-06-01"})
    assert answer.status_code == 422
    assert "还在有效期内" in answer.get_data(as_text=True)


def test_only_the_leader_may_decide(client: HouseClient, login: Callable[..., object]) -> None:
    login(roles.CENTER_CLERK)
    assert client.get("/rules/continuation").status_code == 403
