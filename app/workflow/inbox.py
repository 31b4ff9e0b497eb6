"""The inbox: open and done tasks of one person, page by page by key, never by counting all rows.

Each group has its own branch with its own limit, so that the partial index gives every branch already sorted
(infra.md §3); the branches are merged here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, reduce
from operator import add
from typing import Any, Literal

import sqlalchemy as sa

from app.core.actor import Actor
from app.core.clock import ZONE
from app.core.database import Instant, db
from app.core.errors import UserError
from app.regulations import current_calendar, workdays
from app.workflow.acts import SUSPENDED_CASES, TASK
from app.workflow.models import TaskCandidate, TaskGroup
from app.workflow.participation import Copy, Delegation, Signer

View = Literal["mine", "groups", "overdue", "signing", "transferred", "copied", "done"]

#: Counts stop here: `99+` says enough.
CAP = 100
BAD_POSITION = "页码无效，请从第一页重新打开"

_OPEN = sa.text("wf_task.status = 'open'")
_FREE = sa.text("wf_task.assignee_id IS NULL")
#: The same, worded so that no planner prefers the index of unassigned tasks to the few ids that are asked for.
_FREE_BY_ID = sa.text("coalesce(wf_task.assignee_id, 0) = 0")
_DONE = sa.text("wf_task.status = 'completed'")


@dataclass(frozen=True)
class Filters:
    """What narrows a view: process key, element id, day on which it is due, text in title or business key."""

    process: str | None = None
    element: str | None = None
    due_on: date | None = None
    q: str | None = None


@dataclass(frozen=True)
class InboxRow:
    """One line of the inbox. `by_name` is who passed it on, copied it or asked for a signature.

    A `suspended` case is shown, since its deadlines go on, but nothing of it can be done at present.
    """

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
    suspended: bool
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
    """A coming working day and how many of the person's and his groups' tasks are due on it, up to `CAP`."""

    day: date
    due: int


_FIELDS = [name for name in InboxRow.__dataclass_fields__ if name not in ("task_id", "suspended", "by_name")]
_SUSPENDED = TASK.c.instance_id.in_(SUSPENDED_CASES).label("suspended")
_COLUMNS = [TASK.c.id.label("task_id"), _SUSPENDED, *(TASK.c[name] for name in _FIELDS)]


def page(actor: Actor, view: View, filters: Filters, after: str | None, now: datetime, size: int = 20) -> InboxPage:
    """One page of a view. `after` is the `next_after` of the page before. :raises UserError: a damaged `after`."""
    if actor.user_id is None:
        return InboxPage((), None)
    if view in ("mine", "groups", "overdue"):
        return _by_deadline(actor, view, filters, after, now, size)
    if view == "done":
        return _done(actor, filters, after, size)
    return _by_notice(actor, view, filters, after, size)


# Statements are built once for every shape of question (view, number of roles, filters given) and then only run:
# building one takes longer than answering it. Their parameters have these names throughout.


def _who(actor: Actor, now: datetime) -> dict[str, Any]:
    roles = sorted(actor.roles)
    named = {f"role_{number}": role for number, role in enumerate(roles)}
    return {"user_id": actor.user_id, "unit_id": actor.unit_id, "roles": roles, "now": now, **named}


def _branches(view: View, roles: int) -> list[list[Any]]:
    """Conditions of the branches whose union is the view; each is served by one index."""
    mine = [[_OPEN, TASK.c.assignee_id == sa.bindparam("user_id")]]
    if view == "mine":
        return mine
    if view == "groups":
        return _group_branches(roles)
    late = [TASK.c.inbox_at <= sa.bindparam("now"), TASK.c.provisional.is_(False)]
    return [[*branch, *late] for branch in (*mine, *_group_branches(roles))]


_OWN_UNIT = sa.or_(TASK.c.unit_id.is_(None), TASK.c.unit_id == sa.bindparam("unit_id"))
_FURTHER = sa.select(TaskGroup.task_id).where(TaskGroup.candidate_group.in_(sa.bindparam("roles", expanding=True)))
_NAMED = sa.select(TaskCandidate.task_id).where(TaskCandidate.user_id == sa.bindparam("user_id"))


def _role_branches(roles: int) -> list[list[Any]]:
    return [
        [_OPEN, _FREE, TASK.c.candidate_group == sa.bindparam(f"role_{number}"), _OWN_UNIT] for number in range(roles)
    ]


def _group_branches(roles: int) -> list[list[Any]]:
    further = [_OPEN, _FREE_BY_ID, TASK.c.id.in_(_FURTHER), _OWN_UNIT]
    return [*_role_branches(roles), further, [_OPEN, _FREE_BY_ID, TASK.c.id.in_(_NAMED)]]


def _given(filters: Filters) -> dict[str, Any]:
    """The parameters of the filters that are set; their names tell which conditions are wanted."""
    given: dict[str, Any] = {}
    if filters.process:
        given["process"] = filters.process
    if filters.element:
        given["element"] = filters.element
    if filters.due_on:
        # What is due at the midnight that ends a day is due on that day.
        given["day_begins"] = datetime.combine(filters.due_on, time(), tzinfo=ZONE)
        given["day_ends"] = given["day_begins"] + timedelta(days=1)
    if filters.q and filters.q.strip():
        given["q"] = filters.q.strip()
    return given


def _narrowed(given: frozenset[str]) -> list[Any]:
    q = sa.bindparam("q", type_=sa.String)
    conditions = {
        "process": TASK.c.process_key == sa.bindparam("process"),
        "element": TASK.c.element_id == sa.bindparam("element"),
        "day_begins": TASK.c.inbox_at > sa.bindparam("day_begins"),
        "day_ends": TASK.c.inbox_at <= sa.bindparam("day_ends"),
        # Not LIKE: what a person types has no wildcards.
        "q": sa.or_(_position_of(q, TASK.c.title), _position_of(q, TASK.c.business_key)),
    }
    return [condition for name, condition in conditions.items() if name in given]


def _position_of(part: Any, column: Any) -> Any:
    return sa.func.replace(column, part, "") != column


@cache
def _deadline_statement(view: View, roles: int, given: frozenset[str], paged: bool) -> Any:
    conditions = _narrowed(given)
    if paged:
        place = sa.tuple_(sa.bindparam("at", type_=Instant), sa.bindparam("task_id", type_=sa.String))
        conditions.append(sa.tuple_(TASK.c.inbox_at, TASK.c.id) > place)
    limited = [
        sa.select(*_COLUMNS)
        .where(*branch, *conditions)
        .order_by(TASK.c.inbox_at, TASK.c.id)
        .limit(sa.bindparam("size"))
        for branch in _branches(view, roles)
    ]
    return sa.union_all(*(sa.select(one.subquery()) for one in limited)) if len(limited) > 1 else limited[0]


def _by_deadline(
    actor: Actor, view: View, filters: Filters, after: str | None, now: datetime, size: int
) -> InboxPage:
    given = _given(filters)
    parameters = {**_who(actor, now), **given, "size": size + 1}
    if after is not None:
        parameters["at"], parameters["task_id"] = _position(after)
    statement = _deadline_statement(view, len(actor.roles), frozenset(given), after is not None)
    found = db.session.connection().execute(statement, parameters)
    # A task of two of the person's groups stands in two branches.
    rows = {row.task_id: InboxRow(**row._mapping) for row in found}
    ordered = sorted(rows.values(), key=lambda row: (row.inbox_at, row.task_id))
    return _page(ordered, size, lambda row: (row.inbox_at, row.task_id))


def _done(actor: Actor, filters: Filters, after: str | None, size: int) -> InboxPage:
    given = _given(filters)
    statement = sa.select(*_COLUMNS).where(_DONE, TASK.c.completed_by_id == actor.user_id, *_narrowed(frozenset(given)))
    if after is not None:
        at, task_id = _position(after)
        place = sa.tuple_(sa.literal(at, Instant), sa.literal(task_id))
        statement = statement.where(sa.tuple_(TASK.c.completed_at, TASK.c.id) < place)
    statement = statement.order_by(TASK.c.completed_at.desc(), TASK.c.id.desc()).limit(size + 1)
    rows = [InboxRow(**row._mapping) for row in db.session.execute(statement, given)]
    return _page(rows, size, lambda row: (row.completed_at or row.inbox_at, row.task_id))


def _by_notice(actor: Actor, view: View, filters: Filters, after: str | None, size: int) -> InboxPage:
    """Views that follow another table: asked to sign, passed on by me, copied to me; the newest first."""
    source, whose, by = _NOTICES[view]
    given = _given(filters)
    statement = sa.select(*_COLUMNS, by.label("by_name"), source.id.label("at")).join_from(
        source, TASK, source.task_id == TASK.c.id
    )
    statement = statement.where(whose == actor.user_id, *_narrowed(frozenset(given)))
    if view == "signing":
        statement = statement.where(_OPEN, sa.text("wf_signer.answered_at IS NULL"))
    if after is not None:
        statement = statement.where(source.id < _number(after))
    found = db.session.execute(statement.order_by(source.id.desc()).limit(size + 1), given).all()
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
    statement = _count_statement(len(actor.roles))
    row = db.session.connection().execute(statement, _who(actor, now)).one()
    return Counts(**{name: min(value, CAP) for name, value in row._mapping.items()})


@cache
def _count_statement(roles: int) -> Any:
    me: Any = sa.bindparam("user_id")
    signing = sa.select(sa.literal(1)).where(Signer.user_id == me, sa.text("answered_at IS NULL"))
    copied = sa.select(sa.literal(1)).where(Copy.user_id == me, Copy.read_at.is_(None))
    return sa.select(
        _count(_merged(_branches("mine", roles))).label("mine"),
        _count(_merged(_branches("groups", roles))).label("groups"),
        _count(_merged(_branches("overdue", roles))).label("overdue"),
        _count(signing.limit(CAP)).label("signing"),
        _count(copied.limit(CAP)).label("copied_unread"),
    )


def _merged(branches: Iterable[list[Any]]) -> Any:
    """The ids of the union, at most `CAP` of each branch; a task of two groups counts once."""
    limited = [sa.select(TASK.c.id).where(*branch).limit(CAP).subquery() for branch in branches]
    return sa.union(*(sa.select(one) for one in limited))


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
    # What is due at the midnight that ends a day is due on that day.
    ends = [datetime.combine(day + timedelta(days=1), time(), tzinfo=ZONE) for day in coming]
    parameters = {**_who(actor, now), **{f"end_{number}": end for number, end in enumerate(ends)}}
    connection = db.session.connection()
    counted = list(connection.execute(_load_statement(len(actor.roles), len(coming)), parameters).one())
    for at in connection.scalars(_RARE_LOAD, {**_who(actor, now), "end": ends[-1]}):
        counted[next(number for number, end in enumerate(ends) if at <= end)] += 1
    return tuple(DayLoad(day, min(due, CAP)) for day, due in zip(coming, counted, strict=True))


@cache
def _load_statement(roles: int, days: int) -> Any:
    """One capped count a day and branch, so that no more than `CAP` entries of an index are looked at for each."""
    branches = [*_branches("mine", roles), *_role_branches(roles)]
    counted = []
    for number in range(days):
        begins: Any = sa.bindparam("now" if number == 0 else f"end_{number - 1}")
        window = [TASK.c.inbox_at > begins, TASK.c.inbox_at <= sa.bindparam(f"end_{number}")]
        capped = [_count(sa.select(sa.literal(1)).where(*branch, *window).limit(CAP)) for branch in branches]
        counted.append(reduce(add, capped).label(f"day_{number}"))
    return sa.select(*counted)


#: Tasks that are the person's by name or by a further group only: few, and found by their ids.
_RARE_LOAD = (
    sa.select(TASK.c.inbox_at)
    .where(
        *(_OPEN, _FREE_BY_ID, _OWN_UNIT),
        TASK.c.id.in_(sa.union(_FURTHER, _NAMED)),
        sa.or_(
            TASK.c.candidate_group.is_(None), TASK.c.candidate_group.not_in(sa.bindparam("roles", expanding=True))
        ),
        TASK.c.inbox_at > sa.bindparam("now"),
        TASK.c.inbox_at <= sa.bindparam("end"),
    )
    .limit(CAP)
)


def next_task(actor: Actor, now: datetime, excluding: str | None = None) -> str | None:
    """The task to go on with after one is completed: the most urgent of one's own, then of one's groups."""
    views: tuple[View, View] = ("mine", "groups")
    for view in views:
        rows = page(actor, view, Filters(), None, now, size=10).rows
        for row in rows:
            if row.task_id != excluding and not row.suspended:
                return row.task_id
    return None

