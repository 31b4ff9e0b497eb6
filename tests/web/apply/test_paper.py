"""代录纸质申请: typed in by the clerk, by his name, in the same form; nobody else's way in, and no code."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core.audit import AuditEntry
from app.core.database import db
from app.procedures.entry.models import Application
from tests.web.applying import EMAIL, AtTheForm, posted
from tests.web.house_rules import HouseClient, Page

SHEET = {
    "receipt_no": "收 2026-017", "channel": "unit", "phone": "13900002002", "email": EMAIL, "privacy_read": "1",
}


@pytest.fixture
def app(world_app: Flask) -> Flask:
    """The application with the demo world."""
    return world_app


@pytest.fixture
def clerk(client: HouseClient) -> HouseClient:
    """The clerk's browser."""
    client.post("/demo/enter", data={"role": "center_clerk"})
    return client


def begun(clerk: HouseClient) -> AtTheForm:
    """A letter whose first page is typed in."""
    form = AtTheForm(clerk, phone=SHEET["phone"])
    form.number = clerk.post("/apply/paper", data=SHEET).headers["Location"].split("/")[2]
    return form


def applications(app: Flask, receipt_no: str) -> list[Any]:
    with app.app_context():
        wanted = sa.select(Application.number, Application.intake).where(Application.receipt_no == receipt_no)
        return [tuple(row) for row in db.session.execute(wanted)]


def test_the_clerk_finds_it_on_the_page_of_cases(clerk: HouseClient) -> None:
    assert clerk.page("/cases/").links()["代录纸质申请"] == "/apply/paper"


def test_a_letter_becomes_an_application_by_the_clerk_s_name(app: Flask, clerk: HouseClient) -> None:
    page = begun(clerk).fill_everything().submit()
    assert "已提交：入库申请" in page.text
    ((number, intake),) = applications(app, SHEET["receipt_no"])
    assert intake == "paper"
    with app.app_context():
        wanted = sa.select(AuditEntry.actor_name).where(
            AuditEntry.action == "application.submit", AuditEntry.subject_id == number
        )
        assert list(db.session.scalars(wanted)) == ["马晓岚"]


def test_half_a_letter_waits_on_the_page_and_opens_without_a_code(clerk: HouseClient) -> None:
    number = begun(clerk).number
    with clerk.session_transaction() as kept:
        del kept["opened_applications"]
    page = clerk.page("/apply/paper")
    assert SHEET["receipt_no"] in page.text
    assert "139****2002" in page.text
    assert "身份、单位与方向" in posted(clerk, f"/apply/paper/{number}/open", {}).text


def test_what_is_missing_is_told_in_order_and_nothing_is_begun(app: Flask, clerk: HouseClient) -> None:
    refused = Page(clerk.post("/apply/paper", data={**SHEET, "receipt_no": " ", "phone": "139", "privacy_read": ""}))
    assert refused.status == 422
    assert list(refused.errors) == ["receipt_no", "phone", "privacy_read"]
    assert refused.typed("email") == EMAIL
    assert applications(app, "") == []


def test_an_applicant_s_own_draft_is_not_opened_this_way(app: Flask, clerk: HouseClient) -> None:
    own = AtTheForm(app.test_client()).begin()  # type: ignore[arg-type]
    assert clerk.post(f"/apply/paper/{own.number}/open").status_code == 404
