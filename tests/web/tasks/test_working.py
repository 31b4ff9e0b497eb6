"""Working on a task in the browser: claim, draft, errors, submit; what others did meanwhile; whose task it is."""

from __future__ import annotations

import io
from typing import Any

import pytest
import sqlalchemy as sa

from app.core.database import db
from app.workflow.models import Attachment, Draft
from tests.web.house_rules import HouseClient, Page
from tests.web.office import Office

OPINION = "经核对材料，符合第十一条的全部规定。"
GOOD: dict[str, Any] = {"_do": "submit", "decision": "pass", "checked": ["age", "credit"], "opinion": OPINION}


def claimed(office: Office, login: str = "reviewer") -> tuple[int, str]:
    case, task_id = office.reviewed()
    office.client(login).post(f"/tasks/{task_id}/claim")
    return case, task_id


def rev(client: HouseClient, task_id: str) -> str:
    return str(client.page(f"/tasks/{task_id}").typed("rev"))


def submit(client: HouseClient, task_id: str, **values: Any) -> Page:
    sent = {"rev": rev(client, task_id), **GOOD, **values}
    return Page(client.post(f"/tasks/{task_id}", data=sent, follow_redirects=True))


def test_opening_a_task_of_the_group_does_not_claim_it(office: Office) -> None:
    case, task_id = office.reviewed()
    page = office.client("reviewer").page(f"/tasks/{task_id}")
    assert "领取并办理" in page.text
    assert page.typed("opinion") is None
    assert office.task(case, "qualification_review").assignee_id is None


def test_claiming_leads_to_the_form_with_the_case_beside_it(office: Office) -> None:
    _case, task_id = office.reviewed()
    page = Page(office.client("reviewer").post(f"/tasks/{task_id}/claim", follow_redirects=True))
    assert page.heading == "qualification_review：RK-2026-0147 的办件"
    for words in ("由你办理", "逐项核对入库条件", "符合：年龄", "提交审查结论", "存草稿", "其他处理", "提交后：",
                  "流程走到哪里", "办理经过", "时限", "内部时限", "材料", "留言"):
        assert words in page.text, words
    assert page.typed("decision") is None


def test_a_good_submission_completes_the_task_and_says_who_is_next(office: Office) -> None:
    case, task_id = claimed(office)
    page = submit(office.client("reviewer"), task_id)
    assert "已提交：RK-2026-0147 的办件，qualification_review，通过。" in page.text
    assert "confirm_list由局领导办理。" in page.text
    done = office.task(case, "qualification_review", "completed")
    assert done.completed_by_name == "赵海宁"


def test_after_a_task_comes_the_next_one(office: Office) -> None:
    _first, task_id = claimed(office)
    _second, other = office.reviewed("RK-2026-0148")
    page = submit(office.client("reviewer"), task_id)
    assert page.path == f"/tasks/{other}"


def test_errors_are_shown_at_the_fields_and_nothing_is_lost(office: Office) -> None:
    case, task_id = claimed(office)
    page = submit(office.client("reviewer"), task_id, opinion="太短", checked=["age"])
    assert page.status == 422
    assert page.title.startswith("有错误：")
    assert page.errors == {
        "f-checked": "“入库条件”还有 1 项未勾选：失信",
        "f-opinion": "“审查意见”现有 2 个字，至少须 10 个字",
    }
    assert (page.typed("opinion") or "").strip() == "太短"
    assert page.typed("decision") == "pass"
    assert office.task(case, "qualification_review").status == "open"


def test_a_draft_keeps_what_was_typed_even_if_it_is_wrong(office: Office) -> None:
    _case, task_id = claimed(office)
    client = office.client("reviewer")
    typed = {"opinion": "还没写完", "decision": "return", "missing.0.name": "学历证书"}
    saved = submit(client, task_id, _do="draft", **typed)
    assert "已存草稿" in saved.text
    again = client.page(f"/tasks/{task_id}")
    assert (again.typed("opinion") or "").strip() == "还没写完"
    assert again.typed("decision") == "return"
    assert again.typed("missing.0.name") == "学历证书"
    assert not again.errors


def test_a_get_never_changes_anything(office: Office) -> None:
    case, task_id = claimed(office)
    before = office.task(case, "qualification_review").rev
    for path in ("", "/release", "/transfer", "/delegate", "/return", "/add-signers", "/copy"):
        office.client("reviewer").page(f"/tasks/{task_id}{path}")
    assert office.task(case, "qualification_review").rev == before


def test_a_stale_page_is_told_so_and_its_text_kept(office: Office) -> None:
    case, task_id = claimed(office)
    client = office.client("reviewer")
    old = rev(client, task_id)
    client.post(f"/tasks/{task_id}/release")
    client.post(f"/tasks/{task_id}/claim")
    page = Page(client.post(f"/tasks/{task_id}", data={**GOOD, "rev": old}))
    assert page.status == 409
    assert "这一页已经过时" in page.text
    assert (page.typed("opinion") or "").strip() == OPINION
    assert page.typed("rev") != old
    assert office.task(case, "qualification_review").status == "open"
    again = Page(client.post(f"/tasks/{task_id}", data={**GOOD, "rev": page.typed("rev")}, follow_redirects=True))
    assert "已提交" in again.text


@pytest.mark.parametrize("sent", [{}, {"rev": "x"}, {"rev": "-5"}])
def test_a_page_without_a_revision_is_stale(office: Office, sent: dict[str, str]) -> None:
    case, task_id = claimed(office)
    answer = office.client("reviewer").post(f"/tasks/{task_id}", data={**GOOD, **sent})
    assert answer.status_code == 409
    assert office.task(case, "qualification_review").status == "open"


