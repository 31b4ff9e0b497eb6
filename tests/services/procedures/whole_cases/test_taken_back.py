"""撤回 on the shipped diagram: the person's last conclusion is taken back, and the application with it."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.errors import Conflict, NotAllowed
from app.registers import proposed
from app.workflow import tasks
from tests.services.procedures.people import trail_holds
from tests.services.procedures.whole_cases.office import Office
from tests.services.procedures.whole_cases.test_sent_back_and_voided import ACCEPTED, PASSED
from tests.services.workflow.world import in_transaction


@pytest.fixture
def office(database: Any) -> Office:
    return Office()


def take_back(office: Office, number: str, element: str, by: str) -> None:
    task_id = office.task(office.case(number).id, element, "completed").id
    in_transaction(lambda: tasks.withdraw(task_id, office[by]))


def reviewed(office: Office) -> str:
    number = office.apply()
    office.do(number, "formal_check", "clerk", **ACCEPTED)
    office.do(number, "qualification_review", "reviewer", **PASSED)
    return number


def test_an_acceptance_is_taken_back_and_concluded_otherwise(office: Office) -> None:
    number = office.apply()
    office.do(number, "formal_check", "clerk", **ACCEPTED)
    take_back(office, number, "formal_check", "clerk")
    assert office.state(number) == "形式审查"
    assert office.open(office.case(number).id) == ["formal_check"]
    office.do(number, "formal_check", "clerk", formal_outcome="not_accepted", formal_opinion="不属受理范围")
    assert office.state(number) == "不予受理"
    assert trail_holds()


def test_a_review_is_taken_back_and_done_again(office: Office) -> None:
    number = reviewed(office)
    take_back(office, number, "qualification_review", "reviewer")
    assert office.open(office.case(number).id) == ["qualification_review"]
    office.do(number, "qualification_review", "reviewer", **PASSED)
    office.do(number, "confirm_list", "leader", confirm_outcome="agreed")
    assert office.state(number) == "拟入库"


def test_a_confirmation_taken_back_strikes_the_name_from_the_list(office: Office) -> None:
    number = reviewed(office)
    office.do(number, "confirm_list", "leader", confirm_outcome="agreed")
    take_back(office, number, "confirm_list", "leader")
    assert office.state(number) == "资格审查"
    assert proposed.proposed(number) is None
    office.do(number, "confirm_list", "leader", confirm_outcome="agreed")
    assert office.state(number) == "拟入库"


def test_what_the_applicant_was_told_is_not_taken_back(office: Office) -> None:
    number = office.apply()
    office.do(number, "formal_check", "clerk", formal_outcome="supplement", formal_missing=["degree"],
              formal_opinion="学位证书不清晰")
    with pytest.raises(Conflict, match="已经告知"):
        take_back(office, number, "formal_check", "clerk")
    assert office.state(number) == "补正"


def test_once_the_next_person_has_begun_nothing_is_taken_back(office: Office) -> None:
    number = reviewed(office)
    confirm = office.task(office.case(number).id, "confirm_list").id
    in_transaction(lambda: tasks.claim(confirm, office["leader"]))
    with pytest.raises(Conflict):
        take_back(office, number, "qualification_review", "reviewer")


def test_nobody_takes_back_what_another_concluded(office: Office) -> None:
    number = reviewed(office)
    with pytest.raises(NotAllowed):
        take_back(office, number, "qualification_review", "reviewer2")
