"""How long elements took of late, read from the daily histograms: what the heat map and the bottlenecks show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from app.core.database import db
from app.workflow.room import histogram
from app.workflow.room.models import DurationTally

_TALLY: Any = DurationTally.__table__

#: The heat map looks back so many days.
WINDOW = timedelta(days=30)
_NINE_OF_TEN = 0.9


@dataclass(frozen=True)
class Duration:
    """The stays at one element in the window. `share` is the median part of the legal period that was used up,
    `overdue` the part of the stays with a deadline that ended after it; None where no deadline was set.

    `lapsed` stays were taken away by a deadline.
    """

    ended: int
    median: timedelta
    p90: timedelta
    with_deadline: int
    share: float | None
    overdue: float | None
    lapsed: int


def durations_by_version(definition_ids: Collection[int], today: date) -> Mapping[int, Mapping[str, Duration]]:
    """As `durations`, of each version by itself."""
    rows: dict[int, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for row in _rows(definition_ids, today):
        rows[row.definition_id][row.element_id].append(row)
    return {version: {key: _summed(found) for key, found in each.items()} for version, each in rows.items()}


def durations(definition_ids: Collection[int], today: date) -> Mapping[str, Duration]:
    """By element id, of the versions given; what the days of the window say, added up. Whole cases stand under ""."""
    rows: dict[str, list[Any]] = defaultdict(list)
    for row in _rows(definition_ids, today):
        rows[row.element_id].append(row)
    return {element_id: _summed(found) for element_id, found in rows.items()}


def _rows(definition_ids: Collection[int], today: date) -> Iterable[Any]:
    statement = sa.select(
        _TALLY.c.definition_id, _TALLY.c.element_id, _TALLY.c.ended, _TALLY.c.took, _TALLY.c.shares,
        _TALLY.c.with_deadline, _TALLY.c.overdue, _TALLY.c.lapsed,
    ).where(_TALLY.c.definition_id.in_(definition_ids), _TALLY.c.day > today - WINDOW)
    return db.session.connection().execute(statement)


def _summed(rows: list[Any]) -> Duration:
    took = histogram.added(row.took for row in rows)
    shares = histogram.added(row.shares for row in rows)
    with_deadline = sum(row.with_deadline for row in rows)
    return Duration(
        ended=sum(row.ended for row in rows),
        median=timedelta(seconds=histogram.seconds_at(took, 0.5) or 0),
        p90=timedelta(seconds=histogram.seconds_at(took, _NINE_OF_TEN) or 0),
        with_deadline=with_deadline,
        share=histogram.share_at(shares, 0.5),
        overdue=sum(row.overdue for row in rows) / with_deadline if with_deadline else None,
        lapsed=sum(row.lapsed for row in rows),
    )
