"""Queueing: rows of the caller's transaction, encrypted, masked for those who look."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.core.actor import SYSTEM, Actor
from app.core.audit import AuditEntry
from app.core.clock import ZONE
from app.core.errors import Conflict, NotAllowed, NotFound
from app.core.transaction import transaction
from app.notices import delivery, queries
from app.notices.errors import TemplateRefused
from app.notices.models import OutboxMessage
from app.notices.outbox import NO_ADDRESS, Recipient, send
from tests.fakes.smtp import FakeSmtp

NOW = datetime(2026, 3, 2, 9, tzinfo=ZONE)
APPLICANT = Recipient(None, "赵海宁", "13912345678", "hn@example.cn")
STAFF = Recipient(7, "李经办")
OPERATOR = Actor(user_id=9, name="管理员", roles=frozenset({"system_admin"}))
RECEIVED = {"name": "赵海宁", "number": "RK-2026-0147", "received_on": "2026年3月2日", "state_path": "/apply/state"}
REMINDER = {"task": "资格审查", "title": "周启明 入库申请", "path": "/tasks/5", "by": "王局", "remark": "",
            "due": "今天 24:00 前"}


def queue(to: Recipient = APPLICANT, key: str = "application_received", data: Any = None, **more: Any) -> int:
    with transaction():
        return send(
            key, to, RECEIVED if data is None else data, subject_type="application", subject_id="RK-2026-0147",
            now=NOW, actor=SYSTEM, **more,
        )


def test_a_message_waits_for_its_first_channel(any_database: Any) -> None:
    queue()
    line = queries.outbox_page()[0]
    assert (line.status, line.channel, line.attempts) == ("pending", "电子邮件", 0)
    assert line.label == "申请收讫"
    assert queries.outbox_health(NOW) == queries.OutboxHealth(waiting=1, oldest_due_at=NOW, dead=0)


def test_addresses_are_masked_on_pages_and_unreadable_in_the_table(any_database: Any) -> None:
    queue()
    assert queries.outbox_page()[0].recipient == "赵** 139****5678 h***@example.cn"
    raw = any_database.execute(sa.text("SELECT recipient_name, phone, email, body FROM outbox_message")).one()
    for stored in raw:
        for secret in ("赵海宁", "13912345678", "hn@example.cn", "RK-2026-0147"):
            assert secret.encode() not in bytes(stored)


def test_a_rolled_back_transaction_sends_nothing(any_database: Any) -> None:
    def fail_after_sending() -> None:
        send("application_received", APPLICANT, RECEIVED, subject_type="a", subject_id="1", now=NOW, actor=SYSTEM)
        raise RuntimeError

    with pytest.raises(RuntimeError), transaction():
        fail_after_sending()
    assert queries.outbox_page() == []


def test_a_user_reads_the_message_inside_at_once(database: Any) -> None:
    queue(STAFF, "task_reminder", REMINDER)
    message = queries.inbox_page(7)[0]
    assert message.title == "王局 催办：周启明 入库申请"
    assert (queries.unread_count(7), queries.unread_count(8)) == (1, 0)
    line = queries.outbox_page()[0]
    assert (line.status, line.channel) == ("sent", "站内消息")


def test_reading_marks_only_ones_own_messages(database: Any) -> None:
    queue(STAFF, "task_reminder", REMINDER)
    number = queries.inbox_page(7)[0].id
    with transaction():
        queries.mark_read(8, [number], NOW)
    assert queries.unread_count(7) == 1
    with transaction():
        queries.mark_read(7, [number], NOW)
    assert queries.unread_count(7) == 0
    assert queries.inbox_page(7)[0].is_read


def test_who_cannot_be_reached_is_shown(database: Any) -> None:
    queue(Recipient(None, "钱某"))
    line = queries.outbox_page(status="dead")[0]
    assert line.last_error == NO_ADDRESS


def test_a_channel_without_an_address_is_left_out(database: Any) -> None:
    number = queue(Recipient(None, "赵海宁", phone="13912345678"))
    assert database.get(OutboxMessage, number).plan == ["sms"]


def test_the_caller_may_choose_the_channels(database: Any) -> None:
    number = queue(channels=("sms",))
    assert database.get(OutboxMessage, number).plan == ["sms"]


def test_wrong_data_is_refused_before_anything_is_written(database: Any) -> None:
    with pytest.raises(TemplateRefused), transaction():
        send("application_received", APPLICANT, {}, subject_type="a", subject_id="1", now=NOW, actor=SYSTEM)
    assert queries.outbox_page() == []


def test_links_lead_to_this_installation(database: Any) -> None:
    detail = queries.outbox_detail(queue())
    assert detail.text is not None
    assert "https://zhiku.example/apply/state" in detail.text


def test_the_list_is_paged_and_filtered(database: Any) -> None:
    numbers = [queue() for _ in range(3)]
    queue(Recipient(None, "钱某"))
    assert [line.id for line in queries.outbox_page(status="pending", limit=2)] == numbers[:0:-1]
    assert [line.id for line in queries.outbox_page(status="pending", before_id=numbers[1])] == numbers[:1]
    assert len(queries.outbox_page(subject=("application", "RK-2026-0147"))) == 4
    assert queries.outbox_page(subject=("application", "RK-2026-0001")) == []
    with pytest.raises(NotFound):
        queries.outbox_detail(4711)


def test_a_code_is_forgotten_after_its_time(database: Any, smtp: FakeSmtp) -> None:
    code = {"code": "402718", "minutes": 10, "number": "RK-2026-0147"}
    sent = queue(key="resume_code", data=code)
    delivery.deliver_due(NOW, transaction)
    assert "402718" in (queries.outbox_detail(sent).text or "")
    unsent = queue(key="resume_code", data=code)
    later = NOW + timedelta(hours=1)
    assert delivery.deliver_due(later, transaction) == delivery.Delivered(0, 0, False)
    assert queries.outbox_detail(sent).text is None
    line = queries.outbox_detail(unsent).line
    assert (line.status, line.last_error) == ("dead", delivery.EXPIRED)
    with pytest.raises(Conflict, match="有效期"), transaction():
        queries.retry_dead(unsent, OPERATOR, later)


def test_a_dead_message_is_sent_again_by_hand(database: Any, smtp: FakeSmtp) -> None:
    smtp.refused_addresses.add("hn@example.cn")
    number = queue(channels=("mail",))
    delivery.deliver_due(NOW, transaction)
    assert queries.outbox_detail(number).line.status == "dead"
    smtp.refused_addresses.clear()
    with pytest.raises(NotAllowed), transaction():
        queries.retry_dead(number, SYSTEM, NOW)
    with transaction():
        queries.retry_dead(number, OPERATOR, NOW)
    assert delivery.deliver_due(NOW, transaction).sent == 1
    assert database.scalar(sa.select(AuditEntry.action)) == "notices.retry_message"
    with pytest.raises(Conflict, match="已发送"), transaction():
        queries.retry_dead(number, OPERATOR, NOW)
