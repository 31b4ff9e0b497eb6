"""办理情况: what an applicant sees of the own application, and nobody of another's."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core.database import db
from app.procedures.entry.models import Application, ApplicationState
from tests.web.applying import code_of, posted
from tests.web.house_rules import HouseClient, Page


@pytest.fixture
def app(world_app: Flask) -> Flask:
    """The application with the demo world."""
    return world_app


def number_in(app: Flask, state: ApplicationState) -> str:
    """The number of some application in this state."""
    with app.app_context():
        statement = sa.select(Application.number).where(Application.state == state).order_by(Application.id.desc())
        return str(db.session.execute(statement).scalars().first())


def opened(client: HouseClient, number: str) -> Page:
    """The page after number and code."""
    posted(client, "/apply/resume", {"number": number})
    return posted(client, f"/apply/code/{number}", {"code": code_of(client)})


def present_step(page: Page) -> list[str]:
    return [str(step.text_content()) for step in page.root.xpath('//ol[@class="zk-steps"]/li[@aria-current]')]


def test_an_application_under_review_shows_its_step_and_may_be_withdrawn(app: Flask, client: HouseClient) -> None:
    page = opened(client, number_in(app, ApplicationState.QUALIFICATION))
    assert present_step(page) == ["资格审查"]
    assert "撤回申请" in page.links()


def test_what_is_to_be_supplemented_leads_to_the_step_where_it_is_brought(app: Flask, client: HouseClient) -> None:
    page = opened(client, number_in(app, ApplicationState.SUPPLEMENT))
    assert "需要补正" in page.text
    assert page.links()["去补正材料"].endswith("/commitments"), "the stamped recommendation is asked for"


def test_a_paper_that_was_submitted_stays_and_the_step_says_so(app: Flask, client: HouseClient) -> None:
    number = number_in(app, ApplicationState.SUPPLEMENT)
    opened(client, number)
    step = f"/apply/{number}/commitments"
    drop = client.page(step).root.xpath('//button[starts-with(@value, "drop:")]/@value')[0]
    page = posted(client, step, {"act": drop, "signature": "另写"}, 422)
    assert "已经随申请提交，不能删除" in page.text
    assert page.typed("signature") == "另写"


def test_a_withdrawn_application_shows_no_step_to_come(app: Flask, client: HouseClient) -> None:
    page = opened(client, number_in(app, ApplicationState.WITHDRAWN))
    assert present_step(page) == []
    assert "撤回申请" not in page.links()
    assert "之后怎样" not in page.text


def test_withdrawing_asks_for_the_reason(app: Flask, client: HouseClient) -> None:
    number = number_in(app, ApplicationState.QUALIFICATION)
    opened(client, number)
    page = posted(client, f"/status/{number}/withdraw", {"reason": " "}, 422)
    assert page.errors == {"reason": "撤回的原因：请填写"}
    done = posted(client, f"/status/{number}/withdraw", {"reason": "工作变动"})
    assert "已撤回" in str(done.answer.get_data(as_text=True))


def test_nobody_else_sees_it(app: Flask, client: HouseClient) -> None:
    number = number_in(app, ApplicationState.APPOINTED)
    for path in (f"/status/{number}", f"/status/{number}/form.pdf", f"/status/{number}/letter.pdf"):
        answer = client.get(path)
        assert answer.status_code == 302, path
        assert answer.headers["Location"].startswith("/apply/resume"), path


def test_who_is_not_appointed_has_no_letter(app: Flask, client: HouseClient) -> None:
    number = number_in(app, ApplicationState.QUALIFICATION)
    opened(client, number)
    assert "还没有聘书" in client.page(f"/status/{number}/letter.pdf", 404).text
    assert client.get(f"/status/{number}/form.pdf").data.startswith(b"%PDF-")
