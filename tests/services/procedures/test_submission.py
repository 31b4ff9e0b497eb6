"""Submitting, supplementing, withdrawing: the number, the version, and who may not apply (domain.md §2, no. 14, 29)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.actor import SYSTEM
from app.core.database import db
from app.core.errors import Conflict, Invalid, UserError
from app.feel.tables import DecisionModel
from app.procedures.entry import queries, service, store
from app.procedures.entry.models import ApplicationState
from app.registers import experts
from app.registers.models import BarKind
from config import ROOT
from tests.services.procedures.people import (
    APPLICANT,
    CLERK,
    PHONE,
    acts,
    draft,
    found,
    in_formal_check,
    outbox,
    paper,
    submitted,
    trail_holds,
)
from tests.unit.procedures.forms import REQUIRED_PAPERS, RULES, id_number

Travel = Callable[[str], datetime]
pytestmark = pytest.mark.usefixtures("database")


def submit(number: str) -> str:
    return service.submit(number, actor=APPLICANT, now=clock.now(), rules=RULES)


def faults(number: str) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        submit(number)
    return refused.value.errors


def bar(removed_on: date, kind: BarKind = BarKind.COOLDOWN) -> None:
    index = experts.id_number_index(id_number())
    experts.set_bar(
        index, kind, removed_on, RULES, source="解聘", reason="无故缺席", actor=SYSTEM, now=clock.now()
    )


def test_a_submitted_application_has_a_number_a_version_and_a_receipt() -> None:
    number = submitted()
    assert number == "RK-2026-0001"
    application = found(number)
    assert (application.state, application.version) == (ApplicationState.SUBMITTED, 1)
    assert (application.name, application.sex, application.birth_month) == ("周启明", "男", "1977-09")
    assert application.directions == ["网络与信息安全", "密码应用"]
    assert [row.degree for row in application.education] == ["硕士研究生"]
    assert [row.until for row in application.experiences] == [None]
    assert [row.project for row in application.past_reviews] == ["一网通办", "政务云二期"]
    assert [(row.item, row.address) for row in application.commitments] == [(i, "203.0.113.7") for i in (1, 2, 3, 4)]
    assert len(application.versions[0].file_ids) == len(REQUIRED_PAPERS)
    assert outbox("application_received")[0]["title"] == "入库申请已收到：RK-2026-0001"
    assert acts(number) == ["application.submit"]
    assert trail_holds()


def test_numbers_have_no_gaps_though_submissions_fail() -> None:
    first = submitted()
    for _ in range(3):
        faults(draft(identity__id_number="140"))
    second = submitted(identity__id_number=id_number("19800101"))
    assert (first, second) == ("RK-2026-0001", "RK-2026-0002")


def test_numbers_begin_anew_each_year(travel: Travel) -> None:
    submitted()
    travel("2027-01-04 09:00")
    assert submitted(identity__id_number=id_number("19800101")) == "RK-2027-0001"


def test_identity_stands_encrypted_in_columns_and_versions() -> None:
    submitted()
    db.session.flush()
    raw = db.session.execute(
        sa.text("SELECT a.id_number, a.phone, v.content FROM application a JOIN application_version v ON 1 = 1")
    ).one()
    joined = b"".join(bytes(value) for value in raw)
    assert id_number().encode() not in joined
    assert PHONE.encode() not in joined


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"identity__id_number": id_number()[:17] + "5"}, "identity.id_number", "最后一位与前 17 位不符"),
        ({"identity__id_number": id_number("19600302")}, "identity.id_number", "已满 66 周岁，不超过 65 周岁方可申请"),
        (
            {"identity__directions": ["人工智能", "区块链", "物联网", "大数据"]},
            "identity.directions",
            "技术方向：选了 4 项，最多 3 项",
        ),
        ({"commitments__commitment_4": None}, "commitments.commitment_4", "同意公示个人相关信息"),
        ({"education__exemption": "两院院士"}, "papers.exemption", "证明：请上传"),
    ],
)
def test_a_faulty_form_is_not_submitted(change: dict[str, Any], field: str, message: str) -> None:
    number = draft(**change)
    errors = faults(number)
    assert list(errors) == [field]
    assert message in errors[field]
    assert found(number).state == ApplicationState.DRAFT


def test_missing_papers_and_an_unproved_phone_are_named() -> None:
    assert set(faults(draft(papers=("photo", "cv")))) == {
        "papers.degree", "papers.title", "papers.experience", "papers.identity", "commitments.recommendation",
    }  # fmt: skip
    assert faults(draft(verified=False)) == {"identity.phone": "手机号码：还没有用验证码核验"}


def test_paper_intake_needs_no_code() -> None:
    begin = partial(service.create_draft, PHONE, "z@example.cn", channel="unit", intake="paper", receipt_no="S-7")
    made = begin(actor=CLERK, now=clock.now(), rules=RULES)
    assert outbox("resume_code") == []
    assert set(faults(made.draft_no)) >= {"identity.name"}
    assert "identity.phone" not in faults(made.draft_no)


def test_over_the_age_limit_the_exemption_opens_the_way() -> None:
    papers = (*REQUIRED_PAPERS, "exemption")
    change = {"identity__id_number": id_number("19500101"), "education__exemption": "享受政府特殊津贴"}
    assert submitted(papers=papers, **change) == "RK-2026-0001"


def test_one_person_applies_once_at_a_time() -> None:
    number = submitted()
    again = draft()
    with pytest.raises(Conflict) as refused:
        submit(again)
    assert "已有一件申请正在办理" in refused.value.message
    assert refused.value.field == "identity.id_number"
    assert number not in refused.value.message
    db.session.rollback()


def test_after_the_end_the_same_person_may_apply_anew() -> None:
    number = submitted()
    service.close_withdrawn(number, "个人原因", actor=APPLICANT, now=clock.now())
    assert submitted() == "RK-2026-0002"
    assert [item.number for item in queries.earlier_of_person(found("RK-2026-0002"))] == [number]


def test_a_removed_person_waits_for_two_years(travel: Travel) -> None:
    travel("2026-03-10 09:00")
    bar(date(2024, 3, 10))
    number = draft()
    with pytest.raises(UserError) as refused:
        submit(number)
    assert "2026年3月10日（含）以前不得申请入库（第十五条），2026年3月11日起可以申请" in refused.value.message
    travel("2026-03-11 00:00")
    assert submit(number) == "RK-2026-0001"


def test_a_bar_in_principle_does_not_stop_the_application_once_the_years_are_over() -> None:
    bar(date(2023, 5, 1), BarKind.PRINCIPLE)
    number = submitted()
    facts = service.collect_facts(number, RULES, now=clock.now())
    assert (facts.bar, facts.bar_until) == ("principle", "")


def test_the_pre_check_gives_reasons_before_submitting() -> None:
    table = DecisionModel.parse((ROOT / "processes/dmn/article_11.dmn").read_bytes())
    number = draft(papers=("photo",), education__title_level="中级")
    result = service.precheck(number, table, now=clock.now(), rules=RULES)
    assert result.outcome == "to_check"
    assert "走 D2 路径" in "".join(finding.reason for finding in result.findings)
    unread = service.precheck(draft(identity__id_number="1"), table, now=clock.now(), rules=RULES)
    assert unread.reasons == ("身份证号：身份证号还没有填对，填好后再预审",)


def test_the_facts_are_kept_with_the_application() -> None:
    number = submitted()
    facts = service.collect_facts(number, RULES, now=clock.now())
    assert (facts.age, facts.route, facts.related_years, facts.in_pool, facts.duplicate) == (48, "B", 22, False, False)
    application = found(number)
    assert (application.route, application.related_years, application.priority) == ("B", 22, True)


def wanted() -> str:
    number = in_formal_check()
    service.record_formal_check(number, "supplement", ["degree"], "学位证书不清晰", actor=CLERK, now=clock.now())
    service.request_supplement(number, ["degree"], "学位证书不清晰", RULES, actor=CLERK, now=clock.now())
    return number


def test_a_supplement_is_asked_for_once_with_everything_and_its_deadline() -> None:
    number = wanted()
    application = found(number)
    assert application.state == ApplicationState.SUPPLEMENT
    assert application.supplements[0].items == ["学历学位证书", "学位证书不清晰"]
    assert application.supplements[0].due_at == datetime(2026, 3, 17, tzinfo=clock.ZONE)
    assert "1. 学历学位证书" in outbox("supplement_wanted")[0]["texts"]["mail"]


def test_a_supplement_makes_a_new_version_and_keeps_the_old() -> None:
    number = wanted()
    old = store.papers_of(found(number))[0]
    with pytest.raises(Conflict):
        service.remove_file(number, old.id, actor=APPLICANT, now=clock.now())
    service.attach_file(number, "degree", paper("degree"), actor=APPLICANT, now=clock.now())
    typed = {**store.content_of(found(number))["experience"], "industry": "高等教育"}
    service.save_step(number, "experience", typed, actor=APPLICANT, now=clock.now(), rules=RULES)
    assert service.supplement(number, actor=APPLICANT, now=clock.now(), rules=RULES) == 2
    application = found(number)
    assert (application.state, application.industry) == (ApplicationState.FORMAL_CHECK, "高等教育")
    assert [len(version.file_ids) for version in application.versions] == [7, 8]
    assert "高等教育" not in application.versions[0].content
    assert len(application.commitments) == 8
    assert application.supplements[0].answered_at == clock.now()


def test_a_late_supplement_is_refused(travel: Travel) -> None:
    number = wanted()
    travel("2026-03-17 00:00")
    with pytest.raises(Conflict) as refused:
        service.supplement(number, actor=APPLICANT, now=clock.now(), rules=RULES)
    assert "期限" in refused.value.message


def test_an_unanswered_request_lapses_only_when_its_time_is_over(travel: Travel) -> None:
    number = wanted()
    travel("2026-03-16 23:59")
    with pytest.raises(Conflict):
        service.mark_lapsed(number, RULES, actor=SYSTEM, now=clock.now())
    travel("2026-03-17 00:00")
    service.mark_lapsed(number, RULES, actor=SYSTEM, now=clock.now())
    assert found(number).state == ApplicationState.NOT_ACCEPTED
    assert "重新申请" in outbox("application_not_accepted")[0]["texts"]["mail"]


def test_a_deadline_on_guessed_days_ends_nobodys_right(travel: Travel) -> None:
    travel("2026-12-24 09:00")
    number = wanted()
    assert found(number).supplements[0].provisional
    travel("2027-02-01 09:00")
    with pytest.raises(Conflict) as refused:
        service.mark_lapsed(number, RULES, actor=SYSTEM, now=clock.now())
    assert "暂定" in refused.value.message
    assert service.supplement(number, actor=APPLICANT, now=clock.now(), rules=RULES) == 2


def test_a_supplement_that_nobody_asked_for_is_refused() -> None:
    number = submitted()
    with pytest.raises(Conflict):
        service.supplement(number, actor=APPLICANT, now=clock.now(), rules=RULES)


def test_a_draft_cannot_be_withdrawn_as_an_application_and_an_ended_one_neither() -> None:
    with pytest.raises(Conflict):
        service.check_withdrawable(draft())
    number = submitted()
    assert service.check_withdrawable(number).number == number
    service.close_withdrawn(number, None, actor=APPLICANT, now=clock.now())
    assert (found(number).state, found(number).end_reason) == (ApplicationState.WITHDRAWN, "申请人撤回")
    assert len(outbox("withdrawn")) == 1
    with pytest.raises(Conflict):
        service.check_withdrawable(number)
