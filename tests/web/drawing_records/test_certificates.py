"""Downloads: the certificate for everybody after the reveal, the copy for the auditor, the papers for readers."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.audit import AuditEntry
from app.core.database import db
from app.draw.verify_certificate import verify
from tests.fakes.pdf import text_of
from tests.services.procedures.selection.world import STARTS_AT
from tests.web.drawing_records.conftest import ALONE, FINAL, WAITING, begin_meeting, names
from tests.web.house_rules import Page
from tests.web.panel_house import House

CERTIFICATE = f"/activities/{FINAL}/certificates/1.json"
COPY = f"/activities/{FINAL}/certificates/1/auditor.json"
KINDS = {"commitment": "承诺单", "record": "抽取记录表", "list": "名单确认单", "sign-in": "签到表"}


def document(house: House, kind: str, login: str = "org", number: str = FINAL) -> str:
    """The words of a paper as this person gets it."""
    answer = house.staff(login).get(f"/activities/{number}/documents/{kind}.pdf")
    assert answer.status_code == 200, Page(answer).text
    assert answer.mimetype == "application/pdf"
    return text_of(answer.data)


def trail(house: House, action: str) -> list[tuple[str, str]]:
    """Who did that, and to what."""
    with house.app.app_context():
        rows = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.seq))
        return [(row.actor_name, row.subject_id) for row in rows]


class TestTheCertificate:
    def test_before_the_meeting_it_is_sealed_for_everybody(self, house: House) -> None:
        for client in (house.client(), house.staff("org"), house.staff("wit")):
            page = client.page(CERTIFICATE, status=403)
            assert "评审开始或取消时公开" in page.text
        assert "评审开始或取消时公开" in house.staff("aud").page(COPY, status=403).text
        assert trail(house, "draw.read_auditors_copy") == []

    def test_from_the_meeting_on_anybody_downloads_and_verifies_it(self, house: House) -> None:
        begin_meeting(house)
        answer = house.client().get(CERTIFICATE)
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Cache-Control"] == "no-store"
        report = verify(answer.data)
        assert report.ok, report.fault
        assert len(report.rounds) == 2
        assert not [name for name in names(house) if name in answer.get_data(as_text=True)]

    def test_a_changed_byte_is_found(self, house: House) -> None:
        begin_meeting(house)
        content = house.client().get(CERTIFICATE).get_data(as_text=True)
        assert not verify(content.replace('"TAKEN"', '"NO_SEAT"', 1).encode()).ok

    def test_the_auditors_copy_is_for_the_auditor_and_leaves_a_line(self, house: House) -> None:
        begin_meeting(house)
        for login in ("org", "lead", "wit", "clerk"):
            assert house.staff(login).get(COPY).status_code == 403
        answer = house.staff("aud").get(COPY)
        assert verify(answer.data, auditor=True).ok
        assert {"draw_salt", "identities", "filter_counts", "signature"} <= set(json.loads(answer.data))
        assert trail(house, "draw.read_auditors_copy") == [("吴明远", FINAL)]

    @pytest.mark.parametrize(("number", "draw_no"), [(FINAL, 2), ("PS-1", 1), (FINAL, 10**10)])
    def test_what_is_not_there_is_not_found(self, house: House, number: str, draw_no: int) -> None:
        assert house.client().get(f"/activities/{number}/certificates/{draw_no}.json").status_code == 404


class TestThePapers:
    @pytest.mark.parametrize("kind", list(KINDS))
    def test_each_is_a_pdf_and_every_download_leaves_a_line(self, house: House, kind: str) -> None:
        assert FINAL in document(house, kind)
        assert trail(house, "activity.download_document") == [("郭子安", FINAL)]

    @pytest.mark.parametrize("kind", ["record", "list", "sign-in"])
    def test_names_are_masked_until_an_hour_before(self, house: House, kind: str) -> None:
        clock.travel_to(STARTS_AT - timedelta(minutes=60, seconds=1))
        masked = document(house, kind)
        assert not [name for name in names(house) if name in masked]
        assert "姓名在评审开始前60分钟或签到时显示" in masked
        clock.travel_to(STARTS_AT - timedelta(minutes=60))
        shown = document(house, kind)
        assert len([name for name in names(house) if name in shown]) >= 4
        assert "或签到时显示" not in shown

    def test_the_record_tells_the_whole_draw(self, house: House) -> None:
        text = document(house, "record")
        for words in (
            "第1次抽取", "首次抽取", "承诺短码", "早于任何投入", "郭子安（组织方）", "任立诚（纪检监督）",
            "“20260302见证”", "第1轮", "第2轮", "保留成员3人，成员离组1人", "取中", "TAKEN", "ALREADY_INVITED",
            "专业确有需要", "指定专家",
            "任立诚于2026年3月2日09:00签署抽取记录", "评审开始或取消时公开", "摇号顺延法", "不由摇号推出",
        ):  # fmt: skip
            assert words in text, words
        assert "未经第二方见证" not in text

    def test_without_a_witness_the_record_says_so(self, house: House) -> None:
        assert "未经第二方见证" in document(house, "record", number=ALONE)

    def test_the_commitment_is_printed_before_anybody_gives_a_value(self, house: House) -> None:
        text = document(house, "commitment", login="wit", number=WAITING)
        assert "现场核对短码" in text
        assert "抄写的短码" in text

    def test_what_is_not_there_yet_says_from_when(self, house: House) -> None:
        page = house.staff("org").page(f"/activities/{WAITING}/documents/list.pdf", status=404)
        assert "发出邀请之后才有名单确认单" in page.text
        assert house.staff("org").get(f"/activities/{FINAL}/documents/opinion.pdf").status_code == 404

    def test_another_department_and_another_witness_find_nothing(self, house: House) -> None:
        for login in ("org2", "wit2"):
            page = house.staff(login).page(f"/activities/{FINAL}/documents/record.pdf", status=404)
            assert "没有这个评审活动，或者您无权查看" in page.text
        assert trail(house, "activity.download_document") == []
