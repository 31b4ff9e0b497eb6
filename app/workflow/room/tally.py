"""Counting stays from the history into daily histograms, slice by slice, each in the caller's transaction.

The mark of how far the counting has come stands in the same transaction as what was counted: a process killed at any
moment counts nothing twice and leaves nothing out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.core.clock import ZONE
from app.core.database import db
from app.workflow.acts import HISTORY, INSTANCE, TASK
from app.workflow.room import histogram
from app.workflow.room.models import DurationTally, TallyMark
from app.workflow.room.stays import Stay, stays
from app.workflow.states import Act

_TALLY: Any = DurationTally.__table__
_MARK: Any = TallyMark.__table__
_ONE = 1

#: Ids are given before the commit: a step may commit after one with a higher id. Rows this old have all come.
SETTLED_AFTER = timedelta(minutes=1)
#: Rows of the history a slice counts.
SLICE = 1000
#: So many values one statement takes at most.
_AT_ONCE = 500

Key = tuple[int, date, str]


@dataclass
class _Sum:
    """What a slice adds to one row of the tallies."""

    ended: int = 0
    took: Counter[int] = field(default_factory=Counter)
    shares: Counter[int] = field(default_factory=Counter)
    with_deadline: int = 0
    overdue: int = 0
    lapsed: int = 0

    def add(self, stay: Stay) -> None:
        if stay.lapsed:
            self.lapsed += 1
            return
        self.ended += 1
        self.took[histogram.time_bucket((stay.left_at - stay.entered_at).total_seconds())] += 1
        if stay.due_at is None or stay.period_from is None or stay.due_at <= stay.period_from:
            return
        share = (stay.left_at - stay.period_from) / (stay.due_at - stay.period_from)
        self.shares[histogram.share_bucket(share)] += 1
        self.with_deadline += 1
        self.overdue += stay.left_at > stay.due_at


def count_slice(now: datetime, limit: int = SLICE) -> int:
    """Counts the next rows of the history; gives how many. Nothing while another process counts."""
    after = _taken_mark(now)
    if after is None:
        return 0
    rows = _settled(after, now, limit)
    if not rows:
        return 0
    last = rows[-1].id
    _add(_sums(rows, after, last))
    db.session.connection().execute(
        sa.update(_MARK).where(_MARK.c.id == _ONE).values(history_id=last, counted_at=now)
    )
    return len(rows)


def counted_at() -> datetime | None:
    """Up to when the stays were counted last; None before the first time."""
    found: datetime | None = db.session.scalar(sa.select(TallyMark.counted_at).where(TallyMark.history_id > 0))
    return found


def _taken_mark(now: datetime) -> int | None:
    """The mark, locked for this process; None if another holds it."""
    connection = db.session.connection()
    insert = postgresql.insert(_MARK) if connection.dialect.name == "postgresql" else sqlite.insert(_MARK)
    read = sa.select(_MARK.c.history_id).where(_MARK.c.id == _ONE).with_for_update(skip_locked=True)
    if connection.scalar(sa.select(sa.func.count()).select_from(_MARK)) == 0:
        connection.execute(insert.values(id=_ONE, history_id=0, counted_at=now).on_conflict_do_nothing())
    found: int | None = connection.scalar(read)
    return found


def _settled(after: int, now: datetime, limit: int) -> list[Any]:
    """The next rows, up to the first that may still be overtaken. What lies in the future came before the clock
    was set back, and is settled."""
    statement = sa.select(HISTORY.c.id, HISTORY.c.instance_id, HISTORY.c.at, HISTORY.c.act, HISTORY.c.task_id)
    rows = db.session.connection().execute(statement.where(HISTORY.c.id > after).order_by(HISTORY.c.id).limit(limit))
    return list(takewhile(lambda row: row.at <= now - SETTLED_AFTER or row.at > now, rows))


def _sums(rows: Sequence[Any], after: int, last: int) -> dict[Key, _Sum]:
    cases = _by_id(INSTANCE, {row.instance_id for row in rows}, _OF_CASE)
    tasks = _by_id(TASK, {row.task_id for row in rows if row.act == Act.COMPLETE and row.task_id}, _OF_TASK)
    sums: dict[Key, _Sum] = defaultdict(_Sum)
    for instance_id, history in _histories(list(cases), last).items():
        case = cases[instance_id]
        for stay in stays(case, history, tasks, after):
            day = stay.left_at.astimezone(ZONE).date()
            sums[case.definition_id, day, stay.element_id].add(stay)
    return sums


_OF_CASE = ("id", "definition_id", "status", "started_at", "ended_at")
_OF_TASK = ("id", "due_at", "deadline_start", "created_at", "provisional")
_OF_HISTORY = ("id", "instance_id", "at", "act", "task_id", "element_id", "passed", "voids")


def _by_id(table: Any, ids: set[Any], columns: Sequence[str]) -> Mapping[Any, Any]:
    wanted, found = sorted(ids), {}
    for start in range(0, len(wanted), _AT_ONCE):
        statement = sa.select(*(table.c[name] for name in columns))
        rows = db.session.connection().execute(statement.where(table.c.id.in_(wanted[start : start + _AT_ONCE])))
        found.update({row.id: row for row in rows})
    return found


def _histories(ids: Sequence[int], last: int) -> dict[int, list[Any]]:
    """The steps of these cases so far, without those that were withdrawn."""
    found: dict[int, list[Any]] = defaultdict(list)
    statement = sa.select(*(HISTORY.c[name] for name in _OF_HISTORY)).order_by(HISTORY.c.id)
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        for row in db.session.connection().execute(
            statement.where(HISTORY.c.instance_id.in_(some), HISTORY.c.id <= last)
        ):
            found[row.instance_id].append(row)
    return {one: _without_withdrawn(rows) for one, rows in found.items()}


def _without_withdrawn(rows: list[Any]) -> list[Any]:
    """The journal of a withdrawal itself is left out as well: the state before its step was put back."""
    voided = {row.voids for row in rows if row.voids is not None}
    return [row for row in rows if row.id not in voided and row.act != Act.WITHDRAW] if voided else rows


def _add(sums: Mapping[Key, _Sum]) -> None:
    connection = db.session.connection()
    definitions, days = {key[0] for key in sums}, {key[1] for key in sums}
    stored = {}
    if sums:
        known = sa.select(_TALLY).where(_TALLY.c.definition_id.in_(definitions), _TALLY.c.day.in_(days))
        stored = {(row.definition_id, row.day, row.element_id): row for row in connection.execute(known)}
    new = [{**_named(key), **_values(one)} for key, one in sums.items() if key not in stored]
    more = [{**_named(key, "of_"), **_values(one, stored[key])} for key, one in sums.items() if key in stored]
    if new:
        connection.execute(sa.insert(_TALLY), new)
    if more:
        connection.execute(_UPDATE, more)


def _named(key: Key, prefix: str = "") -> dict[str, Any]:
    return {f"{prefix}{name}": value for name, value in zip(_KEY, key, strict=True)}


def _values(one: _Sum, row: Any = None) -> dict[str, Any]:
    """The columns: the slice's sum, added to what is stored."""
    values: dict[str, Any] = {name: getattr(one, name) + (getattr(row, name) if row else 0) for name in _NUMBERS}
    for name in ("took", "shares"):
        counted = histogram.listed(getattr(one, name))
        values[name] = histogram.added((getattr(row, name), counted)) if row else counted
    return values


_KEY = ("definition_id", "day", "element_id")
_NUMBERS = ("ended", "with_deadline", "overdue", "lapsed")
_UPDATE = (
    sa.update(_TALLY)
    .where(*(_TALLY.c[name] == sa.bindparam(f"of_{name}") for name in _KEY))
    .values({name: sa.bindparam(name) for name in (*_NUMBERS, "took", "shares")})
)
