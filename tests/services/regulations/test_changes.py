"""Changing a parameter: dated, by two people, without touching what has begun."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.core.actor import Actor
from app.core.clock import ZONE
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from app.core.transaction import transaction
from app.identity import permissions
from app.regulations import changes, rule_set, rule_set_for, seed, store
from app.regulations.changes import Proposal
from app.regulations.models import ParameterValueRow, RuleSetRow
from app.regulations.store import ContinuationDecision, record_continuation

NOW = datetime(2026, 3, 2, 9, tzinfo=ZONE)
DAY = date(2026, 4, 1)
OWNER = Actor(user_id=1, name="沈望舒", roles=frozenset({"process_owner"}))
SECOND = Actor(user_id=2, name="许砚秋", roles=frozenset({"process_owner"}))
LEADER = Actor(user_id=3, name="赵廷和", roles=frozenset({"bureau_leader"}))
CLERK = Actor(user_id=4, name="马晓岚", roles=frozenset({"center_clerk"}))
PERIOD, GRACE = "publicity.period", "publicity.mail_grace"


@pytest.fixture
def session(any_database: Any) -> Any:
    with transaction() as session:
        seed(session)
    return any_database


def proposal(**wanted: Any) -> Proposal:
    values: dict[str, Any] = {
        "key": PERIOD, "value": 7, "valid_from": DAY, "document_number": "晋政信发〔2026〕12号", "reason": "异议增多",
    }
    return Proposal(**{**values, **wanted})


def propose(now: datetime = NOW, by: Actor = OWNER, **wanted: Any) -> int:
    with transaction():
        return changes.propose(proposal(**wanted), by, now)


def approve(number: int, by: Actor = LEADER, now: datetime = NOW) -> None:
    with transaction():
        changes.approve(number, by, now)


def changed(now: datetime = NOW, **wanted: Any) -> int:
    number = propose(now, **wanted)
    approve(number, now=now)
    return number


def value_on(day: date, key: str = PERIOD) -> int:
    return rule_set_for(day).integer(key)


def spans() -> list[tuple[str, date, date]]:
    rows = store.rule_sets()
    return [(one.code, one.valid_from, one.valid_to) for one in reversed(rows)]


def test_the_roles_are_those_of_the_permissions() -> None:
    assert permissions.permission(permissions.RULES_EDIT).roles == {changes.EDITING_ROLE}
    assert permissions.permission(permissions.RULES_APPROVE).roles == set(changes.APPROVING_ROLES)


def test_a_proposal_changes_nothing(session: Any) -> None:
    propose()
    store.forget()
    assert value_on(DAY) == 5


def test_an_approved_change_holds_from_its_day_and_the_set_before_ends_the_day_before(session: Any) -> None:
    old = rule_set_for(DAY).id
    changed()
    assert value_on(DAY - timedelta(days=1)) == 5
    assert value_on(DAY) == 7
    assert spans() == [
        ("2025", date(2025, 1, 1), date(2026, 3, 31)),
        ("2025-20260401", DAY, date(2026, 12, 31)),
    ]
    assert rule_set(old).integer(PERIOD) == 5, "what is pinned keeps its value"
    assert rule_set_for(DAY).name == rule_set(old).name


def test_everything_but_the_changed_value_stays(session: Any) -> None:
    before = rule_set_for(DAY).values
    changed()
    after = rule_set_for(DAY).values
    assert {key for key in before if before[key] != after[key]} == {PERIOD}


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"value": 0}, "value"),
        ({"value": 700}, "value"),
        ({"value": "七"}, "value"),
        ({"value": 5}, "value"),
        ({"valid_from": NOW.date()}, "valid_from"),
        ({"valid_from": date(2026, 2, 1)}, "valid_from"),
        ({"valid_from": date(2027, 1, 1)}, "valid_from"),
        ({"valid_from": date(2036, 1, 1)}, "valid_from"),
        ({"valid_from": None}, "valid_from"),
        ({"reason": "  "}, "reason"),
        ({"document_number": " "}, "document_number"),
        ({"key": "objection.warning_first", "value": 14}, "value"),
        ({"key": "selection.panel_sizes", "value": [5, 6, 7]}, "value"),
        ({"key": "selection.panel_sizes", "value": [7, 5]}, "value"),
        ({"key": "entry.directions", "value": ["云网基础设施", "量子信息"]}, "value"),
        ({"key": "publicity.office_close", "value": "25:00"}, "value"),
        ({"key": "entry.age_exemptions", "value": ["甲", "甲"]}, "value"),
    ],
)
def test_a_change_that_cannot_be_is_refused_at_its_field(session: Any, wanted: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        propose(**wanted)
    assert list(caught.value.errors) == [field]


def test_an_internal_limit_needs_no_document_and_a_second_owner_approves_it(session: Any) -> None:
    number = propose(key="entry.publish_period", value=6, document_number="")
    with pytest.raises(NotAllowed, match="提出人以外"):
        approve(number, OWNER)
    with pytest.raises(NotAllowed):
        approve(number, CLERK)
    approve(number, SECOND)
    assert value_on(DAY, "entry.publish_period") == 6


def test_what_the_article_fixes_is_changed_only_by_the_leader(session: Any) -> None:
    number = propose()
    with pytest.raises(NotAllowed, match="局领导"):
        approve(number, SECOND)
    approve(number, LEADER)
    assert value_on(DAY) == 7


def test_only_owners_propose(session: Any) -> None:
    with pytest.raises(NotAllowed):
        propose(by=LEADER)


def test_several_changes_of_one_day_make_one_set(session: Any) -> None:
    changed()
    changed(key=GRACE, value=2)
    assert [code for code, _, _ in spans()] == ["2025", "2025-20260401"]
    assert (value_on(DAY), value_on(DAY, GRACE)) == (7, 2)


def test_an_earlier_change_goes_on_into_a_later_set(session: Any) -> None:
    later = date(2026, 6, 1)
    changed(valid_from=later)
    changed(key=GRACE, value=2)
    assert [(value_on(day), value_on(day, GRACE)) for day in (NOW.date(), DAY, later)] == [(5, 0), (5, 2), (7, 2)]
    assert spans()[1][2] == date(2026, 5, 31)


def test_of_two_proposals_for_one_day_the_second_finds_the_first(session: Any) -> None:
    first, second = propose(), propose(value=9)
    approve(first)
    with pytest.raises(Conflict, match="7个工作日"):
        approve(second)
    with transaction():
        changes.withdraw(first, LEADER, "改用另一份", NOW)
    approve(second)
    assert value_on(DAY) == 9


def test_a_proposal_made_upon_another_value_is_not_approved(session: Any) -> None:
    late = propose(value=9, valid_from=date(2026, 6, 1))
    changed()
    with pytest.raises(Conflict, match="已改为7个工作日"):
        approve(late)


def test_what_is_withdrawn_before_its_day_leaves_everything_as_it_was(session: Any) -> None:
    before = spans()
    number = changed()
    with pytest.raises(Invalid), transaction():
        changes.withdraw(number, LEADER, " ", NOW)
    with transaction():
        changes.withdraw(number, LEADER, "会议另有决定", NOW)
    assert value_on(DAY) == 5
    assert rule_set_for(DAY).code == "2025"
    assert rule_set_for(DAY).valid_to == before[0][2]
    with pytest.raises(Conflict), transaction():
        changes.withdraw(number, LEADER, "再来一次", NOW)


def test_once_its_day_has_come_a_change_stays(session: Any) -> None:
    number = changed()
    at = datetime(2026, 4, 1, 0, 0, tzinfo=ZONE)
    with pytest.raises(Conflict, match="另行提出"), transaction():
        changes.withdraw(number, LEADER, "不要了", at)


def test_a_change_whose_day_passed_while_it_waited_is_not_approved(session: Any) -> None:
    number = propose()
    with pytest.raises(Conflict, match="最早从明天"):
        approve(number, now=datetime(2026, 4, 1, 8, tzinfo=ZONE))
    assert value_on(DAY) == 5


def test_a_set_that_has_begun_is_not_touched_by_later_changes(session: Any) -> None:
    changed()
    begun = rule_set_for(DAY)
    changed(datetime(2026, 5, 4, 9, tzinfo=ZONE), value=8, valid_from=date(2026, 6, 1))
    assert rule_set(begun.id).values == begun.values
    assert [value_on(day) for day in (DAY, date(2026, 5, 31), date(2026, 6, 1))] == [7, 7, 8]


def test_the_refusal_needs_a_reason_and_ends_it(session: Any) -> None:
    number = propose()
    with pytest.raises(Invalid), transaction():
        changes.refuse(number, LEADER, "", NOW)
    with transaction():
        changes.refuse(number, LEADER, "依据不足", NOW)
    with pytest.raises(Conflict):
        approve(number)
    assert changes.change(number).row.decision_note == "依据不足"


def test_there_is_no_such_change(session: Any) -> None:
    with pytest.raises(NotFound):
        changes.change(4711)


class TestWithContinuations:
    """A lapsed text that a 沿用 decision lets go on (domain.md no. 59)."""

    def test_the_last_state_of_the_text_goes_on_whichever_set_the_decision_names(self, session: Any) -> None:
        enacted = rule_set_for(NOW.date()).id
        with transaction():
            decision = ContinuationDecision(enacted, date(2027, 1, 1), None, "〔2026〕88号", "新办法未出")
            record_continuation(decision, LEADER, NOW)
        changed()
        assert value_on(date(2027, 2, 1)) == 7

    def test_what_is_continued_is_the_last_set_without_a_gap(self, session: Any) -> None:
        changed()
        assert store.set_to_continue(NOW.date()).code == "2025-20260401"
        assert store.set_to_continue(NOW.date()).valid_to == date(2026, 12, 31)

    @pytest.mark.parametrize(("until", "end"), [(date(2027, 6, 30), date(2027, 6, 30)), (None, date(9999, 12, 31))])
    def test_a_change_in_the_time_of_a_decision_lasts_as_long_as_that(
        self, session: Any, until: date | None, end: date
    ) -> None:
        enacted = rule_set_for(NOW.date()).id
        with transaction():
            decision = ContinuationDecision(enacted, date(2027, 1, 1), until, "〔2026〕88号", "新办法未出")
            record_continuation(decision, LEADER, NOW)
        number = changed(valid_from=date(2027, 3, 1))
        assert [value_on(day) for day in (date(2026, 12, 31), date(2027, 2, 28), date(2027, 3, 1))] == [5, 5, 7]
        assert rule_set_for(date(2027, 3, 1)).valid_to == end
        assert rule_set(enacted).valid_to == date(2026, 12, 31)
        with transaction():
            changes.withdraw(number, LEADER, "不再需要", NOW)
        assert value_on(date(2027, 3, 1)) == 5


def test_a_parameter_declared_since_reaches_every_set(session: Any) -> None:
    changed()
    with transaction() as writing:
        writing.execute(sa.delete(ParameterValueRow).where(ParameterValueRow.key == "term.years"))
    with transaction() as writing:
        seed(writing)
    assert [one.integer("term.years") for one in store.rule_sets()] == [2, 2]


def test_a_set_made_by_another_process_is_found_though_this_one_looked_before(session: Any) -> None:
    rule_set_for(DAY)
    with transaction() as writing:
        row = RuleSetRow(code="x", name="x", valid_from=DAY, valid_to=DAY, status="withdrawn")
        writing.add(row)
        writing.flush()
        for key, value in writing.execute(sa.select(ParameterValueRow.key, ParameterValueRow.value)).all():
            writing.add(ParameterValueRow(rule_set_id=row.id, key=key, value=value))
        number = row.id
    assert rule_set(number).code == "x"
