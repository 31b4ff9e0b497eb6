"""The outbox: to whom (masked), how far, why not; in the demo its text opens with its links."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from app.core import clock
from app.core.actor import SYSTEM
from app.core.database import db
from app.core.transaction import transaction
from app.notices import outbox
from app.notices.models import OutboxMessage
from app.notices.outbox import Recipient
from app.web.outbox.views import linked
from tests.web.house_rules import HouseClient, Page

Login = Callable[..., object]


@pytest.fixture
def sent(app: Flask) -> int:
    """One notice to an applicant; gives its id."""
    with app.app_context(), transaction():
        to = Recipient(None, "周启明", "13912345678", "qiming@example.cn")
        data = {"name": "周启明", "number": "RK-2026-0147", "received_on": date(2026, 3, 2), "state_path": "/status/"}
        return outbox.send(
            "application_received", to, data, subject_type="application", subject_id="RK-2026-0147",
            now=clock.now(), actor=SYSTEM,
        )


def test_recipients_are_masked(client: HouseClient, login: Login, sent: int) -> None:
    login("center_clerk")
    page = client.page("/outbox/")
    assert "周** 139****5678 q***@example.cn" in page.text
    assert "13912345678" not in page.text
    assert "待发送" in page.text


def test_the_text_opens_in_the_demo(client: HouseClient, login: Login, sent: int) -> None:
    login("center_clerk")
    page = client.page(f"/outbox/{sent}")
    assert "RK-2026-0147" in page.text
    assert "演示中可以看内容" in page.text


def test_the_text_stays_shut_in_real_use(app: Flask, client: HouseClient, login: Login, sent: int) -> None:
    login("center_clerk")
    app.config["MODE"] = "production"
    assert client.get(f"/outbox/{sent}").status_code == 403
    assert f"/outbox/{sent}" not in client.page("/outbox/").links().values()


def test_a_message_that_failed_is_sent_again_by_hand(app: Flask, client: HouseClient, login: Login, sent: int) -> None:
    login("center_clerk")
    with app.app_context(), transaction():
        message = db.session.get_one(OutboxMessage, sent)
        message.status, message.last_error = "dead", "短信网关没有应答"
    page = client.page("/outbox/?status=dead")
    assert "有 1 条没有送达" in page.text
    assert "短信网关没有应答" in page.text
    again = Page(client.post(f"/outbox/{sent}/retry", follow_redirects=True))
    assert "已重新放入待发送" in again.text
    assert "没有送达失败的通知" in client.page("/outbox/?status=dead").text
    twice = Page(client.post(f"/outbox/{sent}/retry", follow_redirects=True))
    assert "没有重新发送：这条消息现在是“待发送”" in twice.text


@pytest.mark.parametrize("role", ["bureau_reviewer", "auditor", "dept_organiser"])
def test_the_outbox_is_for_those_who_run_it(client: HouseClient, login: Login, sent: int, role: str) -> None:
    login(role)
    assert client.get("/outbox/").status_code == 403
    assert client.get(f"/outbox/{sent}").status_code == 403
    assert client.post(f"/outbox/{sent}/retry").status_code == 403


def test_links_in_a_text_are_followed_and_nothing_else_is_html() -> None:
    html = linked('见 http://127.0.0.1:8000/apply/x?a=1&b=2。<script>alert(1)</script> "引号"')
    assert '<a href="http://127.0.0.1:8000/apply/x?a=1&amp;b=2">' in html
    assert "<script>" not in html


@pytest.fixture
def to_objector(app: Flask) -> int:
    """The receipt of an objection; gives its id."""
    with app.app_context(), transaction():
        data = {
            "name": "程立秋", "number": "YY-2026-0001", "candidate": "周若水", "received_on": "3月2日",
            "reply_by": "3月4日",
        }
        return outbox.send(
            "objection_received", Recipient(None, "程立秋", "13900003001", "cheng@example.cn"), data,
            subject_type="objection", subject_id="YY-2026-0001", now=clock.now(), actor=SYSTEM,
        )


@pytest.mark.parametrize("role", ["center_clerk", "system_admin"])
def test_who_objected_stays_hidden_from_the_outbox(
    client: HouseClient, login: Login, to_objector: int, role: str
) -> None:
    login(role)
    text = client.page("/outbox/").text
    assert "YY-2026-0001" in text
    assert "异议当事人" in text
    assert not any(trace in text for trace in ("程", "139****3001", "example.cn"))
    assert client.get(f"/outbox/{to_objector}").status_code == 403
