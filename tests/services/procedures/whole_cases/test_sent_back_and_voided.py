"""退回, 委托 and 作废 on the shipped diagrams: the records of the procedure go with the case."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.core import clock
from app.core.database import db
from app.core.errors import Conflict, Invalid, NotAllowed
from app.procedures.publicity import service as publicity
from app.registers import proposed
from app.registers.models import ProposedState
from app.workflow import instances, tasks
from app.workflow.participation import Delegation
from app.workflow.states import Act
from tests.services.procedures.people import notice, outbox, trail_holds
from tests.services.procedures.whole_cases.office import Office
from tests.services.workflow.world import in_transaction
from tests.unit.procedures.forms import RULES

ACCEPTED = {"formal_outcome": "accepted", "formal_opinion": "材料齐全"}
PASSED = {"review_outcome": "passed", "review_route": "B", "review_opinion": "符合第十一条（二）4 的规定"}


@pytest.fixture
def office(database: Any) -> Office:
    return Office()


def targets(office: Office, number: str, element: str, by: str) -> list[str]:
    """Where the open task may be sent back to."""
    task_id = office.task(office.case(number).id, element).id
    in_transaction(lambda: tasks.claim(task_id, office[by]))
    found = [one.element_id for one in tasks.detail(task_id, office[by]).return_targets]
    db.session.rollback()
    return found


def send_back(office: Office, number: str, element: str, to: str, by: str) -> None:
    task_id = office.task(office.case(number).id, element).id
    in_transaction(lambda: tasks.return_to(task_id, to, office[by], "材料不清"))


def test_a_review_sent_back_by_the_verb_is_checked_and_reviewed_again(office: Office) -> None:
    number = office.apply()
    office.do(number, "formal_check", "clerk", **ACCEPTED)
    send_back(office, number, "qualification_review", "formal_check", "reviewer")
    office.do(number, "formal_check", "clerk", **ACCEPTED)
    assert office.state(number) == "资格审查"
    office.do(number, "qualification_review", "reviewer", **PASSED)
    send_back(office, number, "confirm_list", "qualification_review", "leader")
    office.do(number, "qualification_review", "reviewer", **PASSED)
    office.do(number, "confirm_list", "leader", confirm_outcome="agreed")
    assert office.state(number) == "拟入库"


def test_what_is_on_the_list_is_not_sent_back(office: Office) -> None:
    number = office.apply()
    office.to_list(number)
    assert targets(office, number, "publish_notice", "clerk") == []


def test_a_formal_check_is_not_sent_back_to_the_review_that_returned_it(office: Office) -> None:
    number = office.apply()
    office.do(number, "formal_check", "clerk", **ACCEPTED)
    office.do(number, "qualification_review", "reviewer", review_outcome="returned", review_opinion="学历不清")
    assert targets(office, number, "formal_check", "clerk") == []


def test_a_voided_application_ends_and_its_applicant_may_apply_again(office: Office) -> None:
    number = office.apply()
    office.to_list(number)
    case = office.case(number).id
    in_transaction(lambda: instances.cancel(case, office["leader"], "重复登记"))
    assert office.state(number) == "不通过"
    row = proposed.proposed(number)
    assert row is not None
    assert row.state == ProposedState.ENDED
    assert "申请已作废：重复登记" in outbox("refused")[0]["texts"]["mail"]
    db.session.rollback()
    assert office.apply() == "RK-2026-0002"
    assert trail_holds()


def test_an_objection_is_answered_and_never_voided(office: Office) -> None:
    number = office.published()
    against = office.case(office.object(number)).id
    with pytest.raises(Conflict, match="不能作废"):
        in_transaction(lambda: instances.cancel(against, office["clerk"], "不想办"))
    assert office.instance(against).status == "running"


def test_who_reviewed_for_another_does_not_confirm(office: Office) -> None:
    number = office.apply()
    office.do(number, "formal_check", "clerk", **ACCEPTED)
    task_id = office.task(office.case(number).id, "qualification_review").id
    in_transaction(lambda: tasks.claim(task_id, office["reviewer"]))
    in_transaction(lambda: tasks.delegate(task_id, office.id_of("both"), office["reviewer"], "请先看"))
    in_transaction(lambda: tasks.complete(task_id, PASSED, office["both"], None))
    assert db.session.query(Delegation).filter_by(kind=Act.DELEGATE).count() == 1
    db.session.rollback()
    in_transaction(lambda: tasks.complete(task_id, PASSED, office["reviewer"], None))
    confirm = office.task(office.case(number).id, "confirm_list").id
    with pytest.raises(NotAllowed, match="须由另一人办理"):
        in_transaction(lambda: tasks.complete(confirm, {"confirm_outcome": "agreed"}, office["both"], None))
    with pytest.raises(NotAllowed, match="须由另一人办理"):
        in_transaction(lambda: tasks.return_to(confirm, "qualification_review", office["both"], "再看"))
    office.do(number, "confirm_list", "leader", confirm_outcome="agreed")


def test_a_notice_is_not_dated_back_before_its_names_were_on_the_list(office: Office) -> None:
    number = office.apply()
    office.to_list(number)
    early = notice(clock.now() - timedelta(days=10))
    with pytest.raises(Invalid) as refused:
        in_transaction(
            lambda: publicity.create_batch([number], early, actor=office["clerk"], now=clock.now(), rules=RULES)
        )
    assert "早于" in refused.value.errors["published_on"]
