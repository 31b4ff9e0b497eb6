"""Receipts of notices on their way to the case that waits for them."""

from __future__ import annotations

from app.notices.receipts import Receipt
from app.workflow import messages


def post(receipt: Receipt) -> None:
    """Queues a receipt as tidings for its case, in the present transaction."""
    messages.enqueue(receipt.name, receipt.reply_to, receipt.payload, None, receipt.at, optional=True)
