"""Deadlines that may not fire yet although their instant has come (domain.md §0.5, no. 6).

A deadline counted over a year without an official calendar is provisional and never ends anybody's right; one whose
calendar changed meanwhile may only have become later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.core.database import db
from app.engine import Execution
from app.regulations import RuleSet, may_expire, recompute, rule_set
from app.workflow.acts import LockedCase, Row
from app.workflow.models import Timer

_TIMER: Any = Timer.__table__

#: How often a held deadline is looked at again; the next official calendar may be there by then.
LOOK_AGAIN = timedelta(days=1)
HELD_WORDS = "节假日安排尚未公布，期限暂定，届满前不影响任何人的权利"


@dataclass(frozen=True)
class Ruling:
    """What the present calendar says of a deadline: `fires` now, or is due (again) later."""

    fires: bool
    due_at: datetime
    provisional: bool


def may_fire(timer: Row, rules: RuleSet, now: datetime) -> Ruling:
    """Counts a due timer's period again by the present calendar; without a known period it fires."""
    if timer.deadline_key is None or timer.deadline_start is None:
        return Ruling(True, timer.due_at, False)
    period = recompute(rules, timer.deadline_key, timer.deadline_start, timer.due_at)
    return Ruling(may_expire(period) and period.due_at <= now, period.due_at, period.provisional)


def hold_back(execution: Execution, case: LockedCase, due: Sequence[Row], timers: Sequence[Row]) -> Sequence[Row]:
    """Moves what may not fire to a later instant, in the engine and in the rows; gives the rows as they are then."""
    rules = rule_set(case.instance.rule_set_id)
    held = {timer.id for timer in due if not _fires(execution, case, timer, rules)}
    if not held:
        return timers
    statement = sa.select(_TIMER).where(_TIMER.c.id.in_([timer.id for timer in timers]))
    return db.session.connection().execute(statement).all()


def _fires(execution: Execution, case: LockedCase, timer: Row, rules: RuleSet) -> bool:
    ruling = may_fire(timer, rules, case.now)
    if ruling.fires:
        return True
    engine_at = max(ruling.due_at, case.now + LOOK_AGAIN) if ruling.provisional else ruling.due_at
    execution.postpone(timer.task_id, engine_at)
    db.session.connection().execute(
        sa.update(_TIMER)
        .where(_TIMER.c.id == timer.id)
        .values(
            due_at=ruling.due_at,
            engine_at=engine_at,
            wake_at=engine_at,
            provisional=ruling.provisional,
            held=HELD_WORDS if ruling.provisional else None,
        )
    )
    return False
