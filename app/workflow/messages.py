"""Messages to cases: delivered at once, or queued by operations and delivered by a job."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.core import wake
from app.core.actor import SYSTEM, Actor
from app.core.database import db
from app.core.errors import Conflict
from app.engine import Execution
from app.workflow import failures, parking, timers
from app.workflow.acts import Deed, LockedCase, lock_case, word
from app.workflow.instances import running
from app.workflow.models import Message
from app.workflow.recording import MESSAGE
from app.workflow.refusals import CaseSuspended
from app.workflow.states import Act, InstanceStatus, MessageStatus
from app.workflow.step import Plan, take_step

_MESSAGE: Any = Message.__table__

#: Waits while nobody is ready for a queued message; after the last it is shown to operators as undeliverable.
WAITS = (
    timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=8),
    timedelta(days=1), timedelta(days=1), timedelta(days=1),
)
NOBODY_WAITS = "收件的办件没有在等待这条消息"

_DUE = (
    sa.select(_MESSAGE.c.id)
    .where(sa.text("status = 'pending'"), _MESSAGE.c.next_at <= sa.bindparam("now"))
    .order_by(_MESSAGE.c.next_at, _MESSAGE.c.id)
    .limit(sa.bindparam("limit"))
)


class _NotWaiting(Exception):
    """The case does not wait for the message: its step is not made."""


def deliver(name: str, business_key: str, payload: Mapping[str, Any], actor: Actor) -> list[int]:
    """Gives the message to every running case of `business_key` that waits for it; gives their ids.

    :raises Conflict: no case waits for it (any more). :raises CaseSuspended: it would wait if it stood not still.
    :raises StepRefused: an operation that follows failed.
    """
    taken = [one for one in running(business_key) if _give(one, name, payload, actor, tolerant=False)]
    if not taken:
        if parking.is_stopped(business_key, actor):
            raise CaseSuspended(f"{business_key}已暂停办理，恢复后才能继续")
        raise Conflict(f"{business_key}已不在可以接收“{name}”的环节，请刷新后查看办理进度")
    return taken


def hold(business_key: str, actor: Actor) -> None:
    """Locks the running cases of a business key before a page touches their records, as every step does.

    A page that locked the records first could meet a step of the case that waits for them, each holding what the
    other needs.
    """
    for instance_id in running(business_key):
        lock_case(actor, instance_id=instance_id)


def _give(instance_id: int, name: str, payload: Mapping[str, Any], actor: Actor, *, tolerant: bool) -> bool:
    timers.fire_due_of(instance_id)
    case = lock_case(actor, instance_id=instance_id)
    if case.instance.status != InstanceStatus.RUNNING:
        return False
    deed = Deed(Act.MESSAGE, f"{word(Act.MESSAGE)}：{_title(case, name)}", values=dict(payload) or None)

    def move(execution: Execution) -> None:
        if not execution.deliver(name, payload):
            raise _NotWaiting

    try:
        take_step(case, Plan(deed, move, tolerant=tolerant, heard={MESSAGE: name}))
    except _NotWaiting:
        return False
    return True


def _title(case: LockedCase, name: str) -> str:
    """The Chinese name of an element that is about this message, else the message's own."""
    for element in case.view.elements.values():
        if element.properties.get("message") == name and element.name:
            return element.name
    return name


def enqueue(
    name: str,
    business_key: str,
    payload: Mapping[str, Any],
    sender_id: int | None,
    now: datetime,
    *,
    optional: bool = False,
) -> None:
    """Queues a message in the present transaction; a job delivers it after the commit.

    `optional`: tidings, done with when nobody waits for them at that time (`app.operations.context.SendMessage`).
    """
    db.session.connection().execute(
        sa.insert(_MESSAGE),
        {
            "name": name,
            "business_key": business_key,
            "payload": dict(payload),
            "sender_id": sender_id,
            "status": MessageStatus.PENDING,
            "attempts": 0,
            "next_at": now,
            "created_at": now,
            "optional": optional,
        },
    )
    wake.request()


def due(now: datetime, limit: int) -> list[int]:
    """Ids of queued messages to be tried now."""
    return list(db.session.connection().scalars(_DUE, {"now": now, "limit": limit}))


def deliver_queued(message_id: int, now: datetime) -> bool:
    """Delivers one queued message; False if nobody waited for it (it is tried again later, unless it is optional).

    Tidings of the same words to the same case go with it: the case reads the records, and these know all of them.
    Another worker that has it already leaves nothing to do.
    """
    connection = db.session.connection()
    row = connection.execute(
        sa.select(_MESSAGE)
        .where(_MESSAGE.c.id == message_id, sa.text("status = 'pending'"), _MESSAGE.c.next_at <= now)
        .with_for_update(skip_locked=True)
    ).first()
    if row is None:
        return False
    if parking.is_stopped(row.business_key, SYSTEM):
        parking.park_message(message_id)
        return False
    alike = _alike(row, now) if row.optional else []
    taken = [one for one in running(row.business_key) if _give(one, row.name, row.payload, SYSTEM, tolerant=True)]
    if taken:
        for one in (message_id, *alike):
            _set(one, status=MessageStatus.DELIVERED, delivered_at=now, receiver_id=taken[0], error=None)
        failures.resolve_job_failure("message", message_id, row.sender_id, now)
        return True
    if row.optional:
        _set(message_id, status=MessageStatus.DROPPED, attempts=row.attempts + 1, error=NOBODY_WAITS)
        failures.resolve_job_failure("message", message_id, row.sender_id, now)
        return True
    _try_later(row, now)
    return False


def _alike(row: Any, now: datetime) -> list[int]:
    """Ids of further tidings that say the same; what they tell of was committed with them."""
    statement = (
        sa.select(_MESSAGE.c.id)
        .where(
            sa.text("status = 'pending'"), _MESSAGE.c.business_key == row.business_key, _MESSAGE.c.name == row.name,
            _MESSAGE.c.payload == row.payload, _MESSAGE.c.optional.is_(True), _MESSAGE.c.next_at <= now,
            _MESSAGE.c.id != row.id, _MESSAGE.c.attempts == 0,
        )
        .order_by(_MESSAGE.c.id)
        .with_for_update(skip_locked=True)
    )  # fmt: skip
    return list(db.session.connection().scalars(statement))


def _try_later(row: Any, now: datetime) -> None:
    if row.attempts < len(WAITS):
        _set(row.id, attempts=row.attempts + 1, next_at=now + WAITS[row.attempts], error=NOBODY_WAITS)
        return
    _set(row.id, attempts=row.attempts + 1, status=MessageStatus.UNDELIVERABLE, error=NOBODY_WAITS)
    failures.record_job_failure(
        "message", row.id, row.sender_id, Conflict(f"消息“{row.name}”没有送达{row.business_key}：{NOBODY_WAITS}"),
        row.attempts + 1, SYSTEM,
    )


def fail_queued(message_id: int, failure: BaseException, now: datetime) -> None:
    """Counts a delivery that failed and was rolled back; tries again later."""
    row = db.session.connection().execute(sa.select(_MESSAGE).where(_MESSAGE.c.id == message_id)).one()
    wait = WAITS[min(row.attempts, len(WAITS) - 1)]
    _set(message_id, attempts=row.attempts + 1, next_at=now + wait, error=type(failure).__name__)
    failures.record_job_failure("message", message_id, row.sender_id, failure, row.attempts + 1, SYSTEM)


def _set(message_id: int, **values: Any) -> None:
    db.session.connection().execute(sa.update(_MESSAGE).where(_MESSAGE.c.id == message_id).values(**values))
