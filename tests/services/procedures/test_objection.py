"""Objections: received whatever they are, accepted or not, decided, told to both sides, and settled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.actor import SYSTEM, Actor, public
from app.core.database import db
from app.core.errors import Conflict, Invalid, NotAllowed, UserError
from app.identity import reveal
from app.procedures.entry import service as entry
from app.procedures.objection import queries, service, store
from app.procedures.objection.models import Objection, ObjectionState
from app.procedures.objection.service import Paper, PaperArrival
from app.procedures.publicity import service as publicity
from app.registers import proposed
from app.registers.files import access
from app.registers.files import service as files
from app.registers.models import ProposedState
from tests.services.procedures.people import (
    APPLICANT,
    CLERK,
    LEADER,
    OTHER_REVIEWER,
    REVIEWER,
    acts,
    last_code,
    outbox,
    paper,
    proposed_expert,
    publicised,
    trail_holds,
)
from tests.unit.procedures.forms import RULES, id_number
from tests.unit.procedures.test_objection_rules import INDIVIDUAL, UNIT

Travel = Callable[[str], datetime]
OBJECTOR = public("高望山", "203.0.113.9")
pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def candidate(database: Any) -> str:
    """A name on the board, the period running from 2 to 9 March."""
    number = proposed_expert()
    publicised(number)
    return number


def prove_phone() -> None:
    service.request_phone_code(INDIVIDUAL["phone"], actor=OBJECTOR, now=clock.now(), rules=RULES)
    assert service.verify_phone(INDIVIDUAL["phone"], last_code(), now=clock.now())


def filed(candidate: str, **changes: Any) -> str:
    prove_phone()
    return service.file_online(
        candidate, {**INDIVIDUAL, **changes}, actor=OBJECTOR, now=clock.now(), rules=RULES
    ).number


def filed_by_unit(candidate: str) -> str:
    papers = [Paper("seal", paper("seal"))]
    return service.file_online(
        candidate, UNIT, papers, actor=OBJECTOR, now=clock.now(), rules=RULES
    ).number


def on_paper(
    candidate: str, came: PaperArrival, values: dict[str, Any] = INDIVIDUAL, actor: Actor = CLERK
) -> Objection:
    return service.receive_paper(candidate, values, came=came, actor=actor, now=clock.now(), rules=RULES)


def row(candidate: str) -> tuple[ProposedState, int, int]:
    db.session.flush()
    found = proposed.proposed(candidate)
    assert found is not None
    return found.state, found.open_objections, found.upheld_objections


def decided(number: str, upheld: bool, reasons: str = "证书编号查不到") -> None:
    service.accept(number, RULES, actor=REVIEWER, now=clock.now())
    service.record_investigation(number, "经向发证机关查证。", "upheld", actor=REVIEWER)
    service.decide(number, upheld, reasons, actor=LEADER, now=clock.now())
    service.notify_parties(number, actor=SYSTEM, now=clock.now())


def close(candidate: str, travel: Travel) -> publicity.Closed:
    travel("2026-03-10 00:00")
    return publicity.close_period(candidate, "GS-2026-0001", RULES, actor=SYSTEM, now=clock.now())


def test_an_objection_in_time_holds_the_candidate_at_once(candidate: str) -> None:
    number = filed(candidate)
    found = store.objection(number)
    assert number == "YY-2026-0001"
    assert (found.state, found.candidate_name, found.batch_no) == (ObjectionState.RECEIVED, "周启明", "GS-2026-0001")
    assert service.assess(number).admissible
    assert row(candidate) == (ProposedState.OBJECTED, 1, 0)
    assert found.acceptance_due_at == datetime(2026, 3, 5, tzinfo=clock.ZONE)


def test_a_unit_files_with_its_sealed_scan(candidate: str) -> None:
    number = filed_by_unit(candidate)
    [scan] = files.of_owner(store.OWNER, number)
    assert scan.purpose == "seal"
    readers = [actor for actor in (REVIEWER, LEADER, CLERK, APPLICANT) if access.may_read(actor, scan)]
    assert readers == [REVIEWER, LEADER]


def test_an_individual_needs_a_proved_phone(candidate: str, travel: Travel) -> None:
    with pytest.raises(Invalid) as refused:
        service.file_online(candidate, INDIVIDUAL, actor=OBJECTOR, now=clock.now(), rules=RULES)
    assert refused.value.errors == {"phone": "手机号码：还没有用验证码核验"}
    prove_phone()
    travel("2026-03-02 11:00")
    with pytest.raises(Invalid):
        service.file_online(candidate, INDIVIDUAL, actor=OBJECTOR, now=clock.now(), rules=RULES)


def test_a_wrong_code_proves_nothing_and_five_end_it(candidate: str) -> None:
    service.request_phone_code(INDIVIDUAL["phone"], actor=OBJECTOR, now=clock.now(), rules=RULES)
    code = last_code()
    for _ in range(5):
        assert not service.verify_phone(INDIVIDUAL["phone"], "xxxxxx", now=clock.now())
    assert not service.verify_phone(INDIVIDUAL["phone"], code, now=clock.now())
    assert not service.verify_phone("13699998888", code, now=clock.now())


def test_online_the_candidate_must_stand_on_the_board() -> None:
    prove_phone()
    for number in ("RK-2026-0404", proposed_expert()):
        with pytest.raises(Invalid) as refused:
            service.file_online(number, INDIVIDUAL, actor=OBJECTOR, now=clock.now(), rules=RULES)
        assert "不在公示名单中" in refused.value.errors["application_no"]


def test_a_late_objection_is_received_answered_and_holds_nobody(candidate: str, travel: Travel) -> None:
    travel("2026-03-09 23:59")
    assert service.assess(filed(candidate)).in_period
    travel("2026-03-10 00:00")
    number = filed(candidate)
    assert service.assess(number).reason == "不在公示期内提出"
    assert row(candidate)[1] == 1
    service.refuse(number, "在公示期满后提出", actor=REVIEWER, now=clock.now())
    assert store.objection(number).state == ObjectionState.NOT_ACCEPTED
    assert "在公示期满后提出" in outbox("objection_not_accepted")[0]["texts"]["mail"]


def test_letters_and_counter_have_their_own_last_moment(candidate: str, travel: Travel) -> None:
    travel("2026-03-12 10:00")
    posted = PaperArrival("post", clock.now(), date(2026, 3, 9))
    assert on_paper(candidate, posted).in_period
    assert not on_paper(candidate, PaperArrival("post", clock.now(), date(2026, 3, 10))).in_period
    before = datetime(2026, 3, 9, 18, 0, tzinfo=clock.ZONE)
    after = datetime(2026, 3, 9, 18, 1, tzinfo=clock.ZONE)
    assert on_paper(candidate, PaperArrival("counter", before)).in_period
    assert not on_paper(candidate, PaperArrival("counter", after)).in_period


def test_an_anonymous_letter_is_recorded_and_holds_nobody(candidate: str) -> None:
    letter = {"kind": "anonymous", "matter": "学历不实", "grounds": "有人知道"}
    found = on_paper(candidate, PaperArrival("counter", clock.now()), letter)
    service.acknowledge(found.number, actor=SYSTEM, now=clock.now())
    assert service.assess(found.number).reason == "没有实名提出"
    assert (row(candidate)[1], outbox("objection_received")) == (0, [])


def test_a_letter_about_nobody_on_the_board_is_recorded_but_cannot_be_accepted() -> None:
    found = on_paper("张三丰", PaperArrival("counter", clock.now()))
    assert (found.application_no, found.candidate_name) == (None, "张三丰")
    assert service.assess(found.number).reason == "所指的人不在公示名单中"
    with pytest.raises(Conflict):
        service.accept(found.number, RULES, actor=REVIEWER, now=clock.now())
    service.refuse(found.number, "不在公示名单中", actor=REVIEWER, now=clock.now())
    assert not service.settle(found.number, actor=SYSTEM).tell


def test_only_bureau_and_centre_take_letters_in(candidate: str) -> None:
    with pytest.raises(NotAllowed):
        on_paper(candidate, PaperArrival("counter", clock.now()), actor=LEADER)


def test_who_objects_is_encrypted_and_for_the_handlers_only(candidate: str) -> None:
    number = filed(candidate)
    db.session.flush()
    raw = db.session.execute(sa.text("SELECT objector_name, objector_id_number, matter FROM objection")).one()
    assert all(isinstance(value, bytes) for value in raw)
    with pytest.raises(NotAllowed):
        queries.view(number, actor=CLERK)
    shown = queries.view(number, actor=REVIEWER)
    assert (shown.objector.name, shown.objector.phone) == ("高**", "137****1111")
    assert reveal.reveal(REVIEWER, "objection", number, "contact", "").values["异议人"] == "高望山"
    with pytest.raises(NotAllowed):
        reveal.reveal(CLERK, "objection", number, "contact", "")
    assert "objection.view" in acts(number)


def test_the_trail_never_says_who_objected(candidate: str) -> None:
    filed(candidate)
    db.session.commit()
    names = db.session.scalars(sa.text("SELECT actor_name FROM audit_entry WHERE action LIKE 'objection.%'")).all()
    assert names == ["异议人"]
    assert "高望山" not in "".join(db.session.scalars(sa.text("SELECT body FROM audit_entry")).all())
    assert trail_holds()


def test_acceptance_starts_the_days_for_the_decision(candidate: str) -> None:
    number = filed(candidate)
    found = service.accept(number, RULES, actor=REVIEWER, now=clock.now())
    assert (found.accepted_at, found.decision_due_at) == (clock.now(), datetime(2026, 3, 24, tzinfo=clock.ZONE))
    assert outbox("objection_accepted")[0]["to"] == "高望山"
    [told] = outbox("objection_pending_candidate")
    assert told["to"] == "周启明"
    assert "高望山" not in str(told)


def test_silence_accepts_as_of_the_last_day_for_answering(candidate: str, travel: Travel) -> None:
    number = filed(candidate)
    travel("2026-03-05 00:00")
    found = service.accept(number, RULES, actor=SYSTEM, now=clock.now(), deemed=True)
    assert (found.acceptance_deemed, found.accepted_at) == (True, datetime(2026, 3, 4, 23, 59, 59, tzinfo=clock.ZONE))
    assert found.decision_due_at == datetime(2026, 3, 26, tzinfo=clock.ZONE)


def test_not_accepting_needs_a_reason_and_frees_the_candidate(candidate: str) -> None:
    number = filed(candidate)
    with pytest.raises(UserError):
        service.refuse(number, " ", actor=REVIEWER, now=clock.now())
    service.refuse(number, "所述与入库条件无关", actor=REVIEWER, now=clock.now())
    service.settle(number, actor=SYSTEM)
    assert row(candidate) == (ProposedState.PUBLICISED, 0, 0)
    assert outbox("objection_pending_candidate") == []


def test_a_late_one_that_is_accepted_after_all_holds_the_candidate(candidate: str, travel: Travel) -> None:
    close(candidate, travel)
    number = filed(candidate)
    assert row(candidate) == (ProposedState.CLEARED, 0, 0)
    service.accept(number, RULES, actor=REVIEWER, now=clock.now(), reason="邮戳在公示期内")
    assert row(candidate) == (ProposedState.OBJECTED, 1, 0)


def test_the_decision_needs_reasons_and_another_person(candidate: str) -> None:
    number = filed(candidate)
    service.accept(number, RULES, actor=REVIEWER, now=clock.now())
    service.record_investigation(number, "经查。", None, actor=REVIEWER)
    with pytest.raises(NotAllowed):
        service.decide(number, True, "属实", actor=REVIEWER, now=clock.now())
    with pytest.raises(UserError):
        service.decide(number, True, "", actor=LEADER, now=clock.now())
    service.decide(number, False, "证书真实有效", actor=LEADER, now=clock.now())
    assert store.objection(number).upheld is False


@pytest.mark.parametrize("word", ["高望山", "1370000 1111", id_number("19700101")])
def test_nothing_the_candidate_reads_may_name_the_objector(candidate: str, word: str) -> None:
    number = filed(candidate)
    service.accept(number, RULES, actor=REVIEWER, now=clock.now())
    with pytest.raises(UserError) as refused:
        service.record_investigation(number, f"据 {word} 反映", None, actor=REVIEWER)
    assert refused.value.field == "investigation_report"
    service.record_investigation(number, "经查。", None, actor=REVIEWER)
    with pytest.raises(UserError) as refused:
        service.decide(number, True, f"{word}所述属实", actor=LEADER, now=clock.now())
    assert refused.value.field == "decision_reasons"


def test_both_sides_get_a_letter_with_a_delivery_log(candidate: str) -> None:
    number = filed(candidate)
    decided(number, upheld=True)
    found = store.objection(number)
    assert (found.state, found.notified_at) == (ObjectionState.NOTIFIED, clock.now())
    objector, own = found.letters
    assert [letter.document_no for letter in found.letters] == ["YY-2026-0001-1", "YY-2026-0001-2"]
    assert "高望山" in objector.body
    assert own.deliveries[0]["way"] == "outbox"
    told = outbox("objection_decided_candidate")[0]
    assert "异议成立" in str(told)
    assert "高望山" not in str(told)
    service.record_delivery(own.id, "post", "挂号 123", actor=CLERK, now=clock.now())
    assert [entry["way"] for entry in own.deliveries] == ["outbox", "post"]
    assert service.letter_pdf(own, is_demo=False).startswith(b"%PDF")


def test_handlers_are_warned_and_an_overdue_decision_is_escalated(candidate: str, travel: Travel) -> None:
    number = filed(candidate)
    service.accept(number, RULES, actor=REVIEWER, now=clock.now())
    assert service.warn(number, "first", actor=SYSTEM, now=clock.now()) == 0
    travel("2026-03-24 00:00")
    service.escalate(number, actor=SYSTEM, now=clock.now())
    travel("2026-03-25 00:00")
    service.escalate(number, actor=SYSTEM, now=clock.now())
    assert store.objection(number).overdue_since == datetime(2026, 3, 24, tzinfo=clock.ZONE)
    assert [line.overdue for line in queries.latest()] == [True]


def test_several_objections_to_one_candidate_wait_for_each_other(candidate: str, travel: Travel) -> None:
    first, second = filed(candidate), filed_by_unit(candidate)
    assert close(candidate, travel) == publicity.Closed(2, False)
    decided(first, upheld=False)
    settled = service.settle(first, actor=SYSTEM)
    assert (settled.open_objections, settled.tell) == (1, False)
    decided(second, upheld=True, reasons="业绩不实")
    settled = service.settle(second, actor=SYSTEM)
    assert (settled.tell, settled.upheld, settled.reasons) == (True, True, "业绩不实（YY-2026-0002）")
    assert row(candidate) == (ProposedState.UPHELD, 0, 1)


def test_settling_twice_tells_once(candidate: str, travel: Travel) -> None:
    number = filed(candidate)
    close(candidate, travel)
    decided(number, upheld=False)
    assert service.settle(number, actor=SYSTEM).tell
    assert not service.settle(number, actor=SYSTEM).tell
    assert row(candidate) == (ProposedState.CLEARED, 0, 0)


def test_while_the_period_runs_nobody_is_told(candidate: str, travel: Travel) -> None:
    number = filed(candidate)
    decided(number, upheld=True)
    assert not service.settle(number, actor=SYSTEM).tell
    assert row(candidate)[0] == ProposedState.UPHELD
    assert close(candidate, travel) == publicity.Closed(0, True)


def test_another_candidate_of_the_batch_is_not_held(travel: Travel) -> None:
    held, free = proposed_expert(), proposed_expert(identity__id_number=id_number("19800101"))
    publicised(held, free)
    filed(held)
    close(held, travel)
    close(free, travel)
    assert entry.appoint(free, RULES, actor=SYSTEM, now=clock.now()).expert_no == "ZJ-2026-0001"
    with pytest.raises(Conflict):
        entry.appoint(held, RULES, actor=SYSTEM, now=clock.now())


def test_withdrawing_meanwhile_does_not_stop_the_answer_to_the_objector(candidate: str) -> None:
    number = filed(candidate)
    entry.close_withdrawn(candidate, None, actor=SYSTEM, now=clock.now())
    decided(number, upheld=True)
    assert len(outbox("objection_decided_candidate")) == 1
    assert not service.settle(number, actor=SYSTEM).tell
    found = proposed.proposed(candidate)
    assert found is not None
    assert (found.state, found.phone) == (ProposedState.ENDED, None)


def test_a_second_report_takes_the_place_of_the_first(candidate: str) -> None:
    number = filed(candidate)
    service.accept(number, RULES, actor=REVIEWER, now=clock.now())
    service.record_investigation(number, "初步核实。", None, actor=REVIEWER)
    service.record_investigation(number, "已向发证机关查证。", "rejected", actor=OTHER_REVIEWER)
    found = store.objection(number)
    assert (found.investigation, found.investigated_by_name) == ("已向发证机关查证。", "孙可")