def test_of_two_who_submit_the_second_is_told_who_was_faster_and_keeps_the_text(office: Office) -> None:
    case, task_id = claimed(office)
    slow = office.client("reviewer")
    old = rev(slow, task_id)
    slow.post(f"/tasks/{task_id}/release")
    fast = office.client("reviewer2")
    fast.post(f"/tasks/{task_id}/claim")
    submit(fast, task_id)
    page = Page(slow.post(f"/tasks/{task_id}", data={**GOOD, "rev": old, "opinion": "我的意见写了很久，不能丢。"}))
    assert page.status == 409
    assert "已由贾文静于3月2日09:00办结" in page.text
    assert "你写的内容没有丢" in page.text
    assert "我的意见写了很久，不能丢。" in page.text
    assert office.task(case, "qualification_review", "completed").completed_by_name == "贾文静"


def test_a_colleague_who_claimed_meanwhile_is_named(office: Office) -> None:
    _case, task_id = claimed(office)
    page = Page(office.client("reviewer2").post(f"/tasks/{task_id}/claim", follow_redirects=True))
    assert "已由赵海宁于3月2日09:00领取" in page.text


@pytest.mark.parametrize(("login", "status"), [("organiser", 404), ("auditor", 403), ("owner", 200)])
def test_a_task_of_another_group_opens_only_for_those_who_may_see_the_case(
    office: Office, login: str, status: int
) -> None:
    _case, task_id = office.reviewed()
    answer = office.client(login).get(f"/tasks/{task_id}")
    assert answer.status_code == status
    if status == 200:
        assert "领取并办理" not in Page(answer).text


@pytest.mark.parametrize("login", ["organiser", "clerk", "leader"])
def test_nobody_completes_or_claims_the_task_of_another_group(office: Office, login: str) -> None:
    case, task_id = office.reviewed()
    client = office.client(login)
    assert client.post(f"/tasks/{task_id}/claim").status_code in (403, 404)
    assert client.post(f"/tasks/{task_id}", data={**GOOD, "rev": "0"}).status_code in (403, 404)
    assert office.task(case, "qualification_review").status == "open"


def test_four_eyes_hold_on_the_page_too(office: Office) -> None:
    case, task_id = claimed(office, "both")
    submit(office.client("both"), task_id)
    confirm = office.task(case, "confirm_list").id
    page = office.client("both").page(f"/tasks/{confirm}")
    assert "领取并办理" not in page.text
    assert office.client("both").post(f"/tasks/{confirm}/claim").status_code == 403


def test_a_done_task_shows_what_was_submitted(office: Office) -> None:
    _case, task_id = claimed(office)
    submit(office.client("reviewer"), task_id)
    page = office.client("reviewer").page(f"/tasks/{task_id}")
    assert "已由赵海宁办结" in page.text
    assert OPINION in page.text
    assert "通过" in page.text


def test_comments_are_seen_and_escaped(office: Office) -> None:
    _case, task_id = claimed(office)
    client = office.client("reviewer")
    page = Page(client.post(f"/tasks/{task_id}/comment", data={"text": "<b>请看第 3 页</b>"}, follow_redirects=True))
    assert "<b>请看第 3 页</b>" in page.text
    empty = Page(client.post(f"/tasks/{task_id}/comment", data={"text": " "}, follow_redirects=True))
    assert "留言没有记下：写下留言内容" in empty.text


def test_an_attachment_is_kept_for_those_who_see_the_case(office: Office) -> None:
    _case, task_id = claimed(office)
    client = office.client("reviewer")
    png = (b"\x89PNG\r\n\x1a\n", "查询截图.png")
    refused = Page(client.post(f"/tasks/{task_id}/attach", data={"file": (io.BytesIO(png[0]), png[1])},
                               follow_redirects=True))
    assert "没有添加附件" in refused.text
    page = Page(client.post(f"/tasks/{task_id}/attach", data={"file": (io.BytesIO(one_page_pdf()), "查询结果.pdf")},
                            follow_redirects=True))
    assert "已添加附件“查询结果.pdf”" in page.text
    url = page.links()["查询结果.pdf"]
    assert client.get(url).status_code == 200
    assert office.client("leader").get(url).status_code == 200
    assert office.client("organiser").get(url).status_code == 404


def test_submitting_takes_few_statements_and_one_write_transaction(office: Office) -> None:
    _case, task_id = claimed(office)
    client = office.client("reviewer")
    number = rev(client, task_id)
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    sa.event.listen(sa.engine.Engine, "before_cursor_execute", note)
    try:
        client.post(f"/tasks/{task_id}", data={**GOOD, "rev": number})
    finally:
        sa.event.remove(sa.engine.Engine, "before_cursor_execute", note)
    assert seen.count("BEGIN IMMEDIATE") == 1
    assert len([statement for statement in seen if not statement.startswith("BEGIN")]) <= 20, "\n".join(seen)


def one_page_pdf() -> bytes:
    from fpdf import FPDF

    document = FPDF()
    document.add_page()
    return bytes(document.output())


def test_files_of_a_form_belong_to_its_task_only(office: Office) -> None:
    _case, task_id = claimed(office)
    client = office.client("reviewer")
    client.post(f"/tasks/{task_id}/attach", data={"file": (io.BytesIO(one_page_pdf()), "查询结果.pdf")})
    with office.app.app_context():
        assert [row.filename for row in db.session.query(Attachment)] == ["查询结果.pdf"]
        assert db.session.query(Draft).count() == 0
