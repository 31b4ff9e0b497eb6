"""Delivering the outbox: claim in one transaction, send in none, settle in another (infra.md §3, pattern B).

A crash between sending and settling sends once more with the same idempotency key. A message whose process dies
each time still comes to an end, since attempts are counted when claiming.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa

from app.core import clock, randomness
from app.core.database import db
from app.notices import receipts, settings
from app.notices.channels import Channel
from app.notices.documents import enclosures
from app.notices.errors import DeliveryFailed
from app.notices.models import PENDING, SENDING, OutboxAttachment, OutboxMessage
from app.notices.outbox import NO_ADDRESS
from app.notices.outgoing import Document, Outgoing
from app.notices.receipts import TakeReceipt, nobody
from app.notices.texts import wordings

Transaction = Callable[[], AbstractContextManager[Any]]

#: What is looked for every second, mostly in vain, is written once.
_NOW: sa.BindParameter[datetime] = sa.bindparam("now")
_EXPIRED = (OutboxMessage.expires_at <= _NOW, OutboxMessage.body.is_not(None))
_ANY_EXPIRED = sa.select(OutboxMessage.id).where(*_EXPIRED).limit(1)
_END_LEASES = (
    sa.update(OutboxMessage)
    .where(SENDING, OutboxMessage.lease_until <= _NOW)
    .values(status="pending", lease_until=None, lease_token=None)
    .execution_options(synchronize_session=False)
)
_DUE = (
    sa.select(OutboxMessage)
    .where(PENDING, OutboxMessage.next_attempt_at <= _NOW)
    .order_by(OutboxMessage.next_attempt_at, OutboxMessage.id)
    .limit(sa.bindparam("limit"))
    .with_for_update(skip_locked=True)
)

#: How long a claimed message is left alone before another worker may take it.
LEASE = timedelta(minutes=2)
#: So many are claimed at once: even if each runs into its timeouts, the lease outlasts them.
BATCH = 4
#: Waits after a failed attempt on one channel; after the last the next channel is tried.
BACKOFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
MAX_ATTEMPTS = len(BACKOFF) + 1

EXPIRED = "内容已过有效期，不再发送"
NOT_CONFIGURED = "没有配置此通道"


@dataclass(frozen=True)
class Delivered:
    """What one run did; `more` is true if the limit left some over."""

    sent: int
    failed: int
    more: bool


def deliver_due(
    now: datetime, transaction: Transaction, limit: int = 200, *, receipt: TakeReceipt = nobody
) -> Delivered:
    """Makes up to `limit` attempts at messages due at `now`; any number of workers may call it at once.

    `transaction` opens a writing transaction (`app.core.transaction.transaction`): each step has its own.
    `receipt` posts what became of a message, in the transaction that settles it.
    """
    started, began = time.monotonic(), clock.now()
    sent = failed = 0
    while sent + failed < limit:
        with transaction():
            if not sent + failed:
                drop_expired(now, receipt)
            elapsed = timedelta(seconds=time.monotonic() - started)
            claimed = claim_due(now, min(BATCH, limit - sent - failed), elapsed)
        if not claimed:
            return Delivered(sent, failed, more=False)
        for message in claimed:
            outcome = _attempt(settings.current().channels, message)
            with transaction():
                # A batch may take minutes, and periods run from the moment at which a message was handed over.
                settle(message, outcome, now + (clock.now() - began), receipt)
            sent += isinstance(outcome, _Handed)
            failed += isinstance(outcome, DeliveryFailed)
    return Delivered(sent, failed, more=True)


@dataclass(frozen=True)
class _Handed:
    reference: str | None


Outcome = _Handed | DeliveryFailed


def _attempt(channels: Mapping[str, Channel], message: Outgoing) -> Outcome:
    if not message.plan:
        return DeliveryFailed(NO_ADDRESS, is_permanent=True)
    channel = channels.get(message.channel)
    if channel is None:
        return DeliveryFailed(NOT_CONFIGURED, is_permanent=True)
    if message.attempts > MAX_ATTEMPTS:
        return DeliveryFailed("多次尝试都没有结果", is_permanent=True)
    try:
        return _Handed(channel.deliver(message))
    except DeliveryFailed as failure:
        return failure
    except Exception as error:  # noqa: BLE001 - one broken message must not stop the others
        return DeliveryFailed(f"发送时出错（{type(error).__name__}）")


def claim_due(now: datetime, limit: int, elapsed: timedelta = timedelta()) -> list[Outgoing]:
    """Takes over due messages and those whose lease ran out, and counts the attempt.

    `elapsed` is how long ago `now` was, so that the lease runs from this moment. The caller commits before sending.
    """
    db.session.execute(_END_LEASES, {"now": now})
    rows = db.session.scalars(_DUE, {"now": now, "limit": limit}).all()
    if not rows:
        return []
    lease = randomness.unique_id()
    for row in rows:
        row.status = "sending"
        row.lease_until, row.lease_token = now + elapsed + LEASE, lease
        row.attempts += 1
        row.attempts_in_all += 1
    db.session.flush()
    documents = _documents([row.id for row in rows])
    return [_outgoing(row, lease, documents.get(row.id, ())) for row in rows]


def _documents(ids: list[int]) -> dict[int, tuple[Document, ...]]:
    found: dict[int, tuple[Document, ...]] = {}
    is_demo = settings.current().is_demo
    if ids:
        wording = wordings()
        for row in db.session.scalars(
            sa.select(OutboxAttachment).where(OutboxAttachment.message_id.in_(ids)).order_by(OutboxAttachment.id)
        ):
            document = Document(
                row.filename,
                partial(enclosures.make, row.kind, row.data, is_demo=is_demo, wording=wording),
                enclosures.media_type(row.kind),
            )
            found[row.message_id] = (*found.get(row.message_id, ()), document)
    return found


def _outgoing(row: OutboxMessage, lease: str, documents: tuple[Document, ...]) -> Outgoing:
    texts: dict[str, str] = json.loads(row.body or "{}")
    return Outgoing(
        id=row.id,
        lease=lease,
        idem_key=row.idem_key,
        channel=row.channel,
        attempts=row.attempts,
        plan=tuple(row.plan),
        name=row.recipient_name,
        phone=row.phone,
        email=row.email,
        title=row.title,
        text=texts.get(row.channel, ""),
        documents=documents,
        reply_to=row.reply_to,
    )


def settle(message: Outgoing, outcome: Outcome, now: datetime, receipt: TakeReceipt = nobody) -> bool:
    """Writes down what came of an attempt; False if the lease was lost meanwhile and nothing was written."""
    values = _sent(outcome, now) if isinstance(outcome, _Handed) else _failed(message, outcome, now)
    result = db.session.execute(
        sa.update(OutboxMessage)
        .where(OutboxMessage.id == message.id, OutboxMessage.lease_token == message.lease)
        .values(**values, lease_until=None, lease_token=None)
        .execution_options(synchronize_session=False)
    )
    if result.rowcount != 1:  # type: ignore[attr-defined]
        return False
    if message.reply_to is not None and values["status"] == "sent":
        receipt(receipts.handed_over(message.reply_to, message.id, message.channel, now))
    elif message.reply_to is not None and values["status"] == "dead":
        receipt(receipts.failed(message.reply_to, message.id, values["last_error"], now))
    return True


def _sent(outcome: _Handed, now: datetime) -> dict[str, Any]:
    return {"status": "sent", "sent_at": now, "provider_reference": outcome.reference, "last_error": None}


def _failed(message: Outgoing, failure: DeliveryFailed, now: datetime) -> dict[str, Any]:
    error = failure.reason[:300]
    if not failure.is_permanent and message.attempts < MAX_ATTEMPTS:
        return {
            "status": "pending",
            "next_attempt_at": now + BACKOFF[message.attempts - 1],
            "last_error": error,
        }
    return onward(message.plan, message.channel, error, now)


def onward(plan: Sequence[str], channel: str, error: str, now: datetime) -> dict[str, Any]:
    """The next state of a message that `channel` could not bring: on to the next of its plan at once, or dead."""
    following = plan[plan.index(channel) + 1 :] if channel in plan else ()
    if not following:
        return {"status": "dead", "last_error": error}
    return {
        "status": "pending",
        "channel": following[0],
        "attempts": 0,
        "next_attempt_at": now,
        "last_error": error,
    }


def drop_expired(now: datetime, receipt: TakeReceipt = nobody) -> None:
    """Deletes the texts of messages with codes or links whose time is over; unsent ones are given up."""
    moment = {"now": now}
    if db.session.scalar(_ANY_EXPIRED, moment) is None:
        return
    waited_for = sa.select(OutboxMessage.id, OutboxMessage.reply_to).where(
        PENDING, OutboxMessage.reply_to.is_not(None), *_EXPIRED
    )
    for message_id, reply_to in db.session.execute(waited_for.with_for_update(skip_locked=True), moment).all():
        receipt(receipts.failed(str(reply_to), message_id, EXPIRED, now))
    db.session.execute(
        sa.update(OutboxMessage)
        .where(PENDING, *_EXPIRED)
        .values(status="dead", last_error=EXPIRED)
        .execution_options(synchronize_session=False),
        moment,
    )
    db.session.execute(
        sa.update(OutboxMessage).where(*_EXPIRED).values(body=None).execution_options(synchronize_session=False),
        moment,
    )
