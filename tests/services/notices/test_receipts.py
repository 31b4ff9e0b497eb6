"""A case that waits for a notice hears when a provider took it, when it came back, and when nobody is left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.actor import SYSTEM, Actor
from app.core.audit import AuditEntry
from app.core.errors import NotFound
from app.core.transaction import transaction
from app.notices import delivery, queries, reports, settings
from app.notices.delivery import BACKOFF, MAX_ATTEMPTS
from app.notices.models import OutboxMessage
from app.notices.outbox import NO_ADDRESS, Recipient, send
from app.notices.outgoing import Outgoing
from app.notices.receipts import Receipt
from app.notices.reports import DeliveryReport
from tests.fakes.sms_gateway import FakeGateway
from tests.fakes.smtp import FakeSmtp

NOW = datetime(2026, 3, 2, 9, tzinfo=clock.ZONE)
CASE = "PS-2026-0034-07"
EXPERT = Recipient(None, "赵海宁", "13912345678", "hn@example.cn")
DATA = {"name": "赵海宁", "number": "RK-2026-0147", "reasons": "年龄超过上限"}
GATEWAY = Actor(user_id=None, name="短信网关", kind="public")
OPERATOR = Actor(1, "马晓岚", frozenset({"center_clerk"}))
REMINDED = {"task": "审批指定专家", "title": "评审活动", "path": "/tasks/1", "due": "今日 11:50 前"}
CODE = {"code": "402718", "minutes": 10, "number": "RK-2026-0147"}
OURS = "ours"


class Told(list[Receipt]):
    """Every receipt in its order."""

    @property
    def names(self) -> list[str]:
        """What was told, without the rest."""
        return [one.name.removeprefix("notice_") for one in self]


@pytest.fixture
def told() -> Told:
    return Told()


def queue(to: Recipient = EXPERT, reply_to: str | None = CASE, **more: Any) -> int:
    with transaction():
        return write(to, reply_to, **{"channels": ("sms", "mail"), **more})


def write(to: Recipient = EXPERT, reply_to: str | None = CASE, **more: Any) -> int:
    key, data = more.pop("key", "refused"), more.pop("data", DATA)
    return send(
        key, to, data, subject_type="invitation", subject_id="7", now=NOW, actor=SYSTEM, reply_to=reply_to, **more
    )


def deliver(told: Told, now: datetime = NOW) -> None:
    delivery.deliver_due(now, transaction, receipt=told.append)


def report(told: Told, *, now: datetime = NOW, **what: Any) -> bool:
    with transaction():
        return reports.take(DeliveryReport(**what), actor=GATEWAY, now=now, receipt=told.append)


def line(number: int) -> queries.OutboxLine:
    return queries.outbox_detail(number).line


def row(database: Any, number: int) -> OutboxMessage:
    found = database.get(OutboxMessage, number, populate_existing=True)
    assert found is not None
    return found


def ids(database: Any, number: int, whose: str) -> dict[str, str]:
    found = row(database, number)
    named = {"request_id": found.idem_key} if whose == OURS else {"message_id": str(found.provider_reference)}
    database.rollback()
    return named


def test_the_case_hears_when_and_how_a_notice_was_handed_over(any_database: Any, told: Told) -> None:
    number = queue()
    deliver(told)
    payload = {"outbox_id": number, "channel": "sms", "handed_at": NOW.isoformat()}
    assert told == [Receipt(CASE, "notice_handed_over", payload, NOW)]
    deliver(told, NOW + timedelta(hours=1))
    assert len(told) == 1


def test_the_period_runs_from_the_moment_of_handing_over_not_from_the_beginning_of_the_batch(
    database: Any, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow:
        def deliver(self, message: Outgoing) -> str | None:
            clock.travel_to(clock.now() + timedelta(minutes=3))
            return None

    current = settings.current()
    changed = settings.NoticeSettings(current.public_url, {**current.channels, "sms": Slow()})
    monkeypatch.setattr(settings, "_current", changed)
    numbers = [queue(), queue()]
    deliver(told, clock.now())
    handed = [datetime.fromisoformat(one.payload["handed_at"]) for one in told]
    assert handed == [NOW + timedelta(minutes=3), NOW + timedelta(minutes=6)]
    assert [line(number).sent_at for number in numbers] == handed


def test_only_the_channel_that_took_it_is_told(database: Any, told: Told, gateway: FakeGateway) -> None:
    gateway.answers.append(422)
    queue()
    deliver(told)
    assert [(one.name, one.payload["channel"]) for one in told] == [("notice_handed_over", "mail")]


def test_a_notice_that_no_channel_could_bring_has_failed(
    any_database: Any, told: Told, gateway: FakeGateway
) -> None:
    gateway.answers.extend([500] * MAX_ATTEMPTS)
    number = queue(channels=("sms",))
    now = NOW
    for wait in (*BACKOFF, timedelta()):
        assert told == []
        deliver(told, now)
        now += wait
    assert told.names == ["failed"]
    assert told[0].payload == {"outbox_id": number, "reason": "短信网关答复 500：scripted 500"}


@pytest.mark.parametrize("user_id", [None, 4711])
def test_who_has_neither_phone_nor_mail_is_not_reached_even_if_told_inside(
    database: Any, told: Told, user_id: int | None
) -> None:
    number = queue(Recipient(user_id, "钱某"), key="deadline_warning", data=REMINDED, channels=("inbox", "mail"))
    deliver(told)
    assert (line(number).status, line(number).last_error) == ("dead", NO_ADDRESS)
    assert told[0].payload == {"outbox_id": number, "reason": NO_ADDRESS}


def test_without_a_case_that_waits_nothing_is_told(database: Any, told: Told) -> None:
    inside = queue(Recipient(4711, "钱某"), None, key="deadline_warning", data=REMINDED, channels=("inbox", "mail"))
    queue(reply_to=None)
    assert line(inside).status == "sent"
    deliver(told)
    assert told == []


def test_a_receipt_that_nobody_takes_is_no_silence(database: Any) -> None:
    number = queue()
    with pytest.raises(LookupError, match=CASE):
        delivery.deliver_due(NOW, transaction)
    assert line(number).status == "sending"


def test_the_receipt_is_of_the_settling_transaction(database: Any, told: Told) -> None:
    number, opened = queue(), 0

    @contextmanager
    def dying() -> Iterator[Any]:
        nonlocal opened
        opened += 1
        with transaction() as session:
            yield session
            if opened == 2:
                raise KeyboardInterrupt

    def post(receipt: Receipt) -> None:
        write(reply_to=None)
        told.append(receipt)

    with pytest.raises(KeyboardInterrupt):
        delivery.deliver_due(NOW, dying, receipt=post)
    assert told.names == ["handed_over"]
    assert [one.id for one in queries.outbox_page()] == [number]


def test_a_notice_whose_time_is_over_has_failed(database: Any, told: Told) -> None:
    queue(key="resume_code", data=CODE, channels=("sms",))
    deliver(told, NOW + timedelta(hours=1))
    assert [(one.name, one.payload["reason"]) for one in told] == [("notice_failed", delivery.EXPIRED)]
    deliver(told, NOW + timedelta(hours=2))
    assert len(told) == 1


@pytest.mark.parametrize("whose", [OURS, "theirs"])
def test_an_undelivered_message_goes_to_the_next_channel_and_the_case_hears_both(
    any_database: Any, told: Told, smtp: FakeSmtp, whose: str
) -> None:
    number = queue()
    deliver(told)
    later = NOW + timedelta(minutes=20)
    assert report(told, now=later, delivered=False, reason="关机", **ids(any_database, number, whose))
    assert told[-1] == Receipt(CASE, "notice_undelivered", {"outbox_id": number}, later)
    assert (line(number).status, line(number).channel, line(number).last_error) == ("pending", "电子邮件", "关机")
    deliver(told, later)
    assert told.names == ["handed_over", "undelivered", "handed_over"]
    assert told[-1].payload["channel"] == "mail"
    assert len(smtp.accepted) == 1


def test_an_undelivered_message_without_a_further_channel_is_dead(database: Any, told: Told) -> None:
    number = queue(channels=("mail", "sms"), to=Recipient(None, "赵海宁", "13912345678"))
    deliver(told)
    report(told, delivered=False, **ids(database, number, OURS))
    assert told.names == ["handed_over", "failed"]
    assert told[-1].payload == {"outbox_id": number, "reason": reports.WITHOUT_REASON}
    assert (line(number).status, line(number).sent_at) == ("dead", None)


@pytest.mark.parametrize("whose", [OURS, "theirs"])
def test_a_report_told_again_changes_nothing(database: Any, told: Told, whose: str) -> None:
    number = queue()
    deliver(told)
    named = ids(database, number, whose)
    assert report(told, delivered=False, **named)
    deliver(told)
    assert not report(told, delivered=False, **named)
    assert told.names == ["handed_over", "undelivered", "handed_over"]
    assert line(number).status == "sent"


def test_a_delivered_message_stays_as_it_is_and_is_not_undelivered_afterwards(database: Any, told: Told) -> None:
    number = queue()
    deliver(told)
    named = ids(database, number, OURS)
    assert report(told, delivered=True, **named)
    assert not report(told, delivered=False, **named)
    assert (line(number).status, told.names) == ("sent", ["handed_over"])


def test_a_report_that_outruns_the_answer_counts_and_the_sender_settles_nothing(database: Any, told: Told) -> None:
    number = queue()
    with transaction():
        sending = delivery.claim_due(NOW, 1)[0]
    report(told, delivered=False, **ids(database, number, OURS))
    assert (line(number).status, line(number).channel) == ("pending", "电子邮件")
    with transaction():
        assert not delivery.settle(sending, delivery.DeliveryFailed("late"), NOW, told.append)
    assert told == []


def test_a_report_about_a_channel_that_the_message_has_left_changes_nothing(
    database: Any, told: Told, gateway: FakeGateway
) -> None:
    gateway.answers.append(422)
    number = queue()
    deliver(told)
    report(told, delivered=False, **ids(database, number, OURS))
    assert (line(number).status, told.names) == ("sent", ["handed_over"])


def test_a_report_about_nothing_we_sent_is_not_found(database: Any, told: Told) -> None:
    queue()
    for named in ({"request_id": "nobody"}, {"message_id": "sms-4711"}, {"message_id": ""}):
        with pytest.raises(NotFound):
            report(told, delivered=False, **named)


def test_a_reference_that_many_messages_share_names_none(
    database: Any, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Play:
        def deliver(self, message: Outgoing) -> str | None:
            return "console"

    monkeypatch.setattr(settings, "_current", settings.NoticeSettings("https://zhiku.example", {"sms": Play()}))
    queue()
    queue()
    deliver(told)
    with pytest.raises(NotFound):
        report(told, delivered=False, message_id="console")


def test_a_text_whose_time_is_over_does_not_go_to_the_next_channel(database: Any, told: Told) -> None:
    number = queue(key="resume_code", data=CODE)
    deliver(told)
    report(told, now=NOW + timedelta(hours=1), delivered=False, **ids(database, number, OURS))
    assert (line(number).status, line(number).last_error) == ("dead", delivery.EXPIRED)
    assert told.names == ["handed_over", "failed"]


def test_sent_again_by_hand_it_has_a_key_that_the_gateway_does_not_know(
    database: Any, told: Told, gateway: FakeGateway
) -> None:
    number = queue(channels=("sms",))
    deliver(told)
    first = row(database, number).idem_key
    report(told, delivered=False, **ids(database, number, OURS))
    with transaction():
        queries.retry_dead(number, OPERATOR, NOW)
    deliver(told)
    assert gateway.delivered[0]["request_id"] == first
    assert len({one["request_id"] for one in gateway.delivered}) == 2
    assert told.names == ["handed_over", "failed", "handed_over"]
    assert not report(told, delivered=False, request_id=first)


def test_a_report_is_written_into_the_trail(database: Any, told: Told) -> None:
    number = queue()
    deliver(told)
    report(told, delivered=False, **ids(database, number, OURS))
    entry = database.scalars(sa.select(AuditEntry).order_by(AuditEntry.seq.desc())).first()
    assert (entry.action, entry.subject_id, entry.actor_name) == ("notices.report_delivery", str(number), "短信网关")
