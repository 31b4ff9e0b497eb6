"""The shipped diagrams with the real operations, from the submission to the letter, time moved by the clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from app.core import clock
from app.jobs.due import run_until_quiet
from app.procedures.entry import service as entry
from app.procedures.objection import service as objection
from app.registers import experts
from app.workflow import messages
from tests.services.procedures.people import (
    APPLICANT,
    outbox,
    paper,
    trail_holds,
)
from tests.services.procedures.whole_cases.office import Office, Travel
from tests.services.workflow.world import in_transaction
from tests.unit.procedures.forms import RULES, id_number


@pytest.fixture
def office(any_database: Any) -> Office:
    """The office on each database."""
    return Office()


@pytest.fixture
def light_office(database: Any) -> Office:
    """The office on SQLite only."""
    return Office()


def ended(office: Office, numbers: Sequence[str]) -> list[str]:
    return [office.case(number).status for number in numbers]


def test_an_application_without_objection_ends_in_an_appointment(office: Office, travel: Travel) -> None:
    number = office.apply()
    assert office.state(number) == "形式审查"
    office.to_list(number)
    office.publish(number)
    office.pass_time(travel, "2026-03-09 23:59")
    assert office.state(number) == "拟入库"
    office.pass_time(travel, "2026-03-10 00:00")
    assert office.state(number) == "已入库"
    person = experts.by_number("ZJ-2026-0001")
    assert [(str(term.start_on), str(term.end_on)) for term in person.terms] == [("2026-03-10", "2028-03-09")]
    assert len(outbox("appointed")) == 1
    assert ended(office, [number]) == ["completed"]
    assert trail_holds()


def test_an_upheld_objection_ends_in_a_refusal_and_holds_nobody_else(office: Office, travel: Travel) -> None:
    held, free = office.apply(), office.apply(identity__id_number=id_number("19800101"))
    office.to_list(held, free)
    office.publish(held, free)
    against = office.object(held)
    office.do(against, "decide_acceptance", "reviewer", acceptance_outcome="accepted")
    office.pass_time(travel, "2026-03-10 00:00")
    assert (office.state(held), office.state(free)) == ("拟入库", "已入库")
    office.decide(against, "upheld")
    office.pass_time(travel, "2026-03-10 09:00")
    assert office.state(held) == "不通过"
    assert "证书编号查不到（YY-2026-0001）" in outbox("refused")[0]["texts"]["mail"]
    assert ended(office, [held, free, against]) == ["completed"] * 3


def test_a_rejected_objection_lets_the_appointment_go_on(light_office: Office, travel: Travel) -> None:
    office = light_office
    number = office.published()
    against = office.object(number)
    office.pass_time(travel, "2026-03-05 00:00")
    office.pass_time(travel, "2026-03-10 00:00")
    office.decide(against, "rejected")
    office.pass_time(travel, "2026-03-11 10:00")
    assert office.state(number) == "已入库"
    assert str(experts.by_number("ZJ-2026-0001").terms[0].start_on) == "2026-03-11"


def test_an_objection_upheld_before_the_period_ends_refuses_at_its_end(light_office: Office, travel: Travel) -> None:
    office = light_office
    number = office.published()
    against = office.object(number)
    office.do(against, "decide_acceptance", "reviewer", acceptance_outcome="accepted")
    office.decide(against, "upheld")
    run_until_quiet(clock.now())
    assert office.state(number) == "拟入库"
    office.pass_time(travel, "2026-03-10 00:00")
    assert office.state(number) == "不通过"


def test_two_objections_wait_for_each_other(light_office: Office, travel: Travel) -> None:
    office = light_office
    number = office.published()
    first = office.object(number)
    travel("2026-03-02 10:00")
    second = office.object(number)
    for against in (first, second):
        office.do(against, "decide_acceptance", "reviewer", acceptance_outcome="accepted")
    office.pass_time(travel, "2026-03-10 00:00")
    office.decide(first, "rejected")
    office.pass_time(travel, "2026-03-10 10:00")
    assert office.state(number) == "拟入库"
    office.decide(second, "rejected")
    office.pass_time(travel, "2026-03-10 11:00")
    assert office.state(number) == "已入库"


def test_an_overdue_objection_is_warned_of_and_escalated(light_office: Office, travel: Travel) -> None:
    office = light_office
    number = office.published()
    against = office.object(number)
    office.do(against, "decide_acceptance", "reviewer", acceptance_outcome="accepted")
    for moment in ("2026-03-17 00:00", "2026-03-20 00:00", "2026-03-24 00:00"):
        office.pass_time(travel, moment)
    assert len(outbox("deadline_overdue")) >= 2
    assert objection.assess(against).admissible
    office.decide(against, "rejected")
    office.pass_time(travel, "2026-03-25 10:00")
    assert office.state(number) == "已入库"


def test_a_supplement_goes_back_to_the_formal_check(light_office: Office, travel: Travel) -> None:
    office = light_office
    number = office.apply()
    asked = {"formal_outcome": "supplement", "formal_missing": ["degree"], "formal_opinion": "不清晰"}
    office.do(number, "formal_check", "clerk", **asked)
    assert office.state(number) == "补正"

    def bring() -> None:
        entry.attach_file(number, "degree", paper("degree"), actor=APPLICANT, now=clock.now())
        entry.supplement(number, actor=APPLICANT, now=clock.now(), rules=RULES)
        messages.deliver("supplement_delivered", number, {"version": 2}, APPLICANT)

    in_transaction(bring)
    assert (office.state(number), office.open(office.case(number).id)) == ("形式审查", ["formal_check"])
    office.do(number, "formal_check", "clerk", **asked)
    office.pass_time(travel, "2026-03-17 00:00")
    assert office.state(number) == "不予受理"


def test_age_is_looked_at_once_more_when_the_period_is_over(light_office: Office, travel: Travel) -> None:
    office = light_office
    number = office.apply(identity__id_number=id_number("19600310"))
    office.to_list(number)
    office.publish(number)
    office.pass_time(travel, "2026-03-10 00:00")
    assert office.state(number) == "不通过"
    assert "已满 66 周岁" in outbox("refused")[0]["texts"]["mail"]


def withdraw(office: Office, number: str) -> None:
    def act() -> None:
        entry.check_withdrawable(number)
        messages.deliver("application_withdrawn", number, {"reason": "个人原因"}, APPLICANT)

    in_transaction(act)
    run_until_quiet(clock.now())
    assert (office.state(number), office.open(office.case(number).id)) == ("撤回", [])
    assert ended(office, [number]) == ["completed"]


def test_the_applicant_may_withdraw_in_every_state_before_the_appointment(light_office: Office) -> None:
    office = light_office
    stages: list[Callable[[str], Any]] = [
        lambda number: None,
        lambda number: office.do(
            number, "formal_check", "clerk", formal_outcome="supplement", formal_missing=["cv"], formal_opinion="缺"
        ),
        lambda number: office.do(number, "formal_check", "clerk", formal_outcome="accepted", formal_opinion="齐全"),
        office.to_list,
        lambda number: (office.to_list(number), office.publish(number)),
        lambda number: (office.to_list(number), office.publish(number), office.object(number)),
    ]
    for stage in stages:
        number = office.apply()
        stage(number)
        withdraw(office, number)
