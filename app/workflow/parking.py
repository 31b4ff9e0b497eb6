"""What waits aside while a case is suspended: its timers and the messages to it. Jobs find neither until it resumes.

The instants that the regulation and the engine know stay as they are: only when a job takes them is put off.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.core import wake
from app.core.actor import Actor
from app.core.database import db
from app.workflow.acts import INSTANCE, SUSPENDED_CASES, lock_case
from app.workflow.models import Message, Timer
from app.workflow.projections import FAR_END

_TIMER: Any = Timer.__table__
_MESSAGE: Any = Message.__table__


def park_timers(instance_id: int) -> None:
    """Hides the timers of a locked case from the jobs."""
    _set_wake(instance_id, FAR_END)


def free_timers(instance_id: int) -> None:
    """Gives the timers of a locked case back to the jobs; what came due meanwhile goes off at once."""
    _set_wake(instance_id, _TIMER.c.engine_at)
    wake.request()


def _set_wake(instance_id: int, moment: Any) -> None:
    pending = (_TIMER.c.instance_id == instance_id, sa.text("status = 'pending'"))
    db.session.connection().execute(sa.update(_TIMER).where(*pending).values(wake_at=moment))


def is_stopped(business_key: str, actor: Actor) -> bool:
    """True if a case of this business key is suspended; it is locked then, so that it cannot resume meanwhile."""
    found = sa.select(INSTANCE.c.id).where(INSTANCE.c.business_key == business_key, INSTANCE.c.id.in_(SUSPENDED_CASES))
    ids = list(db.session.connection().scalars(found.order_by(INSTANCE.c.id)))
    return any(lock_case(actor, instance_id=one).is_suspended for one in ids)


def park_message(message_id: int) -> None:
    """Hides a queued message from the jobs; it counts as no attempt."""
    db.session.connection().execute(
        sa.update(_MESSAGE).where(_MESSAGE.c.id == message_id).values(next_at=FAR_END)
    )


def free_messages(business_key: str, now: datetime) -> None:
    """Lets the jobs deliver what waited for this business key.

    A message that a job is at just now is left to it: the job waits for the case, and then sees that it runs.
    """
    parked = (
        sa.select(_MESSAGE.c.id)
        .where(
            sa.text("status = 'pending'"), _MESSAGE.c.business_key == business_key, _MESSAGE.c.next_at == FAR_END
        )
        .with_for_update(skip_locked=True)
    )
    connection = db.session.connection()
    ids = list(connection.scalars(parked))
    if ids:
        connection.execute(sa.update(_MESSAGE).where(_MESSAGE.c.id.in_(ids)).values(next_at=now))
        wake.request()
