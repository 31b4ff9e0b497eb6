"""Messages to cases: delivered at once, or queued by operations and delivered by a job."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.core.actor import Actor


def deliver(name: str, business_key: str, payload: Mapping[str, Any], actor: Actor) -> list[int]:
    """Gives the message to every running case of `business_key` that waits for it; gives their ids.

    :raises Conflict: no case waits for it (any more).
    """
    raise NotImplementedError


def enqueue(name: str, business_key: str, payload: Mapping[str, Any], sender_id: int | None, now: datetime) -> None:
    """Queues a message in the present transaction; `jobs.run_due` delivers it after the commit."""
    raise NotImplementedError
