"""暂停 and 恢复 of a case. Deadlines go on counting by law meanwhile: on 恢复 what came due goes off."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.core.actor import Actor
from app.core.database import db
from app.core.errors import Conflict, Invalid
from app.identity import permissions
from app.workflow import parking, recounting
from app.workflow.acts import INSTANCE, Deed, LockedCase, lock_case, update_row, word
from app.workflow.room.models import Suspension
from app.workflow.states import Act, InstanceStatus

_SUSPENSION: Any = Suspension.__table__


def suspend(instance_id: int, actor: Actor, reason: str) -> None:
    """暂停 a running case: no step, timer, message or job touches it until `resume`.

    :raises NotAllowed: :raises Invalid: no reason. :raises Conflict: it has ended, or is suspended already.
    """
    permissions.require(actor, permissions.CASE_REPAIR)
    written = require_reason(Act.SUSPEND, reason)
    case = lock_case(actor, instance_id=instance_id)
    case.require_running()
    parking.park_timers(instance_id)
    update_row(INSTANCE, instance_id, status=InstanceStatus.SUSPENDED)
    db.session.connection().execute(
        sa.insert(_SUSPENSION),
        {
            "instance_id": instance_id, "since": case.now, "by_id": actor.user_id, "by_name": actor.name,
            "reason": written,
        },
    )
    case.record(
        Deed(Act.SUSPEND, f"{word(Act.SUSPEND)}办件{case.instance.business_key}", reason=written),
        before={"status": InstanceStatus.RUNNING}, after={"status": InstanceStatus.SUSPENDED},
    )


def resume(instance_id: int, actor: Actor, reason: str) -> None:
    """恢复 a suspended case; timers and messages that came meanwhile are taken by the jobs at once.

    Its deadlines are counted again first: a recount of the calendar passed it by while it stood still.
    :raises NotAllowed: :raises Invalid: no reason. :raises Conflict: it is not suspended (any more).
    """
    permissions.require(actor, permissions.CASE_REPAIR)
    written = require_reason(Act.RESUME, reason)
    case = lock_case(actor, instance_id=instance_id)
    if not case.is_suspended:
        raise Conflict(f"办件{case.instance.business_key}没有暂停，不用恢复")
    update_row(INSTANCE, instance_id, status=InstanceStatus.RUNNING)
    parking.free_timers(instance_id)
    lift(case)
    case.record(
        Deed(Act.RESUME, f"{word(Act.RESUME)}办件{case.instance.business_key}", reason=written),
        before={"status": InstanceStatus.SUSPENDED}, after={"status": InstanceStatus.RUNNING},
    )
    recounting.recount_case(lock_case(actor, instance_id=instance_id))


def lift(case: LockedCase) -> None:
    """What ends with a suspension, also when the case is voided: its reason stays in the history only."""
    db.session.connection().execute(sa.delete(_SUSPENSION).where(_SUSPENSION.c.instance_id == case.instance.id))
    parking.free_messages(case.instance.business_key, case.now)


def of_case(instance_id: int) -> Suspension | None:
    """Why a case stands still, None for one that does not."""
    found: Suspension | None = db.session.get(Suspension, instance_id, populate_existing=True)
    return found


def require_reason(act: Act, reason: str) -> str:
    """The reason without blanks at its ends. :raises Invalid: there is none."""
    if not reason.strip():
        raise Invalid({"reason": f"写明{word(act)}的理由"})
    return reason.strip()
