"""Delivering: retries, the next channel, leases, and never twice for the recipient."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.core.actor import SYSTEM
from app.core.clock import ZONE
from app.core.transaction import transaction
from app.notices import delivery, queries, settings
from app.notices.channels import MailServer, SmtpChannel
from app.notices.delivery import BACKOFF, BATCH, LEASE, MAX_ATTEMPTS, Delivered, claim_due, deliver_due
from app.notices.documents.appointment_letter import AppointmentLetter
from app.notices.documents.glyphs import UnprintableName
from app.notices.models import OutboxMessage
from app.notices.outbox import Attachment, Recipient, send
from app.notices.outgoing import Outgoing
from tests.fakes.pdf import text_of
from tests.fakes.sms_gateway import FakeGateway
from tests.fakes.smtp import FakeSmtp

NOW = datetime(2026, 3, 2, 9, tzinfo=ZONE)
APPLICANT = Recipient(None, "赵海宁", "13912345678", "hn@example.cn")
DATA = {"name": "赵海宁", "number": "RK-2026-0147", "reasons": "年龄超过上限"}


def queue(**more: Any) -> int:
    with transaction():
        return send(
            "refused", APPLICANT, DATA, subject_type="application", subject_id="1", now=NOW, actor=SYSTEM, **more
        )


def line(number: int) -> queries.OutboxLine:
    return queries.outbox_detail(number).line


def run_out(number: int, start: datetime) -> datetime:
    """Delivers at each moment the message waits for, until it waits no more."""
    now = start
    while line(number).status == "pending":
        now = max(now, line(number).next_attempt_at)
        deliver_due(now, transaction)
    return now


def test_a_message_is_sent_once(any_database: Any, smtp: FakeSmtp) -> None:
    number = queue()
    assert deliver_due(NOW, transaction) == Delivered(sent=1, failed=0, more=False)
    assert deliver_due(NOW, transaction) == Delivered(sent=0, failed=0, more=False)
    assert len(smtp.accepted) == 1
    assert (line(number).status, line(number).sent_at) == ("sent", NOW)


def test_nothing_is_sent_before_its_time(database: Any, smtp: FakeSmtp) -> None:
    queue()
    assert deliver_due(NOW - timedelta(seconds=1), transaction).sent == 0


def test_a_document_is_made_when_the_mail_goes(database: Any, smtp: FakeSmtp) -> None:
    letter = AppointmentLetter("0031号", "赵海宁", date(2026, 3, 4), date(2028, 3, 3), date(2026, 3, 4))
    number = queue(attachments=[Attachment("聘书.pdf", letter)])
    kept = database.execute(sa.text("SELECT data FROM outbox_attachment")).scalar_one()
    assert "赵海宁".encode() not in bytes(kept)
    deliver_due(NOW, transaction)
    assert line(number).last_error is None
    document = next(iter(smtp.accepted[0].iter_attachments()))
    assert document.get_filename() == "聘书.pdf"
    assert "聘期自2026年3月4日起至2028年3月3日止" in text_of(document.get_content())


def test_a_document_with_a_name_that_cannot_be_printed_is_refused_at_once(database: Any) -> None:
    letter = AppointmentLetter("0031号", "王𠮷", date(2026, 3, 4), date(2028, 3, 3), date(2026, 3, 4))
    with pytest.raises(UnprintableName, match=r"U\+20BB7"):
        queue(attachments=[Attachment("聘书.pdf", letter)])
    assert queries.outbox_page() == []


def test_a_failing_channel_is_tried_again_ever_later_and_then_the_next(
    any_database: Any, smtp: FakeSmtp, gateway: FakeGateway
) -> None:
    number = queue()
    smtp.answers.extend(["451 later"] * MAX_ATTEMPTS)
    now = NOW
    for attempt, wait in enumerate(BACKOFF, start=1):
        deliver_due(now, transaction)
        assert (line(number).status, line(number).attempts) == ("pending", attempt)
        assert line(number).next_attempt_at == now + wait
        assert deliver_due(now, transaction).sent == 0
        now += wait
    assert gateway.delivered == []
    deliver_due(now, transaction)
    assert (line(number).channel, line(number).status) == ("短信", "sent")
    assert [item["phone"] for item in gateway.delivered] == ["13912345678"]


def test_an_address_refused_for_good_goes_to_the_next_channel_at_once(
    database: Any, smtp: FakeSmtp, gateway: FakeGateway
) -> None:
    smtp.refused_addresses.add("hn@example.cn")
    number = queue()
    assert deliver_due(NOW, transaction) == Delivered(sent=1, failed=1, more=False)
    assert (line(number).channel, line(number).status) == ("短信", "sent")
    assert len(gateway.delivered) == 1


def test_with_the_mail_server_down_the_sms_goes_out(database: Any, gateway: FakeGateway, monkeypatch: Any) -> None:
    down = SmtpChannel(MailServer("127.0.0.1", 1, "zhiku@example.cn", timeout=1))
    current = settings.current()
    monkeypatch.setattr(
        settings, "_current", settings.NoticeSettings(current.public_url, {**current.channels, "mail": down})
    )
    number = queue()
    deliver_due(NOW, transaction)
    assert "连不上邮件服务器" in (line(number).last_error or "")
    run_out(number, NOW)
    assert (line(number).channel, line(number).status, len(gateway.delivered)) == ("短信", "sent", 1)


def test_when_every_channel_fails_the_message_is_dead_and_seen(
    database: Any, smtp: FakeSmtp, gateway: FakeGateway
) -> None:
    smtp.refused_addresses.add("hn@example.cn")
    gateway.answers.extend([500] * MAX_ATTEMPTS)
    number = queue()
    deliver_due(NOW, transaction)
    now = run_out(number, NOW)
    assert now == NOW + sum(BACKOFF, timedelta())
    dead = queries.outbox_page(status="dead")[0]
    assert (dead.id, dead.status_words, dead.last_error) == (number, "送达失败", "短信网关答复 500：scripted 500")
    assert queries.outbox_health(now).dead == 1


def test_a_channel_that_is_not_configured_is_passed_over(database: Any, smtp: FakeSmtp, monkeypatch: Any) -> None:
    current = settings.current()
    monkeypatch.setattr(
        settings, "_current", settings.NoticeSettings(current.public_url, {"mail": current.channels["mail"]})
    )
    number = queue(channels=("sms", "mail"))
    assert deliver_due(NOW, transaction) == Delivered(sent=1, failed=1, more=False)
    assert (line(number).status, len(smtp.accepted)) == ("sent", 1)


def test_a_broken_message_does_not_stop_the_others(database: Any, smtp: FakeSmtp, monkeypatch: Any) -> None:
    class Breaks:
        def deliver(self, message: Outgoing) -> str | None:
            raise ZeroDivisionError

    current = settings.current()
    monkeypatch.setattr(
        settings, "_current", settings.NoticeSettings(current.public_url, {**current.channels, "sms": Breaks()})
    )
    broken, whole = queue(channels=("sms",)), queue()
    assert deliver_due(NOW, transaction) == Delivered(sent=1, failed=1, more=False)
    assert line(broken).last_error == "发送时出错（ZeroDivisionError）"
    assert line(whole).status == "sent"


class Killed(BaseException):
    """Stands for kill -9: nothing after it runs."""


def test_killed_between_sending_and_settling_it_is_sent_again_under_the_same_key(
    any_database: Any, gateway: FakeGateway
) -> None:
    number = queue(channels=("sms",))
    opened = 0

    @contextmanager
    def dying() -> Iterator[Any]:
        nonlocal opened
        opened += 1
        if opened == 2:
            raise Killed
        with transaction() as session:
            yield session

    with pytest.raises(Killed):
        deliver_due(NOW, dying)
    assert line(number).status == "sending"
    assert deliver_due(NOW + LEASE - timedelta(seconds=1), transaction) == Delivered(0, 0, False)
    assert deliver_due(NOW + LEASE + timedelta(minutes=1), transaction).sent == 1
    assert line(number).status == "sent"
    keys = [item["key"] for item in gateway.requests]
    assert len(keys) == 2
    assert len(set(keys)) == len(gateway.delivered) == 1


def test_a_message_that_kills_its_worker_every_time_comes_to_an_end(database: Any) -> None:
    number = queue(channels=("sms",))
    now = NOW
    for _ in range(MAX_ATTEMPTS):
        with transaction():
            assert len(claim_due(now, 10)) == 1
        now += LEASE
    deliver_due(now, transaction)
    assert (line(number).status, line(number).last_error) == ("dead", "多次尝试都没有结果")


def test_who_lost_the_lease_writes_nothing(any_database: Any, smtp: FakeSmtp) -> None:
    number = queue()
    with transaction():
        slow = claim_due(NOW, 10)[0]
    deliver_due(NOW + LEASE, transaction)
    with transaction():
        assert not delivery.settle(slow, delivery.DeliveryFailed("too late"), NOW + LEASE)
    assert line(number).status == "sent"


def test_two_workers_never_hold_the_same_message(any_database: Any) -> None:
    for _ in range(5):
        queue()
    with transaction():
        first = claim_due(NOW, 3)
    with transaction():
        second = claim_due(NOW, 3)
    assert sorted(item.id for item in first + second) == sorted({item.id for item in first + second})
    assert (len(first), len(second)) == (3, 2)


def test_the_limit_says_that_more_is_waiting(database: Any, smtp: FakeSmtp) -> None:
    for _ in range(BATCH + 2):
        queue()
    assert deliver_due(NOW, transaction, limit=BATCH + 1) == Delivered(sent=BATCH + 1, failed=0, more=True)
    assert deliver_due(NOW, transaction, limit=BATCH + 1) == Delivered(sent=1, failed=0, more=False)
    assert len(smtp.accepted) == BATCH + 2


def test_the_lease_runs_from_the_moment_of_claiming(database: Any) -> None:
    number = queue()
    with transaction():
        claim_due(NOW, 1, elapsed=timedelta(minutes=5))
    assert database.get(OutboxMessage, number).lease_until == NOW + timedelta(minutes=5) + LEASE


def test_the_due_query_uses_the_partial_index(database: Any) -> None:
    plan = database.execute(
        sa.text(
            "EXPLAIN QUERY PLAN SELECT id FROM outbox_message WHERE status = 'pending' AND next_attempt_at <= '2026'"
            " ORDER BY next_attempt_at, id LIMIT 20"
        )
    ).all()
    assert "ix_outbox_message_due" in str(plan)
