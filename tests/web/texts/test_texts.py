"""文书模板: reading, previewing, changing by two people, going back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from app.core.database import db
from app.identity import roles
from app.notices import samples, texts
from app.notices.models import TextVersion
from tests.conftest import client_of
from tests.web.house_rules import HouseClient, Page

EDIT = "/texts/notice/qualification_failed/edit"
LETTER = "/texts/letter/appointment_letter/edit"
SMS = "您的入库申请 {{ number }} 没有通过资格审查，理由见邮件。"


@pytest.fixture
def owner(client: HouseClient, login: Callable[..., object]) -> HouseClient:
    login(roles.PROCESS_OWNER)
    return client


def typed(app: Flask, kind: str, key: str, **changes: str) -> dict[str, str]:
    with app.app_context():
        sections = texts.present_sections(kind, key)
        db.session.remove()
    named = {f"text-{name}": words for name, words in sections.items()}
    return {**named, "reason": "说得更明白", **{f"text-{name}": words for name, words in changes.items()}}


def proposed(app: Flask, owner: HouseClient) -> str:
    data = {**typed(app, "notice", "qualification_failed", sms=SMS), "act": "propose"}
    answer = owner.post(EDIT, data=data)
    assert answer.status_code == 302
    return str(answer.headers["Location"])


def test_every_text_can_be_opened(owner: HouseClient, app: Flask) -> None:
    page = owner.page("/texts/")
    assert {"聘书", "评审邀请", "验证码"} <= set(page.links())
    with app.app_context():
        known = [(one.kind, one.key) for one in texts.all_texts()]
    for kind, key in known:
        assert "预览" in owner.page(f"/texts/{kind}/{key}").text
        owner.page(f"/texts/{kind}/{key}/edit")


@pytest.mark.parametrize("path", ["/texts/notice/no_such", "/texts/fax/appointed", "/texts/versions/9"])
def test_what_is_not_there_is_not_found(owner: HouseClient, path: str) -> None:
    assert owner.get(path).status_code == 404


def test_the_preview_fills_in_examples_and_counts_the_sms(owner: HouseClient, app: Flask) -> None:
    data = {**typed(app, "notice", "qualification_failed", sms=SMS), "act": "preview"}
    page = Page(owner.post(EDIT, data=data))
    assert "您的入库申请 RK-2026-0147 没有通过资格审查" in page.text
    assert "按 1 条发送" in page.text
    assert page.typed("text-sms") == SMS
    assert page.typed("reason") == "说得更明白"


def test_a_fault_stands_at_its_part_and_what_was_typed_is_kept(owner: HouseClient, app: Flask) -> None:
    for act in ("preview", "propose"):
        data = {**typed(app, "notice", "qualification_failed", sms="申请 {{ nmber }} 未通过"), "act": act}
        page = Page(owner.post(EDIT, data=data))
        assert page.status == 422
        assert "没有名为“nmber”的变量" in page.errors["text-sms"]
        assert page.typed("text-sms") == "申请 {{ nmber }} 未通过"


def test_a_second_person_approves_and_the_first_cannot(
    owner: HouseClient, app: Flask, login: Callable[..., object]
) -> None:
    where = proposed(app, owner)
    assert "由另一人审批" in owner.page(where).text
    owner.post(f"{where}/decide", data={"decision": "approve"})
    assert "待审批" in owner.page(where).text
    login(roles.BUREAU_LEADER)
    assert "没有通过资格审查" in owner.page(where).text
    assert owner.post(f"{where}/decide", data={"decision": "refuse", "reason": ""}).status_code == 422
    owner.post(f"{where}/decide", data={"decision": "approve"})
    assert "在用" in owner.page(where).text
    again = owner.post(f"{where}/decide", data={"decision": "approve"}, follow_redirects=True)
    assert "已经有人处理过" in again.get_data(as_text=True)
    assert owner.get(EDIT).status_code == 403, "a leader approves, but edits nothing"


def test_going_back_to_the_shipped_wording(owner: HouseClient, app: Flask, login: Callable[..., object]) -> None:
    where = proposed(app, owner)
    login(roles.BUREAU_LEADER)
    owner.post(f"{where}/decide", data={"decision": "approve"})
    login(roles.PROCESS_OWNER)
    assert "已修改" in owner.page("/texts/").text
    page = owner.page(f"{EDIT}?from=0")
    assert page.typed("reason") == "恢复原文"
    assert page.typed("text-sms") != SMS
    assert owner.page(f"{EDIT}?from=1").typed("text-sms") == SMS


def test_a_proposal_can_be_taken_back(owner: HouseClient, app: Flask) -> None:
    where = proposed(app, owner)
    owner.post(f"{where}/withdraw")
    assert "已撤回" in owner.page(where).text


def test_an_updated_shipped_text_is_told(owner: HouseClient, app: Flask, login: Callable[..., object]) -> None:
    where = proposed(app, owner)
    login(roles.BUREAU_LEADER)
    owner.post(f"{where}/decide", data={"decision": "approve"})
    with app.app_context():
        row = db.session.get(TextVersion, 1)
        assert row is not None
        row.shipped_hash = "0" * 64
        db.session.commit()
        db.session.remove()
    assert "原文有更新" in owner.page("/texts/").text
    assert "产品更新带来了新的原文" in owner.page("/texts/notice/qualification_failed").text


def test_letters_are_previewed_as_pdf_before_and_after_proposing(owner: HouseClient, app: Flask) -> None:
    words = "兹聘请您，自{{ term_start }}至{{ term_end }}。"
    data = {**typed(app, "letter", "appointment_letter", body=words), "act": "paper-paper"}
    answer = owner.post(LETTER, data=data)
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF")
    assert owner.get("/texts/letter/appointment_letter/other.pdf").status_code == 404


@pytest.mark.parametrize(
    ("key", "which"),
    [("appointment_letter", "paper"), ("publicity_notice", "paper"), ("objection_decision", "objector"),
     ("objection_decision", "candidate"), ("panel_papers", "list"), ("panel_papers", "sign-in")],
)  # fmt: skip
def test_every_letter_has_its_pdf(owner: HouseClient, key: str, which: str) -> None:
    assert which in samples.papers(key)
    assert owner.get(f"/texts/letter/{key}/{which}.pdf").data.startswith(b"%PDF")


def test_who_may_approve_is_told_and_who_proposed_is_answered(
    owner: HouseClient, app: Flask, login: Callable[..., object]
) -> None:
    leader = client_of(app)
    login(roles.BUREAU_LEADER, client=leader)
    version = proposed(app, owner)
    told = leader.page("/messages/")
    assert "请审批修改：文书模板“" in told.text
    assert version in told.links().values()
    leader.post(f"{version}/decide", data={"decision": "refuse", "reason": "说法不准"})
    assert "不同意（说法不准）：文书模板“" in owner.page("/messages/").text
