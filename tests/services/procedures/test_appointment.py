"""From the formal check to the appointment: conclusions, four eyes, the register, the account, the letter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from app.core import clock
from app.core.actor import SYSTEM, Actor
from app.core.database import db
from app.core.errors import Conflict, NotAllowed, UserError
from app.identity import reveal
from app.identity.accounts import by_login
from app.procedures.entry import queries, service, store
from app.procedures.entry.models import ApplicationState
from app.procedures.publicity import service as publicity
from app.registers import experts, proposed
from app.registers.files import access
from app.registers.models import BarKind, ExpertState, ProposedState
from app.registers.states import WrongState
from tests.services.procedures.people import (
    CLERK,
    LEADER,
    OTHER_REVIEWER,
    PHONE,
    REVIEWER,
    acts,
    found,
    in_formal_check,
    in_review,
    outbox,
    proposed_expert,
    publicised,
    submitted,
    trail_holds,
)
from tests.unit.procedures.forms import RULES, id_number

Travel = Callable[[str], datetime]
pytestmark = pytest.mark.usefixtures("database")


def review(number: str, outcome: str, route: str | None = "B", actor: Actor = REVIEWER) -> None:
    service.record_qualification_review(number, outcome, route, "意见", actor=actor, now=clock.now())


def confirm(number: str, outcome: str, opinion: str | None = None, actor: Actor = LEADER) -> None:
    service.record_confirmation(number, outcome, opinion, actor=actor, now=clock.now())


def cleared(travel: Travel, **changes: Any) -> str:
    number = proposed_expert(**changes)
    batch = publicised(number)
    travel("2026-03-10 00:00")
    publicity.close_period(number, batch, RULES, actor=SYSTEM, now=clock.now())
    return number


def test_the_pre_check_advises_and_goes_on_whatever_it_found() -> None:
    number = submitted()
    row = {"condition": "年龄", "result": "不符合", "article": "第十一条（一）5", "reason": "66 周岁"}
    result = service.record_precheck(number, [row], actor=SYSTEM, now=clock.now())
    assert (result.outcome, found(number).state) == ("not_met", ApplicationState.FORMAL_CHECK)
    assert queries.view(number).precheck is not None


def test_conclusions_come_at_their_stage_only() -> None:
    number = submitted()
    with pytest.raises(Conflict) as refused:
        service.record_formal_check(number, "accepted", [], None, actor=CLERK, now=clock.now())
    assert "目前是“已提交”，不在“形式审查”" in refused.value.message
    with pytest.raises(Conflict):
        review(number, "passed")


def test_each_way_through_the_formal_check() -> None:
    number = in_formal_check()
    service.record_formal_check(number, "accepted", [], "齐全", actor=CLERK, now=clock.now())
    assert found(number).state == ApplicationState.QUALIFICATION
    review(number, "returned", None)
    assert found(number).state == ApplicationState.FORMAL_CHECK
    service.record_formal_check(number, "not_accepted", [], "不属受理范围", actor=CLERK, now=clock.now())
    service.refuse(number, "not_accepted", "不属受理范围", actor=CLERK, now=clock.now())
    assert found(number).state == ApplicationState.NOT_ACCEPTED
    assert outbox("application_not_accepted")[0]["to"] == "周启明"


def test_a_pass_names_its_route() -> None:
    number = in_review()
    for route in (None, "", "E"):
        with pytest.raises(UserError) as refused:
            review(number, "passed", route)
        assert refused.value.field == "review_route"
    review(number, "passed", "C")
    assert found(number).route == "C"


def test_a_refusal_gives_reasons_to_the_applicant() -> None:
    number = in_review()
    review(number, "failed", None)
    with pytest.raises(UserError):
        service.refuse(number, "unqualified", "  ", actor=REVIEWER, now=clock.now())
    service.refuse(number, "unqualified", "不符合第十一条（二）4", actor=REVIEWER, now=clock.now())
    assert found(number).end_reason == "不符合第十一条（二）4"
    assert "不符合第十一条（二）4" in outbox("qualification_failed")[0]["texts"]["mail"]


def test_four_eyes_on_the_proposed_list() -> None:
    number = in_review()
    with pytest.raises(Conflict):
        confirm(number, "agreed")
    review(number, "passed")
    with pytest.raises(NotAllowed):
        confirm(number, "agreed", actor=REVIEWER)
    confirm(number, "disagreed", "请补核职称系列")
    assert found(number).state == ApplicationState.QUALIFICATION
    review(number, "passed", actor=OTHER_REVIEWER)
    confirm(number, "agreed")
    row = proposed.proposed(number)
    assert row is not None
    assert (row.state, row.name, row.title, row.phone) == (ProposedState.LISTED, "周启明", "正高级工程师", PHONE)
    assert [(item.stage, item.outcome) for item in found(number).decisions][-4:] == [
        ("qualification", "passed"), ("confirmation", "disagreed"),
        ("qualification", "passed"), ("confirmation", "agreed"),
    ]  # fmt: skip


def test_who_was_dismissed_for_cause_needs_a_special_approval() -> None:
    index = experts.id_number_index(id_number())
    experts.set_bar(
        index, BarKind.PRINCIPLE, date(2023, 1, 1), RULES, source="解聘", reason="泄密", actor=SYSTEM, now=clock.now()
    )
    number = in_review()
    review(number, "passed")
    with pytest.raises(UserError) as refused:
        confirm(number, "agreed")
    assert refused.value.field == "confirm_opinion"
    confirm(number, "agreed", "特批：事实已澄清")
    assert found(number).state == ApplicationState.PROPOSED


def test_the_appointment_opens_term_account_and_letter(travel: Travel) -> None:
    number = cleared(travel)
    assert service.check_age(number, RULES, now=clock.now()).within_limit
    made = service.appoint(number, RULES, actor=SYSTEM, now=clock.now())
    assert (made.expert_no, made.appointment_no) == ("ZJ-2026-0001", "PZ-2026-0001")
    assert (made.term_start, made.term_end) == (date(2026, 3, 10), date(2028, 3, 9))
    person = experts.by_number(made.expert_no)
    assert (person.state, person.name, person.route, person.unit.name) == (
        ExpertState.IN_POOL, "周启明", "B", "并州大学信息工程学院",
    )  # fmt: skip
    assert [item.direction for item in person.directions] == ["网络与信息安全", "密码应用"]
    user = by_login("zj-2026-0001")
    assert user is not None
    assert (user.roles, person.user_id) == (frozenset({"expert"}), user.id)
    letter = outbox("appointed")[0]
    assert letter["title"] == "聘为省直政务信息化专家：PZ-2026-0001"
    assert "/login/first/" in letter["texts"]["sms"]
    application = found(number)
    assert (application.state, application.live_index) == (ApplicationState.APPOINTED, None)
    assert proposed.proposed(number).phone is None  # type: ignore[union-attr]
    assert "expert.appoint" in acts(made.expert_no)
    assert trail_holds()


def test_nobody_is_appointed_before_the_list_is_clear() -> None:
    number = proposed_expert()
    for _ in range(2):
        with pytest.raises(Conflict) as refused:
            service.appoint(number, RULES, actor=SYSTEM, now=clock.now())
        assert "公示期满且没有未决的异议后才能聘任" in refused.value.message
        if proposed.proposed(number).batch_no is None:  # type: ignore[union-attr]
            publicised(number)


def test_the_age_counts_once_more_on_the_day_of_the_appointment(travel: Travel) -> None:
    number = cleared(travel, identity__id_number=id_number("19600310"))
    result = service.check_age(number, RULES, now=clock.now())
    assert (result.within_limit, result.reason) == (
        False, "聘任时已满 66 周岁，超过 65 周岁的年龄上限（第十一条（一）5）",
    )  # fmt: skip
    service.refuse(number, "over_age", result.reason, actor=SYSTEM, now=clock.now())
    assert found(number).state == ApplicationState.REJECTED
    assert len(outbox("refused")) == 1


def test_an_expert_of_the_pool_does_not_apply_again_but_a_removed_one_may(travel: Travel) -> None:
    number = cleared(travel)
    made = service.appoint(number, RULES, actor=SYSTEM, now=clock.now())
    with pytest.raises(Conflict) as refused:
        submitted()
    assert "已是在库专家" in refused.value.message
    db.session.commit()
    person = experts.by_number(made.expert_no)
    experts.remove(person.id, "14.4", RULES, reason="两次缺席", actor=LEADER, now=clock.now())
    assert (person.state, person.removed_on) == (ExpertState.REMOVED, date(2026, 3, 10))
    with pytest.raises(WrongState):
        experts.remove(person.id, "14.4", RULES, reason="两次缺席", actor=LEADER, now=clock.now())
    assert [(bar.kind, bar.until) for bar in experts.bars_of(person.id_number_index)] == [
        (BarKind.COOLDOWN, date(2028, 3, 10)),
    ]  # fmt: skip


def test_a_person_who_comes_back_keeps_the_number_and_gets_a_second_term(travel: Travel) -> None:
    first = service.appoint(cleared(travel), RULES, actor=SYSTEM, now=clock.now())
    person = experts.by_number(first.expert_no)
    person.state, person.removed_on = ExpertState.REMOVED, date(2026, 3, 10)
    db.session.flush()
    second = service.appoint(
        _published_and_closed(travel, "2026-04-01 09:00", "2026-04-10 00:00"), RULES, actor=SYSTEM, now=clock.now()
    )
    assert second.expert_no == first.expert_no
    assert [(term.seq, term.appointment_no) for term in experts.by_number(first.expert_no).terms] == [
        (1, "PZ-2026-0001"), (2, "PZ-2026-0002"),
    ]  # fmt: skip


def _published_and_closed(travel: Travel, published: str, closed: str) -> str:
    travel(published)
    number = proposed_expert()
    batch = publicised(number)
    travel(closed)
    publicity.close_period(number, batch, RULES, actor=SYSTEM, now=clock.now())
    return number


def test_withdrawing_takes_the_name_from_the_list_at_any_time(travel: Travel) -> None:
    number = proposed_expert()
    publicised(number)
    service.close_withdrawn(number, "个人原因", actor=SYSTEM, now=clock.now())
    row = proposed.proposed(number)
    assert row is not None
    assert (row.state, row.phone) == (ProposedState.ENDED, None)
    with pytest.raises(WrongState):
        service.close_withdrawn(number, None, actor=SYSTEM, now=clock.now())


def test_scans_of_id_cards_are_deleted_some_days_after_the_end(travel: Travel) -> None:
    number = submitted()
    service.close_withdrawn(number, None, actor=SYSTEM, now=clock.now())
    travel("2026-04-01 09:00")
    assert service.purge_identity_papers(RULES, actor=SYSTEM, now=clock.now()) == 0
    travel("2026-04-01 09:01")
    assert service.purge_identity_papers(RULES, actor=SYSTEM, now=clock.now()) == 1
    assert "identity" not in {paper.purpose for paper in store.papers_of(found(number))}
    assert service.purge_identity_papers(RULES, actor=SYSTEM, now=clock.now()) == 0


def test_staff_see_masks_and_unmask_with_a_reason() -> None:
    number = submitted()
    shown = queries.view(number)
    assert (shown.phone, shown.id_number) == ("139****5678", f"140***********{id_number()[-4:]}")
    whole = reveal.reveal(REVIEWER, "application", number, "verify_identity", "")
    assert whole.values["身份证号"] == id_number()
    assert acts(number)[-1] == "personal.reveal"


def test_papers_are_read_by_those_who_check_them() -> None:
    number = submitted()
    paper = store.papers_of(found(number))[0]
    organiser = Actor(30, "王评审", frozenset({"dept_organiser"}))
    assert [access.may_read(actor, paper) for actor in (CLERK, REVIEWER, organiser)] == [True, True, False]


def test_applications_are_found_by_number_name_unit_and_id_number() -> None:
    number = submitted()
    for text in (number.lower(), "周启", "并州大学", id_number(), ""):
        assert [item.number for item in queries.search(queries.ApplicationFilter(text))] == [number], text
    for text in ("%", "启明", "RK-2026-0002"):
        assert queries.search(queries.ApplicationFilter(text)) == []
    assert queries.search(queries.ApplicationFilter(state="appointed")) == []


def test_the_register_is_searched_and_masked(travel: Travel) -> None:
    made = service.appoint(cleared(travel), RULES, actor=SYSTEM, now=clock.now())
    for wanted in (
        experts.ExpertFilter(text="周启"),
        experts.ExpertFilter(text=id_number()),
        experts.ExpertFilter(text=PHONE),
        experts.ExpertFilter(text=made.expert_no.lower()),
        experts.ExpertFilter(direction="密码应用", state="in_pool"),
    ):
        assert [item.number for item in experts.search(wanted)] == [made.expert_no]
    assert experts.search(experts.ExpertFilter(direction="审计")) == []
    assert experts.search(experts.ExpertFilter(), after=made.expert_no) == []
    shown = experts.masked(experts.by_number(made.expert_no), clock.today())
    assert (shown.name, shown.phone, shown.state, shown.overlay) == ("周**", "139****5678", "在库", None)
    whole = reveal.reveal(REVIEWER, "expert", made.expert_no, "contact", "")
    assert whole.values["手机号码"] == PHONE
