"""The inbox: open and done tasks of one person, page by page by key, never by counting all rows.

Each group has its own branch with its own limit, so that the partial index gives every branch already sorted
(infra.md §3); the branches are merged here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

import sqlalchemy as sa

from app.core.actor import Actor
from app.core.clock import ZONE
from app.core.database import Instant, db
from app.core.errors import UserError
from app.regulations import current_calendar, workdays
from app.regulations.deadlines import last_day_of
from app.workflow.acts import TASK
from app.workflow.models import Copy, Delegation, Signer, TaskCandidate, TaskGroup

View = Literal["mine", "groups", "overdue", "signing", "transferred", "copied", "done"]

#: Counts stop here: `99+` says enough.
CAP = 100
BAD_POSITION = "页码无效，请从第一页重新打开"
#: At most so many deadlines a branch are looked at for the load of the coming days.
LOAD_CAP = 1000

_OPEN = sa.text("wf_task.status = 'open'")
_FREE = sa.text("wf_task.assignee_id IS NULL")
_DONE = sa.text("wf_task.status = 'completed'")

Condition = sa.ColumnElement[bool]


@dataclass(frozen=True)
class Filters:
    """What narrows a view: process key, element id, day on which it is due, text in title or business key."""

    process: str | None = None
    element: str | None = None
    due_on: date | None = None
    q: str | None = None


@dataclass(frozen=True)
class InboxRow:
    """One line of the inbox. `by_name` is who passed it on, copied it or asked for a signature."""

    task_id: str
    instance_id: int
    process_key: str
    business_key: str
    title: str
    element_id: str
    name: str
    candidate_group: str | None
    assignee_id: int | None
    assignee_name: str | None
    owner_name: str | None
    status: str
    due_at: datetime | None
    inbox_at: datetime
    provisional: bool
    created_at: datetime
    claimed_at: datetime | None
    completed_at: datetime | None
    rev: int
    by_name: str | None = None


@dataclass(frozen=True)
class InboxPage:
    """Rows in their order; `next_after` goes into the URL of the next page, None at the end."""

    rows: tuple[InboxRow, ...]
    next_after: str | None


@dataclass(frozen=True)
class Counts:
    """Rows by view, counted up to `CAP` only."""

    mine: int
    groups: int
    overdue: int
    signing: int
    copied_unread: int


@dataclass(frozen=True)
class DayLoad:
    """A coming working day and how many of the person's and his groups' tasks are due on it."""

    day: date
    due: int


_FIELDS = [name for name in InboxRow.__dataclass_fields__ if name not in ("task_id", "by_name")]
_COLUMNS = [TASK.c.id.label("task_id"), *(TASK.c[name] for name in _FIELDS)]


def page(actor: Actor, view: View, filters: Filters, after: str | None, now: datetime, size: int = 20) -> InboxPage:
    """One page of a view. `after` is the `next_after` of the page before. :raises UserError: a damaged `after`."""
    if actor.user_id is None:
        return InboxPage((), None)
    if view in ("mine", "groups", "overdue"):
        return _by_deadline(_branches(actor, view, now), filters, after, size)
    if view == "done":
        return _done(actor.user_id, filters, after, size)
    return _by_notice(actor.user_id, view, filters, after, size)


def _branches(actor: Actor, view: View, now: datetime) -> list[list[Any]]:
    """Conditions of the branches whose union is the view; each is served by one index."""
    mine = [[_OPEN, TASK.c.assignee_id == actor.user_id]]
    if view == "mine":
        return mine
    groups = _group_branches(actor)
    if view == "groups":
        return groups
    late = [TASK.c.inbox_at <= now, TASK.c.provisional.is_(False)]
    return [[*branch, *late] for branch in (*mine, *groups)]


def _group_branches(actor: Actor) -> list[list[Any]]:
    own_unit = sa.or_(TASK.c.unit_id.is_(None), TASK.c.unit_id == actor.unit_id)
    roles = sorted(actor.roles)
    branches = [[_OPEN, _FREE, TASK.c.candidate_group == role, own_unit] for role in roles]
    further = sa.select(TaskGroup.task_id).where(TaskGroup.candidate_group.in_(roles))
    named = sa.select(TaskCandidate.task_id).where(TaskCandidate.user_id == actor.user_id)
    branches.append([_OPEN, _FREE, TASK.c.id.in_(further), own_unit])
    branches.append([_OPEN, _FREE, TASK.c.id.in_(named)])
    return branches


def _narrowed(filters: Filters) -> list[Condition]:
    conditions: list[Condition] = []
    if filters.process:
        conditions.append(TASK.c.process_key == filters.process)
    if filters.element:
        conditions.append(TASK.c.element_id == filters.element)
    if filters.due_on:
        # What is due at the midnight that ends a day is due on that day.
        begins = datetime.combine(filters.due_on, time(), tzinfo=ZONE)
        conditions += [TASK.c.inbox_at > begins, TASK.c.inbox_at <= begins + timedelta(days=1)]
    if filters.q and filters.q.strip():
        q = filters.q.strip()
        conditions.append(
            sa.or_(TASK.c.title.contains(q, autoescape=True), TASK.c.business_key.contains(q, autoescape=True))
        )
    return conditions


def _by_deadline(branches: Sequence[list[Any]], filters: Filters, after: str | None, size: int) -> InboxPage:
    conditions = _narrowed(filters)
    if after is not None:
        at, task_id = _position(after)
        place = sa.tuple_(sa.literal(at, Instant), sa.literal(task_id))
        conditions.append(sa.tuple_(TASK.c.inbox_at, TASK.c.id) > place)
    limited = [
        sa.select(*_COLUMNS).where(*branch, *conditions).order_by(TASK.c.inbox_at, TASK.c.id).limit(size + 1)
        for branch in branches
    ]
    statement = sa.union_all(*(sa.select(one.subquery()) for one in limited)) if len(limited) > 1 else limited[0]
    # A task of two of the person's groups stands in two branches.
    rows = {row.task_id: InboxRow(**row._mapping) for row in db.session.execute(statement)}
    ordered = sorted(rows.values(), key=lambda row: (row.inbox_at, row.task_id))
    return _page(ordered, size, lambda row: (row.inbox_at, row.task_id))


def _done(user_id: int, filters: Filters, after: str | None, size: int) -> InboxPage:
    statement = sa.select(*_COLUMNS).where(_DONE, TASK.c.completed_by_id == user_id, *_narrowed(filters))
    if after is not None:
        at, task_id = _position(after)
        place = sa.tuple_(sa.literal(at, Instant), sa.literal(task_id))
        statement = statement.where(sa.tuple_(TASK.c.completed_at, TASK.c.id) < place)
    statement = statement.order_by(TASK.c.completed_at.desc(), TASK.c.id.desc()).limit(size + 1)
    rows = [InboxRow(**row._mapping) for row in db.session.execute(statement)]
    return _page(rows, size, lambda row: (row.completed_at or row.inbox_at, row.task_id))


def _by_notice(user_id: int, view: View, filters: Filters, after: str | None, size: int) -> InboxPage:
    """Views that follow another table: asked to sign, passed on by me, copied to me; the newest first."""
    source, whose, by = _NOTICES[view]
    statement = sa.select(*_COLUMNS, by.label("by_name"), source.id.label("at")).join_from(
        source, TASK, source.task_id == TASK.c.id
    )
    statement = statement.where(whose == user_id, *_narrowed(filters))
    if view == "signing":
        statement = statement.where(_OPEN, sa.text("wf_signer.answered_at IS NULL"))
    if after is not None:
        statement = statement.where(source.id < _number(after))
    found = db.session.execute(statement.order_by(source.id.desc()).limit(size + 1)).all()
    rows = []
    for row in found[:size]:
        fields = dict(row._mapping)
        del fields["at"]
        rows.append(InboxRow(**fields))
    return InboxPage(tuple(rows), str(found[size - 1].at) if len(found) > size else None)


_NOTICES: dict[str, tuple[Any, Any, Any]] = {
    "signing": (Signer, Signer.user_id, Signer.added_by_name),
    "transferred": (Delegation, Delegation.from_id, Delegation.to_name),
    "copied": (Copy, Copy.user_id, Copy.by_name),
}


def _page(rows: Sequence[InboxRow], size: int, position: Any) -> InboxPage:
    if len(rows) <= size:
        return InboxPage(tuple(rows), None)
    at, task_id = position(rows[size - 1])
    return InboxPage(tuple(rows[:size]), f"{at.isoformat()}~{task_id}")


def _position(after: str) -> tuple[datetime, str]:
    at, parted, task_id = after.partition("~")
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        raise UserError(BAD_POSITION) from None
    if not parted or moment.tzinfo is None:
        raise UserError(BAD_POSITION)
    return moment, task_id


def _number(after: str) -> int:
    if not after.isdecimal():
        raise UserError(BAD_POSITION)
    return int(after)


def counts(actor: Actor, now: datetime) -> Counts:
    """The figures beside the tabs, in one statement."""
    if actor.user_id is None:
        return Counts(0, 0, 0, 0, 0)
    signing = sa.select(sa.literal(1)).where(Signer.user_id == actor.user_id, sa.text("answered_at IS NULL"))
    copied = sa.select(sa.literal(1)).where(Copy.user_id == actor.user_id, Copy.read_at.is_(None))
    row = db.session.execute(
        sa.select(
            _capped(_branches(actor, "mine", now)).label("mine"),
            _capped(_branches(actor, "groups", now)).label("groups"),
            _capped(_branches(actor, "overdue", now)).label("overdue"),
            _count(signing.limit(CAP)).label("signing"),
            _count(copied.limit(CAP)).label("copied_unread"),
        )
    ).one()
    capped = {name: min(value, CAP) for name, value in row._mapping.items()}
    return Counts(**capped)


def _capped(branches: Iterable[list[Any]]) -> Any:
    return _count(_ids(branches, CAP))


def _ids(branches: Iterable[list[Any]], limit: int, *columns: Any) -> Any:
    limited = [sa.select(*(columns or (TASK.c.id,))).where(*branch).limit(limit).subquery() for branch in branches]
    return sa.union(*(sa.select(one) for one in limited)) if len(limited) > 1 else sa.select(limited[0])


def _count(statement: Any) -> Any:
    return sa.select(sa.func.count()).select_from(statement.subquery()).scalar_subquery()


def load(actor: Actor, now: datetime, days: int = 8) -> tuple[DayLoad, ...]:
    """How much is due on each of the coming working days, today included if it is one."""
    calendar = current_calendar()
    coming = [now.date()] if workdays.is_workday(now.date(), calendar) else []
    while len(coming) < days:
        coming.append(workdays.add(coming[-1] if coming else now.date(), 1, calendar).date)
    if actor.user_id is None:
        return tuple(DayLoad(day, 0) for day in coming)
    end = datetime.combine(coming[-1] + timedelta(days=1), time(), tzinfo=ZONE)
    window = [TASK.c.inbox_at > now, TASK.c.inbox_at <= end]
    branches = [[*branch, *window] for branch in (*_branches(actor, "mine", now), *_group_branches(actor))]
    due = _ids(branches, LOAD_CAP, TASK.c.id, TASK.c.inbox_at).subquery()
    counted: Counter[date] = Counter()
    for row in db.session.execute(sa.select(due.c.inbox_at, sa.func.count().label("n")).group_by(due.c.inbox_at)):
        counted[last_day_of(row.inbox_at)] += row.n
    return tuple(DayLoad(day, counted[day]) for day in coming)


def next_task(actor: Actor, now: datetime, excluding: str | None = None) -> str | None:
    """The task to go on with after one is completed: the most urgent of one's own, then of one's groups."""
    views: tuple[View, View] = ("mine", "groups")
    for view in views:
        rows = page(actor, view, Filters(), None, now, size=2).rows
        for row in rows:
            if row.task_id != excluding:
                return row.task_id
    return None

