"""Wordings of notices and letters: two people, versions, what is sent and printed, and updates of the product."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from app.core.actor import SYSTEM, Actor
from app.core.clock import ZONE
from app.core.database import db
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from app.core.transaction import transaction
from app.identity import permissions
from app.notices import texts
from app.notices.documents import enclosures
from app.notices.documents.appointment_letter import AppointmentLetter
from app.notices.models import OutboxMessage, TextVersion
from app.notices.outbox import Recipient, send
from app.notices.texts import LETTER, NOTICE, Wanted
from tests.fakes.pdf import text_of

NOW = datetime(2026, 3, 2, 9, tzinfo=ZONE)
TODAY, TOMORROW = NOW.date(), NOW.date() + timedelta(days=1)
OWNER = Actor(user_id=1, name="沈望舒", roles=frozenset({"process_owner"}))
SECOND = Actor(user_id=2, name="许砚秋", roles=frozenset({"process_owner"}))
CLERK = Actor(user_id=4, name="马晓岚", roles=frozenset({"center_clerk"}))
KEY = "qualification_failed"
SMS = "您的入库申请 {{ number }} 没有通过资格审查，理由见邮件。"


def sections(key: str = KEY, kind: str = NOTICE, **changes: str) -> dict[str, str]:
    return {**texts.present_sections(kind, key), **changes}


def propose(kind: str = NOTICE, key: str = KEY, by: Actor = OWNER, **changes: str) -> int:
    changes = changes or {"sms": SMS}
    with transaction():
        return texts.propose(Wanted(kind, key, sections(key, kind, **changes), "说得更明白"), by, NOW)


def approve(number: int, by: Actor = SECOND, now: datetime = NOW) -> None:
    with transaction():
        texts.approve(number, by, now)


def sent() -> dict[str, str]:
    data = {"name": "周启明", "number": "RK-2026-0147", "reasons": "年限不足"}
    to = Recipient(None, "周启明", "13900001111", "z@example.cn")
    with transaction():
        number = send(KEY, to, data, subject_type="application", subject_id="1", now=NOW, actor=SYSTEM)
    row = db.session.get(OutboxMessage, number)
    assert row is not None
    return dict(json.loads(row.body or "{}"))


def test_the_roles_are_those_of_the_permissions() -> None:
    assert permissions.permission(permissions.TEMPLATE_EDIT).roles == {texts.EDITING_ROLE}
    assert permissions.permission(permissions.TEMPLATE_APPROVE).roles == set(texts.APPROVING_ROLES)


def test_a_wording_is_sent_only_once_a_second_person_approved_it(any_database: Any) -> None:
    shipped = sent()["sms"]
    number = propose()
    texts.forget()
    assert sent()["sms"] == shipped
    with pytest.raises(NotAllowed, match="提出人以外"):
        approve(number, OWNER)
    with pytest.raises(NotAllowed):
        approve(number, CLERK)
    approve(number)
    assert sent()["sms"] == "您的入库申请 RK-2026-0147 没有通过资格审查，理由见邮件。"
    assert "年限不足" in sent()["mail"], "what was not changed is as shipped"


def test_only_owners_propose(any_database: Any) -> None:
    with pytest.raises(NotAllowed):
        propose(by=CLERK)


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"sms": "申请 {{ nmber }} 未通过"}, "text-sms", "第 1 行第 7 字"),
        ({"sms": "申请未通过"}, "text-sms", "缺少变量 number"),
        ({"mail": "{{ name }}：申请 {{ number }} 未通过"}, "text-mail", "缺少变量 reasons"),
        ({"sms": "一行\n两行 {{ number }}"}, "text-sms", "只能写一行"),
        ({"subject": "题\n{{ number }}"}, "text-subject", "只能写一行"),
        ({"sms": "字" * 400 + "{{ number }}"}, "text-sms", "最多 5 条"),
        ({"sms": ""}, "text-sms", "空的"),
        ({"mail": "{% for a in name %}{% endfor %}"}, "text-mail", "for"),
    ],
)
def test_a_bad_wording_is_refused_at_its_part(
    any_database: Any, changes: dict[str, str], field: str, words: str
) -> None:
    with pytest.raises(Invalid) as caught:
        propose(**changes)
    assert list(caught.value.errors) == [field]
    assert words in caught.value.errors[field]


def test_no_change_and_no_reason_are_refused(any_database: Any) -> None:
    with pytest.raises(Invalid, match="没有改动"):
        propose(sms=sections()["sms"])
    with pytest.raises(Invalid), transaction():
        texts.propose(Wanted(NOTICE, KEY, sections(sms=SMS), " "), OWNER, NOW)


def test_one_proposal_waits_at_a_time(any_database: Any) -> None:
    first = propose()
    with pytest.raises(Conflict, match="已有一份"):
        propose(sms=SMS + "请留意。")
    with transaction():
        texts.withdraw(first, OWNER, NOW)
    second = propose(sms=SMS + "请留意。")
    assert texts.version(second).version == 2
    with transaction():
        texts.refuse(second, SECOND, "不必改", NOW)
    with pytest.raises(Conflict):
        approve(second)


def test_going_back_follows_the_shipped_wording(any_database: Any) -> None:
    shipped = sent()["sms"]
    approve(propose())
    back = propose(sms=texts.text(NOTICE, KEY).sections["sms"])
    approve(back)
    assert sent()["sms"] == shipped
    assert texts.version(back).sections == {}
    assert [row.status for row in texts.versions(NOTICE, KEY)] == ["in_force", "replaced"]


def test_a_wording_that_an_update_made_unfit_is_passed_over(any_database: Any) -> None:
    shipped = sent()["sms"]
    number = propose()
    approve(number)
    with transaction() as session:
        row = session.get(TextVersion, number)
        assert row is not None
        row.sections = {**row.sections, "sms": "{{ number }} {{ gone }}"}
    texts.forget()
    assert sent()["sms"] == shipped
    assert not texts.is_used(texts.version(number))


def test_a_shipped_wording_that_an_update_changed_is_told(any_database: Any) -> None:
    number = propose()
    approve(number)
    assert not texts.is_shipped_newer(texts.version(number))
    with transaction() as session:
        row = session.get(TextVersion, number)
        assert row is not None
        row.shipped_hash = "0" * 64
    assert texts.is_shipped_newer(texts.version(number))


def test_a_proposal_that_fits_no_more_is_not_approved(any_database: Any) -> None:
    number = propose()
    with transaction() as session:
        row = session.get(TextVersion, number)
        assert row is not None
        row.sections = {"sms": "x"}
    with pytest.raises(Conflict, match="不再适用"):
        approve(number)


class TestLetters:
    """A letter printed again says what it said before."""

    WORDS = "兹聘请{{ name }}为省直政务信息化专家，自{{ term_start }}至{{ term_end }}。"

    def test_a_letter_has_the_wording_of_its_day(self, any_database: Any) -> None:
        approve(propose(LETTER, "appointment_letter", body=self.WORDS))
        assert "兹聘请" not in texts.wording("appointment_letter", TODAY)["body"]
        assert "兹聘请" in texts.wording("appointment_letter", TOMORROW)["body"]
        assert texts.wording("appointment_letter", TOMORROW)["closing"] == "特发此证。"

    def test_a_later_wording_leaves_earlier_days_alone(self, any_database: Any) -> None:
        approve(propose(LETTER, "appointment_letter", body=self.WORDS))
        later = datetime(2026, 5, 4, 9, tzinfo=ZONE)
        approve(propose(LETTER, "appointment_letter", body=self.WORDS.replace("兹", "今")), now=later)
        days = (TODAY, TOMORROW, date(2026, 5, 4), date(2026, 5, 5))
        begins = [texts.wording("appointment_letter", day)["body"][:2] for day in days]
        assert begins == ["根据", "兹聘", "兹聘", "今聘"]

    def test_the_mailed_letter_is_made_in_it(self, any_database: Any) -> None:
        approve(propose(LETTER, "appointment_letter", body=self.WORDS))
        letter = AppointmentLetter("0031号", "周启明", TOMORROW, date(2028, 3, 2), TOMORROW)
        kind, data = enclosures.freeze(letter)
        assert "兹聘请周启明" in text_of(enclosures.make(kind, data, is_demo=False, wording=texts.wordings()))

    def test_the_candidates_opening_cannot_name_the_objectors_data(self, any_database: Any) -> None:
        with pytest.raises(Invalid, match="raised_on"):
            propose(LETTER, "objection_decision", opening_candidate="{{ raised_on }}{{ application_number }}")


def test_there_is_no_such_text(any_database: Any) -> None:
    with pytest.raises(NotFound):
        texts.text(NOTICE, "no_such")
    with pytest.raises(NotFound):
        texts.text(LETTER, "no_such")
