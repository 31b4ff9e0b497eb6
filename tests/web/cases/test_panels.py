"""Beside a case: the application with identity masked, the objection without the objector for all but its handlers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.actor import SYSTEM
from app.core.audit import AuditEntry
from app.core.database import db
from app.core.transaction import transaction
from app.procedures.entry.models import Application, ApplicationState, Decision
from app.procedures.objection.models import Delivery, Objection, ObjectionState, ObjectorKind
from app.registers.files import service
from app.registers.files.accepted import Accepted
from app.workflow import instances
from tests.services.workflow.world import in_transaction
from tests.unit.engine import diagrams as d
from tests.web.house_rules import Page
from tests.web.office import Office

ID_NUMBER, PHONE = "140105198203120016", "13912345678"
FINDING = {"condition": "年龄", "result": "符合", "article": "第十一条（一）5", "reason": "43 周岁"}


def one_step(key: str, group: str) -> bytes:
    return d.diagram(key, [d.start(), d.user("look", group=group), d.end()], ["begin > look", "look > done"])


def start(office: Office, key: str, number: str, make: Callable[[], Any], group: str) -> tuple[int, Any]:
    """Deploys a process of one step, makes its subject and starts a case of it."""

    def act(world: Any) -> tuple[int, Any]:
        world.deploy(key, one_step(key, group))
        with transaction():
            made = make()
        return in_transaction(lambda: instances.start(key, number, "办件", {}, world["clerk"])), made

    return office.inside(act)


def application() -> str:
    now = clock.now()
    found = Application(
        draft_no="CG-00001-00001", number="RK-2026-0147", state=ApplicationState.QUALIFICATION, channel="unit",
        content="{}", steps_done=[], phone=PHONE, email="qiming@example.cn", created_at=now, updated_at=now,
        submitted_at=now, name="周启明", sex="男", id_number=ID_NUMBER, birth_month="1982-03", unit_name="并州大学",
        title="正高级工程师", directions=["密码应用"], route="B",
    )
    finding = Decision(
        stage="precheck", outcome="met", detail={"findings": [FINDING]}, version=1, decided_by=None,
        decided_by_name="系统", decided_at=now,
    )
    found.decisions.append(finding)
    db.session.add(found)
    db.session.flush()
    paper = Accepted("证书.pdf", "application/pdf", b"%PDF-1.7 test", pages=1)
    kept = service.keep(paper, owner_type="application", owner_id=found.id, purpose="title", actor=SYSTEM, now=now)
    return str(kept.id)


def objection() -> None:
    now = clock.now()
    db.session.add(Objection(
        number="YY-2026-0009", state=ObjectionState.RECEIVED, candidate_name="杜可人",
        candidate_unit="汾水数据有限公司", application_no=None, batch_no="GS-2026-0002",
        kind=ObjectorKind.INDIVIDUAL, delivery=Delivery.ONLINE,
        objector_name="邵正直", objector_id_number=ID_NUMBER, objector_phone=PHONE, matter="与承建单位有关系",
        grounds="其所在公司为承建方", received_at=now, in_period=True, real_name=True, on_board=True,
        acceptance_due_at=now, rule_set_code="2025",
    ))


def test_staff_see_the_application_with_identity_masked(office: Office) -> None:
    case, file_id = start(office, "expert_entry", "RK-2026-0147", application, "bureau_reviewer")
    page = office.client("reviewer").page(f"/cases/{case}")
    for words in ("周启明，男，43 周岁", "并州大学 · 正高级工程师", "140***********0016", "139****5678", "资格审查",
                  "符合：年龄 第十一条（一）5", "专业技术职称证书", "说明理由后查看"):
        assert words in page.text, words
    assert ID_NUMBER not in page.text
    assert PHONE not in page.text
    assert page.links()["专业技术职称证书"] == f"/files/{file_id}"


def test_who_may_not_read_applications_sees_neither_person_nor_papers(office: Office) -> None:
    case, file_id = start(office, "expert_entry", "RK-2026-0147", application, "dept_organiser")
    page = office.client("organiser").page(f"/cases/{case}")
    assert "资格审查" in page.text
    assert "密码应用" in page.text
    for words in ("周启明", "140***", "139****", "证书"):
        assert words not in page.text, words
    assert office.client("organiser").get(f"/files/{file_id}").status_code == 404


def test_handlers_see_the_objector_masked_and_the_look_is_recorded(office: Office) -> None:
    case, _none = start(office, "objection_handling", "YY-2026-0009", objection, "bureau_reviewer")
    page = office.client("reviewer").page(f"/cases/{case}")
    for words in ("杜可人，汾水数据有限公司", "邵**", "140***********0016", "139****5678",
                  "与承建单位有关系", "已收件"):
        assert words in page.text, words
    assert "邵正直" not in page.text
    with office.app.app_context():
        looks = db.session.scalars(sa.select(AuditEntry.actor_name).where(AuditEntry.action == "objection.view"))
        assert list(looks) == ["赵海宁"]


@pytest.mark.parametrize("login", ["clerk", "owner"])
def test_nobody_else_learns_who_objects_or_why(office: Office, login: str) -> None:
    case, _none = start(office, "objection_handling", "YY-2026-0009", objection, "bureau_reviewer")
    page = office.client(login).page(f"/cases/{case}")
    assert "杜可人" in page.text
    for words in ("邵", "140***", "139****", "与承建单位有关系", "承建方"):
        assert words not in page.text, words


def test_a_case_whose_subject_is_gone_still_has_its_page(office: Office) -> None:
    case, _none = start(office, "expert_entry", "RK-2026-0404", lambda: None, "bureau_reviewer")
    assert office.client("reviewer").page(f"/cases/{case}").heading == "办件"


def test_a_stranger_to_the_house_sees_none_of_it(office: Office) -> None:
    case, _none = start(office, "objection_handling", "YY-2026-0009", objection, "bureau_reviewer")
    answer = office.client("organiser").get(f"/cases/{case}")
    assert answer.status_code == 404
    assert "杜可人" not in Page(answer).text
