"""The official documents of a case: beside it for those entitled, as PDF, each download in the trail."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import sqlalchemy as sa
from pypdf import PdfReader

from app.core import clock
from app.core.audit import AuditEntry
from app.core.database import db
from app.notices.documents.objection_decision import CandidateLetter, ObjectionDecision, ObjectorLetter
from app.procedures.objection.models import Objection
from app.procedures.objection.rules.letters import CANDIDATE, OBJECTOR
from app.procedures.objection.service.letters import add_letter
from tests.web.cases.test_panels import ID_NUMBER, PHONE, application, objection, start
from tests.web.office import Office

APPLICATION, CASE = "RK-2026-0147", "YY-2026-0009"


def decided() -> None:
    objection()
    found = db.session.get(Objection, CASE)
    assert found is not None
    day = date(2026, 2, 27)
    decision = ObjectionDecision(
        number=CASE, application_number=APPLICATION, batch="GS-2026-0002", candidate="杜可人",
        candidate_unit="汾水数据有限公司", accepted_on=day, findings="经核实，无此事。", conclusion="异议不成立",
        reasons="证据不足。", consequence="入库申请继续办理。", decided_on=day,
    )
    add_letter(found, OBJECTOR, ObjectorLetter(decision, "邵正直", day), None, clock.now())
    add_letter(found, CANDIDATE, CandidateLetter(decision, ("邵正直",)), None, clock.now())


def text_of(answer: Any) -> str:
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    pages = PdfReader(io.BytesIO(answer.data)).pages
    # The font's two-byte codes come out with a zero byte before each character.
    return "".join(page.extract_text() for page in pages).replace("\x00", "").replace("\n", "")


def downloads(office: Office) -> list[tuple[str, str]]:
    with office.app.app_context():
        wanted = AuditEntry.action.endswith(".download_document")
        rows = db.session.scalars(sa.select(AuditEntry).where(wanted).order_by(AuditEntry.seq))
        return [(row.actor_name, str(row.detail["note"])) for row in rows]


def test_the_form_is_beside_the_case_with_identity_masked(office: Office) -> None:
    case, _file = start(office, "expert_entry", APPLICATION, application, "bureau_reviewer")
    client = office.client("reviewer")
    page = client.page(f"/cases/{case}")
    assert "聘书" not in page.links()
    text = text_of(client.get(page.links()["申报表"]))
    assert "周启明" in text
    assert "140***********0016" in text
    assert ID_NUMBER not in text
    assert PHONE not in text
    assert downloads(office) == [("赵海宁", f"申报表-{APPLICATION}.pdf")]


def test_there_is_no_letter_before_the_appointment(office: Office) -> None:
    start(office, "expert_entry", APPLICATION, application, "bureau_reviewer")
    client = office.client("reviewer")
    assert client.get(f"/cases/applications/{APPLICATION}/letter.pdf").status_code == 404
    assert client.get("/cases/applications/RK-2026-9999/form.pdf").status_code == 404


def test_handlers_open_both_letters_of_a_decision_from_the_case(office: Office) -> None:
    case, _none = start(office, "objection_handling", CASE, decided, "bureau_reviewer")
    client = office.client("reviewer")
    links = client.page(f"/cases/{case}").links()
    assert "邵正直" in text_of(client.get(links["异议处理决定书（致异议人）"]))
    assert "邵正直" not in text_of(client.get(links["异议处理决定书（致专家本人）"]))
    assert [note for _name, note in downloads(office)] == [
        f"异议处理决定书-{CASE}-1.pdf", f"异议处理决定书-{CASE}-2.pdf"
    ]


def test_the_clerk_sees_the_case_but_no_letter(office: Office) -> None:
    case, _none = start(office, "objection_handling", CASE, decided, "bureau_reviewer")
    client = office.client("clerk")
    assert not [word for word in client.page(f"/cases/{case}").links() if word.startswith("异议处理决定书")]
    assert client.get(f"/cases/objections/{CASE}/letters/objector.pdf").status_code == 403


def test_the_number_of_an_objection_leads_to_its_case(office: Office) -> None:
    case, _none = start(office, "objection_handling", CASE, objection, "bureau_reviewer")
    client = office.client("reviewer")
    assert client.page("/objections/").links()[CASE] == f"/objections/{CASE}"
    assert client.get(f"/objections/{CASE}").headers["Location"] == f"/cases/{case}"
    assert client.get("/objections/YY-2026-0404").status_code == 404
