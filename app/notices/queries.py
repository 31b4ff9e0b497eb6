"""What pages show of the outbox and of a user's messages; addresses are masked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.core import audit, randomness
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import Conflict, NotAllowed, NotFound
from app.notices.models import DEAD, PENDING, SENDING, InboxMessage, OutboxMessage, OutboxReport
from app.notices.templates import template

STATUS_WORDS = {"pending": "待发送", "sending": "发送中", "sent": "已发送", "dead": "送达失败"}
CHANNEL_WORDS = {"inbox": "站内消息", "sms": "短信", "mail": "电子邮件"}

#: Nobody needs to know how many more there are.
COUNTED = 1000

#: Who may put a message that failed back into the queue.
OPERATING_ROLES = ("system_admin", "center_clerk")


@dataclass(frozen=True)
class OutboxLine:
    """One message in the list: whom (masked), what, how, and how far it is."""

    id: int
    label: str
    title: str
    recipient: str
    channel: str
    status: str
    status_words: str
    attempts: int
    last_error: str | None
    subject_type: str
    subject_id: str
    created_at: datetime
    sent_at: datetime | None
    next_attempt_at: datetime


@dataclass(frozen=True)
class OutboxDetail:
    """One message with its text on the channel it went or is to go; None once it expired."""

    line: OutboxLine
    text: str | None
    idem_key: str


@dataclass(frozen=True)
class OutboxHealth:
    """What operators watch: backlog, the oldest message overdue, dead messages."""

    waiting: int
    oldest_due_at: datetime | None
    dead: int


def outbox_page(
    *,
    status: str | None = None,
    subject: tuple[str, str] | None = None,
    before_id: int | None = None,
    limit: int = 30,
) -> list[OutboxLine]:
    """Messages, newest first, of one status or one subject; `before_id` continues a page."""
    statement = sa.select(OutboxMessage).order_by(OutboxMessage.id.desc()).limit(limit)
    if status is not None:
        statement = statement.where(OutboxMessage.status == status)
    if subject is not None:
        statement = statement.where(OutboxMessage.subject_type == subject[0], OutboxMessage.subject_id == subject[1])
    if before_id is not None:
        statement = statement.where(OutboxMessage.id < before_id)
    return [_line(row) for row in db.session.scalars(statement)]


def outbox_detail(message_id: int) -> OutboxDetail:
    """One message with its text; the page logs that it was read.

    :raises NotFound: there is no such message.
    """
    row = db.session.get(OutboxMessage, message_id)
    if row is None:
        raise NotFound("没有这条消息")
    text = json.loads(row.body).get(row.channel) if row.body else None
    return OutboxDetail(_line(row), text, row.idem_key)


def outbox_health(now: datetime) -> OutboxHealth:
    """The state of the outbox for the operators' page and the metrics; counts end at `COUNTED`."""
    oldest = db.session.scalar(
        sa.select(sa.func.min(OutboxMessage.next_attempt_at)).where(PENDING, OutboxMessage.next_attempt_at <= now)
    )
    return OutboxHealth(waiting=_count(PENDING) + _count(SENDING), oldest_due_at=oldest, dead=_count(DEAD))


def _count(status: sa.TextClause) -> int:
    found = sa.select(OutboxMessage.id).where(status).limit(COUNTED).subquery()
    return db.session.scalar(sa.select(sa.func.count()).select_from(found)) or 0


def _line(row: OutboxMessage) -> OutboxLine:
    return OutboxLine(
        id=row.id,
        label=template(row.template).label,
        title=row.title,
        recipient=row.recipient_masked,
        channel=CHANNEL_WORDS[row.channel],
        status=row.status,
        status_words=STATUS_WORDS[row.status],
        attempts=row.attempts_in_all,
        last_error=row.last_error,
        subject_type=row.subject_type,
        subject_id=row.subject_id,
        created_at=row.created_at,
        sent_at=row.sent_at,
        next_attempt_at=row.next_attempt_at,
    )


def retry_dead(message_id: int, actor: Actor, now: datetime) -> None:
    """Puts a message that failed back to the first channel of its plan.

    :raises NotAllowed, NotFound, Conflict: the actor may not, it is not there, or it is not dead or has no text.
    """
    if not actor.has(*OPERATING_ROLES):
        raise NotAllowed("只有系统管理员和中心经办可以重新发送消息")
    row = db.session.get(OutboxMessage, message_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound("没有这条消息")
    if row.status != "dead":
        raise Conflict(f"这条消息现在是“{STATUS_WORDS[row.status]}”，不用重新发送")
    if not row.plan or row.body is None:
        raise Conflict("这条消息没有可用的地址，或内容已过有效期，不能重新发送")
    before = {"channel": row.channel, "error": row.last_error}
    row.status, row.channel, row.attempts, row.next_attempt_at = "pending", row.plan[0], 0, now
    if db.session.scalar(sa.select(OutboxReport.id).where(OutboxReport.request_id == row.idem_key)) is not None:
        # The gateway knows the old key as a message that did not arrive, and would not send it again.
        row.idem_key = randomness.unique_id()
    audit.record(actor, "notices.retry_message", "outbox_message", row.id, before=before)


@dataclass(frozen=True)
class InboxLine:
    """One message inside the product."""

    id: int
    title: str
    body: str
    subject_type: str
    subject_id: str
    created_at: datetime
    is_read: bool


def inbox_page(user_id: int, *, before_id: int | None = None, limit: int = 20) -> list[InboxLine]:
    """A user's messages, newest first."""
    statement = sa.select(InboxMessage).where(InboxMessage.user_id == user_id)
    if before_id is not None:
        statement = statement.where(InboxMessage.id < before_id)
    rows = db.session.scalars(statement.order_by(InboxMessage.id.desc()).limit(limit))
    return [_inbox_line(row) for row in rows]


def _inbox_line(row: InboxMessage) -> InboxLine:
    return InboxLine(
        id=row.id,
        title=row.title,
        body=row.body,
        subject_type=row.subject_type,
        subject_id=row.subject_id,
        created_at=row.created_at,
        is_read=row.read_at is not None,
    )


def unread_count(user_id: int, most: int = 100) -> int:
    """How many messages a user has not read, counted up to `most`."""
    unread = (
        sa.select(InboxMessage.id)
        .where(InboxMessage.user_id == user_id, InboxMessage.read_at.is_(None))
        .limit(most)
        .subquery()
    )
    return db.session.scalar(sa.select(sa.func.count()).select_from(unread)) or 0


def mark_read(user_id: int, message_ids: Sequence[int], now: datetime) -> None:
    """Marks a user's own messages as read."""
    db.session.execute(
        sa.update(InboxMessage)
        .where(InboxMessage.user_id == user_id, InboxMessage.id.in_(message_ids), InboxMessage.read_at.is_(None))
        .values(read_at=now)
    )
