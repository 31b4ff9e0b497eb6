"""Counting open deadlines again when the calendar of working days has changed (domain.md no. 6).

A deadline of which notice was given only ever becomes later. A provisional one whose year has its official calendar
now is provisional no more, and one that was held back fires at its time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.core import settings
from app.core.actor import SYSTEM
from app.core.database import db
from app.engine import Execution
from app.regulations import Deadline, RuleSet, recompute, rule_set, store
from app.regulations.calendar import OfficialYear
from app.regulations.models import CalendarYearRow
from app.workflow.acts import TASK, Deed, LockedCase, Row, lock_case, moment_words, update_row, word
from app.workflow.models import Instance, Timer
from app.workflow.projections import pending_timers
from app.workflow.states import Act, InstanceStatus
from app.workflow.step import Plan, take_step

_TIMER: Any = Timer.__table__
#: With which calendar the open deadlines were counted, and up to which case a recount has come.
_COUNTED_WITH, _COME_TO = "deadlines.counted_with", "deadlines.come_to"

_WITH_DEADLINES = sa.union(
    sa.select(_TIMER.c.instance_id).where(sa.text("status = 'pending'"), _TIMER.c.deadline_key.is_not(None)),
    sa.select(TASK.c.instance_id).where(sa.text("status = 'open'"), TASK.c.deadline_key.is_not(None)),
).subquery()

_OFFICIAL = sa.select(CalendarYearRow.id).where(CalendarYearRow.status == "official").order_by(CalendarYearRow.id)


def due(now: datetime, limit: int) -> list[int]:
    """Ids of the next cases whose deadlines were counted with another calendar than the present one."""
    present = _signature()
    if settings.stored(_COUNTED_WITH) == present:
        return []
    store.forget()  # this process may still hold the calendar of before
    come_to = settings.stored(_COME_TO) or {}
    last = come_to.get("id", 0) if come_to.get("calendar") == present else 0
    cases = sa.select(_WITH_DEADLINES.c.instance_id).where(_WITH_DEADLINES.c.instance_id > last)
    found = list(db.session.scalars(cases.order_by(_WITH_DEADLINES.c.instance_id).limit(limit)))
    if not found:
        settings.store(_COUNTED_WITH, present)
    return found


def _signature() -> str:
    """Changes whenever a year's calendar is entered or replaced."""
    return ",".join(str(one) for one in db.session.scalars(_OFFICIAL))


def recount(instance_id: int, now: datetime) -> bool:
    """Counts the deadlines of one case again; True if any of them changed."""
    settings.store(_COME_TO, {"calendar": _signature(), "id": instance_id})
    case = lock_case(SYSTEM, instance_id=instance_id)
    return case.instance.status == InstanceStatus.RUNNING and recount_case(case)


def recount_case(case: LockedCase) -> bool:
    """Counts the deadlines of a locked case again; True if any of them changed."""
    instance_id = case.instance.id
    rules = rule_set(case.instance.rule_set_id)
    changed = [at for task in case.tasks.values() if (at := _recount_task(task, rules))]
    moved = {timer.task_id: at for timer in pending_timers(instance_id) if (at := _recount_timer(timer, rules))}
    if moved:
        take_step(case, Plan(_deed(moved.values()), lambda execution: _postpone(execution, moved)))
    elif changed:
        case.record(_deed(changed))
    return bool(changed or moved)


@dataclass(frozen=True)
class Recounted:
    """What a calendar would make of one open deadline; `becomes` is never before `was`."""

    business_key: str
    title: str
    name: str
    label: str
    was: datetime
    becomes: datetime
    was_provisional: bool
    is_provisional: bool


def preview(year: OfficialYear) -> list[Recounted]:
    """The open deadlines that would change if this year's notice came into force, the earliest first."""
    calendar = store.current_calendar().with_year(year)
    rules: dict[int, RuleSet] = {}
    found = []
    for row in _open_deadlines():
        if row.rule_set_id not in rules:
            rules[row.rule_set_id] = replace(rule_set(row.rule_set_id), calendar=calendar)
        period = _fresh(row, rules[row.rule_set_id])
        if period is not None:
            found.append(
                Recounted(
                    row.business_key, row.title, row.name, period.label, row.due_at, period.due_at, row.provisional,
                    period.provisional,
                )
            )
    return sorted(found, key=lambda one: (one.was, one.business_key))


def _open_deadlines() -> Iterable[Row]:
    case = Instance.__table__.c
    for table, status in ((TASK, "open"), (_TIMER, "pending")):
        columns = (table.c.name, table.c.due_at, table.c.provisional, table.c.deadline_key, table.c.deadline_start)
        statement = (
            sa.select(case.business_key, case.title, case.rule_set_id, *columns)
            .join(Instance.__table__, case.id == table.c.instance_id)
            .where(table.c.status == status, table.c.deadline_key.is_not(None))
        )
        yield from db.session.execute(statement)


def give_up(instance_id: int, failure: BaseException, now: datetime) -> None:
    """After a failure the log has it; the recount goes on with the next case, and firing counts again anyway."""
    settings.store(_COME_TO, {"calendar": _signature(), "id": instance_id})


def _deed(instants: Iterable[datetime]) -> Deed:
    return Deed(Act.RESCHEDULE, f"工作日安排有变，{word(Act.RESCHEDULE)}至{moment_words(max(instants))}")


def _postpone(execution: Execution, moved: dict[str, datetime]) -> None:
    for task_id, due_at in moved.items():
        execution.postpone(task_id, due_at)


def _fresh(row: Row, rules: RuleSet) -> Deadline | None:
    """The deadline by the present calendar if that changes the row's: a period of hours never does."""
    if row.deadline_key is None or row.deadline_start is None or row.due_at is None:
        return None
    period = recompute(rules, row.deadline_key, row.deadline_start, row.due_at)
    same = period.is_of_moments or (period.due_at == row.due_at and period.provisional == row.provisional)
    return None if same else period


def _recount_task(task: Row, rules: RuleSet) -> datetime | None:
    """Writes the task's row; gives its deadline if that changed in any way."""
    period = _fresh(task, rules)
    if period is None:
        return None
    update_row(TASK, task.id, due_at=period.due_at, inbox_at=period.due_at, provisional=period.provisional)
    return period.due_at


def _recount_timer(timer: Row, rules: RuleSet) -> datetime | None:
    """Writes the timer's row; gives the instant to which the engine's timer must be moved, if it must."""
    period = _fresh(timer, rules)
    if period is None:
        return None
    stays = period.provisional and timer.held is not None
    engine_at = timer.engine_at if stays else period.due_at
    update_row(
        _TIMER, timer.id, due_at=period.due_at, engine_at=engine_at, wake_at=engine_at,
        provisional=period.provisional, held=timer.held if period.provisional else None,
    )
    return engine_at if engine_at != timer.engine_at else None
