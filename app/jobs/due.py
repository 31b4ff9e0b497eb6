"""Everything that time starts. The embedded thread and the Celery task call the same `run_due`.

The database says what is due; each item runs in a transaction of its own, so that a process killed at any moment
loses nothing and does nothing twice, and an item that fails never stops the others.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.exc import InterfaceError, OperationalError

from app.core import clock
from app.core.transaction import transaction
from app.jobs.housekeeping import tidy_files
from app.jobs.retention import keep_no_longer
from app.notices import delivery
from app.workflow import incidents, messages, receipts, recounting, reminders, timers

_log = logging.getLogger(__name__)

#: Between two items, so that people's requests get the lock of an SQLite file (infra.md §2).
PAUSE_SECONDS = 0.02
#: At most so many items of one kind a run; the next tick goes on.
LIMIT = 200


@dataclass(frozen=True)
class Report:
    """What one run did: items done and failed, and whether the limit left some over."""

    done: int = 0
    failed: int = 0
    more: bool = False

    def __add__(self, other: Report) -> Report:
        return Report(self.done + other.done, self.failed + other.failed, self.more or other.more)


@dataclass(frozen=True)
class _Kind:
    """One kind of work: what is due, how one item is done, what is written when it failed."""

    name: str
    due: Callable[[datetime, int], Iterable[Any]]
    run: Callable[[Any, datetime], bool]
    fail: Callable[[Any, BaseException, datetime], None]


_KINDS = (
    _Kind("deadline", recounting.due, recounting.recount, recounting.give_up),
    _Kind("timer", timers.due, timers.fire, timers.fail),
    _Kind("message", messages.due, messages.deliver_queued, messages.fail_queued),
    _Kind("incident", incidents.due, incidents.retry_due, incidents.retry_failed),
    _Kind("reminder", reminders.due, reminders.remind, reminders.give_up),
)


def run_due(now: datetime, limit: int = LIMIT, pause: float = PAUSE_SECONDS) -> Report:
    """Runs what is due at `now`; safe to call at any moment, by any number of processes, any number of times.

    :raises OperationalError: the database is gone; nothing is booked as a failure of the work then.
    """
    report = Report()
    for kind in _KINDS:
        report += _run_kind(kind, now, limit, pause)
    delivered = delivery.deliver_due(now, transaction, limit, receipt=receipts.post)
    keep_no_longer(now)
    tidy_files(now)
    return report + Report(delivered.sent, delivered.failed, delivered.more)


def _run_kind(kind: _Kind, now: datetime, limit: int, pause: float) -> Report:
    with transaction():
        items = list(kind.due(now, limit))
    done = failed = 0
    for item in items:
        outcome = _run_one(kind, item, now)
        done += outcome is True
        failed += outcome is None
        if pause:
            time.sleep(pause)
    return Report(done, failed, len(items) == limit)


def _run_one(kind: _Kind, item: Any, now: datetime) -> bool | None:
    """One item in its own transaction; None if it failed, False if there was nothing to do."""
    try:
        with transaction():
            return kind.run(item, now)
    except (OperationalError, InterfaceError):
        raise
    except Exception as failure:  # noqa: BLE001 - whatever one item does must not stop the others
        _log.exception("%s %s failed", kind.name, item)
        with transaction():
            kind.fail(item, failure, now)
        return None


def run_until_quiet(now: datetime, rounds: int = 50) -> Report:
    """Calls `run_due` until nothing is left to do: after the demo's clock was moved to `now`.

    The clock goes on meanwhile, and so do the rounds: what one sets going a moment later is done by the next.
    What fails is tried again at its time, not at once, so that this comes to an end; but it may have told somebody.
    """
    report = Report()
    for _ in range(rounds):
        one = run_due(max(now, clock.now()), pause=0)
        report += one
        if not (one.done or one.failed):
            break
    return Report(report.done, report.failed, one.more)

