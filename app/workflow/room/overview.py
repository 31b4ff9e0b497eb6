"""What runs: counts by process and version, cases by state and age, where tokens stand, which timers come next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.core.database import db
from app.workflow import definitions, paths
from app.workflow.acts import INSTANCE, TASK
from app.workflow.definitions import DefinitionView
from app.workflow.failures import INCIDENT
from app.workflow.models import Definition, HistoryEntry, Instance, Timer
from app.workflow.projections import FAR_END
from app.workflow.room.models import Suspension
from app.workflow.states import DefinitionState, InstanceStatus

_DEFINITION: Any = Definition.__table__
_TIMER: Any = Timer.__table__
#: Written out as in the partial index (infra.md §3).
_LIVE = sa.text("wf_instance.ended_at IS NULL")
_OPEN = sa.text("wf_task.status = 'open'")
#: More waiting cases than these are not read one by one to say for which message they wait.
_READ_ONE_BY_ONE = 300
#: Where a token waits that is in no table: its element stands in the history only.
_WAITS = frozenset({"receiveTask", "intermediateCatchEvent", "eventBasedGateway", "callActivity"})
TIMERS_AHEAD = timedelta(days=7)


@dataclass(frozen=True)
class VersionCount:
    """The live cases of one version: how many run, stand suspended, have open failures, are late."""

    definition_id: int
    key: str
    version: int
    name: str
    in_force: bool
    running: int
    suspended: int
    failing: int
    late: int


@dataclass(frozen=True)
class Filters:
    """What narrows the list of cases. `status` is live (default), one status, or all; `days`: started that long ago
    at least; `q` is a business key."""

    process: str | None = None
    version: int | None = None
    status: str = "live"
    days: int | None = None
    late: bool = False
    failing: bool = False
    q: str | None = None


@dataclass(frozen=True)
class Line:
    """A case in the list: `waiting` are the names of its open tasks, `late` says that one of them is overdue."""

    instance: Any
    version: int
    process: str
    waiting: tuple[str, ...]
    late: bool


@dataclass(frozen=True)
class Page:
    """Cases, newest first; `next_after` is the id to go on from."""

    lines: tuple[Line, ...]
    next_after: int | None


@dataclass(frozen=True)
class Standing:
    """By element id: how many tokens stand there, how many open tasks are late, how many failures are open."""

    tokens: Mapping[str, int]
    late: Mapping[str, int]
    failing: Mapping[str, int]


@dataclass(frozen=True)
class ComingTimer:
    """A timer to come; `why_not` says why it does not go off at its instant, None if it will."""

    timer: Any
    instance: Any
    why_not: str | None


def _is_late(now: datetime) -> Any:
    """A provisional deadline makes nobody late."""
    return sa.and_(TASK.c.inbox_at <= now, TASK.c.provisional.is_(False))


def _late_cases(now: datetime) -> Any:
    """Ids of live cases with an overdue task."""
    return sa.select(TASK.c.instance_id).where(TASK.c.instance_id.in_(_live_ids()), _OPEN, _is_late(now))


def _live_ids(*narrowed: Any) -> Any:
    """Asked for as ids, so that every database begins with the few live cases and not with all the tasks."""
    return sa.select(INSTANCE.c.id).where(_LIVE, *narrowed)


def counts(now: datetime) -> tuple[VersionCount, ...]:
    """Versions with live cases and those in force, by process; the newest first."""
    connection = db.session.connection()
    live = {row.definition_id: row for row in connection.execute(_live_counts())}
    late_counts = (
        sa.select(INSTANCE.c.definition_id, sa.func.count().label("late"))
        .where(_LIVE, INSTANCE.c.id.in_(_late_cases(now)))
        .group_by(INSTANCE.c.definition_id)
    )
    late = {row.definition_id: int(row.late) for row in connection.execute(late_counts)}
    versions = sa.select(
        _DEFINITION.c.id, _DEFINITION.c.key, _DEFINITION.c.version, _DEFINITION.c.name, _DEFINITION.c.state
    ).where(sa.or_(_DEFINITION.c.state == DefinitionState.PUBLISHED, _DEFINITION.c.id.in_(list(live))))
    rows = connection.execute(versions.order_by(_DEFINITION.c.key, _DEFINITION.c.version.desc()))
    return tuple(_count(row, live.get(row.id), late.get(row.id, 0)) for row in rows)


def _live_counts() -> Any:
    return (
        sa.select(
            INSTANCE.c.definition_id,
            sa.func.sum(sa.case((INSTANCE.c.status == InstanceStatus.RUNNING, 1), else_=0)).label("running"),
            sa.func.sum(sa.case((INSTANCE.c.status == InstanceStatus.SUSPENDED, 1), else_=0)).label("suspended"),
            sa.func.sum(sa.case((INSTANCE.c.open_incidents > 0, 1), else_=0)).label("failing"),
        )
        .where(_LIVE)
        .group_by(INSTANCE.c.definition_id)
    )


def _count(row: Any, live: Any, late: int) -> VersionCount:
    running, suspended, failing = (int(live.running), int(live.suspended), int(live.failing)) if live else (0, 0, 0)
    in_force = row.state == DefinitionState.PUBLISHED
    return VersionCount(row.id, row.key, row.version, row.name, in_force, running, suspended, failing, late)


_LISTED = ("id", "definition_id", "spec_hash", "process_key", "business_key", "title", "status", "started_at",
           "ended_at", "open_incidents")


def page(filters: Filters, after: int | None, now: datetime, size: int = 20) -> Page:
    """One page of cases, newest first."""
    joined = INSTANCE.join(_DEFINITION, _DEFINITION.c.id == INSTANCE.c.definition_id)
    columns = [*(INSTANCE.c[name] for name in _LISTED), _DEFINITION.c.version, _DEFINITION.c.name]
    statement = sa.select(*columns).select_from(joined).where(*_conditions(filters, now))
    if after is not None:
        statement = statement.where(INSTANCE.c.id < after)
    found = db.session.connection().execute(statement.order_by(INSTANCE.c.id.desc()).limit(size + 1)).all()
    shown = found[:size]
    waiting, late = _open_work([row.id for row in shown], now)
    lines = tuple(Line(row, row.version, row.name, waiting.get(row.id, ()), row.id in late) for row in shown)
    return Page(lines, shown[-1].id if len(found) > size else None)


def _conditions(filters: Filters, now: datetime) -> list[Any]:
    since = now - timedelta(days=filters.days or 0)
    wanted = (
        (filters.process, INSTANCE.c.process_key == filters.process),
        (filters.version, _DEFINITION.c.version == filters.version),
        (filters.days, INSTANCE.c.started_at <= since),
        (filters.late, INSTANCE.c.id.in_(_late_cases(now))),
        (filters.failing, INSTANCE.c.open_incidents > 0),
        (filters.q, INSTANCE.c.business_key == (filters.q or "").strip().upper()),
    )
    return [*_of_status(filters.status), *(condition for given, condition in wanted if given)]


def _of_status(status: str) -> list[Any]:
    """Live cases are found by their own index."""
    if status == "all":
        return []
    if status == "live":
        return [_LIVE]
    of_it = INSTANCE.c.status == status
    return [_LIVE, of_it] if status in (InstanceStatus.RUNNING, InstanceStatus.SUSPENDED) else [of_it]


def _open_work(ids: Sequence[int], now: datetime) -> tuple[dict[int, tuple[str, ...]], set[int]]:
    """The names of the open tasks by case, and which cases are late."""
    rows = db.session.connection().execute(
        sa.select(TASK.c.instance_id, TASK.c.name, TASK.c.inbox_at, TASK.c.provisional)
        .where(TASK.c.instance_id.in_(ids), _OPEN)
        .order_by(TASK.c.inbox_at, TASK.c.id)
    )
    waiting: dict[int, tuple[str, ...]] = {}
    late: set[int] = set()
    for row in rows:
        waiting[row.instance_id] = (*waiting.get(row.instance_id, ()), row.name)
        if row.inbox_at <= now and not row.provisional:
            late.add(row.instance_id)
    return waiting, late


def standing(definition_ids: Collection[int], now: datetime) -> Standing:
    """Where the live cases of these versions stand."""
    connection = db.session.connection()
    mine = (_LIVE, INSTANCE.c.definition_id.in_(definition_ids))
    late = sa.func.sum(sa.case((_is_late(now), 1), else_=0)).label("late")
    tasks = connection.execute(
        sa.select(TASK.c.element_id, sa.func.count().label("open"), late)
        .where(TASK.c.instance_id.in_(_live_ids(INSTANCE.c.definition_id.in_(definition_ids))), _OPEN)
        .group_by(TASK.c.element_id)
    ).all()
    failing = connection.execute(
        sa.select(INCIDENT.c.element_id, sa.func.count().label("open"))
        .select_from(INSTANCE.join(INCIDENT, INCIDENT.c.instance_id == INSTANCE.c.id))
        .where(*mine, sa.text("wf_incident.status = 'open'"), INCIDENT.c.element_id.is_not(None))
        .group_by(INCIDENT.c.element_id)
    ).all()
    tokens = Counter({row.element_id: int(row.open) for row in tasks})
    tokens.update(_events_waited_for(mine))
    return Standing(
        tokens=dict(tokens),
        late={row.element_id: int(row.late) for row in tasks if row.late},
        failing={row.element_id: int(row.open) for row in failing},
    )


def late_by_version(definition_ids: Collection[int], now: datetime) -> Mapping[int, Mapping[str, int]]:
    """How many open tasks are late, by version and element."""
    statement = (
        sa.select(INSTANCE.c.definition_id, TASK.c.element_id, sa.func.count().label("late"))
        .select_from(TASK.join(INSTANCE, INSTANCE.c.id == TASK.c.instance_id))
        .where(
            TASK.c.instance_id.in_(_live_ids(INSTANCE.c.definition_id.in_(definition_ids))), _OPEN, _is_late(now)
        )
        .group_by(INSTANCE.c.definition_id, TASK.c.element_id)
    )
    found: dict[int, dict[str, int]] = {}
    for row in db.session.connection().execute(statement):
        found.setdefault(row.definition_id, {})[row.element_id] = int(row.late)
    return found


def _events_waited_for(mine: Sequence[Any]) -> Counter[str]:
    """Tokens that wait for time or a message, read from the history of the live cases while these are few."""
    live = sa.select(INSTANCE.c.id, INSTANCE.c.definition_id, INSTANCE.c.spec_hash).where(*mine)
    cases = db.session.connection().execute(live.limit(_READ_ONE_BY_ONE + 1)).all()
    found: Counter[str] = Counter()
    if len(cases) > _READ_ONE_BY_ONE:
        return found
    entries: dict[int, list[HistoryEntry]] = {}
    for entry in db.session.scalars(
        sa.select(HistoryEntry).where(HistoryEntry.instance_id.in_([row.id for row in cases])).order_by(HistoryEntry.id)
    ):
        entries.setdefault(entry.instance_id, []).append(entry)
    for row in cases:
        view = definitions.view(row.definition_id, row.spec_hash)
        found.update(one for one in paths.trace(view, entries.get(row.id, [])).waiting if _is_wait(view, one))
    return found


def _is_wait(view: DefinitionView, element_id: str) -> bool:
    element = view.elements.get(element_id)
    return element is not None and element.kind in _WAITS


def coming_timers(now: datetime, *, process: str | None = None, limit: int = 100) -> tuple[ComingTimer, ...]:
    """The timers that jobs will take in the coming days, and those of suspended cases, by their instants."""
    wake = sa.or_(_TIMER.c.wake_at <= now + TIMERS_AHEAD, _TIMER.c.wake_at == FAR_END)
    statement = (
        sa.select(Timer, Instance, Suspension)
        .join(Instance, Instance.id == Timer.instance_id)
        .outerjoin(Suspension, Suspension.instance_id == Instance.id)
        .options(sa.orm.defer(Instance.state), sa.orm.defer(Instance.previous_state))
        .where(sa.text("wf_timer.status = 'pending'"), wake)
        .order_by(Timer.due_at, Timer.id)
        .limit(limit)
    )
    if process:
        statement = statement.where(Instance.process_key == process)
    rows = db.session.execute(statement).all()
    return tuple(ComingTimer(timer, instance, _why_not(timer, stopped)) for timer, instance, stopped in rows)


def _why_not(timer: Timer, stopped: Suspension | None) -> str | None:
    if stopped is not None:
        return f"办件已暂停：{stopped.reason}"
    if timer.held:
        return timer.held
    return f"执行失败 {timer.attempts} 次，稍后再试" if timer.attempts else None
