"""What a case is told of the notices it waits for: handed over, undelivered, failed.

Notices know nothing of cases: whoever delivers passes a `TakeReceipt`, which posts the receipt in the transaction
that settles the message. A receipt is tidings: the outbox holds the truth.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

#: Messages to the case: a provider accepted the notice; it came back and the next channel is tried; nobody was reached.
HANDED_OVER = "notice_handed_over"
UNDELIVERED = "notice_undelivered"
FAILED = "notice_failed"


@dataclass(frozen=True)
class Receipt:
    """A message for the case with the business key `reply_to`; `payload` is plain JSON."""

    reply_to: str
    name: str
    payload: dict[str, Any]
    at: datetime


TakeReceipt = Callable[[Receipt], None]


def nobody(receipt: Receipt) -> None:
    """Stands where no receipt is expected. :raises LookupError: one came all the same, and must not be lost."""
    raise LookupError(f"nobody takes {receipt.name} for {receipt.reply_to}")


def handed_over(reply_to: str, outbox_id: int, channel: str, at: datetime) -> Receipt:
    """A provider accepted the notice at this moment: from here a period of reply runs."""
    payload = {"outbox_id": outbox_id, "channel": channel, "handed_at": at.isoformat()}
    return Receipt(reply_to, HANDED_OVER, payload, at)


def undelivered(reply_to: str, outbox_id: int, at: datetime) -> Receipt:
    """The provider reports that an accepted notice did not arrive; it goes out on the next channel."""
    return Receipt(reply_to, UNDELIVERED, {"outbox_id": outbox_id}, at)


def failed(reply_to: str, outbox_id: int, reason: str, at: datetime) -> Receipt:
    """No channel is left."""
    return Receipt(reply_to, FAILED, {"outbox_id": outbox_id, "reason": reason}, at)
