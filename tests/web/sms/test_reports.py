"""The gateway reports over HTTP what became of messages it had accepted."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.serving import make_server

from app.core import clock
from app.core.actor import SYSTEM
from app.core.database import db
from app.core.transaction import transaction
from app.jobs.due import run_until_quiet
from app.notices import outbox, queries, settings
from app.notices.channels import SmsChannel, SmsGateway
from app.workflow.models import Message
from tests.conftest import build_app
from tests.fakes.sms_gateway import REPORT_TOKEN, TOKEN, FakeGateway, running_gateway

EXPERT = outbox.Recipient(None, "赵海宁", "13912345678")
DATA = {"name": "赵海宁", "number": "RK-2026-0147", "reasons": "年龄超过上限"}
CASE = "PS-2026-0034-07"


@dataclass(frozen=True)
class House:
    """The product on a port, and the gateway through which it sends."""

    app: Flask
    address: str
    gateway: FakeGateway

    def send(self) -> int:
        """A text message that the gateway has accepted; gives its number."""
        with self.app.app_context():
            with transaction():
                number = outbox.send(
                    "refused", EXPERT, DATA, subject_type="invitation", subject_id="7", now=clock.now(), actor=SYSTEM,
                    channels=("sms",), reply_to=CASE,
                )  # fmt: skip
            run_until_quiet(clock.now())
        return number

    def status(self, number: int) -> str:
        """How far the message is."""
        with self.app.app_context():
            return queries.outbox_detail(number).line.status

    def told(self) -> list[tuple[str, str]]:
        """What cases were told: name and business key."""
        with self.app.app_context():
            rows = db.session.scalars(sa.select(Message).order_by(Message.id))
            return [(row.name, row.business_key) for row in rows]


@pytest.fixture
def house(
    tmp_path: Path, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> Iterator[House]:
    app.config["SMS_REPORT_TOKEN"] = REPORT_TOKEN
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    with running_gateway() as gateway:
        channels = {"sms": SmsChannel(SmsGateway(gateway.url, TOKEN, timeout=2))}
        monkeypatch.setattr(settings, "_current", settings.NoticeSettings("https://zhiku.example", channels))
        yield House(app, f"127.0.0.1:{server.server_port}", gateway)
    server.shutdown()
    thread.join()
    server.server_close()


def _failed(gateway: FakeGateway, **more: Any) -> dict[str, Any]:
    return {"request_id": gateway.delivered[-1]["request_id"], "status": "failed", "reason": "空号", **more}


def test_a_message_reported_as_undelivered_is_dead_and_its_case_is_told(house: House) -> None:
    number = house.send()
    assert house.status(number) == "sent"
    assert house.gateway.report(house.address, _failed(house.gateway)) == (200, {"result": "recorded"})
    assert house.status(number) == "dead"
    assert house.told() == [("notice_handed_over", CASE), ("notice_failed", CASE)]


def test_the_gateway_may_use_its_own_id(house: House) -> None:
    number = house.send()
    body = {"message_id": "sms-0", "status": "delivered"}
    assert house.gateway.report(house.address, body) == (200, {"result": "recorded"})
    assert house.status(number) == "sent"
    assert house.told() == [("notice_handed_over", CASE)]


def test_the_same_report_twice_counts_once(house: House) -> None:
    house.send()
    body = _failed(house.gateway)
    house.gateway.report(house.address, body)
    assert house.gateway.report(house.address, body) == (200, {"result": "known"})
    assert len(house.told()) == 2


@pytest.mark.parametrize("token", [None, "", "wrong", REPORT_TOKEN[:-1], "令牌"])
def test_without_the_token_nothing_is_taken(house: House, token: str | None) -> None:
    number = house.send()
    said = token if token is None else token.encode().decode("latin-1")
    status, answer = house.gateway.report(house.address, _failed(house.gateway), said)
    assert (status, answer) == (401, {"error": "没有有效的访问令牌"})
    assert house.status(number) == "sent"


def test_where_no_token_is_set_none_is_the_right_one(house: House) -> None:
    house.app.config["SMS_REPORT_TOKEN"] = ""
    for token in ("", " ", None):
        assert house.gateway.report(house.address, {"request_id": "x", "status": "failed"}, token)[0] == 401


def test_a_message_that_was_never_sent_is_not_found(house: House) -> None:
    house.send()
    status, answer = house.gateway.report(house.address, {"request_id": "nobody", "status": "failed"})
    assert (status, answer) == (404, {"error": "没有这条短信"})


@pytest.mark.parametrize(
    "body",
    [
        {}, [], "failed", {"status": "failed"}, {"request_id": "x"}, {"request_id": "x", "status": "lost"},
        {"request_id": 7, "status": "failed"}, {"request_id": "x" * 121, "status": "failed"},
        {"request_id": "x\x00", "status": "failed"}, {"request_id": "", "message_id": None, "status": "failed"},
    ],
)  # fmt: skip
def test_what_is_no_report_is_refused(house: House, body: Any) -> None:
    assert house.gateway.report(house.address, body)[0] == 422


def test_the_address_is_no_page(house: House) -> None:
    client = house.app.test_client()
    assert client.get("/sms/reports").status_code == 405
    headers = {"Authorization": f"Bearer {REPORT_TOKEN}"}
    assert client.post("/sms/reports", data="status=failed", headers=headers).status_code == 422


def test_guessing_tokens_is_slowed_down(tmp_path: Path, sqlite_schema: Path) -> None:
    limited = build_app(f"sqlite:///{sqlite_schema}", tmp_path, RATELIMIT_ENABLED=True)
    client = limited.test_client()
    answers = [client.post("/sms/reports", json={}).status_code for _ in range(601)]
    assert (answers[0], answers[-2], answers[-1]) == (401, 401, 429)
