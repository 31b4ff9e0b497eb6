"""Mail over a real SMTP server and SMS over a real HTTP server."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.notices.channels import ConsoleChannel, MailServer, SmsChannel, SmsGateway, SmtpChannel
from app.notices.errors import DeliveryFailed
from app.notices.outgoing import Document, Outgoing
from app.notices.settings import from_configuration
from tests.fakes.sms_gateway import TOKEN, FakeGateway, running_gateway
from tests.fakes.smtp import FakeSmtp, running_smtp

MESSAGE = Outgoing(
    id=1,
    lease="lease",
    idem_key="6e1d2f0a-key",
    channel="mail",
    attempts=1,
    plan=("mail", "sms"),
    name="赵海宁",
    phone="13900000001",
    email="hn@example.cn",
    title="入库申请已收到：RK-2026-0147",
    text="赵海宁：\n\n您的申请已收到。",
    documents=(Document("聘书.pdf", lambda: b"%PDF-1.7"),),
)


@pytest.fixture
def smtp() -> Iterator[FakeSmtp]:
    with running_smtp() as server:
        yield server


@pytest.fixture
def gateway() -> Iterator[FakeGateway]:
    with running_gateway() as server:
        yield server


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def mail(port: int) -> SmtpChannel:
    return SmtpChannel(MailServer("127.0.0.1", port, "zhiku@example.cn", timeout=2))


def test_mail_arrives_in_chinese_with_its_document_and_a_stable_id(smtp: FakeSmtp) -> None:
    channel = mail(smtp.port)
    reference = channel.deliver(MESSAGE)
    channel.deliver(MESSAGE)
    first, second = smtp.accepted
    assert first["Subject"] == "入库申请已收到：RK-2026-0147"
    assert first["Message-ID"] == second["Message-ID"] == reference == "<6e1d2f0a-key@example.cn>"
    assert first.get_body(("plain",)).get_content().startswith("赵海宁：")  # type: ignore[union-attr]
    document = next(iter(first.iter_attachments()))
    assert (document.get_filename(), document.get_content()) == ("聘书.pdf", b"%PDF-1.7")


def test_a_calendar_file_is_sent_as_what_it_is(smtp: FakeSmtp) -> None:
    entry = Document("评审日程.ics", lambda: b"BEGIN:VCALENDAR", "text/calendar; charset=utf-8; method=PUBLISH")
    mail(smtp.port).deliver(replace(MESSAGE, documents=(entry, *MESSAGE.documents)))
    calendar, letter = smtp.accepted[0].iter_attachments()
    assert (calendar.get_content_type(), letter.get_content_type()) == ("text/calendar", "application/pdf")
    assert calendar.get_param("method") == "PUBLISH"
    assert calendar.get_filename() == "评审日程.ics"
    assert calendar.get_payload(decode=True) == b"BEGIN:VCALENDAR"


def test_a_busy_mail_server_is_tried_again(smtp: FakeSmtp) -> None:
    smtp.answers.append("451 later")
    with pytest.raises(DeliveryFailed, match="451") as caught:
        mail(smtp.port).deliver(MESSAGE)
    assert not caught.value.is_permanent


def test_an_unknown_mailbox_is_not_tried_again(smtp: FakeSmtp) -> None:
    smtp.refused_addresses.add("hn@example.cn")
    with pytest.raises(DeliveryFailed, match="550") as caught:
        mail(smtp.port).deliver(MESSAGE)
    assert caught.value.is_permanent


def test_a_mail_server_that_is_down_is_tried_again() -> None:
    with pytest.raises(DeliveryFailed, match="连不上邮件服务器") as caught:
        mail(free_port()).deliver(MESSAGE)
    assert not caught.value.is_permanent


def test_sms_is_delivered_once_however_often_it_is_sent(gateway: FakeGateway) -> None:
    channel = SmsChannel(SmsGateway(gateway.url, TOKEN))
    assert channel.deliver(MESSAGE) == "sms-0"
    assert channel.deliver(MESSAGE) == "sms-0"
    assert [item["phone"] for item in gateway.delivered] == ["13900000001"]
    assert [item["key"] for item in gateway.requests] == ["6e1d2f0a-key"] * 2


@pytest.mark.parametrize(("status", "permanent"), [(500, False), (503, False), (429, False), (400, True), (422, True)])
def test_the_gateways_answers_say_whether_to_try_again(gateway: FakeGateway, status: int, permanent: bool) -> None:
    gateway.answers.append(status)
    with pytest.raises(DeliveryFailed, match=str(status)) as caught:
        SmsChannel(SmsGateway(gateway.url, TOKEN)).deliver(MESSAGE)
    assert caught.value.is_permanent is permanent


def test_a_wrong_token_is_no_fault_of_the_address(gateway: FakeGateway) -> None:
    with pytest.raises(DeliveryFailed, match="401") as caught:
        SmsChannel(SmsGateway(gateway.url, "wrong")).deliver(MESSAGE)
    assert not caught.value.is_permanent


def test_a_gateway_that_does_not_answer_is_given_up_after_the_timeout(gateway: FakeGateway) -> None:
    gateway.answers.append("hang")
    with pytest.raises(DeliveryFailed, match=r"0\.2 秒内没有答复") as caught:
        SmsChannel(SmsGateway(gateway.url, TOKEN, timeout=0.2)).deliver(MESSAGE)
    assert not caught.value.is_permanent


def test_an_answer_lost_on_the_way_does_not_deliver_twice(gateway: FakeGateway) -> None:
    gateway.answers.append("lose")
    channel = SmsChannel(SmsGateway(gateway.url, TOKEN))
    with pytest.raises(DeliveryFailed, match="连不上短信网关"):
        channel.deliver(MESSAGE)
    assert channel.deliver(MESSAGE) == "sms-0"
    assert len(gateway.delivered) == 1


def test_the_console_stands_in_outside_production(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        ConsoleChannel("sms").deliver(MESSAGE)
    assert "13900000001" in caplog.text


def test_production_leaves_out_what_is_not_configured() -> None:
    common = {"PUBLIC_URL": "https://zhiku.example", "SMS_URL": "", "SMS_TOKEN": "", "MAIL_HOST": "mail.example",
              "MAIL_PORT": 25, "MAIL_FROM": "a@b.cn", "MAIL_USER": "", "MAIL_PASSWORD": "", "MAIL_STARTTLS": False}
    assert set(from_configuration({**common, "MODE": "production"}).channels) == {"mail"}
    assert set(from_configuration({**common, "MODE": "demo"}).channels) == {"mail", "sms"}
