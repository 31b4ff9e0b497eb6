"""Rule sets and the calendar in the database: seeding, 沿用 decisions, entering a year's notice."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from app.core.actor import Actor
from app.core.clock import ZONE
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from app.core.transaction import transaction
from app.regulations import NoRuleSetInForce, current_calendar, rule_set, rule_set_for, seed, store
from app.regulations.calendar_import import Notice, confirm, missing_years, propose
from app.regulations.models import ParameterValueRow, RuleSetRow, WorkdayRow
from app.regulations.rule_sets import shipped_rules
from app.regulations.shipped_calendar import shipped_calendar
from app.regulations.store import ContinuationDecision, record_continuation

NOW = datetime(2026, 12, 20, 9, tzinfo=ZONE)
LEADER = Actor(user_id=3, name="王局", roles=frozenset({"bureau_leader"}))
CLERK = Actor(user_id=1, name="李经办", roles=frozenset({"center_clerk"}))
SECOND = Actor(user_id=2, name="赵经办", roles=frozenset({"center_clerk"}))
REVIEWER = Actor(user_id=4, name="周审查", roles=frozenset({"bureau_reviewer"}))


@pytest.fixture
def session(any_database: Any) -> Any:
    with transaction() as session:
        seed(session)
    return any_database


def shipped_id() -> int:
    return rule_set_for(date(2026, 3, 2)).id


def decision(**changes: Any) -> ContinuationDecision:
    values: dict[str, Any] = {
        "rule_set_id": shipped_id(),
        "from_date": date(2027, 1, 1),
        "to_date": None,
        "document_number": "晋政信函〔2026〕88号",
        "reason": "新办法印发前沿用",
    }
    return ContinuationDecision(**{**values, **changes})


def test_the_seeded_set_is_the_shipped_one(session: Any) -> None:
    assert rule_set_for(date(2026, 3, 2)).values == shipped_rules().values


def test_the_seeded_calendar_is_the_shipped_one(session: Any) -> None:
    ours, shipped = current_calendar(), shipped_calendar()
    assert dict(ours.years) == dict(shipped.years)


def test_seeding_twice_adds_nothing_and_keeps_changed_values(session: Any) -> None:
    with transaction() as writing:
        writing.execute(
            sa.update(ParameterValueRow).where(ParameterValueRow.key == "entry.publish_period").values(value=4)
        )
    before = session.scalar(sa.select(sa.func.count()).select_from(WorkdayRow))
    with transaction() as writing:
        seed(writing)
    assert session.scalar(sa.select(sa.func.count()).select_from(WorkdayRow)) == before
    assert rule_set_for(date(2026, 3, 2)).integer("entry.publish_period") == 4


def test_a_parameter_declared_since_gets_its_shipped_value(session: Any) -> None:
    with transaction() as writing:
        writing.execute(sa.delete(ParameterValueRow).where(ParameterValueRow.key == "term.years"))
    with transaction() as writing:
        seed(writing)
    assert rule_set_for(date(2026, 3, 2)).integer("term.years") == 2


def test_outside_every_set_no_case_may_start(session: Any) -> None:
    with pytest.raises(NoRuleSetInForce, match="沿用"):
        rule_set_for(date(2027, 1, 1))
    with pytest.raises(NoRuleSetInForce):
        rule_set_for(date(2024, 12, 31))


def test_a_pinned_set_stays_readable_after_its_dates(session: Any) -> None:
    assert rule_set(shipped_id()).valid_to == date(2026, 12, 31)
    with pytest.raises(NotFound):
        rule_set(4711)


def test_a_recorded_decision_lets_the_expired_set_go_on(session: Any) -> None:
    with transaction():
        record_continuation(decision(to_date=date(2027, 6, 30)), LEADER, NOW)
    assert rule_set_for(date(2027, 1, 1)).id == shipped_id()
    assert rule_set_for(date(2027, 6, 30)).id == shipped_id()
    with pytest.raises(NoRuleSetInForce):
        rule_set_for(date(2027, 7, 1))


def test_a_new_set_in_force_goes_before_a_decision(session: Any) -> None:
    pinned = shipped_id()
    with transaction() as writing:
        record_continuation(decision(), LEADER, NOW)
        successor = RuleSetRow(
            code="2027", name="新办法", valid_from=date(2027, 3, 1), valid_to=date(2030, 2, 28), status="in_force"
        )
        writing.add(successor)
        writing.flush()
        for key, value in writing.execute(
            sa.select(ParameterValueRow.key, ParameterValueRow.value).where(ParameterValueRow.rule_set_id == pinned)
        ).all():
            writing.add(ParameterValueRow(rule_set_id=successor.id, key=key, value=value))
    store.forget()
    assert rule_set_for(date(2027, 2, 28)).code == "2025"
    assert rule_set_for(date(2027, 3, 1)).code == "2027"


def test_only_a_bureau_leader_decides(session: Any) -> None:
    with pytest.raises(NotAllowed), transaction():
        record_continuation(decision(), CLERK, NOW)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"from_date": date(2026, 12, 31)}, "from_date"),
        ({"to_date": date(2026, 12, 31)}, "to_date"),
        ({"document_number": " "}, "document_number"),
        ({"reason": ""}, "reason"),
    ],
)
def test_a_decision_without_its_particulars_is_refused(session: Any, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught, transaction():
        record_continuation(decision(**changes), LEADER, NOW)
    assert list(caught.value.errors) == [field]


def test_a_decision_rolled_back_changes_nothing(session: Any) -> None:
    def fail_after_deciding() -> None:
        record_continuation(decision(), LEADER, NOW)
        raise RuntimeError

    with pytest.raises(RuntimeError), transaction():
        fail_after_deciding()
    with pytest.raises(NoRuleSetInForce):
        rule_set_for(date(2027, 1, 1))


def notice(**changes: Any) -> Notice:
    values: dict[str, Any] = {
        "year": 2027,
        "notice_number": "国办发明电〔2026〕9号",
        "source": "国务院办公厅网站",
        "rest": {date(2027, 1, 1): "元旦", date(2027, 2, 8): "春节"},
        "makeup": {date(2027, 2, 20): "春节"},
    }
    return Notice(**{**values, **changes})


def test_a_notice_counts_only_once_a_second_person_confirmed_it(session: Any) -> None:
    with transaction():
        number = propose(notice(), CLERK, NOW)
    store.forget()
    assert not current_calendar().is_official(2027)
    with pytest.raises(NotAllowed, match="录入人以外"), transaction():
        confirm(number, CLERK, NOW)
    with transaction():
        assert confirm(number, SECOND, NOW) == 2027
    assert current_calendar().day(date(2027, 2, 20)).kind == "makeup"
    assert current_calendar().years[2027].notice_number == "国办发明电〔2026〕9号"
    assert not rule_set_for(date(2026, 3, 2)).calendar.day(date(2027, 3, 1)).provisional
    with pytest.raises(Conflict), transaction():
        confirm(number, SECOND, NOW)


def test_a_later_notice_replaces_the_one_before(session: Any) -> None:
    with transaction():
        number = propose(notice(year=2026, rest={date(2026, 3, 9): "临时"}, makeup={}), CLERK, NOW)
    with transaction():
        confirm(number, SECOND, NOW)
    assert not current_calendar().day(date(2026, 3, 9)).is_work
    assert not current_calendar().day(date(2026, 2, 28)).is_work


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"notice_number": ""}, "notice_number"),
        ({"rest": {date(2028, 1, 1): "元旦"}}, "days"),
        ({"rest": {date(2027, 2, 20): "春节"}}, "days"),
        ({"makeup": {date(2027, 2, 22): "春节"}}, "makeup"),
    ],
)
def test_a_notice_that_cannot_be_is_refused(session: Any, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught, transaction():
        propose(notice(**changes), CLERK, NOW)
    assert list(caught.value.errors) == [field]


def test_only_the_centre_keeps_the_calendar(session: Any) -> None:
    with pytest.raises(NotAllowed), transaction():
        propose(notice(), REVIEWER, NOW)


def test_from_november_on_the_next_year_is_missed(session: Any) -> None:
    assert missing_years(date(2026, 10, 31)) == []
    assert missing_years(date(2026, 11, 1)) == [2027]
    assert missing_years(date(2027, 1, 1)) == [2027]
