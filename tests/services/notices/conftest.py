"""The outbox with a real mail server and a real gateway behind it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.notices import settings
from app.notices.channels import MailServer, SmsChannel, SmsGateway, SmtpChannel
from tests.fakes.sms_gateway import TOKEN, FakeGateway, running_gateway
from tests.fakes.smtp import FakeSmtp, running_smtp


@pytest.fixture(scope="module")
def _smtp_server() -> Iterator[FakeSmtp]:
    with running_smtp() as server:
        yield server


@pytest.fixture(scope="module")
def _sms_server() -> Iterator[FakeGateway]:
    with running_gateway() as server:
        yield server


@pytest.fixture
def smtp(_smtp_server: FakeSmtp) -> FakeSmtp:
    _smtp_server.accepted.clear()
    _smtp_server.answers.clear()
    _smtp_server.refused_addresses.clear()
    return _smtp_server


@pytest.fixture
def gateway(_sms_server: FakeGateway) -> FakeGateway:
    _sms_server.delivered.clear()
    _sms_server.requests.clear()
    _sms_server.answers.clear()
    return _sms_server


@pytest.fixture(autouse=True)
def channels(smtp: FakeSmtp, gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both channels lead to the fakes, also when the application is built after this."""
    configured = settings.NoticeSettings(
        public_url="https://zhiku.example",
        channels={
            "mail": SmtpChannel(MailServer("127.0.0.1", smtp.port, "zhiku@example.cn", timeout=2)),
            "sms": SmsChannel(SmsGateway(gateway.url, TOKEN, timeout=2)),
        },
    )
    monkeypatch.setattr(settings, "from_configuration", lambda _configuration: configured)
    monkeypatch.setattr(settings, "_current", configured)
