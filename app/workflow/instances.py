"""Cases: started by a page or a procedure, ended by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import Invalid, NotAllowed
from app.operations import voiding
from app.regulations import RuleSet, rule_set, rule_set_for
from app.workflow import authority
from app.workflow.acts import INSTANCE, Deed, LockedCase, lock_case, word
from app.workflow.host import QueuedMessage, WantedCase
from app.workflow.models import Instance
from app.workflow.room import suspension
from app.workflow.states import Act, InstanceStatus
from app.workflow.step import Above, Plan, start_case, take_step


def start(
    key: str,
    business_key: str,
    title: str,
    data: Mapping[str, Any],
    actor: Actor,
    *,
    subject: str | None = None,
    parent_id: int | None = None,
    rules: RuleSet | None = None,
) -> int:
    """Starts a case of the process `key` and runs it to its first wait; gives the instance id.

    `data` is plain JSON (ids, decisions, dates). The rule set in force now is pinned for good; `rules` is that of
    the case to which this one belongs, and which goes on by it.
    :raises NoRuleSetInForce: today lies outside every rule set and no 沿用 decision is recorded.
    :raises StepRefused: an operation failed on the way to the first wait.
    """
    now = clock.now()
    wanted = WantedCase(key, business_key, title, data, subject)
    return start_case(wanted, actor, rules or rule_set_for(now.date()), now, _above(parent_id))


def _above(parent_id: int | None) -> Above | None:
    if parent_id is None:
        return None
    root = db.session.connection().scalar(sa.select(INSTANCE.c.root_id).where(INSTANCE.c.id == parent_id))
    return Above(parent_id, root or parent_id)


def cancel(instance_id: int, actor: Actor, reason: str) -> None:
    """作废 a running or suspended case, by someone who manages the work of others.

    :raises NotAllowed: :raises Invalid: no reason. :raises Conflict: it has ended.
    """
    authority.require_manager(actor)
    case = lock_case(actor, instance_id=instance_id)
    case.require_live()
    _end(case, Act.VOID, InstanceStatus.VOIDED, reason)
    if case.is_suspended:
        suspension.lift(case)


def revoke(instance_id: int, actor: Actor, reason: str) -> None:
    """撤销 by whoever started the case.

    :raises NotAllowed: :raises Invalid: no reason. :raises Conflict: it has ended.
    """
    case = lock_case(actor, instance_id=instance_id)
    if actor.user_id is None or case.instance.started_by_id != actor.user_id:
        raise NotAllowed("只有发起人可以撤销办件")
    case.require_running()
    _end(case, Act.REVOKE, InstanceStatus.REVOKED, reason)


def _end(case: LockedCase, act: Act, status: InstanceStatus, reason: str) -> None:
    if not reason.strip():
        raise Invalid({"reason": f"写明{word(act)}的理由"})
    deed = Deed(act, f"{word(act)}办件{case.instance.business_key}", reason=reason.strip())
    told = voiding.close_records(
        case.instance.process_key, case.instance.business_key, reason.strip(), case.actor, case.now
    )
    tidings = tuple(QueuedMessage(one.name, one.business_key, dict(one.payload), optional=True) for one in told)
    take_step(case, Plan(deed, lambda execution: execution.cancel(), status=status, messages=tidings))


def rules_of(business_key: str) -> RuleSet | None:
    """The rule set that the latest case of this business key is pinned to."""
    pinned = sa.select(Instance.rule_set_id).where(Instance.business_key == business_key)
    found = db.session.scalar(pinned.order_by(Instance.id.desc()).limit(1))
    return None if found is None else rule_set(found)


def running(business_key: str) -> list[int]:
    """Ids of the running cases of this business key, oldest first."""
    statement = (
        sa.select(Instance.id)
        .where(Instance.business_key == business_key, Instance.status == InstanceStatus.RUNNING)
        .order_by(Instance.id)
    )
    return list(db.session.scalars(statement))
