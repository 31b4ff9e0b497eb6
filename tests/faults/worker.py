"""A process of its own that works through cases and may be killed at any moment.

It is a fork of the test, which has closed its connections before; it tells one line for each thing it has committed.
With `die_at` n it kills itself with -9 inside the n-th call of an operation, after the operation has written.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.core import clock, settings
from app.core.database import db
from app.core.transaction import transaction
from app.identity import accounts
from app.jobs.due import run_due
from app.operations import OperationContext, catalogue
from app.workflow import tasks
from app.workflow.attempt import attempt
from app.workflow.models import Task
from tests.services.workflow.conftest import Note, Noted

#: Works, and tells what is committed by now.
Work = Callable[[Callable[[str], None]], None]


class Worker:
    """The forked process; `line` and `lines` are what it told, `kill` ends it from outside."""

    def __init__(self, work: Work, moment: datetime, die_at: int = 0) -> None:
        db.session.remove()
        db.engine.dispose()
        reading, writing = os.pipe()
        self._pid = os.fork()
        if not self._pid:
            os.close(reading)
            _run(work, moment, die_at, writing)
        os.close(writing)
        self._told = os.fdopen(reading)

    def line(self) -> str:
        """The next line it tells."""
        return self._told.readline().strip()

    def kill(self) -> None:
        """Kills it with -9."""
        os.kill(self._pid, signal.SIGKILL)

    def finish(self) -> list[str]:
        """What else it told until it ended or was killed."""
        lines = self._told.read().split("\n")[:-1]
        self._told.close()
        _, status = os.waitpid(self._pid, 0)
        assert os.waitstatus_to_exitcode(status) in (0, -signal.SIGKILL), lines
        return lines


def _run(work: Work, moment: datetime, die_at: int, writing: int) -> None:
    """All of the forked process; it never returns into the test."""
    code = 1
    try:
        _dies(die_at)
        clock.travel_to(moment)
        work(lambda line: _tell(writing, line))
        _tell(writing, "end")
        code = 0
    except BaseException as failure:  # noqa: BLE001 - the test shows it
        _tell(writing, repr(failure))
    finally:
        os._exit(code)


def _tell(writing: int, line: str) -> None:
    os.write(writing, f"{line}\n".encode())


def _dies(die_at: int) -> None:
    """Lets the process kill itself inside the n-th call of an operation."""
    calls, call = 0, catalogue.call

    def counted(name: str, arguments: dict[str, Any], context: OperationContext) -> dict[str, Any]:
        nonlocal calls
        calls += 1
        result = call(name, arguments, context)
        if calls == die_at:
            db.session.flush()
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    catalogue.call = counted  # type: ignore[assignment]


def note(inputs: Note, context: OperationContext) -> Noted:
    """Counts in a row how often it was done for a case."""
    known = settings.stored(f"times.{context.business_key}") or 0
    settings.store(f"times.{context.business_key}", known + 1)
    return Noted(context.now)


def complete(tell: Callable[[str], None]) -> None:
    """Every open task `work`, by 段晓芸."""
    user = accounts.by_login("clerk")
    assert user is not None
    actor = accounts.actor_of(user, "127.0.0.1")
    open_ones = db.session.execute(
        sa.select(Task.id, Task.business_key).where(Task.status == "open", Task.element_id == "work").order_by(Task.id)
    ).all()
    db.session.rollback()
    for task_id, business_key in open_ones:
        attempt(transaction, lambda task_id=task_id: tasks.complete(task_id, {}, actor, None))
        tell(business_key)


def due(tell: Callable[[str], None]) -> None:
    """Whatever is due, until it is quiet."""
    while True:
        report = run_due(clock.now(), limit=5, pause=0)
        tell(f"ran {report.done}")
        if not report.done:
            return
