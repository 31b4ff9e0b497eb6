"""Several workers deliver one outbox: each message goes out once."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from flask import Flask

from app.core.actor import SYSTEM
from app.core.clock import ZONE
from app.core.database import db
from app.core.transaction import transaction
from app.notices import queries, settings
from app.notices.delivery import Delivered, deliver_due
from app.notices.outbox import Recipient, send
from app.notices.outgoing import Outgoing

NOW = datetime(2026, 3, 2, 9, tzinfo=ZONE)
MESSAGES = 24
WORKERS = 4


class Counting:
    """A channel that counts what passes through it."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        self._lock = threading.Lock()

    def deliver(self, message: Outgoing) -> str | None:
        with self._lock:
            self.seen[message.idem_key] += 1
        return None


def test_each_message_is_delivered_once_by_whichever_worker(any_app: Flask) -> None:
    channel = Counting()
    settings.configure(settings.NoticeSettings("https://zhiku.example", {"sms": channel}))
    with any_app.app_context(), transaction():
        for number in range(MESSAGES):
            send(
                "objection_code", Recipient(None, "赵海宁", "13912345678"), {"code": f"{number:06}", "minutes": 10},
                subject_type="objection_code", subject_id="", now=NOW, actor=SYSTEM,
            )
    start = threading.Barrier(WORKERS)

    def work() -> Delivered:
        with any_app.app_context():
            start.wait()
            try:
                return deliver_due(NOW, transaction)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(WORKERS) as pool:
        done = [future.result() for future in [pool.submit(work) for _ in range(WORKERS)]]
    assert sum(each.sent for each in done) == MESSAGES
    assert set(channel.seen.values()) == {1}
    assert len(channel.seen) == MESSAGES
    with any_app.app_context():
        assert queries.outbox_health(NOW) == queries.OutboxHealth(waiting=0, oldest_due_at=None, dead=0)
