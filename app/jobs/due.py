"""Everything that time starts. The embedded thread and the Celery task call the same `run_due`.

The database says what is due; each item runs in a transaction of its own, so that a process killed at any moment
loses nothing and does nothing twice, and an item that fails never stops the others.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from app.core import clock
from app.core.transaction import lost_to_another, transaction
from app.jobs.calendar_alarm import warn_of_missing_year
from app.jobs.housekeeping import tidy_files
from app.jobs.retention import keep_no_longer
from app.jobs.tallying import count_stays
from app.notices import delivery
from app.workflow import incidents, messages, receipts, recounting, reminders, timers
from app.workflow.migration import carrying
from app.workflow.releases import publishing

_log = logging.getLogger(__name__)

#: Between two items, so that people's requests come first: the machine is theirs (infra.md §2).
PAUSE_SECONDS = 0.02
#: At most so many items of one kind a run; the next tick goes on.
LIMIT = 200
#: So often an item is tried in one run that the database gives up for the sake of another transaction.
TRIES = 3


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
    _Kind("version", publishing.due, publishing.publish_due, publishing.give_up),
    _Kind("migration", carrying.due, carrying.carry_out, carrying.give_up),
    _Kind("reminder", reminders.due, reminders.remind, reminders.give_up),
)


def run_due(now: datetime, limit: int = LIMIT, pause: float = PAUSE_SECONDS) -> Report:
    """Runs what is due at `now`; safe to call at any moment, by any number of processes, any number of times.

    What loses a deadlock stays as due as it was, for the next run, and stops nothing else.

    :raises OperationalError: the database is gone; nothing is booked as a failure of the work then.
    """
    report, kinds = Report(), deque(_KINDS)
    while kinds:
        report += _undisturbed(partial(_run_next, kinds, now, limit, pause))
    report += _undisturbed(partial(_deliver, now, limit))
    for sweep in (keep_no_longer, tidy_files, warn_of_missing_year, count_stays):
        report += _undisturbed(partial(_swept, sweep, now))
    return report


def _undisturbed(part: Callable[[], Report]) -> Report:
    """A part of the run; one that lost against another transaction is left to the next run."""
    try:
        return part()
    except DBAPIError as failure:
        if not lost_to_another(failure):
            raise
        _log.info("a part of this run lost against another transaction: %s", failure.orig)
        return Report(more=True)


def _deliver(now: datetime, limit: int) -> Report:
    delivered = delivery.deliver_due(now, transaction, limit, receipt=receipts.post)
    return Report(delivered.sent, delivered.failed, delivered.more)


def _swept(sweep: Callable[[datetime], int], now: datetime) -> Report:
    sweep(now)
    return Report()


def _run_next(kinds: deque[_Kind], now: datetime, limit: int, pause: float) -> Report:
    """Does the first of `kinds` of which anything is due, and takes it and those before it off.

    Mostly nothing is due: then all are looked through in one transaction, which costs what one kind alone would.
    """
    kind = kinds.popleft()  # before the transaction: where none is to be had, the run still comes to its end
    with transaction():
        items = list(kind.due(now, limit))
        while kinds and not items:
            kind = kinds.popleft()
            items = list(kind.due(now, limit))
    report = Report(more=len(items) == limit)
    for item in items:
        one = _run_one(kind, item, now)
        report += one
        if pause and one != Report():
            time.sleep(pause)
    return report


def _run_one(kind: _Kind, item: Any, now: datetime) -> Report:
    """One item in its own transaction; after too many lost races it is left as it is, due."""
    for _ in range(TRIES):
        try:
            with transaction():
                return Report(done=int(kind.run(item, now)))
        except (OperationalError, InterfaceError) as failure:
            if not lost_to_another(failure):
                raise
            _log.info("%s %s lost against another transaction: %s", kind.name, item, failure.orig)
        except Exception as failure:  # noqa: BLE001 - whatever one item does must not stop the others
            _log.exception("%s %s failed", kind.name, item)
            with transaction():
                kind.fail(item, failure, now)
            return Report(failed=1)
    return Report(more=True)


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

