"""Reports of a gateway that come after it accepted a message: it arrived, or it did not.

A message that did not arrive goes to the next channel of its plan, or is dead. A report counts once; one that is
told again, or about a channel that the message has left, changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.core import audit
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFound
from app.notices import receipts
from app.notices.delivery import EXPIRED, onward
from app.notices.models import OutboxMessage, OutboxReport
from app.notices.receipts import TakeReceipt

#: The channel whose provider reports.
REPORTING = "sms"
WITHOUT_REASON = "短信网关报告未送达"


@dataclass(frozen=True)
class DeliveryReport:
    """What a gateway tells of one message, named by our request id or by its own message id."""

    delivered: bool
    request_id: str | None = None
    message_id: str | None = None
    reason: str = ""


def take(report: DeliveryReport, *, actor: Actor, now: datetime, receipt: TakeReceipt) -> bool:
    """Writes a report down and lets the message go on; False if it was known already.

    :raises NotFound: no message has this id.
    """
    row = _message(report)
    if row is None:
        if _known(report):
            return False
        raise NotFound("没有这条短信")
    if _reported(row.idem_key):
        return False
    words = (report.reason.strip() or WITHOUT_REASON)[:300]
    values = {
        "message_id": row.id,
        "request_id": row.idem_key,
        "reference": report.message_id or row.provider_reference,
        "status": "delivered" if report.delivered else "failed",
        "reason": "" if report.delivered else words,
        "reported_at": now,
    }
    db.session.execute(sa.insert(OutboxReport), values)
    before = {"status": row.status, "channel": row.channel}
    if not report.delivered and row.channel == REPORTING and row.attempts_in_all and row.status != "dead":
        _go_on(row, words, now, receipt)
    after = {"reported": values["status"], "status": row.status, "channel": row.channel}
    audit.record(actor, "notices.report_delivery", "outbox_message", row.id, before=before, after=after)
    return True


def _message(report: DeliveryReport) -> OutboxMessage | None:
    """The message under its lock; by the provider's id only if that names one message."""
    statement = sa.select(OutboxMessage).with_for_update().execution_options(populate_existing=True)
    if report.request_id:
        return db.session.scalar(statement.where(OutboxMessage.idem_key == report.request_id))
    found = db.session.scalars(
        statement.where(
            OutboxMessage.provider_reference == report.message_id, OutboxMessage.channel == REPORTING
        ).limit(2)
    ).all()
    return found[0] if len(found) == 1 else None


def _known(report: DeliveryReport) -> bool:
    if report.request_id:
        return _reported(report.request_id)
    known = sa.select(OutboxReport.id).where(OutboxReport.reference == report.message_id).limit(1)
    return db.session.scalar(known) is not None


def _reported(request_id: str) -> bool:
    known = sa.select(OutboxReport.id).where(OutboxReport.request_id == request_id)
    return db.session.scalar(known) is not None


def _go_on(row: OutboxMessage, reason: str, now: datetime, receipt: TakeReceipt) -> None:
    was_handed_over = row.status == "sent"
    values: dict[str, Any] = onward(row.plan, row.channel, reason, now)
    if row.body is None or (row.expires_at is not None and row.expires_at <= now):
        values = {"status": "dead", "last_error": EXPIRED}
    # Whoever is just sending it has lost the lease, and settles nothing.
    for name, value in {**values, "sent_at": None, "lease_until": None, "lease_token": None}.items():
        setattr(row, name, value)
    db.session.flush()
    if row.reply_to is None:
        return
    if row.status == "dead":
        receipt(receipts.failed(row.reply_to, row.id, row.last_error or reason, now))
    elif was_handed_over:
        receipt(receipts.undelivered(row.reply_to, row.id, now))
