"""A process of its own that works through cases and may be killed at any moment.

Usage: worker.py URL MODE [DIE_AT]. It prints one line for each thing it has committed. Modes: `complete` (every open
task `work`, by 段晓芸), `due` (run_due until quiet). With DIE_AT=n it kills itself with -9 inside the n-th operation.
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import datetime

import sqlalchemy as sa

import config
from app.core import clock, settings
from app.core.database import db
from app.core.transaction import transaction
from app.factory import create_app
from app.identity import accounts
from app.jobs.due import run_due
from app.operations import OperationContext, catalogue
from app.workflow import tasks
from app.workflow.attempt import attempt
from app.workflow.models import Task
from tests.services.workflow.conftest import Note, Noted

_calls = 0
_die_at = 0


def _note(inputs: Note, context: OperationContext) -> Noted:
    """Writes a row, then dies if it is to."""
    global _calls
    _calls += 1
    known = settings.stored(f"times.{context.business_key}") or 0
    settings.store(f"times.{context.business_key}", known + 1)
    db.session.flush()
    if _calls == _die_at:
        os.kill(os.getpid(), signal.SIGKILL)
    return Noted(context.now)


def _tell(inputs: Note, context: OperationContext) -> None:
    """Sends a message to the case named by the text."""
    context.send_message("told", inputs.text, {})


def _tell_test(line: str) -> None:
    """One line for what is committed by now, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _complete() -> None:
    user = accounts.by_login("clerk")
    assert user is not None
    actor = accounts.actor_of(user, "127.0.0.1")
    open_ones = db.session.execute(
        sa.select(Task.id, Task.business_key).where(Task.status == "open", Task.element_id == "work").order_by(Task.id)
    ).all()
    db.session.rollback()
    for task_id, business_key in open_ones:
        attempt(transaction, lambda task_id=task_id: tasks.complete(task_id, {}, actor, None))
        _tell_test(business_key)


def _due() -> None:
    while True:
        report = run_due(clock.now(), limit=5, pause=0)
        _tell_test(f"ran {report.done}")
        if not report.done:
            return


def main(url: str, mode: str, moment: str, die_at: int) -> None:
    """Works until there is nothing left."""
    global _die_at
    _die_at = die_at
    catalogue.operation("testing.make_note", label="登记")(_note)
    catalogue.operation("testing.tell_other", label="告知")(_tell)
    app = create_app(config.Testing, SQLALCHEMY_DATABASE_URI=url)
    with app.app_context():
        clock.travel_to(datetime.fromisoformat(moment))
        {"complete": _complete, "due": _due}[mode]()
        _tell_test("end")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]) if len(sys.argv) > 4 else 0)
